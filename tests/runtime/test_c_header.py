# SPDX-License-Identifier: MIT
"""Every field of header and stage table, one by one: taken or refused as SPEC.md
says, and harmless."""

import struct
from collections.abc import Callable

import pytest
from c.blobs import (
    ARENA,
    F32,
    FLAG_OFFSET,
    HEADER,
    I16,
    I32,
    STAGE,
    U8,
    pack,
    program,
    samples,
    with_crc,
)
from c.hostile import change
from c.op_blob import op_blob
from c.op_codes import OP

from c import build
from emlrt import FormatError, Model

VALUES, VOTES = 0x1E, 0x26
#: Kinds of floats; and those that have one score an output.
KINDS = [VALUES, 0x3E, 0x4E, 0x5E, 0x6E, 0x7E, 0x8E]
SINGLE = {VALUES, 0x4E, 0x7E, 0x8E}
LIMIT = 0x0FFFFFFF  # EMLRT_COUNT_MAX
CAST_I16 = OP["cast_i16"]


def unread() -> bytes:
    """A blob of which no stage reads x."""
    votes = samples()["vote_f32"]
    n_in = votes.n_inputs
    arena = {"arena_size": 8 * n_in}
    return change(votes, arena, stage={"in_space": ARENA}, meta=[])


def blobs() -> dict[str, bytes]:
    """Of each kind of output and each dtype of x."""
    known = samples()
    found = {f"kind_{kind:x}": op_blob(CAST_I16, 1, 1, b"", kind) for kind in KINDS}
    for name in ("vote_f32", "sum_u8", "soft_i16"):
        known[name].meta = []
        found[name] = known[name].bytes()
    return found | {"program": program().bytes(), "unread": unread()}


def fields(blob: bytes, layout: dict[str, str], at: int) -> dict[str, int]:
    values = struct.unpack_from("<" + "".join(layout.values()), blob, at)
    return dict(zip(layout, values, strict=True))


class Rules:
    """Which values of a blob's header SPEC.md lets be, all else being as it is."""

    def __init__(self, blob: bytes) -> None:
        self.head = fields(blob, HEADER, 0)
        table = 48 + 4 * self.head["n_outputs"]
        self.groups = struct.unpack_from(f"<{self.head['n_outputs']}I", blob, 48)
        self.stages = [
            fields(blob, STAGE, table + 28 * k) for k in range(self.head["n_stages"])
        ]

    def end(self, space: int) -> int:
        """Octets of a space that some stage reads or writes."""
        ends = [0]
        for stage in self.stages:
            for side, shift in (("in", 0), ("out", 8)):
                if stage[f"{side}_space"] == space:
                    octets = 1 << (stage["op"] >> shift & 3)
                    count = stage[f"{side}_count"] * octets
                    ends.append(stage[f"{side}_offset"] + count)
        return max(ends)

    def input(self, value: int) -> bool:
        octets = 1 << (value & 3)
        if value not in (F32, I32, I16, U8) or self.head["input_size"] % octets:
            return False
        return self.end(0) == 0 or value == self.head["input"]

    def input_size(self, value: int) -> bool:
        octets = 1 << (self.head["input"] & 3)
        return 0 < value <= LIMIT and value % octets == 0 and value >= self.end(0)

    def arena_size(self, value: int) -> bool:
        return value <= LIMIT and value % 8 == 0 and value >= self.end(1)

    def vote_total(self, value: int) -> bool:
        return (value != 0) == (self.head["output"] == VOTES)

    def output(self, value: int) -> bool:
        if self.head["output"] == VOTES:
            return value == VOTES
        return value in KINDS

    def verified(self, name: str, value: int) -> bool:
        """Of what opens, whether the groups are as the output says, and the flags as
        the metadata, which have no inputs."""
        if name == "flags":
            return value < FLAG_OFFSET
        return name != "output" or value not in SINGLE or set(self.groups) == {1}

    def of(self, name: str) -> Callable[[int], bool]:
        own: Callable[[int], bool] | None = getattr(self, name, None)
        if name == "flags":
            return lambda value: value in range(2 * FLAG_OFFSET)
        if name == "work":
            return lambda value: True
        return own or (lambda value: value == self.head[name])


def corners(right: int) -> set[int]:
    """Some of the values that sweep.c tries for a field of 32 bits."""
    powers = {1 << bit for bit in range(32)}
    near = {right + k for k in range(-8, 9)} | set(range(9))
    return {value & 0xFFFFFFFF for value in powers | near}


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[str]]]:
    """What sweep.c prints: for each blob and field, the values that open."""
    folder = tmp_path_factory.mktemp("sweep")
    driver = build.sanitized(folder / "sweep", "sweep.c", [])
    found: dict[str, dict[str, list[str]]] = {}
    last: dict[str, list[str]] = {}
    names = build.write_blobs(folder, blobs())
    for line in build.must([driver, *names], timeout=600).splitlines():
        if line.startswith(" "):
            name, *values = line.split()
            last[name] = values
        else:
            last = found.setdefault(line.rsplit("/", 1)[-1].removesuffix(".eml"), {})
    return found


def test_each_field_of_the_header_takes_just_what_it_may(taken) -> None:
    assert set(taken) == set(blobs())
    for name, blob in blobs().items():
        rules = Rules(blob)
        assert set(taken[name]) == set(HEADER) - {"crc32"}
        for field, texts in taken[name].items():
            opened = {int(text.rstrip("?")) for text in texts}
            allowed = rules.of(field)
            assert all(map(allowed, opened)), (name, field)
            wide = HEADER[field] == "I"
            tried = corners(rules.head[field]) if wide else set(range(65536))
            assert {v for v in tried if allowed(v)} <= opened, (name, field)
            for text in texts:
                must = rules.verified(field, int(text.rstrip("?")))
                assert text.endswith("?") != must, (name, field, text)


def with_field(blob: bytes, name: str, value: int) -> bytes:
    head = fields(blob, HEADER, 0) | {name: value}
    return with_crc(pack(HEADER, head) + blob[48:])


@pytest.mark.parametrize("field", ["input", "output", "n_stages", "n_outputs", "flags"])
def test_python_reads_them_or_says_what_is_wrong(field: str) -> None:
    """Never an exception of another kind, of whatever value."""
    for name in ("unread", "kind_3e", "vote_f32"):
        blob = blobs()[name]
        rules, opened = Rules(blob), 0
        whole = name == "unread" and field in ("input", "output")
        for value in range(0, 65536, 1 if whole else 31):
            try:
                Model.from_bytes(with_field(blob, field, value))
                opened += 1
            except FormatError:
                continue
            assert rules.of(field)(value)
        assert opened > 0 or not whole


@pytest.mark.parametrize("field", [f for f in HEADER if HEADER[f] == "I"])
def test_python_reads_the_corners_of_sizes(field: str) -> None:
    for blob in (
        blobs()[name] for name in ("unread", "kind_3e", "vote_f32", "program")
    ):
        for value in corners(Rules(blob).head[field]):
            if field.endswith("_size") and 1 << 22 < value <= LIMIT:
                continue  # memory that the blob may ask for, and is given
            try:
                Model.from_bytes(with_field(blob, field, value))
            except FormatError:
                continue
            assert field == "crc32" or Rules(blob).of(field)(value), value
