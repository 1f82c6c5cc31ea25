# SPDX-License-Identifier: MIT
"""Neighbours, outliers and centroids against scikit-learn in float64.

Rows whose k-th and next neighbours are as far as float32 can tell have no one
answer, in scikit-learn either: they are left out where said so.
"""

import itertools

import numpy as np
import pytest
import spec_ops
from c.hostile_ops.neighbors import cases as hostile_cases
from c.op_codes import OP
from draws import draws
from families.neighbors import CASES
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
)
from sklearn.metrics import DistanceMetric
from sklearn.neighbors import (
    KNeighborsClassifier,
    KNeighborsRegressor,
    LocalOutlierFactor,
    NearestCentroid,
)
from sklearn.preprocessing import StandardScaler

from emlrt import Model
from emlrt._native import lib
from emlrt.errors import FormatError, UnsupportedModelError

DATA = {
    "iris": load_iris,
    "wine": load_wine,
    "breast_cancer": load_breast_cancer,
    "digits": load_digits,
    "diabetes": load_diabetes,
}
SCALES = ("raw", "standard", 1e-6, 1e6)


def data(name, scale):
    """Rows that float32 holds exactly, as float64, and their classes or values."""
    X, y = DATA[name](return_X_y=True)
    if scale == "standard":
        X = StandardScaler().fit_transform(X)
    elif scale != "raw":
        X = X * scale
    return X.astype(np.float32).astype(np.float64), y


def clear(X, items, k, metric="euclidean", **more):
    """Rows of X whose k nearest items are no matter of float32's rounding."""
    with np.errstate(invalid="ignore"):
        D = np.nan_to_num(cdist(X, items, metric, **more), nan=1.0)
    if k >= len(items):
        return np.ones(len(X), bool)
    D = np.sort(D, axis=1)[:, : k + 1]
    gap, far = D[:, k] - D[:, k - 1], D[:, k]
    # Of rows of length 1, each number is rounded: that weighs more if they are near.
    rounding = (X.shape[1] + 4) * 2.0**-24
    return gap > rounding * (np.sqrt(far) if metric == "cosine" else far)


#: By a tree, which takes differences: scikit-learn's own brute force expands the
#: square and finds a row some way off itself.
METRICS = {
    "euclidean": {"algorithm": "kd_tree"},
    "cityblock": {"p": 1, "algorithm": "kd_tree"},
    "chebyshev": {"metric": "chebyshev", "algorithm": "kd_tree"},
    "cosine": {"metric": "cosine"},
}


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits"])
def test_classifier(name, metric, weights, record_property):
    worst = 0.0
    for scale in SCALES if name != "digits" else ("raw", "standard"):
        X, y = data(name, scale)
        fitted = KNeighborsClassifier(5, weights=weights, **METRICS[metric])
        fitted.fit(X[::2], y[::2])
        model = Model.from_sklearn(fitted)
        use = clear(X, X[::2], 5, metric)
        assert use.mean() > 0.2
        p, found = fitted.predict_proba(X), model.predict_proba(X)
        worst = max(worst, abs(found - p)[use].max())
        sure = np.sort(p, axis=1)[:, -2:] @ [-1, 1] > 1e-6
        sure |= weights == "uniform"
        same = model.predict(X) == fitted.predict(X)
        assert same[use & sure].all()
    print(f"{name} {metric} {weights}: {worst:.2e}")
    record_property("worst", worst)
    assert worst < 2e-6


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("p", [1.5, 3, 4.25])
@pytest.mark.parametrize("name", ["iris", "wine"])
def test_minkowski(name, p, scale):
    X, y = data(name, scale)
    fitted = KNeighborsClassifier(4, weights="distance", p=p).fit(X[::2], y[::2])
    model = Model.from_sklearn(fitted)
    D, index = fitted.kneighbors(X)
    found, near = model.kneighbors(X)
    np.testing.assert_allclose(found, D, rtol=3e-6)
    spread = np.diff(np.sort(cdist(X, X[::2], "minkowski", p=p), axis=1)[:, :5])
    use = (spread > 5e-6 * D[:, 3:]).all(axis=1)
    assert (near == index)[use].all()
    use = clear(X, X[::2], 4, "minkowski", p=p)
    assert abs(model.predict_proba(X) - fitted.predict_proba(X))[use].max() < 5e-6


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("name", DATA)
def test_kneighbors(name, metric, record_property):
    worst = 0.0
    for scale in SCALES if name != "digits" else ("raw", "standard"):
        X, y = data(name, scale)
        fitted = KNeighborsRegressor(5, **METRICS[metric]).fit(X[::2], y[::2])
        model = Model.from_sklearn(fitted)
        D = cdist(X, X[::2], metric)
        distances, index = model.kneighbors(X)
        np.testing.assert_array_equal(model.kneighbors(X, return_distance=False), index)
        np.testing.assert_array_equal(index.dtype, np.int64)
        exact = np.take_along_axis(D, index, axis=1)
        # A distance of angles is relative to 1.
        error = abs(distances - exact) / (1 if metric == "cosine" else exact + 1e-300)
        worst = max(worst, error.max())
        best = np.sort(D, axis=1)[:, :5]
        rounding = 2 * (X.shape[1] + 4) * 2.0**-24
        atol = 1e-7 if metric == "cosine" else 0
        np.testing.assert_allclose(exact, best, rtol=rounding, atol=atol)
        use = clear(X, X[::2], 5, metric)
        found, values = model.predict(X), fitted.predict(X)
        np.testing.assert_allclose(found[use], values[use], rtol=1e-6)
    print(f"{name} {metric}: {worst:.2e}")
    record_property("worst", worst)
    assert worst < 1e-5


