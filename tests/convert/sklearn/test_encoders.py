# SPDX-License-Identifier: MIT
"""Imputers, bins and encoders of categories, against scikit-learn."""

import hypothesis.strategies as st
import numpy as np
import pytest
from draws import draws
from hypothesis import given, settings
from prep_reference import (
    SCALES,
    SETS,
    check_paths,
    convert,
    data,
    error,
    fitted,
    transformed,
    with_gaps,
)
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer, MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer,
    OneHotEncoder,
    OrdinalEncoder,
    SplineTransformer,
    TargetEncoder,
)
from sklearn.tree import DecisionTreeClassifier

from emlrt import Model, known_values
from emlrt.errors import FormatError, UnsupportedModelError

STRATEGIES = ("mean", "median", "most_frequent", "constant")


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", SETS)
def test_imputers(name, scale):
    x = with_gaps(data(name, scale)[0])
    for strategy in STRATEGIES:
        imputer, model = convert(SimpleImputer(strategy=strategy), x)
        assert error(imputer, model, x) <= 1e-7
        assert model.program.missing
    check_paths(model, x)


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("add", [False, True])
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("mark", [np.nan, -5, 0.0])
def test_imputer_options(mark, strategy, add, keep):
    x = with_gaps(data("wine")[0][:, :6])
    x[:, 2] = np.nan  # nothing seen
    x = np.where(np.isnan(x), np.float32(mark), x)
    imputer = SimpleImputer(
        missing_values=mark,
        strategy=strategy,
        add_indicator=add,
        keep_empty_features=keep,
        fill_value=7.25 if strategy == "constant" else None,
    )
    imputer, model = convert(imputer, x)
    assert error(imputer, model, x) <= 1e-7
    assert model.program.missing == np.isnan(mark)
    check_paths(model, x)


@pytest.mark.parametrize("mark", [np.nan, 3.0])
@pytest.mark.parametrize("features", ["missing-only", "all"])
def test_indicators(features, mark):
    x = with_gaps(data("iris")[0])
    x[:, 1] = 0.5
    x = np.where(np.isnan(x), np.float32(mark), x)
    indicator = MissingIndicator(missing_values=mark, features=features)
    indicator, model = convert(indicator, x)
    assert error(indicator, model, x) == 0
    check_paths(model, x)


def test_imputers_that_are_not_supported():
    x = data("iris")[0]
    nothing = fitted(SimpleImputer(), np.full((3, 2), np.nan))
    with pytest.raises(UnsupportedModelError, match="keeps no feature"):
        Model.from_sklearn(nothing)
    with pytest.raises(UnsupportedModelError, match="nothing was missing"):
        Model.from_sklearn(MissingIndicator().fit(x))
    words = np.array([["a"], ["b"]], object)
    strings = SimpleImputer(strategy="most_frequent").fit(words)
    with pytest.raises(UnsupportedModelError, match="strings"):
        Model.from_sklearn(strings)
    absent = SimpleImputer(missing_values="?", strategy="most_frequent")
    with pytest.raises(UnsupportedModelError, match=r"missing_values='\?'"):
        Model.from_sklearn(absent.fit(np.array([["1"], ["?"]], object)))
    for estimator in (KNNImputer(), IterativeImputer(), SplineTransformer()):
        name = type(estimator).__name__
        with pytest.raises(UnsupportedModelError, match=f"{name} is not converted"):
            Model.from_sklearn(estimator.fit(x))


@pytest.mark.parametrize("encode", ["ordinal", "onehot", "onehot-dense"])
@pytest.mark.parametrize("strategy", ["uniform", "quantile", "kmeans"])
@pytest.mark.parametrize("name", SETS)
def test_bins(name, strategy, encode):
    for scale in ("raw", "standard", "big"):
        x = data(name, scale)[0]
        binner = KBinsDiscretizer(
            4, encode=encode, strategy=strategy, random_state=0, subsample=None
        )
        binner, model = convert(binner, x)
        edges = np.stack([e[[0, 1, -2, -1]] for e in binner.bin_edges_], axis=1)
        edges = edges.clip(x.min(), x.max()).astype(np.float32)  # constant: infinite
        sides = [np.nextafter(edges, np.float32(s)) for s in (-1e38, 1e38)]
        rows = np.concatenate([x, edges, *sides])
        model = Model.from_sklearn(binner, X=rows.astype(np.float64))
        assert error(binner, model, rows) == 0
    check_paths(model, x)


