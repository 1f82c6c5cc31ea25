# SPDX-License-Identifier: MIT
"""Windows of recordings and tapers, and what all blocks have in common."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.signal import get_window
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emlrt import Model, Stream, UnsupportedModelError, signal, to_int16
from emlrt.metadata import Window

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 32, 3))
Y = RNG.integers(0, 3, 300)


@pytest.mark.parametrize("name", ["hann", "hamming", ("kaiser", 8.6), "boxcar"])
@pytest.mark.parametrize("fftbins", [True, False])
def test_tapers_are_scipy_s(name, fftbins):
    found = signal.Window(name, fftbins).fit_transform(X)
    expected = X * get_window(name, 32, fftbins)[:, None]
    np.testing.assert_allclose(found, expected, atol=6e-7)
    assert found.dtype == np.float32


def test_windows_of_a_recording():
    recording = np.arange(20).reshape(10, 2)
    frame = signal.Frame(4, 3)
    windows, labels = frame.cut([recording, recording[:5]], ["a", "b"])
    assert windows.shape == (4, 4, 2)
    assert (windows[1] == recording[3:7]).all()
    assert labels.tolist() == ["a", "a", "a", "b"]
    with pytest.raises(ValueError, match="less than a window"):
        frame.cut([recording[:3]])


def test_a_pipeline_agrees_window_for_window():
    flat = X.reshape(len(X), -1)
    pipeline = make_pipeline(
        signal.Window("hann"),
        StandardScaler(),
        RandomForestClassifier(20, random_state=0),
    ).fit(flat, Y)
    model = Model.from_sklearn(pipeline)
    rows = RNG.normal(size=(10000, 96))
    assert (model.predict(rows) == pipeline.predict(rows)).all()
    shaped = rows.reshape(-1, 32, 3)
    assert (model.predict(shaped) == model.predict(rows)).all()


def test_manners_of_scikit_learn():
    window = signal.Window().fit(X)
    found = window.transform(X)
    assert (pickle.loads(pickle.dumps(window)).transform(X) == found).all()
    assert not hasattr(clone(window), "shape_in_")
    assert len(window.get_feature_names_out()) == 96
    pipeline = make_pipeline(signal.Window(), RandomForestClassifier(5))
    search = GridSearchCV(pipeline, {"window__name": ["hann", "boxcar"]}, cv=2)
    search.fit(X.reshape(len(X), -1), Y)
    frame = signal.Window().set_output(transform="default").fit_transform(X)
    assert frame.shape == X.shape


def test_what_is_no_window_is_refused_by_name():
    window = signal.Window().fit(X)
    with pytest.raises(ValueError, match="is expecting 96 features"):
        window.transform(X[:, :31].reshape(len(X), -1))
    with pytest.raises(ValueError, match="windows of"):
        window.transform(X[:, :31])
    with pytest.raises(ValueError, match="1 dimension"):
        window.transform(X[0, :, 0])
    with pytest.raises(ValueError, match="without samples"):
        signal.Window().fit(X[:, :0])
    with pytest.raises(ValueError, match="hop"):
        signal.Frame(32, 0).fit(X)
    with pytest.raises(ValueError, match="not of 16"):
        signal.Frame(16).fit(X)


def test_channels_are_the_last_dimension_of_rows():
    block = signal.TimeFeatures(["mean"]).fit(X)
    model = Model.from_sklearn(block)
    assert (model.transform(X) == block.transform(X)).all()
    with pytest.raises(ValueError, match=r"windows of 3 channel\(s\)"):
        model.transform(X.transpose(0, 2, 1))


@pytest.mark.parametrize("hop", [0, -1, 1.5, np.nan, "a", True])
def test_recordings_are_cut_by_whole_numbers(hop):
    with pytest.raises(ValueError, match="hop is a"):
        signal.Frame(4, hop).cut([np.arange(10)])
    with pytest.raises(ValueError, match="recordings is empty"):
        signal.Frame(4, 1).cut([])


def test_windows_of_decimals_become_int16_by_one_rule_a_channel():
    pipeline = make_pipeline(
        signal.Frame(32),
        signal.TimeFeatures(["mean", "std"]),
        RandomForestClassifier(5, random_state=0),
    ).fit(X, Y)
    model = Model.from_sklearn(pipeline, dtype="int16", inputs=to_int16(X))
    answers = Stream(model).push(X.reshape(-1, 3))
    assert (answers == model.predict(X)).all()
    each = to_int16(X.reshape(len(X), -1))
    model = Model.from_sklearn(pipeline, dtype="int16", inputs=each)
    with pytest.raises(ValueError, match=r"windows \(n, length, channels\) makes one"):
        Stream(model).push(X[0])


def test_recordings_that_do_not_go_together_are_refused():
    frame = signal.Frame(8, 4)
    ones = np.ones((20, 3))
    tables = [pd.DataFrame(ones, columns=list("xyz")) for _ in range(2)]
    assert frame.cut(tables).shape == (8, 8, 3)
    cases = [
        (tables[0], r"if this is one recording, .* give \[recording\]"),
        (ones, r"if this is one recording, .* give \[recording\]"),
        ({"a": ones}, r"recordings is a list of arrays"),
        (
            [tables[0], tables[1][["z", "x", "y"]]],
            r"recording 1 has the columns \['z',",
        ),
        ([ones, tables[0], tables[1][["x", "y"]]], r"recording 2 has the columns"),
        ([ones, ones[:, :2]], r"recording 1 has 2 channels, but recording 0 has 3"),
        ([ones, ones[:, 0]], r"recording 1 has no channel axis, but recording 0"),
        ([ones, ones[:5]], r"recording 1: 5 samples are less than a window of 8"),
    ]
    for recordings, message in cases:
        with pytest.raises(ValueError, match=message):
            frame.cut(recordings)
    for y in ("ab", 3):
        with pytest.raises(ValueError, match=r"y is a list of one label a recording"):
            frame.cut([ones, ones], y)


def _framed(frame, classifier, *front):
    steps = (*front, frame, signal.TimeFeatures(["mean", "std"]), classifier)
    return make_pipeline(*steps)


def _two(hop=12, **options):
    """Pipelines with a Frame each."""
    logistic = LogisticRegression()
    parts = [("a", _framed(signal.Frame(32, 12), logistic))]
    parts.append(("b", _framed(signal.Frame(32, hop), logistic, *options.values())))
    return parts


INSIDE = {
    "voting": VotingClassifier(_two(), voting="soft"),
    "front": VotingClassifier(_two(front=signal.MovingAverage(3)), voting="soft"),
    "stacking": StackingClassifier(_two()),
    "calibrated": CalibratedClassifierCV(_two()[0][1], cv=2),
    "together": CalibratedClassifierCV(_two()[0][1], cv=2, ensemble=False),
    "one-vs-rest": OneVsRestClassifier(_two()[0][1]),
    "one-vs-one": OneVsOneClassifier(_two()[0][1]),
    "outside": make_pipeline(
        signal.Frame(32, 12),
        VotingClassifier([("a", make_pipeline(signal.RFFT(), LogisticRegression()))]),
    ),
}


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", INSIDE)
def test_a_frame_inside_an_estimator_cuts_the_stream(name, channels):
    if name == "one-vs-one" and channels > 1:
        pytest.skip("takes matrices only")
    shape = (200,) if channels == 1 else (200, channels)
    recordings = [RNG.normal(scale=1 + k, size=shape) for k in range(3)]
    frame = signal.Frame(32, 12)
    rows, labels = frame.cut(recordings, ["a", "b", "c"])
    fitted = clone(INSIDE[name]).fit(rows, labels)
    model = Model.from_sklearn(fitted)
    assert model.window == Window(32 * channels, 12 * channels, channels)
    found = Stream(model).push(recordings[1])
    cut = frame.cut([recordings[1]])
    assert len(found) == len(cut)
    assert (found == fitted.predict(cut)).all()


def test_frames_inside_an_estimator_agree():
    rows, labels = signal.Frame(32, 12).cut([np.arange(99.0)] * 2, ["a", "b"])
    differ = VotingClassifier(_two(hop=8), voting="soft").fit(rows, labels)
    with pytest.raises(UnsupportedModelError, match="put one Frame in front of it"):
        Model.from_sklearn(differ)
    inside = clone(INSIDE["voting"])
    decision = signal.Decision(inside, signal.Vote(3)).fit(rows, labels)
    with pytest.raises(UnsupportedModelError, match="put one Frame in front of it"):
        Model.from_sklearn(decision)
