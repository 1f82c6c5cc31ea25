# SPDX-License-Identifier: MIT
"""Features of windows in the time domain against numpy and scipy in float64."""

import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.signal import find_peaks
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler

from emlrt import Model, signal
from emlrt.convert.signal.feature_names import NAMES

#: Of a sum in parts of 32: (31 + n / 32) roundings of 2^-24, and a few more.
SUMS = (40 + 257 / 32) * 2.0**-24
RNG = np.random.default_rng(5)


def made(of, x, **options):
    """Features by name of one window of one channel."""
    block = signal.TimeFeatures(of, **options).fit(x[None])
    found = dict(
        zip(block.get_feature_names_out(), block.transform(x[None])[0], strict=True)
    )
    return found


@st.composite
def windows(draw, least=1):
    """Samples of all sizes from 1e-3 to 1e6, with offsets and ties, as float32."""
    n = draw(st.integers(least, 257))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = rng.normal(size=n)
    if draw(st.booleans()):
        x = np.round(x * draw(st.sampled_from([1, 3])))
    scale = 10.0 ** draw(st.integers(-3, 6))
    offset = draw(st.sampled_from([0.0, 0.0, 1.0, -9.81, 100.0]))
    return ((x + offset) * scale).astype(np.float32)


def reference(x, ddof):
    """Features of float64 samples, and how far each may be off."""
    n, d = len(x), x - x.mean()
    scale, std = np.abs(x).max(), x.std()
    sizes, t = np.abs(x).mean(), np.arange(n)
    #: What the mean may be off by: sums of differences from the first sample.
    off = SUMS * np.abs(x - x[0]).max() + 2.0**-23 * scale
    root = np.sqrt(np.mean(x**2))
    steps = np.abs(np.diff(x))
    found = {
        "mean": (x.mean(), off),
        "var": (x.var(ddof=ddof), 3 * SUMS * x.var(ddof=ddof) + off**2),
        "std": (x.std(ddof=ddof), 3 * SUMS * x.std(ddof=ddof) + off),
        "rms": (root, 3 * SUMS * root + off),
        "energy": (n * root**2, 6 * SUMS * n * root**2 + n * off * scale),
        "mean_abs": (sizes, 2 * SUMS * sizes),
        "min": (x.min(), 0),
        "max": (x.max(), 0),
        "range": (np.ptp(x), 2.0**-23 * scale),
        "abs_max": (scale, 0),
        "argmin": (x.argmin(), 0),
        "argmax": (x.argmax(), 0),
        "last_minus_first": (x[-1] - x[0], 2.0**-23 * scale),
        "max_abs_diff": (steps.max(initial=0), 2.0**-23 * scale),
        "waveform_length": (steps.sum(), 2 * SUMS * steps.sum()),
        "median": (np.median(x), 2.0**-22 * scale),
        "mad": (np.median(np.abs(x - np.median(x))), 2.0**-20 * scale),
        "iqr": (np.subtract(*np.quantile(x, [0.75, 0.25])), 2.0**-20 * scale),
    }
    if n > 1:
        rise = np.sum((t - t.mean()) * d) / np.sum((t - t.mean()) ** 2)
        found["slope"] = rise, 12 * (SUMS * std + off) / n
    return found


@given(windows(), st.integers(0, 1))
@settings(max_examples=60, deadline=None)
def test_numbers_are_numpy_s(x, ddof):
    ddof = min(ddof, len(x) - 1)
    expected = reference(x.astype(np.float64), ddof)
    found = made(list(expected), x, ddof=ddof)
    for name, (value, off) in expected.items():
        assert abs(found[name] - value) <= off, (name, found[name], value, off)


