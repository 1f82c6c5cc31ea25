# SPDX-License-Identifier: MIT
"""The site's parts, without Sphinx: `make docs` builds the whole."""

import re
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name

import pytest

import emlrt.verdict

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "docs/site"
sys.path.insert(0, str(SITE))

import c_pages  # noqa: E402
import links  # noqa: E402

import build  # noqa: E402


def test_new_pages_stand_last_in_the_guide(monkeypatch):
    assert not {name for name in build.unnamed() if name in build.trees()}
    named = build.trees() - {"docs/PYTHON.md"}
    before = build.unnamed()
    monkeypatch.setattr(build, "trees", lambda: named)
    assert set(build.unnamed()) - set(before) == {"docs/PYTHON.md"}


def test_every_place_has_a_page():
    made = {"gallery/index"}
    for entry in build.trees() - made:
        here = [base / entry for base in (ROOT, SITE)]
        names = [f"{path}{end}" for path in here for end in ("", ".md", ".rst")]
        assert "*" in entry or any(Path(name).is_file() for name in names), entry


def test_links_to_folders_are_text(tmp_path):
    (tmp_path / "page.md").write_text("[a](..), [`b`](page.md), [c](page.md#d)")
    expected = "a, [`b`](page.md), [c](page.md#d)"
    assert build.without_folders(tmp_path / "page.md") == expected


def test_links_of_the_sites_own_pages_lead_somewhere():
    for path in SITE.glob("*.md"):
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#\s]+)\)", text):
            example = target.replace("gallery/", "examples/").replace(".rst", ".py")
            made = (ROOT / example).is_file() or target == "gallery/index.rst"
            assert (ROOT / target).is_file() or made, target


def listed():
    """What the pages of the Python interface list, with their modules."""
    found = set()
    for path in (SITE / "api").glob("*.rst"):
        module = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(".. currentmodule:: "):
                module = line.split()[-1]
            elif re.fullmatch(r"   [\w.]+", line) and module:
                found.add(f"{module}.{line.strip()}")
    return found


def test_pages_of_python_list_names_that_exist():
    for dotted in listed():
        assert resolve_name(dotted) is not None


@pytest.mark.parametrize(
    "module", ["", ".signal", ".emulate", ".estimate", ".metrics", ".verdict"]
)
def test_pages_of_python_have_every_public_name(module):
    found = import_module(f"emlrt{module}")
    names = {n for n in found.__all__ if not n.isupper() and n != "__version__"}
    if not module:
        later = {attribute for attribute, (_, inner) in emlrt._LATER.items() if inner}
        names |= later - set(emlrt.verdict.__all__)
    missing = {name for name in names if f"emlrt{module}.{name}" not in listed()}
    assert not missing


@pytest.mark.parametrize("name", c_pages.HEADERS)
def test_pages_of_c_have_every_function(name):
    header = ROOT / f"c/include/emlrt/{name}.h"
    page = c_pages.page(header)
    text = re.sub(r"/\*.*?\*/", "", header.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = text.replace('extern "C" {', "")
    text = re.sub(r"\{.*?\}", "", text, flags=re.DOTALL)
    functions = set(re.findall(r"\b(emlrt_[a-z]\w*[a-z0-9])\(", text))
    assert len(functions) > 4
    shown = set(re.findall(r"[ *](emlrt_\w+)\([a-z]", page))
    assert functions <= shown
    if name == "emlrt":
        assert {"emlrt_votes_u8", "emlrt_proba_f32"} <= shown  # made by a macro
        assert ".. c:enumerator:: EMLRT_ERR_MAGIC = -4\n\n      not a blob" in page
        assert ".. c:member:: uint32_t total_size\n\n      bytes of the blob" in page


def test_links_that_lead_nowhere_are_found(tmp_path):
    (tmp_path / "known.txt").write_text("# comment\nhttps://known.example/\n")
    pages = {
        "a.html": '<h1 id="top">A</h1><a href="b.html#here"></a><a href="#top"></a>',
        "b.html": '<p id="here"></p><a href="https://known.example/x"></a>',
        "bad.html": '<a href="a.html#gone"></a><img src="c.png">'
        '<a href="d.html"></a><a href="https://other.example/"></a>',
    }
    for name, text in pages.items():
        (tmp_path / name).write_text(text)
    assert list(links.broken(tmp_path, tmp_path / "known.txt")) == [
        "bad.html: a.html#gone has no such anchor",
        "bad.html: c.png is no file",
        "bad.html: d.html is no file",
        "bad.html: https://other.example/ is not in external.txt",
    ]
