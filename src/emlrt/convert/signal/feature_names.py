# SPDX-License-Identifier: MIT
"""The features of `TimeFeatures`: their names, and the op and code of each."""

from __future__ import annotations

import difflib

#: Code of each feature by its op.
MOMENTS = {
    "mean": 0,
    "var": 1,
    "std": 2,
    "rms": 3,
    "energy": 4,
    "mean_abs": 5,
    "slope": 6,
    "skew": 7,
    "kurtosis": 8,
    "crest": 9,
    "shape_factor": 10,
    "impulse_factor": 11,
}
EXTREMA = {
    "min": 0,
    "max": 1,
    "range": 2,
    "abs_max": 3,
    "argmin": 4,
    "argmax": 5,
    "last_minus_first": 6,
    "max_abs_diff": 7,
}
CROSSINGS = {
    "zero_crossings": 0,
    "mean_crossings": 1,
    "step_crossings": 2,
    "slope_sign_changes": 3,
    "waveform_length": 4,
    "willison": 5,
}
HJORTH = {"hjorth_activity": 0, "hjorth_mobility": 1, "hjorth_complexity": 2}
PEAKS = {"peak_count": 0, "peak_height": 1, "peak_interval": 2}
#: Kind of each order statistic, and the quantile that it has, if it is one.
QUANTILES: dict[str, tuple[int, float | None]] = {
    "quantiles": (0, None),
    "median": (0, 0.5),
    "iqr": (1, 0.75),
    "mad": (2, 0.5),
}
#: Features whose numbers are not one for each channel.
OTHERS = ("autocorrelation", "correlation", "sma")

#: Every name.
NAMES = (*MOMENTS, *EXTREMA, *QUANTILES, *CROSSINGS, *HJORTH, *PEAKS, *OTHERS)


def check_names(features: object) -> list[str]:
    """The names as a list.

    Raises
    ------
    ValueError
        If there are none, one is unknown, or one is there twice.
    """
    if isinstance(features, str) or not hasattr(features, "__iter__"):
        raise ValueError(f"features is a list of names, not {features!r}")
    found = list(features)
    if not found:
        raise ValueError("features is empty; name at least one")
    for name in found:
        if name not in NAMES:
            near = difflib.get_close_matches(str(name), NAMES, 3, 0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else ""
            raise ValueError(
                f"features: unknown feature {name!r}; "
                + (hint or f"known are {', '.join(NAMES)}")
            )
    twice = {name for name in found if found.count(name) > 1}
    if twice:
        raise ValueError(f"features: {sorted(twice)[0]!r} is there twice")
    return found
