# SPDX-License-Identifier: MIT
"""Split records: thresholds as the blob has them, and which record size fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.trees.forest import Ints, Splits
from emlrt.dtypes import dtype_of
from emlrt.inspect.records import RECORDS


def float_key(threshold: NDArray[np.float64]) -> Ints:
    """Sort keys of float64 thresholds rounded down to float32.

    x <= t for a float32 x exactly when x <= the largest float32 not above t.
    """
    with np.errstate(over="ignore"):
        t = threshold.astype(np.float32)
        above = t.astype(np.float64) > threshold
        t[above] = np.nextafter(t[above], np.float32(-np.inf))
    t[t == 0] = 0  # -0 must not sort below +0
    bits = t.view(np.int32)
    return np.where(bits < 0, bits ^ 0x7FFFFFFF, bits).astype(np.int64)


#: Splits, their thresholds as integers, and their links, as records.
Packer = Callable[[Splits, Ints, Ints], NDArray[Any]]


@dataclass(frozen=True)
class Form:
    """A record size for an input dtype.

    suffix: of the op's constants; features, links: how many it can tell apart.
    """

    suffix: str
    features: int
    links: int
    pack: Packer

    def fits(self, splits: Splits, link: Ints) -> bool:
        """Whether every feature and link of these splits can be stored."""
        return bool(
            splits.feature.max(initial=0) < self.features
            and link.max(initial=0) < self.links
        )

    @property
    def n_bytes(self) -> int:
        """Bytes of a record."""
        return RECORDS[self.suffix].itemsize


def _leaves(splits: Splits) -> Ints:
    flags: Ints = np.where(splits.left >= 0, lib.EMLRT_LEAF_LEFT, 0)
    flags |= np.where(splits.right >= 0, lib.EMLRT_LEAF_RIGHT, 0)
    return flags


def _missing(splits: Splits) -> Ints:
    return np.where(splits.missing_left, lib.EMLRT_MISSING_LEFT, 0)


def _pack4(splits: Splits, key: Ints, link: Ints) -> NDArray[Any]:
    out = np.zeros(key.size, dtype_of("emlrt_record4"))
    out["split"] = splits.feature | key << 8
    out["link"] = link << 2 | _leaves(splits)
    return out


def _packer(record: str, shift: int, missing: bool = False) -> Packer:
    """Packs records whose split field is feature << shift and flags.

    missing: whether one of the flags says where NaN goes. Of categories, the key is
    a place, which may look negative.
    """
    threshold = dtype_of(record)["threshold"]

    def pack(splits: Splits, key: Ints, link: Ints) -> NDArray[Any]:
        out = np.zeros(key.size, dtype_of(record))
        flags = _leaves(splits) | _missing(splits) if missing else _leaves(splits)
        out["split"] = splits.feature << shift | flags
        out["threshold"] = key.astype(threshold)
        out["link"] = link
        return out

    return pack


_pack6 = _packer("emlrt_record6", 2)
_pack8 = _packer("emlrt_record8", 3)
_pack8f = _packer("emlrt_record8", 3, missing=True)
_pack12 = _packer("emlrt_record12", 3)
_pack12f = _packer("emlrt_record12", 3, missing=True)

_MOST = lib.EMLRT_COUNT_MAX + 1
#: What is added to a dtype's name where some inputs are codes of categories.
CODED = "+categories"

#: Forms for each input dtype, the smallest record first.
FORMS: dict[str, list[Form]] = {
    "float32": [
        Form("F32", 1 << 13, 1 << 16, _pack8f),
        Form("F32W", _MOST, _MOST, _pack12f),
    ],
    "int32": [
        Form("I32", 1 << 13, 1 << 16, _pack8),
        Form("I32W", _MOST, _MOST, _pack12),
    ],
    "int16": [
        Form("I16", 1 << 14, 1 << 16, _pack6),
        Form("I16W", _MOST, _MOST, _pack12),
    ],
    "uint8": [
        Form("U8", 1 << 8, 1 << 14, _pack4),
        Form("U8M", 1 << 14, 1 << 16, _pack6),
        Form("U8W", _MOST, _MOST, _pack12),
    ],
    "uint8" + CODED: [Form("U8C", 1 << 14, 1 << 16, _pack6)],
    "int16" + CODED: [Form("I16C", _MOST, _MOST, _pack12)],
}
