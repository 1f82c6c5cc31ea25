# SPDX-License-Identifier: MIT
"""A Meson project, with a pkg-config file."""

from __future__ import annotations

from emlrt.exports.manifest import Manifest
from emlrt.exports.parts import (
    Files,
    check_small,
    in_folder,
    main,
    runtime,
    with_example,
)
from emlrt.exports.templates import folder


def _examples(names: list[str]) -> str:
    if not names:
        return ""
    sources = ["models/main.c"]
    sources += [
        f"models/{name}_{part}.c" for name in names for part in ("eml", "example")
    ]
    lines = [
        "examples = executable(",
        "  'emlrt_examples',",
        *(f"  '{source}'," for source in sources),
        "  dependencies: emlrt_dep,",
        ")",
        "test('examples', examples)",
    ]
    return "\n".join(lines)


def files(manifest: Manifest) -> Files:
    """Paths and contents."""
    check_small(manifest, "Meson", "export for cmake, which embeds the file itself")
    found = runtime(manifest, "include", "src")
    for name, model in manifest.models.items():
        found |= in_folder("models", with_example(model, name))
    if manifest.models:
        found |= in_folder("models", main(manifest.models))
    words = {
        "VERSION": manifest.version,
        "SOURCES": "\n".join(f"  'src/{path}'," for path in manifest.sources),
        "EXAMPLES": _examples(list(manifest.models)),
    }
    return found | dict(folder("meson", words))
