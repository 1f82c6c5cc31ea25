# SPDX-License-Identifier: MIT
"""The table of emulated targets and of QEMU's boards."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from emlrt.boards import BOARDS as BOARD_TABLE

Family = Literal["arm", "riscv", "avr", "xtensa"]


@dataclass(frozen=True)
class Target:
    """A core to compile for.

    Attributes
    ----------
    name : str
        Key in `TARGETS`.
    family : str
        "arm" and "riscv" run under unicorn and QEMU, "xtensa" under QEMU alone, "avr"
        under simavr.
    flags : tuple of str
        Compiler flags that choose the core.
    cpu : str
        unicorn's CPU model, or the microcontroller's name for AVR; "" if unicorn has
        no such core.
    machine : str
        The board of `BOARDS` on which QEMU then runs it; "" else.
    flash, ram : int
        Bytes of flash and RAM (AVR only; 0 elsewhere).
    """

    name: str
    family: Family
    flags: tuple[str, ...]
    cpu: str
    flash: int = 0
    ram: int = 0
    machine: str = ""

    @property
    def compiler(self) -> str:
        """Name of the compiler driver."""
        return _COMPILERS[self.family]

    @property
    def unit(self) -> str:
        """What a run counts: simavr knows cycles, the others instructions."""
        return "cycles" if self.family == "avr" else "instructions"


@dataclass(frozen=True)
class Board:
    """A QEMU machine and where its memories are (addresses and bytes)."""

    machine: str
    target: str
    flash: int
    flash_size: int
    ram: int
    ram_size: int


_COMPILERS: dict[Family, str] = {
    "arm": "arm-none-eabi-gcc",
    "riscv": "riscv64-unknown-elf-gcc",
    "avr": "avr-gcc",
    "xtensa": "xtensa-lx106-elf-gcc",
}


def _arm(name: str, cpu: str, *flags: str) -> Target:
    return Target(name, "arm", ("-mthumb", *flags), f"UC_CPU_ARM_CORTEX_{cpu}")


def _riscv(name: str, abi: str, cpu: str) -> Target:
    flags = (f"-march={name}", f"-mabi={abi}", "-mcmodel=medany")
    return Target(name, "riscv", flags, f"UC_CPU_RISCV32_SIFIVE_{cpu}")


def _avr(mcu: str, flash: int, ram: int) -> Target:
    """Sizes in KiB."""
    return Target(mcu, "avr", (f"-mmcu={mcu}",), mcu, flash * 1024, ram * 1024)


_ALL = (
    _arm("cortex-m0", "M0", "-mcpu=cortex-m0"),
    # unicorn has no M0+; the instruction set is the M0's.
    _arm("cortex-m0plus", "M0", "-mcpu=cortex-m0plus"),
    _arm("cortex-m3", "M3", "-mcpu=cortex-m3"),
    _arm(
        "cortex-m4f",
        "M4",
        "-mcpu=cortex-m4",
        "-mfloat-abi=hard",
        "-mfpu=fpv4-sp-d16",
    ),
    _arm("cortex-m7f", "M7", "-mcpu=cortex-m7", "-mfloat-abi=hard", "-mfpu=fpv5-d16"),
    # QEMU's AN521 has neither DSP nor FPU on its first core.
    _arm("cortex-m33", "M33", "-mcpu=cortex-m33+nodsp+nofp", "-mfloat-abi=soft"),
    Target(
        *("cortex-m55", "arm", ("-mthumb", "-mcpu=cortex-m55", "-mfloat-abi=hard"), ""),
        machine="mps3-an547",
    ),
    _riscv("rv32imac", "ilp32", "E31"),
    _riscv("rv32imafc", "ilp32f", "U34"),
    # As an ESP8266's: flash that gives aligned words only.
    Target(
        "lx106",
        "xtensa",
        ("-mlongcalls", "-mtext-section-literals", "-DESP8266"),
        "",
        machine="sim",
    ),
    _avr("atmega2560", 256, 8),
    _avr("atmega1284p", 128, 16),
    _avr("atmega328p", 32, 2),
)

TARGETS: dict[str, Target] = {target.name: target for target in _ALL}

#: Other names of cores: those that data sheets have, and of equal instructions.
_ALIASES = {
    "cortex-m4": "cortex-m4f",
    "cortex-m7": "cortex-m7f",
    "rv32imc": "rv32imac",
    "rv32imfc": "rv32imafc",
    "atmega328": "atmega328p",
}

_K = 1024

BOARDS: dict[str, Board] = {
    board.machine: board
    for board in (
        Board("microbit", "cortex-m0", 0, 256 * _K, 0x20000000, 16 * _K),
        Board(
            "stm32vldiscovery", "cortex-m3", 0x08000000, 128 * _K, 0x20000000, 8 * _K
        ),
        Board("mps2-an385", "cortex-m3", 0, 4096 * _K, 0x20000000, 4096 * _K),
        Board(
            "netduinoplus2", "cortex-m4f", 0x08000000, 1024 * _K, 0x20000000, 128 * _K
        ),
        Board("mps2-an386", "cortex-m4f", 0, 4096 * _K, 0x20000000, 4096 * _K),
        Board("mps2-an500", "cortex-m7f", 0, 4096 * _K, 0x20000000, 4096 * _K),
        Board("mps2-an521", "cortex-m33", 0x10000000, 4096 * _K, 0x38000000, 4096 * _K),
        Board("mps3-an547", "cortex-m55", 0, 512 * _K, 0x20000000, 512 * _K),
        Board("sim", "lx106", 0x40200000, 1024 * _K, 0x3FFE8000, 80 * _K),
        Board("sifive_e", "rv32imac", 0x20400000, 512 * _K, 0x80000000, 16 * _K),
        Board("virt", "rv32imac", 0x80000000, 2048 * _K, 0x80200000, 2048 * _K),
    )
}


def find(name: str) -> Target:
    """The core of a name, in small or capital letters: a key of `TARGETS`, another name
    of it such as "cortex-m0+" or "M4", or a board of `emlrt.boards` that has it.

    Raises
    ------
    ValueError
        If there is none; the message says what is like it, and all cores there are.
    """
    plain = name.strip().lower().replace("_", "-").replace("+", "plus")
    for key in (plain, f"cortex-{plain}"):
        if _ALIASES.get(key, key) in TARGETS:
            return TARGETS[_ALIASES.get(key, key)]
    board = BOARD_TABLE.get(plain)
    if board is None:
        near = get_close_matches(plain, [*TARGETS, *_ALIASES, *BOARD_TABLE], n=3)
        hint = f"did you mean {' or '.join(near)}? " if near else ""
        raise ValueError(f"unknown core {name!r}; {hint}choose one of {_known()}")
    if board.like not in TARGETS:
        raise ValueError(
            f"the core of {board.name}, {board.core}, is not emulated; choose one of"
            f" {_known()}"
        )
    return TARGETS[board.like]


def _known() -> str:
    return ", ".join(TARGETS)
