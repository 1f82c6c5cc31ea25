# SPDX-License-Identifier: MIT
"""Section "Signal: integers" of SPEC.md."""

import math
import struct
from itertools import pairwise


def short(x):
    """int16 as conversions have it."""
    return (x + 0x8000) % 0x10000 - 0x8000


def halves(payload, at, n, code="h"):
    """n numbers of 16 bits, and where they end with padding."""
    found = list(struct.unpack_from(f"<{n}{code}", payload, at))
    return found, at + 2 * (n + n % 2)


def clip(x, low=0):
    return min(max(x, low), 32767)


def rounded(x, bits):
    """x / 2^bits, rounded half up."""
    return (x + (1 << bits >> 1)) >> bits


def divided(x, bits):
    """x / 2^bits, rounded half down."""
    return (x + (((1 << bits) - 1) >> 1)) >> bits


def log2(x):
    if x == 0:
        return 0
    n = x.bit_length() - 1
    if n > 31:  # the highest 32 bits
        x >>= n - 31
    f = (x << 15 >> min(n, 31)) & 0x7FFF
    m = 14384 - (f * (7851 - (f * 2709 >> 15)) >> 15)
    m = (f * (32768 - f) >> 15) * m >> 15
    return ((n << 15) + f + m + 64) >> 7


def factors(payload, at, bits, last):
    """Twiddle factors of each pass with step L, then `last` ones of the split."""
    passes, step = {}, 2 if bits % 2 == 0 else 4
    while step < 1 << (bits - 1):
        numbers, at = halves(payload, at, 6 * (step - 1))
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        passes[step] = [pairs[3 * k : 3 * k + 3] for k in range(step - 1)]
        step *= 4
    numbers, at = halves(payload, at, 2 * last)
    return passes, list(zip(numbers[::2], numbers[1::2], strict=True)), at


def turned(z, w, point=15):
    (a, b), (c, d) = z, w
    return rounded(a * c - b * d, point), rounded(a * d + b * c, point)


def reversed_bits(z):
    bits = len(z).bit_length() - 1
    return [z[int(f"{i:0{bits}b}"[::-1], 2)] for i in range(len(z))]


def width(z):
    """Bits of the largest number without its sign."""
    return max((x if x >= 0 else ~x).bit_length() for pair in z for x in pair)


def four(z, at, step, shift, w):
    """A butterfly."""
    (ar, ai), b, c, d = (z[at + k * step] for k in range(4))
    if w:
        b, c, d = turned(b, w[1]), turned(c, w[0]), turned(d, w[2])
    (br, bi), (cr, ci), (dr, di) = b, c, d
    sr, si, tr, ti = cr + dr, ci + di, cr - dr, ci - di
    y = [
        (ar + br + sr, ai + bi + si),
        (ar - br + ti, ai - bi - tr),
        (ar + br - sr, ai + bi - si),
        (ar - br - ti, ai - bi + tr),
    ]
    for k, (re, im) in enumerate(y):
        z[at + k * step] = short(divided(re, shift)), short(divided(im, shift))


def excess(z, most):
    return max(width(z) - most, 0)


def fft_passes(z, bits, passes):
    """Complex numbers in the order of their reversed bits, transformed; the
    exponent."""
    odd = bits % 2 == 0
    wide = width(z)
    grow = max(13 + odd - wide, 0) if any(map(any, z)) else 0
    z = [(a << grow, b << grow) for a, b in z]
    exponent, shift = -grow, excess(z, 13 + odd)
    exponent += shift
    if odd:
        for at in range(0, len(z), 2):
            (ar, ai), (br, bi) = z[at], z[at + 1]
            z[at] = divided(ar + br, shift), divided(ai + bi, shift)
            z[at + 1] = divided(ar - br, shift), divided(ai - bi, shift)
    else:
        for at in range(0, len(z), 4):
            four(z, at, 1, shift, None)
    for step, own in passes.items():
        shift = excess(z, 12)
        exponent += shift
        for start in range(0, len(z), 4 * step):
            for k in range(step):
                four(z, start + k, step, shift, own[k - 1] if k else None)
    return z, exponent


