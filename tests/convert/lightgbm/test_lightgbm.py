# SPDX-License-Identifier: MIT
"""LightGBM's models against LightGBM: decisions, sums, answers of each method."""

import numpy as np
import pytest
from draws import draws

lightgbm = pytest.importorskip("lightgbm")

from hypothesis import HealthCheck, assume, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from lightgbm_models import (  # noqa: E402
    BASE,
    EDGES,
    check_raw,
    matrix,
    probes,
    text_of,
    train,
)
from sklearn.datasets import (  # noqa: E402
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_wine,
)
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

from emlrt import Model, UnsupportedModelError  # noqa: E402
from emlrt.allowance import Allowance  # noqa: E402
from emlrt.convert.lightgbm.model import is_lightgbm  # noqa: E402
from emlrt.convert.lightgbm.trees import ensemble_of  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
QUIET = {"verbose": -1, "n_jobs": 1}
DATA = {
    "breast_cancer": load_breast_cancer,
    "wine": load_wine,
    "digits": load_digits,
    "diabetes": load_diabetes,
}
BOOSTINGS = {
    "gbdt": {},
    "dart": {"boosting": "dart", "drop_rate": 0.5},
    "rf": {"boosting": "rf", "bagging_fraction": 0.7, "bagging_freq": 1},
    "goss": {"data_sample_strategy": "goss"},
}


def load(name):
    X, y = DATA[name](return_X_y=True)
    return X.astype(np.float32), y


def check_predict(booster, X, tolerance=1e-5):
    """predict as Booster.predict, in shape too; gives the worst error."""
    found = Model.from_lightgbm(booster).predict(X)
    expected = booster.predict(X)
    assert found.shape == expected.shape
    assert found.dtype == np.float64
    scale = np.maximum(abs(expected), abs(expected).max() * 1e-2)
    worst = (abs(found - expected) / scale).max()
    assert worst <= tolerance
    return worst


def check_classifier(estimator, X):
    """predict and predict_proba as the estimator's."""
    rows = "float32" if X.dtype == np.float32 else "auto"
    model = Model.from_lightgbm(estimator, rows=rows)
    expected = estimator.predict_proba(X)
    found = model.predict_proba(X)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=2e-6)
    first, second = np.sort(expected, axis=1)[:, :-3:-1].T
    clear = first - second > 1e-6
    labels = model.predict(X)
    assert labels.dtype == estimator.predict(X).dtype
    np.testing.assert_array_equal(labels[clear], estimator.predict(X)[clear])
    np.testing.assert_array_equal(model.classes_, estimator.classes_)
    methods = {"predict", "predict_proba"}
    if hasattr(estimator, "decision_function"):  # since LightGBM 4.7
        methods.add("decision_function")
        expected, found = (m.decision_function(X) for m in (estimator, model))
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-6)
    assert set(model.methods) == methods
    return model


@pytest.mark.parametrize("boosting", BOOSTINGS)
@pytest.mark.parametrize("name", DATA)
def test_data_sets(name, boosting, record_property):
    X, y = load(name)
    params = {"objective": "regression", **BOOSTINGS[boosting]}
    if name != "diabetes":
        params["objective"] = "multiclass"
        params["num_class"] = int(y.max()) + 1
    booster = train(X, y, 20, **params)
    worst = check_raw(booster, X)
    record_property("worst", worst)
    print(name, boosting, worst, check_predict(booster, X))


@pytest.mark.parametrize("name", ["breast_cancer", "wine", "digits"])
def test_classifiers(name):
    X, y = load(name)
    labels = np.array([f"label {k}" for k in range(10)])[y]
    estimator = lightgbm.LGBMClassifier(n_estimators=40, **QUIET).fit(X, labels)
    model = check_classifier(estimator, X)
    assert model.note.endswith(
        f"LGBMClassifier, {estimator.booster_.num_trees()} trees"
    )
    assert model.estimator_type == "classifier"


def positive(y):
    return np.abs(y) + 0.5


REGRESSION = (
    *("regression", "regression_l1", "huber", "fair", "quantile", "mape"),
    *("poisson", "gamma", "tweedie"),
)


