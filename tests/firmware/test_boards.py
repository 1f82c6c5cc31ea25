# SPDX-License-Identifier: MIT
"""Whole firmware images on emulated boards, models linked in or placed later."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from forest_cases import Case, case, cases, convert, digits, need
from sklearn.ensemble import RandomForestClassifier

from emlrt._native import lib
from emlrt.emulate import BOARDS, TARGETS, build, image, qemu
from emlrt.emulate.tools import ToolMissing

AVRS = ["atmega2560", "atmega328p"]
# Where an update goes: in flash, and in none of the images.
PLACES = {
    "microbit": image.Place(0x30000, 0x4000),
    "stm32vldiscovery": image.Place(0x08010000, 0x4000),
    "netduinoplus2": image.Place(0x08080000, 0x20000),
    "mps2-an521": image.Place(0x10200000, 0x10000),
    "mps3-an547": image.Place(0x40000, 0x10000),
    "sim": image.Place(0x40280000, 0x10000),
    "sifive_e": image.Place(0x20440000, 0x10000),
    "virt": image.Place(0x80100000, 0x10000),
    "atmega2560": image.Place(0xC000, 0x3000),
    "atmega328p": image.Place(0x6800, 0x1000),
}
FAR_PLACE = image.Place(0x20000, 0x18000)
MIXED = ["soft-f32", "vote-i16", "sum-f32w", "soft-u8", "outputs-vote", "missing"]


def available(board: str) -> None:
    """Skip without the board's compiler or emulator."""
    if board in BOARDS:
        need(TARGETS[BOARDS[board].target].compiler, qemu.emulator(BOARDS[board]))
        return
    need(TARGETS[board].compiler)
    try:
        image.avr.simulator()
    except ToolMissing:
        need("libsimavr")


def check(outcome: image.Outcome, each: Case) -> None:
    """The outcome is a full run with the host's bits."""
    assert outcome.status == 0
    assert np.array_equal(outcome.scores, each.scores)
    if "classify" in each.facts.calls and each.facts.n_outputs == 1:
        assert np.array_equal(outcome.classes, each.host("classify")[:, 0])


@pytest.mark.parametrize("board", [*BOARDS, *AVRS])
def test_linked_in_models_give_the_hosts_bits(board: str) -> None:
    available(board)
    for name in MIXED if board not in AVRS else MIXED[:4]:
        each = case(name)
        fw = image.firmware(board, each.facts, each.rows, blob=each.blob)
        outcome = fw.run()
        check(outcome, each)
        assert outcome.golden == ("-f32" in name or "-i16" in name or "-u8" in name)


@pytest.mark.parametrize("far", [False, True])
@pytest.mark.parametrize(("opt", "std"), [("-Os", "c99"), ("-O2", "gnu11")])
def test_avr_reads_near_and_far_flash(opt: str, far: bool, std: str) -> None:
    available("atmega2560")
    options = build.Options(opt=opt, std=std, far=far)
    for name in (
        *("soft-f32", "sum-f32", "vote-i16w", "vote-i32", "soft-u8m"),
        "tiny-values",
    ):
        each = case(name)
        fw = image.firmware(
            "atmega2560", each.facts, each.rows, blob=each.blob, options=options
        )
        check(fw.run(), each)


@cache
def large() -> Case:
    """A model of more than 64 KiB, wide enough to cross AVR's flash banks."""
    X, y = digits()
    forest = RandomForestClassifier(70, random_state=4).fit(X, y)
    model = convert(forest, "int16", golden=X[:2])
    assert model.nbytes > 0x10000
    return Case("large", bytes(model), X[:5].astype(np.int16))


def test_avr_reads_a_model_larger_than_64_kib() -> None:
    available("atmega2560")
    each = large()
    options = build.Options(opt="-Os", far=True)
    fw = image.firmware(
        "atmega2560", each.facts, each.rows, blob=each.blob, options=options
    )
    outcome = fw.run()
    check(outcome, each)
    assert outcome.golden


@cache
def updatable(board: str, far: bool) -> image.Firmware:
    """An image that looks for an int16 forest in its partition."""
    each = case("vote-i16")
    place = FAR_PLACE if far else PLACES[board]
    options = build.Options(opt="-Os", far=far)
    fw = image.firmware(board, each.facts, each.rows, place=place, options=options)
    for segment in fw.image.segments:
        end = segment.load + len(segment.data)
        assert end <= place.address or segment.load >= place.address + place.size
    return fw


UPDATES = [*((board, False) for board in PLACES), ("atmega2560", True)]


def place_of(board: str, far: bool) -> image.Place:
    return FAR_PLACE if far else PLACES[board]


@pytest.mark.parametrize(("board", "far"), UPDATES)
def test_a_model_written_later_runs(board: str, far: bool) -> None:
    available(board)
    fw, place, each = updatable(board, far), place_of(board, far), case("vote-i16")
    check(fw.run({place.address: each.blob}), each)
    other = another()
    check(fw.run({place.address: other.blob}), other)


