# SPDX-License-Identifier: MIT
"""Filters along time with payloads that are wrong."""

import math
import struct
from collections.abc import Iterator

from c.blobs import ARENA
from c.op_blob import op_blob, program_blob, stage_of
from c.op_codes import OP

Cases = Iterator[tuple[str, bytes]]

BIQUADS, FIR, MEAN = OP["biquads"], OP["fir"], OP["moving_mean"]
MEDIAN, EXPONENTIAL, ABS = OP["moving_median"], OP["exponential_mean"], OP["abs"]
AT_REST, STATE = 0xFFFFFFFF, 3


def f32(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def section(form: int = 1, *numbers: float) -> bytes:
    return struct.pack("<I", form) + f32(*(numbers or (0.2, 0.05, 0.1, 0.3, 0.04)))


def biquads(
    at: int = AT_REST, channels: int = 2, flags: int = 0, body: bytes | None = None
) -> bytes:
    head = struct.pack("<IHH", at, channels, flags)
    return head + (section() if body is None else body)


def fir(
    at: int = AT_REST,
    channels: int = 2,
    flags: int = 0,
    step: int = 1,
    spacing: int = 1,
    body: bytes | None = None,
) -> bytes:
    head = struct.pack("<IHHHH", at, channels, flags, step, spacing)
    return head + (f32(1, 0.5, 0.25) if body is None else body)


def moving(at: int = AT_REST, channels: int = 2, width: int = 3) -> bytes:
    return struct.pack("<IHH", at, channels, width)


def mean(
    at: int = AT_REST, channels: int = 2, flags: int = 0, alpha: float = 0.5
) -> bytes:
    return struct.pack("<IHHf", at, channels, flags, alpha)


#: A right payload of each op, as a function of the state's offset, and the bytes that
#: it keeps from there on.
KEPT = {
    "biquads": (BIQUADS, lambda at: biquads(at, body=section() + section(2)), 48),
    "fir": (FIR, lambda at: fir(at, spacing=2), 4 + 32),
    "fir_one": (FIR, lambda at: fir(at, body=f32(1)), 4),
    "mean": (MEAN, moving, 4 + 16),
    "mean_one": (MEAN, lambda at: moving(at, width=1), 4),
    "median": (MEDIAN, moving, 4 + 16),
    "exponential": (EXPONENTIAL, mean, 4 + 16),
    "score": (EXPONENTIAL, lambda at: mean(at, flags=4), 4 + 32),
}


def keeping(
    code: int, payload: bytes, state: int, n_in: int = 8, n_out: int = 8
) -> bytes:
    stage = stage_of(code, n_in, n_out, len(payload))
    return program_blob([(stage, payload)], n_in, n_out, state=state)


def _padded(n_bytes: int) -> int:
    return n_bytes + -n_bytes % 8


def over_itself(code: int, payload: bytes, at: int) -> bytes:
    """A stage that writes on what its op keeps, twice."""
    stage = stage_of(code, 8, 8, len(payload))
    stage |= {"out_space": STATE, "out_offset": at}
    behind = stage_of(ABS, 8, 8, 0) | {"in_space": STATE, "in_offset": at}
    pairs = [(stage, payload), (stage, payload), (behind, b"")]
    return program_blob(pairs, 8, 8, state=64)


def state() -> Cases:
    for name, (code, payload_at, n_bytes) in KEPT.items():
        # up to the end of the state, and from its second number on
        end = _padded(4 + n_bytes)
        yield f"{name}_kept", keeping(code, payload_at(4), end)
        yield f"{name}_kept_last", keeping(code, payload_at(end - n_bytes), end)
        for at in (0, 4, 8, 12):
            yield f"{name}_over_{at}", over_itself(code, payload_at(4), at)
    yield "fir_kept_step", keeping(FIR, fir(4, step=2), 24, 8, 4)


def kept_wrong() -> Cases:
    for name, (code, payload_at, n_bytes) in KEPT.items():
        end = _padded(4 + n_bytes)
        beyond = end - n_bytes + 4
        for why, at in (("at_0", 0), ("between", 6), ("beyond", beyond), ("end", end)):
            yield f"{name}_{why}", keeping(code, payload_at(at), end)
        yield f"{name}_far", keeping(code, payload_at(0xFFFFFFFC), end)
        yield f"{name}_no_state", op_blob(code, 8, 8, payload_at(4))
    for flags in (1, 2, 3):
        yield f"biquads_kept_{flags}", keeping(BIQUADS, biquads(4, 2, flags), 32)
    yield "biquads_many_kept", keeping(BIQUADS, biquads(4, 0xFFFF), 32)
    yield "fir_kept_odd_step", keeping(FIR, fir(4, step=3), 24, 8, 4)
    yield "fir_kept_far", keeping(FIR, fir(4, spacing=0xFFFF), 24)
    yield "mean_kept_wide", keeping(MEAN, moving(4, width=0xFFFF), 24)


def wrong_biquads() -> Cases:
    good = biquads()
    yield "biquads_empty", op_blob(BIQUADS, 8, 8, b"")
    yield "biquads_half_a_head", op_blob(BIQUADS, 8, 8, good[:4])
    yield "biquads_none", op_blob(BIQUADS, 8, 8, good[:8])
    yield "biquads_short", op_blob(BIQUADS, 8, 8, good[:-4])
    yield "biquads_long", op_blob(BIQUADS, 8, 8, good + f32(0))
    yield "biquads_no_channels", op_blob(BIQUADS, 8, 8, biquads(channels=0))
    yield "biquads_part_of_a_time", op_blob(BIQUADS, 8, 8, biquads(channels=3))
    yield "biquads_more_channels", op_blob(BIQUADS, 8, 8, biquads(channels=16))
    yield "biquads_flags", op_blob(BIQUADS, 8, 8, biquads(flags=4))
    yield "biquads_form", op_blob(BIQUADS, 8, 8, biquads(body=section(4)))
    yield "biquads_fewer_outputs", op_blob(BIQUADS, 8, 6, good)
    yield "biquads_more_outputs", op_blob(BIQUADS, 8, 10, good)
    for k in range(5):
        numbers = [0.1] * 5
        numbers[k] = (math.nan, math.inf)[k % 2]
        body = section() + section(0, *numbers)
        yield f"biquads_number_{k}", op_blob(BIQUADS, 8, 8, biquads(body=body))


def wrong_fir() -> Cases:
    good = fir()
    yield "fir_empty", op_blob(FIR, 8, 8, b"")
    yield "fir_half_a_head", op_blob(FIR, 8, 8, good[:8])
    yield "fir_no_taps", op_blob(FIR, 8, 8, good[:12])
    yield "fir_nan", op_blob(FIR, 8, 8, fir(body=f32(1, math.nan)))
    yield "fir_no_channels", op_blob(FIR, 8, 8, fir(channels=0))
    yield "fir_part_of_a_time", op_blob(FIR, 8, 8, fir(channels=3))
    yield "fir_flags", op_blob(FIR, 8, 8, fir(flags=2))
    yield "fir_no_step", op_blob(FIR, 8, 8, fir(step=0))
    yield "fir_no_spacing", op_blob(FIR, 8, 8, fir(spacing=0))
    yield "fir_fewer_outputs", op_blob(FIR, 8, 6, good)
    yield "fir_more_outputs", op_blob(FIR, 8, 10, good)
    yield "fir_part_of_an_output", op_blob(FIR, 8, 9, good)
    yield "fir_step_more", op_blob(FIR, 8, 6, fir(step=3))
    yield "fir_step_less", op_blob(FIR, 8, 2, fir(step=3))
    far = fir(channels=4, spacing=0xFFFF, body=bytes(4 * 1026))
    yield "fir_reaches_far", op_blob(FIR, 8, 8, far)
    wide = stage_of(FIR, 0xFFFF, 0xFFFF, 16) | {"in_space": ARENA}
    strides = fir(channels=0xFFFF, spacing=0xFFFF, body=f32(1))
    yield (
        "fir_strides",
        program_blob([(wide, strides)], 1, 0xFFFF, 4 * 0xFFFF),
    )


def wrong_moving() -> Cases:
    for name, code in (("mean", MEAN), ("median", MEDIAN)):
        yield f"{name}_empty", op_blob(code, 8, 8, b"")
        yield f"{name}_short", op_blob(code, 8, 8, moving()[:4])
        yield f"{name}_long", op_blob(code, 8, 8, moving() + f32(0))
        yield f"{name}_no_width", op_blob(code, 8, 8, moving(width=0))
        yield f"{name}_no_channels", op_blob(code, 8, 8, moving(channels=0))
        yield f"{name}_part_of_a_time", op_blob(code, 8, 8, moving(channels=3))
        yield f"{name}_fewer_outputs", op_blob(code, 8, 6, moving())
        yield f"{name}_more_outputs", op_blob(code, 8, 10, moving())
    for width in (1, 2, 4, 11, 0xFFFF):
        yield f"median_{width}", op_blob(MEDIAN, 8, 8, moving(width=width))


def wrong_means() -> Cases:
    good = mean()
    yield "exponential_empty", op_blob(EXPONENTIAL, 8, 8, b"")
    yield "exponential_short", op_blob(EXPONENTIAL, 8, 8, good[:8])
    yield "exponential_long", op_blob(EXPONENTIAL, 8, 8, good + f32(0))
    yield "exponential_flags", op_blob(EXPONENTIAL, 8, 8, mean(flags=8))
    yield "exponential_score_and_both", op_blob(EXPONENTIAL, 8, 16, mean(flags=6))
    yield "exponential_no_channels", op_blob(EXPONENTIAL, 8, 8, mean(channels=0))
    yield "exponential_part_of_a_time", op_blob(EXPONENTIAL, 8, 8, mean(channels=3))
    yield "exponential_nan", op_blob(EXPONENTIAL, 8, 8, mean(alpha=math.nan))
    yield "exponential_fewer_outputs", op_blob(EXPONENTIAL, 8, 6, good)
    yield "exponential_more_outputs", op_blob(EXPONENTIAL, 8, 16, good)
    yield "exponential_both_fewer", op_blob(EXPONENTIAL, 8, 8, mean(flags=2))


def cases() -> Cases:
    yield from kept_wrong()
    yield from wrong_biquads()
    yield from wrong_fir()
    yield from wrong_moving()
    yield from wrong_means()


def work() -> Cases:
    """Each ends in status WORK."""
    many = biquads(body=section() * 400)
    yield "biquads_many", op_blob(BIQUADS, 8000, 8000, many)
    taps = fir(channels=1, body=bytes(4 * 1000))
    yield "fir_many", op_blob(FIR, 8000, 8000, taps)
    wide = moving(channels=0x1000, width=0xFFFF)
    yield "mean_wide", op_blob(MEAN, 0x1000, 0x1000, wide)


def valid() -> Cases:
    yield "biquads", op_blob(BIQUADS, 8, 8, biquads(flags=3))
    yield "biquads_few", op_blob(BIQUADS, 800, 800, biquads(body=section() * 40))
    yield "biquads_unstable", op_blob(BIQUADS, 8, 8, biquads(body=section(2, *[9] * 5)))
    yield "fir", op_blob(FIR, 8, 8, fir())
    yield "fir_step", op_blob(FIR, 8, 4, fir(step=3))
    yield "fir_reach", op_blob(FIR, 8, 8, fir(flags=1, spacing=0xFFFF))
    yield "fir_few", op_blob(FIR, 800, 800, fir(channels=1, body=bytes(4 * 300)))
    yield "mean", op_blob(MEAN, 8, 8, moving())
    yield "mean_wider", op_blob(MEAN, 8, 8, moving(width=50))
    yield "median", op_blob(MEDIAN, 8, 8, moving(width=9))
    yield "exponential", op_blob(EXPONENTIAL, 8, 16, mean(flags=3))
