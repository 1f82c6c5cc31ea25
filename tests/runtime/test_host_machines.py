# SPDX-License-Identifier: MIT
"""Trees by choices, on every kind of machine that there is code for: the bits of
emlrt_run.

The library is compiled so that trees are laid out for choices wherever they can be,
whether or not walks are faster.
"""

import subprocess
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from host_forests import (
    ADD,
    F32,
    FLAGS,
    OPS,
    ROOT,
    SOURCES,
    SUM,
    Forest,
    Model,
    compiler,
    loaded,
)

#: What the kernels are compiled for: registers of so many bytes, or none.
MACHINES = {
    "wide": [],
    "avx2": ["-DEMLRT_MOST_WIDTH=32"],
    "sse2": ["-DEMLRT_MOST_WIDTH=16"],
    "no vectors": ["-DEMLRT_MOST_WIDTH=16", "-DEMLRT_NO_VECTORS"],
}
KERNELS = ROOT / "c/host/kernels/kernels.c"
ROWS = (1, 9, 12, 16, 17, 63, 64, 65, 84, 255, 256, 257, 300)


@pytest.fixture(scope="module")
def objects(tmp_path_factory):
    """All but the kernels, compiled once."""
    folder = tmp_path_factory.mktemp("machines")
    command = [compiler(), *FLAGS, "-O1", "-DEMLRT_ALWAYS_CHOOSE=1", "-c"]
    files = [file for file in SOURCES if file != KERNELS]
    halves = [files[::2], files[1::2]]

    def compile_all(half):
        subprocess.run([*command, *map(str, half)], check=True, cwd=folder)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(compile_all, halves))
    return folder


@pytest.fixture(scope="module", params=MACHINES)
def machine(request, objects):
    path = objects / f"{request.param}.so".replace(" ", "_")
    command = [compiler(), *FLAGS, *MACHINES[request.param], "-shared"]
    files = [KERNELS, *objects.glob("*.o")]
    subprocess.run([*command, *map(str, files), "-o", str(path)], check=True)
    return loaded(path)


def check(forest, lib, rows=ROWS):
    with Model(lib, forest) as model:
        for n in rows:
            model.check(forest.rows(n, special=bool(n & 1)))


@pytest.mark.parametrize("op", OPS, ids=hex)
def test_every_op(machine, op):
    rng = np.random.default_rng(op)
    for n_scores, largest in ((1, 30), (1, 250), (3, 90), (10, 12)):
        sizes = rng.integers(0, largest, int(rng.integers(1, 40))).tolist()
        shape = str(rng.choice(["random", "balanced", "chain"]))
        check(Forest(rng, op, n_scores, 4, sizes, shape=shape), machine)


@pytest.mark.parametrize("kind", [SUM, ADD], ids=["sum", "add"])
def test_more_thresholds_than_a_byte_counts(machine, kind):
    """A feature has several columns of bins then."""
    rng = np.random.default_rng(7)
    op = kind | 0x1000E | F32 << 8
    for n_inputs, n_trees in ((1, 9), (2, 30)):
        check(Forest(rng, op, 1, n_inputs, [120] * n_trees), machine)


def test_thresholds_of_every_count(machine):
    """Whole blocks of bins, one more, and one less."""
    rng = np.random.default_rng(8)
    op = SUM | 0x1000E | F32 << 8
    for n in (1, 15, 16, 17, 20, 21, 31, 32, 33, 63, 64, 127, 128, 239, 240, 255):
        check(Forest(rng, op, 1, 1, [n]), machine, (64, 257))


def test_forests_of_many_rows(machine):
    rng = np.random.default_rng(9)
    op = ADD | 0x1000E | F32 << 8
    check(Forest(rng, op, 2, 6, [31] * 20), machine, (1000, 2047, 2049))


def test_lone_leaves_between_trees_are_added_in_order(machine):
    rng = np.random.default_rng(10)
    op = ADD | 0x1000E | F32 << 8
    check(Forest(rng, op, 1, 3, [0, 0, 5, 0, 7, 0, 0, 3] * 3), machine)
