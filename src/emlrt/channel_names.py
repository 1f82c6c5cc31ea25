# SPDX-License-Identifier: MIT
"""Names of the channels of samples, as far as a model knows them.

Of samples side by side, time after time, each name ends in the time: `ax_t0`, or
`ax_0`. Where a blob keeps no such names of its inputs, texts beside the methods have
those of the channels, one for each:

    channel:2=az        of input 2, and of the same channel's at later times
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from emlrt import column_texts
from emlrt.errors import FormatError
from emlrt.metadata import Window

_WORD = "channel"
_SAMPLE = re.compile(r"(.+)_t?([0-9]{1,9})", re.S)


def _stem(name: str, time: int) -> str | None:
    """The channel in the name of a sample of it; None if there is none."""
    for end in (f"_t{time}", f"_{time}"):
        if name.endswith(end):
            return name[: -len(end)] or None
    return None


def axes_of(names: Sequence[str], channels: int) -> list[str] | None:
    """The channels in names of interleaved samples: `ax_t0`, or `ax_0`; None if they
    have none."""
    found: list[str] = []
    for c in range(channels):
        stems = {_stem(name, t) for t, name in enumerate(names[c::channels])}
        stem = stems.pop()
        if stems or stem is None:
            return None
        found.append(stem)
    return found if len(set(found)) == channels else None


def is_out_of_order(names: Sequence[str], channels: int) -> bool:
    """Whether names are those of all samples of so many channels, by their ends, in
    another order than time after time, all channels of one time side by side. Of
    names with "lag" in them the numbers may fall, too: the oldest comes first."""
    matches = [_SAMPLE.fullmatch(name) for name in names]
    parts = [(match[1], int(match[2])) for match in matches if match is not None]
    if len(parts) < len(names) or len(set(parts)) < len(parts):
        return False
    stems, times = {stem for stem, _ in parts}, sorted({time for _, time in parts})
    if len(stems) != channels or len(parts) != channels * len(times):
        return False
    first = [stem for stem, _ in parts[:channels]]
    rising = [(stem, time) for time in times for stem in first]
    falling = [(stem, time) for time in reversed(times) for stem in first]
    lags = all("lag" in stem.lower() for stem in stems)
    return parts != rising and not (lags and parts == falling)


def of_inputs(names: Sequence[str], window: Window) -> tuple[str, ...]:
    """The channels that names of a window's samples say; none if they say none. Where
    a window is one time, its samples are the channels."""
    if not names or len(names) != window.length:
        return ()
    found = names if window.times == 1 else axes_of(names, window.channels)
    return tuple(found or ())


def texts_of(names: Sequence[str]) -> list[str]:
    """The texts of channels."""
    return [f"{_WORD}:{k}={name}" for k, name in enumerate(names)]


def read(texts: Iterable[str], n_channels: int) -> tuple[str, ...]:
    """The names of all channels, from a blob's texts; none if it has no such texts.

    Raises
    ------
    FormatError
        If a text is damaged, some channels have none, or two have the same.
    """
    found = column_texts.read(
        _WORD, "names of channels", texts, n_channels, lambda text: text or None
    )
    named = {inputs.start: name for inputs, name in found}
    if named and not len(set(named.values())) == len(named) == n_channels:
        raise FormatError("names of some channels, or one of several", "METADATA")
    return tuple(named[k] for k in sorted(named))


__all__ = ["axes_of", "is_out_of_order", "of_inputs", "read", "texts_of"]
