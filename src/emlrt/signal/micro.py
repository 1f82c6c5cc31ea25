# SPDX-License-Identifier: MIT
"""TensorFlow Lite for Microcontrollers' features of speech."""

from __future__ import annotations

from collections.abc import Sequence

from emlrt.convert.signal.q15 import BITS
from emlrt.signal.integer import IntegerBlock
from emlrt.signal.names import of_frames
from emlrt.signal.spectra import Framing
from emlrt.validation import whole


class MicroFrontend(IntegerBlock):
    """The features of TFLM's micro front end, number for number, frame after frame.

    Energies of mel bands of each frame by a transform of 16 bits; their roots, less an
    estimate of the noise of each band, which follows the signal slowly; times a gain
    that falls with the noise (PCAN); and a logarithm.

    In front of a `Frame`, which then is of frames, each frame of a stream is made
    once, and the estimate of noise never stops, as on a device with TFLM:

        make_pipeline(MicroFrontend(window_step=20), Frame(49, 1, n_bands=40), ...)

    answers every 20 ms from the last 49 frames. Rows are windows of samples, each of
    which starts without noise, as a recording does; so does the stream. Without a
    Frame behind it, or behind one, each window of a stream starts without noise, too.

    Parameters are those of TensorFlow's `audio_microfrontend` op, but for
    `enable_log`, which is always on. Its defaults are here those of keyword spotting:
    windows of 30 ms, 40 bands, and samples at 16 kHz.

    Parameters
    ----------
    sample_rate : int, default 16000
    window_size, window_step : int, default 30 and 10
        Milliseconds of a frame, and from frame to frame.
    num_channels : int, default 40
        Bands.
    upper_band_limit, lower_band_limit : float, default 7500.0 and 125.0
    smoothing_bits : int, default 10
        Bits of the noise behind the point.
    even_smoothing, odd_smoothing : float, default 0.025 and 0.06
        What the noise of bands 0, 2, ... and 1, 3, ... takes of a new frame.
    min_signal_remaining : float, default 0.05
    enable_pcan : bool, default True
    pcan_strength, pcan_offset : float, default 0.95 and 80.0
    gain_bits : int, default 21
    scale_shift : int, default 6
        The logarithm is natural, times 2^scale_shift.

    Attributes
    ----------
    n_frames_ : int
    error_ : float
        0: features are those of TFLM.
    """

    error_ = 0.0

    def __init__(
        self,
        *,
        sample_rate: int = 16000,
        window_size: int = 30,
        window_step: int = 10,
        num_channels: int = 40,
        upper_band_limit: float = 7500.0,
        lower_band_limit: float = 125.0,
        smoothing_bits: int = 10,
        even_smoothing: float = 0.025,
        odd_smoothing: float = 0.06,
        min_signal_remaining: float = 0.05,
        enable_pcan: bool = True,
        pcan_strength: float = 0.95,
        pcan_offset: float = 80.0,
        gain_bits: int = 21,
        scale_shift: int = 6,
    ) -> None:
        self.sample_rate = sample_rate
        self.window_size = window_size
        self.window_step = window_step
        self.num_channels = num_channels
        self.upper_band_limit = upper_band_limit
        self.lower_band_limit = lower_band_limit
        self.smoothing_bits = smoothing_bits
        self.even_smoothing = even_smoothing
        self.odd_smoothing = odd_smoothing
        self.min_signal_remaining = min_signal_remaining
        self.enable_pcan = enable_pcan
        self.pcan_strength = pcan_strength
        self.pcan_offset = pcan_offset
        self.gain_bits = gain_bits
        self.scale_shift = scale_shift

    @property
    def frame_(self) -> int:
        """Samples of a frame."""
        return int(self.window_size) * int(self.sample_rate) // 1000

    @property
    def hop_(self) -> int:
        """Samples from frame to frame."""
        return int(self.window_step) * int(self.sample_rate) // 1000

    @property
    def bits_(self) -> int:
        """The transform's length, as a power of 2."""
        return (self.frame_ - 1).bit_length()

    @property
    def n_frames_(self) -> int:
        """Frames of a window."""
        return int(1 + (self.shape_in_[0] - self.frame_) // self.hop_)

    def framing(self) -> Framing:
        """How the windows that it was fitted on are cut."""
        frame = self.frame_
        return Framing(frame, self.hop_, frame, 0, self.n_frames_)

    def not_alone(self) -> str:
        """Why frames behind a Frame are made window by window."""
        return "the noise of a window is of that window"

    def _check(self, length: int, channels: int) -> None:
        if channels != 1:
            raise ValueError(
                f"MicroFrontend takes one channel of samples, not {channels}"
            )
        whole("sample_rate", self.sample_rate, 1, 1 << 20)
        whole("window_size", self.window_size, 1, 1 << 13)
        whole("window_step", self.window_step, 1, 1 << 13)
        frame = whole("the samples of a frame", self.frame_, 9, 1 << BITS[1])
        whole("the samples from frame to frame", self.hop_, 1, 65535)
        whole("the length of a window", length, frame, 2**24 - 1)
        whole("the frames", 1 + (length - frame) // self.hop_, 1, 65535)
        self._check_noise()
        self._check_bands()

    def _check_noise(self) -> None:
        whole("smoothing_bits", self.smoothing_bits, 0, 31)
        whole("scale_shift", self.scale_shift, 0, 10)
        whole("gain_bits", self.gain_bits, 12 + self.bits_ - 6, 31)
        for name in ("even_smoothing", "odd_smoothing", "min_signal_remaining"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is from 0 to 1, not {getattr(self, name)!r}")
        if not self.pcan_offset > 0 or not 0 <= self.pcan_strength <= 10:
            raise ValueError(
                "pcan_offset is above 0 and pcan_strength from 0 to 10, not"
                f" {self.pcan_offset!r} and {self.pcan_strength!r}"
            )

    def _check_bands(self) -> None:
        whole("num_channels", self.num_channels, 1, 65534)
        low, high = self.lower_band_limit, self.upper_band_limit
        if not 0 <= low < high < self.sample_rate / 2:
            raise ValueError(
                f"lower_band_limit={low!r} and upper_band_limit={high!r} are no band"
                f" below half of sample_rate={self.sample_rate!r}"
            )

    def _named(self, axes: Sequence[str]) -> list[str]:
        stems = [f"band{band}" for band in range(self.num_channels)]
        return of_frames(stems, axes, self.n_frames_)
