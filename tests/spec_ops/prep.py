# SPDX-License-Identifier: MIT
"""Section "Preprocessing" of SPEC.md."""

import math
import struct

from spec_ops.f32 import NAN, add, bits, div, from_bits, mul, read, sub
from spec_ops.maths import ndtri


def order(n):
    """Of a number's bits."""
    if n & 0x7FFFFFFF > 0x7F800000:
        return 0
    if n == 0x80000000:
        n = 0
    return n ^ 0xFFFFFFFF if n >> 31 else n | 0x80000000


def orders(x):
    return [order(bits(v)) for v in x]


def words(payload, at, n):
    return list(struct.unpack_from(f"<{n}I", payload, at))


def impute(payload, x, n_out):
    missing, *values = words(payload, 0, 1 + n_out)
    return [
        from_bits(values[i] if o == order(missing) else bits(x[i]))
        for i, o in enumerate(orders(x))
    ]


def equals(payload, x, n_out):
    y, found = [], orders(x)
    for j in range(n_out):
        element, value = words(payload, 8 * j, 2)
        y.append(1.0 if found[element] == order(value) else 0.0)
    return y


def lookup(payload, x, n_out):
    (flags,), at, y = words(payload, 0, 1), 4, []
    for o in orders(x):
        n, other = words(payload, at, 2)
        keys, values = words(payload, at + 8, n), words(payload, at + 8 + 4 * n, n)
        at += 8 + 8 * n
        below = [k for k in range(n) if order(keys[k]) <= o]
        if below and (not flags & 1 or order(keys[below[-1]]) == o):
            other = values[below[-1]]
        y.append(from_bits(other))
    return y


def products(payload, x, n_out):
    code = "H" if max(len(x), n_out) <= 65535 else "I"
    numbers = struct.unpack_from(f"<{2 * n_out}{code}", payload)
    y = []
    for j in range(n_out):
        base, factor = numbers[2 * j], numbers[2 * j + 1]
        first = 1.0 if base == j else y[base]
        y.append(mul(first, 1.0 if factor == len(x) else x[factor]))
    return y


def between(x, x0, x1, y0, y1):
    if abs(y1) < abs(y0):
        y = add(y1, mul(div(sub(x1, x), sub(x1, x0)), sub(y0, y1)))
    else:
        y = add(y0, mul(div(sub(x, x0), sub(x1, x0)), sub(y1, y0)))
    if bits(y0) >> 31 == bits(y1) >> 31 and not math.isnan(y):
        y = math.copysign(y, y0)
    return y


def curve(keys, values, x):
    if math.isnan(x):
        return NAN
    if x < keys[0]:
        return values[0]
    k = max(k for k in range(len(keys)) if keys[k] <= x)
    if keys[k] == x or k == len(keys) - 1:
        return values[k]
    return between(x, keys[k], keys[k + 1], values[k], values[k + 1])


def interpolate(payload, x, n_out):
    at, y = 0, []
    for value in x:
        (n,) = words(payload, at, 1)
        y.append(
            curve(read(payload, at + 4, n), read(payload, at + 4 + 4 * n, n), value)
        )
        at += 4 + 8 * n
    return y


def tails(payload, x, n_out):
    (limit,) = read(payload, 0, 1)
    y = []
    for value in map(bits, x):
        z = from_bits(ndtri(value & 0x7FFFFFFF))
        if math.isnan(z):
            y.append(NAN)
            continue
        z = math.copysign(min(abs(z), limit), z)
        y.append(from_bits(bits(z) ^ (value & 0x80000000)))
    return y


OPS = {
    "impute": impute,
    "ndtri_two_sided": tails,
    "map_values": lookup,
    "one_hot": equals,
    "polynomial": products,
    "interpolate": interpolate,
}
