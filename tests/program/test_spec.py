# SPDX-License-Identifier: MIT
"""SPEC.md says what the C headers say, and says enough to read a blob."""

import re
import struct
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from families import cases
from sklearn.base import clone
from sklearn.datasets import load_digits, make_classification, make_regression
from sklearn.ensemble import (
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from spec_reader import Blob, to_float32

import emlrt
from emlrt._native import ffi, lib

ROOT = Path(__file__).resolve().parents[2]
SPEC = (ROOT / "SPEC.md").read_text(encoding="utf-8")
FORMAT = (ROOT / "c/include/emlrt/format.h").read_text(encoding="utf-8")
STRUCTS = re.findall(r"^\} (emlrt_\w+);", FORMAT, re.MULTILINE)
CONSTANTS = re.findall(r"^#define (EMLRT_\w+) \w", FORMAT, re.MULTILINE)


# The tables against the C structures


def tables(text):
    """Every table under its nearest heading: (heading, columns, rows)."""
    heading, block = "", []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            cells = re.split(r"(?<!\\)\|", line)[1:-1]
            block.append([cell.strip() for cell in cells])
        elif block:
            yield heading, block[0], block[2:]
            block = []
        if line.startswith("#"):
            heading = line


def code(cell):
    """The text of a cell that holds `code`."""
    return cell.strip("`")


def spec_structs(text):
    """Fields of each structure: {name: (bytes, [(offset, type, name)])}."""
    found = {}
    for heading, columns, rows in tables(text):
        match = re.match(r"### `(emlrt_\w+)`, (\d+) bytes", heading)
        if match and columns == ["offset", "type", "name", "meaning"]:
            fields = [(int(at), code(kind), code(name)) for at, kind, name, _ in rows]
            found[match[1]] = int(match[2]), fields
    return found


def spec_constants(text):
    """Values of the constants in tables that give them."""
    found = {}
    for _, columns, rows in tables(text):
        if columns[0] == "constant" and len(columns) > 1:
            column = 1
            found.update({code(row[0]): int(row[column], 0) for row in rows})
    return found


def c_struct(name):
    """The same as spec_structs has it, from the compiler's point of view."""
    ctype = ffi.typeof(name)
    fields = [(field.offset, field.type.cname, key) for key, field in ctype.fields]
    return ffi.sizeof(ctype), fields


def test_every_structure_is_in_the_spec():
    assert len(STRUCTS) >= 8
    assert sorted(spec_structs(SPEC)) == sorted(STRUCTS)


@pytest.mark.parametrize("name", STRUCTS)
def test_structure_is_as_the_compiler_has_it(name):
    assert spec_structs(SPEC)[name] == c_struct(name)


def test_every_constant_is_in_the_spec():
    constants = [name for name in CONSTANTS if not name.endswith("_H")]
    assert len(constants) > 40
    assert sorted(spec_constants(SPEC)) == sorted(constants)


def test_constants_have_the_compilers_values():
    spec = spec_constants(SPEC)
    assert spec == {name: getattr(lib, name) for name in spec}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("| 32 | `uint32_t` | `work` |", "| 36 | `uint32_t` | `work` |"),
        ("| 32 | `uint32_t` | `work` |", "| 32 | `int32_t` | `work` |"),
        ("| 32 | `uint32_t` | `work` |", "| 32 | `uint32_t` | `works` |"),
        ("`emlrt_stage`, 28 bytes", "`emlrt_stage`, 32 bytes"),
        ("| `EMLRT_F32` | 0x0E |", "| `EMLRT_F32` | 0x0F |"),
    ],
)
def test_drift_is_noticed(old, new):
    """The comparisons above fail on a spec that is wrong in one place."""
    assert old in SPEC
    wrong = SPEC.replace(old, new)
    structs = {name: c_struct(name) for name in STRUCTS}
    constants = spec_constants(SPEC)
    same = spec_structs(wrong) == structs and spec_constants(wrong) == constants
    assert spec_structs(SPEC) == structs
    assert not same


