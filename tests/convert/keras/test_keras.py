# SPDX-License-Identifier: MIT
"""Keras models against float64 and against Keras itself; its files, sound or not."""

import io
import json
import os
import random
import subprocess
import sys
import warnings
import zipfile

import numpy as np
import pytest
from draws import draws

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras")
h5py = pytest.importorskip("h5py")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from keras import Input, Sequential, layers  # noqa: E402
from keras_reference import ACTIVATIONS, reference  # noqa: E402

import emlrt  # noqa: E402
from emlrt import EmlrtError, FormatError, Model, UnsupportedModelError  # noqa: E402

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:keras", "ignore::UserWarning:keras"
)


def randomized(model, rng, spread=1.0):
    """The model with weights drawn at random; variances and scales above 0."""
    found = []
    for weight in model.weights:
        name = weight.path.rpartition("/")[2]
        value = rng.normal(0, spread, weight.shape)
        if len(weight.shape) == 2:
            value /= np.sqrt(weight.shape[0])
        if name in ("variance", "moving_variance", "gamma"):
            value = 0.3 + rng.random(weight.shape)
        found.append(value.astype(np.float32) if weight.shape else np.array(1))
    model.set_weights(found)
    for layer in model.layers:
        if isinstance(layer, layers.Normalization):
            layer.finalize_state()
    return model


def chain(*parts, shape=(4,), seed=0, spread=1.0):
    model = Sequential([Input(shape), *parts])
    return randomized(model, np.random.default_rng(seed), spread)


