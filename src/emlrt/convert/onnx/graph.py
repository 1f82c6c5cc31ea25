# SPDX-License-Identifier: MIT
"""ONNX models read and checked: their nodes, inputs, outputs and constants.

Files may be anybody's. Nothing in them is run, no other file is read, and nothing
is kept that is larger than the file.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import reading
from emlrt.allowance import Allowance
from emlrt.convert.onnx.wire_format import charge
from emlrt.convert.readers.json_fields import named
from emlrt.convert.trees.ensemble import Floats, Ints
from emlrt.errors import FormatError, UnsupportedModelError

#: Most bytes of a file: protobuf reads no more.
_SIZE_MAX = (1 << 31) - 1
_FEATURES_MAX = 1 << 22
_OPSET_MAX = 5
#: Types of numbers that inputs may have, by ONNX's codes.
KINDS = {1: "float", 11: "double", 6: "int32", 7: "int64"}
ML = "ai.onnx.ml"


def import_onnx() -> Any:
    """The package onnx.

    Raises
    ------
    ImportError
        If it is not installed.
    """
    try:
        import onnx
    except ImportError:
        raise ImportError(
            "reading ONNX models needs onnx: pip install 'emlrt[onnx]'"
        ) from None
    return onnx


class Node:
    """A node, whose attributes are checked when they are asked for."""

    def __init__(self, proto: Any, number: int, allowance: Allowance) -> None:
        self.allowance = allowance
        self.op = str(proto.op_type)
        self.domain = "" if proto.domain == "ai.onnx" else str(proto.domain)
        self.inputs, self.outputs = list(proto.input), list(proto.output)
        named = proto.name or (self.outputs[0] if self.outputs else "")
        self.title = f"node {named or number!r} ({self.op})"
        self._attributes = {a.name: a for a in proto.attribute}

    def __contains__(self, name: str) -> bool:
        return name in self._attributes

    def wrong(self, what: str) -> FormatError:
        return FormatError(f"{self.title}: {what}")

    def unsupported(self, what: str) -> UnsupportedModelError:
        return UnsupportedModelError(f"{self.title}: {what}")

    def _field(self, name: str, kind: str) -> Any:
        found = self._attributes[name]
        names = type(found).AttributeType
        if found.ref_attr_name or found.type != names.Value(kind):
            raise self.wrong(f"attribute {name} is of another type than {kind}")
        return found

    def integer(self, name: str, default: int) -> int:
        return int(self._field(name, "INT").i) if name in self else default

    def number(self, name: str, default: float) -> float:
        return float(self._field(name, "FLOAT").f) if name in self else default

    def text(self, name: str, default: str) -> str:
        if name not in self:
            return default
        return str(self._field(name, "STRING").s.decode("utf-8", "replace"))

    def texts(self, name: str) -> list[bytes]:
        return list(self._field(name, "STRINGS").strings) if name in self else []

    def _sized(self, name: str, found: NDArray[Any], size: int | None) -> Any:
        if size is not None and found.size != size:
            raise self.wrong(f"{name} has {found.size} numbers instead of {size}")
        return found

    def ints(self, name: str, size: int | None = None) -> Ints:
        """A list of integers, empty if it is left out."""
        found = self._field(name, "INTS").ints if name in self else []
        numbers = np.fromiter(found, np.int64, len(found))
        array: Ints = self._sized(name, numbers, size)
        return array

    def floats(self, name: str, size: int | None = None) -> Floats:
        """A list of numbers, or the tensor that stands for it; empty if left out.

        Those of float32 stay such numbers.
        """
        tensor = f"{name}_as_tensor"
        if tensor in self:
            found = self.tensor(tensor).ravel()
        else:
            listed = self._field(name, "FLOATS").floats if name in self else []
            found = np.fromiter(listed, np.float32, len(listed))
        if found.dtype.kind != "f":
            raise self.wrong(f"{tensor} holds no floats")
        array: Floats = self._sized(name, found, size)
        return array

    def tensor(self, name: str) -> NDArray[Any]:
        """A tensor of numbers, empty if it is left out."""
        if name not in self:
            return np.zeros(0)
        tensor = self._field(name, "TENSOR").t
        return array_of(tensor, f"{self.title}: {name}", self.allowance)


#: Most numbers of a tensor.
_NUMBERS_MAX = 1 << 40


#: Types of tensors whose numbers, or texts, are as many as their bytes say.
_TENSORS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
_TEXTS = 8
#: What a byte of a tensor takes at the worst, as an allowance counts it: float64 of it,
#: and what the graph makes of that.
_BYTE = 12


def charge_texts(allowance: Allowance, texts: Sequence[bytes]) -> None:
    """numpy gives every text the room of the longest one."""
    longest = max(map(len, texts), default=0)
    allowance.charge("characters of texts", len(texts) * longest, 12)
    allowance.charge("texts", len(texts), 512)


def array_of(tensor: Any, what: str, allowance: Allowance) -> NDArray[Any]:
    """The numbers, or texts, of a TensorProto.

    Raises
    ------
    FormatError
        If it is damaged.
    UnsupportedModelError
        If its numbers are in another file.
    """
    if tensor.data_location or len(tensor.external_data):
        raise UnsupportedModelError(
            f"{what} is in another file, which is not followed; save the model in one"
        )
    if tensor.data_type not in _TENSORS:
        raise UnsupportedModelError(
            f"{what} has numbers of a type that is not supported; integers of 8 to 64"
            " bits, floats of 16 to 64, booleans and texts are"
        )
    if tensor.data_type == _TEXTS:
        charge_texts(allowance, tensor.string_data)
    allowance.charge("bytes of tensors", tensor.ByteSize(), _BYTE)
    try:
        found: NDArray[Any] = import_onnx().numpy_helper.to_array(tensor)
    except (KeyError, OverflowError, RuntimeError, TypeError, ValueError) as error:
        raise FormatError(f"{what} is damaged: {str(error)[:200]}") from None
    # Of numbers that are none, since one side is 0, the others may be anything.
    if math.prod(max(length, 1) for length in found.shape) > _NUMBERS_MAX:
        raise FormatError(f"{what} is damaged: its shape is {found.shape}")
    return found


@dataclass(frozen=True, eq=False)
class Network:
    """What is needed of a model.

    inputs: names, how many numbers each has for a row, and of which type. nodes: those
    that the outputs need, each behind those it reads. allowance: what is left for what
    it asks for.
    """

    inputs: list[tuple[str, int, str]]
    outputs: list[str]
    nodes: list[Node]
    constants: dict[str, NDArray[Any]]
    producer: str
    allowance: Allowance

    @property
    def n_features(self) -> int:
        return sum(width for _, width, _ in self.inputs)


def _width(value: Any) -> int:
    """Numbers of a row of an input."""
    name = value.name
    if value.type.WhichOneof("value") != "tensor_type":
        raise UnsupportedModelError(f"input {name!r} is no tensor")
    tensor = value.type.tensor_type
    if tensor.elem_type not in KINDS:
        raise UnsupportedModelError(
            f"input {name!r} is of another type than {', '.join(KINDS.values())}"
        )
    sizes = [dim.dim_value for dim in tensor.shape.dim]
    if len(sizes) != 2 or sizes[1] < 1:
        raise UnsupportedModelError(
            f"input {name!r} is of shape {sizes}; supported are rows of a fixed length:"
            " convert with a shape such as [None, 4]"
        )
    return int(sizes[1])


def _inputs(graph: Any, constants: dict[str, Any]) -> list[tuple[str, int, str]]:
    found = [
        (v.name, _width(v), KINDS[v.type.tensor_type.elem_type])
        for v in graph.input
        if v.name not in constants
    ]
    n = sum(width for _, width, _ in found)
    if not 1 <= n <= _FEATURES_MAX:
        raise UnsupportedModelError(
            f"the model takes {n} numbers; supported are 1 to {_FEATURES_MAX}"
        )
    return found


def _needed(nodes: Sequence[Node], outputs: list[str], given: set[str]) -> list[Node]:
    """The nodes that outputs need; each name is written once, before it is read."""
    known = set(given)
    for node in nodes:
        lost = [name for name in node.inputs if name and name not in known]
        if lost:
            raise node.wrong(f"reads {lost[0]!r}, which nothing before it gives")
        twice = [name for name in node.outputs if name and name in known]
        if twice:
            raise node.wrong(f"gives {twice[0]!r}, which there is already")
        known.update(node.outputs)
    wanted, kept = set(outputs), []
    lost = sorted(wanted - known)
    if lost or not outputs:
        raise FormatError(f"nothing gives the output {lost[:1]}")
    for node in reversed(nodes):
        if wanted.intersection(name for name in node.outputs if name):
            wanted.update(node.inputs)
            kept.append(node)
    return kept[::-1]


def network_of(model: Any, allowance: Allowance | None = None) -> Network:
    """A ModelProto, checked.

    Raises
    ------
    FormatError
        If it is damaged.
    UnsupportedModelError
        If its inputs, or its version, are not supported.
    """
    for opset in model.opset_import:
        if opset.domain == ML and opset.version > _OPSET_MAX:
            raise UnsupportedModelError(
                f"{ML} of version {opset.version} is not supported; versions up to"
                f" {_OPSET_MAX} are"
            )
    graph = model.graph
    if len(graph.sparse_initializer):
        raise UnsupportedModelError("sparse initializers are not supported")
    allowance = Allowance.unlimited() if allowance is None else allowance
    constants = {
        t.name: array_of(t, f"initializer {t.name!r}", allowance)
        for t in graph.initializer
    }
    inputs = _inputs(graph, constants)
    nodes = [Node(proto, number, allowance) for number, proto in enumerate(graph.node)]
    outputs = [value.name for value in graph.output]
    given = {*constants, *(name for name, _, _ in inputs)}
    needed = _needed(nodes, outputs, given)
    producer = str(model.producer_name)
    return Network(inputs, outputs, needed, constants, producer, allowance)


def is_onnx(model: Any) -> bool:
    """Whether this is an ONNX model in memory."""
    cls = type(model)
    return cls.__name__ == "ModelProto" and "onnx" in cls.__module__


def _network(data: bytes) -> Network:
    """The network in the bytes of a file."""
    allowance = Allowance(len(data))
    charge(data, allowance)
    return network_of(_parsed(data), allowance)


def _parsed(data: bytes) -> Any:
    onnx = import_onnx()
    error_of = import_module("google.protobuf.message").DecodeError
    try:
        model = onnx.load_model_from_string(data)
    except (error_of, ValueError) as error:
        raise FormatError(f"no ONNX model ({str(error)[:200]})") from None
    if not model.HasField("graph"):
        raise FormatError("no ONNX model: it has no graph")
    return model


def read(model: Any) -> Network:
    """The network in a ModelProto, in its bytes, or in a file.

    Raises
    ------
    FormatError
        If it is damaged; the message names the file.
    UnsupportedModelError
        If its inputs, or its version, are not supported.
    OSError
        If the file cannot be read.
    ImportError
        Without the package onnx.
    """
    import_onnx()
    if isinstance(model, bytes | bytearray | memoryview):
        return _network(bytes(model))
    if not isinstance(model, str | os.PathLike):
        if not is_onnx(model):
            raise UnsupportedModelError(
                f"{type(model).__name__} is no ONNX model, nor bytes or path of one"
            )
        return network_of(model)
    with reading.opened(model) as file, named(model):
        return _network(reading.contents(file, _SIZE_MAX))
