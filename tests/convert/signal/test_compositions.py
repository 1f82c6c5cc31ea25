# SPDX-License-Identifier: MIT
"""Blocks with state in whatever holds estimators: rows are answered as by the original,
and a stream as the original answers the windows of the recording."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy.signal import butter
from sklearn.base import clone
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.ensemble import BaggingRegressor, StackingRegressor, VotingRegressor
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from emlrt import Model, Stream, UnsupportedModelError, signal, to_int16
from emlrt.signal.framing import windows

LENGTH, HOP, CHANNELS = 16, 4, 2
RNG = np.random.default_rng(0)
#: Decimals, as sensors and tables have them, with what filters must follow.
RECORDING = np.round(RNG.normal(size=(64, CHANNELS)).cumsum(axis=0), 2)
X = windows(RECORDING, LENGTH, HOP)
FLAT = X.reshape(len(X), -1)
Y = RNG.normal(size=len(X))
ONE = list(range(0, LENGTH * CHANNELS, CHANNELS))
OTHER = list(range(1, LENGTH * CHANNELS, CHANNELS))


def low():
    return signal.Sosfilt(butter(2, 0.3, output="sos"))


def frame(length=LENGTH, hop=HOP, **given):
    return signal.Frame(length, hop, **given)


def features():
    return signal.TimeFeatures(["mean", "std", "last_minus_first"])


def filtered():
    return make_pipeline(low(), features())


def average():
    return signal.MovingAverage(3)


def channel(k):
    return signal.Channels(keep=[k])


def vote(*members):
    return VotingRegressor([(f"m{k}", member) for k, member in enumerate(members)])


def checked(pipeline, rows, hop, channels=CHANNELS):
    """The model; asserts that it answers rows as its original, and says the cut."""
    model = Model.from_sklearn(pipeline)
    cut = model.window
    assert (cut.times, cut.hop_times, cut.channels) == (LENGTH, hop, channels)
    assert np.allclose(model.predict(rows), pipeline.predict(rows), 1e-5, 1e-5)
    return model


def streams_its_windows(pipeline, rows=X, samples=RECORDING, hop=HOP):
    """The model; asserts that a stream answers as the original answers windows."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    model = checked(pipeline, rows, hop, channels)
    cut = windows(samples, LENGTH, hop)
    cut = cut.reshape(len(cut), *rows.shape[1:])
    found = np.concatenate([*map(Stream(model).push, np.array_split(samples, 5))])
    assert np.allclose(found, pipeline.predict(cut), 1e-5, 1e-5)
    return model


PARTS = {
    "features": lambda: [features()],
    "filter": lambda: [low(), features()],
    "frame": lambda: [frame(), features()],
    "filter, frame": lambda: [average(), frame(), features()],
    "frame, filter": lambda: [frame(), channel(0), low(), features()],
    "union": lambda: [make_union(features(), make_pipeline(low(), signal.Lags([0])))],
}
FRONTS = {
    "nothing": list,
    "filter": lambda: [average()],
    "frame": lambda: [frame()],
    "filter, frame": lambda: [average(), frame()],
}


def side_by_side(names):
    return [make_union(*(make_pipeline(*PARTS[name]()) for name in names)), Ridge()]


def of_members(names):
    return [vote(*(make_pipeline(*PARTS[name](), Ridge()) for name in names))]


@pytest.mark.parametrize("holder", [side_by_side, of_members])
@pytest.mark.parametrize("front", FRONTS)
def test_all_pairs_of_parts(front, holder):
    """Filters in front of the outermost Frame never stop; all else sees windows."""
    parts = list(PARTS)[: -1 if holder is of_members else None]
    for names in combinations(parts, 2):
        behind = holder(names)
        pipeline = make_pipeline(*FRONTS[front](), *behind).fit(X, Y)
        if front != "filter, frame":
            framed = any("frame" in name for name in (front, *names))
            streams_its_windows(pipeline, hop=HOP if framed else LENGTH)
            continue
        model = checked(pipeline, X, HOP)
        whole = average().fit_transform(RECORDING[None])[0]
        expected = pipeline[2:].predict(windows(whole, LENGTH, HOP))
        found = Stream(model).push(RECORDING)
        assert np.allclose(found, expected, 1e-5, 1e-5), names


@pytest.mark.parametrize("holder", [side_by_side, of_members])
def test_what_is_no_block_behind_channels(holder):
    """It does not know the shape of a window: Channels does."""
    for names, hop in ((["features", "filter"], LENGTH), (["frame", "features"], HOP)):
        named = signal.Channels(["a", "b"])
        for steps, rows in (([named], X), ([StandardScaler(), named], FLAT)):
            pipeline = make_pipeline(*steps, *holder(names)).fit(rows, Y)
            model = streams_its_windows(pipeline, rows, hop=hop)
            assert model.channel_names == ("a", "b")
            compared = model.report([RECORDING], original=pipeline).agreement
            assert compared.n_rows == 1 + (len(RECORDING) - LENGTH) // hop