@given(windows(3))
@settings(max_examples=60, deadline=None)
def test_shapes_are_scipy_s(x):
    exact = x.astype(np.float64)
    found = made(["skew", "kurtosis", "hjorth_mobility", "hjorth_complexity"], x)
    if np.ptp(exact) == 0:
        assert set(found.values()) == {0.0}
        return
    # The mean is off by `off`, which the third moment has three times, the fourth
    # four times, in units of the deviation.
    off = (
        SUMS * np.abs(exact - exact[0]).max() + 2.0**-23 * np.ptp(exact)
    ) / exact.std()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy finds few digits
        skew, kurtosis = stats.skew(exact), stats.kurtosis(exact)
    assert abs(found["skew"] - skew) <= 3 * off + 6 * SUMS * np.sqrt(len(x))
    assert abs(found["kurtosis"] - kurtosis) <= 5 * (3 * off + 2 * SUMS) * (
        kurtosis + 3
    )
    first, second = np.diff(exact), np.diff(exact, 2)
    # Differences of float32 are off by an ulp of the samples.
    coarse = 2.0**-22 * np.abs(exact).max()
    if first.std() > 100 * coarse:
        mobility = first.std() / exact.std()
        near = 4 * (SUMS + coarse / first.std())
        assert found["hjorth_mobility"] == pytest.approx(mobility, rel=near, abs=near)
        if second.std() > 100 * coarse:
            complexity = second.std() / first.std() / mobility
            assert found["hjorth_complexity"] == pytest.approx(complexity, rel=4 * near)


