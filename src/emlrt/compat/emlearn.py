# SPDX-License-Identifier: MIT
"""emlearn's `convert`, answered by emlrt.

`from emlrt.compat import emlearn` in place of `import emlearn`: the same arguments, and
the original model's answers. Where emlearn's own would be others, an
`EmlearnDifference` says so.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt import embed
from emlrt.blob import PROBABLE
from emlrt.compat.emlearn_c import functions
from emlrt.conversion import constructor_of
from emlrt.convert.keras.model import is_keras
from emlrt.errors import warn
from emlrt.files import replacing
from emlrt.model import Model as EmlrtModel

#: emlearn's names of C types, and dtypes of inputs.
_DTYPES = {
    "float": "float32",
    "int16_t": "int16",
    "uint8_t": "uint8",
    "int32_t": "int32",
}
_METHODS = ("inline", "loadable")
#: What emlearn converts as trees.
_TREES = ("RandomForest", "ExtraTrees", "DecisionTree", "ExtraTree")


class EmlearnDifference(UserWarning):
    """emlearn's answers differ from the original model's, which are given here."""


class Model:
    """What `convert` gives: emlearn's methods over an `emlrt.Model`.

    Attributes
    ----------
    model_ : emlrt.Model
        The model itself, with everything that emlrt does with it.
    """

    def __init__(self, model: EmlrtModel, method: str) -> None:
        self.model_ = model
        self.method = method

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The original's labels or values of each row (n_rows, n_features)."""
        return self.model_.predict(X)

    def predict_proba(self, X: ArrayLike) -> Any:
        """The original's probabilities of each row."""
        return self.model_.predict_proba(X)

    def predict_log_proba(self, X: ArrayLike) -> Any:
        """Their logarithms."""
        return self.model_.predict_log_proba(X)

    def score_samples(self, X: ArrayLike) -> NDArray[Any]:
        """The original's scores of each row."""
        return self.model_.score_samples(X)

    def mahalanobis(self, X: ArrayLike) -> NDArray[Any]:
        """Squared distances of an EllipticEnvelope."""
        return self.model_.mahalanobis(X)

    def regress(self, X: ArrayLike) -> NDArray[Any]:
        """The original's values of each row."""
        return self.model_.predict(X)

    def save(
        self,
        name: str | None = None,
        file: str | os.PathLike[str] | None = None,
        format: str = "c",
        inference: list[str] | None = None,
        include_proba: bool = True,
    ) -> str:
        """C code with the functions that emlearn's code has.

        Parameters
        ----------
        name : str, optional
            What the functions' names begin with; by default the file's name.
        file : path, optional
            Where the code is written.
        format : {"c"}
        inference : list of one str, optional
            "inline": C functions. "loadable": an array that the runtime reads. By
            default as `convert` was told.
        include_proba : bool
            Whether there is NAME_predict_proba, where the model has probabilities.

        Returns
        -------
        str
            The code. It includes <emlrt/emlrt.h> if it needs the runtime.

        Raises
        ------
        ValueError
            If an argument is none of these.
        """
        if format != "c":
            raise ValueError(
                f"format={format!r}: emlrt writes C here; model_.save(file) writes a"
                " blob, which MicroPython reads, too"
            )
        method = self.method if inference is None else _one(inference)
        name = _name(name, file)
        header = embed.code if method == "inline" else embed.header
        text = header(self.model_, name)
        proba = include_proba and self.model_.program.output in PROBABLE
        text += functions(self.model_, name, method, proba, text)
        if method == "inline" and proba:
            text = f"#define {name.upper()}_CODE_PROBA\n{text}"
        if file is not None:
            with replacing(file) as out:
                out.write(text.encode())
        return text


def _one(inference: list[str]) -> str:
    if len(inference) != 1 or inference[0] not in _METHODS:
        raise ValueError(f"inference={inference!r} is not one of {list(_METHODS)}")
    return inference[0]


def _name(name: str | None, file: str | os.PathLike[str] | None) -> str:
    if name is None:
        if file is None:
            raise ValueError("save takes a name, or a file that has one")
        return embed.identifier(Path(file).name)
    if name != embed.identifier(name):
        raise ValueError(f"name={name!r} is no C identifier")
    return name


def _differs(text: str) -> None:
    warn(f"{text}; here it answers as the original", EmlearnDifference)


def _of_trees(dtype: str | None, leaf_bits: int | None) -> dict[str, Any]:
    """Options for trees, with what emlearn does otherwise."""
    if dtype is None:
        _differs("emlearn reads features of trees as int16_t, which cuts decimals off")
    else:
        _differs("emlearn asks x < threshold where trees ask x <= threshold")
    if leaf_bits is None:
        _differs("emlearn's forests vote by majority unless leaf_bits says otherwise")
        return {}
    if leaf_bits in (0, 1):
        return {"voting": "hard"}
    if leaf_bits not in (*range(2, 9), 32):
        raise ValueError(f"leaf_bits={leaf_bits!r} is none of 0, 2 to 8 and 32")
    return {"leaf_bits": max(leaf_bits, 3)}


