# SPDX-License-Identifier: MIT
"""docs/REPORT.md shows what its examples print."""

import difflib

import pytest
from docs_scripts import loaded


def test_the_page_has_what_the_examples_print(tool):
    tool("arm-none-eabi-gcc")
    pytest.importorskip("unicorn")
    script = loaded("report")
    page = script.PAGE.read_text(encoding="utf-8")
    new = script.written(page)
    differ = "\n".join(difflib.unified_diff(page.splitlines(), new.splitlines(), n=0))
    assert page == new, f"run python docs/report.py:\n{differ}"
    assert new.count("nucleo-l053r8  ") == 2
    assert "windows are answered as by the original" in new
    assert "UNKNOWN" in page
