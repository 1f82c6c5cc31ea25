# SPDX-License-Identifier: MIT
"""Model objects in the wrong hands: nothing bends what C is given."""

import copy
import dataclasses
import pickle
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from draws import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from emlrt import EmlrtError, Model, UnsupportedModelError
from emlrt._native import lib
from emlrt.immutable import Immutable
from emlrt.native import Runtime, apply

RANDOM = np.random.default_rng(5)
X = RANDOM.integers(0, 9, (60, 3)).astype(np.float32)
Y = (X.sum(axis=1) > 12).astype(int) + (X[:, 0] > 6)
FRAME = pd.DataFrame(X, columns=["red", "green", "blue"])
NAMES = np.array(["low", "mid", "high"], object)[Y]
WAYS = [
    "scores",
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "score_samples",
    "mahalanobis",
    "transform",
    "kneighbors",
    "score",
]


def made():
    """Models that between them have each kind of array and every path to C."""
    forest = RandomForestClassifier(5, max_depth=4, random_state=0)
    pairs = np.stack([Y, Y > 1], axis=1).astype(int)
    convert = Model.from_sklearn
    return {
        "names": convert(clone(forest).fit(FRAME, NAMES), golden=FRAME[:2]),
        "integers": convert(clone(forest).fit(X, Y), golden=X[:2]),
        "int16": convert(clone(forest).fit(X, Y), dtype="int16", X=X, golden=X[:2]),
        "uint8": convert(clone(forest).fit(X, Y), dtype="uint8", X=X, golden=X[:2]),
        "outputs": convert(clone(forest).fit(X, pairs), golden=X[:2]),
        "bare": convert(clone(forest).fit(X, Y)).strip(),
        "values": convert(LinearRegression().fit(X, Y), golden=X[:2]),
        "logits": convert(LogisticRegression().fit(X, Y), golden=X[:2]),
        "neighbours": convert(KNeighborsClassifier(3).fit(X, Y)),
    }


MODELS = made()
BITS = {kind: model.scores(FRAME).tobytes() for kind, model in MODELS.items()}
pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass")
kinds = pytest.mark.parametrize("kind", MODELS)


def holds(kind):
    """The model is what it was: bytes, scores, answers of the one-row path."""
    model = MODELS[kind]
    assert model.scores(FRAME).tobytes() == BITS[kind]
    again = Model.from_bytes(bytes(model))
    assert again == model
    row = X[:1].astype(model.input_dtype)
    np.testing.assert_array_equal(model.predict(row), again.predict(row))
    if model.program.metadata.golden:
        assert model.selftest()


# Attributes

#: Private names that must not be bound anew. What lies behind the C pointers of a
#: Runtime, object.__setattr__ and a write into __dict__ are beyond what Python can
#: refuse.
PRIVATE = {
    Model: "_blob _runtime _program _estimator_type _methods _has_classes _one_row"
    " _one_proba _one_value _each_label _labels _nearest _categories _known _kinds"
    " _channel_names _inputs _made",
    Runtime: "_rom _size _model _host _laying _x_shape _one_shape _p_shape"
    " _values_shape _x_dtype _y_dtype _x_type _y_type _x_floats _n_scores"
    " _n_outputs _made",
}


def attributes(thing):
    """Every name that may be set, public and private, special ones left out."""
    public = {name for name in dir(thing) if not name.startswith("_")}
    return sorted(public | set(PRIVATE[type(thing)].split()))


def test_the_list_of_private_names_is_whole():
    MODELS["names"].predict(FRAME)
    MODELS["neighbours"].kneighbors(X)
    for thing in (MODELS["names"], MODELS["neighbours"], MODELS["names"]._runtime):
        own = {name for name in vars(thing) if name.startswith("_")}
        assert own <= set(PRIVATE[type(thing)].split())


values = st.one_of(
    st.none(),
    st.integers(-3, 1 << 40),
    st.sampled_from([np.zeros(3), (1, 1), "x", b"x", {}, [], np.dtype("f8")]),
)


@settings(max_examples=draws(60), deadline=None)
@given(st.data(), st.sampled_from(sorted(MODELS)))
def test_no_attribute_can_be_set(data, kind):
    thing = MODELS[kind]
    if data.draw(st.booleans()):
        thing = thing._runtime
    name = data.draw(st.sampled_from([*attributes(thing), "new", "classes"]))
    with pytest.raises(AttributeError, match=f"'{name}' cannot be set: .* immutable"):
        setattr(thing, name, data.draw(values))
    with pytest.raises(AttributeError, match=f"'{name}' cannot be deleted|immutable"):
        delattr(thing, name)
    holds(kind)


