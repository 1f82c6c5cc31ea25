# SPDX-License-Identifier: MIT
"""Rows whose answer hangs on a rounding: what `Model.check` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import combinations
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Program
from emlrt.compared import Floats, Ints, thresholds
from emlrt.convert.thresholds import after32, before32, near32
from emlrt.doubts import far
from emlrt.kinds import ANY, ARRAYS, HELD, Kind, Kinds, Taken
from emlrt.native import Runtime

Bools = NDArray[np.bool_]
#: Rows that are shown of a report, and numbers of rows that are run at once.
_SHOWN, _BLOCK = 10, 1 << 21
#: Features of a row that are tried by twos.
_PAIRED = 8
#: How often all features are shaken, and how far beyond what scores change by then a
#: lead may be that is looked at closer.
_SHAKES, _FAR = 8, 8.0


@dataclass(frozen=True)
class Finding:
    """Why a row's answer hangs on a rounding.

    row : int
        From 0 on.
    feature : int, or None
        Whose number it is; None of what no feature alone is to blame for.
    name : str
        The feature's name, or its number, or "".
    number, threshold : float, or None
        The row's number as given, and a threshold as the device has it that float32
        does not tell it from well enough.
    label : bool
        Whether the label changes on the other side, not only scores.
    reason : str
        "threshold", "sum" (the label changes when features change by one unit of
        float32) or "far" (differences of large squares).
    """

    row: int
    feature: int | None
    name: str
    number: float | None
    threshold: float | None
    label: bool
    reason: str = "threshold"


class Report(Sequence[Finding]):
    """Findings, by row. `rows` are the rows that have some, `n_rows` says of how
    many, and `notes` what is to be said of all. `table()` gives columns for a frame."""

    def __init__(
        self, findings: Sequence[Finding], n_rows: int, notes: Sequence[str] = ()
    ) -> None:
        self._findings = tuple(sorted(findings, key=_place))
        self.n_rows, self.notes = n_rows, tuple(notes)

    @property
    def rows(self) -> list[int]:
        return sorted({finding.row for finding in self._findings})

    def table(self) -> dict[str, list[Any]]:
        """A column for each field of a finding."""
        return {
            field.name: [getattr(finding, field.name) for finding in self._findings]
            for field in fields(Finding)
        }

    @overload
    def __getitem__(self, at: int) -> Finding: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, at: int | slice) -> Finding | tuple[Finding, ...]:
        return self._findings[at]

    def __len__(self) -> int:
        return len(self._findings)

    @property
    def summary(self) -> str:
        n, labels = len(self.rows), len({f.row for f in self._findings if f.label})
        text = f"{n} of {self.n_rows} rows hang on a rounding"
        return f"{text}, of {labels} the label" if labels else text

    def __repr__(self) -> str:
        lines = [self.summary, *self.notes]
        lines += [said(finding) for finding in self._findings[:_SHOWN]]
        if len(self) > _SHOWN:
            lines.append(f"and {len(self) - _SHOWN} more")
        return "\n".join(lines)


def _place(finding: Finding) -> tuple[int, int]:
    return finding.row, -1 if finding.feature is None else finding.feature


def number_text(number: float | None) -> str:
    """The shortest decimal of a float32, or of a float64."""
    if number is None:
        return ""
    with np.errstate(over="ignore"):
        near = np.float32(number)
    return str(near) if near == number else repr(number)


def said(finding: Finding) -> str:
    """A finding in words."""
    row = f"row {finding.row}: "
    if finding.reason == "sum":
        return row + "the label hangs on the last digits of float32"
    if finding.reason == "far":
        return row + "is too far outside for float32 to say what is nearest"
    label = "; the label hangs on it" if finding.label else ""
    return (
        f"{row}feature {finding.name} is {number_text(finding.number)}, beside the"
        f" threshold {number_text(finding.threshold)}{label}"
    )


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


def _notes(found: Mapping[Taken, list[str]], arrays: bool) -> Iterator[str]:
    """What to do about features whose rows are mostly of another kind."""
    kinds: dict[Kind, list[str]] = {}
    for taken, names in found.items():
        kinds.setdefault(taken.kind, []).extend(names)
    for kind, names in kinds.items():
        some = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        subject = f"feature {some} was" if len(names) == 1 else f"features {some} were"
        what, rows = ("a float32 array", "float32") if arrays else ("", "float64")
        what = what or f"float64, and its numbers are no {kind.said}"
        yield (
            f"{subject} taken for {kind.said}; X is {what}: convert with X= such rows,"
            f" or rows={rows!r}"
        )


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
    """Of numbers, which first and last of the rising thresholds they are beside."""
    low, high = before32(device), device
    if room:
        low, high = before32(low) - room, after32(high) + room
    return np.searchsorted(own, low), np.searchsorted(own, high, "right")


def _spread(row: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Each row as often as it has thresholds, and these."""
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

    given : X as the original gets it. x : as the device does.
    """

    def __init__(
        self,
        program: Program,
        runtime: Runtime,
        kinds: Kinds,
        given: NDArray[Any],
        x: NDArray[np.float32],
    ) -> None:
        self.program, self.runtime, self.kinds = program, runtime, kinds
        self.given, self.x = given, x
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
            yield Finding(row, k, self.names[k], number, threshold, is_label)

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
        """Rows of which one feature each is a unit of float32 off."""
        for feature in self.computed.tolist():
            for move in (before32, after32):
                other = rows.copy()
                other[:, feature] = move(rows[:, feature].astype(np.float64))
                yield other

    def _shaken(self, rows: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        """Rows of which every feature is a unit off, up or down."""
        rng = np.random.default_rng(0)
        exact = rows[:, self.computed].astype(np.float64)
        below, above = before32(exact), after32(exact)
        for _ in range(_SHAKES):
            other = rows.copy()
            up = rng.random(self.computed.size) < 0.5
            other[:, self.computed] = np.where(up, above, below)
            yield other

    def _near(self, rows: NDArray[np.float32]) -> Ints:
        """Rows whose label units of float32 could change at all: those with a lead that
        is not far beyond what scores change by when all features are shaken."""
        old = self._outputs(self.runtime.scores(rows))
        winners = [part.argmax(axis=1)[:, None] for part in old]
        most = [np.zeros_like(part) for part in old]
        for other in self._shaken(rows):
            new = self._outputs(self.runtime.scores(other))
            for i, winner in enumerate(winners):
                move = abs(_lead(new[i], winner) - _lead(old[i], winner))
                most[i] = np.maximum(most[i], move)
        near = np.zeros(len(rows), bool)
        for part, move, winner in zip(old, most, winners, strict=True):
            reach = _FAR * np.sqrt(self.computed.size) * move
            near |= ((abs(_lead(part, winner)) <= reach) & (move > 0)).any(axis=1)
        return np.flatnonzero(near)

    def _outputs(self, scores: NDArray[Any]) -> list[Floats]:
        """The scores of each output."""
        groups = self.program.groups
        parts = scores[:, : sum(groups)].astype(np.float64)
        return np.split(parts, np.cumsum(groups)[:-1], axis=1)

    def _hang(self, rows: NDArray[np.float32]) -> Bools:
        """Whether labels change by one unit of a feature, or may by one of each."""
        old = self._outputs(self.runtime.scores(rows))
        winners = [part.argmax(axis=1)[:, None] for part in old]
        moves = [np.zeros_like(part) for part in old]
        label = np.zeros(len(rows), bool)
        for other in self._moved(rows):
            label |= self._relabelled(rows, other)
            new = self._outputs(self.runtime.scores(other))
            for move, before, after, winner in zip(
                moves, old, new, winners, strict=True
            ):
                # A feature is moved twice, and is on one side of its number.
                move += abs(_lead(after, winner) - _lead(before, winner)) / 2
        for part, move, winner in zip(old, moves, winners, strict=True):
            close = (abs(_lead(part, winner)) <= move) & (move > 0)
            label |= close.any(axis=1)
        return label

    def by_sums(self) -> list[Finding]:
        found: list[Finding] = []
        scored = self.program.output != lib.EMLRT_OUTPUT_VOTES
        probed = self.labelled and scored and self.computed.size > 0
        for start in range(0, len(self.x), self.step):
            rows = self.x[start : start + self.step]
            distant = far(self.program, rows)
            hang = np.zeros(len(rows), bool)
            if probed:
                near = self._near(rows)
                hang[near] = self._hang(rows[near])
            for row in np.flatnonzero(distant | hang).tolist():
                reason, at = "far" if distant[row] else "sum", start + row
                found.append(Finding(at, None, "", None, None, self.labelled, reason))
        return found


def _lead(scores: Floats, winner: Ints) -> Floats:
    """The one score of two classes, or how far each class is behind the winner."""
    if scores.shape[1] == 1:
        return scores
    return np.asarray(np.take_along_axis(scores, winner, axis=1) - scores)


def report(
    program: Program,
    runtime: Runtime,
    kinds: Kinds,
    given: NDArray[Any],
    x: NDArray[Any],
) -> Report:
    """See `Model.check`. given: the rows as a matrix. x: as the device gets them."""
    if program.input_dtype != lib.EMLRT_F32:
        return Report([], len(x))
    check = _Check(program, runtime, kinds, given, x)
    found = check.by_thresholds() + check.by_sums()
    notes = _notes(check.notes, given.dtype == np.float32)
    return Report(found, len(x), list(notes))
