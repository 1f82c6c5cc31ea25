# SPDX-License-Identifier: MIT
"""ONNX models against ONNX Runtime: exports of converters, and ones made by hand."""

import importlib.util
import subprocess
import sys

import numpy as np
import pytest
from draws import draws

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from fuzz_readers.onnx_target import target  # noqa: E402
from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402
from onnx_models import (  # noqa: E402
    classes,
    forest,
    ml_node,
    new_forest,
    of_nodes,
    random_tree,
    run,
    stump,
    values,
)
from sklearn import datasets  # noqa: E402
from sklearn.ensemble import (  # noqa: E402
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.linear_model import (  # noqa: E402
    LinearRegression,
    LogisticRegression,
    SGDClassifier,
)
from sklearn.neural_network import MLPClassifier, MLPRegressor  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import (  # noqa: E402
    Binarizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import SVC, SVR, LinearSVC, LinearSVR, NuSVC  # noqa: E402
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor  # noqa: E402

from emlrt import EmlrtError, FormatError, Model, UnsupportedModelError  # noqa: E402
from emlrt.convert.onnx.model import is_onnx, is_onnx_file  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")
HAS_SKL2ONNX = importlib.util.find_spec("skl2onnx") is not None
HAS_TOOLS = importlib.util.find_spec("onnxmltools") is not None
DATA = ("breast_cancer", "wine", "digits", "diabetes")


def data_of(name, share=0.0):
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    X = X.astype(np.float32)
    X[np.random.default_rng(0).random(X.shape) < share] = np.nan
    return X, y


@pytest.fixture
def to_onnx(monkeypatch):
    """skl2onnx's; protobuf 6 takes no bools of numpy's for integers."""
    skl2onnx = pytest.importorskip("skl2onnx")
    make = helper.make_attribute

    def attribute(key, value, *args, **more):
        if isinstance(value, list | np.ndarray):
            value = [
                int(each) if isinstance(each, bool | np.bool_) else each
                for each in value
            ]
        return make(key, value, *args, **more)

    monkeypatch.setattr(helper, "make_attribute", attribute)

    def convert(estimator, X, **options):
        opset = {"": 21, "ai.onnx.ml": 3}
        found = options if options else None
        return skl2onnx.to_onnx(estimator, X[:1], target_opset=opset, options=found)

    return convert


def scores_of(converted, X, wanted):
    """What stands for ONNX's scores, in as many columns."""
    if hasattr(converted, "predict_proba"):
        return converted.predict_proba(X)
    found = converted.decision_function(X)
    if found.ndim == 1:
        found = np.stack([-found, found], axis=1)
    return found[:, -1:] if wanted.shape[1] == 1 else found


def check_classifier(model, X, tolerance=1e-5, sign=1.0):
    """Labels, but where two scores hardly differ, and scores."""
    labels, scores = run(model, X)
    converted = Model.from_onnx(model)
    found = sign * scores_of(converted, X, scores)
    scale = max(1.0, float(abs(scores).max()))
    assert abs(found - scores).max() <= tolerance * scale
    top = np.sort(scores, axis=1)
    clear = np.ones(len(X), bool)
    if top.shape[1] > 1:
        clear = top[:, -1] - top[:, -2] > 2 * tolerance * scale
    predicted = converted.predict(X)
    np.testing.assert_array_equal(predicted[clear], labels[clear])
    assert predicted.dtype.kind == labels.dtype.kind or labels.dtype.kind in "OU"
    return converted


def check_values(model, X, tolerance=1e-5):
    (expected,) = run(model, X)
    converted = Model.from_onnx(model)
    found = converted.predict(X).reshape(expected.shape)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    scale = max(float(np.nanmax(abs(expected))), 1e-30)
    assert np.nanmax(abs(found - expected)) <= tolerance * scale
    assert converted.methods == ("predict",)
    return converted


TREES = {
    "tree": (DecisionTreeClassifier, DecisionTreeRegressor, {"max_depth": 5}),
    "forest": (
        RandomForestClassifier,
        RandomForestRegressor,
        {"n_estimators": 20, "max_depth": 6, "n_jobs": 1},
    ),
    "boosted": (
        GradientBoostingClassifier,
        GradientBoostingRegressor,
        {"n_estimators": 10, "max_depth": 3},
    ),
    "histograms": (
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
        {"max_iter": 5, "max_leaf_nodes": 8, "early_stopping": False},
    ),
}


@pytest.mark.parametrize("share", [0, 0.3])
@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("name", TREES)
def test_trees_of_sklearn(name, data, share, to_onnx):
    if share and name == "boosted":
        pytest.skip("takes no NaN")
    X, y = data_of(data, share)
    classifier, regressor, more = TREES[name]
    cls = regressor if data == "diabetes" else classifier
    estimator = cls(random_state=0, **more).fit(X, y)
    model = to_onnx(estimator, X)
    if data == "diabetes":
        check_values(model, X)
        return
    converted = check_classifier(model, X)
    assert converted.methods == ("predict", "predict_proba")
    clean = name == "histograms" or not share  # skl2onnx loses where NaN goes
    if clean:
        assert (converted.predict(X) == estimator.predict(X)).mean() > 0.99


def test_several_targets(to_onnx):
    X, y = data_of("diabetes")
    two = np.stack([y, -(y**2)], axis=1)
    for cls in (RandomForestRegressor, ExtraTreesRegressor):
        model = cls(5, max_depth=4, random_state=0).fit(X, two)
        converted = check_values(to_onnx(model, X), X)
        np.testing.assert_allclose(converted.predict(X), model.predict(X), rtol=1e-5)


LINEAR = {
    "logistic": (LogisticRegression(), "wine"),
    "logistic of two": (LogisticRegression(), "breast_cancer"),
    "hinge": (LinearSVC(random_state=0), "wine"),
    "hinge of two": (LinearSVC(random_state=0), "breast_cancer"),
    "linear": (LinearRegression(), "diabetes"),
    "epsilon": (LinearSVR(random_state=0), "diabetes"),
    "net": (MLPClassifier((8,), max_iter=30, random_state=0), "wine"),
    "net of two": (MLPClassifier((8,), max_iter=30, random_state=0), "breast_cancer"),
    "net of values": (
        MLPRegressor(hidden_layer_sizes=(8,), max_iter=30, random_state=0),
        "diabetes",
    ),
    "sgd": (SGDClassifier(random_state=0), "wine"),
    "sgd of two": (SGDClassifier(random_state=0), "breast_cancer"),
}


@pytest.mark.parametrize("name", LINEAR)
def test_linear_models(name, to_onnx):
    estimator, data = LINEAR[name]
    X, y = data_of(data)
    X = StandardScaler().fit_transform(X)
    model = to_onnx(estimator.fit(X, y), X)
    if data == "diabetes":
        check_values(model, X)
    else:
        converted = check_classifier(model, X)
        assert (converted.predict(X) == estimator.predict(X)).mean() > 0.99


def test_texts_as_labels(to_onnx):
    X, y = data_of("wine")
    names = np.array(["barolo", "grignolino", "barbéra"])[y]
    for estimator in (RandomForestClassifier(5), LogisticRegression(), SVC()):
        pipeline = make_pipeline(StandardScaler(), estimator).fit(X, names)
        converted = check_classifier(to_onnx(pipeline, X), X)
        np.testing.assert_array_equal(converted.classes_, pipeline.classes_)
        np.testing.assert_array_equal(converted.predict(X), pipeline.predict(X))


@pytest.mark.parametrize("zipmap", [True, False])
def test_zip_map(zipmap, to_onnx):
    X, y = data_of("wine")
    for estimator in (RandomForestClassifier(5), LogisticRegression()):
        check_classifier(to_onnx(estimator.fit(X, y), X, zipmap=zipmap), X)


def test_raw_scores(to_onnx):
    X, y = data_of("wine")
    for labels in (y, y > 0):
        for estimator in (GradientBoostingClassifier(n_estimators=5),):
            fitted = estimator.fit(X, labels)
            model = to_onnx(fitted, X, raw_scores=True)
            converted = check_classifier(model, X)
            assert converted.methods == ("predict", "decision_function")
            np.testing.assert_allclose(
                converted.decision_function(X), fitted.decision_function(X), atol=1e-5
            )


KERNELS = ("rbf", "linear", "poly", "sigmoid")


@pytest.mark.parametrize("probability", [False, True])
@pytest.mark.parametrize("kernel", KERNELS)
def test_support_vectors(kernel, probability, to_onnx):
    for data in ("wine", "breast_cancer"):
        X, y = data_of(data)
        machine = SVC(kernel=kernel, probability=probability, random_state=0)
        pipeline = make_pipeline(StandardScaler(), machine).fit(X, y)
        # Of two classes, ONNX Runtime turns the signs of decisions.
        sign = -1.0 if data == "breast_cancer" and not probability else 1.0
        model = to_onnx(pipeline, X)
        converted = check_classifier(model, X, 3e-5, sign)
        assert (converted.predict(X) == pipeline.predict(X)).all()
        if not probability:
            np.testing.assert_allclose(
                converted.decision_function(X),
                pipeline.decision_function(X),
                rtol=1e-3,
                atol=1e-4,
            )


def test_many_support_vectors(to_onnx):
    """Noise: probabilities and decisions often say different classes."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 3)).astype(np.float32), rng.integers(0, 4, 300)
    for k in (2, 4):
        for estimator in (SVC(probability=True, C=3, random_state=0), SVC(C=3)):
            fitted = estimator.fit(X, y % k)
            model = to_onnx(fitted, X)
            converted = Model.from_onnx(model)
            labels, _ = run(model, X)
            np.testing.assert_array_equal(converted.predict(X), labels)
    X, y = data_of("wine")
    pipeline = make_pipeline(StandardScaler(), NuSVC(nu=0.2)).fit(X, y)
    check_classifier(to_onnx(pipeline, X), X)


@pytest.mark.parametrize("kernel", KERNELS)
def test_support_vector_regression(kernel, to_onnx):
    X, y = data_of("diabetes")
    pipeline = make_pipeline(StandardScaler(), SVR(kernel=kernel)).fit(X, y)
    check_values(to_onnx(pipeline, X), X)


STEPS = {
    "imputer": [SimpleImputer(), StandardScaler()],
    "scaler first": [StandardScaler(), SimpleImputer(strategy="median")],
    "norms": [SimpleImputer(), Normalizer(), Normalizer("l1")],
    "ranges": [SimpleImputer(), MinMaxScaler(), MaxAbsScaler(), RobustScaler()],
    "binary": [SimpleImputer(), Binarizer(threshold=2.0)],
}


@pytest.mark.parametrize("name", STEPS)
def test_pipelines(name, to_onnx):
    X, y = data_of("wine", 0.1)
    last = (
        LogisticRegression(),
        RandomForestClassifier(5, random_state=0),
        GradientBoostingClassifier(n_estimators=5),
    )
    for estimator in last:
        pipeline = make_pipeline(*STEPS[name], estimator).fit(X, y)
        check_classifier(to_onnx(pipeline, X), X)
    check_values(to_onnx(make_pipeline(*STEPS[name]).fit(X, y), X), X)


@pytest.mark.skipif(not HAS_TOOLS, reason="needs onnxmltools")
@pytest.mark.parametrize("data", DATA)
def test_boosting_libraries(data):
    xgboost = pytest.importorskip("xgboost")
    lightgbm = pytest.importorskip("lightgbm")
    from onnxmltools import convert_lightgbm, convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType

    X, y = data_of(data, 0.3)
    given = [("input", FloatTensorType([None, X.shape[1]]))]
    few = {"n_estimators": 10, "max_depth": 4}
    quiet = {"verbose": -1, "n_jobs": 1}
    if data == "diabetes":
        for objective in ("reg:squarederror", "count:poisson"):
            model = xgboost.XGBRegressor(**few, objective=objective, nthread=1)
            check_values(convert_xgboost(model.fit(X, y), initial_types=given), X)
        for objective in ("regression", "poisson"):
            model = lightgbm.LGBMRegressor(**few, objective=objective, **quiet)
            model.fit(X, y)
            check_values(convert_lightgbm(model, initial_types=given), X)
            check_values(convert_lightgbm(model, initial_types=given, split=3), X)
        return
    model = xgboost.XGBClassifier(**few, nthread=1).fit(X, y)
    check_classifier(convert_xgboost(model, initial_types=given), X)
    model = lightgbm.LGBMClassifier(**few, **quiet).fit(X, y)
    for zipmap in (True, False):
        check_classifier(convert_lightgbm(model, initial_types=given, zipmap=zipmap), X)


@pytest.mark.parametrize("data", DATA)
def test_catboosts_own_export(data, tmp_path):
    catboost = pytest.importorskip("catboost")
    X, y = data_of(data)
    more = {"verbose": 0, "allow_writing_files": False, "thread_count": 1}
    regression = data == "diabetes"
    cls = catboost.CatBoostRegressor if regression else catboost.CatBoostClassifier
    cls(10, depth=4, **more).fit(X, y).save_model(str(tmp_path / "m"), format="onnx")
    model = onnx.load(str(tmp_path / "m"))
    (check_values if regression else check_classifier)(model, X)


# Models made by hand


@st.composite
def forests(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    width, n_targets = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    extremes = [0, 1, 2, 0.5, -1, 3.4e38, -3.4e38, 1e-45, -0.0]
    numbers = np.float32(draw(st.sampled_from([[0, 1, 2], extremes])))
    depth = draw(st.integers(0, 5))
    n_trees = draw(st.integers(1, 8))
    trees = [random_tree(rng, depth, width, numbers) for _ in range(n_trees)]
    targets = rng.integers(0, n_targets, n_trees).tolist()
    near = [np.nextafter(numbers, np.float32(sign)) for sign in (9, -9)]
    X = rng.choice(np.concatenate([numbers, *near]), (100, width))
    X[rng.random(X.shape) < 0.2] = np.nan
    return trees, targets, n_targets, X.astype(np.float32)


@settings(
    max_examples=draws(200),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(forests(), st.booleans(), st.booleans(), st.booleans())
def test_random_trees(task, mean, based, tracks):
    trees, targets, n_targets, X = task
    how = "AVERAGE" if mean else "SUM"
    base = np.linspace(-1, 2, n_targets) if based else None
    more = {"base_values": base.tolist()} if based else {}
    node = forest(trees, targets, n_targets, tracks, aggregate_function=how, **more)
    model = values(node, X.shape[1])
    if based and n_targets > 1 and len(set(targets)) < n_targets:
        with pytest.raises(UnsupportedModelError, match="do not agree"):
            Model.from_onnx(model)
    else:
        check_values(model, X)
    if not based:
        node = new_forest(trees, targets, n_targets, aggregate_function=int(not mean))
        check_values(values(node, X.shape[1], opset=5), X)


def test_members():
    """BRANCH_MEMBER, of version 5."""
    node = new_forest(
        [(0, 6, 0.0, 1, 1.0, (1, 6, 0.0, 0, 2.0, 4.0))],
        [0],
        1,
        membership_values=onnx.numpy_helper.from_array(
            np.float32([1, 3, -7, np.nan, 0.5, np.nan]), "m"
        ),
    )
    X = np.float32(
        [[a, b] for a in (1, 3, -7, 2, np.nan) for b in (0.5, 0.50001, np.nan)]
    )
    check_values(values(node, 2, opset=5), X)


@pytest.mark.parametrize("post", ["LOGISTIC", "SOFTMAX"])
def test_transforms_of_values(post):
    X = np.float32([[0], [1], [np.nan]])
    trees = [(0, 0, 0.5, 0, 1.5, -2.0), (0, 1, 1.0, 1, 0.25, 3.0)]
    for n, targets in ((1, [0, 0]), (2, [0, 1])):
        check_values(values(forest(trees, targets, n, post_transform=post), 1), X)
        node = new_forest(trees, targets, n, post_transform=1)
        with pytest.raises(UnsupportedModelError, match="post_transform"):
            Model.from_onnx(values(node, 1, opset=5))


STUMPS = {
    "shares": ([0.2], [0.7], [0]),
    "at a half": ([0.5], [0.50001], [0]),
    "signs": ([-0.2], [0.7], [0]),
    "base": ([-0.2], [0.7], [0], {"base_values": [0.5]}),
    "base of shares": ([0.2], [0.7], [0], {"base_values": [-1.0]}),
    "opposite": ([0.8, -0.8], [-0.3, 0.3], [0, 1]),
    "three": ([0.8, -0.8, 0.0], [-0.3, 0.3, 0.5], [0, 1, 2]),
    "three shares": ([0.2, 0.3, 0.5], [0.4, 0.4, 0.2], [0, 1, 2]),
    "equal": ([0.8, 0.8, 0.8], [-0.3, 0.3, 0.3], [0, 1, 2]),
    "three with a base": (
        [0.8, -0.8],
        [-0.3, 0.3],
        [0, 2],
        {"base_values": [0.0, 0.1, -0.2]},
    ),
}
UNCLEAR = {
    "second": ([0.2], [0.7], [1]),
    "two bases": ([-0.2], [0.7], [0], {"base_values": [0.5, 0.25]}),
    "both": ([0.8, 0.2], [0.3, 0.7], [0, 1]),
    "both with bases": ([0.8, -0.8], [-0.3, 0.3], [0, 1], {"base_values": [1.0, 2.0]}),
    "left out": ([-0.8, -0.9], [-0.3, 0.3], [0, 1], {"labels": (5, 6, 7)}),
}


@pytest.mark.parametrize("post", ["NONE", "LOGISTIC", "SOFTMAX"])
@pytest.mark.parametrize("name", STUMPS)
def test_what_trees_choose(name, post):
    left, right, ids, *more = STUMPS[name]
    more = dict(more[0]) if more else {}
    more["labels"] = (5, 6, 7) if max(ids) > 1 else (7, 3)
    if ids == [0, 1]:  # for which ONNX Runtime says 0 and 1, whatever the labels
        more["labels"] = (0, 1)
    model = classes(stump(left, right, ids, post_transform=post, **more), 1)
    if post == "SOFTMAX" and ids == [0]:
        with pytest.raises(UnsupportedModelError, match="of one score"):
            Model.from_onnx(model)
        return
    X = np.float32([[0], [1], [np.nan]])
    labels, scores = run(model, X)
    converted = Model.from_onnx(model)
    np.testing.assert_array_equal(converted.predict(X), labels)
    np.testing.assert_allclose(scores_of(converted, X, scores), scores, atol=1e-6)


@pytest.mark.parametrize("name", UNCLEAR)
def test_what_runtimes_do_not_agree_about(name):
    left, right, ids, *more = UNCLEAR[name]
    model = classes(stump(left, right, ids, **(more[0] if more else {})), 1)
    with pytest.raises(UnsupportedModelError, match=r"do(es)? not agree"):
        Model.from_onnx(model)


COEFFICIENTS = {
    "one": ([1.0, 2.0], [0.5], (0, 1)),
    "opposite": ([1.0, 2.0, -1.0, -2.0], [0.5, -0.5], (0, 1)),
    "two": ([1.0, 2.0, 3.0, -2.0], [0.5, 0.1], (4, 2)),
    "three": ([1.0, 2.0, -1.0, -2.0, 0.0, 0.5], [0.5, -0.5, 0.0], (5, 6, 7)),
}


@pytest.mark.parametrize("post", ["NONE", "LOGISTIC", "SOFTMAX"])
@pytest.mark.parametrize("name", COEFFICIENTS)
def test_what_linear_models_choose(name, post):
    coefficients, intercepts, labels = COEFFICIENTS[name]
    node = ml_node(
        "LinearClassifier",
        outputs=("L", "P"),
        coefficients=coefficients,
        intercepts=intercepts,
        classlabels_ints=labels,
        post_transform=post,
    )
    model = classes(node, 2)
    X = np.float32([[1, 2], [-1, 0.5], [0, 0], [-3, -4]])
    if name == "one" and post == "SOFTMAX":
        with pytest.raises(UnsupportedModelError, match="of one score"):
            Model.from_onnx(model)
        return
    if name == "one" and post == "NONE":  # by ONNX Runtime, 1 - s and s
        labels, scores = run(model, X)
        converted = Model.from_onnx(model)
        np.testing.assert_array_equal(converted.predict(X), labels)
        np.testing.assert_allclose(converted.decision_function(X), scores[:, 1])
        return
    check_classifier(model, X)


def test_scaled_ties():
    """Trees behind scalers decide as on the scaled float32 numbers."""
    rng = np.random.default_rng(0)
    offset, scale = rng.normal(size=2).tolist(), rng.uniform(0.1, 9, 2).tolist()
    X = rng.normal(size=(2000, 2)).astype(np.float32)
    moved = (X - np.float32(offset)) * np.float32(scale)
    trees = [
        (k % 2, int(rng.integers(4)), float(v), 0, 1.0, -2.0)
        for k, v in enumerate(moved.ravel()[:200])
    ]
    tree_node = forest(trees, [0] * 200, 1)
    tree_node.input[0] = "S"
    scaler = ml_node("Scaler", outputs=("S",), offset=offset, scale=scale)
    nodes = [scaler, tree_node]
    model = of_nodes(nodes, 2, [("P", TensorProto.FLOAT)])
    check_values(model, X, 1e-7)


def test_arithmetic():
    nodes = [
        helper.make_node("Sub", ["X", "a"], ["1"]),
        helper.make_node("Div", ["1", "b"], ["2"]),
        helper.make_node("Sub", ["c", "2"], ["3"]),
        helper.make_node("Gemm", ["3", "W", "a"], ["4"], transB=1, alpha=0.5, beta=2.0),
        helper.make_node("Tanh", ["4"], ["5"]),
        ml_node("ArrayFeatureExtractor", ["5", "at"], ["6"]),
        helper.make_node("Concat", ["6", "X"], ["7"], axis=1),
        helper.make_node("Neg", ["7"], ["P"]),
    ]
    constants = {
        "a": np.float32([1, 2]),
        "b": np.float32([4, 0.5]),
        "c": np.float32([3]),
        "W": np.float32([[1, 2], [-0.5, 0.25]]),
        "at": np.array([1, 1, 0]),
    }
    model = of_nodes(nodes, 2, [("P", TensorProto.FLOAT)], constants.items())
    X = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    check_values(model, X)


def test_columns_as_inputs():
    names = ["a", "b", "c"]
    nodes = [
        helper.make_node("Concat", names, ["X"], axis=1),
        ml_node("LinearRegressor", coefficients=[1.0, -2.0, 4.0], intercepts=[0.5]),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, [None, 1]) for n in names],
        [helper.make_tensor_value_info("P", TensorProto.FLOAT, None)],
    )
    converted = Model.from_onnx(helper.make_model(graph))
    assert converted.feature_names_in_.tolist() == names
    assert [stage.name for stage in converted.stages] == ["dense"]
    np.testing.assert_allclose(converted.predict([[1, 2, 3]]), [9.5])


def test_doubles(to_onnx):
    X, y = data_of("wine")
    double = X.astype(np.float64)
    model = to_onnx(RandomForestClassifier(5).fit(X, y), double)
    labels, scores = run(model, double)
    converted = Model.from_onnx(model)
    np.testing.assert_array_equal(converted.predict(X), labels)
    np.testing.assert_allclose(converted.predict_proba(X), scores, atol=1e-6)


def test_classes():
    model = classes(stump([-0.2], [0.7], [0], post_transform="LOGISTIC"), 1)
    converted = Model.from_onnx(model, classes=["no", "yes"])
    assert converted.predict([[0], [1]]).tolist() == ["no", "yes"]
    with pytest.raises(ValueError, match=r"classes of shape \(3,\)"):
        Model.from_onnx(model, classes=[1, 2, 3])
    two = values(forest([(0, 0, 0.5, 0, 1.0, 3.0), 2.0], [0, 1], 2), 1)
    assert Model.from_onnx(two).predict([[0], [1]]).tolist() == [[1, 2], [3, 2]]
    converted = Model.from_onnx(two, classes=["x", "y"])
    assert converted.predict([[0], [1]]).tolist() == ["y", "x"]
    one = values(forest([1.0], [0], 1), 1)
    with pytest.raises(ValueError, match="several classes"):
        Model.from_onnx(one, classes=["x"])


def test_parts_of_outputs():
    both = classes(stump([-0.2], [0.7], [0], post_transform="LOGISTIC"), 1)
    only = onnx.ModelProto.FromString(both.SerializeToString())
    del only.graph.output[1]
    assert Model.from_onnx(only).methods == ("predict",)
    only = onnx.ModelProto.FromString(both.SerializeToString())
    del only.graph.output[0]
    X = np.float32([[0], [1]])
    found = Model.from_onnx(only).predict(X)
    np.testing.assert_allclose(found, run(both, X)[1], rtol=1e-6)
    assert Model.from_onnx(only, classes=[4, 5]).predict(X).tolist() == [4, 5]


def test_options():
    X = np.arange(10, dtype=np.float32)[:, None]
    model = values(forest([(0, 0, 4.5, 0, 1.0, -2.0)] * 5, [0] * 5, 1), 1)
    expected = run(model, X)[0].ravel()
    for more in (
        {"dtype": "uint8"},
        {"dtype": "int16"},
        {"leaf_bits": 8},
        {"sums": "float32"},
        {"encoding": "bins"},
    ):
        data = {"X": X} if "dtype" in more else {}
        found = Model.from_onnx(model, **more, **data).predict(X)
        np.testing.assert_allclose(found, expected, rtol=1e-2)
    scaler = values(ml_node("Scaler", offset=[1.0], scale=[2.0]), 1)
    with pytest.raises(ValueError, match="leaf_bits"):
        Model.from_onnx(scaler, leaf_bits=8)


# Files


def small_models():
    """One of each kind, for files."""
    rng = np.random.default_rng(0)
    trees = [random_tree(rng, 3, 2, np.float32([0, 1, 2])) for _ in range(3)]
    svm = {
        "coefficients": [1.0, -1.0, 0.5, -0.5],
        "support_vectors": [1.0, 2.0, 3.0, 4.0, 0.5, 0.5, -1.0, 1.0],
        "kernel_type": "RBF",
        "kernel_params": [0.5, 0.0, 3.0],
        "rho": [0.1],
    }
    scaler = ml_node("Scaler", outputs=("S",), offset=[1.0], scale=[2.0])
    imputer = ml_node(
        "Imputer",
        ("S",),
        ("I",),
        imputed_value_floats=[1.0, 2.0],
        replaced_value_float=float("nan"),
    )
    linear = ml_node(
        "LinearClassifier",
        ("I",),
        ("L", "Q"),
        coefficients=[1.0, 2.0, -1.0, 1.0, 0.5, 0.0],
        intercepts=[0.0, 1.0, 2.0],
        classlabels_ints=[0, 1, 2],
        post_transform="SOFTMAX",
    )
    norm = ml_node("Normalizer", ("Q",), ("P",), norm="L1")
    outputs = [("L", TensorProto.INT64), ("P", TensorProto.FLOAT)]
    return {
        "forest": values(forest(trees, [0, 1, 0], 2), 2),
        "version 5": values(new_forest(trees, [0, 1, 0], 2), 2, opset=5),
        "classifier": classes(stump([-0.2], [0.7], [0], post_transform="LOGISTIC"), 2),
        "machine": classes(
            ml_node(
                "SVMClassifier",
                outputs=("L", "P"),
                classlabels_ints=[0, 1],
                vectors_per_class=[2, 2],
                prob_a=[-1.0],
                prob_b=[0.1],
                **svm,
            ),
            2,
        ),
        "machine of values": values(ml_node("SVMRegressor", n_supports=4, **svm), 2),
        "chain": of_nodes([scaler, imputer, linear, norm], 2, outputs),
        "net": of_nodes(
            [
                helper.make_node("MatMul", ["X", "W"], ["1"]),
                helper.make_node("Add", ["1", "b"], ["2"]),
                helper.make_node("Softmax", ["2"], ["P"]),
                helper.make_node("ArgMax", ["P"], ["A"], axis=1),
                ml_node("ArrayFeatureExtractor", ["names", "A"], ["R"]),
                helper.make_node("Reshape", ["R", "flat"], ["F"]),
                helper.make_node("Cast", ["F"], ["L"], to=7),
            ],
            2,
            outputs,
            {
                "W": np.float32([[1, 2, 3], [-1, 0, 1]]),
                "b": np.float32([0.5]),
                "names": np.array([4, 5, 9]),
                "flat": np.array([-1]),
            }.items(),
        ),
    }


SMALL = small_models()


@pytest.mark.parametrize("name", SMALL)
def test_bytes_and_files(name, tmp_path):
    model = SMALL[name]
    path = tmp_path / "model.onnx"
    path.write_bytes(model.SerializeToString())
    assert is_onnx_file(path)
    assert is_onnx(model)
    one, other, third = (
        Model.from_onnx(each) for each in (model, path.read_bytes(), path)
    )
    assert one == other == third
    X = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    if len(model.graph.output) == 1:
        check_values(model, X)
    else:
        check_classifier(model, X)


def test_what_is_no_file_of_onnx(tmp_path):
    for content in (
        b"",
        b"{}",
        b"CBM1",
        b"PK\3\4",
        b"tree\n",
        b"\x08\x08",
        b"\xff" * 9,
    ):
        path = tmp_path / "other"
        path.write_bytes(content)
        assert not is_onnx_file(path)
        with pytest.raises(FormatError, match=r"other: no ONNX model"):
            Model.from_onnx(path)
    with pytest.raises(OSError, match="nowhere"):
        Model.from_onnx(tmp_path / "nowhere.onnx")
    with pytest.raises(UnsupportedModelError, match="int is no ONNX model"):
        Model.from_onnx(3)


def test_without_onnx(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(SMALL["forest"].SerializeToString())
    code = (
        "import sys; sys.modules['onnx'] = None; import emlrt;"
        f"emlrt.Model.from_onnx({str(path)!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert "pip install 'emlrt[onnx]'" in done.stderr
    code = (
        "import sys; sys.modules['onnxruntime'] = None; import emlrt;"
        f"emlrt.Model.from_onnx({str(path)!r}); assert 'sklearn' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_other_files_are_not_followed(tmp_path):
    model = onnx.ModelProto.FromString(SMALL["net"].SerializeToString())
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"
    with pytest.raises(UnsupportedModelError, match="'W' is in another file"):
        Model.from_onnx(model.SerializeToString())


def with_node(op, domain="", **attributes):
    node = helper.make_node(op, ["X"], ["P"], "my node", domain=domain, **attributes)
    return values(node, 2)


REFUSED = {
    "op": (with_node("Sin"), r"'my node' \(Sin\): ai.onnx.Sin is not supp"),
    "domain": (with_node("Scaler", "mine"), r"mine.Scaler is not supported"),
    "norm": (with_node("Normalizer", "ai.onnx.ml", norm="MAX"), "norm='MAX'"),
    "post": (
        values(forest([1.0], [0], 1, post_transform="PROBIT"), 1),
        "post_transform='PROBIT'",
    ),
    "zero": (
        values(forest([1.0], [0], 1, post_transform="SOFTMAX_ZERO"), 1),
        "post_transform='SOFTMAX_ZERO'",
    ),
    "least": (
        values(forest([1.0], [0], 1, aggregate_function="MIN"), 1),
        "aggregate_function='MIN'",
    ),
    "least of 5": (
        values(new_forest([1.0], [0], 1, aggregate_function=2), 1, opset=5),
        "aggregate_function='MIN'",
    ),
    "one label": (classes(stump([1.0], [2.0], [0], labels=(5,)), 1), "1 labels, not 2"),
    "same labels": (classes(stump([1.0], [2.0], [0], labels=(5, 5)), 1), "the same"),
    "later": (values(forest([1.0], [0], 1), 1, opset=6), "version 6"),
    "texts": (
        values(forest([1.0], [0], 1), 1, kind=TensorProto.STRING),
        "another type than float",
    ),
    "scores": (
        of_nodes(
            [
                stump([-0.2], [0.7], [0]),
                ml_node("Scaler", ["P"], ["Q"], offset=[1.0], scale=[2.0]),
            ],
            1,
            [("Q", TensorProto.FLOAT)],
        ),
        "something else than numbers",
    ),
    "outputs": (
        of_nodes(
            [ml_node("Scaler", ["X"], ["Q"], offset=[1.0], scale=[2.0])],
            1,
            [("Q", TensorProto.FLOAT), ("X", TensorProto.FLOAT)],
        ),
        "outputs Q, X are not supported",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name):
    model, message = REFUSED[name]
    with pytest.raises(UnsupportedModelError, match=message):
        Model.from_onnx(model)


def test_inputs_of_unknown_length():
    model = onnx.ModelProto.FromString(SMALL["forest"].SerializeToString())
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_param = "n"
    with pytest.raises(UnsupportedModelError, match="fixed length"):
        Model.from_onnx(model)


def changed(name, attribute, kind, at, value):
    """A small model with one number of a list changed."""
    model = onnx.ModelProto.FromString(SMALL[name].SerializeToString())
    for found in model.graph.node[0].attribute:
        if found.name == attribute:
            getattr(found, kind)[at] = value
    return model


DAMAGE = {
    "child": ("forest", "nodes_truenodeids", "ints", 0, 99, "names a node that there"),
    "negative": ("forest", "nodes_truenodeids", "ints", 0, -1, "names a node that"),
    "huge": ("forest", "nodes_truenodeids", "ints", 0, 2**62, "names a node that"),
    "itself": ("forest", "nodes_truenodeids", "ints", 0, 0, "does not lead to"),
    "twice": ("forest", "nodes_nodeids", "ints", 1, 0, "same ids"),
    "feature": ("forest", "nodes_featureids", "ints", 0, 2, "none of the 2 features"),
    "before": ("forest", "nodes_featureids", "ints", 0, -1, "none of the 2 features"),
    "NaN": ("forest", "nodes_values", "floats", 0, np.nan, "NaN|not finite"),
    "mode": ("forest", "nodes_modes", "strings", 0, b"BRANCH_?", "is unknown"),
    "target": ("forest", "target_ids", "ints", 0, 2, "none of the 2 outputs"),
    "weight": ("forest", "target_weights", "floats", 0, np.inf, "NaN or infinite"),
    "leaf": ("forest", "target_nodeids", "ints", 0, 0, "no leaf"),
    "lost leaf": ("forest", "target_nodeids", "ints", 0, 99, "names a node that"),
    "root": ("version 5", "tree_roots", "ints", 0, 99, "tree_roots are no nodes"),
    "two roots": ("version 5", "tree_roots", "ints", 0, 1, "root"),
    "new child": ("version 5", "nodes_truenodeids", "ints", 0, 99, "names a node|few"),
    "labels": ("classifier", "class_ids", "ints", 0, 5, "none of the 2 outputs"),
    "rows": ("machine", "vectors_per_class", "ints", 0, 3, "add up to 4"),
    "rho": ("machine", "rho", "floats", 0, np.nan, "rho is NaN"),
    "offset": ("chain", "offset", "floats", 0, np.nan, "offset is NaN"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named(name, tmp_path):
    which, attribute, kind, at, value, message = DAMAGE[name]
    path = tmp_path / "damaged.onnx"
    path.write_bytes(changed(which, attribute, kind, at, value).SerializeToString())
    with pytest.raises(EmlrtError, match=message) as caught:
        Model.from_onnx(path)
    assert str(caught.value).startswith(f"{path}: node")


def test_graphs_that_are_none():
    model = onnx.ModelProto.FromString(SMALL["chain"].SerializeToString())
    model.graph.node[1].input[0] = "later"
    with pytest.raises(FormatError, match="reads 'later', which nothing before"):
        Model.from_onnx(model)
    model = onnx.ModelProto.FromString(SMALL["chain"].SerializeToString())
    model.graph.node[1].output[0] = "S"
    with pytest.raises(FormatError, match="gives 'S', which there is already"):
        Model.from_onnx(model)
    model = onnx.ModelProto.FromString(SMALL["chain"].SerializeToString())
    model.graph.output[0].name = "nothing"
    with pytest.raises(FormatError, match="nothing gives the output"):
        Model.from_onnx(model)


def test_sizes_that_a_file_cannot_hold():
    """Counts do not make memory."""
    model = onnx.ModelProto.FromString(SMALL["net"].SerializeToString())
    model.graph.initializer[0].dims[:] = [1 << 40, 1 << 40]
    with pytest.raises(FormatError, match="'W' is damaged"):
        Model.from_onnx(model)
    for n in (1 << 62, -1, 0, 65536):
        node = forest([1.0], [0], 1)
        node.attribute[-1].i = 0
        for found in node.attribute:
            if found.name == "n_targets":
                found.i = n
        with pytest.raises(UnsupportedModelError, match="outputs; supported are"):
            Model.from_onnx(values(node, 1))
    wide = values(ml_node("Normalizer", norm="L1"), 1 << 40)
    with pytest.raises(UnsupportedModelError, match="supported are 1 to"):
        Model.from_onnx(wide)


def test_nodes_cannot_ask_for_much():
    """Each doubles what it reads."""
    nodes, last = [], "X"
    for k in range(200):
        give = f"v{k}"
        nodes.append(helper.make_node("Neg", [last], [f"n{k}"]))
        nodes.append(helper.make_node("Concat", [f"n{k}", last], [give], axis=1))
        last = give if k < 14 else last
    nodes[-1].output[0] = "P"
    model = of_nodes(nodes, 2, [("P", TensorProto.FLOAT)])
    target(model.SerializeToString())
    nodes = [helper.make_node("Neg", ["X"], ["a0"])]
    for k in range(200):
        nodes.append(helper.make_node("Neg", [f"a{k}"], [f"a{k + 1}"]))
    nodes[-1].output[0] = "P"
    model = of_nodes(nodes, 60000, [("P", TensorProto.FLOAT)])
    with pytest.raises(UnsupportedModelError, match="too many"):
        Model.from_onnx(model)


def test_deep_trees_are_read():
    """One long chain takes no stack, and no time to speak of."""
    n = 4001
    inner = np.arange(0, n - 1, 2)
    true, false = np.zeros(n, int), np.zeros(n, int)
    true[inner], false[inner] = inner + 1, inner + 2
    leaf = np.setdiff1d(np.arange(n), inner)
    modes = np.where(np.isin(np.arange(n), leaf), "LEAF", "BRANCH_LEQ")
    node = ml_node(
        "TreeEnsembleRegressor",
        n_targets=1,
        nodes_treeids=[0] * n,
        nodes_nodeids=list(range(n)),
        nodes_featureids=[0] * n,
        nodes_values=np.linspace(-1, 1, n).tolist(),
        nodes_modes=modes.tolist(),
        nodes_truenodeids=true.tolist(),
        nodes_falsenodeids=false.tolist(),
        target_treeids=[0] * leaf.size,
        target_nodeids=leaf.tolist(),
        target_ids=[0] * leaf.size,
        target_weights=np.arange(leaf.size, dtype=float).tolist(),
    )
    target(values(node, 1).SerializeToString())


ODD_INTS = (0, 1, -1, 2, 3, 7, 8, 1 << 31, -(1 << 31), (1 << 63) - 1, -(1 << 63))
ODD_FLOATS = (0.0, -0.0, 1.0, 1e-45, 3.4e38, -3.4e38, np.nan, np.inf, -np.inf)
ODD_TEXTS = (b"", b"\xff", b"LEAF", b"BRANCH_EQ", b"RBF", b"POLY", b"LOGISTIC", b"L2")


def change_attribute(draw, node):
    found = draw(st.sampled_from(list(node.attribute)))
    how = draw(st.integers(0, 9))
    if how == 0:
        node.attribute.remove(found)
        return
    for kind, odd in (
        ("ints", ODD_INTS),
        ("floats", ODD_FLOATS),
        ("strings", ODD_TEXTS),
    ):
        numbers = getattr(found, kind)
        if not len(numbers):
            continue
        at = draw(st.integers(0, len(numbers) - 1))
        if how == 1:
            del numbers[at]
        elif how == 2:
            numbers.append(draw(st.sampled_from(odd)))
        elif kind == "ints" and how > 5:
            numbers[at] = draw(st.integers(-2, 9))
        else:
            numbers[at] = draw(st.sampled_from(odd))
        return
    found.i, found.f = (
        draw(st.sampled_from(ODD_INTS)),
        draw(st.sampled_from(ODD_FLOATS)),
    )
    found.s = draw(st.sampled_from(ODD_TEXTS))
    if how == 3:
        found.type = draw(st.integers(0, 14))
    if how == 4 and found.HasField("t"):
        found.t.dims[:] = draw(st.lists(st.sampled_from(ODD_INTS), max_size=3))


@st.composite
def structures(draw):
    """A model with some attributes, names or ops changed."""
    name = draw(st.sampled_from(sorted(SMALL)))
    model = onnx.ModelProto.FromString(SMALL[name].SerializeToString())
    for _ in range(draw(st.integers(1, 4))):
        node = draw(st.sampled_from(list(model.graph.node)))
        how = draw(st.integers(0, 9))
        names = ["X", "P", "L", "S", "", "1", "W", "b", "names"]
        ops = [
            "Identity",
            "Cast",
            "Add",
            "Concat",
            "Scaler",
            "Reshape",
            "ZipMap",
            "Less",
        ]
        ops += ["Div", "ArgMax", "SVMClassifier", "Abs", "MatMul", "Normalizer"]
        if how == 0:
            node.op_type = draw(st.sampled_from(ops))
            node.domain = draw(st.sampled_from(["", "ai.onnx.ml"]))
        elif how == 1:
            node.input[:] = draw(st.lists(st.sampled_from(names), max_size=3))
        elif how == 2:
            node.output[:] = draw(st.lists(st.sampled_from(names), max_size=3))
        elif how == 3:
            dims = model.graph.input[0].type.tensor_type.shape.dim
            dims[1].dim_value = draw(st.sampled_from([*range(5), *ODD_INTS]))
        elif len(node.attribute):
            change_attribute(draw, node)
    return model


@settings(
    max_examples=draws(1500),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(structures())
def test_models_of_any_kind(model):
    """Each is refused in one way, or converted."""
    try:
        converted = Model.from_onnx(model.SerializeToString())
    except EmlrtError:
        return
    converted.predict(np.zeros((2, converted.n_features_in_), np.float32))


@settings(
    max_examples=draws(1500),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_bytes_of_any_kind(data):
    name = data.draw(st.sampled_from(sorted(SMALL)))
    raw = bytearray(SMALL[name].SerializeToString())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw)))
        some = data.draw(st.binary(max_size=5))
        raw[at : at + data.draw(st.sampled_from([0, 1, len(some)]))] = some
    target(bytes(raw))


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(3, max_depth=4, random_state=0),
        HistGradientBoostingClassifier(max_iter=4, random_state=0),
        make_pipeline(StandardScaler(), RandomForestClassifier(3, random_state=0)),
    ],
    ids=["forest", "hist", "scaled"],
)
def test_infinite_rows(estimator, to_onnx):
    """As ONNX Runtime has them, behind a scaler, too."""
    X, y = data_of("wine")
    model = to_onnx(estimator.fit(X, y), X, zipmap=False)
    large = np.float32([np.inf, -np.inf, 3.4e38, -3.4e38])
    rows = np.repeat(X[:8], 13, axis=0)
    rows[np.arange(len(rows)), np.arange(len(rows)) % 13] = np.resize(large, len(rows))
    converted = Model.from_onnx(model)
    assert converted.program.infinite
    wanted = run(model, rows)[-1]
    found = scores_of(converted, rows, wanted)
    np.testing.assert_allclose(found, wanted, atol=1e-5)