@pytest.mark.parametrize("boosting", ["gbdt", "rf"])
@pytest.mark.parametrize("reg_sqrt", [False, True])
@pytest.mark.parametrize("objective", REGRESSION)
def test_regression(objective, reg_sqrt, boosting):
    X, y = load("diabetes")
    params = {"objective": objective, "reg_sqrt": reg_sqrt, **BOOSTINGS[boosting]}
    if objective in ("regression", "fair"):
        y = y - 150  # both signs
    check_predict(train(X, positive(y) if y.min() > 0 else y, 15, **params), X)


@pytest.mark.parametrize("boosting", BOOSTINGS)
@pytest.mark.parametrize("sigmoid", [0.3, 1.0, 2.5])
@pytest.mark.parametrize(
    "objective", ["binary", "cross_entropy", "cross_entropy_lambda"]
)
def test_binary(objective, sigmoid, boosting):
    X, y = load("breast_cancer")
    params = {"objective": objective, "sigmoid": sigmoid, **BOOSTINGS[boosting]}
    booster = train(X, y, 15, **params)
    check_predict(booster, X)
    if objective == "cross_entropy_lambda":
        with pytest.raises(ValueError, match="not for cross_entropy_lambda"):
            Model.from_lightgbm(booster, classes=[0, 1])
        return
    model = Model.from_lightgbm(booster, classes=["no", "yes"])
    p = booster.predict(X)
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], p, atol=1e-6)
    clear = abs(p - 0.5) > 1e-6
    assert (np.where(p > 0.5, "yes", "no") == model.predict(X))[clear].all()


@pytest.mark.parametrize("sigmoid", [1.0, 2.0])
@pytest.mark.parametrize("objective", ["multiclass", "multiclassova"])
def test_several_classes(objective, sigmoid):
    X, y = load("wine")
    booster = train(X, y, 15, objective=objective, num_class=3, sigmoid=sigmoid)
    check_predict(booster, X)
    with pytest.raises(ValueError, match="tells 3 apart"):
        Model.from_lightgbm(booster, classes=[1, 2])
    model = Model.from_lightgbm(booster, classes=[3, 5, 9])
    expected = booster.predict(X)
    np.testing.assert_allclose(model.predict_proba(X), expected, atol=1e-6)
    assert (model.predict(X) == np.array([3, 5, 9])[expected.argmax(axis=1)]).all()


def test_one_versus_all_estimator():
    X, y = load("digits")
    estimator = lightgbm.LGBMClassifier(
        n_estimators=20, objective="multiclassova", sigmoid=1.5, **QUIET
    ).fit(X, y)
    check_classifier(estimator, X)


@pytest.mark.parametrize("objective", ["lambdarank", "rank_xendcg"])
def test_rankers(objective):
    X, y = load("breast_cancer")
    group = [69, *[100] * 5]
    estimator = lightgbm.LGBMRanker(objective=objective, n_estimators=15, **QUIET)
    estimator.fit(X, y, group=group)
    model = Model.from_lightgbm(estimator)
    np.testing.assert_allclose(model.predict(X), estimator.predict(X), atol=1e-5)
    assert model.methods == ("predict",)
    check_predict(estimator.booster_, X)


def errors(y, p):
    return p - y, np.ones_like(p)


def errors_of_3(y, p):
    return p - np.eye(3)[y.astype(int)], np.ones_like(p)


def test_custom_objectives():
    X, y = load("breast_cancer")
    estimator = lightgbm.LGBMClassifier(objective=errors, n_estimators=9, **QUIET)
    estimator.fit(X, y)
    model = Model.from_lightgbm(estimator)
    for method in ("predict", "predict_proba"):
        expected = getattr(estimator, method)(X)
        np.testing.assert_allclose(getattr(model, method)(X), expected, atol=1e-6)
    check_predict(estimator.booster_, X)
    labelled = Model.from_lightgbm(estimator.booster_, classes=[7, 8])
    raw = estimator.booster_.predict(X)
    assert (labelled.predict(X) == np.where(raw > 0, 8, 7)).all()
    np.testing.assert_allclose(labelled.decision_function(X), raw, atol=1e-6)


