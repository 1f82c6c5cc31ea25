# SPDX-License-Identifier: MIT
"""The table of what each run relies on: complete, and true of the source."""

import re
from collections import Counter
from pathlib import Path

from c.hostile import hostile
from c.relies import ROWS
from c.seeded import pattern_of
from docs_scripts import loaded

from c import build

ROOT = Path(__file__).resolve().parents[2]


def is_own(run: str) -> bool:
    """Whether a row names it, not only every op."""
    return any(row.is_of(run) and "*" not in row.run.split() for row in ROWS)


def test_every_op_has_rows_of_its_own() -> None:
    text = (build.C / "src" / "all_ops.c").read_text()
    ops = re.findall(r"&emlrt_op_(\w+)", text)
    assert len(ops) > 90
    assert not [op for op in ops if not is_own(op)]


def test_every_public_function_has_rows() -> None:
    text = (build.C / "include" / "emlrt" / "emlrt.h").read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    names = set(re.findall(r"EMLRT_CHECK_RESULT emlrt_status (emlrt_\w+)\(", text))
    names = {n for n in names if f"{n}_as" not in names and not n.endswith("_")}
    assert len(names) >= 11
    assert not [name for name in names if not is_own(name)]


def test_names_are_unique_and_blobs_are_there() -> None:
    assert max(Counter(row.bug for row in ROWS).values()) == 1
    assert {row.blob for row in ROWS} <= set(hostile())


def body_of(function: str, text: str) -> str:
    """What stands from a function's name, where it is defined, to its end."""
    found = re.search(rf"\b{function}\([^;{{]*\{{.*?^\}}", text, re.M | re.S)
    return found[0] if found else ""


def test_conditions_stand_in_their_functions() -> None:
    for row in ROWS:
        text = build.place(build.C / "src", row.file).read_text()
        assert pattern_of(row.old).search(body_of(row.check, text)), row.bug


def test_patterns_fit_something() -> None:
    text = (build.C / "src" / "all_ops.c").read_text()
    ops = re.findall(r"&emlrt_op_(\w+)", text)
    sources = "".join(p.read_text() for p in build.C.rglob("*.[ch]"))
    for row in ROWS:
        for name in row.run.split():
            one = type(row)(*("", name, "", "", "", "", "", ""))
            known = any(one.is_of(op) for op in ops)
            assert known or f"{name}(" in sources, (row.bug, name)


def test_the_page_says_what_is_so() -> None:
    module = loaded("relies")
    assert module.PAGE.read_text(encoding="utf-8") == module.text()