def categories(gaps=True, seed=4):
    rng = np.random.default_rng(seed)
    x = np.stack(
        [
            rng.integers(-2, 3, 150),
            rng.geometric(0.4, 150),
            rng.choice([0.5, 1e6, -3.25e-5], 150),
            rng.integers(0, 2, 150),
        ],
        axis=1,
    ).astype(np.float32)
    return with_gaps(x, 0.1) if gaps else x


ONE_HOT = [
    {},
    {"drop": "first"},
    {"drop": "if_binary"},
    {"handle_unknown": "ignore"},
    {"handle_unknown": "ignore", "drop": "first"},
    {"handle_unknown": "infrequent_if_exist", "min_frequency": 6},
    {"handle_unknown": "infrequent_if_exist", "max_categories": 3},
    {"handle_unknown": "infrequent_if_exist", "max_categories": 3, "drop": "first"},
    {"handle_unknown": "infrequent_if_exist"},
    {"handle_unknown": "warn", "max_categories": 2},
    {"max_categories": 2, "sparse_output": False},
]


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("options", ONE_HOT, ids=str)
def test_one_hot(options, gaps):
    x = categories(gaps)
    encoder, model = convert(OneHotEncoder(**options), x)
    rows = x
    if options.get("handle_unknown", "error") != "error":
        rows = np.concatenate([x, x + np.float32(0.25), x * 100, with_gaps(x, 0.3)])
    assert error(encoder, model, rows) == 0
    check_paths(model, x)


def test_unknown_categories():
    """They raise; in C they give zeros, NaN, or what is known without them."""
    x = categories()
    encoder, model = convert(OneHotEncoder(), x)
    row = x[:1].copy()
    row[0, 0] = 77
    with pytest.raises(ValueError, match="unknown"):
        encoder.transform(row.astype(float))
    unknown = r"unknown category 77\.0 in column 0 \(row 1\)"
    _, ordinal = convert(OrdinalEncoder(), x)
    for one in (model, ordinal):
        for method in (one.transform, one.scores):
            with pytest.raises(ValueError, match=unknown):
                method(np.concatenate([x[:1], row]))
        assert one.transform(x[:1]).shape[0] == 1
    width = len(encoder.categories_[0])
    firmware = model._runtime.firmware(row.astype(np.float32))
    assert not firmware[:width].any()
    assert np.isnan(ordinal._runtime.firmware(row.astype(np.float32))[0])
    # without the methods a model does not know what raises
    assert not model.strip().scores(row)[0, :width].any()


def table(kind):
    """Decimals, of which the second column has some that are missing."""
    x = np.random.default_rng(0).integers(0, 4, (60, 3)).astype(kind) * kind(0.7)
    return x


@pytest.mark.parametrize("kind", [np.float32, np.float64, int])
@pytest.mark.parametrize("drop", [None, "first", "if_binary"])
def test_unknown_categories_behind_other_steps(kind, drop):
    x = table(kind) if kind is not int else table(np.float64).astype(int)
    y = np.arange(60) % 2
    encode = ColumnTransformer(
        [("one", OneHotEncoder(drop=drop), [2]), ("same", "passthrough", [0])]
    )
    fitted = make_pipeline(encode, DecisionTreeClassifier(max_depth=3)).fit(x, y)
    model = Model.from_sklearn(fitted)
    assert (model.predict(x) == fitted.predict(x)).all()
    for value in (np.array(9), np.array(-1)):
        row = x[:1].astype(np.float64)
        row[0, 0] = value
        assert model.predict(row) == fitted.predict(row)
        row[0, 2] = value
        for original in (fitted, model):
            with pytest.raises(ValueError, match="unknown"):
                original.predict(row)


