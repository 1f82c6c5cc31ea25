# SPDX-License-Identifier: MIT
"""Blobs that open, for turns of the code that no golden blob takes."""

import struct
from collections.abc import Iterator

from c.blobs import Leaf, Trees, single
from c.op_blob import op_blob
from c.op_codes import OP

from . import gauss
from .kernels import RBF
from .neighbors import DISTANCES, NEAREST, NEAREST_I16, f32

DENSE, POWER, NORMALIZE = OP["dense"], OP["power"], OP["normalize"]
Cases = Iterator[tuple[str, bytes]]


def gaussians() -> Cases:
    for name, code in (("diag", gauss.DIAG), ("full", gauss.FULL)):
        for n, k in ((3, 1), (3, 2), (5, 5)):
            for flags, good in gauss.variants(code, n, k):
                yield f"{name}_{n}x{k}_{flags}", op_blob(code, n, k, good)


def spans() -> Cases:
    powers = struct.pack("<I", 1) + f32(0, 1, 2, 0.5, 2, 1, 0, 1.5)
    yield "power_signed", op_blob(POWER, 4, 4, powers)
    for norm in (1, 2, 3, 4):
        for flags in (0, 1):
            payload = struct.pack("<HH", norm, flags)
            yield f"norm_{norm}_{flags}", op_blob(NORMALIZE, 3, 3, payload)


def layers() -> Cases:
    for n_in, n_out in ((2, 21), (800, 1), (1, 800)):
        payload = bytes(4) + f32(*(k % 7 - 3 for k in range(n_out * (n_in + 1))))
        yield f"dense_{n_in}x{n_out}", op_blob(DENSE, n_in, n_out, payload)


def neighbours() -> Cases:
    items = f32(0, 0, 1, -1, 0.5, 2)  # the first has no angle
    for metric in range(4):
        payload = struct.pack("<IHH", 3, 2, metric) + items
        yield f"nearest_{metric}", op_blob(NEAREST, 2, 4, payload)
    for metric in range(3):
        for root in (0, 1):
            payload = struct.pack("<HH", metric, root) + items
            yield f"distances_{metric}_{root}", op_blob(DISTANCES, 2, 3, payload)
    for metric in (0, 1):
        for width, code in ((1, "6B2x"), (2, "6h")):
            head = struct.pack("<IHHHh", 3, 2, metric, width, 0)
            payload = head + struct.pack(f"<{code}", 1, 2, 200, 9, 5, 100)
            name = f"nearest_i16_{metric}_{width}"
            yield name, op_blob(NEAREST_I16, 2, 6, payload)
    for degree in (1, 2):
        head = struct.pack("<III", 1, degree, 2)
        payload = head + f32(-0.5, 0.25, *range(6))
        yield f"rbf_{degree}", op_blob(RBF, 2, 1, payload)


def sums() -> Cases:
    for exponent in (-256, -150, -127, 127, 128, 256):
        for value in (0, 1, -3, 2**31 - 1):
            trees = Trees("f32", [Leaf([value])], 1)
            trees.leaf_width, trees.exponents = 4, [exponent]
            yield f"sum_{exponent}_{value}", single(trees, 1).bytes()


def valid() -> Cases:
    yield from gaussians()
    yield from spans()
    yield from layers()
    yield from neighbours()
    yield from sums()
