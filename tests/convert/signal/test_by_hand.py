# SPDX-License-Identifier: MIT
"""What people write by hand in front of models, and the block for it: both columns of
the table in docs/SIGNAL.md, computed and compared; and the blocks of it that have no
tests of their own."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal as scipy_signal
from scipy.stats import median_abs_deviation
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer

import emlrt
from emlrt import Model, Stream, signal

PAGE = (Path(__file__).parents[3] / "docs/SIGNAL.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## What you wrote by hand")[2].partition("\n## ")[0]
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split(" | "))
    for line in SECTION.splitlines()
    if line.startswith("| ") and "`" in line
]
RNG = np.random.default_rng(11)
FS, LENGTH = 100.0, 128
TIMES = np.arange(LENGTH) / FS


def sensor(channels=3):
    """A tone of 9.7 Hz, a slow one and noise, about gravity."""
    tones = np.sin(2 * np.pi * 9.7 * TIMES) + np.sin(2 * np.pi * 1.3 * TIMES)
    noise = RNG.normal(scale=0.3, size=(LENGTH, channels))
    return (tones[:, None] + noise + [0.1, 9.81, -4.0][:channels]).astype(np.float32)


def names():
    """What the table's code is about."""
    a = sensor().astype(np.float64)
    x = a[:, 0]
    power, hz = abs(np.fft.rfft(x)) ** 2, np.fft.rfftfreq(LENGTH, 1 / FS)
    known = {name: getattr(signal, name) for name in signal.__all__}
    known |= {n: getattr(scipy_signal, n) for n in ("butter", "find_peaks", "lfilter")}
    known |= {n: getattr(scipy_signal, n) for n in ("get_window", "sosfilt")}
    known |= {"sosfiltfilt": scipy_signal.sosfiltfilt, "np": np, "pd": pd}
    known |= {"median_abs_deviation": median_abs_deviation, "fs": FS}
    known |= {"make_pipeline": make_pipeline}
    known |= {"FunctionTransformer": FunctionTransformer}
    known |= {"x": x, "a": a, "p": power, "f": hz, "near": (hz >= 8) & (hz < 12)}
    return known


def computed(code, known):
    """The last expression of the code; `name := value, ...` names one before."""
    known = dict(known)
    while ":= " in code.split(",")[0]:
        name, _, rest = code.partition(" := ")
        cut = next(i for i in range(len(rest)) if _ends(rest, i))
        known[name] = eval(rest[:cut], known)
        code = rest[cut + 1 :].strip()
    return np.asarray(eval(code, known), np.float64)


def _ends(text, i):
    """Whether a comma at i is outside of all brackets."""
    before = text[:i]
    depth = sum(map(before.count, "([")) - sum(map(before.count, ")]"))
    return text[i] == "," and depth == 0


@pytest.mark.parametrize(("what", "by_hand", "block"), ROWS)
def test_the_block_gives_what_was_written_by_hand(what, by_hand, block):
    known = names()
    expected = computed(by_hand.strip("`"), known)
    made = eval(block.strip("`"), dict(known))
    if isinstance(made, np.ndarray):  # windows
        assert (made == expected).all()
        return
    window = known["a"] if re.search(r"\ba\b", by_hand) else known["x"][:, None]
    found = made.fit_transform(window[None])[0]
    expected = expected.reshape(found.shape)
    known_nan = np.isnan(expected)  # 0 / 0 of a z-score's first sample
    assert known_nan.sum() <= (what == "and a z-score against it")
    expected = np.where(known_nan, 0, expected)
    near = 2e-5 * abs(expected).max()
    if "10 * np" in by_hand:
        near = 2e-3
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=near)
    model = Model.from_sklearn(made)
    bits = model.transform(window[None]).reshape(found.shape)
    if "FunctionTransformer" in block:  # numpy computes it for scikit-learn
        np.testing.assert_allclose(bits, found, rtol=1e-6)
    else:
        assert (bits == np.asarray(found, np.float32)).all()


def test_the_table_has_the_items():
    assert len(ROWS) >= 35
    assert all(len(row) == 3 for row in ROWS)


@given(
    st.integers(1, 1500),
    st.lists(st.floats(0, 0.5), min_size=1, max_size=4),
    st.integers(1, 3),
    st.integers(-30, 30),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=50, deadline=None)
def test_goertzel_is_the_sum(length, turns, channels, scale, seed):
    x = np.random.default_rng(seed).normal(size=(2, length, channels))
    x = (x * 10.0**scale).astype(np.float32)
    block = signal.Goertzel(turns, output="magnitude")
    found = block.fit_transform(x).reshape(2, len(turns), channels)
    waves = np.exp(-2j * np.pi * np.multiply.outer(turns, np.arange(length)))
    exact = abs(np.einsum("ft,ntc->nfc", waves, x.astype(np.float64)))
    sizes = abs(x.astype(np.float64)).sum(1)
    assert (abs(found - exact) <= 2e-7 * sizes[:, None] + 1e-43 * length).all()
    power = signal.Goertzel(turns).fit(x).transform(x).reshape(exact.shape)
    if abs(scale) <= 12:
        near = 5e-7 * sizes[:, None] ** 2
        assert (abs(power - exact**2) <= near).all()


