# SPDX-License-Identifier: MIT
"""Small blobs that ask for much work, in open or in a run, and their neighbours."""

import struct
from collections.abc import Iterator

from c.blobs import ARENA, F32
from c.op_blob import op_blob, program_blob, stage_of
from c.op_codes import OP

Cases = Iterator[tuple[str, bytes]]

MIX, GATHER, EQUALS = OP["weighted_sum"], OP["gather"], OP["one_hot"]
SQUARE, SOFTMAX, WINNER = OP["square"], OP["softmax"], OP["onehot_argmax"]
VOTES, SHARES, MEANS = OP["neighbor_votes"], OP["neighbor_shares"], OP["neighbor_means"]
FULL, COUPLE = OP["gauss_full"], OP["pairwise_coupling"]
TREES = {
    "vote": OP["trees_vote_f32"],
    "soft": OP["trees_soft_f32"],
    "sum": OP["trees_sum_f32"],
    "add": OP["trees_add_f32"],
}


def halves(code: int, count: int, times: int, payload: bytes = b"") -> bytes:
    """Stages from one half of an arena of floats to the other, again and again,
    and one from x to y."""
    stages = []
    for k in range(times):
        at = 4 * count * (k % 2)
        where = {"in_space": ARENA, "out_space": ARENA}
        where |= {"in_offset": at, "out_offset": 4 * count - at}
        stages.append((stage_of(code, count, count, len(payload)) | where, payload))
    stages.append((stage_of(SQUARE, 1, 1, 0), b""))
    return program_blob(stages, 1, 1, 8 * count)


def neighbors(code: int, k: int, items: int = 1) -> bytes:
    """A table of items with 64 values each, for lists of k neighbours."""
    flags, n_out = (2 if code == SHARES else 0), (64 if code == MEANS else 1)
    width = 4 if code == MEANS else 1
    payload = struct.pack("<IHH", items, 64, flags) + bytes(64 * width * items)
    n_in = 2 * k if flags else k
    stage = stage_of(code, n_in, n_out, len(payload)) | {"in_space": ARENA}
    return program_blob([(stage, payload)], 1, n_out, 4 * n_in, input=F32)


def lone_trees(kind: str, n_trees: int, n_out: int) -> bytes:
    """Trees without a split that share one leaf, of x (1 element)."""
    sums = kind in ("sum", "add")
    exponents = bytes(4 * n_out) if kind == "sum" else b""
    leaf = bytes(n_out << 2 if kind == "add" else n_out if kind == "sum" else 1)
    head = struct.pack(
        "<IIIIHH",
        n_trees,
        20 + len(exponents) + 8 * n_trees,
        0,
        0 if sums else 1,
        2 if kind == "add" else 0,
        0x0101 if kind == "soft" else 0,
    )
    payload = head + exponents + bytes(8 * n_trees) + leaf
    return op_blob(TREES[kind], 1, n_out, payload + bytes(-len(payload) % 4))


def full(n: int, k: int) -> bytes:
    """k Gaussians of n features that share a triangle."""
    floats = k + k * n + n * (n + 1) // 2
    return op_blob(FULL, n, k, struct.pack("<I", 2) + bytes(4 * floats))


def couple(k: int) -> bytes:
    """Probabilities of k classes from their pairs."""
    pairs = k * (k - 1) // 2
    payload = struct.pack("<I", k) + bytes(8 * pairs)
    return op_blob(COUPLE, pairs, pairs + 3 * k, payload)


def chosen(code: int, payload: bytes, n_stages: int = 300) -> bytes:
    """Stages that take one of many elements each: the others cost nothing."""
    stages = []
    for k in range(n_stages):
        stage = stage_of(code, 4096, 1, len(payload)) | {"out_offset": 4 * k}
        stages.append((stage, payload))
    return program_blob(stages, 4096, n_stages)


def work() -> Cases:
    """Each ends in status WORK."""
    yield "winners", halves(WINNER, 0x01FFFFFC, 300, struct.pack("<I", 1))
    yield "softmaxes", halves(SOFTMAX, 1024, 200)
    for kind in ("soft", "sum", "add"):
        yield f"lone_{kind}", lone_trees(kind, 500, 1000)
    yield "full_shared", full(200, 300)
    yield "couple", couple(300)


def cases() -> Cases:
    """Each ends in status PAYLOAD."""
    for name, code in (("votes", VOTES), ("shares", SHARES), ("means", MEANS)):
        yield f"neighbors_{name}", neighbors(code, 2)
        yield f"neighbors_many_{name}", neighbors(code, 1000, 3)
    far = 0x01FFFFFC
    yield "winner_rest", halves(WINNER, far, 1, struct.pack("<I", 5))
    yield "winner_more", halves(WINNER, 8, 1, struct.pack("<I", 9))
    yield "winner_twice", halves(WINNER, 8, 1, struct.pack("<I", 16))
    wide = stage_of(MIX, far, 1, 4) | {"in_space": ARENA}
    yield "mix_ones", program_blob([(wide, bytes(4))], 1, 1, 4 * far)


def valid() -> Cases:
    yield "winner_ones", halves(WINNER, 1000, 9, struct.pack("<I", 1))
    yield "winner_groups", halves(WINNER, 999, 9, struct.pack("<I", 37))
    yield "softmaxes_few", halves(SOFTMAX, 256, 100)
    yield "lone_vote", lone_trees("vote", 500, 500)
    for kind in ("soft", "sum", "add"):
        yield f"lone_few_{kind}", lone_trees(kind, 60, 100)
    yield "full_few", full(8, 12)
    yield "couple_few", couple(12)
    yield "chosen", chosen(GATHER, bytes(4))
    yield "chosen_equals", chosen(EQUALS, bytes(8))
    for name, code in (("votes", VOTES), ("shares", SHARES), ("means", MEANS)):
        yield f"neighbors_{name}_edge", neighbors(code, 3, 3)
