# SPDX-License-Identifier: MIT
"""Section "Fourier transforms" of SPEC.md."""

import math
import struct

from spec_ops.f32 import add, div, mul, read, rounded, sub
from spec_ops.signal_features import length_of

C, D = rounded(math.cos(2 * math.pi / 5)), rounded(math.cos(4 * math.pi / 5))
S, T = rounded(math.sin(2 * math.pi / 5)), rounded(math.sin(4 * math.pi / 5))
SIN3 = rounded(math.sin(2 * math.pi / 3))


def radices(n):
    found, twos = [], 0
    while n % 2 == 0:
        n, twos = n // 2, twos + 1
    found = [2] * (twos % 2) + [4] * (twos // 2)
    for r in (3, 5):
        while n % r == 0:
            n, found = n // r, [*found, r]
    assert n == 1
    return found


def plus(a, b):
    return add(a[0], b[0]), add(a[1], b[1])


def minus(a, b):
    return sub(a[0], b[0]), sub(a[1], b[1])


def times(a, f):
    return mul(a[0], f), mul(a[1], f)


def less_i(u, x):
    return add(u[0], x[1]), sub(u[1], x[0])


def more_i(u, x):
    return sub(u[0], x[1]), add(u[1], x[0])


def turned(x, w):
    re = sub(mul(x[0], w[0]), mul(x[1], w[1]))
    return re, add(mul(x[0], w[1]), mul(x[1], w[0]))


def join(z):
    if len(z) == 2:
        a, b = z
        return [plus(a, b), minus(a, b)]
    if len(z) == 3:
        a, b, c = z
        s, t = plus(b, c), times(minus(b, c), SIN3)
        u = minus(a, times(s, 0.5))
        return [plus(a, s), less_i(u, t), more_i(u, t)]
    if len(z) == 4:
        a, b, c, d = z
        s, t, u, v = plus(a, c), minus(a, c), plus(b, d), minus(b, d)
        return [plus(s, u), less_i(t, v), minus(s, u), more_i(t, v)]
    a, b, c, d, e = z
    s, t, p, q = plus(b, e), plus(c, d), minus(b, e), minus(c, d)
    u = plus(a, plus(times(s, C), times(t, D)))
    v = plus(times(p, S), times(q, T))
    w = plus(a, plus(times(s, D), times(t, C)))
    y = minus(times(p, T), times(q, S))
    return [
        plus(a, plus(s, t)),
        less_i(u, v),
        less_i(w, y),
        more_i(w, y),
        more_i(u, v),
    ]


def transform(x, table):
    """Of complex numbers; and how many numbers of the table it took."""
    n, rs = len(x), radices(len(x))
    z = [(0.0, 0.0)] * n
    for place in range(n):
        m, rest, step = 0, place, n
        for r in rs:
            step //= r
            m += rest % r * step
            rest //= r
        z[place] = x[m]
    length, at = 1, 0
    for r in rs:
        for k in range(length):
            plain = r == 2 or (r == 4 and k == 0)
            w = [(1.0, 0.0)] * (r - 1)
            if not plain:
                w = [(table[at + 2 * q], table[at + 2 * q + 1]) for q in range(r - 1)]
                at += 2 * (r - 1)
            for b in range(0, n, r * length):
                places = [b + k + q * length for q in range(r)]
                group = [z[i] for i in places]
                if not plain:
                    group[1:] = [
                        turned(v, f) for v, f in zip(group[1:], w, strict=True)
                    ]
                for i, value in zip(places, join(group), strict=True):
                    z[i] = value
        length *= r
    return z, at


def of_samples(x, table):
    n = len(x)
    if n % 2:
        return transform([(v, 0.0) for v in x], table)[0][: n // 2 + 1]
    z, at = transform(list(zip(x[::2], x[1::2], strict=True)), table)
    half = n // 2
    y = [(0.0, 0.0)] * (half + 1)
    y[0] = add(z[0][0], z[0][1]), 0.0
    y[half] = sub(z[0][0], z[0][1]), 0.0
    for k in range(1, half // 2 + 1):
        a, b = z[k], z[half - k]
        c, s = table[at + 2 * k - 2], table[at + 2 * k - 1]
        r, h = mul(add(a[0], b[0]), 0.5), sub(a[1], b[1])
        d, m = sub(a[0], b[0]), add(a[1], b[1])
        u, v = sub(mul(c, m), mul(s, d)), add(mul(c, d), mul(s, m))
        y[k] = add(r, u), sub(mul(h, 0.5), v)
        y[half - k] = sub(r, u), sub(mul(h, -0.5), v)
    return y


def mean(numbers, less):
    total = 0.0
    for v in numbers:
        total = add(total, sub(v, less))
    return div(total, float(len(numbers))) if numbers else 0.0


def of_kind(kind, re, im):
    if kind == 0:
        return [re, im]
    return [length_of([re, im]) if kind == 2 else add(mul(re, re), mul(im, im))]


def stft(payload, x, n_out):
    n_frames, hop, before = struct.unpack_from("<3I", payload)
    n_fft, length, lead, kind, flags, channels, first, n_channels = struct.unpack_from(
        "<8H", payload, 12
    )
    at, tapered = 28, flags & 1
    taper = read(payload, at, length) if tapered else None
    at += 4 * length * tapered
    table = read(payload, at, (len(payload) - at) // 4)
    y = []
    for c in range(first, first + n_channels):
        samples = x[c::channels]
        for f in range(n_frames):
            frame = [None] * n_fft
            for t in range(lead, lead + length):
                i = f * hop + t - before
                if 0 <= i < len(samples):
                    frame[t] = (samples[i],)
            own = [v[0] for v in frame if v]
            m = mean(own, 0.0) if flags & 2 else 0.0
            r = mean(own, m) if flags & 2 else 0.0
            for t, found in enumerate(frame):
                if found:
                    v = sub(sub(found[0], m), r) if flags & 2 else found[0]
                    frame[t] = mul(v, taper[t - lead]) if taper else v
                else:
                    frame[t] = 0.0
            for re, im in of_samples(frame, table):
                y += of_kind(kind, re, im)
    return y + [0.0] * (n_out - len(y))


OPS = {"stft": stft}
