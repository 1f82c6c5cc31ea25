# SPDX-License-Identifier: MIT
"""Small sound blobs that ask for much of those who run them or count their work: one a
cause.

BLOBS has names and functions that make bytes; SAMPLED those that are of samples.
"""

import struct

from c.op_codes import OP
from documents import blob, section

ABS = OP["abs"]
INPUT, ARENA, OUTPUT = 0, 1, 2
FLOAT, VALUES, MARGINS = 14, 0x1E, 0x5E
WINDOW = 8


def wide(n, stages=1, arena=None):
    """Stages that go over n numbers of the arena, and one that gives a number."""
    over = (ABS, b"", INPUT, 0, n, ARENA, 0, n)
    last = (ABS, b"", INPUT, 0, 1, OUTPUT, 0, 1)
    arena = 4 * n if arena is None else arena
    return blob(
        [over] * stages + [last], FLOAT, VALUES, x=4 * n, arena=arena + -arena % 8
    )


def plain(n=1, output=VALUES, groups=None, stages=1, **more):
    """Stages that give the absolute values of n numbers."""
    sizes = {"x": 4 * n, "y": 4 * n, **more}
    stage = (ABS, b"", INPUT, 0, n, OUTPUT, 0, n)
    return blob([stage] * stages, FLOAT, output, groups=groups or (1,) * n, **sizes)


def one(op, payload, n, m, arena=0):
    """One stage from n numbers to m."""
    stage = (OP[op], payload, INPUT, 0, n, ARENA, 0, m)
    last = (ABS, b"", ARENA, 0, 1, OUTPUT, 0, 1)
    size = 4 * m + arena
    return blob([stage, last], FLOAT, VALUES, x=4 * n, arena=size + -size % 8)


def features(op, length, channels, codes, n_out, *, option=0, form="<H", arena=0):
    """Features of windows; codes: what is packed for each. arena: bytes that bring
    work."""
    head = struct.pack("<4H3f", length, channels, len(codes), option, 0, 0, 0)
    packed = b"".join(struct.pack(form, *code) for code in codes)
    return one(op, head + packed, length * channels, n_out, arena)


def nearest(n_items, k):
    items = struct.pack(f"<{n_items}f", *range(n_items, 0, -1))
    return one("nearest", struct.pack("<I2H", n_items, k, 0) + items, 1, 2 * k)


def votes(n_classes, kind):
    """A tree of one leaf, with many classes."""
    item = 0x0201 if kind == "soft" else 0
    head = struct.pack("<4I2H", 1, 28, 0, 1, 2, item)
    payload = head + struct.pack("<3I", 0, 0, 0)
    stage = (OP[f"trees_{kind}_f32"], payload, INPUT, 0, 1, OUTPUT, 0, n_classes)
    y, groups = 4 * n_classes, (n_classes,)
    return blob([stage], FLOAT, 0x26, y=y, groups=groups, vote=1)


def outputs(n, stages):
    """Many outputs, and many stages of one number."""
    first = (ABS, b"", INPUT, 0, n, OUTPUT, 0, n)
    more = (ABS, b"", INPUT, 0, 1, OUTPUT, 0, 1)
    every = [first, *[more] * (stages - 1)]
    return blob(every, FLOAT, VALUES, x=4 * n, y=4 * n, groups=(1,) * n)


def windowed(length, hop, channels=1):
    """The absolute value of a window's first sample."""
    meta = section(WINDOW, struct.pack("<3I", length, hop, channels))
    return plain(x=4 * length, meta=meta)


BLOBS = {
    "an arena": lambda: plain(arena=(1 << 28) - 8),
    "inputs": lambda: plain(x=(1 << 28) - 4),
    "scores of a class each": lambda: plain(1 << 24, MARGINS, (1 << 24,)),
    "classes": lambda: plain(1 << 18, MARGINS, (1 << 18,)),
    "outputs and stages": lambda: outputs(4000, 300),
    "stages": lambda: plain(stages=1500),
    "wide stages": lambda: wide(1 << 22, 60),
    "rows of four million numbers": lambda: wide(1 << 20),
    "a window and an arena": lambda: windowed(1 << 20, 1 << 19),
    "quantiles of channels": lambda: features(
        "quantiles", 1, 40_000, [(0, 0, 0)] * 2, 80_000, form="<2Hf", arena=1 << 20
    ),
    "sums of lags": lambda: features(
        "autocorrelation", 60_000, 1, [(k,) for k in range(300)], 300, arena=1 << 20
    ),
    "pairs of channels": lambda: features(
        "correlation", 60_000, 2, [(0x0100,)] * 100, 100, arena=1 << 22
    ),
    "moving means": lambda: one(
        "moving_mean", struct.pack("<I2H", 0xFFFFFFFF, 1, 1), 400_000, 400_000
    ),
    "moving means of channels": lambda: one(
        "moving_mean", struct.pack("<I2H", 0xFFFFFFFF, 2000, 2000), 2000, 2000, 1 << 20
    ),
    "peaks": lambda: features("peaks", 60_000, 1, [(0,)], 1 + 2 * 1875, option=1),
    "many neighbours": lambda: nearest(3000, 1024),
    "votes for many classes": lambda: votes(1 << 18, "vote"),
    "soft votes for many classes": lambda: votes(1 << 18, "soft"),
}
