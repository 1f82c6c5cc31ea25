# SPDX-License-Identifier: MIT
"""Every status of the C API, and the answers themselves, called from outside.

The library is built from c/src here, and is not the package's extension.
"""

import math
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from c.blobs import (
    CLASSES,
    FEATURES,
    NOTE,
    OUTPUTS,
    Leaf,
    Split,
    Trees,
    forest,
    inputs,
    samples,
    single,
    texts,
)
from c.hostile import STATUSES, change
from cffi import FFI

from c import build, kept

CDEF = """
typedef struct { const void *blob; const void *ops;
                 uint32_t opened, fault; } emlrt_model;
typedef struct { uint32_t total_size, n_inputs, n_scores, n_outputs, arena_bytes,
  scratch_bytes, golden_bytes, n_classes, work;
  uint16_t input_dtype, score_dtype, output, version;
  uint32_t state_bytes, stream_bytes; } emlrt_info;
extern const void *const emlrt_all_ops[];
extern const char emlrt_op_trees_soft_f32[], emlrt_op_trees_sum_f32[];
int emlrt_peek(emlrt_info *, const void *, uint32_t);
int emlrt_open(emlrt_model *, const void *, uint32_t, const void *);
int emlrt_verify(const emlrt_model *);
int emlrt_run_as(const emlrt_model *, uint32_t, const void *, size_t, void *, size_t,
                 void *, size_t);
int emlrt_classify_as(const emlrt_model *, uint32_t, const void *, size_t,
                      uint32_t *, size_t, void *, size_t);
int emlrt_proba_as(const emlrt_model *, uint32_t, const void *, size_t, float *,
                   size_t, void *, size_t);
int emlrt_label(const emlrt_model *, uint32_t, uint32_t, char *, size_t);
int emlrt_name(const emlrt_model *, uint32_t, uint32_t, char *, size_t);
int emlrt_selftest(const emlrt_model *, void *, size_t);
const char *emlrt_strerror(int);
const char *emlrt_version(void);
"""
ffi = FFI()
ffi.cdef(CDEF)


@pytest.fixture(scope="module")
def lib(tmp_path_factory: pytest.TempPathFactory) -> Any:
    out = os.environ.get("EMLRT_TEST_LIBRARY")  # see coverage.py
    if not out:
        out = tmp_path_factory.mktemp("api") / "libemlrt.so"
        command = [build.need("gcc"), "-std=c99", "-O1", "-fPIC", build.INCLUDE]
        objects = kept.objects(command, build.sources())
        build.must(["gcc", "-shared", *objects, "-o", out])
    return ffi.dlopen(str(out))


def name(status: int) -> str:
    return STATUSES[-status]


