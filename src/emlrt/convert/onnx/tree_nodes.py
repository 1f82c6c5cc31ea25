# SPDX-License-Identifier: MIT
"""Nodes of ONNX's tree ensembles, of either form: each tree is checked to be one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.onnx.graph import Node
from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.trees.ensemble import CATEGORY, NODE, SET, TREE, Bools, Floats, Ints
from emlrt.thresholds import near32

_LEQ, _LT, _GTE, _GT, _EQ, _NEQ, _MEMBER, _LEAF = range(8)
_MODES = {
    b"BRANCH_LEQ": _LEQ,
    b"BRANCH_LT": _LT,
    b"BRANCH_GTE": _GTE,
    b"BRANCH_GT": _GT,
    b"BRANCH_EQ": _EQ,
    b"BRANCH_NEQ": _NEQ,
    b"LEAF": _LEAF,
}


@dataclass(eq=False)
class Nodes:
    """Nodes of all trees.

    owner: the tree of each. true, false: where to go if its question is answered so,
    or not; -1 of leaves. value: what is asked for, of float32 or float64. missing:
    whether NaN is an answer of yes. members: of each node of mode MEMBER, in order.
    keys, trees, ids: what finds a node by its ids.
    """

    roots: Ints
    owner: Ints
    true: Ints
    false: Ints
    mode: Ints
    feature: Ints
    value: NDArray[np.floating[Any]]
    missing: Bools
    members: list[Floats] = field(default_factory=list)
    keys: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    trees: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    ids: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def leaf(self) -> Bools:
        return np.asarray(self.mode == _LEAF)

    def find(self, node: Node, trees: str, ids: str) -> Ints:
        """Nodes by lists of ids, by the names of these."""
        tree = node.ints(trees)
        return _found(node, self, tree, node.ints(ids, tree.size), ids)


def _index(known: Ints, wanted: Ints) -> tuple[Ints, Bools]:
    """The places of numbers in a rising list, and whether the list has them."""
    at = np.searchsorted(known, wanted).clip(max=max(known.size - 1, 0))
    return at, known[at] == wanted if known.size else np.zeros(wanted.size, bool)


def _found(node: Node, nodes: Nodes, tree: Ints, wanted: Ints, name: str) -> Ints:
    row, known_tree = _index(nodes.trees, tree)
    column, known_id = _index(nodes.ids, wanted)
    order = np.argsort(nodes.keys, kind="stable")
    at, known = _index(nodes.keys[order], row * nodes.ids.size + column)
    if not (known & known_tree & known_id).all():
        raise node.wrong(f"{name} names a node that there is not")
    return np.asarray(order[at], np.int64)


def _modes(node: Node, names: list[bytes]) -> Ints:
    distinct, at = np.unique(np.array(names, object), return_inverse=True)
    for name in distinct.tolist():
        if name not in _MODES:
            raise node.wrong(f"nodes_modes: {name[:40]!r} is unknown")
    return np.array([_MODES[name] for name in distinct.tolist()], np.int64)[at]


def _parents(node: Node, nodes: Nodes) -> Ints:
    """How many parents each node has."""
    inner = ~nodes.leaf
    children = np.concatenate([nodes.true[inner], nodes.false[inner]])
    count = np.bincount(children, minlength=nodes.true.size)
    if (count > 1).any():
        raise node.wrong("a node of a tree has two parents")
    owners = np.concatenate([nodes.owner[inner]] * 2)
    if (nodes.owner[children] != owners).any():
        raise node.wrong("a child is in another tree")
    return count


def _check_reached(node: Node, nodes: Nodes) -> None:
    """With one parent each, trees are all that roots lead to."""
    level, reached = nodes.roots, nodes.roots.size
    while level.size:
        level = level[~nodes.leaf[level]]
        level = np.concatenate([nodes.true[level], nodes.false[level]])
        reached += level.size
    if reached != nodes.true.size:
        raise node.wrong("a tree's root does not lead to every node")


def _tracks(node: Node, size: int) -> Bools:
    name = "nodes_missing_value_tracks_true"
    found = node.ints(name)
    if found.size not in (0, size):
        raise node.wrong(f"{name} has {found.size} numbers instead of {size}")
    return found != 0 if found.size else np.zeros(size, bool)


def by_ids(node: Node) -> Nodes:
    """The trees of a classifier or regressor, whose nodes have ids.

    Raises
    ------
    FormatError
        If they are none.
    """
    tree_ids, names = node.ints("nodes_treeids"), node.texts("nodes_modes")
    n = tree_ids.size
    if n == 0 or len(names) != n:
        raise node.wrong(f"nodes_modes has {len(names)} texts for {n} nodes")
    node.allowance.charge("nodes", n, NODE)
    node_ids = node.ints("nodes_nodeids", n)
    trees, owner = np.unique(tree_ids, return_inverse=True)
    node.allowance.charge("trees", trees.size, TREE)
    ids, place = np.unique(node_ids, return_inverse=True)
    nodes = Nodes(
        roots=np.zeros(0, np.int64),
        owner=owner,
        true=np.full(n, -1),
        false=np.full(n, -1),
        mode=_modes(node, names),
        feature=node.ints("nodes_featureids", n),
        value=node.floats("nodes_values", n),
        missing=_tracks(node, n),
        keys=owner * ids.size + place,
        trees=trees,
        ids=ids,
    )
    if np.unique(nodes.keys).size != n:
        raise node.wrong("two nodes have the same ids")
    inner = np.flatnonzero(~nodes.leaf)
    for side, name in ((nodes.true, "true"), (nodes.false, "false")):
        child = node.ints(f"nodes_{name}nodeids", n)[inner]
        side[inner] = _found(
            node, nodes, tree_ids[inner], child, f"nodes_{name}nodeids"
        )
    nodes.roots = np.flatnonzero(_parents(node, nodes) == 0)
    if (np.bincount(owner[nodes.roots], minlength=trees.size) != 1).any():
        raise node.wrong("a tree has no root, or several")
    nodes.roots = nodes.roots[np.argsort(owner[nodes.roots])]
    _check_reached(node, nodes)
    return nodes


def _members(node: Node, mode: Ints) -> list[Floats]:
    """The sets of nodes of mode MEMBER; NaN stands behind each."""
    found = node.tensor("membership_values").ravel()
    if found.dtype.kind != "f":
        raise node.wrong("membership_values are no floats")
    found = found.astype(np.float64)
    ends = np.flatnonzero(np.isnan(found))
    if found.size and not np.isnan(found[-1]):
        ends = np.append(ends, found.size)
    if ends.size != (mode == _MEMBER).sum():
        raise node.wrong("membership_values are not those of the nodes")
    parts = np.split(found, ends)[: ends.size]
    return [part[~np.isnan(part)] for part in parts]


def _children(node: Node, name: str, n: int, start: int) -> tuple[Ints, Ints]:
    """The children on one side, leaves numbered from start on, and these leaves."""
    at = node.ints(f"nodes_{name}nodeids", n)
    leaf = node.ints(f"nodes_{name}leafs", n) != 0
    if (at < 0).any() or (at[~leaf] >= n).any():
        raise node.wrong(f"nodes_{name}nodeids names a node that there is not")
    child = at.copy()
    child[leaf] = start + np.arange(leaf.sum())
    return child, at[leaf]


def by_indices(node: Node) -> tuple[Nodes, Ints]:
    """The trees of a TreeEnsemble, and which of its leaves each leaf is.

    Raises
    ------
    FormatError
        If they are none.
    """
    mode = node.tensor("nodes_modes").ravel()
    roots, n = node.ints("tree_roots"), mode.size
    if (
        mode.dtype.kind not in "iu"
        or not n
        or not 0 <= mode.min() <= mode.max() < _LEAF
    ):
        raise node.wrong("nodes_modes are no modes of splits")
    if not roots.size or ((roots < 0) | (roots >= n)).any():
        raise node.wrong("tree_roots are no nodes")
    true, first = _children(node, "true", n, n)
    false, second = _children(node, "false", n, n + first.size)
    leaf = np.concatenate([first, second])
    node.allowance.charge("nodes", n + leaf.size, NODE)
    node.allowance.charge("trees", roots.size, TREE)
    none = np.full(leaf.size, -1)
    values = node.tensor("nodes_splits").ravel()
    if values.size != n or values.dtype.kind != "f":
        raise node.wrong(f"nodes_splits are no {n} numbers")
    zeros = np.zeros(leaf.size, np.int64)
    nodes = Nodes(
        roots=roots,
        owner=np.zeros(n + leaf.size, np.int64),
        true=np.concatenate([true, none]),
        false=np.concatenate([false, none]),
        mode=np.concatenate([mode.astype(np.int64), none * 0 + _LEAF]),
        feature=np.concatenate([node.ints("nodes_featureids", n), zeros]),
        value=np.concatenate([values, zeros.astype(values.dtype)]),
        missing=np.concatenate([_tracks(node, n), zeros != 0]),
        members=_members(node, mode.astype(np.int64)),
    )
    parents = _parents(node, nodes)
    if parents[roots].any() or np.unique(roots).size != roots.size:
        raise node.wrong("a root has a parent, or is the root of two trees")
    _check_reached(node, nodes)
    nodes.owner = _owners(nodes)
    return nodes, leaf


def _owners(nodes: Nodes) -> Ints:
    owner = np.zeros(nodes.true.size, np.int64)
    level, tree = nodes.roots, np.arange(nodes.roots.size)
    while level.size:
        owner[level] = tree
        inner = ~nodes.leaf[level]
        level, tree = level[inner], tree[inner]
        level = np.concatenate([nodes.true[level], nodes.false[level]])
        tree = np.concatenate([tree, tree])
    return owner


def _equal(values: Floats) -> Categories:
    """The float32 numbers nearest to one of some go left, all others right."""
    wanted = np.unique(near32(values))
    after = np.nextafter(wanted.astype(np.float32), np.float32(np.inf))
    cuts = np.unique(np.concatenate([wanted, after.astype(np.float64)]))
    return Categories(cuts, np.concatenate([[False], np.isin(cuts, wanted)]))


def _sets(node: Node, nodes: Nodes) -> tuple[Ints, list[Categories]]:
    """Splits that ask for equal numbers: the set of each, -1 of others."""
    category = np.full(nodes.mode.size, -1, np.int64)
    found: list[Categories] = []
    known: dict[bytes, int] = {}
    equal = np.flatnonzero(np.isin(nodes.mode, (_EQ, _NEQ, _MEMBER)))
    members = iter(nodes.members)
    for at in equal.tolist():
        one = nodes.value[at : at + 1].astype(np.float64)
        wanted = next(members) if nodes.mode[at] == _MEMBER else one
        largest = np.finfo(np.float32).max
        if not np.isfinite(wanted).all() or (abs(wanted) >= largest).any():
            raise node.unsupported("a split asks for a number that is not finite")
        key = np.unique(wanted).tobytes()
        if key not in known:
            node.allowance.charge("sets", 1, SET)
            node.allowance.charge("numbers of sets", wanted.size, CATEGORY)
            known[key] = len(found)
            found.append(_equal(wanted))
        category[at] = known[key]
    return category, found


def _thresholds(node: Node, nodes: Nodes) -> Floats:
    """Thresholds of the splits that compare."""
    numeric = np.isin(nodes.mode, (_LEQ, _LT, _GTE, _GT))
    value = np.where(numeric, nodes.value, nodes.value.dtype.type(0))
    if np.isnan(value).any() or (value == -np.inf).any():
        raise node.wrong("a split's number is NaN or -infinity")
    return value.astype(np.float64)


def ensemble_parts(
    node: Node, nodes: Nodes, n_features: int, wide: bool
) -> dict[str, Any]:
    """What an Ensemble has of nodes: x goes left if it is not above a threshold, or
    if it is in a set.

    Raises
    ------
    FormatError
        If a split looks at no feature, or asks for no number.
    """
    feature = np.where(nodes.leaf, 0, nodes.feature)
    if ((feature < 0) | (feature >= n_features)).any():
        raise node.wrong(f"a split is on none of the {n_features} features")
    turned = np.isin(nodes.mode, (_GTE, _GT, _NEQ))
    category, sets = _sets(node, nodes)
    # NaN differs from every number, and is neither above nor below.
    true = nodes.missing | (nodes.mode == _NEQ)
    return {
        "left": np.where(turned, nodes.false, nodes.true),
        "right": np.where(turned, nodes.true, nodes.false),
        "feature": feature,
        "threshold": _thresholds(node, nodes),
        "strict": np.isin(nodes.mode, (_LT, _GTE)),
        "wide": wide,
        "missing_left": (true != turned) & ~nodes.leaf,
        "category": category if sets else np.zeros(0, np.int64),
        "sets": sets,
    }
