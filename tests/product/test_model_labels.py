# SPDX-License-Identifier: MIT
"""Labels, names, shapes and dtypes come out exactly as scikit-learn gives them."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from emlrt import Model, UnsupportedModelError

X = np.array([[i % 7, i % 3, i] for i in range(60)], float)
INDEX = (X[:, 2].astype(int) // 7) % 3

LABELS = {
    "int64": np.array([-5, 0, 2**62]),
    "int8": np.array([-128, 3, 127], np.int8),
    "uint64": np.array([1, 2**63, 2**64 - 1], np.uint64),
    "float64": np.array([-1.0, 0.0, 2.0**52]),
    "float32": np.array([-3.0, 0.0, 2.0**24], np.float32),
    "float16": np.array([-1.0, 0.0, 6e4], np.float16),
    "bool": np.array([False, True, True]),
    "str": np.array(["a", "Größe", "\U0001f600 zwei"]),
    "long str": np.array(["a", "b", "c"], "<U40"),
    "odd str": np.array(["", "a\nb", "1"]),
    "object str": np.array(["x", "yy", "ñ"], object),
    "numpy in object": np.array([np.str_("p"), np.str_("q"), np.str_("r")], object),
}


def same(ours, theirs):
    """Equal values, dtypes and types of elements."""
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    assert ours.tolist() == theirs.tolist()
    if ours.dtype == object:
        assert all(a == b for a, b in zip(ours.flat, theirs.flat, strict=True))


def copies(model):
    """The same model after each way of keeping it."""
    return model, Model.from_bytes(bytes(model)), pickle.loads(pickle.dumps(model))


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("cls", [DecisionTreeClassifier, RandomForestClassifier])
def test_labels(cls, labels):
    y = LABELS[labels][INDEX]
    estimator = cls(random_state=0).fit(X, y)
    for model in copies(Model.from_sklearn(estimator)):
        same(model.predict(X), estimator.predict(X))
        same(np.asarray(model.classes_), np.asarray(estimator.classes_))
        assert model.predict_proba(X).dtype == np.float64
        assert model.score(X, y) == estimator.score(X, y)


@pytest.mark.parametrize(
    "labels",
    [
        np.array([1, 10**30, -4], object),
        np.array([False, True, 1 == 1], object),
        np.array([0.1, 1e-300, -2.0], object),
        np.array([np.int64(4), np.int64(5), np.int64(6)], object),
        np.array([0.1, 1e-300, np.pi]),
    ],
    ids=lambda labels: f"{labels.dtype} {type(labels[0]).__name__}",
)
def test_labels_that_fit_refuses(labels):
    """Older versions of scikit-learn took them."""
    estimator = DecisionTreeClassifier().fit(X, INDEX)
    estimator.classes_ = labels
    for model in copies(Model.from_sklearn(estimator)):
        same(model.predict(X), estimator.predict(X))


@pytest.mark.parametrize("labels", ["int64", "float32", "bool", "str", "object str"])
@pytest.mark.parametrize("cls", [DecisionTreeClassifier, RandomForestClassifier])
def test_labels_of_several_outputs(cls, labels):
    values = LABELS[labels]
    y = np.stack([values[INDEX], values[(INDEX + 1) % 3], values[INDEX % 2]], axis=1)
    estimator = cls(random_state=0).fit(X, y)
    for model in copies(Model.from_sklearn(estimator)):
        same(model.predict(X), estimator.predict(X))
        assert isinstance(model.classes_, list)
        for a, b in zip(model.classes_, estimator.classes_, strict=True):
            same(a, b)
        for a, b in zip(
            model.predict_proba(X), estimator.predict_proba(X), strict=True
        ):
            assert a.shape == b.shape
            np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("dtype", ["str", "object", "int64", "bool", "category"])
def test_pandas_labels(dtype):
    y = pd.Series(np.array(["0", "1", "22"])[INDEX])
    if dtype in ("int64", "bool"):
        y = y.astype("int64")
    estimator = DecisionTreeClassifier().fit(X, y.astype(dtype))
    model = Model.from_sklearn(estimator)
    same(model.predict(X), estimator.predict(X))


@pytest.mark.parametrize("n_outputs", [1, 3])
@pytest.mark.parametrize("cls", [DecisionTreeRegressor, RandomForestRegressor])
def test_values(cls, n_outputs):
    y = np.stack([X[:, 0] * (k + 1) for k in range(n_outputs)], axis=1)
    y = y[:, 0] if n_outputs == 1 else y
    estimator = cls(random_state=0).fit(X, y)
    model = Model.from_sklearn(estimator)
    ours, theirs = model.predict(X), estimator.predict(X)
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert model.n_outputs_ == estimator.n_outputs_ == n_outputs
    assert model.score(X, y) == pytest.approx(estimator.score(X, y))


def test_labels_of_another_byte_order():
    """They come out in this machine's order: equal values of an equal kind."""
    estimator = DecisionTreeClassifier().fit(X, np.array([1, 2, 3], ">i4")[INDEX])
    model = Model.from_sklearn(estimator)
    assert model.classes_.dtype == np.int32
    np.testing.assert_array_equal(model.predict(X), estimator.predict(X))


