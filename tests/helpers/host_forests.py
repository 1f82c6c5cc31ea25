# SPDX-License-Identifier: MIT
"""Random forests written field by field, and the host's library to run them.

Shapes, flags, and numbers occur that no converter would make.
"""

import ctypes
import os
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
from c.op_codes import OP

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*(ROOT / "c/src").rglob("*.c"), *(ROOT / "c/host").rglob("*.c")]
F32, I32, I16, U8, U32 = 0x0E, 0x0A, 0x09, 0x04, 0x06
DTYPES = {F32: np.float32, I32: np.int32, I16: np.int16, U8: np.uint8}
# Digits of an op's code, and the bytes of its records.
VOTE, SOFT, SUM, ADD = (0x01100000 + (k << 20) for k in range(4))
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
# Those of trees with categories.
CODED = {0x40004: 6, 0x50009: 12}
CODED_OPS = [kind << 20 | walk | F32 << 8 for kind in (0x013, 0x014) for walk in CODED]
OPS = [
    kind | walk | (F32 if kind >= SUM else U32) << 8
    for kind in (VOTE, SOFT, SUM, ADD)
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
        self.width = (WALKS | CODED)[op & 0xF00FF]
        self.coded = op & 0xF00FF in CODED
        self.kind = op & 0xFFF00000
        self.votes = self.kind < SUM
        self.n_scores = n_scores
        self.n_inputs = n_inputs
        self.sizes = sizes
        self.shape = options.get("shape", "random")
        self.item = options.get("item", tuple(rng.integers(1, 5, 2).tolist()))
        self.shift = int(options.get("shift", rng.integers(3)))
        self.missing = options.get("missing", True)
        self.first = options.get("first", 0)
        if self.kind == ADD:
            self.shift = 2
        self.n_leaves = options.get("n_leaves", int(rng.integers(2, 60)))
        self.outputs = options.get("outputs", [n_scores])
        if not self.votes:
            self.outputs = [1] * n_scores
        self.unit = int(options.get("unit", rng.integers(1, 1 << 8)))
        self.first_code = n_inputs // 2 if self.coded else n_inputs
        self.sets, self.places = self.made_sets() if self.coded else ([], [])
        if "sets" in options:
            self.sets, self.places = options["sets"], options["places"]

    def made_sets(self):
        """Numbers of all sets, and where each starts."""
        rng, words, places = self.rng, [], []
        for n in (0, 1, 1, 2, 2, 3, 16, *rng.integers(1, 19, 9).tolist()):
            places.append(len(words))
            some = rng.integers(0, 1 << 16, n)
            whole = rng.choice([0, 0xFFFF, 0x00FF], n)
            words += [n, *np.where(rng.random(n) < 0.6, some, whole).tolist()]
        return words, places

    def threshold(self, feature):
        rng = self.rng
        if feature >= self.first_code:
            place = int(rng.choice(self.places))
            return place - 65536 if self.width == 6 and place >> 15 else place
        if self.coded and self.input == U8 and rng.random() < 0.1:
            return int(rng.choice([0, 255]))
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
        threshold = self.threshold(feature)
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
        if self.kind == ADD:
            numbers = self.rng.normal(size=(self.n_leaves, self.n_scores))
            return numbers.astype(np.float32)
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
        n_exponents = self.n_scores if self.kind == SUM else 0
        front = rng.integers(-40, 9, n_exponents, "<i4").tobytes()
        front += np.array(trees, "<u4").tobytes() + padded(b"".join(records))
        head = struct.pack(
            "<IIIIHH",
            len(self.sizes),
            20 + len(front),
            len(self.sets) if self.coded else len(items),
            self.first_code if self.coded else self.unit if self.votes else 0,
            self.shift,
            self.item[0] | self.item[1] << 8 if items else 0,
        )
        leaves = padded(self.leaves(starts).tobytes())
        tail = np.array(self.sets, "<u2").tobytes() if self.coded else b"".join(items)
        return head + front + leaves + padded(tail)

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
            codes = rng.random(shape) < 0.7 if self.coded else np.zeros(shape, bool)
            x[codes] = rng.integers(0, 60, int(codes.sum()))
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


def compiler() -> str:
    cc = shutil.which(os.environ.get("CC", "cc"))
    if cc is None:
        if "CI" in os.environ:
            pytest.fail("no C compiler (cc)")
        pytest.skip("no C compiler (cc)")
    return cc


FLAGS = ["-O3", "-ffp-contract=off", "-fPIC", f"-I{ROOT}/c/include"]


def loaded(path):
    """A library of the host, ready to be called."""
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
