# SPDX-License-Identifier: MIT
"""Files that several targets have: the runtime, models, their examples."""

from __future__ import annotations

from collections.abc import Iterable

from emlrt import embed
from emlrt.exports.example import example
from emlrt.exports.manifest import LARGE, Manifest
from emlrt.exports.templates import folder
from emlrt.model import Model

Files = dict[str, bytes]


def runtime(manifest: Manifest, include: str, source: str) -> Files:
    """Headers and C files below two folders, and the licence."""
    found = {f"{include}/{path}": data for path, data in manifest.headers.items()}
    found |= {f"{source}/{path}": data for path, data in manifest.runtime.items()}
    return found | {"LICENSE": manifest.license}


def check_small(manifest: Manifest, target: str, instead: str) -> None:
    """Raises ValueError if a model is too large for an array in a header."""
    for name, model in manifest.models.items():
        if model.nbytes > LARGE:
            raise ValueError(
                f"{name} has {model.nbytes} bytes, too many for the array of a header,"
                f" which is all that {target} takes; {instead}"
            )


def header(model: Model, name: str) -> Files:
    """The header that declares the model's array."""
    return {f"{name}_eml.h": embed.header(model, name, extern=True).encode()}


def array(model: Model, name: str) -> Files:
    """The C file that defines it."""
    return {f"{name}_eml.c": embed.source(model, name, f"{name}_eml.h").encode()}


def in_folder(folder: str, files: Files) -> Files:
    """The same files, below a folder."""
    return {f"{folder}/{path}": data for path, data in files.items()}


def with_example(model: Model, name: str) -> Files:
    """The model as an array, its header, and an example that runs it."""
    return header(model, name) | array(model, name) | example(model, name)


def calls(names: Iterable[str], indent: str = "  ") -> str:
    """C that runs the examples; `failed` is then whether one did not go well."""
    lines = [
        f"{indent}failed |= {name}_example(print, {name}_eml, {name.upper()}_EML_SIZE);"
        for name in names
    ]
    return "\n".join(lines)


def includes(names: Iterable[str]) -> str:
    """C that includes the examples' headers."""
    return "\n".join(f'#include "{name}_example.h"' for name in names)


def main(names: Iterable[str]) -> Files:
    """A program that prints to stdout what the examples say."""
    names = list(names)
    words = {"INCLUDES": includes(names), "CALLS": calls(names)}
    return dict(folder("main", words))
