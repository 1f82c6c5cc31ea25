# SPDX-License-Identifier: MIT
"""Exported folders of tools that are not here as a whole: what can be compiled, run or
checked of them is."""

import csv
import json
import os
import re
import sys
from pathlib import Path

import pytest
from commands import run

from emlrt.emulate import avr, elf
from emlrt.emulate.targets import TARGETS

HERE = Path(__file__).parent
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror"]
ARDUINO = Path("/usr/share/arduino/hardware/arduino/avr")
#: How the Arduino IDE compiles for a Mega 2560 (platform.txt and boards.txt); Debian's
#: avr-gcc lacks the constant.
FLAGS = [
    "-mmcu=atmega2560",
    "-Os",
    "-ffunction-sections",
    "-fdata-sections",
    "-DF_CPU=16000000L",
    "-DARDUINO=10819",
    "-DARDUINO_AVR_MEGA2560",
    "-DARDUINO_ARCH_AVR",
    "-DDECIMAL_DIG=17",
]
CXX = ["-std=gnu++11", "-fpermissive", "-fno-exceptions", "-fno-threadsafe-statics"]


def beside(name):
    """The path of a program of a Python package; without it, as `missing`."""
    path = Path(sys.executable).with_name(name)
    return path if path.exists() else missing(name)


def missing(what):
    """Skips a test, or fails where CI is set."""
    message = f"{what} is not installed"
    pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


def compile_all(folder, sources, flags):
    """Objects of sources, of which two at once are compiled."""
    folder.mkdir()
    cxx = [path for path in sources if path.suffix in (".cpp", ".ino")]
    c = [path for path in sources if path not in cxx]
    run("avr-gcc", *FLAGS, "-std=gnu11", *flags, "-c", *c, cwd=folder)
    if cxx:
        kind = ["-x", "c++", "-include", "Arduino.h"]
        run("avr-g++", *FLAGS, *CXX, *flags, *kind, "-c", *cxx, cwd=folder)
    return sorted(folder.glob("*.o"))


@pytest.fixture(scope="module")
def core(tool, tmp_path_factory):
    """Objects of Arduino's core for the Mega, and the flags of programs for it."""
    tool("avr-gcc")
    if not ARDUINO.is_dir():
        missing("arduino-core-avr")
    cores = ARDUINO / "cores/arduino"
    flags = [f"-I{cores}", f"-I{ARDUINO / 'variants/mega'}", "-w"]
    sources = [*cores.glob("*.c"), *cores.glob("*.cpp")]
    return compile_all(tmp_path_factory.mktemp("core") / "o", sources, flags), flags


def test_a_sketch_runs_on_an_arduino(core, exported, tmp_path):
    """The library and its sketches, compiled as the IDE does, on a simulated Mega."""
    objects, flags = core
    folder = exported("arduino")
    src = folder / "src"
    flags = [*flags, f"-I{src}"]
    library = compile_all(tmp_path / "lib", [*src.rglob("*.c")], [*flags, "-Wall"])
    for name, answer in (("digits", "class 0"), ("line", "self-test: OK")):
        sketch = folder / "examples" / name
        sources = [*sketch.glob("*.c"), *sketch.glob("*.ino")]
        own = compile_all(tmp_path / name, sources, flags)
        linked = tmp_path / f"{name}.elf"
        run(
            "avr-gcc",
            *FLAGS,
            "-Wl,--gc-sections",
            *own,
            *library,
            *objects,
            "-lm",
            "-o",
            linked,
        )
        image = elf.load(linked.read_bytes())
        text = avr.simulate(TARGETS["atmega2560"], image, cycles=60_000_000).text
        lines = text.splitlines()
        assert lines[0] == f"{name}: open: OK"
        assert f"{name}: {answer}" in lines
        assert lines[-1] == "all OK"


def test_the_library_of_arduino_has_what_its_specification_asks(exported):
    folder = exported("arduino")
    lines = (folder / "library.properties").read_text().splitlines()
    properties = dict(line.split("=", 1) for line in lines)
    asked = "name version author maintainer sentence paragraph category architectures"
    assert set(asked.split()) <= set(properties)
    assert re.fullmatch(r"\d+\.\d+\.\d+", properties["version"])
    assert (folder / "src" / properties["includes"]).is_file()
    words = [
        line.split("\t") for line in (folder / "keywords.txt").read_text().splitlines()
    ]
    assert {kind for _, kind in words} == {"KEYWORD1", "KEYWORD2", "LITERAL1"}
    names = [word for word, _ in words]
    assert len(set(names)) == len(names)
    assert {"emlrt_open", "emlrt_stream_push_i16", "emlrt_model"} <= set(names)
    text = "".join(p.read_text() for p in (folder / "src/emlrt").glob("*.h"))
    for word in names:
        typed = re.sub(r"_(f32|i32|i16|u8)$", "_##suffix", word)
        assert word in text or typed in text, word
    for sketch in (folder / "examples").iterdir():
        assert (sketch / f"{sketch.name}.ino").is_file()


