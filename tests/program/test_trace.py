# SPDX-License-Identifier: MIT
"""Traces: every stage's numbers by the runtime's own code, and where two differ."""

import json
from dataclasses import replace

import numpy as np
import pytest
from families import cases
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from trace_page import replayed, session

from emlrt import InputScaling, Model, parts, tracing
from emlrt._native import lib
from emlrt.native import Runtime, Steps
from emlrt.trace_text import beside, text

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])


def bits(a):
    return np.ascontiguousarray(a).view(f"u{a.dtype.itemsize}")


def assert_same(a, b):
    np.testing.assert_array_equal(bits(a), bits(b))


@pytest.fixture(scope="module")
def model():
    """Three stages and labels that are texts: polynomial, affine, dense."""
    steps = PolynomialFeatures(), StandardScaler(), LogisticRegression(max_iter=200)
    return Model.from_sklearn(make_pipeline(*steps).fit(X, NAMES[Y]))


def steps_of(model, kind=Steps):
    return kind(model._runtime, tracing.programs(model.program))


def rows_of(model, x):
    return tracing.Rows(x, x, tuple(model.output_classes))


# Every family


def read_from_writes(program, trace):
    """What each stage must find, if memory is what was written and else 0."""
    for row, x in enumerate(trace.inputs.values):
        spaces = {
            "input": bytearray(x.tobytes()),
            "arena": bytearray(program.arena_bytes),
            "output": bytearray(4 * program.n_scores),
        }
        for stage in trace:
            found, made = stage.reads.values[row], stage.writes.values[row].tobytes()
            space, at = spaces[stage.reads.space], stage.reads.offset
            yield found.tobytes(), bytes(space[at : at + found.nbytes])
            at = stage.writes.offset
            spaces[stage.writes.space][at : at + len(made)] = made
        yield trace.scores.values[row].tobytes(), bytes(spaces["output"])


@pytest.mark.parametrize("case", cases(), ids=str)
def test_every_family_s_stages_chain_and_end_in_predict_s_bits(case):
    model, x = case.built()
    runtime, program = model._runtime, model.program
    trace = tracing.traced(program, rows_of(model, x), steps_of(model))
    assert [stage.op for stage in trace] == [stage.name for stage in model.stages]
    assert all(found == want for found, want in read_from_writes(program, trace))
    assert_same(trace.scores.values, runtime.scores(x))
    assert not trace.contradictions
    if trace.classes is not None:
        assert_same(trace.classes.values.astype(np.int64), runtime.classify(x))
    if trace.probabilities is not None:
        assert_same(trace.probabilities.values, runtime.proba(runtime.scores(x)))


@pytest.mark.parametrize("case", cases(), ids=str)
def test_parts_of_programs_give_what_the_trace_shows(case):
    """The checks of rows run the first part of a program as one of its own."""
    model, x = case.built()
    trace = tracing.traced(model.program, rows_of(model, x), steps_of(model))
    for stage in trace:
        if stage.reads.dtype == np.float32:
            assert_same(
                parts.read_by(model.program, stage.index, x), stage.reads.values
            )
        if stage.writes.dtype == np.float32:
            assert_same(
                parts.written_by(model.program, stage.index, x), stage.writes.values
            )


# Model.trace


def test_labels_and_probabilities_are_those_of_the_methods(model):
    trace = model.trace(X[::30])
    labels = [trace.label(row, 0) for row in range(trace.n_rows)]
    assert labels == model.predict(X[::30]).tolist()
    p = model.predict_proba(X[::30]).astype(np.float32)
    assert_same(trace.probabilities.values, p)
    assert_same(trace.raw.values, X[::30])
    assert_same(trace.inputs.values, X[::30].astype(np.float32))
    assert len(trace) == 3
    assert [stage.index for stage in trace[1:]] == [1, 2]
    assert trace[0].payload_bytes == len(model.stages[0].payload)
    assert set(trace.repeats) == {"emlrt_run", "batch"}