def rows(model, n=40, seed=1, spread=1.0):
    """Rows as Keras takes them: float32 (n, ...)."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, spread, (n, *model.input_shape[1:])).astype(np.float32)


def check(model, x, bound=1e-5):
    """Answers against float64, relative to the largest; gives the worst."""
    converted = Model.from_keras(model)
    expected = reference(model, x)
    found = converted.predict(x.reshape(len(x), -1))
    assert found.dtype == np.float64
    assert found.shape == expected.shape
    error = abs(found - expected).max() / max(abs(expected).max(), 1e-3)
    assert error <= bound
    return error


def check_keras(model, x):
    """Answers against what Keras computes in float32."""
    found = Model.from_keras(model).predict(x.reshape(len(x), -1))
    expected = np.asarray(model(x))
    scale = max(abs(expected).max(), 1.0)
    np.testing.assert_allclose(found, expected, atol=2e-5 * scale)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name, record_property):
    model = chain(
        layers.Dense(6, activation=name), layers.Dense(5), layers.Activation(name)
    )
    x = rows(model, 500)
    check_keras(model, x)
    worst = check(model, x)
    record_property("worst", worst)
    print(name, worst)
    assert worst <= 2e-6


LAYERS = {
    "relu": lambda: layers.ReLU(),
    "relu-max": lambda: layers.ReLU(max_value=0.7),
    "relu-slope": lambda: layers.ReLU(negative_slope=0.1),
    "relu-threshold": lambda: layers.ReLU(threshold=0.5),
    "relu-all": lambda: layers.ReLU(1.5, 0.2, 0.4),
    "leaky": lambda: layers.LeakyReLU(),
    "leaky-slope": lambda: layers.LeakyReLU(negative_slope=0.05),
    "prelu": lambda: layers.PReLU(),
    "elu": lambda: layers.ELU(0.7),
    "softmax": lambda: layers.Softmax(),
    "bn": lambda: layers.BatchNormalization(),
    "bn-plain": lambda: layers.BatchNormalization(center=False, scale=False),
    "bn-scale": lambda: layers.BatchNormalization(center=False, epsilon=0.1),
    "bn-center": lambda: layers.BatchNormalization(scale=False),
    "norm": lambda: layers.Normalization(mean=[1.0, 2, 3, 4, 5], variance=[0.5] * 5),
    "norm-invert": lambda: layers.Normalization(mean=2.0, variance=3.0, invert=True),
    "norm-tiny": lambda: layers.Normalization(
        mean=[0.0] * 5, variance=[0.0, 1, 1, 1, 1]
    ),
    "norm-adapted": lambda: layers.Normalization(),
    "norm-scalar": lambda: layers.Normalization(axis=None),
    "rescaling": lambda: layers.Rescaling(0.25, -1.0),
    "rescaling-each": lambda: layers.Rescaling([1.0, 2, 3, 4, 5], [5.0, 4, 3, 2, 1]),
    "activation-layer": lambda: layers.Activation(layers.LeakyReLU(0.3)),
    "dense-layer": lambda: layers.Dense(5, activation=layers.ReLU(max_value=2.0)),
    "no-bias": lambda: layers.Dense(5, use_bias=False, activation="relu"),
    "reshape": lambda: layers.Reshape((-1,)),
    "flatten": lambda: layers.Flatten(),
}


@pytest.mark.parametrize("where", ["first", "middle", "last"])
@pytest.mark.parametrize("name", LAYERS)
def test_layers(name, where):
    parts = {
        "first": [LAYERS[name](), layers.Dense(3)],
        "middle": [layers.Dense(5), LAYERS[name](), layers.Dense(3)],
        "last": [layers.Dense(5, activation="relu"), LAYERS[name]()],
    }[where]
    model = chain(*parts, shape=(5,))
    x = rows(model)
    check(model, x)
    check_keras(model, x)


IDLE = (
    layers.Identity,
    lambda: layers.Dropout(0.5),
    lambda: layers.AlphaDropout(0.5),
    lambda: layers.GaussianDropout(0.5),
    lambda: layers.GaussianNoise(0.5),
    lambda: layers.ActivityRegularization(0.1),
)


def test_layers_for_training_are_left_out():
    parts = [part for make in IDLE for part in (make(), layers.Dense(3))]
    model = chain(*parts, *(make() for make in IDLE))
    assert [s.name for s in Model.from_keras(model).stages] == ["dense"] * len(IDLE)
    check(model, rows(model))


def test_batch_normalization_is_part_of_the_layer_before():
    model = chain(
        layers.Dense(6, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Dense(4),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        layers.Rescaling(0.5),
        layers.Dense(2),
    )
    converted = Model.from_keras(model)
    assert [stage.name for stage in converted.stages] == ["dense"] * 3
    assert converted.arena_bytes == 4 * (6 + 4)
    check(model, rows(model))


@pytest.mark.parametrize("order", ["channels_last", "channels_first"])
def test_rows_of_several_dimensions(order):
    model = chain(
        layers.Rescaling(1 / 255),
        layers.BatchNormalization(axis=1),
        layers.SpatialDropout1D(0.3),
        layers.PReLU(shared_axes=[1]),
        layers.Flatten(data_format=order),
        layers.Dense(3, activation="relu"),
        layers.Reshape((1, 3)),
        layers.Dense(2),
        layers.Reshape((2,)),
        shape=(4, 3),
    )
    x = rows(model, spread=200.0)
    assert Model.from_keras(model).n_features_in_ == 12
    check(model, x)
    check_keras(model, x)


@pytest.mark.parametrize("axis", [1, 2, 3, -1, (1, 3), (1, 2, 3), None])
def test_axes_of_normalizations(axis):
    model = chain(layers.Normalization(axis=axis), layers.Flatten(), shape=(2, 3, 4))
    check(model, rows(model))
    if isinstance(axis, int):
        model = chain(
            layers.BatchNormalization(axis=axis), layers.Flatten(), shape=(2, 3, 4)
        )
        check(model, rows(model))


def functional():
    """One path with a model within, and functions that are called."""
    x = at = Input((3, 2), name="picture")
    at = layers.Flatten()(at)
    at = Sequential([layers.Dense(5), layers.BatchNormalization()])(at)
    at = keras.activations.gelu(keras.activations.gelu(at), approximate=True)
    at = keras.ops.leaky_relu(layers.Dense(4)(at), negative_slope=0.3)
    at = layers.Dropout(0.2)(at)
    at = keras.ops.relu6(layers.Dense(3, activation="tanh")(at))
    inner = Input((3,))
    at = keras.Model(inner, layers.Dense(2, activation="softplus")(inner))(at)
    return randomized(keras.Model(x, at), np.random.default_rng(3))


def test_functional_models():
    model = functional()
    check(model, rows(model))
    check_keras(model, rows(model))


def whole():
    model = chain(
        layers.Normalization(),
        layers.Dense(7, activation=layers.LeakyReLU(negative_slope=0.1)),
        layers.BatchNormalization(),
        layers.Dense(7),
        layers.PReLU(),
        layers.Dense(3, activation="softmax"),
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


@pytest.mark.parametrize("make", [whole, functional], ids=["sequential", "functional"])
def test_files_give_the_same_blob(make, tmp_path):
    make()  # so that names in the next one count from elsewhere
    model = make()
    model.save(tmp_path / "m.keras")
    blob = bytes(Model.from_keras(model))
    assert bytes(Model.from_keras(tmp_path / "m.keras")) == blob
    assert bytes(emlrt.convert(str(tmp_path / "m.keras"))) == blob
    assert bytes(emlrt.convert(model)) == blob
    again = keras.models.load_model(tmp_path / "m.keras")
    assert bytes(Model.from_keras(again)) == blob


def test_older_files(tmp_path):
    model = whole()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(tmp_path / "m.h5")
    assert Model.from_keras(tmp_path / "m.h5") == Model.from_keras(model)
    model.save_weights(tmp_path / "m.weights.h5")
    with pytest.raises(FormatError, match="weights only; save the whole model"):
        Model.from_keras(tmp_path / "m.weights.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        functional().save(tmp_path / "n.h5")
    with pytest.raises(FormatError, match=r"models within models.*save it as \.keras"):
        Model.from_keras(tmp_path / "n.h5")


def test_files_of_older_keras(tmp_path):
    """As Keras 2 wrote them: other names of the same things."""
    rng = np.random.default_rng(0)
    kernel, bias = rng.normal(size=(4, 3)), rng.normal(size=3)

    def layer(cls, name, before, **config):
        config["name"] = name
        nodes = [[[before, 0, 0, {}]]] if before else []
        entry = {"class_name": cls, "config": config, "name": name}
        return {**entry, "inbound_nodes": nodes}

    config = {
        "name": "model",
        "layers": [
            layer("InputLayer", "in", None, batch_input_shape=[None, 4]),
            layer("Dense", "d", "in", units=3, activation="linear", use_bias=True),
            layer("LeakyReLU", "l", "d", alpha=0.25),
        ],
        "input_layers": [["in", 0, 0]],
        "output_layers": [["l", 0, 0]],
    }
    with h5py.File(tmp_path / "m.h5", "w") as file:
        text = json.dumps({"class_name": "Functional", "config": config})
        file.attrs["model_config"] = text
        group = file.create_group("model_weights/d")
        group.attrs["weight_names"] = [b"d/kernel:0", b"d/bias:0"]
        group["d/kernel:0"], group["d/bias:0"] = kernel, bias
    x = rng.normal(size=(9, 4)).astype(np.float32)
    expected = x @ kernel + bias
    expected = np.where(expected > 0, expected, expected / 4)
    found = Model.from_keras(tmp_path / "m.h5").predict(x)
    np.testing.assert_allclose(found, expected, atol=1e-5)


ALONE = """
import sys
for name in ("keras", "jax", "tensorflow", "torch", "sklearn"):
    sys.modules[name] = None
