# SPDX-License-Identifier: MIT
"""Rows whose result depends on a rounding: the work of `Model.check`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Program
from emlrt.categories import is_categories
from emlrt.check.reports import Finding, Report
from emlrt.check.sums import far
from emlrt.inputs import InputScaling
from emlrt.inspect.compared import CONSTANT, Floats, Ints, op_group, thresholds
from emlrt.kinds import ANY, ARRAYS, HELD, Kind, Kinds, Taken
from emlrt.native import DTYPES, Runtime
from emlrt.thresholds import after32, before32, near32

Bools = NDArray[np.bool_]
#: Numbers of rows that are run at once.
_BLOCK = 1 << 21
#: Features of a row that are tried by twos.
_PAIRED = 8
#: How often all features are shaken, and how far beyond what scores change by then a
#: lead may be that is looked at closer.
_SHAKES, _FAR = 8, 32.0
#: A lead may depend on a rounding up to so many times the change that units of all
#: features make, plus so many units of the scores.
_UNITS = 4
#: How far a number is from the integer that a device reads, if more than a scale's
#: rounding is lost.
_OFF = 0.01


# Kinds


def _is_kind(kind: Kind, x: NDArray[Any], device: Floats) -> Bools:
    """Numbers that are of a kind, and that float32 tells from others of it. device:
    the same as float32."""
    if kind == ANY:
        return np.zeros(len(x), bool)
    with np.errstate(over="ignore", invalid="ignore"):
        numbers = x.astype(np.float64)
        if kind in (HELD, ARRAYS):
            return np.asarray(near32(numbers) == numbers)
        tens = 10.0**kind.places
        grid = np.rint(numbers * tens) / tens == numbers
        unit = np.spacing(abs(device).astype(np.float32)).astype(np.float64)
    return np.asarray(grid & (unit * 2 < 1 / tens))


def _as_taken(taken: Taken, x: NDArray[Any], device: Floats) -> Bools:
    """Which of a feature's numbers thresholds were settled for."""
    arrays = x.dtype == np.float32
    # Without arithmetic in front, a number is the same in either type.
    if taken.power is not None and arrays != (taken.kind == ARRAYS):
        return np.zeros(len(x), bool)
    return _is_kind(taken.kind, x, device)


def _notes(found: Mapping[Taken, list[str]], dtype: str) -> Iterator[str]:
    """Advice about features whose rows are mostly of another kind."""
    kinds: dict[Kind, list[str]] = {}
    for taken, names in found.items():
        kinds.setdefault(taken.kind, []).extend(names)
    for kind, names in kinds.items():
        some = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        subject = f"feature {some} was" if len(names) == 1 else f"features {some} were"
        what, remedy = "X has other numbers", ""
        if dtype == "float32":
            what, remedy = "X is a float32 array", ", or rows='float32'"
        elif kind == ARRAYS:
            what, remedy = f"X is {dtype}", ", or rows='float64'"
        said = f"{subject} taken for {kind.said}"
        yield f"{said}; {what}: convert with X= such rows{remedy}"


_STRIPPED = (
    "not looked at: rows beside thresholds. What features were taken for is not known:"
    " the blob was stripped, or another tool wrote it; check it before it is stripped,"
    " or keep the methods"
)


def _says_nothing(program: Program) -> bool:
    """Whether a blob has none of what each conversion leaves, so that it is not known
    whether there were texts of rows. Usual methods are left out, but not the note."""
    metadata = program.metadata
    kinds = [text for text in metadata.methods if not is_categories(text)]
    return not kinds and not metadata.note


def _notes_of_integers(
    program: Program, given: NDArray[Any], inputs: InputScaling | None
) -> Iterator[str]:
    """The parts that are not looked at, of a model that reads integers."""
    dtype = DTYPES[program.input_dtype].name
    if inputs is not None:
        numbers = given.astype(np.float64)
        exact = inputs.exactly(slice(None), numbers)
        if (abs(exact - inputs.number(slice(None), numbers)) > _OFF).any():
            yield (
                f"not looked at: rows beside thresholds. X's numbers are rounded to"
                f" {dtype} for the device, or are outside its range; compare with the"
                " original's answers"
            )
    floats = (stage for stage in program.stages if stage.source.dtype == lib.EMLRT_F32)
    if any(op_group(stage.name) not in CONSTANT for stage in floats):
        yield f"not looked at: sums of floats, of a model that reads {dtype}"


# Thresholds


@dataclass(frozen=True, eq=False)
class _Met:
    """Numbers beside thresholds: rows, features, and the thresholds."""

    row: Ints
    feature: Ints
    threshold: Floats

    def of(self, chosen: Any) -> _Met:
        return _Met(self.row[chosen], self.feature[chosen], self.threshold[chosen])


def _beside(device: Floats, own: Floats, room: float) -> tuple[Ints, Ints]:
    """The first and the last of the rising thresholds that each number is beside."""
    low, high = before32(device), device
    if room:
        low, high = before32(low) - room, after32(high) + room
    return np.searchsorted(own, low), np.searchsorted(own, high, "right")


