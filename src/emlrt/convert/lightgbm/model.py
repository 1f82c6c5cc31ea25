# SPDX-License-Identifier: MIT
"""LightGBM's models, in memory or as text files, and the meaning of their scores."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from reprlib import repr
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from emlrt import reading
from emlrt.allowance import Allowance
from emlrt.blob import Program
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.output_spec import (
    OutputSpec,
    as_in,
    check_labels,
    classifier,
    methods_of,
    with_extra,
)
from emlrt.convert.ir.planner import finish
from emlrt.convert.ir.steps import I32, Tensor
from emlrt.convert.lightgbm.objective import Objective, objective_of
from emlrt.convert.lightgbm.text import MAGIC, read
from emlrt.convert.lightgbm.trees import ensemble_of
from emlrt.convert.readers.classes import check_methods, class_of
from emlrt.convert.readers.json_fields import named, naming
from emlrt.convert.trees.ensemble import Ensemble
from emlrt.convert.trees.sums import sums
from emlrt.errors import UnsupportedModelError
from emlrt.reading import start_of

_ESTIMATORS = ("LGBMClassifier", "LGBMRegressor", "LGBMRanker")
_METHODS = ("predict", "predict_proba")
#: LGBMClassifier has no predict_log_proba.
_CLASSES = {"predict": "class", "predict_proba": "proba"}
#: Most bytes of a file.
_FILE_MAX = 1 << 30


def is_lightgbm(model: Any) -> bool:
    """Whether this is one of LightGBM's models in memory."""
    return class_of(model, "lightgbm") is not None


def is_lightgbm_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file is a text model of LightGBM.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    return start_of(path, len(MAGIC) + 2).splitlines()[:1] == [MAGIC.encode()]


def _check_class(model: Any) -> str:
    """The name of a model's class, if it is known and predicts as LightGBM does."""
    cls, name = class_of(model, "lightgbm"), type(model).__name__
    if cls is None or cls.__name__ not in ("Booster", *_ESTIMATORS):
        raise UnsupportedModelError(
            f"cannot convert {name}: supported are LightGBM's Booster,"
            f" {', '.join(_ESTIMATORS)}, and paths of its text files; of an estimator"
            " for Dask, what to_local() gives"
        )
    check_methods(model, cls, _METHODS)
    return name


def _check_pandas(categories: Any) -> None:
    """Refuses category columns of pandas unless their codes are the categories."""
    for column in categories if isinstance(categories, list) else []:
        if not isinstance(column, list) or column != list(range(len(column))):
            raise UnsupportedModelError(
                f"pandas_categorical: a column has the categories {repr(column)[:60]},"
                " which rows of numbers cannot have; fit on integer codes from 0 on"
            )


@dataclass(frozen=True, eq=False)
class Boosted:
    """A model as far as predictions depend on it. names : of features. scale : what
    LightGBM's raw scores, sums even where predictions are of means, are multiplied
    by. allowance : what is left for what it asks for."""

    names: list[str]
    objective: Objective
    ensemble: Ensemble
    scale: float
    allowance: Allowance


def parsed(lines: Iterable[bytes], allowance: Allowance | None = None) -> Boosted:
    """The model of a text, given line by line.

    Raises
    ------
    FormatError
        If it is no text of LightGBM, or damaged.
    UnsupportedModelError
        If it has no faithful form.
    """
    allowance = Allowance.unlimited() if allowance is None else allowance
    model = read(lines, allowance)
    _check_pandas(model.categories)
    objective = objective_of(model.objective, model.n_outputs)
    scale = objective.factor
    if model.average and model.trees:
        scale *= model.n_outputs / len(model.trees)
    ensemble = ensemble_of(model, scale, allowance)
    return Boosted(model.names, objective, ensemble, scale, allowance)


def _from_file(path: str | os.PathLike[str]) -> Boosted:
    """The model in a file; errors name the file."""
    with reading.opened(path) as file, named(path):
        data = reading.contents(file, _FILE_MAX)
        return parsed(io.BytesIO(data), Allowance(len(data)))


def _from_booster(booster: Any) -> Boosted:
    """A live model, with the iterations that its predict uses."""
    return parsed(io.BytesIO(booster.model_to_string().encode()))


def _from_estimator(estimator: Any) -> Boosted:
    _check_class(estimator)
    if estimator.get_params().get("pred_early_stop"):
        raise UnsupportedModelError(
            "pred_early_stop=True is not supported: the runtime adds all trees; set it"
            " to False"
        )
    return _from_booster(estimator.booster_)


def _values(graph: Graph, link: str, y: Tensor) -> Tensor:
    """Numbers that a link makes of scores one by one."""
    if link == "square":
        both = graph.concat([y, graph.stage("ABS", y, 1)])
        # y, then that times |y|
        pairs = np.array([[0, 0], [0, 1]], "<u2")
        return graph.part(graph.stage("POLYNOMIAL", both, 2, pairs.tobytes()), 1, 1)
    ops = {"exp": "EXP", "softplus": "SOFTPLUS", "sigmoids": "LOGISTIC"}
    return graph.stage(ops[link], y, y.count) if link in ops else y


def _as_booster(graph: Graph, objective: Objective, y: Tensor) -> OutputSpec:
    """predict gives what Booster.predict does."""
    if objective.link in ("sigmoid", "sigmoids"):
        methods = {"predict": "p1"}
        return OutputSpec("logistic", y, methods=methods, missing=True)
    if objective.link == "softmax":
        methods = {"predict": "proba"}
        return OutputSpec("logits", y, (y.count,), methods=methods, missing=True)
    return OutputSpec("values", _values(graph, objective.link, y), missing=True)


