# SPDX-License-Identifier: MIT
"""CatBoost's models, in memory or as JSON exports, and the meaning of their scores."""

from __future__ import annotations

import math
import os
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from emlrt.blob import Program
from emlrt.convert.catboost.file import (
    is_catboost_file,
    loss_of,
    parsed,
    threshold_of,
)
from emlrt.convert.catboost.trees import Trees, trees_of
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.output_spec import (
    OutputSpec,
    check_labels,
    classifier,
    methods_of,
    with_extra,
)
from emlrt.convert.ir.planner import finish
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.readers.classes import check_methods, class_of
from emlrt.convert.readers.json_fields import Fields, opened
from emlrt.convert.trees.ensemble import Oblivious
from emlrt.convert.trees.oblivious import oblivious_sums
from emlrt.convert.trees.sums import sums
from emlrt.errors import UnsupportedModelError

_ESTIMATORS = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker")
_METHODS = ("predict", "predict_proba", "predict_log_proba")
#: Losses of one output that tell two classes apart; any of a user's own may.
_BINARY = ("Logloss", "CrossEntropy", "Focal")
#: Most GiB of a file.
_FILE_GIB = 1
_OWN = "PythonUserDefined"
#: Losses of one label per output, each of which may hold.
_LABELS = ("MultiLogloss", "MultiCrossEntropy")
_SOFTMAX = "MultiClass"
_EACH = "MultiClassOneVsAll"


def is_catboost(model: Any) -> bool:
    """Whether this is one of CatBoost's models in memory."""
    return class_of(model, "catboost") is not None


def _check_class(model: Any) -> str:
    """The name of CatBoost's class of a model, which predicts as that class does."""
    cls, name = class_of(model, "catboost"), type(model).__name__
    if cls is None or cls.__name__ not in _ESTIMATORS:
        raise UnsupportedModelError(
            f"cannot convert {name}: supported are {', '.join(_ESTIMATORS)}, and paths"
            " of files by save_model(path, format='json')"
        )
    check_methods(model, cls, _METHODS)
    return cls.__name__


