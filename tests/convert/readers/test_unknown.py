# SPDX-License-Identifier: MIT
"""Things that no constructor takes: one sentence says what it seems and what to do."""

import pickle
import zipfile

import catboost
import lightgbm
import numpy as np
import pytest
import xgboost
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier

import emlrt
from emlrt import Model
from emlrt.convert.unknown import check_instance
from emlrt.errors import EmlrtError, FormatError, UnsupportedModelError

LIBRARIES = ("sklearn", "keras", "xgboost", "lightgbm", "catboost", "treelite", "onnx")
JUNK = bytes(range(1, 256)) * 3


def constructor(name):
    return emlrt.convert if name == "convert" else getattr(Model, f"from_{name}")


def archive(path, *names):
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            file.writestr(name, b"x")


#: What is written to a path, and what the sentence says then.
FILES = {
    "m.tflite": (b"\x1c\0\0\0TFL3" + bytes(40), r"TensorFlow Lite.*from_keras"),
    "m.bin": (b"\x1c\0\0\0TFL3" + bytes(40), r"TensorFlow Lite.*from_keras"),
    "m.pkl": (pickle.dumps([1]), r"a pickle, which emlrt never opens.*emlrt\.convert"),
    "m.sav": (pickle.dumps([1]), r"a pickle, which emlrt never opens"),
    "m.joblib": (b"x\x9c" + JUNK, r"a pickle, which emlrt never opens"),
    "m.skops": (b"PK" + JUNK, r"skops\.io\.load"),
    "m.pth": (b"PK" + JUNK, r"PyTorch.*from_keras"),
    "m.xml": (b'<?xml version="1.0"?><PMML version="4.4"/>', r"PMML.*from_sklearn"),
    "m.pmml": (b'<?xml version="1.0"?>', r"PMML"),
    "m.dat": (b"\x8eEML" + JUNK, r"blob of emlrt already.*Model\.load"),
    "m.csv": (b"a,b\n1,2\n", r"table of numbers"),
    "m.npz": (b"PK" + JUNK, r"table of numbers"),
    "m.onnx": (JUNK, r"damaged file"),
    "m": (b"", r"empty file"),
    "m.txt": (JUNK, r"no model of XGBoost, LightGBM, .* or ONNX; .*from_sklearn"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_no_door_knows(name, tmp_path):
    data, words = FILES[name]
    path = tmp_path / name
    path.write_bytes(data)
    for take in (emlrt.convert, Model.from_sklearn):
        for given in (path, str(path)):
            with pytest.raises(UnsupportedModelError, match=words) as caught:
                take(given)
            text = str(caught.value)
            assert text.startswith(f"{path}: ")
            assert len(text) < len(str(path)) + 250
            assert "\n" not in text


def test_a_file_of_torch_by_what_is_in_it(tmp_path):
    path = tmp_path / "weights.zip"
    archive(path, "archive/data.pkl", "archive/data/0")
    with pytest.raises(UnsupportedModelError, match="PyTorch"):
        emlrt.convert(path)


@pytest.mark.parametrize("name", ["convert", *LIBRARIES])
def test_every_door_knows_folders_and_other_kinds_of_files(name, tmp_path):
    with pytest.raises(UnsupportedModelError, match="a folder; pass the path"):
        constructor(name)(tmp_path)
    (tmp_path / "saved_model.pb").write_bytes(b"x")
    with pytest.raises(UnsupportedModelError, match="a folder that TensorFlow saved"):
        constructor(name)(str(tmp_path))
    path = tmp_path / "m.h5"
    path.write_bytes(pickle.dumps([1]))
    with pytest.raises(UnsupportedModelError, match="a pickle"):
        constructor(name)(path)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        constructor(name)(tmp_path / "nowhere")


#: Words of each constructor's own for a file that it cannot read.
OWN = {
    "keras": "keras",
    "xgboost": "XGBoost",
    "lightgbm": "LightGBM",
    "catboost": "CatBoost",
    "treelite": "Treelite",
    "onnx": "ONNX",
}


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("data", [JUNK, b"some text\n", b""], ids=["junk", "text", "0"])
def test_junk_is_told_in_the_words_of_its_own_door(name, data, tmp_path):
    path = tmp_path / "m.bin"
    path.write_bytes(data)
    with pytest.raises(FormatError, match=OWN[name]) as caught:
        constructor(name)(path)
    others = {word for word in OWN.values() if word != OWN[name]}
    assert not any(word in str(caught.value) for word in others)


@pytest.mark.parametrize("name", ["convert", *LIBRARIES])
@pytest.mark.parametrize(
    "cls",
    [
        RandomForestClassifier,
        xgboost.XGBClassifier,
        lightgbm.LGBMRegressor,
        catboost.CatBoost,
    ],
)
def test_a_class_instead_of_an_instance(name, cls):
    words = rf"^{cls.__name__} is a class; pass an instance of it that is fitted"
    with pytest.raises(UnsupportedModelError, match=words):
        constructor(name)(cls)


class RandomForrestClasifier(BaseEstimator):
    """Of nobody's."""


@pytest.mark.parametrize("take", [emlrt.convert, Model.from_sklearn])
def test_an_unknown_object_is_told_the_nearest_three(take):
    with pytest.raises(UnsupportedModelError) as caught:
        take(RandomForrestClasifier())
    text = str(caught.value)
    assert "the nearest are RandomForestClassifier, " in text
    assert text.count("Classifier") >= 3
    assert "docs/SUPPORT.md" in text
    assert len(text) < 250


@pytest.mark.parametrize("thing", [None, 3, 1.5, b"x", [1], {}, np.eye(2)], ids=repr)
@pytest.mark.parametrize("take", [emlrt.convert, Model.from_sklearn])
def test_what_is_no_model_at_all(take, thing):
    with pytest.raises(UnsupportedModelError, match="it is no model; pass one fitted"):
        take(thing)


@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize("thing", [RandomForrestClasifier(), None, [1]], ids=repr)
def test_every_door_ends_in_a_short_error_of_ours(name, thing):
    with pytest.raises(EmlrtError) as caught:
        constructor(name)(thing)
    assert len(str(caught.value)) < 250


def test_what_is_fine_is_let_through(tmp_path):
    path = tmp_path / "m.json"
    path.write_text("{}")
    for fine in (path, RandomForestClassifier(), b"bytes", None):
        check_instance(fine)
