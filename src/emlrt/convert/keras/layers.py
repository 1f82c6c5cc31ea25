# SPDX-License-Identifier: MIT
"""Keras's layers, each as a change of a chain."""

from __future__ import annotations

import math
from collections.abc import Callable
from reprlib import repr
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.keras.activations import (
    ACTIVATION_LAYERS,
    ACTIVATIONS,
    OPERATIONS,
    Chain,
)
from emlrt.convert.keras.layer_order import Layer, Shape, check_policy
from emlrt.errors import FormatError, UnsupportedModelError

#: Keras's epsilon, below which Normalization takes no deviation.
_EPSILON = 1e-7
#: Most dimensions: numpy has no more.
_RANK_MAX = 32
#: Types of integers that an Input may have.
_INTEGERS = (*(f"int{n}" for n in (8, 16, 32, 64)), "uint8", "uint16", "uint32")
#: Layers that do nothing in predict.
_IDLE = (
    "Identity",
    "Dropout",
    "AlphaDropout",
    "GaussianDropout",
    "GaussianNoise",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "ActivityRegularization",
)


def _input(chain: Chain, layer: Layer) -> None:
    """Keras cuts rows to an integer type, which is nothing to what fits it."""
    dtype, wanted = layer.config.get("dtype"), chain.graph.options.dtype
    if dtype in (None, "float32", "float64"):
        return
    first = chain.tensor.buffer is chain.graph.input.buffer
    fits = dtype in _INTEGERS and wanted != "float32" and np.can_cast(wanted, dtype)
    if not (first and fits):
        raise UnsupportedModelError(
            f"{layer} has dtype={repr(dtype)}, to which Keras cuts rows; make it"
            " 'float32', or, of integers at the start, convert with a dtype= that it"
            " holds, such as 'uint8'"
        )


def _activate(chain: Chain, layer: Layer) -> None:
    """The activation that a layer names, or holds as a layer."""
    value = layer.config.get("activation")
    if value is None:
        return
    if isinstance(value, dict) and value.get("class_name") in ACTIVATION_LAYERS:
        inner = Layer(
            value["class_name"], layer.name, value.get("config") or {}, layer.source
        )
        check_policy(f"the activation of {layer}", inner.config)
        ACTIVATION_LAYERS[inner.cls](chain, inner)
    elif isinstance(value, str) and value in ACTIVATIONS:
        # A name stands for the function with its defaults.
        ACTIVATIONS[value](chain, Layer(layer.cls, layer.name, {}, layer.source))
    else:
        if isinstance(value, dict):
            value = value.get("registered_name") or value.get("class_name")
        raise UnsupportedModelError(
            f"{layer} has the activation {repr(value)}; supported are"
            f" {', '.join(sorted(ACTIVATIONS))} and the layers"
            f" {', '.join(sorted(ACTIVATION_LAYERS))}"
        )


def _dense(chain: Chain, layer: Layer) -> None:
    if not chain.is_vector:
        raise UnsupportedModelError(
            f"{layer} reads numbers of shape {chain.shape}; supported is a vector: put"
            " a Flatten before it"
        )
    n_in, units = chain.shape[-1], int(layer.number("units"))
    shapes: list[Shape] = [(n_in, units)]
    if layer.config.get("use_bias", True):
        shapes.append((units,))
    kernel, *bias = layer.weights(*shapes)
    chain.tensor = chain.graph.dense(chain.ready(), kernel.T, bias[0] if bias else 0.0)
    chain.shape = (*chain.shape[:-1], units)
    _activate(chain, layer)


def _axes(chain: Chain, layer: Layer, default: int = -1) -> list[int]:
    """Axes of the shape, without the batch, that a layer has numbers for."""
    axis = layer.config.get("axis", default)
    named = [] if axis is None else axis if isinstance(axis, list | tuple) else [axis]
    rank = len(chain.shape) + 1
    axes = [a + rank if isinstance(a, int) and a < 0 else a for a in named]
    if any(not isinstance(a, int) or not 1 <= a < rank for a in axes):
        raise FormatError(f"{layer} has axis={repr(axis)} on numbers of rank {rank}")
    return [a - 1 for a in sorted(axes)]


def _along(chain: Chain, axes: list[int]) -> tuple[Shape, Shape]:
    """Sizes of the axes, and the shape with the other axes at 1."""
    wide = tuple(n if k in axes else 1 for k, n in enumerate(chain.shape))
    return tuple(chain.shape[a] for a in axes), wide


def _batch_normalization(chain: Chain, layer: Layer) -> None:
    if layer.config.get("renorm"):
        raise UnsupportedModelError(f"{layer} has renorm=True, which is not supported")
    sizes, wide = _along(chain, _axes(chain, layer))
    flags = [bool(layer.config.get(key, True)) for key in ("scale", "center")]
    parts = layer.weights(*[sizes] * (sum(flags) + 2))
    mean, variance = (part.reshape(wide) for part in parts[-2:])
    scale = 1 / np.sqrt(variance + layer.number("epsilon", 1e-3))
    if flags[0]:
        scale = scale * parts[0].reshape(wide)
    offset = parts[sum(flags) - 1].reshape(wide) if flags[1] else 0.0
    chain.scale(shift=mean, scale=scale, offset=offset)


