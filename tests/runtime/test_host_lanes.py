# SPDX-License-Identifier: MIT
"""Rows in lanes give the bits of rows by themselves, for every op and any number of
rows, whatever is in them and however it was compiled."""

from pathlib import Path

import numpy as np
import pytest
from c.op_codes import OP
from c.seeded_host import wide
from families import cases

import emlrt
from c import build, host, kept
from emlrt.native import ffi, lib

ROWS = 70
ODD = np.array(
    [
        *(0x00000000, 0x80000000, 0x7FC00000, 0xFFC12345, 0x7F800001, 0x7F800000),
        *(0xFF800000, 0x00000001, 0x807FFFFF, 0x00800000, 0x7F7FFFFF, 0xFF7FFFFF),
        *(0xFFFFFFFF, 0x7FFFFFFF),
        *(0x3F800000, 0xBF800000, 0x3F7FFFFF, 0xC2D00000, 0x42CFFFFF, 0xC2AEAC50),
    ],
    np.uint32,
)
MATHS = "exp expm1 log log1p logistic tanh sqrt cos erf ndtri softplus silu gelu"


def bits(a):
    return np.ascontiguousarray(a).view(np.uint32)


def tricky_rows(model, rows, seed):
    """Rows like those of a case, every third of them with odd numbers in it."""
    rng = np.random.default_rng(seed)
    x = rows[rng.integers(len(rows), size=ROWS)].copy()
    if x.dtype == np.float32:
        odd = rng.random(x.shape) < 0.2
        odd[rng.random(ROWS) < 0.6] = False
        x.view(np.uint32)[odd] = rng.choice(ODD, int(odd.sum()))
    return x


@pytest.mark.parametrize("case", cases(), ids=str)
def test_every_number_of_rows(case):
    model, rows = case.built()
    x = tricky_rows(model, rows, len(case.name))
    runtime = model._runtime
    single = bits(np.stack([runtime.firmware(row, "run") for row in x]))
    for n in range(1, ROWS + 1):
        np.testing.assert_array_equal(bits(runtime.scores(x[:n])), single[:n])
    for start in (0, 33):
        found = runtime.scores(x[start:])
        np.testing.assert_array_equal(bits(found), single[start:])


def test_sums_beside_each_other():
    """More sums of a kernel than lanes, beyond all numbers in some rows: rows that
    are left over have them in lanes."""
    model = emlrt.Model.from_bytes(wide())
    x = np.random.default_rng(4).normal(size=(ROWS, 3)).astype(np.float32)
    x[::3] *= np.float32(1e-13)
    x[1::7, 1] = np.nan
    single = bits(np.stack([model._runtime.firmware(row, "run") for row in x]))
    assert np.isfinite(single.view(np.float32)).all(axis=1).any()
    for n in range(1, ROWS + 1):
        found = bits(model._runtime.scores(x[:n]))
        np.testing.assert_array_equal(found, single[:n])


@pytest.mark.parametrize("case", cases(), ids=str)
def test_probabilities_of_every_number_of_rows(case):
    model, rows = case.built()
    if not model.program.class_counts or model.program.output not in (0x3E, 0x4E):
        return
    scores = model._runtime.scores(tricky_rows(model, rows, 1))
    single = np.concatenate([model._runtime.proba(row[None]) for row in scores])
    for n in range(1, ROWS + 1, 3):
        found = model._runtime.proba(scores[:n])
        np.testing.assert_array_equal(bits(found), bits(single[:n]))


def applied(code, x, n_rows):
    y = np.empty_like(x)
    pointers = [ffi.cast("float *", a.ctypes.data) for a in (x, y)]
    width = x.size // n_rows
    status = lib.emlrt_host_apply(code, pointers[0], n_rows, width, pointers[1], width)
    assert status == 0
    return bits(y)


@pytest.mark.parametrize("name", MATHS.split())
def test_functions(name):
    """One row goes through the firmware's function, many through that of lanes."""
    rng = np.random.default_rng(len(name))
    every = rng.integers(0, 1 << 32, 60_000, np.uint32)
    near = (rng.normal(size=60_000) * 4).astype(np.float32).view(np.uint32)
    around = np.float32(1) + rng.normal(size=20_000).astype(np.float32) / 64
    edges = (ODD[:, None] + np.arange(-40, 41).astype(np.uint32)).ravel()
    x = np.concatenate([every, near, around.view(np.uint32), edges])
    x = x[: len(x) // 16 * 16].view(np.float32)
    single = applied(OP[name], x, 1)
    np.testing.assert_array_equal(applied(OP[name], x, len(x)), single)
    np.testing.assert_array_equal(applied(OP[name], x, len(x) // 8), single)


@pytest.fixture(scope="module")
def blobs():
    """A model of every op, and those of few stages besides."""
    found, ops = [], set()
    for case in cases():
        program = case.model.program
        if ops.issuperset(stage.op for stage in program.stages):
            continue
        ops.update(stage.op for stage in program.stages)
        found.append(bytes(case.model._blob))
    return found


def test_without_clones(blobs, tmp_path: Path):
    """As a processor without AVX has it."""
    command = [build.need("gcc"), "-std=c99", *build.PLAIN, "-DEMLRT_NO_CLONES"]
    files = sorted((build.C / "host/lanes").glob("*.c"))
    made = kept.objects([*command, build.INCLUDE, build.HOST], files)
    objects = {**build.plain_objects(), **{path.stem: path for path in made}}
    del objects["memory"]
    driver = [*command, build.INCLUDE, build.HOST, f"-I{build.HERE}"]
    driver += [build.HERE / "host.c", *objects.values(), "-o", tmp_path / "host"]
    build.must(driver)
    host.use(blobs, tmp_path / "host")


def test_by_clang_with_sanitizers(blobs):
    host.use(blobs)
