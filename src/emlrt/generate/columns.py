# SPDX-License-Identifier: MIT
"""What the splits of a stage compare: inputs where they stand, or keys made once."""

from __future__ import annotations

from dataclasses import dataclass, field

from emlrt._native import lib
from emlrt.blob import Stage
from emlrt.generate import conditions
from emlrt.generate.conditions import ALL_LEFT, ALL_RIGHT, Question
from emlrt.generate.flow import Bin
from emlrt.generate.payloads import Tree, category_sets
from emlrt.inspect.trees import has_sets, trees_header

_RANGES = {
    lib.EMLRT_U8: (0, 255),
    lib.EMLRT_I16: (-32768, 32767),
    lib.EMLRT_I32: (-(1 << 31), (1 << 31) - 1),
}
_INFINITY = 0x7F800000
#: What a key costs beside what it saves at a visit, in instructions; and the most keys,
#: which lie on the stack.
_KEY_COST = 10
_KEYS_MAX = 256


@dataclass(frozen=True)
class Key:
    """An element of the keys: a float's key, or a bin."""

    element: int
    missing_left: bool = False
    bin: Bin | None = None


@dataclass
class Columns:
    """The questions of one stage. pointer: x, or k where keys are made.

    name: of the table of sets.
    """

    stage: Stage
    bins: list[Bin] | None
    keyed: bool = False
    keys: dict[Key, int] = field(default_factory=dict)
    name: str = ""

    @property
    def pointer(self) -> str:
        return "k" if self.keyed else "x"

    @property
    def is_float(self) -> bool:
        return self.bins is not None or self.stage.source.dtype == lib.EMLRT_F32

    def __post_init__(self) -> None:
        self.first = 1 << 32
        if has_sets(self.stage) and self.stage.name.startswith("trees_"):
            self.first = trees_header(self.stage)["first_category"]
            self.numbers = category_sets(self.stage)

    def question(self, feature: int, threshold: int, missing_left: bool) -> Question:
        """Of one split as the blob has it."""
        if self.bins is not None:
            return self._binned(self.bins[feature], feature, threshold)
        if feature >= self.first:
            x, most = self._code(f"x[{feature}]")
            return self._category(x, threshold, most)
        if not self.is_float:
            least, most = _RANGES[self.stage.source.dtype]
            return conditions.integers(f"x[{feature}]", threshold, least, most)
        return self._float(feature, threshold, missing_left)

    def _code(self, x: str) -> tuple[str, int]:
        if self.stage.source.dtype == lib.EMLRT_U8:
            return x, 255
        return f"(uint16_t){x}", 65535

    def _float(self, element: int, key: int, missing_left: bool) -> Question:
        if not self.keyed:
            return conditions.floats(f"x[{element}]", key, missing_left)
        return conditions.keys(self._k(Key(element, missing_left)), key)

    def _k(self, key: Key) -> str:
        return f"k[{self.keys.setdefault(key, len(self.keys))}]"

    def _binned(self, column: Bin, feature: int, threshold: int) -> Question:
        """The same question of what the bins were made of."""
        if feature >= self.first or column.exact:
            k = self._k(Key(column.element, bin=column))
            most = max(len(column.keys), column.missing)
            if feature >= self.first:
                return self._category(f"(uint16_t){k}", threshold, most)
            return conditions.integers(k, threshold, 0, most)
        missing_left = column.missing <= threshold
        if threshold < 0:
            return ALL_RIGHT
        if threshold >= len(column.keys):
            if missing_left:
                return ALL_LEFT
            return self._float(column.element, _INFINITY, False)
        # To bins, -0 is 0: it goes right of a key of -0.
        key = column.keys[threshold]
        return self._float(column.element, key - (key == -1), missing_left)

    def _category(self, x: str, threshold: int, most: int) -> Question:
        place = threshold & 0xFFFF if threshold < 0 else threshold
        n = int(self.numbers[place])
        numbers = self.numbers[place + 1 : place + 1 + n].tolist()
        table = f"@in({self.name} + {place}, {x})"
        return conditions.categories(x, conditions.codes(numbers), table, most)


def visits(tree: Tree) -> float:
    """Splits that a row meets, if every leaf is as likely as another."""
    if not tree.left:
        return float(len(tree.feature))  # oblivious
    depth = [0] * len(tree.feature)
    ends = []
    for i, children in enumerate(zip(tree.left, tree.right, strict=True)):
        for child in children:
            if child >= 0:
                depth[child] = depth[i] + 1
            else:
                ends.append(depth[i] + 1)
    return sum(ends) / len(ends)


def must_be_keyed(columns: Columns, trees: list[Tree]) -> bool:
    """Whether a split asks for the bin itself."""
    if columns.bins is None:
        return False
    used = {f for tree in trees for f in tree.feature}
    return any(f >= columns.first or columns.bins[f].exact for f in used)


def pay(stages: list[tuple[Columns, list[Tree]]], once: bool) -> bool:
    """Whether keys made once are cheaper than two comparisons at a visit.

    once: whether the stages share one making of the keys.
    """
    used, met, made = set(), 0.0, 0
    for columns, trees in stages:
        features = {f for tree in trees for f in tree.feature}
        if columns.bins is not None:
            features = {columns.bins[f].element for f in features}
        used |= features
        made += len(features)
        met += sum(map(visits, trees))
    made = len(used) if once else made
    return len(used) <= _KEYS_MAX and made * _KEY_COST < met
