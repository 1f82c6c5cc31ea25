# SPDX-License-Identifier: MIT
"""Ensembles whose members start with windows: the stream has these windows."""

import numpy as np
import pytest
from scipy.signal import butter
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import emlrt
from emlrt import UnsupportedModelError
from emlrt.signal import Frame, MelSpectrogram, Sosfilt, TimeFeatures, Welch

RNG = np.random.default_rng(0)
RECORDINGS = [RNG.normal(scale=1 + k, size=(600, 3)) for k in range(2)]
X, Y = Frame(64, 32).cut(RECORDINGS, [0, 1])
FOREST = RandomForestClassifier(4, max_depth=3, random_state=0)


def plain():
    return make_pipeline(Frame(64, 32), TimeFeatures(["mean", "std"]), FOREST)


def filtered():
    sections = butter(2, 0.3, output="sos")
    frame = Frame(64, 32)
    return make_pipeline(Sosfilt(sections), frame, TimeFeatures(["std"]), FOREST)


def mel():
    shape = {"sr": 100, "n_fft": 16, "hop_length": 16, "n_mels": 4, "fmax": 50}
    return make_pipeline(Frame(64, 32), MelSpectrogram(center=False, **shape), FOREST)


ENSEMBLES = {
    "calibrated": lambda of: CalibratedClassifierCV(of(), cv=2),
    "calibrated once": lambda of: CalibratedClassifierCV(of(), cv=2, ensemble=False),
    "voting": lambda of: VotingClassifier([("a", of()), ("b", of())], voting="soft"),
    "stacking": lambda of: StackingClassifier([("a", of()), ("b", of())], cv=2),
    "one against the rest": lambda of: OneVsRestClassifier(of()),
    "threshold": lambda of: FixedThresholdClassifier(of(), threshold=0.4),
    "tuned threshold": lambda of: TunedThresholdClassifierCV(of(), cv=2),
}


@pytest.mark.parametrize("of", [plain, filtered, mel])
@pytest.mark.parametrize("name", ENSEMBLES)
def test_a_stream_has_the_windows_of_the_members(name, of):
    fitted = ENSEMBLES[name](of).fit(X, Y)
    model = emlrt.Model.from_sklearn(fitted)
    window = model.window
    assert (window.length, window.hop, window.channels) == (192, 96, 3)
    assert window.rate == (100 if of is mel else None)
    assert model.state_bytes == 0
    assert (model.predict(X) == fitted.predict(X)).all()
    for samples in RECORDINGS:
        windows = Frame(64, 32).cut([samples])
        found = [
            emlrt.Stream(model).push(samples[:n])
            for n in (63, 64, 95, 96, len(samples))
        ]
        assert [len(each) for each in found] == [0, 1, 1, 2, len(windows)]
        assert (found[-1] == fitted.predict(windows)).all()


def test_regressors_too():
    forest = RandomForestRegressor(4, max_depth=3, random_state=0)
    steps = [make_pipeline(Frame(64, 32), TimeFeatures(["std"]), forest)] * 2
    voting = VotingRegressor([("a", steps[0]), ("b", steps[1])]).fit(X, Y)
    model = emlrt.Model.from_sklearn(voting)
    found = emlrt.Stream(model).push(RECORDINGS[1])
    assert np.allclose(found, voting.predict(Frame(64, 32).cut([RECORDINGS[1]])))


def test_members_of_unlike_windows_are_refused():
    other = make_pipeline(Frame(64, 16), TimeFeatures(["mean"]), FOREST)
    voting = VotingClassifier([("a", plain()), ("b", other)], voting="soft")
    with pytest.raises(UnsupportedModelError, match="put one Frame in front of it"):
        emlrt.Model.from_sklearn(voting.fit(X, Y))


def test_what_is_no_row_of_windows_is_said():
    model = emlrt.Model.from_sklearn(plain().fit(X, Y))
    with pytest.raises(ValueError, match=r"goes through emlrt\.Stream\(model\)\.push"):
        model.predict(RECORDINGS[0])
    with pytest.raises(ValueError, match=r"expecting 192 features as input$"):
        model.predict(np.zeros((5, 7)))


def test_objects_that_are_numbers_stream():
    model = emlrt.Model.from_sklearn(plain().fit(X, Y))
    found = emlrt.Stream(model).push(RECORDINGS[1].astype(object))
    assert (found == emlrt.Stream(model).push(RECORDINGS[1])).all()
    with pytest.raises(ValueError, match="some of the samples are no numbers"):
        emlrt.Stream(model).push(np.full((6, 3), "x", object))


@pytest.mark.parametrize(("fs", "rate"), [(50.0, 50.0), (1e39, None), (1e-39, None)])
def test_rates_inside_columns_are_known(fs, rate):
    flat = X.reshape(len(X), -1)
    acc = make_pipeline(
        Frame(64, 32, channels=3), Welch(fs=fs, nperseg=64, scaling="spectrum")
    )
    columns = ColumnTransformer([("acc", acc, list(range(192)))])
    model = emlrt.Model.from_sklearn(make_pipeline(columns, FOREST).fit(flat, Y))
    assert model.window.hop == 96
    assert model.window.rate == rate


@pytest.mark.parametrize("columns", [[0], [0, 1], np.array([True] * 4), slice(0, 1)])
def test_columns_beside_windows_are_seen(columns):
    """Whatever way one names them, the first among them: then no row is a window."""
    rows = RNG.normal(size=(40, 4))
    frame = make_pipeline(Frame(2, channels=1), TimeFeatures(["mean"]))
    parts = [("windows", frame, [2, 3]), ("columns", StandardScaler(), columns)]
    pipeline = make_pipeline(ColumnTransformer(parts), FOREST)
    fitted = pipeline.fit(rows, np.arange(40) % 2)
    model = emlrt.Model.from_sklearn(fitted)
    assert model.program.metadata.window is None
    assert (model.predict(rows) == fitted.predict(rows)).all()
