# SPDX-License-Identifier: MIT
"""Valid blobs that ask for as much work as they can: what the bounds of bounds.h are
held against, beside what the fuzz target "work" finds for itself."""

import struct

import numpy as np
from c.blobs import ARENA
from c.hostile_ops import work
from c.op_blob import op_blob, program_blob, stage_of
from c.op_codes import OP

NEAREST, NEAREST_I16, NEAREST_POWER = (
    OP["nearest"],
    OP["nearest_i16"],
    OP["nearest_power"],
)
DOT, RBF, TANH, MATERN = (
    OP["kernel_dot"],
    OP["kernel_rbf"],
    OP["kernel_tanh"],
    OP["kernel_matern"],
)
SQRT, NDTRI, COS, SOFTPLUS = OP["sqrt"], OP["ndtri"], OP["cos"], OP["softplus"]
INTERPOLATE, LOOKUP = OP["interpolate"], OP["map_values"]
OVO = OP["ovo"]
LIST = 1024  #: most neighbours of a list


def floats(values: object) -> bytes:
    return np.asarray(values, "<f4").tobytes()


def falling(n: int) -> bytes:
    """Items of one number, each nearer to 0 than the one before."""
    return floats(np.arange(n, 0, -1))


def nearest(n: int) -> dict[str, bytes]:
    """Each item goes to the list's start, and all others there move."""
    head = struct.pack("<IHH", n, LIST, 0)
    power = struct.pack("<IHHff", n, LIST, 3, 0.5, 0.25)
    integers = struct.pack("<IHHHh", n, LIST, 0, 1, 0)
    octets = (255 - np.arange(n) * 256 // n).astype(np.uint8).tobytes()
    return {
        "nearest": listed(NEAREST, 2 * LIST, head + falling(n)),
        "nearest_power": listed(NEAREST_POWER, 2 * LIST, power + falling(n)),
        "nearest_i16": listed(NEAREST_I16, 3 * LIST, integers + octets),
    }


def listed(code: int, n_out: int, payload: bytes) -> bytes:
    """A list of neighbours of x (one number), and its first number as the answer."""
    payload += bytes(-len(payload) % 4)
    find = stage_of(code, 1, n_out, len(payload)) | {"out_space": ARENA}
    last = stage_of(OP["votes_to_proba"], 1, 1, 4) | {"in_space": ARENA}
    stages = [(find, payload), (last, floats([1]))]
    return program_blob(stages, 1, 1, 4 * n_out)


def kernel(code: int, rows: int, degree: int) -> bytes:
    payload = struct.pack("<IIIff", 1, degree, rows, 1.0, 0.0)
    return op_blob(code, 1, 1, payload + floats(np.ones(2 * rows)))


def chain(codes: tuple[int, ...], n: int, times: int) -> bytes:
    """Functions of n numbers in turn, from one half of the arena to the other."""
    stages = []
    for k in range(times):
        at = 4 * n * (k % 2)
        where = {"in_space": ARENA, "out_space": ARENA}
        where |= {"in_offset": at, "out_offset": 4 * n - at}
        stages.append((stage_of(codes[k % len(codes)], n, n, 0) | where, b""))
    stages.append((stage_of(NDTRI, 1, 1, 0), b""))
    return program_blob(stages, 1, 1, 8 * n)


def searches(code: int, n: int, keys: int) -> bytes:
    """n tables of so many keys."""
    head = b"" if code == INTERPOLATE else struct.pack("<I", 0)
    table = struct.pack("<I", keys) + (b"" if code == INTERPOLATE else bytes(4))
    table += floats(np.arange(keys)) + floats(np.ones(keys))
    return op_blob(code, n, n, head + table * n)


def pairs(k: int, times: int) -> bytes:
    """Votes of k classes from all of their pairs, which lie in the arena."""
    n = k * (k - 1) // 2
    where = {"in_space": ARENA, "out_space": ARENA, "out_offset": 4 * n}
    payload = struct.pack("<II", k, 1)
    stages = [(stage_of(OVO, n, k, 8) | where, payload)] * times
    last = stage_of(NDTRI, 1, 1, 0), b""
    return program_blob([*stages, last], 1, 1, 4 * (n + k))


def blobs() -> dict[str, bytes]:
    """By name; each opens."""
    found = nearest(12_000)
    found |= {
        "couple": work.couple(14),
        "full": work.full(60, 90),
        "kernel_dot": kernel(DOT, 4000, 65535),
        "kernel_rbf": kernel(RBF, 4000, 2),
        "kernel_tanh": kernel(TANH, 4000, 1),
        "kernel_matern": kernel(MATERN, 4000, 3),
        "softplus": chain((SOFTPLUS,), 1000, 64),
        "sqrt": chain((SQRT, COS), 1000, 64),
        "interpolate": searches(INTERPOLATE, 400, 8),
        "lookup": searches(LOOKUP, 400, 8),
        "pairs": pairs(90, 20),
        "pairs_far": pairs(11_000, 60),
        "chosen": work.chosen(work.GATHER, bytes(4)),
    }
    for kind in ("vote", "soft", "sum", "add"):
        found[f"lone_{kind}"] = work.lone_trees(kind, 120, 200)
    return {f"heavy_{name}": blob for name, blob in found.items()}
