# SPDX-License-Identifier: MIT
"""The content of a file that should be a blob, as far as it can be read.

Nothing here trusts the file: what cannot be read is left out, and whether the
blob is sound is for the runtime to say.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from emlrt import metadata as meta
from emlrt._native import lib
from emlrt.blob import Program, Span, Stage, class_counts, stage_of
from emlrt.checksum import crc32
from emlrt.column_texts import is_of_inputs
from emlrt.dtypes import dtype_of
from emlrt.errors import FormatError
from emlrt.inspect.cost import CORE
from emlrt.inspect.open_cost import open_cost, verify_cost
from emlrt.inspect.records import RECORDS
from emlrt.inspect.stage_cost import stage_cost, sum_of
from emlrt.inspect.trees import leaf_error, trees_header, trees_shape
from emlrt.model import Model
from emlrt.native import DTYPES, Runtime, constants

_SPACES = {code: name.lower() for name, code in constants("EMLRT_SPACE_").items()}
#: Words of texts about inputs.
_OF_INPUTS = ("categories", "known", "channel", "rows")
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


def _span(span: Span) -> str:
    space = _SPACES.get(span.space, f"space {span.space}")
    n_bytes = span.count << (span.dtype & 3)
    end = span.offset + n_bytes
    return f"{space}[{span.offset}:{end}] {span.count} {dtype_name(span.dtype)}"


def _output_sizes(blob: bytes, header: dict[str, int]) -> list[int] | None:
    """Scores of each output; None if the file ends before them."""
    at = dtype_of("emlrt_header").itemsize
    if at + 4 * header["n_outputs"] > len(blob):
        return None
    counts: list[int] = np.frombuffer(blob, "<u4", header["n_outputs"], at).tolist()
    return counts


def _trees(stage: Stage, size: int) -> dict[str, Any]:
    """The head of a trees payload of `size` bytes."""
    if stage.payload_bytes < dtype_of("emlrt_trees").itemsize:
        return {}
    shape = trees_shape(stage)
    splits = shape["splits"]
    record = RECORDS[stage.name.split("_")[-1].upper()].itemsize
    return {
        **shape,
        "unit": trees_header(stage).get("unit", 0),
        "record_bytes": record,
        "bytes_per_split": size / splits if splits else None,
    }


def _arena_bytes(stage: Stage) -> int:
    """Bytes of scratch that a stage writes."""
    span = stage.target
    return span.count << (span.dtype & 3) if span.space == lib.EMLRT_SPACE_ARENA else 0


def _stage(blob: bytes, entry: np.void, at: int) -> dict[str, Any]:
    size = int(entry["size"])
    stage = stage_of(entry, blob[at : at + size])
    known = stage.op in constants("EMLRT_OP_").values()
    name = stage.name if known else f"unknown op 0x{stage.op:08x}"
    found = {
        "op": name,
        "input": _span(stage.source),
        "output": _span(stage.target),
        "offset": at,
        "bytes": size,
        "arena_bytes": _arena_bytes(stage),
    }
    return found | (_trees(stage, size) if name.startswith("trees_") else {})


def _stages(blob: bytes, header: dict[str, int]) -> list[dict[str, Any]]:
    dtype = dtype_of("emlrt_stage")
    at = dtype_of("emlrt_header").itemsize + 4 * header["n_outputs"]
    payload, stages = at + header["n_stages"] * dtype.itemsize, []
    if header["flags"] & lib.EMLRT_FLAG_STATE:
        payload += dtype_of("emlrt_state").itemsize
    count = min(header["n_stages"], max(0, len(blob) - at) // dtype.itemsize)
    for entry in np.frombuffer(blob, dtype, count, at if count else 0):
        stages.append(_stage(blob, entry, payload))
        payload += int(entry["size"])
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


def _rules(found: meta.Metadata) -> list[dict[str, Any]]:
    """Offset and scale of each input, if x is made of raw numbers."""
    if found.inputs is None:
        return []
    pairs = zip(found.inputs.offset.tolist(), found.inputs.scale.tolist(), strict=True)
    return [{"offset": offset, "scale": scale} for offset, scale in pairs]


def _metadata(
    blob: bytes, header: dict[str, int], counts: list[int]
) -> dict[str, Any] | None:
    """Labels and names; None if they cannot be read."""
    x, y = header["input"], header["output"] & 0xF
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
        "methods": [t for t in found.methods if not is_of_inputs(t)],
        **{w: [t for t in found.methods if is_of_inputs(t, w)] for w in _OF_INPUTS},
        "inputs": _rules(found),
        "window": None if found.window is None else asdict(found.window),
        "golden": 0 if found.golden is None else len(found.golden.inputs),
    }


def _verdict(blob: bytes) -> dict[str, Any]:
    """The runtime's verdict, and the sizes of a blob that it opens."""
    try:
        info = Runtime(blob).info
        Model.from_bytes(blob)  # reads the labels, which the runtime does not
    except FormatError as error:
        reason = {"reason": str(error), "offset": error.offset}
        return {"ok": False, "status": error.status or "METADATA", **reason}
    names = "scratch_bytes", "golden_bytes", "state_bytes", "stream_bytes"
    return {"ok": True, "status": "OK", **{name: info[name] for name in names}}


def _error(program: Program) -> float | list[float] | None:
    """What rounded leaves may cost, as JSON has it."""
    error = leaf_error(program)
    return error.tolist() if isinstance(error, np.ndarray) else error


def _of_program(blob: bytes, stages: list[dict[str, Any]]) -> dict[str, Any]:
    """The error of rounded leaves, instructions of the calls, and in the stages those
    of a run; None where unknown. Of a blob that opens."""
    program = Model.from_bytes(blob).program
    costs = [stage_cost(stage) for stage in program.stages]
    for own, entry in zip(costs, stages, strict=True):
        entry["instructions"] = None if own is None else round(own)
    run = sum_of(costs)
    cost = {"core": CORE, "run": None if run is None else round(run)}
    cost |= {"open": round(open_cost(program)), "verify": round(verify_cost(len(blob)))}
    return {"leaf_error": _error(program), "cost": cost}


def _described(blob: bytes, header: dict[str, int]) -> dict[str, Any]:
    stored, computed = header.pop("crc32"), crc32(blob)
    crc = {"stored": stored, "computed": computed, "ok": stored == computed}
    header["n_inputs"] = header["input_size"] >> (header["input"] & 3)
    header["n_scores"] = header["score_size"] // 4
    sizes = _output_sizes(blob, header)
    counts = None if sizes is None else class_counts(header["output"], sizes)
    return {
        "header": header,
        "crc32": crc,
        "class_counts": None if counts is None else list(counts),
        "stages": _stages(blob, header),
        "sections": _sections(blob, header),
        "metadata": _metadata(blob, header, list(counts or [])),
    }


def anatomy(blob: bytes) -> dict[str, Any]:
    """All that is known of a file, sound or damaged.

    Always has bytes, ok and status; reason and offset if not ok, else cost and
    leaf_error; and, as far as the file can be read, header, crc32, class_counts,
    stages, sections and metadata.
    """
    found: dict[str, Any] = {"bytes": len(blob), **_verdict(blob)}
    header = _fields(blob, "emlrt_header", 0)
    if header is None or header["magic"] != lib.EMLRT_MAGIC:
        return found
    if header["version"] != lib.EMLRT_FORMAT_VERSION:
        return found | {"header": {"version": header["version"]}}
    found |= _described(blob, header)
    return found | _of_program(blob, found["stages"]) if found["ok"] else found
