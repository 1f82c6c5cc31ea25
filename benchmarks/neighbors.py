# SPDX-License-Identifier: MIT
"""Whole programs of k nearest neighbours: 150 items of iris, five neighbours.

Integers are the features in tenths of a centimetre, which lose nothing. The goal
is emlearn's int16 kNN of the same items, measured in its own minimal program on a
Cortex-M0+: 3,536 bytes of flash of which 1,096 are start-up, and 1,528 of RAM.
"""

from __future__ import annotations

from common import GOAL_COLUMNS, enter, goal, print_table, progress, write_csv

enter()

from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from firmware import emlrt_program, empty_program  # noqa: E402
from sklearn.datasets import load_iris  # noqa: E402
from sklearn.neighbors import KNeighborsClassifier  # noqa: E402

import emlrt  # noqa: E402
from emlrt.emulate import ToolError, ToolMissing  # noqa: E402

TARGETS = ("cortex-m0plus", "cortex-m4f", "rv32imac", "atmega1284p")
#: emlearn's figures, and its start-up code, which ours leaves out.
FLASH, RAM, START = 3536, 1528, 1096

Row = dict[str, Any]


def rows() -> list[Row]:
    """A row a target, input type and form; bytes above an empty program."""
    X, y = load_iris(return_X_y=True)
    X = np.round(X * 10)
    fitted = KNeighborsClassifier(5).fit(X, y)
    found = []
    for target in TARGETS:
        progress(f"neighbours: {target}")
        for dtype in ("int16", "float32"):
            blob = bytes(emlrt.Model.from_sklearn(fitted, dtype=dtype, X=X).strip())
            for prepared in (False, True):
                row: Row = {"target": target, "input": dtype}
                row.update(form="constants" if prepared else "opened")
                row.update(of_it_model=len(blob))
                try:
                    empty = empty_program(target, "-Os")
                    image = emlrt_program(target, blob, "-Os", prepared)
                except (ToolError, ToolMissing) as error:
                    found.append({**row, "note": str(error).splitlines()[0]})
                    continue
                row["flash"] = image.flash - empty.flash
                row["ram"] = image.ram - empty.ram
                found.append(row)
    return found


def main() -> None:
    """Measure, print and write."""
    found = rows()
    columns = ("target", "input", "form", "flash", "of_it_model", "ram", "note")
    print_table("kNN of 150 items at -Os", found, columns)
    first, constant = found[:2]
    goals = [
        goal("M0+ int16: flash with start-up", first["flash"] + START, FLASH, "bytes"),
        goal("M0+ int16 of constants", constant["flash"] + START, FLASH, "bytes"),
        goal("M0+ int16: RAM", first["ram"], RAM, "bytes"),
    ]
    print_table("Goals", goals, GOAL_COLUMNS)
    notes = (
        "bytes above an empty program, with the model; RAM: without stack",
        "opened: by emlrt_open; constants: a prepared call of what emlrt embed prints",
    )
    write_csv("neighbors", found, notes)


if __name__ == "__main__":
    main()
