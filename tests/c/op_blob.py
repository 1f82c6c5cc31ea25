# SPDX-License-Identifier: MIT
"""A blob of one numeric stage, made by hand."""

import struct

from c.blobs import ARENA, HEADER, INPUT, OUTPUT, STAGE, pack, with_crc


def op_blob(
    code: int, n_in: int, n_out: int, payload: bytes, output: int | None = None
) -> bytes:
    """x (n_in elements) -> one op -> y (n_out). Padding of payload is the caller's.

    output: header.output, by default votes or values by what the op writes. The
    first score is the only output.
    """
    if output is None:
        output = 0x26 if code >> 8 & 0xFF == 0x06 else 0x1E
    size_in, size_out = n_in << (code & 3), n_out << (code >> 8 & 3)
    body = 48 + 4 + 28 + len(payload)
    header = {
        "magic": 0x4C4D458E,
        "version": 1,
        "flags": 0,
        "total_size": body,
        "crc32": 0,
        "body_size": body,
        "input_size": size_in,
        "arena_size": 0,
        "score_size": size_out,
        "work": 1,
        "vote_total": int(output == 0x26),
        "n_outputs": 1,
        "n_stages": 1,
        "input": code & 0xFF,
        "output": output,
    }
    stage = {
        "size": len(payload),
        "op": code,
        "in_offset": 0,
        "in_count": n_in,
        "out_offset": 0,
        "out_count": n_out,
        "in_space": INPUT,
        "out_space": OUTPUT,
    }
    groups = struct.pack("<I", 1)
    return with_crc(pack(HEADER, header) + groups + pack(STAGE, stage) + payload)


__all__ = ["ARENA", "op_blob"]
