# SPDX-License-Identifier: MIT
"""Examples in README.md and docs/ run; commands, links, names and figures hold."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from pkgutil import resolve_name

import numpy as np
import pytest
from sklearn.datasets import load_digits

import emlrt

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md"))
DOCUMENTS = sorted(path.name for path in ROOT.glob("*.md")) + PAGES
#: Examples that need what the page sets up: test_trace.py and others run them.
ELSEWHERE = {
    f"docs/{name}.md" for name in ("TRACE", "CODE", "EXPORT", "SIGNAL", "SEARCH")
}
FLAGS = ["-std=c99", "-O1", "-Wall", "-Wextra", "-pedantic", "-Werror"]
ERASED, CORRUPT = -4, -6  # EMLRT_ERR_MAGIC, EMLRT_ERR_CRC


def blocks(language, name=None):
    """The code blocks of a language, in order: of README.md and then docs/, or of one
    document."""
    names = [name] if name else ["README.md", *(p for p in PAGES if p not in ELSEWHERE)]
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in names)
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def compiler():
    found = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not found:
        message = "no C compiler (cc, gcc or clang)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return found


def run(command, folder, **options):
    """The output of a command that must succeed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sys.path))}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def commands():
    """The `emlrt` commands of the sh blocks, as words."""
    lines = "\n".join(blocks("sh")).splitlines()
    return [line.split("#")[0].split() for line in lines if line.startswith("emlrt ")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder in which the Python example has run, and then every command."""
    folder = tmp_path_factory.mktemp("readme")
    files = []
    for k, example in enumerate(blocks("python")):
        files.append(tmp_path_factory.mktemp("examples") / f"example_{k}.py")
        files[-1].write_text(example, encoding="utf-8")
    # In one process, each with names of its own: imports take most of the time.
    each = "import runpy, sys\nfor path in sys.argv[1:]: runpy.run_path(path)"
    run([sys.executable, "-c", each, *files], folder)
    X, _ = load_digits(return_X_y=True)
    np.savetxt(folder / "rows.csv", X[:5], "%g", ",")
    for words in commands():
        out = run([sys.executable, "-m", "emlrt", *words[1:]], folder)
        (folder / f"{words[1]}.out").write_text(out, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def objects(tmp_path_factory):
    """The runtime, compiled once, for examples that link it as it is."""
    built = tmp_path_factory.mktemp("objects")
    flags = [*FLAGS, f"-I{emlrt.get_include()}"]
    run([compiler(), *flags, "-c", *emlrt.get_sources()], built)
    return sorted(built.glob("*.o"))


def build(folder, code, sources, flags=()):
    """Compiles and links a program of sources or objects; returns its path."""
    file = folder / "app.c"
    file.write_text(code, encoding="utf-8")
    program = folder / "app"
    run([compiler(), *FLAGS, *flags, "-I.", str(file), *sources, "-o", program], folder)
    return program


def rows_in_c(X):
    rows = ",".join("{" + ",".join(f"{x!r}f" for x in row) + "}" for row in X.tolist())
    return f"static const float rows[{len(X)}][{X.shape[1]}] = {{{rows}}};\n"


DIGITS_MAIN = """
#include <stdio.h>
int main(void) {
  unsigned i;
  if (setup() != EMLRT_OK) return 1;
  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    uint32_t answer = 99;
    if (digit(rows[i], &answer) != EMLRT_OK) return 1;
    printf("%u ", (unsigned)answer);
  }
  return 0;
}
"""

UPDATE_MAIN = """
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  emlrt_model m;
  static uint32_t partition[1 << 16];
  size_t n = fread(partition, 1, sizeof partition, stdin);
  printf("%d\\n", (int)update(&m, partition, (uint32_t)n));
  return 0;
}
"""


@pytest.mark.parametrize("form", ["sources", "amalgamated"])
def test_c_example_gives_pythons_answers(folder, objects, tmp_path, form):
    example = blocks("c")[0]
    X = load_digits().data[::20]
    shutil.copy(folder / "digits_eml.h", tmp_path)
    sources, flags = objects, [f"-I{emlrt.get_include()}"]
    if form == "amalgamated":
        header = tmp_path / "emlrt_amalgamated.h"
        c_dir = Path(emlrt.get_include()).parent
        run([sys.executable, "-m", "emlrt.amalgamate", c_dir, header], tmp_path)
        include = '#define EMLRT_IMPLEMENTATION\n#include "emlrt_amalgamated.h"'
        example = example.replace("#include <emlrt/emlrt.h>", include)
        sources, flags = [], []
    code = example + rows_in_c(X) + DIGITS_MAIN
    program = build(tmp_path, code, sources, flags)
    answers = list(map(int, run([program], tmp_path).split()))
    model = emlrt.Model.load(folder / "digits.eml")
    assert answers == model.predict(X).tolist()
    assert len(set(answers)) == 10


def test_prepared_example_gives_pythons_answers(folder, objects, tmp_path):
    shutil.copy(folder / "digits_eml.h", tmp_path)
    X = load_digits().data[::20]
    main = DIGITS_MAIN.replace("if (setup() != EMLRT_OK) return 1;", "")
    assert "setup" not in main
    code = blocks("c")[1] + rows_in_c(X) + main
    flags = [f"-I{emlrt.get_include()}"]
    program = build(tmp_path, code, objects, flags)
    answers = list(map(int, run([program], tmp_path).split()))
    model = emlrt.Model.load(folder / "digits.eml")
    assert answers == model.predict(X).tolist()


def test_update_example_tells_good_partitions_from_bad(folder, objects, tmp_path):
    code = blocks("c")[2] + UPDATE_MAIN
    flags = [f"-I{emlrt.get_include()}"]
    program = build(tmp_path, code, objects, flags)
    blob = (folder / "digits.eml").read_bytes()
    damaged = bytearray(blob)
    damaged[-1] ^= 1
    partitions = {b"\xff" * 4096: ERASED, bytes(damaged): CORRUPT, blob: 0}
    for content, status in partitions.items():
        partition = content + b"\xff" * 1024
        done = subprocess.run([program], input=partition, capture_output=True)
        assert int(done.stdout) == status


def test_predict_command_gives_the_models_answers(folder):
    model = emlrt.Model.load(folder / "digits.eml")
    X, _ = load_digits(return_X_y=True)
    want = list(map(str, model.predict(X[:5]).tolist()))
    lines = (folder / "predict.out").read_text(encoding="utf-8").split()
    assert lines[-5:] == want


def test_examples_are_where_the_tests_look():
    """A page with an example that is not run, or one that has gone, is noticed."""
    found = {
        (name, language): len(blocks(language, name))
        for name in DOCUMENTS
        for language in ("python", "c", "sh")
        if blocks(language, name) and name not in ELSEWHERE
    }
    assert found.pop(("CONTRIBUTING.md", "sh"), 1) >= 1
    assert found == {
        ("README.md", "python"): 1,
        ("README.md", "c"): 1,
        ("README.md", "sh"): 2,
        ("docs/PYTHON.md", "python"): 2,
        ("docs/EMULATE.md", "python"): 1,
        ("docs/OPTIONS.md", "python"): 1,
        ("docs/COMING_FROM.md", "python"): 1,
        ("docs/REPORT.md", "python"): 2,
        ("docs/FIRMWARE.md", "c"): 2,
        ("docs/CLI.md", "sh"): 1,
    }


def test_commands_did_what_the_pages_say(folder):
    assert (folder / "small.eml").stat().st_size == emlrt.Model.load(
        folder / "digits.eml"
    ).strip().nbytes
    words = [words[1] for words in commands()]
    assert words == ["inspect", "verify", "predict", "embed", "strip"]


def test_examples_have_eight_lines():
    assert len(blocks("python")[0].splitlines()) == 8
    assert len(blocks("c")[0].splitlines()) == 8


def test_first_screen_has_commands_and_examples():
    first = README.partition("## ")[0]
    assert "make demo" in first
    assert "make test" in first
    assert "```python" in first
    assert "```c\n" in first
    assert len(README.splitlines()) <= 150


@pytest.mark.parametrize("name", ["README.md", *PAGES])
def test_make_has_the_targets(name):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|^)make ([a-z-]+)\b", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def anchors(text):
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", t).lower().replace(" ", "-") for t in titles}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = link.partition("#")
        if path.startswith("https://"):
            continue
        target = (ROOT / name).parent / path if path else ROOT / name
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link


@pytest.mark.parametrize("name", DOCUMENTS)
def test_paths_in_documents_exist(name):
    """`c/src/x.c` and the like, but for patterns, what a build makes, and files that
    an example adds."""
    text = (ROOT / name).read_text(encoding="utf-8")
    roots = "c|src|tests|docs|benchmarks|ci"
    added = re.findall(r"^ *--- (\S+)\n *\+", text, re.MULTILINE)
    for path in re.findall(rf"`((?:{roots})/[\w./]+)`", text):
        assert path in added or (ROOT / path).exists(), path


def test_paths_in_python_exist():
    """In comments and docstrings, too."""
    folders = r"c/src|c/host|c/include|src/emlrt|tests|docs|benchmarks|proofs|ci"
    pattern = rf"(?<![\w/.-])((?:{folders})/[\w/]+\.(?:py|md|txt|csv|[ch]))\b"
    for folder in ("src", "tests", "docs", "benchmarks", "proofs", "ci"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if ".venv" in file.parts:  # of benchmarks
                continue
            text = file.read_text(encoding="utf-8")
            for path in set(re.findall(pattern, text)) - {"c/src/x.c"}:
                assert (ROOT / path).exists(), f"{file.relative_to(ROOT)}: {path}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_python_names_in_documents_exist(name):
    """`emlrt.model.Model.trace` and the like: modules, and what they have."""
    text = (ROOT / name).read_text(encoding="utf-8")
    for dotted in set(re.findall(r"`(emlrt(?:\.\w+)+)`", text)) - {"emlrt.h"}:
        assert resolve_name(dotted) is not None, dotted


def test_figures_are_those_of_the_results():
    """If this fails: python docs/figures.py, or docs/picture.py"""
    for script in ("figures.py", "picture.py"):
        run([sys.executable, ROOT / "docs" / script, "--check"], ROOT)


def test_exceptions_exist():
    """Every emlrt name in the tables of errors and options exists."""
    page = (ROOT / "docs/PYTHON.md").read_text(encoding="utf-8")
    errors = page.partition("## Errors")[2]
    for name in ("UnsupportedModelError", "FormatError", "InputRangeWarning"):
        assert f"`{name}`" in errors
        assert hasattr(emlrt, name)


def test_the_readme_names_classes_that_convert():
    """docs/SUPPORT.md, which test_support.py holds to the code, has all."""
    from emlrt.convert.sklearn.registry import REGISTRY

    table = README.partition("## What converts")[2].partition("## ")[0]
    named = set(re.findall(r"`([A-Z]\w+)`", table)) - {"UnsupportedModelError"}
    assert len(named) >= 8
    assert named <= set(REGISTRY)
