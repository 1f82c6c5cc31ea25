# SPDX-License-Identifier: MIT
"""Metadata of a blob: labels, names, a note and golden vectors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.allowance import Allowance
from emlrt.dtypes import dtype_of, padded
from emlrt.errors import FormatError, UnsupportedModelError
from emlrt.immutable import frozen
from emlrt.inputs import InputScaling

_OBJECTS: dict[str, type] = {
    "|O": str,
    "|O:int": int,
    "|O:float": float,
    "|O:bool": bool,
}
#: Other dtypes that labels may have. Nothing else is asked of numpy.dtype.
_DTYPES = re.compile(r"[|<](b1|[iu][1248]|f[248]|U[0-9]{1,8})")
_BOOLS = {"True": True, "False": False}


@dataclass(frozen=True)
class Golden:
    """Inputs of the model's dtype (n, n_inputs) and their scores (n, n_scores).

    Kept as read-only copies.
    """

    inputs: NDArray[Any]
    scores: NDArray[Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", frozen(self.inputs))
        object.__setattr__(self, "scores", frozen(self.scores))


@dataclass(frozen=True)
class Window:
    """How a stream is cut, in samples of all channels together: those of a window, and
    those from one to the next. channels: samples of one time. rate: times a second that
    the model was made for, a float32; None if that is not known."""

    length: int
    hop: int
    channels: int = 1
    rate: float | None = None

    @property
    def times(self) -> int:
        """Times of a window."""
        return self.length // self.channels

    @property
    def hop_times(self) -> int:
        """Times from one window to the next."""
        return self.hop // self.channels

    @property
    def words(self) -> str:
        """How samples are cut, in words."""
        return (
            f"{self.times} samples every {self.hop_times}, of {self.channels}"
            " channel(s)"
        )

    def count(self, n_times: int) -> int:
        """Windows of a recording of so many times."""
        return max(0, 1 + (n_times - self.times) // self.hop_times)

    def check_answers(self, n_times: int, n_answers: int) -> None:
        """Compares what a stream answered to a recording with its windows.

        Raises
        ------
        ValueError
            If there are more or fewer answers: the program is of other windows.
        """
        wanted = self.count(n_times)
        if n_answers != wanted:
            raise ValueError(
                "the model's metadata contradict its program: by windows of"
                f" {self.words}, {n_times} samples are {wanted} windows, and its stream"
                f" answers {n_answers}; convert the model anew"
            )


@dataclass(frozen=True)
class Metadata:
    """The metadata of a blob; each part may be missing.

    Kept as tuples, and labels as read-only copies.
    """

    classes: Sequence[NDArray[Any]] = ()
    features: Sequence[str] = ()
    outputs: Sequence[str] = ()
    note: str = ""
    golden: Golden | None = None
    methods: Sequence[str] = ()
    inputs: InputScaling | None = None
    window: Window | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "classes", tuple(map(frozen, self.classes)))
        for name in ("features", "outputs", "methods"):
            object.__setattr__(self, name, tuple(getattr(self, name)))


def _texts(texts: Sequence[str]) -> bytes:
    try:
        parts = [text.encode() for text in texts]
    except UnicodeEncodeError as error:
        raise UnsupportedModelError(
            f"the name {error.object!r} is not valid Unicode; rename it"
        ) from None
    ends = np.cumsum([len(part) for part in parts], dtype="<u4")
    return len(parts).to_bytes(4, "little") + ends.tobytes() + b"".join(parts)


def _read_texts(data: bytes, errors: str = "replace") -> list[str]:
    n = int.from_bytes(data[:4], "little")
    ends = [0, *np.frombuffer(data, "<u4", n, 4).tolist()]
    body = data[4 + 4 * n :]
    return [body[a:b].decode(errors=errors) for a, b in pairwise(ends)]


def _read_methods(data: bytes) -> list[str]:
    """Texts that are more than names: each byte has a meaning."""
    try:
        return _read_texts(data, "strict")
    except UnicodeDecodeError:
        raise FormatError("a text of methods is no UTF-8", "METADATA") from None


def _object_kind(labels: list[Any]) -> str:
    for kind, python in _OBJECTS.items():
        if all(type(label) is python for label in labels):
            return kind
    raise UnsupportedModelError(
        f"class labels {labels[:5]} are of mixed or unknown types; use labels that"
        " are all str, int, float or bool"
    )


def _label_texts(classes: NDArray[Any]) -> list[str]:
    """A dtype, then each label as text that gives the same label back."""
    labels = classes.tolist()
    # The same model gives the same bytes on a big-endian host.
    kind = classes.dtype.newbyteorder("<").str
    if classes.dtype.kind == "O":
        labels = [x.item() if isinstance(x, np.generic) else x for x in labels]
        kind = _object_kind(labels)
    elif not _DTYPES.fullmatch(kind) or classes.dtype.char == "g":
        raise UnsupportedModelError(
            f"class labels of dtype {classes.dtype} are not supported; use integers,"
            " floats, booleans or strings"
        )
    return [kind, *(x if isinstance(x, str) else repr(x) for x in labels)]


def _labels(kind: str, texts: list[str], allowance: Allowance) -> NDArray[Any]:
    """The labels of one output. The blob may be anybody's: trust no text. Each label
    has the room that the dtype says, so that one allowance is charged for all
    outputs."""
    if kind not in _OBJECTS and not _DTYPES.fullmatch(kind):
        raise FormatError(f"labels of unknown dtype {kind!r}", "METADATA")
    dtype = np.dtype(object if kind in _OBJECTS else kind).newbyteorder("=")
    allowance.charge(f"labels of dtype {kind!r}", len(texts), 2 * dtype.itemsize)
    python = _OBJECTS.get(kind) or {"U": str, "f": float, "b": bool}.get(
        dtype.kind, int
    )
    labels = np.empty(len(texts), dtype)
    try:
        labels[:] = [_BOOLS[x] if python is bool else python(x) for x in texts]
    except (KeyError, ValueError, OverflowError) as error:
        raise FormatError(
            f"a label is no {python.__name__}: {error}", "METADATA"
        ) from None
    return labels


def _golden(golden: Golden) -> bytes:
    head = len(golden.inputs).to_bytes(4, "little")
    little = (
        golden.inputs.dtype.newbyteorder("<"),
        golden.scores.dtype.newbyteorder("<"),
    )
    rows = zip(golden.inputs, golden.scores, strict=True)
    return head + b"".join(
        padded(x.astype(little[0]).tobytes()) + y.astype(little[1]).tobytes()
        for x, y in rows
    )


def _read_golden(
    data: bytes, x: np.dtype[Any], y: np.dtype[Any], shape: tuple[int, int]
) -> Golden:
    n = int.from_bytes(data[:4], "little")
    inputs = shape[0] * x.itemsize
    padded = inputs + -inputs % 4
    rows = np.frombuffer(data, np.uint8, offset=4).reshape(n, padded + 4 * shape[1])
    return Golden(
        np.ascontiguousarray(rows[:, :inputs]).view(x.newbyteorder("<")).astype(x),
        np.ascontiguousarray(rows[:, padded:]).view(y.newbyteorder("<")).astype(y),
    )


def _inputs(scaling: InputScaling) -> bytes:
    table = np.zeros(scaling.offset.size, dtype_of("emlrt_input"))
    offset = scaling.offset.astype("<i8").view("<u4").reshape(-1, 2)
    table["offset_low"], table["offset_high"] = offset.T
    table["scale"] = scaling.scale.astype("<f4").view("<u4")
    return table.tobytes()


def _read_inputs(data: bytes, dtype: np.dtype[Any]) -> InputScaling:
    table = np.frombuffer(data, dtype_of("emlrt_input"))
    offset = table["offset_high"].astype(np.uint64) << np.uint64(32)
    offset |= table["offset_low"].astype(np.uint64)
    scale = table["scale"].astype(np.uint32).view(np.float32)
    try:
        return InputScaling(offset.view(np.int64), scale, dtype.name)
    except ValueError as error:
        raise FormatError(str(error), "METADATA") from None


def _read_window(data: bytes, rate: bytes | None) -> Window:
    known = None if rate is None else float(np.frombuffer(rate, "<f4")[0])
    length, hop, channels = np.frombuffer(data, "<u4").tolist()
    window = Window(length, hop, channels, known)
    if window.length % window.channels or window.hop % window.channels:
        raise FormatError(f"windows of no whole times: {window}", "METADATA")
    return window


def encode(metadata: Metadata) -> bytes:
    """The metadata's bytes, sections in the format's order."""
    sections: list[tuple[int, bytes]] = []
    if metadata.classes:
        texts = [text for classes in metadata.classes for text in _label_texts(classes)]
        sections.append((lib.EMLRT_META_CLASSES, _texts(texts)))
    if metadata.features:
        sections.append((lib.EMLRT_META_FEATURES, _texts(metadata.features)))
    if metadata.outputs:
        sections.append((lib.EMLRT_META_OUTPUTS, _texts(metadata.outputs)))
    if metadata.note:
        sections.append((lib.EMLRT_META_NOTE, _texts([metadata.note])))
    if metadata.golden is not None and len(metadata.golden.inputs):
        sections.append((lib.EMLRT_META_GOLDEN, _golden(metadata.golden)))
    if metadata.methods:
        sections.append((lib.EMLRT_META_METHODS, _texts(metadata.methods)))
    if metadata.inputs is not None:
        sections.append((lib.EMLRT_META_INPUTS, _inputs(metadata.inputs)))
    if metadata.window is not None:
        cut = metadata.window
        numbers = np.array((cut.length, cut.hop, cut.channels), "<u4")
        sections.append((lib.EMLRT_META_WINDOW, numbers.tobytes()))
        if cut.rate is not None:
            sections.append((lib.EMLRT_META_RATE, np.float32(cut.rate).tobytes()))
    head = dtype_of("emlrt_meta")
    return b"".join(
        np.array((tag, len(data)), head).tobytes() + padded(data)
        for tag, data in sections
    )


def sections_of(data: bytes) -> dict[int, bytes]:
    """Contents of verified metadata, by tag."""
    found, at, head = {}, 0, dtype_of("emlrt_meta")
    while at < len(data):
        tag, size = np.frombuffer(data, head, 1, at)[0].tolist()
        at += head.itemsize
        found[tag] = data[at : at + size]
        at += size + -size % 4
    return found


def decode(
    data: bytes,
    class_counts: Sequence[int],
    x: np.dtype[Any],
    y: np.dtype[Any],
    shape: tuple[int, int],
) -> Metadata:
    """Reads metadata that emlrt_verify has accepted.

    shape: n_inputs and n_scores; x and y: their dtypes.
    """
    found = sections_of(data)
    classes, at = [], 0
    texts = (
        _read_texts(found[lib.EMLRT_META_CLASSES])
        if lib.EMLRT_META_CLASSES in found
        else []
    )
    allowance = Allowance(len(data), "metadata")
    for count in class_counts if texts else []:
        classes.append(_labels(texts[at], texts[at + 1 : at + 1 + count], allowance))
        at += 1 + count
    features = found.get(lib.EMLRT_META_FEATURES)
    outputs = found.get(lib.EMLRT_META_OUTPUTS)
    note = found.get(lib.EMLRT_META_NOTE)
    golden = found.get(lib.EMLRT_META_GOLDEN)
    methods = found.get(lib.EMLRT_META_METHODS)
    inputs = found.get(lib.EMLRT_META_INPUTS)
    window = found.get(lib.EMLRT_META_WINDOW)
    return Metadata(
        classes,
        _read_texts(features) if features else [],
        _read_texts(outputs) if outputs else [],
        _read_texts(note)[0] if note else "",
        _read_golden(golden, x, y, shape) if golden else None,
        _read_methods(methods) if methods else [],
        _read_inputs(inputs, x) if inputs is not None else None,
        None
        if window is None
        else _read_window(window, found.get(lib.EMLRT_META_RATE)),
    )
