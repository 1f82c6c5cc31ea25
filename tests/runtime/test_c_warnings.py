# SPDX-License-Identifier: MIT
"""The C runtime compiles without a warning, and needs nothing at link time."""

import re
from pathlib import Path

import pytest
from c.build import CPLUSPLUS, WARNINGS
from c.targets import CASES, TARGETS, compiled

from c import build

# What the compiler itself may call, by the file that may make it. Floating-point
# division and arithmetic are allowed where the API is about them, and nowhere else.
EVERYWHERE = "emlrt_.*|word_rom.*"
# Integers are divided by the compiler's library where a core cannot.
PORTABLE_MATH = (
    "__aeabi_(lmul|llsl|llsr|u?idiv(mod)?)|__(mul|u?s?mul|ashl|lshr|ashr)[a-z]*[hsd]i3"
    "|__u?divmod[hs]i4"
)
AVR_GLUE = (
    "__(do_copy_data|do_clear_bss|SREG__|SP_[HL]__|RAMPZ__|tmp_reg__|zero_reg__)"
    "|__(pro|epi)logue_(saves|restores)__|__u?mulhisi3|__muluhisi3|__u?mulsidi3"
    r"|__[a-z]+di[23](_s8)?|__tablejump2__"
)
XTENSA_GLUE = "__u?(div|mod)si3"
THUMB_GLUE = "__gnu_thumb1_case_[us][qh]i"
FLOAT = (
    "__aeabi_(ui2f|i2f|fdiv|fmul|fadd|fsub)"
    "|__(floatunsisf|floatsisf|addsf3|subsf3|mulsf3|divsf3)"
)
# Trees, the core and the functions in maths_* do without floating point, but for
# the ops that add leaves: those use it where the port has no addition of its own.
ADDITION = "__addsf3"
INTEGERS = (
    "all_ops|classify|layout|maths_.*|meta|numeric|open|prepare|prepared_run|run"
    "|selftest|strerror|trees_.*|verify|votes"
)
# On AVR all of .rodata is copied to RAM, so only texts and convenience lists
# may have any; and ops, where flash is too large for 16-bit addresses.
AVR_RODATA = {"strerror", "all_ops"}


def prefix(target: str) -> str:
    compiler = TARGETS[target][0]
    return compiler.removesuffix("gcc") if compiler.endswith("-gcc") else ""


def said(tool: str, options: list[str], objects: list[Path]) -> dict[Path, str]:
    """What a tool says of each object. It names them where there are two or more."""
    whole = build.must([build.need(tool), *options, *objects])
    parts = re.split(r"^(\S+\.o) *:.*$", whole, flags=re.MULTILINE)[1:]
    told = dict(zip(map(Path, parts[::2]), parts[1::2], strict=True))
    assert set(told) == set(objects)
    return told


def floats_of(path: Path, code: str) -> str:
    """What a file may need for floating point. Of a walk's ops only one adds."""
    if not re.fullmatch(INTEGERS, path.stem):
        return FLOAT
    function = ""
    for line in code.splitlines():
        start = re.match(r"[0-9a-f]+ <(\w+)>:$", line)
        function = start[1] if start else function
        if ADDITION in line and not function.startswith("emlrt_run_trees_add_"):
            return "-"
    return ADDITION


def check_symbols(target: str, objects: list[Path]) -> None:
    """No undefined symbol but our own, and no section that takes RAM."""
    start = prefix(target)
    code = said(f"{start}objdump", ["-dr"], objects)
    symbols = said(f"{start}nm", [], [*objects, *objects[:1]])
    sizes = said(f"{start}size", ["-A"], objects)
    for path in objects:
        floats = floats_of(path, code[path])
        glue = (AVR_GLUE, THUMB_GLUE, XTENSA_GLUE)
        allowed = "|".join([EVERYWHERE, PORTABLE_MATH, *glue, floats])
        common = symbols[path]
        for name in re.findall(r"^ *[Uw] (\S+)$", common, re.MULTILINE):
            assert re.fullmatch(allowed, name), f"{path.name} needs {name}"
        assert not re.search(r" [BbDdC] ", common), f"{path.name}:\n{common}"
        for line in sizes[path].splitlines():
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


@pytest.mark.parametrize(("target", "standard"), CASES)
def test_clean_and_alone(target: str, standard: str) -> None:
    objects = compiled(target, standard)
    assert len(set(objects)) == len(build.sources())
    check_symbols(target, objects)


def test_compiles_without_gnus_extensions() -> None:
    """As for Microsoft's compiler, and those of chips' makers."""
    command = [build.need("gcc"), "-std=c99", *WARNINGS, "-Wno-unknown-pragmas"]
    build.must(
        [*command, "-U__GNUC__", build.INCLUDE, "-fsyntax-only", *build.sources()]
    )


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
