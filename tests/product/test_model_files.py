# SPDX-License-Identifier: MIT
"""Saving and loading: whole files or none, from anywhere, never executed."""

import io
import os
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeRegressor

from emlrt import FormatError, Model, UnsupportedModelError, methods
from emlrt.blob import write
from emlrt.checksum import crc32
from emlrt.dtypes import dtype_of
from emlrt.metadata import Metadata


@pytest.fixture(scope="module")
def model():
    x, y = load_iris(return_X_y=True)
    labels = np.array(["setosa", "versicolor", "virginica"])[y]
    forest = RandomForestClassifier(3, max_depth=3, random_state=0).fit(x, labels)
    return Model.from_sklearn(forest, golden=x[::50])


def test_save_and_load(model, tmp_path):
    for path in (tmp_path / "a.eml", str(tmp_path / "no suffix")):
        model.save(path)
        assert Path(path).read_bytes() == bytes(model)
        assert Model.load(path) == model
        with open(path, "rb") as file:
            assert Model.load(file) == model
    assert Model.load(io.BytesIO(bytes(model))) == model
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.eml", "no suffix"]


def test_bytes(model):
    data = bytes(model)
    assert len(data) == model.nbytes
    for kind in (bytes, bytearray, memoryview, np.frombuffer):
        given = kind(data) if kind is not np.frombuffer else kind(data, np.uint8)
        assert Model.from_bytes(given) == model
    buffer = bytearray(data)
    copy = Model.from_bytes(buffer)
    buffer[:] = bytes(len(buffer))  # the model has its own copy
    assert copy == model
    assert copy.selftest()
    odd = memoryview(b"x" + data)[1:]
    assert Model.from_bytes(odd) == model


@pytest.mark.parametrize("wrong", ["text", 5, None, 1.5])
def test_bytes_of_another_type(wrong):
    with pytest.raises(TypeError, match="bytes-like"):
        Model.from_bytes(wrong)


