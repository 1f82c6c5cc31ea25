# SPDX-License-Identifier: MIT
"""XGBoost's columns of categories: the same frame into both."""

import json

import numpy as np
import pytest

xgboost = pytest.importorskip("xgboost")
pandas = pytest.importorskip("pandas")

from sklearn.pipeline import make_pipeline  # noqa: E402

from emlrt import FormatError, Model, UnsupportedModelError, blob  # noqa: E402
from emlrt.cli import main  # noqa: E402
from emlrt.embed import header  # noqa: E402

LISTS = {
    "tens": [10, 20, 40],
    "below 0": [-3, 7, 1 << 20],
    "bytes": np.array([0, 5, 200], np.uint8),
    "digits": ["10", "20", "7"],
    "words": ["b", "e", 'a "quoted" one, long'],
    "codes": [0, 1, 2, 3],
}


def frame_of(names, n=300):
    """A column of each list, some of it missing, and one of numbers."""
    rng = np.random.default_rng(0)
    columns = {n_: pandas.Categorical(rng.choice(LISTS[n_], n)) for n_ in names}
    frame = pandas.DataFrame({**columns, "x": rng.normal(size=n).round(2)})
    frame.loc[rng.random(n) < 0.1, names[-1]] = np.nan
    y = sum(frame[n_].cat.codes % 2 for n_ in names) + (frame.x > 0.5)
    return frame, y.to_numpy() % 2


def turned(frame):
    """The same rows, with categories in another order."""
    found = frame.copy()
    for name in frame.columns[:-1]:
        known = frame[name].cat.categories
        order = np.random.default_rng(1).permutation(len(known))
        found[name] = frame[name].cat.set_categories(known[order])
    return found


def fitted(frame, y, **more):
    few = {"n_estimators": 8, "max_depth": 3, "nthread": 1}
    model = xgboost.XGBClassifier(**few, enable_categorical=True, **more)
    return model.fit(frame, y)


def ways(model, tmp_path):
    yield Model.from_xgboost(model)
    yield Model.from_sklearn(model)
    yield Model.from_xgboost(model.get_booster(), classes=[0, 1])
    for kind in ("json", "ubj"):
        path = tmp_path / f"model.{kind}"
        model.save_model(path)
        yield Model.from_xgboost(path, classes=[0, 1])


@pytest.mark.parametrize("more", [{}, {"booster": "dart"}, {"max_cat_to_onehot": 1}])
def test_frames_as_xgboost(more, tmp_path):
    frame, y = frame_of(list(LISTS))
    model = fitted(frame, y, **more)
    expected = model.predict_proba(frame)
    other = turned(frame)
    np.testing.assert_array_equal(model.predict_proba(other), expected)
    codes = frame.copy()
    for name in LISTS:
        codes[name] = frame[name].cat.codes.replace(-1, np.nan)
    for converted in ways(model, tmp_path):
        for each in (converted, Model.from_bytes(bytes(converted))):
            for X in (frame, other, codes.to_numpy(np.float64)):
                np.testing.assert_allclose(each.predict_proba(X), expected, atol=1e-6)
        bare = converted.strip()
        assert bare.categories == converted.categories
        np.testing.assert_allclose(bare.predict_proba(other), expected, atol=1e-6)


@pytest.mark.parametrize("name", LISTS)
def test_categories_are_kept(name):
    frame, y = frame_of([name])
    converted = Model.from_xgboost(fitted(frame, y))
    listed = frame[name].cat.categories.tolist()
    assert dict(converted.categories) == {0: tuple(listed)}
    text = header(converted, "m")
    assert ("Codes of x[0]" in text) == (name != "codes")
    if name == "tens":
        assert "M_EML_X0_40 = 2 /* 40 */" in text


def test_other_frames_are_refused():
    frame, y = frame_of(["tens", "words"])
    converted = Model.from_xgboost(fitted(frame, y))
    cases = {
        "holds 50, which is none of.*10, 20, 40": {"tens": pandas.Categorical([50])},
        "holds '10', which is none of": {"tens": pandas.Categorical(["10"])},
        "stands for the original's categories .10, 20": {"tens": [10]},
        "stands for the original's categories ..a": {"words": ["b"]},
        "took it for numbers": {"x": pandas.Categorical([1])},
    }
    for text, change in cases.items():
        with pytest.raises(ValueError, match=text):
            converted.predict(frame[:1].assign(**change))
    more = frame.assign(tens=frame.tens.cat.add_categories([50]))
    np.testing.assert_array_equal(converted.predict(more), converted.predict(frame))
    pipeline = make_pipeline("passthrough", fitted(frame, y)).fit(frame, y)
    with pytest.raises(UnsupportedModelError, match="column 0 has categories, 10, 20"):
        Model.from_sklearn(pipeline)


