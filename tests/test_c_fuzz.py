# SPDX-License-Identifier: MIT
"""A million random attacks, guided by coverage. `make soak` runs a hundred."""

import re
from pathlib import Path

import pytest
from c.blobs import samples
from c.hostile import hostile
from families import small_blobs

from c import build


@pytest.mark.parametrize(
    ("flags", "runs"),
    [
        pytest.param([], 700_000, id="octets"),
        pytest.param(
            build.WORD_PORT,
            300_000,
            id="words",
            marks=pytest.mark.xdist_group("c_words"),
        ),
    ],
)
def test_fuzz_opens_or_refuses(flags: list[str], runs: int, tmp_path: Path) -> None:
    """Each input is opened and used in every way; the word port also counts the
    reads of a run, and use.c bounds them by what the blob holds."""
    target = build.sanitized(tmp_path / "fuzz", "fuzz.c", flags)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    build.write_blobs(corpus, {k: b.bytes() for k, b in samples().items()})
    build.write_blobs(corpus, small_blobs())
    build.write_blobs(corpus, {k: b for k, (b, s) in hostile().items() if s == "OK"})
    command = [target, f"-runs={runs}", "-seed=1", *build.FUZZ_OPTIONS, corpus]
    done = build.run([*command, f"-artifact_prefix={tmp_path}/"], timeout=900)
    assert done.returncode == 0, done.stderr[-4000:]
    executed = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    assert executed
    assert int(executed[1]) >= runs