def test_text_file(model, tmp_path):
    path = tmp_path / "m.txt"
    path.write_text("hello")
    with open(path) as file, pytest.raises(TypeError, match="bytes-like"):
        Model.load(file)


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_failed_save_changes_nothing(model, tmp_path, monkeypatch, call):
    path = tmp_path / "m.eml"
    path.write_bytes(b"old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    if call == "write":
        real = os.fdopen

        def opening(*args, **options):
            file = real(*args, **options)
            return type(
                "Full",
                (),
                {
                    "__enter__": lambda self: self,
                    "__exit__": lambda self, *_: file.close(),
                    "write": fail,
                },
            )()

        monkeypatch.setattr(os, "fdopen", opening)
    else:
        monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space left"):
        model.save(path)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["m.eml"]


def test_interrupted_save_changes_nothing(model, tmp_path, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        model.save(tmp_path / "m.eml")
    assert list(tmp_path.iterdir()) == []


def test_saved_file_is_as_readable_as_any_new_one(model, tmp_path):
    (tmp_path / "other").write_bytes(b"")
    model.save(tmp_path / "m.eml")
    modes = {stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    assert len(modes) == 1
    (tmp_path / "m.eml").chmod(0o600)
    model.save(tmp_path / "m.eml")
    assert stat.S_IMODE((tmp_path / "m.eml").stat().st_mode) == 0o600


def test_save_through_a_link(model, tmp_path):
    (tmp_path / "link.eml").symlink_to(tmp_path / "real.eml")
    model.save(tmp_path / "link.eml")
    assert (tmp_path / "link.eml").is_symlink()
    assert Model.load(tmp_path / "real.eml") == model


def test_places_that_cannot_be_written(model, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none/m\.eml"):
        model.save(tmp_path / "none" / "m.eml")
    with pytest.raises(OSError, match=r"."):
        model.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_places_that_cannot_be_read(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone\.eml"):
        Model.load(tmp_path / "gone.eml")
    with pytest.raises(IsADirectoryError):
        Model.load(tmp_path)


DAMAGE = {
    "empty": (lambda b: b"", "SIZE"),
    "one byte": (lambda b: b[:1], "SIZE"),
    "header only": (lambda b: b[:48], "SIZE"),
    "one byte short": (lambda b: b[:-1], "SIZE"),
    "one word short": (lambda b: b[:-4], "SIZE"),
    "trailing garbage": (lambda b: b + b"\0\0\0\0", "SIZE"),
    "twice": (lambda b: b + b, "SIZE"),
    "text": (lambda b: b"not a model at all\n" * 9, "MAGIC"),
    "zip": (lambda b: b"PK\3\4" + b[4:], "MAGIC"),
    "pickle": (lambda b: b"\x80\x05\x95" + b[3:], "MAGIC"),
    "erased flash": (lambda b: b"\xff" * len(b), "MAGIC"),
    "swapped bytes": (lambda b: np.frombuffer(b, "<u4").byteswap().tobytes(), "MAGIC"),
    "later version": (lambda b: b[:4] + b"\2\0" + b[6:], "VERSION"),
    "flipped in the payload": (lambda b: flip(b, len(b) // 2), "CRC"),
    "flipped in the CRC": (lambda b: flip(b, 12), "CRC"),
    "flipped at the end": (lambda b: flip(b, len(b) - 1), "CRC"),
}


def flip(blob, at, bit=1):
    changed = bytearray(blob)
    changed[at] ^= bit
    return bytes(changed)


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_files(model, tmp_path, damage):
    change, status = DAMAGE[damage]
    path = tmp_path / "broken.eml"
    path.write_bytes(change(bytes(model)))
    with pytest.raises(FormatError, match=rf"broken\.eml: .*\({status}") as caught:
        Model.load(path)
    assert caught.value.status == status
    assert isinstance(caught.value, ValueError)
    with pytest.raises(FormatError):
        Model.from_bytes(change(bytes(model)))


def test_every_truncation(model):
    data = bytes(model)
    for n in range(len(data)):
        with pytest.raises(FormatError):
            Model.from_bytes(data[:n])


def with_crc(blob):
    """The blob with a CRC that matches, as an attacker would send it."""
    return blob[:12] + crc32(blob).to_bytes(4, "little") + blob[16:]


def test_every_bit_flip_with_a_matching_crc(model):
    """Refused as a FormatError, or a model whose every method works."""
    data, x = bytes(model), load_iris().data[:3]
    opened = 0
    for bit in range(8 * len(data)):
        blob = with_crc(flip(data, bit // 8, 1 << bit % 8))
        try:
            other = Model.from_bytes(blob)
        except FormatError:
            continue
        opened += 1
        if other.n_features_in_ == 4:
            other.scores(np.ones((3, 4), other.input_dtype))
            if other.input_dtype == np.float32:
                other.predict(x)
        assert isinstance(repr(other), str)
        assert isinstance(other.note, str)
    assert opened > 100


def test_labels_of_a_hostile_blob(model):
    """dtypes come from the blob: none may import, allocate hugely or crash."""
    data = bytes(model)
    start = data.index(b"<U10")
    for dtype in (
        b"|V10",
        b"<M8s",
        b"<c16",
        b"O\0\0\0",
        b"<Uzz",
        b"<U-1",
        b"<f16",
        b"i4,f",
    ):
        with pytest.raises(FormatError, match="label"):
            Model.from_bytes(with_crc(data[:start] + dtype + data[start + 4 :]))
    with pytest.raises(FormatError, match="label"):
        Model.from_bytes(with_crc(data.replace(b"<U10", b"<f8 ")))


def test_enormous_label_dtypes():
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier().fit([[0.0], [1.0]], np.array(["a", "b"], "<U99999"))
    data = bytes(Model.from_sklearn(tree))
    assert Model.from_bytes(data).classes_.dtype == "<U99999"
    text = data.replace(b"<U99999", b"<U99999999"[:7])
    for other in (b"<U9e999", b"<U-9999", b"<O99999"):
        with pytest.raises(FormatError, match="label"):
            Model.from_bytes(with_crc(text.replace(b"<U99999", other)))
    tree.classes_ = np.array(["a", "b"] * 4000, "<U9000")
    tree.n_classes_ = 8000
    more = r"8000 labels of dtype .* ask for more than"
    with pytest.raises(UnsupportedModelError, match=more):
        Model.from_sklearn(tree)


def test_nothing_is_unpickled(model, tmp_path, monkeypatch):
    import pickle

    class Bomb:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "exploded"),)

    path = tmp_path / "m.eml"
    path.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(FormatError):
        Model.load(path)
    assert not (tmp_path / "exploded").exists()


def test_strip(model):
    bare = model.strip()
    assert bare.nbytes < model.nbytes
    np.testing.assert_array_equal(bare.classes_, [0, 1, 2])
    x = load_iris().data
    np.testing.assert_array_equal(bare.scores(x), model.scores(x))
    assert model.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    kept = model.strip("classes", "golden")
    assert kept.classes_.tolist() == model.classes_.tolist()
    assert kept.selftest()
    assert not bare.selftest()
    with pytest.raises(ValueError, match=r"'weights'.*known"):
        model.strip("weights")
    assert model.strip("classes", "features", "outputs", "note", "golden") == model


def test_golden_vectors_are_checked(model):
    assert model.selftest()
    golden = model.program.metadata.golden
    np.testing.assert_array_equal(golden.inputs, load_iris().data[::50].astype("f4"))
    np.testing.assert_array_equal(golden.scores, model.scores(golden.inputs))
    data = bytearray(bytes(model))
    data[-1] ^= 1  # of the last score
    wrong = Model.from_bytes(with_crc(bytes(data)))
    from emlrt import EmlrtError

    with pytest.raises(EmlrtError, match="SELFTEST"):
        wrong.selftest()


def test_note(model):
    assert "RandomForestClassifier" in model.note
    tree = DecisionTreeRegressor().fit([[0.0], [1.0]], [0, 1])
    assert Model.from_sklearn(tree, note="für Gerät 7").note == "für Gerät 7"
    assert Model.from_sklearn(tree, note="").note == ""


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("scores|plus:1..2", "unknown way"),
        ("scores|plus:.", "unknown way"),
        ("scores|times:1.2.3e4", "unknown way"),
        ("scores|plus:\u0663", "unknown way"),
        ("scores[3:3]", "not there"),
        ("scores[2:1]", "not there"),
        ("scores[0:4]", "not there"),
        ("nearest", "no stage does"),
    ],
)
def test_recipes_are_checked_when_opened(model, how, said):
    """A recipe that fails only when it is followed would be a surprise later."""
    metadata = replace(
        model.program.metadata, methods=("classifier", f"kneighbors={how}")
    )
    blob = write(replace(model.program, metadata=metadata))
    with pytest.raises(FormatError, match=said):
        Model.from_bytes(blob)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["banana"], "unknown kind of model: 'banana'"),
        ([""], "unknown kind of model: ''"),
        (["Classifier", "predict=class"], "unknown kind"),
        (["Rows:0=decimals 0"], "unknown kind"),
        (["predict=class"], "unknown kind"),
        (["classifier", "predict=class", "predict=class"], "predict, given twice"),
        (["classifier", "predict=class", "predict=scores"], "predict, given twice"),
        (["classifier", "=class"], "no method's name: ''"),
        (["classifier", "0=class"], "no method's name: '0'"),
        (["classifier", "Rows:0=decimals 0"], "no method's name: 'Rows:0'"),
    ],
)
def test_kinds_and_names_of_methods_are_checked_when_opened(model, texts, said):
    blob = write(replace(model.program, metadata=Metadata(methods=texts)))
    with pytest.raises(FormatError, match=said) as caught:
        Model.from_bytes(blob)
    assert caught.value.status == "METADATA"


@pytest.mark.parametrize("kind", methods.KINDS)
def test_every_kind_opens(model, kind):
    blob = write(replace(model.program, metadata=Metadata(methods=[kind])))
    assert Model.from_bytes(blob).estimator_type == kind
    assert kind in (Path(__file__).parents[2] / "SPEC.md").read_text()


def test_methods_that_are_no_utf_8(model):
    texts = ["classifier", "predict=class"]
    blob = write(replace(model.program, metadata=Metadata(methods=texts)))
    blob = bytearray(blob.replace(b"classifier", b"classifie\xff"))
    at = dtype_of("emlrt_header").fields["crc32"][1]
    blob[at : at + 4] = crc32(bytes(blob)).to_bytes(4, "little")
    with pytest.raises(FormatError, match="no UTF-8") as caught:
        Model.from_bytes(bytes(blob))
    assert caught.value.status == "METADATA"


@pytest.mark.parametrize("command", ["inspect", "verify"])
def test_commands_read_no_device(command, cli):
    code, _, err = cli(command, "/dev/zero")
    assert code == 1
    assert "a device" in err


@pytest.mark.parametrize("path", [None, 0, b"model.eml"])
def test_load_of_what_is_no_path(path):
    with pytest.raises(TypeError, match="a path or an open binary file"):
        Model.load(path)
