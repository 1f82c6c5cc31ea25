# SPDX-License-Identifier: MIT
"""The runtime as one .c and one .h, for any build."""

from __future__ import annotations

from emlrt.exports.manifest import Manifest
from emlrt.exports.parts import Files, check_small, main, with_example
from emlrt.exports.templates import folder


def files(manifest: Manifest) -> Files:
    """Paths and contents."""
    check_small(manifest, "a C file", "export for cmake, which embeds the file itself")
    found = {"emlrt_amalgamated.h": manifest.amalgamated.encode()}
    found |= {"LICENSE": manifest.license}
    for name, model in manifest.models.items():
        found |= with_example(model, name)
    if manifest.models:
        found |= main(manifest.models)
    return found | dict(folder("amalgamation", {"VERSION": manifest.version}))
