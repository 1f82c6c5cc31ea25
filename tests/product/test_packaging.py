# SPDX-License-Identifier: MIT
"""The sdist, the wheel made from it, and what an import loads."""

import json
import os
import re
import shutil
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from importlib.metadata import distribution, version
from pathlib import Path

import numpy as np
import pytest
from commands import run
from docs_scripts import loaded

import emlrt

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build/native"
HEAVY = {"sklearn", "scipy", "pandas", "matplotlib", "rich", "unicorn", "elftools"}
HEAVY |= {"emlrt.emulate", "emlrt.cli", "emlrt.embed", "emlrt.exports", "emlrt.boards"}
HEAVY |= {"emlrt.verdict"}


def build(kind, source, target):
    """Builds an sdist or a wheel with this environment's build tools."""
    options = ["--no-isolation", f"--{kind}", "--outdir", target]
    command = [sys.executable, "-m", "build", *options, source]
    said = run("sh", "-c", 'exec "$@" 2>&1', "sh", *command, cwd=target)
    assert "absent from" not in said  # of setuptools, about folders of data
    assert "warning: no " not in said  # about patterns that match nothing
    (made,) = target.glob("*.tar.gz" if kind == "sdist" else "*.whl")
    return made


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the repository, so that building leaves no trace in it."""
    tree = tmp_path_factory.mktemp("tree") / "emlrt"
    unwanted = [
        "build",
        "dist",
        "*.egg-info",
        "__pycache__",
        "*.so",
        "*.o",
        ".*",
        "_native.c",
        "_c",
    ]
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*unwanted))
    return tree


@pytest.fixture(scope="module")
def sdist(tree, tmp_path_factory):
    return build("sdist", tree, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def unpacked(sdist, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    run("tar", "-xf", sdist, "-C", folder)
    (unpacked,) = folder.iterdir()
    if KEPT.is_dir():  # objects by the contents of the files they are made of
        shutil.copytree(KEPT, unpacked / "build/native")
    return unpacked


@pytest.fixture(scope="module")
def wheel(unpacked, tmp_path_factory):
    return build("wheel", unpacked, tmp_path_factory.mktemp("wheel"))


def environment(folder, *packages):
    """A new environment's Python; the packages are links to this one's."""
    venv.create(folder, with_pip=False)
    paths = {"base": str(folder), "platbase": str(folder)}
    site = Path(sysconfig.get_path("purelib", "venv", paths))
    for package in packages:
        found = distribution(package)
        for name in {file.parts[0] for file in found.files} - {"..", "__pycache__"}:
            (site / name).symlink_to(found.locate_file(name))
    return folder / "bin/python"


def install(python, *arguments):
    """Installs into an environment that has no pip of its own."""
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q"]
    run(*pip, "--no-deps", "--no-index", *arguments)


def test_versions_agree():
    header = (ROOT / "c/include/emlrt/emlrt.h").read_text(encoding="utf-8")
    (written,) = re.findall(r'#define EMLRT_VERSION "(.+)"', header)
    assert emlrt.__version__ == written
    assert version("emlrt") == written
    assert re.fullmatch(r"\d+\.\d+\.\d+", written)


def test_import_loads_numpy_and_cffi_only():
    code = "import sys, emlrt; print(*sys.modules)"
    loaded = set(run(sys.executable, "-c", code).split())
    assert not HEAVY & loaded
    before = run(sys.executable, "-c", "import sys, numpy, cffi; print(*sys.modules)")
    tops = {name.partition(".")[0] for name in loaded - set(before.split())}
    tops -= {"emlrt", "numpy", "_cffi_backend", *sys.stdlib_module_names}
    assert not {name for name in tops if not name.startswith("__")}


def test_embed_is_there_after_import():
    assert run(sys.executable, "-c", "import emlrt; emlrt.embed.code") == ""
    with pytest.raises(AttributeError, match="module 'emlrt' has no attribute 'embde'"):
        emlrt.embde  # noqa: B018


def test_import_loads_little_more_than_numpy():
    code = "import sys, numpy, cffi; n = len(sys.modules); import emlrt;"
    code += "print(len(sys.modules) - n)"
    assert 20 < int(run(sys.executable, "-c", code)) < 150


def test_only_numpy_and_cffi_are_required():
    with open(ROOT / "pyproject.toml", "rb") as file:
        required = tomllib.load(file)["project"]["dependencies"]
    assert {re.split(r"\W", text)[0] for text in required} == {"numpy", "cffi"}


def test_the_sdist_has_the_sources(sdist, unpacked):
    assert sdist.name == f"emlrt-{emlrt.__version__}.tar.gz"
    for name in ("c/src/core/open.c", "c/host/host.c", "LICENSE", "README.md"):
        assert (unpacked / name).is_file(), name
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
    assert not [name for name in names if name.endswith((".so", ".o", ".pyc"))]


def test_the_wheel_is_for_any_python_from_3_11(wheel):
    name = f"emlrt-{emlrt.__version__}-cp311-abi3-"
    assert wheel.name.startswith(name)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert any(re.fullmatch(r"emlrt/_native\.abi3\.so", name) for name in names)


@pytest.mark.skipif(sys.platform != "linux", reason="strips where ld does")
def test_the_wheel_has_nothing_for_debuggers(wheel):
    with zipfile.ZipFile(wheel) as archive:
        extension = archive.read("emlrt/_native.abi3.so")
    assert b".debug_info" not in extension
    assert b".symtab" not in extension


def test_no_part_of_the_wheel_grows_unseen(wheel):
    """The page has each part's limit, and what it took when the page was made."""
    script = loaded("wheel")
    found = script.parts(wheel)
    assert all(part.files for part in found.values())
    assert sum(part.packed for part in found.values()) == wheel.stat().st_size
    assert not script.too_large(found)
    page = script.PAGE.read_text(encoding="utf-8")
    for key, limit in script.LIMITS.items():
        (cells,) = re.findall(rf"^\| {re.escape(key)} \|(.*)\|$", page, re.M)
        numbers = [int(cell.replace(",", "")) for cell in cells.split("|")]
        assert numbers[-1] == limit, "run `python docs/wheel.py`"


