# SPDX-License-Identifier: MIT
"""Forests with more features, classes, splits or leaves than small records hold."""

import checks
import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from strategies import rows_for, synthetic_classifier, synthetic_regressor

from emlrt import InputRangeWarning, Model
from emlrt.inspect.trees import trees_header, trees_shape, trees_table

pytestmark = pytest.mark.filterwarnings(
    "ignore::emlrt.InputRangeWarning",
)


def convert(estimator, dtype="float32", **options):
    if dtype == "float32":
        return Model.from_sklearn(estimator, **options)
    with pytest.warns(InputRangeWarning):
        return Model.from_sklearn(estimator, dtype=dtype, **options)


def rows(rng, estimator, dtype, n):
    if dtype == "float32":
        return rows_for(rng, estimator, n)
    info = np.iinfo(dtype)
    shape = (n, estimator.n_features_in_)
    return rng.integers(info.min, info.max, shape, dtype, endpoint=True)


def check(estimator, model, x):
    if not model.program.class_counts:
        scores = checks.check_paths(model, x).astype(np.float64)
        expected = checks.leaf_means(estimator, x.astype(np.float32))[:, :, 0]
        step = np.spacing(checks.largest_leaf(estimator).astype(np.float32))
        assert (abs(scores - expected) <= 2 * step.astype(np.float64)).all()
        return
    scores = checks.check_paths(model, x) / model.program.vote_total
    shares = np.hstack(checks.shares_of(estimator, x.astype(np.float32)))
    assert abs(scores - shares).max() <= 1e-6


#: dtype, features, splits a tree and the record that these need.
WIDE = [
    ("float32", 8192, 300, "f32"),
    ("float32", 8193, 300, "f32w"),
    ("int16", 16384, 300, "i16"),
    ("int16", 16385, 300, "i16w"),
    ("uint8", 256, 300, "u8"),
    ("uint8", 257, 300, "u8m"),
    ("uint8", 16384, 300, "u8m"),
    ("uint8", 16385, 300, "u8w"),
]


@pytest.mark.parametrize("regression", [False, True])
@pytest.mark.parametrize(("dtype", "n_features", "splits", "suffix"), WIDE)
def test_features(dtype, n_features, splits, suffix, regression):
    rng = np.random.default_rng(n_features)
    kind = "normal" if dtype == "float32" else "integers"
    make = synthetic_regressor if regression else synthetic_classifier
    estimator = make(rng, [splits] * 4, n_features, 2 if regression else [3], kind)
    for tree in checks.trees_of(estimator):  # the last feature is used
        state = tree.__getstate__()
        state["nodes"]["feature"][0] = n_features - 1
        tree.__setstate__(state)
    model = convert(estimator, dtype)
    assert model.stages[0].name.split("_")[2] == suffix
    check(estimator, model, rows(rng, estimator, dtype, 20))


#: dtype, kind of leaves, splits of each tree, op and whether leaves need bases.
TALL = [
    ("float32", "mixed", [40_000, 3, 0], "f32", False),
    ("float32", "mixed", [30_000, 30_000, 0, 30_000], "f32", True),
    ("float32", "value", [30_000, 30_000, 0, 30_000], "f32", True),
    ("float32", "value", [100_000], "f32w", False),
    ("int16", "mixed", [30_000, 30_000, 0, 30_000], "i16", True),
    ("int16", "value", [100_000, 2], "i16w", False),
    ("uint8", "mixed", [9_000, 9_000, 0, 9_000], "u8", True),
    ("uint8", "value", [30_000, 10_000], "u8m", False),
    ("uint8", "value", [40_000, 40_000], "u8m", True),
    ("uint8", "value", [100_000, 2], "u8w", False),
]


@pytest.mark.parametrize(("dtype", "leaf", "sizes", "suffix", "bases"), TALL)
def test_splits_and_leaves(dtype, leaf, sizes, suffix, bases):
    rng = np.random.default_rng(sum(sizes))
    kind = "normal" if dtype == "float32" else "bytes"
    if leaf == "value":
        estimator = synthetic_regressor(rng, sizes, 60, 1, kind)
    else:
        estimator = synthetic_classifier(rng, sizes, 60, [3], kind, pool=leaf)
    model = convert(estimator, dtype)
    (stage,) = model.stages
    assert stage.name.split("_")[2] == suffix
    table = trees_table(stage)
    assert (table["base"][table["size"] > 0][1:] > 0).any() == bases
    check(estimator, model, rows(rng, estimator, dtype, 300))


@pytest.mark.parametrize("shape", ["chain", "balanced"])
def test_extreme_shapes(shape):
    rng = np.random.default_rng(3)
    estimator = synthetic_classifier(rng, [20_000, 7], 3, [4], shape=shape, pool="any")
    check(estimator, convert(estimator), rows_for(rng, estimator, 60))


