# SPDX-License-Identifier: MIT
"""The C runtime compiles without a warning, and needs nothing at link time."""

import re
from pathlib import Path

import pytest
from c.build import CPLUSPLUS, WARNINGS

from c import build

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
    "gcc-words": [*HOST, "-O2", *build.WORD_PORT, f"-I{build.HERE}"],
    "clang": [build.CLANG, "-fno-pie", "-fno-pic", "-O2", *CLANG_ONLY],
    "cortex-m0": [*ARM, "-mcpu=cortex-m0"],
    "cortex-m4f": [*ARM, "-mcpu=cortex-m4", "-mfloat-abi=hard"],
    "rv32imac": [*RISCV, "-march=rv32imac", "-mabi=ilp32"],
    "avr-small": ["avr-gcc", "-mmcu=atmega328p", "-Os", "-Wcast-align"],
    "avr-near": AVR,
    "avr-far": [*AVR, "-DEMLRT_PORT_FAR"],
    "s390x": ["s390x-linux-gnu-gcc", "-fno-pie", "-O2", *ALIGN],
}

# What the compiler itself may call, by the file that may make it. Division and
# floating point are allowed where the API is about them, and nowhere else.
EVERYWHERE = "emlrt_.*|word_rom.*"
PORTABLE_MATH = "__aeabi_(lmul|llsl|llsr)|__(mul|ashl|lshr|ashr)[a-z]*[hsd]i3"
AVR_GLUE = (
    "__(do_copy_data|do_clear_bss|SREG__|SP_[HL]__|RAMPZ__|tmp_reg__|zero_reg__)"
    "|__(pro|epi)logue_(saves|restores)__|__u?mulhisi3|__muluhisi3|__u?mulsidi3"
    r"|__[a-z]+di[23](_s8)?|__tablejump2__"
)
THUMB_GLUE = "__gnu_thumb1_case_[us][qh]i"
FLOAT = (
    "__aeabi_(ui2f|i2f|fdiv|fmul|fadd|fsub)"
    "|__(floatunsisf|floatsisf|addsf3|subsf3|mulsf3|divsf3)"
)
# Trees, the core and the functions in maths_* do without floating point, but for
# the ops that add leaves: those use it where the port has no addition of its own.
ADDITION = "__addsf3"
INTEGERS = (
    "all_ops|classify|groups|layout|maths_.*|meta|numeric|open|run|selftest"
    "|strerror|trees_.*|verify"
)
# On AVR all of .rodata is copied to RAM, so only texts and convenience lists
# may have any; and ops, where flash is too large for 16-bit addresses.
AVR_RODATA = {"strerror", "all_ops"}


def compiled(target: str, standard: str, folder: Path) -> list[Path]:
    compiler, *flags = TARGETS[target]
    command = [build.need(compiler), f"-std={standard}", "-ffreestanding", *flags]
    command += [*WARNINGS, build.INCLUDE, "-c", *build.sources()]
    build.must(command, cwd=folder)
    return sorted(folder.glob("*.o"))


def prefix(target: str) -> str:
    compiler = TARGETS[target][0]
    return compiler.removesuffix("gcc") if compiler.endswith("-gcc") else ""


def floats_of(target: str, path: Path) -> str:
    """What a file may need for floating point. Of a walk's ops only one adds."""
    if not re.fullmatch(INTEGERS, path.stem):
        return FLOAT
    function, objdump = "", build.need(f"{prefix(target)}objdump")
    for line in build.must([objdump, "-dr", path]).splitlines():
        start = re.match(r"[0-9a-f]+ <(\w+)>:$", line)
        function = start[1] if start else function
        if ADDITION in line and not function.startswith("emlrt_run_add_"):
            return "-"
    return ADDITION


def check_symbols(target: str, objects: list[Path]) -> None:
    """No undefined symbol but our own, and no section that takes RAM."""
    nm, size = build.need(f"{prefix(target)}nm"), f"{prefix(target)}size"
    for path in objects:
        floats = floats_of(target, path)
        allowed = "|".join([EVERYWHERE, PORTABLE_MATH, AVR_GLUE, THUMB_GLUE, floats])
        common = build.must([nm, path])
        for name in re.findall(r"^ *[Uw] (\S+)$", common, re.MULTILINE):
            assert re.fullmatch(allowed, name), f"{path.name} needs {name}"
        assert not re.search(r" [BbDdC] ", common), f"{path.name}:\n{common}"
        for line in build.must([size, "-A", path]).splitlines():
            fields = line.split()
            if len(fields) != 3 or not fields[1].isdigit() or fields[1] == "0":
                continue
            name = fields[0]
            assert not re.match(r"\.(data|bss|tdata|tbss|s?common)\b", name), line
            if target.startswith("avr") and path.stem not in AVR_RODATA:
                ops = 0 if target == "avr-small" else common.count(" R emlrt_op_")
                assert not name.startswith(".rodata") or int(fields[1]) == 8 * ops, (
                    f"{path.name}: {line}"
                )


#: Both standards where users are most; of the others, each in turn.
STANDARDS = ("c99", "gnu11")
BOTH = ("gcc-O2", "clang", "cortex-m0")
CASES = [
    (target, standard)
    for k, target in enumerate(TARGETS)
    for standard in STANDARDS
    if target in BOTH or STANDARDS[k % 2] == standard
]


@pytest.mark.parametrize(("target", "standard"), CASES)
def test_clean_and_alone(target: str, standard: str, tmp_path: Path) -> None:
    objects = compiled(target, standard, tmp_path)
    assert len(objects) == len(build.sources())
    check_symbols(target, objects)


def test_the_checks_can_fail(tmp_path: Path) -> None:
    """A file with a global, an addition or a libc call, memset too, is seen."""
    for name, code in {
        "global": "int counter = 1; int f(void); int f(void) { return counter++; }",
        "zero": "int counter; int f(void); int f(void) { return counter++; }",
        "loop": "void *memset(void *, int, __SIZE_TYPE__); void f(void *p);"
        "void f(void *p) { memset(p, 0, 999); }",
        "call": "int puts(const char *); int f(void); int f(void){return puts(0);}",
        "trees_f32": "float __addsf3(void); float f(void); float f(void)"
        "{return __addsf3();}",
    }.items():
        path = tmp_path / f"{name}.c"
        path.write_text(code)
        build.must(["gcc", "-fno-pie", "-c", path], cwd=tmp_path)
        with pytest.raises(AssertionError):
            check_symbols("gcc-O2", [tmp_path / f"{name}.o"])


@pytest.mark.parametrize("compiler", ["g++", "clang++-14"])
@pytest.mark.parametrize("standard", ["c++11", "c++17"])
def test_headers_in_cplusplus(compiler: str, standard: str, tmp_path: Path) -> None:
    source = build.HERE / "plain.cc"
    command = [build.need(compiler), f"-std={standard}", *CPLUSPLUS, build.INCLUDE]
    build.must([*command, "-c", source], cwd=tmp_path)


def test_each_header_stands_alone(tmp_path: Path) -> None:
    for header in sorted((build.C / "include/emlrt").glob("*.h")):
        path = tmp_path / "alone.c"
        path.write_text(f"#include <emlrt/{header.name}>\ntypedef int alone;\n")
        command = ["gcc", "-std=c99", *WARNINGS, build.INCLUDE, "-fsyntax-only", path]
        build.must(command)


def test_gcc_analyzer_is_silent(tmp_path: Path) -> None:
    command = ["gcc", "-std=c99", "-O1", "-fanalyzer", *WARNINGS, build.INCLUDE]
    build.must([*command, "-c", *build.sources()], cwd=tmp_path)
