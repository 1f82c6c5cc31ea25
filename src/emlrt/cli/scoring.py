# SPDX-License-Identifier: MIT
"""Accuracy and R^2 of predictions that come block by block."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.cli.common import Failure
from emlrt.model import Model

_BOOLS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0, "1.0": 1.0, "0.0": 0.0}


class _Accuracy:
    """The share of rows whose label is the target's."""

    name = "accuracy"

    def __init__(self, labels: NDArray[Any], any_label: bool) -> None:
        first = labels[0]
        self._labels, self._known = labels.tolist(), set(labels.tolist())
        self._any_label, self._strange, self._example = any_label, 0, None
        self._text = isinstance(first, str)
        self._bool = isinstance(first, bool | np.bool_)
        self._right = self._rows = 0

    def parse(self, cell: str) -> Any:
        """The value of a target's cell; ValueError if it has none."""
        if self._text:
            return cell
        text = cell.strip().lower()
        if self._bool:
            if text not in _BOOLS:
                raise ValueError(cell)
            return _BOOLS[text]
        return float(text)

    def add(self, predicted: NDArray[Any], wanted: list[Any]) -> None:
        """Counts a block."""
        pairs = zip(predicted.tolist(), wanted, strict=True)
        self._right += sum(have == want for have, want in pairs)
        self._rows += len(wanted)
        strange = [want for want in wanted if want not in self._known]
        self._strange += len(strange)
        self._example = strange[0] if strange else self._example

    @property
    def strange(self) -> int:
        """Rows whose target is no label of the model: they count as wrong."""
        return self._strange

    def fault(self) -> str:
        """What is wrong if none of the targets is a label of the model, or "". Classes
        that training did not have are possible; of outliers there are none."""
        if not self._strange or (self._any_label and self._strange < self._rows):
            return ""
        some = ", ".join(map(str, self._labels[:6]))
        more = ", ..." if len(self._labels) > 6 else ""
        return (
            f"holds {self._example!r}, and the model answers with labels, of"
            f" {some}{more}: they are not the same names"
        )

    def value(self) -> float:
        """The share; NaN without rows."""
        return self._right / self._rows if self._rows else float("nan")


class _R2:
    """The coefficient of determination, from running means and squares."""

    name = "r2"
    strange = 0

    def __init__(self) -> None:
        self._rows, self._mean, self._spread, self._error = 0, 0.0, 0.0, 0.0

    def fault(self) -> str:
        """Values have no names that could be others."""
        return ""

    def parse(self, cell: str) -> float:
        """The value of a target's cell; ValueError if it has none."""
        return float(cell)

    def add(self, predicted: NDArray[Any], wanted: list[float]) -> None:
        """Adds a block, its mean and spread joined to those so far."""
        y = np.array(wanted)
        delta, rows = y.mean() - self._mean, self._rows + y.size
        self._spread += ((y - y.mean()) ** 2).sum()
        self._spread += delta**2 * self._rows * y.size / rows
        self._mean += delta * y.size / rows
        self._rows = rows
        self._error += ((y - predicted) ** 2).sum()

    def value(self) -> float:
        """R^2; NaN if the target does not vary."""
        return 1 - float(self._error / self._spread) if self._spread else float("nan")


class Scorer:
    """Scores each output of a model against a target column."""

    def __init__(self, model: Model, targets: tuple[str, ...]) -> None:
        if targets and len(targets) != model.n_outputs_:
            raise Failure(
                f"the model has {model.n_outputs_} output(s); give --target that"
                f" often, not {len(targets)} times"
            )
        self._targets = targets
        self._scores: list[_Accuracy | _R2] = []
        if hasattr(model, "classes_"):
            some = model.estimator_type == "classifier"
            self._scores = [_Accuracy(labels, some) for labels in model.output_classes]
        else:
            self._scores = [_R2() for _ in range(model.n_outputs_)]

    def values(self, cells: list[list[str]], lines: list[int]) -> list[list[Any]]:
        """The values of each target column, from the cells of each row."""
        found = []
        for k, (score, name) in enumerate(
            zip(self._scores, self._targets, strict=True)
        ):
            wanted = []
            for line, row in zip(lines, cells, strict=True):
                try:
                    wanted.append(score.parse(row[k]))
                except ValueError:
                    raise Failure(
                        f"line {line}, target {name}: {row[k]!r} is no such value as"
                        " the model predicts"
                    ) from None
            found.append(wanted)
        return found

    def add(
        self, predicted: NDArray[Any], cells: list[list[str]], lines: list[int]
    ) -> None:
        """Takes a block's predictions and target cells into account."""
        if not self._targets:
            return
        columns = predicted.reshape(len(lines), -1).T
        wanted = self.values(cells, lines)
        for score, column, own in zip(self._scores, columns, wanted, strict=True):
            score.add(column, own)

    def result(self) -> dict[str, Any]:
        """The metric's name and value, or values if there are more outputs; and, if
        there are any, how many rows have labels that the model has not (of the output
        with the most).

        Raises
        ------
        Failure
            If none of a column's labels is one of the model's.
        """
        if not self._targets:
            return {}
        for score, name in zip(self._scores, self._targets, strict=True):
            if score.fault():
                raise Failure(f"target {name} {score.fault()}")
        values = [score.value() for score in self._scores]
        found = {self._scores[0].name: values if len(values) > 1 else values[0]}
        strange = max(score.strange for score in self._scores)
        return found | ({"strange": strange} if strange else {})
