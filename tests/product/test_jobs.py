# SPDX-License-Identifier: MIT
"""n_jobs: the bits of one thread, whatever is asked, by as many as are allowed."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
import threadpoolctl
from sklearn.covariance import EllipticEnvelope
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emlrt import Model, jobs, to_int16

X, y = load_iris(return_X_y=True)
ROWS = np.tile(X, (8, 1))[:1111]
NAMES = np.array(["red", "green", "blue"], object)[y]
FITS: dict[str, Any] = {
    "forest": lambda: RandomForestClassifier(5, random_state=0).fit(X, NAMES),
    "regressor": lambda: RandomForestRegressor(5, random_state=0).fit(X, X[:, :2]),
    "outputs": lambda: MultiOutputClassifier(LogisticRegression()).fit(X, np.c_[y, y]),
    "logits": lambda: LogisticRegression(max_iter=200).fit(X, y),
    "two": lambda: LogisticRegression().fit(X, y == 1),
    "neighbours": lambda: KNeighborsClassifier(3).fit(X, y),
    "mixture": lambda: GaussianMixture(3, random_state=0).fit(X),
    "envelope": lambda: EllipticEnvelope(random_state=0).fit(X),
    "transform": lambda: make_pipeline(StandardScaler(), PCA(2)).fit(X),
}


@cache
def model(kind: str) -> Model:
    if kind == "int16":
        inputs = to_int16(X)
        fit = FITS["forest"]()
        return Model.from_sklearn(fit, dtype="int16", X=X, inputs=inputs)
    return Model.from_sklearn(FITS[kind]())


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Few rows are worth threads. What is returned fills with threads' numbers."""
    monkeypatch.setattr(jobs, "BLOCK", 64)
    monkeypatch.setattr(jobs, "_STEPS", 1)
    pools: list[int] = []
    real = jobs.ThreadPoolExecutor

    def counting(threads: int) -> Any:
        pools.append(threads)
        return real(threads)

    monkeypatch.setattr(jobs, "ThreadPoolExecutor", counting)
    return pools


def answers(model: Model, rows: Any, n_jobs: int | None) -> Iterator[tuple[str, Any]]:
    for name in ("scores", *model.methods):
        yield name, getattr(model, name)(rows, n_jobs=n_jobs)


def bits(answer: Any) -> list[Any]:
    if isinstance(answer, list | tuple):
        return [part for each in answer for part in bits(each)]
    shown = answer.tolist() if answer.dtype == object else answer.tobytes()
    return [answer.dtype, answer.shape, shown]


@pytest.mark.parametrize("kind", [*FITS, "int16"])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_every_method(kind: str, dtype: str, eager: list[int]) -> None:
    rows = ROWS.astype(dtype)
    alone = dict(answers(model(kind), rows, None))
    assert not eager
    for name, found in answers(model(kind), rows, 3):
        assert bits(found) == bits(alone[name]), name
    assert set(eager) == {3}


def test_frames_and_lists(eager: list[int]) -> None:
    pandas = pytest.importorskip("pandas")
    want = model("forest").predict(ROWS)
    for rows in (ROWS.tolist(), pandas.DataFrame(ROWS), np.asfortranarray(ROWS)):
        assert (model("forest").predict(rows, n_jobs=2) == want).all()
    assert set(eager) == {2}


def test_score_takes_threads_too(eager: list[int]) -> None:
    assert model("logits").score(X, y, n_jobs=2) == model("logits").score(X, y)
    assert set(eager) == {2}


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_errors_are_those_of_one_thread(bad: float, eager: list[int]) -> None:
    rows = ROWS.copy()
    rows[1000, 1] = bad
    with pytest.raises(ValueError, match="X contains") as alone:
        model("logits").predict(rows)
    with pytest.raises(ValueError, match="X contains") as found:
        model("logits").predict(rows, n_jobs=3)
    assert str(found.value) == str(alone.value)


