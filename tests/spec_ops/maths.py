# SPDX-License-Identifier: MIT
"""Sections "Elementwise" and "Vector" of SPEC.md.

Functions of bits in Python's integers, of any size: >> rounds down.
"""

import struct

from spec_ops.f32 import NAN, add, bits, div, from_bits, mul, read, rounded, sub

ONE, SIGN, INF, QNAN = 1 << 31, 1 << 31, 0x7F800000, 0x7FC00000


def unpack(size):
    """Mantissa of 32 bits, its top bit set, and exponent."""
    m, e = (size & 0x7FFFFF | 0x800000) << 8, (size >> 23) - 127
    if size < 0x800000:
        return lifted(size << 8, -126)
    return m, e


def lifted(m, e):
    shift = 32 - m.bit_length()
    return (m << shift if shift >= 0 else m >> -shift), e - shift


def to_float(sign, m, e):
    """m 2^(e - 31) rounded once."""
    drop, least = 8, e + 126
    if least < 0:
        drop, least = min(8 - least, 40), 0
    kept, rest, half = m >> drop, m & (1 << drop) - 1, 1 << drop - 1
    kept += rest > half or (rest == half and kept & 1)
    return sign | min((least << 23) + kept, INF) if m else sign


def down(m, shift):
    return m >> shift if shift >= 0 else m << -shift


def high(a, b):
    return a * b >> 32


def polynomial(table, x):
    total = table[-1]
    for c in table[-2::-1]:
        total = high(total, x) + c
    return total


def quotient(n, d, e):
    q, rest = divmod(n << 27, d)
    m, e = (q << 4, e) if q >> 27 else (q << 5, e - 1)
    return m | (rest != 0), e


def exp_parts(m, e, sign):
    n = (down(m, 23 - e) * 23637 + 0x200000) >> 22
    x = down(m, -1 - e)
    r = x - n * 0xB17217F7 - (n * 0xD1CF >> 16)
    r = (r + SIGN) % (1 << 32) - SIGN
    return (-r, -n) if sign else (r, n)


def exp_series(r):
    h = r + 0x8000 >> 16
    a = 5848 + (13367 * h >> 20)
    a = 69904 + (a * h >> 15)
    a = 89477764 + (a * h >> 8)
    a = 357913946 + high(r, a)
    a = 1073741835 + high(r, a)
    return ONE + high(r, a)


def exp_wide(x):
    m, e = (x & 0x7FFFFF | 0x800000) << 8, (x >> 23 & 0xFF) - 127
    r, n = exp_parts(m, e, x & SIGN)
    return lifted(ONE + high(r, exp_series(r)), n)


def exp(x):
    size = x & ~SIGN
    if size > INF:
        return QNAN
    if size >= 0x42D00000:
        return 0 if x & SIGN else INF
    return to_float(0, *exp_wide(x))


def expm1_wide(x):
    m, e = unpack(x & ~SIGN)
    r, n = exp_parts(m, e, x & SIGN)
    if n == 0:
        return lifted(high(m, exp_series(r)), e + 1)
    m = ONE + high(r, exp_series(r))
    if n > 0:
        return lifted(m - (ONE >> n), n)
    return lifted(ONE - (m >> -n), 0)


def expm1(x):
    size, sign = x & ~SIGN, x & SIGN
    if size > INF:
        return QNAN
    if size >= 0x42D00000:
        return 0xBF800000 if sign else INF
    return to_float(sign, *expm1_wide(x)) if size else x


def logistic(x):
    size = x & ~SIGN
    if size > INF:
        return QNAN
    if size >= 0x42D00000:
        return 0 if x & SIGN else 0x3F800000
    m, e = exp_wide(x ^ SIGN)
    if e < 0:
        m, e = lifted(ONE + (m >> -e), 0)
    else:
        m, e = lifted((m >> 1) + (ONE >> e + 1), e + 1)
    return to_float(0, *quotient(ONE, m, -e))


def tanh(x):
    size, sign = x & ~SIGN, x & SIGN
    if size > INF:
        return QNAN
    if size >= 0x41200000:
        return sign | 0x3F800000
    if size < 0x38800000:
        return x
    m, e = expm1_wide(size + 0x800000 | SIGN)
    d, shifted = lifted(ONE - down(m, 1 - e), 1)
    return to_float(sign, *quotient(m, d, e - shifted))


