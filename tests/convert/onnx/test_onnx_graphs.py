# SPDX-License-Identifier: MIT
"""Nodes of ONNX compute what ONNX Runtime computes, or are refused by name."""

import os
import re
from collections import Counter

import numpy as np
import pytest
from draws import draws

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper  # noqa: E402
from onnx_graphs import ENDS, STEPS, compare, graph  # noqa: E402
from onnx_models import forest, ml_node, of_nodes, run, stump  # noqa: E402

from emlrt import Model, UnsupportedModelError  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")
#: `make soak` asks for more.
GRAPHS = int(os.environ.get("EMLRT_ONNX_GRAPHS", draws(4800)))
FLOAT, DOUBLE = TensorProto.FLOAT, TensorProto.DOUBLE
NAMED = re.compile(r"node 'n\d+' \(\w+\): |output 'v\d+' |the label does not follow")


@pytest.mark.parametrize("part", range(4))
def test_random_graphs(part):
    """Each agrees, or is refused by the name of a node."""
    found = {seed: compare(seed) for seed in range(part, GRAPHS, 4)}
    kinds = Counter(text.partition(":")[0] for text in found.values())
    wrong = {s: t for s, t in found.items() if t.startswith("differs")}
    assert not wrong
    refused = [t for t in found.values() if t.startswith("refused: ")]
    assert all(NAMED.match(t.removeprefix("refused: ")) for t in refused), refused
    assert kinds["agrees"] > 0.45 * len(found)


def test_every_node_is_drawn():
    ops = Counter()
    for seed in range(600):
        try:
            ops.update(node.op_type for node in graph(seed)[0].graph.node)
        except Exception:  # what ONNX Runtime does not take
            continue
    assert len(ops) >= 30
    assert len(STEPS) + len(ENDS) > 20


def answers(nodes, X, outputs, constants=(), kind=FLOAT):
    model = of_nodes(nodes, X.shape[1], outputs, constants, kind=kind)
    return Model.from_onnx(model), run(model, X)


X2 = np.float32([[1, 2], [-1, 0.5], [0, 0], [-3, -4], [2.5, 0.1]])
LINEAR = {"coefficients": [1.0, 2.0], "intercepts": [0.5]}


def linear_of_two(post):
    labels = {"classlabels_ints": [0, 1], "post_transform": post}
    return ml_node("LinearClassifier", outputs=("L", "P"), **LINEAR, **labels)


@pytest.mark.parametrize("post", ["NONE", "LOGISTIC"])
@pytest.mark.parametrize("at", [[1], [0], [1, 0]])
def test_chosen_columns_of_scores(post, at):
    nodes = [linear_of_two(post), ml_node("ArrayFeatureExtractor", ["P", "i"], ["Q"])]
    model, (expected,) = answers(nodes, X2, [("Q", FLOAT)], [("i", np.array(at))])
    found = model.predict(X2).reshape(expected.shape)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("post", ["NONE", "LOGISTIC"])
def test_scores_as_the_only_output(post):
    for node in (
        linear_of_two(post),
        stump([-0.2], [0.7], [0], post_transform=post),
        stump([0.8, -0.8], [-0.3, 0.3], [0, 1], post_transform=post),
    ):
        model, (expected,) = answers([node], X2, [("P", FLOAT)])
        assert expected.shape == (len(X2), 2)
        np.testing.assert_allclose(model.predict(X2), expected, atol=1e-6)


def test_a_margin_of_support_vectors_as_the_only_output():
    node = ml_node(
        "SVMClassifier",
        outputs=("L", "P"),
        kernel_type="RBF",
        kernel_params=[0.5, 0.0, 0.0],
        support_vectors=[1.0, 2.0, -1.0, 0.0],
        coefficients=[1.0, -1.0],
        rho=[0.25],
        vectors_per_class=[1, 1],
        classlabels_ints=[0, 1],
    )
    model, (expected,) = answers([node], X2, [("P", FLOAT)])
    np.testing.assert_allclose(model.predict(X2), expected, atol=1e-6)


@pytest.mark.parametrize("post", ["NONE", "LOGISTIC", "SOFTMAX"])
@pytest.mark.parametrize("targets", [1, 2])
def test_transforms_of_linear_regressors(post, targets):
    node = ml_node(
        "LinearRegressor",
        coefficients=[1.0, 2.0, -1.0, 0.5][: 2 * targets],
        intercepts=[0.5, 1.0][:targets],
        targets=targets,
        post_transform=post,
    )
    model, (expected,) = answers([node], X2, [("P", FLOAT)])
    found = model.predict(X2).reshape(expected.shape)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("op", ["Add", "Sub", "Mul", "Div", "Sum"])