def test_several_outputs():
    X, y = data("iris", "raw")
    Y = np.stack([np.array(["a", "b", "c"])[y], np.array(["x", "y"])[y % 2]], axis=1)
    for weights in ("uniform", "distance"):
        fitted = KNeighborsClassifier(4, weights=weights).fit(X[::2], Y[::2])
        model = Model.from_sklearn(fitted)
        use = clear(X, X[::2], 4)
        np.testing.assert_array_equal(model.predict(X)[use], fitted.predict(X)[use])
        for p, q in zip(model.predict_proba(X), fitted.predict_proba(X), strict=True):
            assert abs(p - q)[use].max() < 2e-6
        values = np.stack([y, 2.0 * y], axis=1)
        fitted = KNeighborsRegressor(4, weights=weights).fit(X[::2], values[::2])
        model = Model.from_sklearn(fitted)
        np.testing.assert_allclose(
            model.predict(X)[use], fitted.predict(X)[use], atol=2e-6
        )
    one = KNeighborsRegressor(4).fit(X, y[:, None])
    assert Model.from_sklearn(one).predict(X).shape == one.predict(X).shape == (150, 1)


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("scale", SCALES)
def test_regressor(scale, weights):
    X, y = data("diabetes", scale)
    fitted = KNeighborsRegressor(7, weights=weights).fit(X[::2], y[::2])
    use = clear(X, X[::2], 7)
    found = Model.from_sklearn(fitted).predict(X)
    np.testing.assert_allclose(found[use], fitted.predict(X)[use], rtol=2e-6)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("name", DATA)
def test_outliers(name, metric, record_property):
    worst = 0.0
    for scale in SCALES if name != "digits" else ("raw", "standard"):
        X, _ = data(name, scale)
        fitted = LocalOutlierFactor(novelty=True, **METRICS[metric]).fit(X[::2])
        model = Model.from_sklearn(fitted)
        use = clear(X, X[::2], 20, metric)
        score = fitted.score_samples(X)
        error = abs(model.score_samples(X) - score) / -score
        worst = max(worst, error[use].max(initial=0))
        margin = fitted.decision_function(X)
        np.testing.assert_allclose(
            model.decision_function(X), model.score_samples(X) - fitted.offset_
        )
        sure = use & (abs(margin) > 1e-6 * -score)
        np.testing.assert_array_equal(model.predict(X)[sure], fitted.predict(X)[sure])
    print(f"{name} {metric}: {worst:.2e}")
    record_property("worst", worst)
    assert worst < 1e-5


