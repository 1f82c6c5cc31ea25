# SPDX-License-Identifier: MIT
"""XGBoost's models, in memory or as files: margins, and their meaning."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from emlrt.blob import Program
from emlrt.categories import recoded
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.output_spec import OutputSpec, check_labels, classifier
from emlrt.convert.ir.planner import finish
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.readers.classes import check_methods, class_of
from emlrt.convert.readers.json_fields import naming, opened
from emlrt.convert.xgboost.categories import mark
from emlrt.convert.xgboost.document import is_xgboost_file, parsed
from emlrt.convert.xgboost.learner import Learner, learner_of
from emlrt.convert.xgboost.live import learner_of_booster
from emlrt.errors import UnsupportedModelError

#: XGBoost's classes that are converted.
ESTIMATORS = (
    "XGBClassifier",
    "XGBRegressor",
    "XGBRanker",
    "XGBRFClassifier",
    "XGBRFRegressor",
)
_METHODS = ("predict", "predict_proba")
#: Most GiB of a file.
_FILE_GIB = 2
_LOGISTIC = ("binary:logistic", "reg:logistic")
#: XGBClassifier has no predict_log_proba.
_CLASSES = {"predict": "class", "predict_proba": "proba"}
_SOFTMAX = ("multi:softmax", "multi:softprob")


def is_xgboost(model: Any) -> bool:
    """Whether this is one of XGBoost's models in memory."""
    return class_of(model, "xgboost") is not None


def _check_class(model: Any) -> str:
    """The name of a model's class, if it is known and predicts as XGBoost does."""
    cls, name = class_of(model, "xgboost"), type(model).__name__
    if cls is None or cls.__name__ not in ("Booster", *ESTIMATORS):
        raise UnsupportedModelError(
            f"cannot convert {name}: supported are XGBoost's Booster,"
            f" {', '.join(ESTIMATORS)}, and paths of its .json and .ubj files"
        )
    check_methods(model, cls, _METHODS)
    return name


def _check_missing(estimator: Any) -> None:
    value = estimator.missing
    if not (isinstance(value, float | np.floating) and np.isnan(value)):
        raise UnsupportedModelError(
            f"{type(estimator).__name__}(missing={value!r}) is not supported: only NaN"
            " is missing for the runtime; fit with NaN in its place"
        )


def _margins(graph: Graph, learner: Learner, x: Tensor) -> Tensor:
    """Stages that give the margin of each output."""
    if learner.ensemble is not None:
        from emlrt.convert.trees.sums import sums

        ensemble = replace(learner.ensemble, below=True)
        return sums(graph, ensemble, x, in_floats=True)
    x = graph.floats(x)
    if x.buffer not in graph.filled and graph.options.dtype == "float32":
        # XGBoost leaves a missing feature's product out.
        nan_to_0 = floats(np.zeros(x.count))
        mark = np.full(1, np.nan, "<f4").tobytes()
        x = graph.stage("IMPUTE", x, x.count, mark + nan_to_0)
    return graph.dense(x, learner.weights, learner.base)


def _values(graph: Graph, learner: Learner, margins: Tensor) -> Tensor:
    """Numbers that Booster.predict makes of margins one by one."""
    if learner.link == "log":
        return graph.stage("EXP", margins, margins.count)
    if learner.objective == "binary:hinge":
        limit = np.zeros(margins.count)
        return graph.stage("STEP", margins, margins.count, floats(limit))
    return margins


def _as_booster(graph: Graph, learner: Learner, margins: Tensor) -> OutputSpec:
    """predict gives what Booster.predict does."""
    n = margins.count
    if learner.objective in _LOGISTIC:
        return OutputSpec("logistic", margins, methods={"predict": "p1"}, missing=True)
    if learner.objective in _SOFTMAX:
        source = "proba" if learner.objective == "multi:softprob" else "class"
        return OutputSpec(
            "logits",
            margins,
            (n,),
            [np.arange(n, dtype=np.float32)],
            methods={"predict": source},
            missing=True,
        )
    return OutputSpec("values", _values(graph, learner, margins), missing=True)


def _as_classifier(learner: Learner, margins: Tensor, classes: Any) -> OutputSpec:
    """predict gives the labels."""
    objective, n = learner.objective, margins.count
    methods = _CLASSES
    if objective in _SOFTMAX:
        kind, wanted = "logits", n
    elif objective in _LOGISTIC and n == 1:
        kind, wanted = "logistic", 2
    elif objective in ("binary:logitraw", "binary:hinge") and n == 1:
        kind, wanted = "binary", 2
        methods = {"predict": "class", "decision_function": "scores"}
    else:
        raise ValueError(
            f"classes are for objectives that tell classes apart, one label per row;"
            f" this model's is {objective} with {n} outputs"
        )
    check_labels(classes, wanted)
    return classifier(kind, margins, classes, methods=methods, missing=True)