import emlrt
print(bytes(emlrt.Model.from_keras(sys.argv[1])).hex())
"""


def test_files_need_no_keras(tmp_path):
    model = whole()
    model.save(tmp_path / "m.keras")
    args = [sys.executable, "-c", ALONE, tmp_path / "m.keras"]
    done = subprocess.run(args, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == bytes(Model.from_keras(model)).hex()


def test_files_need_h5py(tmp_path, monkeypatch):
    whole().save(tmp_path / "m.keras")
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ImportError, match=r"pip install 'emlrt\[keras\]'"):
        Model.from_keras(tmp_path / "m.keras")


# What the answers are


def test_softmax_at_the_end():
    model = chain(layers.Dense(5, activation="relu"), layers.Dense(3), layers.Softmax())
    converted, x = Model.from_keras(model), rows(model)
    assert [stage.name for stage in converted.stages] == ["dense", "dense"]
    p = converted.predict(x)
    np.testing.assert_allclose(p, reference(model, x), atol=2e-6)
    assert not hasattr(converted, "predict_proba")
    index = [converted._runtime.firmware(row, "classify")[0] for row in x]
    np.testing.assert_array_equal(index, p.argmax(axis=1))
    named = Model.from_keras(model, classes=["a", "b", "c"])
    np.testing.assert_array_equal(named.predict(x), np.array([*"abc"])[index])
    np.testing.assert_array_equal(named.predict_proba(x), p)
    assert named.score(x, named.predict(x)) == 1


@pytest.mark.parametrize("units", [1, 4])
def test_sigmoid_at_the_end(units):
    model = chain(layers.Dense(units, activation="sigmoid"))
    converted, x = Model.from_keras(model), rows(model)
    p = converted.predict(x)
    assert p.shape == (len(x), units)
    np.testing.assert_allclose(p, reference(model, x), atol=2e-6)
    index = np.array([converted._runtime.firmware(row, "classify") for row in x])
    np.testing.assert_array_equal(index, p > 0.5)
    if units > 1:
        with pytest.raises(ValueError, match="this model ends in 4 sigmoids"):
            Model.from_keras(model, classes=[0, 1, 2, 3])
        return
    named = Model.from_keras(model, classes=["no", "yes"])
    np.testing.assert_array_equal(named.predict(x) == "yes", p[:, 0] > 0.5)
    np.testing.assert_allclose(named.predict_proba(x)[:, 1], p[:, 0], atol=1e-7)


def test_scores_at_the_end():
    model = chain(layers.Dense(3))
    x = rows(model)
    expected = reference(model, x)
    assert Model.from_keras(model).predict(x).shape == (40, 3)
    named = Model.from_keras(model, classes=[10, 20, 30])
    assert not hasattr(named, "predict_proba")
    np.testing.assert_allclose(named.decision_function(x), expected, atol=1e-5)
    np.testing.assert_array_equal(named.predict(x), 10 + 10 * expected.argmax(axis=1))
    model = chain(layers.Dense(1))
    assert Model.from_keras(model).predict(x).shape == (40, 1)
    named = Model.from_keras(model, classes=[False, True])
    np.testing.assert_array_equal(named.predict(x), reference(model, x)[:, 0] > 0)
    for wrong in ([1, 2, 3], [[1, 2]], 5):
        with pytest.raises(ValueError, match="the model tells 2 apart"):
            Model.from_keras(model, classes=wrong)
    model = chain(layers.Dense(1, activation="relu"))
    with pytest.raises(ValueError, match="ends in 1 number that is none of these"):
        Model.from_keras(model, classes=[0, 1])


def test_options():
    model = chain(layers.Rescaling(1 / 255), layers.Dense(3, activation="relu"))
    x = np.random.default_rng(0).integers(0, 256, (9, 4))
    converted = Model.from_keras(model, dtype="uint8", X=x, golden=x[:2], note="mine")
    assert converted.input_dtype == np.uint8
    assert converted.note == "mine"
    assert converted.selftest()
    np.testing.assert_allclose(converted.predict(x), reference(model, x), atol=1e-5)
    with pytest.raises(ValueError, match="column 0 holds"):
        Model.from_keras(model, dtype="uint8", X=x + 0.5)
    assert "Keras Sequential" in Model.from_keras(model).note


# What cannot be converted


class Mine(layers.Dense):
    pass


@keras.saving.register_keras_serializable("mine")
class Net(keras.Model):
    def call(self, x):
        return x


class Own(Sequential):
    pass


def branches():
    x = Input((4,))
    return keras.Model(x, layers.Add()([layers.Dense(4)(x), x]))


def two_inputs():
    x = [Input((4,)), Input((4,))]
    return keras.Model(x, layers.Concatenate()(x))


def two_outputs():
    x = Input((4,))
    return keras.Model(x, [layers.Dense(1)(x), layers.Dense(1)(x)])


def shared():
    x, dense = Input((4,)), layers.Dense(4, name="twice")
    return keras.Model(x, dense(dense(x)))


def in_training():
    x = Input((4,))
    return keras.Model(x, layers.Dropout(0.5, name="mc")(x, training=True))


def quantized():
    model = chain(layers.Dense(3, name="q"))
    model.quantize("int8")
    return model


UNSUPPORTED = {
    "Conv1D": (
        lambda: chain(layers.Conv1D(2, 2, name="c"), layers.Flatten(), shape=(4, 1)),
        r"layer 'c' \(Conv1D\): supported layers are Activation, .*Dense",
    ),
    "Lambda": (
        lambda: chain(layers.Lambda(lambda x: x, name="f")),
        r"layer 'f' \(Lambda\).*never run",
    ),
    "GRU": (
        lambda: chain(layers.GRU(2, name="g"), shape=(3, 2)),
        r"layer 'g' \(GRU\): supported",
    ),
    "custom layer": (lambda: chain(Mine(2, name="m")), r"layer 'm' \(Mine\)"),
    "custom activation": (
        lambda: chain(layers.Dense(2, activation=lambda x: x, name="d")),
        r"layer 'd' \(Dense\) has the activation .*supported are celu",
    ),
    "activation": (
        lambda: chain(layers.Dense(2, activation="mish", name="d")),
        r"layer 'd' \(Dense\) has the activation 'mish'",
    ),
    "operation": (
        lambda: keras.Model(x := Input((2,)), keras.ops.sin(x)),
        r"layer 'sin' \(Sin\): supported layers",
    ),
    "derived": (
        lambda: Own([Input((2,)), layers.Dense(2)]),
        "convert a Own: supported",
    ),
    "subclass": (Net, "convert a Net: supported are Sequential and functional"),
    "branches": (branches, r"layer 'add.*' \(Add\) reads 2 outputs; .*one path"),
    "inputs": (two_inputs, "has 2 inputs"),
    "outputs": (two_outputs, "has 2 outputs"),
    "shared": (shared, r"layer 'twice' \(Dense\) is called 2 times"),
    "training": (in_training, r"layer 'mc' \(Dropout\) is called with training=True"),
    "quantized": (quantized, r"layer 'q' \(Dense\) is quantized"),
    "matrix": (
        lambda: chain(layers.Dense(2, name="d"), layers.Flatten(), shape=(3, 2)),
        r"layer 'd' \(Dense\) reads numbers of shape \(3, 2\).*Flatten",
    ),
    "softmax": (
        lambda: chain(layers.Softmax(name="s"), layers.Flatten(), shape=(3, 2)),
        r"layer 's' \(Softmax\) has axis=-1 on numbers of shape \(3, 2\)",
    ),
    "output": (
        lambda: chain(layers.ReLU(), shape=(3, 2)),
        r"gives numbers of shape \(3, 2\)",
    ),
    "unbuilt": (lambda: Sequential([layers.Dense(2)]), "no fixed input shape"),
    "any length": (
        lambda: chain(layers.ReLU(), shape=(None,)),
        "no fixed input shape",
    ),
    "wide": (lambda: chain(layers.ReLU(), shape=(1 << 23,)), "is too large"),
    "many": (
        lambda: chain(layers.ReLU(), shape=(1 << 16,)),
        "gives 65536 numbers; supported are up to 65535",
    ),
    "empty": (lambda: Sequential([]), "has no layers"),
    "layer": (lambda: layers.Dense(2), "convert a Dense: supported"),
    "nothing": (lambda: 5, "int is no Keras model"),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_unsupported_models(name, tmp_path):
    make, message = UNSUPPORTED[name]
    model = make()
    with pytest.raises(UnsupportedModelError, match=message):
        Model.from_keras(model)
    if isinstance(model, keras.Model) and name not in ("unbuilt", "empty"):
        model.save(tmp_path / "m.keras")
        with pytest.raises(UnsupportedModelError):
            Model.from_keras(tmp_path / "m.keras")


def test_weights_that_float32_cannot_hold():
    model = chain(layers.Dense(2))
    model.set_weights([np.full((4, 2), np.nan), np.zeros(2)])
    with pytest.raises(UnsupportedModelError, match="has weights that are NaN"):
        Model.from_keras(model)


# Files that are damaged, or made to do harm


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(path, parts):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    path = tmp_path_factory.mktemp("keras") / "sound.keras"
    model = chain(
        layers.Rescaling(0.5, 0.5),
        layers.Dense(3, activation="relu"),
        layers.BatchNormalization(),
        layers.Dense(2),
        layers.Softmax(),
    )
    model.save(path)
    return path


def edited(sound, path, edit):
    """The file with its weights changed: edit(h5py.File)."""
    parts = members(sound)
    data = io.BytesIO(parts["model.weights.h5"])
    with h5py.File(data, "r+") as file:
        edit(file)
    parts["model.weights.h5"] = data.getvalue()
    return written(path, parts)


def replaced(make):
    def edit(file):
        group = file["layers/dense/vars"]
        del group["0"]
        make(group)

    return edit


def claims(group):
    group.create_dataset("0", (4, 3), "f4", chunks=(4, 3))
    group.parent.parent["batch_normalization/vars"].create_dataset(
        "huge", (1 << 40,), "f4", chunks=(1024,)
    )


def virtual(group):
    layout = h5py.VirtualLayout((4, 3), "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (4, 3))
    group.create_virtual_dataset("0", layout)


EDITS = {
    "missing": (replaced(lambda g: None), "1 weights instead of 2"),
    "renumbered": (replaced(lambda g: g.create_dataset("7", (4, 3), "f4")), "missing"),
    "shape": (
        replaced(lambda g: g.create_dataset("0", (3, 4), "f4")),
        r"weights of shape \(3, 4\) instead of \(4, 3\)",
    ),
    "text": (
        replaced(lambda g: g.create_dataset("0", (4, 3), dtype="S3")),
        "of dtype",
    ),
    "group": (replaced(lambda g: g.create_group("0")), "missing"),
    "external": (
        replaced(
            lambda g: g.create_dataset(
                "0", (4, 3), "f4", external=[("/etc/passwd", 0, 48)]
            )
        ),
        "outside of the file",
    ),
    "virtual": (replaced(virtual), "outside of the file"),
    "link": (
        replaced(lambda g: g.__setitem__("0", h5py.ExternalLink("/tmp/x.h5", "/x"))),
        "is a link, which is not followed",
    ),
    "name": (
        lambda f: f["layers/dense/vars"].attrs.__setitem__("name", "other"),
        "weights of layer 'dense.*' are named 'other'",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_weights_in_disorder(name, sound, tmp_path):
    edit, message = EDITS[name]
    path = edited(sound, tmp_path / "m.keras", edit)
    with pytest.raises((FormatError, UnsupportedModelError), match=message) as info:
        Model.from_keras(path)
    assert str(path) in str(info.value)


def test_weights_that_claim_more_than_the_file_holds(sound, tmp_path):
    """A dataset may have a shape and no bytes."""
    n = 1 << 24
    parts = members(sound)
    config = json.loads(parts["config.json"])
    for layer in config["config"]["layers"]:
        if layer["class_name"] == "Dense":
            layer["config"]["units"] = n
            break
    parts["config.json"] = json.dumps(config)
    path = written(tmp_path / "a.keras", parts)

    def edit(file):
        group = file["layers/dense/vars"]
        for name, shape in (("0", (4, n)), ("1", (n,))):
            del group[name]
            group.create_dataset(name, shape, "f4", chunks=(1, n)[-len(shape) :])

    with pytest.raises(FormatError, match="weights are larger than the file"):
        Model.from_keras(edited(path, tmp_path / "b.keras", edit))


@pytest.mark.parametrize("drop", ["config.json", "model.weights.h5"])
def test_missing_members(drop, sound, tmp_path):
    parts = members(sound)
    del parts[drop]
    with pytest.raises(FormatError, match=f"it has no {drop}"):
        Model.from_keras(written(tmp_path / "m.keras", parts))


def test_what_is_no_file_of_keras(sound, tmp_path):
    path = tmp_path / "m.keras"
    with pytest.raises(FileNotFoundError):
        Model.from_keras(path)
    for data in (b"", b"PK", b"hello, world", b"\x89HDF\r\n\x1a\n"):
        path.write_bytes(data)
        with pytest.raises(FormatError, match=r"m\.keras"):
            Model.from_keras(path)
    whole = sound.read_bytes()
    for size in range(0, len(whole), 997):
        path.write_bytes(whole[:size])
        with pytest.raises(FormatError):
            Model.from_keras(path)


def test_compressed_bombs(sound, tmp_path):
    parts = members(sound)
    parts["config.json"] = b" " * (1 << 25) + parts["config.json"]
    with zipfile.ZipFile(tmp_path / "m.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with pytest.raises(FormatError, match=r"bytes of config\.json ask for more"):
        Model.from_keras(tmp_path / "m.keras")


JUNK = (None, True, -1, 0, 1 << 70, 1.5, float("nan"), "", "Dense", [], {}, [None], "x")


def spots(node, at=()):
    """Paths to every part of a configuration."""
    yield at
    if isinstance(node, dict):
        for key in node:
            yield from spots(node[key], (*at, key))
    elif isinstance(node, list):
        for k, part in enumerate(node):
            yield from spots(part, (*at, k))


def with_junk(text, at, junk):
    config = json.loads(text)
    if not at:
        return json.dumps(junk)
    node = config
    for key in at[:-1]:
        node = node[key]
    node[at[-1]] = junk
    return json.dumps(config)


def tried(path):
    """Whether a file converts; nothing but emlrt's errors may come out."""
    try:
        Model.from_keras(path)
    except EmlrtError:
        return False
    return True


