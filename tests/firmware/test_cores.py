# SPDX-License-Identifier: MIT
"""The runtime's functions on every core, against the host, bit for bit."""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from operator import itemgetter
from typing import Any

import numpy as np
import pytest
from draws import more
from forest_cases import Case, case, cases, convert, digits, need, need_core
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from emlrt import InputScaling, Model
from emlrt._native import lib
from emlrt.emulate import TARGETS, build, elf, machines, measure
from emlrt.emulate.machines import AnyMachine
from emlrt.emulate.tools import run
from emlrt.emulate.unicorn_run import FaultError, Machine

CORES = [
    *("cortex-m0", "cortex-m3", "cortex-m4f", "cortex-m7f", "cortex-m33"),
    *("rv32imac", "rv32imafc"),
]
AVR = "atmega2560"
#: One core of each instruction set and float unit with both levels; gnu11 on one.
FAST = [
    ("cortex-m0", "-O2", "gnu11"),
    ("cortex-m4f", "-O2", "c99"),
    ("rv32imac", "-O2", "c99"),
]
CASES = [*((core, "-Os", "c99") for core in CORES), *FAST]
# Where gcc makes vector instructions of loops.
CASES += [("cortex-m55", "-O3", "c99")]
CASES += [("lx106", "-Os", "c99")]
OTHERS = ("cortex-m3", "cortex-m7f", "cortex-m33", "rv32imafc")
CASES += more([(core, "-O2", "gnu11") for core in OTHERS])
FUNCTIONS = ["emlrt_open", "emlrt_verify", "emlrt_selftest", "emlrt_peek"]
RULE = ["emlrt_offset", "emlrt_scale"]
CALLS = ("run", "classify", "proba")


def every_op() -> list[str]:
    """Names of all ops."""
    found: dict[str, None] = {}
    for each in cases():
        more = sum(each.facts.call_ops.values(), ())
        found.update(dict.fromkeys(each.facts.ops + more))
    return list(found)


@lru_cache(maxsize=4)
def machine(core: str, opt: str, std: str) -> AnyMachine:
    """A core that has the whole runtime with all ops; it counts nothing."""
    target = TARGETS[core]
    need_core(core)
    options = build.Options(opt=opt, std=std)
    with build.scratch_dir() as work:
        parts = build.with_ops(target, every_op(), options, work)
        roots = [
            *(*FUNCTIONS, *RULE),
            *(f"emlrt_{call}" for call in CALLS),
            "emulate_ops",
            "emulate_model",
        ]
        return machines.start(target, parts, work, roots, count=False)


def place(core: AnyMachine, blob: bytes) -> int:
    """Put a blob where the core reads it and open it; the status."""
    address = core.place_rom(blob)
    model, ops = (core.image.address(f"emulate_{what}") for what in ("model", "ops"))
    return core.call("emlrt_open", model, address, len(blob), ops, timeout=60)


def answers(core: AnyMachine, each: Case, what: str, n: int) -> np.ndarray[Any, Any]:
    """Bits of a call's answers for all rows."""
    known = each.facts
    x, y = core.allocate(known.input_bytes), core.allocate(4 * n)
    size = known.arena_bytes if what == "run" else known.scratch_bytes
    scratch = core.allocate(size)
    model = core.image.address("emulate_model")
    got = []
    for row in each.rows:
        core.write(x, row.tobytes())
        rest = (x, known.n_inputs, y, n, scratch, size)
        assert core.call(f"emlrt_{what}_as", model, 0, *rest) == 0
        got.append(np.frombuffer(core.read(y, 4 * n), np.uint32))
    return np.array(got)


@pytest.mark.parametrize(("core", "opt", "std"), CASES)
def test_every_answer_has_the_hosts_bits(core: str, opt: str, std: str) -> None:
    board = machine(core, opt, std)
    for each in cases():
        assert place(board, each.blob) == 0, each.name
        assert board.call("emlrt_verify", board.image.address("emulate_model")) == 0
        want = each.scores
        got = answers(board, each, "run", want.shape[1])
        assert np.array_equal(got, want), each.name
        for what in each.facts.calls[1:]:
            want = each.host(what)
            got = answers(board, each, what, want.shape[1])
            assert np.array_equal(got, want), (each.name, what)
        board.release()


