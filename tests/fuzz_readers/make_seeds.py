# SPDX-License-Identifier: MIT
"""Writes small real files of XGBoost and LightGBM as seeds for the fuzzers, and what
stands in those of Keras and in metadata.

    python tests/fuzz_readers/make_seeds.py

The files are kept, so that tests do not depend on the versions installed.
"""

import json
import struct
import sys
from pathlib import Path

import lightgbm
import numpy as np
import xgboost

SEEDS = Path(__file__).parent / "seeds"
sys.path.insert(0, str(Path(__file__).parent.parent / "hostile_files"))

from documents import keras_config, keras_layer, section, texts  # noqa: E402


def data():
    """A few rows with gaps and a column of categories."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    X[:, 2] = rng.integers(0, 9, 60)
    y = (X[:, 0] + (X[:, 2] % 3 == 0) > 0).astype(int)
    X[rng.random(X.shape) < 0.2] = np.nan
    return X, y


def xgboost_files():
    X, y = data()
    kinds = ["q", "q", "c"]
    few = {"nthread": 1, "max_depth": 2, "seed": 0}
    sets = {
        "binary": ({"objective": "binary:logistic"}, y),
        "softprob": (
            {"objective": "multi:softprob", "num_class": 3},
            y + (X[:, 1] > 1),
        ),
        "dart": (
            {"booster": "dart", "rate_drop": 0.5, "objective": "count:poisson"},
            y,
        ),
        "linear": ({"booster": "gblinear"}, y),
        "forest": ({"num_parallel_tree": 2, "max_cat_to_onehot": 1}, y),
    }
    for name, (parameters, target) in sets.items():
        linear = parameters.get("booster") == "gblinear"
        rows = xgboost.DMatrix(
            np.nan_to_num(X) if linear else X,
            target,
            feature_types=None if linear else kinds,
            enable_categorical=not linear,
        )
        if linear:
            parameters = {**parameters, "nthread": 1}
        booster = xgboost.train(parameters | (few if not linear else {}), rows, 2)
        for form in ("json", "ubj"):
            yield f"xgboost/{name}.{form}", bytes(booster.save_raw(form))


def lightgbm_files():
    X, y = data()
    few = {
        "num_leaves": 4,
        "min_data_in_leaf": 2,
        "min_data_per_group": 1,
        "verbose": -1,
        "num_threads": 1,
    }
    sets = {
        "binary": {"objective": "binary"},
        "multiclass": {"objective": "multiclass", "num_class": 2},
        "rf": {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.7},
        "zero": {"objective": "poisson", "zero_as_missing": True},
    }
    for name, parameters in sets.items():
        rows = lightgbm.Dataset(X, y, categorical_feature=[2])
        booster = lightgbm.train({**few, **parameters}, rows, 2)
        yield f"lightgbm/{name}.txt", booster.model_to_string().encode()


def keras_files():
    """A configuration and the shapes of weights, a line each."""
    dense = keras_layer("Dense", "a", units=3, activation="relu")
    bn = keras_layer("BatchNormalization", "b", epsilon=1e-3, axis=-1)
    last = keras_layer("Dense", "c", units=2, activation="softmax")
    shapes = {"/dense": [[4, 3], [3]], "/dense_1": [[3, 2], [2]]}
    shapes["/batch_normalization"] = [[3]] * 4
    yield "keras/net", (keras_config([dense, bn, last]), shapes)
    names = ("Rescaling", "LeakyReLU", "Flatten", "Reshape", "Normalization")
    more = {"scale": 2, "offset": [1, 2, 3, 4], "target_shape": [4]}
    more |= {"mean": [0] * 4, "variance": 1.0, "negative_slope": 0.1}
    layers = [keras_layer(name, name, **more) for name in names]
    layers.append(keras_layer("Activation", "d", activation="hard_silu"))
    yield "keras/maps", (keras_config(layers), {})


def metadata_files():
    """Metadata of a blob of two numbers and two outputs of two classes."""
    golden = struct.pack("<I4f", 1, 1, -2, 1, 2)
    some = ["<U2", "a", "bc", "|O:int", "1", "2", "predict=scores[0:2]|plus:1|log"]
    yield "metadata/texts", b"\0".join(text.encode() for text in some)
    parts = [section(1, texts(["<f8", "0.5", "1", "|b1", "True", "False"]))]
    parts += [section(2, texts(["p", "q"])), section(3, texts(["r", "s"]))]
    parts += [section(4, texts(["a note"])), section(5, golden)]
    how = ["classifier", "predict=class", "predict_proba=scores[0:2]|times:2|log"]
    yield "metadata/all", b"".join([*parts, section(6, texts(how))])


def small_files():
    for name, (config, shapes) in keras_files():
        yield name, json.dumps(config).encode() + b"\n" + json.dumps(shapes).encode()
    yield from metadata_files()


def main():
    for name, raw in (*xgboost_files(), *lightgbm_files(), *small_files()):
        path = SEEDS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        print(path, len(raw))


if __name__ == "__main__":
    main()
