# SPDX-License-Identifier: MIT
"""Dense layers on many rows: the sums of firmware, in the order of the inputs, for
every width of vectors that the host has."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from c.build import C, must
from c.op_blob import op_blob, program_blob, stage_of
from c.op_codes import OP

from emlrt.native import Runtime

LOGITS = 0x3E
NAN = np.uint32(0x7FC00000)
ODD = np.array([0, -0.0, 1e-45, -1e-42, 1, -1, 3e38, np.inf, -np.inf, np.nan], "f4")
CALLER = """
#include "batch.h"
void dense(const void *payload, unsigned n_in, unsigned n_out, char *x, char *y,
           size_t n) {
  emlrt_rows in, out;
  emlrt_call call;
  in.at = x, in.step = n_in * 4u;
  out.at = y, out.step = n_out * 4u;
  call.payload = payload, call.size = 4u + 4u * n_out * (n_in + 1u);
  call.n_in = n_in, call.n_out = n_out;
  emlrt_batch_dense(&call, in, out, n);
}
"""
Dense = Callable[..., None]


@pytest.fixture(scope="module", params=[4, 8, 16])
def dense(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """emlrt_batch_dense for vectors of at most so many floats."""
    folder: Path = tmp_path_factory.mktemp("dense")
    (folder / "caller.c").write_text(CALLER)
    host = C / "host"
    files = [host / "batch_dense.c", host / "memory/memory.c", folder / "caller.c"]
    flags = ["-O2", "-std=c99", "-ffp-contract=off", "-fPIC", "-shared"]
    flags += [f"-DEMLRT_HOST_WIDTH={request.param}", f"-I{C / 'include'}", f"-I{host}"]
    must(["cc", *flags, *map(str, files), "-o", str(folder / "dense.so")])
    return ctypes.CDLL(str(folder / "dense.so")).dense


class Layer:
    """A layer of random weights, some of them odd."""

    def __init__(self, n_in: int, n_out: int, *, relu: bool = False) -> None:
        rng = np.random.default_rng(n_in * 1000 + n_out)
        self.w = rng.normal(size=(n_in, n_out)).astype("f4")
        self.bias = rng.choice(ODD[:7], n_out)
        self.relu, self.n_in, self.n_out = relu, n_in, n_out
        tiles = [self.w[:, k : k + 4].ravel() for k in range(0, n_out, 4)]
        flags = np.array([relu], "u4").tobytes()
        self.payload = flags + self.bias.tobytes() + np.concatenate(tiles).tobytes()

    def rows(self, n: int, odd: float = 0.02) -> np.ndarray:
        rng = np.random.default_rng(n)
        x = rng.normal(size=(n, self.n_in)).astype("f4")
        x[rng.random(x.shape) < odd / self.n_in] = rng.choice(ODD)
        return x

    def expected(self, x: np.ndarray) -> np.ndarray:
        """Bits, one product after the other."""
        sums = np.repeat(self.bias[None], len(x), 0)
        with np.errstate(all="ignore"):
            for i in range(self.n_in):
                sums = sums + x[:, i : i + 1] * self.w[i]
        bits = sums.view("u4").copy()
        bits[np.isnan(sums)] = NAN
        if self.relu:
            bits[bits >> 31 == 1] = 0
        return bits

    def check(self, dense: Dense, n: int) -> None:
        x = self.rows(n)
        y = np.full(n * self.n_out + 1, 7, "f4")
        pointers = (ctypes.c_void_p(a.ctypes.data) for a in (x, y))
        dense(self.payload, self.n_in, self.n_out, *pointers, ctypes.c_size_t(n))
        found = y[:-1].view("u4").reshape(n, -1)
        assert y[-1] == 7
        np.testing.assert_array_equal(found, self.expected(x))


def test_counts_of_rows(dense: Dense) -> None:
    for n in (*range(1, 71), 100, 257):
        Layer(5, 7, relu=n % 2 == 0).check(dense, n)


@pytest.mark.parametrize("n_in", [1, 2, 4, 127, 128, 129, 769])
def test_inputs(dense: Dense, n_in: int) -> None:
    for n_out in (1, 2, 3, 4, 6):
        Layer(n_in, n_out).check(dense, 37)


@pytest.mark.parametrize("n_out", [255, 256, 257, 515, 769])
def test_outputs(dense: Dense, n_out: int) -> None:
    for n_in in (3, 131):
        Layer(n_in, n_out, relu=n_in == 3).check(dense, 21)


@pytest.mark.parametrize("shape", [(1, 1), (64, 32), (769, 5), (5, 769), (131, 259)])
def test_the_extension_has_the_bits_of_firmware(shape: tuple[int, int]) -> None:
    layer = Layer(*shape, relu=shape[0] == 64)
    runtime = Runtime(op_blob(OP["dense"], *shape, layer.payload))
    x = layer.rows(45, 0.5)
    found = runtime.scores(x).view("u4")
    np.testing.assert_array_equal(found, layer.expected(x))
    each = np.stack([runtime.firmware(row) for row in x]).view("u4")
    np.testing.assert_array_equal(found, each)


@pytest.mark.parametrize("n_classes", [2, 10, 31, 32, 33, 64, 65, 100])
def test_predicted_classes(n_classes: int) -> None:
    """The first of the largest, whatever the scores are: x itself."""
    n = n_classes
    indices = np.arange(n + n % 2, dtype="<u2") % n
    pair = (stage_of(OP["gather"], n, n, indices.nbytes), indices.tobytes())
    runtime = Runtime(program_blob([pair], n, n, groups=(n,), output=LOGITS))
    x = np.random.default_rng(1).choice(ODD, (200, n))
    x[:20] = 0
    x[20:40] = -np.float32(0)
    x[40] = np.nan
    each = [runtime.firmware(row, "classify")[0] for row in x]
    np.testing.assert_array_equal(runtime.classify(x)[:, 0], each)
