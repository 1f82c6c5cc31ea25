# SPDX-License-Identifier: MIT
"""emlearn's own tests of audio, filters and windows hold with emlrt, at their
tolerances; and the table of docs/SIGNAL.md has our errors."""

import re
from pathlib import Path

import numpy as np
import pytest
from emlearn_cases import FILTERS, RATE, Case, cases
from scipy.signal import cheby1

PAGE = (Path(__file__).parents[3] / "docs/SIGNAL.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def found() -> list[Case]:
    return list(cases())


def test_their_tolerances_hold(found):
    assert len(found) == 22
    for case in found:
        # What they skip as broken is held to the limit of mel spectra here.
        most = 1e-4 if np.isnan(case.tolerance) else case.tolerance
        assert case.error <= most, case


def test_the_page_has_our_errors(found):
    section = PAGE.partition("## emlearn's own tests")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+) \| (.+) \| (.+) \| (.+) \|$", section, re.MULTILINE)
    rows = [row for row in rows if row[0] not in ("case", "---|---|---")]
    assert [row[:2] for row in rows] == [(c.name, c.measure) for c in found]
    for row, case in zip(rows, found, strict=True):
        # Another machine's numpy may round another way.
        assert case.error <= 2 * float(row[3]) + 1e-9, (row, case)


def test_the_filters_have_their_orders():
    orders = [len(cheby1(*FILTERS[n], fs=RATE, output="sos")) for n in FILTERS]
    assert orders == [1, 1, 2, 5, 6]
