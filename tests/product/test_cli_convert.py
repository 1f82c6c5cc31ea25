# SPDX-License-Identifier: MIT
"""`emlrt convert`: files of other libraries, from the command line."""

import json
import os
import pickle
import subprocess
import sys
import zipfile
from functools import cache

import numpy as np
import pytest
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression

import emlrt
from emlrt import Model
from emlrt.hints import of_labels

pytestmark = pytest.mark.filterwarnings(
    "ignore::UserWarning", "ignore::DeprecationWarning:keras"
)
X, Y = load_wine(return_X_y=True)
X = X.astype(np.float32)


def save_xgboost(path, kind="classes"):
    xgboost = pytest.importorskip("xgboost")
    more = {"n_estimators": 4, "max_depth": 3, "nthread": 1}
    cls = xgboost.XGBClassifier if kind == "classes" else xgboost.XGBRegressor
    cls(**more).fit(X, Y).save_model(path)


def save_lightgbm(path, kind="classes"):
    lightgbm = pytest.importorskip("lightgbm")
    options = {"verbose": -1, "num_threads": 1, "objective": "regression"}
    if kind == "classes":
        options |= {"objective": "multiclass", "num_class": 3}
    data = lightgbm.Dataset(X, Y)
    lightgbm.train(options, data, 4).save_model(path)


def save_catboost(path, kind="classes"):
    catboost = pytest.importorskip("catboost")
    more = {"iterations": 4, "depth": 3, "verbose": False, "thread_count": 1}
    more["allow_writing_files"] = False
    name = "CatBoostClassifier" if kind == "classes" else "CatBoostRegressor"
    getattr(catboost, name)(**more).fit(X, Y).save_model(path, format="json")


def save_onnx(path, kind="classes"):
    skl2onnx = pytest.importorskip("skl2onnx")
    pytest.importorskip("emlrt.convert.onnx.model")
    model = LogisticRegression().fit(X[:, :2], Y)
    written = skl2onnx.to_onnx(model, X[:1, :2], options={"zipmap": False})
    path.write_bytes(written.SerializeToString())


def save_keras(path, kind="classes"):
    os.environ.setdefault("KERAS_BACKEND", "jax")
    keras = pytest.importorskip("keras")
    pytest.importorskip("h5py")
    parts = [keras.Input((13,)), keras.layers.Dense(3, activation="softmax")]
    keras.Sequential(parts).save(path)


#: What writes a file of each name.
FILES = {
    "xgboost.json": save_xgboost,
    "xgboost.ubj": save_xgboost,
    "lightgbm.txt": save_lightgbm,
    "catboost.json": save_catboost,
    "onnx.onnx": save_onnx,
    "keras.keras": save_keras,
}
#: Those of boosted trees.
TREES = ("xgboost.json", "xgboost.ubj", "lightgbm.txt", "catboost.json")


@cache
def bytes_of(name, kind, folder):
    path = folder / f"{kind}-{name}"
    FILES[name](path, kind)
    return path.read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


@pytest.fixture
def saved(folder, tmp_path):
    """A function: the path of a file of a name."""

    def save(name, kind="classes"):
        path = tmp_path / name
        path.write_bytes(bytes_of(name, kind, folder))
        return path

    return save


def is_one_error_line(err):
    return err.startswith("emlrt: error: ") and err.count("\n") == 1


@pytest.mark.parametrize("name", FILES)
def test_files_are_told_apart(cli, saved, name):
    """The blob, beside the file, is what Python makes of it."""
    path = saved(name)
    code, out, err = cli("convert", path)
    assert (code, err) == (0, "")
    blob = path.with_suffix(".eml")
    model = Model.load(blob)
    hint = of_labels(model)
    assert out.splitlines() == [
        f"{blob}: {model.note}, {model.nbytes} bytes",
        *([hint] if hint else []),
    ]
    assert model == emlrt.convert(path)
    assert model.n_features_in_ == (2 if name.startswith("onnx") else 13)


@pytest.mark.parametrize("name", FILES)
def test_json(cli, saved, name, tmp_path):
    target = tmp_path / "model.eml"
    code, out, err = cli("convert", saved(name), "-o", target, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "output": str(target),
        "library": name.partition(".")[0],
        "bytes": target.stat().st_size,
    }


