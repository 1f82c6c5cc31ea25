# SPDX-License-Identifier: MIT
"""Section "Bands and decibels" of SPEC.md."""

import struct

from spec_ops.f32 import add, bits, div, from_bits, mul, read, sub
from spec_ops.maths import exp, expm1, f, largest, log, log1p, sqrt


def bands(payload, x, n_out):
    rows, width, stride, n, biased = struct.unpack_from("<IHHHH", payload)
    listed = [struct.unpack_from("<HHI", payload, 12 + 8 * b) for b in range(n)]
    at = 12 + 8 * n
    starts = read(payload, at, n) if biased else [0.0] * n
    at += 4 * n if biased else 0
    weights = read(payload, at, (len(payload) - at) // 4)
    y = [0.0] * n_out
    for row in range(rows):
        for b, (start, length, first) in enumerate(listed):
            for lane in range(stride):
                total = starts[b]
                for k in range(length):
                    place = (row * width + start + k) * stride + lane
                    total = add(total, mul(weights[first + k], x[place]))
                y[(row * n + b) * stride + lane] = total
    return y


def decibels(payload, x, n_out):
    floor, scale, offset, top = read(payload, 0, 4)
    y = []
    for v in x:
        lifted = floor if v < floor else v
        y.append(add(mul(f(log, lifted), scale), offset))
    numbers = [v for v in y if v == v]
    if not bits(top) >> 31 and numbers:
        least = sub(max(numbers), top)
        y = [least if v < least else v for v in y]
    return y


def compressed(x, log_gain, bias, power, scale):
    if power != 0 and bias == 0:
        return f(exp, mul(power, add(f(log, x), log_gain)))
    y = mul(x, f(exp, log_gain))
    if power == 0:
        return f(log1p, y)
    return mul(scale, f(expm1, mul(power, f(log1p, div(y, bias)))))


def pcen(payload, x, old, state):
    (n,) = struct.unpack_from("<I", payload)
    rate, start, per_eps, log_eps, gain, *rest = read(payload, 4, 8)
    kept, at = [0] * n, None
    if len(payload) > 36:
        (at,) = struct.unpack_from("<I", payload, 36)
        kept = struct.unpack_from(f"<{n}I", state, at)
    levels, y = [from_bits(k ^ bits(start)) for k in kept], []
    for i, v in enumerate(x):
        level = add(levels[i % n], mul(rate, sub(v, levels[i % n])))
        levels[i % n] = level
        log_gain = mul(add(f(log1p, mul(level, per_eps)), log_eps), gain)
        y.append(compressed(v, log_gain, *rest))
    if at is not None:
        found = [bits(level) ^ bits(start) for level in levels]
        struct.pack_into(f"<{n}I", state, at, *found)
    return y


def hz(step, k):
    return mul(step, float(k))


def total_of(m):
    total = 0.0
    for v in m:
        total = add(total, v)
    return total


def energies(m):
    return [mul(v, v) for v in m]


def mean_hz(m, values):
    total, weighted = total_of(m), 0.0
    for v, weight in zip(values, m, strict=True):
        weighted = add(weighted, mul(v, weight))
    return 0.0 if total == 0 else div(weighted, total)


def centroid(m, before, freqs, number):
    return mean_hz(m, freqs)


def bandwidth(m, before, freqs, number):
    distances = [sub(v, mean_hz(m, freqs)) for v in freqs]
    return f(sqrt, mean_hz(m, energies(distances)))


def rolloff(m, before, freqs, number):
    least, total = mul(total_of(m), number), 0.0
    if least != least:
        return least
    for v, at in zip(m, freqs, strict=True):
        total = add(total, v)
        if total >= least:
            return at
    return freqs[-1]


def flatness(m, before, freqs, number):
    lifted = [number if v < number else v for v in energies(m)]
    n = float(len(m))
    mean = div(total_of(lifted), n)
    return f(exp, div(total_of([f(log, div(v, mean)) for v in lifted]), n))


def flux(m, before, freqs, number):
    if before is None:
        return 0.0
    return f(sqrt, total_of(energies(map(sub, m, before))))


def peak(m, before, freqs, number):
    return freqs[largest(m)]


def entropy(m, before, freqs, number):
    squares, total = energies(m), 0.0
    whole = total_of(squares)
    if whole == 0:
        return 0.0
    for v in squares:
        share = div(v, whole)
        if share != 0:
            total = sub(total, mul(share, f(log, share)))
    return mul(total, number)


def energy(m, before, freqs, number):
    return mul(total_of(energies(m)), number)


KINDS = [centroid, bandwidth, rolloff, flatness, flux, peak, entropy, energy]


def spectral(payload, x, n_out):
    rows, width, n = struct.unpack_from("<IHH", payload)
    (step,) = read(payload, 8, 1)
    y = []
    for row in range(rows):
        m = x[row * width : (row + 1) * width]
        last = x[(row - 1) * width : row * width] if row else None
        for k in range(n):
            kind, start, length, _, number = struct.unpack_from(
                "<4Hf", payload, 12 + 12 * k
            )
            part = slice(start, start + length)
            freqs = [hz(step, bin) for bin in range(start, start + length)]
            y.append(KINDS[kind](m[part], last and last[part], freqs, number))
    return y


OPS = {"bands": bands, "decibels": decibels, "spectral": spectral}
KEEPERS = {"pcen": pcen}
