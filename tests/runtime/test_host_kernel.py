# SPDX-License-Identifier: MIT
"""The host's fast layout gives the scores of emlrt_run, bit for bit.

Random forests are written here field by field, so that shapes, flags, and
numbers occur that no converter would make.
"""

import ctypes
import os
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from c.op_codes import OP

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*(ROOT / "c/src").rglob("*.c"), *(ROOT / "c/host").rglob("*.c")]
F32, I32, I16, U8, U32 = 0x0E, 0x0A, 0x09, 0x04, 0x06
DTYPES = {F32: np.float32, I32: np.int32, I16: np.int16, U8: np.uint8}
# Digits of an op's code, and the bytes of its records.
VOTE, SOFT, SUM = (0x01100000 + (k << 20) for k in range(3))
WALKS = {
    0x1000E: 8,
    0x2000E: 12,
    0x1000A: 8,
    0x2000A: 12,
    0x10009: 6,
    0x20009: 12,
    0x10004: 4,
    0x30004: 6,
    0x20004: 12,
}
OPS = [
    kind | walk | (F32 if kind == SUM else U32) << 8
    for kind in (VOTE, SOFT, SUM)
    for walk in WALKS
]
VOTE_F32, SOFT_F32, SOFT_F32W, SUM_F32 = (
    OP["trees_vote_f32"],
    OP["trees_soft_f32"],
    OP["trees_soft_f32w"],
    OP["trees_sum_f32"],
)
FLOATS = np.array(
    [0.0, -0.0, 1e-45, -1e-45, 1.0, -1.0, 1.5, 3.4e38, -3.4e38, np.inf, -np.inf],
    np.float32,
)


def padded(n_bytes):
    return n_bytes + bytes(-len(n_bytes) % 4)


def key(value):
    bits = int(np.float32(value + np.float32(0)).view(np.int32))
    return bits ^ 0x7FFFFFFF if bits < 0 else bits


