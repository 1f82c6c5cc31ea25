# SPDX-License-Identifier: MIT
"""Damage and attacks on small blobs, bit by bit, under every sanitizer."""

import json
from pathlib import Path

import pytest
from c.blobs import samples
from c.hostile import STATUSES, hostile
from draws import more
from families import cases, small_blobs

from c import build, edges
from emlrt import Model


@pytest.fixture(scope="module", params=["octets", "words"])
def port(request: pytest.FixtureRequest) -> list[str]:
    """The plain port, and one whose reads are checked and counted."""
    return build.WORD_PORT if request.param == "words" else []


@pytest.fixture(scope="module")
def flips(port: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("flips") / "flips"
    return build.sanitized(out, "flips.c", port)


def test_small_blobs_have_nearly_every_op() -> None:
    """Those that have none are too large: their flips are left to the fuzzer."""
    small = {s.name for b in small_blobs().values() for s in Model(b).stages}
    every = {s.name for case in cases() for s in case.model.stages}
    assert len(small) >= 0.8 * len(every), every - small


def of_each_op() -> dict[str, bytes]:
    """The smallest blobs that have all ops of the small ones; `make soak` has all."""
    found, seen = {}, set()
    for name, blob in sorted(small_blobs().items(), key=lambda item: len(item[1])):
        ops = {stage.name for stage in Model(blob).stages}
        if not ops <= seen or more([name]):
            found[name] = blob
        seen |= ops
    return found


def test_every_flip_and_length_is_refused_or_harmless(
    flips: Path, tmp_path: Path
) -> None:
    blobs = {k: b.bytes() for k, b in samples().items()} | of_each_op()
    names = build.write_blobs(tmp_path, blobs)
    lines = [json.loads(s) for s in build.must([flips, *names]).splitlines()]
    assert len(lines) == len(names) >= 12
    for line in lines:
        assert line["octets"] <= 2048
        assert line["valid"] == 1, line
        assert line["flips"] == line["octets"] * 8 == line["flips_refused"]
        assert line["resizes"] == 2 * (line["octets"] + 64) == line["resizes_refused"]
        # An attacker's flip may be a valid model, but most are not.
        assert line["attacks"] > line["flips"]
        assert line["attacks_refused"] > line["attacks"] // 8


def test_hostile_blobs_end_in_their_status(port: list[str], tmp_path: Path) -> None:
    cases = hostile()
    driver = build.sanitized(tmp_path / "hostile", "hostile.c", port)
    names = build.write_blobs(tmp_path, {k: blob for k, (blob, _) in cases.items()})
    output = build.must([driver, *names]).split()
    got = {k: STATUSES[-int(n)] for k, n in zip(cases, output, strict=True)}
    assert got == {k: status for k, (_, status) in cases.items()}
    assert set(got.values()) == {*STATUSES[:13], "WORK", "STATE"} - {
        "ARGUMENT",
        "ALIGN",
    }


def test_edges_end_as_they_did(port: list[str], tmp_path: Path) -> None:
    """If a change of a check is meant, write tests/golden/edges.txt anew."""
    found, frozen = edges.statuses(tmp_path, port), edges.frozen()
    assert sum(map(len, frozen.values())) >= 10_000
    assert {*"".join(frozen.values())} >= {edges.LETTERS[0], edges.LETTERS[10]}
    assert found == frozen
