# SPDX-License-Identifier: MIT
"""Rows that hold infinity, or what float32 is too small for: as the original does."""

import warnings

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    BaggingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsOneClassifier
from sklearn.multioutput import ClassifierChain
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import emlrt
from emlrt.cli import main

LARGE = (np.inf, -np.inf, 1e300, -1e300, 1e39, -3.5e38, 3.4e38)


@pytest.fixture(scope="module")
def data():
    """Numbers of both signs, some of them large, and three classes."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3)).round(1)
    X[::30, 1] = 3e38
    X[1::30, 1] = -3e38
    return X, (X[:, 0] > 0).astype(int) + (X[:, 2] > 0.5)


def rows(X):
    """Each large number in each column, and two in a row."""
    found = np.repeat(X[2 : 2 + len(LARGE)], 4, axis=0)
    for k, number in enumerate(LARGE):
        for column in range(3):
            found[4 * k + column, column] = number
        found[4 * k + 3, :2] = number, -number
    return found


def boosted(**options):
    return HistGradientBoostingClassifier(
        max_iter=4, max_leaf_nodes=6, random_state=0, **options
    )


def lightgbm(X, y, **options):
    import lightgbm

    model = lightgbm.LGBMClassifier(n_estimators=4, n_jobs=1, verbose=-1, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(X, y)


def catboost(X, y):
    import catboost

    model = catboost.CatBoostClassifier(
        iterations=4, depth=3, verbose=0, allow_writing_files=False, thread_count=1
    )
    return model.fit(X, y)


def xgboost(X, y, **options):
    import xgboost

    return xgboost.XGBClassifier(n_estimators=4, max_depth=3, n_jobs=1, **options).fit(
        X, y
    )


def codes(X):
    return np.column_stack([abs(X[:, 0]) * 10 // 1, X[:, 1:]])


#: Models that answer.
ANSWER = {
    "hist": lambda X, y: boosted().fit(X, y),
    "hist-regressor": lambda X, y: HistGradientBoostingRegressor(max_iter=4).fit(X, y),
    "hist-infinite": lambda X, y: boosted().fit(
        np.where(abs(X) > 1e38, np.copysign(np.inf, X), X), y
    ),
    "lightgbm": lightgbm,
    "lightgbm-zeros": lambda X, y: lightgbm(X, y, zero_as_missing=True),
    "lightgbm-codes": lambda X, y: lightgbm(codes(X), y, categorical_feature=[0]),
    "catboost": catboost,
    "xgboost": xgboost,
    "vote": lambda X, y: VotingClassifier(
        [("a", boosted()), ("b", boosted(l2_regularization=1))], voting="soft"
    ).fit(X, y),
    "bag": lambda X, y: BaggingClassifier(boosted(), 2, max_features=2).fit(X, y),
    "stack": lambda X, y: StackingClassifier(
        [("a", boosted())], LogisticRegression(), cv=2
    ).fit(X, y),
    "stack-through": lambda X, y: StackingClassifier(
        [("a", boosted())], boosted(), cv=2, passthrough=True
    ).fit(X, y),
    "calibrated": lambda X, y: CalibratedClassifierCV(boosted(), cv=2).fit(X, y),
    "pairs": lambda X, y: OneVsOneClassifier(boosted()).fit(X, y),
    "columns": lambda X, y: make_pipeline(
        make_column_transformer(("passthrough", [2, 1])), boosted()
    ).fit(X, y),
    "identity": lambda X, y: make_pipeline(FunctionTransformer(), boosted()).fit(X, y),
}
#: Models that refuse infinity, or whose original does not and that say so.
REFUSE = {
    "hist-codes": lambda X, y: boosted(categorical_features=[1]).fit(
        codes(X)[:, [1, 0, 2]], y
    ),
    "forest": lambda X, y: RandomForestClassifier(3, max_depth=3).fit(X, y),
    "scaled": lambda X, y: make_pipeline(StandardScaler(), boosted()).fit(X, y),
    "selected": lambda X, y: make_pipeline(SelectKBest(k=2), boosted()).fit(X, y),
    "chain": lambda X, y: ClassifierChain(boosted()).fit(X, np.c_[y > 0, y > 1]),
    "stack-linear": lambda X, y: StackingClassifier(
        [("a", boosted())], LogisticRegression(), cv=2, passthrough=True
    ).fit(X, y),
}


@pytest.mark.parametrize("name", ANSWER)
def test_infinity_is_answered_where_the_original_answers(name, data):
    X, y = data
    original = ANSWER[name](X, y)
    model = emlrt.Model.from_sklearn(original)
    method = "predict_proba" if hasattr(original, "predict_proba") else "predict"
    for given in (rows(X), rows(X).tolist()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that LightGBM made up
            wanted = getattr(original, method)(np.asarray(given))
        found = getattr(model, method)(given)
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
    assert emlrt.Model.from_bytes(bytes(model)).program.infinite


@pytest.mark.parametrize("name", ["lightgbm", "xgboost", "hist", "forest"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_treelite_answers_infinity(name, dtype, data):
    treelite = pytest.importorskip("treelite")
    X, y = data
    if name == "lightgbm":
        original = treelite.frontend.from_lightgbm(lightgbm(X, y).booster_)
    elif name == "xgboost":
        original = treelite.frontend.from_xgboost(xgboost(X, y).get_booster())
    else:
        forest = RandomForestClassifier(3, max_depth=4, random_state=0)
        own = boosted() if name == "hist" else forest
        original = treelite.sklearn.import_model(own.fit(X, y))
    with np.errstate(over="ignore"):
        asked = rows(X).astype(dtype)
    model = emlrt.Model.from_treelite(original)
    assert model.program.infinite
    wanted = treelite.gtil.predict(original, asked).reshape(len(asked), -1)
    found = model.predict(asked).reshape(wanted.shape)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", REFUSE)
def test_infinity_is_refused_where_the_original_refuses(name, data):
    X, y = np.clip(data[0], -9, 9), data[1]
    original = REFUSE[name](X, y)
    model = emlrt.Model.from_sklearn(original)
    row = np.array([[1.0, np.inf, 0.0]])
    for asked in (original, model):
        with pytest.raises(ValueError, match="infinity or a value too large"):
            asked.predict(row)
    assert not model.program.infinite


def test_integers_know_no_infinity(data):
    X, y = np.rint(np.clip(data[0], -9, 9) * 10), data[1]
    model = emlrt.Model.from_sklearn(boosted().fit(X, y), dtype="int16", X=X)
    assert not model.program.infinite
    with pytest.raises(ValueError, match="no integer"):
        model.predict([[np.inf, 0, 0]])


def test_files_of_boosters(data, tmp_path):
    X, y = data
    asked = rows(X)
    trees = lightgbm(X, y)
    trees.booster_.save_model(tmp_path / "trees.txt")
    model = emlrt.Model.from_lightgbm(tmp_path / "trees.txt", classes=trees.classes_)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = trees.predict_proba(asked)
    np.testing.assert_allclose(model.predict_proba(asked), wanted, rtol=1e-5, atol=1e-6)
    trees = xgboost(X, y)
    trees.save_model(tmp_path / "trees.ubj")
    model = emlrt.Model.from_xgboost(tmp_path / "trees.ubj", classes=trees.classes_)
    wanted = trees.predict_proba(asked)
    np.testing.assert_allclose(model.predict_proba(asked), wanted, rtol=1e-5, atol=1e-6)


def test_frames_of_categories(data):
    """Codes stand for categories where infinity is looked at, too."""
    import pandas

    X, y = data
    frame = pandas.DataFrame(X, columns=["a", "b", "c"])
    frame["a"] = pandas.Categorical(np.where(X[:, 0] > 0, "up", "down"))
    model = emlrt.Model.from_xgboost(xgboost(frame, y, enable_categorical=True))
    asked = frame.iloc[:2].assign(b=[np.inf, 1e300])
    as_codes = asked.assign(a=asked["a"].cat.codes.astype(float))
    np.testing.assert_array_equal(
        model.predict_proba(asked), model.predict_proba(as_codes.to_numpy())
    )


def test_an_infinite_threshold_is_silent(data, tmp_path):
    """A split behind the largest float32 is no overflow of ours."""
    X, y = data
    file = tmp_path / "trees.txt"
    lines = lightgbm(X, y, zero_as_missing=True).booster_.model_to_string().split("\n")
    for k, line in enumerate(lines):
        if line.startswith("threshold="):
            lines[k] = "threshold=" + " ".join(["1e300"] * len(line.split()))
    file.write_text("\n".join(lines))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        emlrt.Model.from_lightgbm(file)


def test_the_command_line_takes_what_the_model_takes(data, tmp_path, capsys):
    X, y = data
    original = boosted().fit(X, y)
    emlrt.Model.from_sklearn(original).save(tmp_path / "boosted.eml")
    file = tmp_path / "rows.csv"
    file.write_text("inf,0.5,1\n-inf,1e300,0\n")
    assert main(["predict", str(tmp_path / "boosted.eml"), str(file)]) == 0
    wanted = original.predict([[np.inf, 0.5, 1], [-np.inf, 1e300, 0]]).tolist()
    assert capsys.readouterr().out.split()[1:] == list(map(str, wanted))
    assert main(["inspect", str(tmp_path / "boosted.eml")]) == 0
    assert "NaN and infinity accepted" in capsys.readouterr().out
