# SPDX-License-Identifier: MIT
"""The text of a stage that becomes code: its trees, and what adds them up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.generate.plan import Step
from emlrt.generate.printing import Function, Leaf, functions

_TYPES = {
    lib.EMLRT_U8: "uint8_t",
    lib.EMLRT_I16: "int16_t",
    lib.EMLRT_I32: "int32_t",
    lib.EMLRT_F32: "@u32",
}


@dataclass
class Text:
    """C text in the making. @ stands for the prefix of all its names.

    data: lines of constants, which stand in front. helpers: names of what `helpers`
    has. tables: bytes that lie in flash.
    """

    lines: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    helpers: set[str] = field(default_factory=set)
    tables: int = 0

    def add(self, *lines: str) -> None:
        self.lines.extend(lines)

    def need(self, *names: str) -> None:
        self.helpers.update(names)

    def table(self, name: str, numbers: NDArray[Any], text: Iterable[str]) -> None:
        """A constant array in flash, of numbers with that text."""
        self.need("FLASH")
        self.tables += numbers.nbytes
        kind = numbers.dtype.kind
        bits = 8 * numbers.dtype.itemsize
        c_type = "float" if kind == "f" else f"{'u' * (kind == 'u')}int{bits}_t"
        self.data.append(f"static const {c_type} {name}[{numbers.size}] @FLASH = {{")
        self.data += [*wrapped(text), "};"]


def wrapped(words: Iterable[str], width: int = 80) -> Iterator[str]:
    """Words with commas between them, in lines of at most so many characters."""
    line = " "
    for word in words:
        if len(line) + len(word) + 2 > width:
            yield line
            line = " "
        line += f" {word},"
    if line.strip():
        yield line


def x_type(step: Step) -> str:
    """C type of what a stage's questions read."""
    assert step.columns is not None
    if step.columns.keyed:
        return "int32_t"
    return "@u32" if step.columns.is_float else _TYPES[step.stage.source.dtype]


def x_declared(step: Step) -> str:
    """C text of the parameter that a stage's questions read."""
    assert step.columns is not None
    return f"const {x_type(step)} *{step.columns.pointer}"


def smallest(bound: int) -> str:
    """The smallest unsigned C type that holds a number; 32 bits for larger ones."""
    return "uint8_t" if bound < 256 else "uint16_t" if bound < 65536 else "uint32_t"


def signed(numbers: NDArray[Any]) -> str:
    """The smallest signed C type of a function's result that holds all numbers."""
    low, high = int(numbers.min(initial=0)), int(numbers.max(initial=0))
    return "int16_t" if low > -32768 and high < 32768 else "int32_t"


def declared(step: Step, result: str, more: Sequence[str] = ()) -> Function:
    """How the functions of a stage's trees look. more: further parameters."""
    assert step.columns is not None
    pointer = step.columns.pointer
    parameters = [x_declared(step), *more]
    arguments = [pointer, *(one.split("*")[-1] for one in more)]
    return Function(
        "@", result, ", ".join(parameters), ", ".join(arguments), "@NOINLINE"
    )


def tree_names(step: Step) -> list[str]:
    return [f"@t{step.index}_{i}" for i in range(len(step.trees))]


def add_trees(text: Text, step: Step, how: Function, leaf: Leaf) -> None:
    """The functions of every tree."""
    assert step.columns is not None
    for name, tree in zip(tree_names(step), step.trees, strict=True):
        text.lines.extend(functions(tree, name, step.columns, how, leaf))
