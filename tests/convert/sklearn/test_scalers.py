# SPDX-License-Identifier: MIT
"""Scalers, powers, quantiles and functions of one number, against scikit-learn."""

import hypothesis.strategies as st
import numpy as np
import pytest
from draws import draws
from hypothesis import given, settings
from prep_reference import (
    EPS64,
    SCALES,
    SETS,
    check_paths,
    convert,
    data,
    error,
    transformed,
)
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from emlrt import Model
from emlrt.errors import UnsupportedModelError

LINEAR = {
    "standard": StandardScaler,
    "mean-only": lambda: StandardScaler(with_std=False),
    "std-only": lambda: StandardScaler(with_mean=False),
    "min-max": MinMaxScaler,
    "min-max-clip": lambda: MinMaxScaler((-2, 3), clip=True),
    "max-abs": MaxAbsScaler,
    "max-abs-clip": lambda: MaxAbsScaler(clip=True),
    "robust": RobustScaler,
    "robust-centre": lambda: RobustScaler(with_scaling=False),
    "robust-range": lambda: RobustScaler(with_centering=False, unit_variance=True),
}
ROWS = {
    "l1": lambda: Normalizer("l1"),
    "l2": Normalizer,
    "max": lambda: Normalizer("max"),
    "binarizer": lambda: Binarizer(threshold=float(np.float32(0.1))),
    "square": lambda: PolynomialFeatures(2),
    "cube": lambda: PolynomialFeatures((2, 3), interaction_only=True),
}


def beyond(x):
    """The rows, and some that lie outside of what was fitted."""
    return np.concatenate([x, x[:20] * np.float32(1.3), -x[:5]])


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", SETS)
def test_scalers_on_every_row(name, scale, record_property):
    x, _ = data(name, scale)
    for kind, make in LINEAR.items():
        scaler, model = convert(make(), x)
        worst = error(scaler, model, beyond(x))
        record_property(kind, worst)
        assert worst <= 2e-6, (kind, worst)
    check_paths(model, x)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", SETS)
def test_rows_and_products(name, scale, record_property):
    x, _ = data(name, scale)
    x = x[:, :12]
    for kind, make in ROWS.items():
        transformer, model = convert(make(), x)
        worst = error(transformer, model, beyond(x))
        record_property(kind, worst)
        assert worst <= 2e-6, (kind, worst)
        check_paths(model, x)


@pytest.mark.parametrize("method", ["yeo-johnson", "box-cox"])
@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", SETS)
def test_powers(name, scale, standardize, method, record_property):
    x, _ = data(name, scale)
    if (name, method) == ("digits", "box-cox"):
        pytest.skip("scikit-learn's search for a power goes astray")
    if method == "box-cox" and (x <= 0).any():
        x = x[:, x.std(axis=0) > 0]
        x = x - x.min(axis=0) + x.std(axis=0)
    transformer = PowerTransformer(method=method, standardize=standardize)
    transformer, model = convert(transformer, x)
    rows = np.concatenate([x, x[:20] * np.float32(1.03)])
    magnitude, noise = None, 0.0
    if standardize:  # scikit-learn takes the mean away last: its own rounding
        own = transformer._scaler
        noise = 2 * EPS64 * abs(own.mean_ / own.scale_).max()
        magnitude = np.maximum(abs(transformed(transformer, rows)).max(axis=0), 4)
    worst = error(transformer, model, rows, magnitude)
    record_property("powers", worst)
    record_property("noise of scikit-learn", float(noise))
    assert worst <= 1e-5 + noise
    check_paths(model, x)