FILTERS = {
    "low": (low, 1),
    "average": (average, 1),
    "taps": (lambda: signal.Fir([0.5, 0.3, 0.2]), 1),
    "difference": (lambda: signal.Difference(2), 1),
    "median": (lambda: signal.MedianFilter(3), 1),
    "exponential": (lambda: signal.ExponentialMean(0.2), 1),
    "score": (lambda: signal.ExponentialZScore(0.2), 1),
    "gravity": (lambda: signal.Gravity(0.1), 1),  # twice the channels
    "norm": (signal.Magnitude, 1),  # one channel
    "one channel": (lambda: channel(0), 1),
    "half": (lambda: signal.Decimate(2), 2),
}


@pytest.mark.parametrize("first", FILTERS)
def test_two_filters_in_front_of_a_frame(first):
    """Whatever the channels and the rate between them are."""
    for second in ("low", "gravity", "norm", "half"):
        ratio = FILTERS[first][1] * FILTERS[second][1]
        front = [FILTERS[first][0](), FILTERS[second][0]()]
        cut = frame(LENGTH // ratio, HOP // ratio)
        pipeline = make_pipeline(*front, cut, features(), Ridge()).fit(X, Y)
        model = checked(pipeline, X, HOP)
        whole = RECORDING[None]
        for block in front:
            whole = clone(block).fit_transform(whole)
        cut = windows(np.asarray(whole)[0], LENGTH // ratio, HOP // ratio)
        expected = pipeline[3:].predict(cut)
        found = Stream(model).push(RECORDING)
        assert np.allclose(found, expected, 1e-4, 1e-4), second


AROUND = {
    "target": lambda of: TransformedTargetRegressor(of, transformer=StandardScaler()),
    "stacking": lambda of: StackingRegressor([("a", of), ("b", of)], Ridge(), cv=2),
    "bagging": lambda of: BaggingRegressor(of, 2, random_state=0),
    "outputs": lambda of: MultiOutputRegressor(of),
}


@pytest.mark.parametrize("name", AROUND)
def test_what_is_around_a_pipeline_has_its_windows(name):
    for steps in PARTS["frame, filter"](), PARTS["filter, frame"]():
        around = AROUND[name](make_pipeline(*steps, Ridge()))
        y = np.stack([Y, -Y], axis=1) if name == "outputs" else Y
        streams_its_windows(around.fit(X[:, :, 0], y), X[:, :, 0], RECORDING[:, 0])


@pytest.mark.parametrize(
    "scaler",
    [StandardScaler, SimpleImputer, lambda: FunctionTransformer(np.abs)],
    ids=["scaler", "imputer", "function"],
)
def test_scalers_in_front_leave_windows_windows(scaler):
    """They have numbers of each time of a window: so does what follows, from rest."""
    flat = frame(channels=CHANNELS)
    for behind in (
        [flat, features()],
        [signal.Channels(CHANNELS), low(), frame(), features()],
        [make_union(make_pipeline(flat, low(), features()), FunctionTransformer())],
    ):
        streams_its_windows(
            make_pipeline(scaler(), *behind, Ridge()).fit(FLAT, Y), FLAT
        )


def test_a_union_passes_samples_on():
    parts = [("a", make_pipeline(frame(), low())), ("b", "passthrough"), ("c", "drop")]
    pipeline = make_pipeline(FeatureUnion(parts, transformer_weights={"a": 2}), Ridge())
    streams_its_windows(pipeline.fit(X[:, :, 0], Y), X[:, :, 0], RECORDING[:, 0])


def columns(one, other, **more):
    return make_pipeline(ColumnTransformer([*one, *other], **more), Ridge())


def test_columns_of_channels_are_windows():
    single = frame(channels=1)
    behind = [("a", make_pipeline(single, low(), features()), ONE)]
    in_front = [("a", make_pipeline(low(), frame(), features()), ONE)]
    framed = [("b", make_pipeline(single, features()), OTHER)]
    unframed = [("b", features(), OTHER)]
    some = [("b", StandardScaler(), OTHER[:3])]
    for one, other in product([behind, in_front], [framed, unframed, some]):
        streams_its_windows(columns(one, other).fit(FLAT, Y), FLAT)
    streams_its_windows(columns(behind, [], remainder="passthrough").fit(FLAT, Y), FLAT)
    turned = [t * CHANNELS + c for t in range(LENGTH) for c in (1, 0)]
    both = [("a", make_pipeline(frame(channels=2), low(), features()), turned)]
    streams_its_windows(columns(both, []).fit(FLAT, Y), FLAT)


@pytest.mark.parametrize(
    "places",
    [(range(LENGTH), range(LENGTH, 2 * LENGTH)), (ONE[::-1], OTHER)],
    ids=["channel after channel", "backward"],
)
def test_columns_in_another_order_than_a_streams_are_refused(places):
    parts = [
        (str(k), make_pipeline(frame(channels=1), features()), list(at))
        for k, at in enumerate(places)
    ]
    pipeline = columns(parts, []).fit(FLAT, Y)
    with pytest.raises(UnsupportedModelError, match="all channels of one time side"):
        Model.from_sklearn(pipeline)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (lambda: [PCA(8), frame(8, 2)], "Frame stands behind PCA.* in front of it"),
        (
            lambda: [SelectKBest(f_regression, k=8), low(), frame(8, 2)],
            "Frame stands behind SelectKBest",
        ),
        (
            lambda: [make_union(low(), average()), frame(2 * LENGTH)],
            "Frame stands behind FeatureUnion",
        ),
        (
            lambda: [frame(), make_union(frame(LENGTH, 8), features())],
            "other windows than these: put one Frame in front",
        ),
        (
            lambda: [low(), make_union(frame(LENGTH, 8), frame())],
            "cut a stream in different ways: put one Frame in front",
        ),
        (
            lambda: [make_union(frame(LENGTH, LENGTH), frame())],
            "cut a stream in different ways: put one Frame in front",
        ),
    ],
)
def test_frames_that_say_nothing_of_the_stream_are_refused(steps, message):
    pipeline = make_pipeline(*steps(), Ridge()).fit(X[:, :, 0], Y)
    with pytest.raises(UnsupportedModelError, match=message):
        Model.from_sklearn(pipeline)


