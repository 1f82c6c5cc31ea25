# SPDX-License-Identifier: MIT
"""docs/REPORT.md shows what its example prints."""

import difflib

from docs_scripts import loaded


def test_the_page_has_what_the_example_prints():
    script = loaded("report")
    page = script.PAGE.read_text(encoding="utf-8")
    new = script.written(page)
    differ = "\n".join(difflib.unified_diff(page.splitlines(), new.splitlines(), n=0))
    assert page == new, f"run python docs/report.py:\n{differ}"
    assert "nucleo-l053r8" in new
    assert "UNKNOWN" in page
