# SPDX-License-Identifier: MIT
"""Forests of every kind of labels and rows, small enough to fit once a session."""

import numpy as np
import pandas as pd
from sklearn.datasets import load_iris, load_linnerud
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

#: What the fixtures `forests` and `models` have.
KINDS = (
    "text labels",
    "integers",
    "missing",
    "booleans",
    "values",
    "many values",
    "many labels",
)
_SMALL = {"n_estimators": 5, "max_depth": 5, "random_state": 0}


def data_of_kinds():
    """(X, y) by kind."""
    frame, number = load_iris(return_X_y=True, as_frame=True)
    names = np.array(["setosa", "versicolor", "virginica"])[number]
    whole = (frame.to_numpy() * 10).round()
    X, Y = load_linnerud(return_X_y=True)
    pairs = np.stack([number, number.to_numpy() > 1], axis=1)
    missing = frame.mask(np.random.default_rng(0).random(frame.shape) < 0.1)
    found = [
        (frame, names),
        (whole, number.to_numpy()),
        (missing, names),
        (whole, number.to_numpy() > 0),
        (frame, whole[:, 3] / 7),
        (pd.DataFrame(X), Y),
        (whole, pairs),
    ]
    return dict(zip(KINDS, found, strict=True))


def fitted_forests():
    """(estimator, X, y) by kind."""
    found = {}
    for kind, (X, y) in data_of_kinds().items():
        values = kind.endswith("values")
        make = RandomForestRegressor if values else RandomForestClassifier
        found[kind] = make(**_SMALL).fit(X, y), X, y
    return found
