# SPDX-License-Identifier: MIT
"""How numbers for the device are made of raw ones: an offset and a scale per input.

The original is trained on raw rows, and a `Model` is asked with them. Firmware applies
the rule itself, in its own integers or doubles, and hands what it gives to the runtime.
float32 holds 24 binary digits: of a clock near 1.7e9, every 128th second; of its
difference from a number near by, each one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt.immutable import frozen
from emlrt.validation import as_rows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Largest offset, as in SPEC section 9: float64 holds all integers up to it.
_OFFSET_MAX = (1 << 53) - 1
#: The range of scales: normal float32 numbers.
_SMALLEST, _LARGEST = np.finfo(np.float32).tiny, np.finfo(np.float32).max
#: Most decimals that are looked for.
_PLACES = 9
#: What float64 may have lost of decimals, in units.
_UNITS = 4
#: How far apart float32 may be, in standard deviations, where it is computed with.
_COARSE = 1e-2
#: What firmware must know of the rule of integers.
_C_NOTE = "/* <math.h> has rint, fmin, fmax. NaN and infinities have no integer. */"
#: What share of the range numbers take that are no decimals, so that others like them
#: fit, too.
_SHARE = 0.8


@dataclass(frozen=True, eq=False)
class InputScaling:
    """The rule of each input.

    float32: raw - offset, rounded to float32. Integers: raw - offset as it is, or, if
    scale is not 1, as float32 times scale in float32; then rounded half to even, and
    to the nearest number of the dtype, so that what is out of range becomes its end;
    infinities and NaN have no integer and are refused. `print` shows it as C.

    Parameters
    ----------
    offset : array-like of integers (n_features,)
    scale : array-like (n_features,), optional
        Positive float32 numbers; all 1 for float32.
    dtype : {"float32", "int16", "uint8", ...}
        What the device reads.
    """

    offset: Any
    scale: Any = None
    dtype: str = "float32"

    def __post_init__(self) -> None:
        offset = _integers(self.offset)
        scale = np.ones(offset.size) if self.scale is None else self.scale
        with np.errstate(over="ignore"):
            numbers = np.asarray(scale, np.float64).astype(np.float32)
        if numbers.shape != offset.shape:
            raise ValueError(f"{offset.size} offsets, but scales of {numbers.shape}")
        if not ((numbers >= _SMALLEST) & (numbers <= _LARGEST)).all():
            raise ValueError("a scale is no positive float32 number")
        if self.dtype == "float32" and (numbers != 1).any():
            raise ValueError("scales are for integer dtypes; of float32 they are 1")
        object.__setattr__(self, "offset", frozen(offset))
        object.__setattr__(self, "scale", frozen(numbers))

    @property
    def plain(self) -> bool:
        """Whether the rule changes nothing, so that the device has the raw numbers."""
        return not self.offset.any() and bool((self.scale == 1).all())

    def number(self, column: Any, raw: NDArray[Any]) -> Floats:
        """The device's numbers, as float64, of raw ones of some columns. Infinities
        stay."""
        offset, scale = self.offset[column], self.scale[column]
        with np.errstate(over="ignore", invalid="ignore"):
            rest = _difference(raw, offset)
            if self.dtype == "float32":
                return rest.astype(np.float32).astype(np.float64)
            scaled = (rest.astype(np.float32) * scale).astype(np.float64)
            found = np.rint(np.where(scale == 1, rest.astype(np.float64), scaled))
            limits = np.iinfo(self.dtype)
            kept = np.clip(found, limits.min, limits.max)
            return np.where(np.isinf(raw), found, kept)

    def exactly(self, column: Any, raw: Floats) -> Floats:
        """The same before it is rounded."""
        with np.errstate(over="ignore", invalid="ignore"):
            found: Floats = (raw - self.offset[column]) * self.scale[column]
            return found

    def of_channels(self, channels: int) -> InputScaling:
        """The rule of one time of a stream, for inputs that are times of so many
        channels.

        Raises
        ------
        ValueError
            If it is not the same at all times.
        """
        offset = self.offset.reshape(-1, channels)
        scale = self.scale.reshape(-1, channels)
        if (offset != offset[0]).any() or (scale != scale[0]).any():
            raise ValueError(
                "the inputs' rule is not the same for all samples of a channel, so that"
                " no stream has one; emlrt.to_int16 of windows (n, length, channels)"
                " makes one"
            )
        return InputScaling(offset[0], scale[0], self.dtype)

    def repeated(self, times: int) -> InputScaling:
        """The rule of so many times one after the other."""
        offset, scale = np.tile(self.offset, times), np.tile(self.scale, times)
        return InputScaling(offset, scale, self.dtype)

    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Numbers for the device of raw rows (n_rows, n_features), of the dtype.

        Raises
        ------
        ValueError
            If the dtype is one of integers and X holds NaN or infinity; or X is no
            matrix.
        """
        rows = as_rows(X, self.offset.size)
        if self.dtype != "float32" and rows.dtype.kind == "f":
            none = np.argwhere(~np.isfinite(rows))
            if none.size:
                row, column = none[0].tolist()
                number = float(rows[row, column])
                raise ValueError(
                    f"column {column} holds {number} (row {row}), which {self.dtype}"
                    f" does not hold; {'impute' if np.isnan(number) else 'clip'} it, or"
                    " use dtype='float32'"
                )
        found = self.number(np.arange(self.offset.size), rows)
        if self.dtype != "float32":
            limits = np.iinfo(self.dtype)
            found = np.clip(found, limits.min, limits.max)
        with np.errstate(over="ignore"):
            return found.astype(self.dtype)

    def lines(self, names: Sequence[str] = ()) -> list[str]:
        """The rule in C: x from raw numbers r, which are of int64_t or double."""
        rules = zip(self.offset.tolist(), self.scale, strict=True)
        found = [f"x[{i}] = {self._c(i, *rule)};" for i, rule in enumerate(rules)]
        if names:
            shown = (name.replace("*/", "* /") for name in names)
            named = zip(found, shown, strict=True)
            found = [f"{line} /* {name} */" for line, name in named]
        return found if self.dtype == "float32" else [*found, _C_NOTE]

    def _c(self, i: int, offset: int, scale: np.float32) -> str:
        raw = f"r[{i}]" if offset == 0 else f"(r[{i}] - {offset})"
        raw = raw.replace("- -", "+ ")
        if self.dtype == "float32":
            return f"(float){raw}"
        limits = np.iinfo(self.dtype)
        f, text = ("", raw) if scale == 1 else ("f", f"(float){raw} * {c_float(scale)}")
        low, high = f"{limits.min}.0{f}", f"{limits.max}.0{f}"
        return f"({self.dtype}_t)fmin{f}({high}, fmax{f}({low}, rint{f}({text})))"

    def __str__(self) -> str:
        return "\n".join(self.lines())


