# SPDX-License-Identifier: MIT
"""Machine-learning inference for microcontrollers, from one flat blob.

`Model.from_sklearn(estimator)` converts; `model.predict(X)` runs the C code that
firmware links; `model.save("m.eml")` writes what firmware reads from flash.
"""

from emlrt.convert.keras import is_keras
from emlrt.errors import (
    EmlrtError,
    FormatError,
    InputRangeWarning,
    UnsupportedModelError,
)
from emlrt.model import Model
from emlrt.native import version as _version
from emlrt.sources import get_include, get_sources

__version__ = _version()


def convert(model: object, **options: object) -> Model:
    """Converts a fitted model of any supported library, or a Keras file.

    options: as `Model.from_sklearn` takes them, or `Model.from_keras` for models
    and files of Keras.
    """
    if is_keras(model):
        return Model.from_keras(model, **options)  # type: ignore[arg-type]
    return Model.from_sklearn(model, **options)  # type: ignore[arg-type]


__all__ = [
    "EmlrtError",
    "FormatError",
    "InputRangeWarning",
    "Model",
    "UnsupportedModelError",
    "__version__",
    "convert",
    "get_include",
    "get_sources",
]
