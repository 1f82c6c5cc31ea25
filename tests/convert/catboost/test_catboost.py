# SPDX-License-Identifier: MIT
"""CatBoost's models against CatBoost: raw values, answers, files of anybody."""

import copy
import json
import subprocess
import sys

import numpy as np
import pytest
from draws import draws

catboost = pytest.importorskip("catboost")

from catboost import (  # noqa: E402
    CatBoost,
    CatBoostClassifier,
    CatBoostRanker,
    CatBoostRegressor,
)
from fuzz_readers.catboost_target import target  # noqa: E402
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

from emlrt import EmlrtError, FormatError, Model, UnsupportedModelError  # noqa: E402
from emlrt.convert.catboost.file import parsed  # noqa: E402
from emlrt.convert.catboost.model import is_catboost, is_catboost_file  # noqa: E402
from emlrt.convert.catboost.trees import trees_of  # noqa: E402
from emlrt.convert.trees.ensemble import Oblivious  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:catboost")
DATA = {
    "breast_cancer": load_breast_cancer,
    "wine": load_wine,
    "digits": load_digits,
    "diabetes": load_diabetes,
}
POLICIES = ("SymmetricTree", "Depthwise", "Lossguide")
FEW = {"thread_count": 1, "verbose": 0, "allow_writing_files": False}
#: Largest difference of raw values, relative to the sum of the largest leaves.
EXACT = 1e-6


def data_of(name, share=0.0):
    X, y = DATA[name](return_X_y=True)
    X = X.astype(np.float32)
    X[np.random.default_rng(0).random(X.shape) < share] = np.nan
    return X, y


def exported(model, folder):
    path = folder / "model.json"
    model.save_model(str(path), format="json")
    return path


def magnitudes(trees):
    """The largest number that partial sums of each output can reach."""
    if isinstance(trees, Oblivious):
        leaves = [abs(tree.leaves).max(axis=0) for tree in trees.trees]
    else:
        leaves = [abs(trees.value).max(axis=0)]
    return np.maximum(abs(trees.base), np.max(leaves, axis=0))


def check_raw(model, X, folder):
    """The parsed trees, and the runtime's scores of a file."""
    path = exported(model, folder)
    trees = trees_of(parsed(path.read_bytes())).sums
    raw = model.predict(X, prediction_type="RawFormulaVal").reshape(len(X), -1)
    np.testing.assert_allclose(trees.sums(X), raw, rtol=1e-9, atol=1e-9)
    found = Model.from_catboost(path).predict(X).reshape(len(X), -1)
    scale = np.maximum(abs(raw).max(axis=0), magnitudes(trees))
    assert (abs(found - raw) / scale).max() <= EXACT


def check_labels(converted, model, X):
    """Labels are the same, but where two raw values hardly differ."""
    expected = model.predict(X).reshape(len(X), -1)
    found = converted.predict(X).reshape(len(X), -1)
    p = model.predict_proba(X)
    top = np.sort(p, axis=1)[:, -2:]
    clear = top[:, 1] - top[:, 0] > 1e-5
    np.testing.assert_array_equal(found[clear], expected[clear])
    assert clear.mean() > 0.9
    assert abs(converted.predict_proba(X) - p).max() <= 1e-5
    np.testing.assert_array_equal(converted.classes_, model.classes_)


@pytest.mark.parametrize("share", [0, 0.3])
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("data", DATA)
def test_data_sets(data, policy, share, tmp_path):
    X, y = data_of(data, share)
    cls = CatBoostRegressor if data == "diabetes" else CatBoostClassifier
    nan_mode = "Max" if policy == "Lossguide" else "Min"
    model = cls(
        iterations=40, depth=4, grow_policy=policy, nan_mode=nan_mode, **FEW
    ).fit(X, y)
    check_raw(model, X, tmp_path)
    converted = Model.from_catboost(model)
    if data == "diabetes":
        np.testing.assert_allclose(converted.predict(X), model.predict(X), rtol=1e-6)
        assert converted.methods == ("predict",)
        assert not hasattr(converted, "predict_proba")
    else:
        check_labels(converted, model, X)
        expected = model.predict_log_proba(X)
        found = converted.predict_log_proba(X)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
        assert not hasattr(converted, "decision_function")


