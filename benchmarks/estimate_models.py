# SPDX-License-Identifier: MIT
"""Small models of every op, to which the prices of emlrt.estimate are fitted."""

from __future__ import annotations

import hashlib
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import estimate_signals
import numpy as np
from cost_models import models as tree_models
from numpy.typing import NDArray

import emlrt

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "helpers"))

Named = tuple[str, emlrt.Model, NDArray[Any]]
#: Models of a set of ops that are taken of tests/families.
_EACH = 2
_ROWS = 3
#: One in so many of the models of trees is taken.
_TREES = 3


def _families() -> Iterator[Named]:
    from families import cases

    seen: Counter[str] = Counter()
    for case in cases():
        ops = "+".join(sorted({stage.name for stage in case.model.stages}))
        seen[ops] += 1
        if seen[ops] <= _EACH and not case.model.state_bytes:
            yield case.name, case.model, case.rows[:_ROWS]


def _trees() -> Iterator[Named]:
    for i, (name, model, X) in enumerate(tree_models()):
        if i % _TREES == 0 or "features" in name:
            yield name, model, np.ascontiguousarray(X[:_ROWS], model.input_dtype)


def _data(n: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Columns of several scales, some with many zeros, and three classes."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(300, n)) * np.geomspace(0.1, 100, n)
    X[:, ::3] = np.maximum(X[:, ::3], 0)
    y = np.digitize(X[:, 0] * 10 + X[:, 1] * 3 + rng.normal(size=300), [-0.5, 0.7])
    return X.astype(np.float32), y


def _estimators() -> Iterator[tuple[Any, bool]]:
    """Estimators, and whether they want numbers."""
    from sklearn import (
        cluster,
        discriminant_analysis,
        linear_model,
        mixture,
        naive_bayes,
        neighbors,
        neural_network,
        pipeline,
        svm,
    )
    from sklearn import preprocessing as prep

    def scaled(made: Any, scaler: Any = None) -> Any:
        return pipeline.make_pipeline(scaler or prep.StandardScaler(), made)

    for hidden in ((5,), (16,), (33, 8), (24, 24)):
        for activation in ("relu", "tanh"):
            made = neural_network.MLPClassifier(
                hidden, activation=activation, max_iter=40, random_state=0
            )
            yield scaled(made), False
    yield (
        scaled(neural_network.MLPRegressor(hidden_layer_sizes=(12,), max_iter=40)),
        True,
    )
    yield linear_model.LogisticRegression(max_iter=50), False
    yield scaled(linear_model.LogisticRegression(), prep.MinMaxScaler()), False
    yield scaled(linear_model.LogisticRegression(), prep.Normalizer()), False
    yield linear_model.Ridge(), True
    yield naive_bayes.GaussianNB(), False
    yield scaled(naive_bayes.GaussianNB()), False
    yield scaled(svm.LinearSVC()), False
    for kernel in ("rbf", "linear", "poly"):
        yield scaled(svm.SVC(kernel=kernel, C=3)), False
    yield scaled(svm.SVR()), True
    for k, weights in ((1, "uniform"), (5, "uniform"), (4, "distance")):
        yield neighbors.KNeighborsClassifier(k, weights=weights), False
        yield scaled(neighbors.KNeighborsClassifier(k, weights=weights)), False
    yield scaled(neighbors.KNeighborsRegressor(3)), True
    yield neighbors.NearestCentroid(), False
    yield cluster.KMeans(4, n_init=1, random_state=0), False
    for kind in ("full", "diag", "tied", "spherical"):
        yield mixture.GaussianMixture(3, covariance_type=kind, random_state=0), False
    yield discriminant_analysis.LinearDiscriminantAnalysis(), False
    yield discriminant_analysis.QuadraticDiscriminantAnalysis(), False


def _numeric() -> Iterator[Named]:
    from sklearn.naive_bayes import GaussianNB

    for n in (4, 11, 26):
        X, y = _data(n)
        for made, number in _estimators():
            some = 60 if "eighbors" in repr(made) or "SVC" in repr(made) else 300
            made.fit(X[:some], (X[:, 0] + y)[:some] if number else y[:some])
            model = emlrt.convert(made).strip()
            yield f"{made!r} {n}", model, model.inputs_of(X[-_ROWS:])
        for n_classes in (2, 4, 5, 7):
            at = np.quantile(X[:, 1], np.arange(1, n_classes) / n_classes)
            some = np.digitize(X[:, 1], at)
            model = emlrt.convert(GaussianNB().fit(X, some)).strip()
            yield (
                f"GaussianNB, {n_classes} classes, {n}",
                model,
                model.inputs_of(X[-_ROWS:]),
            )


def models() -> Iterator[Named]:
    """Name, model, and rows of its input type."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield from _families()
        yield from _numeric()
        yield from _trees()
        yield from estimate_signals.models()


def kept() -> list[Named]:
    """The same, kept in build/counts once they are made."""
    import pickle

    from core_counts import KEPT

    sources = Path(__file__), Path(estimate_signals.__file__)
    made_by = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
    place = KEPT / f"models.{made_by.hexdigest()[:8]}.pickle"
    if not place.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        found = [(name, bytes(model), X) for name, model, X in models()]
        place.write_bytes(pickle.dumps(found))
    made = pickle.loads(place.read_bytes())
    return [(name, emlrt.Model.from_bytes(blob), X) for name, blob, X in made]
