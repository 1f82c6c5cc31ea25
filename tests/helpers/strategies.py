# SPDX-License-Identifier: MIT
"""Forests, inputs and labels for tests: drawn at random, or by hypothesis.

Fitting alone reaches few corners. `synthetic` therefore builds scikit-learn
trees node by node, with any shape, threshold, leaf and order of nodes, which
scikit-learn then predicts with as it does with its own.
"""

import numpy as np
from draws import draws
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.tree._tree import NODE_DTYPE, Tree

quick = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=draws(60),
    suppress_health_check=list(HealthCheck),
)

LARGEST = np.finfo(np.float32).max
#: Thresholds and inputs where float32 is at its corners.
CORNERS = np.array(
    [
        *(0.0, -0.0, 1e-45, -1e-45, 1e-40, 1.1754944e-38, -1.1754944e-38, 1e-20),
        *(0.1, 0.5, -0.5, 1.0, -1.0, 3.0, 16777217.0, -16777217.0, 1e20, 1e38),
        *(LARGEST, -LARGEST, np.pi, -np.e),
    ]
)


def grow(rng, n_splits, shape="random"):
    """Children of each node, -1 for leaves; nodes in the order of splitting."""
    left, right, leaves = [-1], [-1], [0]
    for _ in range(n_splits):
        at = len(leaves) - 1
        if shape == "random":
            at = int(rng.integers(len(leaves)))
        elif shape == "balanced":
            at = 0
        node = leaves.pop(at)
        left[node], right[node] = len(left), len(left) + 1
        if rng.random() < 0.3:  # not depth first, nor left before right
            left[node], right[node] = right[node], left[node]
        leaves += [len(left), len(left) + 1]
        left += [-1, -1]
        right += [-1, -1]
    return np.array(left), np.array(right)


def thresholds(rng, n, kind):
    """Thresholds of one kind, some of which no float32 equals."""
    if kind == "corners":
        t = rng.choice([*CORNERS, np.inf, -np.inf], n)
        return t * rng.choice([1, 1, 1 + 1e-12, 1 - 1e-12], n)
    if kind == "integers":
        return rng.integers(-4, 300, n) + rng.choice([0.0, 0.5, 0.25], n)
    if kind == "int16":
        return rng.integers(-40000, 40000, n) + rng.choice([0.0, 0.5], n)
    if kind == "int32":  # where float32 tells integers apart, and where it does not
        near = rng.choice([0, 2**24, 1_700_000_000, 2**31, -(2**31)], n)
        any_of = rng.integers(-(2**31) - 999, 2**31 + 999, n)
        found = np.where(rng.random(n) < 0.5, any_of, near + rng.integers(-300, 300, n))
        return found + rng.choice([0.0, 0.5], n)
    if kind == "bytes":  # none of which decides nothing
        return rng.integers(0, 255, n) + 0.5
    return rng.normal(size=n) * 10.0 ** rng.integers(-3, 4, n)


def make_tree(rng, n_splits, n_features, values, kind="normal", shape="random"):
    """A scikit-learn Tree. values(n): (n, n_outputs, n_values) of n nodes."""
    left, right = grow(rng, n_splits, shape)
    n = left.size
    nodes = np.zeros(n, NODE_DTYPE)
    nodes["left_child"], nodes["right_child"] = left, right
    split = left >= 0
    nodes["feature"] = np.where(split, rng.integers(0, n_features, n), -2)
    nodes["threshold"] = np.where(split, thresholds(rng, n, kind), -2)
    nodes["missing_go_to_left"] = split & (rng.random(n) < 0.5)
    nodes["n_node_samples"] = nodes["weighted_n_node_samples"] = 1
    leaves = np.ascontiguousarray(values(n), np.float64)
    _, outputs, width = leaves.shape
    tree = Tree(n_features, np.full(outputs, width, np.intp), outputs)
    depth = n_splits + 1
    tree.__setstate__(
        {"max_depth": depth, "node_count": n, "nodes": nodes, "values": leaves}
    )
    return tree


def _shares(rng, counts, pool):
    """A maker of class shares.

    pool: "fractions" and "any" have pure leaves too, "mixed" has none.
    """

    def values(n):
        out = np.zeros((n, len(counts), max(counts)))
        for k, count in enumerate(counts):
            if pool == "fractions":
                part = rng.multinomial(
                    int(rng.integers(1, 7)), np.ones(count) / count, n
                )
            else:
                part = rng.random((n, count)) ** 4
            pure = rng.random(n) < (0.0 if pool == "mixed" else 0.4)
            one = np.zeros((n, count))
            one[np.arange(n), rng.integers(0, count, n)] = 1.0
            part = np.where(pure[:, None], one, part)
            out[:, k, :count] = part / part.sum(axis=1, keepdims=True)
        return out

    return values


def _wrap(estimator, forest, trees, n_features, attributes):
    members = []
    for tree in trees:
        member = estimator()
        member.tree_, member.n_features_in_ = tree, n_features
        for name, value in attributes.items():
            setattr(member, name, value)
        members.append(member)
    if forest is None:
        return members[0]
    whole = forest(n_estimators=len(members))
    whole.estimators_, whole.n_features_in_ = members, n_features
    for name, value in attributes.items():
        setattr(whole, name, value)
    return whole


