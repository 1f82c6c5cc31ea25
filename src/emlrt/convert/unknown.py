# SPDX-License-Identifier: MIT
"""Errors for things that no constructor takes: what they seem to be, what to do."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from emlrt.errors import UnsupportedModelError
from emlrt.reading import start_of

#: Bytes of a file that are looked at.
_START = 4096
_LIBRARIES = "XGBoost, LightGBM, CatBoost, Treelite, Keras or ONNX"
#: What else may be in a file, and what to do with it.
_OBJECT = "convert the object with emlrt.Model.from_sklearn or emlrt.convert"
_PICKLE = (
    "a pickle, which emlrt never opens, since that runs what is in it; if you trust"
    f" it, load it in Python and {_OBJECT}"
)
_TORCH = (
    "a file of PyTorch, which no constructor takes; build the same layers in Keras,"
    " give them the weights, and use emlrt.Model.from_keras"
)
_SAID: dict[str, str] = {
    "pickle": _PICKLE,
    "torch": _TORCH,
    "skops": f"a file of skops; load it with skops.io.load and {_OBJECT}",
    "tflite": "a file of TensorFlow Lite, which no constructor takes; convert the Keras"
    " model that it was made from with emlrt.Model.from_keras",
    "saved": "a folder that TensorFlow saved a model in; load it with Keras, save it"
    " as .keras, and use emlrt.Model.from_keras",
    "pmml": "a file of PMML, which no constructor takes; convert the estimator that it"
    " was made from with emlrt.Model.from_sklearn",
    "blob": "a blob of emlrt already; open it with emlrt.Model.load",
    "data": "a table of numbers and no model; pass it to predict",
    "damaged": "a damaged file, for its name says what its content does not; save the"
    " model again",
    "folder": "a folder; pass the path of a file that a library wrote its model to",
    "empty": "an empty file; save the model again",
}
_SUFFIXES: dict[str, str] = {
    ".pkl": "pickle",
    ".pickle": "pickle",
    ".joblib": "pickle",
    ".pt": "torch",
    ".pth": "torch",
    ".skops": "skops",
    ".tflite": "tflite",
    ".pmml": "pmml",
    ".npy": "data",
    ".npz": "data",
    ".csv": "data",
    ".parquet": "data",
    ".onnx": "damaged",
    ".ubj": "damaged",
    ".cbm": "damaged",
}
#: Types that are data, or nothing, whatever they hold.
_DATA = (str, bytes, bool, int, float, list, tuple, dict, set, type(None))


def _of_start(start: bytes) -> str | None:
    """The kind of a file, from its first bytes."""
    if start[:4] == b"\x8eEML":
        return "blob"
    if start[4:8] == b"TFL3":
        return "tflite"
    if start[:1] == b"\x80" and start[1:2] in b"\x02\x03\x04\x05":
        return "pickle"
    if b"<PMML" in start:
        return "pmml"
    return "torch" if start[:2] == b"PK" and b"/data.pkl" in start else None


def of_path(path: str | os.PathLike[str]) -> UnsupportedModelError:
    """The error for a path that no constructor takes.

    Raises
    ------
    FormatError
        If it is a device or a pipe.
    OSError
        If it cannot be read.
    """
    name = os.fspath(path)
    if os.path.isdir(path):
        saved = os.path.exists(os.path.join(name, "saved_model.pb"))
        kind: str | None = "saved" if saved else "folder"
    else:
        start, suffix = start_of(path, _START), os.path.splitext(name)[1].lower()
        kind = (_of_start(start) or _SUFFIXES.get(suffix)) if start else "empty"
    if kind is not None:
        return UnsupportedModelError(f"{name}: this seems to be {_SAID[kind]}")
    return UnsupportedModelError(
        f"{name}: no model of {_LIBRARIES}; one of scikit-learn is converted in"
        " Python, with emlrt.Model.from_sklearn"
    )


def of_object(model: Any, known: Iterable[str]) -> str:
    """Why an object is not converted, and what might have been meant.

    known: names of classes that are converted.
    """
    if isinstance(model, _DATA) or hasattr(model, "__array__"):
        return "it is no model; pass one fitted estimator"
    from difflib import get_close_matches

    by_name = {name.lower(): name for name in known}
    near = get_close_matches(type(model).__name__.lower(), by_name, 3, 0)
    first, second, third = (by_name[name] for name in near)
    return (
        f"no class that converts has this name; the nearest are {first}, {second} and"
        f" {third}, and docs/SUPPORT.md lists all"
    )


def check_instance(model: Any) -> None:
    """Refuses a class, a folder, and files of kinds that no constructor takes.

    Raises
    ------
    UnsupportedModelError
        If it is one.
    FormatError
        If it is the path of a device or a pipe.
    OSError
        If it is the path of a file that cannot be read.
    """
    if isinstance(model, type):
        raise UnsupportedModelError(
            f"{model.__name__} is a class; pass an instance of it that is fitted, as"
            f" {model.__name__}(...).fit(X, y)"
        )
    if not isinstance(model, str | os.PathLike):
        return
    if os.path.isdir(model) or _of_start(start_of(model, _START)) is not None:
        raise of_path(model)


__all__ = ["check_instance", "of_object", "of_path"]