def test_platformio_packs_the_library(exported, tool, tmp_path):
    folder = exported("platformio")
    packed = tmp_path / "emlrt.tar.gz"
    home = {**os.environ, "PLATFORMIO_CORE_DIR": str(tmp_path / "core")}
    run(beside("pio"), "pkg", "pack", folder, "-o", packed, env=home)
    assert packed.stat().st_size > 100_000
    manifest = json.loads((folder / "library.json").read_text())
    for example in manifest["examples"]:
        for name in example["files"]:
            assert (folder / example["base"] / name).is_file()


def test_a_project_of_platformio_runs_on_the_computer(exported, tool, tmp_path):
    """Compiled as its platform `native` does, all files of library and project."""
    folder = exported("platformio")
    flags = [*WARNINGS, "-O1", f"-I{folder / 'include'}"]
    library = tmp_path / "library"
    library.mkdir()
    sources = (folder / "src").rglob("*.c")
    run(tool("gcc"), "-std=c99", *flags, "-c", *sources, cwd=library)
    for name in ("digits", "line", "moves"):
        project, made = folder / "examples" / name / "src", tmp_path / name
        made.mkdir()
        run("gcc", "-std=c99", *flags, "-c", *project.glob("*.c"), cwd=made)
        run(tool("g++"), "-std=c++11", *flags, "-c", *project.glob("*.cpp"), cwd=made)
        run("g++", *made.glob("*.o"), *library.glob("*.o"), "-o", made / "program")
        lines = run(made / "program").splitlines()
        assert lines[0] == f"{name}: open: OK"
        assert lines[-1] == "all OK"


def test_the_component_of_esp_idf(exported, tool, tmp_path):
    """Its manifests by ESP-IDF's own tool, its program with stand-ins for headers."""
    folder = exported("esp-idf")
    compote = beside("compote")
    home = {**os.environ, "IDF_COMPONENT_CACHE_PATH": str(tmp_path)}
    command = [compote, "component", "pack", "--name", "emlrt", "--dest-dir", tmp_path]
    run(*command, cwd=folder, env=home)
    assert list(tmp_path.glob("emlrt*.tgz"))
    flags = [*WARNINGS, f"-I{folder / 'include'}", f"-I{HERE / 'esp_idf'}"]
    for name in ("digits", "line", "moves"):
        project = folder / "examples" / name
        main = project / "main"
        run("gcc", "-std=gnu11", *flags, "-fsyntax-only", *main.glob("*.c"))
        rows = csv.reader((project / "partitions.csv").read_text().splitlines())
        table = [row for row in rows if not row[0].startswith("#")]
        end = 0x9000
        for label, _, _, offset, size in table:
            assert len(label) < 16
            assert int(offset, 0) == end  # nothing lies on anything else
            end += int(size, 0)
        label, _, _, offset, size = table[-1]
        assert label == name
        assert int(offset, 0) % 0x10000 == 0
        assert int(size, 0) >= (project / f"{name}.eml").stat().st_size
        assert end <= 4 << 20


#: What zephyr/module.yml may hold (Zephyr's documentation of modules).
MODULE = {
    "type": "map",
    "mapping": {
        "name": {"required": True, "type": "str"},
        "build": {
            "required": True,
            "type": "map",
            "mapping": {"cmake": {"type": "str"}, "kconfig": {"type": "str"}},
        },
        "samples": {"type": "seq", "sequence": [{"type": "str"}]},
    },
}


def test_the_module_of_zephyr(exported, models, tool, tmp_path):
    kconfiglib = pytest.importorskip("kconfiglib")
    pykwalify = pytest.importorskip("pykwalify.core")
    folder = exported("zephyr")
    checked = pykwalify.Core(
        source_file=str(folder / "zephyr/module.yml"), schema_data=MODULE
    )
    checked.validate(raise_exception=True)
    for name in (checked.source["build"]["cmake"], *checked.source["samples"]):
        assert (folder / name).is_dir()
    kconfig = kconfiglib.Kconfig(str(folder / "zephyr/Kconfig"), warn_to_stderr=False)
    kconfig.syms["EMLRT"].set_value("y")
    symbols = {name for name, symbol in kconfig.syms.items() if symbol.str_value == "y"}
    families = {p.name for p in (folder / "src").iterdir() if p.is_dir()}
    families -= {"core", "answers", "maths"}
    assert symbols == {"EMLRT", *(f"EMLRT_{family.upper()}" for family in families)}
    text = (folder / "zephyr/CMakeLists.txt").read_text()
    named = [
        (folder / "zephyr" / p).resolve() for p in re.findall(r"\.\./src/\S+\.c", text)
    ]
    assert sorted(named) == sorted((folder / "src").rglob("*.c"))
    assert set(re.findall(r"CONFIG_(EMLRT_\w+)", text)) == symbols - {"EMLRT"}
    sample = folder / "samples/models/src"
    flags = [*WARNINGS, f"-I{folder / 'include'}", f"-I{HERE / 'zephyr'}"]
    run(tool("gcc"), "-std=gnu11", *flags, "-fsyntax-only", *sample.glob("*.c"))