FACTORS = [256, 241, 228, 216, 205, 195, 186, 178, 171, 164, 158, 152, 146, 141]
FACTORS += [137, 132, 128]
LOGS = [0, 0x0F7518E003, 0x1DA7276384, 0x2B7E80D6A8, 0x38DFF78DE0, 0x45AD732EB4]
LOGS += [0x51C63709C7, -0x546AB61CB8, -0x4A25684F7A, -0x3F7230DABC, -0x35E7929D01]
LOGS += [-0x2BFE60E14F, -0x21AEFCF9A1, -0x18C345D632, -0x116536EEA3, -0x07E0A6C39E]
LOGS += [0]


def log_series(r):
    h = r >> 16
    a = 32789 - (13121 * h >> 18)
    a = 89478467 - (a * h >> 8)
    return 0x7FFFFFAA - (high(r, a << 4) >> 3)


def log_near(m, e, r):
    q = ONE - (high(r, log_series(r)) >> 4)
    return lifted(high(m, q), e + 1)


def log_wide(m, e):
    """Sign, mantissa, exponent."""
    i = ((m >> 26) + 1 >> 1) - 16
    r = ((m >> 8) * FACTORS[i] - ONE) * 16 + ((m & 0xFF) * FACTORS[i] >> 4)
    e += i >= 7
    if e == 0 and i in (0, 16):
        if r == 0:
            return 0, 0, 0
        return SIGN if r < 0 else 0, *log_near(*lifted(abs(r), -4), r)
    total = e * 0xB17217F7D2 + LOGS[i] + r * 32
    total -= high(high(abs(r), abs(r)), log_series(r)) * 4
    return SIGN if total < 0 else 0, *lifted(abs(total), -9)


def log(x):
    if x & ~SIGN == 0:
        return SIGN | INF
    if x >= INF:
        return x if x == INF else QNAN
    return to_float(*log_wide(*unpack(x)))


def log1p(x):
    size, sign = x & ~SIGN, x & SIGN
    if x == 0xBF800000:
        return SIGN | INF
    if size > INF or x > 0xBF800000:
        return QNAN
    if size == 0 or x == INF:
        return x
    m, e = unpack(size)
    if e < -5:
        r = m >> -4 - e
        return to_float(sign, *log_near(m, e, -r if sign else r))
    if sign:
        m, e = lifted(ONE - (m >> -e), 0)
    elif e < 0:
        m, e = ONE + (m >> -e), 0
    else:
        m, e = lifted((m >> 1) + down(ONE, e + 1), e + 1)
    return to_float(*log_wide(m, e))


def root(m, e, last):
    """Bits of the root, and whether there are more."""
    m >>= 2 if e & 1 else 3
    r = total = 0
    bit = 1 << 28
    while bit >= last:
        if total + bit <= m:
            m -= total + bit
            total += 2 * bit
            r |= bit
        m, bit = 2 * m, bit >> 1
    return r, m != 0


def sqrt(x):
    if x & ~SIGN == 0 or x == INF:
        return x
    if x > INF:
        return QNAN
    m, e = unpack(x)
    r, more = root(m, e, 16)
    return to_float(0, r << 3 | more, e >> 1)


ERF_SMALL = [1211587904, -807724989, 484626292, -230672487, 89134790, -27522817]
ERF_SMALL += [5397136]
ERF_LARGE = [
    [331141422, -1015850904, 1269815365, -719506773, 26302899, 200912863, -88102553],
    [57244737, -226666200, 396666770, -387310046, 206615780, -25640005, -38911240],
    [6282321, -30675946, 69020654, -93316581, 81989611, -45446704, 11872130],
    [432168, -2518115, 6924648, -11846416, 13991258, -12136772, 7168712],
    [18480, -125386, 407473, -838462, 1228573, -1428558, 1181282],
    [488, -3788, 14201, -33981, 59135, -86779, 89653],
]


def erf(x):
    size, sign = x & ~SIGN, x & SIGN
    if size > INF:
        return QNAN
    if size == 0:
        return x
    if size >= 0x40800000:
        return sign | 0x3F800000
    m, e = unpack(size)
    if e < 0:
        t = m >> -1 - e
        p = polynomial(ERF_SMALL, high(t, t) >> 1)
        return to_float(sign, *lifted(high(m, p), e + 2))
    t = m >> 1 - e
    rest = polynomial(ERF_LARGE[(t >> 29) - 2], ((t & 0x1FFFFFFF) - 0x10000000) * 4)
    return to_float(sign, *lifted(0xFFFFFFFF - max(rest, 0), -1))