def rfft(x, bits, passes, split):
    """X[0] and X[n / 2] as one pair, then the others; the exponent."""
    pairs = list(zip(x[::2], x[1::2], strict=True))
    z, exponent = fft_passes(reversed_bits(pairs), bits, passes)
    shift, n = excess(z, 13), len(z)
    y = list(z)
    re, im = z[0]
    y[0] = divided(re + im, shift), divided(re - im, shift)
    for k in range(1, n // 2):
        (ar, ai), (br, bi) = z[k], z[n - k]
        pr, pi = turned((ar - br, ai + bi), split[k - 1], 14)
        sr, si = ar + br, ai - bi
        y[k] = divided(sr + pr, shift + 1), divided(si + pi, shift + 1)
        y[n - k] = divided(sr - pr, shift + 1), divided(pi - si, shift + 1)
    re, im = z[n // 2]
    y[n // 2] = divided(re, shift), divided(-im, shift)
    return y, exponent + shift


def log_bands(payload, x, n_out):
    _, channels, hop, n, frame, bits, n_bands = struct.unpack_from("<I6H", payload)
    taper, at = halves(payload, 20, frame)
    passes, split, at = factors(payload, at, bits, (1 << bits) // 4 - 1)
    bands = list(struct.iter_unpack("<HHi", payload[at : at + 8 * n_bands]))
    weights, _ = halves(payload, at + 8 * n_bands, sum(b[1] for b in bands), "H")
    y = []
    for c in range(channels):
        own = [int(v) for v in x[c::channels]]
        for t in range(n):
            part = own[t * hop : t * hop + frame]
            spare = 15 - max(1, *((v if v >= 0 else ~v) for v in part)).bit_length()
            z = [
                short(rounded(v * w, 15 - spare))
                for v, w in zip(part, taper, strict=True)
            ]
            z += [0] * ((1 << bits) - frame)
            X, exponent = rfft(z, bits, passes, split)
            squares = [X[0][0] ** 2, *(a * a + b * b for a, b in X[1:]), X[0][1] ** 2]
            at = 0
            for first, count, offset in bands:
                own_weights = weights[at : at + count]
                at += count
                total = sum(
                    s * w for s, w in zip(squares[first:], own_weights, strict=False)
                )
                more = offset + 512 * (exponent - spare)
                y.append(clip(log2(total) + more) if total else 0)
    return y + [0] * (n_out - len(y))


def time_features(payload, x, n_out):
    length, channels, n, _ = struct.unpack_from("<4H", payload)
    codes, _ = halves(payload, 8, n, "H")
    y = []
    for c in range(channels):
        own = [int(v) for v in x[c::channels]]
        steps = [b - a for a, b in pairwise(own)]
        total, squares = sum(own), sum(v * v for v in own)
        spread = length * squares - total * total
        found = [
            (2 * total + length) // (2 * length),
            (2 * sum(map(abs, own)) + length) // (2 * length),
            (2 * sum(map(abs, steps)) + length - 1) // (2 * (length - 1))
            if steps
            else 0,
            min(own),
            max(own),
            max(own) - min(own),
            max(map(abs, own)),
            math.isqrt(length * squares) // length,
            math.isqrt(spread) // length,
            sum((a < 0) != (b < 0) for a, b in pairwise(own)),
            sum(a * b < 0 for a, b in pairwise(steps)),
            log2(squares),
            log2(spread),
            log2(sum(map(abs, steps))),
        ]
        y += [min(found[code], 32767) for code in codes]
    return y


def over(z, part):
    """Q15 products with a part of 1."""
    return tuple(short(rounded(v * part, 15)) for v in z)


def digits(i, n):
    """The place of a number: its digits of base 4, the last of base 2, reversed."""
    place = 0
    while n > 1:
        base = 4 if n >= 4 else 2
        n //= base
        place += i % base * n
        i //= base
    return place


def mf_transform(x, bits, passes, split):
    """Squares of magnitudes of frequencies from 1 on."""
    n = 1 << (bits - 1)
    z = [(0, 0)] * n
    for i in range(n):
        z[digits(i, n)] = x[2 * i], x[2 * i + 1]
    if bits % 2 == 0:
        for at in range(0, n, 2):
            (ar, ai), (br, bi) = over(z[at], 16383), over(z[at + 1], 16383)
            z[at], z[at + 1] = (
                (short(ar + br), short(ai + bi)),
                (short(ar - br), short(ai - bi)),
            )
    for step in [1] * (bits % 2) + list(passes):
        for start in range(0, n, 4 * step):
            for k in range(step):
                four_over(z, start + k, step, passes[step][k - 1] if k else None)
    squares = [0] * n
    for k in range(1, n // 2 + 1):
        a, b = over(z[k], 16383), z[n - k]
        b = over((b[0], short(-b[1])), 16383)
        s = short(a[0] + b[0]), short(a[1] + b[1])
        d = short(a[0] - b[0]), short(a[1] - b[1])
        t = tuple(map(short, turned(d, split[k - 1])))
        squares[k] = ((s[0] + t[0]) >> 1) ** 2 + ((s[1] + t[1]) >> 1) ** 2
        squares[n - k] = ((s[0] - t[0]) >> 1) ** 2 + ((t[1] - s[1]) >> 1) ** 2
    return squares


def four_over(z, at, step, w):
    """A butterfly of numbers over 4."""
    a, b, c, d = (over(z[at + k * step], 8191) for k in range(4))
    if w:
        b, c, d = turned(b, w[0]), turned(c, w[1]), turned(d, w[2])
    sr, si, tr, ti = b[0] + d[0], b[1] + d[1], b[0] - d[0], b[1] - d[1]
    er, ei, fr, fi = a[0] + c[0], a[1] + c[1], a[0] - c[0], a[1] - c[1]
    y = (er + sr, ei + si), (fr + ti, fi - tr), (er - sr, ei - si), (fr - ti, fi + tr)
    for k, (re, im) in enumerate(y):
        z[at + k * step] = short(re), short(im)


def mf_root(x):
    root = math.isqrt(x)
    most = 0xFFFF if x < 1 << 32 else 0xFFFFFFFF
    return root + (x - root * root > root and root != most)


def mf_gain(gains, noise):
    if noise <= 2:
        return gains[noise]
    n = noise.bit_length()
    y0, y1, y2 = gains[4 * n - 6 : 4 * n - 3]
    part = (noise << 11 >> n) & 0x3FF
    return short(y0 + (((y2 * part >> 5) + 32 * y1) * part + (1 << 14) >> 15))


def mf_log(logs, x, scale):
    if x <= 1:
        return 0
    n = x.bit_length() - 1
    part = (x << 16 >> n) - (1 << 16)
    k = part >> 9
    more = (logs[k + 1] - logs[k]) * (part & 0x1FF) >> 16
    log = (n << 16) + part + logs[k] + more
    log = rounded(log * 45426, 16)
    return min(rounded(log << scale, 16), 32767)


def micro_frontend(payload, x, old, state):
    (own, hop, n, frame, bits, n_bands, first, even, odd, least) = struct.unpack_from(
        "<I9H", payload
    )
    smoothing, gain, up, down, scale = struct.unpack_from("<5H", payload, 22)
    taper, at = halves(payload, 36, frame)
    passes, split, at = factors(payload, at, bits, (1 << bits) // 4)
    widths, at = halves(payload, at, n_bands + 1, "H")
    weights, at = halves(payload, at, 2 * sum(widths), "H")
    gains, at = halves(payload, at, 125)
    logs, _ = halves(payload, at, 129, "H")
    noise, y = [0] * n_bands, []
    if own != 0xFFFFFFFF:
        noise = list(struct.unpack_from(f"<{n_bands}I", state, own))
    for t in range(n):
        part = [int(v) * w >> 12 for v, w in zip(x[t * hop :], taper, strict=False)]
        largest = max(0, *(short(abs(v)) for v in part))
        shift = 15 - largest.bit_length()
        z = [short(v << shift) for v in part] + [0] * ((1 << bits) - frame)
        squares = mf_transform(z, bits, passes, split)
        at, sums = first, [0] * (n_bands + 2)
        for k, count in enumerate(widths):
            for _ in range(count):
                w = weights[2 * (at - first) : 2 * (at - first) + 2]
                sums[k] += squares[at] * w[0]
                sums[k + 1] += squares[at] * w[1]
                at += 1
        for band in range(n_bands):
            s = mf_root(sums[band + 1]) >> shift
            part, high = odd if band % 2 else even, (s << smoothing) & 0xFFFFFFFF
            noise[band] = (high * part + noise[band] * ((1 << 14) - part)) >> 14
            s = max((max(high - noise[band], 0)) >> smoothing, s * least >> 14)
            if gain != 0xFFFF:
                s = s * mf_gain(gains, noise[band]) >> gain & 0xFFFFFFFF
                s = s * s >> 20 if s < 1 << 13 else (s >> 6) - 64
            y.append(mf_log(logs, ((s << up) & 0xFFFFFFFF) >> down, scale))
    if own != 0xFFFFFFFF:
        struct.pack_into(f"<{n_bands}I", state, own, *noise)
    return y + [0] * (len(old) - len(y))


OPS = {
    "log_bands_i16": log_bands,
    "time_features_i16": time_features,
}
KEEPERS = {"micro_frontend": micro_frontend}
