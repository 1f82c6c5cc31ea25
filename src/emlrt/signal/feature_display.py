# SPDX-License-Identifier: MIT
"""FeatureDisplay: features of windows over time, with names and classes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt.plotting import axes, pyplot
from emlrt.signal.base import Block
from emlrt.signal.framing import Frame

#: Features that are drawn as lines, with a legend; more are a picture of rows.
_LINES = 8


class FeatureDisplay:
    """Features of windows over time, with their names and the classes of windows.

    Make one with `from_estimator` or `from_samples`. Up to 8 features are lines; more
    are rows of a picture, each less its mean and over its standard deviation.

    Parameters
    ----------
    values : ndarray (n_windows, n_features)
    times : ndarray (n_windows,)
        The middle of each window, in seconds.
    names : sequence of str (n_features,)
    classes : ndarray (n_windows,), optional
        What the model says of each window.
    hop : float
        Seconds from a window to the next.

    Attributes
    ----------
    ax_, figure_ : matplotlib's Axes and Figure
    lines_ : list of Line2D, or None of a picture
    mesh_ : QuadMesh, or None of lines
    spans_ : list of (class, first second, last second), drawn above the axes
    """

    def __init__(
        self,
        *,
        values: NDArray[Any],
        times: NDArray[Any],
        names: Sequence[str],
        classes: NDArray[Any] | None = None,
        hop: float = 1.0,
    ) -> None:
        self.values = values
        self.times = times
        self.names = list(names)
        self.classes = classes
        self.hop = hop

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        samples: ArrayLike,
        *,
        sr: float = 1.0,
        features: Sequence[str] | None = None,
        ax: Any = None,
    ) -> FeatureDisplay:
        """Streams a recording through the blocks of a pipeline, and draws.

        Parameters
        ----------
        estimator : a fitted pipeline
            Blocks of `emlrt.signal`, then whatever scikit-learn has. Features are what
            the blocks give, as a device has them, before scalers; classes are what the
            rest predicts of them, if it ends in a model.
        samples : array-like (n,) or (n, channels)
        sr : samples a second; 1 by default, so that times are in samples
        features : names of those to draw; all by default
        ax : matplotlib's Axes, optional

        Raises
        ------
        ValueError
            If no step is a block, a name is unknown, or there is no whole window.
        """
        from emlrt.model import Model
        from emlrt.stream import Stream

        front, rest = _split(estimator)
        names = [str(name) for name in front.get_feature_names_out()]
        model = Model.from_sklearn(front)
        scores = Stream(model).push_scores(samples)
        if not len(scores):
            raise ValueError(
                f"{len(np.asarray(samples))} samples are less than a window"
            )
        values = model.answer_of("transform", scores).reshape(len(scores), -1)
        classes = _predicted(rest, values)
        window = model.window
        hop = window.hop_times / sr
        middle = (window.times - 1) / 2 / sr
        times = middle + hop * np.arange(len(values))
        chosen = _chosen(names, features)
        display = cls(
            values=values[:, chosen],
            times=times,
            names=[names[k] for k in chosen],
            classes=classes,
            hop=hop,
        )
        return display.plot(ax=ax)

    @classmethod
    def from_samples(
        cls,
        samples: ArrayLike,
        block: Any,
        *,
        length: int,
        hop: int | None = None,
        sr: float = 1.0,
        features: Sequence[str] | None = None,
        ax: Any = None,
    ) -> FeatureDisplay:
        """The same of an unfitted block, or a pipeline of blocks: windows of `length`
        samples, every `hop` of them."""
        from sklearn.base import clone
        from sklearn.pipeline import make_pipeline

        frame = Frame(length, hop)
        pipeline = make_pipeline(frame, clone(block)).fit(frame.cut([samples]))
        return cls.from_estimator(pipeline, samples, sr=sr, features=features, ax=ax)

    def plot(self, ax: Any = None, **more: Any) -> FeatureDisplay:
        """Draws.

        Parameters
        ----------
        ax : matplotlib's Axes, optional
            A new figure's by default.
        **more
            For matplotlib's `plot` of lines, or `pcolormesh` of a picture.
        """
        plt = pyplot(type(self).__name__)
        self.ax_ = axes(type(self).__name__, ax)
        self.figure_ = self.ax_.figure
        self.lines_: Any = None
        self.mesh_: Any = None
        if len(self.names) <= _LINES:
            self._plot_lines(more)
        else:
            self._plot_rows(more)
        self.ax_.set_xlabel("time [s]")
        self.spans_ = self._spans()
        self._plot_spans(plt)
        return self

    def _plot_lines(self, more: dict[str, Any]) -> None:
        lines = self.ax_.plot(self.times, self.values, **more)
        for line, name in zip(lines, self.names, strict=True):
            line.set_label(name)
        self.lines_ = lines
        self.ax_.add_artist(self.ax_.legend(loc="upper left"))

    def _plot_rows(self, more: dict[str, Any]) -> None:
        deviation = self.values.std(axis=0)
        centred = self.values - self.values.mean(axis=0)
        scaled = centred / np.where(deviation > 0, deviation, 1)
        rows = np.arange(len(self.names))
        more = {"shading": "nearest", **more}
        self.mesh_ = self.ax_.pcolormesh(self.times, rows, scaled.T, **more)
        step = -(-len(rows) // 20)
        self.ax_.set_yticks(rows[::step], self.names[::step], fontsize="small")
        self.figure_.colorbar(self.mesh_, ax=self.ax_, label="standard deviations")

    def _spans(self) -> list[tuple[Any, float, float]]:
        """Neighbouring windows of one class, and when they are."""
        if self.classes is None:
            return []
        changes = np.flatnonzero(self.classes[1:] != self.classes[:-1]) + 1
        firsts = [0, *changes.tolist()]
        lasts = [*(changes - 1).tolist(), len(self.classes) - 1]
        half = self.hop / 2
        return [
            (self.classes[a], float(self.times[a] - half), float(self.times[b] + half))
            for a, b in zip(firsts, lasts, strict=True)
        ]

    def _plot_spans(self, plt: Any) -> None:
        """A strip above the axes, of one colour a class."""
        if not self.spans_:
            return
        colours = plt.get_cmap("tab10")
        names = sorted({name for name, _, _ in self.spans_})
        known = {name: colours(k % 10) for k, name in enumerate(names)}
        drawn = {}
        for name, first, last in self.spans_:
            style = {"color": known[name], "clip_on": False, "linewidth": 0}
            drawn[name] = self.ax_.axvspan(first, last, 1.01, 1.05, **style)
        labels = [str(name) for name in drawn]
        place = {"loc": "lower left", "bbox_to_anchor": (0, 1.05), "ncol": len(labels)}
        self.ax_.legend(list(drawn.values()), labels, frameon=False, **place)


def _parts(estimator: Any) -> Iterator[Any]:
    """The estimators that another one is made of, all the way down."""
    inside = [each for _, each, *_ in getattr(estimator, "steps", [])]
    inside += [each for _, each in getattr(estimator, "transformer_list", [])]
    fitted = getattr(estimator, "transformers_", None)
    listed = getattr(estimator, "transformers", []) if fitted is None else fitted
    inside += [each for _, each, *_ in listed]
    if not inside:
        yield estimator
    for each in inside:
        yield from _parts(each)


def _split(estimator: Any) -> tuple[Any, list[Any]]:
    """The steps in front that are of blocks, as a pipeline, and the others."""
    from sklearn.pipeline import make_pipeline

    steps = [each for _, each in getattr(estimator, "steps", [("", estimator)])]
    of = [any(isinstance(part, Block) for part in _parts(each)) for each in steps]
    count = of.index(False) if False in of else len(of)
    if not count:
        raise ValueError(
            f"{type(estimator).__name__} begins with no block of emlrt.signal; give a"
            " fitted pipeline that does"
        )
    return make_pipeline(*steps[:count]), steps[count:]


def _predicted(rest: list[Any], values: NDArray[Any]) -> NDArray[Any] | None:
    """What the steps behind the blocks say of features."""
    if not rest or not hasattr(rest[-1], "predict"):
        return None
    for step in rest[:-1]:
        if step is not None and step != "passthrough":
            values = step.transform(values)
    return np.asarray(rest[-1].predict(values))


def _chosen(names: list[str], features: Sequence[str] | None) -> list[int]:
    """Where features are; all of them without names."""
    if features is None:
        return list(range(len(names)))
    wrong = [name for name in features if name not in names]
    if wrong:
        raise ValueError(
            f"no feature {wrong[0]!r}; there are {', '.join(names[:8])} ..."
        )
    return [names.index(name) for name in features]
