# SPDX-License-Identifier: MIT
"""The host's fast layout gives the scores of emlrt_run, bit for bit."""

import ctypes
import os
import struct
import subprocess

import numpy as np
import pytest
from c.op_codes import OP
from host_forests import (
    FLAGS,
    OPS,
    SOFT_F32,
    SOFT_F32W,
    SOURCES,
    SUM_F32,
    VOTE_F32,
    Forest,
    Model,
    compiler,
    loaded,
)


@pytest.fixture(scope="module")
def lib(tmp_path_factory):
    path = os.environ.get("EMLRT_TEST_LIBRARY")  # see coverage.py
    if not path:
        path = tmp_path_factory.mktemp("host") / "libhost.so"
        command = [compiler(), *FLAGS, "-shared", *map(str, SOURCES), "-o", str(path)]
        subprocess.run(command, check=True)
    return loaded(path)


@pytest.mark.parametrize("op", OPS, ids=hex)
@pytest.mark.parametrize("seed", range(5))
def test_every_op(lib, op, seed):
    rng = np.random.default_rng([op, seed])
    sizes = rng.integers(0, rng.choice([2, 20, 300]), int(rng.integers(1, 40)))
    n_scores = int(rng.choice([1, 2, 3, 4, 8, 10, 13, 17, 33, 70]))
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
