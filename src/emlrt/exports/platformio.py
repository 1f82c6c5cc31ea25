# SPDX-License-Identifier: MIT
"""A PlatformIO library, with a project of each model."""

from __future__ import annotations

import json

from emlrt.exports.manifest import Manifest
from emlrt.exports.parts import (
    Files,
    calls,
    check_small,
    in_folder,
    includes,
    runtime,
    with_example,
)
from emlrt.exports.templates import folder


def _library(manifest: Manifest) -> str:
    """library.json."""
    about = {
        "name": "emlrt",
        "version": manifest.version,
        "description": "Machine-learning inference from one flat file, with the bits of"
        " Python",
        "keywords": ["machine learning", "inference", "signal processing"],
        "authors": [{"name": "The emlrt engineers"}],
        "frameworks": "*",
        "platforms": "*",
        "headers": ["emlrt/emlrt.h", "emlrt/stream.h"],
        "build": {"includeDir": "include", "srcDir": "src"},
        "examples": [
            {"name": name, "base": f"examples/{name}", "files": ["src/main.cpp"]}
            for name in manifest.models
        ],
    }
    return json.dumps(about, indent=2) + "\n"


def files(manifest: Manifest) -> Files:
    """Paths and contents."""
    check_small(manifest, "a PlatformIO project", "put the .eml into a partition")
    found = runtime(manifest, "include", "src")
    found["library.json"] = _library(manifest).encode()
    for name, model in manifest.models.items():
        words = {"NAME": name, "INCLUDES": includes([name]), "CALLS": calls([name])}
        project = in_folder("src", with_example(model, name))
        project |= dict(folder("platformio_project", words))
        found |= in_folder(f"examples/{name}", project)
    return found | dict(folder("platformio", {"VERSION": manifest.version}))