def c_float(number: np.float32) -> str:
    """A float as C writes it."""
    text = f"{float(number):.9g}"
    return f"{text}f" if "." in text or "e" in text else f"{text}.0f"


def _integers(offset: Any) -> Ints:
    given = np.asarray(offset)
    if given.ndim != 1 or given.dtype.kind not in "iuf" or not given.size:
        raise ValueError(
            f"offset={offset!r} is no list of integers, one for each feature"
        )
    if any(isinstance(one, bool | np.bool_) for one in np.asarray(offset, object)):
        raise ValueError(f"offset={offset!r} holds True or False, which is no integer")
    if not ((given >= -_OFFSET_MAX - 1) & (given <= _OFFSET_MAX)).all():
        raise ValueError(
            f"an offset is beyond {-_OFFSET_MAX - 1} to {_OFFSET_MAX}, or not finite"
        )
    found = given.astype(np.int64)
    if (found != given).any():
        raise ValueError(
            "offsets are integers, so that firmware can take them off its own; got"
            f" {given[found != given][0]}"
        )
    return found


def _difference(raw: NDArray[Any], offset: Any) -> NDArray[Any]:
    """raw - offset: in integers if raw are such, else in float64."""
    if raw.dtype.kind in "iub" and raw.size:
        far = max(abs(int(raw.min())), abs(int(raw.max())))
        if far <= 1 << 62:
            found: NDArray[Any] = raw.astype(np.int64) - offset
            return found
    found = raw.astype(np.float64) - offset
    return found


# Finding rules


def _finite(column: NDArray[Any]) -> Floats:
    """Its distinct finite numbers, rising."""
    numbers = column.astype(np.float64)
    return np.unique(numbers[np.isfinite(numbers)])


def _places(numbers: Floats) -> int:
    """The fewest decimals that all numbers are, or were before arithmetic; -1 if they
    are none."""
    room = _UNITS * np.spacing(abs(numbers))
    for places in range(_PLACES + 1):
        tens = 10.0**places
        if (abs(np.rint(numbers * tens) / tens - numbers) <= room).all():
            return places
    return -1


def _rounded(number: float, places: int) -> int:
    """An integer, rounded to a power of ten."""
    tens = int(10**places)
    return round(number / tens) * tens


def _told(numbers: Floats, offset: int) -> int:
    """How many numbers float32 distinguishes behind an offset."""
    with np.errstate(over="ignore"):
        return int(np.unique((numbers - offset).astype(np.float32)).size)


def is_coarse(numbers: NDArray[Any], offset: int) -> bool:
    """Whether float32 is too coarse for finite numbers behind an offset, if they are
    computed with: two neighbours are a hundredth of their standard deviation apart, or
    more. About one row in a thousand is then so near a border that it is answered as
    on the other side of it. What never varies tells no rows apart."""
    if not numbers.size or numbers.min() == numbers.max():
        return False
    rest = _difference(numbers, offset).astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        lost = abs(rest.astype(np.float32) - rest).max()
        return bool(2 * lost > _COARSE * rest.std())


