# SPDX-License-Identifier: MIT
"""Section "Decisions" of SPEC.md."""

import struct

from spec_ops.f32 import add, bits, div, read
from spec_ops.prep import order


def first_largest(x):
    keys = [order(bits(v)) for v in x]
    return keys.index(max(keys))


def numbers(state, at, n):
    return list(struct.unpack_from(f"<{n}I", state, at))


def keep(state, at, *values):
    struct.pack_into(f"<{len(values)}I", state, at, *values)


def certain(answer, n):
    return [1.0 if c == answer else 0.0 for c in range(n)]


def vote(payload, x, old, state):
    at, width, flags = struct.unpack("<IHH", payload)
    n = len(x)
    row = [bits(v) for v in x] if flags & 1 else [first_largest(x)]
    size = len(row)
    (count,) = numbers(state, at, 1)
    count = min(count, width)
    kept = numbers(state, at + 4, count * size)
    if count == width:
        kept = kept[size:]
    kept += row
    count = len(kept) // size
    keep(state, at, count, *kept)
    if not flags & 1:
        return [div(float(kept.count(c)), float(count)) for c in range(n)]
    y = []
    for c in range(n):
        sums = [read(state, at + 4 + 4 * (k * n + c), 1)[0] for k in range(count)]
        total = sums[0]
        for value in sums[1:]:
            total = add(total, value)
        y.append(div(total, float(count)))
    return y


def threshold(payload, x, old, state):
    at, other = struct.unpack_from("<II", payload)
    n = len(x)
    on, off = read(payload, 8, n), read(payload, 8 + 4 * n, n)
    (before,) = numbers(state, at, 1)
    enough = []
    for c, value in enumerate(x):
        limit = off[c] if before == c + 1 else on[c]
        key = order(bits(value))
        if value == value and key >= order(bits(limit)):
            enough.append((-key, c))
    answer = min(enough)[1] if enough else other
    keep(state, at, answer + 1 if enough else 0)
    return certain(answer, n + (other == n))


def debounce(payload, x, old, state):
    at, count = struct.unpack("<II", payload)
    a = first_largest(x) + 1
    p, q, r = numbers(state, at, 3)
    run = r if q == a else 0
    if p not in (a, 0) and run < count - 1:
        q, r = a, run + 1
    else:
        p, q = a, 0
    keep(state, at, p, q, r)
    return certain(p - 1, len(x))


KEEPERS = {"vote": vote, "threshold": threshold, "debounce": debounce}