@kinds
def test_no_attribute_at_all_can_be_set(kind):
    for thing in (MODELS[kind], MODELS[kind]._runtime):
        for name in [*attributes(thing), "__class__", "__dict__"]:
            with pytest.raises(AttributeError, match="immutable"):
                setattr(thing, name, 1)
    holds(kind)


@kinds
def test_nothing_is_made_twice(kind):
    other = bytes(MODELS["values" if kind != "values" else "bare"])
    for thing in (MODELS[kind], MODELS[kind]._runtime):
        with pytest.raises(AttributeError, match="immutable"):
            thing.__init__(other)
    holds(kind)


def test_notes_of_others_stay_free():
    """scikit-learn leaves such on the steps of a pipeline, and takes them off."""
    model = MODELS["bare"]
    model._parent_callback_ctx = 3
    assert model._parent_callback_ctx == 3
    del model._parent_callback_ctx
    assert not hasattr(model, "_parent_callback_ctx")


# Arrays and other containers


def reachable(thing, seen):
    """Every object that can be reached from a thing by its public names and items."""
    if id(thing) in seen or isinstance(thing, type) or callable(thing):
        return
    seen[id(thing)] = thing
    if isinstance(thing, dict) or hasattr(thing, "items"):
        for value in thing.values():
            reachable(value, seen)
    elif isinstance(thing, list | tuple):
        for value in thing:
            reachable(value, seen)
    elif isinstance(thing, np.ndarray):
        reachable(thing.base, seen)
    elif dataclasses.is_dataclass(thing) or isinstance(thing, Immutable):
        for name in {*vars(thing), *(n for n in dir(thing) if n[0] != "_")}:
            reachable(getattr(thing, name, None), seen)


def spoil(thing):
    """Writes into a thing as a user can. It refuses, or it was the user's own."""
    if isinstance(thing, np.ndarray):
        with suppress(ValueError):
            thing[...] = thing[::-1].copy()
        if thing.base is not None:
            with suppress(ValueError):
                thing.setflags(write=True)
                thing[...] = thing[::-1].copy()
    elif isinstance(thing, list):
        thing.clear()
    elif hasattr(thing, "items"):
        for name in list(thing):
            with suppress(TypeError):
                thing[name] = 1
    elif dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            with suppress(dataclasses.FrozenInstanceError):
                setattr(thing, field.name, None)


@kinds
def test_what_is_handed_out_does_not_bend_the_model(kind):
    model = MODELS[kind]
    seen = {}
    model.predict(X[:2] if kind != "names" else FRAME[:2])
    reachable(model, seen)
    arrays = [thing for thing in seen.values() if isinstance(thing, np.ndarray)]
    assert len(arrays) > 2 or kind in ("values", "bare", "neighbours")
    labels = copy.deepcopy(getattr(model, "classes_", None))
    program = pickle.dumps(model.program)
    for thing in list(seen.values()):
        spoil(thing)
    assert pickle.dumps(model.program) == program
    np.testing.assert_equal(getattr(model, "classes_", None), labels)
    holds(kind)


def test_arrays_handed_out_are_read_only():
    model = MODELS["names"]
    golden = model.program.metadata.golden
    for array in (model.classes_, golden.inputs, golden.scores):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.setflags(write=True)
    for labels in MODELS["outputs"].classes_:
        with pytest.raises(ValueError, match="read-only"):
            labels[0] = 7
    with pytest.raises(ValueError, match="read-only"):
        MODELS["bare"].classes_[0] = 7
    with pytest.raises(TypeError, match="support item assignment"):
        model._runtime.info["n_inputs"] = 1
    model.feature_names_in_[0] = "pink"
    assert model.feature_names_in_[0] == "red"
    one = MODELS["integers"].predict(X[:1])
    one[0] = 77  # an answer is the caller's own
    holds("integers")


def test_arrays_given_are_not_kept():
    rows = X[:2].copy()
    model = MODELS["integers"].with_golden(rows)
    blob = bytes(model)
    rows[:] = -1
    assert bytes(model) == blob
    assert (model.program.metadata.golden.inputs == X[:2]).all()


# scikit-learn's utilities


