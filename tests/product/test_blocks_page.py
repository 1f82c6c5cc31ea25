# SPDX-License-Identifier: MIT
"""docs/BLOCKS.md: every block is there, and its error is as the page says."""

import pytest
from docs_scripts import loaded

blocks = loaded("blocks")


def test_every_block_is_measured():
    assert not blocks.missing()


def test_the_page_says_what_is_so():
    old = blocks.PAGE.read_text(encoding="utf-8")
    assert not blocks.differences(blocks.page(), old)


def test_errors_are_small():
    for name, case in blocks.cases():
        error = blocks.error_of(case)
        assert error <= ({"LogMelQ15": 100, "MFCC": 5e-3}.get(name, 1e-5)), name


@pytest.mark.parametrize(("old", "new"), [("1e-07", "9e-07"), ("`Fir`", "`Firs`")])
def test_another_page_is_told(old, new):
    page = blocks.PAGE.read_text(encoding="utf-8")
    assert blocks.differences(page, page.replace(old, new, 1))
