# SPDX-License-Identifier: MIT
"""Streams on every core: the host's scores of each window, bit for bit."""

from __future__ import annotations

import shutil
from functools import lru_cache

import numpy as np
import pytest
from families import Case, stream_cases
from forest_cases import need, need_core
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

from emlrt import Model, Stream, signal
from emlrt.emulate import TARGETS, avr, build, stream, streaming
from emlrt.emulate.facts import facts
from emlrt.emulate.unicorn_run import Machine

CORES = ["cortex-m0plus", "cortex-m4f", "rv32imac", "cortex-m55", "lx106"]
AVR = "atmega2560"
SMALL = build.Options(opt="-Os")
CASES = stream_cases()
#: Samples of a push, in turn: one, more than a hop, more than a window.
PIECES = (1, 7, 2, 40, 3)


def samples_of(case: Case) -> np.ndarray:
    """A short recording: the case's first rows, one after the other."""
    _, rows = case.built()
    return rows[:4].ravel()


@lru_cache(maxsize=1)
def machine(core: str) -> Machine:
    """A core with the ops of all cases."""
    need_core(core)
    ops = dict.fromkeys(op for case in CASES for op in facts(bytes(case.model)).ops)
    return streaming.linked(TARGETS[core], list(ops), SMALL, count=False)


def expected(case: Case) -> bytes:
    return Stream(case.model).push_scores(samples_of(case)).tobytes()


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("core", CORES)
def test_a_core_answers_as_the_host_does(core: str, case: Case) -> None:
    board = machine(core)
    recording = streaming.Recording.of(case.model, samples_of(case), PIECES)
    steps = list(streaming.steps_of(board, recording))
    board.release()
    got = streaming.scores_of(steps, recording.facts)
    assert len(got) > 1
    assert got.tobytes() == expected(case)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_avr_answers_as_the_host_does(case: Case) -> None:
    need("avr-gcc")
    recording = streaming.Recording.of(case.model, samples_of(case), PIECES)
    try:
        steps = list(streaming.avr_steps(TARGETS[AVR], SMALL, recording))
    except ValueError as error:
        pytest.skip(str(error))
    assert streaming.scores_of(steps, recording.facts).tobytes() == expected(case)


def classifier(hop: int) -> tuple[Model, np.ndarray]:
    """A forest on windows of 16 times of 2 channels, and a recording."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 16, 2)), rng.integers(0, 3, 60)
    forest = RandomForestClassifier(4, max_depth=4, random_state=0)
    pipeline = make_pipeline(
        signal.Frame(16, hop), signal.TimeFeatures(["mean", "std"]), forest
    )
    return Model.from_sklearn(pipeline.fit(X, y)), rng.normal(size=(70, 2))


@pytest.mark.parametrize("core", [CORES[0], AVR])
@pytest.mark.parametrize("hop", [None, 20])
def test_answers_and_what_they_took(core: str, hop: int | None) -> None:
    need_core(core)
    model, recording = classifier(5)
    done = stream(model, recording, core=core, opt="-Os", hop=hop, pieces=[9, 64])
    answers = model.answer_of("predict", done.scores)
    assert (answers == Stream(model, hop).push(recording)).all()
    assert len(done.counts) == len(answers)
    assert (done.counts > 200).all()
    assert done.mean == done.counts.mean()
    assert 0 < done.stack < 500
    assert 0 < done.open_stack < 500
    assert done.stream_bytes == model.stream_bytes
    assert done.flash > 1000
    assert done.unit == TARGETS[core].unit


def test_no_window_has_no_mean() -> None:
    need(TARGETS[CORES[0]].compiler)
    model, recording = classifier(5)
    done = stream(model, recording[:15], core=CORES[0], opt="-Os")
    assert done.scores.shape == (0, 3)
    assert np.isnan(done.mean)


def test_what_does_not_fit_is_said() -> None:
    model, recording = classifier(5)
    with pytest.raises(ValueError, match="do not make progress"):
        stream(model, recording, core=CORES[0], pieces=[3, 0])
    with pytest.raises(ValueError, match="unknown core"):
        stream(model, recording, core="z80")
    need("avr-gcc")
    with pytest.raises(ValueError, match="do not fit atmega328p"):
        stream(model, np.tile(recording, (5, 1)), core="atmega328p", pieces=[500])


def stray(text: str) -> str:
    """The AVR's driver with a write behind the stream's memory."""
    return text.replace(
        "check(status);\n    if",
        "((char *)memory)[STREAM_BYTES] = 0;\n    check(status);\n    if",
    )


def test_a_write_behind_the_memory_is_told(tmp_path, monkeypatch) -> None:
    need("avr-gcc")
    driver = (avr.FIRMWARE / "avr_stream.c").read_text()
    assert stray(driver) != driver
    folder = shutil.copytree(avr.FIRMWARE, tmp_path / "firmware")
    (folder / "avr_stream.c").write_text(stray(driver))
    monkeypatch.setattr(avr, "FIRMWARE", folder)
    recording = streaming.Recording.of(CASES[0].model, samples_of(CASES[0]), PIECES)
    with pytest.raises(RuntimeError, match="wrote behind its memory"):
        list(streaming.avr_steps(TARGETS[AVR], SMALL, recording))