def test_goertzel_of_a_bin_is_that_of_the_transform():
    x = RNG.normal(size=(5, 205))
    hz = np.array([0, 18, 102]) * 8000 / 205
    found = signal.Goertzel(hz, fs=8000).fit_transform(x)
    expected = abs(np.fft.rfft(x))[:, [0, 18, 102]] ** 2
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    tone = 3 * np.sin(2 * np.pi * 1000 * np.arange(400) / 8000)
    height = signal.Goertzel([1000], 8000, "magnitude").fit_transform(tone[None])
    assert abs(height[0, 0] / 200 - 3) < 1e-6


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"frequencies": []}, "frequencies is empty"),
        ({"frequencies": [60], "fs": 100}, "fs / 2 = 50"),
        ({"frequencies": [-1], "fs": 100}, "frequencies"),
        ({"frequencies": [1], "fs": 0}, "fs"),
        ({"frequencies": [1], "fs": 9, "output": "complex"}, "output"),
    ],
)
def test_goertzel_names_what_has_no_meaning(options, named):
    with pytest.raises(ValueError, match=named):
        signal.Goertzel(**options).fit(np.ones((1, 8)))


@given(
    st.floats(1e-3, 1),
    st.integers(1, 300),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 1.0, 1e3]),
)
@settings(max_examples=40, deadline=None)
def test_scores_are_those_of_pandas(alpha, n, seed, offset):
    x = np.random.default_rng(seed).normal(size=n) + offset
    x = x.astype(np.float32).astype(np.float64)
    alpha = float(np.float32(alpha))
    own = pd.Series(x).ewm(alpha=alpha, adjust=False)
    # pandas takes squares of means from means of squares; this is the definition.
    mean, square, expected = x[0], 0.0, []
    for value in x:
        off = value - mean
        mean += alpha * off
        square = (1 - alpha) * (square + alpha * off * off)
        expected.append((value - mean) / np.sqrt(square) if square > 0 else 0.0)
    block = signal.ExponentialZScore(alpha)
    found = block.fit_transform(x[None, :, None])[0, :, 0]
    deviation = np.sqrt(np.maximum(own.var(bias=True).to_numpy(), 1e-300))
    # The mean may be off by half an ulp or so.
    near = 4e-6 * (1 + abs(np.array(expected))) + 2e-7 * (offset + 6) / np.where(
        deviation > 1e-9, deviation, np.inf
    )
    far = abs(found - expected) > near
    assert not far[deviation > 1e-6].any()
    if offset == 0 and alpha < 0.99 and n > 1:
        theirs = ((x - own.mean()) / own.std(bias=True)).to_numpy()[1:]
        np.testing.assert_allclose(found[1:], theirs, rtol=1e-4, atol=1e-4)


def test_scores_of_constants_and_in_a_stream():
    constant = np.full((1, 50, 1), 0.7)
    assert not signal.ExponentialZScore(0.1).fit_transform(constant).any()
    recordings = [RNG.normal(k, 1 + k, size=(300, 2)) for k in range(2)]
    front = make_pipeline(signal.ExponentialZScore(0.05), signal.Frame(32, 16))
    X, y = signal.Frame(32, 16).cut(recordings, [0, 1])
    pipeline = make_pipeline(
        front, signal.TimeFeatures(["max", "std"]), RandomForestClassifier(5)
    ).fit(X, y)
    model = Model.from_sklearn(pipeline)
    assert model.state_bytes > 0
    whole = signal.ExponentialZScore(0.05).fit_transform(recordings[1][None])[0]
    windows = signal.Frame(32, 16).cut([whole])
    expected = pipeline[1:].predict(windows)
    assert (Stream(model).push(recordings[1]) == expected).all()


# Channels


def test_flat_rows_have_channels():
    X = RNG.normal(size=(40, 32, 3))
    flat = X.reshape(40, -1)
    for first in (signal.Channels(3), signal.Frame(32, channels=3)):
        made = make_pipeline(first, signal.Detrend(), signal.TimeFeatures()).fit(flat)
        alone = make_pipeline(signal.Detrend(), signal.TimeFeatures()).fit(X)
        assert (made.transform(flat) == alone.transform(X)).all()
        assert (Model.from_sklearn(made).transform(flat) == made.transform(flat)).all()
        assert (made.transform(X) == made.transform(flat)).all()
    with pytest.raises(ValueError, match="no whole times of channels=5"):
        signal.Channels(5).fit(flat)
    with pytest.raises(ValueError, match="3 channels, not channels=2"):
        signal.Frame(32, channels=2).fit(X)
    with pytest.raises(ValueError, match="give channels=3"):
        signal.Frame(32).fit(flat)


