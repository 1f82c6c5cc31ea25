# SPDX-License-Identifier: MIT
"""Several targets, and classes by several estimators of two classes.

The formulas, and the ops of their stages:

    one vs rest    argmax_k d_k, the estimators' decisions side by side; probabilities
                   are p_k / sum p; by NORMALIZE
    one vs one     wins_k + c_k / (3 (|c_k| + 1)), c_k the sum of decisions for k; by
                   DENSE, SOFTSIGN, WEIGHTED_SUM
    output codes   argmin_k |y - code_k|^2, as 2 code_k . y - |code_k|^2; by DENSE
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import (
    OutputSpec,
    as_in,
    classifier,
    decisions,
    in_floats,
    methods_of,
    normalized,
    onehot_argmaxes,
    predictions,
    probabilities,
    with_extra,
)
from emlrt.convert.ir.steps import Buffer, Tensor
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.errors import UnsupportedModelError


def _converted(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """The OutputSpec of an estimator, or of the constant that stands for one."""
    if type(estimator).__name__ != "_ConstantPredictor":
        return graph.convert(estimator, x)
    value = float(estimator.y_[0])
    methods = {
        "predict": "class",
        "decision_function": "scores|plus:0.5",
        "predict_proba": "scores[1:3]",
    }
    return OutputSpec(
        "binary",
        graph.constant(value - 0.5),
        (1,),
        [np.array([min(value, 0), 1])],
        "classifier",
        methods,
        extras=(graph.constant([1 - value, value]),),
        missing=True,
    )


def _is_regressor(estimator: Any) -> bool:
    from sklearn.base import is_regressor

    return bool(is_regressor(estimator))


def _answers(graph: Graph, estimators: list[Any], x: Tensor) -> list[OutputSpec]:
    return [_converted(graph, estimator, x) for estimator in estimators]


def _all_accept(parts: list[OutputSpec]) -> bool:
    """Whether every part gives NaN inputs a meaning."""
    return all(part.missing for part in parts)


def _have(parts: list[OutputSpec], method: str) -> bool:
    return all(method in methods_of(part) for part in parts)


# Several targets


def _alike(parts: list[OutputSpec]) -> bool:
    """Whether the scores of all mean the same."""
    by_kind = all(
        methods_of(part).get("predict", "").split("|")[0] == "class"
        and methods_of(part).get("predict_proba", "proba") == "proba"
        for part in parts
    )
    return by_kind and len({(part.kind, part.vote_total) for part in parts}) == 1


def _follows(part: OutputSpec) -> bool:
    """Whether the class is that of the largest probability: both follow from the same
    scores, while probabilities behind the scores are computed in another way."""
    return methods_of(part).get("predict_proba") == "proba"


def _of_classes(graph: Graph, part: OutputSpec) -> Tensor:
    """The scores that tell the class, without those that only methods refer to."""
    n = sum(part.output_sizes) or part.scores.count
    return part.scores if n == part.scores.count else graph.part(part.scores, 0, n)


def _side_by_side(graph: Graph, parts: list[OutputSpec]) -> OutputSpec:
    """Classifiers as the outputs of one."""
    if _alike(parts):
        kind, scores = parts[0].kind, [_of_classes(graph, part) for part in parts]
    elif all(_follows(part) for part in parts):
        kind, scores = "shares", [p for q in parts for p in probabilities(graph, q)]
    else:
        kind, scores = "margins", [p for q in parts for p in onehot_argmaxes(graph, q)]
    output_sizes = [
        n for part in parts for n in part.output_sizes or (1,) * part.scores.count
    ]
    if kind in ("shares", "margins"):
        output_sizes = [n for part in parts for n in part.counts]
    return OutputSpec(
        kind,
        graph.concat(scores),
        tuple(output_sizes),
        [labels for part in parts for labels in part.classes],
        "classifier",
        {"predict": "class"},
        vote_total=parts[0].vote_total if kind == "votes" else 0,
        missing=_all_accept(parts),
    )


def _with_shares(
    graph: Graph, spec: OutputSpec, parts: list[OutputSpec], one: str
) -> OutputSpec:
    """The OutputSpec of parts side by side with the list of their probabilities."""
    if not _have(parts, "predict_proba"):
        return spec
    if all(_follows(part) for part in parts):
        return spec.but(methods={**spec.methods, "predict_proba": f"proba{one}"})
    p = graph.concat([p for part in parts for p in probabilities(graph, part)])
    if p.count != sum(spec.counts):
        raise UnsupportedModelError(
            "MultiOutputClassifier of an estimator whose probabilities are not one a"
            " class is not supported; convert each output's estimator on its own"
        )
    return with_extra(in_floats(graph, spec), "predict_proba", p, "|list")


def _multi_output(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    parts = _answers(graph, model.estimators_, x)
    if _is_regressor(model):
        found = [predictions(graph, part) for part in parts]
        return _values(graph, found).but(missing=_all_accept(parts))
    # One target alone stays a column, and its classes and probabilities a list.
    one = "|list" if len(parts) == 1 else ""
    methods = {"predict": "class|columns|list" if one else "class"}
    spec = _side_by_side(graph, parts).but(methods=methods)
    if not hasattr(model, "predict_proba"):
        return spec
    return _with_shares(graph, spec, parts, one)


def _values(graph: Graph, found: list[Tensor]) -> OutputSpec:
    """Numbers of several targets, or of one that stays a column."""
    methods = {"predict": "scores|columns"} if len(found) == 1 else {}
    return OutputSpec("values", graph.concat(found), methods=methods)


def _one(graph: Graph, part: OutputSpec, method: str) -> Tensor:
    """A method's one number: of predict_proba, the second class's."""
    if method == "predict_proba":
        [p] = probabilities(graph, part)
        if p.count == 2:
            return graph.part(p, 1, 1)
    elif method == "decision_function":
        found = decisions(graph, part)
        if found.count == 1:
            return found
    elif method == "predict":
        return predictions(graph, part)
    raise UnsupportedModelError(
        f"a chain or a classifier of several passes on {method} of estimators that"
        " have two classes; one of them has more"
    )


def _passes_on(graph: Graph, part: OutputSpec, method: str) -> Tensor:
    """The numbers of one estimator of a chain that later ones read."""
    if method != "predict_log_proba":
        return _one(graph, part, method)
    return graph.stage("LOG", _one(graph, part, "predict_proba"), 1)


def _links(graph: Graph, chain: Any, x: Tensor) -> list[OutputSpec]:
    """The chain's estimators, each reading x and what those before it say: all in
    one buffer, of which each sees more."""
    method = getattr(chain, "chain_method_", "predict")
    n, last = x.count, len(chain.estimators_) - 1
    room = Buffer(n + last, graph.floats(x).dtype)
    _put(room, 0, graph.gather(x, np.arange(n)))
    parts = []
    for k, estimator in enumerate(chain.estimators_):
        parts.append(_converted(graph, estimator, Tensor(room, 0, n + k)))
        if k < last:
            said = _passes_on(graph, parts[-1], method)
            _put(room, n + k, graph.gather(said, [0]))
    return parts


def _put(room: Buffer, at: int, tensor: Tensor) -> None:
    """Lets a tensor's own buffer be a part of another one."""
    tensor.buffer.parent, tensor.buffer.offset = room, at