@pytest.mark.parametrize("power", [-3.0, -0.5, 0.0, 1e-7, 0.3, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("method", ["yeo-johnson", "box-cox"])
@pytest.mark.parametrize("centre", [0.5, 1.0, 30.0, 3000.0])
def test_powers_of_every_kind(power, method, centre):
    """lambda 0 and 2, and means that dwarf the spread."""
    rng = np.random.default_rng(int(centre))
    x = (centre + rng.normal(size=(200, 1)) * 0.1).astype(np.float32)
    transformer = PowerTransformer(method=method).fit(abs(x) + 1)
    transformer.lambdas_ = np.array([power])
    plain = PowerTransformer(method=method, standardize=False)
    plain.lambdas_, plain.n_features_in_ = transformer.lambdas_, 1
    transformer._scaler = StandardScaler().fit(plain.transform(x.astype(float)))
    own = transformer._scaler
    if own.scale_[0] == 1:
        pytest.skip("scikit-learn has no digits there")
    model = Model.from_sklearn(transformer)
    rows = x if method == "box-cox" else np.concatenate([x, -x[:9], 0 * x[:1]])
    noise = 4 * EPS64 * abs(own.mean_ / own.scale_)[0]
    assert error(transformer, model, rows) <= 1e-5 + noise


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", SETS)
def test_quantiles(name, scale, record_property):
    x, _ = data(name, scale)
    x = x[:, :16]
    for n in (10, 300):
        transformer = QuantileTransformer(n_quantiles=n, random_state=0)
        transformer, model = convert(transformer, x)
        worst = error(transformer, model, beyond(x))
        record_property(f"uniform {n}", worst)
        assert worst <= 1e-6
    check_paths(model, x)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", SETS)
def test_normal_quantiles(name, scale, record_property):
    x, _ = data(name, scale)
    x = x[:, :16]
    transformer = QuantileTransformer(
        n_quantiles=100, output_distribution="normal", random_state=0
    )
    transformer, model = convert(transformer, x)
    steps = np.concatenate([np.nextafter(x, np.float32(s)) for s in (-1e38, 1e38)])
    worst = error(transformer, model, np.concatenate([beyond(x), steps]))
    record_property("normal", worst)
    assert worst <= 1e-5
    check_paths(model, x)


FUNCTIONS = {
    np.log1p: lambda x: abs(x),
    np.log: lambda x: abs(x) + 1,
    np.log2: lambda x: abs(x) + 1,
    np.log10: lambda x: abs(x) + 1,
    np.sqrt: abs,
    np.abs: np.array,
    np.square: np.array,
    np.exp: lambda x: x,
    np.expm1: lambda x: x,
    np.tanh: lambda x: x,
    np.cos: lambda x: x,
    np.reciprocal: lambda x: abs(x) + 1,
    np.negative: np.array,
    np.radians: np.array,
    np.degrees: np.array,
    np.sign: np.array,
    None: np.array,
}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: getattr(f, "__name__", f))
def test_functions(function):
    x = FUNCTIONS[function](data("wine", "standard")[0])
    transformer, model = convert(FunctionTransformer(function), x)
    assert error(transformer, model, x) <= 1e-6
    assert model.program.missing  # it does not validate
    _, strict = convert(FunctionTransformer(function, validate=True), x)
    assert not strict.program.missing


@pytest.mark.parametrize("around", [None, StandardScaler])
def test_signs_are_exact(around):
    x = np.array([[-3e38, -1.0, -(2.0**-149)], [-0.0, 0.0, 1e-45], [1e-38, 2.0, 3e38]])
    sign = FunctionTransformer(np.sign)
    fitted = make_pipeline(sign, around()) if around else sign
    fitted.fit(x)
    wanted = fitted.transform(x)
    if around is None:
        x = np.concatenate([x, [[np.nan, 0, 1]]])
        wanted = np.sign(x)
    np.testing.assert_allclose(Model.from_sklearn(fitted).transform(x), wanted, 1e-6)


@pytest.mark.parametrize(
    "function",
    [np.rint, np.round, np.around, np.floor, np.ceil, np.trunc, np.fix],
    ids=lambda f: f.__name__,
)
def test_whole_numbers_are_exact(function):
    rng = np.random.default_rng(0)
    edges = np.array([0, 0.5, 1, 1.5, 2.5, 2**21, 2**22, 2**23, 2**24, 3e38])
    edges = np.concatenate([edges + d for d in (0, 0.25, 0.5, 0.75, 1)])
    sizes = 2.0 ** rng.integers(-30, 30, 3000)
    some = np.concatenate([edges, sizes * rng.random(3000), sizes + 0.5, [1e-45]])
    x = np.concatenate([some, -some]).astype(np.float32)
    near = [np.nextafter(x, np.float32(side)) for side in (-np.inf, np.inf)]
    x = np.concatenate([x, *near, np.float32([np.nan, 3.4e38, -3.4e38])])[:, None]
    x[np.isinf(x)] = 0
    model = Model.from_sklearn(FunctionTransformer(function).fit(x))
    np.testing.assert_array_equal(model.transform(x), function(x))
    ten = Model.from_sklearn(FunctionTransformer(function).fit(x), offset=[10])
    x = np.arange(-9.0, 9.0, 0.25)[:, None] + 10
    np.testing.assert_array_equal(ten.transform(x), function(x))


@pytest.mark.parametrize(
    "function",
    [np.round, np.floor, np.trunc, np.sign, np.cbrt, np.arctan, np.sinh, np.arcsinh],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_trees_read_through_functions_that_never_fall(function, dtype):
    """So they need no op, and no stage."""
    rng = np.random.default_rng(0)
    X = np.round(rng.normal(size=(300, 4)) * [1, 3, 10, 2], 1)
    y = (X[:, 0] + X[:, 1] / 3 > X[:, 2] / 5) + (X[:, 3] > 0)
    rows = X.astype(dtype)
    for trees in (
        DecisionTreeClassifier(random_state=0),
        HistGradientBoostingClassifier(max_iter=5, random_state=0),
    ):
        steps = (StandardScaler(), FunctionTransformer(function), trees)
        original = make_pipeline(*steps).fit(rows, y)
        model = Model.from_sklearn(original, X=rows)
        assert not {"abs", "affine", "weighted_sum"} & {
            stage.name for stage in model.stages
        }
        wanted = original.predict_proba(rows)
        np.testing.assert_allclose(model.predict_proba(rows), wanted, atol=1e-6)


def test_functions_without_an_op_stand_in_front_of_trees_alone():
    x = data("iris")[0]
    tree = DecisionTreeRegressor().fit(np.arctan(x), x[:, 0])
    union = make_union(FunctionTransformer(np.arctan), StandardScaler())
    with pytest.raises(UnsupportedModelError, match="in front of trees also cbrt"):
        Model.from_sklearn(union.fit(x))
    whole = make_pipeline(FunctionTransformer(np.arctan), tree).fit(x, x[:, 0])
    assert [s.name for s in Model.from_sklearn(whole).stages] == ["trees_sum_f32"]


@pytest.mark.parametrize("names", [("a_min", "a_max"), ("min", "max")])
def test_clip_between_two_numbers(names):
    x = data("iris")[0]
    bounds = dict(zip(names, (1, np.float64(4.5)), strict=True))
    transformer, model = convert(FunctionTransformer(np.clip, kw_args=bounds), x)
    assert np.array_equal(model.transform(x), np.clip(x, 1, 4.5))
    assert error(transformer, model, x) == 0


@pytest.mark.parametrize(
    ("function", "options"),
    [
        *((getattr(np, name), None) for name in ("sin", "cbrt", "arctan")),
        (np.round, {"decimals": 1}),
        (lambda x: x + 1, None),
        (np.log1p, {"where": True}),
        (np.clip, {"a_min": 0}),
        (np.clip, {"a_min": 0, "a_max": None}),
        (np.clip, {"a_min": 3, "a_max": 2}),
        (np.clip, {"a_min": [1, 2, 3, 4], "a_max": 5}),
        (np.clip, {"min": 1, "a_max": 5}),
    ],
)
def test_functions_that_are_not_supported(function, options):
    x = data("iris")[0]
    transform = FunctionTransformer(function, kw_args=options)
    with pytest.raises(UnsupportedModelError) as caught:
        Model.from_sklearn(transform.fit(x))
    text = str(caught.value)
    assert repr(function) in text
    assert "supported are None, numpy's absolute, around, ceil, cos," in text
    assert "kw_args a_min and a_max, two numbers; in front of trees also cbrt" in text
    assert options is None or f"with kw_args={options!r}" in text


def test_what_a_scaler_has():
    x = data("iris")[0]
    model = Model.from_sklearn(StandardScaler().fit(x))
    assert not hasattr(model, "predict")
    with pytest.raises(AttributeError, match="transformer without predict"):
        _ = model.predict
    assert model.program.missing
    gap = x[:2].copy()
    gap[0, 1] = np.nan
    assert np.isnan(model.transform(gap)).tolist()[0] == [False, True, False, False]
    strict = Model.from_sklearn(Normalizer().fit(x))
    with pytest.raises(ValueError, match="NaN"):
        strict.transform(gap)


def test_parameters_too_large():
    scaler = StandardScaler().fit(data("iris")[0])
    scaler.scale_ = np.full(4, 1e-44)
    with pytest.raises(UnsupportedModelError, match="too large for float32"):
        Model.from_sklearn(scaler)


@st.composite
def matrices(draw):
    """float32 rows of any scale and offset, with repeats."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, columns = draw(st.integers(3, 60)), draw(st.integers(1, 5))
    x = rng.normal(size=(n, columns)) * 10.0 ** draw(st.integers(-12, 12))
    x += draw(st.sampled_from([0.0, 1.0, -30.0])) * abs(x).max(axis=0)
    if draw(st.booleans()):
        x = np.round(x / abs(x).max() * 4)
    x[rng.random(x.shape) < draw(st.sampled_from([0, 0, 0.2]))] = np.nan
    x[0] = 1.0
    return x.astype(np.float32)


SCALERS = st.sampled_from(
    [*LINEAR.values(), lambda: QuantileTransformer(n_quantiles=7)]
)


@settings(max_examples=draws(120), derandomize=True, deadline=None)
@given(matrices(), SCALERS)
def test_random_scalers(x, make):
    transformer, model = convert(make(), x)
    rows = np.concatenate([x, np.nextafter(x, np.float32(0)), x * np.float32(1.5)])
    assert error(transformer, model, rows) <= 2e-6
