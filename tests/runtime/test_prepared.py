# SPDX-License-Identifier: MIT
"""Prepared calls give the bits and the statuses of the calls that they prepare."""

import re
from itertools import product
from typing import Any

import numpy as np
import pytest
from c.blobs import ARENA, Blob, Leaf, Split, Stage, Trees, single
from c.hostile import STATUSES
from cffi import FFI
from families import cases

from c import build, kept
from emlrt import Model, prepared

FIELDS = """
typedef struct { const void *run, *payload; uint32_t size, n_in, n_out, in, out;
                 uint8_t in_space, out_space; } stage;
typedef struct { const stage *stages; const void *compare, *argmax, *proba, *sizes;
                 uint32_t majority, vote_total, n_classes, arena_bytes, scratch_bytes,
                 n_scores, n_inputs; uint16_t n_stages, n_outputs, input, output;
                 } prepared;
typedef struct { const void *blob, *ops; uint32_t opened, fault; } emlrt_model;
"""
CALLS = ("run", "classify", "proba")
CDEF = FIELDS + "".join(
    f"int emlrt_{who}{call}_as(const {of} *, {dtype}, const void *, size_t, void *,"
    " size_t, void *, size_t);"
    for who, of, dtype in (
        ("", "emlrt_model", "uint32_t"),
        ("prepared_", "prepared", "unsigned"),
    )
    for call in CALLS
)
CDEF += """
extern const void *const emlrt_all_ops[];
int emlrt_open(emlrt_model *, const void *, uint32_t, const void *);
int emlrt_prepare(prepared *, const emlrt_model *, stage *, size_t);
int emlrt_prepared_verify(const prepared *, const emlrt_model *);
uint32_t emlrt_stage_count(const emlrt_model *);
"""
ffi = FFI()
ffi.cdef(CDEF)


@pytest.fixture(scope="module")
def lib(tmp_path_factory: pytest.TempPathFactory) -> Any:
    out = tmp_path_factory.mktemp("prepared") / "libemlrt.so"
    command = [build.need("gcc"), "-std=c99", "-O1", "-fPIC", build.INCLUDE]
    objects = kept.objects(command, build.sources())
    build.must(["gcc", "-shared", *objects, "-o", out])
    return ffi.dlopen(str(out))


