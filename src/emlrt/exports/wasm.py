# SPDX-License-Identifier: MIT
"""A WebAssembly module with a page that needs nothing else, and a module for node."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from emlrt.exports import compiling
from emlrt.exports.manifest import LARGE, Manifest
from emlrt.exports.parts import Files
from emlrt.exports.row import row_of, silence
from emlrt.exports.templates import folder
from emlrt.model import Model
from emlrt.native import constants

#: Beginnings of the names that the JavaScript has.
_PREFIXES = ("META_", "FLAG_", "OUTPUT_", "ERR_")
_PER_LINE = 8


def _constants() -> str:
    """JavaScript of the constants of the runtime, without EMLRT_."""
    found = {
        f"{prefix}{name}": number
        for prefix in _PREFIXES
        for name, number in constants(f"EMLRT_{prefix}").items()
    }
    dtypes = {
        name: constants("EMLRT_")[name] for name in ("F32", "I32", "I16", "U8", "U32")
    }
    return json.dumps(found | dtypes, sort_keys=True)


def _lines(texts: list[str]) -> str:
    groups = [texts[k : k + _PER_LINE] for k in range(0, len(texts), _PER_LINE)]
    return "\n".join(f"  {', '.join(group)}," for group in groups)


def _numbers(row: NDArray[np.generic]) -> list[str]:
    return [repr(each) for each in row.tolist()]


def _bits(scores: NDArray[np.generic]) -> list[str]:
    return [f"0x{int(each):08x}" for each in scores.view(np.uint32)]


def _model(model: Model, name: str) -> Iterator[tuple[str, bytes]]:
    """The blob, and an example of it."""
    yield f"models/{name}.eml", bytes(model)
    if model.program.metadata.window is not None:
        words = {"NAME": name, "BITS": _lines(_bits(silence(model)))}
        yield from folder("wasm_stream", words)
        return
    row = row_of(model)
    words = {"NAME": name, "ROW": _lines(_numbers(row.x))}
    yield from folder("wasm_row", words | {"BITS": _lines(_bits(row.scores))})


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _page(manifest: Manifest, runtime: bytes) -> Files:
    """The page, with all that it needs within. Models that are large stay files."""
    small = {k: m for k, m in manifest.models.items() if m.nbytes <= LARGE}
    large = [name for name in manifest.models if name not in small]
    parts = {path: data.decode() for path, data in folder("wasm_parts", {})}
    words = {
        "VERSION": manifest.version,
        "STYLE": parts["page.css"],
        "RUNTIME": runtime.decode(),
        "MODELS": json.dumps({name: _text(bytes(m)) for name, m in small.items()}),
        "LARGE": json.dumps(large),
        "SCRIPT": parts["page.mjs"],
    }
    return dict(folder("wasm_page", words))


def files(manifest: Manifest) -> Files:
    """Paths and contents.

    Raises
    ------
    emlrt.emulate.ToolMissing
        If no compiler for WebAssembly is there.
    """
    words = {
        "VERSION": manifest.version,
        "FLAGS": " ".join(compiling.FLAGS),
        "CONSTANTS": _constants(),
    }
    plain = dict(folder("wasm", words | {"MODULE": ""}))
    sources = {"emlrt_amalgamated.h": manifest.amalgamated.encode()}
    sources["emlrt_wasm.c"] = plain["emlrt_wasm.c"]
    module = compiling.wasm(sources, "emlrt_wasm.c")
    found = dict(folder("wasm", words | {"MODULE": _text(module)})) | sources
    found |= {"emlrt.wasm": module, "LICENSE": manifest.license}
    for name, model in manifest.models.items():
        found |= dict(_model(model, name))
    return found | _page(manifest, found["emlrt.mjs"])
