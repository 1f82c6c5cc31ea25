# SPDX-License-Identifier: MIT
"""Sums of random trees in every encoding, against the trees themselves."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from draws import draws
from ensembles import assert_within, convert, names, nodes_of, same_bits, scores_of
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from spec_reader import Blob
from strategies import CORNERS, quick, seeds, thresholds

from emlrt import Model
from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.trees.ensemble import Ensemble
from emlrt.errors import UnsupportedModelError
from emlrt.inspect.trees import trees_header
from emlrt.inspect.work import program_work

many = settings(quick, max_examples=draws(40))

#: Rows of each random model.
N_ROWS = 60


# Ensembles and rows


@dataclass(frozen=True)
class Shape:
    """What a random ensemble is like.

    sizes: splits of each tree. categorical: the share of splits that ask for
    categories. vectors: whether leaves have a number for each output.
    """

    sizes: tuple = (9, 0, 14, 3)
    n_features: int = 5
    n_outputs: int = 1
    vectors: bool = False
    kind: str = "normal"
    shape: str = "random"
    scale: float = 1.0
    categorical: float = 0.0
    levels: int = 12


def some_set(rng, levels, exact):
    chosen = np.sort(rng.choice(levels, rng.integers(levels + 1), replace=False))
    if exact and chosen.size:
        cuts = chosen + rng.choice([0.0, 0.25])
        return Categories(cuts, rng.random(cuts.size) < 0.5, exact=True)
    left, around_zero = rng.random(2) < 0.5
    return Categories.of_integers(
        chosen, left=bool(left), around_zero=bool(around_zero)
    )


def ensemble(rng, shape):
    """Random trees. The last feature never occurs, unless it is the only one."""
    left, right, roots = nodes_of(rng, shape.sizes, shape.shape)
    n, split = left.size, left >= 0
    asks = split & (rng.random(n) < shape.categorical)
    category = np.where(asks, np.cumsum(asks) - 1, -1)
    value = rng.normal(size=(n, shape.n_outputs if shape.vectors else 1))
    value[rng.random(n) < 0.1] = 0
    base = rng.normal(size=shape.n_outputs) * (rng.random() < 0.7)
    return Ensemble(
        n_features=shape.n_features,
        roots=roots,
        left=left,
        right=right,
        feature=rng.integers(0, max(1, shape.n_features - 1), n),
        threshold=thresholds(rng, n, shape.kind).astype(np.float64),
        missing_left=rng.random(n) < 0.5,
        value=value * shape.scale,
        outputs=rng.integers(0, shape.n_outputs, roots.size),
        base=base * shape.scale + 0.0,
        category=category,
        sets=[
            some_set(rng, shape.levels, rng.random() < 0.5) for _ in range(asks.sum())
        ],
    )


def rows_of(rng, found, n=N_ROWS, levels=12):
    """float32 rows: on thresholds and categories, a step beside them, odd, missing."""
    with np.errstate(over="ignore"):
        split = found.threshold[found.left >= 0].astype(np.float32)
        near = [np.nextafter(split, np.float32(side)) for side in (-np.inf, np.inf)]
    codes = np.arange(-2, levels + 2)[:, None] + [0, 0, 0.25, 0.1, -1e-7]
    odd = np.array([*CORNERS, np.nan, np.nan, -np.nan, np.inf, -np.inf])
    pools = [np.concatenate([split, *near, [0.5]]), codes.ravel(), odd]
    shares = [0.5, 0.35, 0.15] if found.sets else [0.8, 0.05, 0.15]
    which = rng.choice(3, (n, found.n_features), p=shares)
    drawn = [rng.choice(pool, which.shape).astype(np.float32) for pool in pools]
    return np.choose(which, drawn)


def integers_of(rng, found, dtype, n=N_ROWS):
    """Rows of extremes, of integers around thresholds, and of any."""
    info = np.iinfo(dtype)
    shape = (n, found.n_features)
    x = rng.integers(info.min, info.max, shape, dtype, endpoint=True)
    near = (np.floor(found.threshold)[:, None] + [-1, 0, 1]).ravel()
    near = np.concatenate([near, [info.min, info.max]]).clip(info.min, info.max)
    return np.where(rng.random(shape) < 0.7, rng.choice(near.astype(dtype), shape), x)


# Models of them


def in_floats(model):
    return any(name.startswith("trees_add") for name in names(model))


def check(model, found, X):
    """Bits where floats are added, else within what a model says of itself."""
    X = np.ascontiguousarray(X, model.input_dtype)
    y, floats = scores_of(model, X), X.astype(np.float32)
    assert program_work(model.program) == model.program.work
    if in_floats(model):
        with np.errstate(over="ignore"):
            same_bits(y, found.sums(floats, np.float32))
    else:
        assert_within(model, y, found.sums(floats))
    return y


def stated(found):
    """A unit of 32-bit sums, of each output at most: SPEC.md, section 16."""
    largest = np.zeros(found.n_outputs) + abs(found.base)
    ends = [*found.roots[1:], found.left.size][: found.roots.size]
    for t, (root, end) in enumerate(zip(found.roots, ends, strict=True)):
        leaf = np.flatnonzero(found.left[root:end] < 0) + root
        peak = abs(found.value[leaf]).max(axis=0)
        outputs = slice(None) if peak.size > 1 else found.outputs[t : t + 1]
        largest[outputs] += peak
    return largest * 2.0**-30


shape_parts = {
    "sizes": st.lists(st.integers(0, 30), max_size=12).map(tuple),
    "n_features": st.integers(1, 12),
    "n_outputs": st.integers(1, 4),
    "vectors": st.booleans(),
    "shape": st.sampled_from(["random", "balanced", "chain"]),
}
kinds = st.sampled_from(["normal", "corners", "integers"])


def shapes(**more):
    return st.builds(Shape, **(shape_parts | more))


ENCODINGS = ["direct", "bins", "auto"]


# Every encoding of numbers


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("floats", [False, True])
@many
@given(seeds, shapes(kind=kinds, scale=st.integers(-42, 30).map(lambda e: 10.0**e)))
def test_numbers(encoding, floats, seed, shape):
    rng = np.random.default_rng(seed)
    found = ensemble(rng, shape)
    model = convert(found, floats, encoding=encoding)
    if floats:
        assert in_floats(model) or not found.left.size
    check(model, found, rows_of(rng, found))


@many
@given(seeds, shapes(kind=kinds))
def test_encodings_give_the_same_bits(seed, shape):
    rng = np.random.default_rng(seed)
    found = ensemble(rng, shape)
    X = rows_of(rng, found)
    for wanted in ("int32", "float32"):
        models = [convert(found, sums=wanted, encoding=e) for e in ENCODINGS]
        first, *others = [model._runtime.scores(X) for model in models]
        for scores in others:
            same_bits(scores, first)
        assert models[2].nbytes == min(model.nbytes for model in models)


@many
@given(seeds, shapes(kind=kinds))
def test_the_unit_of_whole_sums(seed, shape):
    found = ensemble(np.random.default_rng(seed), shape)
    model = convert(found, sums="int32")
    trees = len(shape.sizes) + 1
    assert (model.leaf_error <= trees * stated(found) + 1e-60).all()


@pytest.mark.parametrize("leaf_bits", [8, 16, 32])
@pytest.mark.parametrize("encoding", ENCODINGS)
@many
@given(seeds, shapes(categorical=st.sampled_from([0.0, 0.3])))
def test_leaf_bits(leaf_bits, encoding, seed, shape):
    rng = np.random.default_rng(seed)
    found = ensemble(rng, shape)
    if found.sets and encoding == "direct":
        return
    model = convert(found, encoding=encoding, leaf_bits=leaf_bits, sums="int32")
    check(model, found, rows_of(rng, found))
    trees = [stage for stage in model.stages if stage.name.startswith("trees_")]
    heads = [trees_header(stage) for stage in trees]
    assert all(8 << head["leaf_shift"] == leaf_bits for head in heads)
    assert all(head["n_trees"] <= len(shape.sizes) + 65 for head in heads)


@pytest.mark.parametrize("leaf_bits", [8, 16])
@pytest.mark.parametrize("sizes", [(), (0, 0), (7,)])
def test_starts_of_short_leaves(leaf_bits, sizes):
    """A start among few trees, or trees of zeros, is given by many leaves."""
    rng = np.random.default_rng(0)
    found = ensemble(rng, Shape(sizes, n_outputs=2, vectors=True))
    found.base, found.value[:, 1] = np.array([3.7, 0.2]), 0
    model = convert(found, leaf_bits=leaf_bits)
    y = check(model, found, rows_of(rng, found))
    assert (abs(y[:, 1] - 0.2) <= 0.2 * 2.0 ** -(leaf_bits + 4)).all()


@pytest.mark.parametrize("floats", [False, True])
@quick
@given(seeds, shapes(categorical=st.sampled_from([0.0, 0.3]), kind=kinds))
def test_a_reader_of_the_spec_gives_the_same_bits(floats, seed, shape):
    rng = np.random.default_rng(seed)
    found = ensemble(rng, shape)
    model, X = convert(found, floats), rows_of(rng, found, 6)
    blob = Blob(bytes(model))
    expected = np.array([blob.scores(x) for x in X.tolist()], np.float32)
    same_bits(scores_of(model, X), expected)


# Integer inputs


@pytest.mark.parametrize("dtype", ["int16", "uint8"])
@pytest.mark.parametrize("floats", [False, True])
@many
@given(seeds, shapes())
def test_integer_inputs(dtype, floats, seed, shape):
    rng = np.random.default_rng(seed)
    kind = {"int16": "int16", "uint8": "integers"}[dtype]
    found = ensemble(rng, replace(shape, kind=kind))
    X = integers_of(rng, found, dtype)
    model = convert(found, floats, dtype=dtype, X=X)
    assert model.input_dtype == dtype
    assert not any(name.startswith("bucketize") for name in names(model))
    y = check(model, found, X)
    same = convert(found, floats)._runtime.scores(X.astype(np.float32))
    if floats:
        same_bits(y, same)


@pytest.mark.parametrize("dtype", ["int16", "uint8"])
@pytest.mark.parametrize("floats", [False, True])
def test_categories_of_integer_inputs(dtype, floats):
    rng = np.random.default_rng(1)
    found = ensemble(rng, Shape((9, 20), categorical=0.5, kind="integers"))
    X = rng.integers(0, 14, (N_ROWS, 5)).astype(dtype)
    model = convert(found, floats, dtype=dtype, X=X)
    assert names(model)[:2] == [
        f"cast_{'i16' if dtype == 'int16' else 'u8'}",
        "bucketize_u8",
    ]
    check(model, found, X)


# Categories


@pytest.mark.parametrize("floats", [False, True])
@many
@given(
    seeds,
    shapes(
        categorical=st.sampled_from([0.3, 1.0]), levels=st.sampled_from([1, 5, 30, 300])
    ),
)
def test_categories(floats, seed, shape):
    rng = np.random.default_rng(seed)
    found = ensemble(rng, shape)
    X = rows_of(rng, found, levels=shape.levels)
    model = convert(found, floats)
    assert bool(found.sets) == any(n.endswith("c") for n in names(model))
    y = check(model, found, X)
    same_bits(y, scores_of(convert(found, floats, encoding="bins"), X))


def chosen_only(known, missing_left=False):
    """A model that says 1 where a set sends its input left, else 0."""
    found = Ensemble(
        n_features=1,
        roots=np.array([0]),
        left=np.array([1, -1, -1]),
        right=np.array([2, -1, -1]),
        feature=np.zeros(3, int),
        threshold=np.zeros(3),
        missing_left=np.full(3, missing_left),
        value=np.array([[0.0], [1.0], [0.0]]),
        outputs=np.zeros(1, int),
        base=np.zeros(1),
        category=np.array([0, -1, -1]),
        sets=[known],
    )
    return convert(found, True)


@pytest.mark.parametrize("around_zero", [False, True])
@pytest.mark.parametrize("left", [False, True])
@pytest.mark.parametrize("missing_left", [False, True])
@pytest.mark.parametrize(
    "chosen", [[], [0], [3], [0, 1, 2], [1, 5, 40], [0, 7, 300], range(0, 600, 3)]
)
def test_sets_of_integers(chosen, missing_left, left, around_zero):
    """Numbers count by their integer part, as a cast has it or as floor has it."""
    whole = np.arange(-3, 605)[:, None] + np.float32([0, 0.5])
    x = np.concatenate([whole.ravel(), [-1, -0.99, -1e-30, -0.0, 1e-45, 3e9, 3e38]])
    x = x.astype(np.float32)
    part = np.trunc(x) if around_zero else np.floor(x)
    inside = np.isin(part, list(chosen))
    odd = np.float32([np.inf, -np.inf, np.nan, -np.nan])
    expected = np.concatenate([inside == left, [not left] * 2, [missing_left] * 2])
    known = Categories.of_integers(chosen, left=left, around_zero=around_zero)
    y = chosen_only(known, missing_left)._runtime.scores(np.append(x, odd)[:, None])
    np.testing.assert_array_equal(y[:, 0], expected)


@pytest.mark.parametrize("missing_left", [False, True])
def test_sets_of_single_numbers(missing_left):
    """All other numbers go where NaN goes, those beside them too. 0.1 is a row's
    0.1 as float32."""
    cuts = np.array([-2.5, 0.0, 0.1, 1.0, 2.0**24, 2.0**24 + 1])
    known = Categories(
        cuts, np.array([True, False, True, True, False, True]), exact=True
    )
    exact = np.float32([-2.5, 0, -0.0, 1, 2.0**24])
    near = np.nextafter(exact, np.float32(np.inf))
    x = np.concatenate([exact, near, np.float32([0.1, np.inf, -np.inf, np.nan])])
    y = chosen_only(known, missing_left)._runtime.scores(x[:, None])
    expected = [True, False, False, True, False] + [missing_left] * 5
    expected += [True] + [missing_left] * 3
    np.testing.assert_array_equal(y[:, 0], expected)


def stumps(sets, rng):
    """A tree of one question for each set."""
    root = 3 * np.arange(len(sets))
    children = [np.full(3 * len(sets), -1) for _ in range(3)]
    for k, child in enumerate(children):
        child[root] = root + 1 + k if k < 2 else np.arange(len(sets))
    left, right, category = children
    n = left.size
    return Ensemble(
        1,
        root,
        left,
        right,
        np.zeros(n, int),
        np.zeros(n),
        rng.random(n) < 0.5,
        rng.normal(size=(n, 1)),
        np.zeros(len(sets), int),
        np.zeros(1),
        category,
        sets,
    )


@pytest.mark.parametrize(
    ("n", "levels", "op"),
    [
        (40, 200, "trees_add_u8c"),
        (4200, 250, "trees_add_i16c"),  # places beyond 16 bits
        (40, 3000, "trees_add_i16c"),
    ],
)
def test_many_sets(n, levels, op):
    rng = np.random.default_rng(0)
    halves = [rng.choice(levels, levels // 2, replace=False) for _ in range(n)]
    found = stumps([Categories.of_integers(half, left=True) for half in halves], rng)
    model = convert(found, True)
    assert names(model)[1] == op
    check(model, found, np.float32([*range(-1, levels + 1), np.nan, np.inf])[:, None])


def test_too_many_categories():
    rng = np.random.default_rng(0)
    every = Categories.of_integers(range(0, 70000, 2), left=True)
    with pytest.raises(UnsupportedModelError, match="too many categories"):
        convert(stumps([every], rng))


# Sizes


def test_no_trees():
    for outputs in (1, 3):
        found = ensemble(np.random.default_rng(0), Shape((), n_outputs=outputs))
        found.base = np.array([0.5, -0.0, 3.0])[:outputs] + 0.0
        for floats in (False, True):
            for encoding in ENCODINGS:
                model = convert(found, floats, encoding=encoding)
                check(model, found, rows_of(np.random.default_rng(1), found))


@pytest.mark.parametrize("vectors", [False, True])
def test_single_leaves(vectors):
    shape = Shape((0,) * 200, n_outputs=3, vectors=vectors)
    found = ensemble(np.random.default_rng(0), shape)
    for floats in (False, True):
        for encoding in ENCODINGS:
            model = convert(found, floats, encoding=encoding)
            assert not any(name.startswith("bucketize") for name in names(model))
            check(model, found, rows_of(np.random.default_rng(1), found))


@pytest.mark.parametrize("floats", [False, True])
def test_more_thresholds_than_a_column_counts(floats):
    rng = np.random.default_rng(0)
    found = ensemble(rng, Shape((400,) * 4, n_features=2))
    model = convert(found, floats, encoding="bins")
    assert names(model)[0] == "bucketize_u8"
    assert model.stages[0].target.count > 8 >= 2 * 2
    check(model, found, rows_of(rng, found, 300))


@pytest.mark.parametrize("floats", [False, True])
def test_more_columns_than_short_records_tell_apart(floats):
    rng = np.random.default_rng(0)
    found = ensemble(rng, Shape((100,) * 8, n_features=900))
    model = convert(found, floats, encoding="bins")
    assert names(model)[1] == ("trees_add_u8m" if floats else "trees_sum_u8m")
    check(model, found, rows_of(rng, found, 100))


def test_bins_of_15_bits():
    """So many thresholds of one feature that longer bins are the smaller blob."""
    rng = np.random.default_rng(0)
    found = ensemble(rng, Shape((3000,) * 3, n_features=1))
    sets = [Categories.of_integers(rng.choice(900, 400, replace=False), left=True)]
    found.sets, found.category[found.roots[1]] = sets, 0
    model = convert(found)
    assert names(model) == ["bucketize_i16", "trees_sum_i16c"]
    check(model, found, rows_of(rng, found, 300, 900))


def test_auto_takes_bins_where_they_are_smaller():
    rng = np.random.default_rng(0)
    few = ensemble(rng, Shape((30,) * 9, kind="integers"))
    few.threshold = few.threshold % 9
    assert names(convert(few, optimize="size")) == ["bucketize_u8", "trees_sum_u8"]
    assert names(convert(few)) == ["trees_sum_f32"]  # 12 % larger, 0.69 of the cost
    many = ensemble(rng, Shape((30,) * 90, kind="integers"))
    many.threshold = many.threshold % 9
    assert names(convert(many)) == ["bucketize_u8", "trees_sum_u8"]
    many_of_one = ensemble(rng, Shape((2,)))
    assert names(convert(many_of_one)) == ["trees_sum_f32"]


@pytest.mark.parametrize("large", [1e39, -1e39])
@pytest.mark.parametrize("floats", [False, True])
@pytest.mark.parametrize("where", ["value", "base"])
def test_numbers_that_float32_has_not(where, floats, large):
    found = ensemble(np.random.default_rng(0), Shape())
    getattr(found, where)[found.left.size - 1 if where == "value" else 0] = large
    with pytest.raises(UnsupportedModelError, match="too large"):
        convert(found, floats)


def test_float_sums_may_become_infinite():
    found = ensemble(np.random.default_rng(0), Shape((0,) * 3))
    found.value[:, 0], found.base[:] = [3e38, 3e38, -3e38], 0
    model = convert(found, True)
    assert check(model, found, np.zeros((1, 5), np.float32)) == np.inf


def test_a_few_large_leaves_make_floats():
    """One scale for all would lose what the other leaves say."""
    rng = np.random.default_rng(0)
    found = ensemble(rng, Shape((20,) * 5))
    found.value[np.flatnonzero(found.left < 0)[3]] = 3e3
    model = convert(found)
    assert in_floats(model)
    check(model, found, rows_of(rng, found))
    assert not in_floats(convert(found, sums="int32"))


# Behind scalers


@pytest.mark.parametrize("scaler", [StandardScaler(), MinMaxScaler()])
@pytest.mark.parametrize(
    "estimator",
    [
        GradientBoostingRegressor(n_estimators=30, random_state=0),
        GradientBoostingClassifier(n_estimators=10, random_state=0),
    ],
)
def test_bins_behind_scalers(estimator, scaler):
    rng = np.random.default_rng(0)
    X = np.round(rng.normal(size=(300, 6)) * [1, 10, 100, 1000, 0.1, 0.01], 2)
    y = (X[:, 0] + X[:, 1] / 10 > X[:, 2] / 100) + (X[:, 3] > 0)
    pipeline = make_pipeline(scaler, estimator).fit(X, y)
    direct, bins = (
        Model.from_sklearn(pipeline, encoding=encoding)
        for encoding in ("direct", "bins")
    )
    assert names(bins)[0] == "bucketize_u8"
    assert not any(name.startswith("affine") for name in names(direct) + names(bins))
    new = np.concatenate([X, rng.normal(size=(300, 6)) * 100]).astype(np.float32)
    a, b = direct._runtime.scores(new), bins._runtime.scores(new)
    same_bits(a, b)