def test_custom_objectives_of_several_classes():
    X, y = load("wine")
    estimator = lightgbm.LGBMClassifier(objective=errors_of_3, n_estimators=9, **QUIET)
    booster = estimator.fit(X, y).booster_
    check_predict(booster, X)
    labelled = Model.from_lightgbm(booster, classes=["a", "b", "c"])
    expected = np.array(["a", "b", "c"])[booster.predict(X).argmax(axis=1)]
    assert (labelled.predict(X) == expected).all()


def test_one_class():
    X, _ = load("wine")
    estimator = lightgbm.LGBMClassifier(n_estimators=3, **QUIET)
    estimator.fit(X, np.full(len(X), "only"))
    model = Model.from_lightgbm(estimator)
    assert (model.predict(X) == "only").all()
    p = model.predict_proba(X)
    np.testing.assert_allclose(p, estimator.predict_proba(X), atol=1e-7)


def test_two_classes_as_several():
    X, y = load("breast_cancer")
    estimator = lightgbm.LGBMClassifier(
        objective="multiclass", num_class=2, n_estimators=9, **QUIET
    )
    check_classifier(estimator.fit(X, y), X)


def test_classifier_of_other_objectives_is_refused():
    X, y = load("breast_cancer")
    estimator = lightgbm.LGBMClassifier(objective="poisson", n_estimators=2, **QUIET)
    with pytest.raises(UnsupportedModelError, match="objective='poisson' and 2"):
        Model.from_lightgbm(estimator.fit(X, y))


def test_early_stopping():
    X, y = load("diabetes")
    training = lightgbm.Dataset(X[:300], y[:300])
    booster = lightgbm.train(
        {**BASE, "learning_rate": 0.3},
        training,
        90,
        valid_sets=[lightgbm.Dataset(X[300:], y[300:], reference=training)],
        callbacks=[lightgbm.early_stopping(40, verbose=False)],
        keep_training_booster=True,
    )
    assert 1 < booster.best_iteration < booster.current_iteration()
    check_predict(booster, X)
    check_raw(booster, X)


def test_infinite_thresholds():
    """Splits that ask for NaN only."""
    X = np.array([[0.0, 3], [0, 3], [np.nan, 3], [np.nan, 3]])
    rows = np.stack([EDGES, EDGES], axis=1)
    for y in ([1.0, 1, 0, 0], [0.0, 0, 1, 1]):
        booster = train(X, y, 3, objective="regression", num_leaves=2)
        assert np.isinf(text_of(booster).trees[0].threshold).all()
        check_raw(booster, rows)


def mixed(seed, n=3000, missing=0.3):
    """20 columns: 10 of categories, up to 200, and 10 of numbers; some missing."""
    rng = np.random.default_rng(seed)
    levels = [2, 3, 5, 9, 17, 33, 64, 65, 128, 200]
    codes = np.stack([rng.integers(0, k, n) for k in levels], axis=1)
    effects = [rng.normal(size=k) for k in levels]
    y = sum(e[codes[:, k]] for k, e in enumerate(effects))
    numbers = rng.normal(size=(n, 10)) * 10.0 ** np.arange(-5, 5)
    numbers[rng.random((n, 10)) < 0.2] = 0
    y = y + np.sign(numbers[:, 3]) + rng.normal(size=n) * 0.1
    X = np.hstack([codes, numbers]).astype(np.float32)
    X[rng.random(X.shape) < missing] = np.nan
    return X, y


@pytest.mark.parametrize("boosting", BOOSTINGS)
@pytest.mark.parametrize(
    "options",
    [{}, {"zero_as_missing": True}, {"use_missing": False}, {"max_cat_to_onehot": 40}],
    ids=lambda options: next(iter(options), "plain"),
)
def test_categories_and_missing_values(options, boosting):
    X, y = mixed(1)
    data = {"categorical_feature": list(range(10))}
    params = {**BOOSTINGS[boosting], **options, "objective": "regression"}
    booster = train(X, y, 15, data=data, **params, num_leaves=40)
    check_raw(booster, X)
    check_raw(booster, probes(booster, 3000))
    kinds = {k & 1 for t in text_of(booster).trees for k in t.decision.tolist()}
    assert kinds == {0, 1}


