# SPDX-License-Identifier: MIT
"""Dense layers on emulated cores: every remainder of inputs and outputs, and cost."""

from __future__ import annotations

import struct
from functools import cache
from typing import Any

import numpy as np
import pytest
from c.op_blob import op_blob
from c.op_codes import OP
from forest_cases import need

from emlrt.emulate import TARGETS, build
from emlrt.emulate.sources import runtime_sources
from emlrt.emulate.unicorn_run import Machine
from emlrt.native import Runtime

#: A layer takes four inputs at once on cores with a float unit, and not at -Os.
CASES = [
    *(("cortex-m4f", "-O2"), ("cortex-m4f", "-Os"), ("rv32imafc", "-O2")),
    *(("rv32imafc", "-Os"), ("cortex-m0", "-O2"), ("rv32imac", "-O2")),
]
NEEDED = ("open", "run", "dense", "numeric", "softfloat")
ODD = np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45, -3e38], np.float32)


@cache
def machine(core: str, opt: str, count: bool = False) -> Machine:
    """A core with dense layers and nothing else."""
    target = TARGETS[core]
    need(target.compiler)
    options = build.Options(opt=opt)
    sources = [path for path in runtime_sources() if path.stem in NEEDED]
    with build.scratch_dir() as work:
        parts = build.objects(target, sources, options)
        parts += build.compile_text(
            target, "glue.c", build.glue(["dense"]), options, work
        )
        roots = ["emlrt_open", "emlrt_run", "emulate_ops", "emulate_model"]
        image = build.link(target, parts, work, roots=roots)
    return Machine(target, image, count=count)


def layer(rng: Any, n_in: int, n_out: int) -> bytes:
    """A blob of one layer, with ReLU for every other shape."""
    weights = rng.normal(size=(n_in + 1) * n_out).astype(np.float32)
    payload = struct.pack("<I", (n_in + n_out) % 2) + weights.tobytes()
    return op_blob(OP["dense"], n_in, n_out, payload)


def scores(core: Machine, blob: bytes, rows: Any, n_out: int) -> Any:
    """Bits of the core's scores."""
    image = core.image
    model, ops = (image.address(f"emulate_{what}") for what in ("model", "ops"))
    at = core.place_rom(blob)
    assert core.call("emlrt_open", model, at, len(blob), ops) == 0
    x, y = core.allocate(rows[0].nbytes), core.allocate(4 * n_out)
    found = []
    for row in rows:
        core.write(x, row.tobytes())
        call = (model, 0, x, len(row), y, n_out, 0, 0)
        assert core.call("emlrt_run_as", *call) == 0
        found.append(np.frombuffer(core.read(y, 4 * n_out), np.uint32))
    core.release()
    return np.array(found)


@pytest.mark.parametrize(("core", "opt"), CASES)
def test_every_remainder_has_the_hosts_bits(core: str, opt: str) -> None:
    rng, board = np.random.default_rng(1), machine(core, opt)
    for n_in in range(1, 10):
        for n_out in range(1, 10):
            rows = rng.normal(size=(2, n_in)).astype(np.float32)
            rows[1, rng.integers(n_in)] = rng.choice(ODD)
            blob = layer(rng, n_in, n_out)
            host = Runtime(blob)
            want = np.array([host.firmware(row) for row in rows]).view(np.uint32)
            got = scores(board, blob, rows, n_out)
            assert np.array_equal(got, want), (n_in, n_out)


@pytest.mark.parametrize(("core", "most"), [("cortex-m4f", 2.6), ("rv32imafc", 4.0)])
def test_a_product_costs_no_more_instructions_than_promised(
    core: str, most: float
) -> None:
    rng, board = np.random.default_rng(1), machine(core, "-O2", count=True)
    rows = rng.normal(size=(1, 128)).astype(np.float32)
    scores(board, layer(rng, 128, 128), rows, 128)
    assert board.instructions <= most * 128 * 128
