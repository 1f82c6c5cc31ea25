# SPDX-License-Identifier: MIT
"""Blobs made once and for all: they open, and give the same bits for ever.

See golden/make.py. A test that fails here means that blobs in the field are
read differently than before.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from emlrt import Model
from emlrt.blob import ARGMAX, write
from emlrt.native import constants

FOLDER = Path(__file__).parents[1] / "golden" / "v1"
INDEX = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))


def from_bits(rows, n, dtype):
    """Rows of n elements from their hex bits by index."""
    out = np.zeros((len(rows), n), f"u{dtype.itemsize}")
    for row, elements in zip(out, rows, strict=True):
        for i, text in elements.items():
            row[int(i)] = int(text, 16)
    return out.view(dtype)


@pytest.mark.parametrize("name", INDEX)
def test_scores(name):
    data = (FOLDER / f"{name}.eml").read_bytes()
    entry = INDEX[name]
    assert hashlib.sha256(data).hexdigest() == entry["sha256"], "the file changed"
    model = Model.from_bytes(data)
    assert [stage.name for stage in model.stages] == entry["ops"]
    x, y = zip(*entry["rows"], strict=True)
    x = from_bits(x, model.n_features_in_, model.input_dtype)
    runtime = model._runtime
    scores = runtime.scores(x)
    expected = from_bits(y, model.n_scores, scores.dtype).view(np.uint32)
    np.testing.assert_array_equal(scores.view(np.uint32), expected)
    rows = np.stack([runtime.firmware(row) for row in x])
    np.testing.assert_array_equal(rows.view(np.uint32), expected)


@pytest.mark.parametrize("name", INDEX)
def test_written_again(name):
    """Reading loses nothing: the same program gives the same bytes."""
    model = Model.load(FOLDER / f"{name}.eml")
    assert write(model.program) == bytes(model)


def test_every_op_has_a_blob():
    seen = {op for entry in INDEX.values() for op in entry["ops"]}
    every = {name.lower() for name in constants("EMLRT_OP_")}
    assert seen == every - {ARGMAX}  # which no stage has
    assert {path.stem for path in FOLDER.glob("*.eml")} == set(INDEX)


@pytest.mark.parametrize(
    ("name", "dtype", "labels"),
    [
        ("int64", "i8", [-(2**63), 0, 2**63 - 1]),
        ("uint8", "u1", [0, 7, 255]),
        ("float32", "f4", [-0.5, float(np.float32(0.1)), float(np.float32(3e38))]),
        ("float64", "f8", [-0.5, 0.1, 1e300]),
        ("bool", "?", [False, True, False]),
        ("str", "U9", ["", "Größe", "\U0001f600"]),
        ("object-str", "O", ["a", "bb", "ñ"]),
        ("object-int", "O", [1, 2**70, -3]),
        ("object-float", "O", [0.5, 1e-300, -0.0]),
        ("object-bool", "O", [True, False, True]),
    ],
)
def test_labels(name, dtype, labels):
    classes = Model.load(FOLDER / f"labels_{name}.eml").classes_
    assert classes.dtype == dtype
    assert classes.tolist() == labels
    assert list(map(type, classes.tolist())) == list(map(type, labels))


def test_other_metadata():
    model = Model.load(FOLDER / "everything.eml")
    assert model.note == "Zähler\n2"
    assert model.feature_names_in_.tolist() == ["Temperatur °C", ""]
    assert [c.tolist() for c in model.classes_] == [["no", "yes"], ["a", "b", "c"]]
    assert model.selftest()
    golden = model.program.metadata.golden
    np.testing.assert_array_equal(golden.inputs, [[0.0, 1.5], [np.nan, -2.0]])
    padded = Model.load(FOLDER / "golden_padded.eml")
    assert padded.selftest()
    np.testing.assert_array_equal(
        padded.program.metadata.golden.inputs, [[0, 1, 255], [9, 99, 7]]
    )
