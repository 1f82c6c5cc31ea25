# SPDX-License-Identifier: MIT
"""Estimators around one other, and those that ignore their inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import (
    OutputSpec,
    as_in,
    decisions,
    in_floats,
    methods_of,
    predictions,
    probabilities,
    with_extra,
)
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.errors import UnsupportedModelError


def _same(graph: Graph, around: Any, estimator: Any, x: Tensor) -> OutputSpec:
    """The OutputSpec of the estimator inside."""
    return as_in(graph.convert(estimator, x), around)


def _search(graph: Graph, search: Any, x: Tensor) -> OutputSpec:
    if not hasattr(search, "best_estimator_"):
        raise UnsupportedModelError(
            f"{type(search).__name__} has no best estimator: fit it with refit=True"
        )
    return _same(graph, search, search.best_estimator_, x)


def _frozen(graph: Graph, frozen: Any, x: Tensor) -> OutputSpec:
    return _same(graph, frozen, frozen.estimator, x)


def _self_training(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    old = getattr(model, "base_estimator_", None)  # its name up to scikit-learn 1.5
    return _same(graph, model, getattr(model, "estimator_", old), x)


# Thresholds


def _chosen_threshold(model: Any, method: str) -> tuple[float, Any]:
    """Threshold and positive label (None for the second class)."""
    if hasattr(model, "best_threshold_"):
        return float(model.best_threshold_), model._curve_scorer._get_pos_label()
    threshold = model.threshold
    if threshold == "auto":
        threshold = 0.5 if method == "predict_proba" else 0.0
    return float(threshold), model.pos_label


def _response(model: Any, methods: dict[str, str]) -> str:
    """The method whose result is compared with the threshold."""
    if model.response_method != "auto":
        return str(model.response_method)
    return "predict_proba" if "predict_proba" in methods else "decision_function"


#: Logarithms of probabilities, from the scores that these follow from.
_LOGS = {"logistic": "|loglogistic", "logits": "|logsoftmax|columns"}


def _with_logarithms(spec: OutputSpec, inner: OutputSpec) -> OutputSpec:
    """The OutputSpec, which has the probabilities of `inner`, with their logarithms."""
    if inner.kind in _LOGS and methods_of(inner)["predict_proba"] == "proba":
        return with_extra(spec, "predict_log_proba", inner.scores, _LOGS[inner.kind])
    how = spec.methods["predict_proba"] + "|log"
    return spec.but(methods={**spec.methods, "predict_log_proba": how})


def _threshold(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    """The score minus the threshold: the positive class from 0 on."""
    estimator = getattr(model, "estimator_", model.estimator)
    inner = in_floats(graph, graph.convert(estimator, x))
    methods = methods_of(inner)
    method = _response(model, methods)
    threshold, positive = _chosen_threshold(model, method)
    second = positive is None or positive == model.classes_[1]
    pair = probabilities(graph, inner)[0] if "predict_proba" in methods else None
    if method == "predict_proba" and pair is not None:
        score = graph.part(pair, 1 if second else 0, 1)
    else:
        score = decisions(graph, inner)
        score = score if second else graph.affine(score, scale=-1.0)
    # At the threshold the positive class wins, whichever of the two it is.
    if second:
        kind, score = "inliers", graph.affine(score, shift=threshold)
    else:
        kind, score = "binary", graph.affine(score, scale=-1.0, offset=threshold)
    spec = inner.but(
        kind=kind,
        scores=score,
        output_sizes=(1,),
        methods={"predict": "class"},
        extras=(),
    )
    if pair is not None:
        spec = with_extra(spec, "predict_proba", pair)
        spec = _with_logarithms(spec, inner)
    if "decision_function" in methods:
        spec = with_extra(spec, "decision_function", decisions(graph, inner))
    return as_in(spec, model)


# Targets


#: Functions that targets are transformed back with: an op, and then a factor.
_FUNCTIONS: dict[Any, tuple[str, float]] = {
    np.exp: ("EXP", 1.0),
    np.expm1: ("EXPM1", 1.0),
    np.log: ("LOG", 1.0),
    np.log2: ("LOG", 1 / np.log(2)),
    np.log10: ("LOG", 1 / np.log(10)),
    np.log1p: ("LOG1P", 1.0),
    np.sqrt: ("SQRT", 1.0),
    np.square: ("SQUARE", 1.0),
    np.abs: ("ABS", 1.0),
    np.fabs: ("ABS", 1.0),
    np.tanh: ("TANH", 1.0),
    np.reciprocal: ("RECIPROCAL", 1.0),
}


def _inverse_function(graph: Graph, transformer: Any, y: Tensor) -> Tensor:
    function = transformer.inverse_func
    if transformer.inv_kw_args:
        raise UnsupportedModelError(
            "TransformedTargetRegressor's inverse_func with arguments is not supported"
        )
    if function is None or function is np.positive:
        return y
    if function is np.negative:
        return graph.affine(y, scale=-1.0)
    if function is np.exp2:
        return graph.stage("EXP", graph.affine(y, scale=np.log(2)), y.count)
    for known, (op, factor) in _FUNCTIONS.items():
        if function is known:
            y = graph.stage(op, y, y.count)
            return y if factor == 1 else graph.affine(y, scale=factor)
    names = sorted(f.__name__ for f in _FUNCTIONS)
    raise UnsupportedModelError(
        f"TransformedTargetRegressor with inverse_func {function!r} is not supported;"
        f" supported are None and numpy's {', '.join(names)}"
    )


def _scale_back(scaler: Any, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factor and offset of a scaler's inverse_transform."""
    name = type(scaler).__name__
    one, zero = np.ones(n), np.zeros(n)
    if name == "StandardScaler":
        scale = scaler.scale_ if scaler.with_std else one
        offset = scaler.mean_ if scaler.with_mean else zero
    elif name == "RobustScaler":
        scale = scaler.scale_ if scaler.with_scaling else one
        offset = scaler.center_ if scaler.with_centering else zero
    elif name == "MaxAbsScaler":
        scale, offset = scaler.scale_, zero
    elif name == "MinMaxScaler" and not scaler.clip:
        scale, offset = 1 / scaler.scale_, -scaler.min_ / scaler.scale_
    else:
        raise UnsupportedModelError(
            f"TransformedTargetRegressor with {name} is not supported; supported are"
            " StandardScaler, RobustScaler, MaxAbsScaler, MinMaxScaler without clip,"
            " and functions of numpy"
        )
    return np.asarray(scale, np.float64), np.asarray(offset, np.float64)


