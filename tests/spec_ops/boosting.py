# SPDX-License-Identifier: MIT
"""Section "Boosting" of SPEC.md."""

import math
import struct

from spec_ops.f32 import bits
from spec_ops.prep import orders

EXACT, AGAIN = 1, 2


def key_of(x):
    """The ordered key, of -0 as of 0."""
    if x == 0:
        return 0
    n = bits(x)
    return -(n & 0x7FFFFFFF) - 1 if n >> 31 else n


def rank_of(x, keys, flags, missing):
    if math.isnan(x):
        return missing
    key = key_of(x)
    if flags & EXACT and key not in keys:
        return missing
    return sum(k < key for k in keys)


def rank(payload, x, n_out):
    at, keys, y = 8 * n_out, (), []
    for j in range(n_out):
        source, count, missing = struct.unpack_from("<IHH", payload, 8 * j)
        if not source & AGAIN:
            keys = struct.unpack_from(f"<{count}i", payload, at)
            at += 4 * count
        y.append(rank_of(x[source >> 2], keys, source & 3, missing))
    return y


def to_float32(number, exponent):
    """number * 2^exponent rounded once; number has 32 bits, two's complement."""
    number = (number + 2**31) % 2**32 - 2**31
    exact = math.ldexp(number, exponent)
    try:
        return struct.unpack("<f", struct.pack("<f", exact))[0]
    except OverflowError:
        return math.copysign(math.inf, exact)


def leaf_of(payload, at, depth, x):
    """The number of the leaf; questions start at `at`."""
    leaf = 0
    for i in range(depth):
        feature, threshold = struct.unpack_from("<HH", payload, at + 4 * i)
        leaf += (x[feature] > threshold) << i
    return leaf


def oblivious(payload, x, n_out):
    n_trees, shift = struct.unpack_from("<II", payload)
    exponents = struct.unpack_from(f"<{n_out}i", payload, 8)
    at, sums, width = 8 + 4 * n_out, [0] * n_out, 1 << shift
    for _ in range(n_trees):
        (depth,) = struct.unpack_from("<I", payload, at)
        leaf = leaf_of(payload, at + 4, depth, x)
        at += 4 + 4 * depth
        for k in range(n_out):
            place = at + (leaf * n_out + k) * width
            n_bytes = payload[place : place + width]
            sums[k] += int.from_bytes(n_bytes, "little", signed=True)
        size = (n_out << depth) * width
        at += size + -size % 4
    pairs = zip(sums, exponents, strict=True)
    return [to_float32(number, exponent) for number, exponent in pairs]


def median(payload, x, n_out):
    weights = struct.unpack(f"<{len(x)}I", payload)
    half, found = (sum(weights) + 1) // 2, orders(x)
    order, so_far = sorted(range(len(x)), key=lambda i: (found[i], i)), 0
    for i in order:
        so_far += weights[i]
        if so_far >= half:
            return [x[i]]
    raise AssertionError("the total is 0")


OPS = {
    "bucketize_u8": rank,
    "bucketize_i16": rank,
    "median": median,
    "oblivious_u8": oblivious,
}
