# SPDX-License-Identifier: MIT
"""What readers of files take: bounded by the file's size, whatever it asks for.

Each reader reads, in a child of its own for each file, files that ask for far more
than they hold (hostile_files/greedy.py) and small real ones. It must take at most
64 MiB and 24 times the file's size in memory; the kernel ends a child that takes more
than twice its CPU time.
"""

import cProfile
import io
import json
import os
import pstats
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from c.op_codes import OP

import emlrt
from emlrt import EmlrtError, FormatError, Model
from emlrt.allowance import BASE, BYTES, RATE, WORK_BASE, WORK_RATE, Allowance
from emlrt.convert.ir.folding import fold
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import Affine, Dense, Step

HERE = Path(__file__).parents[2]
sys.path.insert(0, str(HERE / "hostile_files"))

import documents  # noqa: E402
from greedy import FAMILIES, suffix_of  # noqa: E402

SEEDS = HERE / "fuzz_readers" / "seeds"
#: The promise of SECURITY.md.
MEMORY, TIMES = 64 << 20, 24
#: What a refusal by an allowance says.
REFUSED = re.compile(r"ask for more than (a file|metadata) of \d+ bytes may take")
#: What each reader must refuse by its allowance, and not by any other check.
BY_BUDGET = {
    "blob": ["labels of a wide dtype", "one long label of many"],
    "xgboost": ["many classes", "many targets", "classes of one leaf", "many sets"],
    "lightgbm": ["many classes", "classes of one leaf", "names of features"],
    "catboost": ["empty objects", "trees of one leaf"],
    "treelite": ["many classes", "many targets", "targets of a tree"],
    "onnx": ["empty nodes", "a tensor of texts", "one long label", "pairs of classes"],
    "keras": ["empty lists", "zeros behind the weights", "many wide layers"],
}


def measured(reader, paths):
    """What reading each file took."""
    done = subprocess.run(
        [sys.executable, str(HERE / "hostile_files" / "measure.py"), reader],
        input="\n".join(map(str, paths)),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sys.path))},
        capture_output=True,
        text=True,
        check=False,
        timeout=1500,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(paths), done.stderr[-2000:]
    return found


def check(name, path, found):
    assert found.get("named"), (name, found)
    size = path.stat().st_size
    assert found["bytes"] <= MEMORY + TIMES * size, (name, size, found)
    assert found["length"] <= 2000, (name, found)


@pytest.mark.skipif(sys.platform != "linux", reason="measures by /proc")
@pytest.mark.parametrize("reader", FAMILIES)
def test_files_that_ask_for_too_much(reader, tmp_path, record_property):
    paths = {}
    for number, (name, make) in enumerate(FAMILIES[reader].items()):
        paths[name] = tmp_path / f"{number}{suffix_of(reader)}"
        paths[name].write_bytes(make())
    whole = reader not in ("blob", "keras")  # those have parts of files as seeds
    seeds = sorted((SEEDS / reader).iterdir()) if whole else []
    paths.update((f"seed {path.name}", path) for path in seeds)
    found = dict(zip(paths, measured(reader, paths.values()), strict=True))
    for name, took in found.items():
        check(name, paths[name], took)
    for name in BY_BUDGET[reader]:
        assert REFUSED.search(found[name]["text"]), (name, found[name])
    if reader == "blob":
        text = found["labels of a wide dtype"]["text"]
        assert "than metadata of" in text, text
    record_property("seconds", sum(took["seconds"] for took in found.values()))