def test_validate_data_does_not_bend_the_model():
    for kind in ("integers", "int16", "values", "names"):
        model = MODELS[kind]
        for rows in (X[:, :1], X, FRAME, FRAME[["red"]]):
            with pytest.raises(AttributeError, match=r"immutable.*reset=False"):
                validate_data(model, rows)
        assert model.n_features_in_ == 3
        with pytest.raises(ValueError, match="X has 1 features"):
            model.scores(np.zeros((9, 1), model.input_dtype))
        holds(kind)
    model = MODELS["names"]
    assert validate_data(model, FRAME, reset=False).shape == X.shape
    with pytest.raises(ValueError, match="feature names"):
        validate_data(model, FRAME[["red"]], reset=False)


@kinds
def test_copies_are_the_same(kind):
    model = MODELS[kind]
    for other in (
        clone(model),
        copy.copy(model),
        copy.deepcopy(model),
        pickle.loads(pickle.dumps(model)),
        model.set_params(),
        model.fit(X[:, :1], Y),
    ):
        assert other == model
        with pytest.raises(AttributeError, match="immutable"):
            other.n_features_in_ = 1
    with pytest.raises(ValueError, match="no parameters"):
        model.set_params(n_features_in_=1)
    check_is_fitted(model)
    get_tags(model).estimator_type = "clusterer"
    assert get_tags(model).estimator_type == model.estimator_type
    holds(kind)


def test_composites_leave_the_model_as_it_was():
    model, rows = MODELS["integers"], X.astype(np.float64)
    prefit = VotingClassifier([("a", FrozenEstimator(model))], voting="soft")
    prefit.fit(rows, Y)
    make_pipeline(model).fit(rows, Y).predict(rows)
    np.testing.assert_array_equal(prefit.predict(rows), model.predict(rows))
    with pytest.raises(ValueError, match="X has 2 features"):
        prefit.predict(rows[:, :2])
    holds("integers")


# Rows: how they lie in memory


def unaligned(rows):
    raw = np.frombuffer(b"\0" + rows.tobytes(), np.uint8, offset=1)
    found = np.frombuffer(raw.data, rows.dtype).reshape(rows.shape)
    assert found.dtype.itemsize == 1 or not found.flags.aligned
    return found


def packed(rows):
    table = np.zeros(len(rows), [("flag", "u1"), ("row", rows.dtype, rows.shape[1])])
    table["row"] = rows
    return table["row"]


def packed_one(rows):
    """A field of one packed record: contiguous, and not aligned."""
    one = np.zeros(1, [("flag", "u1"), ("row", rows.dtype, rows.shape)])
    one["row"] = rows
    return one["row"][0]


def mapped(rows, folder):
    path = folder / "rows.bin"
    path.write_bytes(b"\0" + rows.tobytes())
    return np.memmap(path, rows.dtype, "r", 1, rows.shape)


def read_only(rows):
    found = rows.copy()
    found.setflags(write=False)
    return found


LAYOUTS = {
    "plain": lambda rows: rows,
    "unaligned": unaligned,
    "packed": packed,
    "packed one": packed_one,
    "big-endian": lambda rows: rows.astype(rows.dtype.newbyteorder(">")),
    "unaligned big-endian": lambda rows: unaligned(
        rows.astype(rows.dtype.newbyteorder(">"))
    ),
    "backwards": lambda rows: rows[::-1].copy()[::-1],
    "columns backwards": lambda rows: rows[:, ::-1].copy()[:, ::-1],
    "Fortran": np.asfortranarray,
    "every second": lambda rows: np.repeat(rows, 2, axis=0)[::2],
    "read-only": read_only,
    "broadcast": lambda rows: np.broadcast_to(rows[:1], rows.shape),
    "matrix": np.asmatrix,
    "memory-mapped": mapped,
    "masked, nothing masked": np.ma.masked_array,
    "list": lambda rows: rows.tolist(),
    "subclass that lies": lambda rows: rows.view(Liar),
}


class Liar(np.ndarray):
    shape = property(lambda self: (1, 3))
    flags = property(lambda self: np.zeros(1).flags)

    def __len__(self):
        return 1 << 20


