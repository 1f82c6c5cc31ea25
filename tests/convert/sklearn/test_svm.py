# SPDX-License-Identifier: MIT
"""Kernel machines against scikit-learn in float64, on the same float32 inputs.

A sum of kernels is as exact as its largest terms let it be. Its error is stated
in units of `size`, the sum of |coefficient kernel| over all rows, and of what
float32 makes of the kernel's argument, which grows with a polynomial's degree.
Where that is small beside the result, the usual bounds hold: 1e-5 of the largest
score, 2e-6 of a probability.
"""

import warnings

import numpy as np
import pytest
from draws import draws
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
)
from sklearn.decomposition import KernelPCA
from sklearn.exceptions import NotFittedError
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process import kernels as gp
from sklearn.kernel_approximation import Nystroem, RBFSampler, SkewedChi2Sampler
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import SGDOneClassSVM
from sklearn.metrics.pairwise import pairwise_kernels
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KernelCenterer, StandardScaler
from sklearn.svm import SVC, SVR, NuSVC, NuSVR, OneClassSVM
from strategies import quick

from emlrt import Model
from emlrt.errors import PrecisionWarning, UnsupportedModelError

pytestmark = pytest.mark.filterwarnings("ignore")

DATA = {
    "iris": load_iris,
    "wine": load_wine,
    "breast_cancer": load_breast_cancer,
    "digits": load_digits,
    "diabetes": load_diabetes,
}
WAYS = ["raw", "standardised", "times 1e-6", "times 1e6"]
KERNELS = ["linear", "poly", "rbf", "sigmoid"]
#: Largest error of a sum, in units of its size and of float32's precision.
UNITS = 6.0


def load(name, way):
    """float32 rows and targets of a data set."""
    X, y = DATA[name](return_X_y=True)
    if way == "standardised":
        X = StandardScaler().fit_transform(X)
    elif way != "raw":
        X = X * float(way.split()[1])
    return X.astype(np.float32), y


def some(X, y, n=360):
    """Rows to fit: all classes are in them."""
    return X[:n].astype(np.float64), y[:n]


def sizes(estimator, X):
    """What float32 can know of decisions: the largest sum of |terms|, with the
    argument's error of a polynomial counted as often as its degree. float64."""
    rows = estimator.support_vectors_
    coefficients = abs(np.atleast_2d(estimator.dual_coef_))
    kernel, gamma = estimator.kernel, estimator._gamma
    x = X.astype(np.float64)
    if kernel == "rbf":
        values, more = pairwise_kernels(x, rows, metric="rbf", gamma=gamma), 1
    else:
        dots = abs(x) @ abs(rows).T
        dots = dots if kernel == "linear" else gamma * dots + abs(estimator.coef0)
        values, more = dots, 1
        if kernel == "poly":
            values, more = dots**estimator.degree, estimator.degree
    terms = more * (values @ coefficients.T).max() + abs(estimator.intercept_).max()
    return terms


def error_units(got, want, size):
    return abs(got - want).max() / (size * 2.0**-24)


def check_votes(model, estimator, X, error):
    """predict agrees wherever no pair's decision is within the error of 0."""
    pairs = estimator.decision_function(X)
    if len(estimator.classes_) > 2:
        shape = estimator.decision_function_shape
        estimator.decision_function_shape = "ovo"
        pairs = estimator.decision_function(X)
        estimator.decision_function_shape = shape
    sure = abs(pairs.reshape(len(X), -1)).min(axis=1) > error
    got, want = model.predict(X), estimator.predict(X)
    assert got.dtype == want.dtype
    np.testing.assert_array_equal(got[sure], want[sure])
    return sure.mean()


