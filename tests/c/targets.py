# SPDX-License-Identifier: MIT
"""The runtime as freestanding C, for each kind of target, with every warning."""

from pathlib import Path
from typing import NamedTuple

from . import build, kept
from .build import WARNINGS

ALIGN = ["-Wcast-align=strict"]
CLANG_ONLY = ["-Wcast-align", "-Wno-unknown-warning-option", "-Wcomma"]
AVR = ["avr-gcc", "-mmcu=atmega2560", "-Os", "-Wcast-align"]
ARM = ["arm-none-eabi-gcc", "-mthumb", "-Os", *ALIGN]
RISCV = ["riscv64-unknown-elf-gcc", "-Os", *ALIGN]
HOST = ["gcc", "-fno-pie", *ALIGN]

# Compiler and flags, for freestanding C99 and for gnu11.
TARGETS = {
    "gcc-O2": [*HOST, "-O2"],
    "gcc-Os": [*HOST, "-Os"],
    "gcc-octets": [*HOST, "-O2", "-DEMLRT_PORT_OCTETS"],
    "gcc-aligned": [*HOST, "-O2", "-DEMLRT_PORT_WORDS"],
    "gcc-words": [*HOST, "-O2", *build.WORD_PORT, f"-I{build.HERE}"],
    "clang": [build.CLANG, "-fno-pie", "-fno-pic", "-O2", *CLANG_ONLY],
    "cortex-m0": [*ARM, "-mcpu=cortex-m0"],
    "cortex-m4f": [*ARM, "-mcpu=cortex-m4", "-mfloat-abi=hard"],
    "rv32imac": [*RISCV, "-march=rv32imac", "-mabi=ilp32"],
    "rv32imac-O0": [*RISCV[:1], "-O0", *ALIGN, "-march=rv32imac", "-mabi=ilp32"],
    "rv32imac-aligned": [
        *(*RISCV, "-march=rv32imac", "-mabi=ilp32", "-DEMLRT_PORT_WORDS"),
    ],
    "avr-small": ["avr-gcc", "-mmcu=atmega328p", "-Os", "-Wcast-align"],
    "avr-near": AVR,
    "avr-far": [*AVR, "-DEMLRT_PORT_FAR"],
    "s390x": ["s390x-linux-gnu-gcc", "-fno-pie", "-O2", *ALIGN],
    "lx106": ["xtensa-lx106-elf-gcc", "-Os", "-mlongcalls", "-DESP8266", *ALIGN],
}

#: Both standards where users are most; of the others, each in turn.
STANDARDS = ("c99", "gnu11")
BOTH = ("gcc-O2", "clang", "cortex-m0")
CASES = [
    (target, standard)
    for k, target in enumerate(TARGETS)
    for standard in STANDARDS
    if target in BOTH or STANDARDS[k % 2] == standard
]


def compiled(target: str, standard: str) -> list[Path]:
    compiler, *flags = TARGETS[target]
    command = [build.need(compiler), f"-std={standard}", "-ffreestanding", *flags]
    return kept.objects([*command, *WARNINGS, build.INCLUDE], build.sources())


class Machine(NamedTuple):
    """How programs of another Linux are compiled and run."""

    compiler: str
    emulator: str
    flags: tuple[str, ...] = ()


# i686 with x87 arithmetic too, where nothing rounds floats to 32 bits unless told.
I686 = ("i686-linux-gnu-gcc", "qemu-i386")
MACHINES = {
    "i686": Machine(*I686, ("-march=i686", "-mfpmath=387")),
    "i686-sse": Machine(*I686, ("-msse2", "-mfpmath=sse")),
    "aarch64": Machine("aarch64-linux-gnu-gcc", "qemu-aarch64"),
    "armel": Machine("arm-linux-gnueabi-gcc", "qemu-arm"),
    "s390x": Machine("s390x-linux-gnu-gcc", "qemu-s390x"),
}
STRICT = ("-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror")


def on_linux(machine: str, opt: str, std: str) -> list[str]:
    """The compiler of a machine with its flags."""
    compiler, _, flags = MACHINES[machine]
    return [compiler, f"-std={std}", opt, *flags, *STRICT, build.INCLUDE]
