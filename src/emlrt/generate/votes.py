# SPDX-License-Identifier: MIT
"""Stages whose trees vote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.blob import Program
from emlrt.generate.payloads import Tree, rows
from emlrt.generate.plan import Step
from emlrt.generate.stages import (
    Text,
    add_trees,
    declared,
    smallest,
    tree_names,
    x_declared,
)
from emlrt.inspect.trees import leaf_numbers, trees_header

_WORD = 1 << 32
#: So many classes are set to 0 without a loop.
_FEW = 16
#: Longer rows of items are no statements of their own.
_ROW_MAX = 8

#: Votes, a class, and whether it is the last of its row.
Item = tuple[int, int, bool]


@dataclass(frozen=True)
class Votes:
    """How a stage votes.

    soft: whether leaves share their votes out; else each is one class, and classes are
    counted. unit: the votes that a count stands for. bound: most of one class, after
    each tree.
    """

    step: Step
    soft: bool
    unit: int
    leaves: NDArray[Any]
    shares: dict[int, dict[int, int]]
    bound: list[int]

    @property
    def c_type(self) -> str:
        return smallest(self.bound[-1])

    def of_leaf(self, leaf: int) -> dict[int, int]:
        """Votes by class; in counts, a class alone."""
        code = int(self.leaves[leaf])
        if code < self.step.stage.target.count:
            return {code: self.unit if self.soft else 1}
        return self.shares[code]


def _most(tree: Tree, votes: Votes) -> NDArray[np.int64]:
    """Most votes that a tree gives each class."""
    most = np.zeros(votes.step.stage.target.count, np.int64)
    children = [*tree.left, *tree.right, tree.root]
    for leaf in {~child for child in children if child < 0}:
        for score, n in votes.of_leaf(leaf).items():
            most[score] = max(most[score], n)
    return most


def votes_of(step: Step) -> Votes:
    """What there is to know of a stage that votes."""
    soft = step.stage.name.startswith("trees_soft")
    unit = trees_header(step.stage)["unit"]
    leaves = leaf_numbers(step.stage)
    bound: list[int] = []
    votes = Votes(step, soft, unit, leaves, rows(step.stage) if soft else {}, bound)
    total = np.zeros(step.stage.target.count, np.int64)
    for tree in step.trees:
        total += _most(tree, votes)
        bound.append(int(total.max()))
    return votes


def _rows(votes: Votes) -> tuple[dict[int, int], list[Item]]:
    """Where the row of each mixed leaf starts, and all items: votes, class, last."""
    starts: dict[int, int] = {}
    items: list[Item] = []
    known: dict[tuple[tuple[int, int], ...], int] = {}
    n_out = votes.step.stage.target.count
    for code in np.unique(votes.leaves[votes.leaves >= n_out]).tolist():
        given = [(n % _WORD, c) for c, n in votes.shares[code].items()]
        row = tuple(sorted(given, key=lambda item: (-item[0], item[1])))
        if row not in known:
            known[row] = len(items)
            items += [(n, c, i + 1 == len(row)) for i, (n, c) in enumerate(row)]
        starts[code] = known[row]
    return starts, items


def _item_type(items: list[Item], n_out: int) -> np.dtype[Any]:
    """The smallest type of an item's votes, and of its class with a bit above it."""
    most = max([n for n, _, _ in items])
    for dtype, top in ((np.uint8, 1 << 7), (np.uint16, 1 << 15)):
        if n_out <= top and most < 2 * top:
            return np.dtype(dtype)
    return np.dtype(np.uint32)


def add_functions(text: Text, votes: Votes) -> str:
    """The functions of the trees, which return a class: the leaf's, or that to which it
    gives most. C text of their arguments."""
    step, n = votes.step, votes.step.stage.target.count
    starts, items = _rows(votes) if votes.soft else ({}, [])
    if votes.soft:
        _add_macros(text, votes, starts, items)
    more = [f"{votes.c_type} *v"] if votes.soft else []
    how = declared(step, smallest(n - 1), more)

    def leaf(entry: int) -> list[str]:
        code = int(votes.leaves[entry])
        if not votes.soft:
            return [f"return {code};"]
        named = f"ROW{step.index}_{starts[code]}" if code >= n else ""
        return [f"@{named};" if named else f"@PURE{step.index}({code});"]

    add_trees(text, step, how, leaf)
    return how.arguments


def _add_macros(
    text: Text, votes: Votes, starts: dict[int, int], items: list[Item]
) -> None:
    """What leaves do: each kind adds its votes and returns."""
    i, kind = votes.step.index, votes.c_type
    add = f"v[c] = ({kind})(v[c] + (n))"
    text.add(f"#define @ADD{i}(c, n) {add}")
    pure = f"@ADD{i}(c, {votes.unit % _WORD}u)"
    text.add(f"#define @PURE{i}(c) do {{ {pure}; return c; }} while (0)")
    if not items:
        return
    _add_table(text, votes, items)
    texts = {start: _in_line(i, items, start) for start in sorted({*starts.values()})}
    for start, adds in texts.items():
        call = f"return @row{i}(v, {2 * start}u)"
        if len(adds) > _ROW_MAX:
            text.add(f"#define @ROW{i}_{start} {call}")
            continue
        body = " ".join([*adds, f"return {items[start][1]};"])
        text.add(
            "#if @TABLES",
            f"#define @ROW{i}_{start} {call}",
            "#else",
            f"#define @ROW{i}_{start} do {{ {body} }} while (0)",
            "#endif",
        )


