# SPDX-License-Identifier: MIT
"""DeployedClassifier and DeployedRegressor, which answer by the C code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray
from sklearn.base import ClassifierMixin, RegressorMixin, is_classifier, is_regressor
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if

from emlrt.deployed.base import Deployed


def _has(method: str) -> Callable[[Any], bool]:
    """Whether there is a method: of the Model, or before fit of the estimator."""

    def check(deployed: Any) -> bool:
        getattr(getattr(deployed, "model_", deployed.estimator), method)
        return True

    return check


class DeployedClassifier(ClassifierMixin, Deployed):  # type: ignore[misc]
    """A classifier that answers as it will on the device.

    `fit` trains a clone of the estimator and converts it; `predict` and the like run
    the C code that firmware links. So a search by scikit-learn's tools compares
    accuracy as deployed, and `emlrt.metrics.make_scorer` adds bytes and instructions.

    Parameters
    ----------
    estimator : classifier
        Anything that converts, a pipeline too.
    dtype, voting, leaf_bits, encoding, optimize, sums, rows, offset
        As `Model.from_sklearn` takes them.
    inputs : InputScaling, or "auto", optional
        As `Model.from_sklearn` takes it. "auto": with dtype="int16", the rule that
        `emlrt.to_int16` finds in the training rows, if these are no such integers.
    max_bytes : int, optional
        Most bytes of the blob. A model that takes more is made smaller: by pruning,
        fewer trees, bits of leaves, training rows or hidden units, as docs/SEARCH.md
        says; `budget_` has what was done.
    max_flash : int, optional
        Most bytes of the blob and the code that runs it, on `board`.
    board : str, optional
        A key of `emlrt.boards.BOARDS`, for max_flash.
    validation_fraction : float or None
        Share of the rows by which smaller models are compared: a twin that is trained
        without them answers for each. None: the training rows compare, which favours
        models that know them by heart.

    Attributes
    ----------
    model_ : emlrt.Model
    estimator_ : the fitted estimator that model_ was converted from
    budget_ : emlrt.deployed.Budget, or None without a budget
    classes_ : ndarray (n_classes,), or a list of them, one an output
    n_features_in_ : int
    feature_names_in_ : ndarray of str, where fit has seen names
    """

    _kind = (is_classifier, "classifier")

    def __sklearn_tags__(self) -> Any:
        tags, inner = super().__sklearn_tags__(), get_tags(self.estimator)
        tags.classifier_tags = inner.classifier_tags or tags.classifier_tags
        return tags

    @property
    def classes_(self) -> Any:
        self._check_fitted("classes_")
        return self.model_.classes_

    @available_if(_has("predict_proba"))  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> Any:
        """Class probabilities of each row, as emlrt_proba gives them.

        Returns
        -------
        float64 ndarray (n_rows, n_classes), or a list of them, one an output
        """
        rows = self._rows(X)
        return self.model_.predict_proba(rows)

    @available_if(_has("predict_log_proba"))  # type: ignore[untyped-decorator]
    def predict_log_proba(self, X: Any) -> Any:
        """Natural logarithm of `predict_proba`, of the same shape."""
        rows = self._rows(X)
        return self.model_.predict_log_proba(rows)

    @available_if(_has("decision_function"))  # type: ignore[untyped-decorator]
    def decision_function(self, X: Any) -> NDArray[Any]:
        """Margins: float64 (n_rows,) for two classes, else (n_rows, n_classes)."""
        rows = self._rows(X)
        found: NDArray[Any] = self.model_.decision_function(rows)
        return found


class DeployedRegressor(RegressorMixin, Deployed):  # type: ignore[misc]
    """A regressor that answers as it will on the device; as `DeployedClassifier`.

    Parameters
    ----------
    estimator : regressor
    dtype, voting, leaf_bits, encoding, optimize, sums, rows, offset, inputs
        As `DeployedClassifier` takes them, and the others, too.

    Attributes
    ----------
    model_, estimator_, budget_, n_features_in_, feature_names_in_
        As of `DeployedClassifier`.
    """

    _kind = (is_regressor, "regressor")

    def __sklearn_tags__(self) -> Any:
        tags, inner = super().__sklearn_tags__(), get_tags(self.estimator)
        tags.regressor_tags = inner.regressor_tags or tags.regressor_tags
        return tags