class Forest:
    """A random forest of one op, as a blob."""

    def __init__(self, rng, op, n_scores=3, n_inputs=5, sizes=(3, 1, 0, 7), **options):
        self.rng = rng
        self.op = op
        self.input = op & 0xFF
        self.width = WALKS[op & 0xF00FF]
        self.kind = op & 0xFFF00000
        self.votes = self.kind != SUM
        self.n_scores = n_scores
        self.n_inputs = n_inputs
        self.sizes = sizes
        self.shape = options.get("shape", "random")
        self.item = options.get("item", tuple(rng.integers(1, 5, 2).tolist()))
        self.shift = int(options.get("shift", rng.integers(3)))
        self.missing = options.get("missing", True)
        self.first = options.get("first", 0)
        self.n_leaves = options.get("n_leaves", int(rng.integers(2, 60)))
        self.outputs = options.get("outputs", [n_scores])
        if not self.votes:
            self.outputs = [1] * n_scores
        self.unit = int(options.get("unit", rng.integers(1, 1 << 8)))

    def threshold(self):
        rng = self.rng
        if self.input == F32:
            if rng.random() < 0.5:
                return key(rng.choice(FLOATS))
            return key(np.float32(rng.normal()))
        if self.input == I32:
            return int(rng.choice([rng.integers(-(2**31), 2**31), 1_700_000_003]))
        if self.input == I16:
            return int(rng.integers(-32768, 32768))
        return int(rng.integers(0, 256))

    def record(self, feature, flags, link):
        threshold = self.threshold()
        if self.width == 4:
            return struct.pack("<HH", feature | threshold << 8, link << 2 | flags)
        if self.width == 6:
            return struct.pack("<HhH", feature << 2 | flags, threshold, link)
        if self.input == F32 and self.missing:
            flags |= int(self.rng.integers(2)) << 2
        layout = "<iHH" if self.width == 8 else "<iII"
        return struct.pack(layout, threshold, feature << 3 | flags, link)

    def divide(self, n, shape):
        """Splits of the left subtree, of n in both."""
        if shape == "chain":
            return n if self.rng.random() < 0.5 else 0
        if shape == "balanced":
            return n // 2
        return int(self.rng.integers(0, n + 1))

    def tree(self, n, leaves):
        out, stack, shape = [], [n], self.shape
        if shape == "large balanced":
            shape = "balanced" if n > 1000 else "chain"
        while stack:
            n = stack.pop() - 1
            left = self.divide(n, shape)
            flags = (left == 0) | (n - left == 0) << 1
            link = left if flags == 0 else int(self.rng.integers(leaves - (flags == 3)))
            feature = int(self.rng.integers(self.first, self.n_inputs)) - self.first
            out.append(self.record(feature, flags, link))
            stack += [m for m in (n - left, left) if m]
        return b"".join(out)

    def items(self):
        """Rows of votes; their starts."""
        votes, head = (8 * n for n in self.item)
        most, last = min(self.unit, (1 << votes) - 1), 1 << head - 1
        out, starts = [], []
        for _ in range(int(self.rng.integers(1, 30))):
            starts.append(len(out))
            picks = self.rng.permutation(min(self.n_scores, last))[:6]
            picks = picks[: int(self.rng.integers(1, len(picks) + 1))].tolist()
            picks[-1] |= last
            for pick in picks:
                item = int(self.rng.integers(0, most + 1)) | pick << votes
                out.append(item.to_bytes(sum(self.item), "little"))
        return out, starts

    def leaves(self, starts):
        bits = 8 << self.shift
        if not self.votes:
            bits = f"<i{bits // 8}"
            info, shape = np.iinfo(bits), (self.n_leaves, self.n_scores)
            return self.rng.integers(info.min, info.max, shape, bits, endpoint=True)
        codes = np.array([*range(self.n_scores), *(self.n_scores + i for i in starts)])
        codes = codes[codes < 1 << bits]
        return self.rng.choice(codes, self.n_leaves).astype(f"<u{bits // 8}")

    def payload(self):
        rng, trees, records = self.rng, [], []
        for n in self.sizes:
            base = int(rng.integers(self.n_leaves - 1))
            leaves = self.n_leaves - base
            if self.width < 12:
                leaves = min(leaves, 1 << 14)
            trees += [n, base]
            records.append(self.tree(n, leaves) if n else b"")
        items, starts = self.items() if self.kind == SOFT else ([], [])
        n_exponents = 0 if self.votes else self.n_scores
        front = rng.integers(-40, 9, n_exponents, "<i4").tobytes()
        front += np.array(trees, "<u4").tobytes() + padded(b"".join(records))
        head = struct.pack(
            "<IIIIHH",
            len(self.sizes),
            20 + len(front),
            len(items),
            self.unit if self.votes else 0,
            self.shift,
            self.item[0] | self.item[1] << 8 if items else 0,
        )
        leaves = padded(self.leaves(starts).tobytes())
        return head + front + leaves + padded(b"".join(items))

    def blob(self):
        payload = self.payload()
        groups = np.array(self.outputs, "<u4").tobytes()
        size = 48 + len(groups) + 28 + len(payload)
        n_bytes = np.dtype(DTYPES[self.input]).itemsize
        header = struct.pack(
            "<IHHIIIIIIIIHHHH",
            0x4C4D458E,
            1,
            0,
            size,
            0,
            size,
            self.n_inputs * n_bytes,
            0,
            self.n_scores * 4,
            sum(self.sizes),
            self.unit * len(self.sizes) if self.votes else 0,
            len(self.outputs),
            1,
            self.input,
            0x26 if self.votes else 0x1E,
        )
        stage = struct.pack(
            "<IIIIIIHH",
            len(payload),
            self.op,
            self.first * n_bytes,
            self.n_inputs - self.first,
            0,
            self.n_scores,
            0,
            2,
        )
        return header + groups + stage + payload

    def rows(self, n, special=True):
        """Rows of inputs: near thresholds, extreme, missing."""
        rng, shape = self.rng, (n, self.n_inputs)
        if self.input != F32:
            info = np.iinfo(DTYPES[self.input])
            x = rng.integers(info.min, info.max, shape, info.dtype, endpoint=True)
            x[::7], x[3::7] = info.max, info.min
            return x
        x = rng.normal(size=shape).astype(np.float32)
        if special:
            odd = rng.random(shape) < 0.4
            nan = np.array([0x7FC00000, 0xFFC00000, 0x7F800001, 0xFFFFFFFF], np.uint32)
            choice = np.concatenate([FLOATS.view(np.uint32), nan])
            x.view(np.uint32)[odd] = rng.choice(choice, int(odd.sum()))
        return x


