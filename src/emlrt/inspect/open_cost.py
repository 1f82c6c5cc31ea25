# SPDX-License-Identifier: MIT
"""What opening and verifying a blob costs: instructions by a model, as in
emlrt.inspect.cost, that benchmarks/opening.py fits to a Cortex-M0+.

Both calls look at all of a blob once, so that terms are sizes: trees, splits, leaf
entries and items of the trees, words of the other payloads, and bytes.
"""

from __future__ import annotations

from emlrt.blob import Program, Stage
from emlrt.inspect.cost import Terms, price, total
from emlrt.inspect.trees import trees_shape

#: Instructions of each term of emlrt_open and emlrt_verify on a Cortex-M0+, -O2, from
#: results/opening.csv.
PRICES: dict[str, float] = {
    "byte": 19.5,
    "entry_add": 4.3,
    "entry_soft": 8.9,
    "entry_sum": 4.6,
    "entry_vote": 4.2,
    "item": 18.1,
    "number_add": 7.9,
    "open": 176.9,
    "split": 12.0,
    "split_u8": 13.7,
    "stage": 324.7,
    "tree": 42.0,
    "verify": 667.6,
    "word": 8.2,
    "word_bucketize": 13.7,
    "word_oblivious": 2.2,
}


def _opened(stage: Stage) -> Terms:
    family = stage.name.split("_")[0]
    if family != "trees":
        known = family in ("bucketize", "oblivious")
        word = f"word_{family}" if known else "word"
        return {"stage": 1.0, word: len(stage.payload) / 4}
    _, kind, record = stage.name.split("_")
    shape = trees_shape(stage)
    found: Terms = {"stage": 1.0, "tree": shape["trees"], "item": shape["items"]}
    found["split_u8" if record == "u8" else "split"] = shape["splits"]
    found[f"entry_{kind}"] = shape["leaves"]
    if kind == "add":
        found["number_add"] = shape["leaves"] * stage.target.count
    return found


def open_terms(program: Program) -> Terms:
    """Terms of emlrt_open. The program must have been opened."""
    return total([{"open": 1.0}, *map(_opened, program.stages)])


def verify_terms(n_bytes: int) -> Terms:
    """Terms of emlrt_verify of a blob of so many bytes."""
    return {"verify": 1.0, "byte": n_bytes}


def open_cost(program: Program) -> float:
    """Instructions of emlrt_open on a Cortex-M0+. The program must have been opened."""
    return price(open_terms(program), PRICES)


def verify_cost(n_bytes: int) -> float:
    """Instructions of emlrt_verify on a Cortex-M0+."""
    return price(verify_terms(n_bytes), PRICES)
