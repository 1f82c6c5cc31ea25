# SPDX-License-Identifier: MIT
"""Clusterers against scikit-learn in float64."""

import numpy as np
import pytest
from draws import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.cluster import (
    AffinityPropagation,
    Birch,
    BisectingKMeans,
    KMeans,
    MeanShift,
    MiniBatchKMeans,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from test_neighbors import DATA, SCALES, data
from threadpoolctl import threadpool_limits

from emlrt import Model
from emlrt.errors import UnsupportedModelError

ESTIMATORS = {
    "kmeans": KMeans(7, random_state=0, n_init=1),
    "minibatch": MiniBatchKMeans(6, random_state=0, n_init=1),
    "bisecting": BisectingKMeans(9, random_state=0),
    "bisecting-largest": BisectingKMeans(
        5, random_state=0, bisecting_strategy="largest_cluster"
    ),
    "one": KMeans(1, random_state=0),
    "bisecting-one": BisectingKMeans(1, random_state=0),
    "birch": Birch(threshold=0.5, n_clusters=4),
    "birch-all": Birch(threshold=0.5, n_clusters=None),
    "affinity": AffinityPropagation(random_state=0, max_iter=400),
    "shift": MeanShift(bin_seeding=True),
}


@pytest.fixture(autouse=True)
def one_thread():
    """scikit-learn's threads wait for each other where cores are few."""
    with threadpool_limits(1):
        yield


def sure(estimator, X):
    """Rows whose nearest centre float32 can tell from the next."""
    if hasattr(estimator, "_bisecting_tree"):
        pairs, waiting = [], [estimator._bisecting_tree]
        while waiting:
            node = waiting.pop()
            if node.left is not None:
                pairs.append(np.stack([node.left.center, node.right.center]))
                waiting += [node.left, node.right]
        # The same for every fork, whether the row comes there or not.
        found = [_apart(X, pair + estimator._X_mean) for pair in pairs]
        return np.all(found, axis=0) if found else np.ones(len(X), bool)
    centres = getattr(estimator, "cluster_centers_", None)
    if centres is None:
        centres = estimator.subcluster_centers_
    return _apart(X, centres)


def _apart(X, centres):
    D = np.sort(cdist(X, centres), axis=1)
    if D.shape[1] == 1:
        return np.ones(len(X), bool)
    # A centre is rounded to float32 as it stands, at 6e-8 of its size.
    size = 1e-7 * abs(centres).max() * np.sqrt(X.shape[1])
    return D[:, 1] - D[:, 0] > 1e-6 * D[:, 1] + 2 * size


def check(estimator, X, worst=0.0):
    """Labels agree; the worst error of distances, relative to a row's largest."""
    model = Model.from_sklearn(estimator)
    use = sure(estimator, X)
    assert use.mean() > 0.8
    found, labels = model.predict(X), estimator.predict(X)
    assert found.dtype == labels.dtype
    np.testing.assert_array_equal(found[use], labels[use])
    for name in ("transform", "predict_proba", "decision_function", "score_samples"):
        assert hasattr(model, name) == hasattr(estimator, name)
    if hasattr(estimator, "transform"):
        D, distances = estimator.transform(X), model.transform(X)
        assert D.shape == distances.shape
        exact = D
        if hasattr(estimator, "cluster_centers_"):
            exact = cdist(X, estimator.cluster_centers_)
        size = exact.max(axis=1, keepdims=True)
        size = np.maximum(size, 0.1 * np.median(size))  # the one centre itself
        worst = max(worst, (abs(distances - exact) / size).max())
    return worst


@pytest.mark.parametrize("kind", ESTIMATORS)
@pytest.mark.parametrize("name", DATA)
@pytest.mark.filterwarnings("ignore:Affinity propagation did not converge")
@pytest.mark.filterwarnings("ignore:Number of subclusters found")
def test_data(name, kind, record_property):
    if (kind in ("affinity", "shift") and name not in ("iris", "wine")) or (
        kind.startswith("birch") and name == "digits"
    ):
        pytest.skip("scikit-learn takes long to fit it")
    worst = 0.0
    for scale in SCALES:
        X, _ = data(name, scale)
        estimator = ESTIMATORS[kind]
        if kind.startswith("birch"):
            estimator.set_params(threshold=0.5 * X.std())
        if kind == "shift":
            estimator.set_params(bandwidth=1.5 * X.std())
        fitted = estimator.fit(X)
        if kind == "affinity" and not len(fitted.cluster_centers_):
            with pytest.raises(UnsupportedModelError, match="did not converge"):
                Model.from_sklearn(fitted)
            continue
        worst = max(worst, check(fitted, X))
    print(f"{name} {kind}: {worst:.2e}")
    record_property("worst", worst)
    assert worst < 1e-5


def test_centres_far_from_zero_are_shifted():
    rng = np.random.default_rng(0)
    X = rng.normal([4000, -300, 0], size=(300, 3))
    X = X.astype(np.float32).astype(np.float64)
    fitted = KMeans(6, random_state=0, n_init=1).fit(X)
    model = Model.from_sklearn(fitted)
    assert [stage.name for stage in model.stages] == ["affine", "distances"]
    np.testing.assert_allclose(
        model.transform(X), cdist(X, fitted.cluster_centers_), rtol=2e-6, atol=1e-6
    )
    fitted = BisectingKMeans(6, random_state=0).fit(X)
    model = Model.from_sklearn(fitted)
    assert (model.predict(X) == fitted.predict(X)).all()


def test_bisecting_goes_down_the_tree():
    """Some rows go to another centre than the nearest, as in the original."""
    X, _ = data("digits", "raw")
    fitted = BisectingKMeans(12, random_state=0).fit(X)
    nearest = cdist(X, fitted.cluster_centers_).argmin(axis=1)
    assert (fitted.predict(X) != nearest).sum() > 20
    model = Model.from_sklearn(fitted)
    assert [stage.name for stage in model.stages] == ["bisecting_kmeans", "distances"]
    assert (model.predict(X) == fitted.predict(X)).all()


def test_ties_go_to_the_first_centre():
    fitted = KMeans(2, init=np.array([[0.0], [2.0]]), n_init=1)
    fitted.fit(np.array([[0.0], [2.0]]))
    model = Model.from_sklearn(fitted)
    assert model.predict([[1.0]]) == fitted.predict([[1.0]]) == [0]


def test_affinities_are_refused():
    X = np.random.default_rng(0).normal(size=(20, 2))
    fitted = AffinityPropagation(affinity="precomputed").fit(-cdist(X, X))
    with pytest.raises(UnsupportedModelError, match="fit it on rows"):
        Model.from_sklearn(fitted)


def test_in_a_pipeline():
    X, _ = data("wine", "raw")
    fitted = make_pipeline(StandardScaler(), KMeans(3, random_state=0)).fit(X)
    model = Model.from_sklearn(fitted)
    np.testing.assert_array_equal(model.predict(X), fitted.predict(X))
    np.testing.assert_allclose(model.transform(X), fitted.transform(X), rtol=2e-6)


@settings(max_examples=draws(100), derandomize=True, deadline=None)
@given(
    st.sampled_from(["kmeans", "minibatch", "bisecting", "birch", "shift"]),
    st.integers(0, 2**32 - 1),
    st.sampled_from([1e-20, 1e-6, 1.0, 1e6, 1e20]),
    st.sampled_from([0.0, 3.0, 1000.0]),
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_random_clusters(kind, seed, scale, offset):
    rng = np.random.default_rng(seed)
    n_features = int(rng.integers(1, 6))
    X = (rng.normal(size=(200, n_features)) + offset) * scale
    X = X.astype(np.float32).astype(np.float64)
    estimator = ESTIMATORS[kind]
    if kind == "birch":
        estimator.set_params(threshold=0.5 * scale)
    if kind == "shift":
        estimator.set_params(bandwidth=2.0 * scale)
    if abs(offset) > 100 and kind == "birch":
        return  # float64 itself loses much of its subclusters' squares
    assert check(estimator.fit(X[:100]), X) < (1e-5 if offset < 100 else 1e-4)
