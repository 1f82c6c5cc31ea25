# SPDX-License-Identifier: MIT
"""Describe a blob, even a damaged one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from emlrt._native import lib
from emlrt.cli.anatomy import anatomy, dtype_name
from emlrt.cli.common import add_model, print_json, read_blob
from emlrt.cli.tables import print_pairs, print_table
from emlrt.cli.terminal import say
from emlrt.errors import FormatError
from emlrt.methods import DEFAULT_METHODS
from emlrt.native import constants

_COLUMNS = {
    "stage": "op",
    "reads": "input",
    "writes": "output",
    "bytes": "bytes",
    "scratch": "arena_bytes",
    "trees": "trees",
    "splits": "splits",
    "leaves": "leaves",
    "row items": "items",
    "bytes/split": "bytes_per_split",
    "instructions": "instructions",
}


_OUTPUTS = {code: name.lower() for name, code in constants("EMLRT_OUTPUT_").items()}


def _kind(found: dict[str, Any]) -> str:
    """The original's type, as the blob states it or as its output suggests."""
    methods = (found["metadata"] or {}).get("methods") or []
    output = found["header"]["output"]
    if methods or output not in DEFAULT_METHODS:
        return str(methods[0]) if methods else "unknown"
    return DEFAULT_METHODS[output][0]


def _some(values: Sequence[Any], most: int = 12) -> str | None:
    """The first few of a list, and how many there are."""
    if not values:
        return None
    shown = ", ".join(map(str, values[:most]))
    return f"{len(values)}: {shown}{', ...' if len(values) > most else ''}"


def _sizes(found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    header, crc = found["header"], found["crc32"]
    total = header["total_size"]
    body, size = header["body_size"], found["bytes"]
    yield "bytes", f"{size} (program {body}, metadata {total - body})"
    if total != size:
        yield "missing" if total > size else "too many", f"{abs(total - size)} bytes"
    yield "format version", header["version"]
    state = "matches" if crc["ok"] else f"but the file's is {crc['computed']:08x}"
    yield "CRC-32", f"{crc['stored']:08x}, {state}"


def _numbers(found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    header = found["header"]
    votes = header["output"] == lib.EMLRT_OUTPUT_VOTES
    output = _OUTPUTS.get(header["output"], f"output 0x{header['output']:02x}")
    taken = {lib.EMLRT_FLAG_MISSING: "NaN", lib.EMLRT_FLAG_INFINITE: "infinity"}
    some = " and ".join(name for flag, name in taken.items() if header["flags"] & flag)
    nan = f", {some} accepted" if some else ""
    yield "kind", _kind(found)
    yield "inputs", f"{header['n_inputs']} {dtype_name(header['input'])}{nan}"
    share = f", of {header['vote_total']} votes" if votes else ""
    scores = f"{header['n_scores']} {dtype_name(header['output'] & 0xF)}"
    yield "scores", f"{scores} {output}{share}"
    yield "outputs", header["n_outputs"]
    if found["class_counts"]:
        yield "classes", ", ".join(map(str, found["class_counts"][:12]))
    yield "arena", f"{header['arena_size']} bytes (scratch of emlrt_run)"
    if "scratch_bytes" in found:
        yield "scratch", f"{found['scratch_bytes']} bytes"
    if found.get("state_bytes"):
        yield "state", f"{found['state_bytes']} bytes from run to run"
    window = (found["metadata"] or {}).get("window")
    if window:
        channels = window["channels"]
        times, hop = window["length"] // channels, window["hop"] // channels
        several = "s" if channels > 1 else ""
        yield "window", f"{times} times of {channels} channel{several}, every {hop}"
        yield "rate", window["rate"] and f"{window['rate']:.10g} times a second"
        if "stream_bytes" in found:
            yield "stream", f"{found['stream_bytes']} bytes of memory"
    yield "work", f"at most {header['work']} steps per prediction"


def _costs(found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What rounded leaves may cost, and what calls take, as far as emlrt.inspect.cost
    has prices."""
    cost = found.get("cost", {})
    core = cost.get("core")
    if found.get("leaf_error") is not None:
        error = max(np.ravel(found["leaf_error"]).tolist(), default=0.0)
        yield "leaf error", f"at most {error:.3g}" if error else "none"
    for call in ("run", "open", "verify"):
        if cost.get(call) is not None:
            yield call, f"about {cost[call]} instructions on a {core}"


def _metadata(found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    metadata = found["metadata"]
    if metadata is None:
        yield "metadata", "unreadable"
        return
    for labels in metadata["labels"]:
        yield "labels", _some(labels)
    yield "methods", _some(metadata["methods"][1:])
    titles = {"categories": "categories", "known": "known", "rows": "taken for"}
    titles |= {"channel": "channel names"}
    for word, title in titles.items():
        yield title, _some([t.partition(":")[2] for t in metadata[word]])
    yield "offsets", _some([str(rule["offset"]) for rule in metadata["inputs"]])
    yield "scales", _some([f"{rule['scale']:.9g}" for rule in metadata["inputs"]])
    yield "features", _some(metadata["features"])
    yield "output names", _some(metadata["outputs"])
    yield "note", metadata["note"] or None
    yield "golden vectors", metadata["golden"] or None
    for section in found["sections"]:
        if section["tag"] == "unreadable":
            yield "unreadable", f"metadata from offset {section['offset']}"


def _cell(value: Any) -> Any:
    return f"{value:.2f}" if isinstance(value, float) else value


def _print(name: str, found: dict[str, Any]) -> None:
    if "crc32" not in found:
        version = found.get("header", {}).get("version")
        print_pairs([("file", name), ("bytes", found["bytes"]), ("format", version)])
        return
    rows = [*_sizes(found), *_numbers(found), *_costs(found), *_metadata(found)]
    print_pairs([("file", name), *rows])
    if found["stages"]:
        say()
        stages = found["stages"]
        used = {
            t: k
            for t, k in _COLUMNS.items()
            if any(s.get(k) is not None for s in stages)
        }
        print_table(
            list(used), [[_cell(s.get(k)) for k in used.values()] for s in stages]
        )


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_model(parser)


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    found = anatomy(read_blob(arguments.model))
    if arguments.model != "-":  # no more was read than a blob can have
        found["bytes"] = Path(arguments.model).stat().st_size
    if arguments.json:
        print_json({"file": arguments.model, **found})
    else:
        _print(arguments.model, found)
    if not found["ok"]:
        raise FormatError(f"{arguments.model}: {found['reason']}", found["status"])
    return 0
