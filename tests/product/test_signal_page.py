# SPDX-License-Identifier: MIT
"""docs/SIGNAL.md: its example runs, and its table names blocks that there are."""

import re
from pathlib import Path

import emlrt.signal
from emlrt.signal.filters import Filter

PAGE = (Path(__file__).parents[2] / "docs/SIGNAL.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## Blocks")[2].partition("## ")[0]


def rows():
    """The classes of each row of the table, and its last cell."""
    for line in TABLE.splitlines():
        if line.startswith("| `"):
            cells = line.strip("| ").split(" | ")
            yield re.findall(r"`(\w+)`", cells[0]), line.rstrip("| ").endswith("yes")


def test_the_example_answers():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    found = {}
    exec(code, found)
    assert found["X"].shape[1:] == (128, 3)
    assert found["answer"] == "moving"


def test_the_table_names_blocks():
    for names, in_front in rows():
        for name in names:
            block = getattr(emlrt.signal, name)
            assert getattr(block, "in_stream", False) == in_front, name


def test_every_filter_is_in_the_table():
    named = {name for names, _ in rows() for name in names}
    filters = {
        name
        for name in dir(emlrt.signal)
        if isinstance(getattr(emlrt.signal, name), type)
        and issubclass(getattr(emlrt.signal, name), Filter)
    }
    assert filters <= named
