# SPDX-License-Identifier: MIT
"""Draw README.md's picture from benchmarks/results: docs/peers.svg.

    python docs/picture.py [--check]

A forest on digits on a Cortex-M0+: instructions of a prediction against bytes of the
program, a point for each tool. --check changes nothing and fails if the picture was
drawn from other numbers; the numbers stand in it as its description.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from figures import ROOT, read, select

PICTURE = ROOT / "docs/peers.svg"
FOREST = {"forest": "digits 10 x 8", "target": "cortex-m0plus"}
#: Contestants of instructions.csv and of programs.csv, and their names here.
POINTS = {
    "emlrt, float32": ("emlrt float32 soft classify", "emlrt float32 soft"),
    "emlrt, uint8": ("emlrt uint8 soft classify", "emlrt uint8 soft"),
    "emlrt, uint8, majority": ("emlrt uint8 hard classify", "emlrt uint8 hard"),
    "emlearn, inline, majority": ("emlearn inline int16 hard",) * 2,
    "emlearn, majority": ("emlearn loadable int16 hard",) * 2,
    "emlearn, soft": ("emlearn loadable int16 soft8",) * 2,
    "emlearn, inline, soft": ("emlearn inline int16 soft8",) * 2,
    "emlearn, inline, float": ("emlearn inline float hard",) * 2,
    "m2cgen": ("m2cgen",) * 2,
    "micromlgen": ("micromlgen",) * 2,
}
#: Where a name stands that would else cover another: points right and up, alignment.
PLACES = {
    "emlearn, inline, majority": (-4, 11, "left"),
    "emlearn, inline, float": (-8, 0, "right"),
    "emlearn, inline, soft": (30, -12, "right"),
    "emlearn, soft": (-8, 0, "right"),
    "m2cgen": (-8, 0, "right"),
}
Point = dict[str, Any]


def points() -> list[Point]:
    """Each tool: name, instructions, bytes, share of scikit-learn's answers."""
    counts = select(read("instructions")[1], opt="-O2", **FOREST)
    programs = select(read("programs")[1], **FOREST)
    found = []
    for name, (counted, built) in POINTS.items():
        (count,) = select(counts, contestant=counted)
        (program,) = select(programs, contestant=built)
        found.append(
            {
                "name": name,
                "instructions": float(count["per_prediction"]),
                "bytes": int(program["flash"]),
                "agrees": float(count["agree"]),
            }
        )
    return found


def described(path: Path) -> list[Point]:
    """What a picture was drawn from."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    match = re.search(r"<dc:description>(.*?)</dc:description>", text, re.DOTALL)
    if match is None:
        return []
    found: list[Point] = json.loads(match[1].replace("&quot;", '"'))
    return found


def draw(found: list[Point], path: Path) -> None:
    """The picture of points."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "emlrt", "svg.fonttype": "none"})
    figure, axes = plt.subplots(figsize=(7.2, 3.6), layout="constrained")
    for point in found:
        ours, exact = point["name"].startswith("emlrt"), point["agrees"] == 1
        color = "#d1495b" if ours else "#30638e"
        at = point["instructions"], point["bytes"] / 1024
        axes.scatter(*at, 70, color if exact else "white", edgecolors=color, zorder=3)
        words = f"{point['name']} ({point['agrees']:.0%})"
        x, y, align = PLACES.get(point["name"], (8, 0, "left"))
        place = {"xytext": (x, y), "textcoords": "offset points"}
        axes.annotate(
            words, at, fontsize=8.5, color=color, va="center", ha=align, **place
        )
    axes.set(xscale="log", yscale="log", xlim=(400, 4e4), ylim=(4.5, 80))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axis.set_minor_formatter("")
    axes.set_yticks([5, 10, 20, 50])
    axes.set_xlabel("instructions of a prediction, Cortex-M0+")
    axes.set_ylabel("KiB of flash, model and code")
    axes.set_title(
        "A forest on digits; in brackets: answers as scikit-learn's; filled: all",
        fontsize=9.5,
    )
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    described = {"Description": json.dumps(found), "Date": None, "Creator": None}
    figure.savefig(path, metadata=described)


def main(arguments: list[str]) -> int:
    """Returns the exit code."""
    found = points()
    if described(PICTURE) == found:
        return 0
    if "--check" in arguments:
        print("docs/peers.svg shows old figures: run python docs/picture.py")
        return 1
    draw(found, PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