def test_a_number_and_a_row(op):
    """(n, 1) and (k,) make (n, k), in either order."""
    row = np.float32([1, -2, 4])
    for names in (["X", "c"], ["c", "X"]):
        if op == "Div" and names[0] == "c":
            continue
        node = helper.make_node(op, names, ["P"])
        X = X2[:, :1]
        model, (expected,) = answers([node], X, [("P", FLOAT)], [("c", row)])
        assert expected.shape == (len(X), 3)
        np.testing.assert_array_equal(model.predict(X), expected)


def test_constants_of_other_shapes():
    for shape in ((2, 1), (1, 1, 2)):
        node = helper.make_node("Add", ["X", "c"], ["P"], "sum")
        model = of_nodes([node], 2, [("P", FLOAT)], [("c", np.ones(shape, np.float32))])
        with pytest.raises(UnsupportedModelError, match=r"'sum' \(Add\).*of shape"):
            Model.from_onnx(model)


def test_integers_are_not_floats():
    for op in ("Div", "Sub", "Neg"):
        names = ["X"] if op == "Neg" else ["X", "c"]
        node = helper.make_node(op, names, ["P"], "mine")
        constants = [("c", np.array([2, 3]))]
        kind = TensorProto.INT64
        model = of_nodes([node], 2, [("P", kind)], constants, kind=kind)
        with pytest.raises(UnsupportedModelError, match=r"'mine'.*int64; put a Cast"):
            Model.from_onnx(model)


def test_a_division_in_doubles_before_trees():
    """Cast to double, Sub, Div, Cast back: 200 small models on decimals."""
    off = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        X = np.round(rng.normal(20, 5, (60, 2)), 1).astype(np.float32)
        mean, deviation = X.mean(axis=0, dtype=float), X.std(axis=0, dtype=float)
        scaled = ((X.astype(float) - mean) / deviation).astype(np.float32)
        trees = [
            (k % 2, int(rng.integers(4)), float(v), 0, 1.0, -2.0)
            for k, v in enumerate(rng.permutation(scaled.ravel())[:20])
        ]
        nodes = [
            helper.make_node("Cast", ["X"], ["1"], to=DOUBLE),
            helper.make_node("Sub", ["1", "m"], ["2"]),
            helper.make_node("Div", ["2", "s"], ["3"]),
            helper.make_node("Cast", ["3"], ["X2"], to=FLOAT),
            forest(trees, [0] * 20, 1),
        ]
        nodes[-1].input[0] = "X2"
        constants = [("m", mean), ("s", deviation)]
        model, (expected,) = answers(nodes, X, [("P", FLOAT)], constants)
        off += (model.predict(X) != expected.ravel()).sum()
    assert off == 0


def test_shares_that_do_not_add_up_to_1():
    shares = stump([0.2, 0.3, 1.5], [0.4, 0.4, 0.4], [0, 1, 2], labels=(0, 1, 2))
    nodes = [shares, ml_node("Normalizer", ["P"], ["Q"], norm="L1")]
    X = X2[:, :1]
    model, (expected,) = answers(nodes, X, [("Q", FLOAT)])
    np.testing.assert_allclose(model.predict(X), expected, atol=1e-6)


def test_the_largest_of_decisions_is_not_the_class():
    """ArgMax of 1 - s and s, and of a support vector machine's turned decisions."""
    one = [linear_of_two("NONE"), helper.make_node("ArgMax", ["P"], ["A"], axis=1)]
    model, (expected,) = answers(one, X2 / 4, [("A", TensorProto.INT64)])
    np.testing.assert_array_equal(model.predict(X2 / 4), expected.ravel())


def test_names_in_another_order():
    for labels, message in (([0, 1], None), ([1, 0], "another order")):
        names = ml_node("ZipMap", ["P"], ["Z"], classlabels_int64s=labels)
        model = of_nodes([linear_of_two("LOGISTIC"), names], 2, [("Z", FLOAT)])
        if message is None:
            assert Model.from_onnx(model).predict(X2).shape == (5, 2)
            continue
        with pytest.raises(UnsupportedModelError, match=message):
            Model.from_onnx(model)
