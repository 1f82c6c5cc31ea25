# SPDX-License-Identifier: MIT
"""Filter banks, differences in time, decibels and PCEN against librosa."""

import pickle

import numpy as np
import pytest
from librosa_plain import librosa_or_skip
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from emlrt import Model, signal
from emlrt.signal.mel_scale import mel_filters

librosa = librosa_or_skip()

RNG = np.random.default_rng(1)
BANKS = [
    {"sr": 22050, "n_fft": 2048},
    {"sr": 16000, "n_fft": 512, "n_mels": 40, "htk": True},
    {"sr": 16000, "n_fft": 400, "n_mels": 40, "norm": 1, "fmin": 20, "fmax": 7600},
    {"sr": 8000, "n_fft": 256, "n_mels": 20, "norm": np.inf},
    {"sr": 16000, "n_fft": 513, "n_mels": 30, "norm": None},
]


def per_row(function, rows, shape):
    """What librosa makes of the transpose of each row's frames."""
    found = [function(row.reshape(shape).T.astype(float)).T for row in rows]
    return np.stack(found).reshape(len(rows), -1)


@pytest.mark.parametrize("options", BANKS)
def test_mel_banks_are_librosa_s(options):
    bank = mel_filters(**options)
    expected = librosa.filters.mel(**options)
    np.testing.assert_allclose(bank, expected, atol=1e-6 * expected.max())
    frames = RNG.exponential(size=(4, 3 * bank.shape[1]))
    found = signal.FilterBank(bank).fit_transform(frames)
    wanted = np.einsum("ntf,mf->ntm", frames.reshape(4, 3, -1), bank)
    np.testing.assert_allclose(found, wanted.reshape(4, -1), rtol=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_mels": 0},
        {"fmin": -1},
        {"fmin": 9000},
        {"norm": "power"},
        {"norm": -1},
        {"sr": 0},
    ],
)
def test_wrong_banks_are_told(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        mel_filters(**{"sr": 16000, "n_fft": 512} | wrong)


def test_an_empty_band_is_told_and_gives_0():
    with pytest.warns(UserWarning, match="fewer n_mels"):
        bank = mel_filters(sr=16000, n_fft=128, n_mels=60)
    y = signal.FilterBank(bank).fit_transform(np.ones((1, 65)))
    assert (y[0, ~bank.any(axis=1)] == 0).all()


def test_a_sparse_bank_of_thirty_bands_is_small():
    bank = mel_filters(sr=16000, n_fft=1024, n_mels=30)
    model = Model.from_sklearn(signal.FilterBank(bank).fit(np.ones((2, 513))))
    (stage,) = model.stages
    assert stage.name == "bands"
    assert model.strip().nbytes < 0.1 * bank.size * 4


def test_a_small_full_matrix_is_dense():
    model = Model.from_sklearn(signal.FilterBank(np.eye(3) + 1).fit(np.ones((2, 3))))
    assert [stage.name for stage in model.stages] == ["dense"]


def test_channels_are_filtered_each():
    x, matrix = RNG.normal(size=(5, 8, 3)), RNG.normal(size=(2, 4))
    found = signal.FilterBank(matrix).fit(x)
    y = found.transform(x)
    expected = np.einsum("bk,ntkc->ntbc", matrix, x.reshape(5, 2, 4, 3))
    np.testing.assert_allclose(y, expected.reshape(5, 4, 3), atol=2e-6)
    assert found.get_feature_names_out()[:4].tolist() == [
        "band0_c0_t0",
        "band0_c1_t0",
        "band0_c2_t0",
        "band1_c0_t0",
    ]


@pytest.mark.parametrize("mode", ["interp", "nearest", "mirror", "constant", "wrap"])
@pytest.mark.parametrize(("width", "order"), [(9, 1), (9, 2), (5, 1), (3, 1)])
def test_deltas_are_librosa_s(mode, width, order):
    rows = RNG.normal(size=(3, 12 * 7))
    block = signal.Delta(width, order, mode, n_bands=7).fit(rows)
    expected = per_row(
        lambda s: librosa.feature.delta(s, width=width, order=order, mode=mode),
        rows,
        (12, 7),
    )
    np.testing.assert_allclose(block.transform(rows), expected, atol=2e-6)
    shaped = signal.Delta(width, order, mode).fit_transform(rows.reshape(3, 12, 7))
    assert (shaped.reshape(3, -1) == block.transform(rows)).all()


@pytest.mark.parametrize("top", [None, 80.0, 20.0, 0.0])
@pytest.mark.parametrize("ref", [1.0, 3.5, 0.0])
def test_decibels_are_librosa_s_of_each_recording(top, ref):
    rows = RNG.exponential(size=(5, 60)) * 10.0 ** RNG.integers(-14, 20, (5, 60))
    rows[0], rows[1, :3] = 0, [-1, 3e38, 1e-10]
    for block, function in (
        (signal.PowerToDb, librosa.power_to_db),
        (signal.AmplitudeToDb, librosa.amplitude_to_db),
    ):
        data = abs(rows) if block is signal.AmplitudeToDb else rows
        data = np.minimum(data, 1e18)
        found = block(ref=ref, top_db=top).fit_transform(data)
        expected = [function(row, ref=ref, top_db=top) for row in data]
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_decibels_of_what_is_no_number():
    model = Model.from_sklearn(signal.PowerToDb(top_db=3.0).fit(np.ones((1, 4))))
    nan, inf = np.nan, np.inf
    rows = np.array([[nan, 1, 10, 0], [nan] * 4, [inf, 1, 0, -inf]], np.float32)
    found = model._runtime.scores(rows)
    np.testing.assert_allclose(found[0], [nan, 7, 10, 7], rtol=1e-6)
    assert np.isnan(found[1]).all()
    assert (found[2] == inf).all()


PCENS = [
    {},
    {"power": 0},
    {"bias": 0},
    {"gain": 0.5, "bias": 10, "power": 0.25, "eps": 1e-3, "time_constant": 0.06},
    {"b": 0.3},
    {"sr": 16000, "hop_length": 160},
]


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("options", PCENS)
def test_pcen_is_librosa_s(options):
    rows = RNG.exponential(size=(3, 20 * 8)) * 2.0**20
    rows[:, 40:90], rows[2] = 0, 0
    block = signal.PCEN(n_bands=8, **options).fit(rows)
    expected = per_row(lambda s: librosa.pcen(s, **options), rows, (20, 8))
    np.testing.assert_allclose(
        block.transform(rows), expected, rtol=1e-5, atol=1e-6 * expected.max()
    )


WRONG = [
    (signal.PCEN(), "n_bands"),
    (signal.PCEN(n_bands=7), "n_bands"),
    (signal.PCEN(n_bands=4, gain=-1), "gain"),
    (signal.PCEN(n_bands=4, eps=0), "eps"),
    (signal.PCEN(n_bands=4, b=2), "b is"),
    (signal.Delta(), "n_bands"),
    (signal.Delta(8, n_bands=1), "width is odd"),
    (signal.Delta(9, n_bands=4), "width=9"),
    (signal.Delta(3, order=0, n_bands=1), "order"),
    (signal.Delta(3, mode="reflect", n_bands=1), "mode"),
    (signal.PowerToDb(amin=0), "amin"),
    (signal.PowerToDb(ref=np.max), "ref"),
    (signal.AmplitudeToDb(top_db=-1), "top_db"),
    (signal.FilterBank(np.ones(4)), "matrix"),
    (signal.FilterBank(np.ones((2, 5))), "whole frames"),
    (signal.FilterBank([[np.nan] * 4]), "matrix"),
]


@pytest.mark.parametrize(("block", "text"), WRONG)
def test_wrong_parameters_are_told(block, text):
    with pytest.raises(ValueError, match=text):
        block.fit(np.ones((2, 16)))


@pytest.mark.parametrize(
    "block",
    [
        signal.PowerToDb(),
        signal.AmplitudeToDb(),
        signal.PCEN(n_bands=4),
        signal.Delta(3, n_bands=4),
        signal.FilterBank(np.eye(4)),
    ],
)
def test_manners(block):
    rows = RNG.exponential(size=(6, 16))
    y = clone(block).fit_transform(rows)
    held = pickle.loads(pickle.dumps(clone(block).fit(rows)))
    assert (held.transform(rows) == y).all()
    assert len(held.get_feature_names_out()) == y.shape[1]
    frame = clone(block).set_output(transform="pandas").fit_transform(rows)
    assert list(frame.columns) == list(held.get_feature_names_out())


def test_decibels_keep_names():
    block = signal.PowerToDb().fit(np.ones((2, 3)))
    assert block.get_feature_names_out(["a", "b", "c"]).tolist() == ["a", "b", "c"]


@pytest.mark.parametrize(
    "last", [DecisionTreeClassifier(random_state=0), LogisticRegression()]
)
def test_a_pipeline_agrees_on_all_rows(last):
    rows = RNG.exponential(size=(10000, 33))
    bank = mel_filters(sr=8000, n_fft=64, n_mels=6)
    pipeline = make_pipeline(
        signal.FilterBank(bank), signal.PowerToDb(), StandardScaler(), last
    ).fit(rows[:500], RNG.integers(0, 3, 500))
    model = Model.from_sklearn(pipeline)
    assert (model.predict(rows) == pipeline.predict(rows)).all()