# The data sets


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits"])
def test_classifiers(name, way, kernel, record_property):
    X, y = load(name, way)
    large = way == "times 1e6" and kernel == "linear"
    proba = name != "digits" and not large
    estimator = SVC(
        kernel=kernel,
        C=1e-12 if large else 1.0,
        probability=proba,
        random_state=0,
        max_iter=20000,
    )
    estimator.fit(*some(X, y))
    model = Model.from_sklearn(estimator)
    got, want = model.decision_function(X), estimator.decision_function(X)
    assert got.shape == want.shape
    size = sizes(estimator, X)
    worst = error_units(got, want, max(size, abs(want).max()))
    record_property("error in units of the size", worst)
    sure = check_votes(model, estimator, X, UNITS * size * 2.0**-24)
    assert kernel == "linear" or sure > 0.7
    record_property("relative error", abs(got - want).max() / abs(want).max())
    if len(estimator.classes_) == 2:
        assert worst < UNITS
    else:
        same = (got.round() == want.round()).all(axis=1)
        assert abs(got - want)[same].max() < 1e-5 + UNITS * size * 2.0**-24
        assert same.mean() >= sure
    if proba:
        error = abs(model.predict_proba(X) - estimator.predict_proba(X)).max()
        record_property("error of probabilities", error)
        slope = abs(estimator._probA).max()
        assert error < 2e-6 + slope * size * 2.0**-24
        log = model.predict_log_proba(X)
        np.testing.assert_allclose(log, np.log(model.predict_proba(X)))


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits"])
def test_usual_classifiers_keep_the_usual_bounds(name):
    """Standardised, with the default kernel: 1e-5 and 2e-6 without conditions."""
    X, y = load(name, "standardised")
    estimator = SVC(probability=True, random_state=0, decision_function_shape="ovo")
    estimator.fit(*some(X, y))
    model = Model.from_sklearn(estimator)
    got, want = model.decision_function(X), estimator.decision_function(X)
    assert abs(got - want).max() < 1e-6 * abs(want).max()
    assert abs(model.predict_proba(X) - estimator.predict_proba(X)).max() < 2e-6
    np.testing.assert_array_equal(model.predict(X), estimator.predict(X))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("way", WAYS)
def test_regressors(way, kernel, record_property):
    X, y = load("diabetes", way)
    C = 1e-12 if way == "times 1e6" and kernel == "linear" else 10.0
    for estimator in (SVR(kernel=kernel, C=C), NuSVR(kernel=kernel, C=C)):
        estimator.set_params(max_iter=20000).fit(X.astype(np.float64), y)
        model = Model.from_sklearn(estimator)
        got, want = model.predict(X), estimator.predict(X)
        worst = error_units(got, want, max(sizes(estimator, X), abs(want).max()))
        record_property("error in units of the size", worst)
        assert worst < UNITS
        assert abs(got - want).max() < 2e-5 * abs(want).max()


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["iris", "diabetes"])
def test_one_class(name, way, kernel):
    X, _ = load(name, way)
    estimator = OneClassSVM(kernel=kernel, nu=0.2, max_iter=20000).fit(
        X.astype(np.float64)
    )
    model = Model.from_sklearn(estimator)
    got, want = model.decision_function(X), estimator.decision_function(X)
    assert got.shape == want.shape == (len(X),)
    size = max(sizes(estimator, X), abs(want).max())
    assert error_units(got, want, size) < UNITS
    sure = abs(want) > UNITS * size * 2.0**-24
    found = model.predict(X)
    np.testing.assert_array_equal(found[sure], estimator.predict(X)[sure])
    assert set(found.tolist()) <= {-1, 1}
    scores = estimator.score_samples(X)
    assert abs(model.score_samples(X) - scores).max() < 3 * UNITS * size * 2.0**-24
    assert not hasattr(model, "predict_proba")


@pytest.mark.parametrize("way", WAYS)
def test_linear_one_class(way):
    X, _ = load("wine", way)
    estimator = SGDOneClassSVM(random_state=0).fit(X.astype(np.float64))
    model = Model.from_sklearn(estimator)
    want = estimator.decision_function(X)
    size = (abs(X) @ abs(estimator.coef_)).max() + abs(estimator.offset_).max()
    assert error_units(model.decision_function(X), want, size) < UNITS
    sure = abs(want) > UNITS * size * 2.0**-24
    np.testing.assert_array_equal(model.predict(X)[sure], estimator.predict(X)[sure])


RIDGES = {
    "linear": {},
    "rbf": {},
    "laplacian": {},
    "poly": {"degree": 2},
    "sigmoid": {},
    "cosine": {},
}