@pytest.fixture
def seen_by_c(monkeypatch):
    """What C was given: arrays, all of which must lie as it wants them."""
    given_arrays = []
    data = Runtime.data

    def spy(self, X):
        found = data(self, X)
        if found is not None:
            given_arrays.append(X)
        return found

    monkeypatch.setattr(Runtime, "data", spy)
    return given_arrays


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", ["integers", "int16", "uint8", "outputs", "values"])
@pytest.mark.parametrize("n", [1, 40])
def test_rows_however_they_lie(kind, layout, n, tmp_path, seen_by_c):
    model = MODELS[kind]
    plain = X[:n].astype(model.input_dtype)
    if layout == "broadcast":
        plain = np.repeat(plain[:1], n, axis=0)
    expected = {name: getattr(model, name)(plain) for name in ("scores", "predict")}
    given = LAYOUTS[layout](plain, *[tmp_path] * (layout == "memory-mapped"))
    if hasattr(model, "predict_proba"):
        expected["predict_proba"] = model.predict_proba(plain)
    seen_by_c.clear()
    for name, wanted in expected.items():
        np.testing.assert_equal(getattr(model, name)(given), wanted)
    golden = model.with_golden(given)
    assert golden.selftest()
    assert bytes(golden) == bytes(model.with_golden(plain))
    for rows in seen_by_c:
        assert type(rows) is np.ndarray
        assert rows.flags.aligned
        assert rows.flags.c_contiguous
        assert rows.dtype == model.input_dtype
        assert rows.shape == (n, 3)


def test_the_one_row_path_takes_plain_rows_alone():
    for kind in ("integers", "int16"):
        runtime, row = MODELS[kind]._runtime, X[:1].astype(MODELS[kind].input_dtype)
        assert runtime.classify_one(row) >= 0
        wide, tall = np.hstack([row, row]), np.vstack([row, row])
        for rows in (wide, tall, row[0], row[:, :1], row[:0], row.astype("f2")):
            assert runtime.classify_one(rows) == -1
            assert runtime.proba_one(rows) is None
        doubles = runtime.classify_one(row.astype("f8"))
        assert doubles == (-1 if kind == "int16" else runtime.classify_one(row))
        for name in ("unaligned", "big-endian", "matrix", "subclass that lies"):
            assert runtime.classify_one(LAYOUTS[name](row)) == -1


def test_the_runtime_holds_arrays_against_the_header():
    runtime = MODELS["integers"]._runtime
    for rows in (X[:, :1], X.astype("f8"), X[::2], unaligned(X), X[0], np.asmatrix(X)):
        for call in (runtime.scores, runtime.classify):
            with pytest.raises(ValueError, match="C reads rows of 3 float32"):
                call(rows)
    with pytest.raises(ValueError, match="C reads rows of 3 float32"):
        runtime.firmware(X[0, :2])
    scores = runtime.scores(X)
    with pytest.raises(ValueError, match="scores are"):
        runtime.proba(scores[:, :1])
    p = runtime.proba(scores)
    np.testing.assert_array_equal(runtime.proba(unaligned(scores)), p)
    np.testing.assert_array_equal(runtime.proba(np.asfortranarray(scores)), p)


def test_ops_without_a_payload_take_any_layout():
    op, x = lib.EMLRT_OP_LOGSUMEXP, X[:7].copy()
    expected = apply(op, x, 1)
    for name in ("unaligned", "Fortran", "big-endian", "packed one", "backwards"):
        np.testing.assert_array_equal(apply(op, LAYOUTS[name](x), 1), expected)


# Rows: what they are

DATES = pd.date_range("2024-01-01", periods=60)
COLUMNS = {
    "dates": DATES,
    "dates with a zone": DATES.tz_localize("UTC"),
    "durations": DATES - DATES[0],
    "periods": DATES.to_period("D"),
    "dates as objects": np.array(DATES.to_pydatetime(), object),
    "numpy's dates as objects": list(DATES.to_numpy()),
    "nanoseconds as objects": pd.Series(
        [np.timedelta64(i, "ns") for i in range(60)], dtype=object
    ),
    "categories of dates": pd.Categorical(DATES),
    "complex": X[:, 0] + 1j,
    "complex objects": pd.Series([np.complex64(1 + 1j)] * 60, dtype=object),
    "bytes": pd.Series([b"1.5"] * 60, dtype=object),
    "text": ["1.5"] * 60,
    "text of pandas": pd.array(["1.5"] * 60, dtype="string"),
    "categories of text": pd.Categorical(["1.5"] * 60),
    "no time": pd.Series([1.0] * 59 + [pd.NaT], dtype=object),
    "arrays": pd.Series([np.array([1.0])] * 60, dtype=object),
}


def frame(column, others="f4"):
    found = FRAME.astype(others)
    found["green"] = column
    return found