def test_the_wheel_has_the_runtime_and_the_firmware(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    wanted = {"emlrt/py.typed", "emlrt/_native.pyi"}
    wanted |= {"emlrt/_c/include/emlrt_amalgamated.h", "emlrt/_c/LICENSE"}
    wanted |= {"emlrt/boards/boards.toml"}
    wanted |= {
        f"emlrt/_c/{p.relative_to(ROOT / 'c')}" for p in ROOT.glob("c/src/**/*.[ch]")
    }
    for path in ROOT.glob("c/include/emlrt/*.h"):
        wanted.add(f"emlrt/_c/{path.relative_to(ROOT / 'c')}")
    sources = ROOT / "src/emlrt"
    templates = sources / "exports/folders"
    for path in sources.rglob("*"):
        if path.is_file() and path.is_relative_to(templates):
            wanted.add(f"emlrt/{path.relative_to(sources)}")
        elif path.suffix in {".py", ".c", ".ld", ".S"} and path.name != "_native.c":
            inside = path.relative_to(sources)
            if "_c" not in inside.parts:
                wanted.add(f"emlrt/{inside}")
    assert not wanted - names
    assert not [name for name in names if name.startswith("emlrt/_c/host")]
    assert not [name for name in names if name.startswith(("tests", "benchmarks"))]


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A model, some inputs, and the answers, as files."""
    from sklearn.datasets import load_iris
    from sklearn.ensemble import RandomForestClassifier

    X, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    forest = RandomForestClassifier(5, random_state=0).fit(X, names)
    folder = tmp_path_factory.mktemp("case")
    model = emlrt.Model.from_sklearn(forest, golden=X[:2])
    model.save(folder / "iris.eml")
    np.save(folder / "x.npy", X)
    np.save(folder / "p.npy", model.predict_proba(X))
    np.save(folder / "y.npy", forest.predict(X))
    return folder


PREDICT = """
import importlib.util, sys
import numpy as np
import emlrt
assert importlib.util.find_spec("sklearn") is None
model = emlrt.Model.load("iris.eml")
X = np.load("x.npy")
assert (model.predict(X) == np.load("y.npy")).all()
assert (model.predict_proba(X) == np.load("p.npy")).all()
assert model.selftest()
print(emlrt.__file__, emlrt.__version__, emlrt.get_include(), *emlrt.get_sources())
"""


def predict(python, folder):
    """Predicts in another environment; where that has emlrt and its C files."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    script = folder / "predict.py"
    script.write_text(PREDICT)
    return run(python, script, cwd=folder, env=environment).split()


def test_the_wheel_predicts_where_scikit_learn_is_not(wheel, case, tool, tmp_path):
    fresh = environment(tmp_path / "venv", "numpy", "cffi")
    install(fresh, wheel)
    where, written, include, *sources = predict(fresh, case)
    assert Path(where).is_relative_to(tmp_path)
    assert written == emlrt.__version__
    command = [fresh.parent / "emlrt", "verify", case / "iris.eml"]
    assert "structure" in run(*command)
    # What the installed package says of its C files is enough to build them.
    program = '#include <emlrt/emlrt.h>\n#include "emlrt_amalgamated.h"\n'
    program += "int main(void) { return emlrt_version()[0] == 0; }\n"
    (case / "main.c").write_text(program)
    files = [case / "main.c", *sources, "-o", case / "main"]
    run(tool("cc", "gcc"), "-std=c99", f"-I{include}", *files)
    run(case / "main")
    (case / "main.c").write_text(f"#define EMLRT_IMPLEMENTATION\n{program}")
    run(tool("cc", "gcc"), "-std=c99", f"-I{include}", *files[:1], *files[-2:])
    run(case / "main")
    # So is what it exports.
    emlrt_ = fresh.parent / "emlrt"
    run(emlrt_, "export", "amalgamation", case / "iris.eml", case / "out")
    assert (case / "out/LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    files = [*(case / "out").glob("*.c"), "-o", case / "main"]
    run(tool("cc", "gcc"), "-std=c99", f"-I{case / 'out'}", *files)
    assert run(case / "main").endswith("all OK\n")


def test_an_editable_install_follows_the_tree():
    """`make` installs this very tree so; what is installed otherwise is not it."""
    installed = distribution("emlrt").read_text("direct_url.json") or "{}"
    if not json.loads(installed).get("dir_info", {}).get("editable"):
        pytest.skip("emlrt is not installed as editable here; `make test` does so")
    assert Path(emlrt.__file__) == ROOT / "src/emlrt/__init__.py"
    assert Path(emlrt.get_include()) == ROOT / "c/include"
    assert len(emlrt.get_sources()) == len(list((ROOT / "c/src").rglob("*.c")))