class Opened:
    """A blob, opened, with buffers of the right sizes."""

    def __init__(self, lib: Any, blob: bytes, verify: bool = True) -> None:
        self.lib = lib
        self.memory = ffi.new("uint64_t[]", len(blob) // 8 + 1)
        ffi.memmove(self.memory, blob, len(blob))
        self.model = ffi.new("emlrt_model *")
        self.info = ffi.new("emlrt_info *")
        opened = lib.emlrt_open(self.model, self.memory, len(blob), lib.emlrt_all_ops)
        assert name(opened) == "OK"
        assert lib.emlrt_peek(self.info, self.memory, len(blob)) == 0
        if verify:
            assert name(lib.emlrt_verify(self.model)) == "OK"
        self.scratch = ffi.new("uint64_t[]", self.info.golden_bytes // 8 + 1)

    def x(self, row: list[float]) -> Any:
        types = {4: "uint8_t[]", 9: "int16_t[]", 10: "int32_t[]", 14: "float[]"}
        return ffi.new(types[self.info.input_dtype], row)

    def run(self, row: list[float], **other: Any) -> tuple[str, list[float]]:
        """The status and the scores; `other` replaces arguments by name."""
        code = "uint32_t[]" if self.info.score_dtype == 6 else "float[]"
        y = ffi.new(code, self.info.n_scores)
        values = {
            "model": self.model,
            "dtype": 0,
            "x": self.x(row),
            "nx": len(row),
            "y": y,
            "ny": len(y),
            "scratch": self.scratch,
            "size": self.info.arena_bytes,
        } | other
        return name(self.lib.emlrt_run_as(*values.values())), list(y)

    def finish(self, function: str, row: list[float], **other: Any) -> Any:
        """The status and the answer of emlrt_classify_as or emlrt_proba_as."""
        proba = function == "proba"
        n = self.info.n_classes if proba else self.info.n_outputs
        answer = ffi.new("float[]" if proba else "uint32_t[]", n)
        values = {
            "model": self.model,
            "dtype": 0,
            "x": self.x(row),
            "nx": len(row),
            "answer": answer,
            "n": n,
            "scratch": self.scratch,
            "size": self.info.scratch_bytes,
        } | other
        call = getattr(self.lib, f"emlrt_{function}_as")
        return name(call(*values.values())), list(answer)

    def text(self, function: str, a: int, b: int, size: int = 64) -> tuple[str, str]:
        text = ffi.new("char[]", max(size, 1))
        call = getattr(self.lib, f"emlrt_{function}")
        status = name(call(self.model, a, b, text, size))
        return status, ffi.string(text).decode() if status == "OK" else ""


@pytest.mark.parametrize("sample", samples())
def test_scores_are_python_s(lib: Any, sample: str) -> None:
    blob = samples()[sample]
    model = Opened(lib, blob.bytes())
    for row in inputs(5, blob, 50):
        status, scores = model.run(row)
        assert status == "OK"
        assert scores == blob.scores(row)
        kind = model.finish("classify", row)
        if not blob.counts:
            assert kind[0] == model.finish("proba", row)[0] == "KIND"
            continue
        start, winners = 0, []
        for count in blob.counts:
            part = scores[start : start + count]
            winners.append(part.index(max(part)))
            start += count
        assert kind == ("OK", winners)
        total = np.float32(
            blob.stages[-1].trees.unit * len(blob.stages[-1].trees.trees)
        )
        shares = [float(np.float32(v) / total) for v in scores]
        assert model.finish("proba", row) == ("OK", shares)


def test_scale_rounds_as_ieee(lib: Any) -> None:
    """Sums become floats in integers: every exponent, ties, subnormals, infinity."""
    sums = [0, 1, -1, 3, 2**24 + 1, 2**24 + 3, -(2**31), 2**31 - 1, 0x7FFFFFC0]
    sums += [0x01000001, 0x01FFFFFF, -0x1FFFFFF, 0x7FFFFF80, 0x40000040, 12345678]
    exponents = [-256, *range(-190, -90), -32, 0, 5, *range(90, 130), 256]
    for value in sums:
        trees = Trees("f32", [Leaf([value] * len(exponents))], len(exponents))
        trees.leaf_width, trees.exponents = 4, exponents
        blob = change(single(trees, 1))
        _, scores = Opened(lib, blob).run([0.0])
        with np.errstate(over="ignore", under="ignore"):
            exact = np.ldexp(np.float64(value), exponents).astype(np.float32)
        got = np.array(scores, np.float32)
        assert got.tobytes() == exact.tobytes(), value


def test_splits_at_the_edges_of_float(lib: Any) -> None:
    tiny = struct.unpack("<f", b"\1\0\0\0")[0]
    edges = [-math.inf, -3e38, -1.5, -tiny, -0.0, 0.0, tiny, 1.5, 3e38, math.inf]
    edges = [float(np.float32(v)) for v in edges]
    for threshold in edges[1:-1]:
        for missing in (False, True):
            split = Split(0, threshold, Leaf(0), Leaf(1), missing)
            blob = single(Trees("f32", [split], 2, unit=1), 1, [2])
            model = Opened(lib, blob.bytes())
            for value in edges:
                want = 0 if value <= threshold else 1
                assert model.finish("classify", [value]) == ("OK", [want])
            for bits in (0x7FC00000, 0xFFC00000, 0x7F800001, 0xFFFFFFFF):
                word = ffi.new("uint32_t *", bits)
                x = ffi.cast("float *", word)
                status, answer = model.finish("classify", [0.0], x=x)
                assert (status, answer) == ("OK", [0 if missing else 1])


def test_peek(lib: Any) -> None:
    blob = samples()["program"].bytes()
    info = Opened(lib, blob).info
    assert (info.total_size, info.n_inputs, info.n_scores) == (len(blob), 3, 2)
    assert (info.n_outputs, info.arena_bytes, info.scratch_bytes) == (1, 16, 24)
    assert info.golden_bytes == 16 + 3 * 4 + 2 * 4
    assert (info.input_dtype, info.score_dtype, info.version) == (14, 6, 1)
    memory = ffi.new("uint64_t[]", 1000)
    ffi.memmove(memory, blob, len(blob))
    # A partition may be larger than the blob; what it says must not be.
    assert name(lib.emlrt_peek(info, memory, 8000)) == "OK"
    assert name(lib.emlrt_peek(info, memory, len(blob) - 1)) == "SIZE"
    assert name(lib.emlrt_peek(info, memory, 47)) == "SIZE"
    assert name(lib.emlrt_peek(ffi.NULL, memory, len(blob))) == "ARGUMENT"
    assert name(lib.emlrt_peek(info, ffi.NULL, len(blob))) == "ARGUMENT"
    for k in (1, 2, 3):
        odd = ffi.cast("char *", memory) + k
        assert name(lib.emlrt_peek(info, odd, len(blob))) == "ALIGN"


def test_open_arguments(lib: Any) -> None:
    blob = samples()["soft_f32"].bytes()
    good = Opened(lib, blob)
    model, memory, ops = good.model, good.memory, lib.emlrt_all_ops

    def status(*arguments: Any) -> str:
        return name(lib.emlrt_open(*arguments))

    assert status(ffi.NULL, memory, len(blob), ops) == "ARGUMENT"
    assert status(model, ffi.NULL, len(blob), ops) == "ARGUMENT"
    assert status(model, memory, len(blob), ffi.NULL) == "ARGUMENT"
    odd = ffi.cast("char *", memory) + 2
    assert status(model, odd, len(blob), ops) == "ALIGN"
    assert status(model, memory, len(blob) - 4, ops) == "SIZE"
    assert status(model, memory, len(blob) + 4, ops) == "SIZE"
    mine = ffi.new(
        "void *[]", [ffi.addressof(lib, "emlrt_op_trees_soft_f32"), ffi.NULL]
    )
    assert status(model, memory, len(blob), mine) == "OK"
    other = ffi.new(
        "void *[]", [ffi.addressof(lib, "emlrt_op_trees_sum_f32"), ffi.NULL]
    )
    assert status(model, memory, len(blob), other) == "OP"
    assert status(model, memory, len(blob), ffi.new("void *[]", 1)) == "OP"
    # A failed open leaves a model that refuses everything.
    assert good.run([0.0] * 4)[0] == "ARGUMENT"
    assert good.finish("classify", [0.0] * 4)[0] == "ARGUMENT"
    assert good.finish("proba", [0.0] * 4)[0] == "ARGUMENT"
    assert good.text("label", 0, 0)[0] == good.text("name", NOTE, 0)[0] == "ARGUMENT"
    assert (
        name(lib.emlrt_verify(model)) == name(lib.emlrt_verify(ffi.NULL)) == "ARGUMENT"
    )
    assert name(lib.emlrt_selftest(model, good.scratch, 999)) == "ARGUMENT"


def test_run_arguments(lib: Any) -> None:
    model = Opened(lib, samples()["program"].bytes())
    row = [0.0] * 3
    before = model.run(row)
    assert before[0] == "OK"
    wrong: dict[str, list[tuple[dict[str, Any], str]]] = {
        "both": [
            ({"model": ffi.NULL}, "ARGUMENT"),
            ({"x": ffi.NULL}, "ARGUMENT"),
            ({"nx": 2}, "COUNT"),
            ({"nx": 4}, "COUNT"),
            ({"nx": 2**32 + 3}, "COUNT"),
            ({"size": 15}, "SCRATCH"),
            ({"size": 0}, "SCRATCH"),
            ({"scratch": ffi.NULL}, "SCRATCH"),
            ({"scratch": ffi.cast("char *", model.scratch) + 4}, "ALIGN"),
        ],
        "run": [
            ({"y": ffi.NULL}, "ARGUMENT"),
            ({"ny": 1}, "COUNT"),
            ({"ny": 2**32 + 2}, "COUNT"),
            ({"dtype": 0x060E}, "OK"),
            ({"dtype": 0x0609}, "DTYPE"),
            ({"dtype": 0x0E0E}, "DTYPE"),
        ],
        "finish": [
            ({"answer": ffi.NULL}, "ARGUMENT"),
            ({"n": 3}, "COUNT"),
            ({"n": 0}, "COUNT"),
            ({"size": 23}, "SCRATCH"),
            ({"dtype": 0x0E}, "OK"),
            ({"dtype": 0x09}, "DTYPE"),
        ],
    }
    for other, status in wrong["both"] + wrong["run"]:
        assert model.run(row, **other)[0] == status, other
    for function in ("classify", "proba"):
        for other, status in wrong["both"] + wrong["finish"]:
            got, answer = model.finish(function, row, **other)
            assert got == status, (function, other)
            assert status == "OK" or not any(answer)


def test_no_arena_needs_no_scratch(lib: Any) -> None:
    model = Opened(lib, samples()["sum_f32"].bytes())
    assert model.run([0.0] * 4, scratch=ffi.NULL, size=0)[0] == "OK"


def test_labels_and_names(lib: Any) -> None:
    model = Opened(lib, samples()["soft_f32"].bytes())
    labels = [model.text("label", 0, k) for k in range(4)]
    assert labels == [("OK", "ant"), ("OK", "bee"), ("OK", "chien"), ("COUNT", "")]
    assert model.text("label", 1, 0) == ("COUNT", "")
    assert model.text("name", FEATURES, 1) == ("OK", "")
    assert model.text("name", FEATURES, 3) == ("OK", "é")
    assert model.text("name", FEATURES, 4) == ("COUNT", "")
    assert model.text("name", OUTPUTS, 0) == ("OK", "animal")
    assert model.text("name", NOTE, 0) == ("OK", "by hand")
    assert model.text("name", CLASSES, 0) == ("ARGUMENT", "")
    assert model.text("name", 99, 0) == ("ARGUMENT", "")
    for size, status in ((0, "BUFFER"), (3, "BUFFER"), (5, "BUFFER"), (6, "OK")):
        assert model.text("label", 0, 2, size)[0] == status
    null = lib.emlrt_label(model.model, 0, 0, ffi.NULL, 9)
    assert name(null) == "ARGUMENT"
    outputs = Opened(lib, samples()["soft_outputs"].bytes())
    got = [
        outputs.text("label", k, i)[1] for k, n in ((0, 2), (1, 3)) for i in range(n)
    ]
    assert got == ["-1", "7", "0", "1", "2"]
    bare = Opened(lib, samples()["sum_u8w"].bytes())
    assert bare.text("name", NOTE, 0)[0] == "ABSENT"
    assert bare.text("label", 0, 0)[0] == "KIND"
    bare = Opened(lib, samples()["soft_u8"].bytes())
    assert bare.text("label", 0, 0)[0] == "ABSENT"


def test_texts_are_checked_where_they_are_used(lib: Any) -> None:
    """Without emlrt_verify, too, damaged texts give METADATA."""
    base = single(forest(10, "f32", 2, 3, unit=9), 2, [3])
    for content in (b"", b"\2\0\0\0", struct.pack("<IIIH", 2, 5, 9, 0), texts(["a"])):
        blob = change(base, meta=[(FEATURES, content)])
        model = Opened(lib, blob, verify=False)
        assert model.text("name", FEATURES, 1)[0] == "METADATA"


def test_selftest(lib: Any) -> None:
    blob = samples()["program"]
    good = blob.bytes()
    model = Opened(lib, good)
    size = model.info.golden_bytes

    def status(opened: Opened, scratch: Any = None, size: int = size) -> str:
        scratch = opened.scratch if scratch is None else scratch
        return name(lib.emlrt_selftest(opened.model, scratch, size))

    assert status(model) == "OK"
    assert status(model, size=size - 1) == status(model, size=0) == "SCRATCH"
    assert status(model, ffi.cast("char *", model.scratch) + 4) == "ALIGN"
    assert status(model, ffi.NULL) == "ARGUMENT"
    content = blob.meta[0][1]
    for k in range(20, 28):  # the first vector's scores, each octet
        octets = bytearray(content)
        octets[k - 4] ^= 1
        wrong = Opened(lib, change(blob, meta=[(5, bytes(octets))]))
        assert status(wrong) == "SELFTEST"
    for octets in (content[:-4], content + bytes(4), bytes(4), b"\1\0"):
        wrong = Opened(lib, change(blob, meta=[(5, octets)]), verify=False)
        assert status(wrong) == "METADATA"
    assert status(Opened(lib, change(blob, meta=[]))) == "ABSENT"


def test_every_status_has_a_sentence(lib: Any) -> None:
    sentences = [ffi.string(lib.emlrt_strerror(-k)) for k in range(len(STATUSES))]
    assert len(set(sentences)) == len(STATUSES)
    header = (build.C / "include/emlrt/emlrt.h").read_text()
    assert f"= -{len(STATUSES) - 1}," in header
    assert f"= -{len(STATUSES)}," not in header
    for unknown in (1, -len(STATUSES), 2**31 - 1):
        assert ffi.string(lib.emlrt_strerror(unknown)) == b"unknown status"
    version = ffi.string(lib.emlrt_version()).decode()
    assert f'EMLRT_VERSION "{version}"' in header


def test_model_can_be_copied(lib: Any, tmp_path: Path) -> None:
    first = Opened(lib, samples()["soft_f32"].bytes())
    want = first.run([0.5] * 4)
    copy = ffi.new("emlrt_model *", first.model[0])
    ffi.memmove(
        first.model, bytes(ffi.sizeof("emlrt_model")), ffi.sizeof("emlrt_model")
    )
    assert first.run([0.5] * 4)[0] == "ARGUMENT"
    assert first.run([0.5] * 4, model=copy) == want