@pytest.mark.parametrize("leaf_bits", [32, 16, 8])
@pytest.mark.parametrize("n_classes", [128, 129, 5000])
def test_classes(n_classes, leaf_bits):
    rng = np.random.default_rng(n_classes)
    estimator = synthetic_classifier(rng, [50] * 5, 3, [n_classes])
    model = convert(estimator, leaf_bits=leaf_bits)
    item = trees_header(model.stages[0])["item"]
    votes = {8: 1, 16: 2, 32: 3}[leaf_bits]
    assert (item & 0xFF, item >> 8) == (votes, 1 if n_classes <= 128 else 2)
    checks.check_shares(
        model, estimator, rows_for(rng, estimator, 20), max(1e-6, model.leaf_error)
    )


def test_classes_beyond_two_bytes():
    rng = np.random.default_rng(4)
    estimator = synthetic_classifier(rng, [7], 3, [40_000])
    model = convert(estimator)
    assert trees_header(model.stages[0])["item"] >> 8 == 4
    checks.check_shares(model, estimator, rows_for(rng, estimator, 20))


def test_thousands_of_classes_fitted():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(6000, 4))
    y = rng.integers(0, 3000, 6000) * 7 - 5
    forest = RandomForestClassifier(3, max_depth=12, random_state=0).fit(x, y)
    model = Model.from_sklearn(forest)
    assert len(model.classes_) > 2000
    theirs = forest.predict_proba(x[:300])
    np.testing.assert_allclose(model.predict_proba(x[:300]), theirs, atol=1e-6)
    clear = checks.margin(theirs) > 1e-6
    np.testing.assert_array_equal(
        model.predict(x[:300])[clear], forest.predict(x[:300])[clear]
    )


def test_many_outputs():
    rng = np.random.default_rng(6)
    estimator = synthetic_classifier(rng, [30] * 4, 5, [2] * 300)
    checks.check_shares(convert(estimator), estimator, rows_for(rng, estimator, 30))
    estimator = synthetic_regressor(rng, [30] * 4, 5, 1000)
    checks.check_values(convert(estimator), estimator, rows_for(rng, estimator, 30))


@pytest.mark.parametrize("counts", [[1], [1, 1], [1, 3]])
def test_one_class(counts):
    rng = np.random.default_rng(7)
    estimator = synthetic_classifier(rng, [10, 0, 5], 2, counts)
    model = convert(estimator)
    checks.check_shares(model, estimator, rows_for(rng, estimator, 30))


def test_one_class_fitted():
    tree = DecisionTreeClassifier().fit([[1.0], [2.0]], ["only", "only"])
    model = Model.from_sklearn(tree)
    np.testing.assert_array_equal(model.predict([[5.0]]), ["only"])
    np.testing.assert_array_equal(model.predict_proba([[5.0]]), [[1.0]])


@pytest.mark.parametrize("regression", [False, True])
def test_single_leaves(regression):
    rng = np.random.default_rng(8)
    for sizes in ([0], [0, 0, 0], [0, 4, 0]):
        make = synthetic_regressor if regression else synthetic_classifier
        estimator = make(rng, sizes, 3, *([] if regression else [[3]]))
        x = rows_for(rng, estimator, 20)
        check(estimator, convert(estimator), x)


def test_equal_leaves_are_merged():
    """Splits that decide nothing are not stored, and nothing else changes."""
    rng = np.random.default_rng(9)
    estimator = synthetic_classifier(rng, [200] * 3, 4, [2])
    for tree in checks.trees_of(estimator):
        tree.value[:] = np.where(tree.value >= 0.5, 1.0, 0.0)
        tree.value[:, 0, 1] = 1 - tree.value[:, 0, 0]
    model = convert(estimator)
    assert trees_shape(model.stages[0])["splits"] < 500
    check(estimator, model, rows_for(rng, estimator, 200))


def test_two_million_nodes():
    rng = np.random.default_rng(10)
    estimator = synthetic_regressor(rng, [25_000] * 4, 9)
    estimator.estimators_ = estimator.estimators_ * 10
    model = convert(estimator)
    assert trees_shape(model.stages[0])["splits"] > 990_000
    check(estimator, model, rows_for(rng, estimator, 60))


def test_a_thousand_trees():
    rng = np.random.default_rng(11)
    estimator = synthetic_classifier(rng, [120] * 50, 9, [4], pool="any")
    estimator.estimators_ = estimator.estimators_ * 20
    model = convert(estimator)
    assert trees_shape(model.stages[0])["trees"] == 1000
    check(estimator, model, rows_for(rng, estimator, 60))
