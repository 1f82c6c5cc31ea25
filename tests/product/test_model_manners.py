# SPDX-License-Identifier: MIT
"""What people see of a model: tab completion, notebooks, types, words of errors."""

import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.neighbors import KNeighborsClassifier

import emlrt

X, Y = load_iris(return_X_y=True)
MODELS = {
    "classifier": RandomForestClassifier(5, random_state=0).fit(X, Y),
    "regressor": RandomForestRegressor(5, random_state=0).fit(X, Y * 1.5),
    "neighbours": KNeighborsClassifier(3).fit(X, Y),
    "transformer": PCA(2).fit(X),
}


@pytest.mark.parametrize("name", MODELS)
def test_dir_has_what_there_is(name: str) -> None:
    original = MODELS[name]
    model = emlrt.convert(original)
    for method in ("predict", "predict_proba", "transform", "kneighbors", "classes_"):
        assert (method in dir(model)) == hasattr(model, method)
        assert (method in dir(model)) == hasattr(original, method)
    assert "feature_names_in_" not in dir(model)
    public = [each for each in dir(model) if not each.startswith("_")]
    assert [each for each in public if not hasattr(model, each)] == []


def test_dir_of_the_package_has_names_for_users() -> None:
    assert {"Model", "convert", "signal", "DeployedClassifier"} <= set(dir(emlrt))
    assert not {"Any", "import_module", "native"} & set(dir(emlrt))
    assert all(hasattr(emlrt, name) for name in dir(emlrt))


class _Page(HTMLParser):
    """The tags that are open, and the texts of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("name", MODELS)
def test_a_notebook_shows_a_table(name: str) -> None:
    model = emlrt.convert(MODELS[name])
    page = _Page()
    page.feed(model._repr_html_())
    assert not page.open
    assert f"{model.nbytes:,} bytes, without the runtime" in page.texts
    assert all(stage.name in page.texts for stage in model.stages)


def test_a_notebook_escapes_names() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=["<b>a</b>", "b", "c", "d"])
    fitted = RandomForestClassifier(2, random_state=0).fit(frame, Y)
    html = emlrt.convert(fitted, note="<script>")._repr_html_()
    assert "<b>a" not in html
    assert "<script>" not in html
    assert "&lt;b&gt;a&lt;/b&gt;" in html


def test_a_stage_shows_its_name_and_no_payload() -> None:
    model = emlrt.convert(MODELS["classifier"])
    text = repr(model.stages[0])
    assert text == (
        f"<Stage trees_vote_f32: 4 to 3 numbers, {model.stages[0].payload_bytes} bytes>"
    )


def test_a_damaged_blob_is_called_damaged_whatever_else_is_seen() -> None:
    blob = bytes(emlrt.convert(MODELS["classifier"]))
    seen = set()
    for at in range(16, len(blob)):
        damaged = bytearray(blob)
        damaged[at] ^= 1
        with pytest.raises(emlrt.FormatError) as caught:
            emlrt.Model.from_bytes(bytes(damaged))
        if caught.value.status not in ("MAGIC", "VERSION", "SIZE", "ALIGN"):
            assert str(caught.value).startswith("damaged: the CRC-32 does not match")
        seen.add(caught.value.status)
    assert {"CRC", "PAYLOAD", "STAGE", "HEADER"} <= seen


def test_what_is_wrong_but_whole_is_not_called_damaged() -> None:
    from emlrt.checksum import crc32

    blob = bytearray(bytes(emlrt.convert(MODELS["classifier"])))
    at = blob.index(b"\x0e\x06\x11\x01")
    blob[at : at + 4] = b"\xff\xff\xff\x01"  # an op that there is not
    blob[12:16] = b"\0" * 4
    from emlrt._native import ffi

    place = ffi.offsetof("emlrt_header", "crc32")
    blob[place : place + 4] = crc32(bytes(blob)).to_bytes(4, "little")
    with pytest.raises(emlrt.FormatError) as caught:
        emlrt.Model.from_bytes(bytes(blob))
    assert not str(caught.value).startswith("damaged")


def test_a_file_of_a_classifier_says_how_to_get_labels(tmp_path, capsys) -> None:
    xgboost = pytest.importorskip("xgboost")
    from emlrt.cli import main

    path = tmp_path / "three.ubj"
    xgboost.XGBClassifier(n_estimators=2).fit(X, Y).save_model(path)
    model = emlrt.convert(path)
    with pytest.raises(AttributeError, match=r"classes= .*to predict labels"):
        model.predict_proba(X)
    assert "classes=" in model._repr_html_()
    assert main(["convert", str(path)]) == 0
    assert "predict gives the probability of each class" in capsys.readouterr().out
    labelled = emlrt.convert(path, classes=[0, 1, 2])
    assert "classes=" not in labelled._repr_html_()
    plain = xgboost.XGBRegressor(n_estimators=2).fit(X, Y)
    plain.save_model(path)
    with pytest.raises(AttributeError) as caught:
        emlrt.convert(path).predict_proba(X)
    assert "classes=" not in str(caught.value)


def test_embed_says_what_it_wrote(tmp_path, capsys) -> None:
    from emlrt.cli import main

    path = tmp_path / "m.eml"
    model = emlrt.convert(MODELS["classifier"])
    model.save(path)
    assert main(["embed", str(path)]) == 0
    said = capsys.readouterr().out
    assert f"array m_eml of {model.nbytes} bytes" in said
    assert f"{model.scratch_bytes} bytes of RAM" in said


def test_type_checkers_know_results_and_options(tmp_path) -> None:
    """mypy reveals arrays, and refuses a misspelt option."""
    code = tmp_path / "typed.py"
    code.write_text(
        "import emlrt\n"
        "def use(model: emlrt.Model, forest: object) -> None:\n"
        "    reveal_type(model.predict([[1.0]]))\n"
        "    emlrt.Model.from_sklearn(forest, voting='sfot')\n"
        "    emlrt.convert(forest, leafbits=8)\n"
        "    emlrt.convert(forest, voting='hard', dtype='int16')\n"
        "    emlrt.DeployedClassifier(forest, leaf_bits=9)\n"
        "    emlrt.DeployedClassifier(forest, leaf_bits=8, inputs='auto')\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", str(code)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert any(":3: note: Revealed type" in li and "ndarray" in li for li in lines)
    assert any(":4: error" in li and "voting" in li for li in lines)
    assert any(":5: error" in li and "leafbits" in li for li in lines)
    assert any(":7: error" in li and "leaf_bits" in li for li in lines)
    assert not any(":6:" in line or ":8:" in line for line in lines)


def test_a_regressor_answers_as_ever() -> None:
    data, y = load_diabetes(return_X_y=True)
    fitted = RandomForestRegressor(5, random_state=0).fit(data, y)
    model = emlrt.convert(fitted)
    np.testing.assert_allclose(model.predict(data), fitted.predict(data), rtol=1e-6)
