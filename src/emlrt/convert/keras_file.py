# SPDX-License-Identifier: MIT
"""Keras's files, read without Keras: .keras (a zip) and the older .h5.

Files may be anybody's. Nothing in them is run, imported or followed to another
file, and nothing is read that is larger than the file itself.
"""

from __future__ import annotations

import json
import math
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.keras_chain import Shape, Source
from emlrt.errors import EmlrtError, FormatError

#: Most octets of a configuration.
_CONFIG_MAX = 1 << 26
#: Most octets of the weights within a .keras file, which may be compressed.
_WEIGHTS_MAX = 1 << 30
#: What malformed content makes Python's readers raise.
_TROUBLE = (
    AttributeError,
    IndexError,
    KeyError,
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


def _array(data: Any, shape: Shape, size: int) -> NDArray[np.float64]:
    """An HDF5 dataset of a shape. size: octets of the file."""
    if data is None or not isinstance(data, _h5py().Dataset):
        raise FormatError("weights are missing")
    if data.external or data.is_virtual:
        raise FormatError("weights are outside of the file, and are not followed")
    if data.shape != shape:
        raise ValueError(f"weights of shape {data.shape} instead of {shape}")
    if data.dtype.kind not in "fiu" or data.dtype.itemsize > 8:
        raise FormatError(f"weights are of dtype {data.dtype}")
    if math.prod(shape) * data.dtype.itemsize > size:
        raise FormatError("weights are larger than the file")
    return np.asarray(data[()], np.float64)


class _Zipped:
    """The group of a layer in a .keras file's model.weights.h5."""

    def __init__(self, group: Any, size: int, name: str = "") -> None:
        self._group, self._size, self._name = group, size, name

    def child(self, name: str, key: str) -> _Zipped:
        return _Zipped(_found(self._group, ["layers", key]), self._size, name)

    def _vars(self) -> Any:
        own = _step(self._group, "vars")
        # Newer files name the layer: it must be the one that was counted up to.
        stored = None if own is None else own.attrs.get("name")
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
            _array(_step(own, str(k)), shape, self._size)
            for k, shape in enumerate(shapes)
        ]


class _Legacy:
    """The group of a layer in an .h5 file, whose attribute names the weights."""

    def __init__(self, group: Any, size: int, depth: int = 0) -> None:
        self._group, self._size, self._depth = group, size, depth

    def child(self, name: str, key: str) -> _Legacy:
        if self._depth:
            raise FormatError(
                "models within models in .h5 are not supported; save it as .keras"
            )
        return _Legacy(_step(self._group, name), self._size, 1)

    def _names(self) -> list[str]:
        if self._group is None:
            return []
        names = self._group.attrs.get("weight_names", [])
        return [n.decode() if isinstance(n, bytes) else str(n) for n in names]

    def count(self) -> int:
        return len(self._names())

    def weights(self, shapes: list[Shape]) -> list[NDArray[np.float64]]:
        return [
            _array(_found(self._group, name.split("/")), shape, self._size)
            for name, shape in zip(self._names(), shapes, strict=True)
        ]


def _config(text: Any) -> Any:
    if len(text) > _CONFIG_MAX:
        raise FormatError("the configuration is too large")
    return json.loads(text)


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise FormatError(f"it has no {name}") from None
    if info.file_size > limit:
        raise FormatError(f"{name} is too large")
    with archive.open(info) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise FormatError(f"{name} is too large")
    return data


@contextmanager
def _keras(file: IO[bytes]) -> Iterator[tuple[Any, Source]]:
    import io

    with zipfile.ZipFile(file) as archive:
        described = _config(_member(archive, "config.json", _CONFIG_MAX))
        data = _member(archive, "model.weights.h5", _WEIGHTS_MAX)
    with _h5py().File(io.BytesIO(data), "r") as weights:
        yield described, _Zipped(weights, len(data))


@contextmanager
def _h5(file: IO[bytes]) -> Iterator[tuple[Any, Source]]:
    with _h5py().File(file, "r") as stored:
        text = stored.attrs.get("model_config")
        if text is None:
            raise FormatError("it has weights only; save the whole model")
        size = os.fstat(file.fileno()).st_size
        yield _config(text), _Legacy(_step(stored, "model_weights"), size)


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[tuple[Any, Source]]:
    """A model's configuration and weights, for as long as the file is open.

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
    with open(path, "rb") as file:
        start = file.read(8)
        file.seek(0)
        if start[:2] == b"PK":
            reader = _keras
        elif start == b"\x89HDF\r\n\x1a\n":
            reader = _h5
        else:
            raise FormatError(f"{name}: no .keras or .h5 file")
        try:
            with reader(file) as found:
                yield found
        except EmlrtError as error:
            raise type(error)(f"{name}: {error}") from None
        except _TROUBLE as error:
            kind = type(error).__name__
            raise FormatError(
                f"{name}: the file is damaged ({kind}: {error})"
            ) from None
