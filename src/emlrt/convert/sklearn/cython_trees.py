# SPDX-License-Identifier: MIT
"""scikit-learn's own trees, side by side as an ensemble."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from emlrt.convert.trees.ensemble import Ensemble, Floats, Ints


def _joined(trees: Sequence[Any], name: str) -> Any:
    return np.concatenate([np.asarray(getattr(tree, name)) for tree in trees])


def tree_ensemble(
    trees: Sequence[Any],
    values: Sequence[Floats],
    n_features: int,
    base: Floats,
    outputs: Ints | None = None,
    features: Sequence[Any] | None = None,
) -> Ensemble:
    """Trees of scikit-learn's `tree_` kind.

    values : of each tree (n_nodes, n_values), what its leaves add.
    outputs : the output of each tree; all add to the first if there are none.
    features : of each tree, the model's features that it saw.
    """
    sizes = np.array([tree.node_count for tree in trees], np.int64)
    roots = np.cumsum(sizes) - sizes
    left, right = _joined(trees, "children_left"), _joined(trees, "children_right")
    inner = left >= 0
    shift = np.repeat(roots, sizes)
    feature = _joined(trees, "feature").astype(np.int64)
    if features is not None:
        parts = zip(trees, features, strict=True)
        feature = np.concatenate(
            [np.asarray(seen)[np.maximum(t.feature, 0)] for t, seen in parts]
        )
    return Ensemble(
        n_features=n_features,
        roots=roots,
        left=np.where(inner, left + shift, -1),
        right=np.where(inner, right + shift, -1),
        feature=feature,
        threshold=_joined(trees, "threshold").astype(np.float64),
        missing_left=_joined(trees, "missing_go_to_left").astype(bool),
        value=np.concatenate(list(values)),
        outputs=np.zeros(len(trees), np.int64) if outputs is None else outputs,
        base=np.asarray(base, np.float64),
    )
