# SPDX-License-Identifier: MIT
"""Section "Gaussians" of SPEC.md."""

import struct

from spec_ops.f32 import add, mul, read, sub


def diag(payload, x, n_out):
    (flags,) = struct.unpack_from("<I", payload)
    low, shared = flags & 1, flags & 2
    constants, at = read(payload, 4, n_out), 4 + 4 * n_out
    if shared:
        factors, at = read(payload, at, n_out), at + 4 * n_out
    sums = [0.0] * n_out
    for value in x:
        e, at = [sub(value, m) for m in read(payload, at, n_out)], at + 4 * n_out
        if low:
            lows, at = read(payload, at, n_out), at + 4 * n_out
            e = [sub(a, b) for a, b in zip(e, lows, strict=True)]
        if not shared:
            factors, at = read(payload, at, n_out), at + 4 * n_out
        t = [mul(a, b) for a, b in zip(e, factors, strict=True)]
        sums = [add(s, mul(v, v)) for s, v in zip(sums, t, strict=True)]
    return [sub(a, b) for a, b in zip(constants, sums, strict=True)]


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
    (flags,) = struct.unpack_from("<I", payload)
    constants, at = read(payload, 4, n_out), 4 + 4 * n_out
    factors = at + 4 * n_out * n * (1 + (flags & 1))
    for k in range(n_out):
        e = [sub(v, m) for v, m in zip(x, read(payload, at, n), strict=True)]
        if flags & 1:
            lows = read(payload, at + 4 * n_out * n, n)
            e = [sub(v, low) for v, low in zip(e, lows, strict=True)]
        at += 4 * n
        own = 0 if flags & 2 else 4 * k * (n * (n + 1) // 2)
        s = 0.0
        for row in triangle(payload, factors + own, n):
            t = 0.0
            for f, v in zip(row, e, strict=False):
                t = add(t, mul(f, v))
            s = add(s, mul(t, t))
        y.append(sub(constants[k], s))
    return y


OPS = {"gauss_diag": diag, "gauss_full": full}
