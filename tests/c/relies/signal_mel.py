# SPDX-License-Identifier: MIT
"""What the runs of bands, decibels and energies over their past rely on."""

from .numeric import COUNTS, FINITE, HEAD
from .row import Row

_CHECK, _LIST = ("emlrt_check_bands", "bands.c"), ("emlrt_band_list_ok", "bands.c")
_SPECTRAL = ("emlrt_check_spectral", "spectral.c")
_FEATURE = ("emlrt_spectral_feature_ok", "spectral.c")

ROWS = (
    Row(
        *("bands_head", "bands", HEAD, *_CHECK),
        "if (left < EMLRT_OCTETS(emlrt_bands)) return EMLRT_ERR_PAYLOAD;",
        *("", "signal_mel_bands_empty"),
    ),
    Row(
        *("bands_rows_in", "bands", "rows fill the input", *_CHECK),
        "!emlrt_rows_fill(rows, EMLRT_BANDS16(call, width) * stride, call->n_in) ||",
        *("", "signal_mel_bands_11_to_8"),
    ),
    Row(
        *("bands_rows_out", "bands", "rows of bands fill the output", *_CHECK),
        "!emlrt_rows_fill(rows, n_bands * stride, call->n_out) ||",
        *("", "signal_mel_bands_12_to_7"),
    ),
    Row(
        *(
            "bands_product",
            "bands spectral",
            "no number of rows wraps",
            "emlrt_rows_fill",
        ),
        *("rows.h", "if (rows >> 31 == 0) rows <<= 1;", "rows <<= 1;"),
        *("signal_mel_bands_80000002_rows", "bands.c"),
    ),
    Row(
        *("bands_list", "bands", "bands and biases lie in the payload", *_CHECK),
        *("!emlrt_take_floats(&left, n_bands, 2 + flags) ||", ""),
        "signal_mel_bands_head_only",
    ),
    Row(
        *("bands_flags", "bands", "a flag says whether there are biases", *_CHECK),
        *("flags > EMLRT_BANDS_BIASES ||", "", "signal_mel_bands_flags_2"),
    ),
    Row(
        *("bands_finite", "bands", FINITE, *_CHECK),
        "emlrt_finite(numbers, left / 4 + flags * n_bands)",
        *("1", "signal_mel_bands_weight_nan"),
    ),
    Row(
        *("band_start", "bands", "a band starts in its row", *_LIST),
        *("start >= width ||", "", "signal_mel_bands_start"),
    ),
    Row(
        *("band_end", "bands", "a band ends in its row", *_LIST),
        *("length > width - start ||", "", "signal_mel_bands_end"),
    ),
    Row(
        *("band_weight", "bands", "a band's weights start in the payload", *_LIST),
        *("weight > weights ||", "", "signal_mel_bands_weight_wraps"),
    ),
    Row(
        *("band_weights", "bands", "a band's weights lie in the payload", *_LIST),
        *("length > weights - weight)", "0)", "signal_mel_bands_weight"),
    ),
    Row(
        *("bands_work", "bands", "shared weights are paid for", *_LIST),
        "emlrt_charge(call, 1, length * lanes); /* at most n_in */",
        *("", "signal_mel_bands_shared"),
    ),
    Row(
        *("decibels_size", "decibels", HEAD, "emlrt_check_decibels", "decibels.c"),
        *("call->size == EMLRT_OCTETS(emlrt_decibels) &&", ""),
        "signal_mel_decibels_empty",
    ),
    Row(
        *("decibels_counts", "decibels", COUNTS, "emlrt_check_decibels"),
        *("decibels.c", "call->n_in == call->n_out &&", ""),
        "signal_mel_decibels_more_inputs",
    ),
    Row(
        *("decibels_finite", "decibels", FINITE, "emlrt_check_decibels"),
        *("decibels.c", "emlrt_finite(call->payload, 4) &&", ""),
        "signal_mel_decibels_nan_4",
    ),
    Row(
        *("pcen_size", "pcen", HEAD, "emlrt_check_pcen", "pcen.c"),
        *("call->size < EMLRT_PCEN_HEAD ||", "", "signal_mel_pcen_empty"),
    ),
    Row(
        *("pcen_counts", "pcen", COUNTS, "emlrt_check_pcen", "pcen.c"),
        *("|| call->n_in != call->n_out)", ")", "signal_mel_pcen_more_inputs"),
    ),
    Row(
        *("pcen_state", "pcen", "the levels lie in the state", "emlrt_check_pcen"),
        *("pcen.c", "&& emlrt_pcen_state_ok(call, n_bands)", ""),
        "signal_mel_pcen_state_4",
    ),
    Row(
        *("pcen_none", "pcen", "a frame has a band: the loops end"),
        *("emlrt_check_pcen", "pcen.c", "n_bands != 0 &&", ""),
        "signal_mel_pcen_0_bands",
    ),
    Row(
        *("pcen_most", "pcen", "a band has an element", "emlrt_check_pcen", "pcen.c"),
        *("n_bands <= call->n_in &&", "", "signal_mel_pcen_5_bands"),
    ),
    Row(
        *("pcen_finite", "pcen", FINITE, "emlrt_check_pcen", "pcen.c"),
        *("emlrt_finite(emlrt_rom_at(call->payload, 4), EMLRT_PCEN_FLOATS)", "1"),
        "signal_mel_pcen_inf_4",
    ),
    Row(
        *("spectral_head", "spectral", HEAD, *_SPECTRAL),
        "if (left < EMLRT_OCTETS(emlrt_spectral)) return EMLRT_ERR_PAYLOAD;",
        *("", "signal_mel_spectral_empty"),
    ),
    Row(
        *("spectral_rows_in", "spectral", "rows fill the input", *_SPECTRAL),
        "!emlrt_rows_fill(EMLRT_SPECTRAL32(call, rows),"
        " EMLRT_SPECTRAL16(call, width), call->n_in) ||",
        *("", "signal_mel_spectral_5_to_4"),
    ),
    Row(
        *("spectral_rows_out", "spectral", "rows of features fill the output"),
        *_SPECTRAL,
        "!emlrt_rows_fill(EMLRT_SPECTRAL32(call, rows), n, call->n_out) ||",
        *("", "signal_mel_spectral_6_to_3"),
    ),
    Row(
        *("spectral_list", "spectral", "features lie in the payload", *_SPECTRAL),
        "!emlrt_take_floats(&left, n, 3) || left != 0 ||",
        *("", "signal_mel_spectral_head_only"),
    ),
    Row(
        *("spectral_step", "spectral", FINITE, *_SPECTRAL),
        "!emlrt_finite(emlrt_rom_at(call->payload, EMLRT_AT(emlrt_spectral, step)), 1)",
        *("0", "signal_mel_spectral_step_nan"),
    ),
    Row(
        *("spectral_kind", "spectral", "the kind is known", *_FEATURE),
        "EMLRT_FEATURE16(at, kind) > EMLRT_SPECTRAL_ENERGY ||",
        *("", "signal_mel_spectral_kind"),
    ),
    Row(
        *("spectral_start", "spectral", "a feature's numbers start in the row"),
        *(*_FEATURE, "start >= width ||", "", "signal_mel_spectral_start"),
    ),
    Row(
        *("spectral_nothing", "spectral", "a feature has a number", *_FEATURE),
        *("length == 0 ||", "", "signal_mel_spectral_nothing"),
    ),
    Row(
        *("spectral_end", "spectral", "a feature's numbers end in the row", *_FEATURE),
        *("length > width - start ||", "", "signal_mel_spectral_end"),
    ),
    Row(
        *("spectral_number", "spectral", FINITE, *_FEATURE),
        "!emlrt_finite(emlrt_rom_at(at, EMLRT_AT(emlrt_spectral_feature, number)), 1)",
        *("0", "signal_mel_spectral_number_nan"),
    ),
    Row(
        *("spectral_work", "spectral", "features are paid for", *_FEATURE),
        "emlrt_charge(call, EMLRT_SPECTRAL_PASSES,"
        " length * EMLRT_SPECTRAL32(call, rows));",
        *("", "signal_mel_spectral_many"),
    ),
)