@pytest.mark.parametrize("n_jobs", [0, -2, True, False, 1.5, "2", np.nan, [2]])
def test_what_is_no_number_of_threads(n_jobs: Any) -> None:
    for rows in (X[:1], ROWS):
        with pytest.raises(ValueError, match="n_jobs is None for one thread, -1 for"):
            model("forest").predict(rows, n_jobs=n_jobs)


def test_few_rows_stay_on_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "ThreadPoolExecutor", None)
    for n in (1, 2, 50, jobs.BLOCK):
        rows = np.tile(X, (8, 1))[:n]
        assert len(model("forest").predict_proba(rows, n_jobs=-1)) == n
    assert len(model("forest").predict(ROWS)) == len(ROWS)


def test_numbers_of_threads() -> None:
    assert jobs.threads(None) == 1
    assert jobs.threads(np.int64(7)) == 7
    assert jobs.threads(-1) == jobs.cores() >= 1


def test_rows_are_worth_threads_by_work() -> None:
    assert jobs.worth(8, 10**6, 10**6, 10) == 8
    assert jobs.worth(8, 3 * jobs.BLOCK, 10**6, 10) == 3
    assert jobs.worth(8, 10**5, 1, 1) == 1


@pytest.mark.parametrize("n", [1, 1023, 1024, 1025, 5000, 50_001])
@pytest.mark.parametrize("threads", [2, 3, 64])
def test_pieces_are_all_rows_once(n: int, threads: int) -> None:
    pieces = jobs.each(threads, n, lambda start, stop: (start, stop))
    assert [at for at, _ in pieces] == [0, *(at for _, at in pieces[:-1])]
    assert pieces[-1][1] == n
    assert all(start % jobs.BLOCK == 0 < stop - start for start, stop in pieces)


def test_pieces_run_at_once() -> None:
    meet = threading.Barrier(2)
    jobs.each(2, 8 * jobs.BLOCK, lambda start, stop: meet.wait(60))


def test_the_first_error_comes_out() -> None:
    def fail(start: int, stop: int) -> None:
        raise ValueError(f"rows from {start} on")

    with pytest.raises(ValueError, match="rows from 0 on"):
        jobs.each(2, 5 * jobs.BLOCK, fail)


def test_threadpoolctl_limits_threads(eager: list[int]) -> None:
    jobs.register()
    mine = [i for i in threadpoolctl.threadpool_info() if i["user_api"] == "emlrt"]
    assert [found["num_threads"] for found in mine] == [jobs.cores()]
    with threadpoolctl.threadpool_limits(2, user_api="emlrt"):
        assert jobs.threads(5) == 2
        model("forest").scores(ROWS, n_jobs=5)
        assert set(eager) == {2}
    eager.clear()
    with threadpoolctl.threadpool_limits(1):
        assert jobs.threads(-1) == jobs.threads(5) == 1
        model("forest").scores(ROWS, n_jobs=5)
    assert not eager
    assert jobs.threads(5) == 5


@pytest.mark.parametrize("rows", [np.array(5.0), 5.0])
def test_a_number_is_no_matrix(rows: Any) -> None:
    with pytest.raises(ValueError, match="X") as alone:
        model("forest").predict(rows)
    with pytest.raises(ValueError, match="X") as found:
        model("forest").predict(rows, n_jobs=2)
    assert str(found.value) == str(alone.value)


AT_EXIT = """
import atexit, emlrt.jobs, numpy
ends = lambda: print(emlrt.jobs.each(2, 5000, lambda start, stop: (start, stop)))
atexit.register(ends)
"""


def test_rows_are_one_piece_when_python_ends() -> None:
    command = [sys.executable, "-c", AT_EXIT]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[(0, 5000)]\n", "")


def test_rows_are_one_piece_where_no_thread_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert jobs.each(2, 5000, lambda start, stop: (start, stop)) == [(0, 5000)]
