# SPDX-License-Identifier: MIT
"""Model.check: every row that a rounding sends another way is in the report, and rows
that go as in the original by construction are not."""

import json
import warnings
from dataclasses import replace

import numpy as np
import pytest
from row_matrix import FRONT, KINDS, TABLES, are_off, fitted, made, rows_of
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from emlrt import InputScaling, Model, PrecisionWarning, to_int16
from emlrt.blob import write
from emlrt.check.reports import Finding, Report
from emlrt.inspect.compared import thresholds

TREES = ("hist", "lightgbm", "xgboost", "catboost", "forest")
OPTIONS = ("none", "X", "float32", "float64")


def converted(fit, X, option):
    options = {"none": {}, "X": {"X": X}}.get(option, {"rows": option})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PrecisionWarning)
        return Model.from_sklearn(fit, **options)


def versions(X):
    """The same rows as others may give them."""
    yield X
    yield X.astype(np.float32)
    yield X.astype(np.float32).astype(np.float64)
    yield X * (1 + 1e-8)


def check_complete(fit, X, option):
    """How many rows differed, in all versions of X."""
    model, n = converted(fit, X, option), 0
    for given in versions(X):
        off = np.flatnonzero(are_off(model, fit, given)).tolist()
        assert set(off) <= set(model.check(given).rows), (option, given.dtype)
        n += len(off)
    return n


@pytest.mark.parametrize("tree", TREES)
def test_every_row_that_differs_is_reported(tree):
    rng, n = np.random.default_rng(0), 0
    for front in ("alone", "standard", "robust", "columns"):
        kinds = rng.choice(KINDS, 2, replace=False)
        for kind, option in zip(kinds, rng.choice(OPTIONS, 2), strict=True):
            n += check_complete(*made(tree, front, str(kind), rng), str(option))
    assert n > 0


@pytest.mark.parametrize("name", ["bins", "scaled bins", "binarizer"])
def test_every_row_of_a_table_that_differs_is_reported(name):
    rng, n = np.random.default_rng(1), 0
    for kind in ("decimals 1", "float32"):
        X = rows_of(kind, rng)
        for option in OPTIONS:
            n += check_complete(fitted(TABLES[name](), X, rng), X, option)
    assert n > 0


@pytest.mark.parametrize("tree", TREES)
def test_rows_that_agree_by_construction_are_not(tree):
    rng = np.random.default_rng(2)
    for front in ("alone", "standard", "columns"):
        for kind in rng.choice(KINDS, 2, replace=False):
            fit, X = made(tree, front, str(kind), rng)
            report = converted(fit, X, "X").check(X)
            assert report.rows == [], (front, kind)
            assert report.notes == ()
    for kind in ("decimals 1", "integers"):
        fit, X = made(tree, "standard", kind, rng)
        assert converted(fit, X, "none").check(X).rows == []


def test_forests_have_nothing_to_report():
    for tree in ("forest", "xgboost", "catboost", "gradient"):
        fit, X = made(tree, "alone", "decimals 6", np.random.default_rng(3))
        assert len(converted(fit, X, "none").check(X.astype(np.float32))) == 0


def test_a_finding_says_what_to_look_at():
    X = np.array([[0.1, 5.0], [0.2, 5.0], [0.3, 6.0], [0.4, 6.0]] * 20)
    fit = HistGradientBoostingRegressor(min_samples_leaf=1, max_iter=1)
    fit.fit(X, X[:, 0] > 0.25)
    model = Model.from_sklearn(fit, X=X)
    [threshold] = thresholds(model.program)[0][0]
    above = np.nextafter(np.float32(threshold), np.float32(1))
    rows = [[0.2, 5.0], [threshold, 5.0], [threshold + 1e-12, 5.0], [above, 6.0]]
    report = model.check(np.array(rows))
    assert report.rows == [1, 2, 3]
    assert report[1] == Finding(2, 0, "0", threshold + 1e-12, threshold, False)
    assert "row 2: feature 0 is 0.25" in repr(report)
    assert report.table()["threshold"] == [threshold] * 3
    with pytest.raises(ValueError, match="3 features"):
        model.check(np.zeros((1, 3)))