def test_ops_table_gives_the_ops_dtypes_and_records():
    """The low byte of an op tells input and record; section 6 agrees."""
    ((columns, rows),) = (
        (columns, rows)
        for heading, columns, rows in tables(SPEC)
        if heading == "## 6. Ops"
    )
    assert columns == ["constant", "value", "input", "output", "records"]
    records = {"F32": 8, "I32": 8, "I16": 6, "U8": 4, "U8M": 6, "U8C": 6, "I16C": 12}
    records |= {"F32W": 12, "I32W": 12, "I16W": 12, "U8W": 12}
    for name, _, source, target, record in rows:
        kind, suffix = code(name).removeprefix("EMLRT_OP_TREES_").split("_")
        assert code(source) == "EMLRT_" + suffix.rstrip("CMW")
        assert code(target) == "EMLRT_F32" if kind in ("SUM", "ADD") else "EMLRT_U32"
        assert code(record) == f"emlrt_record{records[suffix]}"


def test_statuses_exist():
    part = SPEC.partition("## 11.")[2].partition("## 12.")[0]
    names = set(re.findall(r"\[([A-Z]+)\]", part))
    assert len(names) >= 10
    assert all(hasattr(lib, "EMLRT_ERR_" + name) for name in names)


def test_links_lead_to_headings():
    titles = re.findall(r"^#+ (.*)$", SPEC, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", t).lower().replace(" ", "-") for t in titles}
    assert set(re.findall(r"\]\(#([^)]*)\)", SPEC)) <= anchors


# The example of section 15


def example():
    """The bytes of section 15, and its rows of inputs and scores."""
    part = SPEC.partition("## 15.")[2].partition("## 16.")[0]
    (_, _, octets), (_, _, rows) = tables("## 15.\n" + part)
    data = b""
    for offset, octet_text, _ in octets:
        assert int(offset) == len(data)
        data += bytes.fromhex(code(octet_text))
    numbers = [[float(cell) for cell in row] for row in rows]
    return data, numbers


def test_example_runs_and_gives_its_scores():
    data, rows = example()
    model = emlrt.Model.from_bytes(data)
    assert model.classes_.tolist() == ["no", "y"]
    for x0, x1, *scores in rows:
        assert model.scores([[x0, x1]]).tolist() == [scores]
        assert Blob(data).scores([x0, x1]) == tuple(scores)
    assert model.predict([rows[0][:2]]) == ["no"]


# The independent reader against the runtime


def digits():
    X, y = load_digits(return_X_y=True)
    return X, y.astype(np.int64)


def missing_data():
    X, y = make_classification(300, 8, n_informative=6, random_state=0)
    X[np.random.default_rng(0).random(X.shape) < 0.2] = np.nan
    return X, np.array(["no", "yes"])[y]


def regression(n_targets=1):
    return make_regression(300, 6, n_targets=n_targets, random_state=0)


def many_features():
    X = np.random.default_rng(0).normal(size=(200, 9000))
    return X, (X[:, 8999] > 0) + 2 * (X[:, 8500] > 0)


def many_leaves(classes=False):
    X = np.random.default_rng(0).integers(0, 256, (4000, 4)).astype(float)
    y = np.random.default_rng(1).normal(size=4000)
    return X, (y > 0).astype(int) if classes else y


def many_classes():
    rng = np.random.default_rng(0)
    return rng.normal(size=(3000, 3)), rng.integers(0, 700, 3000)


def multi_output():
    X, y = digits()
    return X, np.stack([y, y % 2, y % 3], axis=1)


def single_leaf():
    return np.zeros((5, 2)), np.array([1.0, 2.0, 3.0, 4.0, -9.0])


FOREST = RandomForestClassifier(5, max_depth=6, random_state=0)
MODELS = {
    "soft_f32": (digits, FOREST, {}),
    "soft_f32 missing": (missing_data, FOREST, {}),
    "soft_f32 16 bit": (digits, FOREST, {"leaf_bits": 16}),
    "soft_i16 8 bit": (digits, FOREST, {"dtype": "int16", "leaf_bits": 8}),
    "vote_u8 hard": (digits, FOREST, {"dtype": "uint8", "voting": "hard"}),
    "vote_f32w": (
        many_features,
        DecisionTreeClassifier(max_depth=2, random_state=0),
        {},
    ),
    "soft_f32 many classes": (
        many_classes,
        RandomForestClassifier(2, max_depth=4, random_state=0),
        {},
    ),
    "soft_f32 multi-output": (multi_output, FOREST, {}),
    "vote_u8 many leaves": (
        lambda: many_leaves(True),
        RandomForestClassifier(3, random_state=0),
        {"dtype": "uint8"},
    ),
    "sum_f32": (regression, RandomForestRegressor(5, random_state=0), {}),
    "sum_f32 8 bit": (
        regression,
        ExtraTreesRegressor(5, random_state=0),
        {"leaf_bits": 8},
    ),
    "sum_f32 multi-output": (
        lambda: regression(3),
        RandomForestRegressor(3, random_state=0),
        {"leaf_bits": 16},
    ),
    "sum_f32 lone": (single_leaf, DecisionTreeRegressor(max_depth=1), {}),
    "sum_u8": (
        many_leaves,
        RandomForestRegressor(12, random_state=0),
        {"dtype": "uint8"},
    ),
    "sum_u8 bases": (
        many_leaves,
        RandomForestRegressor(40, min_samples_leaf=3, random_state=0),
        {"dtype": "uint8", "leaf_bits": 16},
    ),
}


@cache
def converted(name):
    """A model with golden vectors, and some rows of its data."""
    data, estimator, options = MODELS[name]
    X, y = data()
    if "dtype" in options:
        options = {**options, "X": X}
    fitted = clone(estimator).fit(X, y)
    return emlrt.Model.from_sklearn(fitted, golden=X[:3], **options), X[:40]


@pytest.mark.parametrize("name", MODELS)
def test_reader_gives_the_runtimes_scores(name):
    model, X = converted(name)
    blob = Blob(bytes(model))
    scores = [blob.scores(x) for x in X.astype(model.input_dtype).tolist()]
    assert (np.array(scores, model.scores(X).dtype) == model.scores(X)).all()
    assert np.ptp(scores) > 0 or model.work == 1


@pytest.mark.parametrize("case", cases(), ids=str)
def test_reader_gives_every_family_s_bits(case):
    model, rows = case.built()
    blob = Blob(bytes(model))
    pack = struct.Struct(f"<{blob.n_scores}{blob.y}").pack
    for x, scores in zip(rows, model._runtime.scores(rows), strict=True):
        assert pack(*blob.scores(x.tolist())) == scores.tobytes()
    if blob.class_counts:
        indices = [blob.answers(x.tolist()) for x in rows]
        assert (np.array(indices) == model._runtime.classify(rows)).all()


@pytest.mark.parametrize("name", [name for name in MODELS if "sum" not in name])
def test_reader_gives_the_runtimes_classes(name):
    model, X = converted(name)
    blob = Blob(bytes(model))
    indices = [blob.answers(x) for x in X.astype(model.input_dtype).tolist()]
    labels = model.classes_ if isinstance(model.classes_, list) else [model.classes_]
    want = model.predict(X).reshape(len(X), -1)
    for k, classes in enumerate(labels):
        assert (classes[[row[k] for row in indices]] == want[:, k]).all()


@pytest.mark.parametrize("name", MODELS)
def test_reader_finds_the_metadata(name):
    model, _ = converted(name)
    blob = Blob(bytes(model))
    assert blob.texts(lib.EMLRT_META_NOTE) == [model.note]
    vectors = blob.golden()
    assert len(vectors) == 3
    for x, y in vectors:
        assert blob.scores(x) == y
    if blob.class_counts:
        texts = blob.texts(lib.EMLRT_META_CLASSES)
        assert len(texts) == len(blob.class_counts) + sum(blob.class_counts)


def test_models_cover_the_format():
    """The list above is worth its time: ops, records, items, bases."""
    models = [converted(name)[0] for name in MODELS]
    forests = [Blob(bytes(model)).forests[0] for model in models]
    assert {forest.kind for forest in forests} == {"vote", "soft", "sum"}
    assert {forest.record for forest in forests} == {4, 6, 8, 12}
    assert {forest.head.leaf_shift for forest in forests} == {0, 1, 2}
    items = {(forest.head.item & 0xFF, forest.head.item >> 8) for forest in forests}
    assert items == {(0, 0), (1, 1), (2, 1), (3, 1), (3, 2)}
    assert any(0 in forest.sizes for forest in forests)
    assert any(len(set(forest.bases)) == len(forest.sizes) > 9 for forest in forests)


def test_rounding_of_sums():
    assert to_float32(3, -150) == 2.0**-148
    assert to_float32(1, -150) == 0.0
    assert to_float32(-(2**31), 97) == -np.inf
    assert to_float32(0x01000001, 0) == 2.0**24
