# SPDX-License-Identifier: MIT
"""The report of a model: agreement, bytes, and what is wrong with what is given."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from families import cases, stream_cases
from forest_kinds import KINDS
from sklearn.cluster import KMeans
from sklearn.ensemble import (
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression
from sklearn.metrics import accuracy_score, r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

import emlrt
from emlrt.boards import BOARDS
from emlrt.estimate import estimate
from emlrt.verdict import report
from emlrt.verdict.agreement import TOLERANCE

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_agrees_with_its_original(forests, models, kind):
    estimator, X, y = forests[kind]
    found = models[kind].report(X, y, estimator, boards=["uno", "pico"])
    same = found.agreement
    assert same.share == 1
    assert not len(same.rows)
    predicted = estimator.predict(X)
    if kind.endswith("values"):
        assert same.metric == "r2"
        expected = r2_score(y, predicted)
        assert same.largest < 1e-4
    else:
        assert same.metric == "accuracy"
        wanted = np.asarray(y).reshape(len(X), -1) == predicted.reshape(len(X), -1)
        expected = wanted.all(axis=1).mean()
    assert same.original_score == pytest.approx(expected, abs=1e-6)
    assert same.score == pytest.approx(expected, abs=1e-6)
    assert [verdict.name for verdict in found.verdicts] == ["uno", "pico"]
    text = " ".join(str(found).split())
    assert "as by the original" in text or "root mean square" in text
    assert f"{models[kind].nbytes:,} bytes" in text


def test_rows_that_differ_are_named(forests):
    estimator, X, y = forests["integers"]
    model = emlrt.convert(estimator)
    wrong = estimator.predict(X)
    wrong[[3, 70, 140]] = (wrong[[3, 70, 140]] + 1) % 3
    found = model.report(X, y, original=wrong)
    assert found.agreement.rows.tolist() == [3, 70, 140]
    assert found.agreement.share == 1 - 3 / len(X)
    assert found.agreement.score == accuracy_score(y, estimator.predict(X))
    assert found.agreement.original_score == accuracy_score(y, wrong)
    told = found.to_dict()["agreement"]
    assert told["differ"] == [3, 70, 140]
    assert told["differ_original"] == wrong[[3, 70, 140]].tolist()
    assert told["differ_model"] == estimator.predict(X)[[3, 70, 140]].tolist()
    assert f"row 70: {estimator.predict(X)[70]}, of the original {wrong[70]}" in str(
        found
    )


def test_values_differ_beyond_what_float32_loses(forests):
    estimator, X, y = forests["values"]
    model = emlrt.convert(estimator)
    answers = model.predict(X)
    spread = np.std(answers)
    shifted = answers.copy()
    shifted[5] += 3 * TOLERANCE * max(spread, abs(answers[5]))
    shifted[6] += 0.5 * TOLERANCE * spread
    shifted[7] = np.nan
    found = model.report(X, original=shifted).agreement
    assert found.rows.tolist() == [5, 7]
    assert found.largest == np.inf
    assert found.some(1).tolist() == [7]
    coarse = emlrt.convert(estimator, leaf_bits=8)
    found = coarse.report(X, y, estimator).agreement
    assert len(found.rows) > 10
    apart = np.abs(coarse.predict(X) - estimator.predict(X))
    assert found.largest == apart.max()
    assert found.rms == pytest.approx(np.sqrt((apart**2).mean()))
    assert found.some(3).tolist() == np.argsort(-apart, kind="stable")[:3].tolist()


def test_frames_with_words_in_them():
    xgboost = pytest.importorskip("xgboost")
    colours = pd.Series(RNG.choice(["red", "green", "blue"], 80), dtype="category")
    frame = pd.DataFrame({"colour": colours, "size": RNG.normal(size=80).round(2)})
    y = (frame["colour"] == "red") ^ (frame["size"] > 0)
    boosted = xgboost.XGBClassifier(n_estimators=5, enable_categorical=True)
    boosted.fit(frame, y)
    found = emlrt.convert(boosted).report(frame, y, boosted, boards="pico")
    assert found.agreement.share == 1
    assert found.agreement.score == accuracy_score(y, boosted.predict(frame))
    assert found.verdicts[0].cost.n_rows == 80


def test_labels_that_are_words(models, forests):
    estimator, X, y = forests["text labels"]
    swapped = np.where(y == "setosa", "virginica", y)
    told = models["text labels"].report(X, swapped, estimator).to_dict()["agreement"]
    expected = accuracy_score(swapped, estimator.predict(X))
    assert told["score"] == told["original_score"] == expected
    json.dumps(told)


@pytest.mark.parametrize("boards", [["uno", "esp32"], []])
def test_the_dict_is_json_and_adds_up(models, forests, boards):
    estimator, X, y = forests["text labels"]
    model = models["text labels"]
    found = json.loads(json.dumps(model.report(X, y, estimator, boards).to_dict()))
    assert sum(found["blob"].values()) == found["bytes"] == model.nbytes
    assert found["stripped_bytes"] == model.strip().nbytes
    for each in found["verdicts"]:
        assert each["blob"] == model.nbytes
        assert each["flash"] == model.nbytes + (each["code"] or 0)
        assert sum(each["code_parts"].values()) == (each["code"] or 0)
        assert sum(each["ram_parts"].values()) == each["ram"]
        assert each["ram_parts"]["scratch"] == model.scratch_bytes
        assert each["ram_parts"]["inputs"] == 4 * 4
        assert bool(boards) == bool(each["verdict"])
    assert len(found["verdicts"]) == (2 if boards else len(found["verdicts"])) > 1


def test_counts_become_times_and_energy(counted, models, forests):
    _, X, _ = forests["integers"]
    board = replace(BOARDS["nucleo-l053r8"], mhz=10.0, ua_mhz=100.0, volts=2.0)
    (found,) = models["integers"].report(X, boards=board).verdicts
    assert found.cost.n_rows == len(X)
    assert found.mean_ms == pytest.approx(found.cost.mean / 10e3)
    assert found.worst_ms == pytest.approx(found.cost.worst / 10e3)
    assert found.open_ms == pytest.approx(found.cost.opened / 10e3)
    assert 0 < found.cost.mean <= found.cost.worst
    # 100 uA/MHz at 2 V is 200 pJ a cycle.
    assert found.energy_uj == pytest.approx(found.cost.mean * 200e-6)
    (found,) = models["integers"].report(X, boards=replace(board, ua_mhz=None)).verdicts
    assert found.energy_uj is None


@pytest.mark.parametrize("case", [*cases()[:12:3], *stream_cases()[:2]], ids=str)
def test_models_of_all_kinds_have_a_report(case):
    model, rows = case.built()
    rows = rows[np.isfinite(rows).all(axis=1) & (np.abs(rows) < 1e6).all(axis=1)]
    found = model.report(boards=["pico", "esp8266"])
    assert found.agreement is None
    assert str(found)
    answered = model.report(rows)
    assert answered.agreement.n_rows == len(rows)
    assert answered.agreement.original is None
    assert answered.agreement.share is None


@pytest.mark.parametrize("case", stream_cases()[-3:], ids=str)
def test_streams_have_the_memory_of_the_stream(case):
    model = case.model
    (found,) = model.report(boards="pico").verdicts
    parts = found.cost.ram_parts
    assert parts["state"] == model.state_bytes > 0
    assert parts["stream"] + parts["state"] == model.stream_bytes
    assert "scratch" not in found.cost.ram_parts
    with pytest.raises(emlrt.UnsupportedModelError, match=r"emulate\.stream"):
        model.report(case.rows, measure=True)


def test_windows_of_samples():
    from emlrt import signal

    times = np.arange(4000) / 100
    heard = np.where(times < 20, np.sin(times * 9), RNG.normal(size=4000))
    heard = np.stack([heard, RNG.normal(size=4000)], axis=1)
    frame = signal.Frame(50, 25)
    X, y = frame.cut([heard[:2000], heard[2000:]], ["hum", "noise"])
    features = signal.TimeFeatures(["mean", "rms"])
    forest = RandomForestClassifier(5, random_state=0)
    pipeline = make_pipeline(frame, features, forest).fit(X, y)
    model = emlrt.convert(pipeline)
    found = model.report(X, y, pipeline, boards="pico")
    assert found.agreement.share == 1
    assert found.agreement.score > 0.9
    assert found.facts.stream_bytes == model.stream_bytes > 0
    text = " ".join(str(found).split())
    assert f"a stream takes {model.stream_bytes:,} bytes" in text
    assert found.verdicts[0].cost.ram_parts["inputs"] == 100 * 4
    flat = np.asarray(X).reshape(len(X), -1)
    assert model.report(flat, y).agreement.score == found.agreement.score


def test_transformers_and_clusters_have_no_score():
    X = RNG.normal(size=(40, 3))
    scaler = StandardScaler().fit(X)
    model = emlrt.convert(scaler)
    assert model.report(X, original=scaler).agreement.share == 1
    with pytest.raises(ValueError, match="transformer has no score"):
        model.report(X, X)
    clusters = KMeans(3, n_init=1, random_state=0).fit(X)
    model = emlrt.convert(clusters)
    assert model.report(X, original=clusters).agreement.share == 1
    with pytest.raises(ValueError, match="clusterer has no score"):
        model.report(X, np.zeros(40))


def test_what_does_not_fit_is_said(models, forests):
    estimator, X, y = forests["text labels"]
    other, _, _ = forests["values"]
    model = models["text labels"]
    with pytest.raises(ValueError, match="did you mean uno"):
        model.report(X, boards=["unoo"])
    with pytest.raises(ValueError, match="3 features, but Model is expecting 4"):
        model.report(np.asarray(X)[:, :3])
    with pytest.raises(ValueError, match="y has 149 rows, and X has 150"):
        model.report(X, y[:-1])
    with pytest.raises(ValueError, match=r"y holds numbers, and the model .* texts"):
        model.report(X, np.arange(150))
    with pytest.raises(ValueError, match="original is a regressor"):
        model.report(X, original=other)
    with pytest.raises(ValueError, match="original has 20 rows"):
        model.report(X, original=y[:20])
    with pytest.raises(ValueError, match=r"shape \(150, 3\)"):
        model.report(X, original=estimator.predict_proba(X))
    with pytest.raises(TypeError, match="class RandomForestClassifier"):
        model.report(X, original=RandomForestClassifier)
    with pytest.raises(TypeError, match="no predict"):
        model.report(X, original=StandardScaler())
    renamed = RandomForestClassifier(2).fit(X, np.char.upper(y))
    with pytest.raises(ValueError, match="classes SETOSA"):
        model.report(X, original=renamed)
    with pytest.raises(ValueError, match="give X"):
        model.report(y=y)
    with pytest.raises(ValueError, match="give X"):
        model.report(measure=True)
    with pytest.raises(TypeError, match="name or a Board, not 3"):
        model.report(X, boards=[3])


def test_a_regressor_is_told_from_a_classifier(forests):
    _, X, _ = forests["values"]
    model = emlrt.convert(RandomForestRegressor(2).fit(X, RNG.normal(size=len(X))))
    labels = RandomForestClassifier(2).fit(X, RNG.integers(0, 2, len(X)))
    with pytest.raises(ValueError, match="original is a classifier"):
        model.report(X, original=labels)
    with pytest.raises(ValueError, match="original holds texts"):
        model.report(X, original=["a"] * len(X))


def test_outputs_of_several_targets():
    X = RNG.normal(size=(50, 3))
    Y = np.stack([X[:, 0] + X[:, 1], X[:, 2] * 1000], axis=1)
    linear = LinearRegression().fit(X, Y)
    model = emlrt.convert(linear)
    moved = linear.predict(X)
    moved[4, 1] += 10
    found = model.report(X, Y, moved).agreement
    assert found.rows.tolist() == [4]
    assert found.score == pytest.approx(1)
    with pytest.raises(ValueError, match=r"shape \(50,\)"):
        model.report(X, Y[:, 0])


def test_a_measurement_takes_the_place_of_an_estimate(models, forests, monkeypatch):
    from emlrt import emulate

    _, X, _ = forests["integers"]
    model = models["integers"]

    def missing(*arguments, **options):
        raise emulate.ToolMissing("arm-none-eabi-gcc")

    monkeypatch.setattr(emulate, "measure", missing)
    found = model.report(X, boards="pico", measure=True)
    assert found.verdicts[0].cost.how == "estimated"
    assert any("arm-none-eabi-gcc" in note for note in found.notes)
    assert "arm-none-eabi-gcc" in str(found)


def test_measured_counts_are_those_of_the_emulator(models, forests, tool):
    tool("arm-none-eabi-gcc")
    pytest.importorskip("unicorn")
    from emlrt.emulate import measure

    _, X, _ = forests["integers"]
    model = models["integers"]
    (found,) = model.report(X[:3], boards="pico", measure=True).verdicts
    expected = measure(model, X[:3], core="cortex-m0plus")
    assert found.cost.how == "measured"
    assert found.cost.error == 0
    assert (found.cost.mean, found.cost.worst) == (
        expected.mean,
        expected.counts.max(),
    )
    assert found.cost.code == expected.flash
    assert found.cost.n_rows == 3
    assert "measured" in str(report(model, X[:3], boards="pico", measure=True))


def test_many_rows_are_measured_in_part():
    from emlrt.verdict.costs import MEASURED, some_rows

    frame = pd.DataFrame({"a": np.arange(1000)})
    assert some_rows(frame)["a"].tolist()[:1] == [0]
    assert some_rows(frame)["a"].tolist()[-1] == 999
    assert len(some_rows(np.arange(1000)[:, None])) == MEASURED
    assert len(some_rows([[1], [2]])) == 2


def test_what_is_no_label_of_the_model_is_refused(forests, models):
    estimator, X, y = forests["integers"]
    model = models["integers"]
    for wrong in (estimator.predict_proba(X)[:, 1], estimator.predict(X) + 1):
        with pytest.raises(ValueError, match=r"original holds .* labels, of 0, 1, 2"):
            model.report(X, original=wrong)
    with pytest.raises(ValueError, match="y holds 10"):
        model.report(X, np.asarray(y) + 10)
    with pytest.raises(ValueError, match="y holds bytes"):
        models["text labels"].report(X, np.asarray(forests["text labels"][2], "S"))


def test_an_original_that_gives_probabilities_is_refused(forests):
    """As predict of a LightGBM Booster and of a Keras net with one output does."""
    estimator, X, y = forests["integers"]

    class Booster:
        def predict(self, rows):
            return estimator.predict_proba(rows)[:, 1]

    class Matrix:
        def predict(self, rows):
            raise TypeError("Expecting data to be a DMatrix object")

    model = emlrt.convert(estimator)
    with pytest.raises(ValueError, match="no probabilities"):
        model.report(X, y, original=Booster())
    with pytest.raises(TypeError, match=r"give original= what it gave .*DMatrix"):
        model.report(X, y, original=Matrix())


def test_labels_that_training_did_not_have_count_as_wrong(forests, models):
    estimator, X, y = forests["integers"]
    unseen = np.where(np.arange(len(X)) < 7, 12, y)
    found = models["integers"].report(X, unseen, estimator)
    assert found.agreement.strange == 7
    assert found.agreement.score == accuracy_score(unseen, estimator.predict(X))
    assert "7 rows have labels that the model has not" in str(found)
    assert found.to_dict()["agreement"]["strange"] == 7
    many = forests["many labels"]
    moved = models["many labels"].report(many[1], np.asarray(many[2]) + 1)
    assert moved.agreement.strange > 0


def test_outliers_are_minus_one(forests):
    X = np.asarray(forests["integers"][1])
    forest = IsolationForest(n_estimators=3, random_state=0).fit(X)
    model = emlrt.convert(forest)
    assert model.report(X, forest.predict(X)).agreement.score == 1
    with pytest.raises(ValueError, match="labels, of -1, 1"):
        model.report(X, (forest.predict(X) + 1) // 2)


def test_a_board_may_name_its_core_as_people_do(forests, models):
    """ "Cortex-M0+" in a board file is the core that has tables."""
    X = forests["integers"][1]
    board = replace(BOARDS["zero"], core="Cortex-M0+", like="")
    named, other = (
        models["integers"].report(X, boards=[each]).verdicts[0]
        for each in (board, BOARDS["zero"])
    )
    assert named.cost == other.cost


def test_ops_that_were_never_compared_are_named(forests, models):
    X = np.asarray(forests["integers"][1], float)
    model = emlrt.convert(QuantileTransformer(n_quantiles=10).fit(X))
    found = model.report(X, boards=["zero"])
    text = " ".join(str(found).split())
    assert " %; no test model has interpolate" in text
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    error = estimate(model, X, core="cortex-m0plus").error
    assert told["verdicts"][0]["error"] == error > 0
    assert told["verdicts"][0]["untested"] == ["interpolate"]
    known = models["integers"].report(X, boards=["zero"])
    assert "no test model" not in str(known)
    assert "estimated within " in str(known)
