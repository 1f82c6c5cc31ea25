# SPDX-License-Identifier: MIT
"""A folder for C2000 of TI (C28x), whose char has 16 bits: models are words."""

from __future__ import annotations

import re

import numpy as np

from emlrt.exports.example import example
from emlrt.exports.manifest import Manifest
from emlrt.exports.parts import (
    Files,
    check_small,
    header,
    in_folder,
    main,
    runtime,
)
from emlrt.exports.templates import folder
from emlrt.model import Model

#: Ops that give uint8 to another stage, for which a char of 16 bits has no room.
_WIDE = ("bucketize_u8", "frame_u8")
_PER_LINE = 8
#: Constants of prepared calls hold addresses, which are no constants here.
_PREPARED = re.compile(
    r"^/\* Without emlrt_open.*?^#if !defined\(EMLRT_PORT_FAR\).*?^#endif\n",
    re.MULTILINE | re.DOTALL,
)


def _check_narrow(model: Model, name: str) -> None:
    """Raises ValueError for a model that emlrt_open refuses there."""
    found = [stage.name for stage in model.stages if stage.name in _WIDE]
    if found:
        raise ValueError(
            f"{name} has uint8 between stages ({found[0]}), for which a machine whose"
            " char has 16 bits has no room; convert it without encoding='bins', or"
            " with int16 samples"
        )


def _replaced(text: str, old: str, new: str) -> str:
    if old not in text:
        raise AssertionError(f"no {old!r} in the header")
    return text.replace(old, new)


def _header(model: Model, name: str) -> str:
    """The model's header, with an array of words."""
    (data,) = header(model, name).values()
    macro, words = f"{name.upper()}_EML", f"EMLRT_ROM({name}_eml_rom.words)"
    text = _PREPARED.sub("", data.decode())
    text = _replaced(
        text, f"uint8_t octets[{macro}_SIZE]", f"uint16_t words[{macro}_SIZE / 2u]"
    )
    text = _replaced(text, f"({name}_eml_rom.octets)", words)
    return text.replace("uint8_t", "uint_least8_t")


def _words(model: Model) -> str:
    """The blob, two bytes a word, the lower one first."""
    texts = [f"0x{word:04x}u" for word in np.frombuffer(bytes(model), "<u2").tolist()]
    groups = [texts[k : k + _PER_LINE] for k in range(0, len(texts), _PER_LINE)]
    return "\n".join(f"  {', '.join(group)}," for group in groups)


def _model(model: Model, name: str) -> Files:
    """The array, its header, and an example."""
    words = {"NAME": name, "MACRO": name.upper(), "WORDS": _words(model)}
    found = {f"{name}_eml.h": _header(model, name).encode()}
    for path, data in example(model, name).items():
        found[path] = re.sub(rb"\buint8_t\b", b"uint_least8_t", data)
    return found | dict(folder("c2000_model", words))


def files(manifest: Manifest) -> Files:
    """Paths and contents.

    Raises
    ------
    ValueError
        If a model is too large, or has uint8 between its stages.
    """
    check_small(manifest, "a C file", "no C2000 has flash for it")
    found = runtime(manifest, "include", "src")
    for name, model in manifest.models.items():
        _check_narrow(model, name)
        found |= in_folder("models", _model(model, name))
    if manifest.models:
        found |= in_folder("models", main(manifest.models))
    return found | dict(folder("c2000", {"VERSION": manifest.version}))