@pytest.mark.parametrize("name", FILES)
def test_classes_make_it_a_classifier(cli, saved, name):
    path = saved(name)
    assert cli("convert", path, "--classes", "red,white,rosé")[0] == 0
    model = Model.load(path.with_suffix(".eml"))
    assert model.classes_.tolist() == ["red", "white", "rosé"]
    assert cli("convert", path, "--classes", "7,8,9")[0] == 0
    model = Model.load(path.with_suffix(".eml"))
    assert model.classes_.tolist() == [7, 8, 9]
    rows = X[:, : model.n_features_in_]
    assert set(model.predict(rows)) <= {7, 8, 9}


@pytest.mark.parametrize("name", FILES)
def test_wrong_numbers_of_classes(cli, saved, name):
    path = saved(name)
    code, out, err = cli("convert", path, "--classes", "a,b")
    assert (code, out) == (2, "")
    assert is_one_error_line(err)
    assert "classes" in err
    assert not path.with_suffix(".eml").exists()


@pytest.mark.parametrize("name", TREES)
def test_options_of_trees(cli, saved, name):
    path = saved(name, "values")
    target = path.with_suffix(".eml")
    cases = {
        ("--encoding", "direct"): {"encoding": "direct"},
        ("--encoding", "bins"): {"encoding": "bins"},
        ("--sums", "int32", "--leaf-bits", "8"): {"sums": "int32", "leaf_bits": 8},
        ("--optimize", "size"): {"optimize": "size"},
        ("--optimize", "speed"): {"optimize": "speed"},
        ("--sums", "float32"): {"sums": "float32"},
        ("--leaf-bits", "16", "--note", "mine"): {"leaf_bits": 16, "note": "mine"},
    }
    for arguments, options in cases.items():
        code, _, err = cli("convert", path, *arguments)
        assert (code, err) == (0, ""), arguments
        assert Model.load(target) == emlrt.convert(path, **options), arguments


@pytest.mark.parametrize("name", TREES)
def test_integers(cli, saved, name):
    path = saved(name, "values")
    with pytest.warns(emlrt.InputRangeWarning, match="command has no rows to check"):
        code, _, _ = cli("convert", path, "--dtype", "int16")
    assert code == 0
    assert Model.load(path.with_suffix(".eml")).input_dtype == np.int16


def test_notes_are_kept(cli, saved):
    path = saved("lightgbm.txt")
    _, out, _ = cli("convert", path, "--note", "wines of Italy")
    assert "wines of Italy" in out
    assert Model.load(path.with_suffix(".eml")).note == "wines of Italy"
    _, out, _ = cli("inspect", path.with_suffix(".eml"), "--json")
    assert "wines of Italy" in out


def test_the_commands_fit_together(cli, saved, tmp_path):
    """What is converted can be verified and predicts."""
    path = saved("xgboost.json")
    assert cli("convert", path, "--classes", "a,b,c")[0] == 0
    blob, table = path.with_suffix(".eml"), tmp_path / "rows.csv"
    assert cli("verify", blob)[0] == 0
    np.savetxt(table, X[:20], delimiter=",", fmt="%.9g")
    code, out, _ = cli("predict", blob, table)
    assert code == 0
    assert out.split()[-20:] == Model.load(blob).predict(X[:20]).tolist()


def test_to_stdout(saved):
    path = saved("lightgbm.txt")
    arguments = [sys.executable, "-m", "emlrt", "convert", path, "-o", "-"]
    done = subprocess.run(arguments, capture_output=True, check=True)
    assert done.stdout == bytes(emlrt.convert(path))
    assert done.stderr == b""


def test_json_and_a_blob_cannot_share_stdout(cli, saved):
    path = saved("lightgbm.txt")
    code, out, err = cli("convert", path, "-o", "-", "--json")
    assert (code, out) == (2, "")
    assert is_one_error_line(err)
    assert "-o MODEL" in err


@pytest.mark.parametrize(
    "option", [("--leaf-bits", "8"), ("--encoding", "bins"), ("--sums", "int32")]
)
def test_options_that_nets_do_not_have(cli, saved, option):
    code, _, err = cli("convert", saved("keras.keras"), *option)
    assert code == 2
    assert is_one_error_line(err)
    assert "for trees" in err


