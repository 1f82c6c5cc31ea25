# SPDX-License-Identifier: MIT
"""Keras models in float64, by Keras's own definitions of its layers.

Each function also follows how large the numbers were that were added up, which is
what float32's rounding is in proportion to.
"""

import numpy as np
from scipy.special import erf, expit

SELU = 1.6732632423543772, 1.0507009873554805


def relu(x, negative_slope=0.0, max_value=None, threshold=0.0):
    top = np.inf if max_value is None else max_value
    above = np.clip(x, None, top)
    return np.where(x > threshold, above, negative_slope * (x - threshold))


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def gelu(x, approximate=False):
    if approximate:
        return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return x / 2 * (1 + erf(x / np.sqrt(2)))


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(x):
    x = x - x.max(axis=-1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))


def hard_sigmoid(x):
    return np.clip(x / 6 + 0.5, 0, 1)


ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": relu,
    "relu6": lambda x: np.clip(x, 0, 6),
    "leaky_relu": lambda x, negative_slope=0.2: relu(x, negative_slope),
    "elu": elu,
    "selu": lambda x: SELU[1] * elu(x, SELU[0]),
    "celu": lambda x, alpha=1.0: alpha * elu(x / alpha),
    "gelu": gelu,
    "silu": lambda x: x * expit(x),
    "swish": lambda x: x * expit(x),
    "softplus": lambda x: np.logaddexp(x, 0),
    "softsign": lambda x: x / (1 + abs(x)),
    "tanh": np.tanh,
    "exponential": np.exp,
    "sigmoid": expit,
    "log_sigmoid": lambda x: -np.logaddexp(-x, 0),
    "hard_sigmoid": hard_sigmoid,
    "hard_silu": lambda x: x * hard_sigmoid(x),
    "hard_swish": lambda x: x * hard_sigmoid(x),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "tanh_shrink": lambda x: x - np.tanh(x),
    "soft_shrink": lambda x: x - np.clip(x, -0.5, 0.5),
    "softmax": softmax,
    "log_softmax": log_softmax,
}


def activation_of(value):
    """A layer's activation: Keras's function, or a layer."""
    name = getattr(value, "__name__", None)
    return ACTIVATIONS[name] if name else lambda x: layer_of(value, x)


def weights_of(layer):
    return [np.asarray(w, np.float64) for w in layer.get_weights()]


def normalized(layer, x):
    axis = layer.axis
    axes = [] if axis is None else [axis] if isinstance(axis, int) else list(axis)
    axes = [a % x.ndim for a in axes]
    wide = [n if k in axes else 1 for k, n in enumerate(x.shape)]
    if layer.input_mean is not None:
        mean, variance = (
            np.broadcast_to(np.asarray(v, np.float64), wide)
            for v in (layer.input_mean, layer.input_variance)
        )
    else:
        mean, variance = (w.reshape(wide) for w in weights_of(layer)[:2])
    deviation = np.maximum(np.sqrt(variance), 1e-7)
    return mean + x * deviation if layer.invert else (x - mean) / deviation


def batch_normalized(layer, x):
    wide = [n if k == layer.axis % x.ndim else 1 for k, n in enumerate(x.shape)]
    *rest, mean, variance = (w.reshape(wide) for w in weights_of(layer))
    y = (x - mean) / np.sqrt(variance + layer.epsilon)
    if layer.scale:
        y = y * rest.pop(0)
    return y + rest[0] if layer.center else y


def layer_of(layer, x):
    """One layer's numbers (n, ...) from those before it."""
    cls = type(layer).__name__
    if cls in ("Sequential", "Functional"):
        return reference(layer, x)
    if cls == "Dense":
        kernel, *bias = weights_of(layer)
        return activation_of(layer.activation)(x @ kernel + sum(bias))
    if cls == "ReLU":
        return relu(x, layer.negative_slope, layer.max_value, layer.threshold)
    if cls == "LeakyReLU":
        return relu(x, layer.negative_slope)
    if cls == "PReLU":
        return np.maximum(x, 0) - weights_of(layer)[0] * np.maximum(-x, 0)
    if cls == "Flatten" and layer.data_format == "channels_first" and x.ndim > 2:
        x = np.moveaxis(x, 1, -1)
    if cls in ("Flatten", "Reshape"):
        shape = getattr(layer, "target_shape", (-1,))
        return x.reshape(len(x), *shape)
    return {
        "Activation": lambda: activation_of(layer.activation)(x),
        "ELU": lambda: elu(x, layer.alpha),
        "Gelu": lambda: gelu(x, layer.approximate),
        "LeakyRelu": lambda: relu(x, layer.negative_slope),
        "Relu6": lambda: relu(x, max_value=6),
        "Softmax": lambda: softmax(x),
        "Normalization": lambda: normalized(layer, x),
        "BatchNormalization": lambda: batch_normalized(layer, x),
        "Rescaling": lambda: x * np.asarray(layer.scale) + np.asarray(layer.offset),
    }.get(cls, lambda: x)()


def reference(model, x):
    """What the model's predict gives, in float64."""
    x = np.asarray(x, np.float64)
    for layer in getattr(model, "operations", model.layers):
        x = layer_of(layer, x)
    return x
