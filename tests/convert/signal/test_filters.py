# SPDX-License-Identifier: MIT
"""Filters along time against scipy, and in a stream against one long window."""

import pickle
import warnings

import numpy as np
import pytest
from scipy import ndimage
from scipy import signal as scipy
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from emlrt import Model, PrecisionWarning, Stream, UnsupportedModelError, signal
from emlrt.convert.signal.filters import cascade_program
from emlrt.signal.framing import windows

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 150, 3))
LOW = scipy.butter(4, 5, fs=100, output="sos")
N = 60000


def signals():
    """Noise, a sweep, an impulse and a step that is not 0 before."""
    t = np.arange(N)
    rows = [RNG.normal(size=N), scipy.chirp(t, 1e-5, N, 0.5), t == 5, 1 + (t > N / 2)]
    return np.array(rows, np.float32)


SIGNALS = signals()


def worst(sos):
    """The largest error relative to the peak, over SIGNALS."""
    expected = scipy.sosfilt(sos, SIGNALS.astype(np.float64))
    found = Model(cascade_program(sos, N)).transform(SIGNALS)
    peaks = np.abs(expected).max(axis=1)
    return float((np.abs(found - expected).max(axis=1) / peaks).max())


DESIGNS = {
    "butter": lambda n, *band: scipy.butter(n, *band, output="sos"),
    "cheby1": lambda n, *band: scipy.cheby1(n, 1, *band, output="sos"),
    "ellip": lambda n, *band: scipy.ellip(n, 1, 60, *band, output="sos"),
}


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("kind", ["lowpass", "highpass"])
@pytest.mark.parametrize(
    ("order", "cutoff"),
    [(1, 1e-4), (2, 0.01), (3, 0.3), (4, 1e-3), (8, 1e-4), (12, 0.05), (12, 0.45)],
)
def test_low_and_high_pass_are_scipy_s(design, kind, order, cutoff):
    assert worst(DESIGNS[design](order, 2 * cutoff, kind)) <= 2e-5


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("kind", ["bandpass", "bandstop"])
@pytest.mark.parametrize(
    ("order", "cutoff"), [(1, 1e-3), (4, 0.1), (6, 0.3), (3, 0.45)]
)
def test_bands_are_scipy_s(design, kind, order, cutoff):
    band = [1.6 * cutoff, min(2.16 * cutoff, 0.99)]
    assert worst(DESIGNS[design](order, band, kind)) <= 2e-4


@pytest.mark.parametrize(
    ("order", "ripple", "band", "kind"),
    [
        (1, 3, 1000, "lowpass"),
        (2, 3, 2000, "highpass"),
        (4, 3, 2000, "highpass"),
        (5, 12, [2000, 4000], "bandpass"),
        (12, 12, 4000, "highpass"),
    ],
)
def test_emlearn_s_filters_at_its_tolerances(order, ripple, band, kind):
    fs = 32000
    sos = scipy.cheby1(order, ripple, band, kind, fs=fs, output="sos")
    t = np.linspace(0, 1, fs, False)
    noisy = scipy.chirp(t, 6, 1, fs / 2) + 0.05 * RNG.normal(size=fs)
    found = Model(cascade_program(sos, fs)).transform(noisy[None])[0]
    expected = scipy.sosfilt(sos, noisy)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert np.median(np.abs((found - expected) / expected)) < 1e-4


def near(found, expected, most=1e-6):
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= most * np.abs(expected).max()


def behind(x, lag):
    return np.concatenate([np.repeat(x[:, :1], lag, 1), x], axis=1)[:, : x.shape[1]]


def exponential(x, alpha, first):
    start = (1 - alpha) * x[:, :1] if first else 0 * x[:, :1]
    return scipy.lfilter([alpha], [1, alpha - 1], x, axis=1, zi=start.copy())[0]


TAPS = scipy.firwin(31, 0.3)
B, A = scipy.butter(3, 0.2)
CASES = {
    "sosfilt": (signal.Sosfilt(LOW), lambda x: scipy.sosfilt(LOW, x, axis=1)),
    "sosfiltfilt": (
        signal.SosfiltFilt(LOW),
        lambda x: scipy.sosfiltfilt(LOW, x, axis=1),
    ),
    "lfilter": (signal.Lfilter(B, A), lambda x: scipy.lfilter(B, A, x, axis=1)),
    "lfilter-delay": (
        signal.Lfilter([0, 0, 1, 2, 3], [2, -0.5, 0.1]),
        lambda x: scipy.lfilter([0, 0, 1, 2, 3], [2, -0.5, 0.1], x, axis=1),
    ),
    "lfilter-fir": (
        signal.Lfilter([1, 2, 1], 2),
        lambda x: scipy.lfilter([0.5, 1, 0.5], 1, x, axis=1),
    ),
    "fir": (signal.Fir(TAPS), lambda x: scipy.lfilter(TAPS, 1, x, axis=1)),
    "difference": (signal.Difference(), lambda x: x - behind(x, 1)),
    "difference-far": (signal.Difference(200), lambda x: x - behind(x, 200)),
    "exponential": (
        signal.ExponentialMean(0.05),
        lambda x: exponential(x, 0.05, True),
    ),
    "exponential-zero": (
        signal.ExponentialMean(0.05, "zero"),
        lambda x: exponential(x, 0.05, False),
    ),
    "gravity": (
        signal.Gravity(0.2),
        lambda x: np.concatenate(
            [exponential(x, 0.2, True), x - exponential(x, 0.2, True)], axis=2
        ),
    ),
}
for q in (2, 7):
    for ftype in ("iir", "fir"):
        CASES[f"decimate-{ftype}-{q}"] = (
            signal.Decimate(q, ftype=ftype),
            lambda x, q=q, ftype=ftype: scipy.decimate(
                x, q, ftype=ftype, axis=1, zero_phase=False
            ),
        )