def _spread(row: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Each row once per threshold, and these thresholds."""
    counts = last - first
    start = np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(row, counts), np.repeat(first, counts) + np.arange(
        start.size
    ) - start


def _joined(parts: list[_Met]) -> _Met:
    none = _Met(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    parts = [none, *parts]
    return _Met(
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.feature for part in parts]),
        np.concatenate([part.threshold for part in parts]),
    )


class _Check:
    """One call.

    given : X as the original gets it. x : as the device does. offset : of the inputs.
    """

    def __init__(
        self,
        program: Program,
        runtime: Runtime,
        kinds: Kinds,
        given: NDArray[Any],
        x: NDArray[np.float32],
        offset: Ints,
    ) -> None:
        self.program, self.runtime, self.kinds = program, runtime, kinds
        self.given, self.x, self.offset = given, x, offset
        self.thresholds, self.computed = thresholds(program)
        self.labelled = bool(program.class_counts)
        names = program.metadata.features
        self.names = names or [str(k) for k in range(program.n_inputs)]
        self.notes: dict[Taken, list[str]] = {}
        self.step = max(1, _BLOCK // max(1, program.n_inputs))

    def _met(self, feature: int) -> _Met | None:
        """The thresholds that a feature's numbers are beside, of another kind than
        it was taken for."""
        own, taken = self.thresholds[feature], self.kinds.taken(feature)
        if taken is None:
            return None
        x, device = self.given[:, feature], self.x[:, feature].astype(np.float64)
        as_taken, finite = _as_taken(taken, x, device), np.isfinite(device)
        if taken.kind != ANY and (~as_taken & finite).sum() * 2 > finite.sum():
            self.notes.setdefault(taken, []).append(self.names[feature])
        rows = np.flatnonzero(~as_taken & finite)
        row, at = _spread(rows, *_beside(device[rows], own, taken.room))
        return _Met(row, np.full(row.size, feature), own[at])

    def _changed(self, met: Sequence[_Met]) -> tuple[Bools, Bools]:
        """Whether scores, and labels, change where numbers are on the other sides of
        thresholds, of the same rows."""
        n = met[0].row.size
        scores, labels = np.zeros(n, bool), np.zeros(n, bool)
        for start in range(0, n, self.step):
            block = slice(start, start + self.step)
            own = [one.of(block) for one in met]
            before = self.x[own[0].row]
            after = before.copy()
            every = np.arange(len(after))
            for one in own:
                above = before[every, one.feature] > one.threshold
                side = np.where(above, one.threshold, after32(one.threshold))
                after[every, one.feature] = side
            old, new = self.runtime.scores(before), self.runtime.scores(after)
            same = (old == new) | ((old != old) & (new != new))
            scores[block] = ~same.all(axis=1)
            labels[block] = self._relabelled(before, after)
        return scores, labels

    def _relabelled(
        self, before: NDArray[np.float32], after: NDArray[np.float32]
    ) -> Bools:
        if not self.labelled:
            return np.zeros(len(before), bool)
        classify = self.runtime.classify
        return np.asarray((classify(before) != classify(after)).any(axis=1))

    def _pairs(self, met: _Met, rows: Ints) -> tuple[_Met, _Met]:
        """Thresholds of two features each, of some rows."""
        chosen = np.flatnonzero(np.isin(met.row, rows))
        chosen = chosen[np.argsort(met.row[chosen], kind="stable")]
        groups = np.split(chosen, np.flatnonzero(np.diff(met.row[chosen])) + 1)
        pairs = [
            pair
            for group in groups
            for pair in combinations(group[:_PAIRED].tolist(), 2)
            if met.feature[pair[0]] != met.feature[pair[1]]
        ]
        both = np.array(pairs, np.int64).reshape(-1, 2)
        return met.of(both[:, 0]), met.of(both[:, 1])

    def _found(self, met: _Met, label: Bools) -> Iterator[Finding]:
        columns = met.row, met.feature, met.threshold, label
        for row, k, threshold, is_label in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            number = float(self.given[row, k])
            border = threshold + float(self.offset[k])
            yield Finding(row, k, self.names[k], number, border, is_label)

    def by_thresholds(self) -> list[Finding]:
        parts = [self._met(feature) for feature in self.thresholds]
        met = _joined([part for part in parts if part is not None])
        if not met.row.size:
            return []
        changed, labels = self._changed([met])
        found = list(self._found(met.of(changed), labels[changed]))
        a, b = self._pairs(met, np.setdiff1d(met.row, met.row[changed]))
        if a.row.size:
            changed, labels = self._changed([a, b])
            for one in (a, b):
                found += self._found(one.of(changed), labels[changed])
        return list(dict.fromkeys(found))

    # Sums

    def _moved(self, rows: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        """Copies of rows, with one feature changed by a unit of float32 in each."""
        for feature in self.computed.tolist():
            for move in (before32, after32):
                other = rows.copy()
                other[:, feature] = move(rows[:, feature].astype(np.float64))
                yield other

    def _shaken(self, rows: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        """Copies of rows, with every feature changed by a unit, up or down."""
        rng = np.random.default_rng(0)
        exact = rows[:, self.computed].astype(np.float64)
        below, above = before32(exact), after32(exact)
        for _ in range(_SHAKES):
            other = rows.copy()
            up = rng.random(self.computed.size) < 0.5
            other[:, self.computed] = np.where(up, above, below)
            yield other

    def _close(self, scores: Floats, predicted: Ints, move: Floats) -> Bools:
        """Rows of which a lead is no more than a move and some units of the scores. Of
        shares, those that cannot move may be equal."""
        lead = abs(_lead(scores, predicted))
        most = abs(scores).max(axis=1, keepdims=True).astype(np.float32)
        close = lead <= move + _UNITS * np.spacing(most).astype(np.float64)
        if scores.shape[1] > 1:
            np.put_along_axis(close, predicted, False, axis=1)
        if self.program.output == lib.EMLRT_OUTPUT_SHARES:
            close &= move > 0
        return np.asarray(close.any(axis=1))

    def _near(self, rows: NDArray[np.float32]) -> Ints:
        """Rows whose label units of float32 could change at all: those with a lead that
        is not far beyond what scores change by when all features are shaken."""
        old = self._outputs(self.runtime.scores(rows))
        classes = [part.argmax(axis=1)[:, None] for part in old]
        most = [np.zeros_like(part) for part in old]
        for other in self._shaken(rows):
            new = self._outputs(self.runtime.scores(other))
            for i, predicted in enumerate(classes):
                move = abs(_lead(new[i], predicted) - _lead(old[i], predicted))
                most[i] = np.maximum(most[i], move)
        near = np.zeros(len(rows), bool)
        for part, move, predicted in zip(old, most, classes, strict=True):
            reach = _FAR * np.sqrt(self.computed.size) * move
            near |= self._close(part, predicted, reach)
        return np.flatnonzero(near)

    def _outputs(self, scores: NDArray[Any]) -> list[Floats]:
        """The scores of each output."""
        sizes = self.program.output_sizes
        parts = scores[:, : sum(sizes)].astype(np.float64)
        return np.split(parts, np.cumsum(sizes)[:-1], axis=1)

    def _hang(self, rows: NDArray[np.float32]) -> Bools:
        """Whether labels change by one unit of a feature, or may by one of each."""
        old = self._outputs(self.runtime.scores(rows))
        classes = [part.argmax(axis=1)[:, None] for part in old]
        moves = [np.zeros_like(part) for part in old]
        label = np.zeros(len(rows), bool)
        for other in self._moved(rows):
            label |= self._relabelled(rows, other)
            new = self._outputs(self.runtime.scores(other))
            for move, before, after, predicted in zip(
                moves, old, new, classes, strict=True
            ):
                # A feature is moved twice, and is on one side of its number.
                move += abs(_lead(after, predicted) - _lead(before, predicted)) / 2
        for part, move, predicted in zip(old, moves, classes, strict=True):
            label |= self._close(part, predicted, _UNITS * move)
        return label

    def _rounded(self, start: int) -> Bools:
        """Which numbers of a block of rows float32 does not hold exactly."""
        block = slice(start, start + self.step)
        given, x = self.given[block], self.x[block].astype(np.float64)
        return np.asarray(given - self.offset.astype(np.float64) != x)

    def by_sums(self) -> list[Finding]:
        found: list[Finding] = []
        scored = self.program.output != lib.EMLRT_OUTPUT_VOTES
        probed = self.labelled and scored and self.computed.size > 0
        for start in range(0, len(self.x), self.step):
            rows = self.x[start : start + self.step]
            distant = far(self.program, rows, self._rounded(start))
            hang = np.zeros(len(rows), bool)
            if probed:
                near = self._near(rows)
                hang[near] = self._hang(rows[near])
            for row in np.flatnonzero(distant | hang).tolist():
                reason, at = "far" if distant[row] else "sum", start + row
                found.append(Finding(at, None, "", None, None, self.labelled, reason))
        return found


def _lead(scores: Floats, predicted: Ints) -> Floats:
    """The one score of two classes, or each class's distance to the largest."""
    if scores.shape[1] == 1:
        return scores
    return np.asarray(np.take_along_axis(scores, predicted, axis=1) - scores)


def report(
    program: Program,
    runtime: Runtime,
    kinds: Kinds,
    given: NDArray[Any],
    x: NDArray[Any],
    inputs: InputScaling | None,
) -> Report:
    """See `Model.check`. given: the rows as a matrix. x: as the device gets them, made
    by a rule for the inputs if there is one."""
    dtype = given.dtype.name
    if program.input_dtype != lib.EMLRT_F32:
        return Report(
            [], len(x), dtype, list(_notes_of_integers(program, given, inputs))
        )
    none = np.zeros(program.n_inputs, np.int64)
    offset = none if inputs is None else inputs.offset
    check = _Check(program, runtime, kinds, given, x, offset)
    found = check.by_thresholds() + check.by_sums()
    notes = list(_notes(check.notes, dtype))
    if check.thresholds and _says_nothing(program):
        notes.append(_STRIPPED)
    return Report(found, len(x), dtype, notes)
