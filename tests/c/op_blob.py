# SPDX-License-Identifier: MIT
"""A blob of one numeric stage, made by hand."""

import struct

from c.blobs import ARENA, HEADER, I16, INPUT, OUTPUT, STAGE, U8, pack, with_crc

#: What reads the integers that an op writes.
CASTS = {U8: 0x02010E04, I16: 0x02010E09}


def stage_of(code: int, n_in: int, n_out: int, size: int) -> dict[str, int]:
    """The fields of a stage from x to y."""
    return {
        "size": size,
        "op": code,
        "in_offset": 0,
        "in_count": n_in,
        "out_offset": 0,
        "out_count": n_out,
        "in_space": INPUT,
        "out_space": OUTPUT,
    }


def stages_of(code: int, n_in: int, n_out: int, size: int) -> list[dict[str, int]]:
    """The op's stage, and a cast if it writes integers, which y cannot hold."""
    stage, cast = stage_of(code, n_in, n_out, size), CASTS.get(code >> 8 & 0xFF)
    if cast is None:
        return [stage]
    behind = stage_of(cast, n_out, n_out, 0) | {"in_space": ARENA}
    return [stage | {"out_space": ARENA}, behind]


def op_blob(
    code: int, n_in: int, n_out: int, payload: bytes, output: int | None = None
) -> bytes:
    """x (n_in elements) -> one op -> y (n_out). Padding of payload is the caller's.

    output: header.output, by default votes or values by what the op writes. The
    first score is the only output.
    """
    if output is None:
        output = 0x26 if code >> 8 & 0xFF == 0x06 else 0x1E
    stages = stages_of(code, n_in, n_out, len(payload))
    size_in, size_out = n_in << (code & 3), n_out << (output & 3)
    arena = (n_out << (code >> 8 & 3)) + 7 & ~7 if len(stages) > 1 else 0
    body = 48 + 4 + 28 * len(stages) + len(payload)
    header = {
        "magic": 0x4C4D458E,
        "version": 1,
        "flags": 0,
        "total_size": body,
        "crc32": 0,
        "body_size": body,
        "input_size": size_in,
        "arena_size": arena,
        "score_size": size_out,
        "work": 1,
        "vote_total": int(output == 0x26),
        "n_outputs": 1,
        "n_stages": len(stages),
        "input": code & 0xFF,
        "output": output,
    }
    table = b"".join(pack(STAGE, stage) for stage in stages)
    groups = struct.pack("<I", 1)
    return with_crc(pack(HEADER, header) + groups + table + payload)


__all__ = ["ARENA", "op_blob"]