def test_junk_in_the_configuration(sound, tmp_path):
    parts = members(sound)
    text = parts["config.json"]
    rng = random.Random(0)
    path = tmp_path / "m.keras"
    outcomes = []
    for at in spots(json.loads(text)):
        for junk in rng.sample(JUNK, 3):
            parts["config.json"] = with_junk(text, at, junk)
            outcomes.append(tried(written(path, parts)))
    assert 0 < sum(outcomes) < len(outcomes)


def test_deep_configurations(sound, tmp_path):
    parts = members(sound)
    parts["config.json"] = b"[" * 100000
    assert not tried(written(tmp_path / "m.keras", parts))
    config = json.loads(members(sound)["config.json"])
    for _ in range(40):
        config = {"class_name": "Sequential", "config": {"layers": [config]}}
    parts["config.json"] = json.dumps(config)
    with pytest.raises(UnsupportedModelError, match="16 models within models"):
        Model.from_keras(written(tmp_path / "m.keras", parts))


def test_long_configurations(sound, tmp_path):
    parts = members(sound)
    config = json.loads(parts["config.json"])
    listed = config["config"]["layers"]
    listed += [{"class_name": "ReLU", "config": {"name": f"r{k}"}} for k in range(1000)]
    parts["config.json"] = json.dumps(config)
    with pytest.raises(UnsupportedModelError, match="layers; supported are up to 1000"):
        Model.from_keras(written(tmp_path / "m.keras", parts))


