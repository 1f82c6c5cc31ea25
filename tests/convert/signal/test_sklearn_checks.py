# SPDX-License-Identifier: MIT
"""scikit-learn's own checks of estimators, over all blocks. Its X has two dimensions,
one channel, decimals and a few samples; what a block cannot do with that is listed,
with the reason that its error gives."""

import warnings

import pytest
from signal_blocks import BLOCKS, made
from sklearn.utils.estimator_checks import check_estimator

#: Parameters with which blocks take windows of the checks' lengths.
_SPECTRA = {"sr": 1000, "n_fft": 4, "hop_length": 2}
SMALL = {
    "Delta": {"n_bands": 1, "width": 3, "mode": "nearest"},
    "FilterBank": {"matrix": [[1.0]]},
    "Lags": {"lags": [0]},
    "MFCC": {**_SPECTRA, "n_mels": 2, "n_mfcc": 1},
    "MelSpectrogram": {**_SPECTRA, "n_mels": 1},
    "PCEN": {"n_bands": 1},
    "RFFT": {"n": 8},
    "SpectralFeatures": _SPECTRA,
    "TimeFeatures": {"features": ["mean", "std"]},
    "Welch": {"nperseg": 1, "window": "boxcar", "detrend": False},
}
#: Blocks that cannot take the checks' X, and what their error says of it.
OTHER_X = {
    "Frame": "windows of a recording|reshape them",  # its length is a parameter
    "IntegerTimeFeatures": "reads int16 samples",
    "LogMelQ15": "reads int16 samples",
    "MicroFrontend": "reads int16 samples",
    "SosfiltFilt": "needs windows of more than",  # as scipy's padding does
    "Tilt": "is none of 1 channels",  # three axes
}
#: What of these fails whatever X is: the checks look for their own words in errors.
WORDS = {
    "check_fit2d_1feature",
    "check_fit2d_1sample",
    "check_positive_only_tag_during_fit",
}


def said(error):
    """What an error and those that it comes from say."""
    found = []
    while error is not None:
        found.append(str(error))
        error = error.__cause__ or error.__context__
    return "\n".join(found)


def failures(block):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = check_estimator(block, on_fail=None, on_skip=None)
    assert len(found) > 30
    return {
        each["check_name"]: said(each["exception"])
        for each in found
        if each["status"] == "failed"
    }


@pytest.mark.parametrize("name", [n for n in BLOCKS if n not in OTHER_X])
def test_checks_of_scikit_learn(name):
    assert failures(made(name, **SMALL.get(name, {}))) == {}


@pytest.mark.parametrize("name", OTHER_X)
def test_checks_whose_samples_a_block_refuses(name):
    found = failures(made(name))
    assert found
    for check, text in found.items():
        assert check in WORDS or any(
            part in text for part in OTHER_X[name].split("|")
        ), (check, text)
