# SPDX-License-Identifier: MIT
"""Trees by choices, on every kind of machine that there is code for: the bits of
emlrt_run.

The library is compiled so that trees are laid out for choices wherever they can be,
whether or not walks are faster.
"""

import struct
import subprocess
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from c.op_codes import OP
from c.stages import Step, arena, program, x, y
from host_forests import (
    ADD,
    CODED_OPS,
    F32,
    FLAGS,
    FLOATS,
    OPS,
    ROOT,
    SOURCES,
    SUM,
    U8,
    Forest,
    Model,
    compiler,
    key,
    loaded,
    padded,
)

#: What the kernels are compiled for: registers of so many bytes, or none.
MACHINES = {
    "wide": [],
    "avx2": ["-DEMLRT_MOST_WIDTH=32"],
    "sse2": ["-DEMLRT_MOST_WIDTH=16"],
    "no vectors": ["-DEMLRT_MOST_WIDTH=16", "-DEMLRT_NO_VECTORS"],
}
KERNELS = ROOT / "c/host/kernels/kernels.c"
ROWS = (1, 12, 17, 64, 84, 256, 300)


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
    for n_scores, largest in ((1, 250), (3, 90), (10, 12)):
        sizes = rng.integers(0, largest, int(rng.integers(1, 40))).tolist()
        shape = str(rng.choice(["random", "balanced", "chain"]))
        check(Forest(rng, op, n_scores, 4, sizes, shape=shape), machine)


@pytest.mark.parametrize("op", CODED_OPS, ids=hex)
def test_categories(machine, op):
    """Sets of any length, and codes beyond them."""
    rng = np.random.default_rng(op)
    for n_scores, n_inputs, largest in ((1, 1, 60), (1, 4, 250), (3, 9, 20)):
        sizes = rng.integers(0, largest, int(rng.integers(1, 40))).tolist()
        sizes = [0, *sizes, 7, 0, 5]
        # With leaves enough that a layout of so many edges is not too large.
        forest = Forest(rng, op, n_scores, n_inputs, sizes, n_leaves=15000)
        with Model(machine, forest) as model:
            assert model.fast
            for n in ROWS:
                model.check(forest.rows(n))


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


class Blob:
    """What Model takes: a program of one stage, with rows for it."""

    votes = False

    def __init__(self, rng, step, dtype, n_inputs, n_scores):
        self.rng, self.dtype, self.n_inputs = rng, dtype, n_inputs
        self.n_scores = n_scores
        self.bytes = program([step], dtype, n_inputs, n_scores)

    def blob(self):
        return self.bytes

    def rows(self, n):
        shape = n, self.n_inputs
        if self.dtype == U8:
            return self.rng.integers(0, 256, shape, np.uint8)
        rows = self.rng.choice(FLOATS, shape)
        rows[self.rng.random(shape) < 0.1] = np.nan
        return rows


def check_one_by_one(lib, blob):
    """Many rows against each by itself, which runs as firmware does."""
    with Model(lib, blob) as model:
        for n in (2, 5, 17, 64, 70, 256, 300):
            rows = blob.rows(n)
            alone = [model.run(rows[i : i + 1], None) for i in range(n)]
            many = model.run(rows, model.host)
            np.testing.assert_array_equal(many, np.vstack(alone))


def oblivious(rng, n_in, n_out, depths):
    shift = int(rng.integers(3))
    out = struct.pack("<II", len(depths), shift)
    out += rng.integers(-9, 9, n_out, "<i4").tobytes()
    for depth in depths:
        questions = rng.integers([0, 0], [n_in, 300], (depth, 2), "<u2")
        leaves = rng.bytes((n_out << shift) << depth)
        out += struct.pack("<I", depth) + questions.tobytes() + padded(leaves)
    return out


@pytest.mark.parametrize("n_out", [1, 3])
def test_oblivious_trees_of_any_depth(machine, n_out):
    rng = np.random.default_rng(n_out)
    for depths in ([0], [6] * 3, range(11), [8, 9, 7, 12, 8], [7] * 17, [5, 8] * 9):
        payload = oblivious(rng, 5, n_out, list(depths))
        step = Step(OP["oblivious_u8"], payload, x(0, 5), y(0, n_out))
        check_one_by_one(machine, Blob(rng, step, U8, 5, n_out))


def bins(rng, counts):
    """Columns of two inputs, each once and once again as exact bins."""
    head, keys = b"", b""
    for n in counts:
        source = int(rng.integers(2)) << 2
        missing = int(rng.integers(256))
        head += struct.pack("<IHH", source, n, missing)
        head += struct.pack("<IHH", source | 3, n, 255 - missing)
        odd = [key(value) for value in FLOATS]
        near = rng.integers(-(2**31) + 2**23, 2**31 - 2**23, 400).tolist()
        some = rng.permutation(sorted({*odd, *near}))[:n]
        keys += np.sort(some).astype("<i4").tobytes()
    return head + keys


def test_bins_of_any_number(machine):
    """Read back as whole numbers by a cast."""
    rng = np.random.default_rng(3)
    counts = (0, 1, 11, 15, 16, 17, 20, 21, 32, 100, 240, 254, 255)
    n = 2 * len(counts)
    step = Step(OP["bucketize_u8"], bins(rng, counts), x(0, 2), arena(0, n))
    cast = Step(OP["cast_u8"], b"", arena(0, n), y(0, n))
    blob = Blob(rng, step, F32, 2, n)
    blob.bytes = program([step, cast], F32, 2, n, arena_size=n)
    check_one_by_one(machine, blob)
