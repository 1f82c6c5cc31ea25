# SPDX-License-Identifier: MIT
"""A CMake project: for find_package, add_subdirectory or FetchContent."""

from __future__ import annotations

from emlrt.exports.example import example
from emlrt.exports.manifest import Manifest
from emlrt.exports.parts import Files, header, in_folder, main, runtime
from emlrt.exports.templates import folder
from emlrt.model import Model


def _model(model: Model, name: str) -> Files:
    """The blob, a header that declares it, and the example."""
    return {f"{name}.eml": bytes(model)} | header(model, name) | example(model, name)


def _examples(names: list[str]) -> str:
    if not names:
        return ""
    sources = " ".join(f"models/{name}_example.c" for name in names)
    lines = [
        "if(EMLRT_EXAMPLES)",
        "  enable_testing()",
        f"  add_executable(emlrt_examples models/main.c {sources})",
        "  target_link_libraries(emlrt_examples PRIVATE emlrt::emlrt)",
        *(f"  emlrt_add_model(emlrt_examples models/{name}.eml)" for name in names),
        "  add_test(NAME emlrt_examples COMMAND emlrt_examples)",
        "endif()",
    ]
    return "\n".join(lines)


def files(manifest: Manifest) -> Files:
    """Paths and contents."""
    found = runtime(manifest, "include", "src")
    names = list(manifest.models)
    for name, model in manifest.models.items():
        found |= in_folder("models", _model(model, name))
    if names:
        found |= in_folder("models", main(names))
    words = {
        "VERSION": manifest.version,
        "SOURCES": "\n".join(f"  src/{path}" for path in manifest.sources),
        "EXAMPLES": _examples(names),
    }
    return found | dict(folder("cmake", words))
