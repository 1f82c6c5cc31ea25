# SPDX-License-Identifier: MIT
"""Keras's dtype policies, and Inputs of other types: as Keras, or refused by name."""

import os

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras")
pytest.importorskip("h5py")

from keras import Input, Sequential, layers  # noqa: E402

from emlrt import Model, UnsupportedModelError  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")
POLICIES = ("mixed_bfloat16", "mixed_float16", "float16", "bfloat16")
UNDER = {
    "dense": lambda **how: [layers.Dense(3, "tanh", **how)],
    "activation": lambda **how: [layers.Activation("tanh", **how)],
    "flatten": lambda **how: [layers.Flatten(**how)],
    "dropout": lambda **how: [layers.Dropout(0.5, **how)],
    "normalization": lambda **how: [layers.BatchNormalization(**how)],
    "within a dense": lambda **how: [
        layers.Dense(3, activation=layers.LeakyReLU(**how)),
    ],
    "within a model": lambda **how: [Sequential([Input((4,)), layers.ReLU(**how)])],
}


def both_doors(model, tmp_path):
    """A model in memory, and its file."""
    path = tmp_path / "model.keras"
    model.save(path)
    return model, path


@pytest.mark.parametrize("name", UNDER)
def test_dtype_policies(name, tmp_path):
    for policy in (*POLICIES, "float32", "float64"):
        x = np.float32([[0.3, -2.7, 1.1, 99.9]])
        model = Sequential([Input((4,)), *UNDER[name](dtype=policy), layers.Dense(1)])
        for each in both_doors(model, tmp_path):
            if policy in POLICIES:
                with pytest.raises(UnsupportedModelError, match=f"layer.*'{policy}'"):
                    Model.from_keras(each)
            else:
                found = Model.from_keras(each).predict(x)
                expected = np.asarray(model(x))
                np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_models_cast_nothing(tmp_path):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        inner = Sequential([layers.Dense(3, dtype="float32")])
        model = Sequential([Input((4,), dtype="float32"), inner])
        model.add(layers.Dense(2, dtype="float32"))
    finally:
        keras.config.set_dtype_policy(before)
    x = np.random.default_rng(0).normal(size=(9, 4))
    for each in both_doors(model, tmp_path):
        found = Model.from_keras(each).predict(x)
        np.testing.assert_allclose(found, np.asarray(model(x)), rtol=1e-4, atol=1e-5)


def test_inputs_of_integers(tmp_path):
    """Keras cuts 1.7 to 1: only rows that the type holds are answered."""
    x = np.arange(12).reshape(3, 4)
    for dtype, good, bad in (
        ("uint8", "uint8", "int16"),
        ("int32", "int16", "float32"),
        ("int64", "uint8", "float32"),
        ("float16", None, "float32"),
        ("bool", None, "uint8"),
    ):
        model = Sequential([Input((4,), dtype=dtype), layers.Dense(2)])
        for each in both_doors(model, tmp_path):
            with pytest.raises(UnsupportedModelError, match=f"dtype='{dtype}'"):
                Model.from_keras(each, dtype=bad, X=x)
            if good is None:
                continue
            found = Model.from_keras(each, dtype=good, X=x).predict(x)
            expected = np.asarray(model(x.astype(dtype)))
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_quantized_and_lora(tmp_path):
    for mode in ("int8", "int4"):
        model = Sequential([Input((4,)), layers.Dense(8)])
        model.quantize(mode)
        for each in both_doors(model, tmp_path):
            with pytest.raises(UnsupportedModelError, match="quantized"):
                Model.from_keras(each)
    model = Sequential([Input((4,)), layers.Dense(8)])
    model.layers[0].enable_lora(2)
    model.layers[0].lora_kernel_b.assign(np.ones((2, 8)))
    live, path = both_doors(model, tmp_path)
    with pytest.raises(UnsupportedModelError, match="LoRA"):
        Model.from_keras(live)
    found = Model.from_keras(path).predict(np.eye(4))  # Keras merges as it saves
    np.testing.assert_allclose(found, np.asarray(model(np.eye(4))), atol=1e-5)
