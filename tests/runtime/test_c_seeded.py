# SPDX-License-Identifier: MIT
"""The tests of the wall must notice a wall with a hole in it."""

import pytest
from c.seeded import BUGS, QUICK, caught, linked, plant, told


@pytest.mark.parametrize("bug", QUICK)
def test_a_planted_bug_is_caught(bug: str) -> None:
    assert caught(bug)


def test_nothing_is_told_of_the_runtime_as_it_is(tmp_path) -> None:
    driver = linked(tmp_path / "driver", [])
    for bug in QUICK:
        assert not told(driver, tmp_path, BUGS[bug].blob)


def test_every_bug_can_be_planted(tmp_path) -> None:
    """`make soak` builds and attacks all of these."""
    assert len(BUGS) >= 300
    for name, bug in BUGS.items():
        assert plant(bug, tmp_path / name)