@given(windows(2), st.lists(st.floats(0, 1), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_quantiles_are_numpy_s(x, quantiles):
    block = signal.TimeFeatures(["quantiles"], quantiles=quantiles).fit(x[None])
    found = block.transform(x[None])[0]
    expected = np.quantile(x.astype(np.float64), quantiles)
    # The place between two samples is rounded, and so is the number.
    off = 2.0**-23 * (np.abs(x).max() + np.ptp(x.astype(np.float64)))
    np.testing.assert_allclose(found, expected, rtol=0, atol=2 * off)


def crossings(x):
    return np.count_nonzero(np.diff(np.signbit(x)))


@given(windows(2), st.sampled_from([0.0, 0.5]))
@settings(max_examples=60, deadline=None)
def test_counts_are_those_of_a_loop(x, share):
    bound = float(np.float32(share * np.abs(x).max()))
    names = ["zero_crossings", "step_crossings", "slope_sign_changes", "willison"]
    found = made(names, x, dead_band=bound, threshold=bound)
    signs = [s for s in np.where(np.abs(x) >= bound, np.where(x < 0, -1, 1), 0) if s]
    assert found["zero_crossings"] == np.count_nonzero(np.diff(signs))
    if share == 0:
        assert found["zero_crossings"] == crossings(x + np.float32(0))
    d = np.diff(x)  # float32, as the device has it
    assert found["willison"] == np.count_nonzero(np.abs(d) >= bound)
    steps = (x[:-1] * np.sign(x[1:]) < 0) & (np.abs(d) >= bound)
    assert found["step_crossings"] == np.count_nonzero(steps)
    turns = np.sign(d[:-1]) * np.sign(d[1:]) < 0
    turns &= (np.abs(d[:-1]) >= bound) | (np.abs(d[1:]) >= bound)
    assert found["slope_sign_changes"] == np.count_nonzero(turns)


def test_mean_crossings_and_lags():
    x = RNG.normal(5, 1, (50, 100)).astype(np.float32)
    block = signal.TimeFeatures(
        ["mean_crossings", "autocorrelation"], lags=[0, 1, 7, 99]
    ).fit(x)
    found = block.transform(x)
    d = x - x.astype(np.float64).mean(1, keepdims=True)
    np.testing.assert_array_equal(found[:, 0], [crossings(row) for row in d])
    for k, lag in enumerate([0, 1, 7, 99]):
        expected = (d[:, : 100 - lag] * d[:, lag:]).sum(1) / (d * d).sum(1)
        np.testing.assert_allclose(found[:, 1 + k], expected, atol=4 * SUMS)


@st.composite
def peak_options(draw):
    return {
        "height": draw(st.sampled_from([None, -1.0, 0.5])),
        "distance": draw(st.sampled_from([None, 1, 2, 3, 7, 40])),
        "prominence": draw(st.sampled_from([None, 0.0, 0.5, 2.0])),
    }


@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.booleans(), peak_options())
@settings(max_examples=100, deadline=None)
def test_peaks_are_scipy_s(seed, n, ties, options):
    rng = np.random.default_rng(seed)
    x = np.cumsum(rng.normal(size=n)).astype(np.float32)
    if ties:
        x = np.round(x)
        if (options["distance"] or 1) > 2:
            options["distance"] = None  # scipy's order of equal peaks is not stable
    found = made(["peak_count", "peak_height", "peak_interval"], x, **options)
    peaks, _ = find_peaks(x.astype(np.float64), **options)
    assert found["peak_count"] == len(peaks)
    mean = x[peaks].mean(dtype=np.float64) if len(peaks) else 0.0
    assert found["peak_height"] == pytest.approx(
        mean, abs=float(SUMS * (1 + abs(x).max()))
    )
    gaps = np.diff(peaks).mean() if len(peaks) > 1 else 0.0
    assert found["peak_interval"] == pytest.approx(gaps, rel=1e-6)


def test_of_equal_peaks_that_are_near_the_last_stays():
    x = np.zeros(20, np.float32)
    x[[3, 6, 9]] = 1
    found = made(["peak_count", "peak_interval"], x, distance=4)
    assert found == {"peak_count": 2, "peak_interval": 6}


def test_pairs_of_channels_and_their_area():
    x = RNG.normal(size=(20, 64, 3)) + np.array([0, 5, -2])
    x[..., 1] += x[..., 0]
    block = signal.TimeFeatures(["correlation", "sma", "mean"]).fit(x)
    found = block.transform(x)
    assert block.get_feature_names_out().tolist() == [
        *("correlation_c0_c1", "correlation_c0_c2", "correlation_c1_c2", "sma"),
        *("mean_c0", "mean_c1", "mean_c2"),
    ]
    for row, window in zip(found, x, strict=True):
        c = np.corrcoef(window.T)
        np.testing.assert_allclose(row[:3], c[[0, 0, 1], [1, 2, 2]], atol=5e-6)
    area = np.abs(x).mean(1).sum(1)
    np.testing.assert_allclose(found[:, 3], area, rtol=1e-5)


@pytest.mark.parametrize("constant", [0.0, -2.0, np.nan])
def test_constant_windows(constant):
    x = np.full(33, 0.1, np.float32)
    names = ["skew", "kurtosis", "autocorrelation", "hjorth_mobility", "peak_height"]
    found = made([*names, "std", "crest", "slope"], x, constant=constant)
    for name, value in found.items():
        if name in ("std", "slope"):
            assert value == 0
        elif name == "crest":
            assert value == pytest.approx(1, rel=1e-6)
        else:
            np.testing.assert_equal(value, np.float32(constant))
    zeros = made(["crest", "shape_factor"], 0 * x, constant=constant)
    np.testing.assert_equal(list(zeros.values()), np.float32([constant] * 2))


def test_one_sample():
    found = made(
        [n for n in NAMES if "hjorth" not in n and n != "correlation"],
        np.float32([-3]),
        lags=[0],
    )
    given = {"mean": -3, "rms": 3, "min": -3, "median": -3, "sma": 3, "energy": 9}
    given |= {
        "quantile_0.25": -3,
        "quantile_0.75": -3,
        "mean_abs": 3,
        "max": -3,
        "abs_max": 3,
    }
    given |= {name: 1 for name in ("crest", "shape_factor", "impulse_factor")}
    for name, value in found.items():
        assert value == given.get(name, 0), name


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_channel_that_is_not_finite_is_nan_and_no_other(bad):
    x = RNG.normal(size=(4, 16, 2)).astype(np.float32)
    names = [n for n in NAMES if n not in ("correlation", "sma")]
    block = signal.TimeFeatures(names).fit(x)
    good = block._model()._runtime.scores(x.reshape(4, -1))
    x[2, 5, 1] = bad
    found = block._model()._runtime.scores(x.reshape(4, -1))
    hit = np.array([name.endswith("_c1") for name in block.get_feature_names_out()])
    assert np.isnan(found[2, hit]).all()
    found[2, hit] = good[2, hit]
    np.testing.assert_array_equal(found, good)


@pytest.mark.parametrize("scale", [1e-38, 1e-20, 1e20, 1e37])
def test_samples_of_any_size(scale):
    """Moments neither overflow nor vanish."""
    x = (RNG.normal(3, 1, 128) * scale).astype(np.float32)
    exact = x.astype(np.float64)
    found = made(["mean", "std", "rms", "skew", "kurtosis", "crest"], x)
    near = dict(rel=2e-5 if scale > 1e-30 else 1e-3)
    assert found["mean"] == pytest.approx(exact.mean(), **near)
    assert found["std"] == pytest.approx(exact.std(), **near)
    assert found["rms"] == pytest.approx(np.sqrt(np.mean(exact**2)), **near)
    assert found["skew"] == pytest.approx(stats.skew(exact), abs=1e-3)
    assert found["kurtosis"] == pytest.approx(stats.kurtosis(exact), abs=1e-3)


def test_order_of_the_list_and_the_default():
    x = RNG.normal(size=(5, 20, 2))
    mixed = ["max", "mean", "min", "std", "median", "peak_count", "mad"]
    block = signal.TimeFeatures(mixed).fit(x)
    assert block.get_feature_names_out()[:4].tolist() == [
        *("max_c0", "max_c1", "mean_c0", "mean_c1")
    ]
    found = block.transform(x)
    for k, name in enumerate(mixed):
        alone = signal.TimeFeatures([name]).fit(x).transform(x)
        np.testing.assert_array_equal(found[:, 2 * k : 2 * k + 2], alone)
    assert len(signal.TimeFeatures().fit(x).get_feature_names_out()) == 28


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"features": ["kurtossis"]}, "kurtosis"),
        ({"features": []}, "empty"),
        ({"features": "mean"}, "list of names"),
        ({"features": ["mean", "mean"]}, "twice"),
        ({"ddof": 16}, "ddof"),
        ({"ddof": -1}, "ddof"),
        ({"quantiles": [1.5]}, "quantiles"),
        ({"features": ["autocorrelation"], "lags": [16]}, "lags"),
        ({"lags": [-1]}, "lags"),
        ({"dead_band": -1}, "dead_band"),
        ({"threshold": np.inf}, "threshold"),
        ({"distance": 0}, "distance"),
        ({"prominence": -1.0}, "prominence"),
        ({"constant": np.inf}, "constant"),
        ({"features": ["correlation"]}, "2 channels"),
    ],
)
def test_bad_parameters_are_named(options, words):
    with pytest.raises(ValueError, match=words):
        signal.TimeFeatures(**options).fit(np.zeros((2, 16)))


