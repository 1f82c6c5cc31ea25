# SPDX-License-Identifier: MIT
"""Trees as C functions: nested questions, and leaves that return."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from emlrt.generate.columns import Columns
from emlrt.generate.payloads import Tree

#: Most splits of one function: compilers take more than linear time and memory.
SPLITS_MAX = 400

#: What a leaf entry does; the last statement returns.
Leaf = Callable[[int], list[str]]


@dataclass(frozen=True)
class Function:
    """How the functions of a stage's trees are declared."""

    prefix: str
    result: str
    parameters: str
    arguments: str
    macro: str


class _Printer:
    """One tree: its questions, and where it is cut."""

    def __init__(self, tree: Tree, columns: Columns, how: Function, leaf: Leaf):
        self.tree, self.how, self.leaf = tree, how, leaf
        n = len(tree.feature)
        self.questions = [
            columns.question(tree.feature[i], tree.threshold[i], tree.missing_left[i])
            for i in range(n)
        ]
        self.size = [0] * n
        self.cuts: dict[int, int] = {}
        self._measure()

    def only(self, node: int) -> int:
        """The node that is left of one whose questions have one answer."""
        while node >= 0 and not all(self.questions[node]):
            left = self.questions[node].left
            node = self.tree.left[node] if left else self.tree.right[node]
        return node

    def children(self, node: int) -> tuple[int, int]:
        return self.only(self.tree.left[node]), self.only(self.tree.right[node])

    def _measure(self) -> None:
        """Sizes of subtrees as they are printed, children first."""
        for i in reversed(range(len(self.size))):
            splits = [child for child in self.children(i) if child >= 0]
            open_ = {c: 0 if c in self.cuts else self.size[c] for c in splits}
            while 1 + sum(open_.values()) > SPLITS_MAX:
                most = max(open_, key=lambda c: open_[c])
                self.cuts[most] = 0
                open_[most] = 0
            self.size[i] = 1 + sum(open_.values())

    def weight(self, node: int) -> int:
        return 0 if node < 0 or node in self.cuts else self.size[node]

    def functions(self, name: str) -> Iterator[str]:
        """The functions, those that others call first."""
        root = self.only(self.tree.root)
        for number, node in enumerate(sorted(self.cuts, reverse=True)):
            self.cuts[node] = number
        for node in sorted(self.cuts, reverse=True):
            if node != root:
                yield from self._function(f"{name}_{self.cuts[node]}", node, name)
        yield from self._function(name, root, name)

    def _function(self, own: str, root: int, name: str) -> Iterator[str]:
        how = self.how
        yield f"{how.macro} static {how.result} {own}({how.parameters}) {{"
        if root < 0:
            yield from (f"  (void){name};" for name in how.arguments.split(", "))
        yield from self._body(root, name)
        yield "}"

    def _end(self, node: int, name: str) -> list[str]:
        """What stands for a node that is no split here."""
        if node < 0:
            return self.leaf(~node)
        call = f"{name}_{self.cuts[node]}({self.how.arguments})"
        return [f"return {call};"]

    def _body(self, root: int, name: str) -> Iterator[str]:
        todo: list[tuple[int | str, int, bool]] = [(root, 1, True)]
        while todo:
            node, depth, top = todo.pop()
            indent = "  " * depth
            if isinstance(node, str):
                yield indent + node
            elif node < 0 or (node in self.cuts and not top):
                yield from (indent + line for line in self._end(node, name))
            else:
                yield from self._split(node, depth, name, todo)

    def _split(
        self, node: int, depth: int, name: str, todo: list[tuple[int | str, int, bool]]
    ) -> Iterator[str]:
        """The question of a split, whose smaller side stands in its block."""
        left, right = self.children(node)
        question = self.questions[node]
        inner, outer, text = left, right, question.left
        if self.weight(right) < self.weight(left):
            inner, outer, text = right, left, question.right
        indent = "  " * depth
        todo.append((outer, depth, False))
        end = self._end(inner, name) if self.weight(inner) == 0 else []
        if len(end) == 1:
            yield f"{indent}if ({text}) {end[0]}"
            return
        yield f"{indent}if ({text}) {{"
        todo.append(("}", depth, False))
        todo.append((inner, depth + 1, False))


def functions(
    tree: Tree, name: str, columns: Columns, how: Function, leaf: Leaf
) -> Iterator[str]:
    """The functions of one tree; the one called `name` is the whole of it."""
    yield from _Printer(tree, columns, how, leaf).functions(name)
