# SPDX-License-Identifier: MIT
"""Section "Signal: features in time" of SPEC.md."""

import itertools
import math
import struct

from spec_ops.f32 import NAN, add, bits, div, from_bits, mul, sub
from spec_ops.maths import high, lifted, polynomial, quotient, sqrt, to_float, unpack
from spec_ops.prep import order

SIGN = 1 << 31
ATAN = [934606094, -218778216, 89557590, -43214201, 22615103]
ATAN += [-12416212, 6881022, -3959897, 3043053, -1872285]


def root(v):
    return from_bits(sqrt(bits(v)))


def size(v):
    return from_bits(bits(v) & ~SIGN)


def total(numbers, first=0):
    """A sum in parts of 32, of which the first number is number `first`."""
    found = part = 0.0
    for i, v in enumerate(numbers, first):
        part = add(part, v)
        if (i + 1) % 32 == 0:
            found, part = add(found, part), 0.0
    return add(found, part)


class Channel:
    """Samples of one channel, as they are and in units."""

    def __init__(self, raw):
        self.raw = raw
        e = max((bits(v) & ~SIGN) >> 23 for v in raw)
        self.finite = e < 255
        self.s = 127
        if not 120 <= e <= 147:
            self.s = 253 if e == 0 else 1 if e > 252 else 254 - e
        self.unit = from_bits(self.s << 23)
        self.x = raw if self.s == 127 else [mul(v, self.unit) for v in raw]
        self.n = len(raw)

    def back(self, v):
        return v if self.s == 127 else mul(v, from_bits(254 - self.s << 23))


def deviations(v):
    """Of numbers, and their mean."""
    rest = div(total([sub(a, v[0]) for a in v]), float(len(v)))
    return [sub(sub(a, v[0]), rest) for a in v], add(v[0], rest)


def squares(d):
    return total([mul(a, a) for a in d])


def slope(d):
    n = float(len(d))
    if n == 1:
        return 0.0
    rise = total([mul(a, float(2 * t + 1 - len(d))) for t, a in enumerate(d)])
    return div(mul(6.0, rise), mul(n, mul(sub(n, 1.0), add(n, 1.0))))


def channels_of(payload, x):
    length, channels = struct.unpack_from("<2H", payload)
    return [Channel(x[c::channels][:length]) for c in range(channels)]


def features(payload, x, feature, items="H"):
    """Features by `feature`, of a channel, the head and an item."""
    n, option, constant, low, high_ = struct.unpack_from("<2H3f", payload, 4)
    step = struct.calcsize("<" + items)
    listed = [struct.unpack_from("<" + items, payload, 20 + step * k) for k in range(n)]
    channels = channels_of(payload, x)
    y = []
    for item in listed:
        for channel in channels:
            value = NAN
            if channel.finite:
                value = feature(channel, (option, constant, low, high_), item)
            y.append(value)
    return y


def moment(channel, head, item):
    ddof, constant, _, _ = head
    n, (code,) = float(channel.n), item
    d, m = deviations(channel.x)
    two = [mul(a, a) for a in d]
    s2 = total(two)
    s3 = total([mul(a, b) for a, b in zip(two, d, strict=True)])
    s4 = total([mul(a, a) for a in two])
    sizes = div(total([size(v) for v in channel.x]), n)
    peak = max(size(v) for v in channel.x)
    q = add(div(s2, n), mul(m, m))
    v = div(s2, n)
    back = channel.back
    if code in (7, 8):
        if v == 0:
            return constant
        if code == 7:
            return div(div(s3, n), mul(v, root(v)))
        return sub(div(div(s4, n), mul(v, v)), 3.0)
    if code > 8:
        top, under = {9: (peak, root(q)), 10: (root(q), sizes), 11: (peak, sizes)}[code]
        return constant if under == 0 else div(top, under)
    return {
        0: lambda: back(m),
        1: lambda: back(back(div(s2, float(channel.n - ddof)))),
        2: lambda: back(root(div(s2, float(channel.n - ddof)))),
        3: lambda: back(root(q)),
        4: lambda: back(back(mul(q, n))),
        5: lambda: back(sizes),
        6: lambda: back(slope(d)),
    }[code]()


def extremum(channel, head, item):
    keys = [order(bits(v)) for v in channel.raw]
    low, top = keys.index(min(keys)), keys.index(max(keys))
    x = channel.raw
    steps = [size(sub(b, a)) for a, b in itertools.pairwise(x)]
    return [
        x[low],
        x[top],
        sub(x[top], x[low]),
        max(size(x[low]), size(x[top])),
        float(low),
        float(top),
        sub(x[-1], x[0]),
        max(steps, default=0.0),
    ][item[0]]


