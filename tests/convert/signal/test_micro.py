# SPDX-License-Identifier: MIT
"""The micro front end has the numbers of TFLM's."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from emlrt import Model, UnsupportedModelError
from emlrt.convert.signal.micro import _logs
from emlrt.signal import MicroFrontend

DATA = Path(__file__).resolve().parent / "data/micro.npz"


def test_features_are_those_of_tflm():
    """Recorded by record_micro.py from pymicro-features 2.0.2."""
    found = np.load(DATA)
    samples, expected = found["samples"], found["features"]
    block = MicroFrontend().fit(samples)
    ours = block.transform(samples)
    assert expected.max() > 600
    assert (ours.reshape(expected.shape) == expected).all()
    assert len(block.get_feature_names_out()) == ours.shape[1] == 23 * 40
    assert block.n_frames_ == 23


def test_a_recording_s_frames_follow_from_those_before():
    """More samples behind change nothing, and noise is learnt within a row alone."""
    samples = np.load(DATA)["samples"]
    whole = MicroFrontend().fit_transform(samples)
    part = MicroFrontend().fit_transform(samples[:, :2000])
    assert (whole[:, : part.shape[1]] == part).all()
    assert (MicroFrontend().fit_transform(samples[::-1])[::-1] == whole).all()


def test_options_change_what_they_name():
    samples = np.load(DATA)["samples"][:2]
    usual = MicroFrontend().fit_transform(samples)
    for option in (
        {"enable_pcan": False},
        {"odd_smoothing": 0.2},
        {"min_signal_remaining": 0.5},
        {"pcan_strength": 0.5},
        {"scale_shift": 5},
        {"lower_band_limit": 300.0},
    ):
        assert (MicroFrontend(**option).fit_transform(samples) != usual).any(), option
    narrow = MicroFrontend(window_size=20, num_channels=24).fit_transform(samples)
    assert narrow.shape == (2, 24 * 24)


def test_logarithms_are_of_natural_base():
    x = np.arange(129) / 128
    assert abs(_logs() / 65536 + x - np.log2(1 + x)).max() < 1e-5


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"sample_rate": 0}, "sample_rate"),
        ({"window_size": 600}, "samples of a frame"),
        ({"window_step": 0}, "window_step"),
        ({"upper_band_limit": 9000.0}, "upper_band_limit"),
        ({"lower_band_limit": 7500.0}, "lower_band_limit"),
        ({"even_smoothing": 1.5}, "even_smoothing"),
        ({"smoothing_bits": 32}, "smoothing_bits"),
        ({"gain_bits": 3}, "gain_bits"),
        ({"pcan_offset": 0.0}, "pcan_offset"),
        ({"num_channels": 0}, "num_channels"),
        ({"scale_shift": 11}, "scale_shift"),
    ],
)
def test_parameters_without_meaning_are_named(options, named):
    with pytest.raises(ValueError, match=named):
        MicroFrontend(**options).fit(np.zeros((2, 4000), np.int16))


def test_windows_are_of_one_channel_and_long_enough():
    with pytest.raises(ValueError, match="one channel"):
        MicroFrontend().fit(np.zeros((2, 4000, 2), np.int16))
    with pytest.raises(ValueError, match="length of a window"):
        MicroFrontend().fit(np.zeros((2, 100), np.int16))


def test_it_wants_int16():
    block = clone(MicroFrontend()).fit(np.zeros((2, 4000), np.int16))
    with pytest.raises(UnsupportedModelError, match="dtype='int16'"):
        Model.from_sklearn(block)