def synthetic_classifier(
    rng, sizes, n_features, counts, kind="normal", shape="random", pool="fractions"
):
    """A classifier of trees with `sizes` splits; counts: classes of each output."""
    values = _shares(rng, counts, pool)
    trees = [make_tree(rng, n, n_features, values, kind, shape) for n in sizes]
    classes = [np.arange(count) for count in counts]
    one = len(counts) == 1
    attributes = {
        "classes_": classes[0] if one else classes,
        "n_classes_": counts[0] if one else np.array(counts),
        "n_outputs_": len(counts),
    }
    forest = None if len(sizes) == 1 else RandomForestClassifier
    return _wrap(DecisionTreeClassifier, forest, trees, n_features, attributes)


def synthetic_regressor(
    rng, sizes, n_features, n_outputs=1, kind="normal", shape="random", scale=1.0
):
    """A regressor of trees with `sizes` splits."""

    def values(n):
        out = rng.normal(size=(n, n_outputs, 1)) * scale
        return np.where(rng.random((n, 1, 1)) < 0.1, 0.0, out)

    trees = [make_tree(rng, n, n_features, values, kind, shape) for n in sizes]
    forest = None if len(sizes) == 1 else RandomForestRegressor
    attributes = {"n_outputs_": n_outputs}
    return _wrap(DecisionTreeRegressor, forest, trees, n_features, attributes)


def rows_for(rng, estimator, n, special=True):
    """float32 rows: on the thresholds, one step beside them, odd and missing."""
    n_features = estimator.n_features_in_
    x = rng.normal(size=(n, n_features)).astype(np.float32)
    trees = [e.tree_ for e in getattr(estimator, "estimators_", [estimator])]
    split = np.concatenate([t.threshold[t.children_left >= 0] for t in trees])
    with np.errstate(over="ignore"):
        split = split.astype(np.float32)
        near = np.concatenate(
            [
                split,
                np.nextafter(split, np.float32(-np.inf)),
                np.nextafter(split, np.float32(np.inf)),
            ]
        )
    at = rng.random(x.shape) < 0.7
    if near.size:
        x[at] = rng.choice(near, int(at.sum()))
    if special:
        odd = rng.random(x.shape) < 0.15
        choice = np.array([*CORNERS, np.nan, -np.nan, np.inf, -np.inf], np.float32)
        x[odd] = rng.choice(choice, int(odd.sum()))
    return x


seeds = st.integers(0, 2**32 - 1)
sizes = st.lists(st.integers(0, 40), min_size=1, max_size=12)
kinds = st.sampled_from(["normal", "corners", "integers"])
shapes = st.sampled_from(["random", "balanced", "chain"])
class_counts = st.one_of(
    st.lists(st.integers(1, 9), min_size=1, max_size=1),
    st.lists(st.integers(1, 5), min_size=2, max_size=4),
    st.sampled_from([[130], [600]]),
)


@st.composite
def classifiers(draw):
    """Synthetic classifiers of up to 12 trees, single leaves among them."""
    return synthetic_classifier(
        np.random.default_rng(draw(seeds)),
        draw(sizes),
        draw(st.integers(1, 12)),
        draw(class_counts),
        draw(kinds),
        draw(shapes),
        draw(st.sampled_from(["fractions", "any"])),
    )


@st.composite
def regressors(draw):
    """Synthetic regressors, with leaves of any scale that float32 has."""
    return synthetic_regressor(
        np.random.default_rng(draw(seeds)),
        draw(sizes),
        draw(st.integers(1, 12)),
        draw(st.integers(1, 4)),
        draw(kinds),
        draw(shapes),
        10.0 ** draw(st.integers(-42, 37)),
    )


_FITTED = [
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
]


@st.composite
def fitted(draw):
    """A fitted estimator and rows to predict: ties, NaN, any scale."""
    rng = np.random.default_rng(draw(seeds))
    n, n_features = draw(st.integers(2, 60)), draw(st.integers(1, 6))
    x = rng.normal(size=(n, n_features)) * 10.0 ** draw(st.integers(-40, 37))
    if draw(st.booleans()):
        x = rng.integers(-3, 4, x.shape).astype(float)
    if draw(st.booleans()):
        x[rng.random(x.shape) < 0.2] = np.nan
    x = x.clip(-LARGEST, LARGEST).astype(np.float32)
    y = rng.integers(0, draw(st.integers(1, 5)), n)
    cls = draw(st.sampled_from(_FITTED))
    options = {} if cls in _FITTED[:2] else {"n_estimators": draw(st.integers(1, 9))}
    if draw(st.booleans()):
        options["max_leaf_nodes"] = draw(st.integers(2, 12))
    weight = rng.random(n) if draw(st.booleans()) else None
    estimator = cls(random_state=draw(st.integers(0, 99)), **options)
    estimator.fit(x, y, sample_weight=weight)
    rows = np.concatenate([x, rows_for(rng, estimator, 30, special=False)])
    rows[np.isinf(rows)] = np.nan
    return estimator, rows
