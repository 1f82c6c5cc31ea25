# SPDX-License-Identifier: MIT
"""CatBoost's JSON exports: read and checked, with their features and losses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from emlrt.allowance import Allowance
from emlrt.convert.readers.json_fields import (
    Fields,
    json_fields,
    json_value,
    numbers_of,
)
from emlrt.convert.trees.ensemble import Bools, Floats, Ints
from emlrt.errors import FormatError, UnsupportedModelError
from emlrt.reading import Path, start_of

#: What a feature takes at the worst, as an allowance counts it.
_FEATURE = 1024
#: How many bytes tell what a file is.
_START = 4096
#: How CatBoost's own binary files begin.
_BINARY = b"CBM1"
_JSON = re.compile(
    rb"(\xef\xbb\xbf)?\s*\{\s*\"(features_info|model_info|oblivious_trees|ctr_data"
    rb"|scale_and_bias|trees)\""
)
#: Kinds of features that rows of numbers do not have.
_KINDS = {
    "categorical_features": "categorical",
    "text_features": "text",
    "embedding_features": "embedding",
}
#: Whether NaN is above every border.
_NAN = {"AsIs": False, "AsFalse": False, "AsTrue": True}


@dataclass(frozen=True, eq=False)
class Borders:
    """The model's float features and their borders.

    names : (n_features,) empty texts if there are none.
    column : (n_features,) the input that a feature is.
    missing : (n_features,) whether NaN is above every border.
    border, feature : (n_borders,) float64 of float32, and whose it is.
    """

    names: list[str]
    column: Ints
    missing: Bools
    border: Floats
    feature: Ints


def is_catboost_file(path: Path) -> bool:
    """Whether a file begins as a JSON export, or another file, of CatBoost.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    start = start_of(path, _START)
    return start.startswith(_BINARY) or _JSON.match(start) is not None


def parsed(data: bytes, allowance: Allowance | None = None) -> Fields:
    """The document in the bytes of a file.

    Raises
    ------
    FormatError
        If it is no JSON export of CatBoost's.
    """
    if data.startswith(_BINARY):
        raise FormatError(
            "CatBoost's binary format: load it with CatBoost, and save it with"
            " save_model(path, format='json')"
        )
    if _JSON.match(data[:_START]) is None:
        raise FormatError("no JSON export of CatBoost")
    return json_fields(data, allowance)


def whole(fields: Fields, name: str, end: int) -> int:
    """An integer from 0 to below end."""
    found = fields.plain(name)
    if type(found) is not int or not 0 <= found < end:
        raise fields.wrong(name, f"is no integer from 0 to below {end}")
    return found


def children(fields: Fields, name: str) -> list[Fields]:
    """Objects of a list, which CatBoost leaves out, or writes as null, if empty."""
    if name not in fields or fields.plain(name) is None:
        return []
    return fields.children(name)


def numbers(found: Any, ndim: int = 1) -> Floats | None:
    """Finite numbers as float64; None if they are something else."""
    rows = [found] if ndim == 0 else found
    array = _table(rows) if ndim == 2 else numbers_of(rows)
    if array is None or array.dtype.kind not in "iuf":
        return None
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        return None
    return array[0] if ndim == 0 else array


def _table(rows: Any) -> Floats | None:
    """Lists of numbers, all of one length, as a matrix."""
    found = [numbers_of(row) for row in rows] if isinstance(rows, list) else []
    parts = [row for row in found if row is not None]
    if not parts or len(parts) < len(found) or len({row.size for row in parts}) > 1:
        return None
    kinds = {row.dtype.kind for row in parts}
    return np.stack(parts) if "b" not in kinds else None


def _check_kinds(info: Fields) -> None:
    for key, kind in _KINDS.items():
        found = children(info, key)
        if found:
            names = [_name(f) or _number(f) for f in found[:5]]
            raise UnsupportedModelError(
                f"{kind} features {', '.join(names)} are not supported: CatBoost hashes"
                " them, or computes with training data; encode them as numbers in front"
                " of the model, and fit again"
            )


def _number(feature: Fields) -> str:
    return str(whole(feature, "flat_feature_index", 1 << 31))


def _name(feature: Fields) -> str:
    return feature.text("feature_id", "")


def borders_of(document: Fields) -> Borders:
    """The features of a document.

    Raises
    ------
    UnsupportedModelError
        If any feature is no number; it names them.
    """
    info = document.child("features_info")
    _check_kinds(info)
    features = children(info, "float_features")
    n = len(features)
    document.allowance.charge("features", n, _FEATURE)
    if n == 0:
        raise FormatError("it has no float_features")
    column = [whole(f, "flat_feature_index", n) for f in features]
    if len(set(column)) != n:
        raise FormatError("two float_features have one flat_feature_index")
    missing = [f.text("nan_value_treatment", "AsIs") for f in features]
    for feature, how in zip(features, missing, strict=True):
        if how not in _NAN:
            raise feature.wrong("nan_value_treatment", f"is unknown: {how[:40]!r}")
    names = [""] * n
    for at, feature in zip(column, features, strict=True):
        names[at] = _name(feature)
    borders = [f.floats("borders") for f in features]
    border = np.concatenate(borders).astype(np.float64)
    if not np.isfinite(border).all():
        raise FormatError("a border is NaN or infinite")
    return Borders(
        names,
        np.array(column),
        np.array([_NAN[how] for how in missing]),
        border,
        np.repeat(np.arange(n), [len(b) for b in borders]),
    )


def _child(fields: Fields, name: str) -> Fields:
    """An object, which some versions write as a text; empty if it is left out."""
    if name not in fields or fields.plain(name) is None:
        return Fields({}, name, fields.allowance)
    found = fields.plain(name)
    if isinstance(found, str):
        found = json_value(found, fields.allowance)
    return Fields(found, name, fields.allowance)


def loss_of(document: Fields) -> str:
    """The name of the loss that the model was fitted for; empty if it is not said."""
    info = _child(document, "model_info")
    source = info if "loss_function" in info else _child(info, "params")
    return _child(source, "loss_function").text("type", "").partition(":")[0]


def threshold_of(document: Fields) -> float:
    """The probability from which on a binary classifier predicts its second class."""
    info = _child(document, "model_info")
    text = info.text("binclass_probability_threshold", "0.5")
    try:
        threshold = float(text)
    except ValueError:
        threshold = np.nan
    if not 0 < threshold < 1:
        raise UnsupportedModelError(
            f"binclass_probability_threshold={text[:40]!r} is not supported: only"
            " numbers between 0 and 1 are"
        )
    return threshold
