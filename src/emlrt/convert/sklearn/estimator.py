# SPDX-License-Identifier: MIT
"""Converts fitted estimators that keep scikit-learn's conventions."""

from __future__ import annotations

import warnings
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from typing import Any

from emlrt.blob import Program
from emlrt.channel_names import of_inputs
from emlrt.convert.ir import infinite
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.planner import finish
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.readers.classes import check_methods
from emlrt.convert.registered import registered
from emlrt.convert.sklearn.blocks import REGISTRY as BLOCKS
from emlrt.convert.sklearn.cutting import cut_of, named_channels
from emlrt.convert.sklearn.registry import CONVERTED, LIBRARIES, REGISTRY
from emlrt.convert.sklearn.unsupported import why
from emlrt.convert.unknown import of_object
from emlrt.errors import EmlrtError, UnsupportedModelError

#: What a class derived from scikit-learn's must not override.
_METHODS = (
    "predict",
    "predict_proba",
    "decision_function",
    "score_samples",
    "transform",
)


def _known_class(estimator: Any) -> tuple[type, str] | None:
    """The class that an estimator is, or derives from, and the module that converts
    it."""
    for cls in type(estimator).__mro__:
        root = cls.__module__.partition(".")[0]
        if root == "sklearn" and cls.__name__ in REGISTRY:
            return cls, f"emlrt.convert.sklearn.{REGISTRY[cls.__name__]}"
        if root == "emlrt" and cls.__name__ in BLOCKS:
            return cls, f"emlrt.convert.signal.{BLOCKS[cls.__name__]}"
        if cls.__name__ in LIBRARIES.get(root, ()):
            return cls, f"emlrt.convert.{root}.model"
    return None


def _supported(estimator: Any) -> tuple[type, str]:
    found = _known_class(estimator)
    if found is None:
        reason = why(estimator) or of_object(estimator, CONVERTED)
        name = type(estimator).__name__
        raise UnsupportedModelError(f"cannot convert {name}: {reason}")
    return found


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """Adds the stages of a fitted estimator that reads x to a graph.

    Estimators that hold others convert them by `graph.convert`, which calls this.

    Raises
    ------
    UnsupportedModelError
        If the estimator's class, or a parameter of it, has no faithful form.
    sklearn.exceptions.NotFittedError
        If it is not fitted.
    """
    graph.converter = convert
    own = registered(estimator)
    if own is not None:
        check_methods(estimator, own.cls, _METHODS)
        return own.convert(graph, estimator, x)
    cls, name = _supported(estimator)
    check_methods(estimator, cls, _METHODS)
    infinite.note(graph, estimator, cls, x)
    if hasattr(estimator, "check_parameters") and hasattr(estimator, "shape_in_"):
        estimator.check_parameters(*estimator.shape_in_)  # set_params may have come
    spec: OutputSpec = import_module(name).convert(graph, estimator, x)
    return spec


#: What a fitted IsotonicRegression has; it does not say that it takes one feature.
_ISOTONIC = "X_thresholds_"


def _first(estimator: Any) -> Any:
    """What sees X first: of a Pipeline or a FeatureUnion, a part that does more
    than to pass it through."""
    for parts in ("steps", "transformer_list"):
        for _, part in getattr(estimator, parts, ()):
            found = None if isinstance(part, str) or part is None else _first(part)
            if found is not None:
                return found
    says = hasattr(estimator, "n_features_in_") or hasattr(estimator, _ISOTONIC)
    return estimator if says else None


def _seen(estimator: Any) -> tuple[int, list[str]]:
    """Number of features, and their names if there are any."""
    own = registered(estimator)
    if own is not None:
        return own.seen(estimator)
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    first = _first(estimator)
    if first is None:
        raise UnsupportedModelError(
            f"{type(estimator).__name__} does not say how many features it takes:"
            " no part of it was fitted on them"
        )
    names = getattr(first, "feature_names_in_", None)
    n_features = 1 if hasattr(first, _ISOTONIC) else int(first.n_features_in_)
    return n_features, [] if names is None else [str(n) for n in names]


#: The oldest scikit-learn whose fitted attributes are known here, as in
#: pyproject.toml; tests/versions has what was compared.
OLDEST = (1, 3)


def _check_version(version: str) -> None:
    """Refuses estimators of a scikit-learn that is too old.

    Raises
    ------
    UnsupportedModelError
        If it is.
    """
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise UnsupportedModelError(
            f"scikit-learn {version} is older than {oldest}, the oldest that is"
            " supported; install a newer one and fit again"
        )


def sklearn_program(estimator: Any, options: Options) -> Program:
    """Converts a fitted scikit-learn estimator; raises as `convert`."""
    if registered(estimator) is None:
        _supported(estimator)
        _check_version(import_module("sklearn").__version__)
    try:
        return _program(estimator, options)
    except ValueError as error:
        if options.X is None or isinstance(error, EmlrtError):
            raise
        _check_alone(estimator, options)  # which is more than what X lacks
        raise


def _check_alone(estimator: Any, options: Options) -> None:
    """Raises the error for which the estimator itself is refused, whatever X is."""
    refused = None
    with warnings.catch_warnings(), suppress(ValueError):
        warnings.simplefilter("ignore")
        try:
            _program(estimator, replace(options, X=None, offset=None))
        except UnsupportedModelError as own:
            refused = own
    if refused is not None:
        raise refused


def _graph(estimator: Any, options: Options, n_inputs: int) -> Graph:
    """A graph for an estimator, whose inputs are those of a run."""
    cut = cut_of(estimator, n_inputs)
    if cut is not None and not cut.whole:
        n_inputs = cut.n_inputs
        if options.inputs is not None:
            rule = options.inputs.of_channels(cut.window.channels)
            options = replace(options, inputs=rule.repeated(cut.times))
        options = replace(options, X=None)
    graph = Graph(n_inputs, options)
    graph.owner, graph.cut = estimator, cut
    graph.framed = cut is not None and cut.whole
    return graph


def _channel_names(
    graph: Graph, estimator: Any, features: list[str]
) -> tuple[str, ...]:
    """Names of a stream's channels, where the names of the inputs do not say them: of
    a run that takes no whole window none are kept."""
    if graph.cut is None:
        return ()
    said = of_inputs(features, graph.cut.window)
    if said:
        return () if graph.cut.whole else said
    return named_channels(estimator, graph.cut.window.channels)


def _program(estimator: Any, options: Options) -> Program:
    n_inputs, features = _seen(estimator)
    graph = _graph(estimator, options.of_inputs(n_inputs, features), n_inputs)
    spec = convert(graph, estimator, graph.input)
    graph.channel_names = _channel_names(graph, estimator, features)
    return finish(graph, spec, type(estimator).__name__, features)
