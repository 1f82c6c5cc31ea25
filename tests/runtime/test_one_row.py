# SPDX-License-Identifier: MIT
"""One row by one call: the bits, the dtypes and the errors of many rows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from emlrt import EmlrtError, Model
from emlrt._native import ffi, lib

X, y = load_iris(return_X_y=True)
WIDE = np.random.default_rng(0).normal(size=(60, 300))
FITS = {
    "stump": lambda: DecisionTreeClassifier(max_depth=1).fit(X, y),
    "soft": lambda: RandomForestClassifier(9, max_depth=3, random_state=0).fit(X, y),
    "names": lambda: RandomForestClassifier(3).fit(X, np.array(["a", "bb", "ccc"])[y]),
    "logits": lambda: LogisticRegression(max_iter=300).fit(X, y),
    "two": lambda: LogisticRegression().fit(X, y == 2),
    "tree": lambda: RandomForestRegressor(5, random_state=0).fit(X, y),
    "values": lambda: LinearRegression().fit(X, X[:, :3]),
    "wide": lambda: LogisticRegression().fit(WIDE, WIDE[:, 0] > 0),
}
ODD = [0.0, -0.0, 5e-324, 1e-45, -1e-40, 1e-38, 3.4028235e38, 0.1, 1 + 2**-24]
ODD += [2.45, 1 + 2**-24 + 2**-50, 16777217.0]


@cache
def model(kind: str) -> Model:
    return Model.from_sklearn(FITS[kind]())


def rows_of(kind: str) -> np.ndarray:
    rng = np.random.default_rng(1)
    rows = (WIDE if kind == "wide" else X).copy()
    rows[1::2] *= rng.choice([1, -1e-3, 7], rows[1::2].shape)
    odd = rng.random(rows.shape) < 0.2
    rows[odd] = rng.choice(ODD, int(odd.sum()))
    return rows


@pytest.mark.parametrize("kind", FITS)
@pytest.mark.parametrize("dtype", ["f4", "f8", "i4", "f2"])
def test_each_row_is_as_in_a_batch(kind: str, dtype: str) -> None:
    rows = rows_of(kind)
    if dtype in ("i4", "f2"):
        rows = np.clip(rows, -100, 100)
    rows = rows.astype(dtype)
    for name in ("predict", "predict_proba"):
        if name not in model(kind).methods:
            continue
        call = getattr(model(kind), name)
        together = call(rows)
        for i in range(0, len(rows), 3):
            one = call(rows[i : i + 1].copy())
            assert one.dtype == together.dtype
            assert one.shape == together[i : i + 1].shape
            assert one.flags.writeable
            if one.dtype == object:
                assert one.tolist() == together[i : i + 1].tolist()
            else:
                assert one.tobytes() == together[i : i + 1].tobytes()


@pytest.mark.parametrize("kind", FITS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e39, -1e308])
def test_numbers_that_are_looked_at_closer(kind: str, bad: float) -> None:
    """What the original takes is answered alike, what not is refused alike."""
    for dtype in ("f8", "f4"):
        rows = rows_of(kind)[:2]
        rows[0, -1] = bad
        with np.errstate(over="ignore"):
            rows = rows.astype(dtype)
        for name in set(model(kind).methods) & {"predict", "predict_proba"}:
            call = getattr(model(kind), name)
            want, found = said(call, rows), said(call, rows[:1].copy())
            assert want == found


def said(call: Callable[[np.ndarray], np.ndarray], rows: np.ndarray) -> object:
    """The first row's answer, or why there is none."""
    with suppress(ValueError):
        return call(rows)[:1].tolist()
    with pytest.raises(ValueError, match="X contains") as refused:
        call(rows)
    return str(refused.value)


def test_the_calls_of_c_refuse_what_they_cannot_answer() -> None:
    runtime = model("stump")._runtime
    x, d = ffi.new("float[4]"), ffi.new("double[4]")
    p = ffi.new("double[3]")
    closed = ffi.new("emlrt_model *")
    host = runtime.layout()
    values, several = model("tree")._runtime, model("values")._runtime
    argument, align, kind = (
        getattr(lib, f"EMLRT_ERR_{name}") for name in ("ARGUMENT", "ALIGN", "KIND")
    )
    odd = ffi.cast("double *", ffi.cast("char *", d) + 4)
    for call, more in (
        (lib.emlrt_host_classify_one, ()),
        (lib.emlrt_host_proba_one, (p,)),
    ):
        assert call(runtime._model, host, x, 0, *more) >= 1
        assert call(runtime._model, host, d, 1, *more) >= 1
        assert call(runtime._model, host, odd, 1, *more) == align
        assert call(runtime._model, host, ffi.NULL, 0, *more) == argument
        assert call(closed, host, x, 0, *more) == argument
        assert call(several._model, several.layout(), x, 0, *more) == argument
        assert call(values._model, values.layout(), x, 0, *more) == kind
        x[2] = float("nan")
        assert call(runtime._model, host, x, 0, *more) == 0
        x[2] = 0
        d[1] = 1e300
        assert call(runtime._model, host, d, 1, *more) == 0
        d[1] = 0
    one = lib.emlrt_host_values_one
    assert one(several._model, several.layout(), x, 0, p) == 1
    assert one(runtime._model, host, x, 0, p) == kind
    assert one(several._model, several.layout(), x, 0, ffi.NULL) == argument
    assert lib.emlrt_host_proba_one(runtime._model, host, x, 0, ffi.NULL) == argument


def test_integers_are_not_doubles() -> None:
    small = Model.from_sklearn(
        RandomForestClassifier(3).fit(X.round(), y), dtype="int16", X=X.round()
    )
    runtime, d = small._runtime, ffi.new("double[4]")
    found = lib.emlrt_host_classify_one(runtime._model, runtime.layout(), d, 1)
    assert found == lib.EMLRT_ERR_ARGUMENT
    assert runtime.classify_one(X[:1]) == -1
    assert small.predict(X[:1].round()) == small.predict(X[:2].round())[:1]


def test_a_layout_is_made_when_rows_come() -> None:
    fresh = Model.from_bytes(bytes(model("soft")))
    assert fresh._runtime._host is None
    assert fresh.stages
    assert fresh._runtime._host is None
    fresh.predict(X[:1])
    assert lib.emlrt_host_stages(fresh._runtime._host) == 1


def test_probabilities_of_rows_and_of_scores_are_the_same() -> None:
    for kind in ("soft", "logits", "two", "stump"):
        runtime, rows = model(kind)._runtime, X.astype("f4")
        want = runtime.proba(runtime.scores(rows)).astype("f8")
        assert runtime.predict_proba(rows).tobytes() == want.tobytes()
    with pytest.raises(EmlrtError, match="KIND"):
        model("tree")._runtime.predict_proba(X.astype("f4"))
