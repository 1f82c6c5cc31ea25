# SPDX-License-Identifier: MIT
"""A Keras model's numbers on their way through a graph, and its activations."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import Dense, Tensor, floats
from emlrt.convert.keras.layer_order import Layer, Shape
from emlrt.convert.numeric.payloads import relu_payload
from emlrt.errors import UnsupportedModelError

_SELU_ALPHA = 1.6732632423543772848170429916717
_SELU_SCALE = 1.0507009873554804934193349852946


class Chain:
    """A row's numbers after the layers so far.

    tensor: all of them, flattened in C order. shape: as Keras has them, without the
    batch. pending: "softmax" or "sigmoid" if that is still to be done, since at
    the end it is firmware's to do, for those who want it.
    """

    def __init__(self, graph: Graph, shape: Shape) -> None:
        self.graph = graph
        self.tensor = graph.input
        self.shape = shape
        self.pending: str | None = None
        self._shared: Tensor | None = None

    @property
    def is_vector(self) -> bool:
        """Whether all of the numbers stand on the last axis."""
        return math.prod(self.shape) == self.shape[-1]

    @property
    def is_linear(self) -> bool:
        """Whether a dense layer comes last, without an activation."""
        return self._open() is not None

    def ready(self) -> Tensor:
        """The numbers, with the pending activation done."""
        pending, self.pending = self.pending, None
        if pending is not None:
            self.map("SOFTMAX" if pending == "softmax" else "LOGISTIC")
        return self.tensor

    def map(self, op: str, payload: bytes = b"") -> None:
        """A stage that gives as many numbers as it reads."""
        x = self.graph.floats(self.ready())
        self.tensor = self.graph.stage(op, x, x.count, payload)

    def _open(self) -> Dense | None:
        """The dense layer just before, if what follows can be a part of it."""
        steps = self.graph.steps
        if self.pending is not None or self.tensor is self._shared or not steps:
            return None
        last = steps[-1]
        same = last.target.buffer is self.tensor.buffer and last.target.whole
        if not same or self.tensor.buffer.parent is not None:
            return None
        params = last.params
        return params if isinstance(params, Dense) and not params.relu else None

    def scale(
        self,
        *,
        shift: ArrayLike = 0.0,
        scale: ArrayLike = 1.0,
        offset: ArrayLike = 0.0,
    ) -> None:
        """(x - shift) * scale + offset; arrays broadcast against the shape."""
        parts = [
            np.broadcast_to(np.asarray(part, np.float64), self.shape).ravel()
            for part in (shift, scale, offset)
        ]
        linear = self._open()
        if linear is None:
            self.tensor = self.graph.affine(
                self.ready(), shift=parts[0], scale=parts[1], offset=parts[2]
            )
            return
        biases = (linear.biases - parts[0]) * parts[1] + parts[2]
        weights = linear.weights * parts[1][:, None]
        self.graph.steps[-1].params = Dense(weights, biases)

    def relu(
        self, slope: float = 0.0, top: float | None = None, threshold: float = 0.0
    ) -> None:
        """slope * (x - threshold) up to the threshold, then x, but at most top."""
        linear = self._open()
        if slope or threshold or top is not None:
            self.map("RELU", relu_payload(slope, top, threshold))
        elif linear is None:
            self.map("RELU", relu_payload(0.0, None, 0.0))
        else:
            self.graph.steps[-1].params = Dense(linear.weights, linear.biases, True)

    def clip(self, low: float, high: float) -> None:
        self.map("CLIP", floats([low, high]))

    def mix(self, parts: Sequence[Tensor], weights: Sequence[float]) -> None:
        """The weighted sum of the results of a few branches."""
        self.tensor = self.graph.mix(parts, weights)

    def fork(self) -> Chain:
        """Another branch from here. The tensors of all branches stay as they are."""
        self.tensor = self._shared = self.graph.floats(self.ready())
        other = Chain(self.graph, self.shape)
        other.tensor = other._shared = self.tensor
        return other


def _number(layer: Layer, *keys: str, default: float | None = None) -> float:
    """A number that goes by the first of its names that is there."""
    for key in keys[:-1]:
        if layer.config.get(key) is not None:
            return layer.number(key)
    return layer.number(keys[-1], default)


def _relu(chain: Chain, layer: Layer) -> None:
    top = layer.config.get("max_value")
    slope = _number(layer, "negative_slope", "alpha", default=0.0)
    threshold = _number(layer, "threshold", "theta", default=0.0)
    limit = None if top is None else layer.number("max_value")
    if threshold < 0 or (limit is not None and limit < threshold):
        raise UnsupportedModelError(
            f"{layer} has threshold={threshold} and max_value={limit}; supported are"
            " thresholds from 0 up to max_value"
        )
    chain.relu(slope, limit, threshold)


def _leaky(default: float) -> Callable[[Chain, Layer], None]:
    def leaky(chain: Chain, layer: Layer) -> None:
        chain.relu(_number(layer, "negative_slope", "alpha", default=default))

    return leaky


def _thresholded(chain: Chain, layer: Layer) -> None:
    chain.relu(threshold=layer.number("theta", 1.0))


def _elu(chain: Chain, layer: Layer) -> None:
    chain.map("ELU", floats([layer.number("alpha", 1.0), 1.0]))


def _selu(chain: Chain, layer: Layer) -> None:
    chain.map("ELU", floats([_SELU_ALPHA, _SELU_SCALE]))


def _celu(chain: Chain, layer: Layer) -> None:
    alpha = layer.number("alpha", 1.0)
    if alpha <= 0:
        raise UnsupportedModelError(f"{layer} has an alpha that is not above 0")
    chain.scale(scale=1 / alpha)
    chain.map("ELU", floats([1.0, alpha]))


def _gelu(chain: Chain, layer: Layer) -> None:
    chain.map("GELU_TANH" if layer.config.get("approximate", False) else "GELU")


def _map(op: str) -> Callable[[Chain, Layer], None]:
    return lambda chain, layer: chain.map(op)


def _clip(low: float, high: float) -> Callable[[Chain, Layer], None]:
    return lambda chain, layer: chain.clip(low, high)


def _hard_sigmoid(chain: Chain, layer: Layer) -> None:
    chain.scale(scale=1 / 6, offset=0.5)
    chain.clip(0.0, 1.0)


def _hard_silu(chain: Chain, layer: Layer) -> None:
    """c^2 / 6 + c / 2 + relu(x - 3) with c = x, but within -3 and 3."""
    middle = chain.fork()
    middle.clip(-3.0, 3.0)
    square = middle.fork()
    square.map("SQUARE")
    above = chain.fork()
    above.scale(shift=3.0)
    above.relu()
    chain.mix([square.tensor, middle.tensor, above.tensor], [1 / 6, 1 / 2, 1.0])


def _log_sigmoid(chain: Chain, layer: Layer) -> None:
    chain.scale(scale=-1.0)
    chain.map("SOFTPLUS")
    chain.scale(scale=-1.0)


def _tanh_shrink(chain: Chain, layer: Layer) -> None:
    bent = chain.fork()
    bent.map("TANH")
    chain.mix([chain.tensor, bent.tensor], [1.0, -1.0])


def _soft_shrink(chain: Chain, layer: Layer) -> None:
    limit = layer.number("threshold", 0.5)
    near = chain.fork()
    near.clip(-limit, limit)
    chain.mix([chain.tensor, near.tensor], [1.0, -1.0])


def _row(chain: Chain, layer: Layer) -> None:
    """Refuses a softmax of anything but all of a row."""
    axis = layer.config.get("axis", -1)
    axis = axis[0] if isinstance(axis, list | tuple) and len(axis) == 1 else axis
    if axis not in (-1, len(chain.shape)) or not chain.is_vector:
        raise UnsupportedModelError(
            f"{layer} has axis={axis} on numbers of shape {chain.shape}; supported is"
            " the softmax of a whole vector"
        )


def _softmax(chain: Chain, layer: Layer) -> None:
    _row(chain, layer)
    chain.ready()
    chain.pending = "softmax"


def _log_softmax(chain: Chain, layer: Layer) -> None:
    _row(chain, layer)
    x, graph = chain.graph.floats(chain.ready()), chain.graph
    total = graph.stage("LOGSUMEXP", x, 1)
    chain.mix([x, graph.gather(total, np.zeros(x.count, int))], [1.0, -1.0])


def _sigmoid(chain: Chain, layer: Layer) -> None:
    chain.ready()
    chain.pending = "sigmoid"


def _nothing(chain: Chain, layer: Layer) -> None:
    pass


#: Activations by the names that Keras gives them.
ACTIVATIONS: dict[str, Callable[[Chain, Layer], None]] = {
    "linear": _nothing,
    "relu": _relu,
    "relu6": _clip(0.0, 6.0),
    "leaky_relu": _leaky(0.2),
    "elu": _elu,
    "selu": _selu,
    "celu": _celu,
    "gelu": _gelu,
    "silu": _map("SILU"),
    "swish": _map("SILU"),
    "softplus": _map("SOFTPLUS"),
    "softsign": _map("SOFTSIGN"),
    "tanh": _map("TANH"),
    "exponential": _map("EXP"),
    "sigmoid": _sigmoid,
    "log_sigmoid": _log_sigmoid,
    "hard_sigmoid": _hard_sigmoid,
    "hard_silu": _hard_silu,
    "hard_swish": _hard_silu,
    "hard_tanh": _clip(-1.0, 1.0),
    "tanh_shrink": _tanh_shrink,
    "soft_shrink": _soft_shrink,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
}
#: Layers that are an activation and have no weights.
ACTIVATION_LAYERS: dict[str, Callable[[Chain, Layer], None]] = {
    "ReLU": _relu,
    "LeakyReLU": _leaky(0.3),
    "ThresholdedReLU": _thresholded,
    "ELU": _elu,
    "Softmax": _softmax,
}
#: Operations that functional models have where a function was called, such as
#: keras.activations.gelu(x).
OPERATIONS: dict[str, str] = {
    "Relu": "relu",
    "Relu6": "relu6",
    "LeakyRelu": "leaky_relu",
    "Elu": "elu",
    "Selu": "selu",
    "Celu": "celu",
    "Gelu": "gelu",
    "Silu": "silu",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "Tanh": "tanh",
    "Exp": "exponential",
    "Sigmoid": "sigmoid",
    "LogSigmoid": "log_sigmoid",
    "HardSigmoid": "hard_sigmoid",
    "HardSilu": "hard_silu",
    "HardTanh": "hard_tanh",
    "TanhShrink": "tanh_shrink",
    "SoftShrink": "soft_shrink",
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
}
