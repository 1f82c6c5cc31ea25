# SPDX-License-Identifier: MIT
"""Models of several kinds, as a user would export them."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

import emlrt
from emlrt.signal import Difference, Frame, TimeFeatures


def _digits():
    """Votes of integers, with golden vectors."""
    X, y = load_digits(return_X_y=True)
    forest = RandomForestClassifier(5, max_depth=6, random_state=0).fit(X, y)
    return emlrt.Model.from_sklearn(forest, X=X, dtype="uint8", golden=X[:3])


def _line():
    """A value of floats."""
    X, y = load_digits(return_X_y=True)
    return emlrt.Model.from_sklearn(Ridge().fit(X[:, :10], y), golden=X[:2, :10])


def _moves():
    """A stream with state."""
    rng = np.random.default_rng(0)
    recordings = [rng.normal(scale=1 + k, size=(300, 3)) for k in range(2)]
    frame = Frame(32, 16)
    steps = Difference(), frame, TimeFeatures(["mean", "std"])
    forest = RandomForestClassifier(3, max_depth=3, random_state=0)
    pipeline = make_pipeline(*steps, forest)
    return emlrt.Model.from_sklearn(pipeline.fit(*frame.cut(recordings, ["a", "b"])))


def small_models():
    """Models by name."""
    return {"digits": _digits(), "line": _line(), "moves": _moves()}


@pytest.fixture(scope="session")
def models():
    """Models by name."""
    return small_models()


@pytest.fixture(scope="session")
def exported(models, tmp_path_factory):
    """A function: the folder of a target, exported once."""
    made = {}

    def folder(target, names=("digits", "line", "moves")):
        key = target, names
        if key not in made:
            made[key] = tmp_path_factory.mktemp(target) / "emlrt"
            emlrt.export(target, made[key], {n: models[n] for n in names})
        return made[key]

    return folder
