# SPDX-License-Identifier: MIT
"""XGBoost's models against XGBoost: margins bit for bit, answers of each method."""

import json

import numpy as np
import pytest
from draws import draws

xgboost = pytest.importorskip("xgboost")

from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from sklearn.datasets import (  # noqa: E402
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_wine,
)
from sklearn.feature_selection import SelectKBest  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402

from emlrt import Model, UnsupportedModelError  # noqa: E402
from emlrt.convert.ir.graph import Graph  # noqa: E402
from emlrt.convert.xgboost.live import learner_of_booster  # noqa: E402
from emlrt.convert.xgboost.model import convert as convert_estimator  # noqa: E402
from emlrt.convert.xgboost.model import is_xgboost  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:xgboost")
DATA = {
    "breast_cancer": load_breast_cancer,
    "wine": load_wine,
    "digits": load_digits,
    "diabetes": load_diabetes,
}
BOOSTERS = {
    "gbtree": {"n_estimators": 60},
    "dart": {"n_estimators": 30, "booster": "dart", "rate_drop": 0.4, "one_drop": True},
    "forest": {"n_estimators": 10, "num_parallel_tree": 4, "subsample": 0.6},
    "gblinear": {"n_estimators": 20, "booster": "gblinear"},
    "pruned": {"n_estimators": 20, "tree_method": "exact", "gamma": 0.5},
}


def convert(model, classes=None, **options):
    return Model.from_xgboost(model, classes=classes, **options)


def matrix(X, booster):
    kinds = booster.feature_types
    return xgboost.DMatrix(X, feature_types=kinds, feature_names=booster.feature_names)


def booster_of(model):
    return model.get_booster() if hasattr(model, "get_booster") else model


def margins(model, X):
    """What the library computes, on the way that the model's predict takes."""
    booster = booster_of(model)
    if model is booster or model.booster == "gblinear":
        found = booster.predict(matrix(X, booster), output_margin=True)
    else:
        found = model.predict(X, output_margin=True)
    return found.reshape(len(X), -1)


def same_bits(found, expected):
    found, expected = np.float32(found) + 0, np.float32(expected) + 0  # one zero
    np.testing.assert_array_equal(found.view(np.uint32), expected.view(np.uint32))


def check_margins(model, X):
    """Sums of the parsed trees, and the runtime's scores where they are margins."""
    X = np.ascontiguousarray(X, np.float32)
    expected = margins(model, X)
    learner = learner_of_booster(booster_of(model), booster_of(model) is not model)
    if learner.ensemble is not None:
        same_bits(learner.ensemble.sums(X, np.float32), expected)
    if learner.link != "log" and learner.objective != "binary:hinge":
        same_bits(convert(booster_like(model)).scores(X), expected)


def booster_like(model):
    """The model itself, unless its scores are not the margins."""
    odd = getattr(model, "objective", None) == "binary:logitraw"
    return booster_of(model) if odd else model


def data_of(name):
    X, y = DATA[name](return_X_y=True)
    return X.astype(np.float32), y


def holes(X, share=0.3, seed=0):
    return np.where(np.random.default_rng(seed).random(X.shape) < share, np.nan, X)


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("booster", BOOSTERS)
@pytest.mark.parametrize("data", DATA)
def test_data_sets(data, booster, missing):
    X, y = data_of(data)
    X = holes(X) if missing else X
    cls = xgboost.XGBRegressor if data == "diabetes" else xgboost.XGBClassifier
    model = cls(nthread=1, max_depth=4, **BOOSTERS[booster]).fit(X, y)
    check_margins(model, X)
    check_margins(model.get_booster(), X)
    converted = convert(model)
    found, expected = converted.predict(X), model.predict(X)
    np.testing.assert_array_equal(found, expected)
    if data == "diabetes":
        assert converted.methods == ("predict",)
        return
    assert found.dtype == expected.dtype
    assert not hasattr(converted, "decision_function")
    assert not hasattr(converted, "predict_log_proba")
    error = abs(converted.predict_proba(X) - model.predict_proba(X)).max()
    assert error <= 1e-6, error


def labels_of(objective, rng, n):
    if objective.startswith("multi"):
        return rng.integers(0, 4, n)
    if objective.startswith(("binary", "rank")) or objective == "reg:logistic":
        return rng.integers(0, 2, n)
    return rng.gamma(2.0, 1.0, n) + 0.1


