# SPDX-License-Identifier: MIT
"""Section "Kernel machines" of SPEC.md."""

import math
import struct
from functools import cache
from itertools import combinations

from c.op_codes import OP

from spec_ops.f32 import INFINITY, add, bits, div, from_bits, mul, read, sub

EXP, TANH, LOGISTIC, SQRT = "exp", "tanh", "logistic", "sqrt"
ZERO = 0x80000000


@cache
def function(name):
    from spec_ops import load

    op = load()[OP[name]]
    return lambda value: op(b"", [value], 1)[0]


def magnitude(x):
    return from_bits(bits(x) & 0x7FFFFFFF)


def product(x, row, factor, degree):
    for value, weight in zip(x, row, strict=True):
        factor = add(factor, mul(weight, value))
    return factor


def dot_kernel(x, row, factor, degree):
    base, power = product(x, row, factor, degree), 1.0
    while True:
        if degree & 1:
            power = mul(power, base)
        degree >>= 1
        if degree == 0:
            return power
        base = mul(base, base)


def distance(x, row, degree):
    total = 0.0
    for value, stored in zip(x, row, strict=True):
        apart = sub(value, stored)
        total = add(total, magnitude(apart) if degree == 1 else mul(apart, apart))
    return total


def rbf_kernel(x, row, factor, degree):
    return function(EXP)(mul(factor, distance(x, row, degree)))


def matern_kernel(x, row, factor, degree):
    t = function(SQRT)(mul(factor, distance(x, row, 2)))
    value = function(EXP)(mul(-1.0, t))
    if degree == 1 or bits(value) == 0:
        return value
    square = 0.0 if degree == 2 else div(mul(t, t), 3.0)
    return mul(add(add(square, t), 1.0), value)


def tanh_kernel(x, row, factor, degree):
    return function(TANH)(product(x, row, factor, degree))


def kahan(total, rest, term):
    term = sub(term, rest)
    following = add(total, term)
    rest = sub(sub(following, total), term)
    if math.isnan(rest) or abs(rest) == INFINITY:
        rest = 0.0
    return following, rest


def others(c, k):
    """Pairs that class c is in, by the other class."""
    at = {pair: n for n, pair in enumerate(combinations(range(k), 2))}
    return [(d, at[min(c, d), max(c, d)]) for d in range(k) if d != c]


def machine(kernel):
    def run(payload, x, n_out):
        n_sections, degree = struct.unpack_from("<II", payload)
        counts = struct.unpack_from(f"<{n_sections}I", payload, 8)
        at = 8 + 4 * n_sections
        (factor,) = read(payload, at, 1)
        n = 1 if n_out == 1 else n_out // 2
        sums, rests = read(payload, at + 4, n), [0.0] * n
        at += 4 + 4 * n
        for c, count in enumerate(counts):
            targets = list(range(n))
            if n_sections > 1:
                targets = [pair for _, pair in others(c, n_sections)]
            for _ in range(count):
                row = read(payload, at, len(x))
                coefficients = read(payload, at + 4 * len(x), len(targets))
                at += 4 * (len(x) + len(targets))
                value = kernel(x, row, factor, degree)
                for j, weight in zip(targets, coefficients, strict=True):
                    term = mul(weight, value)
                    sums[j], rests[j] = kahan(sums[j], rests[j], term)
        assert at == len(payload)
        return sums if n_out == 1 else sums + rests

    return run


def order(x):
    """An integer that orders numbers; NaN is lowest."""
    if math.isnan(x):
        return 0
    n = bits(0.0 if x == 0 else x)
    return ~n & 0xFFFFFFFF if n >> 31 else n | ZERO


def ovo(payload, x, n_out):
    k, parts = struct.unpack("<II", payload)
    votes, decisions = [], []
    for c in range(k):
        won = lead = total = 0.0
        for d, pair in others(c, k):
            key = order(x[pair])
            if d < c:
                total = sub(total, x[pair])
                won, lead = won + (key <= ZERO), lead + (key < ZERO)
            else:
                total = add(total, x[pair])
                won, lead = won + (key > ZERO), lead + (key >= ZERO)
        size = mul(3.0, add(magnitude(total), 1.0))
        votes.append(float(won))
        decisions.append(add(float(lead), div(total, size)))
    return (votes if parts & 1 else []) + (decisions if parts & 2 else [])


def share(x):
    p = function(LOGISTIC)(x)
    if math.isnan(p):
        return p
    return min(max(p, from_bits(0x33D6BF95)), from_bits(0x3F7FFFFE))


def matrix(payload, x, k):
    """Q of pairwise coupling, as rows."""
    n = len(x)
    slopes, biases = read(payload, 4, n), read(payload, 4 + 4 * n, n)
    q = [[0.0] * k for _ in range(k)]
    for at, (i, j) in enumerate(combinations(range(k), 2)):
        f = add(mul(x[at], slopes[at]), biases[at])
        second = share(f)
        first = share(from_bits(bits(f) ^ ZERO) if f == f else f)
        q[i][i] = add(q[i][i], mul(second, second))
        q[j][j] = add(q[j][j], mul(first, first))
        q[i][j] = q[j][i] = mul(-1.0, mul(second, first))
    return q


def products(q, p):
    """Q p, and p Q p."""
    k, qp, total = len(p), [], 0.0
    for c in range(k):
        value = mul(q[c][c], p[c])
        for d in range(k):
            if d != c:
                value = add(value, mul(q[c][d], p[d]))
        qp.append(value)
        total = add(total, mul(p[c], value))
    return qp, total


def improve(q, p, qp, total):
    """One round: p and qp are changed in place."""
    k = len(p)
    for c in range(k):
        step = div(sub(total, qp[c]), q[c][c])
        whole = add(1.0, step)
        p[c] = add(p[c], step)
        part = mul(step, add(mul(step, q[c][c]), add(qp[c], qp[c])))
        total = div(div(add(total, part), whole), whole)
        for d in range(k):
            qp[d] = div(add(qp[d], mul(step, q[c][d])), whole)
            p[d] = div(p[d], whole)


def couple(payload, x, n_out):
    (k,) = struct.unpack_from("<I", payload)
    q = matrix(payload, x, k)
    p, qp = [div(1.0, float(k))] * k, [0.0] * k
    limit = bits(div(from_bits(0x3BA3D70A), float(k)))
    for _ in range(max(100, k)):
        qp, total = products(q, p)
        if all(bits(magnitude(sub(v, total))) < limit for v in qp):
            break
        improve(q, p, qp, total)
    own = [q[c][c] for c in range(k)]
    return p + qp + own + [q[i][j] for i, j in combinations(range(k), 2)]


OPS = {
    "kernel_dot": machine(dot_kernel),
    "kernel_rbf": machine(rbf_kernel),
    "kernel_tanh": machine(tanh_kernel),
    "ovo": ovo,
    "pairwise_coupling": couple,
    "kernel_matern": machine(matern_kernel),
}