def beyond(numbers: NDArray[Any]) -> bool:
    """Whether some finite numbers are larger than any offset."""
    found = numbers.astype(np.float64)
    return bool((abs(found[np.isfinite(found)]) > _OFFSET_MAX).any())


def _offset_for(numbers: Floats, rows: NDArray[Any]) -> int:
    """An integer, as round as can be, whose difference from distinct numbers float32
    tells apart; 0 if it does so of the numbers themselves, or nothing helps. rows: the
    same, finite and as often as they come."""
    if not numbers.size or beyond(numbers):
        return 0
    before, coarse = _told(numbers, 0), is_coarse(rows, 0)
    lost = numbers.size - before
    few = lost == 0 or (_places(numbers) < 0 and lost < numbers.size / 10)
    if few and not coarse:
        return 0
    middle = numbers[0] / 2 + numbers[-1] / 2
    gap = float(np.diff(numbers).min(initial=np.inf))
    tried = {_rounded(middle, places): None for places in range(15, -1, -1)}
    best, most = 0, (not coarse, before)
    for offset in tried:
        found = _told(numbers, offset)
        far = np.float32(abs(numbers - offset).max())
        if found == numbers.size and 4 * float(np.spacing(far)) <= gap:
            return offset
        told = (not is_coarse(rows, offset), found)
        best, most = (offset, told) if told > most else (best, most)
    return best


def offset_of(X: NDArray[Any]) -> Ints:
    """Offsets of the columns that need one: whose rows float32 does not tell apart, or
    not well enough to compute with them, but their differences from an integer near
    by."""
    columns = [(column, column[np.isfinite(column)]) for column in X.T]
    return np.array([_offset_for(_finite(c), rows) for c, rows in columns], np.int64)


def _int16_rule(numbers: Floats) -> tuple[int, float]:
    """An offset and a scale by which numbers become distinct int16, as far as can
    be."""
    if not numbers.size:
        return 0, 1.0
    low, high = float(numbers[0]), float(numbers[-1])
    middle = int(np.clip(round(low / 2 + high / 2), -_OFFSET_MAX, _OFFSET_MAX))
    near = max(high - middle, middle - low)
    places = _places(numbers)
    scale = 10.0 ** max(places, 0)
    if places >= 0 and max(abs(low), abs(high)) * scale <= 32767:
        return 0, scale
    if places >= 0 and near * scale <= 32767:
        tens = (32767 / scale - near) / 2
        rounder = [_rounded(middle, k) for k in range(15, 0, -1)]
        found = [o for o in rounder if abs(o - middle) <= tens]
        return (found[0] if found else middle), scale
    offset = middle if near < max(abs(low), abs(high)) / 2 else 0
    far = max(abs(low - offset), abs(high - offset))
    return offset, float(np.clip(32767 * _SHARE / (far or 1.0), _SMALLEST, _LARGEST))


def _check_reach(k: int, numbers: Floats) -> None:
    """Refuses a column that has no scale."""
    if np.isnan(numbers).all():
        raise ValueError(f"column {k} holds no number but nan; drop or impute it")
    far = np.flatnonzero(abs(numbers) > _LARGEST)
    if far.size:
        raise ValueError(
            f"column {k} holds {float(numbers[far[0]])} (row {far[0]}), which is beyond"
            " float32 and has no scale; clip it first"
        )


def to_int16(X: ArrayLike) -> InputScaling:
    """An offset and a scale for each column, by which its numbers become int16.

    Decimals whose range fits stay what they are, times a power of ten: 21.3 is 213.
    Offsets are integers, so 12,037 steps of 1e-6 about 52.5 do not fit: 52 leaves
    500,000. What has more digits than 16 bits loses some. Pass it on:
    `Model.from_sklearn(fit, dtype="int16", X=X, inputs=emlrt.to_int16(X))`.

    Parameters
    ----------
    X : array-like (n_rows, n_features)
        Training data, or rows like it: what they do not reach, the device may not tell
        from their ends. NaN is left out. Of windows, (n, length, channels), each
        channel has one rule for all of its samples, as a stream needs it.

    Raises
    ------
    ValueError
        If a column holds infinity, or what is too large for float32, or no number.
    """
    shape = np.shape(X)
    if len(shape) == 3:
        return to_int16(np.reshape(X, (-1, shape[2]))).repeated(shape[1])
    rows = as_rows(X, shape[1] if len(shape) == 2 else 0)
    for k, column in enumerate(rows.T):
        _check_reach(k, column.astype(np.float64))
    rules = [_int16_rule(_finite(column)) for column in rows.T]
    offset, scale = zip(*rules, strict=True)
    return InputScaling(np.array(offset, np.int64), np.array(scale), "int16")


__all__ = ["InputScaling", "offset_of", "to_int16"]
