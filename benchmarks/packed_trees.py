# SPDX-License-Identifier: MIT
"""A bit-packed encoding of trees that was tried: bytes, and instructions of its walk.

    python benchmarks/packed_trees.py

A tree is a stream of bits: for each split, depth first, the column of its bin, the
threshold as a bin, and the splits in its left subtree, in as few bits as the tree
needs; then its leaves in order, as integers of as few bits as hold them. Where children
are leaves follows from the splits that are left, so no flags and no links are stored.
Scores are today's, bit for bit. Writes results/packed_trees.csv.
"""

from __future__ import annotations

from common import enter, print_table, progress, write_csv

enter()

from collections.abc import Iterator  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from boosters import breast_like  # noqa: E402
from cost_walks import bins_of  # noqa: E402
from firmware import run_peer  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from peers_code import Code  # noqa: E402
from sklearn import datasets, ensemble  # noqa: E402

import emlrt  # noqa: E402
from emlrt.blob import Stage  # noqa: E402
from emlrt.dtypes import dtype_of  # noqa: E402
from emlrt.emulate import measure  # noqa: E402
from emlrt.inspect.cost import price  # noqa: E402
from emlrt.inspect.stage_cost import shape_of, stage_cost  # noqa: E402
from emlrt.inspect.trees import trees_header, trees_shape, trees_table  # noqa: E402
from emlrt.inspect.work import sizes_and_records  # noqa: E402

Row = dict[str, Any]
TARGET, ROWS = "cortex-m0plus", 12
NOTES = (
    "today: bytes of the smaller of the direct encoding and bins; of bins, records,"
    " leaves and edges; packed: bytes with packed trees behind the same bins",
    "bound: the same without links and with thresholds in as few bits as their column"
    " needs, which nothing walks",
    "walk: instructions of all trees on a Cortex-M0+, -O2, mean of 12 rows; today's"
    " without those of the bins, by the model of costs; packed: a prototype in C",
)
#: A walk of the stream. Each tree: splits and bits of a leaf, and its words.
WALK = """
#include <stdint.h>
static const uint32_t trees[] = {%(words)s};
static uint32_t bits(const uint32_t *at, uint32_t bit, unsigned n) {
  unsigned shift = bit & 31u;
  uint32_t found;
  at += bit >> 5;
  found = at[0] >> shift;
  if (shift + n > 32u) found |= at[1] << (32u - shift);
  return found << (32u - n) >> (32u - n);
}
static int32_t tree(const uint32_t *at, unsigned splits, unsigned head,
                    const uint8_t *x) {
  unsigned width = head & 0xFFu, skips = head >> 8 & 0xFFu, leaves = head >> 16;
  uint32_t bit = 0, leaf = 0, base = splits * width, n = splits, number;
  while (n != 0) {
    uint32_t word = bits(at, bit, width);
    uint32_t skip = word & ((1u << skips) - 1u);
    word >>= skips;
    bit += width;
    if (x[word & %(features)du] <= (word >> %(shift)d)) {
      n = skip;
    } else {
      leaf += skip + 1u;
      n -= skip + 1u;
      bit += skip * width;
    }
  }
  number = bits(at, base + leaf * leaves, leaves);
  return (int32_t)(number << (32u - leaves)) >> (32u - leaves);
}
void bench_call(const uint8_t *x, uint32_t *y);
void bench_call(const uint8_t *x, uint32_t *y) {
  const uint32_t *at = trees;
  uint32_t sum = 0;
  while (*at != 0) {
    unsigned words = at[0] & 0xFFFFu;
    sum += (uint32_t)tree(at + 2, at[0] >> 16, at[1], x);
    at += words;
  }
  *y = sum;
}
"""


@dataclass(eq=False)
class Tree:
    """Columns, thresholds and left subtrees' splits of a tree; its leaves in order."""

    columns: list[int]
    bins: list[int]
    skips: list[int]
    leaves: list[int]

    @property
    def leaf_bits(self) -> int:
        return max(int(abs(n)).bit_length() for n in self.leaves) + 1


