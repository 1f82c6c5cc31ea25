# SPDX-License-Identifier: MIT
"""Models and inputs that every target must answer alike."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import families
import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_digits, load_iris
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier

import emlrt
from emlrt.convert.trees import records
from emlrt.dtypes import dtype_of
from emlrt.emulate import BOARDS, TARGETS, qemu
from emlrt.emulate.facts import Facts, facts
from emlrt.emulate.tools import ToolMissing, program
from emlrt.native import Runtime

N_ROWS = 6
#: Rows of a family's model: the first ones, and what follows is odder.
ROWS = 16
_TYPES = {name: np.dtype(name) for name in ("float32", "int32", "int16", "uint8")}


def need(*programs: str) -> None:
    """Skip the test without a program; where CI is set, fail instead."""
    for name in programs:
        try:
            program(name)
        except ToolMissing as error:
            if os.environ.get("CI"):
                pytest.fail(str(error))
            pytest.skip(str(error))


def need_core(name: str) -> None:
    """Skip the test without a core's compiler, or without QEMU if only that has it."""
    target = TARGETS[name]
    need(target.compiler)
    if target.machine:
        need(qemu.emulator(BOARDS[target.machine]))


@dataclass(frozen=True, eq=False)
class Case:
    """A blob, rows of its input type, and what the host says of them."""

    name: str
    blob: bytes
    rows: np.ndarray[Any, Any]

    @cached_property
    def scores(self) -> np.ndarray[Any, Any]:
        """Bits of the host's scores, uint32 (n_rows, n_scores)."""
        return Runtime(self.blob).scores(self.rows).view(np.uint32)

    @cache  # noqa: B019 (cases live as long as the tests)
    def host(self, what: str) -> np.ndarray[Any, Any]:
        """Bits of emlrt_classify's or emlrt_proba's answers on the host."""
        runtime = Runtime(self.blob)
        rows = [runtime.firmware(row, what) for row in self.rows]
        return np.array(rows).view(np.uint32)

    @cached_property
    def facts(self) -> Facts:
        """What firmware must know of the blob."""
        return facts(self.blob)


@contextmanager
def forced(dtype: str, suffix: str, **changes: int) -> Iterator[None]:
    """Make the converter take one record form, however small the forest."""
    kept = records.FORMS[dtype]
    forms = [form for form in kept if form.suffix == suffix]
    records.FORMS[dtype] = [replace(form, **changes) for form in forms]
    try:
        yield
    finally:
        records.FORMS[dtype] = kept


def convert(
    estimator: Any, dtype: str = "float32", suffix: str = "", **options: Any
) -> emlrt.Model:
    """Convert, with golden vectors unless told otherwise."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", emlrt.InputRangeWarning)
        with forced(dtype, suffix or records.FORMS[dtype][0].suffix):
            return emlrt.Model.from_sklearn(estimator, dtype=dtype, **options)


def extremes(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Rows, and rows of a type's extreme values; NaN and infinities too."""
    if rows.dtype.kind == "f":
        odd = [np.nan, np.inf, -np.inf, -0.0, 1e-45, -3.4e38]
    else:
        info = np.iinfo(rows.dtype)
        odd = [info.min, info.max, 0]
    filled = np.full((len(odd) + 1, rows.shape[1]), 0, rows.dtype)
    filled[:-1] = np.array(odd, rows.dtype)[:, None]
    filled[-1, ::2] = odd[0]
    return np.concatenate([rows, filled])


@cache
def digits() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    return load_digits(return_X_y=True)


def _digits_forest(dtype: str, suffix: str, leaves: str) -> Case:
    """leaves: "vote" (hard votes), "soft" or "sum"."""
    X, y = digits()
    kind = RandomForestRegressor if leaves == "sum" else RandomForestClassifier
    forest = kind(5, max_depth=6, random_state=7).fit(X[:600], y[:600])
    extra = {"voting": "hard"} if leaves == "vote" else {}
    bits = {"U8": 8, "U8M": 16, "I16": 16}.get(suffix, 32)
    model = convert(forest, dtype, suffix, leaf_bits=bits, **extra)
    rows = extremes(X[600 : 600 + N_ROWS].astype(_TYPES[dtype]))
    op = f"{leaves}_{suffix.lower()}"
    model = model.with_golden(X[700:703])
    assert [stage.name for stage in model.stages] == [f"trees_{op}"]
    return Case(op.replace("_", "-"), bytes(model), rows)


