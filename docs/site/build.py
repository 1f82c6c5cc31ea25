# SPDX-License-Identifier: MIT
"""Build the site into build/site: `make docs`.

    python docs/site/build.py [--no-gallery]

Sphinx reads build/pages: the Markdown of the repository in its folders, so that links
between pages hold on the site as they do in the repository, whatever they link to, and
what docs/site has. Pages of the C interface and of the gallery are made there.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

SITE = Path(__file__).resolve().parent
ROOT = SITE.parents[1]
PAGES = ROOT / "build" / "pages"
OUTPUT = ROOT / "build" / "site"
sys.path.insert(0, str(SITE))

from c_pages import HEADERS, page  # noqa: E402
from links import broken  # noqa: E402


def linked(path: Path) -> Iterator[Path]:
    """Files of the repository that a page of Markdown links to."""
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)", text):
        found = (path.parent / target).resolve()
        if "://" not in target and found.is_file():
            yield found


def sources() -> set[Path]:
    """The pages, and whatever they link to."""
    waiting = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += linked(path) if path.suffix == ".md" else []
    return found


def without_folders(path: Path) -> str:
    """A page of Markdown whose links to folders are plain text: a site has none."""

    def kept(found: re.Match[str]) -> str:
        return found[1] if (path.parent / found[2]).is_dir() else found[0]

    text = path.read_text(encoding="utf-8")
    return re.sub(r"\[([^\]]+)\]\(([^)#\s]+)\)", kept, text)


def put(path: Path, place: Path) -> None:
    """A copy with the times of the original, so that Sphinx reads only what changed."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".md":
        place.write_text(without_folders(path), encoding="utf-8")
        shutil.copystat(path, place)
    else:
        shutil.copy2(path, place)


def trees() -> set[str]:
    """What the toctrees of the site's pages name."""
    texts = [path.read_text(encoding="utf-8") for path in SITE.glob("*.md")]
    blocks = re.findall(r"```\{toctree\}\n(.*?)```", "\n".join(texts), re.DOTALL)
    lines = "\n".join(blocks).splitlines()
    return {line for line in lines if line and not line.startswith(":")}


def unnamed() -> list[str]:
    """Pages that no toctree names: a new page stands last in the guide until then."""
    pages = [path.relative_to(ROOT) for path in sources() if path.suffix == ".md"]
    names = sorted(page.as_posix() for page in pages)
    return [n for n in names if not any(fnmatch(n, entry) for entry in trees())]


def clear() -> None:
    """Removes what is not made by Sphinx: that stays, as examples take long to run."""
    for path in PAGES.glob("*"):
        if path.name not in ("gallery", "api"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def arrange() -> None:
    """Fills the folder of pages."""
    PAGES.mkdir(parents=True, exist_ok=True)
    clear()
    for path in sources():
        put(path, PAGES / path.relative_to(ROOT))
    for path in SITE.rglob("*"):
        if path.suffix in (".md", ".rst") and "templates" not in path.parts:
            put(path, PAGES / path.relative_to(SITE))
    guide = PAGES / "guide.md"
    more = "".join(f"\n{name}" for name in unnamed())
    text = guide.read_text(encoding="utf-8").replace("\n```\n", f"{more}\n```\n")
    guide.write_text(text, encoding="utf-8")
    for path in (ROOT / "examples").iterdir():
        put(path, PAGES / "examples" / path.name)
    for name in HEADERS:
        place = PAGES / "api" / "c" / f"{name}.rst"
        text = page(ROOT / "c/include/emlrt" / f"{name}.h")
        if not place.exists() or place.read_text(encoding="utf-8") != text:
            place.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    from sphinx.cmd.build import main as sphinx

    arrange()
    options = ["-D", "plot_gallery=0"] if "--no-gallery" in arguments else []
    doctrees = str(ROOT / "build" / "doctrees")
    for made in (OUTPUT, doctrees, PAGES / "api" / "generated"):
        shutil.rmtree(made, ignore_errors=True)
    places = [str(PAGES), str(OUTPUT)]
    common = ["-q", "-W", "--keep-going", "-c", str(SITE), "-d", doctrees]
    status = sphinx([*common, *options, *places])
    if status == 0:
        found = sorted(broken(OUTPUT, SITE / "external.txt"))
        print(*found, sep="\n")
        status = 1 if found else 0
        print(f"{OUTPUT / 'index.html'}: {len(found)} broken links")
    return int(status)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