def test_integer_inputs():
    X, y = load("digits")
    booster = train(X, y, 10, objective="multiclass", num_class=10)
    for dtype in ("uint8", "int16"):
        model = Model.from_lightgbm(booster, dtype=dtype, X=X, classes=range(10))
        assert (model.predict(X) == booster.predict(X).argmax(axis=1)).all()
        np.testing.assert_allclose(
            model.predict_proba(X), booster.predict(X), atol=1e-6
        )


@pytest.mark.parametrize("encoding", ["auto", "direct", "bins"])
def test_encodings(encoding):
    X, y = load("diabetes")
    booster = train(X, y, 20, objective="regression")
    model = Model.from_lightgbm(booster, encoding=encoding)
    np.testing.assert_allclose(model.predict(X), booster.predict(X), rtol=1e-6)


def test_zeros_as_missing_values():
    """Every way in which a threshold and the side of zeros can lie."""
    zero = np.float32(1e-35)
    near = [np.nextafter(zero, np.float32(k)) for k in (0, 1)]
    around = np.array([0.0, *near, zero, 2 * zero, 1.0, 3e38], np.float32)
    around = np.concatenate([-around, around]).astype(np.float64)
    above = np.nextafter(around, 1e300)
    columns = np.arange(12.0)[:, None] * [[1.0, -1.0]]
    text = train(columns, columns[:, 0], 1, num_leaves=2).model_to_string()
    line = next(k for k in text.split("\n") if k.startswith("threshold="))
    kind = next(k for k in text.split("\n") if k.startswith("decision_type="))
    sizes = next(k for k in text.split("\n") if k.startswith("tree_sizes="))
    text = text.replace(f"{sizes}\n", "")
    X = np.stack([np.concatenate([around, EDGES]).astype(np.float32)] * 2, axis=1)
    for t in [*around, *above, 1e300, -1e300, 1.0000000180025095e-35]:
        for decision in (0, 2, 4, 6, 8, 10):
            changed = text.replace(line, f"threshold={t!r}".replace("np.float64", ""))
            changed = changed.replace("=(", "=").replace(")\n", "\n")
            changed = changed.replace(kind, f"decision_type={decision}")
            check_raw(lightgbm.Booster(model_str=changed), X)


@pytest.mark.parametrize("given", ["nothing", "X", "float32"])
@pytest.mark.parametrize("places", range(4))
def test_zeros_as_missing_values_among_decimals(places, given):
    """Thresholds of decimals are next to them: their rows go as in the original."""
    rng = np.random.default_rng(places)
    for seed in range(3):
        X = np.round(rng.normal(size=(4000, 3)) * [1, 10, 0.1], places)
        X[rng.random(X.shape) < 0.3] = 0
        y = X[:, 0] * 2 + np.sin(X[:, 1]) + (X[:, 2] == 0) + rng.normal(size=4000)
        booster = train(
            X[:500],
            y[:500],
            20,
            objective="regression",
            zero_as_missing=True,
            seed=seed,
        )
        rows = X.astype(np.float32) if given == "float32" else X
        options = {"X": {"X": X[:500]}, "float32": {"rows": "float32"}}.get(given, {})
        model = Model.from_lightgbm(booster, **options)
        expected = booster.predict(rows)
        np.testing.assert_allclose(model.predict(rows), expected, atol=1e-5)
        trees = text_of(booster).trees
        assert any(set(t.decision.tolist()) & {4, 6} for t in trees)


OBJECTIVES = st.sampled_from(
    ["regression", "binary", "multiclass", "multiclassova", "poisson", "quantile"]
)
COLUMNS = {
    "ties": st.integers(-3, 3).map(float),
    "codes": st.integers(0, 40).map(float),
    "zeros": st.sampled_from([0.0, 1e-35, -1e-35, 2e-35, -2e-35, 1.0, -1.0]),
    "wide": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "small": st.floats(-(2.0**-110), 2.0**-110, width=32),
}


