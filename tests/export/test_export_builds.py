# SPDX-License-Identifier: MIT
"""Exported folders, built by the tools of their targets, and run."""

import subprocess

import pytest
from commands import run

from emlrt.emulate import elf, qemu
from emlrt.emulate.build import memory_flags
from emlrt.emulate.sources import FIRMWARE
from emlrt.emulate.targets import BOARDS, TARGETS
from emlrt.exports.parts import calls, includes

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror"]
#: What programs print that run the three models.
SAID = """\
digits: open: OK
digits: self-test: OK
digits: class 0
digits: one row: OK
line: open: OK
line: self-test: OK
line: one row: OK
moves: open: OK
moves: class {moves}
moves: a window of silence: OK
all OK
"""


@pytest.fixture(scope="module")
def said(models):
    """What programs print, with Python's class of silence."""
    moves = models["moves"]
    window = [[0.0] * (moves.window.length)]
    label = moves.predict(window)[0]
    return SAID.format(moves=list(moves.classes_).index(label))


@pytest.mark.parametrize(
    ("compiler", "standard"), [(["gcc"], "c99"), (["clang", "clang-14"], "gnu11")]
)
def test_the_amalgamation(compiler, standard, exported, tool, said, tmp_path):
    folder = exported("amalgamation")
    command = [tool(*compiler), f"-std={standard}", *WARNINGS, "-O1", f"-I{folder}"]
    run(*command, *folder.glob("*.c"), "-o", tmp_path / "models")
    assert run(tmp_path / "models") == said


@pytest.fixture(scope="module")
def cmake(tool):
    """A function: runs cmake."""
    return lambda *arguments, **options: run(tool("cmake"), *arguments, **options)


@pytest.fixture(scope="module")
def installed(cmake, exported, said, tmp_path_factory):
    """A folder into which the CMake project was installed, after it was tested."""
    made = tmp_path_factory.mktemp("cmake")
    flags = f"-DCMAKE_C_FLAGS={' '.join(WARNINGS)}"
    cmake("-S", exported("cmake"), "-B", made / "build", flags)
    cmake("--build", made / "build", "-j2")
    assert run(made / "build/emlrt_examples") == said
    cmake("--install", made / "build", "--prefix", made / "installed")
    return made / "installed"


USE = """\
cmake_minimum_required(VERSION 3.16)
project(use C)
find_package(emlrt 0.1 REQUIRED)
add_executable(use main.c)
emlrt_add_model(use line.eml)
emlrt_add_model(use line.eml NAME other)
"""
MAIN = """\
#include "line_eml.h"
#include "other_eml.h"
static emlrt_model model;
int main(void) {
  emlrt_status first = emlrt_open(&model, line_eml, LINE_EML_SIZE, emlrt_all_ops);
  emlrt_status status = emlrt_open(&model, other_eml, OTHER_EML_SIZE, emlrt_all_ops);
  return first != EMLRT_OK || status != EMLRT_OK || emlrt_verify(&model) != EMLRT_OK;
}
"""


@pytest.mark.parametrize("incbin", ["ON", "OFF"])
def test_a_project_finds_the_package(incbin, cmake, installed, models, tmp_path):
    (tmp_path / "CMakeLists.txt").write_text(USE)
    (tmp_path / "main.c").write_text(MAIN)
    models["line"].save(tmp_path / "line.eml")
    build = tmp_path / "build"
    options = [f"-DCMAKE_PREFIX_PATH={installed}"]
    options += [] if incbin == "ON" else ["-DEMLRT_HAS_INCBIN=OFF"]
    cmake("-S", tmp_path, "-B", build, *options)
    cmake("--build", build)
    run(build / "use")
    cache = (build / "CMakeCache.txt").read_text()
    assert ("EMLRT_HAS_INCBIN:INTERNAL=TRUE" in cache) == (incbin == "ON")
    # Another model, and the program has it.
    models["moves"].save(tmp_path / "line.eml")
    main = MAIN.replace("emlrt_open(", "open_any(").replace(
        "static emlrt_model model;",
        "static emlrt_model model;\nstatic emlrt_status open_any(emlrt_model *m,"
        " emlrt_rom blob, uint32_t size,\n    const emlrt_op *const *ops) {\n"
        "  emlrt_info info;\n  (void)m; (void)size; (void)ops;\n"
        "  if (emlrt_peek(&info, blob, size) != EMLRT_OK) return EMLRT_ERR_SIZE;\n"
        "  return info.state_bytes ? EMLRT_OK : EMLRT_ERR_SIZE;\n}",
    )
    main = main.replace(" || emlrt_verify(&model) != EMLRT_OK", "")
    (tmp_path / "main.c").write_text(main)
    cmake("--build", build)
    run(build / "use")


