# SPDX-License-Identifier: MIT
"""What a model's options leave to choose about its trees: encoding, bits of leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emlrt.deployed.last_step import last
from emlrt.deployed.pruning import is_prunable
from emlrt.model import Model

_OF_VOTES = (8, 5, 4, 3)
_OF_NUMBERS = (16, 8)


def _kinds(model: Model) -> set[str]:
    """What the leaves of a model's trees are."""
    names = [stage.name for stage in model.stages]
    trees = {name.split("_")[1] for name in names if name.startswith("trees_")}
    return trees | {"sum" for name in names if name.startswith("oblivious")}


def smallest_encoding(model: Model, options: Mapping[str, Any]) -> str:
    """The option optimize that makes the smallest blob of a model with the same
    answers."""
    free = options["encoding"] == "auto" and options["optimize"] == "balanced"
    asked: str = options["optimize"]
    return "size" if free and _kinds(model) else asked


def leaf_bits(fitted: Any, model: Model, options: Mapping[str, Any]) -> list[int]:
    """Precisions of leaves to try, from the one asked for down: of lists of votes to 3
    bits, of numbers that are added up to 8."""
    asked, kinds = options["leaf_bits"], _kinds(model)
    if is_prunable(fitted) and hasattr(last(fitted), "classes_"):
        kinds.add("soft")  # leaves that pruning makes have several classes
    coarser: tuple[int, ...] = _OF_VOTES if "soft" in kinds else ()
    if kinds & {"sum", "add"}:
        coarser = _OF_NUMBERS
    if options["voting"] == "hard" or options["sums"] == "float32":
        coarser = ()
    return [asked, *(bits for bits in coarser if bits < asked)]
