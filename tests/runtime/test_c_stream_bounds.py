# SPDX-License-Identifier: MIT
"""Streams stay within their state, scratch and samples: pages beside each that nobody
may touch, at its end and then at its start, without a sanitizer."""

from functools import lru_cache
from pathlib import Path

import pytest

from c import build, kept, signals

GUARDED = ("-D_DEFAULT_SOURCE", "-DBUFFERS_GUARDED")
COMPILERS = {
    "gcc": ["gcc", "-O2"],
    "clang": [build.CLANG, "-O1"],
    "i686": ["i686-linux-gnu-gcc", "-O1", "-static"],
}


@lru_cache(maxsize=3)
def program(name: str, more: tuple[str, ...] = ()) -> list[Path]:
    """Objects of the runtime by a compiler."""
    command = [build.need(COMPILERS[name][0]), *COMPILERS[name][1:], "-std=c99"]
    return kept.objects([*command, *build.INCLUDES, *more], build.sources())


def linked(name: str, out: Path, objects: list[Path]) -> Path:
    command = [*COMPILERS[name], "-std=gnu99", *GUARDED, *build.INCLUDES]
    build.must([*command, build.HERE / "stream_bounds.c", *objects, "-o", out])
    return out


@pytest.mark.parametrize("side", ["before", "behind"])
@pytest.mark.parametrize("name", COMPILERS)
def test_nothing_beyond_state_scratch_and_samples(name, side, tmp_path):
    made = linked(name, tmp_path / "bounds", program(name))
    every = signals.all()
    pack = signals.packed(tmp_path / "pack", every)
    lines = build.must([made, pack, *(["behind"] if side == "behind" else [])])
    found = dict(zip(every, map(int, lines.split()), strict=True))
    assert len(found) > 60
    assert min(found.values()) >= 2, found


def test_a_write_behind_the_state_is_told(tmp_path):
    """A window that takes four numbers more than it has room for."""
    source = (build.C / "src/signal/frame.c").read_text()
    loop = "for (i = 0; i < call->n_in; i++)"
    wrong = source.replace(loop, loop.replace("n_in", "n_in + 4"))
    assert wrong != source
    folder = build.C / "src/signal"
    (tmp_path / "frame.c").write_text(wrong.replace('"state.h"', f'"{folder}/state.h"'))
    objects = [path for path in program("gcc") if path.stem != "frame"]
    command = [*COMPILERS["gcc"], "-std=c99", *build.INCLUDES]
    build.must([*command, "-c", tmp_path / "frame.c", "-o", tmp_path / "frame.o"])
    made = linked("gcc", tmp_path / "bounds", [*objects, tmp_path / "frame.o"])
    name = "signal_mel-pcen-levels"
    pack = signals.packed(tmp_path / "pack", {name: signals.all()[name]})
    assert build.run([made, pack]).returncode < 0
