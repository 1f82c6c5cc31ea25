# SPDX-License-Identifier: MIT
"""Decision: what stands behind a classifier in a stream, and has seen its answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    MetaEstimatorMixin,
    clone,
    is_classifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from emlrt.convert.signal.decisions import (
    asks_for_shares,
    classes_after,
    held_by,
    listed,
    program,
)
from emlrt.model import Model
from emlrt.stream import Stream


class Vote(BaseEstimator):  # type: ignore[misc]
    """The class that most of the last n answers were.

    Probabilities are the shares of the answers; until n have come, of as many as there
    are. Of equal shares the first of `classes_` is the answer, as in scikit-learn's
    VotingClassifier: with two classes, an odd n has none.

    Parameters
    ----------
    n : int
        Answers that count, this window's included; 1 to 65535.
    voting : {"hard", "soft"}
        hard: answers are counted. soft: the mean of their probabilities, and the class
        for which it is largest.
    """

    def __init__(self, n: int, *, voting: str = "hard") -> None:
        self.n = n
        self.voting = voting


class Threshold(BaseEstimator):  # type: ignore[misc]
    """A class is the answer only where its probability is enough.

    A class reaches its threshold if its probability is not below `on`; the class that
    was the last answer, if it is not below `off`. Of the classes that do, the most
    probable one is the answer, the first of equal ones; if there is none, the answer is
    `other`. So an answer stays until its probability falls below `off`, or a more
    probable class reaches `on`. From rest, `on` holds for all. The answer is certain:
    its probability becomes 1. Probabilities are compared as float32.

    Parameters
    ----------
    on : float, or dict of class: float
        0 to 1. Classes that a dict leaves out need none: 0.
    off : float, or dict of class: float, optional
        Not above `on`; by default, and of classes that a dict leaves out, `on`.
    other : label
        A class, or a new label of the same type, which comes behind the others in
        `classes_`.
    """

    def __init__(
        self,
        on: float | Mapping[Any, float],
        *,
        off: float | Mapping[Any, float] | None = None,
        other: Any,
    ) -> None:
        self.on = on
        self.off = off
        self.other = other


class Debounce(BaseEstimator):  # type: ignore[misc]
    """A new answer counts after n windows in a row have had it.

    From rest the first one is taken at once. The answer is certain: its probability
    becomes 1.

    Parameters
    ----------
    n : int
        Windows in a row, 1 to 65535; 1 changes no answer.
    """

    def __init__(self, n: int) -> None:
        self.n = n


def _names(decisions: Sequence[Any]) -> list[str]:
    """Names of decisions for parameters: the class in lower case, numbered from 1 on
    where there are several."""
    stems = [type(one).__name__.lower() for one in decisions]
    many, seen = Counter(stems), Counter[str]()
    found = []
    for stem in stems:
        seen[stem] += 1
        found.append(stem if many[stem] == 1 else f"{stem}{seen[stem]}")
    return found


class Decision(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose answers depend on those before, as a stream has them.

    It stands around a whole model, or last in its Pipeline. `predict` and
    `predict_proba` take each row from rest, as if no other had come, so that a row's
    answer does not depend on others, as scikit-learn wants. `predict_stream` takes rows
    as the windows of a recording, one after the other: that is what `emlrt.Stream` of
    the converted model and firmware answer.

    Decisions are computed by the C code of firmware, in float32, from the classifier's
    own answers and probabilities.

    Parameters
    ----------
    estimator : classifier
        With one output; or a Pipeline that ends in one. If it is fitted already, the
        Decision may be used without fit; `fit` fits a clone of it, unless a
        sklearn.frozen.FrozenEstimator is around it.
    then : Vote, Threshold, Debounce, or a list of them
        Each reads the shares that the one before writes. Parameters of those are named
        after their class: vote__n, threshold__on; or, of several Votes, vote1__n.

    Attributes
    ----------
    estimator_ : classifier
        As fitted.
    classes_ : ndarray
        The estimator's, and behind them a Threshold's `other`, if it is a new label.
    n_features_in_ : int
    """

    def __init__(self, estimator: Any, then: Any) -> None:
        self.estimator = estimator
        self.then = then

    # Parameters

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters, and with `deep` those of the estimator and the decisions."""
        found: dict[str, Any] = super().get_params(deep=False)
        if not deep:
            return found
        parts = [("estimator", self.estimator)]
        parts += self._named()
        for name, part in parts:
            found[name] = part
            if hasattr(part, "get_params") and not isinstance(part, type):
                own = part.get_params(deep=True)
                found |= {f"{name}__{key}": value for key, value in own.items()}
        return found

    def _named(self) -> list[tuple[str, Any]]:
        """Decisions with their names; none if there is something else."""
        try:
            decisions = listed(self.then)
        except ValueError:  # which fit says
            return []
        return list(zip(_names(decisions), decisions, strict=True))

    def set_params(self, **params: Any) -> Decision:
        """Sets parameters, also those of the estimator and of decisions.

        Raises
        ------
        ValueError
            If there is no such parameter.
        """
        if "then" in params:
            self.then = params.pop("then")
        named = self._named()
        wanted = {name: params.pop(name) for name, _ in named if name in params}
        if wanted:
            decisions = [wanted.get(name, one) for name, one in named]
            many = isinstance(self.then, list | tuple)
            self.then = type(self.then)(decisions) if many else decisions[0]
        super().set_params(**params)
        return self

    # Fitting

    def fit(self, X: Any, y: Any, **params: Any) -> Decision:
        """Fits a clone of the estimator; checks the parameters.

        Parameters
        ----------
        X : array-like (n, ...)
            What the estimator takes.
        y : array-like (n,)
        **params
            For the estimator's fit.

        Raises
        ------
        TypeError
            If the estimator is no classifier.
        ValueError
            If a parameter of a decision has no meaning for the classes, or looks at
            probabilities that the estimator has not.
        """
        listed(self.then)
        if not is_classifier(self.estimator):
            raise TypeError(
                f"a Decision is of a classifier, not of {self.estimator!r}; of numbers"
                " there is nothing to decide"
            )
        self.estimator_ = clone(self.estimator).fit(X, y, **params)
        self._check()
        return self

    def _check(self) -> tuple[list[Any], NDArray[Any]]:
        """The decisions, and the classes of the last one."""
        held, decisions = held_by(self), listed(self.then)
        classes = held.classes_
        if isinstance(classes, list):
            raise ValueError(
                f"a Decision is of one output; {type(held).__name__} has {len(classes)}"
            )
        first = decisions[0]
        if asks_for_shares(first) and not hasattr(held, "predict_proba"):
            raise ValueError(
                f"{type(first).__name__} looks at probabilities, and"
                f" {type(held).__name__} has none (predict_proba)"
            )
        return decisions, classes_after(decisions, np.asarray(classes))

    def __sklearn_is_fitted__(self) -> bool:
        if hasattr(self, "estimator_"):
            return True
        try:
            check_is_fitted(self.estimator)
        except (NotFittedError, TypeError):
            return False
        return True

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import get_tags

        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.estimator).input_tags
        return tags

    @property
    def classes_(self) -> NDArray[Any]:
        return self._check()[1]

    @property
    def n_features_in_(self) -> int:
        return int(held_by(self).n_features_in_)

    @property
    def feature_names_in_(self) -> NDArray[Any]:
        names: NDArray[Any] = held_by(self).feature_names_in_
        return names

    # Answers

    def _read(self, X: Any) -> tuple[Model, NDArray[np.float32]]:
        """The decisions as a program, and a number of each class for each row."""
        check_is_fitted(self)
        decisions, _ = self._check()
        held = held_by(self)
        classes = np.asarray(held.classes_)
        if asks_for_shares(decisions[0]):
            rows = np.asarray(held.predict_proba(X), np.float32)
        else:
            answers = np.asarray(held.predict(X))
            rows = (answers[:, None] == classes).astype(np.float32)
        return Model._of(program(decisions, classes), "Decision", None, None), rows

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """The last decision's shares, each row from rest.

        Parameters
        ----------
        X : array-like (n, ...)
            What the estimator takes.

        Returns
        -------
        float64 (n, n_classes)
        """
        model, rows = self._read(X)
        return np.asarray(model.scores(rows), np.float64)

    def predict_log_proba(self, X: Any) -> NDArray[np.float64]:
        """Natural logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def predict(self, X: Any) -> NDArray[Any]:
        """The last decision's answers, each row from rest: labels (n,)."""
        shares = self.predict_proba(X)
        found: NDArray[Any] = self.classes_[shares.argmax(axis=1)]
        return found

    def predict_proba_stream(self, X: Any, groups: Any = None) -> NDArray[np.float64]:
        """The last decision's shares, of rows as windows one after the other.

        Parameters
        ----------
        X : array-like (n, ...)
            Windows of a recording in their order, in the form that the estimator
            takes. Filters in front of a `Frame` start from rest in each window, unlike
            those of a stream.
        groups : array-like (n,), optional
            The recording that each is of: where it is another one than that of the
            window before, decisions start from rest.

        Returns
        -------
        float64 (n, n_classes)
        """
        model, rows = self._read(X)
        stream, parts = Stream(model), []
        for part in np.split(rows, _starts(groups, len(rows))):
            stream.reset()
            parts.append(stream.push_scores(part))
        return np.concatenate(parts).astype(np.float64)

    def predict_stream(self, X: Any, groups: Any = None) -> NDArray[Any]:
        """The last decision's answers, of rows as windows one after the other: labels
        (n,). X, groups: as in `predict_proba_stream`."""
        shares = self.predict_proba_stream(X, groups)
        found: NDArray[Any] = self.classes_[shares.argmax(axis=1)]
        return found


def _starts(groups: Any, n: int) -> NDArray[np.intp]:
    """The rows behind the first that are of another group than the one before."""
    if groups is None:
        return np.array([], np.intp)
    found = np.asarray(groups)
    if found.shape != (n,):
        raise ValueError(f"groups of shape {found.shape} given for {n} rows of X")
    if (found != found).any():
        raise ValueError("some of the groups are NaN, which is no group; name them all")
    return np.flatnonzero(found[1:] != found[:-1]) + 1
