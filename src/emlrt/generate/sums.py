# SPDX-License-Identifier: MIT
"""Stages whose trees add numbers: integers that are scaled at the end, or floats."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.generate.plan import Step
from emlrt.generate.stages import (
    Text,
    add_trees,
    declared,
    signed,
    smallest,
    tree_names,
    x_declared,
)
from emlrt.inputs import c_float
from emlrt.inspect import oblivious
from emlrt.inspect.trees import exponents, leaf_numbers

#: Exponents with which no sum of 32 bits leaves the normal numbers.
_NEAR = range(-126, 97)


def c_number(number: Any) -> str:
    """A number of a leaf as C writes it."""
    if isinstance(number, np.floating):
        return c_float(np.float32(number))
    value = int(number)
    return "-2147483647 - 1" if value == -(1 << 31) else str(value)


def _head(step: Step) -> str:
    return f"@NOINLINE static void @s{step.index}({x_declared(step)}, @f32 *y) {{"


def _scale(text: Text, step: Step) -> list[int]:
    """The stage's exponents, with the helper that takes them."""
    found: list[int] = exponents(step.stage).tolist()
    text.need("SCALE" if set(found) <= set(_NEAR) else "SCALE_FAR")
    return found


def single(text: Text, step: Step) -> None:
    """A stage with one output: each tree returns its leaf's number."""
    leaves = leaf_numbers(step.stage)[:, 0]
    floats = leaves.dtype.kind == "f"
    kind = "float" if floats else signed(leaves)
    how = declared(step, kind)
    add_trees(text, step, how, lambda leaf: [f"return {c_number(leaves[leaf])};"])
    text.add(_head(step))
    calls = [f"{name}({how.arguments})" for name in tree_names(step)]
    if floats:
        _add_floats(text, calls)
        return
    _add_integers(text, step, calls)


def _add_floats(text: Text, calls: list[str]) -> None:
    """Each sum is stored, so that no compiler adds in another order."""
    text.add("  volatile float sum = 0.0f;")
    text.add(*(f"  sum = sum + {call};" for call in calls))
    text.add("  y[0] = sum;", "}")


def _add_integers(text: Text, step: Step, calls: list[str]) -> None:
    """The leaf stands alone first: some compilers warn of the cast of a call."""
    text.add("  uint32_t sum = 0;", "  int32_t leaf;")
    for call in calls:
        text.add(f"  leaf = {call};", "  sum += (uint32_t)leaf;")
    text.add(f"  y[0] = @scale(sum, {_scale(text, step)[0]});", "}")


def several(text: Text, step: Step) -> None:
    """A stage with more outputs: each tree returns where its leaf stands in a table."""
    leaves = leaf_numbers(step.stage)
    table = f"@leaves{step.index}"
    text.table(table, leaves, map(c_number, leaves.ravel()))
    n = step.stage.target.count
    how = declared(step, smallest(leaves.size))
    add_trees(text, step, how, lambda leaf: [f"return {leaf * n}u;"])
    calls = [f"{name}({how.arguments})" for name in tree_names(step)]
    _add_rows(text, step, leaves, [f"{table} + {call}" for call in calls])


def _read(leaves: NDArray[Any]) -> str:
    return "@F32" if leaves.dtype.kind == "f" else f"@I{8 * leaves.dtype.itemsize}"


def _add_rows(text: Text, step: Step, leaves: NDArray[Any], rows: list[str]) -> None:
    """Add up rows of the leaf table, and scale sums of integers."""
    n, i = step.stage.target.count, step.index
    floats = leaves.dtype.kind == "f"
    c_type = "float" if floats else f"int{8 * leaves.dtype.itemsize}_t"
    kind = "volatile float" if floats else "uint32_t"
    number = f"{_read(leaves)}(row + j)"
    leaf = ["    int32_t leaf = " + number + ";"] if not floats else []
    summed = number if floats else "(uint32_t)leaf"
    text.add(
        f"@NOINLINE static void @add{i}({kind} *sums, const {c_type} *row) {{",
        "  unsigned j;",
        f"  for (j = 0; j < {n}; j++) {{",
        *leaf,
        f"    sums[j] = sums[j] + {summed};",
        "  }",
        "}",
        _head(step),
        f"  {kind} sums[{n}];",
        "  unsigned j;",
        f"  for (j = 0; j < {n}; j++) {{",
        "    sums[j] = 0;",
        "    @KEEP();",
        "  }",
    )
    text.add(*(f"  @add{i}(sums, {row});" for row in rows))
    if floats:
        text.add(f"  for (j = 0; j < {n}; j++) y[j] = sums[j];", "}")
        return
    scales = _scale(text, step)
    text.add(*(f"  y[{j}] = @scale(sums[{j}], {e});" for j, e in enumerate(scales)))
    text.add("}")


def oblivious_stage(text: Text, step: Step) -> None:
    """Oblivious trees: a table of leaves for each, and the bits of its answers."""
    assert step.columns is not None
    trees = oblivious.trees(step.stage)
    n = step.stage.target.count
    leaves = np.concatenate([tree.leaves for tree in trees])
    table = f"@leaves{step.index}"
    text.table(table, leaves, map(c_number, leaves.ravel()))
    how = declared(step, "unsigned")
    for name, tree in zip(tree_names(step), trees, strict=True):
        text.add(f"@NOINLINE static unsigned {name}({how.parameters}) {{")
        text.add(*(f"  {line}" for line in _answers(step, tree)), "}")
    rows, at = [], 0
    for name, tree in zip(tree_names(step), trees, strict=True):
        call = f"{name}({how.arguments})"
        factor = f" * {n}u" if n > 1 else ""
        rows.append(
            f"{table} + {at} + {call}{factor}" if at else f"{table} + {call}{factor}"
        )
        at += tree.leaves.size
    if n > 1:
        _add_rows(text, step, leaves, rows)
        return
    text.add(_head(step))
    number = _read(leaves)
    _add_integers(text, step, [f"{number}({row})" for row in rows])


def _answers(step: Step, tree: oblivious.ObliviousTree) -> list[str]:
    """Statements that return the number of the leaf."""
    assert step.columns is not None
    lines = ["unsigned leaf = 0;"]
    asked = list(zip(tree.feature, tree.threshold, strict=True))
    for i, (feature, threshold) in enumerate(asked):
        right = step.columns.question(feature, threshold, False).right
        if right == "1":
            lines.append(f"leaf |= {1 << i}u;")
        elif right:
            lines.append(f"if ({right}) leaf |= {1 << i}u;")
    if len(lines) == 1:
        lines.append(f"(void){step.columns.pointer};")
    return [*lines, "return leaf;"]