TURNS = 0xA2F9836E4E441529FC2757D1F534DDC0DB6295993C439041FE5163ABDEBBC561
COS_EVEN = [1324675872, -272375280, 22398583, -970721]
COS_ODD = [1686629713, -693598667, 85569259, -5026471, 169872]


def cos(x):
    size = x & ~SIGN
    if size >= INF:
        return QNAN
    if size < 0x39000000:
        return 0x3F800000
    m, at = size & 0x7FFFFF | 0x800000, (size >> 23) - 88
    a, b, c = (TURNS >> 224 - at + 64 - 32 * k & 0xFFFFFFFF for k in range(3))
    turns = ((m * a << 32) + m * b + high(m, c)) % (1 << 64)
    quarter = (turns + (1 << 61) >> 62) % 4
    f = (turns + (1 << 61)) % (1 << 62) - (1 << 61)
    if f < 0 and quarter & 1:
        quarter ^= 2
    f = abs(f)
    square = high(f >> 30, f >> 30)
    sign = SIGN if quarter in (1, 2) else 0
    if quarter & 1 == 0:
        p = polynomial(COS_EVEN, square)
        return to_float(sign, *lifted(ONE - 2 * high(square, p), 0))
    if f == 0:
        return sign
    m, e = lifted(f, -29)
    p = polynomial(COS_ODD, square)
    return to_float(sign, *lifted(high(m, p), e))


NDTRI_NEAR = [336433952, 704625466, 280615023, -454236645, -193475136, 530304209]
NDTRI_NEAR += [467477605, -1694786039, 1518139008, -489260116]
NDTRI_FAR = [
    [
        466791325,
        375733762,
        19095344,
        -34437366,
        46109783,
        -35947584,
        -3800538,
        39722199,
        -26928140,
    ],
    [
        776755289,
        766826241,
        2163414,
        -7407934,
        10429406,
        -11193680,
        12881914,
        -58855464,
        133171223,
    ],
    [
        1447355142,
        1530413368,
        -5875866,
        1693626,
        1580258,
        -4003470,
        5903308,
        -11495858,
        15296009,
    ],
]


def ndtri(x):
    if x & ~SIGN == 0:
        return SIGN | INF
    if x >= 0x3F800000:
        return INF if x == 0x3F800000 else QNAN
    p, e = unpack(x)
    sign = SIGN
    if e == -1:
        if p == ONE:
            return 0
        sign = 0
        p, e = lifted((1 << 32) - p, -1)
    m = ONE - (p >> -1 - e)
    _, w, at = log_wide(*lifted(high(p, m - 1 + ONE), e + 2))
    if w == 0 or at < 2:
        r, e = polynomial(NDTRI_NEAR, w >> 2 - at if w else 0), 4
    else:
        s = root(w, at, 1)[0] << (at >> 1)
        i = (s >= 0x34000000) + (s >= 0x54000000)
        start = (0x2A000000, 0x44000000, 0x7C000000)[i]
        r, e = polynomial(NDTRI_FAR[i], (s - start) * (8 >> i)), 5
    m, shifted = lifted(m, e)
    return to_float(sign, *lifted(high(m, r), shifted))


# Ops


def each(function):
    """An op from a function of bits."""
    return lambda payload, x, n_out: [from_bits(function(bits(v))) for v in x]


def of_floats(function):
    return lambda payload, x, n_out: [function(v) for v in x]


def f(function, v):
    return from_bits(function(bits(v)))


def softplus(v):
    return add(
        0.0 if bits(v) & SIGN else v, f(log1p, f(exp, from_bits(bits(v) | SIGN)))
    )


def softsign(v):
    size = from_bits(bits(v) & ~SIGN)
    if bits(size) == INF:
        return from_bits(bits(v) & SIGN | 0x3F800000)
    return div(v, add(1.0, size))


def silu(v):
    return -0.0 if bits(v) == SIGN | INF else mul(v, f(logistic, v))


def gelu_of(v, s):
    return -0.0 if bits(v) == SIGN | INF else mul(mul(0.5, v), add(1.0, s))


def gelu(v):
    return gelu_of(v, f(erf, mul(v, from_bits(0x3F3504F3))))


def gelu_tanh(v):
    cube = mul(mul(v, v), v)
    total = add(v, mul(from_bits(0x3D372713), cube))
    return gelu_of(v, f(tanh, mul(from_bits(0x3F4C422A), total)))