def _every_op() -> list[Case]:
    return [
        _digits_forest(dtype, form.suffix, leaves)
        for dtype, forms in records.FORMS.items()
        if not dtype.endswith(records.CODED)  # tests/families/boosting.py has those
        for form in list(forms)
        for leaves in ("vote", "soft", "sum")
    ]


def _missing() -> Case:
    X, y = load_iris(return_X_y=True)
    X = X.astype(np.float32)
    X[np.random.default_rng(5).random(X.shape) < 0.2] = np.nan
    forest = ExtraTreesClassifier(8, max_depth=5, random_state=3).fit(X, y)
    return Case("missing", bytes(convert(forest)), extremes(X[::20]))


def _outputs_vote() -> Case:
    X, y = digits()
    Y = np.stack([y, y % 2, y // 4], axis=1)
    forest = RandomForestClassifier(4, max_depth=5, random_state=2).fit(X, Y)
    model = convert(forest, "uint8", leaf_bits=16)
    return Case("outputs-vote", bytes(model), X[:N_ROWS].astype(np.uint8))


def _outputs_sum() -> Case:
    X, y = load_diabetes(return_X_y=True)
    Y = np.stack([y, -y * 1e-3, y * 1e6], axis=1)
    forest = ExtraTreesRegressor(4, max_depth=6, random_state=2).fit(X, Y)
    rows = extremes(X[:N_ROWS].astype(np.float32))
    return Case("outputs-sum", bytes(convert(forest)), rows)


def _tiny_values() -> Case:
    """Sums that are subnormal or near float32's largest number."""
    X, y = load_diabetes(return_X_y=True)
    Y = np.stack([(y - 150) * 1e-42, (y - 150) * 1e35, np.zeros_like(y)], axis=1)
    forest = RandomForestRegressor(3, max_depth=4, random_state=2).fit(X, Y)
    rows = X[:N_ROWS].astype(np.float32)
    return Case("tiny-values", bytes(convert(forest)), rows)


def _one_class() -> Case:
    X, y = load_iris(return_X_y=True)
    tree = DecisionTreeClassifier().fit(X, np.ones_like(y))
    return Case("one-class", bytes(convert(tree)), X[:3].astype(np.float32))


def _lone_leaves() -> Case:
    """A forest in which some trees are a single leaf."""
    X, y = load_iris(return_X_y=True)
    forest = RandomForestClassifier(9, min_impurity_decrease=0.329, random_state=1)
    forest.fit(X, y)
    sizes = {tree.tree_.node_count for tree in forest.estimators_}
    assert 1 in sizes
    assert len(sizes) > 1
    return Case("lone-leaves", bytes(convert(forest)), X[::37].astype(np.float32))


def _many_classes() -> Case:
    """More scores than a small item can name."""
    rng = np.random.default_rng(9)
    X = rng.integers(-3000, 3000, (1200, 6))
    y = np.arange(1200) % 550
    tree = ExtraTreesClassifier(3, max_depth=4, random_state=1).fit(X, y)
    rows = X[:4].astype(np.int16)
    return Case("many-classes", bytes(convert(tree, "int16")), rows)


def _bases() -> Case:
    """Leaf indices that count from a base of their tree."""
    X, y = digits()
    forest = RandomForestRegressor(6, max_depth=5, random_state=7).fit(X, y)
    with forced("uint8", "U8", links=40):
        model = emlrt.Model.from_sklearn(forest, dtype="uint8", X=X)
    at = dtype_of("emlrt_trees").itemsize + 4  # one exponent
    payload = model.stages[0].payload
    trees = np.frombuffer(payload, dtype_of("emlrt_tree"), 6, at)
    assert len(set(trees["base"])) == len(trees)
    return Case("bases", bytes(model), X[:N_ROWS].astype(np.uint8))


_MAKERS: list[Callable[[], Case]] = [
    _missing,
    _outputs_vote,
    _outputs_sum,
    _tiny_values,
    _one_class,
    _lone_leaves,
    _many_classes,
    _bases,
]


def _families() -> list[Case]:
    """The small models of every other family: tests/families."""
    made = ((case.name, *case.built()) for case in families.cases())
    return [Case(name, bytes(model), rows[:ROWS]) for name, model, rows in made]


@cache
def cases() -> list[Case]:
    """Every op, and the special cases."""
    return [*_every_op(), *(make() for make in _MAKERS), *_families()]


def case(name: str) -> Case:
    """The case of a name."""
    return next(case for case in cases() if case.name == name)
