# SPDX-License-Identifier: MIT
"""Clusterers that give new rows the label of the nearest centre.

The label is argmin_k |x - c_k|^2, and transform gives the roots of these squares:

    KMeans and most others  -|x - c_k|^2; by DISTANCES. With rows far outside in X=,
                            2 (c_k - m) . (x - m) - |c_k - m|^2, m the centres' mean; by
                            DENSE
    Birch                   the label of the nearest subcluster; by NEAREST and
                            NEIGHBOR_SHARES, or as above
    BisectingKMeans         the nearer centre at each fork of a tree of centres; by
                            BISECTING_KMEANS
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.numeric.far_rows import Differences, rows_at, warn_of_far
from emlrt.convert.sklearn.neighbors import (
    Doubles,
    Metric,
    distances,
    fitted,
    labels,
    nearest,
    record,
)
from emlrt.errors import UnsupportedModelError


def _output_spec(scores: Tensor, classes: NDArray[Any], **more: Any) -> OutputSpec:
    return OutputSpec(
        more.pop("kind", "margins"),
        scores,
        (scores.count,),
        [np.asarray(classes)],
        "clusterer",
        **more,
    )


def _transform(start: int, count: int, factor: float) -> str:
    """Distances from squared ones with a minus."""
    how = f"scores[{start}:{start + count}]|negate|root|columns"
    return how if factor == 1 else f"{how}|times:{1 / factor!r}"


def _plain(
    graph: Graph,
    estimator: Any,
    x: Tensor,
    dtype: str,
    *,
    centres: Doubles | None = None,
    transform: bool = True,
) -> OutputSpec:
    """The nearest centre's number, of a dtype."""
    if centres is None:
        centres = np.asarray(estimator.cluster_centers_, np.float64)
    own = Differences(centres, np.zeros(len(centres)))
    if own.needed(rows_at(graph, x)):
        return _far(graph, own, x, dtype, transform)
    rows = fitted(graph, x, centres)
    near = distances(graph, rows.x, rows.centres)
    methods = {"predict": "class"}
    if transform:
        methods["transform"] = _transform(0, len(centres), rows.factor)
    return _output_spec(near, np.arange(len(centres), dtype=dtype), methods=methods)


def _far(
    graph: Graph, own: Differences, x: Tensor, dtype: str, transform: bool
) -> OutputSpec:
    """The same by differences of squared distances, with the distances as extras."""
    k = len(own.centres)
    scores, names = own.convert(graph, x), np.arange(k, dtype=dtype)
    if not transform:
        return _output_spec(scores, names, methods={"predict": "class"})
    rows = fitted(graph, x, own.centres)
    methods = {"predict": "class", "transform": _transform(k, k, rows.factor)}
    near = distances(graph, rows.x, rows.centres)
    return _output_spec(scores, names, methods=methods, extras=(near,))


def _birch(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """The label of the nearest subcluster; transform goes to subclusters."""
    centres = np.asarray(estimator.subcluster_centers_, np.float64)
    names, index = np.unique(estimator.subcluster_labels_, return_inverse=True)
    if (estimator.subcluster_labels_ == np.arange(len(centres))).all():
        return _plain(graph, estimator, x, "int64", centres=centres)
    warn_of_far(graph, estimator, x, centres)
    rows = fitted(graph, x, centres)
    found = nearest(graph, rows.x, rows.centres, 1, Metric("SQUARES"), exact=False)
    table = labels(
        len(centres), index.reshape(-1, 1), int(lib.EMLRT_NEIGHBORS_WEIGHTED)
    )
    scores = graph.stage("NEIGHBOR_SHARES", found.tensor, len(names), table)
    methods = {
        "predict": "class",
        "transform": _transform(len(names), len(centres), rows.factor),
    }
    near = distances(graph, rows.x, rows.centres)
    return _output_spec(scores, names, methods=methods, extras=(near,))


def _forks(root: Any) -> tuple[list[tuple[int, int]], list[Doubles]]:
    """Forks in depth-first order, and the centres of each one's two sides."""
    forks: list[Any] = []
    places: dict[int, int] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.left is None:
            continue
        places[id(node)] = len(forks)
        forks.append(node)
        waiting += [node.right, node.left]
    n = len(forks)

    def link(node: Any) -> int:
        return n + int(node.label) if node.left is None else places[id(node)]

    links = [(link(node.left), link(node.right)) for node in forks]
    return links, [np.stack([f.left.center, f.right.center]) for f in forks]


def _bisecting(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """predict goes down the tree of centres, as the original does."""
    centres = np.asarray(estimator.cluster_centers_, np.float64)
    links, pairs = _forks(estimator._bisecting_tree)
    if not links:
        return _plain(graph, estimator, x, "int32")
    warn_of_far(graph, estimator, x, centres)
    rows = fitted(graph, x, centres)
    mean = getattr(estimator, "_X_mean", 0.0)
    sides = np.stack(pairs).astype(np.float64) + mean - rows.shift
    payload = record("bisecting_kmeans", n_forks=len(links))
    payload += np.array(links, "<u4").tobytes() + floats(
        sides * rows.factor, "a centre"
    )
    scores = graph.stage("BISECTING_KMEANS", rows.x, len(centres), payload)
    k = len(centres)
    methods = {"predict": "class", "transform": _transform(k, k, rows.factor)}
    near = distances(graph, rows.x, rows.centres)
    return _output_spec(
        scores, np.arange(k, dtype=np.int32), methods=methods, extras=(near,)
    )


def _affinity(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    centres = getattr(estimator, "cluster_centers_", None)
    if centres is None or len(centres) == 0:
        raise UnsupportedModelError(
            "AffinityPropagation without cluster centres cannot be converted: it did"
            " not converge, or was fitted on affinities; raise max_iter or damping,"
            " and fit it on rows"
        )
    return _plain(graph, estimator, x, "int64", transform=False)


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """Adds a clusterer."""
    from sklearn.cluster import AffinityPropagation, Birch, BisectingKMeans, MeanShift
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    if isinstance(estimator, Birch):
        return _birch(graph, estimator, x)
    if isinstance(estimator, BisectingKMeans):
        return _bisecting(graph, estimator, x)
    if isinstance(estimator, AffinityPropagation):
        return _affinity(graph, estimator, x)
    if isinstance(estimator, MeanShift):
        return _plain(graph, estimator, x, "int64", transform=False)
    return _plain(graph, estimator, x, "int32")
