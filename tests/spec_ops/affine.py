# SPDX-License-Identifier: MIT
"""Section "Affine ops" of SPEC.md."""

import struct

from spec_ops.f32 import add, bits, div, from_bits, mul, read, rounded, sub


def cast(payload, x, n_out):
    return [float(v) for v in x]


def shares(payload, x, n_out):
    (total,) = read(payload, 0, 1)
    return [div(rounded(float(v)), total) for v in x]


def dense(payload, x, n_out):
    relu = struct.unpack_from("<I", payload)[0] & 1
    y = read(payload, 4, n_out)
    at = 4 + 4 * n_out
    for first in range(0, n_out, 4):
        width = min(4, n_out - first)
        for value in x:
            weights = read(payload, at, width)
            at += 4 * width
            for j, weight in enumerate(weights):
                y[first + j] = add(y[first + j], mul(weight, value))
    if relu:
        y = [0.0 if bits(v) >> 31 else v for v in y]
    return y


def affine(payload, x, n_out):
    (flags,) = struct.unpack_from("<I", payload)
    at, y = 4, list(x)
    for flag, step in ((1, sub), (2, sub), (4, mul), (8, add)):
        if flags & flag:
            y = [step(a, b) for a, b in zip(y, read(payload, at, n_out), strict=True)]
            at += 4 * n_out
    return y


def gather(payload, x, n_out):
    code = "H" if len(x) <= 65536 else "I"
    indices = struct.unpack_from(f"<{n_out}{code}", payload)
    return [from_bits(bits(x[i])) for i in indices]


def mix(payload, x, n_out):
    weights = read(payload, 0, len(x) // n_out)
    y = [mul(weights[0], v) for v in x[:n_out]]
    for i, weight in enumerate(weights[1:], 1):
        part = x[i * n_out : (i + 1) * n_out]
        y = [add(a, mul(weight, v)) for a, v in zip(y, part, strict=True)]
    return y


OPS = {
    "cast_u8": cast,
    "cast_i16": cast,
    "votes_to_proba": shares,
    "dense": dense,
    "affine": affine,
    "gather": gather,
    "weighted_sum": mix,
}
