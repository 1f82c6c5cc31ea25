# SPDX-License-Identifier: MIT
"""Soft votes of 3 to 32 bits: bytes and errors, beside emlearn's of as many bits.

    python benchmarks/leaf_bits.py

Writes results/leaf_bits.csv.
"""

from __future__ import annotations

from common import enter, print_table, progress, write_csv

enter()

from collections.abc import Iterator  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from forests import Case, case  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from peers_code import Code, table_of  # noqa: E402

import emlrt  # noqa: E402

Row = dict[str, Any]
NOTES = (
    "bytes: emlrt's blob of int16 inputs without metadata; emlearn's loadable tables,"
    " nodes of 8 bytes, without code. It stores shares of 1 to 8 bits in a byte each",
    "mean, largest: of the differences from scikit-learn's predict_proba, test rows;"
    " emlearn's by its quantize_probabilities_into_byte, without its sums' rounding",
    "agree: share of test rows with scikit-learn's class",
    "bound: model.leaf_error, which no probability is further off than",
)
BITS = (3, 4, 5, 6, 7, 8, 16, 32)


def _row(one: Case, who: str, bits: int, size: int, proba: NDArray[Any]) -> Row:
    expected = one.forest.predict_proba(one.X)
    off = abs(proba - expected)
    same = proba.argmax(axis=1) == expected.argmax(axis=1)
    return {
        "forest": one.name,
        "contestant": who,
        "leaf_bits": bits,
        "bytes": size,
        "mean": float(off.mean()),
        "largest": float(off.max()),
        "agree": float(same.mean()),
    }


def ours(one: Case, bits: int) -> Row:
    """Of emlrt."""
    model = emlrt.convert(
        one.forest, dtype="int16", X=one.X.astype(np.int16), leaf_bits=bits
    ).strip()
    row = _row(one, "emlrt", bits, model.nbytes, model.predict_proba(one.X))
    return {**row, "bound": model.leaf_error}


def theirs(one: Case, bits: int) -> Row:
    """Of emlearn."""
    before = np.geterr()
    import emlearn
    from emlearn.trees import quantize_probabilities_into_byte

    np.seterr(**before)
    converted = emlearn.convert(one.forest, method="loadable", leaf_bits=bits)
    source = converted.save(name="model", include_proba=False)
    size = Code("", source, ".c", "int16_t", True, (), table_of(source)).table_bytes()
    leaves = one.forest.apply(one.X)
    proba = np.zeros((len(one.X), len(one.forest.classes_)))
    for tree, leaf in zip(one.forest.estimators_, leaves.T, strict=True):
        shares = tree.tree_.value[:, 0]
        own = [quantize_probabilities_into_byte(row, bits) for row in shares]
        proba += np.array(own)[leaf] / 255.0
    return _row(one, "emlearn", bits, size or 0, proba / len(leaves.T))


def rows() -> Iterator[Row]:
    """Every forest, contestant and number of bits."""
    for name in ("digits", "synthetic"):
        one = case(name, 10)
        progress(one.name)
        for bits in BITS:
            yield ours(one, bits)
            if bits <= 8:
                yield theirs(one, bits)


def main() -> None:
    """Measure, print and write."""
    found = list(rows())
    columns = ("forest", "contestant", "leaf_bits", "bytes", "mean", "largest")
    print_table("Soft votes", found, (*columns, "agree", "bound"))
    write_csv("leaf_bits", found, NOTES)


if __name__ == "__main__":
    main()