@st.composite
def problems(draw):
    """Rows, targets, and parameters of a tiny model."""
    n = draw(st.integers(2, 40))
    kinds = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    columns = []
    for kind in kinds:
        pool = draw(st.lists(COLUMNS[kind], min_size=1, max_size=12))
        columns.append(rng.choice(np.array(pool), n))
    X = np.stack(columns, axis=1)
    X[rng.random(X.shape) < draw(st.sampled_from([0, 0, 0.3, 0.9]))] = np.nan
    objective = draw(OBJECTIVES)
    k = draw(st.integers(2, 12))
    params = {
        "objective": objective,
        "num_leaves": draw(st.integers(2, 12)),
        "learning_rate": draw(st.sampled_from([0.1, 1.0])),
        "zero_as_missing": draw(st.booleans()),
        "use_missing": draw(st.integers(0, 3)) > 0,
        "max_cat_to_onehot": draw(st.sampled_from([1, 4, 100])),
        **BOOSTINGS[draw(st.sampled_from(sorted(BOOSTINGS)))],
    }
    y = rng.integers(0, 4, n).astype(float)
    if objective.startswith("multiclass"):
        params["num_class"], y = k, rng.integers(0, k, n).astype(float)
    elif objective == "binary":
        y = (y > 1).astype(float)
    elif objective != "poisson":
        y = rng.normal(size=n) * draw(st.sampled_from([1e-6, 1.0, 1e6]))
    codes = [j for j, kind in enumerate(kinds) if kind == "codes"]
    return X, y, params, codes, draw(st.integers(1, 4))


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=draws(250), deadline=None, suppress_health_check=SLOW)
@given(problems())
def test_random_models(problem):
    X, y, params, codes, n = problem
    try:
        booster = train(X, y, n, data={"categorical_feature": codes}, **params)
    except lightgbm.basic.LightGBMError:
        assume(False)
    rows = np.concatenate([X.astype(np.float32), probes(booster, 200)])
    check_raw(booster, rows)
    finite = np.where(np.isinf(rows), np.float32(0), rows)
    with np.errstate(over="ignore"):
        expected = booster.predict(finite)
    found = Model.from_lightgbm(booster, rows="float32").predict(finite)
    assert found.shape == expected.shape
    raw = abs(matrix(booster.predict(finite, raw_score=True))).max()
    rtol = 1e-6 * max(1.0, raw) if params["objective"] == "poisson" else 1e-6
    scale = 1e-6 * max(1.0, abs(expected).max())
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=scale)


@settings(max_examples=draws(40), deadline=None, suppress_health_check=SLOW)
@given(problems(), st.integers(2, 30))
def test_random_classifiers(problem, k):
    X, y, params, codes, n = problem
    del params["objective"]
    params.pop("num_class", None)
    labels = np.array([f"c{i}" for i in range(k)])
    y = labels[np.random.default_rng(n).integers(0, k, len(X))]
    estimator = lightgbm.LGBMClassifier(
        n_estimators=n, min_child_samples=1, min_data_in_bin=1, **params, **QUIET
    )
    estimator.fit(X, y, categorical_feature=codes)
    assume(len(estimator.classes_) > 1)
    check_classifier(estimator, X.astype(np.float32))


@pytest.mark.parametrize("k", [2, 3])
def test_raw_scores_of_random_forests_are_sums(k):
    """LightGBM predicts from the mean of the trees, but does not divide raw scores."""
    rng = np.random.default_rng(k)
    X = rng.normal(size=(300, 4)).astype(np.float32)
    bagged = {"boosting_type": "rf", "bagging_freq": 1, "bagging_fraction": 0.7}
    estimator = lightgbm.LGBMClassifier(n_estimators=5, **bagged, **QUIET)
    check_classifier(estimator.fit(X, rng.integers(0, k, 300)), X)


