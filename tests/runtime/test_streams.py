# SPDX-License-Identifier: MIT
"""Streams: the same bits by rows, in pieces of any size, and by SPEC.md alone."""

import copy
import pickle
import sys
from threading import Thread

import numpy as np
import pytest
from families import stream_cases
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from spec_reader import Blob

from emlrt import Model, Stream, UnsupportedModelError, emulate, prepared, signal
from emlrt.signal.framing import windows

CASES = stream_cases()
FRAMES = next(case for case in CASES if case.name == "streams-frames-f32")
RNG = np.random.default_rng(1)
X = RNG.normal(size=(200, 16))
Y = RNG.integers(0, 3, 200)
RECORDING = RNG.normal(size=100)


def classifier(hop: int) -> Model:
    pipeline = make_pipeline(
        signal.Frame(16, hop),
        signal.Window("hann"),
        RandomForestClassifier(5, random_state=0),
    )
    return Model.from_sklearn(pipeline.fit(X, Y))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_bits_by_rows_and_by_the_second_reader(case):
    model, rows = case.built()
    blob = Blob(bytes(model))
    for row, scores in zip(rows, model.scores(rows), strict=True):
        expected = np.array(blob.stream(row.tolist())[-1], scores.dtype)
        assert expected.tobytes() == scores.tobytes()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_pieces_of_any_size(case):
    model, rows = case.built()
    samples = rows.ravel()
    stream = Stream(model)
    whole = stream.push_scores(samples)
    expected = np.array(Blob(bytes(model)).stream(samples.tolist()), whole.dtype)
    assert whole.tobytes() == expected.tobytes()

    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.integers(0, len(samples) // stream.channels), max_size=8))
    def pieces(cuts):
        stream.reset()
        ends = sorted(stream.channels * k for k in cuts)
        parts = [stream.push_scores(p) for p in np.split(samples, ends)]
        assert np.concatenate(parts).tobytes() == expected.tobytes()

    pieces()


@pytest.mark.parametrize("hop", [1, 5, 16, 23])
def test_a_model_without_state_answers_as_predict(hop):
    model = classifier(hop)
    cut = windows(RECORDING, 16, hop)
    stream = Stream(model)
    assert (stream.push(RECORDING) == model.predict(cut)).all()
    stream.reset()
    proba = np.concatenate([stream.push_proba([x]) for x in RECORDING])
    np.testing.assert_array_equal(proba, model.predict_proba(cut))
    other = Stream(classifier(3), hop)
    assert (other.push(RECORDING) == model.predict(cut)).all()


def test_no_window_has_no_answer():
    stream = Stream(classifier(5))
    assert stream.push(RECORDING[:15]).shape == (0,)
    assert stream.push_proba([]).shape == (0, 3)
    assert stream.push_scores([]).shape == (0, 3)


def test_a_stripped_model_keeps_its_hop():
    model = classifier(5)
    assert model.strip().window == model.window
    expected = Stream(model).push_scores(RECORDING)
    assert (Stream(model.strip()).push_scores(RECORDING) == expected).all()


def test_what_state_has_no_form_of_is_refused_by_name():
    model, rows = FRAMES.built()
    for call in (model.check, model.trace, model.with_golden):
        with pytest.raises(UnsupportedModelError, match="keeps 56 bytes of state"):
            call(rows)
    assert not model.selftest()
    with pytest.raises(UnsupportedModelError, match="emlrt_stream_open"):
        prepared.macros(model.program, "rom")
    with pytest.raises(ValueError, match=r"emlrt\.emulate\.stream\(model"):
        emulate.measure(model, rows, core="cortex-m0")
    with pytest.raises(ValueError, match="leave hop out"):
        Stream(model, 2)
    with pytest.raises(ValueError, match=r"samples are \(n, 2\)"):
        Stream(model).push_scores([1.0])
    with pytest.raises(ValueError, match="NaN"):
        Stream(model).push_scores([np.nan, 1.0])
    with pytest.raises(ValueError, match="hop is a number"):
        Stream(classifier(2), 0)
    with pytest.raises(AttributeError, match="has no predict"):
        Stream(model).push([1.0, 2.0])
    assert Model.from_bytes(bytes(model)) == model
    assert model.transform(rows, n_jobs=2).shape == rows.shape


def test_threads_push_to_one_stream_in_turn():
    stream, found = Stream(classifier(5)), []
    piece = RECORDING[:7]

    def push():
        found.extend(len(stream.push_scores(piece)) for _ in range(500))

    threads = [Thread(target=push) for _ in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)
    assert sum(found) == 1 + (4 * 500 * 7 - 16) // 5


def test_a_stream_is_not_copied():
    stream = Stream(classifier(5))
    for call in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match=r"make a new one with Stream"):
            call(stream)


def test_what_is_no_stream_or_sample_is_refused_by_name():
    for hop in ("a", np.nan, np.inf, 2**40, [1], True):
        with pytest.raises(ValueError, match="hop is a number of times"):
            Stream(classifier(5), hop)
    with pytest.raises(TypeError, match=r"not of a str; Model\.load"):
        Stream("model.eml")
    with pytest.raises(ValueError, match="masked"):
        Stream(classifier(5)).push(np.ma.masked_equal([1.0, 2.0], 2.0))


@pytest.mark.parametrize("n", [1, 70, 5000])
def test_a_long_push_says_how_far_it_is(n):
    stream, plain = Stream(classifier(1)), Stream(classifier(1))
    recording, shares = np.resize(RECORDING, n), []
    found = stream.push_scores(recording, progress=shares.append)
    assert found.tobytes() == plain.push_scores(recording).tobytes()
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert all(0 < share <= 1 for share in shares)
    assert min(n - 17, 150) < len(shares) <= 201
    heard = []
    stream.push(recording, progress=heard.append)
    stream.push_proba(recording, progress=heard.append)
    assert heard.count(1) == 2


def test_an_end_in_the_midst_leaves_the_stream_whole():
    def end(share):
        raise KeyboardInterrupt

    stream, expected = Stream(classifier(1)), Stream(classifier(1)).push(RECORDING)
    with pytest.raises(KeyboardInterrupt):
        stream.push(RECORDING, progress=end)
    stream.reset()
    assert (stream.push(RECORDING) == expected).all()
