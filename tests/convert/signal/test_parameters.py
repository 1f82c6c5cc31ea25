"""Parameters of the wrong kind are named by fit, and again where set_params changed
them; what X is must be what fit has seen."""

import inspect

import numpy as np
import pandas as pd
import pytest
from signal_blocks import BLOCKS, NEEDED, SPECTRA, made
from sklearn.pipeline import make_pipeline

from emlrt import Model, signal

RNG = np.random.default_rng(0)
X = RNG.integers(1, 100, (6, 64))
#: Values of no kind that any of these annotations has.
WRONG = {"float": "x", "int": [1, 2], "bool": "no", "str": np.ones((1, 2))}
WRONG |= {"Sequence": 1.5, "tuple": "ab", "Any": {"a": 1}}
CASES = [
    (name, parameter.name, wrong)
    for name in BLOCKS
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


def test_samples_stay_arrays_where_tables_are_asked_for():
    windows = X.reshape(6, 16, 4)
    pipeline = make_pipeline(signal.Detrend(), signal.TimeFeatures(["mean"]))
    pipeline[-1].set_output(transform="pandas")
    assert next(iter(pipeline.fit_transform(windows))) == "mean_c0"
    pipeline.set_output(transform="pandas")
    assert next(iter(pipeline.fit_transform(windows))) == "mean_c0"
    assert isinstance(pipeline[0].transform(windows), np.ndarray)
    assert isinstance(pipeline[0].fit_transform(X), pd.DataFrame)


def test_recordings_that_are_none_are_told():
    frame = signal.Frame(16, 8)
    one = RNG.normal(size=(100, 3))
    for recordings in (one, one[:, 0], list(one[:, 0])):
        with pytest.raises(ValueError, match=r"give \[recording\]"):
            frame.cut(recordings)
    for other in (one[:, :2], one[:, 0]):
        with pytest.raises(ValueError, match=r"recording 1 has .* 0 has 3 channels"):
            frame.cut([one, other])
    with pytest.raises(ValueError, match="a recording is ragged: row 1"):
        frame.cut([[[1, 2], [1, 2, 3]]])
    assert frame.cut(np.ones((4, 100))).shape == (44, 16)  # four recordings


def test_rows_of_different_lengths_are_told():
    with pytest.raises(ValueError, match=r"X is ragged: row 2 has the shape \(3,\)"):
        signal.RFFT().fit([[1, 2], [1, 2], [1, 2, 3]])
    with pytest.raises(ValueError, match="X holds lists of different lengths"):
        signal.RFFT().fit([[[1, 2], [1]], [[1, 2], [1, 3]]])


@pytest.mark.parametrize("name", ["LogMelQ15", "IntegerTimeFeatures", "MicroFrontend"])
def test_integer_blocks_tell_audio_in_floats(name):
    audio = RNG.uniform(-1, 1, (3, 64))
    with pytest.raises(ValueError, match=r"numpy\.rint\(X \* 32767\)"):
        made(name).fit(audio)
    with pytest.raises(ValueError, match="decimals from"):
        made(name).fit(100 * audio)
    with pytest.raises(ValueError, match="beyond -32768 to 32767"):
        made(name).fit(np.rint(1e6 * audio))
    fitted = made(name).fit(np.rint(32767 * audio))
    with pytest.raises(ValueError, match="reads int16 samples"):
        fitted.transform(audio)


def test_frequencies_and_norms_are_named():
    for block in (signal.MelSpectrogram, signal.MFCC, signal.LogMelQ15):
        with pytest.raises(ValueError, match="fmax=501 is above sr / 2 = 500"):
            block(**SPECTRA, fmax=501).fit(X)
    with pytest.raises(ValueError, match="mel_norm is 'slaney'"):
        signal.MFCC(**SPECTRA, n_mfcc=4, mel_norm="abc").fit(X)
    with pytest.raises(ValueError, match=r"^norm is 'slaney'"):
        signal.MelSpectrogram(**SPECTRA, norm="abc").fit(X)


@pytest.mark.parametrize(
    ("block", "name"),
    [
        (signal.RFFT(n=64.0), "n"),
        (signal.MovingAverage(3.0), "n"),
        (signal.Frame(64.0), "length"),
        (signal.Standardize(ddof=1.0), "ddof"),
        (signal.Lags([1.0]), "lags"),
        (signal.LogMelQ15(**{**SPECTRA, "n_mels": 8.0}), "n_mels"),
        (signal.MelSpectrogram(**{**SPECTRA, "n_mels": True}), "n_mels"),
    ],
    ids=str,
)
def test_whole_numbers_are_integers_everywhere(block, name):
    with pytest.raises(ValueError, match=f"{name} is an integer"):
        block.fit(X)


def test_windows_are_finite_where_they_are_fitted():
    for wrong, text in ((np.nan, "NaN"), (np.inf, "infinity")):
        x = X.astype(float)
        x[2, 5] = wrong
        with pytest.raises(
            ValueError, match=rf"X contains {text} \(window 2, sample 5"
        ):
            signal.TimeFeatures().fit(x)