def placed(numbers, rank, fraction):
    """Q of SPEC."""
    found = sorted(0.0 if v == 0 else v for v in numbers)
    if fraction == 0 or found[rank] == found[rank + 1]:
        return found[rank]
    return add(mul(found[rank], sub(1.0, fraction)), mul(found[rank + 1], fraction))


def quantile(channel, head, item):
    kind, rank, fraction = item
    value = placed(channel.raw, rank, fraction)
    if kind == 0:
        return value
    if kind == 2:
        return placed([size(sub(v, value)) for v in channel.raw], rank, fraction)
    other = channel.n - 1 - rank
    if fraction != 0:
        other, fraction = other - 1, sub(1.0, fraction)
    return sub(value, placed(channel.raw, other, fraction))


def sign_changes(numbers, low):
    signs = [math.copysign(1, v or 0.0) for v in numbers if size(v) >= low]
    return sum(a != b for a, b in itertools.pairwise(signs))


def across(a, b):
    """Whether neither is 0 and their signs are not alike."""
    return bool(a and b) and (a < 0) != (b < 0)


def crossing(channel, head, item):
    _, _, low, threshold = head
    x = channel.raw
    pairs = list(itertools.pairwise(x))
    steps = [sub(b, a) for a, b in pairs]
    turns = list(itertools.pairwise(steps))
    large = [size(s) >= threshold for s in steps]
    code = item[0]
    if code == 0:
        return float(sign_changes(x, low))
    if code == 1:
        band = low if channel.s == 127 else mul(low, channel.unit)
        return float(sign_changes(deviations(channel.x)[0], band))
    if code == 2:
        return float(
            sum(across(a, b) and size(sub(a, b)) >= threshold for a, b in pairs)
        )
    if code == 3:
        return float(
            sum(across(a, b) and max(size(a), size(b)) >= threshold for a, b in turns)
        )
    if code == 4:
        return total([size(s) for s in steps], 1)
    return float(sum(large))


def lagged(channel, head, item):
    d, _ = deviations(channel.x)
    under = squares(d)
    if under == 0:
        return head[1]
    return div(total([mul(a, b) for a, b in zip(d, d[item[0] :], strict=False)]), under)


def hjorth(channel, head, item):
    w, v = channel.x, []
    for _ in range(3):
        v.append(div(squares(deviations(w)[0]), float(len(w))))
        w = [sub(b, a) for a, b in itertools.pairwise(w)]
    if item[0] == 0:
        return channel.back(channel.back(v[0]))
    if v[0] == 0 or (item[0] == 2 and v[1] == 0):
        return head[1]
    mobility = root(div(v[1], v[0]))
    return mobility if item[0] == 1 else div(root(div(v[2], v[1])), mobility)


