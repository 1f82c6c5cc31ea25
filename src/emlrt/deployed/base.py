# SPDX-License-Identifier: MIT
"""What DeployedClassifier and DeployedRegressor have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn import get_config
from sklearn.base import BaseEstimator, MetaEstimatorMixin, is_classifier
from sklearn.utils import assert_all_finite, check_array, get_tags
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    process_routing,
)
from sklearn.utils.validation import _num_samples, check_is_fitted, validate_data

from emlrt import conversion
from emlrt.conversion import DeployOptions
from emlrt.convert.ir.options import Options
from emlrt.deployed.limits import limit_of
from emlrt.deployed.search import within
from emlrt.deployed.training import Training
from emlrt.deployed.weighted_fit import takes_weights, weighted
from emlrt.errors import UnsupportedModelError
from emlrt.model import Model
from emlrt.option_signature import with_options


def _model_of(training: Training) -> Model:
    """The model of what was trained; says so where that saw too little to have one."""
    try:
        return training.model
    except UnsupportedModelError as error:
        few = ""
        if _num_samples(training.X) == 1:
            few = "X has 1 sample"
        elif is_classifier(training.estimator) and _classes(training.y) == 1:
            few = "y has one class"
        if not few:
            raise
        raise ValueError(f"{few}, of which there is no model: {error}") from error


def _classes(y: Any) -> int:
    return len(np.unique(np.asarray(y)))


class Deployed(MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc]
    """What both have: training and converting in fit, and the C code after it."""

    #: Whether an estimator is of the kind that this deploys, and the kind's name.
    _kind = (is_classifier, "classifier")

    @with_options(DeployOptions, lambda self, *args: f"{type(self).__name__}()")
    def __init__(
        self,
        estimator: Any,
        *,
        max_bytes: int | None = None,
        max_flash: int | None = None,
        board: str | None = None,
        validation_fraction: float | None = 0.2,
        **options: Unpack[DeployOptions],
    ) -> None:
        self.estimator = estimator
        self.max_bytes = max_bytes
        self.max_flash = max_flash
        self.board = board
        self.validation_fraction = validation_fraction
        for name in conversion.NAMES:
            setattr(self, name, options.get(name, getattr(Options, name)))

    @weighted
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: ArrayLike | None = None,
        **fit_params: Any,
    ) -> Self:
        """Trains a clone of the estimator, and converts it.

        Parameters
        ----------
        X : array-like (n_rows, n_features)
            As the estimator takes it. The conversion settles thresholds by these rows.
        y : array-like (n_rows,), or (n_rows, n_outputs)
        sample_weight : array-like (n_rows,), optional
        **fit_params
            For the estimator's fit, or what metadata routing has for it.

        Raises
        ------
        ValueError
            If an option is wrong, or no model is within the budget: it says how many
            bytes the smallest takes. If integers are asked for and X has NaN or
            infinities; if what one row or one class led to has no faithful form.
        UnsupportedModelError
            If the estimator has no faithful form.
        TypeError
            If the estimator is of another kind, or X is sparse.
        """
        self._check_kind()
        options = {name: getattr(self, name) for name in conversion.NAMES}
        conversion.check_options(options)
        limit = limit_of(
            self.max_bytes, self.max_flash, self.board, self.validation_fraction
        )
        self._check_rows(X)
        params = self._fit_params(sample_weight, fit_params)
        training = Training(self.estimator, X, y, params, options, X)
        estimator, model, budget = training.fitted, _model_of(training), None
        if limit is not None:
            estimator, model, budget = within(training, limit, self.validation_fraction)
        self.estimator_, self.model_, self.budget_ = estimator, model, budget
        self.n_features_in_ = model.n_features_in_
        self._keep_names(X)
        return self

    def _keep_names(self, X: Any) -> None:
        """Sets the names of X's columns, where the estimator has kept any: LightGBM's
        own are without spaces, and an array's are made up."""
        self.__dict__.pop("feature_names_in_", None)
        names = list(getattr(X, "columns", ()))
        known = getattr(self.estimator_, "feature_names_in_", None) is not None
        if known and names and all(isinstance(name, str) for name in names):
            self.feature_names_in_ = np.array(names, object)

    def _check_kind(self) -> None:
        check, name = self._kind
        if isinstance(self.estimator, type) or not check(self.estimator):
            given = self.estimator
            given = given.__name__ if isinstance(given, type) else type(given).__name__
            raise TypeError(f"{type(self).__name__} takes a {name}, not {given}")

    def _check_rows(self, X: Any) -> None:
        """Refuses, before training, what no model of the options could be asked."""
        if hasattr(X, "toarray"):
            raise TypeError("X is a sparse matrix; pass X.toarray()")
        numbers = None if self.dtype == "float32" else conversion.numbers_of(X)
        if numbers is not None:
            assert_all_finite(numbers, input_name="X")

    def _fit_params(self, weight: Any, given: dict[str, Any]) -> dict[str, Any]:
        """What the estimator's fit is given beside X and y."""
        params = dict(given)
        if weight is not None:
            params["sample_weight"] = weight
        if get_config()["enable_metadata_routing"]:
            routed = process_routing(self, "fit", **params)
            return dict(routed.estimator.fit)
        if weight is not None and not takes_weights(self.estimator):
            name = type(self.estimator).__name__
            raise ValueError(f"fit of {name} takes no sample_weight; leave it out")
        return params

    def get_metadata_routing(self) -> Any:
        """How metadata go on to the estimator's fit."""
        mapping = MethodMapping().add(caller="fit", callee="fit")
        return MetadataRouter(owner=self).add(
            estimator=self.estimator, method_mapping=mapping
        )

    def _rows(self, X: Any) -> Any:
        """X, if it has the features that fit has seen."""
        check_is_fitted(self)
        if not hasattr(X, "columns"):
            X = check_array(X, dtype=None, ensure_all_finite=False, allow_nd=True)
        self._check_rows(X)
        if X.ndim == 2:
            validate_data(self, X, reset=False, skip_check_array=True)
        return X

    def predict(self, X: Any) -> NDArray[Any]:
        """What the C code says of each row: labels, or values (float64).

        Parameters
        ----------
        X : array-like (n_rows, n_features)

        Returns
        -------
        ndarray (n_rows,), or (n_rows, n_outputs)
        """
        rows = self._rows(X)
        found: NDArray[Any] = self.model_.predict(rows)
        return found

    def _check_fitted(self, name: str) -> None:
        """Has an attribute be missing, and not be an error, before fit."""
        if not hasattr(self, "model_"):
            raise AttributeError(f"{type(self).__name__} has no {name} before fit")

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __sklearn_tags__(self) -> Any:
        tags, inner = super().__sklearn_tags__(), get_tags(self.estimator)
        gaps = inner.input_tags.allow_nan and self.dtype == "float32"
        tags.input_tags = replace(inner.input_tags, sparse=False, allow_nan=gaps)
        tags.target_tags = inner.target_tags
        tags.non_deterministic = inner.non_deterministic
        tags.no_validation = inner.no_validation
        return tags
