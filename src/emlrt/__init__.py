# SPDX-License-Identifier: MIT
"""Machine-learning inference for microcontrollers, from one flat blob.

`Model.from_sklearn(estimator)` converts; `model.predict(X)` runs the C code that
firmware links; `model.save("m.eml")` writes what firmware reads from flash.
"""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from emlrt.convert.detect import library_of
from emlrt.convert.unknown import check_instance
from emlrt.errors import (
    EmlrtError,
    FormatError,
    InputRangeWarning,
    PrecisionWarning,
    UnsupportedModelError,
)
from emlrt.inputs import InputScaling, to_int16
from emlrt.model import Model
from emlrt.native import version as _version
from emlrt.sources import get_include, get_sources
from emlrt.stream import Stream

__version__ = _version()


def convert(model: object, **options: object) -> Model:
    """Converts a fitted model of any supported library, or a file of one.

    Files are told apart by what is in them. options: as the constructor takes them:
    `Model.from_sklearn`, `from_keras`, `from_xgboost`, `from_lightgbm`,
    `from_catboost`, `from_treelite` or `from_onnx`.
    """
    check_instance(model)
    library = library_of(model) or "sklearn"
    make: Callable[..., Model] = getattr(Model, f"from_{library}")
    return make(model, **options)


def __getattr__(name: str) -> ModuleType:
    """`emlrt.embed` and `emlrt.signal`, loaded when they are first asked for."""
    if name not in ("embed", "signal"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"emlrt.{name}")


__all__ = [
    "EmlrtError",
    "FormatError",
    "InputRangeWarning",
    "InputScaling",
    "Model",
    "PrecisionWarning",
    "Stream",
    "UnsupportedModelError",
    "__version__",
    "convert",
    "get_include",
    "get_sources",
    "to_int16",
]
