# SPDX-License-Identifier: MIT
"""Neighbours learned on an emulated core, against a model fitted on all items."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from forest_cases import need
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier

from emlrt import Model
from emlrt.emulate import TARGETS, build
from emlrt.emulate.facts import facts
from emlrt.emulate.unicorn_run import Machine

CALLS = ["emlrt_open", "emlrt_items_add", "emlrt_items_classify"]
FIRST, ALL = 40, 60


def machine(core: str, ops: Any) -> Machine:
    """A core with what learning takes, and no more."""
    target = TARGETS[core]
    need(target.compiler)
    options = build.Options(opt="-Os")
    with build.scratch_dir() as work:
        parts = build.with_ops(target, ops, options, work)
        roots = [*CALLS, "emulate_ops", "emulate_model"]
        image = build.link(target, parts, work, roots=roots)
    return Machine(target, image, count=False)


@pytest.mark.parametrize("dtype", ["float32", "int16"])
@pytest.mark.parametrize("core", ["cortex-m0", "rv32imac"])
def test_learns_on_a_core(core: str, dtype: str) -> None:
    X, y = load_iris(return_X_y=True)
    X = np.round(X * 10)
    order = np.random.default_rng(0).permutation(150)
    X, y = X[order], y[order]
    near = KNeighborsClassifier(5)
    few = Model.from_sklearn(near.fit(X[:FIRST], y[:FIRST]), dtype=dtype, X=X)
    whole = Model.from_sklearn(near.fit(X[:ALL], y[:ALL]), dtype=dtype, X=X)
    board = machine(core, facts(bytes(few)).ops)
    blob = bytes(few)
    model, ops = (board.image.address(f"emulate_{what}") for what in ("model", "ops"))
    address = board.place_rom(blob)
    assert board.call("emlrt_open", model, address, len(blob), ops) == 0
    rows = np.ascontiguousarray(X, few.input_dtype)
    step, room = rows[0].nbytes, ALL - FIRST
    x, index = board.allocate(step), board.allocate(4)
    scratch = board.allocate(few.scratch_bytes)
    items = board.allocate(16)
    arrays = board.allocate(step * room), board.allocate(4 * room)
    board.write(items, struct.pack("<4I", *arrays, 0, room))
    for row, label in zip(rows[FIRST:ALL], y[FIRST:ALL], strict=True):
        board.write(x, row.tobytes())
        assert board.call("emlrt_items_add", model, items, x, 4, int(label)) == 0
    found = []
    for row in rows[:90]:
        board.write(x, row.tobytes())
        arguments = (model, items, x, 4, index, scratch, few.scratch_bytes)
        assert board.call("emlrt_items_classify", *arguments) == 0
        found.append(*struct.unpack("<I", board.read(index, 4)))
    np.testing.assert_array_equal(found, whole.predict(X[:90]))
    assert (few.predict(X[:90]) != found).any()
