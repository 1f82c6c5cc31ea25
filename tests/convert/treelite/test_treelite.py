# SPDX-License-Identifier: MIT
"""Treelite's models against treelite.gtil, and their dumps as files."""

import contextlib
import json
import sys

import numpy as np
import pytest
from draws import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import datasets, ensemble

import emlrt
from emlrt import Model, UnsupportedModelError
from emlrt.errors import EmlrtError, FormatError

treelite = pytest.importorskip("treelite")
SETS = {
    name: getattr(datasets, f"load_{name}")(return_X_y=True)
    for name in ("wine", "breast_cancer", "digits")
}
DIABETES = datasets.load_diabetes(return_X_y=True)


def compare(original, X, error=2e-6):
    """Every number of gtil's, relative to the largest."""
    X = np.ascontiguousarray(X, np.float32)
    model = Model.from_treelite(original, rows="float32")
    expected = treelite.gtil.predict(original, X).reshape(len(X), -1)
    found = model.predict(X)
    assert found.shape == expected.shape
    assert abs(found - expected).max() <= error * max(1.0, abs(expected).max())
    return model


def few(name, **options):
    return getattr(ensemble, name)(random_state=0, **options)


CLASSIFIERS = [
    few("RandomForestClassifier", n_estimators=5),
    few("ExtraTreesClassifier", n_estimators=5),
    few("GradientBoostingClassifier", n_estimators=5),
    few("HistGradientBoostingClassifier", max_iter=5),
    few("IsolationForest", n_estimators=5),
]
REGRESSORS = [
    few("RandomForestRegressor", n_estimators=5),
    few("GradientBoostingRegressor", n_estimators=5),
    few("HistGradientBoostingRegressor", max_iter=5),
]


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("estimator", CLASSIFIERS, ids=lambda e: type(e).__name__)
def test_classifiers_of_sklearn(estimator, name):
    X, y = SETS[name]
    compare(treelite.sklearn.import_model(estimator.fit(X, y)), X)


@pytest.mark.parametrize("estimator", REGRESSORS, ids=lambda e: type(e).__name__)
def test_regressors_of_sklearn(estimator):
    X, y = DIABETES
    compare(treelite.sklearn.import_model(estimator.fit(X, y)), X)


def test_several_targets():
    X, y = DIABETES
    forest = few("RandomForestRegressor", n_estimators=5)
    compare(treelite.sklearn.import_model(forest.fit(X, np.c_[y, -y])), X)


def lightgbm_model(objective):
    lightgbm = pytest.importorskip("lightgbm")
    rng = np.random.default_rng(0)
    X = np.c_[rng.integers(0, 30, 500), rng.normal(size=500)]
    y = (X[:, 0] % 3 == 0).astype(int)
    X[::5] = np.nan
    parameters = {"objective": objective, "verbose": -1, "num_leaves": 7}
    data = lightgbm.Dataset(X, y, categorical_feature=[0])
    booster = lightgbm.train(parameters | {"num_threads": 1}, data, 5)
    return treelite.frontend.from_lightgbm(booster), X


@pytest.mark.parametrize(
    "objective", ["binary", "cross_entropy_lambda", "poisson", "regression"]
)
def test_lightgbm(objective):
    original, X = lightgbm_model(objective)
    odd = X[:50] + np.array([[0.5, 0.0]])
    far = X[:50] + np.array([[-40.0, 0.0]])
    compare(original, np.concatenate([X, odd, far]))


def test_xgboost():
    xgboost = pytest.importorskip("xgboost")
    X, y = SETS["wine"]
    booster = xgboost.XGBClassifier(n_estimators=5, n_jobs=1).fit(X, y).get_booster()
    model = compare(treelite.frontend.from_xgboost(booster), X)
    labels = Model.from_treelite(
        treelite.frontend.from_xgboost(booster), classes=["a", "b", "c"]
    )
    p = model.predict(X)
    np.testing.assert_array_equal(labels.predict(X), np.array(list("abc"))[p.argmax(1)])
    np.testing.assert_array_equal(labels.predict_proba(X), p)


@pytest.fixture(scope="module")
def dump():
    return lightgbm_model("binary")[0].dump_as_json(pretty_print=False)