def _trees(stage: Stage) -> Iterator[Tree]:
    """Of a stage that reads bins of a byte."""
    shape, records = shape_of(stage), sizes_and_records(stage)[1]
    split = records["split"].astype(int)
    narrow = records.dtype.itemsize == 4
    columns = split & 0xFF if narrow else split >> 2
    thresholds = split >> 8 if narrow else records["threshold"].astype(int)
    n, at = trees_shape(stage)["leaves"], trees_header(stage)["leaves"]
    table = np.frombuffer(stage.payload, "<i4", n, at).tolist()
    start = 0
    bases = trees_table(stage)["base"].tolist()
    for size, base in zip(shape.sizes.tolist(), bases, strict=True):
        end = start + size
        parts = (a[start:end].tolist() for a in (shape.left, shape.right, shape.link))
        left, right, link = parts
        leaves, skips = _leaves(left, right, link, [table[k] for k in range(base, n)])
        yield Tree(
            columns[start:end].tolist(),
            thresholds[start:end].tolist(),
            skips,
            leaves if size else [table[base]],
        )
        start = end


def _leaves(
    left: list[bool], right: list[bool], link: list[int], table: list[int]
) -> tuple[list[int], list[int]]:
    """Leaves from left to right, and splits of each left subtree."""
    found: list[int] = []
    skips = [0] * len(left)

    def below(at: int) -> int:
        if left[at]:
            found.append(table[link[at]])
            child = at + 1
        else:
            child = below(at + 1)
            skips[at] = child - at - 1
        if right[at]:
            found.append(table[link[at] + left[at]])
            return child
        return below(child)

    if left:
        below(0)
    return found, skips


def _words(numbers: list[tuple[int, int]]) -> list[int]:
    """(number, bits) pairs, lowest bits first, as words of 32 bits."""
    stream = at = 0
    for number, bits in numbers:
        stream |= (number & ((1 << bits) - 1)) << at
        at += bits
    return [stream >> k & 0xFFFFFFFF for k in range(0, at, 32)]


def packed(tree: Tree, features: int, bins: int) -> list[int]:
    """A tree with its two words in front."""
    n = len(tree.columns)
    skips = max(tree.skips, default=0).bit_length()
    width = features + bins + skips
    numbers = [
        (skip | column << skips | own << skips + features, width)
        for column, own, skip in zip(tree.columns, tree.bins, tree.skips, strict=True)
    ]
    numbers += [(leaf, tree.leaf_bits) for leaf in tree.leaves]
    words = _words(numbers)
    head = [n << 16 | len(words) + 2, width | skips << 8 | tree.leaf_bits << 16]
    return [*head, *words]


def _least(tree: Tree, features: int, counts: NDArray[Any]) -> int:
    """Bytes without links and with the least bits of thresholds."""
    own = sum(int(counts[k] - 1).bit_length() for k in tree.columns)
    bits = len(tree.columns) * (features + 2) + own
    return 4 - -(bits + len(tree.leaves) * tree.leaf_bits) // 8


