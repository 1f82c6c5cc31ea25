# SPDX-License-Identifier: MIT
"""LightGBM's text format, read without LightGBM.

Text may be anybody's. It is read line by line, only lines that predictions depend on
are kept, and no list is split before its numbers are counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from emlrt.allowance import Allowance
from emlrt.convert.readers.json_fields import NAME, json_value
from emlrt.convert.trees.ensemble import NODE, TREE, Floats, Ints
from emlrt.errors import FormatError, UnsupportedModelError

#: What the first line says.
MAGIC = "tree"
_END = "end of trees"
_PANDAS = "pandas_categorical:"
_VERSIONS = ("v2", "v3", "v4")
#: LightGBM's own limit of num_leaves.
_LEAVES_MAX = 131_072
#: header.n_outputs has 16 bits.
_OUTPUTS_MAX = 0xFFFF
#: Categories from here on are not all different as float32.
_WORDS_MAX = (1 << 24) // 32
_HEADER = frozenset(
    (
        "average_output",
        "feature_names",
        "max_feature_idx",
        "num_class",
        "num_tree_per_iteration",
        "objective",
        "tree_sizes",
        "version",
    )
)
_TREE = frozenset(
    (
        "cat_boundaries",
        "cat_threshold",
        "decision_type",
        "is_linear",
        "leaf_value",
        "left_child",
        "num_cat",
        "num_leaves",
        "right_child",
        "split_feature",
        "threshold",
    )
)
#: What a line takes at the worst, and a word of a set, as an allowance counts them.
_LINE, _WORD = 64, 128
#: Characters that are split at once, so that their parts take no room.
_PIECE = 1 << 16
_INTEGERS = re.compile(r"[-0-9 ]*")
_NUMBERS = re.compile(r"[-+.0-9a-z ]*")


@dataclass(frozen=True, eq=False)
class TextTree:
    """One tree as the text has it, of n splits and n + 1 leaves.

    feature, decision : (n,) int64. threshold : (n,) float64, not NaN; of categorical
        splits, the number of its set.
    left, right : (n,) int64, a split, or ~leaf.
    value : (n + 1,) float64, finite.
    bounds : (n_sets + 1,) int64, where each set starts within words; not falling.
    words : (n_words,) int64, 32 bits each: the sets.
    """

    feature: Ints
    threshold: Floats
    decision: Ints
    left: Ints
    right: Ints
    value: Floats
    bounds: Ints
    words: Ints


@dataclass(frozen=True, eq=False)
class TextModel:
    """A model as the text has it.

    names : (n_features,) of features. n_outputs : trees of an iteration.
    average : whether scores are means over iterations.
    categories : those of pandas columns, if any.
    """

    names: list[str]
    objective: list[str]
    n_outputs: int
    average: bool
    trees: list[TextTree]
    categories: Any


def _texts(lines: Iterable[bytes], allowance: Allowance) -> Iterator[str]:
    for line in lines:
        allowance.charge("lines", 1, _LINE)
        try:
            yield line.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            raise FormatError(
                "no model in LightGBM's text format: a line is not UTF-8"
            ) from None


def _parts(text: str) -> Iterable[str]:
    """The words between spaces."""
    if len(text) < _PIECE:  # the lines of small trees, of which there may be many
        return text.split(" ") if text else []

    def pieces() -> Iterator[list[str]]:
        at = 0
        while at < len(text):
            end = text.find(" ", at + _PIECE)
            end = len(text) if end < 0 else end
            yield text[at:end].split(" ")
            at = end + 1

    return chain.from_iterable(pieces())


@dataclass(eq=False)
class _Fields:
    """Lines `name=content` of the header, or of a tree."""

    what: str
    found: dict[str, str]
    allowance: Allowance

    def wrong(self, name: str, how: str) -> FormatError:
        return FormatError(f"{self.what}: {name} {how}")

    def text(self, name: str, default: str | None = None) -> str:
        found = self.found.get(name, default)
        if found is None:
            raise self.wrong(name, "is missing")
        return found

    def _counted(self, name: str, count: int, default: str | None = None) -> str:
        """A line of so many parts."""
        text = self.text(name, default).strip(" ")
        n = text.count(" ") + 1 if text else 0
        if n != count:
            raise self.wrong(name, f"has {n} entries instead of {count}")
        return text

    def split(self, name: str, count: int, default: str | None = None) -> list[str]:
        """The parts of a line, which must be so many."""
        self.allowance.charge(name, count, NAME)
        return list(_parts(self._counted(name, count, default)))

    def integers(self, name: str, count: int, low: int, high: int) -> Ints:
        text = self._counted(name, count)
        if not _INTEGERS.fullmatch(text):
            raise self.wrong(name, "holds other than integers")
        try:
            numbers = np.fromiter(map(int, _parts(text)), np.int64, count)
        except (ValueError, OverflowError):
            raise self.wrong(name, "holds other than integers") from None
        if count and not low <= numbers.min() <= numbers.max() <= high:
            raise self.wrong(name, f"has a number that is not from {low} to {high}")
        return numbers

    def integer(
        self, name: str, low: int, high: int, default: int | None = None
    ) -> int:
        if default is not None and name not in self.found:
            return default
        return int(self.integers(name, 1, low, high)[0])

    def floats(self, name: str, count: int, bad: Callable[..., Any]) -> Floats:
        """bad: which of the numbers, as an array, cannot be."""
        text = self._counted(name, count)
        if not _NUMBERS.fullmatch(text):
            raise self.wrong(name, "holds other than numbers")
        try:
            numbers = np.fromiter(map(float, _parts(text)), np.float64, count)
        except ValueError:
            raise self.wrong(name, "holds other than numbers") from None
        if bad(numbers).any():
            raise UnsupportedModelError(
                f"{self.what}: {name} holds NaN or infinity; fit again, with more"
                " regularization"
            )
        return numbers


def _fields(
    texts: Iterator[str], what: str, names: frozenset[str], allowance: Allowance
) -> tuple[_Fields, str]:
    """Lines up to the next tree or the trees' end, and that line itself."""
    found = dict[str, str]()
    for text in texts:
        if text.startswith("Tree=") or text == _END:
            return _Fields(what, found, allowance), text
        name, _, content = text.partition("=")
        if name in names and name in found:
            raise FormatError(f"{what}: {name} is there twice")
        if name in names:
            found[name] = content
    raise FormatError(
        f"{what} ends without {_END!r}: the text is cut off, or of a LightGBM before"
        " 2.3; load it with a newer one and save it again"
    )


