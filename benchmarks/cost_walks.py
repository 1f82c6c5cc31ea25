# SPDX-License-Identifier: MIT
"""The terms of a run on one row, counted by walking its trees."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import emlrt
from emlrt._native import lib
from emlrt.blob import Stage
from emlrt.dtypes import dtype_of
from emlrt.inspect.cost import Terms, tree_terms
from emlrt.inspect.stage_cost import row_items, shape_of, stage_terms
from emlrt.inspect.trees import has_sets, leaf_numbers, trees_table
from emlrt.inspect.work import sizes_and_records


def _keys(x: NDArray[Any]) -> list[int]:
    """Elements as trees compare them."""
    if x.dtype == np.float32:
        bits = (x + np.float32(0)).view(np.int32).astype(np.int64)
        return np.where(bits < 0, bits ^ 0x7FFFFFFF, bits).tolist()
    return x.astype(np.int64).tolist()


def _questions(stage: Stage) -> tuple[list[int], list[int]]:
    """Feature and threshold of each record."""
    records = sizes_and_records(stage)[1]
    record, split = stage.name.split("_")[2], records["split"].astype(np.int64)
    if record == "u8":
        return (split & 0xFF).tolist(), (split >> 8).tolist()
    shift = 2 if record in ("i16", "u8m", "u8c") else 3
    return (split >> shift).tolist(), records["threshold"].tolist()


def _walk(stage: Stage, x: list[int]) -> tuple[int, list[int]]:
    """Splits that a row visits, and the place of the leaf of each tree."""
    shape, (feature, threshold) = shape_of(stage), _questions(stage)
    left, right, link = shape.left.tolist(), shape.right.tolist(), shape.link.tolist()
    visits, places, start = 0, [], 0
    bases = trees_table(stage)["base"].tolist()
    for size, base in zip(shape.sizes.tolist(), bases, strict=True):
        at, start = start, start + size
        while size:
            visits += 1
            if x[feature[at]] <= threshold[at]:
                if left[at]:
                    places.append(base + link[at])
                    break
                at += 1
            elif right[at]:
                places.append(base + link[at] + left[at])
                break
            else:
                at += 1 + (0 if left[at] else link[at])
        else:
            places.append(base)
    return visits, places


def _stage(stage: Stage, x: NDArray[Any]) -> Terms:
    """Terms of a trees stage that reads x."""
    _, kind, record = stage.name.split("_")
    visits, places = _walk(stage, _keys(x))
    items = 0
    if kind == "soft":
        rows = leaf_numbers(stage)[places].astype(np.int64) - stage.target.count
        items = int(row_items(stage)[rows[rows >= 0]].sum())
    return tree_terms(kind, record, len(places), visits, stage.target.count, items)


def bins_of(stage: Stage, x: NDArray[Any]) -> NDArray[np.int64]:
    """What a bucketize stage without categories makes of a row without NaN."""
    keys, at, found = np.array(_keys(x)), 0, []
    table = np.frombuffer(
        stage.payload, dtype_of("emlrt_bucketize"), stage.target.count
    )
    every = np.frombuffer(stage.payload, "<i4", offset=table.nbytes)
    for column in table:
        own = keys[int(column["source"]) >> 2]
        if not int(column["source"]) & lib.EMLRT_BUCKETIZE_AGAIN:
            mine, at = every[at : at + column["count"]], at + int(column["count"])
        found.append(np.searchsorted(mine, own))
    return np.array(found)


def row_terms(model: emlrt.Model, row: NDArray[Any]) -> list[Terms]:
    """Terms of each stage of a model of trees, behind a stage of bins or not; where
    there are categories, the mean of all leaves."""
    x, found = np.asarray(row, model.input_dtype), []
    for stage in model.stages:
        if stage.name.startswith("bucketize_"):
            found.append(stage_terms(stage) or {})
            x = bins_of(stage, x)
        elif stage.name.startswith("trees_") and not has_sets(stage):
            found.append(_stage(stage, x))
        else:
            found.append(stage_terms(stage) or {})
    return found