@pytest.mark.parametrize("dtype", ["float32", "int16"])
def test_a_clock_less_its_offset(dtype: str) -> None:
    """Firmware asks the blob for offset and scale, and applies them to integers."""
    rng = np.random.default_rng(0)
    clock = 1_700_000_000 + rng.integers(0, 9000, (200, 1))
    fit = DecisionTreeClassifier(max_depth=4).fit(clock, clock[:, 0] % 900 < 300)
    rule = InputScaling([1_700_004_500], None, dtype)
    model = Model.from_sklearn(fit, dtype=dtype, inputs=rule, X=clock)
    board = machine("cortex-m0", "-Os", "c99")
    assert place(board, bytes(model)) == 0
    opened, found = board.image.address("emulate_model"), board.allocate(8)
    assert board.call("emlrt_offset", opened, 0, found) == 0
    (offset,) = struct.unpack("<q", board.read(found, 8))
    assert board.call("emlrt_scale", opened, 0, found) == 0
    assert struct.unpack("<f", board.read(found, 4)) == (1.0,)
    assert board.call("emlrt_offset", opened, 1, found) == lib.EMLRT_ERR_COUNT
    x = (clock[:25] - offset).astype(dtype)
    each = Case("clock", bytes(model), x)
    assert (answers(board, each, "run", 2) == model.scores(clock[:25])).all()
    board.release()


@pytest.mark.parametrize("core", ["cortex-m0", "rv32imac"])
def test_golden_vectors_pass_and_a_wrong_one_fails(core: str) -> None:
    board = machine(core, "-Os", "c99")
    each = case("vote-i16")
    blob = each.blob
    size = each.facts.golden_bytes
    model, scratch = board.image.address("emulate_model"), board.allocate(size)
    assert place(board, blob) == 0
    assert board.call("emlrt_selftest", model, scratch, size) == 0
    # The last word of the blob is a score of the last vector.
    wrong = blob[:-4] + bytes([blob[-4] ^ 1]) + blob[-3:]
    assert place(board, wrong) == 0
    assert board.call("emlrt_selftest", model, scratch, size) == lib.EMLRT_ERR_SELFTEST
    board.release()


def attempt(core: AnyMachine, each: Case) -> None:
    """Run every row of a damaged model: any status will do, but no fault."""
    known = each.facts
    n, size = known.n_scores, known.scratch_bytes
    x, y = core.allocate(known.input_bytes), core.allocate(4 * n)
    model, scratch = core.image.address("emulate_model"), core.allocate(size)
    for row in each.rows[:2]:
        core.write(x, row.tobytes())
        for what, m in (("run", n), ("classify", known.n_outputs)):
            rest = (x, known.n_inputs, y, m, scratch, size)
            core.call(f"emlrt_{what}_as", model, 0, *rest, timeout=60)


@pytest.mark.parametrize("fast", [FAST[0], FAST[2]], ids=itemgetter(0))
def test_no_damage_makes_a_core_fault(fast: tuple[str, str, str]) -> None:
    """Every octet damaged in turn, behind it unmapped memory."""
    board = machine(*fast)
    each = case("lone-leaves")
    refused = ran = 0
    for at in range(len(each.blob)):
        bad = bytearray(each.blob)
        bad[at] ^= 1 << at % 8
        if place(board, bytes(bad)) != 0:
            refused += 1
            continue
        model = board.image.address("emulate_model")
        assert board.call("emlrt_verify", model, timeout=60) < 0
        attempt(board, each)
        ran += 1
        board.release()
    assert refused > 0
    assert ran > 0


@pytest.mark.parametrize("fast", [FAST[0], FAST[2]], ids=itemgetter(0))
def test_no_truncation_opens(fast: tuple[str, str, str]) -> None:
    board = machine(*fast)
    blob = case("missing").blob
    for size in range(0, len(blob), 4):
        assert place(board, blob[:size]) < 0, size


def test_reading_behind_the_blob_would_be_seen() -> None:
    """The guard itself: a blob that is shorter than its size says."""
    board = machine(*FAST[0])
    blob = case("missing").blob
    address = board.place_rom(blob[:64])
    model, ops = (board.image.address(f"emulate_{w}") for w in ("model", "ops"))
    with pytest.raises(FaultError, match="emlrt_"):
        board.call("emlrt_open", model, address, len(blob), ops)


