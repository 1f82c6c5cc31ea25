# SPDX-License-Identifier: MIT
"""The blobs that bitflips.py damages, with rows for them, family by family."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from common import ROOT
from numpy.typing import NDArray

sys.path.insert(0, str(ROOT / "tests"))

from families import cases
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)

from emlrt import EmlrtError, Model, convert

SEEDS = ROOT / "tests/fuzz_readers/seeds"
Kind = tuple[str, str, Model, NDArray[Any]]


def _forests(X: NDArray[Any], y: NDArray[Any]) -> Iterator[Kind]:
    """Forests with every option that they take."""
    few: dict[str, Any] = {"n_estimators": 2, "max_depth": 3, "random_state": 0}
    fits = {
        "classifier": RandomForestClassifier(**few).fit(X, y),
        "regressor": RandomForestRegressor(**few).fit(X, X[:, 3] / 7),
    }
    dtypes, bits = ("float32", "int16", "uint8"), (8, 16, 32)
    for (name, fit), dtype, width in product(fits.items(), dtypes, bits):
        for voting in ("soft", "hard") if name == "classifier" else (None,):
            options = {"dtype": dtype, "leaf_bits": width, "voting": voting}
            model = Model.from_sklearn(fit, **options)
            said = " ".join(str(value) for value in options.values() if value)
            yield "forest options", f"{name} {said}", model, X


def _boosted(X: NDArray[Any], y: NDArray[Any]) -> Iterator[Kind]:
    few: dict[str, Any] = {"max_depth": 2, "random_state": 0}
    fits = {
        "gradient": GradientBoostingClassifier(n_estimators=2, **few).fit(X, y),
        "histogram": HistGradientBoostingRegressor(max_iter=3, **few).fit(X, X[:, 3]),
    }
    for (name, fit), encoding, sums in product(
        fits.items(), ("direct", "bins"), ("int32", "float32")
    ):
        model = Model.from_sklearn(fit, encoding=encoding, sums=sums)
        yield "boosting options", f"{name} {encoding} {sums}", model, X


def _files() -> Iterator[Kind]:
    """Files of other libraries, with the options that their readers take."""
    rng = np.random.default_rng(0)
    for path in sorted(SEEDS.glob("*/*")):
        for encoding, sums in ((None, None), ("bins", "int32"), ("direct", "float32")):
            given = {"encoding": encoding, "sums": sums} if encoding else {}
            try:
                model = convert(path, **given)
            except (EmlrtError, ValueError):
                continue  # no trees, or a seed that only its library reads
            said = " ".join([path.parent.name, path.name, *given.values()])
            rows = rng.normal(size=(6, model.n_features_in_)).astype(np.float32)
            yield f"{path.parent.name} files", said, model, rows


def kinds(most: int) -> Iterator[Kind]:
    """(family, name, model without metadata, rows of its dtype), at most so many
    bytes each."""
    warnings.simplefilter("ignore")
    X, y = load_iris(return_X_y=True)
    X = np.round(X * 10)
    groups = [((f"{c}".split("-")[0], str(c), c.model, c.rows) for c in cases())]
    groups += [_forests(X, y), _boosted(X, y), _files()]
    for group in groups:
        for family, name, model, rows in group:
            bare = model.strip()
            if bare.nbytes <= most:
                spread = np.linspace(0, len(rows) - 1, min(6, len(rows))).astype(int)
                chosen = np.ascontiguousarray(rows[spread], bare.input_dtype)
                yield family, name, bare, chosen
