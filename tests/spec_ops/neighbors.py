# SPDX-License-Identifier: MIT
"""Section "Neighbours and distances" of SPEC.md."""

import math
import struct

from c.op_codes import OP

from spec_ops.f32 import add, bits, div, from_bits, mul, read, rounded, sub

SQUARES, SUMS, LARGEST, COSINE = range(4)
SIGN = 0x80000000


def distance(x, item, metric):
    total = 0.0
    for a, b in zip(x, item, strict=True):
        d = from_bits(bits(sub(a, b)) & ~SIGN)
        if metric == LARGEST:
            total = from_bits(max(bits(d), bits(total)))
        else:
            total = add(total, d if metric == SUMS else mul(d, d))
    if metric == COSINE and not (
        any(bits(v) & ~SIGN for v in x) and any(bits(v) & ~SIGN for v in item)
    ):
        total = 2.0
    return bits(total)


def rows(payload, at, n_items, n_in):
    return [read(payload, at + 4 * n_in * i, n_in) for i in range(n_items)]


def distances(payload, x, n_out):
    metric, negate = struct.unpack_from("<HH", payload)
    found = [distance(x, item, metric) for item in rows(payload, 4, n_out, len(x))]
    return [from_bits(d | SIGN if negate and d != 0x7FC00000 else d) for d in found]


def smallest(found, k):
    """(distance, index) of the k smallest, the lower index first on a tie."""
    return sorted((d, i) for i, d in enumerate(found))[:k]


def nearest(payload, x, n_out):
    n_items, k, metric = struct.unpack_from("<IHH", payload)
    items = rows(payload, 8, n_items, len(x))
    best = smallest([distance(x, item, metric) for item in items], k)
    return [d for d, _ in best] + [i for _, i in best]


def nearest_i16(payload, x, n_out):
    n_items, k, metric, width, base = struct.unpack_from("<IHHHh", payload)
    code, n = "B" if width == 1 else "h", len(x)
    numbers = struct.unpack_from(f"<{n_items * n}{code}", payload, 12)
    found = []
    for i in range(n_items):
        parts = [
            abs(int(a) - (base if width == 1 else 0) - b)
            for a, b in zip(x, numbers[i * n : i * n + n], strict=True)
        ]
        found.append(sum(p if metric == SUMS else p * p for p in parts))
    best = smallest(found, k)
    low, high = [d & 0xFFFFFFFF for d, _ in best], [d >> 32 for d, _ in best]
    return low + high + [i for _, i in best]


def function(name):
    """An op on one number, of another module."""
    from spec_ops import load

    op = load()[OP[name]]
    return lambda v: op(b"", [v], 1)[0]


def nearest_power(payload, x, n_out):
    exp, log = function("exp"), function("log")
    n_items, k, whole, fraction, inverse = struct.unpack_from("<IHHff", payload)
    found = []
    for item in rows(payload, 16, n_items, len(x)):
        total = 0.0
        for a, b in zip(x, item, strict=True):
            base, part = from_bits(bits(sub(a, b)) & ~SIGN), 1.0
            for _ in range(whole):
                part = mul(part, base)
            if fraction != 0:
                part = mul(part, exp(mul(log(base), fraction)))
            total = add(total, part)
        found.append(bits(total))
    best = smallest(found, k)
    powers = [bits(exp(mul(log(from_bits(d)), inverse))) for d, _ in best]
    return powers + [i for _, i in best]


def votes_of(payload, item):
    """The scores in an item's row."""
    n_items, n, flags = struct.unpack_from("<IHH", payload)
    code, width = ("H", 2) if flags & 1 else ("B", 1)
    if item >= n_items:
        return []
    return struct.unpack_from(f"<{n}{code}", payload, 8 + width * n * item)


def neighbor_votes(payload, x, n_out):
    y = [0] * n_out
    for item in x:
        for score in votes_of(payload, int(item)):
            y[score] += 1
    return y


def root(d):
    """A square root, rightly rounded."""
    return rounded(math.sqrt(d))


def weights(payload, x):
    """Pairs of an item and its weight."""
    n_items, _, flags = struct.unpack_from("<IHH", payload)
    x = [int(v) for v in x]
    if not flags & 2:
        pairs = [(item, 1.0) for item in x]
    else:
        k, pairs = len(x) // 2, []
        for d, item in zip(x[:k], x[k:], strict=True):
            if x[0] == 0:
                weight = 1.0 if d == 0 else 0.0
            else:
                weight = div(from_bits(x[0]), from_bits(d))
                weight = root(weight) if flags & 4 else weight
            pairs.append((item, weight))
    return [(item, weight) for item, weight in pairs if item < n_items]


def average(payload, x, n_out, of):
    y, total = [0.0] * n_out, 0.0
    for item, weight in weights(payload, x):
        total = add(total, weight)
        for j, value in of(item):
            y[j] = add(y[j], weight if value is None else mul(weight, value))
    return [div(v, total) for v in y]


def neighbor_shares(payload, x, n_out):
    def of(item):
        return [(score, None) for score in votes_of(payload, item)]

    return average(payload, x, n_out, of)


def neighbor_means(payload, x, n_out):
    def of(item):
        return enumerate(read(payload, 8 + 4 * n_out * item, n_out))

    return average(payload, x, n_out, of)


def neighbor_density(payload, x, n_out):
    n_items, flags, offset, floor = struct.unpack_from("<IIff", payload)
    reach = read(payload, 16, n_items)
    densities = read(payload, 16 + 4 * n_items, n_items)
    x = [int(v) for v in x]
    k, far, dense = len(x) // 2, 0.0, 0.0
    for d, item in zip(x[:k], x[k:], strict=True):
        if item >= n_items:
            continue
        if flags:
            d = bits(root(from_bits(d)))
        far = add(far, from_bits(max(d, bits(reach[item]))))
        dense = add(dense, densities[item])
    around = add(div(far, float(k)), floor)
    return [sub(offset, mul(div(dense, float(k)), around))]


def bisect(payload, x, n_out):
    (n,) = struct.unpack_from("<I", payload)
    items, at = rows(payload, 4 + 8 * n, 2 * n, len(x)), 0
    while at < n:
        first, second = (distance(x, items[2 * at + i], SQUARES) for i in (0, 1))
        at = struct.unpack_from("<II", payload, 4 + 8 * at)[second < first]
    return [1.0 if i == at - n else 0.0 for i in range(n_out)]


OPS = {
    "distances": distances,
    "nearest": nearest,
    "nearest_i16": nearest_i16,
    "nearest_power": nearest_power,
    "neighbor_votes": neighbor_votes,
    "neighbor_shares": neighbor_shares,
    "neighbor_means": neighbor_means,
    "neighbor_density": neighbor_density,
    "bisecting_kmeans": bisect,
}
