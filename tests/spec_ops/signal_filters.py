# SPDX-License-Identifier: MIT
"""Section "Filters along time" of SPEC.md."""

import struct

from spec_ops.f32 import add, bits, div, from_bits, mul, read, sub
from spec_ops.prep import order
from spec_ops.signal_features import root

AT_REST, HELD = 0xFFFFFFFF, 1 << 31
DIRECT, DELTA, FINE, MIRROR = range(4)


def put(state, at, *values):
    """Numbers kept, as stored."""
    struct.pack_into(f"<{len(values)}I", state, at, *map(bits, values))


def next_of(form, u, v, w, d):
    """What u, v and w become."""
    if form == DIRECT:
        return d, u, w
    if form == DELTA:
        return add(u, d), add(v, u), w
    if form == MIRROR:
        return sub(d, u), sub(u, v), w
    more = add(u, w)
    total = add(v, more)
    return add(u, d), total, sub(more, sub(total, v))


def steady(form, p, q, x):
    e = {DIRECT: 1.0, MIRROR: 2.0}.get(form, 0.0)
    v = div(x, add(mul(e, add(e, p)), q))
    return mul(e, v), v, 0.0


def biquads(payload, x, old, state):
    at, channels, flags = struct.unpack_from("<IHH", payload)
    y, n = list(x), (len(payload) - 8) // 24
    for k in range(n):
        (form,) = struct.unpack_from("<I", payload, 8 + 24 * k)
        p, q, b, r, s = read(payload, 12 + 24 * k, 5)
        for c in range(channels):
            times = list(range(c, len(y), channels))
            if flags & 2:
                times.reverse()
            u = v = w = 0.0
            place = at + 12 * (k * channels + c)
            if flags & 1:
                u, v, w = steady(form, p, q, y[times[0]])
            elif at != AT_REST:
                u, v, w = read(state, place, 3)
            for t in times:
                d = sub(sub(y[t], mul(p, u)), mul(q, v))
                y[t] = add(add(mul(b, d), mul(r, u)), mul(s, v))
                u, v, w = next_of(form, u, v, w, d)
            if at != AT_REST:
                put(state, place, u, v, w)
    return y


def before(state, at, rows, x, channels, first):
    """The mark, and the samples from the oldest that is kept to the run's last."""
    rest = (x[:channels] if first else [0.0] * channels) * rows
    if at == AT_REST:
        return 0, rest + x
    (mark,) = struct.unpack_from("<I", state, at)
    if not mark & HELD:
        return HELD, rest + x
    return mark, read(state, at + 4, rows * channels) + x


def keep(state, at, mark, rows, line, channels):
    if at != AT_REST:
        struct.pack_into("<I", state, at, mark)
        put(state, at + 4, *line[len(line) - rows * channels :])


def fir(payload, x, old, state):
    at, channels, flags, step, spacing = struct.unpack_from("<IHHHH", payload)
    taps = read(payload, 12, (len(payload) - 12) // 4)
    rows = (len(taps) - 1) * spacing
    mark, line = before(state, at, rows, x, channels, flags & 1)
    y = []
    for t in range(0, len(x) // channels, step):
        for c in range(channels):
            total = 0.0
            for k, tap in enumerate(taps):
                sample = line[(rows + t - k * spacing) * channels + c]
                total = add(total, mul(tap, sample))
            y.append(total)
    keep(state, at, mark, rows, line, channels)
    return y


def moving(payload, x, state):
    at, channels, width = struct.unpack("<IHH", payload)
    mark, line = before(state, at, width - 1, x, channels, True)
    return at, channels, width, mark, line


def moving_mean(payload, x, old, state):
    at, channels, width, mark, line = moving(payload, x, state)
    phase = mark & (HELD - 1)
    phase = 0 if phase >= width else phase
    y, times = [], len(x) // channels
    for t in range(times):
        for c in range(channels):
            last = line[c + t * channels : c + (t + width) * channels : channels]
            here = (phase + t) % width + 1
            start = end = 0.0
            for value in reversed(last[: width - here]):
                end = add(end, value)
            for value in last[width - here :]:
                start = add(start, value)
            y.append(div(add(end, start), float(width)))
    mark = HELD | (phase + times) % width
    keep(state, at, mark, width - 1, line, channels)
    return y


def moving_median(payload, x, old, state):
    at, channels, width, mark, line = moving(payload, x, state)
    y = []
    for i in range(len(x)):
        last = [order(bits(v)) for v in line[i : i + width * channels : channels]]
        key = sorted(last)[width // 2]
        if key == 0:
            y.append(from_bits(0x7FC00000))
        else:
            y.append(from_bits(key ^ HELD if key & HELD else ~key))
    keep(state, at, mark, width - 1, line, channels)
    return y


def running(m, w, x, alpha):
    more = add(mul(alpha, sub(x, m)), w)
    total = add(m, more)
    return total, sub(more, sub(total, m))


def score(off, v):
    if v > 0:
        return div(off, root(v))
    return sub(off, off)


def exponential_mean(payload, x, old, state):
    at, channels, flags = struct.unpack_from("<IHH", payload)
    (alpha,) = read(payload, 8, 1)
    starts = at == AT_REST or not struct.unpack_from("<I", state, at)[0]
    means, rests, scores, n = {}, {}, {}, 4 if flags & 4 else 2
    for c in range(channels):
        kept = [x[c] if flags & 1 else 0.0, 0.0, 0.0, 0.0]
        if not starts:
            kept[:n] = read(state, at + 4 + 4 * n * c, n)
        m, w, v, u = kept
        for i in range(c, len(x), channels):
            d = sub(x[i], m)
            m, w = running(m, w, x[i], alpha)
            v, u = running(v, u, mul(mul(d, d), sub(1.0, alpha)), alpha)
            means[i], rests[i] = m, sub(x[i], m)
            scores[i] = score(rests[i], v)
        if at != AT_REST:
            put(state, at + 4 + 4 * n * c, *[m, w, v, u][:n])
    if at != AT_REST:
        struct.pack_into("<I", state, at, 1)
    if not flags & 2:
        return [(scores if flags & 4 else means)[i] for i in range(len(x))]
    y = []
    for t in range(0, len(x), channels):
        y += [means[i] for i in range(t, t + channels)]
        y += [rests[i] for i in range(t, t + channels)]
    return y


KEEPERS = {
    "biquads": biquads,
    "fir": fir,
    "moving_mean": moving_mean,
    "moving_median": moving_median,
    "exponential_mean": exponential_mean,
}
