# SPDX-License-Identifier: MIT
"""Makes the golden blobs: what this and every later runtime must read alike.

    python tests/golden/make.py [--replace]

Each blob is small and uses one op, leaf form or kind of metadata. index.json
has each blob's SHA-256, inputs and the scores they must give, all as hex bits;
elements that are not named are zero. Blobs that exist already are left alone:
a file that devices have in flash does not change. --replace is for a format
that nobody has yet.
"""

import argparse
import hashlib
import json
import sys
import warnings
from pathlib import Path
from unittest import mock

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "helpers")]

import checks  # noqa: E402
import numpy as np  # noqa: E402
from families import cases, stream_cases  # noqa: E402
from strategies import (  # noqa: E402
    rows_for,
    synthetic_classifier,
    synthetic_regressor,
)

from emlrt import Model  # noqa: E402
from emlrt.convert.trees import payload  # noqa: E402
from emlrt.convert.trees.leaves import VoteTable  # noqa: E402
from emlrt.native import constants  # noqa: E402

FOLDER = HERE / "v1"
#: Features that make a record of each suffix necessary.
FEATURES = {
    "F32": ("float32", 5),
    "F32W": ("float32", 8193),
    "I32": ("int32", 5),
    "I32W": ("int32", 8193),
    "I16": ("int16", 5),
    "I16W": ("int16", 16385),
    "U8": ("uint8", 5),
    "U8M": ("uint8", 257),
    "U8W": ("uint8", 16385),
}
#: Most bytes of a family's blob.
SMALL = 3000
KINDS = {"float32": "corners", "int32": "int32", "int16": "int16", "uint8": "integers"}
LABELS = {
    "int64": np.array([-(2**63), 0, 2**63 - 1]),
    "uint8": np.array([0, 7, 255], np.uint8),
    "float32": np.array([-0.5, 0.1, 3e38], np.float32),
    "float64": np.array([-0.5, 0.1, 1e300]),
    "bool": np.array([False, True, False]),
    "str": np.array(["", "Größe", "\U0001f600"], "<U9"),
    "object-str": np.array(["a", "bb", "ñ"], object),
    "object-int": np.array([1, 2**70, -3], object),
    "object-float": np.array([0.5, 1e-300, -0.0], object),
    "object-bool": np.array([True, False, True], object),
}


def last_feature_used(estimator):
    """Has the trees ask for the last four features, so that records are wide."""
    for tree in checks.trees_of(estimator):
        state = tree.__getstate__()
        feature = state["nodes"]["feature"]
        split = feature >= 0
        feature[split] = estimator.n_features_in_ - 1 - feature[split] % 4
        tree.__setstate__(state)
    return estimator


