# SPDX-License-Identifier: MIT
"""A Rust crate without std, whose build script compiles the C."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.embed import C_TYPES, macros
from emlrt.exports.manifest import Manifest
from emlrt.exports.parts import Files, runtime
from emlrt.exports.row import row_of, silence
from emlrt.exports.templates import folder
from emlrt.model import Model

_OP = re.compile(r"\bemlrt_op_\w+")
_STATUS = re.compile(r"^  (EMLRT_(?:OK|ERR_\w+)) = (-?\d+)", re.MULTILINE)
#: Types of src/lib.rs, which have their names where modules have them.
_DECLARED = re.compile(r"^pub (?:struct|type|enum|union|mod) (\w+)", re.MULTILINE)
#: Words of the language, and files and names of the crate.
_TAKEN = """as async await become box break const continue core crate do dyn else
emlrt_sys enum extern false final fn for gen if impl in layout let lib loop macro main
match mod move mut override priv pub ref return self static struct super trait true try
type typeof unsafe unsized use virtual where while yield"""
#: Macros of a header that are numbers.
_NUMBERS = ("SCRATCH", "ARENA", "INPUTS", "SCORES", "OUTPUTS", "CLASSES", "STREAM")


def _ops(header: str) -> list[str]:
    """Names of all ops."""
    start = header.index("extern const emlrt_op emlrt_op_")
    found = _OP.findall(header[start : header.index("EMLRT_SCRATCH(name", start)])
    return list(dict.fromkeys(found))


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _library(manifest: Manifest) -> dict[str, str]:
    """The words of src/lib.rs."""
    header = manifest.headers["emlrt/emlrt.h"].decode()
    statuses = (
        f"pub const {k}: emlrt_status = {v};" for k, v in _STATUS.findall(header)
    )
    return {
        "STATUSES": _joined(statuses),
        "OPS": _joined(f"    pub static {op}: emlrt_op;" for op in _ops(header)),
        "MODELS": _joined(f"pub mod {name};" for name in manifest.models),
    }


def _array(numbers: NDArray[Any]) -> str:
    """A Rust array: floats as the shortest texts that give them again."""
    if numbers.dtype.kind == "f":
        return f"[{', '.join(repr(float(each)) for each in numbers)}]"
    return f"[{', '.join(map(str, numbers.tolist()))}]"


def _bits(scores: NDArray[Any]) -> str:
    return f"[{', '.join(f'0x{each:08x}' for each in scores.view(np.uint32))}]"


def _numbers(found: dict[str, str]) -> Iterator[str]:
    for key in _NUMBERS:
        if key in found:
            yield f"pub const {key}: usize = {found[key].rstrip('u')};"
    if "RATE" in found:
        yield f"pub const RATE: f32 = {found['RATE'].rstrip('f')};"


def _model(model: Model, name: str) -> Files:
    """The module of a model, and its test."""
    prefix = f"{name.upper()}_EML_"
    found = {k.removeprefix(prefix): v for k, v in macros(model, name).items()}
    ops = _OP.findall(found["OPS"])
    streams = model.program.metadata.window is not None
    words = {
        "NAME": name,
        "BYTES": str(model.nbytes),
        "LENGTH": str(len(ops) + 1),
        "LISTED": _joined(f"    unsafe {{ &crate::{op} }}," for op in ops),
        "NUMBERS": _joined(_numbers(found)),
        "KIND": C_TYPES[model.input_dtype.name][1],  # as Rust names the type, too
    }
    if streams:
        words |= {"SAMPLES": str(model.window.length), "BITS": _bits(silence(model))}
    else:
        row = row_of(model)
        words |= {"ROW": _array(row.x), "BITS": _bits(row.scores)}
    words["N_SCORES"] = str(model.n_scores)
    test = "rust_stream" if streams else "rust_row"
    blob = {f"models/{name}.eml": bytes(model)}
    return blob | dict([*folder("rust_model", words), *folder(test, words)])


def _check_names(names: Iterable[str], library: str) -> None:
    """Raises ValueError if a model cannot have its name in Rust. Files may have names
    without case. library: the text of src/lib.rs without models."""
    taken = {each.lower() for each in (*_TAKEN.split(), *_DECLARED.findall(library))}
    for name in names:
        if name.lower() in taken:
            raise ValueError(
                f"a model of Rust is not called {name}; give it another name"
            )


def files(manifest: Manifest) -> Files:
    """Paths and contents."""
    words = {"VERSION": manifest.version, **_library(manifest)}
    plain = dict(folder("rust", words | {"MODELS": ""}))["src/lib.rs"].decode()
    _check_names(manifest.models, plain)
    found = runtime(manifest, "c/include", "c/src")
    for name, model in manifest.models.items():
        found |= _model(model, name)
    return found | dict(folder("rust", words))
