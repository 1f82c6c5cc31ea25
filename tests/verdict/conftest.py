# SPDX-License-Identifier: MIT
"""Costs with counts and a stack, whatever the tables of estimates know."""

from dataclasses import replace

import pytest

from emlrt.verdict import reporting

MEAN, WORST, OPENED, STACK = 2000.5, 2600.0, 50000.0, 120


@pytest.fixture
def counted(monkeypatch):
    """Makes every core with tables known in full."""
    real = reporting.cost_of

    def known(*arguments):
        cost = real(*arguments)
        if cost.code is None:
            return cost
        ram = {**cost.ram_parts, "stack": STACK}
        return replace(
            cost,
            mean=MEAN,
            worst=WORST,
            opened=OPENED,
            longest=WORST,
            error=0.05,
            ram_parts=ram,
            ram_bound=sum(ram.values()),
            unknown=(),
        )

    monkeypatch.setattr(reporting, "cost_of", known)