class Model:
    """An open blob, with its layout for the host."""

    def __init__(self, lib, forest):
        self.lib, self.forest, blob = lib, forest, forest.blob()
        self.blob = np.frombuffer(blob, np.uint32).copy()
        self.model = ctypes.create_string_buffer(64)
        status = lib.emlrt_open(
            self.model, self.blob.ctypes.data, len(blob), lib.emlrt_all_ops_address
        )
        assert status == 0, (status, struct.unpack_from("<I", self.model, 20))
        self.host = lib.emlrt_host_new(self.model)
        self.fast = bool(lib.emlrt_host_stages(self.host))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lib.emlrt_host_free(self.host)

    def run(self, x, host):
        y = np.full((len(x), self.forest.n_scores), 0xA5A5A5A5, np.uint32)
        x = np.ascontiguousarray(x)
        assert not self.lib.emlrt_host_run(
            self.model, host, x.ctypes.data, len(x), y.ctypes.data
        )
        return y

    def classify(self, x, host):
        y = np.full((len(x), len(self.forest.outputs)), -1, np.int64)
        x = np.ascontiguousarray(x)
        assert not self.lib.emlrt_host_classify(
            self.model, host, x.ctypes.data, len(x), y.ctypes.data
        )
        return y

    def check(self, x):
        assert self.host
        expected = self.run(x, None)
        np.testing.assert_array_equal(self.run(x, self.host), expected)
        if self.forest.votes:
            classes = self.classify(x, self.host)
            np.testing.assert_array_equal(classes, self.classify(x, None))
            ends = np.cumsum(self.forest.outputs)[:-1]
            for k, votes in enumerate(np.split(expected, ends, axis=1)):
                np.testing.assert_array_equal(classes[:, k], votes.argmax(1))


@pytest.fixture(scope="module")
def lib(tmp_path_factory):
    cc = shutil.which(os.environ.get("CC", "cc"))
    if cc is None:
        if "CI" in os.environ:
            pytest.fail("no C compiler (cc)")
        pytest.skip("no C compiler (cc)")
    path = os.environ.get("EMLRT_TEST_LIBRARY")  # see coverage.py
    if not path:
        path = tmp_path_factory.mktemp("host") / "libhost.so"
        flags = ["-O3", "-ffp-contract=off", "-fPIC", "-shared", f"-I{ROOT}/c/include"]
        subprocess.run([cc, *flags, *map(str, SOURCES), "-o", str(path)], check=True)
    lib = ctypes.CDLL(str(path))
    pointer, count = ctypes.c_void_p, ctypes.c_size_t
    lib.emlrt_open.argtypes = [pointer, pointer, ctypes.c_uint32, pointer]
    lib.emlrt_host_new.argtypes = lib.emlrt_host_free.argtypes = [pointer]
    lib.emlrt_host_new.restype = pointer
    lib.emlrt_host_stages.argtypes = [pointer]
    lib.emlrt_host_run.argtypes = [pointer, pointer, pointer, count, pointer]
    lib.emlrt_host_classify.argtypes = lib.emlrt_host_run.argtypes
    lib.emlrt_host_scan.argtypes = [pointer, count]
    lib.emlrt_all_ops_address = ctypes.addressof(
        ctypes.c_void_p.in_dll(lib, "emlrt_all_ops")
    )
    return lib