@pytest.mark.parametrize(
    "steps",
    [
        lambda: [make_union(frame(), low())],
        lambda: [low(), make_union(frame(), features())],
        lambda: [StandardScaler(), frame(), features()],
    ],
)
def test_a_decision_takes_its_windows_from_one_frame_in_front(steps):
    """No state holds windows that overlap behind what takes them whole."""
    classifier = make_pipeline(*steps(), LogisticRegression())
    decision = signal.Decision(classifier, signal.Vote(3)).fit(X[:, :, 0], Y > 0)
    with pytest.raises(UnsupportedModelError, match="put one Frame in front of it"):
        Model.from_sklearn(decision)


def bands(**given):
    shape = {"sr": 100, "n_fft": 8, "hop_length": 4, "n_mels": 3, "fmax": 50}
    return signal.MelSpectrogram(center=False, **shape, **given)


def of_frames():
    return [bands(), signal.PowerToDb(), signal.Frame(3, 1, n_bands=3)]


SPECTRA = {
    "one by one": lambda: [frame(), bands(), signal.PowerToDb(), StandardScaler()],
    "filter": lambda: [low(), frame(), bands()],
    "whole": lambda: [low(), frame(), make_union(bands(), filtered())],
    "union": lambda: [make_union(make_pipeline(frame(), bands()), features())],
    "frames": of_frames,
    "filter, frames": lambda: [low(), *of_frames()],
    "union of frames": lambda: [make_union(make_pipeline(*of_frames()), features())],
    "scaler": lambda: [StandardScaler(), low(), frame(), bands()],
    "scaler, frames": lambda: [StandardScaler(), *of_frames()],
    "members": lambda: [low(), frame(), vote(make_pipeline(bands(), Ridge()), Ridge())],
    "members of frames": lambda: [vote(make_pipeline(*of_frames(), Ridge()))],
}


@pytest.mark.parametrize("name", SPECTRA)
def test_spectra_wherever_they_stand(name):
    """The report asks the original as a stream would be asked."""
    steps, rows = SPECTRA[name](), X[:, :, 0]
    last = [] if "members" in name else [Ridge()]
    pipeline = make_pipeline(*steps, *last).fit(rows, Y)
    model = checked(pipeline, rows, HOP, 1)
    found = model.report(RECORDING[:, 0], original=pipeline).agreement
    assert (found.n_rows, len(found.rows)) == (len(X), 0)


DECIDED = {
    "frame": lambda: [frame(), low(), features()],
    "filter": lambda: [low(), frame(), features()],
    "union": lambda: [low(), frame(), make_union(filtered(), features())],
    "spectra": lambda: [signal.Magnitude(), frame(), bands()],
    "no frame": lambda: [make_union(filtered(), features())],
    "scaler": lambda: [StandardScaler(), signal.Channels(CHANNELS), low(), features()],
}


@pytest.mark.parametrize("dtype", ["float32", "int16"])
@pytest.mark.parametrize("name", DECIDED)
def test_decisions_around_them(name, dtype):
    rows = FLAT if name == "scaler" else X
    classifier = make_pipeline(*DECIDED[name](), LogisticRegression())
    decision = signal.Decision(classifier, signal.Vote(3)).fit(rows, Y > 0)
    rule = {"dtype": dtype, "inputs": to_int16(X)} if dtype == "int16" else {}
    model = Model.from_sklearn(decision, **rule)
    hop = LENGTH if name in ("no frame", "scaler") else HOP
    assert (model.window.hop_times, model.window.channels) == (hop, CHANNELS)
    assert (model.predict(rows) == decision.predict(rows)).all()
    found = model.report(RECORDING, original=decision).agreement
    assert len(found.rows) == 0
