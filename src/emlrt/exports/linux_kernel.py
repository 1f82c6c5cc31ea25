# SPDX-License-Identifier: MIT
"""A module of Linux: the ops that compute in integers, as the kernel has no floats."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emlrt.exports.example import example
from emlrt.exports.manifest import Manifest
from emlrt.exports.parts import Files, header, in_folder, includes, runtime
from emlrt.exports.templates import folder
from emlrt.model import Model

#: The integer ops. Those of floats compare or copy what the kernel has none of.
_OPS = re.compile(
    r"trees_(vote|soft)_(u8|u8m|u8w|i16|i16w|i32|i32w)|oblivious_u8|argmax"
    r"|trees_sum_(u8|u8m|u8w|u8c|i16|i16w|i16c|i32|i32w)|frame_(u8|i16)"
    r"|log_bands_i16|time_features_i16|micro_frontend"
)
#: Their files, below src, and those that every program needs.
_SOURCES = re.compile(
    r"core/(?!inputs).*\.c|answers/(classify|stream_answers)\.c|vector/argmax\.c"
    r"|trees/(?!trees_f32|trees_add).*\.c"
    r"|signal/(frame|frames_i16|integer|log_bands_i16|micro_frontend|rfft_q15"
    r"|time_features_i16)\.c"
)
_OP = re.compile(r"\bemlrt_op_(\w+)")


def _ops(manifest: Manifest) -> list[str]:
    """Names of the ops of the module."""
    found = _OP.findall(manifest.headers["emlrt/emlrt.h"].decode())
    return sorted({name for name in found if _OPS.fullmatch(name)})


def _check_integers(model: Model, name: str) -> None:
    """Raises ValueError for what computes with floats."""
    others = [s.name for s in model.stages if not _OPS.fullmatch(s.name)]
    if model.input_dtype.kind == "f":
        what = "has float32 inputs"
    elif others:
        what = f"computes with floats ({', '.join(dict.fromkeys(others))})"
    else:
        return
    raise ValueError(
        f"{name} {what}, and the kernel has none; trees with dtype='int16' or 'uint8'"
        " compute in integers (without encoding='bins'), as do the features of int16"
        " samples"
    )


def _objects(manifest: Manifest) -> Iterator[str]:
    names = [path for path in manifest.sources if _SOURCES.fullmatch(path)]
    yield from (f"emlrt-y += src/{path[:-2]}.o" for path in names)
    yield from (f"emlrt-y += models/{name}_example.o" for name in manifest.models)


def _entries(manifest: Manifest) -> Iterator[str]:
    for name in manifest.models:
        parts = f'"{name}", "emlrt/{name}.eml", {name}_example'
        yield f"    {{{parts}}},"


def _joined(lines: Iterator[str]) -> str:
    return "\n".join(lines)


def files(manifest: Manifest) -> Files:
    """Paths and contents.

    Raises
    ------
    ValueError
        If a model computes with floats.
    """
    found = runtime(manifest, "include", "src")
    for name, model in manifest.models.items():
        _check_integers(model, name)
        found |= in_folder("models", header(model, name) | example(model, name))
        found[f"firmware/emlrt/{name}.eml"] = bytes(model)
    firmware = (f'MODULE_FIRMWARE("emlrt/{name}.eml");' for name in manifest.models)
    words = {
        "VERSION": manifest.version,
        "OBJECTS": _joined(_objects(manifest)),
        "OPS": _joined(f"    &emlrt_op_{name}," for name in _ops(manifest)),
        "ENTRIES": _joined(_entries(manifest)),
        "FIRMWARE": _joined(firmware),
        "INCLUDES": includes([f"models/{name}" for name in manifest.models]),
    }
    return found | dict(folder("linux_kernel", words))
