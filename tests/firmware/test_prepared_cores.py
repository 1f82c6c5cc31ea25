# SPDX-License-Identifier: MIT
"""Prepared calls on emulated cores: the host's answers, constants, no emlrt_open."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from forest_cases import need
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emlrt import Model, embed
from emlrt.emulate import TARGETS, build, measure
from emlrt.emulate.unicorn_run import Machine

X, Y = load_iris(return_X_y=True)
X = np.round(X * 10)
FOREST = RandomForestClassifier(6, max_depth=4, random_state=0).fit(X, Y)


def models() -> dict[str, Model]:
    convert = Model.from_sklearn
    net = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(X, Y)
    found = {
        f"{voting} {dtype}": convert(FOREST, voting=voting, dtype=dtype, X=X)
        for voting, dtype in (("hard", "int16"), ("hard", "float32"), ("soft", "uint8"))
    }
    near = KNeighborsClassifier(3).fit(X[::5], Y[::5])
    return found | {
        "logistic": convert(net),
        "bayes": convert(GaussianNB().fit(X, Y)),
        "near": convert(near, X=X),
    }


MODELS = models()
ROWS = X[::29]


@pytest.mark.parametrize(
    ("core", "name"),
    [
        *(("cortex-m0plus", name) for name in ("hard int16", "soft uint8", "bayes")),
        *(("rv32imac", name) for name in ("hard float32", "logistic")),
    ],
)
def test_a_core_answers_as_the_host_does(core: str, name: str) -> None:
    need(TARGETS[core].compiler)
    model = MODELS[name]
    found: dict[str, Any] = {}
    for call in ("run", "classify"):
        got = measure(model, ROWS, core=core, opt="-Os", call=call, prepared=True)
        found[call] = got.results
    runtime, x = model._runtime, ROWS.astype(model.input_dtype)
    scores = np.stack([runtime.firmware(row, "run") for row in x])
    classes = np.stack([runtime.firmware(row, "classify") for row in x])
    assert found["run"].tobytes() == scores.tobytes()
    assert found["classify"].tobytes() == classes.tobytes()


@pytest.mark.parametrize(
    ("name", "far"), [("hard int16", False), ("hard int16", True), ("logistic", False)]
)
def test_avr_answers_as_the_host_does(name: str, far: bool) -> None:
    need("avr-gcc")
    model = MODELS[name]
    x = ROWS.astype(model.input_dtype)
    classes = np.stack([model._runtime.firmware(row, "classify") for row in x])
    blob = bytes(model)
    got = measure(blob, ROWS, core="atmega1284p", opt="-Os", prepared=True, far=far)
    assert np.array_equal(got.results, classes)


# Constants beside the model that is opened; and a program of them alone.
CHECK = """
#include "m.h"
#include <emlrt/prepared.h>
static const emlrt_op *const ops[] = M_EML_OPS;
static const emlrt_prepared_stage stages[] = M_EML_PREPARED_STAGES;
static const emlrt_prepared prepared = M_EML_PREPARED(stages);
static emlrt_model model;
int check(void) {
  emlrt_status status = emlrt_open(&model, m_eml, M_EML_SIZE, ops);
  return status ? status : emlrt_prepared_verify(&prepared, &model);
}
"""
ALONE = """
#include "m.h"
#include <emlrt/prepared.h>
static const emlrt_prepared_stage stages[] = M_EML_PREPARED_STAGES;
static const emlrt_prepared prepared = M_EML_PREPARED(stages);
static EMLRT_SCRATCH(scratch, M_EML_SCRATCH);
uint32_t answer;
int alone(const void *x) {
  return emlrt_prepared_classify(&prepared, x, M_EML_INPUTS, &answer, 1, scratch,
                                 sizeof scratch);
}
"""


def linked(core: str, model: Model, text: str, root: str) -> Machine:
    target = TARGETS[core]
    need(target.compiler)
    options = build.Options(opt="-Os")
    with build.scratch_dir() as work:
        (work / "m.h").write_text(embed.header(model, "m"))
        parts = build.runtime_objects(target, options)
        parts = [*parts, *build.compile_text(target, "p.c", text, options, work)]
        return Machine(target, build.link(target, parts, work, roots=[root]))


@pytest.mark.parametrize(
    ("core", "name"),
    [("cortex-m0plus", name) for name in MODELS] + [("rv32imac", "near")],
)
def test_constants_are_what_a_core_prepares(core: str, name: str) -> None:
    assert linked(core, MODELS[name], CHECK, "check").call("check") == 0


@pytest.mark.parametrize("name", MODELS)
def test_constants_link_no_check(name: str) -> None:
    model = MODELS[name]
    board = linked("cortex-m0plus", model, ALONE, "alone")
    checks = [s for s in board.image.symbols if "_check" in s or s == "emlrt_open"]
    assert not checks
    x = board.allocate(model.n_features_in_ * model.input_dtype.itemsize)
    for row in ROWS.astype(model.input_dtype):
        board.write(x, row.tobytes())
        assert board.call("alone", x) == 0
        answer = board.read(board.image.address("answer"), 4)
        assert answer == model._runtime.firmware(row, "classify").tobytes()