def _transformed_target(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    inner = graph.convert(model.regressor_, x)
    y = predictions(graph, inner)
    if type(model.transformer_).__name__ == "FunctionTransformer":
        y = _inverse_function(graph, model.transformer_, y)
    else:
        scale, offset = _scale_back(model.transformer_, y.count)
        y = graph.affine(y, scale=scale, offset=offset)
    return OutputSpec("values", y, missing=inner.missing)


# Answers that do not depend on the input


def _per_output(model: Any, value: Any) -> list[Any]:
    return list(value) if model.n_outputs_ > 1 else [value]


def _shares(model: Any) -> list[NDArray[np.float64]]:
    """Each output's class shares, the same for every row."""
    priors = [np.asarray(p, np.float64) for p in _per_output(model, model.class_prior_)]
    if model._strategy == "prior":
        return priors
    if model._strategy == "most_frequent":
        return [np.eye(p.size)[p.argmax()] for p in priors]
    classes = _per_output(model, model.classes_)
    constants = np.ravel(model.constant)
    pairs = zip(classes, constants, strict=True)
    return [(np.asarray(c) == value).astype(np.float64) for c, value in pairs]


def _dummy_classifier(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    if model._strategy in ("stratified", "uniform"):
        raise UnsupportedModelError(
            f"DummyClassifier(strategy={model._strategy!r}) answers at random; use"
            " 'prior', 'most_frequent' or 'constant'"
        )
    shares = _shares(model)
    classes = [np.asarray(c) for c in _per_output(model, model.classes_)]
    return OutputSpec(
        "shares",
        graph.constant(np.concatenate(shares)),
        tuple(p.size for p in shares),
        classes,
        "classifier",
        missing=True,
    )


def _dummy_regressor(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    return OutputSpec("values", graph.constant(np.ravel(model.constant_)), missing=True)


_CONVERTERS = {
    "BaseSearchCV": _search,
    "FrozenEstimator": _frozen,
    "SelfTrainingClassifier": _self_training,
    "FixedThresholdClassifier": _threshold,
    "TunedThresholdClassifierCV": _threshold,
    "TransformedTargetRegressor": _transformed_target,
    "DummyClassifier": _dummy_classifier,
    "DummyRegressor": _dummy_regressor,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted estimator around another one, or a dummy, that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
