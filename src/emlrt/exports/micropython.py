# SPDX-License-Identifier: MIT
"""A MicroPython module: native, which boards load, and as a part of a port."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from numpy.typing import NDArray

from emlrt import methods
from emlrt.embed import macros
from emlrt.exports.manifest import Manifest
from emlrt.exports.parts import Files, runtime
from emlrt.exports.row import row_of, silence
from emlrt.exports.templates import folder
from emlrt.model import Model

_OP = re.compile(r"\bemlrt_op_\w+")
#: Files of the module beside the one of its kind, native or not.
_MODULE = ("answers", "blob", "fail", "models", "ops", "rows", "streams", "texts")
#: Type codes of arrays in MicroPython.
_CODES = {"float32": "f", "int32": "i", "int16": "h", "uint8": "B"}


def _ops(models: Mapping[str, Model]) -> list[str]:
    """Ops of all that the module does with these models."""
    found: set[str] = set()
    for name, model in models.items():
        for key, text in macros(model, name).items():
            if key.endswith("OPS"):
                found |= {*_OP.findall(text)}
    return sorted(found)


def _literal(numbers: NDArray[Any]) -> str:
    """Bytes of numbers, little-endian, as lines of Python."""
    data = numbers.astype(numbers.dtype.newbyteorder("<")).tobytes()
    rows = (data[k : k + 16] for k in range(0, len(data), 16))
    lines = ("".join(f"\\x{each:02x}" for each in row) for row in rows)
    return "\n".join(f'    b"{line}"' for line in lines)


def _predicts(model: Model) -> bool:
    """Whether the module has the model's predict."""
    how = methods.read(model.program)[1].get("predict")
    return how is not None and (
        how.source == "class" or how in map(methods.parse, ("scores", "scores|columns"))
    )


def _row(model: Model) -> dict[str, str]:
    """The words of an example of one row."""
    row = row_of(model)
    golden = model.program.metadata.golden is not None
    return {
        "ROW": _literal(row.x),
        "SCORES": _literal(row.scores),
        "SELFTEST": "model.selftest()" if golden else "",
        "PREDICT": "model.predict(x)" if _predicts(model) else "model.scores(x)",
    }


def _window(model: Model) -> dict[str, str]:
    """The words of an example of a window of silence."""
    return {
        "SAMPLES": str(model.window.length),
        "SCORES": _literal(silence(model)),
    }


def _example(model: Model, name: str) -> Files:
    """The blob, and a program that runs it."""
    streams = model.program.metadata.window is not None
    code = _CODES[model.input_dtype.name]
    words = {
        "NAME": name,
        "CODE": code,
        "SUFFIX": "py",
    }  # no Python before it is filled
    words |= _window(model) if streams else _row(model)
    example = "micropython_stream" if streams else "micropython_row"
    return {f"{name}.eml": bytes(model)} | dict(folder(example, words))


def _continued(paths: Iterable[str]) -> str:
    """Lines of a list of make, all of which go on."""
    return "\n".join(f"  {path} \\" for path in paths)


def files(manifest: Manifest) -> Files:
    """Paths and contents."""
    found = runtime(manifest, "include", "src")
    for name, model in manifest.models.items():
        found |= _example(model, name)
    module = [f"module/{name}.c" for name in _MODULE]
    sources = [f"src/{path}" for path in manifest.sources]
    words = {
        "VERSION": manifest.version,
        "DEFAULT": "models" if manifest.models else "all",
        "OPS": "\n".join(f"    &{op}," for op in _ops(manifest.models)),
        "MODULE": _continued(module),
        "SOURCES": _continued(sources),
        "LISTED": "\n".join(f"  {path}" for path in [*module, *sources]),
    }
    return found | dict(folder("micropython", words))
