# SPDX-License-Identifier: MIT
"""The long runs: `make soak`, or `python tests/soak/run.py --execs N`.

Parts, each of which ends the run with exit code 1 if it finds anything:

  seeded  every planted bug of tests/c/seeded.py must be noticed
  host    and every one of tests/c/seeded_host.py; 10^5 random programs by the host
  readers 10^5 files that no library wrote, for each reader of test_fuzz_readers.py
  rows    60 data sets for each place of the row matrix of test_row_kinds.py
  drawn   ten times the cases that each test names which draws them at random, forty
          times those of `make test` (tests/helpers/draws.py)
  graphs  20,000 random graphs of ONNX's nodes against ONNX Runtime
  pairs   any two flipped bits of the smallest blob of each op
  mutants every check changed in every small way, which must be noticed
  fuzz    --execs fuzzed blobs, shared out among the targets of
          tests/c/fuzzing.py

Each target's corpus is kept in build/soak, so that a second run goes on from the
first; what a target finds is left there as TARGET-crash-*.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from c.blobs import samples  # noqa: E402
from c.random_programs import programs  # noqa: E402
from c.seeded import BUGS, caught  # noqa: E402
from soak import mutants  # noqa: E402

from c import build, fuzzing, host, seeded_host  # noqa: E402

#: How many of a hundred executions a target gets.
SHARES = {"octets": 40, "words": 25, "host": 5, "work": 30}


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


def seeded() -> bool:
    missed = []
    for k, name in enumerate(BUGS, 1):
        driver = caught(name)
        say(f"seeded {k}/{len(BUGS)}: {name}: {driver or 'NOT NOTICED'}")
        if not driver:
            missed.append(name)
    say(f"seeded: {len(BUGS) - len(missed)} of {len(BUGS)} bugs noticed")
    return not missed


def hosted(n: int = 100_000) -> bool:
    missed = [name for name in seeded_host.BUGS if not seeded_host.caught(name)]
    say(f"host: of {len(seeded_host.BUGS)} bugs not noticed: {missed or 'none'}")
    uses = [use for seed in range(n // 1000) for use in host.use(programs(seed, 1000))]
    say(f"host: {len(uses)} programs, {sum(u.stages for u in uses)} stages laid out")
    return not missed


def tested(*which: str, **environment: str) -> int:
    """The exit code of some tests, with variables that make them longer."""
    command = [sys.executable, "-m", "pytest", "-q", *which]
    changed = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=changed, check=False).returncode


def readers(runs: int = 100_000) -> bool:
    code = tested(
        "tests/convert/readers/test_fuzz_readers.py", EMLRT_READER_RUNS=str(runs)
    )
    say(f"readers: {runs:,} files each: exit {code}")
    return code == 0


def graphs(n: int = 20_000) -> bool:
    which = ("tests/convert/onnx/test_onnx_graphs.py", "-k", "random_graphs")
    code = tested(*which, EMLRT_ONNX_GRAPHS=str(n))
    say(f"graphs: {n:,}: exit {code}")
    return code == 0


def drawn(percent: int = 1000) -> bool:
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    which = [path for path in files if "from draws import" in path.read_text("utf-8")]
    code = tested(*map(str, which), EMLRT_DRAWS=str(percent))
    say(f"drawn: {percent} % in {len(which)} files: exit {code}")
    return code == 0


def rows(n: int = 60) -> bool:
    which = ("tests/convert/trees/test_row_kinds.py", "-k", "test_trees or test_tables")
    code = tested(*which, EMLRT_ROW_EXAMPLES=str(n))
    say(f"rows: {n} data sets each: exit {code}")
    return code == 0


def smallest() -> dict[str, bytes]:
    """The smallest of the soft, vote, lone and sum samples, and the program."""
    blobs = {name: blob.bytes() for name, blob in samples().items()}
    chosen = {"program": blobs["program"]}
    for kind in ("soft", "vote", "vote_lone", "sum"):
        names = [name for name in blobs if name.startswith(kind)]
        name = min(names, key=lambda n: len(blobs[n]))
        chosen[name] = blobs[name]
    return chosen


def pairs(folder: Path) -> bool:
    driver = build.sanitized(folder / "flips", "flips.c", [])
    for path in build.write_blobs(folder, smallest()):
        done = build.run([driver, "--pairs", path], timeout=36000)
        say(f"pairs: {path.name}: {done.stdout.strip() or done.stderr[-2000:]}")
        if done.returncode != 0:
            return False
    return True


def fuzz(folder: Path, execs: int, targets: list[str]) -> bool:
    """The targets side by side, each from its own corpus, which it adds to."""
    seeds, running = folder / "seeds", []
    fuzzing.write_seeds(seeds)
    whole = sum(SHARES[name] for name in targets)
    for name in targets:
        program = fuzzing.compile_target(name, folder)
        corpus = folder / f"corpus-{name}"
        corpus.mkdir(exist_ok=True)
        runs = execs * SHARES[name] // whole
        command = fuzzing.command(name, program, runs, [corpus, seeds])
        log = folder / f"fuzz-{name}.log"
        running.append((name, fuzzing.start(command, log), log))
    good = True
    for name, process, log in running:
        outcome = fuzzing.outcome(process.wait(), log)
        good &= outcome.code == 0
        say(f"fuzz, {name}: exit {outcome.code}, {outcome.tried:,} tried, ")
        say(f"{outcome.opened:,} opened\n{outcome.text[-1500:]}")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description="The long runs of the wall.")
    parser.add_argument(
        "--execs", type=int, default=100_000_000, help="fuzzed blobs (default: 10^8)"
    )
    parser.add_argument(
        "--only",
        choices=[
            "seeded",
            "host",
            "readers",
            "rows",
            "drawn",
            "graphs",
            "pairs",
            "mutants",
            "fuzz",
        ],
        help="run one part alone",
    )
    parser.add_argument(
        "--targets",
        nargs="+",
        choices=list(SHARES),
        default=list(SHARES),
        help="of the part fuzz (default: all)",
    )
    arguments = parser.parse_args()
    os.environ["CI"] = "1"  # a missing tool is a failure here, not a skip
    folder = ROOT / "build" / "soak"
    folder.mkdir(parents=True, exist_ok=True)
    parts = {
        "seeded": seeded,
        "host": hosted,
        "readers": readers,
        "rows": rows,
        "drawn": drawn,
        "graphs": graphs,
        "pairs": lambda: pairs(folder),
        "mutants": lambda: mutants.survey(folder / "mutants").say(),
        "fuzz": lambda: fuzz(folder, arguments.execs, arguments.targets),
    }
    names = [arguments.only] if arguments.only else list(parts)
    failed = [name for name in names if not parts[name]()]
    say(f"soak: {', '.join(failed)} FAILED" if failed else "soak: all passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
