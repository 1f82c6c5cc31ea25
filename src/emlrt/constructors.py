# SPDX-License-Identifier: MIT
"""The constructors of a Model: one per source library, all of them alike."""

from __future__ import annotations

import os
from collections.abc import Callable
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack

from numpy.typing import ArrayLike

from emlrt.blob import Program
from emlrt.convert.ir.options import (
    Dtype,
    Encoding,
    LeafBits,
    Optimize,
    Options,
    RowDtype,
    Sums,
    Voting,
)
from emlrt.convert.keras.model import keras_program
from emlrt.convert.sklearn.estimator import sklearn_program
from emlrt.convert.unknown import check_instance, of_path
from emlrt.errors import UnsupportedModelError
from emlrt.inputs import InputScaling
from emlrt.option_signature import with_options

#: A library's converter: from a model, its labels and the options to the program and
#: the model's name.
Convert = Callable[[Any, ArrayLike | None, Options], tuple[Program, str]]


class DeviceOptions(TypedDict, total=False):
    """Options of what is on the device, that of inputs apart: see
    `Model.from_sklearn`."""

    dtype: Dtype
    leaf_bits: LeafBits
    encoding: Encoding
    optimize: Optimize
    sums: Sums | None
    rows: RowDtype
    offset: Any


class TreeOptions(DeviceOptions, total=False):
    """Options of the constructors for libraries of trees."""

    inputs: InputScaling | None
    X: ArrayLike | None
    golden: ArrayLike | None
    note: str | None


class ConvertOptions(TreeOptions, total=False):
    """Options of any constructor, as `emlrt.convert` hands them on."""

    voting: Voting | None
    classes: ArrayLike | None


#: What is said of each constructor that takes TreeOptions.
_TREE_OPTIONS_DOC = """

Parameters
----------
model : {model}
classes : array-like (n_classes,), optional
    Labels, for a model that does not know its own: then `predict` gives labels and
    `predict_proba` probabilities.
dtype, leaf_bits, encoding, optimize, sums, rows, offset, inputs, X, golden, note
    As in `from_sklearn`.

Raises
------
UnsupportedModelError
    If there is no faithful form of the model; it names the parameter.
FormatError
    If the file is damaged. Nothing in it is ever executed.
ValueError
    If an option is wrong, or classes do not fit the model.
"""
_Constructor = TypeVar("_Constructor", bound=Callable[..., Any])


def _with_tree_options(model: str) -> Callable[[_Constructor], _Constructor]:
    """Gives a constructor the signature and the docstring of TreeOptions. model: the
    types that it takes."""

    def of(constructor: _Constructor) -> _Constructor:
        name = f"Model.{constructor.__name__}()"
        found = with_options(TreeOptions, lambda *args: name)(constructor)
        about = cleandoc(constructor.__doc__ or "")
        found.__doc__ = about + _TREE_OPTIONS_DOC.format(model=model)
        return found

    return of


def _of_model(constructor: _Constructor) -> _Constructor:
    """Has Python's own errors name a constructor as users know it."""
    constructor.__qualname__ = f"Model.{constructor.__name__}"
    return constructor


