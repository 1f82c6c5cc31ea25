"""Converters that users register: own transformers, classifiers, statsmodels."""

from collections.abc import Iterator

import numpy as np
import pytest
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    RegressorMixin,
    TransformerMixin,
)
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import emlrt
from emlrt.convert import registered
from emlrt.convert.builder import FUNCTIONS
from emlrt.convert.registered import unregister_converter

X, Y = load_iris(return_X_y=True)


class LogScaler(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        X = np.asarray(X)
        self.scale_, self.n_features_in_ = X.mean(axis=0), X.shape[1]
        return self

    def transform(self, X):
        return np.log1p(np.asarray(X) / self.scale_)


class Centroids(ClassifierMixin, BaseEstimator):
    """The class whose mean has the largest scalar product; of two, its sign."""

    def fit(self, X, y):
        self.classes_, self.n_features_in_ = np.unique(y), X.shape[1]
        self.means_ = np.stack([X[y == label].mean(axis=0) for label in self.classes_])
        self.offsets_ = (self.means_**2).sum(axis=1) / 2
        return self

    def decision_function(self, X):
        margins = X @ self.means_.T - self.offsets_
        return margins[:, 1] - margins[:, 0] if margins.shape[1] == 2 else margins

    def predict(self, X):
        margins = self.decision_function(X)
        at = margins > 0 if margins.ndim == 1 else margins.argmax(axis=1)
        return self.classes_[np.asarray(at, int)]


def log_scaler(build, estimator, x):
    scaled = build.affine(x, scale=1 / estimator.scale_)
    return build.transformed(build.apply(scaled, "log1p"))


def centroids(build, estimator, x):
    weights, biases = estimator.means_, -estimator.offsets_
    if len(weights) == 2:
        weights, biases = weights[1:] - weights[:1], biases[1:] - biases[:1]
    return build.margins(build.linear(x, weights, biases), estimator.classes_)


@pytest.fixture(autouse=True)
def _registry() -> Iterator[None]:
    """Each test registers for itself alone."""
    before = dict(registered._REGISTERED)
    yield
    registered._REGISTERED.clear()
    registered._REGISTERED.update(before)


def test_a_transformer_converts_alone_and_in_pipelines() -> None:
    emlrt.register_converter(LogScaler, log_scaler)
    alone = LogScaler().fit(X)
    model = emlrt.convert(alone)
    np.testing.assert_allclose(model.transform(X), alone.transform(X), rtol=3e-7)
    for last in (LogisticRegression(), RandomForestClassifier(10, random_state=0)):
        pipe = make_pipeline(LogScaler(), last).fit(X, Y)
        model = emlrt.convert(pipe)
        assert (model.predict(X) == pipe.predict(X)).all()
        np.testing.assert_allclose(
            model.predict_proba(X), pipe.predict_proba(X), atol=1e-6
        )
    parts = [("log", LogScaler(), [0, 2]), ("scale", StandardScaler(), [1, 3])]
    pipe = make_pipeline(ColumnTransformer(parts), LogisticRegression()).fit(X, Y)
    assert (emlrt.convert(pipe).predict(X) == pipe.predict(X)).all()


@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_classifier_has_its_labels_and_margins(n_classes: int) -> None:
    emlrt.register_converter(Centroids, centroids)
    kept = n_classes > Y
    words = np.array(["setosa", "versicolor", "virginica"])[Y[kept]]
    own = Centroids().fit(X[kept], words)
    model = emlrt.convert(own)
    assert (model.predict(X) == own.predict(X)).all()
    margins = own.decision_function(X)
    np.testing.assert_allclose(
        model.decision_function(X), margins, rtol=1e-5, atol=1e-4
    )


def test_a_derived_class_converts_unless_it_answers_otherwise() -> None:
    emlrt.register_converter(LogScaler, log_scaler)

    class Same(LogScaler):
        pass

    class Other(LogScaler):
        def transform(self, X):
            return super().transform(X) + 1

    emlrt.convert(Same().fit(X))
    with pytest.raises(
        emlrt.UnsupportedModelError, match=r"overrides LogScaler\.trans"
    ):
        emlrt.convert(Other().fit(X))


def test_a_registered_class_goes_before_a_known_one() -> None:
    class Doubled(LinearRegression):
        def predict(self, X):
            return 2 * super().predict(X)

    own = Doubled().fit(X, Y)
    with pytest.raises(emlrt.UnsupportedModelError, match="overrides"):
        emlrt.convert(own)

    def doubled(build, estimator, x):
        weights, bias = 2 * estimator.coef_[None], 2 * estimator.intercept_
        return build.values(build.linear(x, weights, bias))

    emlrt.register_converter(Doubled, doubled)
    np.testing.assert_allclose(emlrt.convert(own).predict(X), own.predict(X), atol=1e-5)
    unregister_converter(Doubled)
    with pytest.raises(emlrt.UnsupportedModelError, match="overrides"):
        emlrt.convert(own)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_is_the_runtimes(function: str) -> None:
    plain = {
        "abs": np.abs,
        "cos": np.cos,
        "exp": np.exp,
        "expm1": np.expm1,
        "log": np.log,
        "log1p": np.log1p,
        "logistic": lambda v: 1 / (1 + np.exp(-v)),
        "reciprocal": lambda v: 1 / v,
        "sqrt": np.sqrt,
        "square": np.square,
        "tanh": np.tanh,
        "softplus": lambda v: np.log1p(np.exp(v)),
        "softsign": lambda v: v / (1 + abs(v)),
        "silu": lambda v: v / (1 + np.exp(-v)),
        "erf": lambda v: 2 * _normal(v * 2**0.5) - 1,
        "gelu": lambda v: v * _normal(v),
    }[function]

    class Applied(LogScaler):
        pass

    emlrt.register_converter(
        Applied, lambda build, e, x: build.transformed(build.apply(x, function))
    )
    found = emlrt.convert(Applied().fit(X)).transform(X)
    np.testing.assert_allclose(found, plain(X), rtol=1e-6, atol=1e-6)


def _normal(v):
    from scipy.stats import norm

    return norm.cdf(v)


def test_vectors_are_made_as_numpy_makes_them() -> None:
    class Made(LogScaler):
        pass

    inner = StandardScaler().fit(X[:, :2])
    line = LinearRegression().fit(X, Y)

    def made(build, estimator, x):
        some = build.take(x, [3, 0])
        clipped = build.clip(some, 0.3, 5.5)
        ones = build.step(some, [1.0, 5.0])
        scaled = build.estimator(inner, build.take(x, [0, 1]))
        shares = build.softmax(x)
        value = build.estimator(line, x)
        parts = [clipped, ones, scaled, shares, value, build.constant([7.0, -1.0])]
        return build.transformed(build.join(parts))

    emlrt.register_converter(Made, made)
    found = emlrt.convert(Made().fit(X)).transform(X)
    some, e = X[:, [3, 0]], np.exp(X)
    wanted = [
        np.clip(some, 0.3, 5.5),
        some > [1.0, 5.0],
        inner.transform(X[:, :2]),
        e / e.sum(axis=1, keepdims=True),
        line.predict(X)[:, None],
        np.tile([7.0, -1.0], (len(X), 1)),
    ]
    np.testing.assert_allclose(found, np.hstack(wanted), rtol=1e-5, atol=2e-6)


def test_probabilities_and_logits() -> None:
    fitted = LogisticRegression().fit(X, Y)

    class Copied(ClassifierMixin, BaseEstimator):
        n_features_in_ = 4

        def predict(self, X): ...

    def shares(build, estimator, x):
        y = build.estimator(fitted, x, "predict_proba")
        return build.probabilities(y, ["a", "b", "c"])

    def logits(build, estimator, x):
        y = build.estimator(fitted, x, "decision_function")
        return build.logits(y, ["a", "b", "c"])

    for function in (shares, logits):
        emlrt.register_converter(Copied, function)
        model = emlrt.convert(Copied())
        np.testing.assert_allclose(
            model.predict_proba(X), fitted.predict_proba(X), atol=1e-6
        )
        assert (model.predict(X) == np.array(["a", "b", "c"])[fitted.predict(X)]).all()


FAULTS = {
    "no vector": (
        lambda b, e, x: b.apply(3.0, "exp"),
        TypeError,
        "vector of the model",
    ),
    "function": (lambda b, e, x: b.apply(x, "sin"), ValueError, "no function 'sin'"),
    "scale": (
        lambda b, e, x: b.affine(x, scale=[1, 2]),
        ValueError,
        r"scale of .*\(2,",
    ),
    "weights": (lambda b, e, x: b.linear(x, [[1, 2]]), ValueError, "for 4 numbers"),
    "biases": (
        lambda b, e, x: b.linear(x, np.eye(4), [1, 2]),
        ValueError,
        "for 4 sums",
    ),
    "indices": (lambda b, e, x: b.take(x, [4]), ValueError, "from 0 to 3"),
    "decimals": (lambda b, e, x: b.take(x, [0.7]), ValueError, "are integers"),
    "mask": (
        lambda b, e, x: b.take(x, [True, False, True, False]),
        ValueError,
        "are integers",
    ),
    "no index": (lambda b, e, x: b.take(x, []), ValueError, "are integers"),
    "no sums": (lambda b, e, x: b.linear(x, np.zeros((0, 4))), ValueError, "shape"),
    "no constant": (lambda b, e, x: b.constant([]), ValueError, "no numbers"),
    "inner": (
        lambda b, e, x: b.estimator(StandardScaler().fit(X[:, :2]), x),
        ValueError,
        "StandardScaler takes 2 features, not 4",
    ),
    "clip": (lambda b, e, x: b.clip(x, 2, 1), ValueError, "at most 1"),
    "join": (lambda b, e, x: b.join([]), ValueError, "at least one"),
    "answer": (lambda b, e, x: x, emlrt.UnsupportedModelError, "build.values"),
    "labels": (
        lambda b, e, x: b.logits(x, [0, 1]),
        emlrt.UnsupportedModelError,
        "tells 4 apart",
    ),
    "twins": (
        lambda b, e, x: b.logits(x, ["a", "b", "a", "c"]),
        emlrt.UnsupportedModelError,
        "'a' twice",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_converter_is_named(name: str) -> None:
    function, error, words = FAULTS[name]
    emlrt.register_converter(LogScaler, function)
    with pytest.raises(error, match=words):
        emlrt.convert(LogScaler().fit(X))


def test_a_vector_of_another_conversion_is_refused() -> None:
    """It would be read as whatever lies in the same place here."""
    kept = []

    def keeps(build, estimator, x):
        kept.append(build.apply(x, "exp"))
        return build.values(kept[-1])

    emlrt.register_converter(LogScaler, keeps)
    emlrt.convert(LogScaler().fit(X))
    for use in ("values", "transformed", "softmax"):
        emlrt.register_converter(
            LogScaler, lambda b, e, x, use=use: getattr(b, use)(kept[0])
        )
        with pytest.raises(ValueError, match="of another conversion"):
            emlrt.convert(LogScaler().fit(X))


@pytest.mark.parametrize("given", [None, "abcd", True, 0, -4, 4.0, [], list("aabc")])
def test_features_are_names_or_a_number(given) -> None:
    emlrt.register_converter(LogScaler, log_scaler, features=lambda e: given)
    with pytest.raises(emlrt.UnsupportedModelError, match="features= of LogScaler"):
        emlrt.convert(LogScaler().fit(X))


@pytest.mark.parametrize("given", [4, np.int64(4), list("abcd"), np.array([*"abcd"])])
def test_features_of_any_sequence_and_integer(given) -> None:
    emlrt.register_converter(LogScaler, log_scaler, features=lambda e: given)
    assert emlrt.convert(LogScaler().fit(X)).n_features_in_ == 4


def test_what_is_registered_is_a_class_and_a_function() -> None:
    with pytest.raises(TypeError, match="takes a class"):
        emlrt.register_converter(LogScaler(), log_scaler)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="no function"):
        emlrt.register_converter(LogScaler, "log")  # type: ignore[arg-type]
    emlrt.register_converter(LogScaler, log_scaler)
    with pytest.raises(emlrt.UnsupportedModelError, match="features="):
        emlrt.convert(LogScaler())


LINKS = {"Logit": "logistic", "Log": "exp", "InversePower": "reciprocal"}


def glm(build, results, x):
    eta = build.linear(x, np.asarray(results.params)[None])
    link = type(results.family.link).__name__
    return build.values(eta if link == "Identity" else build.apply(eta, LINKS[link]))


def test_statsmodels_converts_by_ten_lines() -> None:
    pd, sm = pytest.importorskip("pandas"), pytest.importorskip("statsmodels.api")
    frame = sm.add_constant(pd.DataFrame(X[:, :3], columns=["a", "b", "c"]))
    families = {
        sm.families.Binomial(): X[:, 3] > 1.2,
        sm.families.Poisson(): Y,
        sm.families.Gaussian(): X[:, 3],
    }
    for family, y in families.items():
        results = sm.GLM(y, frame, family=family).fit()
        names = {"features": lambda r: r.model.exog_names}
        emlrt.register_converter(type(results), glm, **names)
        model = emlrt.convert(results)
        assert model.feature_names_in_.tolist() == ["const", "a", "b", "c"]
        np.testing.assert_allclose(
            model.predict(frame), np.asarray(results.predict(frame)), rtol=1e-5
        )
    ols = sm.OLS(X[:, 3], frame).fit()

    def least_squares(build, results, x):
        return build.values(build.linear(x, np.asarray(results.params)[None]))

    emlrt.register_converter(
        type(ols), least_squares, features=lambda r: len(r.model.exog_names)
    )
    found = emlrt.convert(ols).predict(frame.to_numpy())
    np.testing.assert_allclose(found, np.asarray(ols.predict(frame)), atol=1e-5)


def test_a_regressor_is_one() -> None:
    class Half(RegressorMixin, BaseEstimator):
        n_features_in_ = 4

        def predict(self, X): ...

    emlrt.register_converter(
        Half, lambda b, e, x: b.values(b.affine(b.take(x, 1), scale=0.5))
    )
    model = emlrt.convert(Half())
    assert model.estimator_type == "regressor"
    np.testing.assert_allclose(model.predict(X), X[:, 1] / 2, rtol=1e-7)
