# SPDX-License-Identifier: MIT
"""Nearest neighbours: classifiers, regressors and the local outlier factor.

NEAREST, NEAREST_I16 or NEAREST_POWER finds the k training rows x_j at the smallest
distances d_j from x. With weights w_j of 1 or 1 / d_j, and targets y_j:

    classifier    p_c = sum of w_j where y_j is c / sum w_j; by NEIGHBOR_VOTES where all
                  weights are 1, else by NEIGHBOR_SHARES
    regressor     sum w_j y_j / sum w_j; by NEIGHBOR_MEANS
    outliers      -mean(lrd_j) / lrd(x) - offset_, where 1 / lrd(x) is the mean of
                  max(d_j, reach_j), plus 1e-10; by NEIGHBOR_DENSITY

Such an op writes a list: distances, then indices, as uint32 (the bits of distances that
are floats).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor, as_floats, floats
from emlrt.convert.numeric.far_rows import warn_of_far
from emlrt.dtypes import dtype_of, padded
from emlrt.errors import UnsupportedModelError

Doubles = NDArray[np.float64]
#: float64, or float32 where the original's rows are such.
Floats = NDArray[np.floating]

#: Squares of differences from 1 / _FAR to _FAR are summed as they are.
_FAR = 1e13
#: Centres whose mean is so many times their range are shifted towards 0.
_SHIFTED = 8.0


def record(struct: str, **fields: Any) -> bytes:
    """A structure of the format."""
    head = np.zeros((), dtype_of(f"emlrt_{struct}"))
    for name, value in fields.items():
        head[name] = value
    return head.tobytes()


@dataclass(frozen=True)
class Metric:
    """How distances are computed.

    Attributes
    ----------
    name : str
        Of EMLRT_METRIC_*, or "POWER".
    root : bool
        Whether the original's distance is the root of ours.
    scale : ndarray (n_features,) or None
        What x and items are multiplied by first.
    p : float
        Of POWER.
    """

    name: str
    root: bool = False
    scale: Doubles | None = None
    p: float = 2.0

    @property
    def code(self) -> int:
        return int(getattr(lib, f"EMLRT_METRIC_{self.name}"))


_PLAIN = {
    "euclidean": Metric("SQUARES", root=True),
    "l2": Metric("SQUARES", root=True),
    "sqeuclidean": Metric("SQUARES"),
    "manhattan": Metric("SUMS"),
    "cityblock": Metric("SUMS"),
    "l1": Metric("SUMS"),
    "chebyshev": Metric("LARGEST"),
    "infinity": Metric("LARGEST"),
    "cosine": Metric("COSINE"),
}
METRICS = (*_PLAIN, "minkowski", "seuclidean with V")


def _minkowski(p: float, weights: Any) -> Metric:
    scale = None
    if weights is not None and np.isfinite(p):
        scale = np.asarray(weights, np.float64) ** (1 / p)
    if p == 2:
        return Metric("SQUARES", root=True, scale=scale)
    if p == 1:
        return Metric("SUMS", scale=scale)
    if p == np.inf:
        return Metric("LARGEST", scale=scale)
    return Metric("POWER", scale=scale, p=p)


def metric_of(estimator: Any) -> Metric:
    """The metric of a fitted estimator of sklearn.neighbors.

    Raises
    ------
    UnsupportedModelError
        If there is none like it.
    """
    name = estimator.effective_metric_
    params = dict(estimator.effective_metric_params_ or {})
    if name == "minkowski" and set(params) <= {"p", "w"}:
        p = float(params.get("p", 2))
        if p == np.inf and params.get("w") is not None:
            name = "minkowski with p=inf and w"
        elif 0 < p < lib.EMLRT_POWER_WHOLE_MAX + 1 or p == np.inf:
            return _minkowski(p, params.get("w"))
    elif name == "seuclidean" and params.get("V") is not None:
        scale = 1 / np.sqrt(np.asarray(params["V"], np.float64))
        return Metric("SQUARES", root=True, scale=scale)
    elif isinstance(name, str) and name in _PLAIN and not params:
        return _PLAIN[name]
    raise UnsupportedModelError(
        f"{type(estimator).__name__} with metric={name!r} and parameters"
        f" {sorted(params)} cannot be converted; supported are {', '.join(METRICS)}"
    )


def power_of_two(items: Floats) -> float:
    """A factor that keeps squares of differences within float32's range; 1 where
    they are there already."""
    spread = float(np.ptp(items, axis=0).max(initial=0.0))
    # That one item is near 0 says nothing of what x will be.
    size = spread or max(1.0, float(abs(items).max(initial=0.0)))
    if 1 / _FAR < size < _FAR:
        return 1.0
    return float(2.0 ** -np.round(np.log2(size)))


def in_range(graph: Graph, x: Tensor, items: Floats) -> tuple[Tensor, Floats, float]:
    """x and items times a power of two, if need be, and that power."""
    factor = power_of_two(items)
    if factor != 1:
        x, items = graph.affine(x, scale=factor), items * factor
    return x, items, factor


@dataclass(frozen=True)
class Rows:
    """x and centres made fit for float32: (original - shift) * factor each."""

    x: Tensor
    centres: Floats
    shift: Doubles
    factor: float


def fitted(graph: Graph, x: Tensor, centres: Doubles) -> Rows:
    """Shifts x and centres where these are far from 0 and not from each other, of
    which float32 would lose much (x - shift is exact near them), and scales."""
    x, offset = graph.shifted(x)
    centres = centres - offset
    mean = np.asarray(centres.mean(axis=0), np.float32).astype(np.float64)
    shift = np.where(abs(mean) > _SHIFTED * np.ptp(centres, axis=0), mean, 0.0)
    if len(centres) > 1 and shift.any():
        x, centres = graph.affine(x, shift=shift), centres - shift
    else:
        shift = np.zeros_like(mean)
    x, scaled, factor = in_range(graph, x, centres)
    return Rows(x, scaled, shift + offset, factor)


def distances(
    graph: Graph, x: Tensor, items: Floats, *, metric: str = "SQUARES"
) -> Tensor:
    """Distances of x and each item (n_items, n_features), with a minus."""
    code = getattr(lib, f"EMLRT_METRIC_{metric}")
    head = record("distances", metric=code, flags=lib.EMLRT_DISTANCES_NEGATE)
    x, offset = graph.shifted(x)
    payload = head + floats(items - offset, "a centre")
    return graph.stage("DISTANCES", graph.floats(x), len(items), payload)


@dataclass(frozen=True)
class Found:
    """The list of the k nearest. Distances are `factor` times the original's, or
    the squares of such."""

    tensor: Tensor
    k: int
    metric: Metric
    factor: float = 1.0

    @property
    def in_floats(self) -> bool:
        """Whether distances are sums of float32."""
        return self.tensor.count == 2 * self.k

    @property
    def how(self) -> str:
        """How kneighbors follows from the list that the nearest op writes."""
        how = "nearest"
        if self.metric.root:
            how += "|root"
        factor = 0.5 if self.metric.name == "COSINE" else 1 / self.factor
        return how if factor == 1 else f"{how}|times:{factor!r}"

    def indices(self, graph: Graph) -> Tensor:
        return graph.part(self.tensor, self.tensor.count - self.k, self.k)


def _integers(graph: Graph, x: Tensor, items: Floats, metric: Metric) -> bool:
    """Whether distances are computed in integers. The largest difference of two
    is exact in float32, too."""
    if x.dtype != lib.EMLRT_I16 or metric.name not in ("SQUARES", "SUMS"):
        return False
    low, high = graph.options.range
    whole = (items == np.floor(items)).all() and metric.scale is None
    codes = graph.codes(x)
    if codes is not None:
        items = items - codes[0]
        whole &= bool((codes[1] == 1).all())
    return bool(whole and items.min() >= low and items.max() <= high)


def _nearest_i16(
    graph: Graph, x: Tensor, items: Floats, k: int, metric: Metric
) -> Found:
    codes = graph.codes(x)
    items = items if codes is None else items - codes[0]
    base = min(int(items.min()), int(lib.EMLRT_NEAREST_BASE_MAX))
    narrow = items.max() - base <= 255
    head = record(
        "nearest_i16",
        n_items=len(items),
        k=k,
        metric=metric.code,
        width=1 if narrow else 2,
        base=base if narrow else 0,
    )
    table = (items - base).astype("<u1") if narrow else items.astype("<i2")
    payload = padded(head + table.tobytes())
    tensor = graph.stage("NEAREST_I16", x, 3 * k, payload, coded=True)
    return Found(tensor, k, metric)


def _unit_rows(items: Floats) -> Doubles:
    items = np.asarray(items, np.float64)
    norms = np.sqrt((items * items).sum(axis=1, keepdims=True))
    found: Doubles = items / np.where(norms == 0, 1, norms)
    return found


def nearest(
    graph: Graph, x: Tensor, items: Floats, k: int, metric: Metric, *, exact: bool
) -> Found:
    """The k nearest items. exact: in integers if they are such."""
    if k > lib.EMLRT_NEIGHBORS_MAX:
        raise UnsupportedModelError(
            f"n_neighbors={k} is more than {lib.EMLRT_NEIGHBORS_MAX}, the most that"
            " a device looks for"
        )
    if exact and _integers(graph, x, items, metric):
        return _nearest_i16(graph, x, items, k, metric)
    if metric.name != "COSINE":
        x, offset = graph.shifted(x)
        items = items - offset if offset.any() else items
    x = graph.floats(x)
    if metric.scale is not None:
        x, items = graph.affine(x, scale=metric.scale), items * metric.scale
    x, items, factor = in_range(graph, x, items)
    if metric.name == "COSINE":
        norm = record("normalize", norm=lib.EMLRT_NORM_L2)
        x = graph.stage("NORMALIZE", x, x.count, norm)
        items = _unit_rows(items)
    rows = as_floats(items, "an item")
    if metric.name == "POWER":
        whole = int(metric.p)
        fraction = float(np.float32(metric.p - whole))
        head = record(
            "nearest_power",
            n_items=len(items),
            k=k,
            whole=whole,
            fraction=fraction,
            inverse=1 / metric.p,
        )
        tensor = graph.stage("NEAREST_POWER", x, 2 * k, b"".join([head, rows.data]))
    else:
        head = record("nearest", n_items=len(items), k=k, metric=metric.code)
        tensor = graph.stage("NEAREST", x, 2 * k, b"".join([head, rows.data]))
    return Found(tensor, k, metric, factor)


def labels(n_items: int, table: NDArray[np.int64], flags: int) -> bytes:
    """Payload of neighbor_votes and _shares. table: (n_items, n_values)."""
    wide = int(table.max(initial=0)) > 255
    head = record(
        "neighbors",
        n_items=n_items,
        n_values=table.shape[1],
        flags=flags | (lib.EMLRT_NEIGHBORS_WIDE if wide else 0),
    )
    return padded(head + table.astype("<u2" if wide else "<u1").tobytes())


def _weighting(estimator: Any) -> bool:
    """Whether neighbours are weighted by distance."""
    weights = estimator.weights
    if weights not in (None, "uniform", "distance"):
        raise UnsupportedModelError(
            f"{type(estimator).__name__} with a function for weights cannot be"
            " converted; use weights='uniform' or 'distance'"
        )
    return bool(weights == "distance")


def items_of(estimator: Any) -> Floats:
    """The training rows that an estimator of sklearn.neighbors keeps. There may be very
    many; as float32 where they are, they need not be copied."""
    rows = estimator._fit_X
    if not isinstance(rows, np.ndarray):
        raise UnsupportedModelError(
            f"{type(estimator).__name__} fitted on sparse data cannot be converted;"
            " fit it on a dense array"
        )
    return rows if rows.dtype == np.float32 else np.asarray(rows, np.float64)


def _flags(found: Found, weighted: bool) -> int:
    if not weighted:
        return 0
    root = lib.EMLRT_NEIGHBORS_ROOT if found.metric.root else 0
    return int(lib.EMLRT_NEIGHBORS_WEIGHTED | root)


def _found(graph: Graph, estimator: Any, x: Tensor, weighted: bool) -> Found:
    metric = metric_of(estimator)
    rows, k = items_of(estimator), int(estimator.n_neighbors)
    if k > len(rows):
        raise UnsupportedModelError(
            f"n_neighbors={k} is more than the {len(rows)} training rows"
        )
    found = nearest(graph, x, rows, k, metric, exact=not weighted)
    _warn_of_far(graph, estimator, x, found)
    return found


def _warn_of_far(graph: Graph, estimator: Any, x: Tensor, found: Found) -> None:
    """Warns of rows of X whose neighbours are others in float32."""
    if found.in_floats and found.metric.name == "SQUARES":
        items = items_of(estimator)
        warn_of_far(graph, estimator, x, items, found.k, found.metric.scale)


def _classifier(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    weighted = _weighting(estimator)
    found = _found(graph, estimator, x, weighted)
    multi = estimator.outputs_2d_
    classes = list(estimator.classes_) if multi else [estimator.classes_]
    output_sizes = tuple(len(names) for names in classes)
    table = np.asarray(estimator._y, np.int64).reshape(len(estimator._fit_X), -1)
    table = table + np.cumsum((0, *output_sizes[:-1]))
    payload = labels(len(table), table, _flags(found, weighted))
    methods = {"predict": "class", "predict_proba": "proba", "kneighbors": found.how}
    if weighted:
        tensor, op, kind, total = found.tensor, "NEIGHBOR_SHARES", "shares", 0
    else:
        tensor, op = found.indices(graph), "NEIGHBOR_VOTES"
        kind, total = "votes", found.k
    scores = graph.stage(op, tensor, sum(output_sizes), payload)
    return OutputSpec(
        kind, scores, output_sizes, classes, "classifier", methods, vote_total=total
    )


def _regressor(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    weighted = _weighting(estimator)
    found = _found(graph, estimator, x, weighted)
    targets = np.asarray(estimator._y, np.float64).reshape(len(estimator._fit_X), -1)
    n = targets.shape[1]
    head = record(
        "neighbors", n_items=len(targets), n_values=n, flags=_flags(found, weighted)
    )
    tensor = found.tensor if weighted else found.indices(graph)
    scores = graph.stage(
        "NEIGHBOR_MEANS", tensor, n, head + floats(targets, "a target")
    )
    columns = "|columns" if estimator._y.ndim == 2 else ""
    methods = {"predict": f"scores{columns}", "kneighbors": found.how}
    return OutputSpec("values", scores, methods=methods)


def _outliers(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    if not estimator.novelty:
        raise UnsupportedModelError(
            "LocalOutlierFactor(novelty=False) has no predict for new rows; fit it"
            " with novelty=True"
        )
    metric, k = metric_of(estimator), int(estimator.n_neighbors_)
    rows = items_of(estimator)
    found = nearest(graph, x, rows, k, metric, exact=False)
    _warn_of_far(graph, estimator, x, found)
    unit = 2.0 if metric.name == "COSINE" else found.factor
    offset = float(estimator.offset_)
    head = record(
        "density",
        n_items=len(rows),
        flags=lib.EMLRT_NEIGHBORS_ROOT if metric.root else 0,
        offset=-offset,
        floor=1e-10 * unit,
    )
    reach = estimator._distances_fit_X_[:, k - 1] * unit
    densities = floats(estimator._lrd / unit, "a local density")
    payload = head + floats(reach, "a distance") + densities
    score = graph.stage("NEIGHBOR_DENSITY", found.tensor, 1, payload)
    methods = {
        "predict": "class",
        "decision_function": "scores",
        "score_samples": f"scores|plus:{offset!r}",
        "kneighbors": found.how,
    }
    return OutputSpec(
        "inliers",
        score,
        (1,),
        [np.array([-1, 1])],
        "outlier_detector",
        methods,
    )


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """Adds an estimator of sklearn.neighbors."""
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    if isinstance(estimator, KNeighborsClassifier):
        return _classifier(graph, estimator, x)
    if isinstance(estimator, KNeighborsRegressor):
        return _regressor(graph, estimator, x)
    return _outliers(graph, estimator, x)
