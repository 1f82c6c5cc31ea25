# SPDX-License-Identifier: MIT
"""An ESP-IDF component, with a project of each model, which lies in a partition."""

from __future__ import annotations

from emlrt.exports.example import example
from emlrt.exports.manifest import Manifest
from emlrt.exports.parts import Files, header, in_folder, runtime
from emlrt.exports.templates import folder
from emlrt.model import Model

#: Bytes that the processor's cache maps at once; partitions of data begin at them.
_PAGE = 1 << 16
#: Where the model's partition begins, behind the program's.
_FIRST = 0x110000


def _partition(model: Model) -> str:
    """Bytes of the partition: whole pages, with room for a model twice as large."""
    pages = -(-2 * model.nbytes // _PAGE)
    return f"{pages * _PAGE:#x}"


def _label(name: str) -> str:
    """A partition's name, which has 16 bytes at most."""
    return name[:15]


def _project(model: Model, name: str, version: str) -> Files:
    words = {
        "NAME": name,
        "MACRO": name.upper(),
        "LABEL": _label(name),
        "BYTES": _partition(model),
        "OFFSET": f"{_FIRST:#x}",
        "VERSION": version,
    }
    code = header(model, name) | example(model, name)
    found = in_folder("main", code) | {f"{name}.eml": bytes(model)}
    return found | dict(folder("esp_idf_project", words))


def files(manifest: Manifest) -> Files:
    """Paths and contents."""
    found = runtime(manifest, "include", "src")
    for name, model in manifest.models.items():
        project = _project(model, name, manifest.version)
        found |= in_folder(f"examples/{name}", project)
    words = {
        "VERSION": manifest.version,
        "SOURCES": "\n".join(f'    "src/{path}"' for path in manifest.sources),
    }
    return found | dict(folder("esp_idf", words))
