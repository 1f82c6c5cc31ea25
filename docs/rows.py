# SPDX-License-Identifier: MIT
"""Write docs/ROWS.md: which rows are answered otherwise than by the original.

    python docs/rows.py [--check]

With --check it writes nothing, and exits 1 if the page is not what it would write.
Goes through the row matrix of tests/helpers/row_matrix.py: every kind of trees, what
stands before them, and every kind of rows; some data sets each. The test of the
matrix, tests/convert/trees/test_row_kinds.py, holds the same figures to limits. Takes
about a minute.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/helpers"))

from row_matrix import FRONT, KINDS, TREES, WIDE, differing, made  # noqa: E402

PAGE = ROOT / "docs" / "ROWS.md"
#: Data sets of each place.
SETS = 3
#: What hands numbers on as they are.
PLAIN = ("alone", "imputer")
HEAD = """# Rows as people have them

Written by `python docs/rows.py`.

Trees ask on which side of a threshold a number lies; the device has the number as
float32. Here models are fitted on rows of different kinds, converted, and compared with
the original, asked with the same array: the share of rows whose answer is another one,
the largest of {sets} data sets of 250 rows in three columns. {cells} models in all.

- *decimals k*: float64 numbers of k decimal places; *offset*: of one place, near 1000.
- *held*: decimals of one place that were rounded to float32, which holds them exactly,
  in a float64 array; *float32*: the same as a float32 array. They are the hardest ones:
  their thresholds are those of decimals in float64, too.
- *columns*: a ColumnTransformer of a StandardScaler and bins.

Converted with `X=` (the rows): {known}.

Converted without `X=` and without `rows=`, alone, or behind an imputer: {alone}. Behind
what computes:

"""


def shares(tree: str, front: str, kind: str) -> tuple[float, float]:
    """The largest share of rows that differ, with X= and without."""
    found = []
    for seed in range(SETS):
        fit, X = made(tree, front, kind, np.random.default_rng(seed))
        found.append((differing(fit, X, X=X), differing(fit, X)))
    known, unknown = np.max(found, axis=0)
    return float(known), float(unknown)


def said(share: float) -> str:
    return "0" if share == 0 else f"{share:.1%}"


def worst(found: list[float]) -> str:
    """What a list of shares comes to, in words."""
    bad = sum(share > 0 for share in found)
    text = "no row of any model differs"
    return f"{bad} models differ, in up to {max(found):.1%} of rows" if bad else text


def page() -> Iterator[str]:
    """The page's lines."""
    found = {
        (tree, front, kind): shares(tree, front, kind)
        for tree in TREES
        for front in FRONT
        for kind in KINDS
    }
    plain = [s[1] for (_, front, _), s in found.items() if front in PLAIN]
    yield from HEAD.format(
        sets=SETS,
        cells=SETS * len(found),
        known=worst([s[0] for s in found.values()]),
        alone=worst(plain),
    ).splitlines()
    yield f"| | {' | '.join(KINDS)} |"
    yield "|---" * (len(KINDS) + 1) + "|"
    for front in FRONT:
        for tree in TREES if front not in PLAIN else ():
            cells = [said(found[tree, front, kind][1]) for kind in KINDS]
            yield f"| {front}, {tree} | {' | '.join(cells)} |"
    names = " and ".join(WIDE)
    yield ""
    yield f"{names} compare float64; the others cast rows to float32 behind the scaler,"
    yield "so that one threshold there stands for several numbers before it."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare, do not write")
    check = parser.parse_args().check
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = "\n".join(page()) + "\n"
    if not check:
        PAGE.write_text(text, encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != text:
        print("docs/ROWS.md is stale: run `python docs/rows.py`")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
