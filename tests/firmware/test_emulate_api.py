# SPDX-License-Identifier: MIT
"""emlrt.emulate as users call it: names of cores, what a measurement shows, progress,
and what is kept on disk."""

from __future__ import annotations

import io
import os
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from forest_cases import case, need

import emlrt
from emlrt.boards import BOARDS
from emlrt.emulate import TARGETS, build, kept, measure
from emlrt.emulate.targets import find

CORE = "cortex-m0plus"


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("cortex-m0+", "cortex-m0plus"),
        ("Cortex_M0+", "cortex-m0plus"),
        ("M3", "cortex-m3"),
        ("cortex-m4", "cortex-m4f"),
        ("uno", "atmega328p"),
        ("pico", "cortex-m0plus"),
        ("esp32-c3", "rv32imac"),
    ],
)
def test_names_of_cores(name: str, core: str) -> None:
    assert find(name) is TARGETS[core]


def test_a_key_of_the_table_is_itself() -> None:
    assert all(find(name) is target for name, target in TARGETS.items())


def test_a_board_has_the_core_that_its_table_says() -> None:
    for key, board in BOARDS.items():
        if board.like:
            assert find(key) is TARGETS[board.like], key
        elif key not in TARGETS:
            with pytest.raises(ValueError, match=f"{board.core}, is not emulated"):
                find(key)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("cortex-m55f", "did you mean cortex-m"), ("unno", "did you mean uno")],
)
def test_an_unknown_name_gets_those_like_it(name: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        find(name)


def test_the_call_is_the_one_that_says_most() -> None:
    need(TARGETS[CORE].compiler)
    voting, valued = case("vote-i16"), case("sum-f32")
    assert "classify" in voting.facts.calls
    assert "classify" not in valued.facts.calls
    found = measure(voting.blob, voting.rows[:2], core=CORE)
    assert found.call == "classify"
    assert np.array_equal(found.results, voting.host("classify")[:2])
    found = measure(valued.blob, valued.rows[:2], core=CORE)
    assert found.call == "run"
    assert np.array_equal(found.results.view(np.uint32), valued.scores[:2])


def test_a_call_that_the_model_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="answers run only"):
        measure(case("sum-f32").blob, case("sum-f32").rows, core=CORE, call="classify")


def test_a_measurement_shows_what_it_found_and_can_be_pickled() -> None:
    need(TARGETS[CORE].compiler)
    each = case("vote-i16")
    found = measure(each.blob, each.rows, core="cortex-m0+", opt="-Os")
    text = repr(found)
    for value in (found.flash, found.stack, found.ram, found.scratch):
        assert f" {value:,} " in text
    assert f" {found.mean:,.0f} instructions in the mean" in text
    assert f" {found.worst:,.0f} at worst of {len(each.rows)} rows" in text
    assert found.worst == found.counts.max() >= found.mean
    again = pickle.loads(pickle.dumps(found))
    assert repr(again) == text
    assert np.array_equal(again.results, found.results)
    assert np.array_equal(again.counts, found.counts)
    none = measure(each.blob, each.rows[:0], core=CORE, opt="-Os")
    assert np.isnan(none.mean)
    assert np.isnan(none.worst)
    assert "no rows" in repr(none)


class Terminal(io.StringIO):
    """A stderr that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_each_few_files_that_are_compiled_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    target, sources = TARGETS[CORE], build.runtime_sources()[:20]
    need(target.compiler)
    monkeypatch.setenv("EMLRT_CACHE", str(tmp_path))
    told: list[tuple[float | None, str]] = []
    made = build.objects(
        target, sources, build.Options(), lambda *event: told.append(event)
    )
    assert all(path.is_file() for path in made)
    assert [path.stem for path in made] == [path.stem for path in sources]
    shares = [share or 0.0 for share, _ in told]
    assert len(shares) >= 3
    assert shares == sorted(shares)
    assert told[-1] == (1.0, f"compiling for {CORE}: 20 of 20 files")
    told.clear()
    build.objects(target, sources, build.Options(), lambda *event: told.append(event))
    assert not told


def test_progress_is_told_to_a_terminal_or_a_callable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    need(TARGETS[CORE].compiler)
    monkeypatch.setattr("emlrt.progress.PATIENCE", 0.0)
    each = case("vote-i16")
    n, told = len(each.rows), []
    measure(each.blob, each.rows, core=CORE, progress=lambda *event: told.append(event))
    assert told[-1] == (1.0, f"{n} of {n} rows on {CORE}")
    for stream, progress in (
        *((Terminal(), True), (Terminal(), False)),
        *((io.StringIO(), True), (io.StringIO(), False)),
    ):
        monkeypatch.setattr(sys, "stderr", stream)
        measure(each.blob, each.rows, core=CORE, progress=progress)
        shows = progress and stream.isatty()
        assert (f"rows on {CORE}" in stream.getvalue()) == shows


def linked(n: int, work: Path) -> bytes:
    """An image of one function that returns n, with the cache as it is."""
    options, target = build.Options(), TARGETS[CORE]
    text = f"int number(void) {{ return {n}; }}\n"
    parts = build.compile_text(target, "n.c", text, options, work)
    return build.link(target, parts, work, roots=["number"]).content


def test_images_are_kept_by_what_they_are_made_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    need(TARGETS[CORE].compiler)
    monkeypatch.setenv("EMLRT_CACHE", str(tmp_path / "cache"))
    ran: list[str] = []
    run = build.run
    with build.scratch_dir() as work:
        first, other = linked(1, work), linked(2, work)
        monkeypatch.setattr(build, "run", lambda c, **k: ran.append(c) or run(c, **k))
        assert linked(1, work) == first != other
        assert [command[-2:] for command in ran] == [["-o", work / "n.o"]]
        ran.clear()
        for path in (tmp_path / "cache").rglob("*"):
            path.unlink() if path.is_file() else None
        assert linked(1, work) == first
        assert len(ran) == 2  # the compiler and the linker


def test_the_longest_unused_makes_room(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EMLRT_CACHE", str(tmp_path))
    monkeypatch.setattr(kept, "MOST", 3)
    made: list[str] = []

    def get(name: str) -> bytes:
        return kept.kept("names", [name], lambda: made.append(name) or name.encode())

    for at, name in enumerate("abc"):
        assert get(name) == name.encode()
        os.utime(tmp_path / "names" / kept.digest([name]), (at, at))
    get("a")  # used now, so that b is the oldest
    assert get("d") == b"d"
    assert len(list((tmp_path / "names").iterdir())) == 3
    for name in "acdb":
        get(name)
    assert made == [*"abcd", "b"]


def test_emulate_is_an_attribute_of_the_package() -> None:
    assert emlrt.emulate.measure is measure
    assert emlrt.emulate.cache_dir().name