def row(name: str, estimator: Any, X: NDArray[Any]) -> Row:
    """Bytes and instructions of a model's trees, today and packed."""
    direct, model = (
        emlrt.convert(estimator, encoding=e, sums="int32").strip()
        for e in ("direct", "bins")
    )
    bins, *stages = model.stages
    dtype = dtype_of("emlrt_bucketize")
    counts = np.frombuffer(bins.payload, dtype, bins.target.count)["count"]
    features = int(counts.size - 1).bit_length()
    width = int(counts.max() - 1).bit_length()
    trees = [list(_trees(stage)) for stage in stages]
    words = [[packed(t, features, width) for t in group] for group in trees]
    records = sum(sizes_and_records(s)[1].nbytes for s in stages)
    leaves = 4 * sum(trees_shape(s)["leaves"] for s in stages)
    tables = sum(trees_table(s).nbytes for s in stages)
    fixed = model.nbytes - records - leaves - tables
    today = min(direct.nbytes, model.nbytes)
    size = fixed + 4 * sum(len(w) for group in words for w in group)
    bound = fixed + sum(_least(t, features, counts) for g in trees for t in g)
    found = {"model": name, "today": today, "bins": model.nbytes, "records": records}
    found |= {"leaves": leaves, "edges": len(bins.payload), "packed": size}
    found |= {"packed / today": size / today, "bound / today": bound / today}
    if len(stages) == 1 and size < 10**5:
        found |= _walks(model, words[0], features, X)
    return found


def _walks(
    model: emlrt.Model, words: list[list[int]], features: int, X: NDArray[Any]
) -> Row:
    rows = X[np.linspace(0, len(X) - 1, ROWS).astype(int)].astype(np.float32)
    bins, stage = model.stages
    cost = stage_cost(bins) or 0.0
    total = measure(model, rows, core=TARGET, opt="-O2", call="run")
    text = ",".join(f"{w}u" for tree in [*words, [0]] for w in tree)
    values = {"words": text, "features": (1 << features) - 1, "shift": features}
    code = Code("packed", WALK % values, ".c", "uint8_t", True)
    own = run_peer(TARGET, code, np.array([bins_of(bins, x) for x in rows]), "-O2")
    exponent = int(
        np.frombuffer(stage.payload, "<i4", 1, dtype_of("emlrt_trees").itemsize)[0]
    )
    sums = np.ldexp(own.answers.view(np.int32).astype(float), exponent)
    if not np.array_equal(sums.astype(np.float32), total.results[:, 0]):
        raise AssertionError("the prototype gives other scores")
    walk = total.mean - cost - price({"call": 1.0})
    ratio = (own.counts.mean() + total.mean - walk) / total.mean
    packed_walk = float(own.counts.mean())
    return {
        "walk": walk,
        "packed walk": packed_walk,
        "walks": packed_walk / walk,
        "run": ratio,
    }


def models() -> Iterator[tuple[str, Any, NDArray[Any]]]:
    """Boosted models of four libraries."""
    import lightgbm
    import xgboost

    made = datasets.make_classification(10000, 20, n_informative=12, random_state=0)
    digits = datasets.load_digits(return_X_y=True)
    for name, (X, y) in {"breast-like": breast_like(), "synthetic": made}.items():
        X = X.astype(np.float32)
        for n in (20, 100):
            lgbm = lightgbm.LGBMClassifier(n_estimators=n, n_jobs=1, verbose=-1)
            yield f"LightGBM {n} x 31, {name}", lgbm.fit(X, y), X
        for n in (100, 500):
            xgb = xgboost.XGBClassifier(n_estimators=n, max_depth=6, n_jobs=1)
            yield f"XGBoost {n} x 6, {name}", xgb.fit(X, y), X
        hist = ensemble.HistGradientBoostingClassifier(random_state=0)
        yield f"HistGradientBoosting 100 x 31, {name}", hist.fit(X, y), X
        sk = ensemble.GradientBoostingClassifier(random_state=0)
        yield f"GradientBoosting 100 x 3, {name}", sk.fit(X, y), X
    lgbm = lightgbm.LGBMClassifier(n_estimators=20, num_leaves=15, n_jobs=1, verbose=-1)
    yield "LightGBM 20 x 10 classes x 15, digits", lgbm.fit(*digits), digits[0]


def main() -> None:
    """Measure, print and write."""
    found = []
    for name, estimator, X in models():
        progress(name)
        found.append(row(name, estimator, X))
    print_table("Packed trees", found, list(found[0]))
    write_csv("packed_trees", found, NOTES)


if __name__ == "__main__":
    main()
