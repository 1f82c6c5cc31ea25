# SPDX-License-Identifier: MIT
"""Converter of scikit-learn's linear models: classifiers and regressors.

The formulas, and the ops of their stages:

    decision, value     d_k = w_k . x + b_k; by DENSE, after AFFINE (x - mean) where the
                        mean of the data is known and large
    log loss, binary    p = 1 / (1 + exp(-d)), by the kind of the scores: "logistic"
    log loss, softmax   p_k = exp(d_k) / sum_j exp(d_j), by the kind "logits"
    one against rest    p_k = s(d_k) / sum_j s(d_j), s the logistic function, as the
                        softmax of -softplus(-d_k); by AFFINE, SOFTPLUS, CLIP, STEP,
                        WEIGHTED_SUM, SOFTMAX
    modified Huber      p_k = min(max((d_k + 1) / 2, 0), 1), over their sum; by AFFINE,
                        CLIP, then NORMALIZE, or COMPLEMENT for two classes
    log link            exp(d); by EXP
"""

from __future__ import annotations

from struct import pack
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.check.sums import EPSILON
from emlrt.convert.ir.coarse import coarse_inputs
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, classifier
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.numeric.centring import around_mean, matrix_of
from emlrt.errors import PrecisionWarning, UnsupportedModelError, warn
from emlrt.methods import LOWEST

#: Methods of two classes by one logit, and of more by one each.
LOGISTIC = {
    "predict": "class",
    "predict_proba": "proba",
    "predict_log_proba": "scores|loglogistic",
    "decision_function": "scores",
}
LOGITS = {**LOGISTIC, "predict_log_proba": "scores|logsoftmax|columns"}
#: Classes whose predict_proba is the softmax of their margins, or was.
_SOFTMAX = ("LogisticRegression", "LogisticRegressionCV")
#: What rounding may take from a margin before a caller is warned.
_NOTED = 1e-3


def _named(estimator: Any, *names: str) -> bool:
    return any(cls.__name__ in names for cls in type(estimator).__mro__)


def margins(graph: Graph, estimator: Any, x: Tensor, sign: float = 1.0) -> Tensor:
    """A stage for X @ coef_.T + intercept_, times the sign."""
    weights = sign * np.atleast_2d(matrix_of(estimator.coef_))
    biases = sign * np.ravel(np.asarray(estimator.intercept_, np.float64))
    return around_mean(graph, x, weights, biases, _own_mean(estimator, weights))


def _own_mean(estimator: Any, weights: NDArray[np.float64]) -> Any:
    """The mean of the data, where the model keeps it and float32 would lose more than
    a thousandth of the noise beside it: of BayesianRidge and ARDRegression."""
    mean = getattr(estimator, "X_offset_", None)
    if mean is None or np.ndim(estimator.alpha_):
        return None
    lost = (abs(weights) @ abs(np.asarray(mean, np.float64))).max() * EPSILON
    return mean if lost > _NOTED * float(estimator.alpha_) ** -0.5 else None


def _with_shares(
    estimator: Any, kind: str, scores: Tensor, shares: Tensor, logs: str = ""
) -> OutputSpec:
    """Margins that decide, and probabilities behind them. logs: how their logarithms
    follow from the margins, if they do."""
    n = scores.count
    proba = f"scores[{n}:{n + shares.count}]"
    methods = {
        "predict": "class",
        "predict_proba": proba,
        "predict_log_proba": logs or f"{proba}|log",
        "decision_function": "scores",
    }
    spec = classifier(kind, scores, estimator.classes_, methods=methods)
    return spec.but(extras=(shares,))