@pytest.mark.parametrize(("dtype", "scale"), [("float32", 1), ("int16", 100)])
def test_the_device_s_inputs_follow_from_raw_rows_by_the_rule(dtype, scale):
    rule = InputScaling([3, -2, 0, 1], np.full(4, scale), dtype)
    fitted = DecisionTreeClassifier(random_state=0).fit(X, NAMES[Y])
    model = Model.from_sklearn(fitted, dtype=dtype, inputs=rule, X=X)
    trace = model.trace(X[::40])
    assert_same(trace.inputs.values, rule.transform(X[::40]))
    assert trace[0].reads.dtype == dtype
    assert_same(trace.raw.values, X[::40])
    assert_same(trace.scores.values, model.scores(X[::40]))
    assert trace.to_dict()["rows"][0]["raw"] == X[0].tolist()


def test_integers_and_several_outputs():
    Z = (X * 10).astype(np.uint8)
    targets = np.stack([NAMES[Y], np.where(Z[:, 0] > 58, "long", "short")], axis=1)
    forest = RandomForestClassifier(3, random_state=0).fit(Z, targets)
    model = Model.from_sklearn(forest, dtype="uint8", X=Z)
    trace = model.trace(Z[::50])
    rows = range(trace.n_rows)
    labels = [[trace.label(row, k) for k in range(2)] for row in rows]
    assert labels == model.predict(Z[::50]).tolist()
    assert trace.inputs.dtype == np.uint8
    assert trace.scores.dtype == np.uint32
    found = trace.to_dict()["rows"][2]
    assert found["labels"] == labels[2]
    assert found["inputs"]["bits"] == [f"{v:02x}" for v in Z[100]]


def test_values_have_no_class():
    model = Model.from_sklearn(DecisionTreeRegressor(max_depth=2).fit(X, Y))
    trace = model.trace(X[:1])
    assert trace.classes is None
    assert trace.probabilities is None
    assert "classes" not in trace.to_dict()["rows"][0]
    with pytest.raises(ValueError, match="no classes"):
        trace.label(0, 0)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (X[0], "2D array"),
        (X[:1, :3], "expecting 4 features"),
        (X[:0], "0 sample"),
        (X[:1] * np.nan, "NaN"),
        (X[:1] * np.inf, "infinity"),
    ],
)
def test_rows_that_predict_refuses_are_refused(model, rows, message):
    with pytest.raises(ValueError, match=message):
        model.trace(rows)


def test_an_unknown_core_is_refused_with_those_there_are(model):
    with pytest.raises(ValueError, match=r"unknown core 'z80'.*cortex-m0plus"):
        model.trace(X[:1], core="z80")


# Differences