def test_files_are_read_without_treelite(dump, tmp_path, monkeypatch):
    original, X = lightgbm_model("binary")
    path = tmp_path / "m.json"
    path.write_text(dump, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "treelite", None)
    same = emlrt.convert(path)
    assert bytes(same.strip()) == bytes(Model.from_treelite(original).strip())
    labels = emlrt.convert(path, classes=["no", "yes"])
    np.testing.assert_array_equal(
        labels.predict_proba(X.astype(np.float32))[:, 1],
        same.predict(X.astype(np.float32))[:, 0],
    )


OPERATORS = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def stump(operator, threshold, default_left):
    """A dump with one split."""
    split = {
        "node_id": 0,
        "split_feature_id": 0,
        "default_left": default_left,
        "node_type": "numerical_test_node",
        "comparison_op": operator,
        "threshold": threshold,
        "left_child": 1,
        "right_child": 2,
    }
    leaves = [{"node_id": 1, "leaf_value": 1.0}, {"node_id": 2, "leaf_value": 2.0}]
    return {
        "threshold_type": "float64",
        "leaf_output_type": "float64",
        "num_feature": 1,
        "average_tree_output": False,
        "num_target": 1,
        "num_class": [1],
        "leaf_vector_shape": [1, 1],
        "target_id": [0],
        "class_id": [0],
        "postprocessor": "identity",
        "sigmoid_alpha": 1.0,
        "ratio_c": 1.0,
        "base_scores": [0.0],
        "trees": [{"nodes": [split, *leaves]}],
    }


@settings(max_examples=draws(200), deadline=None)
@given(
    st.sampled_from(sorted(OPERATORS)),
    st.floats(-1e30, 1e30),
    st.booleans(),
    st.booleans(),
)
def test_comparisons(tmp_path_factory, operator, threshold, left, narrow):
    if narrow:
        threshold = float(np.float32(threshold))
    path = tmp_path_factory.getbasetemp() / "stump.json"
    path.write_text(json.dumps(stump(operator, threshold, left)), encoding="utf-8")
    near = np.float32(threshold)
    beside = [np.nextafter(near, np.float32(s)) for s in (-np.inf, np.inf)]
    X = np.array([[near], [beside[0]], [beside[1]], [0.0], [np.nan]], np.float32)
    goes = OPERATORS[operator](X[:, 0].astype(np.float64), threshold)
    goes[-1] = left
    found = emlrt.convert(path, rows="float32").predict(X)[:, 0]
    np.testing.assert_array_equal(found, np.where(goes, 1.0, 2.0))


CHANGES = {
    "no features": ("num_feature", 0),
    "classes": ("num_class", [2]),
    "leaves": ("leaf_vector_shape", [1, 7]),
    "ids": ("class_id", [0, 0]),
    "base": ("base_scores", [0.0, 1.0]),
    "average": ("average_tree_output", 1),
    "postprocessor": ("postprocessor", "mystery"),
    "no trees": ("trees", None),
    "empty tree": ("trees", [{"nodes": []}]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_documents_that_are_wrong(tmp_path, change):
    name, value = CHANGES[change]
    path = tmp_path / "m.json"
    path.write_text(json.dumps(stump("<", 0.5, True) | {name: value}))
    with pytest.raises(EmlrtError, match=r"m\.json: "):
        Model.from_treelite(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("left_child", 0),
        ("right_child", 1),
        ("right_child", 9),
        ("split_feature_id", 1),
        ("threshold", None),
        ("threshold", "1"),
        ("comparison_op", "=="),
        ("default_left", 1),
        ("node_id", 1),
    ],
)
def test_nodes_that_are_wrong(tmp_path, field, value):
    document = stump("<", 0.5, True)
    document["trees"][0]["nodes"][0][field] = value
    path = tmp_path / "m.json"
    path.write_text(json.dumps(document))
    with pytest.raises((FormatError, UnsupportedModelError), match=r"m\.json: "):
        Model.from_treelite(path)


def test_what_is_no_model():
    with pytest.raises(UnsupportedModelError, match="int"):
        Model.from_treelite(3)


@settings(max_examples=draws(300), deadline=None)
@given(st.data())
def test_mutations_are_read_or_refused(dump, tmp_path_factory, data):
    text = bytearray(dump.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        raw = data.draw(st.binary(max_size=3))
        text[at : at + data.draw(st.integers(0, 5))] = raw
    path = tmp_path_factory.getbasetemp() / "fuzz.json"
    path.write_bytes(text)
    with contextlib.suppress(EmlrtError):
        Model.from_treelite(path)
