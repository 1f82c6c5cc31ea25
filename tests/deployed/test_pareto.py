# SPDX-License-Identifier: MIT
"""The front, choosing within limits, and the picture of both."""

import pickle
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier

from emlrt import DeployedClassifier, ParetoDisplay, metrics

mpl.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")


def by_definition(rows):
    """Rows that none beats, one pair at a time."""

    def beats(a, b):
        return all(a >= b) and any(a > b)

    return {k for k, b in enumerate(rows) if not any(beats(a, b) for a in rows)}


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_the_front_is_what_nothing_beats(columns):
    rng = np.random.default_rng(columns)
    for n in (1, 2, 30):
        rows = rng.integers(0, 6, (n, columns)).astype(float)
        found = metrics.pareto(rows)
        assert set(found.tolist()) == by_definition(rows)
        assert len(set(found.tolist())) == len(found)
        assert (np.diff(rows[found, 0]) >= 0).all()


def test_the_front_leaves_out_what_is_not_known():
    rows = [[np.nan, 9.0], [-3.0, 0.5], [-4.0, 0.5], [-5.0, 0.9]]
    assert metrics.pareto(rows).tolist() == [3, 1]
    assert metrics.pareto(np.empty((0, 2))).tolist() == []
    with pytest.raises(ValueError, match=r"\(n, k\)"):
        metrics.pareto([1.0, 2.0])


#: Two splits; the third candidate is beyond 100 bytes in one of them, the fourth has
#: failed in one.
RESULTS = {
    "mean_test_accuracy": np.array([0.8, 0.9, 0.95, np.nan, 0.9]),
    "mean_test_bytes": np.array([-50.0, -90.0, -95.0, np.nan, -80.0]),
    "split0_test_bytes": np.array([-50.0, -90.0, -70.0, np.nan, -80.0]),
    "split1_test_bytes": np.array([-50.0, -90.0, -120.0, -10.0, -80.0]),
}


@pytest.mark.parametrize("score", ["accuracy", "test_accuracy"])
def test_the_best_within_is_so_in_every_split(score):
    best = metrics.best_within(score=score, max_bytes=100)
    assert best(RESULTS) == 4  # as good as the second, and smaller
    assert metrics.best_within(score=score, max_bytes=120)(RESULTS) == 2
    assert metrics.best_within(score=score, max_bytes=60)(RESULTS) == 0
    assert pickle.loads(pickle.dumps(best)) == best


def test_nothing_within_is_an_error():
    with pytest.raises(ValueError, match="max_bytes=40, where the least is 50"):
        metrics.best_within(max_bytes=40)(RESULTS)
    with pytest.raises(ValueError, match="no scorer 'flash'; it has accuracy, bytes"):
        metrics.best_within(max_flash=40)(RESULTS)
    with pytest.raises(ValueError, match="no scorer 'f1'"):
        metrics.best_within(score="f1", max_bytes=40)(RESULTS)


def test_limits_are_named_and_positive():
    with pytest.raises(TypeError, match="named max_ and a scorer"):
        metrics.best_within()
    with pytest.raises(TypeError, match="there is no 'flash'"):
        metrics.best_within(flash=5)
    with pytest.raises(ValueError, match="max_flash is a number above 0, not 0"):
        metrics.best_within(max_flash=0)


@pytest.fixture(scope="module")
def search():
    X, y = load_iris(return_X_y=True)
    tree = DeployedClassifier(DecisionTreeClassifier(random_state=0))
    scoring = {"accuracy": "accuracy", "bytes": metrics.make_scorer("bytes")}
    grid = {"estimator__max_depth": [1, 2, 3, 4, 5]}
    refit = metrics.best_within(max_bytes=300)
    return GridSearchCV(tree, grid, scoring=scoring, refit=refit, cv=3).fit(X, y)


def test_the_picture_is_of_the_search(search):
    display = ParetoDisplay.from_search(search, x="bytes")
    results = search.cv_results_
    np.testing.assert_array_equal(display.x, -results["mean_test_bytes"])
    np.testing.assert_array_equal(display.y, results["mean_test_accuracy"])
    drawn = np.asarray(display.points_.get_offsets())
    np.testing.assert_allclose(drawn, np.column_stack([display.x, display.y]))
    pairs = np.column_stack([-display.x, display.y])
    assert set(display.front.tolist()) == by_definition(pairs)
    x, y = display.line_.get_data()
    assert (np.diff(x) >= 0).all()
    assert (np.diff(y) >= 0).all()
    np.testing.assert_array_equal(x, display.x[display.front])
    assert display.chosen == search.best_index_
    assert display.chosen_.get_data()[0] == [display.x[search.best_index_]]
    assert display.ax_.get_xlabel() == "bytes [bytes]"
    assert display.ax_.get_ylabel() == "accuracy"
    assert display.figure_ is display.ax_.figure


def test_the_picture_goes_where_it_is_told(search):
    figure, ax = plt.subplots()
    display = ParetoDisplay.from_search(search, "bytes", ax=ax, color="k")
    assert display.ax_ is ax
    assert display.figure_ is figure
    other = ParetoDisplay.from_values([3, 1, 2], [0.9, 0.5, 0.4])
    assert other.front.tolist() == [1, 0]
    assert other.chosen_ is None
    assert other.plot().ax_ is not ax


def test_the_picture_of_nothing_is_an_error(search):
    with pytest.raises(ValueError, match="no scorer 'flash'"):
        ParetoDisplay.from_search(search)
    with pytest.raises(NotFittedError):
        ParetoDisplay.from_search(GridSearchCV(search.estimator, {}), "bytes")
    with pytest.raises(ValueError, match=r"not \(2,\) and \(3,\)"):
        ParetoDisplay.from_values([1, 2], [1, 2, 3])


def test_the_picture_names_what_it_lacks():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from emlrt import ParetoDisplay\n"
        "try: ParetoDisplay.from_values([1], [1])\n"
        "except ImportError as error: print(error)\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "ParetoDisplay.plot takes matplotlib" in done.stdout
    assert "emlrt[plot]" in done.stdout


def test_a_cost_without_a_minus_is_refused():
    """As a scorer of one's own may give it: the largest would be within any limit."""
    plain = {
        key: -np.asarray(column) if "bytes" in key else column
        for key, column in RESULTS.items()
    }
    with pytest.raises(ValueError, match="'bytes' gives costs without a minus"):
        metrics.best_within(max_bytes=100)(plain)


def test_a_limit_is_a_number():
    for wrong in ("4k", True, float("nan")):
        with pytest.raises(ValueError, match="max_bytes is a number above 0"):
            metrics.best_within(max_bytes=wrong)