def test_unknown_categories_behind_an_imputer():
    x = table(np.float64)
    x[::7, 1] = np.nan
    y = np.arange(60) % 2
    tree = DecisionTreeClassifier(max_depth=3)
    imputer = SimpleImputer(strategy="most_frequent")
    fitted = make_pipeline(imputer, OneHotEncoder(), tree).fit(x, y)
    model = Model.from_sklearn(fitted)
    assert (model.predict(x) == fitted.predict(x)).all()
    row = x[:1].copy()
    row[0, 1] = 0.8
    for original in (fitted, model):
        with pytest.raises(ValueError, match="unknown"):
            original.predict(row)


def test_missing_categories_that_were_not_met():
    x = table(np.float32)
    x[3, 1] = np.nan
    for make in (OneHotEncoder, OrdinalEncoder):
        encoder, model = convert(make(), x)
        row = x[:1].copy()
        row[0, 1] = np.nan
        assert np.array_equal(
            model.transform(row), np.asarray(transformed(encoder, row)), equal_nan=True
        )
        row[0, 0] = np.nan
        for original in (encoder, model):
            with pytest.raises(ValueError, match="unknown"):
                original.transform(row.astype(float))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("known:9=[1]", "unknown numbers"),
        ("known:0=[1,]", "unknown numbers"),
        ("known:0=[1, [2]]", "unknown numbers"),
        ("known:0=x", "unknown numbers"),
        ("known:0=[1, 2, 1.0]", "unknown numbers"),
        ("known:0=[null, 3, null]", "unknown numbers"),
        ("known:0=[1e999]", "unknown numbers"),
        ("known:0=[-1e999, 1]", "unknown numbers"),
        ("known:0=[" + "9" * 400 + "]", "unknown numbers"),
        ("known:=[1]", "unknown numbers"),
    ],
)
def test_damaged_texts_of_known_numbers(text, words):
    with pytest.raises(FormatError, match=words):
        known_values.read([text], 3)


def test_known_numbers_in_a_text_and_back():
    given = {0: np.array([1.0, 2.5, -3e30, np.nan]), 7: 5, 2: np.array([])}
    texts = [known_values.text_of(column, numbers) for column, numbers in given.items()]
    assert texts[0] == "known:0=[1, 2.5, -3e+30, null]"
    assert texts[1] == "known:7=5"
    found = known_values.read([*texts, "classifier", "predict=class"], 8)
    assert found.keys() == given.keys()
    for column, numbers in given.items():
        np.testing.assert_array_equal(found[column], numbers)


ORDINAL = [
    {},
    {"encoded_missing_value": -1},
    {"handle_unknown": "use_encoded_value", "unknown_value": -9},
    {"handle_unknown": "use_encoded_value", "unknown_value": np.nan},
    {
        "handle_unknown": "use_encoded_value",
        "unknown_value": 99,
        "encoded_missing_value": 98,
    },
    {"min_frequency": 6},
    {"max_categories": 3, "handle_unknown": "use_encoded_value", "unknown_value": -1},
]


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("options", ORDINAL, ids=str)
def test_ordinal(options, gaps):
    x = categories(gaps)
    encoder, model = convert(OrdinalEncoder(**options), x)
    rows = x
    if "handle_unknown" in options:
        rows = np.concatenate([x, x + np.float32(0.25), with_gaps(x, 0.3)])
    assert error(encoder, model, rows) == 0
    check_paths(model, x)


@pytest.mark.parametrize("kind", ["binary", "multiclass", "continuous"])
def test_target(kind):
    x, rng = categories(), np.random.default_rng(5)
    y = {
        "binary": rng.integers(0, 2, 150),
        "multiclass": rng.integers(0, 4, 150),
        "continuous": rng.normal(size=150),
    }[kind]
    encoder, model = convert(TargetEncoder(target_type=kind, random_state=0), x, y)
    rows = np.concatenate([x, x + np.float32(0.25), with_gaps(x, 0.3)])
    assert error(encoder, model, rows) <= 1e-7
    check_paths(model, x)


def test_categories_that_are_no_numbers():
    words = np.array([["a", 1], ["b", 2]], object)
    for encoder in (OneHotEncoder(), OrdinalEncoder()):
        with pytest.raises(UnsupportedModelError, match="categories that are no num"):
            Model.from_sklearn(encoder.fit(words))


