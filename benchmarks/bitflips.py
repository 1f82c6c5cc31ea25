# SPDX-License-Identifier: MIT
"""What becomes of damaged blobs: every flipped bit, truncation and extension.

    python benchmarks/bitflips.py [--most BYTES]

It runs where the tests do (`make test` makes that environment), over a blob of every
op and of every option of the readers. Writes results/bitflips.csv, one line per blob.

Each blob is damaged in three settings: `crc`, opened and verified as firmware
should; `open`, by firmware that leaves emlrt_verify out; and `forged`, opened and
verified with the CRC made right, as an attacker would make it. What comes of it:

  refused   emlrt_open or emlrt_verify says so
  resized   it opens, but its inputs, scores or memory are not what the application
            was built for, which emlrt_peek tells it (see SECURITY.md)
  harmless  it opens and gives the same scores
  changed   it opens and gives other scores
"""

from __future__ import annotations

import argparse
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from common import print_table, write_csv
from damaged import kinds
from numpy.typing import NDArray

from emlrt import Model
from emlrt._native import ffi, lib

#: Bytes beyond a blob's end that are tried.
EXTENSIONS = 64
SETTINGS = ("crc", "open", "forged")
OUTCOMES = ("refused", "resized", "harmless", "changed")
#: What an application compares with what it was built for.
_FACTS = ("n_inputs", "n_scores", "n_outputs", "input_dtype", "output")
_MEMORY = ("arena_bytes", "scratch_bytes")


class Bench:
    """One blob's place in memory, and what an application knows of it."""

    def __init__(self, model: Model, rows: NDArray[Any]) -> None:
        blob = bytes(model)
        self.size, self.rows = len(blob), rows
        self.place = np.zeros(len(blob) + EXTENSIONS, np.uint8)
        self.place[: len(blob)] = np.frombuffer(blob, np.uint8)
        self.memory = ffi.from_buffer("char[]", self.place, True)
        self.model, self.info = ffi.new("emlrt_model *"), ffi.new("emlrt_info *")
        assert lib.emlrt_peek(self.info, self.memory, len(blob)) == lib.EMLRT_OK
        self.facts = [getattr(self.info, name) for name in _FACTS]
        self.room = [getattr(self.info, name) for name in _MEMORY]
        self.y = np.empty((len(rows), self.info.n_scores), np.uint32)
        self.x = ffi.from_buffer("char[]", rows)
        self.good = self.scores(len(blob))

    def scores(self, size: int) -> NDArray[Any]:
        """Of a blob that opens, by the firmware's path."""
        y = ffi.from_buffer("char[]", self.y, True)
        status = lib.emlrt_open(self.model, self.memory, size, lib.emlrt_all_ops)
        assert status == lib.EMLRT_OK
        status = lib.emlrt_host_run(self.model, ffi.NULL, self.x, len(self.rows), y)
        assert status == lib.EMLRT_OK
        return self.y.copy()

    def patch(self, size: int) -> None:
        """Makes the CRC of the first `size` bytes right."""
        content = self.place[:size].tobytes()
        crc = zlib.crc32(content[16:], zlib.crc32(content[:12]))
        self.place[12:16] = np.frombuffer(crc.to_bytes(4, "little"), np.uint8)

    def outcome(self, size: int, verify: bool) -> str:
        """What becomes of the first `size` bytes as they are."""
        if lib.emlrt_open(self.model, self.memory, size, lib.emlrt_all_ops):
            return "refused"
        if verify and lib.emlrt_verify(self.model):
            return "refused"
        assert lib.emlrt_peek(self.info, self.memory, size) == lib.EMLRT_OK
        if [getattr(self.info, name) for name in _FACTS] != self.facts:
            return "resized"
        room = (getattr(self.info, name) for name in _MEMORY)
        if any(now > was for now, was in zip(room, self.room, strict=True)):
            return "resized"
        same = np.array_equal(self.scores(size), self.good)
        return "harmless" if same else "changed"

    def settings(self, size: int, tally: dict[str, Counter[str]]) -> None:
        """Counts the outcome in each setting."""
        tally["crc"][self.outcome(size, True)] += 1
        tally["open"][self.outcome(size, False)] += 1
        if size >= 16:
            crc = self.place[12:16].copy()
            self.patch(size)
            tally["forged"][self.outcome(size, True)] += 1
            self.place[12:16] = crc


def flips(bench: Bench) -> dict[str, Counter[str]]:
    """Every bit of the blob, one at a time."""
    tally = {name: Counter[str]() for name in SETTINGS}
    for bit in range(bench.size * 8):
        bench.place[bit // 8] ^= 1 << bit % 8
        bench.settings(bench.size, tally)
        bench.place[bit // 8] ^= 1 << bit % 8
    return tally


def lengths(bench: Bench) -> dict[str, Counter[str]]:
    """Every shorter length, and some longer ones, filled with zeros."""
    tally = {name: Counter[str]() for name in SETTINGS}
    for size in range(bench.size + EXTENSIONS + 1):
        if size != bench.size:
            bench.settings(size, tally)
    return tally


def row(family: str, name: str, bench: Bench) -> dict[str, Any]:
    """What a line of the results says of a blob."""
    found: dict[str, Any] = {"family": family, "blob": name, "bytes": bench.size}
    for what, tally in (("flips", flips(bench)), ("lengths", lengths(bench))):
        for setting in SETTINGS:
            for outcome in OUTCOMES:
                found[f"{what} {setting} {outcome}"] = tally[setting][outcome]
    return found


def measured(most: int) -> Iterator[dict[str, Any]]:
    for family, name, model, rows in kinds(most):
        found = row(family, name, Bench(model, rows))
        said = " ".join(str(found[f"flips forged {outcome}"]) for outcome in OUTCOMES)
        print(f"{family}: {name}: {found['bytes']} bytes: {said}", flush=True)
        yield found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--most", type=int, default=3000, help="bytes of a blob")
    arguments = parser.parse_args()
    rows = list(measured(arguments.most))
    if not rows:
        said = f"no blob has at most {arguments.most} bytes"
        raise SystemExit(f"{said}: the results stay as they are")
    write_csv("bitflips", rows, [f"blobs of at most {arguments.most} bytes"])
    columns = ["family", "blob", "bytes"]
    columns += [f"flips forged {outcome}" for outcome in OUTCOMES]
    print_table("Flipped bits, CRC made right", rows, columns)


if __name__ == "__main__":
    main()