def _one_against_rest(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """One logistic function for each of three classes or more.

    scikit-learn divides each class's logistic function by their sum, which is
    the softmax of their logarithms, -softplus(-margin), and takes them for equal
    where all are 0 in float64. Many can be 1 at once, so the margins decide.
    """
    scores = margins(graph, estimator, x)
    n = scores.count
    against = graph.stage("SOFTPLUS", graph.affine(scores, scale=-1.0), n)
    kept = graph.stage("CLIP", against, n, floats([0.0, LOWEST]))
    lost = graph.stage("STEP", against, n, floats(np.full(n, LOWEST)))
    logits = graph.mix([kept, lost], [-1.0, -LOWEST])
    shares = graph.stage("SOFTMAX", logits, n)
    logs = "scores|logshares|columns"
    return _with_shares(estimator, "margins", scores, shares, logs)


def _modified_huber(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """(margin + 1) / 2 from 0 to 1, divided by their sum, are probabilities.

    Those of several classes can be equal, so the margins decide.
    """
    scores = margins(graph, estimator, x)
    half = graph.affine(scores, scale=0.5, offset=0.5)
    share = graph.stage("CLIP", half, half.count, floats([0.0, 1.0]))
    if scores.count == 1:
        shares = graph.stage("COMPLEMENT", share, 2)
        return _with_shares(estimator, "binary", scores, shares)
    norm = pack("<HH", lib.EMLRT_NORM_SUM, lib.EMLRT_NORMALIZE_UNIFORM)
    shares = graph.stage("NORMALIZE", share, share.count, norm)
    return _with_shares(estimator, "margins", scores, shares)


def _labels(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """RidgeClassifier of several labels: one margin each."""
    scores = margins(graph, estimator, x)
    n = scores.count
    methods = {"predict": "class|labels", "decision_function": "scores|columns"}
    labels: list[NDArray[Any]] = [np.array([0, 1])] * n
    return OutputSpec("binary", scores, (1,) * n, labels, "classifier", methods)


def logistic(scores: Tensor, classes: Any) -> OutputSpec:
    """The OutputSpec of margins whose probabilities are logistic or softmax."""
    if scores.count == 1:
        return classifier("logistic", scores, classes, methods=LOGISTIC)
    return classifier("logits", scores, classes, methods=LOGITS)


def _one_for_each(estimator: Any) -> bool:
    """Whether a LogisticRegression's predict_proba is one logistic function per class:
    in scikit-learn up to 1.7, by multi_class or by the solver."""
    how = getattr(estimator, "multi_class", "auto")
    by_solver = how in ("auto", "deprecated") and estimator.solver == "liblinear"
    return how in ("ovr", "warn") or by_solver


def _logistic_regression(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    classes = estimator.classes_
    if len(classes) > 2 and _one_for_each(estimator):
        return _one_against_rest(graph, estimator, x)
    scores = margins(graph, estimator, x)
    if len(classes) == 2 and getattr(estimator, "multi_class", "") == "multinomial":
        # Of two classes it is the softmax of -margin and margin.
        p = graph.stage("LOGISTIC", graph.affine(scores, scale=2.0), 1)
        both = graph.stage("COMPLEMENT", p, 2)
        spec = _with_shares(estimator, "binary", scores, both)
        methods = {"predict_log_proba": "scores|times:2|loglogistic"}
        return spec.but(methods={**spec.methods, **methods})
    return logistic(scores, classes)


def _warn_of_offset(graph: Graph, estimator: Any, x: Tensor) -> None:
    """Warns of an intercept beside which float32 has no digits for the margin: the
    data lie far from 0, and nothing here says where."""
    codes, biases = graph.codes(x), np.ravel(estimator.intercept_)
    inputs = range(graph.n_inputs)
    if codes is not None:
        biases = biases + np.atleast_2d(matrix_of(estimator.coef_)) @ codes[0]
    largest = float(abs(biases).max())
    given = graph.options.X is not None
    known = given and x.buffer is graph.input.buffer
    if known or not largest * EPSILON > _NOTED or coarse_inputs(graph, inputs):
        return
    first = (
        "pass X= (training data), so that their mean is taken away, and offset='auto'"
        " where float32 is too coarse for them, or "
    )
    warn(
        f"{type(estimator).__name__} has an intercept of {largest:.1e}, beside which"
        f" float32 holds margins to about {largest * 2.0**-23:.0e}: its features lie"
        f" far from 0; {'' if given else first}put a StandardScaler in front and fit"
        " again",
        PrecisionWarning,
    )


def _classifier(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    binarizer = getattr(estimator, "_label_binarizer", None)
    if binarizer is not None and binarizer.y_type_.startswith("multilabel"):
        return _labels(graph, estimator, x)
    if len(estimator.classes_) < 2:
        raise UnsupportedModelError(
            f"{type(estimator).__name__} was fitted to one class; it needs two"
        )
    _warn_of_offset(graph, estimator, x)
    classes = estimator.classes_
    if _named(estimator, *_SOFTMAX):
        return _logistic_regression(graph, estimator, x)
    loss = getattr(estimator, "loss", "") if hasattr(estimator, "predict_proba") else ""
    if loss == "modified_huber":
        return _modified_huber(graph, estimator, x)
    if loss == "log_loss" and len(classes) > 2:
        return _one_against_rest(graph, estimator, x)
    scores = margins(graph, estimator, x)
    if loss == "log_loss":
        return logistic(scores, classes)
    kind = "binary" if scores.count == 1 else "margins"
    return classifier(kind, scores, classes)


def _one_class(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """SGDOneClassSVM."""
    offset = float(np.ravel(estimator.offset_)[0])
    weights = np.atleast_2d(matrix_of(estimator.coef_))
    methods = {
        "predict": "class|as:int32",
        "decision_function": "scores",
        "score_samples": f"scores|plus:{offset!r}",
    }
    scores = around_mean(graph, x, weights, -offset)
    return OutputSpec(
        "inliers", scores, estimator_type="outlier_detector", methods=methods
    )


def _ransac(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """The predictions of its estimator_, and no other method."""
    spec = graph.convert(estimator.estimator_, x)
    predict = spec.methods.get("predict", "scores")
    if spec.kind != "values":
        raise UnsupportedModelError(
            f"{type(estimator).__name__}.estimator_ is no regressor; use one"
        )
    return spec.but(methods={"predict": predict}, estimator_type="regressor")


def _inverse_link(graph: Graph, estimator: Any, x: Tensor, scores: Tensor) -> Tensor:
    """A generalized linear model's mean, from its linear predictor."""
    loss = getattr(estimator, "_base_loss", None)
    name = "IdentityLink" if loss is None else type(loss.link).__name__
    if name == "LogLink":
        _warn_of_offset(graph, estimator, x)
        return graph.stage("EXP", scores, scores.count)
    if name != "IdentityLink":
        raise UnsupportedModelError(
            f"cannot convert {type(estimator).__name__} with the link {name};"
            " supported are 'identity' and 'log'"
        )
    return scores


def regressor(scores: Tensor, columns: bool) -> OutputSpec:
    """The OutputSpec of values; columns: whether a single one makes (n, 1)."""
    methods = {"predict": "scores|columns"} if columns else {}
    return OutputSpec("values", scores, methods=methods)


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """Adds a fitted linear classifier, regressor or one-class SVM that reads x."""
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    if _named(estimator, "RANSACRegressor"):
        return _ransac(graph, estimator, x)
    if _named(estimator, "SGDOneClassSVM"):
        return _one_class(graph, estimator, x)
    if hasattr(estimator, "classes_"):
        return _classifier(graph, estimator, x)
    scores = _inverse_link(graph, estimator, x, margins(graph, estimator, x))
    columns = matrix_of(estimator.coef_).ndim == 2 and scores.count == 1
    return regressor(scores, columns)
