# SPDX-License-Identifier: MIT
"""Measure the figures that DESIGN.md gives for the converter's choices.

    python docs/measure.py

Prints them; takes about a minute. Costs on targets are benchmarks/'s business.
"""

from typing import Any

import numpy as np
from sklearn.datasets import load_digits, make_regression
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

import emlrt
from emlrt.inspect.trees import trees_header, trees_shape


def digits_forest(n_trees: int) -> Any:
    """A forest on the first 1,000 digits."""
    X, y = load_digits(return_X_y=True)
    forest = RandomForestClassifier(n_trees, max_depth=8, random_state=1)
    return forest.fit(X[:1000], y[:1000])


def bytes_a_split(n_trees: int) -> None:
    """Bytes of a whole blob without metadata, for each split; leaf entries."""
    X = load_digits().data
    for dtype in ("float32", "int16", "uint8"):
        options = {"dtype": dtype, "voting": "hard", "X": X}
        forest = digits_forest(n_trees)
        splits = sum(t.tree_.node_count - t.tree_.n_leaves for t in forest.estimators_)
        model = emlrt.Model.from_sklearn(forest, **options).strip()
        shape = trees_shape(model.stages[0])
        print(
            f"digits, {n_trees} trees, {dtype}, hard votes:"
            f" {model.nbytes / splits:.2f} bytes for each of {splits} splits,"
            f" of which {shape['splits']} are kept, {shape['leaves']} leaf entries"
        )


def rows(n_trees: int, bits: int) -> None:
    """Bytes of the rows of votes, as items and as one number a class."""
    model = emlrt.Model.from_sklearn(digits_forest(n_trees), leaf_bits=bits)
    stage = model.stages[0]
    head = trees_header(stage)
    n_bytes = (head["item"] & 0xFF) + (head["item"] >> 8)
    size = head["n_items"] * n_bytes
    at = len(stage.payload) - size - -size % 4
    table = np.frombuffer(stage.payload, np.uint8, size, at)
    last = table.reshape(-1, n_bytes)[:, -1] >> 7
    full = int(last.sum()) * len(model.classes_) * bits // 8
    print(f"digits, {n_trees} trees, {bits} bits: items {table.size}, full rows {full}")


def regression(n_trees: int) -> None:
    """Differences from scikit-learn, in ulp of float32 at the largest leaf."""
    X, y = make_regression(500, 8, noise=5, random_state=0)
    forest = RandomForestRegressor(n_trees, random_state=0).fit(X, y)
    model = emlrt.Model.from_sklearn(forest)
    rows = np.random.default_rng(0).normal(size=(20000, 8)).astype(np.float32)
    want = forest.predict(rows)
    largest = max(abs(tree.tree_.value).max() for tree in forest.estimators_)
    ulp = np.spacing(np.float32(largest))
    differs = abs(model.predict(rows) - want).max() / ulp
    rounded = abs(want.astype(np.float32) - want).max() / ulp
    bound = model.leaf_error[0] / ulp
    print(
        f"regression, {n_trees} trees: {differs:.2f} ulp, rounding alone"
        f" {rounded:.2f}, bound {bound:.2f}"
    )


def main() -> None:
    """Prints every figure."""
    for n_trees in (10, 100):
        bytes_a_split(n_trees)
        for bits in (8, 32):
            rows(n_trees, bits)
    for n_trees in (10, 100, 1000):
        regression(n_trees)


if __name__ == "__main__":
    main()
