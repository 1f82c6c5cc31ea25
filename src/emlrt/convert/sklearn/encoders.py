# SPDX-License-Identifier: MIT
"""Bins and categories: numbers that become codes, columns or means.

    OneHotEncoder       1 where x is the column's category; by ONE_HOT, with MAP_VALUES
                        first where categories share a column
    OrdinalEncoder, TargetEncoder   the code, or mean, of x's category; by MAP_VALUES
    KBinsDiscretizer    the number of inner edges up to x; by MAP_VALUES, and ONE_HOT
                        for one column per bin

The encoder itself is asked for the results of its categories, so that its many
parameters (drop, infrequent categories, unknown values) hold as they are. Code on a
device cannot raise: where handle_unknown is "error", an unknown category gives zeros
from OneHotEncoder and NaN from OrdinalEncoder; Python raises.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, transformer
from emlrt.convert.ir.steps import Origin, Tensor
from emlrt.convert.numeric.tables import Floats, Table, equals, lookup
from emlrt.convert.numeric.tables import coded as coded_tables
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.convert.sklearn.known_categories import note
from emlrt.convert.trees.fold_scalers import borders
from emlrt.convert.trees.forest import Ints
from emlrt.errors import UnsupportedModelError
from emlrt.thresholds import after32


def _categories(encoder: Any) -> list[Floats]:
    """Each feature's categories as numbers."""
    found = []
    for i, categories in enumerate(encoder.categories_):
        strings = [c for c in categories if isinstance(c, str | bytes)]
        if strings or np.asarray(categories).dtype.kind not in "biufO":
            raise UnsupportedModelError(
                f"{type(encoder).__name__} has categories that are no numbers"
                f" (feature {i}: {categories[0]!r}); the input of a converted model"
                " is numbers: encode the strings as integers outside the model,"
                " before fit"
            )
        found.append(np.asarray(categories).astype(np.float64))
    return found


def _ask(encoder: Any, rows: Floats) -> Floats | None:
    """The encoder's results for rows; None if it refuses them."""
    objects = any(np.asarray(c).dtype.kind == "O" for c in encoder.categories_)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            y = encoder.transform(rows.astype(object) if objects else rows)
        except ValueError:
            return None
    y = y.toarray() if hasattr(y, "toarray") else y
    return np.asarray(y).astype(np.float64)


def _answers(encoder: Any) -> tuple[list[Floats], Floats, Floats | None]:
    """Categories, what the encoder gives for them, and for unknown numbers.

    Row r of the second has every feature at its category r, or at its last one.
    """
    categories = _categories(encoder)
    depth = max(c.size for c in categories)
    rows = np.stack([c[np.minimum(np.arange(depth), c.size - 1)] for c in categories])
    known = _ask(encoder, rows.T)
    if known is None:
        raise UnsupportedModelError(
            f"{type(encoder).__name__} does not accept its own categories as numbers"
        )
    # A number above all the others is unknown to every feature.
    top = max(abs(np.where(np.isnan(c), 0, c)).max() for c in categories)
    unknown = _ask(encoder, np.full((1, len(categories)), 2 * top + 1))
    return categories, known, None if unknown is None else unknown[0]


def _accepts_nan(categories: list[Floats], unknown: Floats | None) -> bool:
    """NaN in a feature without it as a category is an unknown one like others."""
    return unknown is not None or any(np.isnan(c).any() for c in categories)


