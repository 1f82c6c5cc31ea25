# SPDX-License-Identifier: MIT
"""The one-header form of the runtime: complete, clean, and a good neighbour."""

import re
import shutil
from pathlib import Path

import pytest
from c.blobs import samples
from c.build import CPLUSPLUS, WARNINGS

from c import build
from emlrt.amalgamate import amalgamate, including, main

HEADER = "emlrt_amalgamated.h"
COMPILERS = {
    "gcc-c99": ["gcc", "-std=c99", *WARNINGS],
    "gcc-gnu11-O0": ["gcc", "-std=gnu11", "-O0", *WARNINGS],
    "gcc-gnu11-Os": ["gcc", "-std=gnu11", "-Os", *WARNINGS],
    "clang-c99": [build.CLANG, "-std=c99", "-O2", *WARNINGS],
    "g++-c++11": ["g++", "-x", "c++", "-std=c++11", *CPLUSPLUS],
    "clang++-c++17": ["clang++-14", "-x", "c++", "-std=c++17", *CPLUSPLUS],
}
CROSS = {
    "cortex-m0": ["arm-none-eabi-gcc", "-mthumb", "-mcpu=cortex-m0", "-Os"],
    "rv32imac": ["riscv64-unknown-elf-gcc", "-march=rv32imac", "-mabi=ilp32", "-Os"],
    "avr": ["avr-gcc", "-mmcu=atmega2560", "-Os"],
    "avr-far": ["avr-gcc", "-mmcu=atmega2560", "-Os", "-DEMLRT_PORT_FAR"],
}
IMPLEMENTATION = f"#define EMLRT_IMPLEMENTATION\n#include <{HEADER}>\n"


