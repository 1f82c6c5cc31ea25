# SPDX-License-Identifier: MIT
"""The tests of c/host must notice a layout that believes too much."""

import re

import pytest
from c.build import C
from c.seeded_host import BUGS, QUICK, caught, plant


@pytest.mark.parametrize("bug", QUICK)
def test_a_planted_bug_is_caught(bug: str) -> None:
    assert caught(bug)


def test_every_bug_can_be_planted_and_is_in_the_table(tmp_path) -> None:
    """`make soak` builds and attacks all of these."""
    for name, bug in BUGS.items():
        assert plant(bug, tmp_path / name)
    table = (C.parent / "docs/HOST.md").read_text(encoding="utf-8")
    families = "|".join(sorted({name.split("_")[0] for name in BUGS}))
    named = set(re.findall(rf"`((?:{families})_[a-z]+)`", table))
    assert named == set(BUGS)
