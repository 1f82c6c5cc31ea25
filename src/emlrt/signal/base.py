# SPDX-License-Identifier: MIT
"""What all blocks are: transformers of windows that compute by a program of C."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from emlrt.signal.parameters import check_kinds
from emlrt.validation import check_some, check_unmasked

#: Where a fitted block keeps its program.
_HELD = "_emlrt_model"
#: Most channels of a window.
MOST_CHANNELS = 65535


def windows_of(X: Any) -> NDArray[Any]:
    """X as (n, length) or (n, length, channels) of numbers.

    Raises
    ------
    ValueError
        If it has other dimensions, no rows, or anything but real numbers; if it is
        sparse, or some of it is masked.
    """
    if hasattr(X, "toarray"):
        raise ValueError("X is a sparse matrix; pass X.toarray()")
    check_unmasked(X)
    found = np.asarray(X)
    if found.ndim not in (2, 3):
        raise ValueError(
            "expected windows of samples, (n, length) or (n, length, channels), got"
            f" {found.ndim} dimension(s); use X.reshape(1, -1) for a single window"
        )
    if found.dtype.kind == "O":
        found = found.astype(np.float64)
    if found.dtype.kind not in "biuf":
        raise ValueError(f"X has dtype {found.dtype}; samples are integers or floats")
    check_some(found.shape)
    if 0 in found.shape:
        raise ValueError(f"X has windows without samples (shape={found.shape})")
    return found


class Block(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A transformer of windows.

    A subclass has parameters, `_check`, which raises ValueError for those that have
    no meaning, and `_names`; a module of `emlrt.convert.signal` has its stages.

    Attributes
    ----------
    shape_in_ : (length, channels) of a window
    n_features_in_ : int
        length * channels
    """

    #: Whether what it gives is samples again, (length, channels), not features.
    signal_out = False
    #: Whether it may stand in front of a Frame, where each sample comes once.
    in_stream = False
    #: Whether it may stand between spectra and a Frame, where each frame comes once.
    in_frames = False

    def front_fault(self) -> str:
        """Why it cannot stand in front of a Frame, as it is set; empty if it can, or
        if it never can."""
        return ""

    def _check(self, length: int, channels: int) -> None:
        """Raises ValueError if a parameter has no meaning for windows of a shape."""

    def check_parameters(self, length: int, channels: int) -> None:
        """Checks the parameters for windows of a shape.

        Raises
        ------
        ValueError
            If one has no meaning; says its name.
        """
        check_kinds(self)
        if channels > MOST_CHANNELS:
            raise ValueError(
                f"X has windows of {channels} channels; at most {MOST_CHANNELS} are"
                " supported: (n, length, channels) are its dimensions"
            )
        self._check(length, channels)

    def _names(self) -> list[str]:
        """Names of what it gives of a window."""
        raise NotImplementedError

    def _shape_out(self) -> tuple[int, int]:
        """(length, channels) of what a block gives whose `signal_out` is True."""
        shape: tuple[int, int] = self.shape_in_
        return shape

    def fit(self, X: Any, y: Any = None) -> Any:
        """Learns the shape of windows; checks the parameters.

        Parameters
        ----------
        X : array-like (n, length) or (n, length, channels)
        y : ignored
        """
        rows = windows_of(X)
        names = getattr(X, "columns", None)
        length, channels = rows.shape[1], rows.shape[2] if rows.ndim == 3 else 1
        self.__dict__.pop(_HELD, None)
        self.check_parameters(length, channels)
        self.shape_in_ = (length, channels)
        self.n_features_in_ = length * channels
        self.__dict__.pop("feature_names_in_", None)
        if names is not None and all(isinstance(name, str) for name in names):
            self.feature_names_in_ = np.array(names, object)
        return self

    def _check_columns(self, X: Any) -> None:
        """Refuses columns of other names, or in another order, than fit has seen."""
        seen = getattr(self, "feature_names_in_", None)
        names = getattr(X, "columns", None)
        if seen is None or names is None or len(names) != len(seen):
            return
        if not all(isinstance(name, str) for name in names):
            return
        for at, (name, expected) in enumerate(zip(names, seen, strict=True)):
            if name != expected:
                raise ValueError(
                    f"column {at} of X is {name!r}, but {type(self).__name__} was"
                    f" fitted with {expected!r} there; order the columns as in fit"
                )

    def transform(self, X: Any) -> NDArray[np.float32]:
        """What the block makes of each window, computed by the C runtime.

        Parameters
        ----------
        X : array-like (n, length), (n, length, channels) or (n, length * channels),
            of the fitted shape

        Returns
        -------
        float32 (n, n_features); of a block that gives samples, with the dimensions
        of X
        """
        check_is_fitted(self, "shape_in_")
        rows = windows_of(X)
        self._check_columns(X)
        flat = rows.reshape(len(rows), -1)
        if rows.ndim == 3 and rows.shape[1:] != self.shape_in_:
            raise ValueError(
                f"X has windows of {rows.shape[1:]}, but {type(self).__name__} was"
                f" fitted on {self.shape_in_} (length, channels)"
            )
        if flat.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {flat.shape[1]} features, but {type(self).__name__} is"
                f" expecting {self.n_features_in_} features as input"
            )
        self._check_container(rows.ndim)
        y = self._model().transform(flat).astype(np.float32, copy=False)
        if self.signal_out and rows.ndim == 3:
            return y.reshape(len(rows), *self._shape_out())  # type: ignore[no-any-return]
        return y  # type: ignore[no-any-return]

    def _check_container(self, dimensions: int) -> None:
        """Refuses to give samples (n, length, channels) as a frame of columns."""
        config = getattr(self, "_sklearn_output_config", {}).get("transform", "default")
        if self.signal_out and dimensions == 3 and config != "default":
            raise ValueError(
                f"{type(self).__name__} gives samples (n, length, channels), which"
                f" {config} has no form for: call set_output on the blocks that give"
                " features and on what follows them, not on the whole pipeline"
            )

    def _model(self) -> Any:
        """The program that computes it."""
        held = self.__dict__.get(_HELD)
        key = pickle.dumps(self.get_params(deep=False))
        if held is None or held[0] != key:
            held = key, self._converted()
            self.__dict__[_HELD] = held
        return held[1]

    def _converted(self) -> Any:
        """The program, made anew."""
        from emlrt.model import Model

        return Model.from_sklearn(self)

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        state.pop(_HELD, None)
        return state

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """Names of the features: object ndarray. input_features: ignored."""
        check_is_fitted(self, "shape_in_")
        return np.array(self._names(), object)

    def _sample_names(self) -> list[str]:
        """Names of samples: the time, and the channel where there are several."""
        length, channels = self._shape_out()
        stem = type(self).__name__.lower()
        if channels == 1:
            return [f"{stem}{t}" for t in range(length)]
        return [f"{stem}{t}_{c}" for t in range(length) for c in range(channels)]

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "shape_in_")
