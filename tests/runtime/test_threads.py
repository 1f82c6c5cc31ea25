# SPDX-License-Identifier: MIT
"""Models side by side, in many threads at once, and without other references."""

import gc
import os
import signal
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_digits
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from emlrt import FormatError, Model


@pytest.fixture(scope="module")
def models():
    """Two kinds of model with the rows they take."""
    x, y = load_digits(return_X_y=True)
    digits = RandomForestClassifier(20, max_depth=8, random_state=0).fit(x, y)
    a, b = load_diabetes(return_X_y=True)
    diabetes = RandomForestRegressor(20, max_depth=8, random_state=0).fit(a, b)
    return [
        (Model.from_sklearn(digits, golden=x[:3]), x),
        (Model.from_sklearn(diabetes, golden=a[:3]), a),
        (Model.from_sklearn(digits, dtype="uint8", voting="hard", X=x), x),
    ]


def test_two_models_at_once(models):
    """Opening or using one changes nothing of the other."""
    (first, x), (second, a), _ = models
    alone = first.scores(x), second.scores(a)
    for _ in range(20):
        np.testing.assert_array_equal(first.scores(x[:7]), alone[0][:7])
        np.testing.assert_array_equal(second.scores(a[:7]), alone[1][:7])
        Model.from_bytes(bytes(second)).scores(a[:5])


def test_eight_threads(models):
    """Every row by itself, in batches, and by the firmware's calls."""
    expected = [model.scores(x) for model, x in models]
    answers = [model.predict(x) for model, x in models]
    start = threading.Barrier(8)

    def work(seed):
        rng = np.random.default_rng(seed)
        start.wait()
        for _ in range(150):
            k = int(rng.integers(len(models)))
            model, x = models[k]
            n = int(rng.choice([1, 1, 2, 17, 200]))
            rows = rng.integers(0, len(x), n)
            np.testing.assert_array_equal(model.scores(x[rows]), expected[k][rows])
            np.testing.assert_array_equal(model.predict(x[rows]), answers[k][rows])
            row = np.ascontiguousarray(x[rows[0]], model.input_dtype)
            np.testing.assert_array_equal(
                model._runtime.firmware(row), expected[k][rows[0]]
            )
        assert models[0][0].selftest()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


def test_opening_in_threads(models):
    data = [bytes(model) for model, _ in models]

    def work(seed):
        rng = np.random.default_rng(seed)
        for _ in range(40):
            k = int(rng.integers(len(data)))
            broken = bytearray(data[k])
            broken[int(rng.integers(len(broken)))] ^= 0x10
            with pytest.raises(FormatError):
                Model.from_bytes(bytes(broken))
            model, x = Model.from_bytes(data[k]), models[k][1]
            np.testing.assert_array_equal(
                model.scores(x[:9]), models[k][0].scores(x[:9])
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


def test_other_threads_run_during_a_prediction(models):
    """The lock of the interpreter is not held: this thread counts meanwhile."""
    model, x = models[0]
    rows = np.tile(x.astype(np.float32), (80, 1))
    done = threading.Event()

    def predict():
        try:
            model._runtime.scores(rows)
        finally:
            done.set()

    thread = threading.Thread(target=predict)
    thread.start()
    ticks = 0
    while not done.wait(1e-3):
        ticks += 1
    thread.join()
    # Held, the lock would let this loop run before and after, but not during.
    assert ticks >= 4


def test_a_model_keeps_what_it_needs(models):
    """Everything but the bound method is dropped and collected."""
    for original, x in models:
        expected = original.scores(x)
        scores = Model.from_bytes(bytearray(bytes(original))).scores
        gc.collect()
        junk = [bytearray(original.nbytes) for _ in range(50)]
        np.testing.assert_array_equal(scores(x), expected)
        del junk
        runtime = Model.from_bytes(bytes(original))._runtime
        gc.collect()
        rows = np.ascontiguousarray(x, original.input_dtype)
        np.testing.assert_array_equal(runtime.scores(rows), expected)


def test_models_are_freed(models):
    data, x = bytes(models[0][0]), models[0][1]
    model = Model.from_bytes(data)
    model.predict(x)
    assert model.classes_ is model.classes_
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_opening_many_leaks_nothing(models):
    resource = pytest.importorskip("resource")
    data = bytes(models[0][0])

    def peak(n):
        for _ in range(n):
            Model.from_bytes(data)
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = peak(50)
    grown = peak(400) - before  # KiB; a leak would keep 400 copies
    assert grown < 100 * len(data) / 1024


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_fork_waits_for_no_thread_of_its_parent(models):
    """One that laid the model out, and is not in the child."""
    original, x = models[0]
    model, want = Model.from_bytes(bytes(original)), original.predict(x[:50])
    with model._runtime._laying:
        child = os.fork()
        if child == 0:
            signal.alarm(5)  # ends it
            os._exit(0 if (model.predict(x[:50]) == want).all() else 1)
    assert os.waitpid(child, 0)[1] == 0
