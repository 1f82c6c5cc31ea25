"""Parameters of the wrong kind are named by fit, and again where set_params changed
them; what X is must be what fit has seen."""

import inspect

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

from emlrt import Model, signal

RNG = np.random.default_rng(0)
X = RNG.integers(1, 100, (6, 64))
#: What each block needs beside its defaults.
SPECTRA = {"sr": 1000, "n_fft": 32, "hop_length": 16, "n_mels": 8}
NEEDED = {
    "Decimate": {"q": 2},
    "Delta": {"n_bands": 8, "width": 3},
    "ExponentialMean": {"alpha": 0.5},
    "FilterBank": {"matrix": np.eye(64)},
    "Fir": {"taps": [1.0]},
    "Frame": {"length": 64},
    "Lfilter": {"b": [1.0], "a": [1.0, -0.5]},
    "LogMelQ15": SPECTRA,
    "MFCC": {**SPECTRA, "n_mfcc": 4},
    "MelSpectrogram": SPECTRA,
    "MicroFrontend": {"sample_rate": 1000, "upper_band_limit": 400, "num_channels": 4},
    "MovingAverage": {"n": 2},
    "PCEN": {"n_bands": 8},
    "Sosfilt": {"sos": [[1.0, 0, 0, 1, 0, 0]]},
    "SosfiltFilt": {"sos": [[1.0, 0, 0, 1, 0, 0]]},
    "SpectralFeatures": {"sr": 1000, "n_fft": 32, "hop_length": 16},
}
CLASSES = [
    name
    for name in signal.__all__
    if inspect.isclass(getattr(signal, name))
    and hasattr(getattr(signal, name), "transform")
]
#: Values of no kind that any of these annotations has.
WRONG = {"float": "x", "int": [1, 2], "bool": "no", "str": np.ones((1, 2))}
WRONG |= {"Sequence": 1.5, "tuple": "ab", "Any": {"a": 1}}
CASES = [
    (name, parameter.name, wrong)
    for name in CLASSES
    for parameter in inspect.signature(getattr(signal, name)).parameters.values()
    for kind, wrong in WRONG.items()
    if str(parameter.annotation).startswith(kind)
]
#: Parameters whose error names them by another word.
OTHER_NAMES = {"mel_norm": "norm", "name": "window"}


@pytest.mark.parametrize(("name", "parameter", "wrong"), CASES)
def test_a_parameter_of_the_wrong_kind_is_named(name, parameter, wrong):
    block = getattr(signal, name)(**{**NEEDED.get(name, {}), parameter: wrong})
    with pytest.raises(ValueError, match=OTHER_NAMES.get(parameter, parameter)):
        block.fit(X)


@pytest.mark.parametrize(
    ("block", "bad"),
    [
        (signal.ExponentialMean(0.1), {"alpha": 7}),
        (signal.RFFT(), {"output": "phase"}),
        (signal.Detrend(), {"type": "cubic"}),
        (signal.TimeFeatures(["quantiles"]), {"quantiles": [7]}),
        (signal.MovingAverage(3), {"n": -4}),
        (signal.Frame(64), {"length": 7}),
        (signal.Frame(64), {"hop": np.inf}),
        (signal.Frame(64), {"hop": 2**40}),
        (signal.PCEN(n_bands=8), {"power": 1e30}),
        (signal.PCEN(n_bands=8), {"power": 2**40}),
        (signal.LogMelQ15(**SPECTRA), {"window": np.nan}),
        (signal.SpectralFeatures(**NEEDED["SpectralFeatures"]), {"bands": [1, 2]}),
    ],
    ids=str,
)
def test_parameters_that_are_set_behind_fit_are_checked(block, bad):
    block.fit(X).transform(X)
    block.set_params(**bad)
    for call in (block.fit, block.transform, lambda _: Model.from_sklearn(block)):
        with pytest.raises(ValueError, match=next(iter(bad))):
            call(X)


def test_columns_are_those_that_fit_has_seen():
    frame = pd.DataFrame(X, columns=[f"t{k}" for k in range(64)])
    block = signal.TimeFeatures(["argmax"]).fit(frame)
    with pytest.raises(ValueError, match="column 0 of X is 't63'"):
        block.transform(frame[frame.columns[::-1]])
    assert not hasattr(block.fit(X), "feature_names_in_")


def test_what_hides_numbers_is_refused():
    block = signal.TimeFeatures(["mean"])
    with pytest.raises(ValueError, match="masked"):
        block.fit(np.ma.masked_equal(X, X[0, 0]))
    with pytest.raises(ValueError, match=r"sparse matrix; pass X\.toarray"):
        block.fit(type("Sparse", (), {"toarray": None})())


def test_windows_of_interleaved_channels_are_told_from_others():
    with pytest.raises(ValueError, match=r"reshape them to \(-1, 16, 4\)"):
        signal.Frame(16).fit(X)


def test_samples_have_no_form_as_columns():
    windows = X.reshape(6, 16, 4)
    pipeline = make_pipeline(signal.Detrend(), signal.TimeFeatures(["mean"]))
    pipeline[-1].set_output(transform="pandas")
    assert next(iter(pipeline.fit_transform(windows))) == "mean_c0"
    with pytest.raises(ValueError, match="Detrend gives samples"):
        pipeline.set_output(transform="pandas").fit_transform(windows)