def test_manners_of_scikit_learn():
    x = RNG.normal(size=(60, 24)).astype(np.float32)
    block = signal.TimeFeatures(["mean", "std"]).fit(x)
    again = pickle.loads(pickle.dumps(block)).transform(x)
    np.testing.assert_array_equal(again, block.transform(x))
    assert not hasattr(clone(block), "shape_in_")
    search = GridSearchCV(
        make_pipeline(signal.TimeFeatures(), RandomForestClassifier(5)),
        {"timefeatures__ddof": [0, 1], "timefeatures__features": [["mean"], None]},
        cv=2,
    )
    search.fit(x, np.arange(60) % 2)
    frame = signal.TimeFeatures(["mean"]).set_output(transform="pandas").fit(x)
    assert list(frame.transform(x).columns) == ["mean"]


def test_ten_thousand_windows_agree_wholly():
    x = RNG.normal(size=(400, 128, 3)) * [1, 5, 0.1] + [0, 1, 9.81]
    y = RNG.integers(0, 4, 400)
    x += np.sin(np.arange(128) * (1 + y)[:, None] / 9)[..., None]
    pipeline = make_pipeline(
        signal.TimeFeatures(), StandardScaler(), RandomForestClassifier(10)
    ).fit(x, y)
    rows = RNG.normal(size=(10000, 128, 3)) * [1, 5, 0.1] + [0, 1, 9.81]
    rows += np.sin(np.arange(128) * RNG.integers(1, 5, 10000)[:, None] / 9)[..., None]
    model = Model.from_sklearn(pipeline)
    assert (model.predict(rows) == pipeline.predict(rows)).all()