OBJECTIVES = [
    "binary:hinge",
    "binary:logistic",
    "binary:logitraw",
    "count:poisson",
    "multi:softmax",
    "multi:softprob",
    "rank:map",
    "rank:ndcg",
    "rank:pairwise",
    "reg:absoluteerror",
    "reg:gamma",
    "reg:linear",
    "reg:logistic",
    "reg:pseudohubererror",
    "reg:quantileerror",
    "reg:squarederror",
    "reg:squaredlogerror",
    "reg:tweedie",
    "survival:aft",
    "survival:cox",
]


def trained(objective, X, rounds=12, **params):
    """A Booster with a target that suits the objective."""
    y = labels_of(objective, np.random.default_rng(1), len(X))
    data = xgboost.DMatrix(X, y)
    if objective == "survival:aft":
        data.set_float_info("label_lower_bound", y)
        data.set_float_info("label_upper_bound", y + 0.5)
    if objective.startswith("rank"):
        data.set_group([len(X) // 2, len(X) - len(X) // 2])
    if objective.startswith("multi"):
        params["num_class"] = 4
    params.setdefault("max_depth", 3)
    if objective == "reg:quantileerror":
        params.setdefault("quantile_alpha", [0.1, 0.5, 0.9])
    return xgboost.train({"objective": objective, "nthread": 1, **params}, data, rounds)


@pytest.mark.parametrize("base_score", [None, 0.25, 0.7])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_objectives(objective, base_score, record_property):
    X = holes(np.random.default_rng(0).normal(size=(300, 6)).astype(np.float32), 0.1)
    more = {} if base_score is None else {"base_score": base_score}
    model = trained(objective, X, **more)
    check_margins(model, X)
    converted = convert(model)
    found, expected = converted.predict(X), model.predict(matrix(X, model))
    assert found.shape == expected.shape
    error = abs(found - expected).max() / abs(expected).max()
    record_property("worst", error)
    assert error <= 5e-7
    if objective in ("multi:softmax", "binary:hinge"):
        np.testing.assert_array_equal(found, expected)
    assert converted.methods == ("predict",)


@pytest.mark.parametrize("objective", ["binary:logistic", "reg:gamma", "survival:cox"])
def test_base_scores_are_exact(objective):
    X = np.zeros((4, 1), np.float32)
    for k in range(1, 120):
        model = trained(objective, X, 1, eta=0.0, base_score=k / 121)
        check_margins(model, X)


def test_base_scores_of_each_output():
    X, y = data_of("diabetes")
    Y = np.stack([y, -y, y**2], axis=1)
    model = xgboost.XGBRegressor(n_estimators=5, nthread=1).fit(X, Y)
    text = json.loads(model.get_booster().save_raw("json"))["learner"]
    assert text["learner_model_param"]["base_score"].count(",") == 2
    check_margins(model, X)


@pytest.mark.parametrize("strategy", ["one_output_per_tree", "multi_output_tree"])
def test_many_outputs(strategy):
    X, y = data_of("diabetes")
    X, Y = holes(X), np.stack([y, y**2, np.sin(y)], axis=1)
    model = xgboost.XGBRegressor(
        n_estimators=20, multi_strategy=strategy, tree_method="hist", nthread=1
    ).fit(X, Y)
    check_margins(model, X)
    converted = convert(model)
    assert converted.n_outputs_ == 3
    np.testing.assert_array_equal(converted.predict(X), model.predict(X))
    n_trees = {"one_output_per_tree": 60, "multi_output_tree": 20}[strategy]
    assert converted.note.endswith(f"XGBRegressor, {n_trees} trees")


@pytest.mark.parametrize("strategy", ["one_output_per_tree", "multi_output_tree"])
def test_many_labels(strategy):
    X, y = data_of("digits")
    Y = np.stack([y % 2, y > 4, y == 7], axis=1).astype(int)
    model = xgboost.XGBClassifier(
        n_estimators=10, multi_strategy=strategy, tree_method="hist", nthread=1
    ).fit(X, Y)
    check_margins(model, X)
    converted = convert(model)
    found, expected = converted.predict(X), model.predict(X)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)
    proba = model.predict_proba(X)
    np.testing.assert_allclose(converted.predict_proba(X), proba, atol=1e-6)
    booster = convert(model.get_booster())
    np.testing.assert_allclose(booster.predict(X), proba, atol=1e-6)


def test_dart_follows_both_of_its_ways():
    X, y = data_of("diabetes")
    model = xgboost.XGBRegressor(**BOOSTERS["dart"], nthread=1).fit(X, y)
    ways = margins(model, X), margins(model.get_booster(), X)
    assert (ways[0] != ways[1]).any()
    same_bits(convert(model).scores(X), ways[0])
    same_bits(convert(model.get_booster()).scores(X), ways[1])


@pytest.mark.parametrize("booster", ["gbtree", "dart", "forest"])
def test_early_stopping(booster):
    X, y = data_of("digits")
    model = xgboost.XGBClassifier(
        early_stopping_rounds=3, learning_rate=1.0, nthread=1, **BOOSTERS[booster]
    )
    model.fit(X[::2], y[::2], eval_set=[(X[1::2], y[1::2])], verbose=False)
    if booster == "gbtree":
        assert model.best_iteration + 1 < model.get_booster().num_boosted_rounds()
    else:  # which may never stop
        model.get_booster().set_attr(best_iteration="4")
    check_margins(model, X)
    check_margins(model.get_booster(), X)
    labels = convert(model.get_booster(), classes=np.arange(10)).predict(X)
    np.testing.assert_array_equal(labels, model.predict(X))


def categorical(seed=0, n=1500, levels=200):
    """Rows with 10 categorical columns and 3 others, 30 % missing, and a target."""
    rng = np.random.default_rng(seed)
    sizes = np.geomspace(2, levels, 10).astype(int)
    columns = [rng.integers(0, size, n) for size in sizes]
    effect = sum(rng.normal(size=s)[c] for s, c in zip(sizes, columns, strict=True))
    X = np.column_stack([*columns, rng.normal(size=(n, 3))]).astype(np.float32)
    return holes(X), effect + rng.normal(size=n), ["c"] * 10 + ["q"] * 3


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("onehot", [1, 8, 1000])
def test_categories(onehot, outputs):
    X, y, kinds = categorical()
    targets = np.stack([y, y**2], axis=1)[:, :outputs]
    model = xgboost.XGBRegressor(
        n_estimators=30,
        feature_types=kinds,
        enable_categorical=True,
        max_cat_to_onehot=onehot,
        nthread=1,
    ).fit(X, targets)
    check_margins(model, X)
    # What was not seen in training: other levels, negative ones, fractions.
    rng = np.random.default_rng(1)
    X[:, :10] += rng.choice(
        [-1, -0.5, 0.0, 0.25, 0.99, 7, 1e3, 2.0**24, 3e38], (1500, 10)
    )
    check_margins(model, X)


def test_categories_of_frames_are_codes():
    pandas = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    frame = pandas.DataFrame(rng.normal(size=(200, 3)), columns=list("abc"))
    frame["kind"] = pandas.Categorical(
        np.array(["x", "y", "zz"])[rng.integers(0, 3, 200)]
    )
    y = (frame["kind"] == "y") * 3.0 + frame["a"]
    model = xgboost.XGBRegressor(enable_categorical=True, n_estimators=10, nthread=1)
    model.fit(frame, y)
    codes = frame.assign(kind=frame["kind"].cat.codes).to_numpy(np.float32)
    converted = convert(model)
    np.testing.assert_array_equal(converted.predict(codes), model.predict(frame))
    assert converted.feature_names_in_.tolist() == ["a", "b", "c", "kind"]


def test_classes_of_boosters():
    X, y = data_of("wine")
    names = np.array(["barolo", "grignolino", "barbera"])
    model = trained("multi:softprob", X, num_class=4)
    found = convert(model, classes=["a", "b", "c", "d"])
    expected = model.predict(matrix(X, model))
    assert (
        found.predict(X).tolist() == np.array(list("abcd"))[expected.argmax(1)].tolist()
    )
    np.testing.assert_allclose(found.predict_proba(X), expected, atol=1e-6)
    model = xgboost.XGBClassifier(n_estimators=3, nthread=1).fit(X, y)
    named = convert(model, classes=names)
    np.testing.assert_array_equal(named.predict(X), names[model.predict(X)])
    with pytest.raises(ValueError, match="tells 3 apart"):
        convert(model, classes=["a", "b"])
    with pytest.raises(ValueError, match="reg:gamma"):
        convert(trained("reg:gamma", X), classes=["a", "b"])


@pytest.mark.parametrize("objective", ["binary:logitraw", "binary:hinge"])
def test_classes_by_sign(objective):
    X = np.random.default_rng(0).normal(size=(300, 6)).astype(np.float32)
    model = trained(objective, X)
    found = convert(model, classes=["no", "yes"])
    margin = margins(model, X)[:, 0]
    np.testing.assert_array_equal(found.predict(X) == "yes", margin > 0)
    same_bits(found.decision_function(X), margin)


@pytest.mark.parametrize(
    "objective",
    ["binary:logitraw", "binary:hinge", "reg:squarederror", "multi:softmax"],
)
def test_classifiers_of_other_objectives(objective):
    X, y = data_of("breast_cancer")
    more = {"num_class": 2} if objective == "multi:softmax" else {}
    model = xgboost.XGBClassifier(
        objective=objective, n_estimators=10, max_depth=2, nthread=1, **more
    ).fit(X, y)
    converted = convert(model)
    found, expected = converted.predict(X), model.predict(X)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)
    proba = model.predict_proba(X)
    np.testing.assert_allclose(converted.predict_proba(X), proba, atol=2e-6)


