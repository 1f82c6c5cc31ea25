# SPDX-License-Identifier: MIT
"""ONNX models made by hand, and what ONNX Runtime makes of models."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

ML = "ai.onnx.ml"
MODES = ("LEQ", "LT", "GTE", "GT", "EQ", "NEQ")


def session(model):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    data = model if isinstance(model, bytes) else model.SerializeToString()
    return onnxruntime.InferenceSession(
        data, options, providers=["CPUExecutionProvider"]
    )


def run(model, X):
    """Outputs of ONNX Runtime, dictionaries of scores as rows of them."""
    own = session(model)
    found = own.run(None, {own.get_inputs()[0].name: X})
    return [
        np.array([list(row.values()) for row in each])
        if isinstance(each, list) and isinstance(each[0], dict)
        else np.asarray(each)
        for each in found
    ]


def of_nodes(nodes, width, outputs, constants=(), opset=3, kind=TensorProto.FLOAT):
    """A model of nodes that read X; outputs: names, with their types."""
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("X", kind, [None, width])],
        [helper.make_tensor_value_info(name, of, None) for name, of in outputs],
        [onnx.numpy_helper.from_array(v, n) for n, v in constants],
    )
    opsets = [helper.make_opsetid("", 15), helper.make_opsetid(ML, opset)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def ml_node(op, inputs=("X",), outputs=("P",), **attributes):
    return helper.make_node(op, inputs, outputs, domain=ML, **attributes)


def values(node, width, **more):
    """A model of one node that gives numbers."""
    return of_nodes([node], width, [("P", TensorProto.FLOAT)], **more)


def classes(node, width, label=TensorProto.INT64, **more):
    """A model of one node that gives labels and scores."""
    outputs = [("L", label), ("P", TensorProto.FLOAT)]
    return of_nodes([node], width, outputs, **more)


def random_tree(rng, depth, width, numbers):
    """A number, or (feature, mode, number, where NaN goes, if so, else)."""
    if depth == 0 or rng.random() < 0.2:
        return float(np.float32(rng.normal()))
    below = [random_tree(rng, depth - 1, width, numbers) for _ in range(2)]
    mode, tracks = int(rng.integers(len(MODES))), int(rng.integers(2))
    return (int(rng.integers(width)), mode, float(rng.choice(numbers)), tracks, *below)


def forest(trees, targets, n_targets, tracks=True, **more):
    """A TreeEnsembleRegressor; targets: of each tree."""
    names = "treeids nodeids featureids values modes truenodeids falsenodeids"
    nodes = {n: [] for n in (*names.split(), "missing_value_tracks_true")}
    leaves = {n: [] for n in ("treeids", "nodeids", "ids", "weights")}

    def add(tree, node):
        at, leaf = len(nodes["treeids"]), not isinstance(node, tuple)
        number = nodes["treeids"].count(tree)
        feature, mode, value, nan = (0, None, 0.0, 0) if leaf else node[:4]
        mode = "LEAF" if leaf else f"BRANCH_{MODES[mode]}"
        row = (tree, number, feature, value, mode, 0, 0, nan)
        for name, each in zip(nodes, row, strict=True):
            nodes[name].append(each)
        if leaf:
            row = (tree, number, targets[tree], node)
            for name, each in zip(leaves, row, strict=True):
                leaves[name].append(each)
        else:
            nodes["truenodeids"][at] = add(tree, node[4])
            nodes["falsenodeids"][at] = add(tree, node[5])
        return number

    for tree, root in enumerate(trees):
        add(tree, root)
    if not tracks:
        del nodes["missing_value_tracks_true"]
    named = {f"nodes_{name}": each for name, each in nodes.items()}
    named |= {f"target_{name}": each for name, each in leaves.items()}
    return ml_node("TreeEnsembleRegressor", n_targets=n_targets, **named, **more)


def new_forest(trees, targets, n_targets, **more):
    """A TreeEnsemble of version 5, of the same."""
    sides = ("truenodeids", "trueleafs", "falsenodeids", "falseleafs")
    nodes = {n: [] for n in ("featureids", "missing_value_tracks_true", *sides)}
    modes, splits, ids, weights, roots = [], [], [], [], []

    def add(tree, node):
        at = len(modes)
        modes.append(node[1])
        splits.append(node[2])
        for name, each in zip(nodes, (node[0], node[3], 0, 0, 0, 0), strict=True):
            nodes[name].append(each)
        for side, child in (("true", node[4]), ("false", node[5])):
            if isinstance(child, tuple):
                nodes[f"{side}nodeids"][at] = add(tree, child)
            else:
                nodes[f"{side}nodeids"][at] = len(ids)
                nodes[f"{side}leafs"][at] = 1
                ids.append(targets[tree])
                weights.append(child)
        return at

    for tree, root in enumerate(trees):
        root = root if isinstance(root, tuple) else (0, 0, 0.0, 0, root, root)
        roots.append(add(tree, root))
    tensors = {
        "nodes_modes": np.array(modes, np.uint8),
        "nodes_splits": np.array(splits, np.float32),
        "leaf_weights": np.array(weights, np.float32),
    }
    named = {n: onnx.numpy_helper.from_array(v, n) for n, v in tensors.items()}
    named |= {f"nodes_{name}": each for name, each in nodes.items()}
    named |= {"leaf_targetids": ids, "tree_roots": roots, "n_targets": n_targets}
    return ml_node("TreeEnsemble", **named, **more)


def stump(left, right, ids, labels=(0, 1), **more):
    """A TreeEnsembleClassifier of one split, with weights of ids at each leaf."""
    n = len(ids)
    return ml_node(
        "TreeEnsembleClassifier",
        outputs=("L", "P"),
        nodes_treeids=[0, 0, 0],
        nodes_nodeids=[0, 1, 2],
        nodes_featureids=[0, 0, 0],
        nodes_values=[0.5, 0.0, 0.0],
        nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"],
        nodes_truenodeids=[1, 0, 0],
        nodes_falsenodeids=[2, 0, 0],
        class_treeids=[0] * (2 * n),
        class_nodeids=[1] * n + [2] * n,
        class_ids=[*ids, *ids],
        class_weights=[*left, *right],
        classlabels_int64s=list(labels),
        **more,
    )
