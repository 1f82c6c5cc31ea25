# SPDX-License-Identifier: MIT
"""A Zephyr module, with a Kconfig symbol a family of ops and a sample of the models."""

from __future__ import annotations

import re
from collections.abc import Iterator

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

_INCLUDE = re.compile(r'#include "\.\./(\w+)/')

#: What the folders of ops are for.
FAMILIES = {
    "affine": "Dense layers, linear models, projections",
    "elementwise": "Activations and functions of single numbers",
    "gauss": "Gaussians, mixtures, naive Bayes",
    "neighbors": "Nearest neighbours and clusters",
    "prep": "Preprocessing: bins, categories, imputers, polynomials",
    "signal": "Signals: windows, filters, spectra, features",
    "svm": "Kernel machines",
    "trees": "Trees and forests",
    "vector": "Functions of whole rows: softmax, argmax, norms",
}


def _needs(manifest: Manifest, family: str) -> list[str]:
    """Other families whose headers the files of a family include."""
    files = [
        data for path, data in manifest.runtime.items() if path.startswith(f"{family}/")
    ]
    named = set(_INCLUDE.findall(b"\n".join(files).decode()))
    return sorted(named & set(manifest.families) - {family})


def _symbols(manifest: Manifest) -> Iterator[str]:
    """Kconfig of each family."""
    for family in manifest.families:
        yield f"config EMLRT_{family.upper()}"
        yield f'\tbool "{FAMILIES[family]}"'
        yield "\tdefault y"
        yield from (
            f"\tselect EMLRT_{other.upper()}" for other in _needs(manifest, family)
        )
        yield ""


def _sources(manifest: Manifest) -> Iterator[str]:
    """CMake of the sources: those of families by their symbols."""
    chosen = manifest.families
    apart = {path for paths in chosen.values() for path in paths}
    yield "  zephyr_library_sources("
    yield from (f"    ../src/{path}" for path in manifest.sources if path not in apart)
    yield "  )"
    for family, paths in chosen.items():
        yield f"  zephyr_library_sources_ifdef(CONFIG_EMLRT_{family.upper()}"
        yield from (f"    ../src/{path}" for path in paths)
        yield "  )"


def files(manifest: Manifest) -> Files:
    """Paths and contents."""
    check_small(manifest, "an array", "put the .eml into a flash partition")
    found = runtime(manifest, "include", "src")
    for name, model in manifest.models.items():
        found |= in_folder("samples/models/src", with_example(model, name))
    words = {
        "VERSION": manifest.version,
        "SYMBOLS": "\n".join(_symbols(manifest)),
        "SOURCES": "\n".join(_sources(manifest)),
        "INCLUDES": includes(manifest.models),
        "CALLS": calls(manifest.models),
    }
    if manifest.models:
        found |= in_folder("samples/models", dict(folder("zephyr_sample", words)))
    return found | dict(folder("zephyr", words))
