# SPDX-License-Identifier: MIT
"""Reports of rows whose result depends on a rounding: the original, in float64, may
give another one than the device, in float32."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, overload

import numpy as np

#: Findings that are shown of a report.
_SHOWN = 10


@dataclass(frozen=True)
class Finding:
    """Why a row's result depends on a rounding.

    row : int
        From 0 on.
    feature : int, or None
        Whose number it is; None of what no feature alone is to blame for.
    name : str
        The feature's name, or its number, or "".
    number, threshold : float, or None
        The row's number as given, and a threshold of the device's (with the input's
        offset, if it has one) that float32 does not tell it from well enough.
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
    many, of `dtype`, and `notes` what is to be said of all. `table()` gives columns for
    a frame."""

    def __init__(
        self,
        findings: Sequence[Finding],
        n_rows: int,
        dtype: str,
        notes: Sequence[str] = (),
    ) -> None:
        self._findings = tuple(sorted(findings, key=_place))
        self.n_rows, self.dtype, self.notes = n_rows, dtype, tuple(notes)

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

    def __repr__(self) -> str:
        labels = len({finding.row for finding in self._findings if finding.label})
        lines = [summary(len(self.rows), self.n_rows, labels), *self.notes]
        lines += [said(finding, self.dtype) for finding in self._findings[:_SHOWN]]
        if len(self) > _SHOWN:
            lines.append(f"and {len(self) - _SHOWN} more")
        return "\n".join(lines)


def summary(hanging: int, n_rows: int, labels: int) -> str:
    """How many rows depend on a rounding, and of how many the label does."""
    text = f"{hanging} of {n_rows} rows depend on a rounding"
    return f"{text}, of {labels} the label" if labels else text


def _place(finding: Finding) -> tuple[int, int]:
    return finding.row, -1 if finding.feature is None else finding.feature


def number_text(number: float | None, dtype: str = "") -> str:
    """The shortest decimal of a number of a dtype; if none is said, of float32 where
    it is one."""
    if number is None:
        return ""
    near = np.float32(number)
    is_float32 = dtype == "float32" or (not dtype and near == number)
    return str(near) if is_float32 else repr(number)


def said(finding: Finding, dtype: str) -> str:
    """A finding in words. dtype: of the row."""
    row = f"row {finding.row}: "
    if finding.reason == "sum":
        return row + "the label depends on the last digits of float32"
    if finding.reason == "far":
        return row + "is too far outside for float32 to say what is nearest"
    label = "; the label depends on it" if finding.label else ""
    return (
        f"{row}feature {finding.name} is {number_text(finding.number, dtype)}, beside"
        f" the threshold {number_text(finding.threshold)}{label}"
    )
