# SPDX-License-Identifier: MIT
"""What spectra of frames rely on."""

from .row import Row

CHECK = ("emlrt_check_stft", "stft.c")
CUT = ("emlrt_stft_is_cut", "stft.c")
FITS = ("emlrt_stft_fits", "stft.c")


def row(
    bug: str, fact: str, where: tuple[str, str], old: str, new: str, blob: str
) -> Row:
    return Row(f"stft_{bug}", "stft", fact, *where, old, new, f"signal_fft_{blob}")


ROWS = (
    row(
        *("head", "the head lies in the payload", CHECK),
        *("if (left < EMLRT_OCTETS(emlrt_stft)) return EMLRT_ERR_PAYLOAD;", ""),
        "empty",
    ),
    row(
        *("plan", "the length has no other factors", CHECK),
        *(
            "!emlrt_rfft_planned(&plan, n_fft) ||",
            "emlrt_rfft_planned(&plan, n_fft) > 1 ||",
        ),
        "n_fft_seven",
    ),
    row(
        *("length", "samples fit the frame", CHECK, "|| length > n_fft", ""),
        "length_more",
    ),
    row(
        *("lead", "what leads and the samples fit the frame", CHECK),
        *("EMLRT_STFT16(at, lead) > n_fft - length ||", ""),
        "lead_more",
    ),
    row(
        *("floats", "the taper and the table are there", CHECK),
        *("left != floats * 4u ||", "left > floats * 4u ||"),
        "short",
    ),
    row(
        *("work", "passes are paid for", CHECK),
        *("times * 4u : times * 2u", "0u : 0u"),
        "reused",
    ),
    row(
        *("first", "the first channel is one", CUT, "first >= channels ||", ""),
        "channels_past",
    ),
    row(
        *("divides", "every sample has all channels", CUT),
        *("call->n_in % channels != 0 ||", ""),
        "channels_rest",
    ),
    row(
        *("channels", "the last channel is one", CUT),
        *("EMLRT_STFT16(at, n_channels) > channels - first ||", ""),
        "channels_beyond",
    ),
    row(
        *("before", "times of frames fit 32 bits", CUT),
        *("before > EMLRT_COUNT_MAX ||", ""),
        "before",
    ),
    row(
        *("start", "frames start within the samples", CUT),
        *("frames - 1u <= times / hop &&", ""),
        "frames_beyond",
    ),
    row(
        *("room", "there is working memory", FITS, "left < work ||", ""),
        "out_less",
    ),
    row(
        *("rows", "rows and working memory are all", FITS),
        *("if (left % row != 0) return 0;", ""),
        "out_more",
    ),
    row(
        *("frames", "there is a row a frame", FITS),
        *("left / channels == frames", "1"),
        "frames_more",
    ),
    row(
        *("even", "all channels have as many rows", FITS),
        *("left % channels == 0 &&", ""),
        "channels_uneven",
    ),
)
