# SPDX-License-Identifier: MIT
"""What the runs of integer signal ops rely on."""

from .row import Row

HEAD = "the head lies in the payload"
BOTH = "log_bands_i16 micro_frontend"
_FRAMES = ("emlrt_i16_frames_ok", "frames_i16.c")
_BANDS = ("emlrt_check_log_bands_i16", "log_bands_i16.c")
_BAND = ("emlrt_lb_ok", "log_bands_i16.c")
_MICRO = ("emlrt_check_micro_frontend", "micro_frontend.c")
_NUMBERS = ("emlrt_mf_numbers_ok", "micro_frontend.c")
_TIME = ("emlrt_check_time_features_i16", "time_features_i16.c")


def row(bug: str, run: str, fact: str, where: tuple[str, str], *rest: str) -> Row:
    old, new, blob = rest
    return Row(f"i16_{bug}", run, fact, *where, old, new, f"signal_integer_{blob}")


FRAMES = (
    row(
        "bits",
        *(BOTH, "a transform is at least 16 long", _FRAMES),
        *("f->bits < EMLRT_FFT_BITS_MIN ||", "0 ||", "bands_bits"),
    ),
    row(
        "samples",
        *(BOTH, "the channels are the inputs", _FRAMES),
        *("f->channels * f->length != n_in ||", "", "bands_inputs"),
    ),
    row(
        "product",
        *(BOTH, "their number does not wrap", _FRAMES),
        *("f->length > EMLRT_LENGTH_MAX ||", "", "bands_wrap"),
    ),
    row(
        "frame",
        *(BOTH, "a frame lies in the transform", _FRAMES),
        *("f->frame > UINT32_C(1) << f->bits ||", "", "bands_frame_long"),
    ),
    row(
        "last",
        *(BOTH, "the last frame ends in the channel", _FRAMES),
        *("(f->n - 1u) * f->hop > f->length - f->frame", "0", "bands_hop_beyond"),
    ),
    row(
        "room",
        *(BOTH, "a frame's memory lies in the output", _FRAMES),
        *("emlrt_q15_room(f->bits) + f->room <= n_out - features", "1"),
        "bands_outputs",
    ),
    row(
        "work",
        *(BOTH, "frames are paid for", ("emlrt_charge_i16_frames", "frames_i16.c")),
        "emlrt_charge(call, UINT32_C(1) << f->bits >> 2, frames * (f->bits + 4u));",
        *("", "bands_frames"),
    ),
)
BANDS = (
    row(
        "bands_head",
        *("log_bands_i16", HEAD, _BANDS),
        *("!emlrt_i16_takes(&left, head) ||", "", "bands_empty"),
    ),
    row(
        "bands_tables",
        *("log_bands_i16", "so do taper and factors", _BANDS),
        *("!emlrt_i16_takes(&left, tables) ||", "(left -= tables, 0) ||", "bands_32"),
    ),
    row(
        "bands_first",
        *("log_bands_i16", "a band starts in the spectrum", _BAND),
        *("first > last ||", "", "bands_first"),
    ),
    row(
        "bands_count",
        *("log_bands_i16", "and ends there", _BAND),
        *("count > last - first + 1u ||", "", "bands_count"),
    ),
    row(
        "bands_offset",
        *("log_bands_i16", "a logarithm and its offset add up", _BAND),
        "offset + EMLRT_OFFSET_MAX > 2u * EMLRT_OFFSET_MAX ||",
        *("", "bands_offset_1048577"),
    ),
    row(
        "bands_weights",
        *("log_bands_i16", "the weights lie in the payload", _BAND),
        *("!emlrt_i16_takes(left, 2u * count)", "0", "bands_weights"),
    ),
)
MICRO = (
    row(
        "micro_head",
        *("micro_frontend", HEAD, _MICRO),
        *("!emlrt_i16_takes(&left, EMLRT_MF_HEAD) ||", "", "micro_empty"),
    ),
    row(
        "micro_state",
        *("micro_frontend", "the noise lies in the state", _MICRO),
        *("|| !emlrt_mf_state_ok(call)", "", "micro_state"),
    ),
    row(
        "micro_tables",
        *("micro_frontend", "taper and factors lie in the payload", _MICRO),
        *("!emlrt_i16_takes(&left, tables) ||", "(left -= tables, 0) ||", "micro_48"),
    ),
    row(
        "micro_widths",
        *("micro_frontend", "the widths lie in the payload", _MICRO),
        *("|| !emlrt_i16_takes(&left, widths)", "|| (left -= widths, 0)", "micro_76"),
    ),
    row(
        "micro_weights",
        *("micro_frontend", "so do weights, gains and logarithms", _MICRO),
        *("left - 4u * weights != tables ||", "", "micro_short"),
    ),
    row(
        "micro_spectrum",
        *("micro_frontend", "the widths end in the spectrum", _MICRO),
        "EMLRT_MF16(call->payload, first) > (UINT32_C(1) << (f.bits - 1u)) - weights",
        *("0", "micro_first"),
    ),
    row(
        "micro_shift",
        *("micro_frontend", "shifts are below the bits of a number", _NUMBERS),
        *("EMLRT_MF16(at, smoothing) < 32u &&", "", "micro_smoothing"),
    ),
    row(
        "micro_gain",
        *("micro_frontend", "of 64 bits, too", _NUMBERS),
        *("(gain < 64u || gain == EMLRT_NO_GAIN) &&", "", "micro_gain"),
    ),
)
TIME = (
    row(
        "time_head",
        *("time_features_i16", HEAD, _TIME),
        *("if (call->size < head) return EMLRT_ERR_PAYLOAD;", "", "time_empty"),
    ),
    row(
        "time_codes",
        *("time_features_i16", "the codes lie in the payload", _TIME),
        *("|| call->size - head != (2 * n + 2) / 4 * 4", "", "time_short"),
    ),
    row(
        "time_inputs",
        *("time_features_i16", "the channels are the inputs", _TIME),
        *("length * channels != call->n_in ||", "", "time_inputs"),
    ),
    row(
        "time_outputs",
        *("time_features_i16", "the features are the outputs", _TIME),
        *("n * channels != call->n_out ||", "", "time_outputs"),
    ),
    row(
        "time_most",
        *("time_features_i16", "sums fit 32 bits", _TIME),
        *("length > INT16_MAX ||", "", "time_many"),
    ),
)
ROWS = (*FRAMES, *BANDS, *MICRO, *TIME)
