# SPDX-License-Identifier: MIT
"""Where libsvm's coupling of pairs takes one round more, its probabilities jump. Our
decisions differ from libsvm's by float32's rounding, so the jump may lie a last digit
away: there, too, the answer is that of one of its two sides, and no third."""

import numpy as np
import pytest
from sklearn import datasets
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from emlrt import Model

pytestmark = pytest.mark.filterwarnings("ignore:.*probability:FutureWarning")


def line(first, last, at):
    """float32 rows of a line, as float64: what both compute with is the same."""
    rows = first + np.atleast_1d(at)[:, None] * (last - first)
    return rows.astype(np.float32).astype(float)


def jump(estimator, first, last):
    """Two neighbours of the line, with the jump between them that is largest beside
    the steps around it."""
    low, high = 0.0, 1.0
    while high - low > 1e-9:
        at = np.linspace(low, high, 1025)
        steps = np.diff(estimator.predict_proba(line(first, last, at)), axis=0)
        steps = abs(steps).max(axis=1)
        most = 1 + int((steps[1:-1] - np.maximum(steps[2:], steps[:-2])).argmax())
        low, high = at[most], at[most + 1]
    return low, high


@pytest.mark.parametrize("name", ["iris", "wine"])
def test_a_jump_of_the_last_round(name):
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    estimator = SVC(probability=True, random_state=0).fit(X, y)
    model = Model.from_sklearn(estimator)
    rng, sizes = np.random.default_rng(0), []
    for first, last in rng.choice(X, (4, 2)):
        low, high = jump(estimator, first, last)
        sides = estimator.predict_proba(line(first, last, [low, high]))
        sizes.append(abs(sides[0] - sides[1]).max())
        rows = line(first, last, np.linspace(low - 1e-6, high + 1e-6, 201))
        off = abs(model.predict_proba(rows)[:, None] - sides).max(axis=2)
        assert off.min(axis=1).max() < 1e-5
    assert max(sizes) > 1e-3  # there were jumps
