# SPDX-License-Identifier: MIT
"""Treelite's JSON dumps as an ensemble: each tree is checked to be one."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from emlrt.convert.readers.json_fields import Fields
from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.trees.ensemble import CATEGORY, NODE, SET, TREE, Ensemble, Floats
from emlrt.errors import FormatError, UnsupportedModelError

#: What a number of a leaf takes at the worst, as an allowance counts it.
_NUMBER = 96
#: Comparisons that go left, as: children swapped, strict.
_OPERATORS = {
    "<=": (False, False),
    "<": (False, True),
    ">": (True, False),
    ">=": (True, True),
}
#: Categories from here on match nothing.
_CATEGORIES_MAX = 1 << 24


@dataclass(eq=False)
class _Nodes:
    """Nodes of all trees as they are read, one list per field."""

    n_features: int
    width: int
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    feature: list[int] = field(default_factory=list)
    threshold: list[float] = field(default_factory=list)
    strict: list[bool] = field(default_factory=list)
    missing_left: list[bool] = field(default_factory=list)
    category: list[int] = field(default_factory=list)
    value: list[list[float]] = field(default_factory=list)
    sets: list[Categories] = field(default_factory=list)

    def leaf(self, node: Fields) -> None:
        found = node.plain("leaf_value")
        numbers = found if isinstance(found, list) else [found]
        node.allowance.charge("numbers of leaves", len(numbers), _NUMBER)
        if len(numbers) != self.width or not all(map(_is_number, numbers)):
            raise node.wrong("leaf_value", f"is no list of {self.width} numbers")
        self._add(-1, -1, 0, 0.0, False, -1, [as_float(n) for n in numbers])

    def split(self, node: Fields, start: int, size: int) -> None:
        left, right = (
            start + _whole(node, name, 1, size - 1)
            for name in ("left_child", "right_child")
        )
        feature = _whole(node, "split_feature_id", 0, self.n_features - 1)
        missing = node.plain("default_left")
        if not isinstance(missing, bool):
            raise node.wrong("default_left", "is neither true nor false")
        node.allowance.charge("numbers of splits", self.width, _NUMBER)
        threshold, category, strict, swap = 0.0, -1, False, False
        if node.text("node_type") == "categorical_test_node":
            category = len(self.sets)
            self.sets.append(_categories(node))
        else:
            threshold, strict, swap = _comparison(node)
        if swap:
            left, right, missing = right, left, not missing
        self._add(left, right, feature, threshold, missing, category, [0.0])
        self.strict[-1] = strict

    def _add(
        self,
        left: int,
        right: int,
        feature: int,
        threshold: float,
        missing: bool,
        category: int,
        value: list[float],
    ) -> None:
        self.left.append(left)
        self.right.append(right)
        self.feature.append(feature)
        self.threshold.append(threshold)
        self.strict.append(False)
        self.missing_left.append(missing)
        self.category.append(category)
        self.value.append(value if len(value) == self.width else [0.0] * self.width)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_float(value: Any) -> float:
    """A number of a document; NaN of what is none that float64 can hold."""
    try:
        return float(value) if _is_number(value) else math.nan
    except OverflowError:
        return math.nan


def _whole(fields: Fields, name: str, low: int, high: int) -> int:
    found = fields.plain(name)
    if not isinstance(found, int) or isinstance(found, bool):
        raise fields.wrong(name, "is no integer")
    if not low <= found <= high:
        raise fields.wrong(name, f"is not from {low} to {high}")
    return found


def _categories(node: Fields) -> Categories:
    chosen = node.ints("category_list")
    node.allowance.charge("sets", 1, SET)
    node.allowance.charge("categories", chosen.size, CATEGORY)
    if chosen.size and not 0 <= chosen.min() <= chosen.max() < _CATEGORIES_MAX:
        raise node.wrong("category_list", f"is not below {_CATEGORIES_MAX}")
    right = node.plain("category_list_right_child")
    if not isinstance(right, bool):
        raise node.wrong("category_list_right_child", "is neither true nor false")
    return Categories.of_integers(chosen, left=not right)


def _comparison(node: Fields) -> tuple[float, bool, bool]:
    """The threshold of x <= threshold, whether it is x < threshold, and whether
    children change places for it."""
    operator, threshold = node.text("comparison_op"), node.plain("threshold")
    if operator not in _OPERATORS:
        raise UnsupportedModelError(
            f"comparison_op {operator[:20]!r} is not supported; known are"
            f" {', '.join(_OPERATORS)}"
        )
    number = as_float(threshold)
    if math.isnan(number):
        raise node.wrong("threshold", "is no number")
    swap, strict = _OPERATORS[operator]
    return number, strict, swap


def _check_tree(nodes: _Nodes, start: int, index: int) -> None:
    """Refuses what is no tree: every node but the root must have one parent, and
    be reached."""
    left, right = np.array(nodes.left[start:]), np.array(nodes.right[start:])
    inner = left >= 0
    children = np.concatenate([left[inner], right[inner]]) - start
    level, seen = np.zeros(1, np.int64), 1
    if np.unique(children).size != children.size:
        raise FormatError(f"trees[{index}]: a node has two parents")
    while level.size:
        level = level[inner[level]]
        level = np.concatenate([left[level], right[level]]) - start
        seen += level.size
        if seen > left.size:
            break
    if seen != left.size:
        raise FormatError(f"trees[{index}]: nodes are not reached from the first one")


def _read(document: Fields, nodes: _Nodes) -> list[int]:
    """All nodes; gives the trees' roots."""
    roots = []
    for index, tree in enumerate(document.children("trees")):
        found, start = tree.children("nodes"), len(nodes.left)
        document.allowance.charge("trees", 1, TREE)
        document.allowance.charge("nodes", len(found), NODE)
        roots.append(start)
        for place, node in enumerate(found):
            if _whole(node, "node_id", 0, len(found) - 1) != place:
                raise node.wrong("node_id", f"is not {place}")
            if "leaf_value" in node:
                nodes.leaf(node)
            else:
                nodes.split(node, start, len(found))
        if not found:
            raise tree.wrong("nodes", "has no node")
        _check_tree(nodes, start, index)
    return roots


def ensemble_of(
    document: Fields, n_features: int, width: int, outputs: Any, base: Floats
) -> Ensemble:
    """The trees of a dump. width : numbers of a leaf. outputs : of each tree.

    Raises
    ------
    FormatError
        If the trees are damaged.
    UnsupportedModelError
        If a comparison has no faithful form.
    """
    nodes = _Nodes(n_features, width)
    roots = _read(document, nodes)
    if len(outputs) != len(roots):
        raise document.wrong("trees", f"are {len(roots)} of {len(outputs)}")
    value = np.array(nodes.value, np.float64).reshape(-1, width)
    return Ensemble(
        n_features=n_features,
        roots=np.array(roots, np.int64),
        left=np.array(nodes.left, np.int64),
        right=np.array(nodes.right, np.int64),
        feature=np.array(nodes.feature, np.int64),
        threshold=np.array(nodes.threshold, np.float64),
        missing_left=np.array(nodes.missing_left, bool),
        value=value,
        outputs=np.asarray(outputs, np.int64),
        base=base,
        category=np.array(nodes.category, np.int64),
        sets=nodes.sets,
        strict=np.array(nodes.strict, bool),
    )