def test_flipped_bytes(sound, tmp_path):
    data = sound.read_bytes()
    rng = random.Random(1)
    path = tmp_path / "m.keras"
    for _ in range(150):
        flipped = bytearray(data)
        flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(flipped)
        tried(path)


# Models of any shape

LAYERS_OF = {
    **LAYERS,
    **{name: (lambda name=name: layers.Activation(name)) for name in ACTIVATIONS},
}
WIDTHS = {"norm", "norm-tiny", "rescaling-each"}  # for 5 numbers only
STEEP = {"exponential", "norm-tiny"}  # whose answers leave float32


@settings(max_examples=draws(200), deadline=None, derandomize=True, database=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    parts=st.lists(
        st.tuples(
            st.integers(1, 12),
            st.booleans(),
            st.sampled_from(sorted(set(LAYERS_OF) - WIDTHS - STEEP)),
        ),
        min_size=1,
        max_size=4,
    ),
    n_in=st.integers(1, 9),
    spread=st.sampled_from([1e-3, 1.0, 30.0]),
)
def test_models_of_any_shape(seed, parts, n_in, spread):
    made = []
    for units, use_bias, name in parts:
        dense = layers.Dense(units, use_bias=use_bias, kernel_initializer="zeros")
        made += [dense, LAYERS_OF[name]()]
    model = chain(*made, shape=(n_in,), seed=seed)
    check(model, rows(model, 60, seed=seed % 1000, spread=spread), bound=2e-5)
