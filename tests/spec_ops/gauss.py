# SPDX-License-Identifier: MIT
"""Section "Gaussians" of SPEC.md."""

import struct

from spec_ops.f32 import add, mul, read, sub


def components(payload, x, k):
    """Constant, differences and offset of the factors, of each component."""
    n = len(x)
    (flags,) = struct.unpack_from("<I", payload)
    constants = read(payload, 4, k)
    at = 4 + 4 * k
    factors = at + 4 * k * n * (1 + (flags & 1))
    for j in range(k):
        means = read(payload, at + 4 * j * n, n)
        e = [sub(v, m) for v, m in zip(x, means, strict=True)]
        if flags & 1:
            lows = read(payload, at + 4 * (k + j) * n, n)
            e = [sub(v, low) for v, low in zip(e, lows, strict=True)]
        yield constants[j], e, factors, flags & 2


def diag(payload, x, n_out):
    y, n = [], len(x)
    for k, (constant, e, at, shared) in enumerate(components(payload, x, n_out)):
        if shared:
            factors = read(payload, at + 4 * k, 1) * n
        else:
            factors = read(payload, at + 4 * k * n, n)
        s = 0.0
        for v, f in zip(e, factors, strict=True):
            t = mul(v, f)
            s = add(s, mul(t, t))
        y.append(sub(constant, s))
    return y


def triangle(payload, at, n):
    """Rows of factors."""
    rows = [[0.0] * (j + 1) for j in range(n)]
    first = 0
    while first < n:
        over = n % 4 if first == 0 else 0
        last = first + (over or 4) - 1
        for i in range(last + 1):
            for j in range(last, max(first, i) - 1, -1):
                (rows[j][i],) = read(payload, at, 1)
                at += 4
        first = last + 1
    assert at <= len(payload)
    return rows


def full(payload, x, n_out):
    y, n = [], len(x)
    for k, (constant, e, at, shared) in enumerate(components(payload, x, n_out)):
        at += 0 if shared else 4 * k * (n * (n + 1) // 2)
        s = 0.0
        for row in triangle(payload, at, n):
            t = 0.0
            for f, v in zip(row, e, strict=False):
                t = add(t, mul(f, v))
            s = add(s, mul(t, t))
        y.append(sub(constant, s))
    return y


OPS = {0x05010E0E: diag, 0x05020E0E: full}