def test_softmax_of_three_classes():
    X, y = data_of("wine")
    model = xgboost.XGBClassifier(objective="multi:softmax", n_estimators=5).fit(X, y)
    converted = convert(model)
    assert converted.predict(X).dtype == model.predict(X).dtype == np.int32
    np.testing.assert_array_equal(converted.predict(X), model.predict(X))
    proba = model.predict_proba(X)
    np.testing.assert_allclose(converted.predict_proba(X), proba, atol=1e-6)


def test_one_class():
    X, _ = data_of("wine")
    model = xgboost.XGBClassifier(n_estimators=3, nthread=1)
    model.fit(X, np.zeros(len(X), int))
    converted = convert(model)
    np.testing.assert_array_equal(converted.predict(X), model.predict(X))
    proba = model.predict_proba(X)
    np.testing.assert_allclose(converted.predict_proba(X), proba, atol=1e-6)


def test_rankers_and_forests():
    X, y = data_of("diabetes")
    ranker = xgboost.XGBRanker(n_estimators=10, nthread=1)
    ranker.fit(X, (y // 80).astype(int), group=[200, 242])
    forest = xgboost.XGBRFRegressor(n_estimators=20, nthread=1).fit(X, y)
    for model in (ranker, forest):
        check_margins(model, X)
        np.testing.assert_array_equal(convert(model).predict(X), model.predict(X))
    voters = xgboost.XGBRFClassifier(n_estimators=20, nthread=1).fit(X, y > 140)
    check_margins(voters, X)
    np.testing.assert_array_equal(convert(voters).predict(X), voters.predict(X))


def own_objective(y, p):
    return p - y, np.ones_like(y)


def test_own_objectives_give_what_predict_gives():
    X, y = data_of("diabetes")
    booster = xgboost.train(
        {"nthread": 1},
        xgboost.DMatrix(X, y),
        5,
        obj=lambda p, d: (p - y, np.ones_like(y)),
    )
    model = xgboost.XGBRegressor(objective=own_objective, n_estimators=5).fit(X, y)
    for each in (booster, model):
        check_margins(each, X)
        np.testing.assert_array_equal(convert(each).predict(X), margins(each, X)[:, 0])


@pytest.mark.parametrize("dtype", ["int16", "uint8"])
def test_integer_inputs(dtype):
    X, y = data_of("digits")
    model = xgboost.XGBClassifier(n_estimators=10, nthread=1).fit(X, y)
    linear = xgboost.XGBRegressor(booster="gblinear", n_estimators=5).fit(X, y)
    for each in (model, linear):
        converted = convert(each, dtype=dtype, X=X)
        same_bits(converted.scores(X.astype(dtype)), margins(each, X))


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_pipelines(dtype):
    X, y = data_of("digits")
    model = xgboost.XGBClassifier(n_estimators=5, nthread=1)
    chain = make_pipeline(SelectKBest(k=40), model).fit(X, y)
    converted = Model.from_sklearn(chain, dtype=dtype, X=X)
    same_bits(converted.scores(X), margins(model, chain[:-1].transform(X)))
    alone = Model.from_sklearn(model.fit(X, y), dtype=dtype, X=X)
    same_bits(alone.scores(X), margins(model, X))
    graph = Graph(63)
    with pytest.raises(UnsupportedModelError, match="takes 64 features, but 63"):
        convert_estimator(graph, model, graph.input)


def test_integer_sums():
    X, y = data_of("diabetes")
    model = xgboost.XGBRegressor(n_estimators=30, nthread=1).fit(X, y)
    found = convert(model, sums="int32").scores(X)
    np.testing.assert_allclose(found, margins(model, X), rtol=1e-6)


def test_refused():
    X, y = data_of("breast_cancer")
    fit = {"n_estimators": 2, "nthread": 1}
    with pytest.raises(UnsupportedModelError, match=r"missing=0"):
        convert(xgboost.XGBClassifier(missing=0.0, **fit).fit(X, y))
    with pytest.raises(UnsupportedModelError, match="no trees"):
        convert(xgboost.train({}, xgboost.DMatrix(X, y), 0))
    pairs = xgboost.XGBClassifier(objective="multi:softprob", num_class=2, **fit)
    pairs.fit(X, y)
    with pytest.raises(UnsupportedModelError, match="predicts a matrix"):
        convert(pairs)
    many = xgboost.XGBClassifier(objective="binary:hinge", **fit)
    many.fit(X, np.stack([y, 1 - y], axis=1))
    with pytest.raises(UnsupportedModelError, match=r"several labels.*hinge"):
        convert(many)

    class Own(xgboost.XGBClassifier):
        def predict(self, X):
            return super().predict(X) + 1

    with pytest.raises(
        UnsupportedModelError, match=r"Own overrides XGBClassifier\.pre"
    ):
        convert(Own(**fit).fit(X, y))
    with pytest.raises(UnsupportedModelError, match="DMatrix"):
        convert(xgboost.DMatrix(X, y))
    with pytest.raises(UnsupportedModelError, match="list"):
        convert([])


def test_unfitted():
    from sklearn.exceptions import NotFittedError

    with pytest.raises(NotFittedError):
        convert(xgboost.XGBClassifier())


def test_is_xgboost():
    assert is_xgboost(xgboost.XGBRanker())
    assert is_xgboost(xgboost.Booster())
    assert not is_xgboost(Graph(1))


def draw_rows(draw, n, width, rng):
    """Rows with ties, with gaps, or far apart."""
    kind = draw(st.sampled_from(["integers", "normal", "huge", "tiny", "constant"]))
    X = rng.normal(size=(n, width))
    if kind == "integers":
        X = rng.integers(-3, 4, (n, width))
    X = X * {"huge": 1e30, "tiny": 1e-36, "constant": 0.0}.get(kind, 1.0)
    return holes(X.astype(np.float32), draw(st.sampled_from([0, 0.2, 0.9])))


@st.composite
def cases(draw):
    """A fitted estimator, and rows for it."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, width = draw(st.integers(2, 80)), draw(st.integers(1, 6))
    X = draw_rows(draw, n, width, rng)
    params = {
        "n_estimators": draw(st.integers(1, 8)),
        "booster": draw(st.sampled_from(["gbtree", "gbtree", "dart", "gblinear"])),
        "learning_rate": draw(st.sampled_from([0.3, 1.0, 1e-3])),
        "nthread": 1,
    }
    if params["booster"] != "gblinear":
        params["max_depth"] = draw(st.integers(1, 7))
        params["tree_method"] = draw(st.sampled_from(["hist", "exact", "approx"]))
        params["num_parallel_tree"] = draw(st.integers(1, 3))
        params["min_child_weight"] = draw(st.sampled_from([0.0, 1.0, 1e9]))
    if params["booster"] == "dart":
        params["rate_drop"] = 0.5
    n_classes = draw(st.integers(0, 6))
    if n_classes:
        y = np.unique(rng.integers(0, n_classes, n), return_inverse=True)[1]
        return xgboost.XGBClassifier(**params).fit(X, y), X
    scale = draw(st.sampled_from([1.0, 1e-20, 1e9]))
    outputs = draw(st.integers(1, 3))
    y = rng.normal(size=(n, outputs)) * scale + draw(st.sampled_from([0.0, scale]))
    return xgboost.XGBRegressor(**params).fit(X, y[:, 0] if outputs == 1 else y), X


@settings(
    max_examples=draws(250),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(cases())
def test_random_models(case):
    model, X = case
    up, down = (np.nextafter(X, np.float32(end)) for end in (np.inf, -np.inf))
    X = np.concatenate([X, up, down])
    check_margins(model, X)
    check_margins(model.get_booster(), X)
    found, expected = convert(model).predict(X), model.predict(X)
    if hasattr(model, "predict_proba"):
        top = np.sort(model.predict_proba(X), axis=1)[:, -2:]
        clear = top[:, 1] - top[:, 0] > 1e-6
        found, expected = found[clear], expected[clear]
    np.testing.assert_array_equal(found, expected)
