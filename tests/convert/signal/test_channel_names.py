# SPDX-License-Identifier: MIT
"""Frames of samples: their columns are the model's channels, or they are refused."""

import copy
import pickle
from dataclasses import replace
from time import perf_counter

import numpy as np
import pandas as pd
import pytest
from scipy.signal import butter
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from emlrt import FormatError, Model, Stream, blob, emulate, signal
from emlrt.signal.framing import windows
from emlrt.validation import check_columns
from emlrt.verdict import diff

LENGTH, HOP, AXES = 16, 8, ["ax", "ay", "az"]
RNG = np.random.default_rng(0)
SAMPLES = np.round(RNG.normal([0, 5, -5], size=(80, 3)), 2)
RECORDING = pd.DataFrame(SAMPLES, columns=AXES)
X = windows(SAMPLES, LENGTH, HOP)
Y = np.arange(len(X)) % 2
TABLE = pd.DataFrame(
    X.reshape(len(X), -1), columns=[f"{a}_t{t}" for t in range(LENGTH) for a in AXES]
)


def low():
    return signal.Sosfilt(butter(2, 0.3, output="sos"))


def frame(channels=None):
    return signal.Frame(LENGTH, HOP, channels=channels)


def features():
    return signal.TimeFeatures(["mean", "last_minus_first"])


def part(axis):
    return make_pipeline(signal.Channels(AXES, keep=[axis]), frame(), features())


def model_of(*steps, rows=X):
    pipeline = make_pipeline(*steps, LogisticRegression())
    return Model.from_sklearn(pipeline.fit(rows, Y))


#: Every way in which a model gets to know its channels.
KNOWN = {
    "frame": lambda: model_of(frame(AXES), features()),
    "filter, frame": lambda: model_of(
        signal.Channels(AXES), low(), frame(), features()
    ),
    "channels": lambda: model_of(
        signal.Channels(AXES, keep=[0, 2]), frame(), features()
    ),
    "columns": lambda: model_of(frame(3), features(), rows=TABLE),
    "columns, filter": lambda: model_of(
        signal.Channels(3), low(), frame(), features(), rows=TABLE
    ),
    "cut": lambda: model_of(low(), frame(), features(), rows=frame().cut([RECORDING])),
    "scaler": lambda: model_of(
        StandardScaler(), frame(AXES), features(), rows=X.reshape(-1, 48)
    ),
    "union": lambda: model_of(make_union(part("ay"), part("az"))),
    "rows": lambda: Model.from_sklearn(
        signal.Decision(LogisticRegression(), signal.Vote(3)).fit(
            RECORDING, SAMPLES[:, 0] > 0
        )
    ),
}
#: Frames that are not a model's, and what is said of them.
WRONG = {
    "order": (RECORDING[["az", "ay", "ax"]], "they are in another order"),
    "name": (
        RECORDING.rename(columns={"ay": "y"}),
        r"unknown: \['y'\]; missing: \['ay'\]",
    ),
    "fewer": (RECORDING[["ax", "ay"]], r"unknown: \[\]; missing: \['az'\]"),
    "more": (RECORDING.assign(time=0.0), r"unknown: \['time'\]; missing: \[\]"),
    "numbers": (pd.DataFrame(SAMPLES), r"unknown: \[0, 1, 2\]; missing: \['ax', 'ay'"),
}


class Polars:
    """What emlrt asks of a polars DataFrame."""

    def __init__(self, columns):
        self.columns = columns
        self.dtypes = ["Float64"] * len(columns)

    def __array__(self, dtype=None, copy=None):
        return RECORDING[self.columns].to_numpy()


@pytest.mark.parametrize("name", KNOWN)
def test_a_frame_has_the_models_channels_in_their_order(name):
    """By the rule and in the words of predict; whatever takes recordings."""
    model = KNOWN[name]()
    assert model.channel_names == tuple(AXES)
    expected = Stream(model).push(SAMPLES)
    for same in (RECORDING, RECORDING.astype(object), Polars(AXES)):
        assert (Stream(model).push(same) == expected).all()
        assert (model.report([same, same]).agreement.n_rows) == 2 * len(expected)
    for wrong, message in WRONG.values():
        words = f"X's columns are not those seen in fit: {message}"
        for take in (
            Stream(model).push,
            Stream(model).push_scores,
            lambda samples: model.report([samples]),
            lambda samples: emulate.stream(model, samples),
            *([] if name == "rows" else [model.report]),
        ):
            with pytest.raises(ValueError, match=words):
                take(wrong)
    with pytest.raises(ValueError, match="they are in another order"):
        Stream(model).push(Polars(AXES[::-1]))