def _of_labels(learner: Learner, margins: Tensor) -> OutputSpec:
    """XGBClassifier of several labels, which predicts a matrix of zeros and ones."""
    if learner.objective not in _LOGISTIC:
        raise UnsupportedModelError(
            f"XGBClassifier with several labels and objective={learner.objective!r} is"
            " not supported; use 'binary:logistic'"
        )
    n = margins.count
    methods = {"predict": "class|labels", "predict_proba": "p1"}
    classes = [np.array([0.0, 1.0])] * n
    return OutputSpec(
        "logistic", margins, (1,) * n, classes, "classifier", methods, missing=True
    )


def _as_wrapper(
    graph: Graph, learner: Learner, margins: Tensor, n_classes: int
) -> OutputSpec:
    """predict and predict_proba of XGBClassifier, which numbers its classes."""
    objective, n = learner.objective, margins.count
    if objective in _SOFTMAX:
        if objective == "multi:softprob" and n_classes <= 2:
            raise UnsupportedModelError(
                "XGBClassifier with 'multi:softprob' and two classes predicts a matrix;"
                " use 'binary:logistic'"
            )
        dtype = np.int32 if objective == "multi:softmax" else np.int64
        return _as_classifier(learner, margins, np.arange(n, dtype=dtype))
    if n > 1:
        return _of_labels(learner, margins)
    if objective in _LOGISTIC:
        return _as_classifier(learner, margins, np.arange(2))
    # It takes any other value for the second class's probability.
    both = graph.stage("COMPLEMENT", _values(graph, learner, margins), 2)
    labels: Any = np.arange(2)
    return classifier("shares", both, labels, methods=_CLASSES, missing=True)


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted estimator of XGBoost's scikit-learn interface that reads x.

    Raises
    ------
    UnsupportedModelError
        If there is no faithful form of it.
    sklearn.exceptions.NotFittedError
        If it is not fitted.
    """
    _check_class(estimator)
    _check_missing(estimator)
    learner = learner_of_booster(estimator.get_booster(), as_estimator=True)
    if learner.n_features != x.count:
        raise UnsupportedModelError(
            f"{type(estimator).__name__} takes {learner.n_features} features, but"
            f" {x.count} reach it"
        )
    mark(graph, learner.categories, graph.owner is estimator)
    return _estimated(graph, learner, x, estimator)


def _estimated(graph: Graph, learner: Learner, x: Tensor, estimator: Any) -> OutputSpec:
    margins = _margins(graph, learner, x)
    if not hasattr(estimator, "predict_proba"):
        return _as_booster(graph, learner, margins)
    return _as_wrapper(graph, learner, margins, int(estimator.n_classes_))


def _of_margins(
    graph: Graph, learner: Learner, margins: Tensor, classes: Any
) -> OutputSpec:
    if classes is None:
        return _as_booster(graph, learner, margins)
    return _as_classifier(learner, margins, np.asarray(classes))


def _read(model: Any, as_estimator: bool) -> tuple[Learner, str]:
    """A model, wherever it is, and what to call it."""
    if isinstance(model, str | os.PathLike):
        with opened(model, parsed, _FILE_GIB) as document:
            learner, name = learner_of(document, as_estimator), "XGBoost's file"
    else:
        name = _check_class(model)
        is_booster = not hasattr(model, "get_booster")
        if not is_booster:
            _check_missing(model)
        learner = learner_of_booster(
            model if is_booster else model.get_booster(), as_estimator or not is_booster
        )
    size = "linear" if learner.ensemble is None else f"{learner.ensemble.roots.size}"
    trees = "" if learner.ensemble is None else " trees"
    return learner, f"{name}, {size}{trees}"


def xgboost_program(
    model: Any, classes: ArrayLike | None, options: Options
) -> tuple[Program, str]:
    """Converts a model of XGBoost, or a file that it wrote; gives its name, too.

    Without classes, an estimator answers as itself, and a Booster or a file as
    Booster.predict does, with all of its trees. With classes, the model is a
    classifier as XGBClassifier would load it: with the trees up to best_iteration.

    Raises
    ------
    UnsupportedModelError
        If there is no faithful form of it.
    FormatError
        If the file is damaged.
    ValueError
        If classes do not fit the model.
    """
    learner, name = _read(model, classes is not None)
    options = replace(options, X=recoded(options.X, learner.categories))
    options = options.of_inputs(learner.n_features, learner.features)
    with naming(model):
        graph = Graph(learner.n_features, options, learner.allowance)
        mark(graph, learner.categories, alone=True)
        if hasattr(model, "get_booster") and classes is None:
            spec = _estimated(graph, learner, graph.input, model)
        else:
            margins = _margins(graph, learner, graph.input)
            spec = _of_margins(graph, learner, margins, classes)
    return finish(graph, spec, name, learner.features), name


__all__ = ["convert", "is_xgboost", "is_xgboost_file", "xgboost_program"]