def _given(layer: Layer, key: str, wide: Shape) -> NDArray[np.float64]:
    """An array of a configuration, broadcast."""
    value: Any = layer.config.get(key)
    if isinstance(value, dict):  # an array as Keras writes it
        value = (value.get("config") or {}).get("value")
    try:
        return np.broadcast_to(np.asarray(value, np.float64), wide)
    except (OverflowError, TypeError, ValueError):
        raise FormatError(
            f"{layer} has {key}={repr(value)}, not of shape {wide}"
        ) from None


def _normalization(chain: Chain, layer: Layer) -> None:
    sizes, wide = _along(chain, _axes(chain, layer))
    if layer.config.get("mean") is None:
        mean, variance, _ = layer.weights(sizes, sizes, ())
        mean, variance = mean.reshape(wide), variance.reshape(wide)
    else:
        mean, variance = (_given(layer, key, wide) for key in ("mean", "variance"))
    deviation = np.maximum(np.sqrt(variance), _EPSILON)
    if layer.config.get("invert"):
        chain.scale(scale=deviation, offset=mean)
    else:
        chain.scale(shift=mean, scale=1 / deviation)


def _rescaling(chain: Chain, layer: Layer) -> None:
    parts = {key: _given(layer, key, chain.shape) for key in ("scale", "offset")}
    chain.scale(**parts)


def _flatten(chain: Chain, layer: Layer) -> None:
    if layer.config.get("data_format") == "channels_first" and len(chain.shape) > 1:
        order = np.arange(math.prod(chain.shape)).reshape(chain.shape)
        order = np.moveaxis(order, 0, -1).ravel()
        if (np.diff(order) != 1).any():
            chain.tensor = chain.graph.gather(chain.ready(), order)
    chain.shape = (math.prod(chain.shape),)


def _reshape(chain: Chain, layer: Layer) -> None:
    target = layer.config.get("target_shape")
    count = math.prod(chain.shape)
    try:
        shape = tuple(int(n) for n in target)  # type: ignore[union-attr]
    except (TypeError, ValueError):
        raise FormatError(f"{layer} has target_shape={repr(target)}") from None
    if len(shape) > _RANK_MAX:
        raise FormatError(f"{layer} has a target_shape of rank {len(shape)}")
    known = math.prod(n for n in shape if n != -1)
    if -1 in shape and known > 0:
        shape = tuple(count // known if n == -1 else n for n in shape)
    if not shape or min(shape) < 1 or math.prod(shape) != count:
        raise FormatError(f"{layer} cannot make {repr(target)} of shape {chain.shape}")
    chain.shape = shape


def _prelu(chain: Chain, layer: Layer) -> None:
    """relu(x) - alpha * relu(-x), as Keras has it."""
    shared = layer.config.get("shared_axes") or []
    wide = tuple(
        1 if axis in shared else n for axis, n in enumerate(chain.shape, start=1)
    )
    (alpha,) = layer.weights(wide)
    above, below = chain.fork(), chain.fork()
    above.relu()
    below.scale(scale=-1.0)
    below.relu()
    below.scale(scale=-alpha)
    chain.mix([above.tensor, below.tensor], [1.0, 1.0])


_LAYERS: dict[str, Callable[[Chain, Layer], None]] = {
    **ACTIVATION_LAYERS,
    **dict.fromkeys(_IDLE, lambda chain, layer: None),
    "InputLayer": _input,
    "Dense": _dense,
    "Activation": _activate,
    "PReLU": _prelu,
    "BatchNormalization": _batch_normalization,
    "Normalization": _normalization,
    "Rescaling": _rescaling,
    "Flatten": _flatten,
    "Reshape": _reshape,
}


def apply(chain: Chain, layer: Layer) -> None:
    """Takes a chain through a layer.

    Raises
    ------
    UnsupportedModelError
        If the layer, or a parameter of it, is not supported.
    FormatError
        If its configuration is damaged.
    """
    if layer.operation and layer.cls in OPERATIONS:
        # Where a configuration leaves it out: the operation's own default.
        config = {"approximate": True, **layer.config}
        named = Layer(layer.cls, layer.name, config, layer.source)
        ACTIVATIONS[OPERATIONS[layer.cls]](chain, named)
    elif layer.operation or layer.cls not in _LAYERS:
        hint = (
            "; a Lambda holds code, which is never run" if layer.cls == "Lambda" else ""
        )
        raise UnsupportedModelError(
            f"cannot convert {layer}: supported layers are"
            f" {', '.join(sorted(_LAYERS))}{hint}"
        )
    else:
        _LAYERS[layer.cls](chain, layer)