def test_a_stream_of_flat_rows():
    X, y = RNG.normal(size=(60, 32, 3)), np.arange(60) % 2
    flat = X.reshape(60, -1)
    forest = RandomForestClassifier(7, random_state=0)
    features = signal.TimeFeatures(["mean", "std"])
    filtered = signal.MovingAverage(3)
    for blocks in (
        [signal.Frame(32, 16, channels=3)],
        [signal.Channels(3), signal.Frame(32, 16)],
        [signal.Channels(3), filtered, signal.Frame(32, 16)],
        [signal.Channels(3, keep=[2, 0]), signal.Frame(32, 16)],
    ):
        pipeline = make_pipeline(*blocks, features, forest).fit(flat, y)
        model = Model.from_sklearn(pipeline)
        assert model.window.channels == 3
        assert (model.state_bytes > 0) == (filtered in blocks or "keep=" in str(blocks))
        samples = X.reshape(-1, 3)
        found = Stream(model).push(samples)
        if filtered not in blocks:
            windows = signal.Frame(32, 16).cut([samples])
            assert (found == pipeline.predict(windows)).all()
        assert len(found) == 1 + (len(samples) - 32) // 16


def test_columns_of_channels_side_by_side():
    X, y = RNG.normal(size=(60, 32, 4)), np.arange(60) % 2
    flat = X.reshape(60, -1)
    columns = np.arange(128).reshape(32, 4)
    side_by_side = [
        (
            "acc",
            make_pipeline(
                signal.Frame(32, 8, channels=3), signal.TimeFeatures(["rms"])
            ),
            columns[:, :3].ravel(),
        ),
        (
            "sound",
            make_pipeline(signal.Frame(32, 8), signal.RFFT(bins=(1, 4))),
            columns[:, 3],
        ),
    ]
    own = ColumnTransformer(side_by_side)
    union = make_union(
        make_pipeline(signal.Channels(keep=[0, 1, 2]), signal.TimeFeatures(["rms"])),
        make_pipeline(signal.Channels(keep=[3]), signal.RFFT(bins=(1, 4))),
    )
    assert (own.fit_transform(flat) == union.fit_transform(X)).all()
    pipeline = make_pipeline(own, RandomForestClassifier(5, random_state=0))
    model = Model.from_sklearn(pipeline.fit(flat, y))
    assert (model.window.hop, model.window.channels) == (32, 4)
    windows = signal.Frame(32, 8).cut([X.reshape(-1, 4)]).reshape(-1, 128)
    assert (Stream(model).push(X.reshape(-1, 4)) == pipeline.predict(windows)).all()
    own.set_params(transformers=[("acc", signal.TimeFeatures(), [0, 1, 2])])
    with pytest.raises(ValueError, match="2D"):  # docs/SIGNAL.md says what to do
        own.fit(X)
    own.set_params(transformers=side_by_side)
    other = signal.Frame(32, 16)
    own.set_params(sound=make_pipeline(other, signal.RFFT())).fit(flat)
    with pytest.raises(emlrt.UnsupportedModelError, match="one window"):
        Model.from_sklearn(own)


def test_channels_by_name():
    X = RNG.normal(size=(4, 16, 3))
    block = signal.Channels(["ax", "ay", "az"], keep=["az", "ax"]).fit(X)
    assert (block.transform(X) == X[:, :, [2, 0]].astype(np.float32)).all()
    assert block.get_feature_names_out()[:3].tolist() == ["az_t0", "ax_t0", "az_t1"]
    for keep, named in ((["gx"], "'gx' is none"), ([3], "keep"), ([], "keep")):
        with pytest.raises(ValueError, match=named):
            signal.Channels(["ax", "ay", "az"], keep).fit(X)
    for channels in ("ax", [], ["a", "a"], [1, 2], 0, 1.5):
        with pytest.raises(ValueError, match="channels"):
            signal.Channels(channels).fit(X)


def test_lags_are_the_last_samples():
    X = RNG.normal(size=(4, 16, 2)).astype(np.float32)
    found = signal.Lags([0, 3, 15]).fit_transform(X)
    assert (found == X[:, [15, 12, 0]].reshape(4, -1)).all()
    for lags in ([], [16], [-1], [1.5]):
        with pytest.raises(ValueError, match="lags"):
            signal.Lags(lags).fit(X)


def test_int16_by_column():
    X = RNG.normal(size=(200, 32, 2)) * [1e-3, 1e3]
    y = (np.ptp(X[:, :, 0], axis=1) > 4e-3).astype(int)
    pipeline = make_pipeline(
        signal.TimeFeatures(["range", "mean"]),
        RandomForestClassifier(9, random_state=0),
    ).fit(X, y)
    model = Model.from_sklearn(pipeline, dtype="int16", inputs=emlrt.to_int16(X))
    assert model.input_dtype == np.int16
    assert np.mean(model.predict(X) == pipeline.predict(X)) > 0.98
