# SPDX-License-Identifier: MIT
"""A module for RIOT, with an application of the models."""

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


def files(manifest: Manifest) -> Files:
    """Paths and contents."""
    check_small(manifest, "an array", "name the .eml in BLOBS of your Makefile")
    found = in_folder("emlrt", runtime(manifest, "include", "src"))
    words = {
        "VERSION": manifest.version,
        "SOURCES": " \\\n".join(f"  src/{path}" for path in manifest.sources),
    }
    for name, model in manifest.models.items():
        found |= in_folder("example", with_example(model, name))
    if manifest.models:
        found |= in_folder("example", dict(folder("riot_example", words)))
        found |= in_folder("example", main(manifest.models))
    return found | dict(folder("riot", words))
