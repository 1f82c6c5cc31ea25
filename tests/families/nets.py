# SPDX-License-Identifier: MIT
"""Small neural nets: each activation, each kind of answer."""

import json
import tempfile
import warnings
import zipfile
from io import BytesIO
from pathlib import Path

import h5py
import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from emlrt import Model
from families import Case, odd_rows


def rows(rng, n):
    normal = rng.normal(0, 2, (60, n)).astype(np.float32)
    return normal, np.concatenate([normal[:6], odd_rows(n)])


def mlp(cls, answers, **params):
    """A perceptron of 4 features after a few steps."""
    params = {"hidden_layer_sizes": (5, 3), "max_iter": 3, "random_state": 0, **params}

    def make():
        rng = np.random.default_rng(3)
        x, some = rows(rng, 4)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            estimator = cls(**params).fit(x, answers(x, rng))
        return Model.from_sklearn(estimator), some

    return make


def classes(n):
    return lambda x, rng: rng.integers(0, n, len(x))


def labels(x, rng):
    return rng.integers(0, 2, (len(x), 3))


def numbers(x, rng):
    return np.stack([np.sin(x[:, 0]), x[:, 1] * x[:, 2]], axis=1)


def counts(x, rng):
    return rng.poisson(2, len(x))


def dense(rng, n_in, units, activation="linear"):
    weights = [rng.normal(size=(n_in, units)), rng.normal(size=units)]
    config = {"units": units, "activation": activation, "use_bias": True}
    return "Dense", config, weights


def keras(*parts, **options):
    """A model of 4 inputs, by way of a file and without Keras.

    parts: names of activations of dense layers with 3 units, and layers: a class,
    its configuration and its weights.
    """

    def make():
        rng = np.random.default_rng(4)
        first = {"batch_shape": [None, 4], "name": "in"}
        entries, data, n_in = [{"class_name": "InputLayer", "config": first}], {}, 4
        for part in parts:
            cls, config, weights = part
            if cls == "Dense":
                cls, config, weights = dense(rng, n_in, 3, config)
                n_in = 3
            k = sum(entry["class_name"] == cls for entry in entries)
            key = cls.lower().replace("batchn", "batch_n").replace("prelu", "p_re_lu")
            key += f"_{k}" if k else ""
            entries.append({"class_name": cls, "config": {**config, "name": key}})
            for i, array in enumerate(weights):
                data[f"layers/{key}/vars/{i}"] = np.asarray(array, np.float32)
        file = BytesIO()
        with h5py.File(file, "w") as stored:
            for name, array in data.items():
                stored[name] = array
        config = {"class_name": "Sequential", "config": {"layers": entries}}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "m.keras"
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("config.json", json.dumps(config))
                archive.writestr("model.weights.h5", file.getvalue())
            model = Model.from_keras(path, **options)
        return model, rows(rng, 4)[1]

    return make


def activation(name):
    return "Dense", name, []


RELU = {"negative_slope": 0.25, "max_value": 1.5, "threshold": 0.5}
SCALED = [[0.5, 2, 1], [0, 1, -1], [40, 0, -2], [0.1, 4, 1]]

CASES = [
    Case("mlp-relu", mlp(MLPClassifier, classes(3))),
    Case("mlp-logistic", mlp(MLPClassifier, classes(2), activation="logistic")),
    Case("mlp-tanh", mlp(MLPClassifier, labels, activation="tanh")),
    Case("mlp-one-class", mlp(MLPClassifier, classes(1), hidden_layer_sizes=())),
    Case("mlp-identity", mlp(MLPRegressor, numbers, activation="identity")),
    Case("mlp-poisson", mlp(MLPRegressor, counts, loss="poisson")),
    Case("keras-softmax", keras(activation("relu"), activation("softmax"))),
    Case("keras-sigmoid", keras(activation("elu"), activation("sigmoid"))),
    Case(
        "keras-labels",
        keras(activation("silu"), activation("softmax"), classes=["a", "b", "c"]),
    ),
    Case("keras-inner", keras(*map(activation, ("softmax", "sigmoid", "log_softmax")))),
    Case("keras-soft", keras(*map(activation, ("selu", "softplus", "softsign")))),
    Case("keras-hard", keras(*map(activation, ("hard_silu", "relu6", "hard_sigmoid")))),
    Case("keras-exp", keras(activation("gelu"), activation("exponential"))),
    Case("keras-relu", keras(activation("linear"), ("ReLU", RELU, []))),
    Case(
        "keras-layers",
        keras(
            ("Rescaling", {"scale": 0.25, "offset": 1.5}, []),
            activation("relu"),
            ("BatchNormalization", {"epsilon": 1e-3}, SCALED),
            ("PReLU", {}, [[0.5, -0.25, 2]]),
        ),
    ),
]
