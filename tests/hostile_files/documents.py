# SPDX-License-Identifier: MIT
"""Small sound documents of each library, with a few parts to be replaced."""

import io
import json
import struct
import zipfile
import zlib


def xgboost(
    trees=None, outputs=None, params=None, objective="reg:squarederror", **more
):
    """XGBoost's JSON: trees, the output of each, and parameters of the learner."""
    trees = [xgboost_tree()] if trees is None else trees
    model = {
        "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": str(len(trees))},
        "tree_info": [0] * len(trees) if outputs is None else outputs,
        "trees": trees,
    }
    learner = {
        "attributes": {},
        "feature_names": [],
        "gradient_booster": {"model": model, "name": "gbtree"},
        "learner_model_param": {
            "base_score": "5E-1",
            "num_class": "0",
            "num_feature": "3",
            "num_target": "1",
            **(params or {}),
        },
        "objective": {"name": objective},
        **more,
    }
    return json.dumps({"learner": learner}, separators=(",", ":")).encode()


def xgboost_tree(**more):
    """One split."""
    return {
        "left_children": [1, -1, -1],
        "right_children": [2, -1, -1],
        "split_indices": [0, 0, 0],
        "split_conditions": [0.5, 1, 2],
        "default_left": [0, 0, 0],
        "tree_param": {"num_nodes": "3"},
        **more,
    }


def lightgbm(trees=(), n_class=1, objective="regression", names="a b c", **more):
    """LightGBM's text; trees: dictionaries of lines."""
    header = {
        "version": "v4",
        "num_class": n_class,
        "num_tree_per_iteration": n_class,
        "max_feature_idx": names.count(" "),
        "objective": objective,
        "feature_names": names,
        "tree_sizes": " ".join(["1"] * len(trees)),
        **more,
    }
    parts = ["tree", *(f"{name}={value}" for name, value in header.items())]
    for number, tree in enumerate(trees):
        parts.append(f"Tree={number}")
        parts += [f"{name}={value}" for name, value in tree.items()]
    return "\n".join([*parts, "end of trees", ""]).encode()


def lightgbm_tree(**more):
    """One split."""
    return {
        "num_leaves": 2,
        "num_cat": 0,
        "split_feature": 0,
        "threshold": "0.5",
        "decision_type": 2,
        "left_child": -1,
        "right_child": -2,
        "leaf_value": "1 2",
        **more,
    }


def catboost(trees=None, **more):
    """CatBoost's JSON export; trees: oblivious ones."""
    one = {"border": 0.5, "float_feature_index": 0, "split_index": 0}
    document = {
        "features_info": {
            "float_features": [
                {"borders": [0.5], "feature_id": "", "flat_feature_index": 0}
            ]
        },
        "model_info": {"params": {"loss_function": {"type": "RMSE"}}},
        "oblivious_trees": trees or [{"leaf_values": [1, 2], "splits": [one]}],
        "scale_and_bias": [1, [0]],
        **more,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def treelite(trees=None, **more):
    """A dump of Treelite's."""
    trees = [treelite_tree()] if trees is None else trees
    document = {
        "threshold_type": "float32",
        "num_feature": 3,
        "average_tree_output": False,
        "num_target": 1,
        "num_class": [1],
        "leaf_vector_shape": [1, 1],
        "target_id": [0] * len(trees),
        "class_id": [0] * len(trees),
        "postprocessor": "identity",
        "base_scores": [0],
        "trees": trees,
        **more,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def treelite_tree(left=1.0, right=2.0, **more):
    """One split."""
    split = {
        "node_id": 0,
        "split_feature_id": 0,
        "default_left": False,
        "node_type": "numerical_test_node",
        "comparison_op": "<",
        "threshold": 0.5,
        "left_child": 1,
        "right_child": 2,
        **more,
    }
    leaves = [{"node_id": 1, "leaf_value": left}, {"node_id": 2, "leaf_value": right}]
    return {"nodes": [split, *leaves]}


def keras_layer(cls, name, **config):
    return {
        "module": "keras.layers",
        "class_name": cls,
        "config": {"name": name, **config},
        "registered_name": None,
    }


def keras_config(layers, shape=(None, 4)):
    """The configuration of a Sequential model."""
    first = keras_layer("InputLayer", "input", batch_shape=list(shape))
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "s", "layers": [first, *layers]},
        "registered_name": "Sequential",
    }


def hdf5(fill):
    """Bytes of an HDF5 file; fill: what is done with it."""
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w") as stored:
        fill(stored)
    return file.getvalue()


def keras(config, weights, method=zipfile.ZIP_DEFLATED):
    """A .keras file. config: bytes, or what JSON is made of."""
    file = io.BytesIO()
    if not isinstance(config, bytes):
        config = json.dumps(config).encode()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", config)
        archive.writestr("model.weights.h5", weights)
    return file.getvalue()


def dense(n_in=4, units=2, **more):
    """A function that fills a weights file of one dense layer."""
    import numpy as np

    def fill(stored):
        group = stored.create_group("layers/dense/vars")
        kernel = np.zeros((n_in, units), "f4")
        group.create_dataset("0", data=kernel, **more)
        group.create_dataset("1", data=np.zeros(units, "f4"))

    return fill


def texts(parts):
    """A section of texts of a blob's metadata."""
    raw = [part.encode() for part in parts]
    ends, at = [], 0
    for part in raw:
        at += len(part)
        ends.append(at)
    return struct.pack(f"<{len(ends) + 1}I", len(ends), *ends) + b"".join(raw)


def section(tag, data):
    return struct.pack("<2I", tag, len(data)) + data + bytes(-len(data) % 4)


def blob(stages, inp, out, *, arena=0, x=4, y=4, groups=(1,), meta=b"", vote=0):
    """A blob of stages: op, payload, then space, offset and count of in and out."""
    table = payloads = b""
    for op, payload, isp, io_, ic, osp, oo, oc in stages:
        payload += bytes(-len(payload) % 4)
        table += struct.pack("<6I2H", len(payload), op, io_, ic, oo, oc, isp, osp)
        payloads += payload
    rest = struct.pack(f"<{len(groups)}I", *groups) + table + payloads

    def head(crc):
        sizes = 48 + len(rest + meta), crc, 48 + len(rest), x, arena, y, 1, vote
        counts = len(groups), len(stages), inp, out
        return struct.pack("<IHH8I4H", 0x4C4D458E, 1, 0, *sizes, *counts)

    crc = zlib.crc32(head(0)[:12] + head(0)[16:] + rest + meta)
    return head(crc) + rest + meta