def _as_classifier(
    graph: Graph, objective: Objective, y: Tensor, classes: Any
) -> OutputSpec:
    """predict gives the labels."""
    wanted, methods, kind = y.count, _CLASSES, ""
    if objective.link == "sigmoid":
        kind, wanted = "logistic", 2
    elif objective.link == "softmax":
        kind = "logits"
    elif objective.link == "sigmoids":
        kind, y = "shares", _values(graph, "sigmoids", y)
    elif objective.link == "none":
        methods = {"predict": "class", "decision_function": "scores"}
        kind, wanted = ("binary", 2) if y.count == 1 else ("margins", y.count)
    if not kind:
        raise ValueError(
            "classes are for objectives that tell classes apart, not for"
            f" {objective.name}"
        )
    check_labels(classes, wanted)
    return classifier(kind, y, classes, methods=methods, missing=True)


def _of_one_class(graph: Graph, y: Tensor, classes: Any) -> OutputSpec:
    """predict knows one label only, while predict_proba has two columns."""
    p = graph.stage("LOGISTIC", y, 1)
    both = graph.stage("COMPLEMENT", p, 2)
    spec = classifier("logits", y, classes, methods=dict(_CLASSES), missing=True)
    return with_extra(spec, "predict_proba", both)


def _with_raw(spec: OutputSpec, scale: float, y: Tensor, estimator: Any) -> OutputSpec:
    """The OutputSpec with decision_function, as LightGBM has since 4.7: raw scores, of
    which y is scale times as much."""
    if not hasattr(estimator, "decision_function"):
        return spec
    back = "" if scale == 1 else f"|times:{1 / scale!r}"
    if spec.scores is not y:
        return with_extra(spec, "decision_function", y, back)
    methods = {**methods_of(spec), "decision_function": f"scores{back}"}
    return spec.but(methods=methods)


def _as_estimator(
    graph: Graph, boosted: Boosted, y: Tensor, estimator: Any
) -> OutputSpec:
    """The methods that an estimator has."""
    objective, scale = boosted.objective, boosted.scale
    if not hasattr(estimator, "predict_proba"):
        return _as_booster(graph, objective, y)
    if objective.link == "none":
        # LGBMClassifier gives raw scores, for it does not know what they mean.
        methods = dict.fromkeys(_METHODS, "scores")
        spec = as_in(OutputSpec("values", y, methods=methods, missing=True), estimator)
        return _with_raw(spec, scale, y, estimator)
    classes = np.asarray(estimator.classes_)
    if objective.link == "sigmoid" and len(classes) == 1:
        return _with_raw(_of_one_class(graph, y, classes), scale, y, estimator)
    try:
        spec = _as_classifier(graph, objective, y, classes)
        return _with_raw(spec, scale, y, estimator)
    except ValueError as error:
        raise UnsupportedModelError(
            f"LGBMClassifier with objective={objective.name!r} and {len(classes)}"
            f" classes is not supported: {error}"
        ) from None


def _rounds(graph: Graph, x: Tensor) -> bool:
    """Whether LightGBM makes float32 of int32 rows: of arrays of integers, but not of
    frames."""
    X = graph.options.X
    if x.dtype != I32 or X is None or graph.options.rows != "auto":
        return False
    return not hasattr(X, "columns") and np.asarray(X).dtype.kind in "iu"


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted estimator of LightGBM's scikit-learn interface that reads x.

    Raises
    ------
    UnsupportedModelError
        If there is no faithful form of it.
    sklearn.exceptions.NotFittedError
        If it is not fitted.
    """
    model = _from_estimator(estimator)
    if len(model.names) != x.count:
        raise UnsupportedModelError(
            f"{type(estimator).__name__} takes {len(model.names)} features, but"
            f" {x.count} reach it"
        )
    y = sums(graph, model.ensemble, x, wide=not _rounds(graph, x))
    return _as_estimator(graph, model, y, estimator)


def _opened(model: Any) -> tuple[Boosted, str]:
    """A model, wherever it is, and what to call it."""
    if isinstance(model, str | os.PathLike):
        return _from_file(model), "LightGBM's file"
    name = _check_class(model)
    if hasattr(model, "model_to_string"):
        return _from_booster(model), f"LightGBM's {name}"
    return _from_estimator(model), name


def _features(names: list[str]) -> list[str]:
    """Names of features; none if they are those that LightGBM makes up."""
    made_up = all(name == f"Column_{i}" for i, name in enumerate(names))
    return [] if made_up else names


def lightgbm_program(
    model: Any, classes: ArrayLike | None, options: Options
) -> tuple[Program, str]:
    """Converts a model of LightGBM, or a text file that it wrote; gives its name, too.

    Without classes, an estimator answers as itself, and a Booster or a file as
    Booster.predict does; with classes, as a classifier.

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
    boosted, name = _opened(model)
    n_features, objective = len(boosted.names), boosted.objective
    options = options.of_inputs(n_features, boosted.names)
    with naming(model):
        graph = Graph(n_features, options, boosted.allowance)
        wide = not _rounds(graph, graph.input)
        y = sums(graph, boosted.ensemble, graph.input, wide=wide)
    if classes is not None:
        spec = _as_classifier(graph, objective, y, np.asarray(classes))
    elif hasattr(model, "booster_"):
        spec = _as_estimator(graph, boosted, y, model)
    else:
        spec = _as_booster(graph, objective, y)
    program = finish(graph, spec, name, _features(boosted.names))
    return program, f"{name}, {boosted.ensemble.roots.size} trees"


__all__ = ["convert", "is_lightgbm", "is_lightgbm_file", "lightgbm_program"]