def convert(estimator, dtype="float32", **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Model.from_sklearn(estimator, dtype=dtype, note="", **options)


def inputs(rng, estimator, model, n=12):
    """Rows around the thresholds; features that no tree asks for are zero."""
    floats = rows_for(rng, estimator, n, special=model.input_dtype == np.float32)
    trees = checks.trees_of(estimator)
    used = np.unique(np.concatenate([tree.feature for tree in trees]))
    x = np.zeros_like(floats)
    x[:, used[used >= 0]] = floats[:, used[used >= 0]]
    if model.input_dtype == np.float32:
        return x
    info = np.iinfo(model.input_dtype)
    x = np.floor(np.nan_to_num(x.astype(np.float64))).clip(info.min, info.max)
    return x.astype(model.input_dtype)


def ops(rng):
    """A blob for each op: lone trees, pure and mixed leaves, several outputs."""
    yield from each_op(rng, lambda suffix: not suffix.startswith("I32"))


def integers32(rng):
    """The same of int32, which came later: random numbers stay those of the others."""
    yield from each_op(rng, lambda suffix: suffix.startswith("I32"))


def each_op(rng, wanted):
    sizes = [9, 0, 14, 1, 6]
    for code in sorted(constants("EMLRT_OP_TREES_")):
        kind, suffix = code.split("_")
        if kind == "ADD" or suffix not in FEATURES or not wanted(suffix):
            continue  # tests/families/boosting.py has those
        dtype, n_features = FEATURES[suffix]
        shape, options = KINDS[dtype], {"voting": "hard"} if kind == "VOTE" else {}
        if kind == "SUM":
            estimator = synthetic_regressor(rng, sizes, n_features, 2, shape, scale=9)
        else:
            estimator = synthetic_classifier(rng, sizes, n_features, [4], shape)
        estimator = last_feature_used(estimator)
        yield code.lower(), estimator, convert(estimator, dtype, **options)


def leaves(rng):
    """Every width of a vote, of an item's head, of a code and of a value."""
    for votes in (1, 2, 3, 4):
        for head in (1, 2, 4):
            estimator = synthetic_classifier(rng, [9, 0, 7], 3, [5], pool="any")
            bits = {1: 8, 2: 16}.get(votes, 32)
            widths = mock.Mock(return_value=(votes, head))
            with mock.patch.object(VoteTable, "item_bytes", widths):
                model = convert(estimator, leaf_bits=bits)
            yield f"items_{votes}_{head}", estimator, model
    for n_bytes, n_classes in ((1, 3), (2, 600), (4, 70_000)):
        estimator = synthetic_classifier(rng, [9, 0], 3, [n_classes])
        model = convert(estimator, voting="hard")
        yield f"codes_{n_bytes}", estimator, model.strip()
    for bits in (8, 16, 32):
        estimator = synthetic_regressor(rng, [9, 0, 7], 3, 3, scale=1e-3)
        yield f"values_{bits}", estimator, convert(estimator, leaf_bits=bits)
    for name, scale in (("huge", 3e37), ("subnormal", 1e-42)):
        estimator = synthetic_regressor(rng, [9, 7], 3, 1, scale=scale)
        yield f"values_{name}", estimator, convert(estimator)
    tables = payload.LeafTables
    with mock.patch.object(tables, "shared", tables.based):
        estimator = synthetic_classifier(rng, [9, 0, 7, 5], 3, [3], pool="any")
        yield "bases_soft", estimator, convert(estimator)
        estimator = synthetic_regressor(rng, [9, 0, 7, 5], 3, 2)
        yield "bases_sum", estimator, convert(estimator)


def shapes(rng):
    """Lone trees, chains, several outputs, one class."""
    for name, sizes, counts in (
        ("lone", [0], [3]),
        ("all_lone", [0, 0, 0], [2]),
        ("one_class", [3, 0], [1]),
        ("outputs", [9, 0, 7], [2, 1, 4]),
    ):
        estimator = synthetic_classifier(rng, sizes, 3, counts)
        yield f"shape_{name}", estimator, convert(estimator)
        yield f"shape_{name}_hard", estimator, convert(estimator, voting="hard")
    estimator = synthetic_classifier(rng, [60], 2, [3], shape="chain", pool="any")
    yield "shape_chain", estimator, convert(estimator)


def metadata(rng):
    """Labels of each type, names, a note, golden vectors."""
    for name, labels in LABELS.items():
        estimator = synthetic_classifier(rng, [5, 4], 2, [3])
        estimator.classes_ = labels
        yield f"labels_{name}", estimator, convert(estimator)
    estimator = synthetic_classifier(rng, [5, 4], 2, [2, 3])
    estimator.classes_ = [np.array(["no", "yes"]), np.array(["a", "b", "c"])]
    estimator.feature_names_in_ = np.array(["Temperatur °C", ""], object)
    model = Model.from_sklearn(estimator, note="Zähler\n2")
    yield "everything", estimator, model.with_golden([[0.0, 1.5], [np.nan, -2.0]])
    estimator = synthetic_regressor(rng, [5, 4], 3, 2, "integers")
    model = convert(estimator, "uint8")  # rows of 3 bytes, padded to 4
    yield "golden_padded", estimator, model.with_golden([[0, 1, 255], [9, 99, 7]])


def families():
    """A blob for each set of numeric ops: the smallest of tests/families."""
    found = {}
    every = [*cases(), *stream_cases()]
    for case in sorted(every, key=lambda case: (case.model.nbytes, case.name)):
        used = tuple(sorted({stage.name for stage in case.model.stages}))
        if used not in found and case.model.nbytes <= SMALL:
            found[used] = case
    for case in found.values():
        yield case.name.replace("-", "_"), case.model, case.rows[:12]


def bits(values):
    """Elements that are not all-zero bits, as hex, by index."""
    unsigned = values.view(f"u{values.itemsize}")
    digits = 2 * values.itemsize
    return {str(i): f"{unsigned[i]:0{digits}x}" for i in np.flatnonzero(unsigned)}


def check(name, estimator, model, x):
    """What goes on record is right, by scikit-learn's own trees."""
    floats = x.astype(np.float32)
    if not model.program.class_counts:
        scores = model._runtime.scores(x).astype(np.float64)
        expected = checks.leaf_means(estimator, floats)[:, :, 0]
        peak = checks.largest_leaf(estimator).astype(np.float32)
        allowed = model.leaf_error + 2 * np.spacing(peak).astype(np.float64)
        assert (abs(scores - expected) <= allowed).all(), name
    elif model.leaf_error == 0:  # hard, or nothing but pure leaves
        votes = np.hstack(checks.majority(estimator, floats))
        total = model.program.vote_total // len(checks.trees_of(estimator))
        np.testing.assert_array_equal(model._runtime.scores(x), votes * total)
    else:
        scores = model._runtime.scores(x) / model.program.vote_total
        shares = np.hstack(checks.shares_of(estimator, floats))
        assert abs(scores - shares).max() <= max(1e-6, model.leaf_error), name


def keep(index, name, model, x):
    """Puts a blob and its scores on record."""
    blob = bytes(model)
    (FOLDER / f"{name}.eml").write_bytes(blob)
    index[name] = {
        "sha256": hashlib.sha256(blob).hexdigest(),
        "ops": [stage.name for stage in model.stages],
        "rows": [[bits(row), bits(model._runtime.firmware(row))] for row in x],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replace", action="store_true")
    replace = parser.parse_args().replace
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / "index.json"
    index = json.loads(path.read_text()) if path.exists() and not replace else {}
    for make in (ops, leaves, shapes, metadata, integers32):
        rng = np.random.default_rng(len(make.__name__))
        for name, estimator, model in make(rng):
            x = inputs(rng, estimator, model)
            check(name, estimator, model, x)
            if name in index:
                continue
            keep(index, name, model, x)
    for name, model, x in families():
        if name not in index:
            keep(index, name, model, x)
    lines = (f'"{name}": {json.dumps(index[name])}' for name in sorted(index))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(index)} blobs in {FOLDER}")


if __name__ == "__main__":
    main()