@pytest.mark.parametrize("op", OPS, ids=hex)
@pytest.mark.parametrize("seed", range(5))
def test_every_op(lib, op, seed):
    rng = np.random.default_rng([op, seed])
    sizes = rng.integers(0, rng.choice([2, 20, 300]), int(rng.integers(1, 40)))
    n_scores = int(rng.choice([1, 2, 3, 4, 5, 8, 10, 13, 40]))
    forest = Forest(
        rng,
        op,
        n_scores,
        int(rng.integers(1, 40)),
        sizes.tolist(),
        shape=str(rng.choice(["random", "balanced", "chain"])),
    )
    with Model(lib, forest) as model:
        for n in (1, 5, 11, 12, 17, 100):
            model.check(forest.rows(n, special=bool(n & 1)))


@pytest.mark.parametrize("op", [SOFT_F32, SUM_F32], ids=hex)
def test_every_batch_size(lib, op):
    rng = np.random.default_rng(op)
    forest = Forest(rng, op, 5, 6, rng.integers(0, 60, 30).tolist())
    with Model(lib, forest) as model:
        x = forest.rows(100)
        for n in range(101):
            model.check(x[:n])


def test_many_blocks(lib):
    rng = np.random.default_rng(1)
    forest = Forest(rng, SOFT_F32, 3, 30, rng.integers(1, 200, 20).tolist())
    with Model(lib, forest) as model:
        model.check(forest.rows(3001))


@pytest.mark.parametrize("op", [VOTE_F32, SOFT_F32W], ids=hex)
def test_no_missing_left(lib, op):
    rng = np.random.default_rng(op)
    forest = Forest(rng, op, 3, 4, [200] * 9, missing=False)
    with Model(lib, forest) as model:
        model.check(forest.rows(500))


def test_lone_trees_only(lib):
    rng = np.random.default_rng(2)
    for op in OPS:
        forest = Forest(rng, op, 4, 3, [0] * 5)
        with Model(lib, forest) as model:
            for n in (1, 20):
                model.check(forest.rows(n))


def test_several_outputs(lib):
    rng = np.random.default_rng(3)
    forest = Forest(rng, SOFT_F32, 9, 8, [30] * 12, outputs=[2, 3, 1, 3])
    with Model(lib, forest) as model:
        for n in (1, 7, 200):
            model.check(forest.rows(n))


def test_inputs_from_the_middle(lib):
    rng = np.random.default_rng(4)
    for op in (SOFT_F32, OP["trees_sum_i16"], OP["trees_vote_u8"]):
        forest = Forest(rng, op, 3, 9, [30] * 12, first=4)
        with Model(lib, forest) as model:
            for n in (1, 7, 200):
                model.check(forest.rows(n))


@pytest.mark.parametrize(
    "op", [SOFT_F32W, OP["trees_vote_i16w"], OP["trees_sum_u8w"]], ids=hex
)
def test_trees_beyond_narrow_nodes(lib, op):
    rng = np.random.default_rng(5)
    sizes = [32_768, 32_767, *([100] * 9), 0]
    shape = "large balanced"
    forest = Forest(rng, op, 3, 30, sizes, shape=shape, n_leaves=50_000)
    with Model(lib, forest) as model:
        for n in (1, 200):
            model.check(forest.rows(n))


@pytest.mark.parametrize("shape", ["chain", "random"])
def test_deep_trees(lib, shape):
    rng = np.random.default_rng(6)
    forest = Forest(rng, SOFT_F32, 3, 1, [2000, 500, 90, 12, 11, 10] * 4, shape=shape)
    with Model(lib, forest) as model:
        for n in (1, 300):
            model.check(forest.rows(n))


def test_many_columns_make_all_trees_wide(lib):
    rng = np.random.default_rng(7)
    sizes = [5000, 5000, 5, *([100] * 20)]
    forest = Forest(rng, SOFT_F32W, 2, 5000, sizes, shape="balanced")
    with Model(lib, forest) as model:
        for n in (1, 18):
            model.check(forest.rows(n))


def test_few_features_of_many(lib):
    rng = np.random.default_rng(8)
    forest = Forest(rng, SOFT_F32W, 2, 100_000, [40, 7], shape="balanced")
    with Model(lib, forest) as model:
        for n in (1, 18):
            model.check(forest.rows(n))