def test_summary_lines_say_what_to_convert_with():
    rng = np.random.default_rng(4)
    fit, X = made("forest", "standard", "decimals 1", rng)
    [note] = converted(fit, X, "X").check(X.astype(np.float32)).notes
    assert note == (
        "features 0, 1, 2 were taken for decimals of 1 place; X is a float32 array:"
        " convert with X= such rows, or rows='float32'"
    )
    [note] = converted(fit, X, "float32").check(X).notes
    assert note.startswith("features 0, 1, 2 were taken for float32 arrays; X is float")
    assert note.endswith("or rows='float64'")
    [note] = converted(fit, X, "X").check(X + 1e-9).notes
    assert "X has other numbers" in note
    shown = repr(converted(fit, X, "X").check(X.astype(np.float32)))
    assert note.split(";")[0] in shown
    assert "more" in shown.splitlines()[-1]


def test_two_features_at_once():
    """A split whose other side asks of a second feature that is on a border, too."""
    X = np.array([[a, b] for a in (0.1, 0.3) for b in (0.1, 0.3)] * 30)
    y = (X[:, 0] > 0.2) & (X[:, 1] > 0.2)
    fit = HistGradientBoostingClassifier(
        min_samples_leaf=1, max_iter=1, learning_rate=1
    )
    model = Model.from_sklearn(fit.fit(X, y))
    found = thresholds(model.program)[0]
    row = np.array([[found[0][0], found[1][0]]])
    one, two, both = (row + np.array(k) for k in ([1, 0], [0, 1], [1, 1]))
    assert model.scores(row) == model.scores(one) == model.scores(two)
    assert model.scores(row) != model.scores(both)
    report = model.check(row)
    assert {finding.feature for finding in report} == {0, 1}
    assert [finding.label for finding in report] == [True, True]


def test_thresholds_of_stages_that_are_not_needed_are_left_out():
    rng = np.random.default_rng(3)
    fit, X = made("xgboost", "columns", "float32", rng)
    found, computed = thresholds(converted(fit, X, "X").program)
    assert set(found) <= {0, 1, 2}
    assert computed.size == 0


def test_seconds_with_an_offset():
    rng = np.random.default_rng(9)
    X = np.stack([1.7e9 + rng.integers(0, 9000, 400), rng.normal(size=400)], axis=1)
    fit = HistGradientBoostingClassifier(max_iter=5)
    fit.fit(X, X[:, 0] % 900 < 300)
    coarse = converted(fit, X, "X")
    off = np.flatnonzero(are_off(coarse, fit, X))
    assert set(off.tolist()) <= set(coarse.check(X).rows)
    assert off.size
    fine = Model.from_sklearn(fit, X=X, offset="auto")
    assert 0 not in fine.check(X).table()["feature"]
    beside = thresholds(fine.program)[0][0] + fine.inputs.offset[0] + 1e-5
    report = fine.check(np.stack([beside, np.zeros(beside.size)], axis=1))
    assert len(report) > 0
    for finding in report:
        assert 0 < finding.number - finding.threshold < 1e-3
        assert finding.feature == 0


# Sums