def _check_kind(estimator: Any, kind: str | None) -> None:
    names = [cls.__name__ for cls in type(estimator).__mro__]
    if kind is not None and kind not in names:
        raise ValueError(
            f"kind={kind!r}: this is a {names[0]}, which does not derive from it"
        )


def _check_return(estimator: Any, return_type: str) -> None:
    if return_type not in ("classifier", "regressor"):
        raise ValueError(
            f"return_type={return_type!r} is no classifier and no regressor"
        )
    name = type(estimator).__name__
    if return_type == "regressor" and name.endswith("Classifier"):
        raise ValueError(
            "return_type='regressor' for a classifier: use predict_proba, or convert a"
            " regressor"
        )


def _options(
    estimator: Any, dtype: str | None, leaf_bits: int | None, return_type: str
) -> dict[str, Any]:
    """emlrt's options by emlearn's."""
    name, found = type(estimator).__name__, dict[str, Any]()
    if dtype is not None and dtype not in _DTYPES:
        raise ValueError(f"dtype={dtype!r} is not one of {list(_DTYPES)}")
    if dtype is not None:
        found["dtype"] = _DTYPES[dtype]
    if name.startswith(_TREES):
        return found | _of_trees(dtype, leaf_bits)
    if leaf_bits is not None:
        raise ValueError("leaf_bits= is for trees")
    if name == "MLPRegressor" and return_type == "classifier":
        _differs("emlearn gives classes for an MLPRegressor without return_type=")
    if name == "GaussianNB":
        _differs("emlearn leaves out the priors of classes and rounds to Q16.16")
    if name in ("EllipticEnvelope", "GaussianMixture", "BayesianGaussianMixture"):
        _differs("emlearn prints constants with six decimals")
    return found


def _with_classes(estimator: Any, return_type: str, found: EmlrtModel) -> EmlrtModel:
    """A Keras net that is to be a classifier, as one."""
    if return_type == "regressor":
        return found
    n = max(2, found.n_scores)
    return EmlrtModel.from_keras(estimator, classes=np.arange(n))


def convert(
    estimator: Any,
    kind: str | None = None,
    method: str | None = None,
    dtype: str | None = None,
    return_type: str = "classifier",
    leaf_bits: int | None = None,
    use_fixedpoint: bool = False,
    *,
    X: ArrayLike | None = None,
) -> Model:
    """Converts a fitted estimator, with emlearn's arguments.

    Parameters
    ----------
    estimator : fitted estimator
        What emlearn takes, and whatever else `emlrt.convert` takes.
    kind : str, optional
        The name of the estimator's class, or of one that it derives from.
    method : {"inline", "loadable"}, optional
        What `save` writes: C functions (the default for trees), or an array that the
        runtime reads.
    dtype : {"float", "int16_t", "uint8_t", "int32_t"}, optional
        Of features. By default float, which is exact for any.
    return_type : {"classifier", "regressor"}
        Of Keras nets: whether predict gives classes, 0 on, or the net's outputs.
    leaf_bits : int, optional
        Of trees: 0 for majority votes; 2 to 8 for rounded probabilities (2 is taken as
        3); by default the original's probabilities.
    use_fixedpoint : bool
        Only False.
    X : array-like (n_rows, n_features), optional
        Training data, which emlearn does not take: an integer dtype is checked against
        it.

    Raises
    ------
    ValueError
        If an argument is none of these.
    emlrt.UnsupportedModelError
        If there is no faithful form of the estimator.

    Warns
    -----
    EmlearnDifference
        Where emlearn's answers are not the original's.
    """
    if method is not None and method not in _METHODS:
        raise ValueError(f"method={method!r} is not one of {list(_METHODS)}")
    if use_fixedpoint:
        raise ValueError(
            "use_fixedpoint=True: emlrt has no fixed-point nets; leave it out"
        )
    _check_kind(estimator, kind)
    _check_return(estimator, return_type)
    options = _options(estimator, dtype, leaf_bits, return_type)
    if X is not None:
        options["X"] = X
    model = constructor_of(estimator)(estimator, **options)
    if is_keras(estimator):
        model = _with_classes(estimator, return_type, model)
    _tell_labels(model)
    trees = type(estimator).__name__.startswith(_TREES)
    return Model(model, method or ("inline" if trees else "loadable"))


def _tell_labels(model: EmlrtModel) -> None:
    """Warns where emlearn would give numbers of classes for labels."""
    for labels in model.output_classes:
        if not np.array_equal(labels, np.arange(len(labels))):
            _differs("emlearn gives the number of a class in place of its label")
