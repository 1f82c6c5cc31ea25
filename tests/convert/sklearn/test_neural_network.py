# SPDX-License-Identifier: MIT
"""Multi-layer perceptrons against scikit-learn, in float64 on the same inputs."""

import itertools
import warnings
from functools import cache

import numpy as np
import pytest
from draws import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
)
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import LabelBinarizer, StandardScaler
from strategies import quick

from emlrt import Model, UnsupportedModelError

DATA = {
    "iris": load_iris,
    "wine": load_wine,
    "breast_cancer": load_breast_cancer,
    "digits": load_digits,
    "diabetes": load_diabetes,
}
SCALES = {"raw": None, "standardised": 1.0, "tiny": 1e-6, "huge": 1e6}
ACTIVATIONS = ("identity", "relu", "logistic", "tanh")
#: What float32 may lose of a number, for each unit of what was added up.
ROUNDING = 2.0**-21
#: Slope of each activation at its steepest.
SLOPES = {"identity": 1, "relu": 1, "logistic": 0.25, "tanh": 1}


@cache
def data(name, scale):
    x, y = DATA[name](return_X_y=True)
    if SCALES[scale] is not None:
        x = StandardScaler().fit_transform(x) * SCALES[scale]
    return x.astype(np.float32), y


def fitted(estimator, x, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return estimator.fit(x, y)


def activate(name, z):
    if name == "logistic":
        return 0.5 * (1 + np.tanh(z / 2))
    return {"identity": z, "relu": np.maximum(z, 0), "tanh": np.tanh(z)}[name]


def forward(net, x):
    """Scores before the last activation, and the sizes of what was added up.

    Returns float64 (n, outputs) twice. A size times float32's rounding bounds
    the error of a score, but for a small factor.
    """
    a = x.astype(np.float64)
    size = abs(a)
    last = len(net.coefs_) - 1
    for k, (w, b) in enumerate(zip(net.coefs_, net.intercepts_, strict=True)):
        w, b = w.astype(np.float64), b.astype(np.float64)
        a, size = a @ w + b, size @ abs(w) + abs(b)
        if k < last:
            size = size * SLOPES[net.activation] + 1
            a = activate(net.activation, a)
    return a, size


def check(net, x):
    """A net's every answer; gives the worst errors."""
    model = Model.from_sklearn(net)
    wide = x.astype(np.float64)
    z, size = forward(net, x)
    loss = ROUNDING * size
    found = model.scores(x)[:, : z.shape[1]].astype(np.float64)
    if net.out_activation_ == "exp":
        z = np.exp(z)
        loss = (loss + ROUNDING) * z
    error = abs(found - z)
    assert (error <= loss).all()
    worst = {"score": float((error / abs(z).max()).max())}
    if not hasattr(net, "classes_"):
        expected = net.predict(wide)
        answer = model.predict(x)
        assert answer.shape == expected.shape
        assert (abs(answer - expected).reshape(z.shape) <= 2 * loss).all()
        return worst
    p, expected = model.predict_proba(x), net.predict_proba(wide)
    assert p.shape == expected.shape
    off = abs(p - expected).max(axis=1)
    assert (off <= 2e-6 + loss.max(axis=1)).all()
    worst["p"] = float(off.max())
    if z.shape[1] == 1 or net.out_activation_ == "logistic":
        margin = abs(z).min(axis=1)
    else:
        top = np.sort(z, axis=1)
        margin = top[:, -1] - top[:, -2]
    sure = margin > 2 * loss.max(axis=1)
    labels, original = model.predict(x), net.predict(wide)
    assert labels.dtype == original.dtype
    np.testing.assert_array_equal(labels[sure], original[sure])
    worst["labels"] = int((labels != original).sum())
    return worst


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", DATA)
def test_all_rows_of_the_datasets(name, scale, activation, record_property):
    x, y = data(name, scale)
    cls = MLPRegressor if name == "diabetes" else MLPClassifier
    net = cls(
        hidden_layer_sizes=(16, 8), activation=activation, max_iter=8, random_state=0
    )
    worst = check(fitted(net, x, y), x)
    record_property("worst", worst)
    print(name, scale, activation, worst)
    if scale == "standardised":
        assert worst["score"] <= 1e-5
        assert worst.get("p", 0) <= 2e-6


KINDS = ("binary", "classes", "labels", "values", "counts")


def made(rng, kind, activation, sizes, n_out, spread):
    """A net with weights drawn at random, which fitting would never give."""
    cls = MLPRegressor if kind in ("values", "counts") else MLPClassifier
    net = cls(hidden_layer_sizes=tuple(sizes[1:]), activation=activation)
    n_out = 1 if kind == "binary" else n_out + (kind == "classes") * 2
    widths = [*sizes, n_out]
    pairs = list(itertools.pairwise(widths))
    net.coefs_ = [rng.normal(0, spread / np.sqrt(n), (n, m)) for n, m in pairs]
    net.intercepts_ = [rng.normal(0, spread, m) for _, m in pairs]
    net.n_features_in_, net.n_outputs_ = sizes[0], n_out
    net.n_layers_ = len(widths)
    outs = {"binary": "logistic", "classes": "softmax", "labels": "logistic"}
    net.out_activation_ = outs.get(kind, "exp" if kind == "counts" else "identity")
    if cls is MLPClassifier:
        y = np.arange(2 if kind == "binary" else n_out)
        y = np.array([f"c{k}" for k in y])
        if kind == "labels":
            y = np.concatenate([np.zeros((1, n_out), int), np.eye(n_out, dtype=int)])
            net.n_outputs_ = n_out if n_out > 1 else 1
            y = y if n_out > 1 else y[:, 0]
        net._label_binarizer = LabelBinarizer().fit(y)
        net.classes_ = net._label_binarizer.classes_
    return net


@settings(quick, max_examples=draws(200))
@given(
    seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from(KINDS),
    activation=st.sampled_from(ACTIVATIONS),
    sizes=st.lists(st.integers(1, 20), min_size=1, max_size=5),
    n_out=st.integers(1, 9),
    spread=st.sampled_from([1e-3, 0.1, 1.0, 3.0]),
)
def test_nets_of_any_shape(seed, kind, activation, sizes, n_out, spread):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(60, sizes[0])) * 10.0 ** rng.integers(-4, 3, (60, 1))
    if kind == "counts":  # e^z is no float32 above 88
        spread = min(spread, 0.1)
    check(made(rng, kind, activation, sizes, n_out, spread), x.astype(np.float32))


