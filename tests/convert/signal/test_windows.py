# SPDX-License-Identifier: MIT
"""Windows of recordings and tapers, and what all blocks have in common."""

import pickle

import numpy as np
import pytest
from scipy.signal import get_window
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emlrt import Model, Stream, signal, to_int16

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
