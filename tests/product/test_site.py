# SPDX-License-Identifier: MIT
"""The site's parts, without Sphinx: `make docs` builds the whole."""

import re
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "docs/site"
sys.path.insert(0, str(SITE))

import c_pages  # noqa: E402
import links  # noqa: E402

import build  # noqa: E402


def entries():
    """What toctrees name, as patterns of paths in the folder of pages."""
    found = set()
    for path in (SITE / "index.md", SITE / "guide.md", SITE / "reference.md"):
        found |= trees(path)
    return found | trees(SITE / "project.md")


def trees(path):
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"```\{toctree\}\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return {line for line in lines if line and not line.startswith(":")}


def test_every_page_has_a_place():
    pages = {path.relative_to(ROOT) for path in build.sources() if path.suffix == ".md"}
    assert len(pages) > 25
    for page in pages:
        assert any(fnmatch(str(page), entry) for entry in entries()), page


def test_every_place_has_a_page():
    made = {"gallery/index"}
    for entry in entries() - made:
        here = [base / entry for base in (ROOT, SITE)]
        names = [f"{path}{end}" for path in here for end in ("", ".md", ".rst")]
        assert "*" in entry or any(Path(name).is_file() for name in names), entry


def test_links_of_the_sites_own_pages_lead_somewhere():
    for path in SITE.glob("*.md"):
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#\s]+)\)", text):
            assert (ROOT / target).is_file() or target == "gallery/index.rst", target


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
