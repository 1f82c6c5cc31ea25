# SPDX-License-Identifier: MIT
"""Folders that the tools of firmware build: the runtime, models, an example of each.

A folder follows from the models and this package's version alone, byte for byte.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module

from emlrt.exports.folder import FolderError, write
from emlrt.exports.manifest import Manifest, manifest
from emlrt.model import Model

#: Modules of this folder by the names of targets.
_MODULES = {
    "amalgamation": "amalgamation",
    "arduino": "arduino",
    "c2000": "c2000",
    "cmake": "cmake",
    "esp-idf": "esp_idf",
    "linux-kernel": "linux_kernel",
    "meson": "meson",
    "micropython": "micropython",
    "platformio": "platformio",
    "riot": "riot",
    "rust": "rust",
    "wasm": "wasm",
    "zephyr": "zephyr",
}
#: The targets that `export` takes.
TARGETS = tuple(_MODULES)


def files(target: str, models: Mapping[str, Model] | None = None) -> dict[str, bytes]:
    """What `export` writes: contents by their paths below the folder.

    Raises
    ------
    ValueError, emlrt.emulate.ToolMissing
        As `export`.
    """
    if target not in _MODULES:
        raise ValueError(f"no target {target!r}; targets are {', '.join(TARGETS)}")
    module = import_module(f"emlrt.exports.{_MODULES[target]}")
    found: dict[str, bytes] = module.files(manifest(models or {}))
    return dict(sorted(found.items()))


def export(
    target: str,
    folder: str | os.PathLike[str],
    models: Mapping[str, Model] | None = None,
) -> list[str]:
    """Writes a folder with the runtime, and with models and an example of each.

    Parameters
    ----------
    target : str
        One of `TARGETS`: whose build tool takes the folder.
    folder : path
        New, empty, or one that was exported before, which is brought up to date.
    models : mapping of str to emlrt.Model, optional
        By the names that their arrays have in C.

    Returns
    -------
    list of str
        Paths of the files below the folder.

    Raises
    ------
    ValueError
        If there is no such target, a name is no C identifier, or the target takes no
        model of such a size or kind.
    TypeError
        If models are no mapping, or one is no emlrt.Model.
    emlrt.emulate.ToolMissing
        If the target compiles, and no compiler is there.
    emlrt.exports.FolderError
        If a file would be lost that no export has made, or that was changed since.
    """
    found = files(target, models)
    write(folder, found)
    return list(found)


__all__ = ["TARGETS", "FolderError", "Manifest", "export", "files"]