def test_outliers_without_novelty_are_refused():
    with pytest.raises(UnsupportedModelError, match="novelty=True"):
        Model.from_sklearn(LocalOutlierFactor().fit(np.eye(30)))


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits"])
@pytest.mark.parametrize("priors", ["uniform", "empirical"])
@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
@pytest.mark.parametrize("shrink", [None, 0.5])
@pytest.mark.filterwarnings("ignore:self.within_class_std_dev_")
def test_centroids(name, priors, metric, shrink):
    for scale in SCALES:
        X, y = data(name, scale)
        X, y = (X, y) if priors == "uniform" else (X[30:], y[30:])
        fitted = NearestCentroid(metric=metric, priors=priors, shrink_threshold=shrink)
        fitted.fit(X, y)
        model = Model.from_sklearn(fitted)
        names = ("predict_proba", "predict_log_proba", "decision_function")
        for method in names:
            assert hasattr(model, method) == hasattr(fitted, method)
        scores = fitted._decision_function(X)
        if priors == "uniform":
            plain = {"manhattan": "cityblock"}.get(metric, metric)
            scores = -cdist(X, fitted.centroids_, plain)
        best = np.sort(scores, axis=1)
        sure = best[:, -1] - best[:, -2] > 1e-5 * abs(best[:, -2])
        same = model.predict(X) == fitted.predict(X)
        assert same[sure].all()
        if metric == "euclidean":
            margin = fitted.decision_function(X)
            size = abs(fitted._decision_function(X)).max(axis=1)
            error = abs(model.decision_function(X) - margin)
            error = error / (size if margin.ndim == 1 else size[:, None])
            assert error.max() < 1e-5
            p = model.predict_proba(X)
            assert abs(p - fitted.predict_proba(X)).max() < 2e-6 * max(1, size.max())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_centroids_of_one_row_a_class(metric):
    """Deviations within classes are 0 / 0 there, so that all but predict fails."""
    X = np.array([[0.0, 1, 5], [2, 3, 5], [4, 1, 5]])
    fitted = NearestCentroid(metric=metric).fit(X, ["a", "b", "c"])
    model = Model.from_sklearn(fitted)
    rows = np.concatenate([X, X + 0.4, -X])
    assert model.predict(rows).tolist() == fitted.predict(rows).tolist()
    assert model.methods == ("predict",)
    fitted = NearestCentroid(metric=metric, priors=[0.2, 0.3, 0.5]).fit(X, [0, 1, 2])
    with pytest.raises(UnsupportedModelError, match="one row per class"):
        Model.from_sklearn(fitted)


# Integers


def reference(X, items, k, metric):
    """Indices of the k nearest, the lower index first on a tie, exactly."""
    d = abs(X[:, None, :].astype(object) - items[None].astype(object))
    power = {"euclidean": 2}.get(metric, 1)
    D = (d**power).sum(axis=2) if metric != "chebyshev" else d.max(axis=2)
    order = np.argsort(D.astype(np.int64), axis=1, kind="stable")[:, :k]
    return D, order


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "chebyshev"])
@pytest.mark.parametrize("spread", [3, 120, 32767])
def test_integers_are_exact(metric, spread):
    rng = np.random.default_rng(spread)
    items = rng.integers(-spread, spread + 1, (60, 3))
    X = np.concatenate(
        [
            items[:20],
            rng.integers(-spread, spread + 1, (200, 3)),
            rng.integers(-32768, 32768, (100, 3)),
            list(itertools.product([-32768, 32767], repeat=3)),
        ]
    )
    y = np.arange(60) % 4
    fitted = KNeighborsClassifier(7, metric=metric).fit(items, y)
    model = Model.from_sklearn(fitted, dtype="int16", X=X)
    names = [stage.name for stage in model.stages][-2:]
    integers = "nearest" if metric == "chebyshev" else "nearest_i16"
    assert names == [integers, "neighbor_votes"]
    D, order = reference(X, items, 7, metric)
    distances, index = model.kneighbors(X)
    np.testing.assert_array_equal(index, order)
    exact = np.take_along_axis(D, order, axis=1).astype(np.float64)
    exact = np.sqrt(exact) if metric == "euclidean" else exact
    np.testing.assert_array_equal(distances, exact)
    votes = (y[order][:, :, None] == np.arange(4)).sum(axis=1)
    np.testing.assert_array_equal(model.scores(X), votes)
    np.testing.assert_array_equal(model.predict(X), votes.argmax(axis=1))


