# SPDX-License-Identifier: MIT
"""Names of features, in one manner for all blocks: the feature, then the channel, then
the time, `mel3_ax_t5`.

A feature's own numbers are in its name (`mel3`, `quantile_0.25`). The channel is left
out where there is one without a name, and the time where there is one. Channels are
named as `Channels` or `Frame` say, or as the columns that hold their samples, `ax_t0`;
else c0, c1, ...
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def joined(*parts: str) -> str:
    """A name of those parts that are not empty."""
    return "_".join(part for part in parts if part)


def unnamed(channels: int) -> list[str]:
    """What channels without names are called."""
    return [""] if channels == 1 else [f"c{c}" for c in range(channels)]


def samples(axes: Sequence[str], length: int) -> list[str]:
    """Names of the samples of channels."""
    return [joined(axis, f"t{t}") for t in range(length) for axis in axes]


def of_each(features: Iterable[str], axes: Sequence[str]) -> list[str]:
    """Names of features, each of all channels in turn."""
    return [joined(feature, axis) for feature in features for axis in axes]


def of_frames(features: Sequence[str], axes: Sequence[str], times: int) -> list[str]:
    """Names of the features of each time, time after time, of one channel after the
    other; times: 0 where there is none."""
    return [
        joined(feature, axis, f"t{t}" if times else "")
        for axis in axes
        for t in range(times or 1)
        for feature in features
    ]
