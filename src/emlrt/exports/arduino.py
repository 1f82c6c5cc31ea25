# SPDX-License-Identifier: MIT
"""An Arduino library, with a sketch of each model."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emlrt.exports.manifest import Manifest
from emlrt.exports.parts import Files, check_small, in_folder, runtime, with_example
from emlrt.exports.templates import folder

_FUNCTION = re.compile(r"\b(emlrt_\w+)\(")
_TYPED = re.compile(r"\b(emlrt_\w+_)##suffix")
_SUFFIXES = ("f32", "i32", "i16", "u8")
_TYPE = re.compile(r"^\} (emlrt_\w+);", re.MULTILINE)
_CONSTANT = re.compile(r"\b(EMLRT_(?:OK|ERR_\w+|F32|I32|I16|U8|U32|SCRATCH))\b")


def _keywords(manifest: Manifest) -> Iterator[str]:
    """Lines for the editor's colours: types, functions, constants."""
    names = ("emlrt", "stream", "prepared", "signal")
    files = [manifest.headers[f"emlrt/{name}.h"].decode() for name in names]
    text = "\n".join(files)
    typed = [stem + end for stem in _TYPED.findall(text) for end in _SUFFIXES]
    for word in sorted(set(_TYPE.findall(text))):
        yield f"{word}\tKEYWORD1"
    for word in sorted({*_FUNCTION.findall(text), *typed}):
        yield f"{word}\tKEYWORD2"
    for word in sorted(set(_CONSTANT.findall(text))):
        yield f"{word}\tLITERAL1"


def files(manifest: Manifest) -> Files:
    """Paths and contents."""
    check_small(manifest, "a sketch", "put the .eml into a partition (esp-idf)")
    found = runtime(manifest, "src", "src/runtime")
    found["keywords.txt"] = ("\n".join(_keywords(manifest)) + "\n").encode()
    for name, model in manifest.models.items():
        sketch = with_example(model, name)
        words = {"NAME": name, "MACRO": name.upper()}
        sketch |= dict(folder("arduino_sketch", words))
        found |= in_folder(f"examples/{name}", sketch)
    return found | dict(folder("arduino", {"VERSION": manifest.version}))
