# SPDX-License-Identifier: MIT
"""Whole examples on real recordings: trained, converted, streamed, and in firmware."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from forest_cases import need
from real_recordings import example

from emlrt import Model, Stream, embed
from emlrt.cli import demo_signal
from emlrt.emulate import BOARDS, TARGETS, build, qemu, stream
from emlrt.emulate.sources import FIRMWARE

FOLDS = 3
#: How often windows of the excerpts are right, of what the models have not seen; by
#: chance it is a third.
RIGHT = {"audio": 0.5, "watch": 0.6}
#: Cores of whole images: without and with an FPU.
IMAGES = ["microbit", "netduinoplus2"]
#: What stands around the code of docs and headers, in firmware: samples of a recording,
#: pushed in pieces, and a line of bits for each window.
AROUND = """\
#include <emlrt/stream.h>
#include "platform.h"
extern const float samples[], samples_end[];
static void put(uint32_t value) {{
  int shift;
  for (shift = 28; shift >= 0; shift -= 4)
    platform_put("0123456789abcdef"[(value >> shift) & 0xFu]);
  platform_put(' ');
}}
static void use(const uint32_t *y);
{usage}
static void use(const uint32_t *y) {{
  const uint32_t *scores = (const uint32_t *)emlrt_stream_scores(&stream);
  uint32_t k;
  put(y[0]);
  for (k = 0; k < {scores}; k++) put(scores[k]);
  platform_put('\\n');
}}
int main(void) {{
  const float *at = samples;
  emlrt_status status = setup();
  while (status == EMLRT_OK && at < samples_end) {{
    size_t left = (size_t)(samples_end - at), n = left < {piece} ? left : {piece};
    status = take(at, n);
    at += n;
  }}
  platform_exit(-(int)status);
  return 0;
}}
"""


@cache
def made(name: str) -> tuple[demo_signal._Data, list[demo_signal._Fold]]:
    """Windows, and a model for each part of the cross-validation."""
    known = example(name)
    data = demo_signal._load(known, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_signal, "_FOLDS", FOLDS)
        return data, demo_signal._folds(known, data)


def unseen(name: str) -> tuple[Model, np.ndarray]:
    """The last model, and recordings that it has not seen, one after the other."""
    data, folds = made(name)
    tested = [data.whole.samples[k] for k in folds[-1].tested[:4]]
    return folds[-1].model, np.concatenate(tested)


@pytest.mark.parametrize("name", RIGHT)
def test_streams_answer_what_scikit_learn_does(name: str) -> None:
    data, folds = made(name)
    assert sum(len(fold.right) for fold in folds) == len(data.X)
    for fold in folds:
        assert fold.same.all()
        trained = np.isin(data.origin, fold.tested, invert=True)
        tested = data.whole.groups[fold.tested]
        assert not set(data.groups[trained]) & set(tested)
    assert np.mean(np.concatenate([fold.right for fold in folds])) > RIGHT[name]


@pytest.mark.parametrize(
    ("name", "core"), [("audio", "cortex-m4f"), ("watch", "cortex-m0plus")]
)
def test_cores_have_the_bits_of_the_host(name: str, core: str) -> None:
    need(TARGETS[core].compiler)
    model, samples = unseen(name)
    channels, known = model.window.channels, example(name)
    samples = samples[: known.length + 3 * known.hop]
    done = stream(
        model, samples, core=core, opt="-Os", pieces=[37 * channels, channels]
    )
    expected = Stream(model).push_scores(samples)
    assert done.scores.tobytes() == expected.tobytes()
    assert len(expected) == 4


def firmware(board: str, model: Model, samples: np.ndarray, piece: int) -> qemu.Run:
    """What a whole image writes whose code is that of `emlrt embed`."""
    target = TARGETS[BOARDS[board].target]
    options = build.Options(opt="-O2", flags=(f"-I{FIRMWARE}",))
    usage = embed.stream_usage(model, "example", "example_eml.h")
    values = {"usage": usage, "piece": f"{piece}u", "scores": f"{model.n_scores}u"}
    with build.scratch_dir() as work:
        header = embed.header(model, "example")
        (work / "example_eml.h").write_text(header, encoding="utf-8")
        parts = build.runtime_objects(target, options)
        text = AROUND.format(**values)
        parts += build.compile_text(target, "main.c", text, options, work)
        platform = FIRMWARE / f"platform_{target.family}.c"
        parts += build.objects(target, [platform], options)
        parts += build.binary_object(target, "samples", samples.tobytes(), work)
        image = build.link(target, parts, work, board=BOARDS[board])
    return qemu.simulate(BOARDS[board], image)


@pytest.mark.parametrize("board", IMAGES)
@pytest.mark.parametrize("name", RIGHT)
def test_an_image_of_the_headers_code_answers_as_python_does(
    name: str, board: str
) -> None:
    need(TARGETS[BOARDS[board].target].compiler, qemu.emulator(BOARDS[board]))
    model, samples = unseen(name)
    piece = example(name).piece * model.window.channels
    done = firmware(board, model, samples.astype(np.float32), piece)
    assert done.code == 0, done.text
    lines = [
        [int(cell, 16) for cell in line.split()] for line in done.text.splitlines()
    ]
    found = np.array(lines, np.uint32)
    scores = Stream(model).push_scores(samples)
    assert len(found) == len(scores) > 3
    assert found[:, 1:].tobytes() == scores.tobytes()
    assert (model.classes_[found[:, 0]] == Stream(model).push(samples)).all()