for n in (1, 2, 5, 40, 400):
    CASES[f"mean-{n}"] = (
        signal.MovingAverage(n),
        lambda x, n=n: ndimage.uniform_filter1d(
            x, n, axis=1, mode="nearest", origin=(n - 1) // 2
        ),
    )
for n in (3, 5, 9):
    CASES[f"median-{n}"] = (
        signal.MedianFilter(n),
        lambda x, n=n: ndimage.median_filter(
            x, (1, n, 1), mode="nearest", origin=(0, n // 2, 0)
        ),
    )


@pytest.mark.parametrize("name", CASES)
def test_blocks_are_their_references(name):
    block, reference = CASES[name]
    block = clone(block).fit(X)
    found = block.transform(X)
    # a wide mean is of many equal samples in front of the first one
    near(found, reference(X), 1e-5 if name == "mean-400" else 1e-6)
    assert len(block.get_feature_names_out()) == found[0].size
    again = pickle.loads(pickle.dumps(block)).transform(X.reshape(len(X), -1))
    assert (again.reshape(found.shape) == found).all()
    single = clone(block).fit(X[:, :, 0])
    near(single.transform(X[:, :, 0]), reference(X[:, :, :1]).reshape(len(X), -1), 1e-5)


def pieces(model, recording, sizes):
    """The scores of windows, by a stream that samples come into in pieces."""
    stream, at, found = Stream(model), 0, []
    while at < len(recording):
        size = int(next(sizes))
        found.append(stream.push_scores(recording[at : at + size]))
        at += size
    return np.concatenate(found)


@pytest.mark.parametrize("name", [n for n in CASES if n != "sosfiltfilt"])
@pytest.mark.parametrize(("length", "hop"), [(28, 14), (14, 28), (42, 42)])
def test_a_stream_in_pieces_has_the_bits_of_one_window(name, length, hop):
    block = CASES[name][0]
    recording = RNG.normal(size=(700, 3)).astype(np.float32)
    whole = clone(block).fit_transform(recording[None])[0]
    q = block.get_params().get("q", 1)
    pipeline = make_pipeline(clone(block), signal.Frame(length // q, hop // q))
    model = Model.from_sklearn(pipeline.fit(np.zeros((1, length, 3))))
    expected = windows(whole, length // q, hop // q)
    expected = expected.reshape(len(expected), -1).view(np.uint32)
    for sizes in (
        iter(lambda: 1, 0),
        iter(lambda: 700, 0),
        iter(RNG.integers(1, 90, 700)),
    ):
        found = pieces(model, recording, sizes)
        assert (found.view(np.uint32) == expected).all()


def made_of(block, x):
    """What the C code makes of windows that Python would refuse."""
    return Model.from_sklearn(block.fit(np.ones_like(x)))._runtime.scores(x)


def test_what_is_not_finite_leaves_a_mean_and_a_median():
    x = np.ones((3, 40), np.float32)
    x[0, 10], x[1, 10], x[2, 10] = np.nan, np.inf, -np.inf
    for n in (3, 5, 9):
        means = made_of(signal.MovingAverage(n), x)
        assert not np.isfinite(means[:, 10 : 10 + n]).any()
        assert (means[:, 10 + n :] == 1).all()
        assert (means[:, :10] == 1).all()
        assert (made_of(signal.MedianFilter(n), x) == 1).all()
    for block in (signal.Sosfilt(LOW), signal.ExponentialMean(0.1)):
        found = made_of(block, x)
        assert np.isnan(found[0, 10:]).all()
        assert np.isfinite(found[:, :10]).all()
        nans = found.view(np.uint32)[np.isnan(found)]
        assert (nans == 0x7FC00000).all()


@pytest.mark.parametrize("name", [n for n in CASES if n != "sosfiltfilt"])
def test_a_window_of_one_sample(name):
    found = clone(CASES[name][0]).fit_transform(np.ones((2, 1)))
    near(found, CASES[name][1](np.ones((2, 1, 1)))[:, :, :].reshape(2, -1))


def test_means_of_integers_are_rounded_once():
    x = RNG.integers(-30000, 30000, (50, 60))
    found = signal.MovingAverage(7).fit_transform(x)
    sums = np.lib.stride_tricks.sliding_window_view(x, 7, axis=1).sum(axis=2)
    assert (found[:, 6:] == (sums / 7).astype(np.float32)).all()


def test_a_constant_stays_its_exponential_mean():
    x = np.full((1, 3000), 9.81, np.float32)
    assert (signal.ExponentialMean(1e-4).fit_transform(x) == x).all()
    both = signal.Gravity(1e-4).fit_transform(x[:, :, None])
    assert (both[:, :, 1] == 0).all()


def test_a_slow_mean_arrives_in_the_end():
    x = np.full((1, 60000), 1.0)
    found = signal.ExponentialMean(1e-3, "zero").fit_transform(x)[0]
    assert abs(found[-1] - 1) <= 1e-7


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (signal.Sosfilt([[1, 0, 0, 1, 0, 1.1]]), "unstable"),
        (signal.Sosfilt([[1, 0, 0, 2, 0, 0]]), r"sos\[:, 3\]"),
        (signal.Sosfilt([1.0, 2]), "shape"),
        (signal.Sosfilt([[1, 0, np.nan, 1, 0, 0]]), "NaN"),
        (signal.SosfiltFilt(LOW), "more than 15 samples"),
        (signal.Lfilter([1], [1, -1]), "unstable"),
        (signal.Lfilter([1], [0, 1]), r"a\[0\]"),
        (signal.Lfilter(*scipy.butter(8, 2e-4)), "unstable"),
        (signal.Lfilter(*scipy.butter(6, 0.01)), "beside lfilter"),
        (signal.Fir([]), "taps"),
        (signal.Fir([[1.0]]), "vector"),
        (signal.Fir("a"), "taps"),
        (signal.Decimate(0), "q is an integer"),
        (signal.Decimate(2, ftype="sinc"), "ftype"),
        (signal.Decimate(2, n=2.5), "n is an integer"),
        (signal.MovingAverage(True), "n is an integer"),
        (signal.MedianFilter(4), "n is 3, 5, 7 or 9"),
        (signal.Difference(-1), "lag is an integer"),
        (signal.ExponentialMean(0), "alpha"),
        (signal.ExponentialMean(0.1, "last"), "start"),
        (signal.Gravity(1.5), "alpha"),
    ],
)
def test_what_has_no_meaning_is_refused_at_fit(block, message):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match=message):
            block.fit(X[:, :15])


def test_fit_states_the_error_and_warns_of_a_large_one():
    assert signal.Sosfilt(LOW).fit(X).error_ < 1e-6
    sos = scipy.cheby1(8, 1, [0.72, 0.972], "bandstop", output="sos")
    with pytest.warns(PrecisionWarning, match="of the peak beside float64"):
        block = signal.Sosfilt(sos).fit(X)
    assert block.error_ > 1e-3


def test_what_looks_at_a_whole_window_stands_behind_the_frame():
    pipeline = make_pipeline(signal.SosfiltFilt(LOW), signal.Frame(150))
    with pytest.raises(UnsupportedModelError, match="in front of Frame"):
        Model.from_sklearn(pipeline.fit(X))
    odd = make_pipeline(signal.Decimate(4), signal.Frame(5, 5)).fit(X[:, :18])
    with pytest.raises(UnsupportedModelError, match="multiples of 4"):
        Model.from_sklearn(odd)


def test_a_forest_behind_filters_agrees_window_for_window():
    flat = X.reshape(len(X), -1)
    y = np.arange(len(X)) % 3
    blocks = (signal.Sosfilt(LOW), signal.MedianFilter(5), signal.Gravity(0.1))
    for block in blocks:
        forest = RandomForestClassifier(10, random_state=0)
        pipeline = make_pipeline(clone(block), forest).fit(X[:, :, 0], y)
        rows = RNG.normal(size=(4000, 150))
        model = Model.from_sklearn(pipeline)
        assert (model.predict(rows) == pipeline.predict(rows)).all()
    pipeline = make_pipeline(signal.MovingAverage(3), RandomForestClassifier(5))
    search = GridSearchCV(pipeline, {"movingaverage__n": [2, 5]}, cv=2).fit(flat, y)
    assert search.best_params_["movingaverage__n"] in (2, 5)


def test_changed_coefficients_are_seen():
    """Of long vectors, and of digits that are not printed."""
    taps = np.linspace(0, 1, 300) / 300
    block = signal.Fir(taps).fit(X[:1])
    first = block.transform(X[:1])
    taps = taps.copy()
    taps[30] += 1
    assert (block.set_params(taps=taps).transform(X[:1]) != first).any()
