# SPDX-License-Identifier: MIT
"""Stages whose trees vote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.blob import Program
from emlrt.generate.payloads import Tree, leaf_numbers, rows
from emlrt.generate.plan import Step
from emlrt.generate.stages import Text, add_trees, declared, smallest, tree_names, x_type
from emlrt.inspect.trees import trees_header

_WORD = 1 << 32
#: So many classes are set to 0 without a loop.
_FEW = 16


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


def add_functions(text: Text, votes: Votes) -> str:
    """The functions of the trees, which return a class; C text of their arguments."""
    step, n = votes.step, votes.step.stage.target.count
    more = [f"{votes.c_type} *v"] if votes.soft else []
    how = declared(step, smallest(n - 1), more)
    if votes.soft:
        kind = votes.c_type
        text.add(f"#define @VOTE{step.index}(c, n) (v[c] = ({kind})(v[c] + (n)))")
    add_trees(text, step, how, lambda leaf: _statements(votes, leaf))
    return how.arguments


def _statements(votes: Votes, leaf: int) -> list[str]:
    """What a leaf does: it adds its votes, and returns the class that has most."""
    given = votes.of_leaf(leaf)
    first = max(given, key=lambda c: (given[c], -c)) if given else 0
    if not votes.soft:
        return [f"return {first};"]
    macro = f"@VOTE{votes.step.index}"
    adds = [f"{macro}({c}, {n % _WORD}u);" for c, n in sorted(given.items()) if n]
    return [*adds, f"return {first};"]


def zeros(votes: Votes) -> list[str]:
    """Statements that declare v, all zeros: no loop that becomes a call of memset."""
    n = votes.step.stage.target.count
    declared = [f"  {votes.c_type} v[{n}];", "  unsigned i;"]
    if n <= _FEW:
        return [*declared, f"  {' = '.join(f'v[{i}]' for i in range(n))} = 0;"]
    loop = [f"  for (i = 0; i < {n}; i++) {{", "    v[i] = 0;", "    @KEEP();", "  }"]
    return [*declared, *loop]


def stage(text: Text, votes: Votes, arguments: str) -> None:
    """The function that gives all scores."""
    step, n = votes.step, votes.step.stage.target.count
    pointer = "k" if step.columns is not None and step.columns.keyed else "x"
    text.add(
        f"@NOINLINE static void @s{step.index}"
        f"(const {x_type(step)} *{pointer}, @u32 *y) {{",
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
    pointer = "k" if step.columns is not None and step.columns.keyed else "x"
    half = program.vote_total // 2 // (1 if votes.soft else votes.unit)
    text.add(
        f"@NOINLINE static uint32_t @c{step.index}"
        f"(const {x_type(step)} *{pointer}) {{",
        f"  {smallest(n - 1)} c = 0;",
        f"  {votes.c_type} most = 0;",
        *zeros(votes),
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
    more = "v[c]" if votes.soft else "++v[c]"
    return [f"  c = {call};", f"  if ({more} > {half}u) return c;"]
