# SPDX-License-Identifier: MIT
"""Terms of Fourier transforms and of banks of bands over their results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Stage
from emlrt.dtypes import dtype_of

Numbers = NDArray[Any]


def head(stage: Stage, struct: str) -> dict[str, Any]:
    """The fields of the structure that a payload starts with."""
    found = np.frombuffer(stage.payload, dtype_of(struct), 1)[0]
    return {name: found[name].item() for name in found.dtype.names}


def radices(n: int) -> Iterator[int]:
    """Of a transform's passes, in their order."""
    twos = 0
    while n % 2 == 0:
        n, twos = n // 2, twos + 1
    if twos % 2:
        yield 2
    yield from [4] * (twos // 2)
    for radix in (3, 5):
        while n % radix == 0:
            n //= radix
            yield radix


def passes(n: int) -> dict[str, float]:
    """What a complex transform of n numbers takes: groups that are joined, those
    without factors and those with, and the columns that load factors."""
    found: dict[str, float] = {"pass": 0}
    length = 1
    for radix in radices(n):
        groups = n // radix // length
        plain = radix in (2, 4)
        turned = length - 1 if plain else length
        found["pass"] += 1
        if radix == 2:
            found["two"] = groups
        else:
            found[f"plain{radix}"] = found.get(f"plain{radix}", 0) + groups * plain
            found[f"turn{radix}"] = found.get(f"turn{radix}", 0) + groups * turned
            found[f"column{radix}"] = found.get(f"column{radix}", 0) + turned
        length *= radix
    return found


def stft_terms(stage: Stage, x: Numbers, y: Numbers) -> dict[str, Any]:
    """Terms of frames' transforms: see `terms.stage_terms`."""
    own = head(stage, "emlrt_stft")
    n, frames = own["n_fft"], own["n_frames"] * own["n_channels"]
    odd, bins = n % 2, n // 2 + 1
    inside = _inside(own, stage.source.count // own["channels"]) * own["n_channels"]
    flags, kind = own["flags"], own["kind"]
    terms: dict[str, Any] = {
        "stft": 1.0,
        "stft.frame": frames,
        f"stft.sample{flags}": inside,
        "stft.fill": frames * n,
        "stft.outside": frames * n - inside,
        f"stft.bin{kind}": frames * bins,
    }
    for name, count in passes(n if odd else n // 2).items():
        terms[f"stft.{name}"] = frames * count
    if odd:
        terms["stft.odd"] = frames * n
    else:
        terms["stft.join"] = frames * (n // 4)
    if flags & lib.EMLRT_STFT_DETREND:
        terms["stft.mean"] = frames
    return terms


def _inside(own: dict[str, Any], times: int) -> int:
    """Samples of the input that a channel's frames have."""
    starts = np.arange(own["n_frames"]) * own["hop"] + own["lead"] - own["before"]
    first, last = np.maximum(starts, 0), np.minimum(starts + own["length"], times)
    return int(np.maximum(last - first, 0).sum())


def bands_terms(stage: Stage, x: Numbers, y: Numbers) -> dict[str, Any]:
    """Terms of weighted sums of neighbours in each row."""
    own = head(stage, "emlrt_bands")
    at = dtype_of("emlrt_bands").itemsize
    spans = np.frombuffer(
        stage.payload, dtype_of("emlrt_bands_span"), own["n_bands"], at
    )
    lanes = own["rows"] * own["stride"]
    return {
        "bands": 1.0,
        "bands.row": own["rows"],
        "bands.band": own["rows"] * own["n_bands"],
        "bands.sum": lanes * own["n_bands"],
        "bands.number": lanes * int(spans["length"].sum()),
        "bands.bias": own["flags"] * own["rows"] * own["n_bands"],
        "bands.zero": lanes
        * sum(
            (
                x.reshape(len(x), own["rows"], own["width"], own["stride"])[
                    :, :, s : s + n
                ]
                == 0
            ).mean((1, 2, 3))
            * n
            if n
            else np.zeros(len(x))
            for s, n in zip(
                spans["start"].tolist(), spans["length"].tolist(), strict=True
            )
        ),
    }
