# SPDX-License-Identifier: MIT
"""Which objects of the extension an edit compiles anew."""

import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build/native"
INCLUDE = re.compile(r'#include ["<](?:emlrt/)?([^">]+)[">]')


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of what the build reads, and of the objects that it kept."""
    tree = tmp_path_factory.mktemp("tree")
    for name in ("c", "ci", "src/emlrt/_ffi_build.py", "setup.py", "pyproject.toml"):
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, path)
    for name in ("README.md", "LICENSE", "Makefile"):
        shutil.copy(ROOT / name, tree)
    (tree / "src/emlrt/__init__.py").touch()
    shutil.copytree(KEPT, tree / "build/native", symlinks=True)
    compiled(tree)
    return tree


def build(tree):
    command = [sys.executable, "setup.py", "build_ext", "--inplace"]
    return subprocess.run(
        command, cwd=tree, capture_output=True, text=True, check=False
    )


def compiled(tree):
    """Builds; the names of the C files compiled."""
    done = build(tree)
    assert done.returncode == 0, done.stdout + done.stderr
    paths = re.findall(r" -c (\S+\.c) ", done.stdout + done.stderr)
    return {Path(path).name for path in paths}


def includers(tree, header):
    """Names of the C files that include a header, themselves or through others."""
    included = {
        path.name: {
            Path(included).name
            for included in INCLUDE.findall(path.read_text(encoding="utf-8"))
        }
        for path in (tree / "c").rglob("*.[ch]")
    }
    found, size = {header}, 0
    while size < len(found):
        size = len(found)
        found |= {name for name, headers in included.items() if headers & found}
    return {name for name in found if name.endswith(".c")}


def edit(tree, name):
    (path,) = (tree / "c").rglob(name)
    path.write_text(path.read_text(encoding="utf-8") + "\n/* Edited. */\n")


def test_nothing_is_compiled_again_without_an_edit(tree):
    assert compiled(tree) == set()


@pytest.mark.parametrize("name", ["affine.c", "host.c"])
def test_an_edit_of_a_source_compiles_that_one(tree, name):
    edit(tree, name)
    assert compiled(tree) == {name}


@pytest.mark.parametrize("name", ["neighbors.h", "forest.h"])
def test_an_edit_of_a_header_compiles_what_includes_it(tree, name):
    wanted = includers(tree, name)
    assert 1 < len(wanted) < 40
    edit(tree, name)
    assert compiled(tree) == wanted


def test_an_edit_undone_links_what_it_was(tree):
    """By contents and not by times: a checkout of an older file counts, too."""
    path = next((tree / "c").rglob("strerror.c"))
    text = path.read_text(encoding="utf-8")
    library = tree / "src/emlrt/_native.abi3.so"
    for said in ("no other error", "no error"):
        path.write_text(text.replace('"no error"', f'"{said}"'))
        assert compiled(tree) == {"strerror.c"}
        assert (b"no other error" in library.read_bytes()) == ("other" in said)


def test_sources_in_another_place_are_missed(tree, tool):
    """A pattern that finds nothing must not build an extension of nothing."""
    (tree / "c/src").rename(tree / "c/moved")
    try:
        assert "no .c file in" in build(tree).stderr
        made = subprocess.run(
            [tool("make"), "help"],
            cwd=tree,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode != 0
        assert "no C sources in c/src" in made.stderr
    finally:
        (tree / "c/moved").rename(tree / "c/src")


@pytest.mark.skipif(platform.machine() != "x86_64", reason="other code elsewhere")
@pytest.mark.parametrize("name", ["lanes/lanes_elementwise.c", "batch_dense.c"])
@pytest.mark.parametrize(("compiler", "chosen"), [("gcc", True), ("musl-gcc", False)])
def test_only_glibcs_loader_chooses_functions(compiler, chosen, name, tool, tmp_path):
    """Alpine's has no indirect functions: it would not load the extension."""
    made = tmp_path / "made.o"
    command = [tool(compiler), "-std=c99", "-O0", "-I", ROOT / "c/include", "-c"]
    subprocess.run([*command, ROOT / "c/host" / name, "-o", made], check=True)
    names = subprocess.run(["nm", made], capture_output=True, text=True, check=True)
    assert (" i " in names.stdout) == chosen
