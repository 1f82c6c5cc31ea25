# SPDX-License-Identifier: MIT
"""AgreementDisplay: answers of a model over those of its original."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt.plotting import axes
from emlrt.verdict.agreement import Agreement, agreement, confusion_of, differing
from emlrt.verdict.answers import aligned, labelled
from emlrt.verdict.numbers import percent

if TYPE_CHECKING:
    from emlrt.model import Model


class AgreementDisplay:
    """Answers of a model over those of its original: of labels how often each became
    which, of values points, with the line of equal ones.

    Make one with `from_estimator` or `from_predictions`.

    Parameters
    ----------
    predicted, original : ndarray (n_rows,)
        Of one output.
    share : float
        Of the rows that are answered alike.
    labels : bool
        Whether the answers are labels.
    what : str
        What the rows are: "rows", or "windows" of recordings.

    Attributes
    ----------
    ax_, figure_ : matplotlib's Axes and Figure
    confusion_ : ndarray (n, n) of labels, rows by the original's; None of values
    im_ : AxesImage of labels, or None
    text_ : list of Text, the counts of labels, or None
    points_ : PathCollection of values, or None
    """

    def __init__(
        self,
        *,
        predicted: NDArray[Any],
        original: NDArray[Any],
        share: float,
        labels: bool,
        what: str = "rows",
    ) -> None:
        self.predicted = predicted
        self.original = original
        self.share = share
        self.labels = labels
        self.what = what

    @classmethod
    def from_estimator(
        cls, model: Model, X: Any, original: Any, *, output: int = 0, ax: Any = None
    ) -> AgreementDisplay:
        """Lets both answer rows, and draws.

        Parameters
        ----------
        model : emlrt.Model
        X : array-like (n_rows, n_features), or a frame
            Or recordings, as of `emlrt.Model.report`.
        original : estimator, or array-like
            As of `emlrt.Model.report`.
        output : int
            Of several outputs, the one to draw.
        ax : matplotlib's Axes, optional

        Raises
        ------
        ValueError
            As of `emlrt.Model.report`; or if there is no such output.
        """
        found = agreement(model, X, None, original)
        return cls._of(found, labelled(model), output).plot(ax=ax)

    @classmethod
    def from_predictions(
        cls, original: ArrayLike, predicted: ArrayLike, *, ax: Any = None
    ) -> AgreementDisplay:
        """The same of answers (n_rows,) that are there: labels if they are texts,
        booleans or integers, else values."""
        found = np.asarray(predicted)
        wanted = aligned(original, found, "original", "predicted")
        labels = found.dtype.kind != "f"
        same = Agreement(
            len(found), found, original=wanted, **differing(found, wanted, labels)
        )
        return cls._of(same, labels, 0).plot(ax=ax)

    @classmethod
    def _of(cls, found: Agreement, labels: bool, output: int) -> AgreementDisplay:
        if found.original is None or found.share is None:
            raise ValueError("the original's answers are wanted; give original")
        n = found.n_rows
        columns = found.predicted.reshape(n, -1), found.original.reshape(n, -1)
        if not 0 <= output < columns[0].shape[1]:
            raise ValueError(
                f"there is no output {output}; there are {columns[0].shape[1]}"
            )
        predicted, original = (column[:, output] for column in columns)
        return cls(
            predicted=predicted,
            original=original,
            share=found.share,
            labels=labels,
            what=found.what,
        )

    def plot(self, ax: Any = None, **more: Any) -> AgreementDisplay:
        """Draws.

        Parameters
        ----------
        ax : matplotlib's Axes, optional
            A new figure's by default.
        **more
            For matplotlib's `imshow` of labels, or `scatter` of values.
        """
        self.ax_ = axes(type(self).__name__, ax)
        self.figure_ = self.ax_.figure
        self.confusion_: Any = None
        self.im_: Any = None
        self.text_: Any = None
        self.points_: Any = None
        if self.labels:
            self._plot_labels(more)
        else:
            self._plot_values(more)
        self.ax_.set_title(f"{percent(self.share, 2)} of the {self.what} alike")
        return self

    def _plot_labels(self, more: dict[str, Any]) -> None:
        self.confusion_, labels = confusion_of(self.original, self.predicted)
        rows = self.confusion_.sum(axis=1, keepdims=True)
        shares = self.confusion_ / np.maximum(rows, 1)
        style = {"cmap": "Blues", "vmin": 0, "vmax": 1, **more}
        self.im_ = self.ax_.imshow(shares, **style)
        self.text_ = list(self._counts(shares))
        names = [str(label) for label in labels.tolist()]
        ticks = np.arange(len(names))
        self.ax_.set_xticks(ticks, names, rotation=45 if len(names) > 6 else 0)
        self.ax_.set_yticks(ticks, names)
        self.ax_.set_xlabel("model's label")
        self.ax_.set_ylabel("original's label")

    def _counts(self, shares: NDArray[Any]) -> Iterator[Any]:
        for i, j in np.argwhere(self.confusion_).tolist():
            style = {"ha": "center", "va": "center"}
            colour = "white" if shares[i, j] > 0.5 else "black"
            yield self.ax_.text(j, i, self.confusion_[i, j], color=colour, **style)

    def _plot_values(self, more: dict[str, Any]) -> None:
        style = {"s": 8, "alpha": 0.6, **more}
        x, y = self.original.astype(float), self.predicted.astype(float)
        self.points_ = self.ax_.scatter(x, y, **style)
        middle = float(np.mean(x[np.isfinite(x)])) if np.isfinite(x).any() else 0.0
        self.ax_.axline((middle, middle), slope=1, color="0.5", lw=1)
        self.ax_.set_xlabel("original's value")
        self.ax_.set_ylabel("model's value")