class Both:
    """A blob, open and prepared."""

    def __init__(self, lib: Any, blob: bytes, room: int = 0) -> None:
        self.lib, self.blob = lib, ffi.new("uint64_t[]", len(blob) // 8 + 1)
        ffi.buffer(self.blob)[: len(blob)] = blob
        self.model, self.prepared = ffi.new("emlrt_model *"), ffi.new("prepared *")
        status = lib.emlrt_open(self.model, self.blob, len(blob), lib.emlrt_all_ops)
        assert status == 0
        n = lib.emlrt_stage_count(self.model)
        self.stages = ffi.new("stage[]", n + room)
        self.status = lib.emlrt_prepare(self.prepared, self.model, self.stages, n)

    def call(
        self, call: str, row: Any, n: int, *, who: str = "", **changed: Any
    ) -> Any:
        """Status and the bytes of the answer. changed: arguments that differ."""
        of = self.prepared if who else self.model
        y = ffi.new("uint32_t[]", max(n, 1) + 1)
        size = self.prepared.arena_bytes + 4 * self.prepared.n_scores
        scratch = ffi.new("uint64_t[]", size // 8 + 1)
        ffi.buffer(scratch)[:] = b"\xa5" * len(ffi.buffer(scratch))
        arguments = {
            **{"of": of, "dtype": 0, "x": ffi.from_buffer(row), "nx": len(row)},
            **{"y": y, "ny": n, "scratch": scratch, "size": size},
        }
        arguments |= changed
        function = getattr(self.lib, f"emlrt_{who}{call}_as")
        status = function(*arguments.values())
        return STATUSES[-status], bytes(ffi.buffer(y)) if status == 0 else b""

    def same(self, call: str, row: Any, n: int, **changed: Any) -> tuple[str, bytes]:
        """What both give, which must be the same."""
        one = self.call(call, row, n, **changed)
        assert self.call(call, row, n, who="prepared_", **changed) == one
        return one


def counts(model: Model) -> dict[str, int]:
    classes = sum(model.program.class_counts)
    return {"run": model.n_scores, "classify": model.n_outputs_, "proba": classes}


@pytest.mark.parametrize("case", cases(), ids=str)
def test_every_family_answers_as_before(case, lib):
    model, rows = case.built()
    both = Both(lib, bytes(model))
    assert both.status == 0
    assert lib.emlrt_prepared_verify(both.prepared, both.model) == 0
    assert both.prepared.n_classes == sum(model.program.class_counts)
    for row in rows[:12]:
        row = np.ascontiguousarray(row, model.input_dtype)
        for call, n in counts(model).items():
            both.same(call, row, n)
            both.same(call, row, n + 1)
    for bad in (
        {"nx": 0},
        {"size": 0},
        {"x": ffi.NULL},
        {"y": ffi.NULL},
        {"dtype": 99},
    ):
        for call, n in counts(model).items():
            assert both.same(call, row, n, **bad)[0] != "OK" or bad == {"size": 0}
    for bad in ({"scratch": ffi.NULL}, {"scratch": ffi.cast("void *", 4)}):
        for call, n in counts(model).items():
            if bad["scratch"] or both.prepared.arena_bytes or call != "run":
                assert both.same(call, row, n, **bad)[0] != "OK"


@pytest.mark.parametrize("case", cases(), ids=str)
def test_constants_have_the_numbers_that_are_prepared(case, lib):
    model, _ = case.built()
    both = Both(lib, bytes(model))
    found = prepared.macros(model.program, "rom")
    start = int(ffi.cast("uintptr_t", both.blob))
    names = [name for name, _ in ffi.typeof("stage").fields]
    stages = re.findall(r"\{([^{}]+)\}", found["PREPARED_STAGES"])
    assert len(stages) == both.prepared.n_stages
    for text, made in zip(stages, both.stages, strict=True):
        for name, value in zip(names[1:], text.split(", ")[1:], strict=True):
            spaces = ("INPUT", "ARENA", "OUTPUT")
            if name.endswith("_space"):
                assert spaces[getattr(made, name)] == value.removeprefix("EMLRT_SPACE_")
            elif name == "payload":
                at = int(ffi.cast("uintptr_t", made.payload)) - start
                assert value == f"rom + {at}"
            else:
                assert value == f"{getattr(made, name)}u"
    names = [name for name, _ in ffi.typeof("prepared").fields]
    text = found["PREPARED(stages)"].strip("{}").split(", ")
    words = {"UINT32_MAX": 2**32 - 1, "(emlrt_count)-1": 2**32 - 1}
    for name, value in list(zip(names, text, strict=True))[5:]:
        made = getattr(both.prepared, name)
        assert words.get(value) == made or value == f"{made}u"


def ballot(codes: tuple[int, ...], *, soft: bool, unit: int, width: int = 1) -> Blob:
    """Trees of one leaf each. soft: with a list of votes that none of them reaches."""
    trees: list[Any] = [Leaf(code) for code in codes]
    if soft:
        trees.append(Split(0, 5, Leaf(0), Leaf({0: 1, 2: unit - 1})))
    made = Trees("i16", trees, 3, unit, width, (3, 1) if soft else (0, 0))
    blob = single(made, 1, [3])
    blob.fields["vote_total"] = unit * len(trees) % 2**32 or 1
    return blob


def sequences() -> list[tuple[int, ...]]:
    """All ways in which up to five trees vote for three classes."""
    return [codes for n in range(1, 6) for codes in product(range(3), repeat=n)]


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("unit", [1, 240, 14_414_400])
def test_a_class_has_most_votes_however_close(lib, soft, unit):
    for at, codes in enumerate(sequences()):
        blob = ballot(codes, soft=soft, unit=unit, width=(1, 2, 4)[at % 3])
        both = Both(lib, blob.bytes())
        assert (both.prepared.majority != 2**32 - 1) == (soft or unit == 1)
        for value in (0, 9) if soft else (0,):
            x = np.array([value], np.int16)
            scores = blob.scores([value])
            status, found = both.same("run", x, 3)
            assert status == "OK"
            assert list(np.frombuffer(found, np.uint32)[:3]) == scores
            status, found = both.same("classify", x, 1)
            assert status == "OK"
            assert np.frombuffer(found, np.uint32)[0] == int(np.argmax(scores))


@pytest.mark.parametrize(
    "fields",
    [
        {"vote_total": 1},
        {"vote_total": 2**32 - 1},
        {"vote_total": 5 * 2**31 % 2**32},
        {"arena_size": 8},
    ],
    ids=str,
)
@pytest.mark.parametrize("unit", [1, 3, 2**31, 2**32 - 1])
def test_a_total_that_is_none_ends_no_vote(lib, fields, unit):
    """Then classes are those of the scores, which may have wrapped."""
    x = np.zeros(1, np.int16)
    for codes in sequences()[-243:]:
        blob = ballot(codes, soft=False, unit=unit)
        blob.fields.update(fields)
        both = Both(lib, blob.bytes())
        assert lib.emlrt_prepared_verify(both.prepared, both.model) == 0
        votes = [score % 2**32 for score in blob.scores([0])]
        _, found = both.same("run", x, 3)
        assert list(np.frombuffer(found, np.uint32)[:3]) == votes
        _, found = both.same("classify", x, 1)
        assert np.frombuffer(found, np.uint32)[0] == int(np.argmax(votes))


def test_a_stage_that_votes_on_the_arena_reads_no_input(lib):
    trees = Trees("i16", [Split(999, 5, Leaf(1), Leaf(2))] * 3, 3, 1)
    stage = Stage(trees, 1000, in_space=ARENA)
    both = Both(lib, Blob(1, [stage], [3], arena_size=2000).bytes())
    assert both.prepared.majority == 2**32 - 1
    assert lib.emlrt_prepared_verify(both.prepared, both.model) == 0
    status, found = both.same("classify", np.full(1, 9, np.int16), 1)
    assert (status, np.frombuffer(found, np.uint32)[0]) == ("OK", 1)


def test_a_class_beyond_its_output_is_never_given(lib):
    """An output of fewer classes than the trees have."""
    for codes in sequences()[-243:]:
        blob = ballot(codes, soft=False, unit=1)
        blob.groups = [2]
        both = Both(lib, blob.bytes())
        _, found = both.same("classify", np.zeros(1, np.int16), 1)
        assert np.frombuffer(found, np.uint32)[0] < 2


def test_what_is_not_prepared_is_refused(lib):
    blob = ballot((0, 1, 1), soft=False, unit=1).bytes()
    both = Both(lib, blob)
    x = np.zeros(1, np.int16)
    made, model = both.prepared, both.model
    assert both.call("classify", x, 1, who="prepared_")[0] == "OK"
    null = ffi.NULL
    prepare = lib.emlrt_prepare
    for arguments in ((null, model), (made, null), (made, ffi.new("emlrt_model *"))):
        assert prepare(*arguments, both.stages, 1) == -1
    assert made.stages == null
    assert lib.emlrt_prepared_verify(made, model) == -1
    for call in CALLS:
        assert both.call(call, x, 1, who="prepared_")[0] == "ARGUMENT"
        assert both.call(call, x, 1, who="prepared_", of=null)[0] == "ARGUMENT"
    assert prepare(made, model, both.stages, 0) == -14
    assert made.stages == null
    assert prepare(made, model, null, 1) == -1
    assert prepare(made, model, both.stages, 5) == 0
    assert lib.emlrt_prepared_verify(null, model) == -1
    assert lib.emlrt_prepared_verify(made, null) == -1
    assert lib.emlrt_stage_count(null) == 0
    model.opened = 0
    assert prepare(made, model, both.stages, 5) == -1
    assert lib.emlrt_stage_count(model) == 0


def test_every_field_is_compared(lib):
    """Of another model, or changed by one."""
    both = Both(lib, ballot((0, 1, 1), soft=False, unit=1).bytes())
    other = Both(lib, ballot((0, 1, 2), soft=False, unit=1).bytes())
    verify = lib.emlrt_prepared_verify
    assert verify(both.prepared, both.model) == 0
    assert verify(other.prepared, both.model) == -7
    for name, field in ffi.typeof("prepared").fields:
        if name in ("stages", "compare", "argmax", "proba"):
            continue
        was = getattr(both.prepared, name)
        pointer = field.type.kind == "pointer"
        setattr(both.prepared, name, ffi.NULL if pointer else was ^ 1)
        assert verify(both.prepared, both.model) == -7, name
        setattr(both.prepared, name, was)
    for name in ("compare", "argmax", "proba"):
        was = getattr(both.prepared, name)
        setattr(both.prepared, name, ffi.NULL)
        assert verify(both.prepared, both.model) == 0
        setattr(both.prepared, name, both.blob)
        assert verify(both.prepared, both.model) == -7
        setattr(both.prepared, name, was)
    for name, field in ffi.typeof("stage").fields:
        was = getattr(both.stages[0], name)
        pointer = field.type.kind == "pointer"
        setattr(both.stages[0], name, ffi.NULL if pointer else was ^ 1)
        assert verify(both.prepared, both.model) == -8, name
        setattr(both.stages[0], name, was)
    assert verify(both.prepared, both.model) == 0
