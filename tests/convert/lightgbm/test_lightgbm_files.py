# SPDX-License-Identifier: MIT
"""LightGBM's text files, sound or not, and read without LightGBM."""

import sys
import tracemalloc

import numpy as np
import pytest
from draws import draws

lightgbm = pytest.importorskip("lightgbm")

from fuzz_readers.lightgbm_target import target  # noqa: E402
from hypothesis import example, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from lightgbm_models import EDGES, train  # noqa: E402

from emlrt import EmlrtError, FormatError, Model, UnsupportedModelError  # noqa: E402
from emlrt.convert.lightgbm.model import is_lightgbm_file  # noqa: E402


def made(seed, **params):
    """A small model with numbers, categories and missing values, as text."""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 40, (60, 3)).astype(np.float64)
    X[rng.random(X.shape) < 0.2] = np.nan
    y = rng.integers(0, 3, 60)
    data = {"categorical_feature": [1]}
    return train(X, y, 2, data=data, num_leaves=4, **params)


BOOSTERS = {
    "regression": made(0, objective="regression"),
    "zeros": made(1, objective="poisson", zero_as_missing=True),
    "classes": made(2, objective="multiclass", num_class=3),
    "rf": made(3, boosting="rf", bagging_freq=1, bagging_fraction=0.5),
}
TEXTS = {name: b.model_to_string() for name, b in BOOSTERS.items()}
ROWS = EDGES[np.isfinite(EDGES) | np.isnan(EDGES)]
ROWS = np.random.default_rng(0).choice(ROWS, (300, 3))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.txt"


def opened(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Model.from_lightgbm(path)


@pytest.mark.parametrize("name", TEXTS)
def test_files_without_lightgbm(name, path, monkeypatch):
    booster = BOOSTERS[name]
    booster.save_model(path)
    expected = Model.from_lightgbm(booster)
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    assert is_lightgbm_file(path)
    model = Model.from_lightgbm(path)
    np.testing.assert_array_equal(model.predict(ROWS), expected.predict(ROWS))
    np.testing.assert_allclose(
        Model.from_lightgbm(str(path)).predict(ROWS), booster.predict(ROWS), rtol=1e-5
    )
    assert model.note.startswith("emlrt")
    assert f"LightGBM's file, {booster.num_trees()} trees" in model.note


def test_line_ends_of_windows(path):
    text = TEXTS["regression"]
    plain = opened(path, text).predict(ROWS)
    found = opened(path, text.replace("\n", "\r\n")).predict(ROWS)
    assert is_lightgbm_file(path)
    np.testing.assert_array_equal(found, plain)


def test_labels_of_a_file(path):
    path.write_text(TEXTS["classes"])
    model = Model.from_lightgbm(path, classes=["a", "b", "c"])
    expected = BOOSTERS["classes"].predict(ROWS)
    np.testing.assert_allclose(model.predict_proba(ROWS), expected, atol=1e-6)
    assert set(model.predict(ROWS)) <= {"a", "b", "c"}
    for classes in (["a", "b"], [["a", "b", "c"]]):
        with pytest.raises(ValueError, match="tells 3 apart"):
            Model.from_lightgbm(path, classes=classes)


def test_what_is_no_file_of_lightgbm(path):
    for data in (b"", b"t", b"tre", b"trees\n", b"{}", b"\0" * 99, b"\ntree\n"):
        path.write_bytes(data)
        assert not is_lightgbm_file(path)
        with pytest.raises(FormatError, match=r"model\.txt: no model in LightGBM"):
            Model.from_lightgbm(path)
    with pytest.raises(FileNotFoundError):
        Model.from_lightgbm(path.with_name("absent"))


def line(text, name, at=0):
    """A line of a name: of the tree `at`, or of the header."""
    found = [k for k in text.split("\n") if k.startswith(name)]
    return found[at]


def changed(text, name, content, at=0):
    old = line(text, name + "=", at)
    return text.replace(f"{old}\n", f"{name}={content}\n", 1)


WRONG = {
    "version": [("v9", "version"), ("", "version")],
    "num_class": [
        ("0", "num_class"),
        ("2", "num_tree_per"),
        ("99999999999999999999999", "num_class"),
        ("x", "num_class has|num_class holds"),
    ],
    "num_tree_per_iteration": [("2", "num_class"), ("70000", "from 1 to")],
    "max_feature_idx": [
        ("3", "feature_names has 3"),
        ("-1", "max_feat"),
        ("9" * 5000, "max_feat"),
    ],
    "feature_names": [("a  b", "empty name"), ("a b", "has 2 entries instead of 3")],
    "objective": [
        ("soft", "objective='soft' is not supported"),
        ("multiclass num_class:3", "has 1 trees per iteration"),
        ("binary", "no sigmoid"),
        ("binary sigmoid:nan", "no sigmoid"),
        ("binary sigmoid:0", "not above 0"),
        ("binary sigmoid:1.1.1", "not above 0"),
        ("binary sigmoid:1e999", "not above 0"),
    ],
    "tree_sizes": [("1 2 3", "3 entries instead of 2")],
    "num_leaves": [
        ("0", "num_leaves"),
        ("1", "leaf_value has 4 entries instead of 1"),
        ("5", "leaf_value has 4 entries instead of 5"),
        ("1000000000", "from 1 to 131072"),
    ],
    "is_linear": [("1", "linear_tree=True"), ("7", "is_linear")],
    "num_cat": [("4", "num_cat"), ("-1", "num_cat"), ("1 1", "num_cat has 2")],
    "split_feature": [("0 1 3", "split_feature"), ("0 -1 0", "split_feature")],
    "threshold": [("nan 1 2", "NaN"), ("1 2", "2 entries"), ("1_0 2 3", "other than")],
    "decision_type": [("12 0 0", "decision_type"), ("0 -1 0", "decision_type")],
    "left_child": [
        ("0 -1 -2", "make no tree"),
        ("1 0 -1", "make no tree"),
        ("1 1 -1", "make no tree"),
        ("-1 2 1", "make no tree"),
        ("3 2 1", "from -4 to 2"),
        ("-5 -1 -1", "from -4 to 2"),
        ("1 2", "has 2 entries instead of 3"),
    ],
    "leaf_value": [
        ("1 2 nan 4", "NaN or infinity"),
        ("1 2 inf 4", "NaN or infinity"),
        ("1 2 1e999 4", "NaN or infinity"),
        ("1 2 3 0x1", "other than numbers"),
        ("1 2 3", "leaf_value has 3 entries"),
    ],
}
CASES = [(name, *case) for name, cases in WRONG.items() for case in cases]


@pytest.mark.parametrize(("name", "content", "message"), CASES)
def test_wrong_lines(name, content, message, path):
    text = changed(TEXTS["regression"], name, content)
    with pytest.raises((FormatError, UnsupportedModelError), match=message) as caught:
        opened(path, text)
    assert str(caught.value).startswith(f"{path}: ")


def categorical():
    """A text whose first tree has one split, by category, and its set."""
    X = np.arange(12.0)[:, None] % 4
    booster = train(X, X[:, 0] % 2, 1, data={"categorical_feature": [0]}, num_leaves=2)
    text = booster.model_to_string()
    assert line(text, "num_cat=") == "num_cat=1"
    return text


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("threshold", "1", "a set that it has not"),
        ("threshold", "-1", "a set that it has not"),
        ("threshold", "inf", "a set that it has not"),
        ("cat_boundaries", "1 1", "do not rise from 0"),
        ("cat_boundaries", "0 9", "from 0 to 1"),
        ("cat_boundaries", "0 1 1", "3 entries instead of 2"),
        ("cat_threshold", "4294967296", "cat_threshold"),
        ("cat_threshold", "-1", "cat_threshold"),
        ("cat_threshold", "1 2", "2 entries instead of 1"),
    ],
)
def test_wrong_sets(name, content, message, path):
    text = changed(categorical(), name, content)
    with pytest.raises((FormatError, UnsupportedModelError), match=message):
        opened(path, text)