def test_m0_refuses_unaligned_loads() -> None:
    """The emulated M0 is as strict as the real one."""
    board = machine(*FAST[0])
    blob = case("missing").blob
    info = board.allocate(64)
    address = board.place_rom(blob + b"\0\0")
    assert board.call("emlrt_peek", info, address, len(blob)) == lib.EMLRT_ERR_ALIGN
    model = board.image.address("emulate_model")
    with pytest.raises(FaultError):
        board.call("emlrt_verify", model + 1)
    board.release()


# What the runtime may ask of its surroundings: the compiler's own helpers, which are
# in libgcc. No memcpy, no memset, whatever the compiler makes of a loop.
_HELPERS = re.compile(
    r"__aeabi_(?!mem)\w+|__gnu_thumb1_case_\w+|__tablejump2?__"
    r"|__(u?(div|mod|divmod|cmp)|(us?)?mul|add|sub|neg|ash[lr]|lshr)\w*[hsd]i\w*"
    r"|__(add|sub|mul|div|eq|ne|lt|le|gt|ge|unord|cmp)sf[23]"
    r"|__(float|fix)(un|uns)?[sd][if][sd][if]"
)
_WRITABLE = re.compile(r"\.s?(data(?!\.rel\.ro)|bss)")
# Files whose constants avr-gcc has copied to RAM, if they are linked at all:
# the texts of statuses, and the list of all ops; and ops where flash is large.
_AVR_CONSTANTS = {"strerror", "all_ops"}
_FLOAT = re.compile(r"__aeabi_[fdui0-9l]*2[fd]|__aeabi_[fd]\w+|__\w*[sd]f\w*")
_DIVISION = re.compile(r"__aeabi_\w*(div|mod)\w*|__u?(div|mod)\w*")


#: Every core as users build; -O3 and -O1 where loops are rewritten otherwise.
ALONE = [(AVR, "-Os", "c99"), (AVR, "-O2", "c99"), *CASES]
ALONE += [(core, "-O3", "c99") for core in ("cortex-m0", AVR)]
ALONE += [("rv32imac", "-O1", "c99")]


@pytest.mark.parametrize(("core", "opt", "std"), ALONE)
def test_runtime_needs_no_library_and_no_globals(core: str, opt: str, std: str) -> None:
    target = TARGETS[core]
    need(target.compiler)
    objects = build.runtime_objects(target, build.Options(opt=opt, std=std))
    contents = {path: path.read_bytes() for path in objects}
    images = {path: elf.load(content) for path, content in contents.items()}
    defined = {name for image in images.values() for name in image.symbols}
    for path, content in contents.items():
        image = images[path]
        assert not [name for name in image.sections if _WRITABLE.match(name)]
        outside = elf.undefined(content) - defined
        ops = any(name.startswith(".rodata.emlrt_op_") for name in image.sections)
        if target.family == "avr" and (ops or path.stem in _AVR_CONSTANTS):
            outside -= {"__do_copy_data"}
        for name in outside:
            assert _HELPERS.fullmatch(name), name


@pytest.mark.parametrize("core", ["cortex-m0", "rv32imac"])
@pytest.mark.parametrize("opt", ["-Os", "-O2"])
def test_the_whole_runtime_links_with_libgcc_alone(core: str, opt: str) -> None:
    """As the README's update over the air does it, with `emlrt_all_ops`."""
    target = TARGETS[core]
    need(target.compiler)
    with build.scratch_dir() as work:
        out = work / "whole.elf"
        parts = build.runtime_objects(target, build.Options(opt=opt))
        flags = ["-nostdlib", "-Wl,-e,emlrt_open", "-Wl,--no-gc-sections"]
        command = [target.compiler, *target.flags, *flags, *parts]
        run([*command, "-lgcc", "-o", out])
        assert "emlrt_all_ops" in elf.load(out.read_bytes()).symbols


@pytest.mark.parametrize("core", ["cortex-m0", "rv32imac", AVR])
def test_int16_forest_links_no_float_and_no_division(core: str) -> None:
    target = TARGETS[core]
    need(target.compiler)
    image = build.footprint(
        target,
        ["trees_vote_i16"],
        ["emlrt_open", "emlrt_run", "emlrt_classify"],
        build.Options(opt="-Os"),
    )
    for name in image.symbols:
        assert not _FLOAT.fullmatch(name), name
        assert not _DIVISION.fullmatch(name), name


def test_forbidden_helpers_are_seen_where_they_are() -> None:
    """emlrt_proba divides floats: the patterns above must find that."""
    need("arm-none-eabi-gcc")
    target = TARGETS["cortex-m0"]
    image = build.footprint(target, ["trees_vote_i16"], ["emlrt_proba"])
    assert any(_FLOAT.fullmatch(name) for name in image.symbols)
    assert any("div" in name for name in image.symbols)


