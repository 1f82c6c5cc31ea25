# SPDX-License-Identifier: MIT
"""The kinds of a model's rows, and the losses of their numbers in float32."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.rounding import grids
from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.rounding.device import Device
from emlrt.errors import PrecisionWarning, warn
from emlrt.inputs import beyond
from emlrt.kinds import Taken, power_of
from emlrt.thresholds import Floats, after32, below, near32, nearest

if TYPE_CHECKING:
    from emlrt.convert.rounding.questions import Borders, Questions


#: Units of float32 between thresholds, below which rows often meet one.
_DENSE = 64
#: What is 0 to LightGBM, which has thresholds on both of its sides.
_ZERO = 1e-34
#: What is advised without X, and with it.
FIND = "pass offset='auto' with X= (training data)"
INSTEAD = "use dtype='float32', with offset='auto' where that is needed"
FIND_IN_X = "pass offset='auto'"
#: Features that a warning names.
_FEW = 5


def in_float32(rows: str, X: NDArray[Any] | None) -> bool:
    """Whether the original is asked with float32 arrays. rows: as the option."""
    own = X is not None and X.dtype == np.float32
    return rows == "float32" or (rows == "auto" and own)


def remedy(
    kinds: RowKinds, rows: NDArray[Any] | None, *, computed: bool = False
) -> str:
    """What to do about inputs that float32 is too coarse for, which the caller has not
    done yet. rows: those of X, of these inputs. computed: of no trees."""
    if rows is not None and beyond(rows):
        return (
            "they are beyond what offsets reach: divide them first, in integers, as"
            " nanoseconds to milliseconds or seconds, before training and on the device"
        )
    if kinds.sought:
        return (
            "no offset helps, since they reach far and yet differ in little: take each"
            " as two features, a coarse one and the rest"
        )
    said = f"{FIND if rows is None else FIND_IN_X}, and let firmware apply it"
    if computed or in_float32(kinds.rows, kinds.X):
        return said
    return f"{said}, or train on X.astype('float32')"


@dataclass(eq=False)
class RowKinds:
    """What is known of a model's rows, and what came of it.

    rows : as the option. X : the rows, if the caller gave some.
    kinds : by input, what its numbers are taken for, of those settled last. taken :
        the same of all, as the blob keeps it. merged : questions that float32 does
        not tell apart from others, by input, as (gap, number). lost : the rows of X
        that float32 sends another way, by input. device : what makes numbers for it.
    fills : numbers that stand for missing ones, by input. sought : whether offsets were
        looked for in X. lost_inside : the rows of X that float32 sends another way
        where numbers are computed.
    """

    rows: str = "auto"
    X: NDArray[Any] | None = None
    kinds: dict[int, grids.Kind] = field(default_factory=dict)
    taken: dict[int, Taken] = field(default_factory=dict)
    merged: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    lost: dict[int, int] = field(default_factory=dict)
    device: Device = field(default_factory=Device)
    fills: dict[int, list[float]] = field(default_factory=dict)
    sought: bool = False
    lost_inside: set[int] = field(default_factory=set)

    def fill(self, inputs: Sequence[int], numbers: Floats) -> None:
        """Notes what stands for missing numbers of some inputs; -1 is none."""
        for feature, number in zip(inputs, numbers.tolist(), strict=True):
            if feature >= 0:
                self.fills.setdefault(feature, []).append(number)

    def certain(self, feature: int) -> NDArray[Any]:
        """Numbers that must go as in the original: X's, and those filled in, which are
        as float32 as the others."""
        column = self.column(feature)
        fills = np.array([] if self.device.in_integers else self.fills.get(feature, []))
        if column is None:
            arrays = self.kinds.get(feature) == grids.ARRAYS
            return np.unique(fills.astype(np.float32) if arrays else fills)
        return np.unique(np.concatenate([column, fills.astype(column.dtype)]))

    def column(self, feature: int) -> NDArray[Any] | None:
        """The finite numbers of X's column, sorted, in the dtype of the rows."""
        if self.X is None:
            return None
        x = np.asarray(self.X[:, feature])
        if self.rows != "auto" or x.dtype.kind != "f" or x.dtype.itemsize < 4:
            x = x.astype(np.float64 if self.rows == "auto" else self.rows)
        return np.sort(x[np.isfinite(x)])

    def kind(self, feature: int, borders: Borders) -> grids.Kind:
        """The kind of a feature's numbers."""
        if self.rows == "float32":
            return grids.ARRAYS
        column = self.column(feature)
        if column is not None and column.size:
            return grids.of_rows(np.unique(column))
        # Of what float32 is too coarse for, few binary digits tell nothing.
        asked, ruled = borders.asked, bool(self.device.ruled(feature))
        guess = self.rows == "auto" and not ruled
        shown = np.flatnonzero(borders.finite)
        numbers, first = np.unique(borders.at[shown], return_index=True)
        room = borders.room[shown][first]
        found = grids.of_borders(numbers, room, exact=asked.wide and guess)
        # What a scaler divided by a power of two has few binary digits, too.
        known = found.places >= 0 or grids.are_held(numbers)
        computed = asked.function is not None and asked.wide and guess
        if not known and computed and grids.are_float32(asked.t[asked.t != 0]):
            return grids.ARRAYS
        if found == grids.HELD and self._filled_in_float32(feature, numbers):
            return grids.ARRAYS
        return found

    def _filled_in_float32(self, feature: int, numbers: Floats) -> bool:
        """Whether a threshold is the float32 of a number that stands for missing ones,
        and not that number: an imputer of float64 arrays fills in the number itself."""
        fills = np.array(self.fills.get(feature, []))
        near = near32(fills)
        return bool((np.isin(near, numbers) & (near != fills)).any())

    def take(self, feature: int, kind: grids.Kind, room: float) -> None:
        """Notes what a feature's numbers were taken for. room: how far from a threshold
        those of another kind may go another way."""
        taken, before = Taken(kind, power_of(room)), self.taken.get(feature)
        self.kinds[feature] = kind
        self.taken[feature] = taken if before is None else taken.with_other(before)

    def lose(self, feature: int, borders: Floats) -> None:
        """Notes the rows whose float32 is also that of rows beyond a border."""
        beyond, rows = self.device.near(feature, borders), self.column(feature)
        if rows is None:
            return
        lost = int(np.isin(self.device.near(feature, rows), beyond).sum())
        self.lost[feature] = max(self.lost.get(feature, 0), lost)

    def are_float32(self, feature: int, numbers: Floats) -> bool:
        """Whether an input's numbers are those of float32, by what is known, or by
        training rows' numbers. feature: -1 for what is no input."""
        if self.rows != "auto":
            return self.rows == "float32"
        column = None if feature < 0 else self.column(feature)
        if column is not None and column.size:
            return grids.of_rows(np.unique(column)) in (grids.ARRAYS, grids.HELD)
        if self.device.ruled(feature):
            return False
        shown = np.unique(numbers[np.isfinite(numbers)])
        kind = grids.of_borders(shown, np.zeros(shown.size), exact=True)
        exact = near32(shown) == shown
        return kind == grids.HELD or bool(exact.mean() >= 0.5)

    def settled(self, known: Categories) -> Categories:
        """A set as float32 numbers can ask for it. Of single numbers, those nearest
        to them; but float32 rows have none that no float32 is equal to."""
        arrays = in_float32(self.rows, self.X)
        if not known.exact:
            last = (below if arrays else nearest)(known.cuts, True)
            cuts, first = np.unique(after32(last), return_index=True)
            kept = np.append(first[1:], known.cuts.size)
            return Categories(cuts, known.left[np.append(0, kept)])
        near = near32(known.cuts)
        if arrays:
            kept = np.flatnonzero(near == known.cuts)
        else:
            _, kept = np.unique(near, return_index=True)
        return Categories(near[kept], known.left[kept], exact=True)

    def note_merged(self, feature: int, asked: Questions, chosen: Floats) -> None:
        """Notes thresholds that differ and became one, or nearly so."""
        order = np.argsort(asked.t)
        t, one = asked.t[order], chosen[order]
        room = 8 * np.spacing(abs(t[1:]).astype(np.float32)).astype(np.float64)
        with np.errstate(invalid="ignore"):
            gap = np.diff(t)
            apart = gap > (_ZERO if asked.wide else room)
            if self.device.in_integers:  # no number of the device is between others
                apart = gap > 1.5 * self.device.unit(feature, t[1:])
        dense = asked.function is None and self._is_dense(feature, t)
        close = (one[1:] == one[:-1]) | dense
        ruled = bool(self.device.ruled(feature))
        same = apart & close & np.isfinite(one[1:]) & ((one[1:] != 0) | ruled)
        if same.any():
            found = self.merged.setdefault(feature, [])
            shown = t if ruled else one
            found += zip(gap[same].tolist(), shown[1:][same].tolist(), strict=True)

    def _is_dense(self, feature: int, t: Floats) -> bool:
        """Whether many rows of a feature share the float32 of a threshold, as far as
        its thresholds tell."""
        kind = self.kinds[feature]
        if self.device.in_integers:
            return False
        finite = t[np.isfinite(t)]
        if self.X is not None or kind not in (grids.ANY, grids.decimals(kind.places)):
            return False
        if finite.size < 3:
            return False
        unit = float(self.device.unit(feature, finite).max())
        if kind.places >= 0 and 10.0**-kind.places >= 2 * unit:
            return False
        return bool(np.median(np.diff(finite)) < _DENSE * unit)

    def found(self) -> list[int]:
        """Features that are warned of: where X is known, those of whose rows float32
        sends some another way."""
        return sorted({*filter(self._unknown, self.merged), *self.lost})

    def warn(self, names: Sequence[str]) -> None:
        """Says which features float32 is too coarse for. names: of the inputs, if
        there are any."""
        found = self.found()
        if not found:
            return
        said = [self._said(k, names[k] if names else f"{k}") for k in found[:_FEW]]
        if len(found) > _FEW:
            said.append(f"{len(found) - _FEW} features more")
        warn(
            f"{self.device.dtype} is too coarse for {'; '.join(said)}. Rows there may"
            f" be answered as those next to them: {self._remedy(found)}",
            PrecisionWarning,
        )

    def _unknown(self, feature: int) -> bool:
        """Whether X has no numbers of an input."""
        column = self.column(feature)
        return column is None or not column.size

    def warn_inside(self) -> None:
        """Says how many rows of X are lost where steps before the trees compute."""
        if self.lost_inside:
            warn(
                f"{len(self.lost_inside)} rows of X come nearer to thresholds behind"
                " steps that compute than float32 can tell, and may go another way"
                " there: centre the features first (StandardScaler, or offset=), or"
                " leave out a step that makes nearly equal numbers of them",
                PrecisionWarning,
            )

    def _remedy(self, features: list[int]) -> str:
        if self.device.in_integers:
            return INSTEAD
        return remedy(self, None if self.X is None else self.X[:, features])

    def _said(self, feature: int, name: str) -> str:
        """The text about the losses of one feature."""
        parts = []
        if feature in self.merged:
            gap, at = min(self.merged[feature])
            n = len(self.merged[feature])
            parts.append(f"{n + 1} thresholds, as near as {gap:.3g} at {at:.9g}")
        if feature in self.lost:
            parts.append(f"{self.lost[feature]} rows of X")
        return f"feature {name} ({', and '.join(parts)})"
