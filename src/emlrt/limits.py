# SPDX-License-Identifier: MIT
"""Models that are converted, and that the runtime then refuses to open: which stage is
beyond a limit, and what to do."""

from __future__ import annotations

from itertools import accumulate

from emlrt._native import lib
from emlrt.blob import Program
from emlrt.dtypes import dtype_of
from emlrt.errors import FormatError, UnsupportedModelError

#: What to do about a stage that visits too much, by its op.
_FEWER = {
    "fir": (
        "Fir, Lfilter without poles, Decimate or Difference: about 500 taps are"
        " possible over long windows; use fewer taps, a Sosfilt, or a Decimate in front"
    ),
    "biquads": (
        "Sosfilt, SosfiltFilt, Lfilter or Decimate: use fewer sections, or shorter"
        " windows"
    ),
    "moving_mean": "MovingAverage: use an n that is not above the window's length",
    "moving_median": "MedianFilter: use a smaller n",
    "quantiles": "TimeFeatures: use fewer quantiles, or shorter windows",
    "correlation": "TimeFeatures: leave out the correlation of so many channels",
    "autocorrelation": "TimeFeatures: use fewer lags, or shorter windows",
    "crossings": "TimeFeatures: use fewer features, or shorter windows",
    "peaks": "TimeFeatures: use a larger distance, or shorter windows",
}


def _at(program: Program, offset: int) -> int:
    """The stage whose payload starts at an offset of the blob; -1 if none does."""
    head = dtype_of("emlrt_header").itemsize + 4 * len(program.output_sizes)
    head += dtype_of("emlrt_stage").itemsize * len(program.stages)
    head += 4 * bool(program.state_bytes)
    sizes = [stage.payload_bytes for stage in program.stages]
    starts = list(accumulate(sizes, initial=head))[:-1]
    # Of stages without a payload, the first starts there, too: the last one has it.
    found = [k for k, start in enumerate(starts) if start == offset]
    return found[-1] if found else -1


def refused(program: Program, error: FormatError) -> UnsupportedModelError:
    """Why a converted program is no blob, as an error of the model."""
    memory = program.arena_bytes + program.state_bytes
    if error.status == "HEADER" and memory > lib.EMLRT_COUNT_MAX:
        return UnsupportedModelError(
            f"a run needs {memory} bytes of memory; at most {lib.EMLRT_COUNT_MAX} are"
            " possible: use shorter windows, or fewer frames"
        )
    at = _at(program, error.offset)
    if at < 0:
        return UnsupportedModelError(f"the runtime refuses the model: {error}")
    stage = program.stages[at]
    text = f"stage {at} ({stage.name}, {stage.source.count} to {stage.target.count})"
    if error.status == "WORK":
        way = _FEWER.get(stage.name, "use shorter windows, or fewer channels")
        return UnsupportedModelError(
            f"{text} takes more work than the runtime allows a blob of this size; {way}"
        )
    return UnsupportedModelError(f"{text} is refused by the runtime: {error}")