def runs_above(x):
    """Middles of runs of equal samples between lower neighbours."""
    found, start = [], 0
    for i in range(1, len(x) + 1):
        if i < len(x) and x[i] == x[start]:
            continue
        if start > 0 and i < len(x) and x[start - 1] < x[start] > x[i]:
            found.append((start + i - 1) // 2)
        start = i
    return found


def stands_out(x, at, least):
    """Whether a sample is as prominent as `least` on both sides."""
    for side in (x[:at][::-1], x[at + 1 :]):
        lowest = x[at]
        for v in side:
            if v > x[at]:
                break
            lowest = min(lowest, v)
        if size(sub(x[at], lowest)) < least:
            return False
    return True


def peak(channel, head, item):
    distance, constant, least, prominence = head
    x = channel.raw
    found = [i for i in runs_above(x) if x[i] >= least]
    if distance > 2:
        kept = []
        for i in sorted(found, key=lambda i: (x[i], i), reverse=True):
            if all(abs(i - k) >= distance for k in kept):
                kept.append(i)
        found = sorted(kept)
    if prominence:
        found = [i for i in found if stands_out(x, i, prominence)]
    if item[0] == 0:
        return float(len(found))
    if item[0] == 1:
        if not found:
            return constant
        return div(total([x[i] for i in found]), float(len(found)))
    if len(found) < 2:
        return constant
    return div(float(found[-1] - found[0]), float(len(found) - 1))


def peaks(payload, x, n_out):
    y = features(payload, x, peak)
    return y + [0.0] * (n_out - len(y))


def correlation(payload, x, n_out):
    (constant,) = struct.unpack_from("<f", payload, 8)
    channels, y = channels_of(payload, x), []
    for a, b in struct.iter_unpack("<2B", payload[20 : 20 + 2 * n_out]):
        if not (channels[a].finite and channels[b].finite):
            y.append(NAN)
            continue
        d, e = (deviations(channels[c].x)[0] for c in (a, b))
        first, second = squares(d), squares(e)
        if first == 0 or second == 0:
            y.append(constant)
            continue
        products = total([mul(p, q) for p, q in zip(d, e, strict=True)])
        y.append(div(products, mul(root(first), root(second))))
    return y


def detrend(payload, x, n_out):
    length, channels, kind, ddof = struct.unpack_from("<4H", payload)
    y = [NAN] * n_out
    for c, channel in enumerate(channels_of(payload, x)):
        if not channel.finite:
            continue
        d, _ = deviations(channel.x)
        if kind & 1:
            half = mul(slope(d), 0.5)
            d = [sub(a, mul(half, float(2 * t + 1 - length))) for t, a in enumerate(d)]
        width = 0.0
        if kind & 2:
            width = root(div(squares(d), float(length - ddof)))
        y[c::channels] = [div(a, width) if width else channel.back(a) for a in d]
    return y


def plain_sum(numbers):
    found = 0.0
    for v in numbers:
        found = add(found, v)
    return found


def length_of(row):
    """The root of the sum of squares, by a unit where they are out of range."""
    e = max((bits(v) & ~SIGN) >> 23 for v in row)
    if 80 <= e <= 180:
        return root(plain_sum([mul(v, v) for v in row]))
    s = 253 if e == 0 else 1 if e > 252 else 254 - e
    row = [mul(v, from_bits(s << 23)) for v in row]
    return mul(root(plain_sum([mul(v, v) for v in row])), from_bits(254 - s << 23))


def magnitude(payload, x, n_out):
    _, channels, kind, _ = struct.unpack_from("<4H", payload)
    y = []
    for t in range(n_out):
        row = x[t * channels : (t + 1) * channels]
        if kind == 1:
            y.append(plain_sum([size(v) for v in row]))
        elif kind == 2:
            y.append(length_of(row))
        else:
            y.append(plain_sum([mul(v, v) for v in row]))
    return y


def atan2(y, x):
    """Of bits."""
    tall, wide = y & ~SIGN, x & ~SIGN
    n, d = min(tall, wide), max(tall, wide)
    if d > 0x7F800000:
        return bits(NAN)
    m, e = 0, 0
    if n and (d != 0x7F800000 or n == d):
        (a, f), (b, g) = unpack(n), unpack(d)
        q, e = quotient(a, b, f - g)
        w = q >> -e
        w = high(w, w)
        w -= w == 1 << 30
        m, e = lifted(high(q, 2 * polynomial(ATAN, 4 * w - (1 << 31))), e + 1)
    if tall > wide or x & SIGN:
        m >>= 1 - e
        m = 1686629713 - m if tall > wide else m
        m = 3373259426 - m if x & SIGN else m
        m, e = lifted(m, 1)
    return to_float(y & SIGN, m, e)


def tilt(payload, x, n_out):
    length, channels, ax, ay, az, _ = struct.unpack_from("<6H", payload)
    out = []
    for t in range(length):
        row = x[t * channels : (t + 1) * channels]
        small, large = sorted((size(row[ay]), size(row[az])), key=bits)
        h = large
        if large != 0:
            r = div(small, large)
            h = mul(large, root(add(1.0, mul(r, r))))
        out.append(from_bits(atan2(bits(row[ay]), bits(row[az]))))
        out.append(from_bits(atan2(bits(row[ax]) ^ SIGN, bits(h))))
    return out


OPS = {
    "moments": lambda payload, x, n_out: features(payload, x, moment),
    "extrema": lambda payload, x, n_out: features(payload, x, extremum),
    "quantiles": lambda payload, x, n_out: features(payload, x, quantile, "HHf"),
    "crossings": lambda payload, x, n_out: features(payload, x, crossing),
    "autocorrelation": lambda payload, x, n_out: features(payload, x, lagged),
    "hjorth": lambda payload, x, n_out: features(payload, x, hjorth),
    "peaks": peaks,
    "correlation": correlation,
    "detrend": detrend,
    "magnitude": magnitude,
    "tilt": tilt,
}
