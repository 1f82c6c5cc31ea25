# SPDX-License-Identifier: MIT
"""The row matrix: models that ask where a number lies, what stands before them, and
the kinds of rows that people have. docs/rows.py and test_row_kinds.py go through it.
"""

import warnings

import numpy as np
from catboost import CatBoostClassifier
from lightgbm import LGBMClassifier
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from xgboost import XGBClassifier

from emlrt import Model

#: What answers may be off by where every row goes as in the original.
CLOSE = 2e-6
TREES = {
    "hist": lambda: HistGradientBoostingClassifier(max_iter=8, max_bins=31),
    "lightgbm": lambda: LGBMClassifier(
        n_estimators=8, verbose=-1, n_jobs=1, min_child_samples=5
    ),
    "xgboost": lambda: XGBClassifier(n_estimators=8, n_jobs=1),
    "catboost": lambda: CatBoostClassifier(
        iterations=8, verbose=False, thread_count=1, allow_writing_files=False
    ),
    "forest": lambda: RandomForestClassifier(8, random_state=0),
    "gradient": lambda: GradientBoostingClassifier(n_estimators=8, random_state=0),
}
#: Those that compare float64.
WIDE = ("hist", "lightgbm")
FRONT = {
    "alone": lambda: None,
    "standard": StandardScaler,
    "min-max": MinMaxScaler,
    "max-abs": MaxAbsScaler,
    "robust": RobustScaler,
    "imputer": lambda: SimpleImputer(missing_values=-99.9),
    "columns": lambda: ColumnTransformer(
        [("scaled", StandardScaler(), [0, 2]), ("bins", KBinsDiscretizer(4), [1])],
        sparse_threshold=0,
    ),
}
TABLES = {
    "bins": lambda: KBinsDiscretizer(7, encode="ordinal"),
    "uniform": lambda: KBinsDiscretizer(7, encode="ordinal", strategy="uniform"),
    "scaled bins": lambda: make_pipeline(StandardScaler(), KBinsDiscretizer(7)),
    "binarizer": lambda: Binarizer(threshold=0.3),
    "quantiles": lambda: QuantileTransformer(n_quantiles=40),
    "marks": lambda: SimpleImputer(missing_values=0.3),
}
KINDS = (*(f"decimals {k}" for k in range(7)), "held", "float32", "integers", "offset")


def rows_of(kind, rng, n=250):
    """(n, 3) numbers of a kind."""
    x = rng.normal(size=(n, 3)) * [1.0, 4.0, 30.0]
    name, _, places = kind.partition(" ")
    if name == "decimals":
        return np.round(x, int(places))
    if name == "offset":
        return np.round(x, 1) + 1000.0
    if name == "integers":
        return rng.integers(-40, 41, (n, 3)).astype(float)
    # Decimals as float32, the hardest of those: borders lie on numbers of the grid.
    found = np.round(x, 1).astype(np.float32)
    return found if name == "float32" else found.astype(np.float64)


def answers(model, X):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("predict_proba", "transform", "predict"):
            if hasattr(model, name):
                found = getattr(model, name)(X)
                break
    found = found.toarray() if hasattr(found, "toarray") else found
    return np.asarray(found, np.float64).reshape(len(X), -1)


def are_off(model, estimator, given):
    """Which rows a model answers otherwise than the original."""
    expected, found = answers(estimator, given), answers(model, given)
    assert found.shape == expected.shape
    limit = CLOSE * max(1.0, np.nanmax(abs(expected)))
    same = (abs(found - expected) <= limit) | (np.isnan(found) & np.isnan(expected))
    return ~same.all(axis=1)


def differing(estimator, given, **options):
    """Share of rows whose answer is not the original's."""
    return are_off(Model.from_sklearn(estimator, **options), estimator, given).mean()


def made(tree, front, kind, rng):
    """A fitted model of the matrix, and its rows."""
    X, before, own = rows_of(kind, rng), FRONT[front](), TREES[tree]()
    if front == "imputer":
        X[rng.random(X.shape) < 0.05] = -99.9
    return fitted(own if before is None else make_pipeline(before, own), X, rng), X


def fitted(estimator, X, rng):
    y = ((X[:, 0] > np.median(X[:, 0])) ^ (X[:, 1] + X[:, 2] > X[:, 1].mean())) * 1
    y ^= rng.random(len(X)) < 0.1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(X, y)