@pytest.mark.parametrize("front", ["alone", "standard"])
@pytest.mark.parametrize(
    "own", [LogisticRegression(), SVC(), SVC(kernel="poly"), GaussianNB()]
)
def test_labels_that_hang_on_sums(own, front):
    """Rows between two of different classes, bisected to the border in float64."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(120, 4)) * 3
    y = (X[:, 0] + X[:, 1] * 0.5 > X[:, 2]).astype(int)
    before = FRONT[front]()
    fit = (own if before is None else make_pipeline(before, own)).fit(X, y)
    label = fit.predict(X)
    low, high = X[label == 0][:20].copy(), X[label == 1][:20].copy()
    for _ in range(60):
        middle = (low + high) / 2
        left = (fit.predict(middle) == 0)[:, None]
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    model = Model.from_sklearn(fit)
    report = model.check(np.concatenate([X, low, high]))
    assert set(report.rows) == set(range(120, 160))
    assert all(finding.label and finding.reason == "sum" for finding in report)
    assert "last digits" in repr(report)


def test_rows_far_outside():
    X = np.random.default_rng(6).normal(size=(60, 3))
    model = Model.from_sklearn(KNeighborsClassifier(1).fit(X, X[:, 0] > 0))
    report = model.check(np.concatenate([X + 0.1, X[:5] + 1e6]))
    assert report.rows == list(range(60, 65))
    assert {finding.reason for finding in report} == {"far"}


@pytest.mark.parametrize("shape", [(1, 2), (2, 3), (4, 5), (3, 2)])
@pytest.mark.parametrize("front", ["alone", "standard"])
@pytest.mark.parametrize("own", [NearestCentroid(), KMeans(5, n_init=1)], ids=str)
def test_scores_larger_than_what_a_middle_stage_writes(own, front, shape):
    """A stage may keep more in the scores than another one in the middle writes."""
    n, n_classes = shape
    X, y = np.random.default_rng(0).normal(size=(60, n)), np.arange(60) % n_classes
    before = FRONT[front]()
    fit = (own if before is None else make_pipeline(before, own)).fit(X, y)
    report = Model.from_sklearn(fit).check(np.concatenate([X, X[:2] + 1e9]))
    assert set(report.rows) <= {60, 61}
    assert report.rows or n == 1


def test_parts_of_a_row_by_several_stages():
    """What neighbours read behind columns is looked at, too."""
    X = np.random.default_rng(6).normal(size=(60, 3))
    columns = ColumnTransformer([("a", StandardScaler(), [0]), ("b", PCA(1), [1, 2])])
    own = make_pipeline(columns, KNeighborsClassifier(1)).fit(X, X[:, 0] > 0)
    report = Model.from_sklearn(own).check(np.concatenate([X + 0.1, X[:5] + 1e6]))
    assert report.rows == list(range(60, 65))


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "chebyshev", "cosine"])
@pytest.mark.parametrize("front", ["alone", "standard"])
def test_neighbours_that_float32_inputs_make_one(front, metric):
    """Far from zero, rows and items lose what tells them apart."""
    rng = np.random.default_rng(0)
    near, before = rng.normal(size=(100, 3)), FRONT[front]()
    own = KNeighborsClassifier(3, metric=metric)
    own = own if before is None else make_pipeline(before, own)
    for offset, counts in ((1e6, range(4, 101)), (0, range(1))):
        X = offset + 0.1 * near
        own.fit(X, near[:, 0] > 0)
        model = Model.from_sklearn(own)
        wrong = np.flatnonzero(model.predict(X) != own.predict(X))
        found = model.check(X).rows
        assert set(wrong.tolist()) <= set(found)
        assert len(found) in counts
        assert len(wrong) > 0 or not offset


def test_neighbours_among_counts_lose_nothing():
    """Integers are the same in float32, and equal ones are equal in the original."""
    X = 1e6 + np.random.default_rng(0).integers(0, 9, (80, 2))
    own = KNeighborsClassifier(3).fit(X, X[:, 0] > 1e6 + 4)
    assert Model.from_sklearn(own).check(X).rows == []


def test_models_without_labels_and_of_integers():
    X = np.random.default_rng(7).integers(0, 99, (80, 3))
    assert len(Model.from_sklearn(LinearRegression().fit(X, X[:, 0])).check(X)) == 0
    fit = RandomForestClassifier(3).fit(X, X[:, 0] > 40)
    report = Model.from_sklearn(fit, dtype="uint8", X=X).check(X)
    assert isinstance(report, Report)
    assert repr(report) == "0 of 80 rows depend on a rounding"


@pytest.mark.parametrize("front", ["alone", "standard"])
def test_a_stripped_blob_does_not_say_what_features_were_taken_for(front):
    fit, X = made("hist", front, "decimals 1", np.random.default_rng(2))
    model = converted(fit, X, "X")
    [note] = model.strip().check(X).notes
    assert "not looked at: rows beside thresholds" in note
    [note] = model.strip("classes", "golden").check(X).notes
    wide = X.astype(np.float32)
    for part in ("methods", "note"):
        kept = model.strip(part)
        assert dict(kept.row_kinds) == dict(model.row_kinds) != {}
        assert kept.check(X).notes == ()
        assert kept.check(wide).rows == model.check(wide).rows
    linear = Model.from_sklearn(LogisticRegression().fit(X, X[:, 0] > X[0, 0]))
    assert linear.strip().check(X).notes == ()


def test_a_stripped_blob_of_categories_only():
    fit, X = made("hist", "alone", "decimals 1", np.random.default_rng(2))
    program = converted(fit, X, "X").program
    metadata = replace(program.metadata, methods=['categories:0=["a"]'], note="")
    model = Model(write(replace(program, metadata=metadata)))
    assert "not looked at" in repr(model.check(X))


def test_integers_that_are_rounded_are_not_looked_at():
    X = np.random.default_rng(7).normal(size=(200, 3))
    fit = RandomForestClassifier(3, random_state=0).fit(X, X[:, 0] > 0)
    for rule, rows, noted in (
        (to_int16(X), X, True),
        (to_int16(X), X * 99, True),
        (InputScaling([0] * 3, [8] * 3, "int16"), np.rint(X * 8) / 8, False),
        (InputScaling([5] * 3, None, "int16"), np.rint(X), False),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = Model.from_sklearn(fit, dtype="int16", X=X, inputs=rule)
        assert ["rounded to int16" in n for n in model.check(rows).notes] == [
            True
        ] * noted
    fit = LogisticRegression().fit(np.rint(9 * X), X[:, 0] > 0)
    model = Model.from_sklearn(fit, dtype="int16", X=np.rint(9 * X))
    assert "sums of floats" in repr(model.check(np.rint(9 * X)))


# The command


@pytest.fixture
def saved(tmp_path):
    fit, X = made("forest", "standard", "decimals 1", np.random.default_rng(8))
    model = converted(fit, X, "X")
    model.save(tmp_path / "m.eml")
    np.savetxt(tmp_path / "rows.csv", X, fmt="%.1f", delimiter=",")
    np.save(tmp_path / "rows.npy", X.astype(np.float32))
    return tmp_path, model, X


def test_verify_with_rows(cli, saved):
    folder, model, X = saved
    arguments = ["verify", folder / "m.eml", "--data"]
    code, out, err = cli(*arguments, folder / "rows.csv")
    assert (code, err) == (0, "")
    assert "0 of 250 rows depend on a rounding" in out
    code, out, err = cli(*arguments, folder / "rows.npy")
    report = model.check(X.astype(np.float32))
    assert (code, err) == (0, "")
    assert f"{len(report.rows)} of 250 rows depend" in out
    assert report.notes[0] in out
    assert f"row {report[0].row}, column {report[0].feature}" in out
    code, out, err = cli(*arguments, folder / "rows.npy", "--json")
    found = json.loads(out)["data"]
    assert (code, found["rows"], found["hanging"]) == (0, 250, len(report.rows))
    assert [f["row"] for f in found["findings"]] == report.table()["row"]


def test_verify_with_rows_that_the_model_does_not_take(cli, saved):
    folder, *_ = saved
    (folder / "bad.csv").write_text("0.1,0.2,0.3\n0.1,x,0.3\n")
    code, out, err = cli("verify", folder / "m.eml", "--data", folder / "bad.csv")
    assert (code, out) == (2, "")
    assert "bad.csv, line 2, column 2" in err
    code, _, err = cli("verify", "-", "--data", "-")
    assert code == 2
    assert "only one of" in err