def _with_seconds(
    graph: Graph, spec: OutputSpec, parts: list[OutputSpec]
) -> OutputSpec:
    """The OutputSpec of parts side by side with each second class's probability."""
    if all(_follows(part) for part in parts):
        return spec.but(methods={**spec.methods, "predict_proba": "p1|columns"})
    p = graph.concat([_one(graph, part, "predict_proba") for part in parts])
    return with_extra(in_floats(graph, spec), "predict_proba", p, "|columns")


def _chain(graph: Graph, chain: Any, x: Tensor) -> OutputSpec:
    links = _links(graph, chain, x)
    parts = [links[k] for k in np.argsort(chain.order_)]
    if _is_regressor(chain):
        return _values(graph, [predictions(graph, part) for part in parts])
    spec = _side_by_side(graph, parts).but(missing=False)
    if not np.array_equal(chain.order_, np.arange(len(parts))):
        # They are put into order by copies, which votes have no op for.
        spec = in_floats(graph, spec)
    # scikit-learn puts the labels into a matrix of float64.
    one = "|columns|list" if len(parts) == 1 else ""
    methods = {"predict": f"class|as:float64{one}"}
    if hasattr(chain, "predict_proba"):
        if set(spec.counts) != {2}:
            raise UnsupportedModelError(
                "ClassifierChain with targets that have not two classes is not"
                " supported: its own predict_proba fails"
            )
        spec = _with_seconds(graph, spec.but(methods=methods), parts)
        methods = dict(spec.methods)
    if hasattr(chain, "predict_log_proba") and "predict_proba" in methods:
        methods["predict_log_proba"] = f"{methods['predict_proba']}|log"
    spec = spec.but(methods=methods)
    if hasattr(chain, "decision_function"):
        usual = all(methods_of(p)["decision_function"] == "scores" for p in parts)
        if usual and _alike(parts):
            methods["decision_function"] = "scores|columns"
            return spec.but(methods=methods)
        spec = in_floats(graph, spec)
        found = [_one(graph, part, "decision_function") for part in parts]
        spec = with_extra(spec, "decision_function", graph.concat(found), "|columns")
    return spec


