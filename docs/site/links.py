# SPDX-License-Identifier: MIT
"""Links of a built site: which lead nowhere.

    python docs/site/links.py FOLDER

No link is followed into the network: addresses must begin as a line of external.txt.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    """What a page links to, and the anchors that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = {"", "top"}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.add(value)
            if name in ("id", "name") and value:
                self.anchors.add(value)


@cache
def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _fault(path: Path, link: str, known: tuple[str, ...]) -> str:
    """What is wrong with a link, or nothing."""
    parts = urlsplit(link)
    if parts.scheme in ("data", "mailto"):
        return ""
    if parts.scheme or parts.netloc:
        return "" if link.startswith(known) else "is not in external.txt"
    target = path.parent / unquote(parts.path) if parts.path else path
    if not target.is_file():
        return "is no file"
    if (
        target.suffix == ".html"
        and unquote(parts.fragment) not in _read(target).anchors
    ):
        return "has no such anchor"
    return ""


def broken(folder: Path, external: Path) -> Iterator[str]:
    """A line for each link of the pages of a folder that leads nowhere."""
    lines = external.read_text(encoding="utf-8").splitlines()
    known = tuple(line for line in lines if line and not line.startswith("#"))
    pages = [path for path in folder.rglob("*.html") if "_static" not in path.parts]
    for path in sorted(pages):
        for link in sorted(_read(path).links):
            if fault := _fault(path, link, known):
                yield f"{path.relative_to(folder)}: {link} {fault}"


if __name__ == "__main__":
    found = list(broken(Path(sys.argv[1]), Path(__file__).with_name("external.txt")))
    print(*found, sep="\n")
    raise SystemExit(1 if found else 0)