def _in_line(i: int, items: list[Item], start: int) -> list[str]:
    """Statements that add a row of items."""
    found = []
    for n, c, last in items[start:]:
        found.append(f"@ADD{i}({c}, {n}u);")
        if last:
            break
    return found


def _add_table(text: Text, votes: Votes, items: list[Item]) -> None:
    """The table of items, and the function that adds a row of it."""
    i, n, kind = votes.step.index, votes.step.stage.target.count, votes.c_type
    dtype = _item_type(items, n)
    bits = 8 * dtype.itemsize
    last = 1 << (bits - 1)
    numbers = [x for v, c, end in items for x in (v, c | (last if end else 0))]
    text.need("TABLES")
    text.table(f"@items{i}", np.array(numbers, dtype), map(str, numbers))
    at = smallest(2 * len(items))
    text.add(
        f"@NOINLINE static {smallest(n - 1)} @row{i}({kind} *v, {at} row) {{",
        f"  const uint{bits}_t *item = @items{i} + row;",
        f"  uint{bits}_t most = @U{bits}(item + 1) & 0x{last - 1:X}u, head;",
        "  do {",
        f"    head = @U{bits}(item + 1);",
        f"    @ADD{i}(head & 0x{last - 1:X}u, @U{bits}(item));",
        "    item += 2;",
        f"  }} while (head < 0x{last:X}u);",
        f"  return ({smallest(n - 1)})most;",
        "}",
    )


def zeros(votes: Votes, v: str = "v") -> list[str]:
    """Statements that declare v, all zeros: no loop that becomes a call of memset."""
    n = votes.step.stage.target.count
    declared = [f"  {votes.c_type} {v}[{n}];", "  unsigned i;"]
    if n <= _FEW:
        return [*declared, f"  {' = '.join(f'{v}[{i}]' for i in range(n))} = 0;"]
    loop = f"  for (i = 0; i < {n}; i++) {{"
    return [*declared, loop, f"    {v}[i] = 0;", "    @KEEP();", "  }"]


def stage(text: Text, votes: Votes, arguments: str) -> None:
    """The function that gives all scores."""
    step, n = votes.step, votes.step.stage.target.count
    text.add(
        f"@NOINLINE static void @s{step.index}({x_declared(step)}, @u32 *y) {{",
        *zeros(votes),
    )
    names = tree_names(step)
    if votes.soft:
        text.add(*(f"  (void){name}({arguments});" for name in names))
        text.add(f"  for (i = 0; i < {n}; i++) y[i] = v[i];", "}")
        return
    text.add(*(f"  v[{name}({arguments})]++;" for name in names))
    factor = "" if votes.unit == 1 else f" * (uint32_t){votes.unit}u"
    text.add(f"  for (i = 0; i < {n}; i++) y[i] = (uint32_t)v[i]{factor};", "}")


def decides_early(program: Program, votes: Votes) -> bool:
    """Whether a class is certain once it has more than half of all votes."""
    one = len(program.stages) == len(program.output_sizes) == 1
    whole = votes.bound[-1] * (1 if votes.soft else votes.unit) < _WORD
    return one and whole and program.output_sizes[0] == votes.step.stage.target.count


def decide(text: Text, program: Program, votes: Votes, arguments: str) -> None:
    """A function that returns the class, as soon as it is certain."""
    step, n = votes.step, votes.step.stage.target.count
    half = program.vote_total // 2 // (1 if votes.soft else votes.unit)
    text.add(
        f"@NOINLINE static uint32_t @c{step.index}({x_declared(step)}) {{",
        f"  {smallest(n - 1)} c = 0;",
        f"  {votes.c_type} most = 0, *v;",
        *(["  uint32_t n;"] if not votes.soft and votes.bound[-1] > half else []),
        *zeros(votes, "votes"),
        "  v = votes;",
        "  @HOLD(v);",
    )
    for name, bound in zip(tree_names(step), votes.bound, strict=True):
        text.add(*_one_tree(votes, f"{name}({arguments})", bound > half, half))
    text.add(
        f"  for (i = 0; i < {n}; i++) {{",
        "    if (v[i] <= most) continue;",
        "    most = v[i];",
        f"    c = ({smallest(n - 1)})i;",
        "  }",
        "  return c;",
        "}",
    )


def _one_tree(votes: Votes, call: str, certain: bool, half: int) -> list[str]:
    """Statements of one tree's vote. certain: whether it may decide."""
    if not certain:
        return [f"  (void){call};" if votes.soft else f"  v[{call}]++;"]
    if votes.soft:
        return [f"  c = {call};", f"  if (v[c] > {half}u) return c;"]
    return [
        f"  c = {call};",
        "  n = v[c] + 1u;",
        f"  v[c] = ({votes.c_type})n;",
        f"  if (n > {half}u) return c;",
    ]