# Classes by estimators of two classes


def _score(graph: Graph, estimator: Any, part: OutputSpec) -> Tensor:
    """The number that scikit-learn compares: a decision, a probability, or a value."""
    if _is_regressor(estimator):
        return predictions(graph, part)
    decides = "decision_function" in methods_of(part)
    return _one(graph, part, "decision_function" if decides else "predict_proba")


def _scores(graph: Graph, model: Any, parts: list[OutputSpec]) -> list[Tensor]:
    pairs = zip(model.estimators_, parts, strict=True)
    return [_score(graph, estimator, part) for estimator, part in pairs]


def _threshold(model: Any) -> float:
    """The threshold of the second class, which depends on the estimators' type."""
    from sklearn.multiclass import _threshold_for_binary_predict

    return float(_threshold_for_binary_predict(model.estimators_[0]))


def _only_label(model: Any) -> None:
    if len(model.classes_) == 1:
        raise UnsupportedModelError(
            f"{type(model).__name__} has seen one class only; fit it with more"
        )


def _rest_binary(graph: Graph, model: Any, part: OutputSpec) -> OutputSpec:
    """One estimator alone decides."""
    classes = [np.asarray(model.classes_)]
    if not _is_regressor(model.estimators_[0]):
        inner = in_floats(graph, part)
        return as_in(inner.but(classes=classes), model)
    score = graph.affine(predictions(graph, part), shift=_threshold(model))
    methods = {"predict": "class"}
    return classifier("binary", score, [0, 1], methods=methods).but(classes=classes)


def _rest_labels(graph: Graph, model: Any, parts: list[OutputSpec]) -> OutputSpec:
    """Each label by itself."""
    n = len(parts)
    labels = [np.array([0, 1])] * n
    threshold = _threshold(model)
    if _alike(parts) and parts[0].kind == "logistic":
        spec = _side_by_side(graph, parts).but(classes=labels)
        methods = {"predict": "class|labels", "predict_proba": "p1|columns"}
        if _have(parts, "decision_function"):
            methods["decision_function"] = "scores"
        return as_in(spec.but(methods=methods), model)
    scores = graph.concat(_scores(graph, model, parts))
    margins = graph.affine(scores, shift=threshold) if threshold else scores
    methods = {"predict": "class|labels"}
    spec = OutputSpec("binary", margins, (1,) * n, labels, "classifier", methods)
    return _rest_extras(graph, model, parts, spec, scores)


def _rest_extras(
    graph: Graph, model: Any, parts: list[OutputSpec], spec: OutputSpec, scores: Tensor
) -> OutputSpec:
    """decision_function and predict_proba besides what predict compares."""
    if hasattr(model, "decision_function"):
        if spec.scores is scores:
            methods = {**spec.methods, "decision_function": "scores"}
            spec = spec.but(methods=methods)
        else:
            found = [_one(graph, part, "decision_function") for part in parts]
            spec = with_extra(spec, "decision_function", graph.concat(found))
    if hasattr(model, "predict_proba"):
        p = graph.concat([_one(graph, part, "predict_proba") for part in parts])
        p = p if model.multilabel_ else normalized(graph, p)
        spec = with_extra(spec, "predict_proba", p, "|columns")
    return spec


