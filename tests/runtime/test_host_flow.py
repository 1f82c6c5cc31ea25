# SPDX-License-Identifier: MIT
"""Which stage reads what: the host believes a relation only if spans prove it."""

import pytest
from c.relations import (
    KEYS,
    RELATIONS,
    again,
    exact,
    greedy,
    keyed,
    misfit,
    orphan,
    shared,
    ungrouped,
    whole,
)
from c.stages import Step

from c import host


def found(*programs: list[Step]) -> list[tuple[int, int, int]]:
    """Of each its stages that are laid out, see through ranks, are left out. The
    answers are compared with firmware's on the way."""
    uses = host.use(map(whole, programs))
    assert not any(use.status for use in uses)
    return [(use.stages, use.through, use.left_out) for use in uses]


def test_a_forest_of_floats_that_reads_ranks() -> None:
    """180 bytes that wrote outside an array."""
    assert found(misfit()) == [(1, 0, 0)]


@pytest.mark.parametrize("name", RELATIONS)
def test_relations(name: str) -> None:
    steps, want = RELATIONS[name]
    assert found(steps) == [want]


def test_keys_that_ranks_and_floats_tell_apart() -> None:
    """-0 has a key of its own as a threshold, but the rank of 0."""
    uses = found(*(keyed(keys, threshold) for keys, threshold, _ in KEYS))
    assert uses == [(1, through, through) for _, _, through in KEYS]


def test_columns_that_are_more_than_ranks() -> None:
    assert found(exact(), *map(again, range(3))) == [(1, 0, 0), *[(1, 1, 1)] * 3]


def test_records_of_two_parents_or_none() -> None:
    assert found(shared(), orphan()) == [(0, 0, 0)] * 2


def test_memory_is_bounded_by_the_blob() -> None:
    """Stages of some 60 bytes that read, or vote for, as much as an arena has."""
    blobs = list(greedy())
    uses = host.use(blobs)
    assert not any(use.status for use in uses)
    assert uses[0].stages == uses[1].stages == 1
    assert uses[2].stages == 0
    for use, blob in zip(uses, blobs, strict=True):
        assert use.taken <= 32 * len(blob)


def test_groups_that_nobody_verified() -> None:
    (use,) = host.use([ungrouped()])
    assert use.status == 0