def test_unions_and_columns_of_channels():
    x = RNG.normal(size=(80, 32, 3)).astype(np.float32)
    y = RNG.integers(0, 2, 80)
    union = FeatureUnion(
        [
            ("axes", signal.TimeFeatures(["mean", "iqr"])),
            ("norm", make_pipeline(signal.Magnitude(), signal.TimeFeatures(["std"]))),
        ]
    )
    pipeline = make_pipeline(union, RandomForestClassifier(5, random_state=0))
    model = Model.from_sklearn(pipeline.fit(x, y))
    assert (model.predict(x) == pipeline.predict(x)).all()
    flat = x.reshape(80, -1)
    of_channel = [list(range(c, 96, 3)) for c in range(3)]
    columns = ColumnTransformer(
        [
            ("x", signal.TimeFeatures(["mean", "std"]), of_channel[0]),
            ("z", signal.TimeFeatures(["peak_count"]), of_channel[2]),
        ]
    )
    pipeline = make_pipeline(columns, RandomForestClassifier(5, random_state=0))
    model = Model.from_sklearn(pipeline.fit(flat, y))
    assert (model.predict(flat) == pipeline.predict(flat)).all()


def test_presets_convert_whole():
    x = RNG.normal(size=(60, 32, 6)).astype(np.float32)
    y = RNG.integers(0, 2, 60)
    for preset, rows in (
        (signal.imu(), x),
        (signal.imu(2, magnitude=False, correlation=False), x[..., :2]),
        (signal.emg(0.5), x[..., :2]),
        (signal.vibration(), x[..., :1]),
        (signal.vibration(signal.TimeFeatures(["peak_count"])), x[..., :1]),
    ):
        pipeline = make_pipeline(preset, RandomForestClassifier(4, random_state=0))
        model = Model.from_sklearn(pipeline.fit(rows, y))
        assert (model.predict(rows) == pipeline.predict(rows)).all()
        found = preset.transform(rows)
        assert found.shape == (60, len(preset.get_feature_names_out()))
    with pytest.raises(ValueError, match="multiple of 3"):
        signal.imu(4)


def test_hudgins_set_is_its_definition():
    x = RNG.normal(size=(30, 50)).astype(np.float32)
    found = signal.emg(0.3).fit_transform(x)
    a, b = x[:, :-1], x[:, 1:]
    d = b - a
    np.testing.assert_allclose(found[:, 0], abs(x).mean(1), rtol=1e-6)
    crossed = (np.sign(a) * np.sign(b) < 0) & (abs(d) >= np.float32(0.3))
    np.testing.assert_array_equal(found[:, 1], crossed.sum(1))
    turned = (d[:, :-1] * np.sign(d[:, 1:]) < 0) & (
        np.maximum(abs(d[:, :-1]), abs(d[:, 1:])) >= np.float32(0.3)
    )
    np.testing.assert_array_equal(found[:, 2], turned.sum(1))
    np.testing.assert_allclose(found[:, 3], abs(d).sum(1), rtol=1e-6)
