# SPDX-License-Identifier: MIT
"""Machine-learning inference for microcontrollers, from one flat blob.

`Model.from_sklearn(estimator)` converts; `model.predict(X)` runs the C code that
firmware links; `model.save("m.eml")` writes what firmware reads from flash.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Unpack

from emlrt.constructors import ConvertOptions
from emlrt.conversion import constructor_of
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

if TYPE_CHECKING:  # else type checkers know nothing of their options
    from emlrt.deployed import DeployedClassifier as DeployedClassifier
    from emlrt.deployed import DeployedRegressor as DeployedRegressor

__version__ = _version()


def convert(model: object, **options: Unpack[ConvertOptions]) -> Model:
    """Converts a fitted model of any supported library, or a file of one.

    Files are told apart by what is in them. options: as the constructor takes them:
    `Model.from_sklearn`, `from_keras`, `from_xgboost`, `from_lightgbm`,
    `from_catboost`, `from_treelite` or `from_onnx`.
    """
    check_instance(model)
    return constructor_of(model)(model, **options)


#: What is loaded when it is first asked for: attributes of modules, or modules.
_LATER = {
    "DeployedClassifier": ("emlrt.deployed", "DeployedClassifier"),
    "DeployedRegressor": ("emlrt.deployed", "DeployedRegressor"),
    "embed": ("emlrt.embed", ""),
    "emulate": ("emlrt.emulate", ""),
    "export": ("emlrt.exports", "export"),
    "metrics": ("emlrt.metrics", ""),
    "ParetoDisplay": ("emlrt.metrics.pareto_display", "ParetoDisplay"),
    "register_converter": ("emlrt.convert.registered", "register_converter"),
    "signal": ("emlrt.signal", ""),
    "AgreementDisplay": ("emlrt.verdict", "AgreementDisplay"),
    "QuantizationDisplay": ("emlrt.verdict", "QuantizationDisplay"),
    "SizeDisplay": ("emlrt.verdict", "SizeDisplay"),
}


def __getattr__(name: str) -> Any:
    """What `_LATER` names, loaded on first use."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, inner = _LATER[name]
    found = import_module(module)
    return getattr(found, inner) if inner else found


def __dir__() -> list[str]:
    """Names for users, those that are not loaded yet, too."""
    return sorted([*__all__, *_LATER])


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