def test_a_header_of_another_model_is_refused(cmake, installed, models, tmp_path, tool):
    (tmp_path / "CMakeLists.txt").write_text(USE)
    (tmp_path / "main.c").write_text(MAIN)
    models["line"].save(tmp_path / "line.eml")
    (tmp_path / "line_eml.h").write_text("#define LINE_EML_SIZE 12u\n")
    command = [tool("cmake"), f"-DCMAKE_PREFIX_PATH={installed}", "-S", tmp_path]
    command += ["-B", tmp_path / "build"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode != 0
    assert "line_eml.h is not of this model, which has" in " ".join(done.stderr.split())


TOOLCHAIN = """\
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER {compiler})
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_FLAGS_INIT "{flags} -ffreestanding -O1")
"""
FIRMWARE_CMAKE = """\
cmake_minimum_required(VERSION 3.16)
project(firmware C)
add_subdirectory({emlrt} emlrt)
add_executable(firmware main.c {examples} {platform}/platform_arm.c)
target_include_directories(firmware PRIVATE {platform})
target_link_options(firmware PRIVATE -nostdlib -static -Wl,--gc-sections {linking})
{models}
target_link_libraries(firmware PRIVATE -lgcc)
"""
FIRMWARE_MAIN = """\
#include "platform.h"
{includes}
static void print(const char *text) {{
  while (*text) platform_put(*text++);
}}
int main(void) {{
  int failed = 0;
{calls}
  print(failed ? "FAILED\\n" : "all OK\\n");
  return failed;
}}
"""


def test_cmake_for_a_core(cmake, exported, models, tool, said, tmp_path):
    """A project for a Cortex-M, cross-compiled, run on QEMU's board."""
    board, folder = BOARDS["mps2-an385"], exported("cmake")
    target = TARGETS[board.target]
    options = {"compiler": tool(target.compiler), "flags": " ".join(target.flags)}
    (tmp_path / "core.cmake").write_text(TOOLCHAIN.format(**options))
    example = "{emlrt}/models/{name}_example.c"
    text = FIRMWARE_CMAKE.format(
        emlrt=folder,
        platform=FIRMWARE,
        linking=" ".join(memory_flags(board)),
        examples=" ".join(example.format(emlrt=folder, name=name) for name in models),
        models="\n".join(
            f"emlrt_add_model(firmware {folder}/models/{name}.eml)" for name in models
        ),
    )
    (tmp_path / "CMakeLists.txt").write_text(text)
    parts = {"includes": includes(models), "calls": calls(models)}
    (tmp_path / "main.c").write_text(FIRMWARE_MAIN.format(**parts))
    build = tmp_path / "build"
    toolchain = f"-DCMAKE_TOOLCHAIN_FILE={tmp_path / 'core.cmake'}"
    cmake("-S", tmp_path, "-B", build, toolchain)
    cmake("--build", build, "-j2", "--target", "firmware")
    cache = (build / "CMakeCache.txt").read_text()
    assert "EMLRT_HAS_INCBIN:INTERNAL=TRUE" in cache
    done = qemu.simulate(board, elf.load((build / "firmware").read_bytes()))
    assert done.text == said
    assert done.code == 0


def test_meson(exported, tool, said, tmp_path):
    folder, meson = exported("meson"), tool("meson")
    build = tmp_path / "build"
    run(meson, "setup", build, folder, "--prefix", tmp_path / "installed")
    run(meson, "test", "-C", build)
    assert run(build / "emlrt_examples") == said
    run(meson, "install", "-C", build)
    (config,) = (tmp_path / "installed").rglob("emlrt.pc")
    environment = {"PKG_CONFIG_PATH": str(config.parent), "PATH": "/usr/bin:/bin"}
    flags = run(tool("pkg-config"), "--cflags", "--libs", "emlrt", env=environment)
    models = folder / "models"
    sources = [f"-I{models}", *models.glob("*.c"), *flags.split()]
    run(tool("gcc"), *sources, "-o", tmp_path / "models")
    assert run(tmp_path / "models") == said
