# SPDX-License-Identifier: MIT
"""What the commands take of small sound files that ask for much: memory, calls and
memory that runs go over, all in proportion to the file.

`tests/hostile_files/small.py` makes the files.
"""

import cProfile
import pstats
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import emlrt
from emlrt.cli import main
from emlrt.estimate import estimate
from emlrt.exports import row
from emlrt.native import Steps

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile_files"))

import small

#: Bytes, and for each byte of the file; calls of functions, and so on; and bytes that
#: runs clear to count them.
MEMORY, TIMES = 64 << 20, 250
CALLS, CALLS_FOR_BYTE = 600_000, 8
CLEARED, CLEARED_FOR_BYTE = 64 << 20, 64
#: Core of no tables, so that bounds are of all that have some.
BOARD = """
[mine]
name = "Mine"
chip = "X1"
core = "x1"
like = ""
flash = 1024
ram = 512
mhz = 16
"""


@pytest.fixture(scope="module")
def warm():
    """Modules and tables are there, which are no work of a file."""
    model = emlrt.Model.from_bytes(small.plain())
    str(model.report(boards=["uno"]))
    estimate(model, [[1.0]])


@pytest.fixture
def cleared(monkeypatch):
    """Bytes that runs of counted rows begin by clearing."""
    found = []
    start = Steps.start

    def counted(steps, x):
        found.append(steps._x.nbytes + steps._arena.nbytes + steps._y.nbytes)
        start(steps, x)

    monkeypatch.setattr(Steps, "start", counted)
    return found


def commands(path, tmp_path):
    boards = tmp_path / "boards.toml"
    boards.write_text(BOARD)
    mine = ("--board-file", str(boards), "--board", "mine")
    return {
        "inspect": ["inspect", path],
        "verify": ["verify", path],
        "check": ["check", path, "--board", "uno", *mine],
        "embed": ["embed", path, "--code", "-o", str(tmp_path / "m_code.h")],
        "export": ["export", "cmake", path, str(tmp_path / "made")],
    }


@pytest.mark.parametrize("name", small.BLOBS)
def test_small_files_take_little(name, tmp_path, cleared, capsys, warm):
    data = small.BLOBS[name]()
    path = tmp_path / "m.eml"
    path.write_bytes(data)
    for what, command in commands(str(path), tmp_path).items():
        cleared.clear()
        profile = cProfile.Profile()
        tracemalloc.start()
        try:
            code = profile.runcall(main, command)
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        told = capsys.readouterr().err
        calls = pstats.Stats(profile).total_calls
        assert "Error:" not in told, (what, told)
        assert code in (0, 1, 2), (what, told)
        size = len(data)
        assert peak <= MEMORY + TIMES * size, (what, peak)
        assert calls <= CALLS + CALLS_FOR_BYTE * size, (what, calls)
        assert sum(cleared) <= CLEARED + CLEARED_FOR_BYTE * size, (what, sum(cleared))


def test_what_is_not_counted_is_named():
    model = emlrt.Model.from_bytes(small.BLOBS["an arena"]())
    found = estimate(model)
    assert np.isnan(found.mean)
    assert found.stack > 0
    (why,) = found.unknown
    assert why.startswith("runs that take 268,")
    report = str(model.report(boards=["uno"]))
    assert "not known: cycles of runs that take 268," in report
    assert "TOO BIG" in report


def test_rows_bring_more():
    """What a row may take grows with its numbers; and many rows take no more each."""
    model = emlrt.Model.from_bytes(small.plain(2000))
    rows = np.ones((500, 2000))
    assert estimate(model, rows).mean > 0
    model = emlrt.Model.from_bytes(small.plain(arena=1 << 20))
    assert estimate(model).mean > 0
    assert np.isnan(estimate(model, np.ones((500, 1))).mean)
    assert estimate(model, np.ones((3, 1))).mean > 0


def test_classes_without_labels_are_charged():
    with pytest.raises(emlrt.FormatError, match="16777216 classes ask for more than a"):
        emlrt.Model.from_bytes(small.BLOBS["scores of a class each"]())


def test_soft_votes_need_no_items():
    """A converter writes no such model, and a blob may have it."""
    blob = small.votes(3, "soft")
    found = estimate(emlrt.Model.from_bytes(blob))
    assert found.mean > 0


def test_counting_is_done_once_for_all_cores(cleared):
    model = emlrt.Model.from_bytes(small.windowed(64, 64))
    model.report()
    one = len(cleared)
    assert 0 < one <= 16
    model.report(boards=["uno", "pico", "zero", "esp8266"][:3])
    assert len(cleared) == 2 * one


def test_windows_of_recordings_are_fewer_where_they_are_long():
    from emlrt.verdict.costs import estimates_of
    from emlrt.verdict.reporting import given

    model = emlrt.Model.from_bytes(small.windowed(50_000, 1))
    X = given(model, np.ones((60_000, 1), np.float32))
    tracemalloc.start()
    try:
        estimates_of(model, X)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= 3 * (60_000 * 16 + (4 << 20)) * 4


def test_examples_of_long_windows_and_of_rows_that_are_there(tmp_path):
    """They print few numbers, or those that the file holds."""
    path = tmp_path / "m.eml"
    path.write_bytes(small.windowed(100_000, 100_000))
    assert main(["export", "cmake", str(path), str(tmp_path / "long")]) == 0
    wide = emlrt.Model.from_bytes(small.plain(40_000))
    with pytest.raises(ValueError, match=r"a row of zeros, which takes .* 80,000 num"):
        row.row_of(wide)
    rows = np.ones((1, 40_000))
    assert row.row_of(wide.with_golden(rows)).x.size == 40_000
    long = emlrt.Model.from_bytes(small.windowed(4_000_000, 4_000_000))
    with pytest.raises(ValueError, match=r"a window of zeros.* `emlrt embed` writes"):
        row.silence(long)