def test_predict_says_the_same_of_rows():
    model = KNOWN["columns"]()
    with pytest.raises(ValueError, match="not those seen in fit: they are in another"):
        model.predict(TABLE[TABLE.columns[::-1]])


def test_a_report_asks_an_original_of_columns_by_their_names():
    parts = [
        (str(k), make_pipeline(frame(len(axes)), features()), at)
        for k, axes in enumerate((AXES[:2], AXES[2:]))
        for at in [[name for name in TABLE.columns if name[:2] in axes]]
    ]
    columns = ColumnTransformer(parts)
    pipeline = make_pipeline(columns, LogisticRegression()).fit(TABLE, Y)
    model = Model.from_sklearn(pipeline)
    assert model.channel_names == tuple(AXES)
    found = model.report([RECORDING], original=pipeline).agreement
    assert (found.n_rows, found.rows.size) == (len(X), 0)


def test_many_columns_are_refused_at_once():
    names = [f"c{k}" for k in range(40_000)]
    start = perf_counter()
    for columns in (names[::-1], [f"x{name}" for name in names]):
        with pytest.raises(ValueError, match="X's columns are not those seen in fit"):
            check_columns(columns, names)
    assert perf_counter() - start < 5  # a minute, each name looked for in a list


def test_cells_are_looked_at_as_in_rows():
    model = KNOWN["frame"]()
    for column, message in (
        (["?"] * 80, "X's column 'ax' holds '\\?', which is no number"),
        (pd.date_range("2026-01-01", periods=80), "X's column 'ax' has dtype datetime"),
        (pd.array([None, *range(79)], "Int64"), "X contains NaN"),
    ):
        with pytest.raises(ValueError, match=message):
            Stream(model).push(RECORDING.assign(ax=column))


def test_channels_without_names_are_places():
    model = model_of(frame(), features())
    assert model.channel_names == ()
    expected = Stream(model).push(SAMPLES)
    assert (Stream(model).push(RECORDING[["ax", "ay", "az"]]) == expected).all()
    with pytest.raises(ValueError, match=r"samples are \(n, 3\) or"):
        Stream(model).push(RECORDING[["ax", "ay"]])
    with pytest.raises(ValueError, match=r"samples are \(n, 3\) or"):
        emulate.stream(model, SAMPLES[:, :2])


def test_a_difference_is_of_the_channels_in_each_ones_order():
    a = model_of(frame(AXES), low(), features())
    turned = windows(SAMPLES[:, ::-1], LENGTH, HOP)
    b = model_of(frame(AXES[::-1]), low(), features(), rows=turned)
    assert b.channel_names == tuple(AXES[::-1])
    found = diff(a, b, RECORDING)
    assert (found.n_rows, len(found.rows)) == (len(X), 0)
    other = model_of(frame(AXES[::-1]), low(), features())
    assert not diff(a, other).same
    assert diff(a, model_of(frame(), low(), features())).same


def test_parts_that_contradict_each_other_name_nothing():
    turned = make_pipeline(signal.Channels(AXES[::-1]), frame(), features())
    assert model_of(make_union(part("ay"), turned)).channel_names == ()


def test_names_stay_with_those_of_features():
    model = KNOWN["filter, frame"]()
    assert Model.from_bytes(bytes(model)).channel_names == tuple(AXES)
    assert model.strip().channel_names == ()
    assert model.strip("methods").channel_names == ()
    assert Model.strip(model, "features").channel_names == tuple(AXES)


@pytest.mark.parametrize(
    "texts",
    [
        ["channel:0=ax"],
        ["channel:0=ax", "channel:1=ax", "channel:2=az"],
        ["channel:0=ax", "channel:1=", "channel:2=az"],
        ["channel:0=ax", "channel:1=ay", "channel:3=az"],
        ["channel:0-1=ax", "channel:2=az"],
    ],
)
def test_damaged_names_are_refused(texts):
    program = KNOWN["filter, frame"]().program
    others = [t for t in program.metadata.methods if not t.startswith("channel:")]
    metadata = replace(program.metadata, methods=[*others, *texts])
    with pytest.raises(FormatError, match="names of"):
        Model(blob.write(replace(program, metadata=metadata)))


def test_windows_are_cut_from_the_channels_that_are_named():
    cut = frame(AXES)
    assert (cut.cut([RECORDING]) == X).all()
    for wrong, message in WRONG.values():
        words = f"recording 0: X's columns are not those that channels names: {message}"
        with pytest.raises(ValueError, match=words):
            cut.cut([wrong])


