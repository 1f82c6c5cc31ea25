# SPDX-License-Identifier: MIT
"""What a model is besides what its type says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emlrt._native import lib

if TYPE_CHECKING:
    from emlrt.model import Model

_OF_CLASSES = (lib.EMLRT_OUTPUT_LOGISTIC, lib.EMLRT_OUTPUT_LOGITS)
#: What `predict` gives by the first word of its recipe.
_GIVES = {
    "proba": "the probability of each class",
    "p1": "a probability",
    "class": "the number of a class",
}


def of_labels(model: Model) -> str:
    """Of a classifier's file that has no labels: what predict gives, and how to get
    labels. Else an empty text."""
    program = model.program
    if program.output not in _OF_CLASSES or model.methods != ("predict",):
        return ""
    gives = _GIVES.get(model.recipes["predict"].source)
    if gives is None:
        return ""
    return (
        f"predict gives {gives}, as a file of a classifier has no labels; convert it"
        " with classes= (--classes) to predict labels"
    )