def test_log_probabilities():
    estimator = RandomForestClassifier(5, max_depth=2, random_state=0).fit(X, INDEX)
    model = Model.from_sklearn(estimator)
    with np.errstate(all="raise"):
        ours = model.predict_log_proba(X)
    with np.errstate(divide="ignore"):
        theirs = estimator.predict_log_proba(X)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=2e-6)


def test_sample_weight_of_score():
    estimator = DecisionTreeClassifier(max_depth=1).fit(X, INDEX)
    model, weight = Model.from_sklearn(estimator), np.arange(60.0)
    assert model.score(X, INDEX, weight) == estimator.score(X, INDEX, weight)


def test_feature_names():
    frame = pd.DataFrame(X, columns=["alpha", "Länge", "c c"])
    estimator = RandomForestClassifier(3, random_state=0).fit(frame, INDEX)
    for model in copies(Model.from_sklearn(estimator)):
        same(model.feature_names_in_, estimator.feature_names_in_)
        np.testing.assert_array_equal(model.predict(frame), model.predict(X))
        with pytest.raises(ValueError, match="another order"):
            model.predict(frame[["c c", "alpha", "Länge"]])
        with pytest.raises(ValueError, match=r"unknown: \['beta'\].*missing: \['alp"):
            model.predict(frame.rename(columns={"alpha": "beta"}))
        with pytest.raises(ValueError, match="missing"):
            model.predict(frame[["alpha", "c c"]])
    strip = Model.from_sklearn(estimator).strip
    stripped = strip("classes")
    assert not hasattr(stripped, "feature_names_in_")
    stripped.predict(frame[["c c", "alpha", "Länge"]])


def test_models_without_names_take_any_frame():
    model = Model.from_sklearn(DecisionTreeClassifier().fit(X, INDEX))
    assert not hasattr(model, "feature_names_in_")
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    np.testing.assert_array_equal(model.predict(frame), model.predict(X))


@pytest.mark.parametrize(
    "change",
    [
        list,
        np.asfortranarray,
        lambda x: np.repeat(x, 2, axis=1)[:, ::2],
        lambda x: x.astype(">f8"),
    ],
)
def test_what_rows_may_be(change):
    model = Model.from_sklearn(DecisionTreeClassifier().fit(X, INDEX))
    np.testing.assert_array_equal(model.predict(change(X)), model.predict(X))
    np.testing.assert_array_equal(
        model.predict(change(X[::-3])), model.predict(X)[::-3]
    )


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "g", "i1", "u2", "i8", "O", ">f4"])
def test_dtypes_of_rows(dtype):
    estimator = DecisionTreeClassifier().fit(X, INDEX)
    model, x = Model.from_sklearn(estimator), X.astype(dtype)
    np.testing.assert_array_equal(model.predict(x), estimator.predict(x))


def test_large_integers_round_as_in_scikit_learn():
    """int64 goes to float32 in one step, not by way of float64."""
    rng = np.random.default_rng(0)
    x = rng.integers(2**24, 2**62, (500, 2))
    estimator = DecisionTreeClassifier().fit(x, rng.integers(0, 3, 500))
    model = Model.from_sklearn(estimator)
    np.testing.assert_array_equal(model.predict(x), estimator.predict(x))
    np.testing.assert_array_equal(model.predict(x + 1), estimator.predict(x + 1))


def test_nullable_frames():
    frame = pd.DataFrame(X).astype("Float64")
    frame.iloc[3, 1] = pd.NA
    estimator = RandomForestClassifier(5, random_state=0).fit(frame, INDEX)
    model = Model.from_sklearn(estimator)
    np.testing.assert_array_equal(model.predict(frame), estimator.predict(frame))


def test_inputs_are_not_changed():
    model = Model.from_sklearn(DecisionTreeClassifier().fit(X, INDEX))
    for x in (X.astype(np.float32), X.copy()):
        before = x.copy()
        x.flags.writeable = False
        model.predict(x)
        np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["2020-01-01", "2021-01-01"], "M8[D]"),
        np.array([1 + 2j, 3]),
        np.array([b"x", b"y"]),
        np.array([1, 2], "g"),
        np.array([(1,), (2, 3)], object),
        np.array(["a", 1], object),
    ],
    ids=lambda labels: f"{labels.dtype} {labels[0]}",
)
def test_labels_that_no_blob_can_hold(labels):
    tree = DecisionTreeClassifier().fit([[0.0], [1.0]], [0, 1])
    tree.classes_ = labels
    with pytest.raises(UnsupportedModelError, match=r"class labels .*use "):
        Model.from_sklearn(tree)


def test_surrogates_in_names():
    tree = DecisionTreeClassifier().fit([[0.0], [1.0]], ["ok", "not \udc80"])
    with pytest.raises(UnsupportedModelError, match=r"udc80.*not valid Unicode"):
        Model.from_sklearn(tree)
    frame = pd.DataFrame([[0.0], [1.0]], columns=pd.Index(["c\udc80"], dtype=object))
    tree = DecisionTreeClassifier().fit(frame, [0, 1])
    with pytest.raises(UnsupportedModelError, match=r"udc80.*not valid Unicode"):
        Model.from_sklearn(tree)
    tree = DecisionTreeClassifier().fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(UnsupportedModelError, match=r"udc80.*not valid Unicode"):
        Model.from_sklearn(tree, note="\udc80")
