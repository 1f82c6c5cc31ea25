# SPDX-License-Identifier: MIT
"""AVR firmware with more than 64 KiB of constants: the same bits, or a status."""

from __future__ import annotations

import re
from functools import cache

import pytest
from forest_cases import Case, cases, need
from test_boards import available, check

from emlrt._native import lib
from emlrt.emulate import TARGETS, build, image
from emlrt.emulate.tools import run

MCU = "atmega2560"
#: Ops that read tables or call others, and ways through the core.
OPS = ["power", "gelu", "cos", "ndtri", "log", "softmax", "kernel_rbf"]
OPS += ["trees_soft_f32", "trees_add_f32"]
AROUND = (70_000, 70_000)


@cache
def chosen() -> dict[str, Case]:
    """The smallest model of each of these ops, classifiers among them."""
    found = {}
    for op in OPS:
        some = [each for each in cases() if op in each.facts.ops]
        found[op] = min(some, key=lambda each: len(each.blob))
    return found


def built(each: Case, far: bool, **others: object) -> image.Firmware:
    options = build.Options(opt="-Os", far=far)
    return image.firmware(
        MCU, each.facts, each.rows[:4], blob=each.blob, options=options, **others
    )


def four(each: Case) -> Case:
    """The case with its first rows alone."""
    return Case(each.name, each.blob, each.rows[:4])


@pytest.mark.parametrize("far", [False, True])
@pytest.mark.parametrize("op", OPS)
def test_bits_among_other_constants(op: str, far: bool) -> None:
    """Linked in front and behind: code, tables and far blobs lie beyond 64 KiB."""
    available(MCU)
    each = chosen()[op]
    fw = built(each, far, others=AROUND)
    check(fw.run(), four(each))
    assert fw.image.address("others_behind") > 0x10000
    assert (fw.image.address("firmware_blob") > 0x10000) == far


def script(work: str, *, keep: bool) -> list[str]:
    """Linker flags for avr-ld's own script, without what goes first if not kept."""
    need("avr-ld")
    text = run(["avr-ld", "-m", "avr6", "--verbose"]).split("=" * 50)[1]
    assert ".progmem.gcc*" in text
    if not keep:
        text = re.sub(r"\*\(\.progmem\.gcc\*\)", "", text)
    path = f"{work}/avr6.ld"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return [f"-Wl,-T,{path}"]


@pytest.mark.parametrize("op", ["power", "trees_soft_f32"])
def test_far_firmware_needs_no_order(op: str) -> None:
    """A linker script that puts nothing first: far builds do not care."""
    available(MCU)
    each = chosen()[op]
    with build.scratch_dir() as work:
        fw = built(each, True, others=AROUND, flags=script(str(work), keep=False))
    assert fw.image.address("firmware_blob") > 0x10000
    check(fw.run(), four(each))


def test_near_firmware_says_what_is_out_of_reach() -> None:
    """A near blob that such a script has put across 64 KiB, or beyond."""
    available(MCU)
    each = chosen()["power"]
    fits = (0x10000 - len(each.blob)) // 16 * 16  # objects are aligned by 16
    places = {
        fits: 0,
        fits + 16: lib.EMLRT_ERR_LIMIT,
        0x10000 - 16: lib.EMLRT_ERR_LIMIT,
        0x10000: lib.EMLRT_ERR_ARGUMENT,  # its 16-bit address is 0
        0x11000: lib.EMLRT_ERR_MAGIC,
    }
    with build.scratch_dir() as work:
        flags = script(str(work), keep=False)
        first = built(each, False, others=(64, 0), flags=flags)
        first_at = first.image.address("firmware_blob") - 64
        for start, status in places.items():
            fw = built(each, False, others=(start - first_at, 0), flags=flags)
            assert fw.image.address("firmware_blob") == start
            outcome = fw.run()
            assert outcome.status == status, hex(start)
            assert status == 0 or not outcome.scores.size
        flags = script(str(work), keep=True)
        fw = built(each, False, others=(0x10000 - first_at, 0), flags=flags)
        check(fw.run(), four(each))


def test_far_firmware_reads_no_flash_by_16_bits() -> None:
    """ELPM alone: nothing of the runtime's own has to lie in the first 64 KiB."""
    need("avr-gcc")
    near, far = (
        run(["avr-objdump", "-d", *build.runtime_objects(TARGETS[MCU], options)])
        for options in (build.Options(opt="-Os"), build.Options(opt="-Os", far=True))
    )
    assert "\tlpm" in near
    assert "\tlpm" not in far
    assert "\telpm" in far
