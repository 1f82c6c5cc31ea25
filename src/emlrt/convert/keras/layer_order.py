# SPDX-License-Identifier: MIT
"""The layers of a Keras model in the order in which a row goes through them.

A model is what Keras writes as its configuration: nested dicts, lists and
numbers. Nothing here imports Keras, and nothing in a configuration is ever run
or imported: layers are known by name alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, nan
from reprlib import repr
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from emlrt.errors import FormatError, UnsupportedModelError

Shape = tuple[int, ...]
#: Classes that hold layers.
_MODELS = ("Sequential", "Functional", "Model")
#: Where Keras's own classes live.
_ROOTS = ("keras", "tf_keras", "tensorflow")
#: Classes of dtype policies that are a name and no more.
_POLICIES = ("DTypePolicy", "FloatDTypePolicy", "Policy")
#: Models within models.
_DEPTH_MAX = 16


class Source(Protocol):
    """The weights of a model, or of a layer, in a file or in memory."""

    def child(self, name: str, key: str) -> Source:
        """A layer within a model. key: its class and number, as files have it."""

    def weights(self, shapes: list[Shape]) -> list[NDArray[np.float64]]:
        """The layer's own weights, which must have these shapes."""

    def count(self) -> int:
        """How many weights the layer has."""


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer: its class, its name, what it was made with, and its weights.

    operation: whether it is a function that was called, and no layer.
    """

    cls: str
    name: str
    config: dict[str, Any]
    source: Source
    operation: bool = False

    def __str__(self) -> str:
        return f"layer {self.name!r} ({self.cls})"

    def weights(self, *shapes: Shape) -> list[NDArray[np.float64]]:
        """Its weights.

        Raises
        ------
        UnsupportedModelError
            If they are not as many, or not of these shapes, or not finite.
        FormatError
            If the file is damaged.
        """
        n = self.source.count()
        if n != len(shapes):
            raise UnsupportedModelError(
                f"{self} has {n} weights instead of {len(shapes)}; if it is quantized"
                " or has LoRA weights, convert the plain model"
            )
        try:
            found = self.source.weights(list(shapes))
        except FormatError as error:
            raise FormatError(f"{self}: {error}") from None
        except ValueError as error:
            raise UnsupportedModelError(f"{self}: {error}") from None
        if not all(np.isfinite(array).all() for array in found):
            raise UnsupportedModelError(f"{self} has weights that are NaN or infinite")
        return found

    def number(self, key: str, default: float | None = None) -> float:
        """A finite number of its configuration.

        Raises
        ------
        FormatError
            If there is none.
        """
        value = self.config.get(key)
        value = default if value is None else value
        good = isinstance(value, int | float) and not isinstance(value, bool)
        try:
            number = float(value) if good and value is not None else nan
        except OverflowError:
            number = nan
        if not isfinite(number):
            raise FormatError(
                f"{self} has {key}={repr(value)}, which is no finite number"
            )
        return number


def _field(entry: Any, key: str, kind: type) -> Any:
    """A field of a configuration that must be there, of a type."""
    if not isinstance(entry, dict) or not isinstance(entry.get(key), kind):
        raise FormatError(f"the model's configuration has no {kind.__name__} {key!r}")
    return entry[key]


def _name(entry: dict[str, Any]) -> str:
    return str(entry.get("name") or entry["config"].get("name", "?"))


def _known(entry: Any) -> Any:
    """An entry for a class of Keras's own."""
    cls, config = _field(entry, "class_name", str), _field(entry, "config", dict)
    module = entry.get("module", "keras")
    custom = ">" in str(entry.get("registered_name") or "")
    if custom or str(module).partition(".")[0] not in _ROOTS:
        raise UnsupportedModelError(
            f"cannot convert layer {_name(entry)!r} ({cls}): it is a class of one's"
            " own; build the model of Keras's layers"
        )
    # An Input cuts rows to its type, whatever its policy; a model casts nothing.
    if cls not in ("InputLayer", *_MODELS):
        check_policy(f"layer {_name(entry)!r} ({cls})", config)
    return entry


def _policy(value: Any) -> str:
    """The name of a dtype policy, as configurations have it."""
    if not isinstance(value, dict):
        return repr(value) if value is not None else "float32"
    config = value.get("config")
    name = config.get("name") if isinstance(config, dict) else None
    plain = value.get("class_name") in _POLICIES and isinstance(name, str)
    return str(name if plain else value.get("class_name") or repr(value))


def check_policy(what: str, config: dict[str, Any]) -> None:
    """Refuses a layer that computes in another type than float32, or in float64,
    which float32 follows.

    Raises
    ------
    UnsupportedModelError
        If it does; it names the policy.
    """
    policy = _policy(config.get("dtype")).strip("'")
    if "Quantized" in policy or config.get("quantization_config") is not None:
        raise UnsupportedModelError(
            f"{what} is quantized; convert the model before quantize()"
        )
    if policy not in ("float32", "float64"):
        raise UnsupportedModelError(
            f"{what} has the dtype policy {policy[:80]!r}, which rounds to fewer digits"
            " than the runtime; set the policy 'float32' and build it again with the"
            " same weights"
        )


def key_of(cls: str, seen: Counter[str]) -> str:
    """The name of a layer's group in a .keras file: its class in snake case, and
    how many of that class came before. seen: counts them."""
    snake = re.sub(r"\W+", "", cls)
    snake = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", snake)
    snake = re.sub("([a-z])([A-Z])", r"\1_\2", snake).lower()
    n = seen[snake]
    seen[snake] += 1
    return f"{snake}_{n}" if n else snake


