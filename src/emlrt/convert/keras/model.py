# SPDX-License-Identifier: MIT
"""Converter of Keras models of one path: dense layers, activations and the like."""

from __future__ import annotations

import math
import os
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt.allowance import Allowance
from emlrt.blob import Program
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.output_spec import OutputSpec, check_labels, classifier
from emlrt.convert.ir.planner import finish
from emlrt.convert.keras.activations import Chain
from emlrt.convert.keras.layer_order import Layer, Shape, Source, input_shape, layers_of
from emlrt.convert.keras.layers import apply
from emlrt.errors import UnsupportedModelError

_ROOTS = ("keras", "tf_keras", "tensorflow")
#: How files that Keras writes end.
SUFFIXES = (".keras", ".h5", ".hdf5")
#: Most numbers of a row, outputs and layers: limits of what a file may ask for.
_COUNT_MAX = 1 << 22
_OUTPUTS_MAX = 0xFFFF
_LAYERS_MAX = 1000


class _Live:
    """A layer, or model, in memory. It is asked for numbers only."""

    def __init__(self, layer: Any) -> None:
        self._layer = layer

    def child(self, name: str, key: str) -> _Live:
        found = [layer for layer in self._layer.layers if layer.name == name]
        # Keras hides a Sequential's InputLayer, which has no weights.
        return _Live(found[0] if found else None)

    def _arrays(self) -> list[Any]:
        return [] if self._layer is None else list(self._layer.get_weights())

    def count(self) -> int:
        return len(self._arrays())

    def weights(self, shapes: list[Shape]) -> list[NDArray[np.float64]]:
        arrays = [np.asarray(array, np.float64) for array in self._arrays()]
        found = [array.shape for array in arrays]
        if found != shapes:
            raise ValueError(f"weights of shapes {found} instead of {shapes}")
        return arrays


def is_keras(model: Any) -> bool:
    """Whether this is a Keras model, or the path of a file that Keras writes."""
    if isinstance(model, str | os.PathLike):
        return os.fspath(model).endswith(SUFFIXES)
    roots = {cls.__module__.partition(".")[0] for cls in type(model).__mro__}
    return not roots.isdisjoint(_ROOTS) and hasattr(model, "get_weights")


def _described(model: Any) -> dict[str, Any]:
    """The configuration that Keras would write for a model in memory."""
    cls = type(model)
    if not is_keras(model):
        raise UnsupportedModelError(
            f"{cls.__name__} is no Keras model, nor the path of a .keras or .h5 file"
        )
    known = cls.__module__.partition(".")[0] in _ROOTS
    if not known or cls.__name__ not in ("Sequential", "Functional"):
        raise UnsupportedModelError(
            f"cannot convert a {cls.__name__}: supported are Sequential and functional"
            " models of Keras, and no classes derived from them"
        )
    config = model.get_config()
    shape = getattr(model, "input_shape", None) if model.built else None
    return {
        "class_name": cls.__name__,
        "config": config,
        "build_config": {"input_shape": shape},
    }


def _chain(graph: Graph, shape: Shape, layers: list[Layer]) -> Chain:
    chain = Chain(graph, shape)
    for layer in layers:
        apply(chain, layer)
    if len(chain.shape) != 1:
        raise UnsupportedModelError(
            f"the model gives numbers of shape {chain.shape}; supported is a vector:"
            " end it with a Flatten"
        )
    if chain.shape[0] > _OUTPUTS_MAX:
        raise UnsupportedModelError(
            f"the model gives {chain.shape[0]} numbers; supported are up to"
            f" {_OUTPUTS_MAX}"
        )
    return chain


def _as_keras(chain: Chain) -> OutputSpec:
    """predict gives what Keras's predict gives."""
    if chain.pending == "softmax":
        methods, output_sizes = {"predict": "proba"}, (chain.tensor.count,)
        return OutputSpec(
            "logits",
            chain.tensor,
            output_sizes,
            estimator_type="network",
            methods=methods,
        )
    if chain.pending == "sigmoid":
        methods = {"predict": "p1|columns"}
        return OutputSpec(
            "logistic", chain.tensor, estimator_type="network", methods=methods
        )
    methods = {"predict": "scores|columns"}
    return OutputSpec(
        "values", chain.ready(), estimator_type="network", methods=methods
    )


def _as_classifier(chain: Chain, classes: Any) -> OutputSpec:
    """predict gives labels."""
    last, n = chain.pending or "other", chain.tensor.count
    kinds = {"softmax": "logits", "other": "margins"}
    if n == 1 and last != "softmax":
        kinds = {"sigmoid": "logistic"}
        if chain.is_linear:
            kinds["other"] = "binary"
    if last not in kinds:
        raise ValueError(
            f"classes are for a softmax, one sigmoid, or scores; this model ends in {n}"
            f" {'sigmoids' if last == 'sigmoid' else 'number that is none of these'}"
        )
    wanted = 2 if kinds[last] in ("logistic", "binary") else n
    check_labels(classes, wanted)
    return classifier(kinds[last], chain.tensor, classes)


def keras_program(
    model: Any, classes: ArrayLike | None, options: Options
) -> tuple[Program, str]:
    """Converts a Keras model, or a file that Keras wrote; gives its name, too.

    Raises
    ------
    UnsupportedModelError
        If a layer has no faithful form, or the layers are no single path.
    FormatError
        If the file is damaged.
    ValueError
        If classes do not fit the model.
    """
    if isinstance(model, str | os.PathLike):
        from emlrt.convert.keras.file import opened

        with opened(model) as (described, source, allowance):
            chain, name = _read(described, source, options, allowance)
    else:
        allowance = Allowance.unlimited()
        chain, name = _read(_described(model), _Live(model), options, allowance)
    if classes is None:
        spec = _as_keras(chain)
    else:
        spec = _as_classifier(chain, np.asarray(classes))
    return finish(chain.graph, spec, name, []), name


def _read(
    described: dict[str, Any], source: Source, options: Options, allowance: Allowance
) -> tuple[Chain, str]:
    """A whole model as a graph, and what to call it."""
    layers = layers_of(described, source)
    if len(layers) > _LAYERS_MAX:
        raise UnsupportedModelError(
            f"the model has {len(layers)} layers; supported are up to {_LAYERS_MAX}"
        )
    shape = input_shape(described, layers)
    if math.prod(shape) > _COUNT_MAX:
        raise UnsupportedModelError(f"the model's input of shape {shape} is too large")
    options = options.of_inputs(math.prod(shape))
    chain = _chain(Graph(math.prod(shape), options, allowance), shape, layers)
    n_dense = Counter(layer.cls for layer in layers)["Dense"]
    return chain, f"Keras {described['class_name']}, {n_dense} Dense"
