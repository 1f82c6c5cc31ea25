# SPDX-License-Identifier: MIT
"""Tapers that windows are multiplied by."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.signal.base import Block


def taper(window: Any, length: int, fftbins: bool = True) -> NDArray[np.float64]:
    """The numbers of a window (length,), float64: as scipy.signal.get_window; or an
    array as it is.

    Raises
    ------
    ValueError
        If there is no such window, or an array has another length or is not finite.
    """
    if isinstance(window, str | tuple | float):
        from scipy.signal import get_window

        return np.asarray(get_window(window, length, fftbins=fftbins), np.float64)
    found = np.asarray(window, np.float64)
    if found.shape != (length,):
        raise ValueError(f"the window has shape {found.shape}, not ({length},)")
    if not np.isfinite(found).all():
        raise ValueError("the window holds NaN or infinity")
    return found


class Window(Block):
    """Samples times a taper, as `x * scipy.signal.get_window(name, length, fftbins)`.

    Parameters
    ----------
    name : str, tuple, float or array-like (length,), default "hann"
        As scipy.signal.get_window takes it.
    fftbins : bool, default True
        Whether the window is periodic, for a Fourier transform; else symmetric.
    """

    signal_out = True

    def __init__(self, name: Any = "hann", fftbins: bool = True) -> None:
        self.name = name
        self.fftbins = fftbins

    def _check(self, length: int, channels: int) -> None:
        taper(self.name, length, self.fftbins)

    def _names(self) -> list[str]:
        return self._sample_names()