@cache
def another() -> Case:
    """Another model for the same firmware: a new file in flash, no rebuild."""
    X, y = digits()
    first = case("vote-i16")
    forest = RandomForestClassifier(3, max_depth=6, random_state=11).fit(X, y)
    model = convert(forest, "int16", voting="hard", golden=X[:3])
    other = replace(first, name="another", blob=bytes(model))
    assert not np.array_equal(first.scores, other.scores)
    return other


@pytest.mark.parametrize(("board", "far"), UPDATES)
def test_a_missing_model_is_an_error_code(board: str, far: bool) -> None:
    available(board)
    fw, place = updatable(board, far), place_of(board, far)
    assert fw.run().status == lib.EMLRT_ERR_MAGIC
    erased = b"\xff" * place.size
    assert fw.run({place.address: erased}).status == lib.EMLRT_ERR_MAGIC
    zeros = bytes(place.size)
    assert fw.run({place.address: zeros}).status == lib.EMLRT_ERR_MAGIC


@pytest.mark.parametrize(("board", "far"), UPDATES)
def test_a_truncated_model_is_an_error_code(board: str, far: bool) -> None:
    """An update that was interrupted: the rest of the flash is erased."""
    available(board)
    fw, place, blob = updatable(board, far), place_of(board, far), case("vote-i16").blob
    for size in (4, 40, 48, 100, len(blob) // 2, len(blob) - 4):
        content = blob[:size].ljust(place.size, b"\xff")
        assert fw.run({place.address: content}).status < 0


@pytest.mark.parametrize(("board", "far"), UPDATES)
def test_a_damaged_model_is_an_error_code(board: str, far: bool) -> None:
    available(board)
    fw, place, blob = updatable(board, far), place_of(board, far), case("vote-i16").blob
    rng = np.random.default_rng(8)
    places = [*range(0, 48, 5), *rng.integers(48, len(blob), 6)]
    for at in places:
        bad = bytearray(blob)
        bad[at] ^= 1 << rng.integers(8)
        outcome = fw.run({place.address: bytes(bad)})
        assert outcome.status < 0, at
        assert not outcome.scores.size


def test_a_model_beyond_the_partition_is_refused() -> None:
    """A size that lies: more than the partition holds."""
    available("microbit")
    fw, place, blob = updatable("microbit", False), PLACES["microbit"], large().blob
    content = blob[: place.size]
    assert fw.run({place.address: content}).status == lib.EMLRT_ERR_SIZE


def test_a_model_of_another_op_is_refused() -> None:
    available("microbit")
    fw, place = updatable("microbit", False), PLACES["microbit"]
    other = case("sum-u8").blob
    assert fw.run({place.address: other}).status == lib.EMLRT_ERR_OP


def test_avr_near_refuses_what_it_cannot_address() -> None:
    """A near firmware and a blob of 64 KiB or more."""
    available("atmega2560")
    fw, place = updatable("atmega2560", False), PLACES["atmega2560"]
    content = large().blob[: place.size]
    assert fw.run({place.address: content}).status == lib.EMLRT_ERR_LIMIT


def test_a_fault_is_no_status() -> None:
    """The harness would notice a crash: a partition where there is no memory."""
    available("microbit")
    each, nowhere = case("vote-i16"), image.Place(0x60000000, 0x1000)
    fw = image.firmware("microbit", each.facts, each.rows, place=nowhere)
    with pytest.raises(RuntimeError, match="code 125"):
        fw.run()


#: FPSCR: what other start-up code may set, and whether scores would change.
FPSCR = {
    "flush": (1 << 24, True),
    "up": (1 << 22, True),
    "down": (2 << 22, True),
    "to-zero": (3 << 22, True),
    "one NaN": (1 << 25, False),
}


@pytest.mark.parametrize("state", FPSCR)
def test_floats_set_otherwise_are_an_error_code(state: str) -> None:
    """Where it matters: trees that vote do without floats."""
    board = "netduinoplus2"
    available(board)
    value, matters = FPSCR[state]
    net = next(each for each in cases() if "dense" in each.facts.ops)
    for each, refused in {net: matters, case("vote-i16"): False}.items():
        fw = image.firmware(
            board,
            each.facts,
            each.rows,
            blob=each.blob,
            flags=[f"-Wl,--defsym=platform_fpscr={value}"],
        )
        if refused:
            assert fw.run().status == lib.EMLRT_ERR_FLOAT
        else:
            check(fw.run(), each)


def test_intel_hex_crosses_banks() -> None:
    text = qemu.intel_hex(bytes(range(20)), 0xFFFC).splitlines()
    assert text[0] == ":020000040000FA"
    assert text[1] == ":04FFFC0000010203FB"
    assert text[2] == ":020000040001F9"
    assert text[3].startswith(":10000000")
    assert text[-1] == ":00000001FF"