def test_too_large_categories(path):
    text = changed(categorical(), "cat_boundaries", f"0 {1 << 20}")
    text = changed(text, "cat_threshold", " ".join(["1"] * (1 << 20)))
    with pytest.raises(UnsupportedModelError, match="categories of 2\\^24"):
        opened(path, text)


def test_wrong_texts(path):
    text = TEXTS["regression"]
    tree = text[text.index("Tree=1") : text.index("end of trees")]
    for bad, message in [
        (text[: text.index("end of trees")], "cut off"),
        (text.replace("Tree=1", "Tree=2"), "where tree 1 should"),
        (text.replace("Tree=0", "Tree=x"), "where tree 0 should"),
        (text.replace(tree, tree + tree), "where tree 2 should"),
        (text.replace("num_cat=", "num_leaves=4\nnum_cat=", 1), "there twice"),
        (text.replace("num_class=", "label=1\nnum_class=1\nnum_class=", 1), "twice"),
        (
            text.replace("pandas_categorical:null", "pandas_categorical:[["),
            "damaged JSON",
        ),
        (
            text.replace(
                "pandas_categorical:null", "pandas_categorical:" + "[" * 99999
            ),
            "damaged JSON",
        ),
        (text.encode().replace(b"Column_1", b"\xff"), "UTF-8"),
        (text.replace("leaf_value=", "leaf=", 1), "leaf_value is missing"),
        (text.replace("feature_names=", "names=", 1), "feature_names is missing"),
    ]:
        with pytest.raises((FormatError, UnsupportedModelError), match=message):
            opened(path, bad)
    three = TEXTS["classes"]
    last = three[three.index("Tree=5") : three.index("end of trees")]
    with pytest.raises(FormatError, match="5 trees are no whole iterations of 3"):
        opened(path, three.replace(last, ""))


def test_a_text_without_trees(path):
    text = TEXTS["regression"]
    text = text[: text.index("Tree=0")] + text[text.index("end of trees") :]
    model = opened(path, changed(text, "tree_sizes", ""))
    assert model.predict(ROWS).tolist() == [0.0] * len(ROWS)