def test_categories_that_float32_confuses():
    x = np.array([[1.0], [1.0 + 1e-12]])
    for encoder in (OneHotEncoder(), OrdinalEncoder()):
        with pytest.raises(UnsupportedModelError, match="cannot tell apart"):
            Model.from_sklearn(encoder.fit(x))


def test_categories_of_objects_and_booleans():
    for x in (np.array([[1, True], [2, False]], object), np.array([[True], [False]])):
        encoder = OneHotEncoder().fit(x)
        model = Model.from_sklearn(encoder)
        expected = encoder.transform(x).toarray()
        np.testing.assert_array_equal(model.transform(x.astype(np.float32)), expected)


def test_encoders_in_front_of_trees():
    x = categories()
    y = np.random.default_rng(6).integers(0, 3, len(x))
    unknown = {"handle_unknown": "use_encoded_value", "unknown_value": np.nan}
    for encoder in (
        OneHotEncoder(handle_unknown="ignore"),
        OrdinalEncoder(**unknown),
        make_pipeline(SimpleImputer(add_indicator=True), OrdinalEncoder(**unknown)),
    ):
        forest = RandomForestClassifier(7, random_state=0)
        pipeline, model = convert(make_pipeline(encoder, forest), x, y)
        rows = np.concatenate([x, x + np.float32(0.25)])
        expected = pipeline.predict_proba(rows.astype(np.float64))
        np.testing.assert_allclose(model.predict_proba(rows), expected, atol=1e-6)


@st.composite
def tables(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, columns = draw(st.integers(4, 60)), draw(st.integers(1, 5))
    x = rng.integers(-3, draw(st.integers(-1, 20)), (n, columns)).astype(np.float32)
    x *= np.float32(draw(st.sampled_from([1, 0.1, 1e-20, 1e20])))
    return with_gaps(x, draw(st.sampled_from([0, 0, 0.2])), draw(st.integers(0, 99)))


ENCODERS = st.sampled_from(
    [
        lambda: OneHotEncoder(handle_unknown="ignore"),
        lambda: OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=3),
        lambda: OrdinalEncoder(
            handle_unknown="use_encoded_value", unknown_value=-1, max_categories=4
        ),
        lambda: OrdinalEncoder(
            handle_unknown="use_encoded_value", unknown_value=np.nan
        ),
        lambda: SimpleImputer(strategy="median", add_indicator=True),
        lambda: make_pipeline(
            SimpleImputer(strategy="most_frequent"),  # no mean, perhaps at an edge
            KBinsDiscretizer(3, random_state=0),
        ),
    ]
)


@settings(max_examples=draws(120), derandomize=True, deadline=None)
@given(tables(), ENCODERS)
def test_random_tables(x, make):
    x[0] = 1.0  # no feature without a number
    encoder, model = convert(make(), x)
    rows = np.concatenate([x, x[::-1], np.nextafter(x, np.float32(0))])
    model = Model.from_sklearn(encoder, X=rows.astype(np.float64))
    assert error(encoder, model, rows) <= 1e-7


def test_words_are_refused_with_the_rows_and_without():
    """By what the model has of them, which X would only hide."""
    pandas = pytest.importorskip("pandas")
    words = ["bath", "hall", "kitchen"] * 20
    X = pandas.DataFrame({"room": words, "heat": np.arange(60.0)})
    y = np.arange(60) % 3 > 0
    frames = {
        "encode the strings as integers outside": X,
        "encode it as integers outside": X.astype({"room": "category"}),
    }
    for said, frame in frames.items():
        front = ColumnTransformer(
            [("codes", OrdinalEncoder(), ["room"])], remainder="passthrough"
        )
        fit = HistGradientBoostingClassifier(
            max_iter=2, categorical_features="from_dtype"
        )
        fit = (fit if "it" in said else make_pipeline(front, fit)).fit(frame, y)
        for options in ({}, {"X": frame}, {"X": frame, "offset": "auto"}):
            with pytest.raises(UnsupportedModelError, match=f"{said} the model"):
                Model.from_sklearn(fit, **options)
    numbers = DecisionTreeClassifier().fit(X[["heat"]], y)
    with pytest.raises(ValueError, match="'bath', which is no number"):
        Model.from_sklearn(numbers, X=X[["room"]])