def test_codes_of_arrays_and_of_old_files(tmp_path):
    """Without a list, frames of categories are asked for codes."""
    frame, y = frame_of(["tens"])
    model = fitted(frame, y)
    path = tmp_path / "old.json"
    model.save_model(path)
    document = json.loads(path.read_text())
    del document["learner"]["gradient_booster"]["model"]["cats"]
    path.write_text(json.dumps(document))
    codes = frame.assign(tens=frame.tens.cat.codes.replace(-1, np.nan))
    array = xgboost.XGBClassifier(n_estimators=8, feature_types=["c", "q"], nthread=1)
    array.set_params(enable_categorical=True, max_depth=3)
    array.fit(codes.to_numpy(), y)
    for source in (path, array):
        converted = Model.from_xgboost(source, classes=[0, 1])
        assert dict(converted.categories) == {0: ()}
        found = converted.predict_proba(codes.to_numpy())
        np.testing.assert_allclose(found, model.predict_proba(frame), atol=1e-6)
        with pytest.raises(ValueError, match=r"codes.*'\]\.cat\.codes"):
            Model.from_bytes(bytes(converted.strip())).predict(
                frame.set_axis(["f0", "f1"], axis=1)
            )


def test_texts_beyond_ascii_are_asked_for_codes():
    """XGBoost 3.2 keeps as many bytes of them as they have characters: too few."""
    rng = np.random.default_rng(0)
    frame = pandas.DataFrame({"s": pandas.Categorical(rng.choice(["ä", "b"], 99))})
    model = fitted(frame.assign(x=0.0), frame.s == "b")
    converted = Model.from_xgboost(model)
    assert dict(converted.categories) == {0: ()}
    with pytest.raises(ValueError, match="codes"):
        converted.predict(frame.assign(x=0.0))


def test_csv_holds_categories(tmp_path, capsys):
    frame, y = frame_of(["tens", "words"])
    model = fitted(frame, y)
    blob_path, path = tmp_path / "m.eml", tmp_path / "x.csv"
    Model.from_xgboost(model).save(blob_path)
    for header_ in (True, False):
        frame.to_csv(path, index=False, header=header_)
        assert main(["predict", str(blob_path), str(path)]) == 0
        found = capsys.readouterr().out.split()[1:]
        assert found == model.predict(frame).astype(str).tolist()
    assert main(["inspect", str(blob_path)]) == 0
    assert "0=[10, 20, 40]" in capsys.readouterr().out
    path.write_text("tens,words,x\n11,b,0\n")
    assert main(["predict", str(blob_path), str(path)]) != 0
    assert "'11' is none of the categories [10, 20, 40]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    ["0=[1", "9=[1]", "0=[1, 1]", "0=[1.5]", "0=[true]", "0={}", "0=" + "[" * 9**5],
)
def test_damaged_categories(text):
    frame, y = frame_of(["tens"])
    program = Model.from_xgboost(fitted(frame, y)).program
    methods = (*program.metadata.methods[:-1], f"categories:{text}")
    metadata = blob.replace(program.metadata, methods=methods)
    data = blob.write(blob.replace(program, metadata=metadata))
    with pytest.raises(FormatError, match="unknown categories"):
        Model.from_bytes(data)


def test_codes_of_treelite():
    treelite = pytest.importorskip("treelite")
    frame, y = frame_of(["tens"])
    codes = frame.assign(tens=frame.tens.cat.codes.clip(0)).to_numpy(np.float32)
    rows = xgboost.DMatrix(codes, y, feature_types=["c", "q"], enable_categorical=True)
    booster = xgboost.train({"nthread": 1}, rows, 5)
    model = treelite.frontend.from_xgboost(booster)
    converted = Model.from_treelite(model)
    found = treelite.gtil.predict(model, codes).reshape(-1)
    np.testing.assert_allclose(converted.predict(codes).ravel(), found, atol=1e-6)
    with pytest.raises(ValueError, match=r"cat\.codes"):
        converted.predict(frame)
