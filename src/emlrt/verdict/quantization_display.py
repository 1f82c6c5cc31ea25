# SPDX-License-Identifier: MIT
"""QuantizationDisplay: what fewer bits cost of the scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt.plotting import axes
from emlrt.verdict.answers import number_methods, numbers_of

if TYPE_CHECKING:
    from emlrt.model import Model


class QuantizationDisplay:
    """How far the scores of models are from their original's, as histograms over the
    rows: one a dtype or a number of bits.

    Make one with `from_estimator` or `from_predictions`.

    Parameters
    ----------
    errors : dict of str to ndarray (n_rows,)
        Of each model, by its name, the largest absolute difference of a row's scores.
    method : str
        What the scores are: a method of the original, or "scores".

    Attributes
    ----------
    ax_, figure_ : matplotlib's Axes and Figure
    bars_ : dict of str to list of patches, by the models' names
    edges_ : ndarray
        Of the histograms' bins.
    """

    def __init__(
        self, *, errors: dict[str, NDArray[np.float64]], method: str = "scores"
    ) -> None:
        self.errors = errors
        self.method = method

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        models: Mapping[str, Model] | Model,
        *,
        ax: Any = None,
    ) -> QuantizationDisplay:
        """Lets the original and models of it answer rows, and draws.

        Parameters
        ----------
        estimator : the original, fitted
        X : array-like (n_rows, n_features), or a frame
        models : emlrt.Model, or mapping of str to emlrt.Model
            Converted from the estimator with other options, by names that the legend
            has: {"leaf_bits=8": emlrt.convert(forest, leaf_bits=8)}.
        ax : matplotlib's Axes, optional

        Raises
        ------
        ValueError
            If there is no model, or a model and the original have no method of numbers
            in common, or numbers of other shapes.
        """
        named = models if isinstance(models, Mapping) else {"model": models}
        scores, methods = {}, {}
        for name, model in named.items():
            known = tuple(m for m in number_methods(model) if hasattr(estimator, m))
            if not known:
                raise ValueError(
                    f"{name} and {type(estimator).__name__} have no method of numbers"
                    " in common"
                )
            methods[name], scores[name] = numbers_of(model, known, X)
        if len(set(methods.values())) > 1:
            raise ValueError(f"the models have other methods of numbers: {methods}")
        if not methods:
            raise ValueError("no model is given")
        method, wanted = numbers_of(estimator, tuple(methods.values())[:1], X)
        return cls._of(wanted, scores, method).plot(ax=ax)

    @classmethod
    def from_predictions(
        cls,
        original: ArrayLike,
        scores: Mapping[str, ArrayLike] | ArrayLike,
        *,
        ax: Any = None,
    ) -> QuantizationDisplay:
        """The same of scores (n_rows,) or (n_rows, n) that are there, by names."""
        named = scores if isinstance(scores, Mapping) else {"model": scores}
        wanted = np.asarray(original, np.float64)
        found = {k: np.asarray(v, np.float64) for k, v in named.items()}
        return cls._of(wanted, found, "scores").plot(ax=ax)

    @classmethod
    def _of(
        cls, wanted: NDArray[Any], scores: dict[str, NDArray[Any]], method: str
    ) -> QuantizationDisplay:
        errors = {}
        for name, found in scores.items():
            if found.shape != wanted.shape:
                raise ValueError(
                    f"{name} has scores of the shape {found.shape}, and the original of"
                    f" {wanted.shape}"
                )
            apart = np.abs(found - wanted).reshape(len(wanted), -1)
            errors[name] = apart.max(axis=1)
        return cls(errors=errors, method=method)

    def plot(self, ax: Any = None, **more: Any) -> QuantizationDisplay:
        """Draws.

        Parameters
        ----------
        ax : matplotlib's Axes, optional
            A new figure's by default.
        **more
            For matplotlib's `hist`; bins: their number, 30 by default.
        """
        self.ax_ = axes(type(self).__name__, ax)
        self.figure_ = self.ax_.figure
        self.edges_ = self._edges(int(more.pop("bins", 30)))
        style = {"histtype": "stepfilled", "alpha": 0.5, **more}
        least = self.edges_[0]
        self.bars_ = {}
        for name, errors in self.errors.items():
            largest = f"{name}: at most {errors.max(initial=0.0):.3g}"
            shown = np.maximum(errors, least)
            found = self.ax_.hist(shown, self.edges_, label=largest, **style)
            self.bars_[name] = found[2]
        self.ax_.set_xscale("log")
        self.ax_.set_xlabel(f"largest difference of a row's {self.method}")
        self.ax_.set_ylabel("rows")
        self.ax_.legend(fontsize="small")
        return self

    def _edges(self, bins: int) -> NDArray[np.float64]:
        """Edges of bins that grow by a factor; what is less than the first, as 0 is,
        counts to it."""
        every = np.concatenate([*self.errors.values(), np.zeros(1)])
        some = every[(every > 0) & np.isfinite(every)]
        low = float(some.min()) if some.size else 1e-9
        high = float(some.max()) if some.size else 1e-8
        low = max(low, high * 1e-12)
        found: NDArray[np.float64] = np.geomspace(low / 1.1, high * 1.1, bins + 1)
        return found