class Broken(Steps):
    """Has one bit of what stage 1 writes wrong, of row 1."""

    where = "broken"
    started = -1

    def start(self, x):
        self.started += 1
        super().start(x)

    def step(self, at):
        super().step(at)
        if at == 1 and self.started == 1:
            span = self._runtime_span
            self._arena.view(np.uint32)[span.offset // 4 + 13] ^= 1 << 22


def test_the_first_wrong_bit_is_found_where_it_is(model):
    host = model.trace(X[:3])
    broken = steps_of(model, Broken)
    broken._runtime_span = model.stages[1].target
    rows = tracing.Rows(X[:3], host.inputs.values, tuple(model.output_classes))
    other = tracing.traced(model.program, rows, broken)
    found = host.compare(other)
    first = found[0]
    assert (first.row, first.stage, first.element) == (1, 1, 13)
    assert first.what == "stage 1 (affine) writes"
    assert first.names == ("host", "broken")
    assert int(first.bits[0], 16) ^ int(first.bits[1], 16) == 1 << 22
    assert found[1].what == "stage 2 (dense) reads"
    assert {one.row for one in found} == {1}
    # Its own emlrt_run knows nothing of it: the scores differ from the stages'.
    assert {one.names[1] for one in other.contradictions} == {"broken's emlrt_run"}
    shown = beside(host, other, 1).splitlines()
    (marked,) = [line for line in shown if "<-- first difference" in line]
    assert marked.split()[0] == "13"
    assert first.bits[0] in marked
    assert first.bits[1] in marked
    assert "<--" not in beside(host, other, 0)


def test_a_difference_beyond_the_shown_numbers_is_shown():
    Z = np.random.default_rng(0).normal(size=(40, 60))
    model = Model.from_sklearn(StandardScaler().fit(Z))
    host = model.trace(Z[:1])
    values = host[0].writes.values.copy()
    values[0, 57] = -values[0, 57]
    stage = replace(host[0], writes=replace(host[0].writes, values=values))
    other = replace(host, where="other", stages=(stage,))
    line = next(one for one in beside(host, other, 0).splitlines() if "<--" in one)
    assert line.split()[0] == "57"
    assert "... and 44 more" in text(host)
    assert str(host.compare(other)[0]).startswith("row 0, stage 0 (affine) writes")


def test_numbers_are_compared_by_bits():
    numbers = tracing.Numbers(np.array([[np.nan, 0.0, 1.0]], np.float32))
    other = tracing.Numbers(np.array([[np.nan, -0.0, 1.0]], np.float32))
    sections = [(None, "scores", numbers, other)]
    found = list(tracing._differing(sections, ("a", "b"), 0))
    assert [(one.element, one.bits) for one in found] == [(1, ("00000000", "80000000"))]


def test_a_fast_path_that_differs_is_told(model, monkeypatch):
    real = Runtime.scores

    def wrong(self, x, data=None):
        scores = real(self, x, data)
        scores.view(np.uint32)[1, 2] ^= 1
        return scores

    monkeypatch.setattr(Runtime, "scores", wrong)
    trace = model.trace(X[:2])
    (one,) = trace.contradictions
    assert (one.row, one.what, one.element) == (1, "scores", 2)
    assert one.names == ("host's stages", "host's batch")
    assert f"differs: {one}" in str(trace)


def test_traces_of_other_models_are_refused(model):
    host = model.trace(X[:2])
    with pytest.raises(ValueError, match="different models"):
        host.compare(model.trace(X[:1]))
    tree = Model.from_sklearn(DecisionTreeClassifier(max_depth=2).fit(X, NAMES[Y]))
    with pytest.raises(ValueError, match="different models"):
        host.compare(tree.trace(X[:2]))


def test_a_stage_alone_is_no_blob_that_opens(model):
    """Its arena is another's: only an open program's stages may run."""
    for blob in tracing.programs(model.program)[1:]:
        with pytest.raises(ValueError, match=r"stage|STAGE"):
            Runtime(blob)


# Text and JSON


def test_text_shows_numbers_bits_and_where_they_come_from(model):
    shown = repr(model.trace(X[:1]))
    assert shown.startswith("on the host\nrow 0: 4 float64\n    5.1  3.5  1.4  0.2\n")
    assert "5.1 (40a33333)" in shown
    assert "stage 1 (affine) reads: arena+0: 15 float32, written by stage 0" in shown
    assert "stage 0 (polynomial) reads: input+0: 4 float32, the inputs" in shown
    assert "\n    setosa\n" in shown
    assert "... and 2 more rows" in repr(model.trace(X[:5]))


def test_labels_cannot_act_on_a_terminal():
    labels = np.array(["fine", "\x1b[2Jgone"])[(Y > 0).astype(int)]
    model = Model.from_sklearn(DecisionTreeClassifier(max_depth=1).fit(X, labels))
    shown = repr(model.trace(X[100:101]))
    assert "\x1b" not in shown
    assert "\\u001b[2Jgone" in shown


def test_json_holds_everything(model):
    trace = model.trace(X[:2])
    found = json.loads(json.dumps(trace.to_dict()))
    assert found["where"] == "host"
    row = found["rows"][1]
    assert row["row"] == 1
    assert row["raw"] == X[1].tolist()
    assert [stage["op"] for stage in row["stages"]] == ["polynomial", "affine", "dense"]
    writes = row["stages"][2]["writes"]
    assert writes["bits"] == [f"{b:08x}" for b in bits(model.scores(X[1:2]))[0]]
    assert writes["values"] == model.scores(X[1:2])[0].tolist()
    assert (writes["space"], writes["dtype"]) == ("output", "float32")
    assert row["labels"] == ["setosa"]
    assert row["probabilities"]["values"] == trace.probabilities.values[1].tolist()


# emlrt predict --trace


@pytest.fixture
def saved(model, tmp_path):
    """Paths of the model and of a CSV of all rows."""
    model.save(tmp_path / "m.eml")
    np.savetxt(tmp_path / "x.csv", X, "%.1f", delimiter=",")
    return tmp_path / "m.eml", tmp_path / "x.csv"


def test_the_command_shows_a_row(cli, model, saved):
    code, out, err = cli("predict", *saved, "--trace", "--row", "149")
    assert (code, err) == (0, "")
    assert out.startswith("row 149: 4 float64\n    5.9  3.0  5.1  1.8\n")
    assert "virginica" in out
    assert out.endswith("give the same bits\n")
    score = bits(model.scores(X[149:]))[0, 0]
    assert f"({score:08x})" in out


def test_the_command_gives_json(cli, model, saved):
    code, out, _ = cli("predict", *saved, "--trace", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["differences"] == []
    (trace,) = found["traces"]
    want = json.loads(json.dumps(model.trace(X[:1]).to_dict()))
    assert trace == want


def test_the_command_tells_of_a_difference(cli, saved, monkeypatch):
    real = Runtime.scores

    def wrong(self, x, data=None):
        scores = real(self, x, data)
        scores.view(np.uint32)[0, 1] ^= 1
        return scores

    monkeypatch.setattr(Runtime, "scores", wrong)
    code, out, _ = cli("predict", *saved, "--trace", "--row", "7")
    assert code == 1
    assert "first difference: row 7, scores, element 1: host's stages" in out
    code, out, _ = cli("predict", *saved, "--trace", "--row", "7", "--json")
    (one,) = json.loads(out)["differences"]
    assert code == 1
    assert (one["row"], one["stage"], one["element"]) == (7, None, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--row", "1"], "--row and --core are for --trace"),
        (["--core", "cortex-m0plus"], "--row and --core are for --trace"),
        (["--trace", "--row", "-1"], "--row counts from 0; got -1"),
        (["--trace", "--row", "150"], "has 150 rows, so there is no row 150"),
        (["--trace", "--row", "x"], "invalid int value: 'x'"),
        (["--trace", "--proba"], "--trace shows a row; leave out --proba"),
        (["--trace", "-o", "y.csv"], "--trace shows a row; leave out --proba"),
        (["--trace", "--core", "z80"], "unknown core 'z80'; choose one of cortex-m0"),
    ],
)
def test_wrong_usage_is_one_line(cli, saved, options, message):
    code, out, err = cli("predict", *saved, *options)
    assert (code, out) == (2, "")
    assert err.startswith("emlrt: error: ")
    assert err.count("\n") == 1
    assert message in err


def test_a_cell_that_the_model_does_not_take_is_named(cli, saved):
    saved[1].write_text("1,2,3,4\n1,nan,3,4\n")
    assert cli("predict", *saved, "--trace")[0] == 0
    code, _, err = cli("predict", *saved, "--trace", "--row", "1")
    assert code == 2
    assert "line 2, column 2: the value is missing" in err


def test_a_missing_tool_is_named(cli, saved, monkeypatch):
    monkeypatch.setenv("PATH", "")
    code, _, err = cli("predict", *saved, "--trace", "--core", "cortex-m0plus")
    assert code == 2
    assert "emulation needs arm-none-eabi-gcc, which was not found; install it" in err


def test_the_page_s_session_is_what_the_command_shows(cli, tmp_path):
    words, shown = session(0)
    assert replayed(cli, words, tmp_path) == (0, shown)


def test_spaces_have_names():
    assert set(tracing._SPACES) == {
        lib.EMLRT_SPACE_INPUT,
        lib.EMLRT_SPACE_ARENA,
        lib.EMLRT_SPACE_OUTPUT,
    }


def test_traces_of_other_rows_or_things_are_not_compared():
    X = np.array([[0.0, 1.0], [2.0, 3.0]])
    model = Model.from_sklearn(DecisionTreeClassifier().fit(X, ["a", "b"]))
    trace = model.trace(X)
    with pytest.raises(TypeError, match="compare takes a Trace, not NoneType"):
        trace.compare(None)
    with pytest.raises(ValueError, match="of different rows"):
        trace.compare(model.trace(X + 1))
    assert not trace.compare(model.trace(X))
    for row, output in ((2, 0), (0, 1), (-1, 0)):
        with pytest.raises(IndexError, match="has 2 rows and 1 outputs"):
            trace.label(row, output)
    np.testing.assert_array_equal(np.asarray(trace.scores), trace.scores.values)


def test_a_model_that_a_board_has_no_room_for_is_refused_before_it_is_built():
    X = np.arange(6000.0)[:, None]
    model = Model.from_sklearn(DecisionTreeRegressor().fit(X, X[:, 0] % 7))
    with pytest.raises(ValueError, match=r"bytes of flash .* atmega328p has 32,768"):
        model.trace(X[:1], core="atmega328p")