def _exported(model: Any) -> Fields:
    """The document that CatBoost writes of a model in memory."""
    if not model.is_fitted():
        raise UnsupportedModelError(
            f"this {type(model).__name__} is not fitted; call its fit first"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        try:
            model.save_model(str(path), format="json")
        except import_module("catboost").CatBoostError as error:
            raise UnsupportedModelError(
                f"CatBoost does not export this model as JSON: {error}"
            ) from None
        return parsed(path.read_bytes())


def _scores(graph: Graph, trees: Trees, x: Tensor) -> Tensor:
    """Stages that give raw values."""
    if isinstance(trees.sums, Oblivious):
        return oblivious_sums(graph, trees.sums, x)
    return sums(graph, trees.sums, x)


def _as_values(y: Tensor) -> OutputSpec:
    return OutputSpec("values", y, missing=True)


def _as_regressor(graph: Graph, model: Any, y: Tensor) -> OutputSpec:
    """predict gives CatBoostRegressor's function of raw values, by its parameters."""
    how = model._get_default_prediction_type()
    if how == "Exponent":
        y = graph.stage("EXP", y, y.count)
    elif how == "RMSEWithUncertainty":  # the mean, and the variance of a log deviation
        twice = graph.affine(graph.part(y, 1, 1), scale=2.0)
        y = graph.concat([graph.part(y, 0, 1), graph.stage("EXP", twice, 1)])
    return _as_values(y)


def _as_binary(graph: Graph, y: Tensor, classes: Any, threshold: float) -> OutputSpec:
    """Two classes, of which the second one starts above a probability."""
    if threshold == 0.5:
        return classifier("logistic", y, classes, missing=True)
    p = graph.stage("COMPLEMENT", graph.stage("LOGISTIC", y, 1), 2)
    offset = math.log1p(-threshold) - math.log(threshold)
    above = graph.affine(y, offset=offset)
    methods = {"predict": "class"}
    spec = classifier("binary", above, classes, methods=methods, missing=True)
    spec = with_extra(spec, "predict_proba", p)
    methods = {"predict_log_proba": f"scores|plus:{-offset!r}|loglogistic"}
    return spec.but(methods={**spec.methods, **methods})


def _with_probabilities(spec: OutputSpec, p: Tensor) -> OutputSpec:
    """The OutputSpec with p, logistic functions of its scores, as its predict_proba."""
    spec = with_extra(spec, "predict_proba", p)
    methods = {"predict_log_proba": "scores|logeach|columns"}
    return spec.but(methods={**spec.methods, **methods})


def _as_labels(y: Tensor) -> OutputSpec:
    """0 or 1 for each of several labels."""
    methods = {
        "predict": "class|labels",
        "predict_proba": "p1|columns",
        "predict_log_proba": "scores|logeach|columns",
    }
    classes = [np.array([0, 1])] * y.count
    output_sizes = (1,) * y.count
    return OutputSpec(
        "logistic",
        y,
        output_sizes,
        classes,
        "classifier",
        methods=methods,
        missing=True,
    )


def _as_classifier(
    graph: Graph, document: Fields, y: Tensor, classes: Any, any_loss: bool
) -> OutputSpec:
    """predict gives labels.

    any_loss: whether to take values of unknown losses for those of classes, too.

    Raises
    ------
    ValueError
        If the classes, or classes at all, do not fit the loss.
    """
    loss, threshold = loss_of(document), threshold_of(document)
    known = (*_BINARY, _SOFTMAX, _EACH)
    if not any_loss and loss not in known and not loss.startswith(_OWN):
        raise ValueError(
            f"classes are for the losses {', '.join(known)}, not for {loss or 'none'}"
        )
    wanted = 2 if y.count == 1 else y.count
    check_labels(classes, wanted)
    if y.count == 1:
        return _as_binary(graph, y, classes, threshold)
    if loss != _EACH:
        return classifier("logits", y, classes, missing=True)
    methods = {"predict": "class"}
    spec = classifier("margins", y, classes, methods=methods, missing=True)
    return _with_probabilities(spec, graph.stage("LOGISTIC", y, y.count))


def _as_own_classifier(
    graph: Graph, document: Fields, model: Any, y: Tensor
) -> OutputSpec:
    """The methods of a CatBoostClassifier."""
    if loss_of(document) in _LABELS:
        if threshold_of(document) != 0.5:
            raise UnsupportedModelError(
                "binclass_probability_threshold is not supported with several labels;"
                " call set_probability_threshold(0.5)"
            )
        return _as_labels(y)
    try:
        classes = np.asarray(model.classes_)
        spec = _as_classifier(graph, document, y, classes, True)
    except ValueError as error:
        raise UnsupportedModelError(
            f"CatBoostClassifier: {error}; fit on rows of every class, and give no"
            " others as class_names"
        ) from None
    if y.count == 1:
        return spec
    # CatBoost's predict gives a column then.
    return spec.but(methods={**methods_of(spec), "predict": "class|columns"})


def _as_estimator(graph: Graph, document: Fields, model: Any, y: Tensor) -> OutputSpec:
    """The methods of a model in memory, which may derive from one of CatBoost's."""
    name = _check_class(model)
    if name == "CatBoostClassifier":
        return _as_own_classifier(graph, document, model, y)
    if name == "CatBoostRegressor":
        return _as_regressor(graph, model, y)
    return _as_values(y)


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted model of CatBoost that reads x.

    Raises
    ------
    UnsupportedModelError
        If there is no faithful form of it, or if it is not fitted.
    """
    _check_class(estimator)
    document = _exported(estimator)
    trees = trees_of(document)
    if len(trees.names) != x.count:
        raise UnsupportedModelError(
            f"{type(estimator).__name__} takes {len(trees.names)} features, but"
            f" {x.count} reach it"
        )
    return _as_estimator(graph, document, estimator, _scores(graph, trees, x))


def _features(names: list[str]) -> list[str]:
    """Names of features; none if they are those that CatBoost makes up."""
    if all(name in ("", str(k)) for k, name in enumerate(names)):
        return []
    return [name or str(k) for k, name in enumerate(names)]


def catboost_program(
    model: Any, classes: ArrayLike | None, options: Options
) -> tuple[Program, str]:
    """Converts a model of CatBoost, or a JSON export of one; gives its name, too.

    Without classes, a model in memory answers as itself, and a file gives raw values,
    as CatBoost().load_model(path, format="json").predict does; with classes, both are
    classifiers.

    Raises
    ------
    UnsupportedModelError
        If there is no faithful form of it.
    FormatError
        If the file is damaged.
    OSError
        If the file cannot be read.
    ValueError
        If classes do not fit the model.
    """
    if isinstance(model, str | os.PathLike):
        with opened(model, parsed, _FILE_GIB) as document:
            return _program(document, None, classes, options, "CatBoost's file")
    name = _check_class(model)
    return _program(_exported(model), model, classes, options, name)


def _program(
    document: Fields, model: Any, classes: Any, options: Options, name: str
) -> tuple[Program, str]:
    trees = trees_of(document)
    n_features = len(trees.names)
    options = options.of_inputs(n_features, trees.names)
    graph = Graph(n_features, options, document.allowance)
    y = _scores(graph, trees, graph.input)
    if classes is not None:
        spec = _as_classifier(graph, document, y, np.asarray(classes), False)
    elif model is not None:
        spec = _as_estimator(graph, document, model, y)
    else:
        spec = _as_values(y)
    program = finish(graph, spec, name, _features(trees.names))
    return program, f"{name}, {trees.count} trees"


__all__ = ["catboost_program", "convert", "is_catboost", "is_catboost_file"]