@pytest.mark.parametrize("core", TARGETS)
def test_measure_gives_the_hosts_answers_and_its_costs(core: str) -> None:
    need_core(core)
    each = case("vote-i16")
    got = measure(each.blob, each.rows, core=core, opt="-Os", call="run")
    assert np.array_equal(got.results, each.scores)
    assert got.counts.shape == (len(each.rows),)
    assert (got.counts > 5 * 5).all()  # five trees, at least some work each
    assert got.open_count > 100
    assert 16 <= got.stack < 600
    assert 300 < got.flash < 10000
    assert got.ram <= 40  # of lx106, constants too
    again = measure(each.blob, each.rows, core=core, opt="-Os", call="run")
    assert np.array_equal(got.counts, again.counts)
    assert (got.stack, got.flash) == (again.stack, again.flash)


def test_measure_refuses_what_does_not_fit() -> None:
    each = case("vote-i16")
    with pytest.raises(ValueError, match="unknown core 'z80'"):
        measure(each.blob, each.rows, core="z80")
    with pytest.raises(ValueError, match=r"\(n_rows, 64\)"):
        measure(each.blob, each.rows[:, :3], core="cortex-m0")
    with pytest.raises(ValueError, match="int16"):
        measure(each.blob, each.rows + 0.5, core="cortex-m0")


def test_measure_refuses_what_an_avr_cannot_hold() -> None:
    need("avr-gcc")
    each = case("many-classes")
    with pytest.raises(ValueError, match="2048 bytes of RAM"):
        measure(each.blob, each.rows, core="atmega328p")
    X, y = digits()
    forest = RandomForestClassifier(40, random_state=4).fit(X, y)
    model = convert(forest, "int16", voting="hard")
    with pytest.raises(ValueError, match="outside 0x8000 of flash"):
        measure(model, X[:1], core="atmega328p")


def test_a_missing_tool_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from emlrt.emulate import ToolMissing

    each = case("vote-i16")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolMissing, match=r"arm-none-eabi-gcc.*apt install"):
        measure(each.blob, each.rows, core="cortex-m0")


def test_instruction_counts_are_exact() -> None:
    """Counting blocks gives what counting single instructions gives."""
    need("arm-none-eabi-gcc")
    target = TARGETS["cortex-m0"]
    source = """
    unsigned loop(unsigned n) {
      unsigned sum = 0;
      while (n) { sum += n * n; __asm__ volatile("nop"); n--; }
      return sum;
    }
    """
    with build.scratch_dir() as work:
        options = build.Options()
        parts = build.compile_text(target, "loop.c", source, options, work)
        image = build.link(target, parts, work, roots=["loop"])
    core = Machine(target, image)
    assert core.call("loop", 10) == 385
    ten = core.instructions
    assert core.call("loop", 20) == 2870
    twenty = core.instructions
    assert core.call("loop", 30) == 9455
    assert twenty - ten == core.instructions - twenty
    per_round = (twenty - ten) / 10
    assert count_singly(Machine(target, image), "loop", 30) == core.instructions
    assert 4 <= per_round <= 8
    assert sum(core.profile().values()) == core.instructions


def count_singly(core: Machine, function: str, *arguments: int) -> int:
    """Instructions of a call by unicorn's own hook for each of them."""
    import unicorn

    seen = []
    core.engine.hook_add(unicorn.UC_HOOK_CODE, lambda *event: seen.append(event[1]))
    core.call(function, *arguments)
    return len(seen)


def test_stack_is_exact() -> None:
    need("arm-none-eabi-gcc")
    target = TARGETS["cortex-m0"]
    source = """
    static __attribute__((noinline)) int leaf(volatile char *p) { return p[99]; }
    int frame(void) { volatile char room[400]; room[0] = 1; room[99] = 2;
                      return leaf(room); }
    int none(void) { return 3; }
    """
    with build.scratch_dir() as work:
        parts = build.compile_text(target, "s.c", source, build.Options(), work)
        image = build.link(target, parts, work, roots=["frame", "none"])
    core = Machine(target, image)
    assert core.call("none") == 3
    assert core.stack == 0
    assert core.call("frame") == 2
    assert 400 + 4 <= core.stack <= 400 + 16
