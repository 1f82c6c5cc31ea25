# SPDX-License-Identifier: MIT
"""Random attacks, guided by coverage, from a saved corpus; see
tests/c/fuzzing.py. `make soak` runs a hundred million."""

from pathlib import Path

import pytest
from draws import PERCENT, draws

from c import build, fuzzing, heavy

#: Executions, of which `make test` does a quarter; of host as many as make the seeds,
#: most of which open, the smaller part.
RUNS = {
    "octets": draws(300_000),
    "words": draws(200_000),
    "host": draws(12_000),
    "work": draws(250_000),
}
#: One of how many blobs of the corpus: host is slow.
EVERY = {"host": 6} if PERCENT < 100 else {}


def finished(command: list[str], folder: Path) -> fuzzing.Outcome:
    """What a target says that must find nothing."""
    log = folder / "log"
    code = fuzzing.start(command, log).wait(timeout=1800)
    outcome = fuzzing.outcome(code, log)
    assert outcome.code == 0, outcome.text[-4000:]
    return outcome


@pytest.mark.parametrize(
    "name",
    [
        "octets",
        "words",
        "host",
        "work",
    ],
)
def test_fuzz_finds_nothing(name: str, tmp_path: Path) -> None:
    """Each blob of the corpus, and mutants of them, are used in every way that the
    target knows, which aborts at the first fault. Many of the mutants open."""
    program = fuzzing.compile_target(name, tmp_path)
    seeds = tmp_path / "seeds"
    fuzzing.write_seeds(seeds, EVERY.get(name, 1))
    outcome = finished(fuzzing.frozen(name, program, RUNS[name], seeds), tmp_path)
    assert outcome.tried >= RUNS[name]
    assert 0.2 <= outcome.opened / outcome.tried <= 0.6
    # Whole, since the fuzzer cuts what it reads to its own size.
    files = build.write_blobs(tmp_path, heavy.blobs())
    outcome = finished([str(path) for path in [program, *files]], tmp_path)
    assert outcome.opened == len(files)
