# SPDX-License-Identifier: MIT
"""Bytes of flash and RAM by the committed tables, beside the linker's own."""

import random
import sys

import numpy as np
import pytest
from docs_scripts import loaded
from draws import draws, more
from families import cases
from families.streams import STREAMS
from forest_cases import need
from hypothesis import given, settings
from hypothesis import strategies as st

from emlrt.emulate import TARGETS, build, measure, stream
from emlrt.estimate import CORES, estimate, prices, tables
from emlrt.estimate.flash import functions_of
from emlrt.estimate.linking import FILE, LEVELS, link, table

sections = loaded("sections")
OPS = sections.all_ops()
CALLS = ("run", "classify", "proba")
#: Of the cores with two kinds of flash, both are compiled for one in each run.
SLOW = ["atmega1284p"]
QUICK = [core for core in CORES if core not in SLOW]
#: What firmware calls: of rows, and of a stream.
FUNCTIONS = [functions_of(call, stream) for stream in (False, True) for call in CALLS]


def of_these_compilers(core):
    """Skip the test if the core's table was made by another compiler."""
    need(TARGETS[core].compiler)
    made = tables.read(FILE)[core].splitlines()[0]
    now = sections.compiler(TARGETS[core])
    if made != f"# {now}":
        pytest.skip(f"the tables of {core} are of {made[2:]}, and this is {now}")


def differs(core, opt, ops, functions, far=False):
    """What the tables say otherwise than the linker; empty if nothing."""
    options = build.Options(opt=opt, far=far)
    linked = build.footprint(TARGETS[core], ops, functions, options)
    found = link(table(core, opt, far), ops, functions)
    same = (found.flash, found.ram) == (linked.flash, linked.ram)
    return "" if same else f"{found.flash, found.ram} of {linked.flash, linked.ram}"


def test_every_core_has_tables():
    assert tuple(TARGETS) == CORES


@pytest.mark.parametrize("core", QUICK + more(SLOW))
def test_the_tables_are_what_the_sources_give(core):
    of_these_compilers(core)
    assert tables.read(FILE)[core] == sections.text_of(core), (
        "run `python docs/sections.py` and commit src/emlrt/estimate/sections.xz"
    )


def test_tables_are_written_as_they_are_read(tmp_path):
    """Equal ones once, and a core's anew without the others'."""
    texts = {"one": "[-O2]\na 1\nb@c 2\n", "two": "[-O2]\n", "three": "[-O2]\n"}
    path = tmp_path / "some.xz"
    assert tables.read(path) == {}
    tables.write(path, texts)
    assert tables.read(path) == texts
    assert tables.lines(path, "one", "-O2") == ["a 1", "b@c 2"]
    assert tables.lines(path, "one", "-Os") == tables.lines(path, "four", "-O2") == []
    tables.write(path, {**tables.read(path), "two": "[-Os]\n"})
    assert tables.read(path) == {**texts, "two": "[-Os]\n"}


@pytest.mark.parametrize("path", [FILE, prices.FILE])
def test_the_files_are_what_is_written(path, tmp_path):
    """Of their texts alone: another release of the compressor may take other bytes."""
    tables.write(tmp_path / "again.xz", tables.read(path))
    assert tables.read(tmp_path / "again.xz") == tables.read(path)
    assert list(tables.read(path)) == list(tables.read(tmp_path / "again.xz"))


@pytest.mark.parametrize("core", CORES)
@settings(max_examples=draws(40), deadline=None)
@given(
    st.lists(st.sampled_from(OPS), min_size=1, max_size=12, unique=True),
    st.sampled_from(FUNCTIONS),
    st.sampled_from(LEVELS),
)
def test_flash_and_ram_are_the_linkers(core, ops, functions, opt):
    of_these_compilers(core)
    assert not differs(core, opt, ops, functions)


@pytest.mark.parametrize("core", CORES)
def test_streams_are_the_linkers(core):
    """Every call's answers, whatever is drawn above."""
    of_these_compilers(core)
    drawn = random.Random(core)
    for call in CALLS:
        ops = drawn.sample(OPS, 4)
        assert not differs(core, "-O2", ops, functions_of(call, True))


@pytest.mark.parametrize("core", ["cortex-m0plus", "rv32imac", "lx106"])
def test_many_ops(core):
    of_these_compilers(core)
    drawn = random.Random(0)
    for n in (0, 40, 80, len(OPS)):
        ops = drawn.sample(OPS, n)
        assert not differs(core, "-O2", ops, functions_of("classify", False))


def test_blobs_beyond_64_kib():
    of_these_compilers("atmega2560")
    for streamed in (False, True):
        functions = functions_of("classify", streamed)
        ops = ["trees_vote_f32"]
        assert not differs("atmega2560", "-Os", ops, functions, far=True)


@pytest.mark.parametrize("core", ["cortex-m4f", "atmega1284p"])
def test_a_measurement_has_the_same_bytes(core):
    of_these_compilers(core)
    case = next(case for case in cases() if "classify" in estimate(case.model).call)
    found = estimate(case.model, core=core)
    real = measure(case.model, case.rows[:1], core=core, call=found.call)
    for name in ("core", "opt", "call", "unit", "flash", "ram", "scratch"):
        assert getattr(found, name) == getattr(real, name)


@pytest.mark.parametrize("core", CORES)
def test_parts_add_up(core):
    for case in cases()[::9]:
        found = estimate(case.model, core=core)
        assert sum(found.flash_parts.values()) == found.flash
        assert min(found.flash_parts.values()) >= 0
        assert set(stage.name for stage in case.model.stages) <= set(found.flash_parts)


@pytest.mark.parametrize("core", ["cortex-m0plus", "atmega2560"])
def test_a_stream_has_the_bytes_of_a_measured_one(core):
    of_these_compilers(core)
    (case,) = (case for case in STREAMS if case.name == "frames-i16")
    found = estimate(case.model, core=core, call="run", stream=True)
    window = case.model.window
    samples = np.zeros((window.times, window.channels), np.int16)
    real = stream(case.model, samples, core=core, call="run")
    for name in ("core", "opt", "call", "unit", "flash", "ram"):
        assert getattr(found, name) == getattr(real, name)
    assert sum(found.flash_parts.values()) == found.flash
    assert found.flash != estimate(case.model, core=core, call="run").flash


def test_what_is_refused():
    model = cases()[0].model
    with pytest.raises(ValueError, match=r"unknown core 'z80'"):
        estimate(model, core="z80")
    with pytest.raises(ValueError, match=r"no tables for the core 'z80'.*cortex-m0"):
        table("z80", "-O2")
    with pytest.raises(ValueError, match=r"no tables for '-O3'.*-O2 and -Os"):
        estimate(model, opt="-O3")
    with pytest.raises(ValueError, match=r"call='fly': the model answers run"):
        estimate(model, call="fly")
    with pytest.raises(ValueError, match="shape"):
        estimate(bytes(model), [[1.0] * 99])
    with pytest.raises(ValueError, match="no room for blobs beyond"):
        table("atmega328p", "-O2", far=True)


def test_a_python_without_lzma_is_told_what_it_lacks(monkeypatch):
    monkeypatch.setitem(sys.modules, "lzma", None)
    tables.read.cache_clear()
    with pytest.raises(ImportError, match="built without lzma"):
        tables.read(FILE)
