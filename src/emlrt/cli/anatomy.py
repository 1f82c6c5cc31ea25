# SPDX-License-Identifier: MIT
"""What a file that should be a blob holds, as far as it can be read.

Nothing here trusts the file: what cannot be read is left out, and whether the
blob is sound is for the runtime to say.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from emlrt import metadata as meta
from emlrt._native import lib
from emlrt.blob import Span, Stage, crc32
from emlrt.convert.inspect import trees_header
from emlrt.convert.records import RECORDS
from emlrt.errors import FormatError
from emlrt.layout import dtype_of
from emlrt.native import DTYPES, Runtime, constants

_SPACES = {code: name.lower() for name, code in constants("EMLRT_SPACE_").items()}
_TAGS = {code: name.lower() for name, code in constants("EMLRT_META_").items()}


def _fields(blob: bytes, struct: str, at: int) -> dict[str, int] | None:
    """A structure of the format at an offset, if the file goes that far."""
    dtype = dtype_of(struct)
    if at < 0 or at + dtype.itemsize > len(blob):
        return None
    record = np.frombuffer(blob, dtype, 1, at)[0]
    return {name: int(record[name]) for name in dtype.names or ()}


def dtype_name(code: int) -> str:
    """The numpy name of a dtype code, or the code."""
    return DTYPES[code].name if code in DTYPES else f"dtype 0x{code:02x}"


def _span(packed: int, offset: int, count: int) -> tuple[Span, str]:
    span = Span(packed & 0xFF, packed >> 8, offset, count)
    space = _SPACES.get(span.space, f"space {span.space}")
    return span, f"{space}[{offset}:{offset + count}] {dtype_name(span.dtype)}"


def _class_counts(blob: bytes, header: dict[str, int]) -> list[int] | None:
    """Class counts; empty for values, None if the file ends before them."""
    if header["output"] != lib.EMLRT_OUTPUT_VOTES:
        return []
    at = dtype_of("emlrt_header").itemsize
    if at + 4 * header["n_outputs"] > len(blob):
        return None
    counts: list[int] = np.frombuffer(blob, "<u4", header["n_outputs"], at).tolist()
    return counts


def _trees(stage: Stage, size: int) -> dict[str, Any]:
    """What a trees payload of `size` octets says of itself."""
    if len(stage.payload) < dtype_of("emlrt_trees").itemsize:
        return {}
    head = trees_header(stage)
    splits = head["n_records"]
    record = RECORDS[stage.name.split("_")[-1].upper()].itemsize
    return {
        "trees": head["n_trees"],
        "splits": splits,
        "leaves": head["n_leaves"],
        "items": head["n_items"],
        "unit": head["unit"],
        "record_bytes": record,
        "bytes_per_split": size / splits if splits else None,
    }


def _stage(blob: bytes, entry: dict[str, int], at: int) -> dict[str, Any]:
    source, reads = _span(entry["in"], entry["in_offset"], entry["in_count"])
    target, writes = _span(entry["out"], entry["out_offset"], entry["out_count"])
    stage = Stage(entry["op"], source, target, blob[at : at + entry["size"]])
    known = entry["op"] in constants("EMLRT_OP_").values()
    name = stage.name if known else f"unknown op 0x{entry['op']:04x}"
    found = {
        "op": name,
        "input": reads,
        "output": writes,
        "offset": at,
        "bytes": entry["size"],
    }
    return found | (_trees(stage, entry["size"]) if name.startswith("trees_") else {})


def _stages(blob: bytes, header: dict[str, int]) -> list[dict[str, Any]]:
    entry = dtype_of("emlrt_stage").itemsize
    votes = header["output"] == lib.EMLRT_OUTPUT_VOTES
    at = dtype_of("emlrt_header").itemsize + 4 * header["n_outputs"] * votes
    count = min(header["n_stages"], lib.EMLRT_STAGES_MAX)
    payload, stages = at + count * entry, []
    for i in range(count):
        fields = _fields(blob, "emlrt_stage", at + i * entry)
        if fields is None:
            break
        stages.append(_stage(blob, fields, payload))
        payload += fields["size"]
    return stages


def _sections(blob: bytes, header: dict[str, int]) -> list[dict[str, Any]]:
    """The metadata's sections, up to the first that does not fit the file."""
    at, end = header["body_size"], min(header["total_size"], len(blob))
    found: list[dict[str, Any]] = []
    while at < end:
        fields = _fields(blob, "emlrt_meta", at)
        if fields is None or fields["tag"] not in _TAGS or fields["size"] > end - at:
            found.append({"tag": "unreadable", "offset": at, "bytes": end - at})
            break
        tag, size = _TAGS[fields["tag"]], fields["size"]
        found.append({"tag": tag, "offset": at, "bytes": size})
        at += dtype_of("emlrt_meta").itemsize + size + -size % 4
    return found


def _metadata(
    blob: bytes, header: dict[str, int], counts: list[int]
) -> dict[str, Any] | None:
    """Labels and names; None if they cannot be read."""
    x, y = header["dtypes"] & 0xFF, header["dtypes"] >> 8
    shape = header["n_inputs"], header["n_scores"]
    try:
        data = blob[header["body_size"] :]
        found = meta.decode(data, counts, DTYPES[x], DTYPES[y], shape)
    except (ArithmeticError, LookupError, MemoryError, TypeError, ValueError):
        return None
    return {
        "labels": [classes.tolist() for classes in found.classes],
        "features": found.features,
        "outputs": found.outputs,
        "note": found.note,
        "golden": 0 if found.golden is None else len(found.golden.inputs),
    }


def _verdict(blob: bytes) -> dict[str, Any]:
    """What the runtime says, and the sizes it gives for a blob it takes."""
    try:
        info = Runtime(blob).info
    except FormatError as error:
        reason = {"reason": str(error), "offset": error.offset}
        return {"ok": False, "status": error.status, **reason}
    names = "scratch_bytes", "golden_bytes"
    return {"ok": True, "status": "OK", **{name: info[name] for name in names}}


def _described(blob: bytes, header: dict[str, int]) -> dict[str, Any]:
    stored, computed = header.pop("crc32"), crc32(blob)
    crc = {"stored": stored, "computed": computed, "ok": stored == computed}
    counts = _class_counts(blob, header)
    return {
        "header": header,
        "crc32": crc,
        "class_counts": counts,
        "stages": _stages(blob, header),
        "sections": _sections(blob, header),
        "metadata": _metadata(blob, header, counts or []),
    }


def anatomy(blob: bytes) -> dict[str, Any]:
    """Everything that can be said of a file, sound or damaged.

    Always has bytes, ok and status; reason and offset if not ok; and, as far as
    the file can be read, header, crc32, class_counts, stages, sections and
    metadata.
    """
    found: dict[str, Any] = {"bytes": len(blob), **_verdict(blob)}
    header = _fields(blob, "emlrt_header", 0)
    if header is None or header["magic"] != lib.EMLRT_MAGIC:
        return found
    if header["version"] != lib.EMLRT_FORMAT_VERSION:
        return found | {"header": {"version": header["version"]}}
    return found | _described(blob, header)