def _histories(node: Any) -> Iterator[str]:
    """Names of the layers whose outputs a part of a configuration refers to."""
    if isinstance(node, dict):
        history = (
            node["config"].get("keras_history")
            if node.get("class_name") == "__keras_tensor__"
            else None
        )
        yield from _histories(history or list(node.values()))
    elif isinstance(node, list | tuple):
        if len(node) >= 3 and isinstance(node[0], str) and isinstance(node[1], int):
            yield node[0]
            node = node[3:]
        for part in node:
            yield from _histories(part)


def _only(names: list[str], what: str, model: str) -> str:
    if len(names) != 1:
        raise UnsupportedModelError(
            f"model {model!r} has {len(names)} {what} ({', '.join(names)}); supported"
            " are models with one input and one output"
        )
    return names[0]


def _in_training(node: Any) -> bool:
    """Whether a layer is called as in training, whatever predict says."""
    if isinstance(node, dict):
        return bool(node.get("training")) or any(map(_in_training, node.values()))
    return isinstance(node, list | tuple) and any(map(_in_training, node))


def _before(entry: dict[str, Any]) -> str:
    """The one layer that a layer of a functional model reads."""
    title = f"layer {_name(entry)!r} ({entry['class_name']})"
    nodes = entry.get("inbound_nodes")
    if not isinstance(nodes, list) or len(nodes) != 1:
        n = len(nodes) if isinstance(nodes, list) else 0
        raise UnsupportedModelError(
            f"{title} is called {n} times; supported are models that call each layer"
            " once"
        )
    names = list(_histories(nodes[0]))
    if len(names) != 1:
        raise UnsupportedModelError(
            f"{title} reads {len(names)} outputs; supported are models of one path,"
            " in which each layer reads the one before it"
        )
    if _in_training(nodes[0]):
        raise UnsupportedModelError(
            f"{title} is called with training=True, so that its answers differ from"
            " call to call; call it without"
        )
    return names[0]


def _path(entry: dict[str, Any]) -> list[str]:
    """Names of a functional model's layers, from its input to its output."""
    config, model = entry["config"], _name(entry)
    layers = {_name(layer): layer for layer in config["layers"]}
    first = _only(list(_histories(config.get("input_layers"))), "inputs", model)
    at = _only(list(_histories(config.get("output_layers"))), "outputs", model)
    path = [at]
    while at != first:
        if at not in layers or len(path) > len(layers):
            raise FormatError(f"model {model!r} has no path from input to output")
        at = _before(layers[at])
        path.append(at)
    return path[::-1]


def _layers(entry: dict[str, Any], source: Source, depth: int) -> Iterator[Layer]:
    if depth > _DEPTH_MAX:
        raise UnsupportedModelError(f"more than {_DEPTH_MAX} models within models")
    parts = [_known(part) for part in _field(entry["config"], "layers", list)]
    names = [_name(part) for part in parts]
    seen: Counter[str] = Counter()
    # Keras gives operations no weights and no number.
    called = [".ops." in str(part.get("module")) for part in parts]
    keys = [
        "" if is_call else key_of(part["class_name"], seen)
        for part, is_call in zip(parts, called, strict=True)
    ]
    sequential = entry["class_name"] == "Sequential"
    counts, places = Counter(names), {name: at for at, name in enumerate(names)}
    for name in names if sequential else _path(entry):
        if counts[name] != 1:
            raise FormatError(f"the model's configuration has no single layer {name!r}")
        at = places[name]
        part, cls = parts[at], parts[at]["class_name"]
        if called[at]:
            yield Layer(cls, name, part["config"], source, operation=True)
        elif cls in _MODELS:
            yield from _layers(part, source.child(name, keys[at]), depth + 1)
        else:
            yield Layer(cls, name, part["config"], source.child(name, keys[at]))


def layers_of(model: Any, source: Source) -> list[Layer]:
    """The layers of a model, in order. model: its configuration.

    Raises
    ------
    UnsupportedModelError
        If it is no chain of layers.
    FormatError
        If the configuration is damaged.
    """
    cls = _field(model, "class_name", str)
    if cls not in _MODELS:
        raise UnsupportedModelError(
            f"cannot convert a Keras {cls}: supported are Sequential and functional"
            " models, and no classes derived from them"
        )
    layers = list(_layers(_known(model), source, 0))
    if not layers:
        raise UnsupportedModelError(f"model {_name(model)!r} has no layers")
    return layers


def _sizes(shape: Any) -> Shape | None:
    """A batch's shape without the batch, if it is known."""
    if not isinstance(shape, list | tuple) or not shape:
        return None
    sizes = tuple(shape[1:])
    good = all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in sizes)
    return sizes if good and sizes else None


def input_shape(model: dict[str, Any], layers: list[Layer]) -> Shape:
    """Shape of one row, without the batch.

    Raises
    ------
    UnsupportedModelError
        If it is not fixed.
    """
    config = layers[0].config
    named = [config.get("batch_shape"), config.get("batch_input_shape")]
    named += [model["config"].get("build_input_shape")]
    named += [(model.get("build_config") or {}).get("input_shape")]
    given = [shape for shape in named if shape is not None]
    sizes = _sizes(given[0]) if given else None
    if sizes is None:
        raise UnsupportedModelError(
            f"model {_name(model)!r} has no fixed input shape"
            f" ({given[0] if given else 'it is not built'}); give it an Input of a"
            " fixed shape"
        )
    return sizes