def _sets(fields: _Fields, n_splits: int) -> tuple[Ints, Ints]:
    """Bounds and words of the sets of categories."""
    n = fields.integer("num_cat", 0, n_splits, 0)
    if not n:
        return np.zeros(1, np.int64), np.zeros(0, np.int64)
    most = fields.text("cat_threshold").count(" ") + 1
    bounds = fields.integers("cat_boundaries", n + 1, 0, most)
    if bounds[0] or (np.diff(bounds) < 0).any():
        raise fields.wrong("cat_boundaries", "do not rise from 0")
    if np.diff(bounds).max() > _WORDS_MAX:
        raise UnsupportedModelError(
            f"{fields.what} asks for categories of 2^24 or more, which float32 cannot"
            " tell apart; number them from 0 on"
        )
    last = int(bounds[-1])
    fields.allowance.charge("words of sets", last, _WORD)
    return bounds, fields.integers("cat_threshold", last, 0, 0xFFFFFFFF)


def _tree(fields: _Fields, n_features: int) -> TextTree:
    n = fields.integer("num_leaves", 1, _LEAVES_MAX) - 1
    if fields.integer("is_linear", 0, 1, 0):
        raise UnsupportedModelError(
            "linear_tree=True is not supported: leaves that are linear models; fit"
            " without it"
        )
    fields.allowance.charge("trees", 1, TREE)
    fields.allowance.charge("nodes", 2 * n + 1, NODE)
    value = fields.floats("leaf_value", n + 1, lambda x: ~np.isfinite(x))
    none = np.zeros(0, np.int64)
    if not n:
        bounds = np.zeros(1, np.int64)
        return TextTree(none, np.zeros(0), none, none, none, value, bounds, none)
    bounds, words = _sets(fields, n)
    return TextTree(
        feature=fields.integers("split_feature", n, 0, n_features - 1),
        threshold=fields.floats("threshold", n, np.isnan),
        decision=fields.integers("decision_type", n, 0, 11),
        left=fields.integers("left_child", n, -n - 1, n - 1),
        right=fields.integers("right_child", n, -n - 1, n - 1),
        value=value,
        bounds=bounds,
        words=words,
    )


def _trees(
    texts: Iterator[str], line: str, n_features: int, allowance: Allowance
) -> list[TextTree]:
    """All trees. line: where the first one starts, or the trees' end."""
    trees = list[TextTree]()
    while line != _END:
        what = f"tree {len(trees)}"
        if line != f"Tree={len(trees)}":
            raise FormatError(f"{line[:40]!r} stands where {what} should")
        fields, line = _fields(texts, what, _TREE, allowance)
        trees.append(_tree(fields, n_features))
    return trees


def _categories(texts: Iterator[str], allowance: Allowance) -> Any:
    """Categories of pandas columns, from the lines behind the trees."""
    found = None
    for text in texts:
        if text.startswith(_PANDAS):
            found = json_value(text.removeprefix(_PANDAS), allowance)
    return found


def _names(header: _Fields) -> list[str]:
    text = header.text("feature_names")
    n = 1 + header.integer("max_feature_idx", 0, len(text))
    names = header.split("feature_names", n)
    if "" in names:
        raise header.wrong("feature_names", "has an empty name")
    return names


def read(lines: Iterable[bytes], allowance: Allowance) -> TextModel:
    """The model of a text, given line by line.

    Raises
    ------
    FormatError
        If it is no text of LightGBM, or damaged.
    UnsupportedModelError
        If it has trees that are more than sums of leaves.
    """
    texts = _texts(lines, allowance)
    if next(texts, "") != MAGIC:
        raise FormatError("no model in LightGBM's text format")
    header, line = _fields(texts, "the header", _HEADER, allowance)
    if header.text("version") not in _VERSIONS:
        raise FormatError(
            f"version {header.text('version')[:20]!r} is not supported; known are"
            f" {', '.join(_VERSIONS)}"
        )
    names = _names(header)
    n_class = header.integer("num_class", 1, _OUTPUTS_MAX)
    n = header.integer("num_tree_per_iteration", 1, _OUTPUTS_MAX, n_class)
    if n != n_class:
        raise header.wrong("num_tree_per_iteration", "is not num_class")
    trees = _trees(texts, line, len(names), allowance)
    if len(trees) % n:
        raise FormatError(f"{len(trees)} trees are no whole iterations of {n}")
    header.split("tree_sizes", len(trees), "")
    return TextModel(
        names=names,
        objective=header.text("objective", "").split(),
        n_outputs=n,
        average="average_output" in header.found,
        trees=trees,
        categories=_categories(texts, allowance),
    )