LABELS = {
    "integers": np.array([3, -1, 7]),
    "texts": np.array(["b", "a", "cc"]),
    "floats": np.array([0.5, 2.0, 1.25]),
}


def blobs(n_classes, seed=0, n=300, width=4):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, width)).astype(np.float32)
    y = np.argsort(np.argsort(X[:, 0] + X[:, 1])) * n_classes // n
    return X, y


@pytest.mark.parametrize("loss", ["Logloss", "MultiClass", "MultiClassOneVsAll"])
@pytest.mark.parametrize("labels", [*LABELS, "booleans"])
def test_labels(labels, loss, tmp_path):
    n = 2 if labels == "booleans" or loss == "Logloss" else 3
    X, y = blobs(n)
    y = (y > 0) if labels == "booleans" else LABELS[labels][y]
    model = CatBoostClassifier(8, loss_function=loss, depth=3, **FEW).fit(X, y)
    converted = Model.from_catboost(model)
    check_labels(converted, model, X)
    found = converted.predict(X)
    assert found.dtype == model.classes_.dtype
    assert found.shape == model.predict(X).shape
    found = found.ravel()
    assert type(found[0]) is type(model.classes_[0])
    given = Model.from_catboost(exported(model, tmp_path), classes=model.classes_)
    np.testing.assert_array_equal(given.predict(X), found)
    np.testing.assert_array_equal(given.predict_proba(X), converted.predict_proba(X))


@pytest.mark.parametrize("threshold", [0.2, 0.75, 0.999])
def test_thresholds(threshold, tmp_path):
    X, y = blobs(2)
    model = CatBoostClassifier(8, depth=3, **FEW).fit(X, y)
    model.set_probability_threshold(threshold)
    converted = Model.from_catboost(model)
    np.testing.assert_array_equal(converted.predict(X), model.predict(X))
    assert abs(converted.predict_proba(X) - model.predict_proba(X)).max() < 1e-6
    error = abs(converted.predict_log_proba(X) - model.predict_log_proba(X)).max()
    assert error < 1e-5
    given = Model.from_catboost(exported(model, tmp_path), classes=[0, 1])
    np.testing.assert_array_equal(given.predict(X), model.predict(X))
    model.set_probability_threshold(1.0)
    with pytest.raises(UnsupportedModelError, match="threshold='1"):
        Model.from_catboost(model)


@pytest.mark.parametrize("loss", ["MultiLogloss", "MultiCrossEntropy"])
def test_several_labels(loss):
    X, _ = blobs(2)
    model = CatBoostClassifier(8, loss_function=loss, depth=3, **FEW)
    model.fit(X, (X[:, :3] > 0).astype(int))
    converted = Model.from_catboost(model)
    assert converted.n_outputs_ == 3
    np.testing.assert_array_equal(converted.predict(X), model.predict(X))
    np.testing.assert_allclose(
        converted.predict_proba(X), model.predict_proba(X), rtol=1e-5
    )
    np.testing.assert_allclose(
        converted.predict_log_proba(X), model.predict_log_proba(X), atol=1e-5
    )
    model.set_probability_threshold(0.3)
    with pytest.raises(UnsupportedModelError, match="several labels"):
        Model.from_catboost(model)


LOSSES = (
    "RMSE",
    "MAE",
    "Quantile:alpha=0.3",
    "MultiQuantile:alpha=0.2,0.5,0.8",
    "MAPE",
    "LogLinQuantile",
    "Poisson",
    "Huber:delta=1",
    "Tweedie:variance_power=1.5",
    "MultiRMSE",
    "RMSEWithUncertainty",
    "Expectile:alpha=0.3",
    "Lq:q=1.5",
    "LogCosh",
    "SurvivalAft",
    "Cox",
)


