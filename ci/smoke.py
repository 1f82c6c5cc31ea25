# SPDX-License-Identifier: MIT
"""Ask an installed emlrt for the bits of every golden blob.

    python -W error ci/smoke.py

For wheels, on machines where there is numpy alone: it imports nothing of the tests.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import emlrt

GOLDEN = Path(__file__).resolve().parents[1] / "tests/golden/v1"


def numbers(rows: list[dict[str, str]], n: int, dtype: Any) -> NDArray[Any]:
    """Rows of n elements from the hex bits of those that are not 0."""
    found = np.zeros((len(rows), n), f"u{np.dtype(dtype).itemsize}")
    for row, elements in zip(found, rows, strict=True):
        for at, bits in elements.items():
            row[int(at)] = int(bits, 16)
    return found.view(dtype)


def differs(name: str, entry: dict[str, Any]) -> bool:
    """Whether a blob's scores are not those that were written down."""
    model = emlrt.Model.load(GOLDEN / f"{name}.eml")
    given, wanted = zip(*entry["rows"], strict=True)
    x = numbers(list(given), model.n_features_in_, model.input_dtype)
    scores = model._runtime.scores(x)  # some blobs keep state, and predict nothing
    bits = numbers(list(wanted), model.n_scores, np.uint32)
    return not np.array_equal(scores.view(np.uint32), bits)


def main() -> int:
    """Returns the exit code."""
    index = json.loads((GOLDEN / "index.json").read_text(encoding="utf-8"))
    wrong = [name for name, entry in index.items() if differs(name, entry)]
    for name in wrong:
        print(f"{name}: other bits than were written down")
    where = Path(emlrt.__file__).parent
    print(f"{len(index) - len(wrong)} of {len(index)} golden blobs agree, by {where}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
