# SPDX-License-Identifier: MIT
"""What inputs' numbers were taken for, in a blob, and texts about inputs."""

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

from emlrt import FormatError, Model, blob, categories, cli, kinds, known_values
from emlrt.kinds import ANY, ARRAYS, HELD, Taken, decimals

WORDS = {
    "categories": (categories.read, '["a", "b"]'),
    "known": (known_values.read, "[1, 2]"),
    "rows": (kinds.read, "decimals 1"),
}


def table(n=300):
    rng = np.random.default_rng(0)
    X = np.round(rng.normal(size=(n, 5)) * [1, 4, 300, 1, 1], 1)
    X[:, 2] = np.rint(X[:, 2])
    X[:, 3] = rng.normal(size=n).astype(np.float32)
    X[:, 4] = rng.normal(size=n)
    return X, ((X / X.std(axis=0)).sum(axis=1) > 0).astype(int)


def with_text(model, *texts):
    program = model.program
    methods = (*program.metadata.methods, *texts)
    metadata = replace(program.metadata, methods=methods)
    return Model(blob.write(replace(program, metadata=metadata)))


def rows_texts(model):
    return [t for t in model.program.metadata.methods if t.startswith("rows:")]


def test_blobs_say_what_was_taken_for_what():
    X, y = table()
    fit = HistGradientBoostingClassifier(max_iter=9).fit(X, y)
    model = Model.from_sklearn(fit)
    assert dict(model.row_kinds) == {
        0: "decimals of 1 place",
        1: "decimals of 1 place",
        2: "decimals of 0 places",
        3: "float32 numbers",
        4: "any float64",
    }
    texts = rows_texts(model)
    assert texts[:2] == ["rows:0-1=decimals 1", "rows:2=decimals 0"]
    assert pickle.loads(pickle.dumps(model)).row_kinds == model.row_kinds
    assert model.strip().row_kinds == {}
    assert rows_texts(Model.from_sklearn(fit, rows="float32")) == [
        "rows:0-4=float32 arrays"
    ]
    arrays = Model.from_sklearn(fit, X=X.astype(np.float32))
    assert set(arrays.row_kinds.values()) == {"float32 arrays"}
    with pytest.raises(KeyError):
        model.row_kinds[5]
    with pytest.raises(TypeError):
        model.row_kinds[0] = ""


def test_nothing_is_said_where_every_float32_goes_as_in_the_original():
    X, y = table()
    for own in (RandomForestClassifier(5), XGBClassifier(n_estimators=5, n_jobs=1)):
        assert Model.from_sklearn(own.fit(X, y)).row_kinds == {}
    behind = make_pipeline(StandardScaler(), RandomForestClassifier(5)).fit(X, y)
    model = Model.from_sklearn(behind)
    assert len(model.row_kinds) == 5
    assert all(", 2^-" in text for text in rows_texts(model))
    assert Model.from_sklearn(behind, dtype="int16", X=X // 1).row_kinds == {}


def test_texts_and_back():
    taken = {
        7: Taken(decimals(3)),
        0: Taken(HELD),
        1: Taken(HELD),
        2: Taken(ARRAYS, -20),
        5: Taken(HELD),
        6: Taken(ANY, 3),
    }
    texts = kinds.texts_of(taken)
    assert texts[0] == "rows:0-1,5=float32 numbers"
    assert texts[1] == "rows:2=float32 arrays, 2^-20"
    found = kinds.read([*texts, "classifier", "predict=class"], 8)
    assert {at: found.taken(at) for at in found} == taken
    assert len(found) == len(taken)
    assert found.taken(3) is found.taken(8) is None


def test_what_is_safe_to_say_of_two():
    def both(a, b):
        return a.with_other(b)

    assert both(Taken(decimals(1)), Taken(decimals(3), -9)) == Taken(decimals(1), -9)
    assert both(Taken(HELD, -5), Taken(ARRAYS, -9)) == Taken(ANY, -5)
    assert both(Taken(HELD), Taken(HELD)) == Taken(HELD)


@pytest.mark.parametrize("word", WORDS)
def test_texts_of_inputs_that_are_not_there_or_given_twice(word):
    read, value = WORDS[word]
    text = f"{word}:2={value}"
    assert list(read([text, "other:2=3"], 3)) == [2]
    for damaged in (
        f"{word}:3={value}",
        f"{word}:-1={value}",
        f"{word}:={value}",
        f"{word}:0,{value}",
        f"{word}:2",
        f"{word}:2=",
        f"{word}:2={value}]",
        f"{word}:9999999999={value}",
        f"{word}:02={value}",
    ):
        with pytest.raises(FormatError, match="unknown") as caught:
            read([damaged], 3)
        assert caught.value.status == "METADATA"
    with pytest.raises(FormatError, match="given twice"):
        read([text, text], 3)


@pytest.mark.parametrize(
    "text",
    [
        "2-1=",
        "1,1=",
        "0-2,1=",
        "0-9=",
        "0-=",
        "0-1-2=",
        ",=",
        "00=",
        "0-01=",
        "0=decimals 9",
        "0=some",
        "0=float64, 2^01",
        "0=float64, 2^-0",
    ],
)
def test_damaged_ranges(text):
    text = f"rows:{text}" + ("" if text[-1] != "=" else "decimals 1")
    with pytest.raises(FormatError, match="kinds of rows"):
        kinds.read([text], 3)


def test_a_range_takes_no_memory_by_its_length():
    found = kinds.read(["rows:0-66999999=float64"], 67_000_000)
    assert len(found) == 67_000_000
    assert len(found._found) == 1


def test_unknown_texts_about_inputs_are_ignored():
    X, y = table()
    model = Model.from_sklearn(RandomForestClassifier(3).fit(X, y))
    later = with_text(model, "later:0-3=of some use", "later:1")
    assert later.methods == model.methods
    assert (later.predict(X) == model.predict(X)).all()
    for damaged in ("rows:0=of no use", "known:0=some", "categories:0={}"):
        with pytest.raises(FormatError, match=damaged[5:]):
            with_text(model, damaged)


def test_inspect_shows_them(tmp_path, capsys):
    X, y = table()
    path = str(tmp_path / "m.eml")
    model = Model.from_sklearn(HistGradientBoostingClassifier(max_iter=9).fit(X, y))
    model.save(path)
    assert cli.main(["inspect", path]) == 0
    assert "2=decimals 0, " in capsys.readouterr().out
    assert cli.main(["inspect", "--json", path]) == 0
    metadata = json.loads(capsys.readouterr().out)["metadata"]
    assert metadata["rows"] == rows_texts(model)
    assert not any(":" in text for text in metadata["methods"])
