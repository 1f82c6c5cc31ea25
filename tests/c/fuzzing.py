# SPDX-License-Identifier: MIT
"""The fuzz targets: how each is built, what it starts from, how it runs.

CI runs them with a fixed seed (test_c_fuzz.py), and `make soak` for long. By hand,
from the folder tests:

    python -m c.fuzzing build FOLDER TARGET...  programs that take libFuzzer's options
    python -m c.fuzzing seeds FOLDER            write what all of them start from
    python -m c.fuzzing pack FOLDER...          make corpus.xz of the blobs there
"""

from __future__ import annotations

import lzma
import os
import re
import resource
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from c.blobs import samples, with_crc
from c.build import HERE
from c.hostile import hostile
from families import small_blobs

from c import build, heavy, kept

CORPUS = HERE / "corpus.xz"
MUTATOR = sorted((HERE / "mutate").glob("*.c"))
#: Each branch taken is counted; the linker wraps a name that libFuzzer has too.
STEPS = ["-O1", "-gline-tables-only", "-fsanitize-coverage=trace-pc", *build.COVER]
WRAP = "-Wl,--wrap=__sanitizer_cov_trace_pc"
#: Without these, most of the time goes into what the sanitizer keeps of each block.
ASAN = "malloc_context_size=0:quarantine_size_mb=1:detect_leaks=0"
OPTIONS = ["-entropic=0", "-timeout=20"]


def work_objects() -> list[Path]:
    """Code that counts its steps, without sanitizers: others have these."""
    host = [*build.host_sources(), build.C / "host/memory/memory.c"]
    users = kept.objects(build.clang(["-O1"]), build.USE)
    code = [*build.sources(), *host]
    return users + kept.objects(build.clang([*STEPS, build.HOST]), code)


@dataclass(frozen=True)
class Target:
    """A driver, its flags and the objects that it is linked with."""

    driver: str
    flags: list[str]
    objects: Callable[[], list[Path]]
    longest: int = 1024  #: octets of an input that the fuzzer makes


TARGETS = {
    "octets": Target("fuzz_use.c", build.SANITIZE, lambda: build.kept_objects(())),
    "words": Target(
        "fuzz_use.c",
        [*build.SANITIZE, *build.WORD_PORT],
        lambda: build.kept_objects(tuple(build.WORD_PORT)),
    ),
    "host": Target("fuzz_host.c", build.SANITIZE, build.kept_host_objects),
    "work": Target("fuzz_work.c", ["-O1", WRAP], work_objects, 2048),
}


def compile_target(name: str, folder: Path) -> Path:
    """Build a target in a folder; returns the program."""
    target, out = TARGETS[name], folder / name
    code = target.objects()
    flags = [flag for flag in target.flags if not flag.startswith("-Wl,")]
    flags += [*build.WARNINGS, build.HOST]
    files = [HERE / "fuzz.c", HERE / target.driver, *MUTATOR]
    drivers = build.compiled(folder / f"{name}.driver", flags, files)
    command = [build.need(build.CLANG), *target.flags, "-fsanitize=fuzzer"]
    build.must([*command, *drivers, *code, "-o", out])
    return out


def corpus() -> list[bytes]:
    """What long runs have found worth keeping: see `pack`."""
    return list(unpack(lzma.decompress(CORPUS.read_bytes())))


def unpack(octets: bytes) -> Iterator[bytes]:
    """Blobs one after another, each after its size in 4 octets."""
    at = 0
    while at < len(octets):
        (size,) = struct.unpack_from("<I", octets, at)
        yield octets[at + 4 : at + 4 + size]
        at += 4 + size


def pack(blobs: Iterable[bytes]) -> None:
    """Save a corpus: the same file for the same blobs in whatever order."""
    unique = sorted({with_crc(blob) for blob in blobs}, key=lambda b: (len(b), b))
    octets = b"".join(struct.pack("<I", len(blob)) + blob for blob in unique)
    CORPUS.write_bytes(lzma.compress(octets, preset=9))


def write_seeds(folder: Path, every: int = 1) -> None:
    """One of `every` of the corpus, a blob of each op, and blobs made to harm that
    open."""
    folder.mkdir(parents=True, exist_ok=True)
    build.write_blobs(folder, {k: b.bytes() for k, b in samples().items()})
    build.write_blobs(folder, small_blobs())
    build.write_blobs(folder, {k: b for k, (b, s) in hostile().items() if s == "OK"})
    build.write_blobs(folder, heavy.blobs())
    kept = corpus()[::every] if CORPUS.exists() else []
    build.write_blobs(folder, {f"corpus_{i}": blob for i, blob in enumerate(kept)})


def command(name: str, program: Path, runs: int, folders: list[Path]) -> list[str]:
    """The command that runs a target. New blobs go to the first folder, and what it
    finds beside that."""
    options = [*OPTIONS, f"-max_len={TARGETS[name].longest}", f"-runs={runs}"]
    options += [f"-artifact_prefix={folders[0].parent}/{name}-"]
    return [str(part) for part in [program, *options, *folders]]


def frozen(name: str, program: Path, runs: int, seeds: Path) -> list[str]:
    """The same, always with the same mutants, from the blobs of a folder, which
    keeps as it is."""
    files = sorted(seeds.iterdir())
    listed = seeds.parent / f"{name}.seeds"
    listed.write_text(",".join(map(str, files)))
    options = [*OPTIONS, f"-max_len={TARGETS[name].longest}", f"-runs={runs}"]
    options += ["-seed=1", f"-seed_inputs=@{listed}"]
    options += [f"-artifact_prefix={seeds.parent}/{name}-"]
    return [str(part) for part in [program, *options]]


@dataclass(frozen=True)
class Outcome:
    """What a run of a target has said."""

    code: int  #: exit code
    tried: int
    opened: int
    text: str


def start(arguments: list[str], log: Path) -> subprocess.Popen[bytes]:
    """A target, with 2 GiB of memory: the system counts what this process has used at
    most as the target's, too, which starts as a copy of it."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    program, *others = arguments
    limited = [program, f"-rss_limit_mb={2048 + own}", *others]
    with log.open("wb") as file:
        environment = os.environ | {"ASAN_OPTIONS": ASAN}
        return subprocess.Popen(limited, stderr=file, env=environment)


def outcome(code: int, log: Path) -> Outcome:
    text = log.read_text(errors="replace")
    said = re.search(r"^tried (\d+) opened (\d+)$", text, re.MULTILINE)
    tried, opened = map(int, said.groups()) if said else (0, 0)
    return Outcome(code, tried, opened, text)


def main(words: list[str]) -> None:
    if words[0] == "build":
        folder = Path(words[1]).resolve()
        for name in words[2:]:
            print(compile_target(name, folder))
    elif words[0] == "seeds":
        write_seeds(Path(words[1]))
    elif words[0] == "pack":
        files = [f for word in words[1:] for f in Path(word).iterdir() if f.is_file()]
        pack(f.read_bytes() for f in files if f.stat().st_size >= 16)
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:] or [""])
