# SPDX-License-Identifier: MIT
"""The sessions of docs/TRACE.md, for the tests that replay them."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_SESSION = re.compile(r"^```\n\$ emlrt (.*?)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def session(number):
    """A command of the page, in words, and what it shows."""
    page = (ROOT / "docs/TRACE.md").read_text(encoding="utf-8")
    command, shown = _SESSION.findall(page)[number]
    return command.split(), shown


def paths(words, folder):
    """The command's words with the paths of the blob, and of the page's rows."""
    rows = folder / "rows.csv"
    rows.write_text("0.5,-1,2,0.25\n1,0,-3,0.125\n")
    places = {"rows.csv": rows}
    places |= {word: ROOT / word for word in words if word.endswith(".eml")}
    return [places.get(word, word) for word in words]


def replayed(cli, words, folder):
    """The command's exit code and what it shows."""
    code, out, _ = cli(*paths(words, folder))
    return code, out