def test_pipelines():
    X, y = load("wine")
    scaler = StandardScaler().set_output(transform="default")
    pipe = make_pipeline(scaler, lightgbm.LGBMClassifier(n_estimators=20, **QUIET))
    X[::3, ::2] = np.nan
    pipe.fit(X.astype(np.float64), y)
    model = Model.from_sklearn(pipe)
    assert (model.predict(X) == pipe.predict(X)).all()
    np.testing.assert_allclose(model.predict_proba(X), pipe.predict_proba(X), atol=1e-6)
    own = hasattr(pipe, "decision_function")
    assert hasattr(model, "decision_function") == own
    regressor = lightgbm.LGBMRegressor(n_estimators=20, **QUIET).fit(X, y)
    direct = Model.from_sklearn(regressor)
    np.testing.assert_allclose(direct.predict(X), regressor.predict(X), atol=1e-6)


def test_feature_names():
    frame, y = load_diabetes(return_X_y=True, as_frame=True)
    estimator = lightgbm.LGBMRegressor(n_estimators=3, **QUIET).fit(frame, y)
    for model in (estimator, estimator.booster_):
        converted = Model.from_lightgbm(model)
        assert converted.feature_names_in_.tolist() == list(frame.columns)
        np.testing.assert_allclose(
            converted.predict(frame), estimator.predict(frame), rtol=1e-6
        )
    X, y = load("diabetes")
    plain = lightgbm.LGBMRegressor(n_estimators=3, **QUIET).fit(X, y)
    assert not hasattr(Model.from_lightgbm(plain), "feature_names_in_")


def test_pandas_categories():
    pandas = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    codes, y = rng.integers(0, 5, 300), rng.normal(size=300)
    frame = pandas.DataFrame({"a": pandas.Categorical(codes), "b": y})
    booster = train(frame, y + codes, 4)
    X = np.stack([codes, y], axis=1).astype(np.float32)
    np.testing.assert_allclose(
        Model.from_lightgbm(booster).predict(X), booster.predict(X), rtol=1e-5
    )
    for values in (list("vwxyz"), [1, 2, 3, 4, 5]):
        frame["a"] = pandas.Categorical(np.array(values)[codes])
        with pytest.raises(UnsupportedModelError, match="pandas_categorical"):
            Model.from_lightgbm(train(frame, y + codes, 4))


def test_single_leaves():
    X = np.ones((30, 2), np.float32)
    booster = train(X, np.full(30, 2.5), 3)
    assert Model.from_lightgbm(booster).predict(X).tolist() == [2.5] * 30


def test_refused_models():
    X, y = load("diabetes")
    with pytest.raises(UnsupportedModelError, match="linear_tree=True"):
        Model.from_lightgbm(train(X, y, 2, linear_tree=True))
    hasty = lightgbm.LGBMRegressor(n_estimators=2, pred_early_stop=True, **QUIET)
    with pytest.raises(UnsupportedModelError, match="pred_early_stop"):
        Model.from_lightgbm(hasty.fit(X, y))

    class Own(lightgbm.LGBMRegressor):
        def predict(self, X):
            return np.zeros(len(X))

    with pytest.raises(UnsupportedModelError, match=r"overrides LGBMRegressor\.pred"):
        Model.from_lightgbm(Own(n_estimators=2, **QUIET).fit(X, y))
    with pytest.raises(UnsupportedModelError, match="Booster"):
        Model.from_lightgbm(lightgbm.Dataset(X, y))
    with pytest.raises(UnsupportedModelError, match="Booster"):
        Model.from_lightgbm(3)
    with pytest.raises(ValueError, match="not for regression"):
        Model.from_lightgbm(train(X, y, 2), classes=[0, 1])
    with pytest.raises(ValueError, match="Need to call fit"):
        Model.from_lightgbm(lightgbm.LGBMRegressor())


def test_is_lightgbm():
    assert is_lightgbm(lightgbm.LGBMRanker())
    assert not is_lightgbm(StandardScaler())


def test_large_models_are_read_at_once():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 20)).astype(np.float32)
    y = X[:, 0] * X[:, 1] + rng.normal(size=3000)
    booster = train(X, y, 100, objective="regression", num_leaves=255)
    ensemble = ensemble_of(text_of(booster), 1.0, Allowance.unlimited())
    np.testing.assert_array_equal(
        ensemble.sums(X[:50])[:, 0], booster.predict(X[:50], raw_score=True)
    )