def test_items_at_the_ends_of_int16():
    for low in (-32768, 32767 - 90, 32767 - 300):
        items = np.arange(low, low + 90, 10)[:, None]
        fitted = KNeighborsClassifier(1).fit(items, np.arange(len(items)))
        X = np.array([[-32768], [0], [32767], [low], [low + 44]])
        model = Model.from_sklearn(fitted, dtype="int16", X=X)
        assert len(model.stages[0].payload) == 12 + 12
        np.testing.assert_array_equal(model.predict(X), fitted.predict(X))


def test_small_integers_take_a_byte_each():
    X = np.round(load_iris().data * 10)
    fitted = KNeighborsClassifier(5).fit(X, load_iris().target)
    model = Model.from_sklearn(fitted, dtype="int16", X=X)
    assert len(model.stages[0].payload) == 12 + 600
    assert len(model.stages[1].payload) == 8 + 152


def test_integer_inputs_without_an_integer_form():
    X, y = data("iris", "raw")
    Q = np.round(X * 10)
    for fitted in (
        KNeighborsClassifier(weights="distance").fit(Q, y),
        KNeighborsClassifier().fit(X, y),
        KNeighborsClassifier(metric="cosine").fit(Q, y),
    ):
        for dtype in ("int16", "uint8"):
            model = Model.from_sklearn(fitted, dtype=dtype, X=Q)
            other = Model.from_sklearn(fitted)
            assert model.stages[0].name.startswith("cast")
            np.testing.assert_array_equal(model.scores(Q), other.scores(Q))


# Ties


@pytest.mark.parametrize("algorithm", ["brute", "kd_tree"])
@pytest.mark.parametrize("k", [1, 3])
def test_whole_numbers_are_as_in_the_original_but_for_ties(algorithm, k):
    """Of items as far as the k-th, ours are those of the lowest indices. One neighbour
    by brute force is that item, too; a tree, and a heap of several, keep others."""
    rng = np.random.default_rng(0)
    items, X = rng.integers(0, 8, (2, 200, 2)).astype(np.float64)
    y = rng.integers(0, 3, 200)
    original = KNeighborsClassifier(k, algorithm=algorithm).fit(items, y)
    model = Model.from_sklearn(original)
    distances, index = model.kneighbors(X)
    far, theirs = original.kneighbors(X)
    np.testing.assert_allclose(distances, far, rtol=1e-15)
    every = np.sort(((X[:, None] - items) ** 2).sum(axis=2), axis=1)
    alone = every[:, k - 1] < every[:, k]
    assert 0 < alone.sum() < len(X)
    same = (np.sort(index) == np.sort(theirs)).all(axis=1)
    assert same[alone].all()
    agree = model.predict(X) == original.predict(X)
    assert agree[alone].all()
    if algorithm == "brute" and k == 1:
        np.testing.assert_array_equal(index, theirs)
        assert agree.all()


# Made-up models