@pytest.fixture(scope="module")
def include(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("amalgamated")
    (folder / HEADER).write_text(amalgamate(build.C))
    return f"-I{folder}"


@pytest.fixture
def objects(include: str, tmp_path: Path):
    """A function: compiles texts to objects, the first with a runtime in it."""

    def compiled(compiler: list[str], *texts: str) -> list[Path]:
        build.need(compiler[0])
        for k, text in enumerate(texts):
            (tmp_path / f"unit{k}.c").write_text(text)
            command = [*compiler, include, "-c", f"unit{k}.c", "-o", f"unit{k}.o"]
            build.must(command, cwd=tmp_path)
        return [tmp_path / f"unit{k}.o" for k in range(len(texts))]

    return compiled


USER = """
#include <emlrt_amalgamated.h>
#include <emlrt_amalgamated.h>
#include <stdio.h>
static uint32_t words[1 << 14];
static EMLRT_SCRATCH(scratch, 1024);
int main(int argc, char **argv) {
  FILE *file = fopen(argv[argc - 1], "rb");
  emlrt_model model;
  uint32_t size = (uint32_t)fread(words, 1, sizeof words, file);
  fclose(file);
  if (emlrt_open(&model, words, size, emlrt_all_ops) != EMLRT_OK) return 1;
  if (emlrt_verify(&model) != EMLRT_OK) return 2;
  return emlrt_selftest(&model, scratch, sizeof scratch) != EMLRT_OK;
}
"""


@pytest.mark.parametrize("name", COMPILERS)
def test_two_units_run_a_model(name: str, objects, tmp_path: Path) -> None:
    """One unit has the code, the other uses it; C++ may have both."""
    compiler = COMPILERS[name]
    units = objects(compiler, IMPLEMENTATION, USER)
    build.must([compiler[0], *units, "-o", tmp_path / "program"])
    for path in build.write_blobs(
        tmp_path, {k: samples()[k].bytes() for k in ("soft_f32", "sum_i16", "program")}
    ):
        build.must([tmp_path / "program", path])


@pytest.mark.parametrize("name", CROSS)
def test_compiles_for_small_cores(name: str, objects) -> None:
    flags = ["-std=c99", "-ffreestanding", *WARNINGS]
    objects([*CROSS[name], *flags], IMPLEMENTATION, f"#include <{HEADER}>\nint unit;\n")


def test_same_symbols_as_the_sources(objects) -> None:

    def defined(files: list[Path]) -> set[str]:
        lines = build.must(["nm", "-g", "--defined-only", *files]).splitlines()
        return {line.split()[2] for line in lines if len(line.split()) == 3}

    apart = defined(build.release())
    assert defined(objects(["gcc", "-std=c99"], IMPLEMENTATION)) == apart
    assert "emlrt_open" in apart
    assert all(name.startswith("emlrt_") for name in apart)


@pytest.mark.parametrize("language", ["c", "c++"])
def test_the_installed_form_is_the_same_to_a_compiler(language, include, tmp_path):
    """Its preprocessed text is: pragmas, and every file in its place."""
    shutil.copytree(build.C, tmp_path / "c")
    (tmp_path / "c/include" / HEADER).write_text(including(tmp_path / "c"))
    (tmp_path / "unit.c").write_text(f"{IMPLEMENTATION}#include <{HEADER}>\n")
    command = ["gcc", "-x", language, "-E", "-P", "unit.c"]
    build.need("gcc")
    whole, installed = (
        build.must([*command, path], cwd=tmp_path).split()
        for path in (include, f"-I{tmp_path / 'c/include'}")
    )
    assert installed == whole
    assert "emlrt_open" in "".join(whole)


def user_math(name: str) -> str:
    """A function of the user's, whose compiler may take a faster form."""
    head = f"float {name}(float a, float b, float c)"
    return f"{head};\n{head} {{ return a / b + a * c; }}\n"


USERS = {
    "arm": (["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mfloat-abi=hard"], "vfma"),
    "gcc": (["gcc", "-mfma"], "vfmadd"),
    "clang": ([build.CLANG, "-mfma", "-ffp-contract=on"], "vfmadd"),
    "gcc-fast": (["gcc", "-ffast-math", "-mrecip"], "rcpss"),
    "clang-fast": ([build.CLANG, "-ffast-math", "-mrecip=all"], "rcpss"),
}


@pytest.mark.parametrize("name", USERS)
def test_leaves_the_users_floats_alone(name, objects) -> None:
    """Fused products and estimates are off inside the runtime, and on again
    behind it."""
    compiler, fast = USERS[name]
    prefix = compiler[0].removesuffix("gcc") if name == "arm" else ""
    flags = ["-std=gnu11", "-O2", "-ffunction-sections"]

    def code(text: str) -> str:
        unit = objects([*compiler, *flags], text)[0]
        return build.must([build.need(f"{prefix}objdump"), "-d", unit])

    assert fast in code(user_math("alone")), "this compiler is not so fast: no test"
    whole = amalgamate(build.C)
    end = whole.rindex("#ifdef __cplusplus\n}")
    text = "#define EMLRT_IMPLEMENTATION\n" + whole[:end] + user_math("inside")
    found = code(text + whole[end:] + user_math("behind"))
    using = {part.split(">:")[0] for part in found.split("\n\n") if fast in part}
    assert {part.split("<")[-1] for part in using} == {"behind"}


def test_every_name_has_the_prefix() -> None:
    """What a file defines at its top level, the user's own file must bear."""
    text = "\n".join(p.read_text() for p in sorted((build.C / "src").rglob("*.[ch]")))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    found = re.findall(r"^\s*#\s*define (\w+)", text, re.MULTILINE)
    found += re.findall(r"^(?:\w[\w ]*[ *])?(\w+)\([^;]*?\) \{$", text, re.MULTILINE)
    found += re.findall(r"^(?:typedef )?struct (\w+) \{", text, re.MULTILINE)
    found += re.findall(r"^\} (\w+);", text, re.MULTILINE)
    assert len(found) > 100
    assert not [n for n in found if not n.lower().startswith("emlrt_")]


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / HEADER
    assert main([str(build.C), str(out)]) == 0
    assert out.read_text() == amalgamate(build.C)
    assert main([str(build.C)]) == 2
    assert main([str(tmp_path), str(out)]) == 1
    assert "no .c file in src" in capsys.readouterr().err