@pytest.mark.parametrize("what", COLUMNS)
@pytest.mark.parametrize("others", ["f4", "i8", "Int64", "Float64", "bool"])
def test_columns_that_are_no_numbers(what, others):
    rows = frame(COLUMNS[what], others)
    for name in ("scores", "predict", "predict_proba"):
        with pytest.raises(ValueError, match=r"column 'green' (has dtype|holds)"):
            getattr(MODELS["names"], name)(rows)
    with pytest.raises(ValueError, match=r"column 'green' (has dtype|holds)"):
        MODELS["names"].with_golden(rows)


NO_NUMBERS = {
    "dates": X.astype("M8[ns]"),
    "durations": X.astype("m8[ns]"),
    "dates as objects": np.array([[np.datetime64(1, "ns")] * 3], object),
    "durations as objects": np.array([[np.timedelta64(1, "ns")] * 3], object),
    "complex": X + 0j,
    "complex objects": np.array([[np.complex64(1)] * 3], object),
    "text": X.astype(str),
    "bytes": X.astype("S"),
    "bytes as objects": np.array([[b"1"] * 3], object),
    "numpy's text as objects": np.array([[np.str_("1")] * 3], object),
    "fields": np.zeros(4, [("red", "f4"), ("green", "f4"), ("blue", "f4")]),
    "fields, 2-D": np.zeros((4, 3), "f4,i4"),
    "voids": np.zeros((4, 3), "V4"),
    "arrays": np.array([[np.array(1.0), np.ones(1), 1.0]], object),
    "too large": np.array([[10**400, 1, 1]], object),
}


@pytest.mark.parametrize("what", NO_NUMBERS)
@pytest.mark.parametrize("kind", ["integers", "int16"])
def test_arrays_that_are_no_numbers(kind, what):
    for name in ("scores", "predict", "predict_proba"):
        with pytest.raises(ValueError, match=r"convert|no number|clip it"):
            getattr(MODELS[kind], name)(NO_NUMBERS[what])


def test_frames_that_are_numbers():
    model = MODELS["names"]
    for dtype in ("f8", "i8", "Int64", "Float32", "u1", object, "category"):
        assert model.scores(FRAME.astype(dtype)).tobytes() == BITS["names"], dtype
    mixed = frame(pd.array(X[:, 1], "Int64")).assign(blue=X[:, 2].astype(object))
    assert model.scores(mixed).tobytes() == BITS["names"]
    holes = X.copy()
    holes[:, 1] = [1.0, np.nan] * 30
    for column in (
        pd.array([1, None] * 30, "Int64"),
        [1.0, pd.NA] * 30,
        [1, None] * 30,
    ):
        for others in ("f4", "Int64"):
            same_bits = model.scores(holes).tobytes()
            assert model.scores(frame(column, others)).tobytes() == same_bits


def test_masked_rows():
    rows = np.ma.masked_array(X, mask=False)
    assert MODELS["integers"].scores(rows).tobytes() == BITS["integers"]
    rows[3, 1] = np.ma.masked
    for name in ("scores", "predict", "with_golden"):
        with pytest.raises(ValueError, match=r"masked; fill it.*X\.filled"):
            getattr(MODELS["integers"], name)(rows)


@kinds
def test_no_rows(kind):
    model = MODELS[kind]
    text = r"Found array with 0 sample\(s\) \(shape=\(0, 3\)\) while a minimum of 1"
    empty = [X[:0].astype(model.input_dtype), X[:0].astype("f8"), FRAME[:0]]
    empty += [np.empty((0, 3), object), FRAME[:0].astype("Int64")]
    for rows in empty:
        for name in (*WAYS, "with_golden"):
            if hasattr(model, name):
                more = [np.zeros(0)] if name == "score" else []
                with pytest.raises(ValueError, match=text):
                    getattr(model, name)(rows, *more)


def test_conversion_takes_no_empty_data():
    tree = DecisionTreeClassifier().fit(X, Y)
    for options in ({"dtype": "int16", "X": X[:0]}, {"golden": X[:0]}):
        with pytest.raises((ValueError, EmlrtError), match="0 sample"):
            Model.from_sklearn(tree, **options)


def test_a_model_is_no_estimator_to_convert():
    model = Model.from_sklearn(DecisionTreeClassifier().fit([[0], [1]], [0, 1]))
    with pytest.raises(UnsupportedModelError, match="is a Model already"):
        Model.from_sklearn(model)


def test_a_model_that_was_never_made_has_a_repr():
    assert repr(Model.__new__(Model)) == "<emlrt.Model without a blob>"
