# SPDX-License-Identifier: MIT
"""Tapers that windows are multiplied by."""

from __future__ import annotations

from typing import Any

from emlrt.convert.signal.tapers import taper
from emlrt.signal.base import Block


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
    one_to_one = True

    def __init__(self, name: Any = "hann", fftbins: bool = True) -> None:
        self.name = name
        self.fftbins = fftbins

    def _check(self, length: int, channels: int) -> None:
        taper(self.name, length, self.fftbins)