class ConvertersMixin:
    """Constructors of `emlrt.Model` from other libraries' models and files."""

    if TYPE_CHECKING:

        @classmethod
        def _of(
            cls, program: Program, what: str, note: str | None, golden: ArrayLike | None
        ) -> Self: ...

    @classmethod
    def _from_library(
        cls,
        convert: Convert,
        model: Any,
        classes: ArrayLike | None,
        options: TreeOptions,
    ) -> Self:
        check_instance(model)
        given: dict[str, Any] = dict(options)
        golden, note = given.pop("golden", None), given.pop("note", None)
        program, what = convert(model, classes, Options(**given))
        return cls._of(program, what, note, golden)

    @classmethod
    @_of_model
    def from_sklearn(
        cls,
        estimator: Any,
        *,
        dtype: Dtype = "float32",
        voting: Voting | None = None,
        leaf_bits: LeafBits = 32,
        encoding: Encoding = "auto",
        optimize: Optimize = "balanced",
        sums: Sums | None = None,
        rows: RowDtype = "auto",
        offset: Any = None,
        inputs: InputScaling | None = None,
        X: ArrayLike | None = None,
        golden: ArrayLike | None = None,
        note: str | None = None,
    ) -> Self:
        """Converts a fitted scikit-learn estimator.

        Parameters
        ----------
        estimator : fitted estimator
            Anything that docs/SUPPORT.md lists: trees, nets, linear models,
            Gaussians, neighbours, kernel machines, pipelines and more.
        dtype : {"float32", "int32", "int16", "uint8"}
            Type of the inputs. float32 is exact for every input; the integer
            types make smaller and faster models that are exact for features
            that are integers in range.
        voting : {"soft", "hard"}, optional
            Of forests. soft: mean class shares, as scikit-learn has it (the
            default). hard: one vote per tree, smaller and faster, with results that
            may differ.
        leaf_bits : {32, 16, 8, 7, 6, 5, 4, 3}
            Precision of trees' leaves. Fewer than 8 bits are for soft votes: a tree
            has 120, 60, 30, 12 or 6 votes, so that more leaves have equal lists of
            votes, which are stored once. See `leaf_error` for what it costs. With fewer
            than 32 bits the probabilities of a row may add up to less than 1.
        encoding : {"auto", "direct", "bins"}
            How trees read float32 inputs. direct: as they are. bins: by the number
            of thresholds below them, which a first stage finds by bisection; exact,
            and smaller where trees share thresholds. auto: what `optimize` asks for.
        optimize : {"balanced", "size", "speed"}
            What encoding="auto" takes. size: the smallest blob. speed: what takes the
            fewest instructions on a Cortex-M0+, by the model that `emlrt inspect`
            prints. balanced: of boosted trees the smaller encoding if it takes at most
            1.2 times the instructions of the faster one; forests compare their inputs
            directly. CatBoost's symmetric trees keep their own, small form, but for
            speed, where ordinary trees are faster.
        sums : {"float32", "int32"}, optional
            Of boosted trees: float32 leaves added tree after tree, or fixed-point
            integers, which are faster without an FPU. By default what follows the
            library most closely: float32 for XGBoost, and where a few leaves are far
            larger than the others; else int32.
        rows : {"auto", "float64", "float32"}
            What the original is asked with, which decides between numbers that float32
            holds as one: float32 arrays, which libraries also scale in float32 (X is
            cast, with a warning if that changes it); or float64. auto: as X is; without
            X, as the thresholds of each feature tell, which lie on decimals or on
            float32 numbers.
        offset : array-like of integers (n_features,), dict, or "auto", optional
            Taken from raw numbers before they become the device's: of features that
            float32 is too coarse for, as clocks and degrees. A dict has the offsets of
            some features, by column or name; "auto" finds them in X, where they are
            needed. The blob keeps them (`emlrt_offset`) and firmware applies them;
            rows given to the model are raw. See `inputs`.
        inputs : InputScaling, optional
            An offset and a scale for each feature, as `emlrt.to_int16(X)` finds them.
            `print(model.inputs)` shows firmware's rule.
        X : array-like (n_rows, n_features), optional
            Training data, or rows like it, in the dtype that the original is asked
            with. Trees, bins and borders are settled so that all of these rows go as
            in the original, as far as float32 can tell them apart; an integer dtype is
            checked against them. Linear models take its mean off first: where features
            lie far from 0, float32 loses what they differ in, and a model alone seldom
            says whether they do. Clusters and the like tell rows far outside apart if X
            has such rows.
        golden : array-like (n_rows, n_features), optional
            A few inputs to store with their scores for `emlrt_selftest`.
        note : str, optional
            Free text for the blob's metadata; names the estimator by default.

        Raises
        ------
        UnsupportedModelError
            If there is no faithful form of the estimator.
        ValueError
            If an option is wrong, or X does not fit the dtype.
        """
        check_instance(estimator)
        if isinstance(estimator, ConvertersMixin):
            raise UnsupportedModelError("this is a Model already; use it as it is")
        if isinstance(estimator, str | os.PathLike):
            raise of_path(estimator)
        program = sklearn_program(
            estimator,
            Options(
                dtype=dtype,
                voting=voting,
                leaf_bits=leaf_bits,
                encoding=encoding,
                optimize=optimize,
                sums=sums,
                X=X,
                rows=rows,
                offset=offset,
                inputs=inputs,
            ),
        )
        return cls._of(program, type(estimator).__name__, note, golden)

    @classmethod
    @_of_model
    def from_keras(
        cls,
        model: Any,
        *,
        classes: ArrayLike | None = None,
        dtype: Dtype = "float32",
        offset: Any = None,
        inputs: InputScaling | None = None,
        X: ArrayLike | None = None,
        golden: ArrayLike | None = None,
        note: str | None = None,
    ) -> Self:
        """Converts a Keras model, or a file that Keras wrote.

        Without `classes`, the model has what Keras has, `predict` alone, which
        gives the last layer's numbers: float64 (n_rows, units). A softmax or
        sigmoid at the end is left to emlrt_proba, so that firmware that only
        classifies needs none; `scores` gives what it is taken of.

        With `classes`, the model is a classifier like scikit-learn's: `predict`
        gives labels; `predict_proba`, after a softmax or a single sigmoid,
        probabilities (n_rows, n_classes); else `decision_function` gives the last
        layer's numbers, of which the largest wins, or of one number its sign.

        Rows of more than one dimension, as (28, 28), are flattened in C order.

        Parameters
        ----------
        model : keras.Sequential, functional keras.Model, or path
            Dense layers, activations, normalizations, rescalings and reshapings
            in one path, under the dtype policy float32 or float64. Layers that do
            nothing in `predict` are left out. Of a
            .keras or .h5 file nothing is ever executed; reading it needs h5py and
            no Keras.
        classes : array-like (n_classes,), optional
            Labels in the order of the last layer's units; two for one unit.
        dtype, offset, inputs, X, golden, note
            As in `from_sklearn`.

        Raises
        ------
        UnsupportedModelError
            If a layer has no faithful form, or the layers are no single path; it
            names the layer.
        FormatError
            If the file is damaged.
        ValueError
            If an option is wrong, or classes do not fit the last layer.
        """
        check_instance(model)
        options = Options(dtype, X=X, offset=offset, inputs=inputs)
        program, what = keras_program(model, classes, options)
        return cls._of(program, what, note, golden)

    @classmethod
    @_with_tree_options(
        "Booster, XGBClassifier, XGBRegressor, XGBRanker, XGBRF*, or path"
    )
    def from_xgboost(
        cls,
        model: Any,
        *,
        classes: ArrayLike | None = None,
        **options: Unpack[TreeOptions],
    ) -> Self:
        """Converts a model of XGBoost.

        Without `classes`, a Booster or a file predicts what `Booster.predict` gives;
        with it, it is the classifier that XGBClassifier would load, with trees up to
        the best iteration. An estimator has the methods that it has. Margins are
        XGBoost's own, bit for bit, unless sums="int32"; but of a file whose objective
        has a logarithm or a logit, the base may be 1 ulp off, since XGBoost's own
        logarithm is. Files are .json or .ubj, read without XGBoost. Of columns
        of categories, arrays and firmware have codes, counted from 0 in the order of
        training; frames of pandas, and CSV files, have the categories themselves, if
        the model keeps them, as those of XGBoost 3.1 and later do.
        """
        from emlrt.convert.xgboost.model import xgboost_program

        return cls._from_library(xgboost_program, model, classes, options)

    @classmethod
    @_with_tree_options("Booster, LGBMClassifier, LGBMRegressor, LGBMRanker, or path")
    def from_lightgbm(
        cls,
        model: Any,
        *,
        classes: ArrayLike | None = None,
        **options: Unpack[TreeOptions],
    ) -> Self:
        """Converts a model of LightGBM.

        Without `classes`, a Booster or a file predicts what `Booster.predict` gives;
        an estimator has the methods that it has. Files are LightGBM's text files,
        read without LightGBM.
        """
        from emlrt.convert.lightgbm.model import lightgbm_program

        return cls._from_library(lightgbm_program, model, classes, options)

    @classmethod
    @_with_tree_options(
        "CatBoost, CatBoostClassifier, CatBoostRegressor, CatBoostRanker, or path"
    )
    def from_catboost(
        cls,
        model: Any,
        *,
        classes: ArrayLike | None = None,
        **options: Unpack[TreeOptions],
    ) -> Self:
        """Converts a model of CatBoost.

        Without `classes`, a file predicts raw values; an estimator has the methods
        that it has. Files are JSON exports (`save_model(path, format="json")`), read
        without CatBoost. Float features only.
        """
        from emlrt.convert.catboost.model import catboost_program

        return cls._from_library(catboost_program, model, classes, options)

    @classmethod
    @_with_tree_options("treelite.Model, or path")
    def from_treelite(
        cls,
        model: Any,
        *,
        classes: ArrayLike | None = None,
        **options: Unpack[TreeOptions],
    ) -> Self:
        """Converts a model of Treelite, which reads many libraries' files.

        Without `classes`, `predict` gives what `treelite.gtil.predict` gives:
        several numbers per row. Files are those of `dump_as_json`, read without
        Treelite.
        """
        from emlrt.convert.treelite.model import treelite_program

        return cls._from_library(treelite_program, model, classes, options)

    @classmethod
    @_with_tree_options("onnx.ModelProto, bytes, or path")
    def from_onnx(
        cls,
        model: Any,
        *,
        classes: ArrayLike | None = None,
        **options: Unpack[TreeOptions],
    ) -> Self:
        """Converts a model in ONNX.

        Trees, linear models, support vector machines, scalers, normalizers and
        imputers of the ai.onnx.ml domain in one chain; any other node is refused by
        name. Nodes compute in the type of what they read, and numbers are those of
        ONNX Runtime. Needs the package onnx: pip install 'emlrt[onnx]'. Labels that
        the graph has are the model's, `classes` or not; beside them, a margin of two
        classes is above 0 for the second, as scikit-learn has it, where ONNX Runtime
        may turn it around.
        """
        from emlrt.convert.onnx.model import onnx_program

        return cls._from_library(onnx_program, model, classes, options)
