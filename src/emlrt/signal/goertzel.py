# SPDX-License-Identifier: MIT
"""Single frequencies of a window."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emlrt.signal.base import Block
from emlrt.signal.features import MOST
from emlrt.signal.names import of_each


class Goertzel(Block):
    """How strong single frequencies are in each channel of a window, whether a bin of
    a Fourier transform has them or not: |sum of x[t] exp(-2 pi i f t / fs)|^2 of each
    frequency f, which is what Goertzel's algorithm computes (American Mathematical
    Monthly 65, 1958).

    It is causal: nothing but the samples of the window is read. The sum is taken in
    parts of about sqrt(2 length) samples, whose sums are turned and added, for
    Goertzel's own recursion loses digits at low frequencies: the error of the
    magnitude is at most 2e-7 of the sum of the samples' sizes. A `Window` in front
    keeps other frequencies away.

    Parameters
    ----------
    frequencies : sequence of float
        In Hz, from 0 to fs / 2.
    fs : float, default 1.0
        Samples a second.
    output : {"power", "magnitude"}, default "power"
        The square, or its root: over length / 2 that is the amplitude of a tone.
    """

    def __init__(
        self, frequencies: Sequence[float], fs: float = 1.0, output: str = "power"
    ) -> None:
        self.frequencies = frequencies
        self.fs = fs
        self.output = output

    def _check(self, length: int, channels: int) -> None:
        if length > MOST or channels > MOST:
            raise ValueError(
                f"X has windows of {length} samples of {channels} channels; at most"
                f" {MOST} of each are supported"
            )
        if not self.fs > 0:
            raise ValueError(f"fs is a number above 0, not {self.fs!r}")
        if not len(self.frequencies):
            raise ValueError("frequencies is empty; give at least one")
        if len(self.frequencies) * channels > MOST:
            raise ValueError(
                f"{len(self.frequencies)} frequencies of {channels} channels are more"
                f" than {MOST} together: use several blocks"
            )
        for hz in self.frequencies:
            if not 0 <= hz <= self.fs / 2:
                raise ValueError(
                    f"frequencies are from 0 to fs / 2 = {self.fs / 2:g}, not {hz!r}"
                )
        if self.output not in ("power", "magnitude"):
            raise ValueError(f"output is 'power' or 'magnitude', not {self.output!r}")

    @property
    def turns_(self) -> NDArray[np.float64]:
        """Turns a sample of each frequency."""
        return np.asarray(self.frequencies, np.float64) / float(self.fs)

    def _named(self, axes: Sequence[str]) -> list[str]:
        stems = [f"goertzel_{float(hz):g}" for hz in self.frequencies]
        return of_each(stems, axes)
