# SPDX-License-Identifier: MIT
"""Pipelines, unions and transformers of columns; trees behind scalers."""

import hypothesis.strategies as st
import numpy as np
import pytest
from draws import draws
from hypothesis import given, settings
from prep_reference import (
    SCALES,
    SETS,
    bits,
    check_paths,
    convert,
    data,
    error,
    fitted,
    transformed,
    with_gaps,
)
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_selection import (
    RFE,
    RFECV,
    GenericUnivariateSelect,
    SelectFdr,
    SelectFpr,
    SelectFromModel,
    SelectFwe,
    SelectKBest,
    SelectPercentile,
    SequentialFeatureSelector,
    VarianceThreshold,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from emlrt import Model
from emlrt.errors import UnsupportedModelError

#: Never falling, element by element: folded into a tree's thresholds.
RISING = {
    "standard": StandardScaler,
    "min-max": MinMaxScaler,
    "clip": lambda: MinMaxScaler((-1, 1), clip=True),
    "max-abs": MaxAbsScaler,
    "robust": RobustScaler,
    "binarizer": lambda: Binarizer(threshold=0.2),
    "bins": lambda: KBinsDiscretizer(4, encode="ordinal", random_state=0),
    "two": lambda: make_pipeline(RobustScaler(), MinMaxScaler((0, 7))),
    "selected": lambda: make_pipeline(StandardScaler(), SelectKBest(k=2)),
}


def bisected(before, forest, x, rng, n=40):
    """Rows whose elements lie right at the thresholds of the trees behind."""
    trees = [e.tree_ for e in getattr(forest, "estimators_", [forest])]
    low, high = x.min(axis=0), x.max(axis=0)
    rows = rng.uniform(low, high, (n, x.shape[1])).astype(np.float32)
    asked = []
    for k in range(n):
        tree = trees[rng.integers(len(trees))]
        node = rng.integers(tree.node_count)
        if tree.children_left[node] >= 0:
            asked.append((k, tree.feature[node], tree.threshold[node]))
    if asked:
        at, feature, threshold = map(np.array, zip(*asked, strict=True))
        a, b = (np.tile(end, (at.size, 1)) for end in (low, high))
        for _ in range(60):  # the segment from all lowest to all highest
            m = ((a.astype(float) + b) / 2).astype(np.float32)
            y = transformed(before, m)[np.arange(at.size), feature]
            left = (np.float32(y) <= threshold)[:, None]
            a, b = np.where(left, m, a), np.where(left, b, m)
        rows[at] = a
    return np.concatenate([rows, np.nextafter(rows, np.float32(1e38)), x])


def check_exact(pipeline, x):
    """The scores that the trees alone give for what scikit-learn transforms, of rows
    that the model was settled with: float32 numbers, held as float64."""
    model = Model.from_sklearn(pipeline, X=x.astype(np.float64))
    *steps, (_, forest) = pipeline.steps
    z = np.ascontiguousarray(transformed(Pipeline(steps), x), np.float32)
    alone = Model.from_sklearn(forest)
    np.testing.assert_array_equal(
        bits(model._runtime.scores(np.ascontiguousarray(x))),
        bits(alone._runtime.scores(z)),
    )


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", SETS)
def test_trees_behind_scalers_are_exact(name, scale):
    x, y = data(name, scale)
    rng = np.random.default_rng(1)
    for kind, make in RISING.items():
        if scale == "small" and kind == "bins":
            continue  # narrower than scikit-learn's bins may be
        if name == "diabetes":
            forest = RandomForestRegressor(4, max_depth=6, random_state=0)
        else:
            forest = RandomForestClassifier(4, random_state=0)
        pipeline, model = convert(make_pipeline(make(), forest), x, y)
        assert [s.name[:5] for s in model.stages] == ["trees"], kind
        rows = bisected(pipeline[:-1], pipeline[-1], x, rng, 20)
        check_exact(pipeline, rows)
        assert model.program.missing == (kind not in ("binarizer", "bins", "selected"))


@st.composite
def problems(draw):
    """Rows of any scale, and what stands in front of the trees."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, columns = draw(st.integers(8, 60)), draw(st.integers(1, 6))
    x = rng.normal(size=(n, columns)) * 10.0 ** draw(st.integers(-20, 20))
    x += draw(st.sampled_from([0.0, 1.0, 1e4])) * abs(x).max(axis=0)
    if draw(st.booleans()):
        x = np.round(x / abs(x).max() * 5)
    x = x.astype(np.float32)
    names = [k for k in RISING if k not in ("bins", "selected")]
    steps = [
        RISING[draw(st.sampled_from(names))]()
        for _ in range(draw(st.sampled_from([1, 1, 2])))
    ]
    y = rng.integers(0, 3, n)
    cls = draw(st.sampled_from([DecisionTreeClassifier, DecisionTreeRegressor]))
    return rng, x, y, make_pipeline(*steps, cls(random_state=0))


@settings(max_examples=draws(120), derandomize=True, deadline=None)
@given(problems())
def test_random_trees_behind_scalers_are_exact(problem):
    rng, x, y, pipeline = problem
    pipeline, model = convert(pipeline, x, y)
    assert len(model.stages) == 1
    rows = bisected(pipeline[:-1], pipeline[-1], x, rng, 12)
    steps = rng.integers(-3, 4, rows.shape).astype(np.int32)
    moved = (rows.view(np.int32) + steps).view(np.float32)
    moved = np.where(np.isfinite(moved), moved, rows)
    check_exact(pipeline, np.concatenate([rows, moved]))


def test_missing_values_of_an_imputer_go_into_the_trees():
    x, y = data("wine")
    gaps = with_gaps(x)
    for strategy in ("mean", "median", "most_frequent", "constant"):
        imputer = SimpleImputer(strategy=strategy)
        forest = RandomForestClassifier(9, random_state=0)
        pipeline = make_pipeline(imputer, StandardScaler(), forest)
        pipeline, model = convert(pipeline, gaps, y)
        assert len(model.stages) == 1
        assert model.program.missing
        check_exact(pipeline, with_gaps(x, 0.5, seed=3))


def test_falling_scales_are_not_folded():
    x, y = data("iris")
    pipeline = fitted(make_pipeline(StandardScaler(), DecisionTreeClassifier()), x, y)
    pipeline[0].scale_ = pipeline[0].scale_ * [1, 1, -1, 1]
    pipeline[1].fit(pipeline[0].transform(x), y)
    model = Model.from_sklearn(pipeline)
    assert [s.name for s in model.stages] == ["affine", "trees_vote_f32"]
    np.testing.assert_array_equal(model.predict(x), pipeline.predict(x))


def test_integer_inputs_reach_trees_through_a_scaler():
    x, y = data("digits")
    pipeline = make_pipeline(
        MinMaxScaler(), SelectKBest(k=20), RandomForestClassifier(5, random_state=0)
    )
    pipeline = fitted(pipeline, x, y)
    for dtype in ("uint8", "int16"):
        model = Model.from_sklearn(pipeline, dtype=dtype, X=x)
        assert len(model.stages) == 1
        assert model.stages[0].name.endswith(dtype[0] + dtype.strip("uint"))
        expected = pipeline.predict_proba(x.astype(np.float64))
        np.testing.assert_allclose(model.predict_proba(x), expected, atol=1e-6)


def columns(remainder="drop", **options):
    return ColumnTransformer(
        [
            ("scaled", StandardScaler(), [3, 0]),
            ("kept", "passthrough", slice(4, 6)),
            ("binned", KBinsDiscretizer(3, encode="onehot-dense"), [6]),
            ("chosen", RobustScaler(), lambda frame: [1, 2]),
            ("mask", "drop", [False] * 7 + [True] + [False] * 5),
            ("none", MinMaxScaler(), []),
        ],
        remainder=remainder,
        **options,
    )


@pytest.mark.parametrize("remainder", ["drop", "passthrough", MinMaxScaler()])
@pytest.mark.parametrize("weights", [None, {"scaled": 2.0, "binned": -0.5}])
def test_columns(remainder, weights):
    x, _ = data("wine")
    transformer, model = convert(columns(remainder, transformer_weights=weights), x)
    assert error(transformer, model, x) <= 1e-6
    assert not model.program.missing  # KBinsDiscretizer refuses NaN
    check_paths(model, x)


def test_columns_by_name():
    pandas = pytest.importorskip("pandas")
    x, y = data("iris")
    names = ["a", "b", "c", "d"]
    frame = pandas.DataFrame(x, columns=names)
    transformer = ColumnTransformer(
        [("one", StandardScaler(), ["c", "a"]), ("two", "passthrough", ["d"])]
    )
    pipeline = make_pipeline(transformer, DecisionTreeClassifier(random_state=0))
    model = Model.from_sklearn(pipeline.fit(frame, y))
    assert model.feature_names_in_.tolist() == names
    np.testing.assert_array_equal(model.predict(frame), pipeline.predict(frame))


def test_unions():
    x, y = data("wine")
    union = FeatureUnion(
        [
            ("whole", "passthrough"),
            ("gone", "drop"),
            ("scaled", StandardScaler()),
            ("both", make_pipeline(MinMaxScaler(), PolynomialFeatures(2))),
            ("some", SelectKBest(k=3)),
        ],
        transformer_weights={"scaled": 0.25},
    )
    union, model = convert(union, x, y)
    assert error(union, model, x) <= 1e-6
    check_paths(model, x)
    pipeline = make_pipeline(union, RandomForestClassifier(5, random_state=0))
    pipeline, model = convert(pipeline, x, y)
    expected = pipeline.predict_proba(x.astype(np.float64))
    assert abs(model.predict_proba(x) - expected).max() < 0.21  # a tree at most
    assert (model.predict(x) == pipeline.predict(x.astype(np.float64))).mean() > 0.99


SELECTORS = {
    "k-best": lambda: SelectKBest(k=4),
    "percentile": lambda: SelectPercentile(percentile=40),
    "fpr": lambda: SelectFpr(alpha=1e-6),
    "fdr": lambda: SelectFdr(alpha=1e-6),
    "fwe": lambda: SelectFwe(alpha=1e-6),
    "univariate": lambda: GenericUnivariateSelect(mode="k_best", param=3),
    "variance": lambda: VarianceThreshold(1.0),
    "model": lambda: SelectFromModel(RandomForestClassifier(5, random_state=0)),
    "sequential": lambda: SequentialFeatureSelector(
        DecisionTreeClassifier(random_state=0), n_features_to_select=2, cv=2
    ),
    "rfe": lambda: RFE(DecisionTreeClassifier(random_state=0), n_features_to_select=3),
}


@pytest.mark.parametrize("kind", SELECTORS)
def test_selectors(kind):
    x, y = data("wine")
    selector, model = convert(SELECTORS[kind](), x, y)
    assert error(selector, model, x) == 0
    forest = RandomForestClassifier(5, random_state=0)
    pipeline, model = convert(make_pipeline(SELECTORS[kind](), forest), x, y)
    assert len(model.stages) == 1
    check_exact(pipeline, x)


@pytest.mark.parametrize("cls", [RFE, RFECV])
@pytest.mark.parametrize(
    "estimator",
    [RandomForestClassifier(3, random_state=0), LogisticRegression(max_iter=5000)],
)
def test_rfe_predicts_too(cls, estimator):
    x, y = data("wine", "standard")
    selector, model = convert(cls(estimator), x, y)
    x64 = x.astype(np.float64)
    np.testing.assert_array_equal(model.predict(x), selector.predict(x64))
    expected = selector.predict_proba(x64)
    np.testing.assert_allclose(model.predict_proba(x), expected, atol=2e-6)
    assert error(selector, model, x) == 0
    for name in ("decision_function", "score_samples", "predict_log_proba"):
        assert hasattr(model, name) == hasattr(selector, name), name


def test_nothing_selected():
    x, y = data("iris")
    selector = fitted(SelectKBest(k=1), x, y)
    selector._get_support_mask = lambda: np.zeros(4, bool)
    with pytest.raises(UnsupportedModelError, match="SelectKBest selects no feature"):
        Model.from_sklearn(selector)


FRONTS = {
    "standard": StandardScaler,
    "min-max": MinMaxScaler,
    "power": PowerTransformer,
    "quantiles": lambda: QuantileTransformer(n_quantiles=50),
    "norm": Normalizer,
    "select": lambda: make_pipeline(StandardScaler(), SelectKBest(k=4)),
    "square": lambda: make_pipeline(StandardScaler(), PolynomialFeatures(2)),
}


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", SETS)
def test_linear_models_behind_scalers(name, scale, record_property):
    x, y = data(name, scale)
    if name == "digits":
        x, y = x[:600, 10:30], y[:600]
    for kind, make in FRONTS.items():
        if name == "diabetes":
            pipeline, model = convert(make_pipeline(make(), LinearRegression()), x, y)
            expected = pipeline.predict(x.astype(np.float64))
            off = abs(model.predict(x) - expected).max() / abs(expected).max()
            assert off <= 1e-5, kind
        else:
            last = LogisticRegression(max_iter=200)
            pipeline, model = convert(make_pipeline(make(), last), x, y)
            expected = pipeline.predict_proba(x.astype(np.float64))
            off = abs(model.predict_proba(x) - expected).max()
            noise = 1e-4 if kind == "power" and scale != "standard" else 0
            assert off <= 2e-6 + noise, kind
        record_property(kind, float(off))
    check_paths(model, x)


def test_what_a_pipeline_has():
    x, y = data("iris")
    names = np.array(["p", "q", "r"])[y]
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, names)
    model = Model.from_sklearn(pipeline)
    np.testing.assert_array_equal(model.classes_, pipeline.classes_)
    np.testing.assert_array_equal(model.predict(x), pipeline.predict(x))
    for name in ("transform", "score_samples", "decision_function", "predict_proba"):
        assert hasattr(model, name) == hasattr(pipeline, name), name
    only = Model.from_sklearn(pipeline[:1])
    assert hasattr(only, "transform")
    assert not hasattr(only, "predict")


def test_steps_that_do_nothing():
    x, y = data("iris")
    tree = DecisionTreeClassifier(random_state=0)
    for steps in (
        ["passthrough", StandardScaler(), tree],
        [FunctionTransformer(), None, tree],
        [StandardScaler(), "passthrough"],
        ["passthrough", make_pipeline("passthrough", MinMaxScaler()), "passthrough"],
    ):
        pipeline = Pipeline([(str(i), step) for i, step in enumerate(steps)])
        pipeline, model = convert(pipeline, x, y)
        assert model.n_features_in_ == 4
        if hasattr(pipeline, "predict"):
            np.testing.assert_array_equal(model.predict(x), pipeline.predict(x))
        else:
            assert error(pipeline, model, x) <= 1e-6
    nothing = Pipeline([("a", "passthrough")]).fit(x)
    with pytest.raises(UnsupportedModelError, match="how many features"):
        Model.from_sklearn(nothing)


def test_a_step_that_is_not_supported():
    class Mine(StandardScaler):
        def transform(self, X):
            return X

    x, y = data("iris")
    pipeline = make_pipeline(Mine(), DecisionTreeClassifier()).fit(x, y)
    with pytest.raises(UnsupportedModelError, match="Mine overrides"):
        Model.from_sklearn(pipeline)


@pytest.mark.parametrize(
    ("steps", "accepts"),
    [
        ([StandardScaler()], True),
        ([Normalizer()], False),
        ([SimpleImputer(), Normalizer()], True),
        ([StandardScaler(), SimpleImputer(), LogisticRegression()], True),
        ([StandardScaler(), LogisticRegression()], False),
        ([StandardScaler(), DecisionTreeClassifier()], True),
        ([SimpleImputer(missing_values=-1), DecisionTreeClassifier()], False),
        ([FunctionTransformer(), DecisionTreeClassifier()], True),
        ([OneHotEncoder(handle_unknown="ignore"), LogisticRegression()], True),
        ([Normalizer(), SimpleImputer(), DecisionTreeClassifier()], False),
    ],
)
def test_nan_is_accepted_where_the_original_does(steps, accepts):
    x, y = data("iris")
    pipeline, model = convert(make_pipeline(*steps), np.round(x), y)
    gaps = np.round(with_gaps(x))
    method = "predict" if hasattr(pipeline, "predict") else "transform"
    assert model.program.missing == accepts
    if not accepts:
        with pytest.raises(ValueError, match="NaN"):
            getattr(pipeline, method)(gaps)
        with pytest.raises(ValueError, match="NaN"):
            getattr(model, method)(gaps)
        return
    expected = getattr(pipeline, method)(gaps.astype(np.float64))
    found = getattr(model, method)(gaps)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_nested_in_columns():
    """Imputers in parts: NaN is accepted if every part does."""
    x, y = data("wine")
    gaps = with_gaps(x)
    for last, accepts in ((SimpleImputer(), True), (Normalizer(), False)):
        transformer = ColumnTransformer(
            [
                ("a", make_pipeline(SimpleImputer(), Normalizer()), [0, 1, 2]),
                ("b", last, [5, 6, 7]),
            ]
        )
        pipeline = make_pipeline(transformer, LogisticRegression(max_iter=5000))
        filled = gaps if accepts else np.nan_to_num(gaps)
        pipeline, model = convert(pipeline, filled, y)
        assert model.program.missing == accepts
        expected = pipeline.predict_proba(filled.astype(np.float64))
        np.testing.assert_allclose(model.predict_proba(filled), expected, atol=2e-6)


def test_regressors_behind_powers_and_imputers():
    x, y = data("diabetes")
    pipeline = make_pipeline(
        SimpleImputer(add_indicator=True),
        PowerTransformer(),
        ExtraTreesRegressor(5, random_state=0),
    )
    pipeline, model = convert(pipeline, with_gaps(x), y)
    found, expected = model.predict(x), pipeline.predict(x.astype(np.float64))
    assert (abs(found - expected) <= 1e-4 * abs(expected)).mean() > 0.98


@pytest.mark.parametrize(
    "columns",
    [slice(0, 2), [0, 1], 0, np.array([True, False, True, False]), [-1], []],
    ids=str,
)
def test_columns_of_every_form(columns):
    X, y = load_iris(return_X_y=True)
    one = "drop" if isinstance(columns, int) else StandardScaler()
    parts = [("a", one, columns), ("b", StandardScaler(), [2, 3])]
    fitted = make_pipeline(ColumnTransformer(parts), LogisticRegression()).fit(X, y)
    model = Model.from_sklearn(fitted)
    assert (model.predict(X) == fitted.predict(X)).all()