def labels_of(rng, n):
    return rng.integers(0, 2, (n, 3))


def small(cls=MLPClassifier, **params):
    params = {"hidden_layer_sizes": (4,), "max_iter": 3, "random_state": 1, **params}
    return cls(**params)


def test_several_labels_a_row():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 5)).astype(np.float32)
    net = fitted(small(), x, labels_of(rng, 80))
    model = Model.from_sklearn(net)
    wide = x.astype(np.float64)
    np.testing.assert_array_equal(model.predict(x), net.predict(wide))
    assert model.predict(x).dtype == np.int64
    assert model.n_outputs_ == 3
    p = model.predict_proba(x)
    np.testing.assert_allclose(p, net.predict_proba(wide), atol=2e-6)
    log = model.predict_log_proba(x)
    np.testing.assert_allclose(log, net.predict_log_proba(wide), atol=1e-5)
    assert model.score(x, net.predict(wide)) == 1
    again = Model.from_bytes(bytes(model))
    np.testing.assert_array_equal(again.predict_proba(x), p)


def test_one_class_gives_two_columns_as_the_original_does():
    x = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    net = fitted(small(), x, np.full(20, "only"))
    model, wide = Model.from_sklearn(net), x.astype(np.float64)
    assert model.predict(x).tolist() == ["only"] * 20
    np.testing.assert_allclose(
        model.predict_proba(x), net.predict_proba(wide), atol=2e-6
    )
    np.testing.assert_allclose(
        model.predict_log_proba(x), net.predict_log_proba(wide), atol=1e-5
    )
    np.testing.assert_array_equal(model.classes_, net.classes_)


@pytest.mark.parametrize(
    "labels",
    [[3, 7], [False, True], ["no", "yes"], [3.0, -1.0], [10**12, 5, 6]],
    ids=str,
)
def test_labels_keep_their_type(labels):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 3)).astype(np.float32)
    y = np.array(labels)[rng.integers(0, len(labels), 40)]
    net = fitted(small(), x, y)
    model = Model.from_sklearn(net)
    assert model.classes_.dtype == net.classes_.dtype
    np.testing.assert_array_equal(model.predict(x), net.predict(x.astype(np.float64)))


@pytest.mark.parametrize("n_out", [1, 3])
@pytest.mark.parametrize("loss", ["squared_error", "poisson"])
def test_regressors(loss, n_out):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 4)).astype(np.float32)
    y = rng.poisson(3, (50, n_out))
    net = small(MLPRegressor, loss=loss)
    try:
        fitted(net, x, y[:, 0] if n_out == 1 else y)
    except ValueError:
        pytest.skip("scikit-learn has no such net")
    check(net, x)
    assert not hasattr(Model.from_sklearn(net), "predict_proba")


def test_no_hidden_layer_and_float32_weights():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 4)).astype(np.float32)
    net = fitted(small(hidden_layer_sizes=()), x, rng.integers(0, 4, 50))
    assert net.coefs_[0].dtype == np.float32
    assert [stage.name for stage in Model.from_sklearn(net).stages] == ["dense"]
    check(net, x)


def test_stages_and_scratch():
    x, y = data("digits", "standardised")
    net = fitted(small(hidden_layer_sizes=(32, 16)), x, y)
    model = Model.from_sklearn(net)
    assert [stage.name for stage in model.stages] == ["dense"] * 3
    assert model.arena_bytes == 4 * (32 + 16)


def test_integer_inputs():
    x, y = data("digits", "raw")
    net = fitted(small(), x, y)
    model = Model.from_sklearn(net, dtype="uint8", X=x)
    plain = Model.from_sklearn(net)
    np.testing.assert_array_equal(model.scores(x), plain.scores(x))
    assert model.stages[0].name == "cast_u8"


def test_what_cannot_be_converted():
    x = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    with pytest.raises(NotFittedError):
        Model.from_sklearn(small())
    net = fitted(small(), x, np.arange(20) % 2)
    with pytest.raises(ValueError, match="voting='hard' is for trees"):
        Model.from_sklearn(net, voting="hard")
    net.activation = "swish"
    with pytest.raises(UnsupportedModelError, match=r"activation 'swish'.*tanh"):
        Model.from_sklearn(net)
    net.activation = "relu"
    net.coefs_[0] = net.coefs_[0].astype(np.float64) * 1e300
    with pytest.raises(UnsupportedModelError, match="a weight is NaN, infinite"):
        Model.from_sklearn(net)