@pytest.mark.parametrize("kernel", RIDGES)
@pytest.mark.parametrize("way", WAYS)
def test_kernel_ridge(way, kernel):
    X, y = load("diabetes", way)
    scale = X.std() ** (1 if kernel == "laplacian" else 2) * X.shape[1]
    estimator = KernelRidge(
        alpha=scale if kernel == "linear" else 1.0,
        kernel=kernel,
        gamma=float(1 / scale),
        **RIDGES[kernel],
    )
    estimator.fit(X.astype(np.float64), y)
    model = Model.from_sklearn(estimator)
    want = estimator.predict(X)
    assert abs(model.predict(X) - want).max() < 1e-5 * abs(want).max()


@pytest.mark.parametrize("kernel", [*KERNELS, "cosine"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("make", [KernelPCA, Nystroem])
def test_maps(make, way, kernel):
    X, _ = load("diabetes", way)
    options = {"kernel": kernel, "n_components": 4, "random_state": 0}
    if kernel != "linear" and (make is KernelPCA or kernel != "cosine"):
        options["gamma"] = 1 / (X.astype(np.float64).var() * X.shape[1])
    estimator = make(**options).fit(X.astype(np.float64))
    model = Model.from_sklearn(estimator)
    want = estimator.transform(X)
    got = model.transform(X)
    assert got.shape == want.shape
    assert abs(got - want).max() < 1e-5 * abs(want).max()
    assert not hasattr(model, "predict")


@pytest.mark.parametrize("way", WAYS)
def test_random_features(way):
    """An angle's error is that of its terms' sum: float32 of it."""
    X, _ = load("diabetes", way)
    spread = float(X.std())
    for estimator in (
        RBFSampler(gamma=0.1 / spread**2, n_components=30, random_state=0),
        SkewedChi2Sampler(skewedness=9 * spread, n_components=30, random_state=0),
    ):
        estimator.fit(X.astype(np.float64))
        want = estimator.transform(X)
        assert abs(Model.from_sklearn(estimator).transform(X) - want).max() < 5e-6


def test_kernel_centerer():
    X, _ = load("iris", "raw")
    K = pairwise_kernels(X[:40].astype(np.float64), metric="rbf").astype(np.float32)
    estimator = KernelCenterer().fit(K.astype(np.float64))
    want = estimator.transform(K.astype(np.float64))
    assert abs(Model.from_sklearn(estimator).transform(K) - want).max() < 1e-6


# Gaussian processes

PROCESSES = {
    "rbf": 2.0 * gp.RBF(3.0),
    "lengths": gp.RBF(np.linspace(1, 4, 10)),
    "two": gp.RBF(1.0) + 3.0 * gp.RBF(5.0) + gp.ConstantKernel(2.0),
    "product": gp.RBF(2.0) * gp.RBF(3.0),
    "power": gp.Exponentiation(2.0 * gp.RBF(3.0), 1.5),
    "power of a sum": gp.Exponentiation(gp.RBF(3.0) + 0.5, 2),
    "linear": gp.DotProduct(2.0),
    "square": gp.Exponentiation(gp.DotProduct(2.0), 2) + gp.RBF(3.0),
    "linear square": gp.DotProduct(1.0) * gp.DotProduct(1.0) + gp.DotProduct(0.5),
    "matern half": gp.Matern(3.0, nu=0.5),
    "matern one": 2.0 * gp.Matern(3.0, nu=1.5),
    "matern two": gp.Matern(np.linspace(1, 4, 10), nu=2.5),
    "matern infinite": gp.Matern(3.0, nu=np.inf),
}
#: Bounds of those whose terms are much larger than their sum.
BOUNDS = {"square": 1e-4, "linear square": 1e-4}


@pytest.mark.parametrize("name", PROCESSES)
@pytest.mark.parametrize("normalize_y", [False, True])
def test_processes(name, normalize_y):
    X, y = load("diabetes", "standardised")
    kernel = PROCESSES[name] + gp.WhiteKernel(0.5)
    estimator = GaussianProcessRegressor(
        kernel, optimizer=None, normalize_y=normalize_y
    )
    estimator.fit(X[:150].astype(np.float64), y[:150])
    model = Model.from_sklearn(estimator)
    want = estimator.predict(X)
    bound = BOUNDS.get(name, 1e-5) * abs(want).max()
    assert abs(model.predict(X) - want).max() < bound


def test_process_with_several_targets():
    X, y = load("diabetes", "standardised")
    Y = np.stack([y, X[:, 0] ** 2], axis=1)[:80]
    estimator = GaussianProcessRegressor(
        gp.RBF(3.0) + gp.WhiteKernel(0.1), optimizer=None, normalize_y=True
    ).fit(X[:80], Y)
    want = estimator.predict(X)
    got = Model.from_sklearn(estimator).predict(X)
    assert got.shape == want.shape
    assert (abs(got - want).max(axis=0) < 1e-5 * abs(want).max(axis=0)).all()


@pytest.mark.parametrize(
    ("kernel", "why"),
    [
        (gp.RationalQuadratic(), "RationalQuadratic"),
        (gp.Matern(nu=0.7), "supported nu are"),
        (gp.RBF() * gp.DotProduct(), "no sum of plain ones"),
        (gp.DotProduct(1.0) * gp.DotProduct(2.0), "different sigma_0"),
        (gp.Exponentiation(gp.RBF() + gp.Matern(), 2), "no sum of plain ones"),
        (gp.Exponentiation(gp.RBF() + 1.0, 1.5), "exponent 1.5"),
    ],
)
def test_processes_that_are_refused(kernel, why):
    X, y = load("iris", "raw")
    estimator = GaussianProcessRegressor(
        kernel + gp.WhiteKernel(1.0), optimizer=None
    ).fit(X[:30], y[:30])
    with pytest.raises(UnsupportedModelError, match=why):
        Model.from_sklearn(estimator)


# Votes, ties and probabilities


@pytest.mark.parametrize("kernel", ["linear", "rbf"])
@pytest.mark.parametrize("shape", ["ovo", "ovr"])
@pytest.mark.parametrize("name", ["iris", "digits"])
def test_shapes_of_decisions(name, shape, kernel):
    X, y = load(name, "standardised")
    estimator = NuSVC(
        kernel=kernel, nu=0.1, decision_function_shape=shape, random_state=0
    ).fit(*some(X, y))
    model = Model.from_sklearn(estimator)
    got, want = model.decision_function(X), estimator.decision_function(X)
    assert got.shape == want.shape
    assert abs(got - want).max() < 2e-5 * max(1, abs(want).max())
    np.testing.assert_array_equal(model.predict(X), estimator.predict(X))


def test_break_ties():
    X, y = load("digits", "standardised")
    estimator = SVC(break_ties=True, C=0.01).fit(*some(X, y))
    model = Model.from_sklearn(estimator)
    want = estimator.decision_function(X)
    assert abs(model.decision_function(X) - want).max() < 1e-5
    top = np.sort(want, axis=1)
    sure = top[:, -1] - top[:, -2] > 1e-5
    np.testing.assert_array_equal(model.predict(X)[sure], estimator.predict(X)[sure])
    plain = SVC(C=0.01).fit(*some(X, y))
    np.testing.assert_array_equal(
        Model.from_sklearn(plain).predict(X), plain.predict(X)
    )


def test_a_decision_of_0_is_for_the_second_class():
    estimator = SVC(kernel="linear").fit([[-1.0], [1.0]], ["a", "b"])
    assert estimator.decision_function([[0.0]]) == 0
    model = Model.from_sklearn(estimator)
    assert model.predict([[0.0]]).tolist() == estimator.predict([[0.0]]).tolist()
    one = OneClassSVM(kernel="linear").fit([[1.0], [1.0]])
    one.intercept_ = one._intercept_ = np.zeros(1)
    zero = [[0.0]]
    assert Model.from_sklearn(one).predict(zero) == one.predict(zero) == [-1]


def test_ties_of_votes_go_to_the_first_class():
    """Three classes around a point where each has one vote."""
    X = [[np.cos(a), np.sin(a)] for a in (0.1, 2.2, 4.3)]
    estimator = SVC(kernel="rbf", decision_function_shape="ovo").fit(X, [5, 7, 9])
    grid = np.random.default_rng(0).normal(0, 1, (4000, 2)).astype(np.float32)
    pairs = estimator.decision_function(grid)
    sure = abs(pairs).min(axis=1) > 1e-6
    model = Model.from_sklearn(estimator)
    np.testing.assert_array_equal(
        model.predict(grid)[sure], estimator.predict(grid)[sure]
    )


def test_labels_and_pipelines():
    X, y = load("iris", "raw")
    labels = np.array(["setosa", "versicolor", "virginica"])[y]
    pipeline = make_pipeline(StandardScaler(), SVC(probability=True, random_state=0))
    pipeline.fit(X.astype(np.float64), labels)
    model = Model.from_sklearn(pipeline)
    np.testing.assert_array_equal(model.predict(X), pipeline.predict(X))
    assert abs(model.predict_proba(X) - pipeline.predict_proba(X)).max() < 2e-6
    assert hasattr(model, "decision_function")


def test_methods_are_the_originals():
    X, y = load("iris", "raw")
    plain, proba = SVC().fit(X, y), SVC(probability=True).fit(X, y)
    assert not hasattr(Model.from_sklearn(plain), "predict_proba")
    assert hasattr(Model.from_sklearn(proba), "predict_log_proba")
    assert not hasattr(Model.from_sklearn(SVR().fit(X, y)), "decision_function")
    model = Model.from_sklearn(KernelRidge().fit(X, np.stack([y, y], 1)))
    assert model.predict(X).shape == (150, 2)
    model = Model.from_sklearn(KernelRidge().fit(X, y[:, None]))
    assert model.predict(X).shape == (150, 1)


def test_fitted_on_sparse_rows():
    sparse = pytest.importorskip("scipy.sparse")
    X, y = load("digits", "raw")
    for kernel in ("linear", "rbf"):
        for classes in (2, 10):
            at = y[:300] < classes
            estimator = SVC(kernel=kernel).fit(
                sparse.csr_matrix(X[:300][at]), y[:300][at]
            )
            model = Model.from_sklearn(estimator)
            np.testing.assert_array_equal(model.predict(X), estimator.predict(X))


# Corners


def test_no_support_vectors():
    X, y = load("iris", "raw")
    estimator = SVR(epsilon=9.0).fit(X, y)
    assert len(estimator.support_) == 0
    np.testing.assert_array_equal(
        Model.from_sklearn(estimator).predict(X), estimator.predict(X)
    )


@pytest.mark.parametrize("degree", [0, 1, 2, 7, 20])
def test_degrees(degree):
    X, y = load("iris", "standardised")
    estimator = SVR(kernel="poly", degree=degree, coef0=1.0, gamma=0.1).fit(X, y)
    want = estimator.predict(X)
    bound = (5 + 2 * degree) * sizes(estimator, X) * 2.0**-24
    assert abs(Model.from_sklearn(estimator).predict(X) - want).max() < bound + 1e-6


def test_kernels_beyond_float32():
    """Kernels of raw data far above 1e38, and coefficients far below 1e-38."""
    X, y = load("diabetes", "times 1e6")
    estimator = KernelRidge(alpha=1e50, kernel="poly", degree=5, gamma=1.0)
    estimator.fit(X.astype(np.float64), y)
    assert abs(estimator.dual_coef_).max() < 1e-45
    want = estimator.predict(X)
    got = Model.from_sklearn(estimator).predict(X)
    assert abs(got - want).max() < 1e-3 * abs(want).max()


def test_rows_far_from_0():
    """Differences are taken before anything is rounded."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 3)) + 1e5 + 0.123
    y = X[:, 0] > 1e5
    estimator = SVC(gamma=0.5).fit(X, y)
    x = X.astype(np.float32)
    want = estimator.decision_function(x)
    assert abs(Model.from_sklearn(estimator).decision_function(x) - want).max() < 2e-6


@pytest.mark.parametrize("scale", [1e-18, 1e-9, 1e9, 1e15])
def test_extreme_scales(scale):
    X, y = load("iris", "raw")
    X = X * np.float32(scale)
    for kernel in ("rbf", "poly"):
        estimator = SVC(kernel=kernel).fit(X.astype(np.float64), y)
        model = Model.from_sklearn(estimator)
        assert (model.predict(X) == estimator.predict(X)).mean() > 0.99


def nystroem(kernel, gamma):
    X, _ = load("breast_cancer", "raw")
    X = X[:200].astype(np.float64)
    options = {"degree": 2, "gamma": gamma / X.var(), "n_components": 20}
    return Nystroem(kernel=kernel, random_state=0, **options).fit(X), X


def test_sums_that_cancel_out_are_refused():
    with pytest.raises(UnsupportedModelError, match="float32 cannot hold"):
        Model.from_sklearn(nystroem("rbf", 1e-3)[0])


def test_sums_that_lose_digits_are_warned_of():
    estimator, X = nystroem("rbf", 0.1)
    with pytest.warns(PrecisionWarning, match="float32 holds to about 3e-04"):
        model = Model.from_sklearn(estimator)
    assert abs(model.transform(X) - estimator.transform(X)).max() < 1e-3


def test_polynomials_that_cancel_out_are_made_of_products():
    """They were refused: large kernels of raw data, and little left of them."""
    estimator, X = nystroem("poly", 0.1)
    model = Model.from_sklearn(estimator)
    assert "polynomial" in [stage.name for stage in model.stages]
    assert abs(model.transform(X) - estimator.transform(X)).max() < 1e-5


#: Digits of decisions, relative to the largest, of which as many got lost before.
HARD = {
    "C=100": (SVC(kernel="poly", C=100), 2e-6),
    "C=1e6": (SVC(kernel="poly", C=1e6), 2e-6),
    "probability": (SVC(kernel="poly", C=1e4, probability=True, random_state=0), 2e-6),
    "nu": (NuSVC(kernel="poly", nu=0.02, degree=4), 2e-5),
}


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("name", HARD)
def test_polynomials_of_several_classes(name):
    """With C=1e6, 4 of 150 labels were wrong; with 100, 0.016 of 25 got lost."""
    X, y = load("iris", "raw")
    X = X.astype(np.float64)
    estimator, most = HARD[name]
    estimator.set_params(decision_function_shape="ovo").fit(X, y)
    model = Model.from_sklearn(estimator)
    np.testing.assert_array_equal(model.predict(X), estimator.predict(X))
    want = estimator.decision_function(X)
    assert abs(model.decision_function(X) - want).max() < most * abs(want).max()


def test_several_classes_that_lose_digits_are_warned_of():
    X, y = load("iris", "raw")
    estimator = SVC(C=1e4).fit(X.astype(np.float64), y)
    with pytest.warns(PrecisionWarning, match="output 2 is what large terms leave"):
        Model.from_sklearn(estimator)


def test_processes_that_lose_digits():
    """Processes that were let through with errors of 1e-3 are refused or warned of."""
    X, _ = load("iris", "raw")
    estimator = GaussianProcessRegressor(alpha=1e-6).fit(X[:, :3], X[:, 3])
    with pytest.raises(UnsupportedModelError, match="float32 cannot hold"):
        Model.from_sklearn(estimator)
    estimator = GaussianProcessRegressor(alpha=1e-4).fit(X[:, :3], X[:, 3])
    with pytest.warns(PrecisionWarning, match="float32 holds to about"):
        model = Model.from_sklearn(estimator)
    want = estimator.predict(X[:, :3])
    assert abs(model.predict(X[:, :3]) - want).max() < 1e-3 * abs(want).max()


def odd_inputs(n):
    odd = [np.nan, np.inf, -np.inf, 0.0, 3e38, -3e38, 1e-45, 1e20]
    rng = np.random.default_rng(n)
    return rng.choice(np.array(odd, np.float32), (60, n))


@pytest.mark.parametrize("kernel", KERNELS)
def test_any_input_has_a_defined_result(kernel):
    X, y = load("iris", "standardised")
    model = Model.from_sklearn(SVC(kernel=kernel, probability=True).fit(X, y))
    x = odd_inputs(4)
    scores = model._runtime.scores(x)
    single = np.stack([model._runtime.firmware(row, "run") for row in x])
    np.testing.assert_array_equal(scores.view(np.uint32), single.view(np.uint32))
    assert (scores.view(np.uint32)[np.isnan(scores)] == 0x7FC00000).all()
    assert (scores[:, :3].sum(axis=1) == 3).all()  # every pair casts a vote


def test_far_inputs_are_as_in_the_original():
    """Far rows have kernels of 0. (Polynomials of such rows overflow float32.)"""
    X, y = load("iris", "standardised")
    x = np.float32([[1e30] * 4, [-1e30] * 4, [1e18, 0, 0, 0]])
    estimator = SVC().fit(X, y > 0)
    model = Model.from_sklearn(estimator)
    np.testing.assert_array_equal(model.predict(x), estimator.predict(x))
    want = estimator.decision_function(x)
    assert abs(model.decision_function(x) - want).max() < 1e-6


# What is refused


@pytest.mark.parametrize(
    ("estimator", "why"),
    [
        (SVC(kernel=lambda a, b: a @ b.T), "how many features|kernel=<function"),
        (SVR(kernel="precomputed"), "kernel='precomputed'"),
        (KernelRidge(kernel="additive_chi2"), "kernel='additive_chi2'"),
        (KernelRidge(kernel="poly", degree=2.5), "whole number"),
        (Nystroem(kernel=lambda a, b: a @ b, n_components=2), "kernel=<function"),
        (KernelPCA(kernel="precomputed"), "kernel='precomputed'"),
        (SVC(break_ties=True, decision_function_shape="ovo"), "break_ties"),
        (GaussianProcessClassifier(optimizer=None), "posterior's variance"),
    ],
)
def test_parameters_that_are_refused(estimator, why):
    X = np.eye(4) + 0.5
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimator.fit(X, [0, 1, 1, 0])
    with pytest.raises(UnsupportedModelError, match=why):
        Model.from_sklearn(estimator)


@pytest.mark.parametrize("make", [SVC, KernelRidge, KernelPCA, RBFSampler])
def test_unfitted(make):
    with pytest.raises(NotFittedError):
        Model.from_sklearn(make())


# Models and inputs made by hypothesis

N_ROWS = 50


@st.composite
def problems(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, d = draw(st.integers(4, 40)), draw(st.integers(1, 12))
    scale = 10.0 ** draw(st.integers(-6, 6))
    shift = draw(st.sampled_from([0.0, 0.0, 3.0, -50.0]))
    X = ((rng.normal(size=(n, d)) + shift) * scale).astype(np.float32)
    x = X[rng.integers(0, n, N_ROWS)] + rng.normal(size=(N_ROWS, d)) * scale
    kernel = draw(st.sampled_from(KERNELS))
    parameters = {
        "kernel": kernel,
        "gamma": draw(st.sampled_from(["scale", "auto", 0.3])),
        "coef0": draw(st.sampled_from([0.0, 1.0, -0.5])),
        "degree": draw(st.integers(1, 4)),
        "max_iter": 2000,
    }
    if parameters["gamma"] != "scale":  # else raw data say nothing
        parameters["gamma"] = 0.3 / (scale * max(1.0, abs(shift))) ** 2
    return rng, X, x.astype(np.float32), parameters


@seed(3)
@settings(quick, max_examples=draws(150))
@given(problems(), st.integers(2, 5), st.booleans())
def test_random_classifiers(problem, n_classes, nu):
    rng, X, x, parameters = problem
    y = rng.permutation(np.arange(len(X)) % n_classes)
    if len(set(y.tolist())) < 2 or (nu and len(X) < 12):
        return
    if nu:
        estimator = NuSVC(nu=0.1, **parameters)
    else:
        estimator = SVC(C=10.0 ** rng.integers(-2, 3), **parameters)
    if parameters["kernel"] == "linear":
        estimator.set_params(kernel="rbf" if abs(X).max() > 1e3 else "linear")
    try:
        estimator.fit(X.astype(np.float64), y)
    except ValueError:  # nu is infeasible
        return
    try:
        model = Model.from_sklearn(estimator)
    except UnsupportedModelError:  # as of machines that tell nothing apart
        return
    check_votes(model, estimator, x, 2 * UNITS * sizes(estimator, x) * 2.0**-24)


@seed(4)
@settings(quick, max_examples=draws(100))
@given(problems(), st.booleans())
def test_random_regressors(problem, nu):
    rng, X, x, parameters = problem
    y = rng.normal(size=len(X)) * 10.0 ** rng.integers(-3, 4)
    if parameters["kernel"] == "linear":
        parameters["kernel"] = "rbf" if abs(X).max() > 1e3 else "linear"
    C, epsilon = float(abs(y).max()), 0.1 * float(abs(y).max())
    made = NuSVR(C=C, **parameters) if nu else SVR(C=C, epsilon=epsilon, **parameters)
    try:
        made.fit(X.astype(np.float64), y)
    except ValueError:  # the fit ends in coefficients that are not finite
        return
    try:
        model = Model.from_sklearn(made)
    except UnsupportedModelError:
        return
    want = made.predict(x)
    size = max(sizes(made, x), abs(want).max(), 1e-30)
    assert error_units(model.predict(x), want, size) < 2 * UNITS