def _one_vs_rest(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    _only_label(model)
    parts = _answers(graph, model.estimators_, x)
    if model.multilabel_:
        spec = _rest_labels(graph, model, parts)
    elif len(parts) == 1:
        spec = _rest_binary(graph, model, parts[0])
    else:
        spec = _rest_classes(graph, model, parts)
    return spec.but(missing=_all_accept(parts))


def _rest_classes(graph: Graph, model: Any, parts: list[OutputSpec]) -> OutputSpec:
    scores = graph.concat(_scores(graph, model, parts))
    methods = {"predict": "class"}
    if hasattr(model, "predict_proba") and not _have(parts, "decision_function"):
        p = normalized(graph, scores)
        methods["predict_proba"] = "proba"
        return classifier("shares", p, model.classes_, methods=methods)
    spec = classifier("margins", scores, model.classes_, methods=methods)
    return _rest_extras(graph, model, parts, spec, scores)


def _confidences(graph: Graph, d: Tensor, votes: Tensor, n: int) -> Tensor:
    """scikit-learn's decision from pairs: wins, and a third of the sum of
    confidences squeezed into (-1, 1). votes: 1 where the second class wins."""
    pairs = list(combinations(range(n), 2))
    first, second = np.zeros((n, len(pairs))), np.zeros((n, len(pairs)))
    for k, (i, j) in enumerate(pairs):
        first[i, k], second[j, k] = 1, 1
    wins = graph.dense(votes, second - first, first.sum(axis=1))
    sums = graph.dense(d, second - first, 0)
    squeezed = graph.stage("SOFTSIGN", sums, n)
    return graph.mix([wins, squeezed], [1.0, 1 / 3])


def _one_vs_one(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    _only_label(model)
    if any(_is_regressor(estimator) for estimator in model.estimators_):
        raise UnsupportedModelError(
            "OneVsOneClassifier of regressors is not supported; use classifiers"
        )
    seen = model.pairwise_indices_ or [None] * len(model.estimators_)
    parts = [
        _converted(graph, e, x if chosen is None else graph.gather(x, chosen))
        for e, chosen in zip(model.estimators_, seen, strict=True)
    ]
    n = len(model.classes_)
    d = graph.concat(_scores(graph, model, parts))
    votes = graph.concat([predictions(graph, part) for part in parts])
    decided = _confidences(graph, d, votes, n)
    methods = {"predict": "class", "decision_function": "scores"}
    if n > 2:
        spec = classifier("margins", decided, model.classes_, methods=methods)
        return spec.but(missing=_all_accept(parts))
    second, threshold = graph.part(decided, 1, 1), _threshold(model)
    if threshold:
        second = graph.affine(second, shift=threshold)
        methods["decision_function"] = f"scores|plus:{threshold}"
    classes = [np.asarray(model.classes_)]
    spec = classifier("binary", second, [0, 1], methods=methods)
    return spec.but(classes=classes, missing=_all_accept(parts))


def _output_code(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    """The class whose code is nearest: |y - c|^2 without |y|^2, negative."""
    parts = _answers(graph, model.estimators_, x)
    y = graph.concat(_scores(graph, model, parts))
    codes = np.asarray(model.code_book_, np.float64)
    scores = graph.dense(y, 2 * codes, -(codes**2).sum(axis=1))
    methods = {"predict": "class"}
    spec = classifier("margins", scores, model.classes_, methods=methods)
    return spec.but(missing=_all_accept(parts))


_CONVERTERS = {
    "MultiOutputClassifier": _multi_output,
    "MultiOutputRegressor": _multi_output,
    "ClassifierChain": _chain,
    "RegressorChain": _chain,
    "OneVsRestClassifier": _one_vs_rest,
    "OneVsOneClassifier": _one_vs_one,
    "OutputCodeClassifier": _output_code,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted estimator of several targets, or of classes by pairs, that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
