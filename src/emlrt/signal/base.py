# SPDX-License-Identifier: MIT
"""What all blocks are: transformers of windows that compute by a program of C."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils._set_output import _wrap_data_with_container
from sklearn.utils.validation import check_is_fitted

from emlrt.channel_names import axes_of, is_out_of_order
from emlrt.signal import names as naming
from emlrt.signal.parameters import check_kinds, is_sequence
from emlrt.validation import check_columns, check_some, check_unmasked, whole

#: Most channels of a window.
MOST_CHANNELS = 65535
#: The program of each fitted block that has been asked for it, and the parameters that
#: it was made with. Not an attribute, for transform leaves a block as it is.
_PROGRAMS: WeakKeyDictionary[Any, tuple[bytes, Any]] = WeakKeyDictionary()


def as_samples(X: Any, name: str) -> NDArray[Any]:
    """X as an array.

    Raises
    ------
    ValueError
        If its rows are not of one length; says which.
    """
    try:
        return np.asarray(X)
    except ValueError:
        sizes = [np.shape(row) for row in X] if _regular(X) else []
    odd = [k for k, size in enumerate(sizes) if size != sizes[0]]
    if not odd:
        raise ValueError(f"{name} holds lists of different lengths") from None
    raise ValueError(
        f"{name} is ragged: row {odd[0]} has the shape {sizes[odd[0]]}, but row 0 has"
        f" {sizes[0]}; Frame.cut makes windows of one length"
    )


def _regular(X: Any) -> bool:
    """Whether each row of X by itself is an array."""
    try:
        for row in X:
            np.shape(row)
    except ValueError:
        return False
    return True


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
    found = as_samples(X, "X")
    if found.ndim not in (2, 3):
        raise ValueError(
            "expected windows of samples, (n, length) or (n, length, channels), got"
            f" {found.ndim} dimension(s). Reshape your data: X.reshape(1, -1) is a"
            " single window"
        )
    if found.dtype.kind == "O":
        found = found.astype(np.float64)
    if found.dtype.kind == "c":
        raise ValueError(
            "Complex data not supported: X holds complex numbers; samples are real, so"
            " give X.real and X.imag as two channels"
        )
    if found.dtype.kind not in "biuf":
        raise ValueError(f"X has dtype {found.dtype}; samples are integers or floats")
    check_some(found.shape)
    if 0 in found.shape:
        raise ValueError(
            f"X has windows without samples: 0 feature(s) (shape={found.shape}) while a"
            " minimum of 1 is required."
        )
    return found


def _check_finite(rows: NDArray[Any]) -> None:
    """Refuses windows with NaN or infinity."""
    if rows.dtype.kind != "f" or np.isfinite(rows).all():
        return
    at = tuple(np.argwhere(~np.isfinite(rows))[0].tolist())
    text = "NaN" if np.isnan(rows[at]) else "infinity"
    raise ValueError(
        f"X contains {text} (window {at[0]}, sample {at[1]}); fill it in, as"
        " sklearn.impute.SimpleImputer does, or leave the window out"
    )


def _picks_windows(key: Any) -> bool:
    """Whether an index picks along the first axis alone."""
    first, *rest = key if isinstance(key, tuple) else (key,)
    return not (first is None or first is Ellipsis) and all(
        each is Ellipsis or (isinstance(each, slice) and each == slice(None))
        for each in rest
    )


class Samples(np.ndarray[Any, Any]):
    """Samples (n, length, channels) that `Frame.cut` makes of frames, or where
    `set_output` asks for tables, which have no third dimension: an array that knows the
    names of its channels. So do windows chosen of it, and copies; whatever else is made
    of it does not, as its channels may stand in another order."""

    channel_names: list[str] | None = None

    def _like(self, made: Any) -> Any:
        """What was made of these samples, with their names if it has their windows."""
        if isinstance(made, Samples) and made.shape[1:] == self.shape[1:]:
            made.channel_names = self.channel_names
        return made

    def __getitem__(self, key: Any) -> Any:
        made = super().__getitem__(key)
        return self._like(made) if _picks_windows(key) else made

    def copy(self, order: Any = "C") -> Any:
        return self._like(super().copy(order))

    def astype(self, *args: Any, **kwargs: Any) -> Any:
        return self._like(super().astype(*args, **kwargs))

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()

    def __reduce__(self) -> Any:
        reduced: Any = super().__reduce__()
        make, args, state = reduced
        return make, args, (state, self.channel_names)

    def __setstate__(self, state: Any) -> None:
        held, self.channel_names = state
        super().__setstate__(held)


class Block(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[misc, call-arg]
    """A transformer of windows.

    A subclass has parameters, `_check`, which raises ValueError for those that have
    no meaning, and `_named`; a module of `emlrt.convert.signal` has its stages.
    `set_output` makes tables of what has two dimensions; samples (n, length, channels)
    stay arrays, for tables have no third one.

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

    #: Whether each number that it gives takes the place of one that it reads.
    one_to_one = False
    #: Of blocks that have this parameter: how many channels flat rows have, or their
    #: names.
    channels: Any = None

    def _check(self, length: int, channels: int) -> None:
        """Raises ValueError if a parameter has no meaning for windows of a shape."""

    def _check_samples(self, rows: NDArray[Any]) -> None:
        """Raises ValueError if windows hold numbers that the block does not read."""

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

    def _axes_out(self, axes: Sequence[str]) -> list[str]:
        """Names of the channels that a block gives whose `signal_out` is True."""
        return list(axes)

    def _named(self, axes: Sequence[str]) -> list[str]:
        """Names of what it gives of a window; axes: names of the channels."""
        return naming.samples(self._axes_out(axes), self._shape_out()[0])

    def _shape_out(self) -> tuple[int, int]:
        """(length, channels) of what a block gives whose `signal_out` is True."""
        shape: tuple[int, int] = self.shape_in_
        return shape

    def _channel_names(self) -> list[str] | None:
        """Names that the parameter `channels` has; None if it has none."""
        given = self.channels
        if given is None or isinstance(given, int | float | np.number):
            return None
        names = list(given) if is_sequence(given) else []
        if not names or not all(isinstance(name, str) and name for name in names):
            raise ValueError(f"channels is a number or a list of names, not {given!r}")
        if len(set(names)) < len(names):
            raise ValueError(f"channels has a name twice: {names!r}")
        return names

    def _shape_of(self, rows: NDArray[Any]) -> tuple[int, int]:
        """(length, channels) of windows."""
        names, n = self._channel_names(), None
        if names is not None:
            n = len(names)
        elif self.channels is not None:
            n = whole("channels", self.channels, 1)
        if rows.ndim == 3:
            if n not in (None, rows.shape[2]):
                raise ValueError(
                    f"X has {rows.shape[2]} channels, not channels={self.channels!r}"
                )
            return rows.shape[1], rows.shape[2]
        columns, n = rows.shape[1], n or 1
        if columns % n:
            raise ValueError(
                f"X has {columns} columns, which are no whole times of"
                f" channels={self.channels!r}"
            )
        return columns // n, n

    def fit(self, X: Any, y: Any = None) -> Any:
        """Learns the shape of windows; checks the parameters.

        Parameters
        ----------
        X : array-like (n, length) or (n, length, channels)
        y : ignored
        """
        rows = windows_of(X)
        self._check_samples(rows)
        _check_finite(rows)
        names = getattr(X, "columns", None)
        length, channels = self._shape_of(rows)
        self._check_table(X, channels)
        _PROGRAMS.pop(self, None)
        self.check_parameters(length, channels)
        self.shape_in_ = (length, channels)
        self.n_features_in_ = length * channels
        self._named_channels = getattr(X, "channel_names", None)
        self.__dict__.pop("feature_names_in_", None)
        if names is not None and all(isinstance(name, str) for name in names):
            self.feature_names_in_ = np.array(names, object)
        return self

    def _check_table(self, X: Any, channels: int) -> None:
        """Refuses columns whose names say that they are other samples than the block
        takes them for, and channels of other names than its own."""
        columns = list(getattr(X, "columns", ()))
        if not all(isinstance(name, str) for name in columns):
            return
        own, found = self._channel_names(), getattr(X, "channel_names", None)
        found = axes_of(columns, channels) if columns else found
        if own is not None and found is not None and found != own:
            raise ValueError(
                f"X has samples of the channels {found}, and channels={own}: order them"
                " so, or name them alike"
            )
        if columns and is_out_of_order(columns, channels):
            raise ValueError(
                "X's columns are not in the order of samples, time after time, all"
                f" channels of one time side by side: {columns[0]!r} stands in front of"
                f" {columns[1]!r}, ...; order the columns so"
            )

    def _check_columns(self, X: Any) -> None:
        """Refuses columns of other names, or in another order, than fit has seen."""
        given = getattr(X, "channel_names", None)
        if given is not None:
            check_columns(given, self._named_channels or ())
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
        self._check_samples(rows)
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
        y = self._model().transform(flat).astype(np.float32, copy=False)
        if self.signal_out and (rows.ndim == 3 or self.channels is not None):
            return self._samples(y)
        return _wrap_data_with_container("transform", y, X, self)  # type: ignore[no-any-return]

    def _samples(self, y: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, length, channels); with names where tables are asked for."""
        y = y.reshape(len(y), *self._shape_out())
        config = getattr(self, "_sklearn_output_config", {}).get("transform", "default")
        if config == "default":
            return y
        named = y.view(Samples)
        named.channel_names = self._axes_out(self._axes())
        return named

    def fit_transform(self, X: Any, y: Any = None) -> NDArray[np.float32]:
        """`fit(X, y).transform(X)`."""
        return self.fit(X, y).transform(X)  # type: ignore[no-any-return]

    def _model(self) -> Any:
        """The program that computes it."""
        held = _PROGRAMS.get(self)
        key = pickle.dumps(self.get_params(deep=False))
        if held is None or held[0] != key:
            held = key, self._converted()
            _PROGRAMS[self] = held
        return held[1]

    def _converted(self) -> Any:
        """The program, made anew."""
        from emlrt.model import Model

        return Model.from_sklearn(self)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]  # of any dtype it makes it
        return tags

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """Names of the features: the feature, the channel, the time; see
        docs/SIGNAL.md.

        Parameters
        ----------
        input_features : array-like of str (n_features,), optional
            Names of the samples that it reads, such as "ax_t0": they name the
            channels. By default those of the columns that fit has seen.

        Returns
        -------
        object ndarray (n_features_out,)
        """
        check_is_fitted(self, "shape_in_")
        seen = getattr(self, "feature_names_in_", None)
        given = self._given_names(input_features, seen)
        if given is not None and self.one_to_one and self._channel_names() is None:
            return np.array(given, object)
        return np.array(self._named(self._axes(given)), object)

    def _given_names(self, given: Any, seen: Any) -> list[str] | None:
        """Names of what it reads, of those that are given or that fit has seen."""
        if given is None:
            return None if seen is None else [str(name) for name in seen]
        names = [str(name) for name in given]
        if seen is not None and names != list(seen):
            raise ValueError("input_features is not equal to feature_names_in_")
        if len(names) != self.n_features_in_:
            raise ValueError(
                "input_features should have length equal to number of features"
                f" ({self.n_features_in_}), got {len(names)}"
            )
        return names

    def _axes(self, names: list[str] | None = None) -> list[str]:
        """Names of the channels that it reads."""
        channels = self.shape_in_[1]
        own = self._channel_names()
        if own is not None:
            return own
        found = None if names is None else axes_of(names, channels)
        return found or self._named_channels or naming.unnamed(channels)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "shape_in_")