def relu(payload, x, n_out):
    flags, slope, threshold, top = struct.unpack("<I3f", payload)

    def one(v):
        if v != v:
            return NAN
        if flags and v >= top:
            return top
        if v > threshold:
            return v
        return mul(slope, sub(v, threshold)) if slope else 0.0

    return [one(v) for v in x]


def elu(payload, x, n_out):
    alpha, scale = read(payload, 0, 2)
    y = [mul(alpha, f(expm1, v)) if bits(v) & SIGN else v for v in x]
    return [mul(scale, v) for v in y]


def clip(payload, x, n_out):
    low, top = read(payload, 0, 2)
    return [low if v < low else top if v > top else v for v in x]


def step(payload, x, n_out):
    return [float(v > t) for v, t in zip(x, read(payload, 0, n_out), strict=True)]


def powered(logarithm, power):
    if power == 0:
        return logarithm
    return div(f(expm1, mul(power, logarithm)), power)


def power(payload, x, n_out):
    (signed,) = struct.unpack_from("<I", payload)
    if not signed:
        powers = read(payload, 4, n_out)
        return [powered(f(log, v), p) for v, p in zip(x, powers, strict=True)]
    powers, y = read(payload, 4, 2 * n_out), []
    for i, v in enumerate(x):
        sign = bits(v) & SIGN
        size = f(log1p, from_bits(bits(v) & ~SIGN))
        value = powered(size, powers[i + n_out if sign else i])
        y.append(from_bits(bits(value) ^ sign) if value == value else NAN)
    return y


def largest(x):
    """Index; the lowest on a tie; NaN is below all."""
    keys = [float("-inf") if v != v else v for v in x]
    best = max(keys)
    for i, v in enumerate(x):
        if v == best:
            return i
    return 0


def less(v, top):
    if v == v and bits(v) == bits(top):
        return 1.0
    return f(exp, sub(v, top))


def sums(x):
    top = x[largest(x)]
    parts, total = [less(v, top) for v in x], 0.0
    for v in parts:
        total = add(total, v)
    return top, parts, total


def softmax(payload, x, n_out):
    _, parts, total = sums(x)
    return [div(v, total) for v in parts]


def logsumexp(payload, x, n_out):
    top, _, total = sums(x)
    return [add(top, f(log, total))]


def normalize(payload, x, n_out):
    kind, uniform = struct.unpack("<HH", payload)
    e = max(1, *(bits(v) >> 23 & 0xFF if v == v else 255 for v in x))
    unit = from_bits((1 if e > 252 else 254 - e) << 23)
    y = [mul(v, unit) for v in x]
    norm = 0.0
    for v in y:
        norm = add(norm, {1: abs(v), 2: mul(v, v), 3: 0.0, 4: v}[kind])
    if kind == 2:
        norm = f(sqrt, norm)
    if kind == 3:
        norm = from_bits(max(bits(v) & ~SIGN for v in y))
    if norm == 0:
        return [div(1.0, rounded(float(len(x))))] * n_out if uniform else list(x)
    return [div(v, norm) for v in y]


def winner(payload, x, n_out):
    group = struct.unpack("<I", payload)[0] if payload else len(x)
    y = [0.0] * n_out
    for at in range(0, n_out, group):
        y[at + largest(x[at : at + group])] = 1.0
    return y


def both(payload, x, n_out):
    return [part for v in x for part in (sub(1.0, v), v)]


OPS = {
    "logistic": each(logistic),
    "tanh": each(tanh),
    "exp": each(exp),
    "expm1": each(expm1),
    "log": each(log),
    "log1p": each(log1p),
    "sqrt": each(sqrt),
    "erf": each(erf),
    "ndtri": each(ndtri),
    "cos": each(cos),
    "abs": of_floats(abs),
    "square": of_floats(lambda v: mul(v, v)),
    "reciprocal": of_floats(lambda v: div(1.0, v)),
    "softplus": of_floats(softplus),
    "softsign": of_floats(softsign),
    "silu": of_floats(silu),
    "gelu": of_floats(gelu),
    "gelu_tanh": of_floats(gelu_tanh),
    "relu": relu,
    "elu": elu,
    "clip": clip,
    "step": step,
    "power": power,
    "softmax": softmax,
    "logsumexp": logsumexp,
    "normalize": normalize,
    "onehot_argmax": winner,
    "complement": both,
}
