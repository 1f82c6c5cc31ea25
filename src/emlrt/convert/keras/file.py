# SPDX-License-Identifier: MIT
"""Keras's files, read without Keras: .keras (a zip) and the older .h5.

Files may be anybody's. Nothing in them is run, imported or followed to another
file, and what is inflated or made of them is charged to the file's allowance.
"""

from __future__ import annotations

import io
import math
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from emlrt import reading
from emlrt.allowance import Allowance
from emlrt.convert.ir.graph import WEIGHT
from emlrt.convert.keras.layer_order import Shape, Source
from emlrt.convert.readers.json_fields import json_value
from emlrt.errors import EmlrtError, FormatError

#: Most bytes of a file.
_FILE_MAX = 1 << 30
#: Most weights that a layer names: each name may be as long as the file.
_NAMES_MAX = 8
#: What a byte of a member takes at the worst, inflated and read.
_INFLATED = 3
#: What malformed content makes Python's readers raise.
_TROUBLE = (
    AttributeError,
    IndexError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def _h5py() -> Any:
    try:
        import h5py
    except ImportError:
        raise ImportError(
            "reading Keras's files needs h5py: pip install 'emlrt[keras]'"
        ) from None
    return h5py


def _step(group: Any, name: str) -> Any:
    """A member of an HDF5 group that is in this very file, or None."""
    h5py = _h5py()
    if group is None or not isinstance(group, h5py.Group):
        return None
    link = group.get(name, getlink=True) if name in group else None
    if link is None:
        return None
    if not isinstance(link, h5py.HardLink):
        raise FormatError(f"{name!r} is a link, which is not followed")
    return group[name]


def _found(group: Any, path: list[str]) -> Any:
    for name in path:
        group = _step(group, name)
    return group


def _array(data: Any, shape: Shape, room: _Room) -> NDArray[np.float64]:
    """An HDF5 dataset of a shape."""
    if data is None or not isinstance(data, _h5py().Dataset):
        raise FormatError("weights are missing")
    if data.external or data.is_virtual:
        raise FormatError("weights are outside of the file, and are not followed")
    if data.shape != shape:
        raise ValueError(f"weights of shape {data.shape} instead of {shape}")
    if data.dtype.kind not in "fiu" or data.dtype.itemsize > 8:
        raise FormatError(f"weights are of dtype {data.dtype}")
    if math.prod(shape) * data.dtype.itemsize > room.size:
        raise FormatError("weights are larger than the file")
    room.allowance.charge("weights", math.prod(shape), WEIGHT)
    # A piece of a compressed dataset is inflated as a whole.
    piece = math.prod(data.chunks or (0,)) * data.dtype.itemsize
    room.allowance.charge("bytes of a piece of weights", piece, _INFLATED)
    return np.asarray(data[()], np.float64)


@dataclass(frozen=True)
class _Room:
    """Bytes of an HDF5 file, and the allowance that is left for it."""

    size: int
    allowance: Allowance


def _attribute(group: Any, name: str, most: int) -> Any:
    """An attribute of so many elements at most; None if there is no such."""
    if name not in group.attrs:
        return None
    count = math.prod(group.attrs.get_id(name).shape or (1,))
    if count > most:
        raise FormatError(f"its attribute {name} has {count} elements")
    return group.attrs[name]


class _Zipped:
    """The group of a layer in a .keras file's model.weights.h5."""

    def __init__(self, group: Any, room: _Room, name: str = "") -> None:
        self._group, self._room, self._name = group, room, name

    def child(self, name: str, key: str) -> _Zipped:
        return _Zipped(_found(self._group, ["layers", key]), self._room, name)

    def _vars(self) -> Any:
        own = _step(self._group, "vars")
        # Newer files name the layer: it must be the one that was counted up to.
        stored = None if own is None else _attribute(own, "name", 1)
        if stored is not None and stored != self._name:
            raise FormatError(
                f"weights of layer {self._name!r} are named {str(stored)[:80]!r}"
            )
        return own

    def count(self) -> int:
        own = self._vars()
        return 0 if own is None else len(own)

    def weights(self, shapes: list[Shape]) -> list[NDArray[np.float64]]:
        own = self._vars()
        return [
            _array(_step(own, str(k)), shape, self._room)
            for k, shape in enumerate(shapes)
        ]


class _Legacy:
    """The group of a layer in an .h5 file, whose attribute names the weights."""

    def __init__(self, group: Any, room: _Room, depth: int = 0) -> None:
        self._group, self._room, self._depth = group, room, depth

    def child(self, name: str, key: str) -> _Legacy:
        if self._depth:
            raise FormatError(
                "models within models in .h5 are not supported; save it as .keras"
            )
        return _Legacy(_step(self._group, name), self._room, 1)

    def _names(self) -> list[str]:
        if self._group is None:
            return []
        names = _attribute(self._group, "weight_names", _NAMES_MAX)
        names = [] if names is None else names
        return [n.decode() if isinstance(n, bytes) else str(n) for n in names]

    def count(self) -> int:
        return len(self._names())

    def weights(self, shapes: list[Shape]) -> list[NDArray[np.float64]]:
        return [
            _array(_found(self._group, name.split("/")), shape, self._room)
            for name, shape in zip(self._names(), shapes, strict=True)
        ]


def _member(archive: zipfile.ZipFile, name: str, allowance: Allowance) -> bytes:
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise FormatError(f"it has no {name}") from None
    allowance.charge(f"bytes of {name}", info.file_size, _INFLATED)
    with archive.open(info) as file:
        data = file.read(info.file_size + 1)
    if len(data) > info.file_size:
        raise FormatError(f"{name} is larger than it says")
    return data


@contextmanager
def _keras(file: IO[bytes], allowance: Allowance) -> Iterator[tuple[Any, Source]]:
    with zipfile.ZipFile(file) as archive:
        described = json_value(_member(archive, "config.json", allowance), allowance)
        data = _member(archive, "model.weights.h5", allowance)
    with _h5py().File(io.BytesIO(data), "r") as weights:
        yield described, _Zipped(weights, _Room(len(data), allowance))


@contextmanager
def _h5(file: IO[bytes], allowance: Allowance) -> Iterator[tuple[Any, Source]]:
    with _h5py().File(file, "r") as stored:
        text = _attribute(stored, "model_config", 1)
        if not isinstance(text, str | bytes):
            raise FormatError("it has weights only; save the whole model")
        room = _Room(os.fstat(file.fileno()).st_size, allowance)
        group = _Legacy(_step(stored, "model_weights"), room)
        yield json_value(text, allowance), group


@contextmanager
def opened(
    path: str | os.PathLike[str],
) -> Iterator[tuple[Any, Source, Allowance]]:
    """A model's configuration and weights, and what is left for what they ask for,
    for as long as the file is open.

    Raises
    ------
    FormatError
        If it is none of Keras's files, or damaged: also for what the caller
        stumbles over while it is open.
    OSError
        If the file cannot be opened.
    ImportError
        Without h5py.
    """
    _h5py()
    name = os.fspath(path)
    with reading.opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > _FILE_MAX:
            raise FormatError(f"{name}: larger than {_FILE_MAX} bytes")
        start = file.read(8)
        file.seek(0)
        allowance = Allowance(size)
        if start[:2] == b"PK":
            reader = _keras
        elif start == b"\x89HDF\r\n\x1a\n":
            reader = _h5
        else:
            raise FormatError(f"{name}: no .keras or .h5 file")
        try:
            with reader(file, allowance) as (described, source):
                yield described, source, allowance
        except EmlrtError as error:
            raise type(error)(f"{name}: {error}") from None
        except _TROUBLE as error:
            kind = type(error).__name__
            raise FormatError(
                f"{name}: the file is damaged ({kind}: {str(error)[:200]})"
            ) from None
