# SPDX-License-Identifier: MIT
"""docs/SIZES.md has a row for each op, and each row is what the sources give."""

import copy

import pytest
from docs_scripts import loaded

sizes = loaded("sizes")


@pytest.fixture(scope="module")
def measured(tool):
    """The rows' bytes now, if the compilers are those of the page."""
    for name in dict.fromkeys(sizes.targets.find(t).compiler for t in sizes.TARGETS):
        tool(name)
    now = sizes.compilers()
    if now not in sizes.PAGE.read_text(encoding="utf-8"):
        pytest.skip(f"SIZES.md is of other compilers than {now}")
    return sizes.measured()


def test_every_op_has_a_row():
    wanted = {sizes.label(row) for row in ("core", *sizes.rows())}
    found = set(sizes.written())
    assert found == wanted, (
        f"docs/SIZES.md lacks {sorted(wanted - found)} and has"
        f" {sorted(found - wanted)} too many: run `make sizes` and commit the page"
    )


def test_the_page_says_what_is_so(measured):
    wrong = sizes.differences(measured)
    assert not wrong, "\n".join(["run `make sizes` and commit docs/SIZES.md:", *wrong])


def test_a_row_that_differs_is_named(measured):
    changed = copy.deepcopy(measured)
    changed["emlrt_op_dense"]["cortex-m4f"] += 2
    del changed["emlrt_op_table_sum"]
    told = sizes.differences(changed)
    assert [line.split(":")[0] for line in told] == ["`dense`", "`table_sum`"]
    assert f"{changed['emlrt_op_dense']['cortex-m4f']:,} | " in told[0]
    assert told[1].endswith("is now no row")
