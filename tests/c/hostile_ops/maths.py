# SPDX-License-Identifier: MIT
"""Functions of numbers and of spans with payloads that are wrong."""

import math
import struct
from collections.abc import Iterator

from c.hostile_ops.affine import f32, u32
from c.op_blob import op_blob
from c.op_codes import OP

RELU, ELU, CLIP = OP["relu"], OP["elu"], OP["clip"]
STEP, POWER, NORMALIZE = OP["step"], OP["power"], OP["normalize"]
SOFTMAX, LOGSUMEXP = OP["softmax"], OP["logsumexp"]
WINNER, BOTH = OP["onehot_argmax"], OP["complement"]
#: Functions of one number without a payload.
NAMES = (
    *("logistic", "tanh", "exp", "expm1", "log", "log1p", "sqrt", "erf", "ndtri"),
    *("cos", "abs", "square", "reciprocal", "softplus", "softsign", "silu", "gelu"),
    "gelu_tanh",
)


def sizes(name: str, code: int, good: bytes, n: int = 2) -> Iterator[tuple[str, bytes]]:
    """Of an op that writes as many elements as it reads."""
    yield f"{name}_long", op_blob(code, n, n, good + u32(0))
    yield f"{name}_more_inputs", op_blob(code, n + 1, n, good)
    yield f"{name}_more_outputs", op_blob(code, n, n + 1, good)
    if good:
        yield f"{name}_short", op_blob(code, n, n, good[:-4])
        yield f"{name}_empty", op_blob(code, n, n, b"")
        yield f"{name}_huge", op_blob(code, 0x3FFFFFF, n, good)


def floats(name: str, code: int, good: bytes, at: int) -> Iterator[tuple[str, bytes]]:
    """Every float from octet `at` on, not finite in turn."""
    for o in range(at, len(good), 4):
        for what, value in (("nan", math.nan), ("inf", -math.inf)):
            bad = good[:o] + f32(value) + good[o + 4 :]
            yield f"{name}_{what}_{o}", op_blob(code, 2, 2, bad)


def maps() -> Iterator[tuple[str, bytes]]:
    for name in NAMES:
        yield from sizes(name, OP[name], b"")
    good = {
        RELU: u32(1) + f32(0.1, 0, 6),
        ELU: f32(1, 1),
        CLIP: f32(-1, 1),
        STEP: f32(0, 1),
        POWER: u32(1) + f32(1, 2, 3, 4),
    }
    for name, code, at in (
        ("relu", RELU, 4),
        ("elu", ELU, 0),
        ("clip", CLIP, 0),
        ("step", STEP, 0),
        ("power", POWER, 4),
    ):
        payload = good[code]
        for case, blob in sizes(name, code, payload):
            # These payloads do not depend on the count.
            if case != f"{name}_huge" or code in (STEP, POWER):
                yield case, blob
        yield from floats(name, code, payload, at)
    yield "relu_flag", op_blob(RELU, 2, 2, u32(2) + f32(0, 0, 0))
    yield "relu_unused_max", op_blob(RELU, 2, 2, u32(0) + f32(0, 0, 6))
    yield "clip_crossed", op_blob(CLIP, 2, 2, f32(1, -1))
    yield "power_flag", op_blob(POWER, 2, 2, u32(2) + f32(1, 2, 3, 4, 5, 6))
    yield "power_unsigned_long", op_blob(POWER, 2, 2, u32(0) + f32(1, 2, 3, 4))
    yield "power_huge_flag", op_blob(POWER, 2, 2, u32(0xFFFFFFFF) + f32(1, 2))


def spans() -> Iterator[tuple[str, bytes]]:
    yield from sizes("softmax", SOFTMAX, b"")
    yield "logsumexp_payload", op_blob(LOGSUMEXP, 2, 1, u32(0))
    yield "logsumexp_outputs", op_blob(LOGSUMEXP, 2, 2, b"")
    for name, norm, flags in (("zero", 0, 0), ("norm", 5, 0), ("flag", 1, 2)):
        payload = struct.pack("<HH", norm, flags)
        yield f"normalize_{name}", op_blob(NORMALIZE, 2, 2, payload)
    yield from (
        case for case in sizes("normalize", NORMALIZE, u32(1)) if "huge" not in case[0]
    )
    for group in (0, 3, 5, 0xFFFFFFFF):
        yield f"winner_{group}", op_blob(WINNER, 4, 4, u32(group))
    yield "winner_long", op_blob(WINNER, 4, 4, u32(2) + u32(2))
    yield "winner_outputs", op_blob(WINNER, 4, 2, u32(2))
    yield "both_payload", op_blob(BOTH, 2, 4, u32(0))
    for n_out in (1, 2, 3, 5, 8):
        yield f"both_{n_out}", op_blob(BOTH, 2, n_out, b"")


def cases() -> Iterator[tuple[str, bytes]]:
    yield from maps()
    yield from spans()


def valid() -> Iterator[tuple[str, bytes]]:
    """Each function of numbers of every kind."""
    for name in NAMES:
        yield f"valid_{name}", op_blob(OP[name], 9, 9, b"")
    yield "valid_relu", op_blob(RELU, 2, 2, u32(1) + f32(0.1, 0, 6))
