# SPDX-License-Identifier: MIT
"""A blob of one numeric stage, made by hand."""

import struct

from c.blobs import (
    ARENA,
    F32,
    HEADER,
    I16,
    INPUT,
    OUTPUT,
    STAGE,
    U8,
    U32,
    pack,
    with_crc,
)
from c.op_codes import OP

#: What reads the integers that an op writes.
CASTS = {U8: OP["cast_u8"], I16: OP["cast_i16"]}


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


def program_blob(
    stages: list[tuple[dict[str, int], bytes]],
    n_in: int,
    n_out: int,
    arena: int = 0,
    groups: tuple[int, ...] = (1,),
    **fields: int,
) -> bytes:
    """Stages, each with its payload, from x (n_in elements) to y (n_out).

    The dtypes of x and y are those of the first and the last stage. fields: of the
    header, in place of what would be right; state: bytes of state, if it keeps any.
    """
    input_dtype = fields.get("input", stages[0][0]["op"] & 0xFF)
    output = 0x26 if stages[-1][0]["op"] >> 8 & 0xFF == 0x06 else 0x1E
    payloads = b"".join(payload for _, payload in stages)
    state = fields.pop("state", None)
    record = b"" if state is None else struct.pack("<I", state)
    fields |= {} if state is None else {"flags": fields.get("flags", 0) | 8}
    body = 48 + 4 * len(groups) + 28 * len(stages) + len(record + payloads)
    output = fields.get("output", output)
    header = {
        "magic": 0x4C4D458E,
        "version": 1,
        "flags": 0,
        "total_size": body,
        "crc32": 0,
        "body_size": body,
        "input_size": n_in << (input_dtype & 3),
        "arena_size": arena + 7 & ~7,
        "score_size": n_out << (output & 3),
        "work": 1,
        "vote_total": int(output == 0x26),
        "n_outputs": len(groups),
        "n_stages": len(stages),
        "input": input_dtype,
        "output": output,
    }
    table = b"".join(pack(STAGE, stage) for stage, _ in stages)
    counts = struct.pack(f"<{len(groups)}I", *groups)
    return with_crc(pack(HEADER, header | fields) + counts + table + record + payloads)


def op_blob(
    code: int, n_in: int, n_out: int, payload: bytes, output: int | None = None
) -> bytes:
    """x (n_in elements) -> one op -> y (n_out). Padding of payload is the caller's.

    output: header.output, by default votes or values by what the op writes. The
    first score is the only output. What x cannot be, an op reads from the arena.
    """
    stages = stages_of(code, n_in, n_out, len(payload))
    fields = {} if output is None else {"output": output}
    arena = n_out << (code >> 8 & 3) if len(stages) > 1 else 0
    if code & 0xFF == U32:
        stages[0]["in_space"] = ARENA
        arena, n_in, fields["input"] = 4 * n_in, 1, F32
    contents = [payload, b""][: len(stages)]
    pairs = list(zip(stages, contents, strict=True))
    return program_blob(pairs, n_in, n_out, arena, **fields)


__all__ = ["ARENA", "op_blob", "program_blob", "stage_of"]