@pytest.mark.parametrize("loss", LOSSES)
def test_regression(loss, tmp_path):
    X, _ = blobs(2)
    y = np.abs(X[:, 0]) + 1
    y = np.column_stack([y, y**2]) if loss in ("MultiRMSE", "SurvivalAft") else y
    model = CatBoostRegressor(8, loss_function=loss, depth=3, **FEW).fit(X, y)
    converted = Model.from_catboost(model)
    found, expected = converted.predict(X), model.predict(X)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=3e-6, atol=1e-6)
    raw = model.predict(X, prediction_type="RawFormulaVal")
    path = exported(model, tmp_path)
    np.testing.assert_allclose(
        Model.from_catboost(path).predict(X), raw, rtol=3e-6, atol=1e-6
    )
    loaded = CatBoostRegressor()
    loaded.load_model(str(path), format="json")
    np.testing.assert_array_equal(Model.from_catboost(loaded).predict(X), found)
    with pytest.raises(ValueError, match="classes are for the losses Logloss"):
        Model.from_catboost(path, classes=[0, 1])


def test_raw_classes_give_raw_values():
    X, y = blobs(3)
    base = CatBoost({**FEW, "iterations": 5, "loss_function": "MultiClass"}).fit(X, y)
    converted = Model.from_catboost(base)
    assert converted.methods == ("predict",)
    np.testing.assert_allclose(converted.predict(X), base.predict(X), atol=1e-6)
    labelled = Model.from_catboost(base, classes=list("abc"))
    expected = np.array(list("abc"))[base.predict(X, "Class").ravel()]
    np.testing.assert_array_equal(labelled.predict(X), expected)
    ranker = CatBoostRanker(5, **FEW).fit(X, y, group_id=np.arange(300) // 10)
    converted = Model.from_catboost(ranker)
    np.testing.assert_allclose(converted.predict(X), ranker.predict(X), atol=1e-6)


class OwnLoss:
    def calc_ders_range(self, approxes, targets, weights):
        # Without zip(strict=True): CatBoost compiles it where numba is installed.
        return [(targets[k] - approxes[k], -1.0) for k in range(len(targets))]


def test_losses_of_ones_own(tmp_path):
    X, y = blobs(2)
    model = CatBoostClassifier(
        5, loss_function=OwnLoss(), eval_metric="Logloss", **FEW
    ).fit(X, y)
    check_labels(Model.from_catboost(model), model, X)
    path = exported(model, tmp_path)
    given = Model.from_catboost(path, classes=[0, 1])
    np.testing.assert_array_equal(given.predict(X), model.predict(X))


def test_scale_and_bias(tmp_path):
    X, _ = blobs(2)
    model = CatBoostRegressor(5, loss_function="MultiRMSE", **FEW).fit(X, X[:, :2])
    model.set_scale_and_bias(-2.5, [1.25, -300.0])
    check_raw(model, X, tmp_path)
    one = CatBoostRegressor(5, grow_policy="Depthwise", **FEW).fit(X, X[:, 0])
    one.set_scale_and_bias(0.1, 7.0)
    check_raw(one, X, tmp_path)
    both = catboost.sum_models([one, one], weights=[0.5, 3.0])
    check_raw(both, X, tmp_path)


def test_names(tmp_path):
    pandas = pytest.importorskip("pandas")
    X, y = blobs(2)
    frame = pandas.DataFrame(X, columns=["a", "b", "ä", "d"])
    model = CatBoostClassifier(5, **FEW).fit(frame, y)
    converted = Model.from_catboost(model)
    assert converted.feature_names_in_.tolist() == ["a", "b", "ä", "d"]
    np.testing.assert_array_equal(converted.predict(frame), model.predict(frame))
    assert not hasattr(
        Model.from_catboost(CatBoostClassifier(5, **FEW).fit(X, y)), "feature_names_in_"
    )


def test_pipeline():
    X, y = data_of("wine")
    pipeline = make_pipeline(
        SelectKBest(k=5), CatBoostClassifier(10, depth=3, **FEW)
    ).fit(X, y)
    converted = Model.from_sklearn(pipeline)
    np.testing.assert_array_equal(converted.predict(X), pipeline.predict(X))
    np.testing.assert_allclose(
        converted.predict_proba(X), pipeline.predict_proba(X), atol=1e-6
    )


def test_integer_inputs():
    X, y = data_of("digits")
    model = CatBoostClassifier(10, depth=4, **FEW).fit(X, y)
    for dtype in ("uint8", "int16"):
        converted = Model.from_catboost(model, dtype=dtype, X=X)
        np.testing.assert_array_equal(converted.predict(X), model.predict(X))


@pytest.mark.parametrize("policy", POLICIES)
def test_ties_and_extremes(policy, tmp_path):
    """Inputs equal to borders, next to them, NaN, and the ends of float32."""
    rng = np.random.default_rng(1)
    X = rng.integers(0, 5, (400, 3)).astype(np.float32)
    X[:, 2] = rng.normal(size=400) * 1e30
    X[rng.random(X.shape) < 0.1] = np.nan
    y = rng.normal(size=400)
    for nan_mode in ("Min", "Max"):
        model = CatBoostRegressor(
            20, nan_mode=nan_mode, grow_policy=policy, depth=4, **FEW
        ).fit(X, y)
        document = json.loads(exported(model, tmp_path).read_bytes())
        features = document["features_info"]["float_features"]
        borders = [np.float32(f["borders"]) for f in features]
        largest = np.finfo(np.float32).max
        near = [
            np.concatenate([b, np.nextafter(b, largest), np.nextafter(b, -largest)])
            for b in borders
        ]
        ends = np.float32([np.nan, largest, -largest, 0.0, -0.0, 1e-45])
        rows = [rng.choice(np.concatenate([n, ends]), 1000) for n in near]
        check_raw(model, np.stack(rows, axis=1), tmp_path)
        infinite = np.float32([[np.inf] * 3, [-np.inf] * 3])
        trees = trees_of(parsed(json.dumps(document).encode())).sums
        raw = model.predict(infinite)
        np.testing.assert_allclose(trees.sums(infinite)[:, 0], raw, rtol=1e-9)


@st.composite
def tasks(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.integers(12, 60))
    levels = draw(st.sampled_from([2, 4, 100]))
    X = rng.integers(0, levels, (n, draw(st.integers(1, 5)))).astype(np.float32)
    X *= np.float32(10.0 ** draw(st.integers(-30, 30)))
    X[rng.random(X.shape) < draw(st.sampled_from([0, 0.3]))] = np.nan
    X[:, 0] = rng.permutation(n)  # CatBoost refuses data of constants only
    n_classes = draw(st.integers(2, 9))
    y = np.concatenate(
        [np.arange(n_classes), rng.integers(0, n_classes, n - n_classes)]
    )
    return X, y


@settings(
    max_examples=draws(200),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(
    tasks(),
    st.sampled_from(POLICIES),
    st.booleans(),
    st.integers(1, 5),
    st.sampled_from(["Min", "Max"]),
    st.integers(-20, 20),
)
def test_random_models(
    tmp_path_factory, task, policy, classes, depth, nan_mode, exponent
):
    X, y = task
    folder = tmp_path_factory.mktemp("random")
    more = {"depth": depth, "grow_policy": policy, "nan_mode": nan_mode, **FEW}
    if classes:
        model = CatBoostClassifier(6, **more).fit(X, y)
        check_labels_or_ties(model, X)
    else:
        model = CatBoostRegressor(6, **more).fit(X, y * 10.0**exponent)
    check_raw(model, X, folder)


def check_labels_or_ties(model, X):
    converted = Model.from_catboost(model)
    p = model.predict_proba(X)
    top = np.sort(p, axis=1)[:, -2:]
    clear = top[:, 1] - top[:, 0] > 1e-5
    found, expected = converted.predict(X), model.predict(X)
    np.testing.assert_array_equal(found[clear], expected[clear])


class Own(CatBoostClassifier):
    def predict(self, X):
        return super().predict(X) + 1


def test_refusals():
    X, y = blobs(2)
    with pytest.raises(UnsupportedModelError, match="not fitted"):
        Model.from_catboost(CatBoostClassifier())
    with pytest.raises(UnsupportedModelError, match=r"overrides .*predict"):
        Model.from_catboost(Own(5, **FEW).fit(X, y))
    with pytest.raises(UnsupportedModelError, match="cannot convert Pool"):
        Model.from_catboost(catboost.Pool(X))
    with pytest.raises(UnsupportedModelError, match="cannot convert int"):
        Model.from_catboost(3)
    mixed = np.column_stack([X.astype(object), (y + (X[:, 2] > 0)).astype(str)])
    for size in (2, 10):
        names = ["a", "b", "c", "d", "colour"]
        pool = catboost.Pool(mixed, y, cat_features=[4], feature_names=names)
        model = CatBoostClassifier(5, one_hot_max_size=size, **FEW).fit(pool)
        with pytest.raises(UnsupportedModelError, match="categorical features colour"):
            Model.from_catboost(model)
    text = np.column_stack([X.astype(object), np.where(y, "on the dot", "or not")])
    model = CatBoostClassifier(5, text_features=[4], **FEW).fit(text, y)
    with pytest.raises(UnsupportedModelError, match="text features"):
        Model.from_catboost(model)
    model = CatBoostRegressor(5, **FEW).fit(X, y)
    model.shrink(0)
    with pytest.raises(UnsupportedModelError, match="no trees"):
        Model.from_catboost(model)
    model = CatBoostClassifier(
        5, loss_function="MultiClass", class_names=[0, 1, 2], **FEW
    ).fit(X, y)
    with pytest.raises(UnsupportedModelError, match="rows of every class"):
        Model.from_catboost(model)


def test_options():
    X, y = blobs(2)
    model = CatBoostClassifier(5, **FEW).fit(X, y)
    with pytest.raises(ValueError, match=r"classes of shape \(3,\)"):
        Model.from_catboost(model, classes=[1, 2, 3])
    few = Model.from_catboost(model, leaf_bits=8)
    assert few.nbytes < Model.from_catboost(model).nbytes
    assert (few.predict(X) == model.predict(X)).mean() > 0.95


def test_is_catboost(tmp_path):
    X, y = blobs(2)
    model = CatBoostClassifier(5, **FEW).fit(X, y)
    assert is_catboost(model)
    assert not is_catboost(X)
    assert is_catboost_file(exported(model, tmp_path))
    model.save_model(str(tmp_path / "m.cbm"))
    assert is_catboost_file(tmp_path / "m.cbm")
    with pytest.raises(FormatError, match=r"m\.cbm: .*format='json'"):
        Model.from_catboost(tmp_path / "m.cbm")
    for content in (b"", b"{}", b'{"learner": {}}', b"tree\n", b"PK\3\4", b"\x08\x08"):
        (tmp_path / "other").write_bytes(content)
        assert not is_catboost_file(tmp_path / "other")
        with pytest.raises(FormatError, match=r"other: no JSON export"):
            Model.from_catboost(tmp_path / "other")
    with pytest.raises(OSError, match="nowhere"):
        Model.from_catboost(tmp_path / "nowhere")


def test_catboost_is_not_needed(tmp_path):
    X, y = blobs(3)
    path = exported(CatBoostClassifier(5, **FEW).fit(X, y), tmp_path)
    code = (
        "import sys; sys.modules['catboost'] = None; import emlrt;"
        f"print(emlrt.Model.from_catboost({str(path)!r}, classes='a b c'.split())"
        ".n_features_in_)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "4\n"


# Files of anybody


def fitted(kind):
    X, y = load_diabetes(return_X_y=True)
    more = {"iterations": 3, "depth": 2, "border_count": 8, **FEW}
    if kind == "classes":
        return CatBoostClassifier(**more).fit(*load_wine(return_X_y=True))
    if kind == "vectors":
        model = CatBoostRegressor(
            loss_function="MultiRMSE", grow_policy="Lossguide", **more
        )
        return model.fit(X, np.stack([y, y**2], axis=1))
    return CatBoostRegressor(grow_policy=kind, **more).fit(X, y)


KINDS = ("SymmetricTree", "Depthwise", "classes", "vectors")


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """Exports of every kind, without what no reader looks at."""
    folder, found = tmp_path_factory.mktemp("raw"), {}
    for kind in KINDS:
        document = json.loads(exported(fitted(kind), folder).read_bytes())
        info = document["model_info"]
        loss = {"loss_function": info["params"]["loss_function"]}
        document["model_info"] = {"params": loss}
        found[kind] = document
    return found


def put(*path):
    *path, value = path

    def change(document):
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


TREE = ("oblivious_trees", 0)
SPLIT = (*TREE, "splits", 0)
NODE = ("trees", 0)
FEATURE = ("features_info", "float_features", 0)
DAMAGE = {
    "no index": ("classes", put(*SPLIT, "split_index", 10**6), "split_index"),
    "negative": ("classes", put(*SPLIT, "split_index", -1), "split_index"),
    "fraction": ("classes", put(*SPLIT, "split_index", 0.5), "split_index"),
    "truth": ("classes", put(*SPLIT, "split_index", True), "split_index"),
    "feature": ("classes", put(*SPLIT, "float_feature_index", 99), "float_feature"),
    "huge": ("classes", put(*SPLIT, "float_feature_index", 10**30), "float_feature"),
    "border": ("classes", put(*SPLIT, "border", 1e9), "border .* features_info"),
    "large": ("classes", put(*SPLIT, "border", 1e99), "border .* features_info"),
    "text": ("classes", put(*SPLIT, "border", "x"), "border .* features_info"),
    "splits": ("classes", put(*TREE, "splits", {}), "splits .* is no list"),
    "split": ("classes", put(*TREE, "splits", [3]), "is no object"),
    "many": ("classes", put(*TREE, "splits", []), r"has 12 numbers|leaves have"),
    "leaves": ("classes", put(*TREE, "leaf_values", [1.0] * 5), "has 5 numbers"),
    "few": ("classes", put(*TREE, "leaf_values", [1.0] * 4), r"leaves have \[1, 3\]"),
    "none": ("classes", put(*TREE, "leaf_values", []), "has 0 numbers"),
    "words": ("classes", put(*TREE, "leaf_values", ["1"] * 12), "finite numbers"),
    "NaN": ("classes", put(*TREE, "leaf_values", [np.nan] * 12), "finite numbers"),
    "ragged": ("classes", put(*TREE, "leaf_values", [[1], 2]), "finite numbers"),
    "bias": ("classes", put("scale_and_bias", [1, [0, 0]]), "3 finite biases"),
    "scale": ("classes", put("scale_and_bias", [np.inf, [0] * 3]), "finite biases"),
    "pair": ("classes", put("scale_and_bias", None), "no pair"),
    "no child": ("Depthwise", put(*NODE, "left", None), "is no object"),
    "wrong child": ("Depthwise", put(*NODE, "left", {}), "missing"),
    "both": ("Depthwise", put(*NODE, "value", 1.0), "both"),
    "node": ("Depthwise", put("trees", [3]), "is no object"),
    "value": ("Depthwise", put(*NODE, "left", {"value": "x"}), "leaf's value"),
    "infinite": ("Depthwise", put(*NODE, "left", {"value": 1e999}), "leaf's value"),
    "vector": ("Depthwise", put(*NODE, "left", {"value": [1, 2]}), "leaf's value"),
    "short": ("vectors", put(*NODE, "left", {"value": [1]}), "leaf's value"),
    "no features": ("classes", put("features_info", {}), "no float_features"),
    "columns": ("classes", put(*FEATURE, "flat_feature_index", 1), "two float_feat"),
    "column": ("classes", put(*FEATURE, "flat_feature_index", 99), "flat_feature"),
    "treatment": ("classes", put(*FEATURE, "nan_value_treatment", "?"), "nan_value"),
    "borders": ("classes", put(*FEATURE, "borders", [1e99]), "NaN or infinite"),
    "no borders": ("classes", put(*FEATURE, "borders", None), "borders"),
    "name": ("classes", put(*FEATURE, "feature_id", 3), "feature_id"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named(name, raw, tmp_path):
    kind, change, message = DAMAGE[name]
    document = copy.deepcopy(raw[kind])
    change(document)
    path = tmp_path / "damaged.json"
    path.write_text(json.dumps(document))
    with pytest.raises(FormatError, match=message) as caught:
        Model.from_catboost(path)
    assert str(caught.value).startswith(str(path))


def test_other_splits(raw, tmp_path):
    for kind in ("OneHotFeature", "OnlineCtr"):
        document = copy.deepcopy(raw["classes"])
        put(*SPLIT, "split_type", kind)(document)
        path = tmp_path / "other.json"
        path.write_text(json.dumps(document))
        with pytest.raises(UnsupportedModelError, match=f"split_type '{kind}'"):
            Model.from_catboost(path)


def test_older_files(raw, tmp_path):
    """One bias for all outputs, parameters as a text, absent parts."""
    document = copy.deepcopy(raw["classes"])
    path = tmp_path / "model.json"
    path.write_text(json.dumps(document))
    new = Model.from_catboost(path, classes=[0, 1, 2])
    document["scale_and_bias"] = [1, 0.0]
    info = document["model_info"]
    info["params"] = json.dumps(info["params"])
    path.write_text(json.dumps(document))
    assert Model.from_catboost(path, classes=[0, 1, 2]) == new
    del document["scale_and_bias"]
    info["loss_function"] = '{"type": "MultiClass"}'
    path.write_text(json.dumps(document))
    assert Model.from_catboost(path, classes=[0, 1, 2]) == new


def test_depth():
    deep = b'{"trees":' + b'[{"left":' * 10**6
    for data in (deep, b'{"trees":' + b"[" * 10**5):
        with pytest.raises(FormatError, match="damaged JSON"):
            parsed(data)


def paths_of(value, path=()):
    found = [path]
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in items:
        if isinstance(child, dict | list):
            found += paths_of(child, (*path, key))
        else:
            found.append((*path, key))
    return found


ODD = (
    *(0, 1, -1, 2, 5, 1 << 31, -(1 << 31), 1 << 63, 10**40, 0.5, 1e300),
    *(float("nan"), float("inf"), True, False, None, "", "0", "x", "AsTrue"),
    *([], {}, [0], [[0]], [0.5], ["a"], [{}], {"a": 1}, {"value": 1}, "\ud800"),
)


@st.composite
def edits(draw, documents):
    """An export of which some values are replaced, or gone."""
    document = copy.deepcopy(documents[draw(st.sampled_from(KINDS))])
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(paths_of(document)[1:]))
        node = document
        for key in path[:-1]:
            node = node[key]
        if draw(st.integers(0, 3)) or isinstance(node, list):
            node[path[-1]] = copy.deepcopy(draw(st.sampled_from(ODD)))
        else:
            del node[path[-1]]
        if not document:
            break
    return document


@settings(
    max_examples=draws(2000),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_documents_of_any_kind(raw, tmp_path_factory, data):
    """Each is refused in one way, or converted."""
    document = data.draw(edits(raw))
    path = tmp_path_factory.mktemp("any") / "model.json"
    path.write_text(json.dumps(document))
    target(path.read_bytes())
    try:
        model = Model.from_catboost(path)
    except EmlrtError:
        return
    model.predict(np.zeros((2, model.n_features_in_), np.float32))


@settings(
    max_examples=draws(2000),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_bytes_of_any_kind(raw, data):
    content = bytearray(json.dumps(raw[data.draw(st.sampled_from(KINDS))]).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content)))
        some = data.draw(st.binary(max_size=6) | st.sampled_from([b"[[", b"NaN", b"9"]))
        content[at : at + data.draw(st.sampled_from([0, 1, len(some)]))] = some
    if data.draw(st.integers(0, 3)) == 0:
        del content[data.draw(st.integers(0, len(content))) :]
    target(bytes(content))