def test_memory_follows_the_size_of_the_file():
    head = TEXTS["regression"][: TEXTS["regression"].index("tree_sizes")]
    texts = [
        head.replace("num_class=1", "num_class=65535").replace(
            "num_tree_per_iteration=1", "num_tree_per_iteration=65535"
        ),
        head + "\n" * 1_000_000,
        head + "tree_sizes=" + " " * 1_000_000,
        head + "Tree=0\nnum_leaves=131072\nleaf_value=" + "1 " * 500_000,
    ]
    for text in texts:
        data = (text + "\nend of trees\n").encode()
        tracemalloc.start()
        target(data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 3_000_000 + 10 * len(data)


def test_a_long_chain(path):
    """The deepest tree that there can be."""
    n = 131_071
    numbers = np.arange(n)
    left = " ".join(map(str, np.append(numbers[1:], -n - 1)))
    right = " ".join(map(str, -1 - numbers))
    head = TEXTS["regression"][: TEXTS["regression"].index("tree_sizes")]
    lines = [
        f"Tree=0\nnum_leaves={n + 1}",
        "split_feature=" + " ".join(["0"] * n),
        "threshold=" + " ".join(map(str, -numbers)),
        "decision_type=" + " ".join(["2"] * n),
        f"left_child={left}\nright_child={right}",
        "leaf_value=" + " ".join(["1"] * (n + 1)),
        "end of trees\n",
    ]
    text = head + "tree_sizes=1\n" + "\n".join(lines)
    model = opened(path, text)
    assert model.predict(ROWS).tolist() == [1.0] * len(ROWS)


# Damage by chance

BYTES = [text.encode() for text in TEXTS.values()]


def answers(path, data):
    """Refused with an error of ours, or converted; then it predicts."""
    path.write_bytes(data)
    try:
        model = Model.from_lightgbm(path)
    except EmlrtError as error:
        refused = str(error)
    else:
        refused = ""
        model.predict(np.zeros((2, model.n_features_in_), np.float32))
    assert not refused or refused.startswith(f"{path}: ") or "too large" in refused


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz") / "model.txt"


@settings(max_examples=draws(400), deadline=None)
@given(st.sampled_from(BYTES), st.data())
def test_flipped_bytes(scratch, raw, data):
    raw = raw[: raw.index(b"feature_importances")]
    damaged = bytearray(raw)
    places = st.lists(st.integers(0, len(raw) - 1), min_size=1, max_size=4)
    for place in data.draw(places):
        damaged[place] = data.draw(st.integers(0, 255))
    answers(scratch, bytes(damaged))


@settings(max_examples=draws(150), deadline=None)
@given(st.sampled_from(BYTES), st.floats(0, 1))
def test_cut_files(scratch, raw, share):
    end = raw.index(b"end of trees") + len(b"end of trees")
    size = int(share * end)
    if size < end:
        scratch.write_bytes(raw[:size])
        with pytest.raises(FormatError):
            Model.from_lightgbm(scratch)


NUMBERS = st.sampled_from(
    [
        *("-1", "0", "1", "2", "3", "-2", "-3", "-4", "1000000000", "-99999999999"),
        *("9" * 30, "1e999", "-inf", "inf", "nan", "0.5", "1e-35", "", "x", "1e300"),
        *("4294967295", "65535", "65536", "131072", "131073", "16777216", "\u0663"),
    ]
)


@settings(max_examples=draws(500), deadline=None)
@given(st.sampled_from(sorted(TEXTS.values())), st.data())
def test_changed_numbers(scratch, text, data):
    lines = text[: text.index("feature_importances")].split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.sampled_from([i for i, k in enumerate(lines) if "=" in k]))
        name, _, content = lines[at].partition("=")
        parts = content.split(" ")
        k = data.draw(st.integers(0, len(parts) - 1))
        parts[k] = data.draw(NUMBERS | st.sampled_from(parts))
        lines[at] = f"{name}={' '.join(parts)}"
    answers(scratch, "\n".join(lines).encode())


@settings(max_examples=draws(300), deadline=None)
@given(st.sampled_from(sorted(TEXTS.values())), st.data())
def test_changed_lines(scratch, text, data):
    lines = text[: text.index("feature_importances")].split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        other = data.draw(st.integers(0, len(lines) - 1))
        how = data.draw(st.sampled_from(["drop", "copy", "swap"]))
        if how == "drop" and len(lines) > 1:
            del lines[at]
        elif how == "copy":
            lines.insert(other, lines[at])
        else:
            lines[at], lines[other % len(lines)] = lines[other % len(lines)], lines[at]
    answers(scratch, "\n".join(lines).encode())


@settings(max_examples=draws(200), deadline=None)
@given(st.binary(max_size=200))
@example(b"tree\n")
@example(b"tree\nend of trees\n")
@example(b"tree\nTree=0\nend of trees\n")
def test_any_bytes(data):
    target(data)
    target(b"tree\nversion=v4\n" + data)