def test_options_that_contradict_each_other(cli, saved):
    path = saved("xgboost.json")
    code, _, err = cli("convert", path, "--sums", "float32", "--leaf-bits", "8")
    assert code == 2
    assert is_one_error_line(err)
    assert "leaf_bits=8 is for sums of integers" in err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--dtype", "int8"],
        ["--leaf-bits", "12"],
        ["--leaf-bits", "few"],
        ["--encoding", "smallest"],
        ["--offset", "0=1", "--offset", "0=2"],
        ["--sums", "float64"],
        ["second.txt"],
    ],
)
def test_wrong_usage(cli, saved, arguments):
    path = [saved("lightgbm.txt")] if arguments else []
    code, out, err = cli("convert", *path, *arguments)
    assert (code, out) == (2, "")
    assert is_one_error_line(err)


def test_advice_is_of_the_command(cli, saved, tmp_path):
    """Of its options, not of Python's."""
    lightgbm = pytest.importorskip("lightgbm")
    path, far = tmp_path / "far.txt", 1.7e9 + np.arange(200.0)[:, None]
    data = lightgbm.Dataset(far, far[:, 0] % 50)
    lightgbm.train({"verbose": -1, "min_data_in_leaf": 2}, data, 3).save_model(path)
    with pytest.warns(emlrt.PrecisionWarning, match="--offset COLUMN=INT") as found:
        assert cli("convert", path)[0] == 0
    assert "X=" not in str(found[0].message)
    for text in ("auto", "0=auto", "0=1.5"):
        _, _, err = cli("convert", path, "--offset", text)
        assert f"{text!r} is no COLUMN=INTEGER" in err


def others(path):
    """Files that are no models of a library here: what they are, and, where they are
    told apart, what the error says."""
    path.write_bytes(b"a,b\n1,2\n")
    yield "table"
    path.write_bytes(b"")
    yield "empty file"
    path.write_bytes(b"{}")
    yield "empty JSON"
    path.write_bytes(json.dumps({"model": [1, 2]}).encode())
    yield "other JSON"
    path.write_bytes(pickle.dumps(LogisticRegression().fit(X, Y)))
    yield "a pickle"
    path.write_bytes(bytes(range(256)) * 9)
    yield "bytes"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "b")
    yield "archive"


def test_files_of_nobody(cli, tmp_path):
    path = tmp_path / "model.bin"
    for what in others(path):
        code, out, err = cli("convert", path)
        assert (code, out) == (2, ""), what
        assert is_one_error_line(err), what
        told = what in ("empty file", "a pickle")
        assert (what if told else "no model of XGBoost, LightGBM") in err, what
        assert "from_sklearn" in err or what == "empty file", what
        assert [p.name for p in tmp_path.iterdir()] == ["model.bin"]


@pytest.mark.parametrize("name", FILES)
def test_damaged_files(cli, saved, name):
    path = saved(name)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    code, out, err = cli("convert", path)
    assert code in (1, 2)
    assert out == ""
    assert is_one_error_line(err)
    assert "EMLRT_DEBUG" not in err  # which is for what nobody foresaw
    assert not path.with_suffix(".eml").exists()


def test_files_that_cannot_be_read(cli, tmp_path):
    for path in (tmp_path / "absent.txt", tmp_path, tmp_path / "absent.keras"):
        code, out, err = cli("convert", path)
        assert (code, out) == (2, ""), path
        assert is_one_error_line(err), path
        assert path.name in err


def test_files_that_cannot_be_written(cli, saved, tmp_path):
    target = tmp_path / "absent" / "model.eml"
    code, out, err = cli("convert", saved("lightgbm.txt"), "-o", target)
    assert (code, out) == (2, "")
    assert is_one_error_line(err)


def test_an_old_blob_stays_on_errors(cli, saved):
    path = saved("lightgbm.txt")
    blob = path.with_suffix(".eml")
    blob.write_bytes(b"old")
    assert cli("convert", path, "--classes", "a,b")[0] == 2
    assert blob.read_bytes() == b"old"
    assert cli("convert", path)[0] == 0
    assert Model.load(blob) == emlrt.convert(path)