def test_many_classes(lib):
    rng = np.random.default_rng(9)
    forest = Forest(
        rng, SOFT_F32W, 5000, 10, [900] * 10, item=(2, 2), shift=1, n_leaves=9000
    )
    with Model(lib, forest) as model:
        for n in (1, 100):
            model.check(forest.rows(n))


def test_sums_wrap_alike(lib):
    rng = np.random.default_rng(10)
    forest = Forest(rng, SUM_F32, 3, 4, [20] * 300, shift=2)
    with Model(lib, forest) as model:
        model.check(forest.rows(64))


def rewritten(forest, record, **fields):
    """Sets fields of an 8-byte record in a blob of one tree."""
    blob = bytearray(forest.blob())
    at = 48 + 4 * len(forest.outputs) + 28 + 20 + 8 + 8 * record
    threshold, split, link = struct.unpack_from("<iHH", blob, at)
    struct.pack_into(
        "<iHH",
        blob,
        at,
        fields.get("threshold", threshold),
        fields.get("split", split),
        fields.get("link", link),
    )
    forest.blob = lambda: bytes(blob)
    return forest


def test_thresholds_beyond_infinity_have_no_layout(lib):
    rng = np.random.default_rng(11)
    forest = Forest(rng, VOTE_F32, 2, 1, [7], shape="balanced")
    for threshold, fast in ((0x7F800000, True), (0x7F800001, False)):
        with Model(lib, rewritten(forest, 0, threshold=threshold)) as model:
            assert model.fast is fast
            x = forest.rows(50)
            np.testing.assert_array_equal(model.run(x, model.host), model.run(x, None))


def test_shared_subtrees_have_no_layout(lib):
    rng = np.random.default_rng(12)
    for link, fast in ((1, False), (7, True)):
        forest = Forest(rng, VOTE_F32, 2, 3, [15], shape="balanced")
        with Model(lib, rewritten(forest, 0, link=link)) as model:
            assert model.fast is fast
    # Record 1's right child becomes record 2, the root's; none is left out.
    forest = Forest(rng, VOTE_F32, 2, 3, [3], shape="balanced")
    with Model(lib, rewritten(forest, 1, split=1, link=0)) as model:
        assert not model.fast


def test_rows_entered_in_the_middle(lib):
    rng = np.random.default_rng(13)
    forest = Forest(rng, SOFT_F32, 6, 3, [40] * 5, shift=1)
    items, _ = forest.items()
    forest.items = lambda: (items, list(range(len(items))))
    with Model(lib, forest) as model:
        for n in (1, 100):
            model.check(forest.rows(n))


def test_scan(lib):
    x = np.arange(100, dtype=np.float32)
    largest = np.finfo(np.float32).max
    for n in (0, 1, 7, 100):
        for value, bits in ((np.nan, 1), (-np.inf, 2), (np.inf, 2), (-largest, 0)):
            part = x[:n].copy()
            assert lib.emlrt_host_scan(part.ctypes.data, n) == 0
            if n:
                part[n // 2] = value
                assert lib.emlrt_host_scan(part.ctypes.data, n) == bits
    part = np.array([np.inf, -np.nan], np.float32)
    assert lib.emlrt_host_scan(part.ctypes.data, 2) == 3


def test_wrong_arguments(lib):
    rng = np.random.default_rng(14)
    with Model(lib, Forest(rng, SUM_F32)) as model:
        x, y = model.forest.rows(3), np.zeros(9, np.float32)
        run, classify = lib.emlrt_host_run, lib.emlrt_host_classify
        closed = ctypes.create_string_buffer(64)
        for host in (model.host, None):
            assert run(model.model, host, None, 3, y.ctypes.data) == -1
            assert run(model.model, host, x.ctypes.data, 3, None) == -1
            assert run(model.model, host, None, 0, None) == 0
            assert classify(model.model, host, x.ctypes.data, 3, y.ctypes.data) == -16
        assert run(closed, None, x.ctypes.data, 3, y.ctypes.data) == -1
        assert not lib.emlrt_host_new(closed)
    lib.emlrt_host_free(None)
