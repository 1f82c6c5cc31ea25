# SPDX-License-Identifier: MIT
"""docs/SIGNAL.md: its example runs, and its table names blocks that there are."""

import re
from pathlib import Path

import emlrt.signal
from emlrt.signal.filters import Filter

PAGE = (Path(__file__).parents[2] / "docs/SIGNAL.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## Blocks")[2].partition("## ")[0]


def rows():
    """The classes of each row of the table, and what its last cell says."""
    for line in TABLE.splitlines():
        if line.startswith("| `"):
            cells = line.strip("| ").split(" | ")
            last = line.strip("| ").rpartition("|")[2].strip()
            yield re.findall(r"`(\w+)`", cells[0]), last


def test_the_examples_answer():
    found = {}
    for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(code, found)
    assert found["X"].shape[1:] == (128, 3)
    assert found["answer"] == "moving"
    assert (found["answers"] == found["y"]).all()
    assert set(found["stream"].push(found["recordings"][0])) == {"still"}


def test_the_table_names_blocks():
    for names, in_front in rows():
        for name in names:
            block = getattr(emlrt.signal, name)
            words = {
                "yes": getattr(block, "in_stream", False),
                "spectra": hasattr(block, "framing"),
                "frames": getattr(block, "in_frames", False),
            }
            said = in_front if in_front in words else ""
            assert [word for word in words if words[word]] == [said] * bool(said), name


def test_every_filter_is_in_the_table():
    named = {name for names, _ in rows() for name in names}
    filters = {
        name
        for name in dir(emlrt.signal)
        if isinstance(getattr(emlrt.signal, name), type)
        and issubclass(getattr(emlrt.signal, name), Filter)
    }
    assert filters <= named
