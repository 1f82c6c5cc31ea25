# SPDX-License-Identifier: MIT
"""The tool of `make soak` that changes every check, on a few mutants.

All of them take some minutes of CPU time; here the tool is seen to work, and a
sample to be noticed.
"""

from pathlib import Path

import pytest
from soak.mutants import argued, survey
from soak.operators import Mutant, all_mutants, in_scope

from c import build

#: Small files, whose mutants are compiled here.
FILES = ("gather.c", "median.c", "bucketize.c", "output_sizes.c", "one_hot.c")


@pytest.fixture(scope="module")
def found() -> list[Mutant]:
    return all_mutants(build.C / "src")[0]


def test_every_kind_of_change_is_made(found: list[Mutant]) -> None:
    """Of the check of gather, which has one of each."""
    changes = {(m.old, m.new) for m in found if m.function == "emlrt_check_gather"}
    for old, new in (
        ("i < call->n_out", "i <= call->n_out"),
        ("EMLRT_ERR_PAYLOAD", "EMLRT_OK"),
        ("EMLRT_ERR_PAYLOAD", "EMLRT_ERR_HEADER"),
    ):
        assert (old, new) in changes, sorted(changes)


def test_each_mutant_changes_its_file(found: list[Mutant]) -> None:
    texts = {p.name: p.read_bytes() for p in (build.C / "src").rglob("*.[ch]")}
    for mutant in found:
        text = texts[mutant.file]
        there = text[mutant.start : mutant.end].decode()
        assert " ".join(there.split()) == mutant.old
        assert mutant.apply(text) != text


def test_every_op_s_check_is_changed(found: list[Mutant]) -> None:
    """Scope: no file with an op of its own is without mutants of a check."""
    files = {p.name: p.read_bytes() for p in (build.C / "src").rglob("*.[ch]")}
    scope = in_scope(files)
    for name, text in files.items():
        if b"emlrt_status emlrt_check_" in text and name.endswith(".c"):
            assert any(f.name.startswith("emlrt_check_") for f in scope[name]), name
    changed = {m.file for m in found}
    assert {"open.c", "verify.c", "meta.c", "items.c", "trees_template.h"} <= changed


def test_a_sample_is_noticed(tmp_path: Path) -> None:
    report = survey(tmp_path, files=FILES, sample=40, flips=0, ports=("words",))
    assert len(report.judged) == 40
    assert len(report.noticed) == 40
    left = [report.found[n] for n in report.survivors]
    assert [m.name for m in left if m.key not in argued()] == []
    assert sum(how != "-" for how, _ in report.noticed.values()) >= 30