@st.composite
def problems(draw):
    """An estimator of integers, so that float32 is exact and ties are many."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    n, n_features = draw(st.integers(1, 40)), draw(st.integers(1, 6))
    k = draw(st.integers(1, min(n, 12)))
    spread = draw(st.sampled_from([1, 4, 300]))
    items = rng.integers(-spread, spread + 1, (n, n_features))
    X = rng.integers(-spread, spread + 1, (60, n_features))
    metric = draw(st.sampled_from(["euclidean", "manhattan", "chebyshev"]))
    y = rng.integers(0, draw(st.integers(1, 6)), n)
    dtype = draw(st.sampled_from(["float32", "int16"]))
    return items, X, y, k, metric, dtype


@settings(max_examples=draws(150), derandomize=True, deadline=None)
@given(problems())
def test_ties_go_to_the_lowest_index(problem):
    items, X, y, k, metric, dtype = problem
    D, order = reference(X, items, k, metric)
    exact = np.take_along_axis(D, order, axis=1).astype(np.float64)
    root = exact**0.5 if metric == "euclidean" else exact
    model = Model.from_sklearn(
        KNeighborsClassifier(k, metric=metric).fit(items, y), dtype=dtype, X=X
    )
    distances, index = model.kneighbors(X)
    np.testing.assert_array_equal(index, order)
    np.testing.assert_allclose(distances, root, rtol=1e-15)
    names = np.unique(y)
    votes = (y[order][:, :, None] == names).sum(axis=1)
    np.testing.assert_array_equal(model.predict(X), names[votes.argmax(axis=1)])
    weighted = Model.from_sklearn(
        KNeighborsRegressor(k, metric=metric, weights="distance").fit(items, y)
    )
    with np.errstate(divide="ignore"):
        weight = np.where((exact == 0).any(axis=1, keepdims=True), exact == 0, 1 / root)
    mean = (weight * y[order]).sum(axis=1) / weight.sum(axis=1)
    np.testing.assert_allclose(weighted.predict(X), mean, rtol=2e-6, atol=1e-6)


@settings(max_examples=draws(100), derandomize=True, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([1e-30, 1e-6, 1.0, 1e6, 1e30]),
    st.sampled_from(["euclidean", "cityblock", "chebyshev", "cosine"]),
)
def test_random_models_agree(seed, scale, metric):
    if metric == "cosine" and scale < 1e-6:
        return  # scikit-learn takes rows that are shorter than 2e-15 for zeros
    rng = np.random.default_rng(seed)
    n, n_features, k = rng.integers(21, 60), rng.integers(2, 8), rng.integers(1, 9)
    items = (rng.normal(size=(n, n_features)) * scale).astype(np.float32).astype(float)
    X = (rng.normal(size=(100, n_features)) * scale).astype(np.float32).astype(float)
    y = rng.integers(0, 4, n)
    use = clear(X, items, k, metric)
    for weights in ("uniform", "distance"):
        fitted = KNeighborsClassifier(k, weights=weights, **METRICS[metric])
        model = Model.from_sklearn(fitted.fit(items, y))
        p, q = model.predict_proba(X), fitted.predict_proba(X)
        # Small angles have large errors for their size, and large weights.
        most = 5e-5 if (metric, weights) == ("cosine", "distance") else 2e-6
        assert abs(p - q)[use].max(initial=0) < most
        D, index = model.kneighbors(X)
        exact = np.take_along_axis(cdist(X, items, metric), index, axis=1)
        atol = 1e-7 if metric == "cosine" else 0
        np.testing.assert_allclose(D, exact, rtol=2e-6, atol=atol)


# Odd inputs


def test_zeros_have_no_angle():
    items = np.array([[0, 0], [1, 0], [0, 1], [-1, -1.0]])
    fitted = KNeighborsClassifier(4, metric="cosine").fit(items, [0, 1, 1, 1])
    X = np.array([[0, 0], [1, 1], [-2, 0.5]])
    found, _ = Model.from_sklearn(fitted).kneighbors(X)
    np.testing.assert_allclose(found, fitted.kneighbors(X)[0], atol=1e-7)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_ops_do_what_the_spec_says(case):
    """Every stage of every case, on every row, as its op is written down."""
    model, x = case.built()
    ops = spec_ops.load()
    power = any(stage.name == "nearest_power" for stage in model.stages)
    if power and not {OP["exp"], OP["log"]} <= set(ops):
        pytest.skip("exp and log are another family's")
    for row in x:
        spaces = {0: {}, 1: {}, 2: {}}
        step = model.input_dtype.itemsize
        spaces[0].update({step * i: v for i, v in enumerate(row.tolist())})
        for stage in model.stages:
            source, target = stage.source, stage.target
            step = 1 << (source.dtype & 3)
            values = [
                spaces[source.space][source.offset + step * i]
                for i in range(source.count)
            ]
            result = ops[stage.op](stage.payload, values, target.count)
            dtype = np.uint32 if target.dtype == lib.EMLRT_U32 else np.float32
            assert len(result) == target.count
            for i, v in enumerate(np.array(result, dtype).tolist()):
                spaces[target.space][target.offset + 4 * i] = v
        y = [spaces[2][4 * i] for i in range(model.n_scores)]
        expected = model._runtime.firmware(row, "run")
        found = np.array(y, expected.dtype)
        np.testing.assert_array_equal(
            found.view(np.uint32), expected.view(np.uint32), err_msg=f"{row}"
        )


@pytest.mark.parametrize(
    ("name", "blob"), list(hostile_cases()), ids=[name for name, _ in hostile_cases()]
)
def test_wrong_payloads_do_not_open(name, blob):
    with pytest.raises(FormatError) as caught:
        Model.from_bytes(blob)
    assert caught.value.status == "PAYLOAD"


def test_hostile_cases_are_one_mistake_away():
    """The forms that they are made of open: only the payload is wrong."""
    import struct

    from c.op_blob import op_blob

    good = struct.pack("<IHH", 3, 2, 0) + np.arange(6, dtype="<f4").tobytes()
    Model.from_bytes(op_blob(OP["nearest"], 2, 4, good))


# What cannot be converted


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (KNeighborsClassifier(weights=np.square), "weights='uniform'"),
        (KNeighborsRegressor(weights=lambda d: d), "weights='uniform'"),
        (KNeighborsClassifier(metric="canberra"), "canberra.*supported are"),
        (KNeighborsClassifier(metric=lambda a, b: 0.0), "metric=.*supported are"),
        (KNeighborsRegressor(metric=DistanceMetric.get_metric("euclidean")), "metric="),
        (KNeighborsClassifier(p=70), "metric='minkowski'"),
        (KNeighborsClassifier(31), "31 is more than the 30 training rows"),
    ],
)
def test_what_is_refused(estimator, message):
    X = np.random.default_rng(0).normal(size=(30, 3))
    estimator.fit(X, np.arange(30) % 2)
    with pytest.raises(UnsupportedModelError, match=message):
        Model.from_sklearn(estimator)


def test_sparse_and_very_many_neighbours_are_refused():
    from scipy.sparse import csr_array

    X = np.random.default_rng(0).normal(size=(1100, 1))
    y = np.arange(1100) % 2
    with pytest.raises(UnsupportedModelError, match="dense"):
        Model.from_sklearn(KNeighborsClassifier().fit(csr_array(X), y))
    with pytest.raises(UnsupportedModelError, match="more than 1024"):
        Model.from_sklearn(KNeighborsClassifier(1025).fit(X, y))
    most = KNeighborsClassifier(1024).fit(X, y)
    found = Model.from_sklearn(most).predict_proba(X[:20])
    assert abs(found - most.predict_proba(X[:20])).max() < 1e-6


@pytest.mark.parametrize(
    "params",
    [
        {"metric": "seuclidean", "metric_params": {"V": np.array([1.0, 4.0, 0.01])}},
        {"metric": "minkowski", "p": 2, "metric_params": {"w": np.array([1, 9.0, 2])}},
        {"metric": "minkowski", "p": 3, "metric_params": {"w": np.array([1, 9.0, 2])}},
        {"metric": "minkowski", "p": 1, "metric_params": {"w": np.array([1, 9.0, 2])}},
        {"metric": "sqeuclidean"},
        {"metric": "infinity", "algorithm": "kd_tree"},
    ],
)
def test_more_metrics(params):
    rng = np.random.default_rng(0)
    X, Q = rng.normal(size=(2, 50, 3)).astype(np.float32).astype(np.float64)
    fitted = KNeighborsRegressor(4, weights="distance", **params).fit(X, X[:, 0])
    model = Model.from_sklearn(fitted)
    D, index = fitted.kneighbors(Q)
    found, near = model.kneighbors(Q)
    np.testing.assert_allclose(found, D, rtol=2e-6)
    np.testing.assert_array_equal(near, index)
    np.testing.assert_allclose(
        model.predict(Q), fitted.predict(Q), rtol=1e-5, atol=1e-6
    )