def _tables(
    encoder: Any, width: int = 1
) -> tuple[list[Table], list[Floats], Floats | None]:
    """A table for each column; `width` columns follow from each feature."""
    categories, known, unknown = _answers(encoder)
    tables = []
    for column in range(known.shape[1]):
        keys = categories[column // width]
        other = np.nan if unknown is None else float(unknown[column])
        tables.append(Table(keys, known[: keys.size, column], other))
    return tables, categories, unknown


def _of_nan(table: Table) -> float:
    nan = np.isnan(table.keys)
    return float(table.values[nan][0]) if nan.any() else table.other


def _by_tables(graph: Graph, encoder: Any, x: Tensor, width: int) -> OutputSpec:
    tables, categories, unknown = _tables(encoder, width)
    if unknown is None:
        note(graph, x, categories)
    if width > 1:
        x = graph.gather(x, np.repeat(np.arange(x.count), width))
    y = lookup(graph, x, tables, type(encoder).__name__, exact=True)
    filled = not any(np.isnan(_of_nan(table)) for table in tables)
    accepts = _accepts_nan(categories, unknown)
    return transformer(graph, y, missing=accepts, filled=filled)


def _ordinal(graph: Graph, encoder: Any, x: Tensor) -> OutputSpec:
    return _by_tables(graph, encoder, x, 1)


def _target(graph: Graph, encoder: Any, x: Tensor) -> OutputSpec:
    several = encoder.target_type_ == "multiclass"
    return _by_tables(graph, encoder, x, len(encoder.classes_) if several else 1)


def _one_hot(graph: Graph, encoder: Any, x: Tensor) -> OutputSpec:
    categories, known, unknown = _answers(encoder)
    accepts = _accepts_nan(categories, unknown)
    if unknown is None:
        note(graph, x, categories)
        unknown = np.zeros(known.shape[1])
    name, x = type(encoder).__name__, graph.floats(x)
    stops = np.cumsum(encoder._n_features_outs)
    tables, plain, coded = [], [], []
    for f, (keys, stop) in enumerate(zip(categories, stops, strict=True)):
        columns = slice(int(stop - encoder._n_features_outs[f]), int(stop))
        # The column that is 1, counted from 1; 0 where none is.
        numbered = np.arange(1.0, columns.stop - columns.start + 1)
        codes = known[: keys.size, columns] @ numbered
        other = float(unknown[columns] @ numbered)
        tables.append(Table(keys, codes, other))
        coded += [(f, code) for code in numbered]
        single = all((codes == code).sum() == 1 for code in numbered)
        if single and other == 0:
            plain += [(f, float(keys[codes == code][0])) for code in numbered]
    if not coded:
        raise UnsupportedModelError(f"{name} gives no columns")
    if len(plain) == len(coded):
        for table in coded_tables(graph, x, tables):
            table.payload(name)  # refuses what float32 cannot tell apart
        y = equals(graph, x, plain, name)
    else:
        codes_of = lookup(graph, x, tables, name, exact=True)
        y = equals(graph, codes_of, coded, name)
    return transformer(graph, y, missing=accepts, filled=True)


def _bin_table(edges: Floats) -> Table:
    """Number of inner edges, each a float32, that are not above a float32."""
    keys, first = np.unique(edges[::-1], return_index=True)
    return Table(keys, edges.size - first.astype(np.float64), 0.0)


def _bins(graph: Graph, binner: Any, x: Tensor) -> OutputSpec:
    inner = [np.asarray(edges, np.float64)[1:-1] for edges in binner.bin_edges_]
    counts = np.array([edges.size for edges in inner], np.int64)
    at = np.repeat(np.arange(x.count), counts)
    source, last, _ = borders(graph, x, np.concatenate(inner), at, strict=True)
    keys = np.split(after32(last), np.cumsum(counts)[:-1])
    tables = [_bin_table(edges) for edges in keys]
    y = lookup(graph, source, tables, "KBinsDiscretizer", exact=False)

    def function(at: Ints, values: NDArray[Any]) -> Floats:
        found = np.empty(at.size)
        for f in np.unique(at):
            mine = at == f
            found[mine] = np.searchsorted(inner[f], values[mine], side="right")
        return found

    graph.origins[y.buffer] = Origin(x, np.arange(x.count), function)
    if binner.encode != "ordinal":
        pairs = [(f, code) for f, n in enumerate(binner.n_bins_) for code in range(n)]
        y = equals(graph, y, pairs, "KBinsDiscretizer")
    return transformer(graph, y)


_CONVERTERS = {
    "OneHotEncoder": _one_hot,
    "OrdinalEncoder": _ordinal,
    "TargetEncoder": _target,
    "KBinsDiscretizer": _bins,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted encoder, or binner, that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
