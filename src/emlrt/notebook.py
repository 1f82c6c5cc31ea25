# SPDX-License-Identifier: MIT
"""A model as notebooks show it: HTML without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from emlrt import hints

if TYPE_CHECKING:
    from emlrt.model import Model

#: Classes, and names of features, that are shown.
_SHOWN = 12


def _some(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _facts(model: Model) -> Iterator[tuple[str, str]]:
    names = model.program.metadata.features
    named = f": {_some(list(names))}" if names else ""
    yield "features", f"{model.n_features_in_} of {model.input_dtype.name}{named}"
    for labels in model.output_classes:
        yield "classes", _some([str(label) for label in labels])
    yield "methods", ", ".join(model.methods)
    hint = hints.of_labels(model)
    if hint:
        yield "labels", hint
    yield "flash", f"{model.nbytes:,} bytes, without the runtime"
    if model.program.metadata.window is not None:
        yield "RAM of a stream", f"{model.stream_bytes:,} bytes"
    else:
        yield "RAM of a run", f"{model.scratch_bytes:,} bytes, beside the stack"
    yield "made by", model.note


def _row(cells: tuple[Any, ...], tag: str = "td") -> str:
    inner = "".join(
        f'<{tag} style="text-align:left">{escape(str(cell))}</{tag}>' for cell in cells
    )
    return f"<tr>{inner}</tr>"


def model_html(model: Model) -> str:
    """A table of what a model is and takes, with its stages below."""
    facts = "".join(map(_row, _facts(model)))
    head = _row(("stage", "numbers read", "numbers written", "bytes"), "th")
    stages = "".join(
        _row((s.name, s.source.count, s.target.count, f"{s.payload_bytes:,}"))
        for s in model.stages
    )
    return (
        f"<div><b>emlrt.Model</b>, {escape(model.estimator_type)}"
        f"<table>{facts}</table>"
        f"<details><summary>{len(model.stages)} stages</summary>"
        f"<table>{head}{stages}</table></details></div>"
    )