@pytest.mark.skipif(sys.platform != "linux", reason="measures by /proc")
def test_the_measure_sees_what_is_taken(tmp_path):
    """A reader that asks for too much would be noticed."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import measure, json;"
        "take = lambda path: bytearray(b'1') * (1 << 27);"
        "print(json.dumps(measure.in_child(take, '/')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(HERE / "hostile_files")],
        capture_output=True,
        check=True,
    )
    assert 127 << 20 <= json.loads(done.stdout)["bytes"] < 1 << 28


# Files that are none, or have no end

READERS = {
    "load": Model.load,
    "keras": Model.from_keras,
    **{
        name: getattr(Model, f"from_{name}")
        for name in ("xgboost", "lightgbm", "catboost", "treelite", "onnx")
    },
    "convert": emlrt.convert,
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", ["/dev/zero", "/dev/null", "pipe", "folder", "empty"])
def test_what_is_no_file(reader, kind, tmp_path):
    path = Path(kind) if kind[0] == "/" else tmp_path / kind
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    with pytest.raises((EmlrtError, OSError)) as raised:
        READERS[reader](path)
    assert str(path) in str(raised.value)


class Endless:
    """A stream of bytes that go on for ever; counts those that were taken."""

    def __init__(self, start):
        self.start, self.taken = io.BytesIO(start), 0

    def read(self, count):
        assert count > 0
        found = self.start.read(count) or bytes(count)
        self.taken += len(found)
        return found


def test_streams_without_an_end():
    """load reads no more than the header says, and one byte."""
    stream = Endless(b"")
    with pytest.raises(FormatError):
        Model.load(stream)
    assert stream.taken <= 48
    blob = documents.blob([(OP["abs"], b"", 0, 0, 1, 2, 0, 1)], 14, 0x1E)
    stream = Endless(blob)
    with pytest.raises(FormatError):
        Model.load(stream)
    assert stream.taken == len(blob) + 1
    assert bytes(Model.load(io.BytesIO(blob))) == blob


# The allowance itself


def test_a_allowance_is_spent_once():
    allowance = Allowance(1000)
    allowance.charge("things", BASE)
    allowance.charge("things", 1000, RATE)
    with pytest.raises(FormatError, match=r"1 more ask .* a file of 1000.* bytes$"):
        allowance.charge("more", 1)
    Allowance.unlimited().charge("things", 1 << 62, 1 << 62)


def test_work_is_spent_once():
    """What takes bytes takes work, too, and some of it takes nothing else."""
    allowance = Allowance(1000)
    allowance.charge("things", 100, BYTES)
    allowance.charge("passes", WORK_BASE // 1000, 0, 1000)
    allowance.charge("passes", 1, 0, 1000 * WORK_RATE - 100)
    with pytest.raises(FormatError, match=r"1 more ask .* 1600 ms of work$"):
        allowance.charge("more", 1, 0, 1)
    assert allowance.charged == 100 * BYTES
    Allowance.unlimited().charge("passes", 1 << 62, 0, 1 << 62)


# Work that grows with the number of classes, and no faster


def calls(function):
    profile = cProfile.Profile()
    profile.runcall(function)
    return pstats.Stats(profile).total_calls


def test_many_classes_take_work_in_proportion(tmp_path):
    """Models of so many classes with two trees each."""
    found = {}
    for n in (20, 20, 100, 200):  # the first one imports, too
        path = tmp_path / f"{n}.txt"
        trees = [documents.lightgbm_tree(leaf_value=f"{k} 1") for k in range(2 * n)]
        path.write_bytes(documents.lightgbm(trees, n, "multiclass"))
        found[n] = calls(lambda path=path: Model.from_lightgbm(path))
    assert found[200] - found[100] <= 1.3 * (100 / 80) * (found[100] - found[20])


class Counted(Step):
    """A step that counts how often it is looked at."""

    looked = 0

    def __getattribute__(self, name):
        Counted.looked += 1
        return super().__getattribute__(name)


def steps_of(n):
    """Scalings in front of dense layers, all of one input."""
    graph = Graph(2)
    scaling = Affine(np.zeros(2), np.full(2, 2.0), np.zeros(2))
    for _ in range(n):
        x = graph.stage("AFFINE", graph.input, 2, b"", scaling)
        graph.stage("DENSE", x, 1, b"", Dense(np.ones((1, 2)), np.zeros(1)))
    y = graph.concat([step.target for step in graph.steps[1::2]])
    steps = [
        Counted(s.op, s.source, s.target, s.payload, s.params) for s in graph.steps
    ]
    return steps, y.buffer


def test_folding_takes_work_in_proportion():
    looked = {}
    for n in (100, 200):
        steps, y = steps_of(n)
        Counted.looked = 0
        assert len(fold(steps, y)) == n
        looked[n] = Counted.looked
    assert looked[200] <= 2.1 * looked[100]


def test_two_thousand_classes(tmp_path):
    """A sound model of 2,000 classes with two trees each, as LightGBM writes them."""
    n, more = 2000, {"internal_value": "0.25", "leaf_weight": "1 2"}
    trees = [
        documents.lightgbm_tree(leaf_value=f"{k % 7} {k % 5}.5", **more)
        for k in range(2 * n)
    ]
    path = tmp_path / "model.txt"
    path.write_bytes(documents.lightgbm(trees, n, "multiclass"))
    model = Model.from_lightgbm(path)
    x = np.array([[0, 0, 0]], np.float32)
    expected = [float(k % 7 + (k + n) % 7) for k in range(n)]
    assert model.scores(x)[0].tolist() == expected


def charges(monkeypatch, library, module, files):
    """What reading each file charges the allowance that a module makes: bytes, and
    microseconds."""
    kept = []

    class Kept(Allowance):
        def __init__(self, *args):
            super().__init__(*args)
            kept.append(self)

    monkeypatch.setattr(import_module(f"emlrt.convert.{module}"), "Allowance", Kept)
    for file in files:
        getattr(Model, f"from_{library}")(file)
    return [(allowance.charged, allowance.worked) for allowance in kept]


def xgboost_stump(k):
    """A tree of one split, with all that XGBoost writes of it."""
    return documents.xgboost_tree(
        base_weights=[1.3688027e-08, 0.12152058, -0.11445901],
        categories=[],
        categories_nodes=[],
        categories_segments=[],
        categories_sizes=[],
        id=k,
        loss_changes=[1.2270938, 0, 0],
        parents=[2147483647, 0, 0],
        split_conditions=[-0.10768006, 0.12152058 + k, -0.11445901],
        split_type=[0, 0, 0],
        sum_hessian=[5.94, 2.8512, 3.0888],
        tree_param={
            "num_deleted": "0",
            "num_feature": "3",
            "num_nodes": "3",
            "size_leaf_vector": "1",
        },
    )


def test_thousands_of_classes_are_sound(tmp_path, monkeypatch):
    """There may be 3,500 classes of one small tree each, as XGBoost writes them."""
    files = []
    for n in (100, 300):
        stumps = [xgboost_stump(k) for k in range(n)]
        files.append(tmp_path / f"{n}.json")
        params = {"num_class": str(n)}
        files[-1].write_bytes(
            documents.xgboost(stumps, list(range(n)), params, "multi:softprob")
        )
    few, many = charges(monkeypatch, "xgboost", "readers.json_fields", files)
    n_bytes = (files[1].stat().st_size - files[0].stat().st_size) / 200
    more, work = ((b - a) / 200 for a, b in zip(few, many, strict=True))
    assert 3500 * (more - RATE * n_bytes) <= BASE
    assert 3500 * (work - WORK_RATE * n_bytes) <= WORK_BASE


def test_any_number_of_small_trees_is_sound(tmp_path, monkeypatch):
    """A tree of one split, as LightGBM writes it, costs less than its bytes bring."""
    split = documents.lightgbm_tree(
        split_gain="23.8251",
        threshold="0.49512600000000001",
        leaf_value="-0.043921758121893763 0.051348512340612343",
        leaf_weight="203.00000000000000 197.00000000000000",
        leaf_count="203 197",
        internal_value="0",
        internal_weight="400",
        internal_count="400",
        is_linear=0,
        shrinkage="0.1",
    )
    files = [tmp_path / f"{n}.txt" for n in (100, 300)]
    for n, path in zip((100, 300), files, strict=True):
        path.write_bytes(documents.lightgbm([split] * n))
    few, many = charges(monkeypatch, "lightgbm", "lightgbm.model", files)
    n_bytes = files[1].stat().st_size - files[0].stat().st_size
    assert many[0] - few[0] <= RATE * n_bytes
    assert many[1] - few[1] <= WORK_RATE * n_bytes