def test_windows_of_frames_know_their_channels():
    named = frame().cut([RECORDING])
    assert type(named[::2]).__name__ == "Samples"
    assert named[::2].channel_names == AXES
    assert named[:, :, :2].channel_names is None
    assert not hasattr(frame().cut([SAMPLES]), "channel_names")
    pipeline = make_pipeline(frame(), features()).fit(named)
    assert pipeline.get_feature_names_out()[1] == "mean_ay"
    turned = frame().cut([RECORDING[["az", "ay", "ax"]]])
    with pytest.raises(ValueError, match="not those seen in fit: they are in another"):
        pipeline.transform(turned)
    with pytest.raises(ValueError, match="not those seen in fit: they are in another"):
        Model.from_sklearn(pipeline).transform(turned)


#: What keeps the names of channels, and what may have put them in another order.
KEEP = {
    "slice": lambda x: x[1:],
    "places": lambda x: x[[3, 1]],
    "mask, as scikit-learn": lambda x: x[np.arange(len(x)) > 2, ...],
    "copy": copy.copy,
    "deep copy": copy.deepcopy,
    "dtype": lambda x: x.astype(np.float32),
    "pickle": lambda x: pickle.loads(pickle.dumps(x)),
}
LOSE = {
    "backwards": lambda x: x[..., ::-1],
    "places of channels": lambda x: x[:, :, [2, 0, 1]],
    "flip": lambda x: np.flip(x, 2),
    "take": lambda x: x.take([1, 2, 0], axis=2),
    "roll": lambda x: np.roll(x, 1, axis=2),
    "swap": lambda x: x[:, :3].swapaxes(1, 2),
    "sum": lambda x: x + x[..., ::-1],
}


def test_names_stay_with_windows_and_not_with_what_reorders_channels():
    named = frame().cut([RECORDING])
    for name, make in KEEP.items():
        made = make(named)
        assert made.channel_names == AXES, name
        assert (np.asarray(made) == make(X)).all(), name
    for name, make in LOSE.items():
        assert getattr(make(named), "channel_names", None) is None, name


@pytest.mark.parametrize("names", [["ax", "ax", "az"], ["", "ay", "az"]])
def test_columns_that_are_no_names_of_channels_are_places(names):
    rows = frame().cut([RECORDING.set_axis(names, axis=1)])
    assert (rows == X).all()
    assert model_of(frame(), features(), rows=rows).channel_names == ()


def test_windows_have_the_names_that_channels_gives():
    """Where columns have spaces in place of underscores, and are taken as the same."""
    named = frame(["a_x", "a_y", "a_z"])
    rows = named.cut([RECORDING.set_axis(["a x", "a y", "a z"], axis=1)])
    assert model_of(named, features(), rows=rows).channel_names == ("a_x", "a_y", "a_z")
    assert not hasattr(named.cut([SAMPLES]), "channel_names")


def test_windows_of_other_channels_than_the_blocks_are_refused():
    turned = frame().cut([RECORDING[["az", "ay", "ax"]]])
    for block in (frame(AXES), signal.Channels(AXES)):
        with pytest.raises(ValueError, match=r"\['az', 'ay', 'ax'\], and channels="):
            block.fit(turned)


def test_columns_that_say_other_samples_are_refused():
    by_channel = TABLE[sorted(TABLE.columns, key=lambda name: AXES.index(name[:2]))]
    for block in (frame(3), signal.Channels(3)):
        with pytest.raises(
            ValueError, match=r"not in the order of samples.*'ax_t0' stand"
        ):
            block.fit(by_channel)
    from_one = TABLE.set_axis([f"{a}_{t}" for t in range(1, 17) for a in AXES], axis=1)
    frame(3).fit(from_one)
    with pytest.raises(ValueError, match="not in the order of samples"):
        frame(3).fit(from_one[from_one.columns[::-1]])
    names = [f"{a}_lag_{t}" for t in range(16, 0, -1) for a in AXES]
    lags = from_one.set_axis(names, axis=1)
    frame(3).fit(lags)
    with pytest.raises(ValueError, match="not in the order of samples"):
        frame(3).fit(lags[sorted(lags.columns)])
    with pytest.raises(ValueError, match=r"of the channels \['ax', 'ay', 'az'\], and"):
        frame(AXES[::-1]).fit(TABLE)


def test_rows_to_convert_by_have_the_columns_of_fit():
    """They settle thresholds, column by column."""
    tree = LogisticRegression().fit(TABLE, Y)
    with pytest.raises(ValueError, match="not those seen in fit: they are in another"):
        Model.from_sklearn(tree, X=TABLE[TABLE.columns[::-1]])