LISTED = """\
#include <emlrt/op.h>
static const emlrt_op *const ops[] = {{{ops}}};
int main(void) {{ return ops[0] == NULL; }}
"""


def test_each_family_links_with_what_it_selects(exported, tool, tmp_path):
    """Without the files of the other families, as Kconfig leaves them out."""
    kconfiglib = pytest.importorskip("kconfiglib")
    folder = exported("zephyr")
    flags = [tool("gcc"), "-O0", f"-I{folder / 'include'}"]
    objects = {}
    for path in sorted((folder / "src").iterdir()):
        if path.is_dir():
            (tmp_path / path.name).mkdir()
            run(*flags, "-c", *path.glob("*.c"), cwd=tmp_path / path.name)
            objects[path.name] = list((tmp_path / path.name).glob("*.o"))
    always = [each for name in ("core", "answers", "maths") for each in objects[name]]
    for family in sorted(set(objects) - {"core", "answers", "maths"}):
        kconfig = kconfiglib.Kconfig(str(folder / "zephyr/Kconfig"))
        kconfig.syms["EMLRT"].set_value("y")
        for other in objects:
            if other != family and f"EMLRT_{other.upper()}" in kconfig.syms:
                kconfig.syms[f"EMLRT_{other.upper()}"].set_value("n")
        chosen = [f for f in objects if f"EMLRT_{f.upper()}" in kconfig.syms]
        chosen = [
            f for f in chosen if kconfig.syms[f"EMLRT_{f.upper()}"].str_value == "y"
        ]
        assert family in chosen
        parts = [each for name in chosen for each in objects[name]]
        symbols = run(tool("nm"), "--defined-only", *objects[family])
        ops = set(re.findall(r" \w (emlrt_op_\w+)", symbols))
        assert ops
        main = tmp_path / f"{family}.c"
        main.write_text(LISTED.format(ops=", ".join(f"&{op}" for op in sorted(ops))))
        run(*flags, main, *parts, *always, "-o", tmp_path / f"{family}.program")


CARGO = """\
[source.crates-io]
replace-with = "debian"
[source.debian]
directory = "/usr/share/cargo/registry"
"""


def test_the_crate_of_rust(exported, models, tool, tmp_path):
    """Its tests, with the crate `cc` of Debian: rows, streams, layout of structures."""
    folder = exported("rust")
    if not list(Path("/usr/share/cargo/registry").glob("cc-*")):
        missing("librust-cc-dev")
    (tmp_path / ".cargo").mkdir()
    (tmp_path / ".cargo/config.toml").write_text(CARGO)
    command = [tool("cargo"), "test", "--offline", "--manifest-path"]
    environment = {**os.environ, "CARGO_TARGET_DIR": str(tmp_path / "target")}
    environment["RUSTFLAGS"] = "-D warnings"
    out = run(*command, folder / "Cargo.toml", cwd=tmp_path, env=environment)
    passed = out.count("test scores_are_those_of_python ... ok")
    assert passed == len(models)
    assert "test structures_are_those_of_c ... ok" in out


def test_the_module_of_riot(exported, tool, tmp_path):
    """Compiled as RIOT compiles for the computer: at -Og, warnings are errors."""
    folder = exported("riot")
    text = (folder / "emlrt/Makefile").read_text()
    named = [folder / "emlrt" / path for path in re.findall(r"src/\S+\.c", text)]
    assert sorted(named) == sorted((folder / "emlrt/src").rglob("*.c"))
    example = folder / "example"
    flags = [*WARNINGS, f"-I{folder / 'emlrt/include'}"]
    run("gcc", "-std=gnu11", *flags, "-fsyntax-only", *example.glob("*.c"))
    strict = ["-Wall", "-Wextra", "-Wstrict-prototypes", "-Wold-style-definition"]
    flags = ["-std=gnu11", "-Og", "-Werror", *strict, f"-I{folder / 'emlrt/include'}"]
    run(tool("gcc"), *flags, "-c", *named, cwd=tmp_path)
