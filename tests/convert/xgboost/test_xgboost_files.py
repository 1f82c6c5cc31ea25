# SPDX-License-Identifier: MIT
"""XGBoost's files without XGBoost: sound ones, damaged ones, and anybody's."""

import copy
import json
import struct
import subprocess
import sys

import numpy as np
import pytest
from draws import draws

xgboost = pytest.importorskip("xgboost")

from fuzz_readers.xgboost_target import target  # noqa: E402
from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from sklearn.datasets import load_diabetes, load_wine  # noqa: E402

from emlrt import EmlrtError, FormatError, Model, UnsupportedModelError  # noqa: E402
from emlrt.convert.readers import ubjson  # noqa: E402
from emlrt.convert.xgboost.document import parsed  # noqa: E402
from emlrt.convert.xgboost.learner import learner_of  # noqa: E402
from emlrt.convert.xgboost.model import is_xgboost_file  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:xgboost")


def fitted(kind):
    X, y = load_diabetes(return_X_y=True)
    more = {"n_estimators": 4, "max_depth": 3, "nthread": 1}
    if kind == "classes":
        return xgboost.XGBClassifier(**more).fit(*load_wine(return_X_y=True))
    if kind == "vectors":
        more |= {"multi_strategy": "multi_output_tree", "tree_method": "hist"}
        return xgboost.XGBRegressor(**more).fit(X, np.stack([y, y**2], axis=1))
    if kind == "categories":
        X = np.column_stack([X, y // 9])
        more |= {"feature_types": ["q"] * 10 + ["c"], "enable_categorical": True}
    if kind in ("dart", "gblinear"):
        more |= {"booster": kind}
    if kind == "dart":
        more |= {"rate_drop": 0.5}
    return xgboost.XGBRegressor(**more).fit(X, y)


KINDS = ("trees", "classes", "vectors", "categories", "dart", "gblinear")
MODELS = {kind: fitted(kind) for kind in KINDS}
RAW = {
    (kind, form): bytes(model.get_booster().save_raw(form))
    for kind, model in MODELS.items()
    for form in ("json", "ubj")
}


@pytest.mark.parametrize("suffix", ["json", "ubj"])
@pytest.mark.parametrize("kind", KINDS)
def test_files_are_as_boosters(kind, suffix, tmp_path):
    path = tmp_path / f"model.{suffix}"
    MODELS[kind].save_model(path)
    assert is_xgboost_file(path)
    moved = path.rename(tmp_path / "model.bin")  # told by content
    booster = MODELS[kind].get_booster()
    found = Model.from_xgboost(moved, note="")
    assert bytes(found) == bytes(Model.from_xgboost(booster, note=""))


def test_names_of_features(tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(np.eye(4), columns=["a", "b", "c", "é"])
    model = xgboost.XGBRegressor(n_estimators=2).fit(frame, [0, 1, 2, 3])
    for suffix in ("json", "ubj"):
        path = tmp_path / f"model.{suffix}"
        model.save_model(path)
        names = Model.from_xgboost(path).feature_names_in_.tolist()
        assert names == ["a", "b", "c", "é"]


def test_readers_agree():
    for kind in KINDS:
        one = learner_of(parsed(RAW[kind, "json"]), False)
        other = learner_of(parsed(RAW[kind, "ubj"]), False)
        for mine, its in ((one.base, other.base), (one.weights, other.weights)):
            np.testing.assert_array_equal(mine, its)
        if one.ensemble is not None:
            for name in ("left", "right", "threshold", "value", "missing_left"):
                np.testing.assert_array_equal(
                    getattr(one.ensemble, name), getattr(other.ensemble, name)
                )


def as_of_old(document):
    """A document as older versions wrote it: scalar scores, and weights of nodes."""
    learner = document["learner"]
    params = learner["learner_model_param"]
    for name in ("boost_from_average", "num_target"):
        if params["num_target"] == "1":
            params.pop(name)
    scores = json.loads(params["base_score"])
    if len(set(scores)) == 1:
        params["base_score"] = str(scores[0])
    booster = learner["gradient_booster"]
    if params.get("num_target", "1") == "1":  # vectors are as new as the ends are
        booster.get("gbtree", booster)["model"].pop("iteration_indptr")
    for tree in trees_of(document):
        width = int(tree["tree_param"]["size_leaf_vector"])
        if "leaf_weights" in tree:
            table = np.reshape(tree.pop("leaf_weights"), (-1, width))
            leaf = np.array(tree["left_children"]) < 0
            rows = np.where(leaf, tree["right_children"], 0)
            tree["base_weights"] = table[rows].ravel().tolist()
            tree["right_children"] = np.where(leaf, -1, tree["right_children"]).tolist()
        if width == 1:
            tree["tree_param"]["size_leaf_vector"] = "0"
        if not any(tree["split_type"]):
            for name in [n for n in tree if n.startswith(("categories", "split_type"))]:
                del tree[name]


@pytest.mark.parametrize("limited", [False, True])
@pytest.mark.parametrize("kind", ["trees", "classes", "vectors", "dart"])
def test_files_of_older_versions(kind, limited):
    rounds = {"trees": 2, "classes": 6, "vectors": 2, "dart": 2}
    document = json.loads(RAW[kind, "json"])
    document["learner"]["attributes"] = {"best_iteration": "1"}
    new = learner_of(parsed(json.dumps(document).encode()), limited)
    as_of_old(document)
    old = learner_of(parsed(json.dumps(document).encode()), limited)
    rows = np.random.default_rng(0).normal(size=(50, new.n_features))
    for learner in (old, new):
        if limited:
            assert learner.ensemble.roots.size == rounds[kind]
    np.testing.assert_array_equal(
        *(
            each.ensemble.sums(rows.astype(np.float32), np.float32)
            for each in (old, new)
        )
    )


def test_xgboost_is_not_needed(tmp_path):
    path = tmp_path / "model.ubj"
    path.write_bytes(RAW["classes", "ubj"])
    code = (
        "import sys; sys.modules['xgboost'] = None; import emlrt;"
        f"print(emlrt.Model.from_xgboost({str(path)!r}).n_features_in_);"
        "assert 'sklearn' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "13\n"


def test_what_is_no_file_of_xgboost(tmp_path):
    for content in (b"", b"tree\nversion=v4", b"{}", b"CBM1", b'{"model": 1}', b"PK"):
        path = tmp_path / "model"
        path.write_bytes(content)
        assert not is_xgboost_file(path)
        with pytest.raises(FormatError, match=str(path)):
            Model.from_xgboost(path)
    (tmp_path / "old").write_bytes(b"binf\0\0\0\x3f")
    assert is_xgboost_file(tmp_path / "old")
    with pytest.raises(FormatError, match=r"save it as \.json or \.ubj"):
        Model.from_xgboost(tmp_path / "old")
    with pytest.raises(OSError, match="nowhere"):
        Model.from_xgboost(tmp_path / "nowhere.json")


def trees_of(document):
    booster = document["learner"]["gradient_booster"]
    return booster.get("gbtree", booster)["model"]["trees"]


def tree_of(document):
    return trees_of(document)[0]


def put(name, at, value):
    def change(document):
        tree_of(document)[name][at] = value

    return change


def put_parameter(name, value, where="learner_model_param"):
    def change(document):
        document["learner"][where][name] = value

    return change


def drop(document):
    del tree_of(document)["split_indices"]


def two_parents(document):
    tree = tree_of(document)
    tree["right_children"][0] = tree["left_children"][0]


def cycle(document):
    """Two nodes that no root leads to lead to each other."""
    tree = tree_of(document)
    low, high = tree["left_children"][0], tree["right_children"][0]
    inner = tree["left_children"][low], tree["right_children"][low]
    tree["left_children"][0] = inner[0]
    tree["left_children"][low] = low
    assert high


def shorter(document):
    tree_of(document)["default_left"].pop()


def weights(document):
    document["learner"]["gradient_booster"]["weight_drop"] = [1.0]


DAMAGE = {
    "child beyond": ("trees", put("left_children", 0, 10**6), "outside of the tree"),
    "child below": ("trees", put("right_children", 0, -1), "outside of the tree"),
    "child is root": ("trees", put("left_children", 0, 0), "outside of the tree"),
    "child is huge": ("trees", put("left_children", 0, 10**30), "left_children"),
    "child is text": ("trees", put("left_children", 0, "x"), "left_children"),
    "child is a fraction": ("trees", put("left_children", 0, 1.5), "left_children"),
    "child is none": ("trees", put("left_children", 0, None), "left_children"),
    "child is a list": ("trees", put("left_children", 0, [[1]]), "left_children"),
    "two parents": ("trees", two_parents, "two parents"),
    "cycle": ("trees", cycle, "lead to every node|two parents"),
    "leaf is NaN": ("trees", put("split_conditions", -1, np.nan), "NaN or infinite"),
    "leaf is infinite": ("trees", put("split_conditions", -1, 1e99), "NaN or inf"),
    "threshold is NaN": ("trees", put("split_conditions", 0, np.nan), "threshold"),
    "feature is negative": ("trees", put("split_indices", 0, -1), "none of the 10"),
    "feature is beyond": ("trees", put("split_indices", 0, 10), "none of the 10"),
    "no features": ("trees", drop, "split_indices of trees.* is missing"),
    "too short": ("trees", shorter, "default_left"),
    "no base_score": ("trees", put_parameter("base_score", "[x]"), "base_score"),
    "base_score is NaN": ("trees", put_parameter("base_score", "nan"), "base_score"),
    "base_scores": ("trees", put_parameter("base_score", "[1,2]"), "2 of 1 numbers"),
    "many features": (
        "trees",
        put_parameter("num_feature", "9999999999"),
        "num_feature",
    ),
    "many classes": ("trees", put_parameter("num_class", "99999999"), "num_class"),
    "objective": ("trees", put_parameter("name", "my:own", "objective"), "my:own"),
    "booster": ("trees", put_parameter("name", "rf", "gradient_booster"), "'rf'"),
    "leaf's number": ("vectors", put("right_children", -1, 99), "a leaf that there"),
    "leaf's weights": ("vectors", lambda d: tree_of(d)["leaf_weights"].pop(), "leaf_w"),
    "vector is NaN": ("vectors", put("leaf_weights", 0, np.nan), "NaN or infinite"),
    "category": ("categories", put("categories", 0, -4), "categories"),
    "large category": ("categories", put("categories", 0, 1 << 24), "categories"),
    "category's node": ("categories", put("categories_nodes", 0, 999), "no nodes"),
    "category's start": ("categories", put("categories_segments", 0, 1), "follow"),
    "category's size": ("categories", put("categories_sizes", 0, 1 << 40), "follow"),
    "no categories": ("categories", put("categories_nodes", 0, -1), "no nodes"),
    "weights": ("dart", weights, "weight_drop"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named(name, tmp_path):
    kind, change, message = DAMAGE[name]
    document = json.loads(RAW[kind, "json"])
    change(document)
    path = tmp_path / "damaged.json"
    path.write_text(json.dumps(document))
    with pytest.raises(EmlrtError, match=message) as caught:
        Model.from_xgboost(path)
    assert str(caught.value).startswith(str(path))
    unsupported = name in ("objective", "booster")
    assert isinstance(
        caught.value, UnsupportedModelError if unsupported else FormatError
    )


def test_linear_damage(tmp_path):
    document = json.loads(RAW["gblinear", "json"])
    model = document["learner"]["gradient_booster"]["model"]
    for weights in ([1.0] * 10, [np.nan] * 11, None, [[1.0]] * 11):
        model["weights"] = weights
        path = tmp_path / "damaged.json"
        path.write_text(json.dumps(document))
        with pytest.raises(FormatError, match="weights"):
            Model.from_xgboost(path)


def text(value):
    return b"L" + struct.pack(">q", len(value)) + value


UBJ_DAMAGE = {
    "depth": (b"[" * 10**6, "deep"),
    "objects' depth": ((b"{" + text(b"a")) * 10**5, "deep"),
    "count": (b"[$d#L" + struct.pack(">q", 1 << 62), "bytes are wanted"),
    "negative": (b"[$d#L" + struct.pack(">q", -1), "a length of -1"),
    "no room": (b"[$T#L" + struct.pack(">q", 1 << 40), "takes no room"),
    "no type": (b"[#L" + struct.pack(">q", 1 << 40) + b"i", "bytes are wanted"),
    "no count": (b"[$d", "no count"),
    "float count": (b"[$d#d\0\0\0\0", "no integer"),
    "marker": (b"?", "unknown"),
    "text": (b"S" + text(b"\xff"), "UTF-8"),
    "long text": (b"S" + b"L" + struct.pack(">q", 1 << 60), "bytes are wanted"),
    "behind": (b"i\1\0", "before the file"),
    "empty": (b"", "bytes are wanted"),
    "counted object": (b"{#i\0", "not supported"),
    "open": (b"[i\1", "bytes are wanted"),
}


@pytest.mark.parametrize("name", UBJ_DAMAGE)
def test_damaged_ubjson(name):
    data, message = UBJ_DAMAGE[name]
    with pytest.raises(FormatError, match=message):
        ubjson.read(data)


def test_ubjson_of_every_type():
    raw = [
        (b"i\xff", -1),
        (b"U\xff", 255),
        (b"I\xff\xfe", -2),
        (b"l\xff\xff\xff\xfd", -3),
        (b"L" + b"\xff" * 8, -1),
        (b"d\x3f\x80\0\0", 1.0),
        (b"D\xbf\xf0" + b"\0" * 6, -1.0),
        (b"T", True),
        (b"F", False),
        (b"Z", None),
        (b"Cx", "x"),
        (b"Si\2\xc3\xa9", "é"),
        (b"[]", []),
        (b"[TF]", [True, False]),
        (b"[#i\2TF", [True, False]),
        (b"[$S#i\2i\1ai\1b", ["a", "b"]),
        (b"{i\1aTi\1b[Z]}", {"a": True, "b": [None]}),
    ]
    for data, expected in raw:
        assert ubjson.read(data) == expected
    array = ubjson.read(b"[$I#i\2\0\1\xff\xff")
    assert array.tolist() == [1, -1]
    assert array.dtype == np.dtype("i2")


def test_deep_json():
    for data in (b'{"a":' * 10**5, b'{"a":' + b"[" * 10**6):
        with pytest.raises(FormatError, match="damaged JSON"):
            parsed(data)


def test_deep_trees_are_read(tmp_path):
    """A tree that is one long chain takes no stack, and no time to speak of."""
    document = json.loads(RAW["trees", "json"])
    n = 20001
    inner = np.arange(0, n - 1, 2)
    left, right = np.full(n, -1), np.full(n, -1)
    left[inner], right[inner] = inner + 1, inner + 2
    chain = {
        "left_children": left.tolist(),
        "right_children": right.tolist(),
        "split_indices": [0] * n,
        "split_conditions": np.linspace(-1, 1, n).tolist(),
        "default_left": [0] * n,
        "split_type": [0] * n,
        "tree_param": {"num_nodes": str(n), "size_leaf_vector": "1"},
    }
    booster = document["learner"]["gradient_booster"]["model"]
    booster["trees"], booster["tree_info"] = [chain], [0]
    learner = learner_of(parsed(json.dumps(document).encode()), False)
    assert learner.ensemble.left.size == n


@st.composite
def mutations(draw):
    """A real file with some bytes changed, moved, cut off or put in."""
    data = bytearray(draw(st.sampled_from(sorted(RAW.values()))))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        some = draw(st.binary(max_size=9) | st.sampled_from(TOKENS))
        length = draw(st.sampled_from([0, 1, len(some), 8]))
        data[at : at + length] = some
    if draw(st.booleans()):
        del data[draw(st.integers(0, len(data))) :]
    return bytes(data)


TOKENS = (
    b"[$l#L\0\0\0\0\0\0\0\1",
    b"[#L\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"L\0\0\0\0\0\0\0\7learner",
    b"NaN",
    b"-1",
    b"1e999",
    b"[[[[",
    b"{}",
    b"null",
    b'"0"',
    b"\xff\xff\xff\xff",
    b"\x7f\xc0\0\0",
)


@settings(
    max_examples=draws(1500),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(mutations())
def test_bytes_of_any_kind(data):
    target(data)


def edited(draw, value):
    """A document with some of its values replaced."""
    paths = []

    def walk(node, path):
        paths.append(path)
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, child in items:
            if isinstance(child, dict | list):
                walk(child, (*path, key))
            else:
                paths.append((*path, key))

    walk(value, ())
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(paths[1:]))
        node = value
        for key in path[:-1]:
            node = node[key]
        if draw(st.integers(0, 3)) or isinstance(node, list):
            node[path[-1]] = copy.deepcopy(draw(st.sampled_from(ODD)))
        else:
            node.pop(path[-1], None)
    return value


ODD = (
    *(0, 1, -1, 2, 5, 1 << 31, -(1 << 31), 1 << 63, 10**40, 0.5, 1e300),
    *(float("nan"), float("inf"), True, False, None, "", "0", "1", "3", "65535"),
    *("-1", "x", "[0.5]", "nan", "dart", "gbtree", "gblinear", "multi:softprob"),
    *([], {}, [0], [[0]], [0.5], ["a"], [{}], {"a": 1}),
)


@st.composite
def structures(draw):
    whole = json.loads(RAW[draw(st.sampled_from(KINDS)), "json"])
    try:
        return edited(draw, copy.deepcopy(whole))
    except (
        AttributeError,
        KeyError,
        IndexError,
        TypeError,
    ):
        return whole


@settings(
    max_examples=draws(1500),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(structures())
def test_documents_of_any_kind(document):
    target(json.dumps(document).encode())


@settings(
    max_examples=draws(300),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(document=structures())
def test_what_is_read_is_converted(document, tmp_path_factory):
    """Or refused; and what the runtime then says is what the trees say."""
    path = tmp_path_factory.mktemp("any") / "model.json"
    path.write_text(json.dumps(document))
    try:
        model = Model.from_xgboost(path)
    except EmlrtError:
        return
    model.predict(np.zeros((2, model.n_features_in_), np.float32))
