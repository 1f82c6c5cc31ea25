# SPDX-License-Identifier: MIT
"""The leaf table's order: every needed pair of codes adjacent, few entries.

A split whose children are both leaves needs their codes side by side. Codes are
vertices and such pairs edges, so a shortest table is a set of trails that uses
every edge once: an Eulerian trail problem (Hierholzer's algorithm), linear in
the pairs.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.trees.unique_rows import unique_rows

Ints = NDArray[np.int64]
#: Up to so many pairs and singles, Python is done before numpy has begun.
_FEW = 16


def _circuit(start: int, out: dict[int, list[int]]) -> list[int]:
    """The Eulerian circuit from a vertex of a balanced graph; empties `out`."""
    stack, circuit = [start], []
    while stack:
        edges = out.get(stack[-1])
        if edges:
            stack.append(edges.pop())
        else:
            circuit.append(stack.pop())
    circuit.reverse()
    return circuit


def _trails(pairs: list[list[int]]) -> list[list[int]]:
    """Trails that use each pair once, as few as the pairs allow."""
    out: dict[int, list[int]] = {}
    surplus: dict[int, int] = {}
    for a, b in pairs:
        out.setdefault(a, []).append(b)
        surplus[a] = surplus.get(a, 0) + 1
        surplus[b] = surplus.get(b, 0) - 1
    # Vertex -1 balances the graph: it feeds those with more pairs that start
    # with them than end with them, and takes from the others.
    out[-1] = []
    for vertex, n in surplus.items():
        if n > 0:
            out[-1] += [vertex] * n
        else:
            out.setdefault(vertex, []).extend([-1] * -n)
    trails: list[list[int]] = []
    for start in [-1, *out]:
        circuit = _circuit(start, out) if out[start] else []
        trail: list[int] = []
        for vertex in [*circuit, -1]:
            if vertex >= 0:
                trail.append(vertex)
            elif trail:
                trails.append(trail)
                trail = []
    return trails


def _lonely(pairs: Ints) -> NDArray[np.bool_]:
    """Pairs that share no code with another one: trails by themselves."""
    _, at, n = np.unique(pairs, return_inverse=True, return_counts=True)
    lonely: NDArray[np.bool_] = (n[at].reshape(-1, 2) == 1).all(axis=1)
    return lonely


def arrange(pairs: Ints, singles: Ints) -> tuple[Ints, Ints, Ints]:
    """A table of codes in which every pair is adjacent and every single occurs.

    pairs : (n, 2) codes, repeats allowed. singles : (m,) codes.
    Returns the table, the place of each pair's first code, and a place of each
    single.
    """
    if len(pairs) + len(singles) <= _FEW:
        return _arrange_few(pairs.reshape(-1, 2).tolist(), singles.tolist())
    return _arrange_many(pairs, singles)


def _arrange_few(pairs: list[list[int]], singles: list[int]) -> tuple[Ints, Ints, Ints]:
    """As `_arrange_many`, to the last place."""
    unique = sorted({(a, b) for a, b in pairs})
    uses = Counter(code for pair in unique for code in pair)
    rest = [[a, b] for a, b in unique if uses[a] > 1 or uses[b] > 1]
    table = [code for trail in _trails(rest) for code in trail]
    table += [c for a, b in unique if uses[a] == uses[b] == 1 for c in (a, b)]
    table += sorted(set(singles).difference(table))
    last = range(len(table) - 1, -1, -1)
    pair_at = {(table[k], table[k + 1]): k for k in last[1:]}
    single_at = {table[k]: k for k in last}
    pair_places = np.array([pair_at[a, b] for a, b in pairs], np.int64)
    single_places = np.array([single_at[code] for code in singles], np.int64)
    return np.array(table, np.int64), pair_places, single_places


def _arrange_many(pairs: Ints, singles: Ints) -> tuple[Ints, Ints, Ints]:
    unique, which = unique_rows(pairs.reshape(-1, 2))
    lonely = _lonely(unique)
    rest = _trails(unique[~lonely].tolist())
    table = np.array([code for trail in rest for code in trail], np.int64)
    table = np.concatenate([table, unique[lonely].ravel()])
    missing = np.setdiff1d(singles, table)
    table = np.concatenate([table, missing])
    return table, *_places(table, unique, which, singles)


def _places(table: Ints, unique: Ints, which: Ints, singles: Ints) -> tuple[Ints, Ints]:
    """Where the pairs and singles stand in the table."""
    span = int(table.max(initial=0)) + 1
    keys = table[:-1] * span + table[1:]
    order = np.argsort(keys, kind="stable")
    wanted = unique[:, 0] * span + unique[:, 1]
    found = (
        order[np.searchsorted(keys, wanted, sorter=order)] if wanted.size else wanted
    )
    codes = np.argsort(table, kind="stable")
    single = (
        codes[np.searchsorted(table, singles, sorter=codes)]
        if singles.size
        else singles
    )
    return found[which], single
