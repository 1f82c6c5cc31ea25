# SPDX-License-Identifier: MIT
"""Treelite's models: a way in for all that Treelite reads."""

from __future__ import annotations

import math
import os
import re
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from emlrt.allowance import Allowance
from emlrt.blob import Program
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.output_spec import OutputSpec, check_labels, classifier
from emlrt.convert.ir.planner import finish
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.readers.document import parsed
from emlrt.convert.readers.json_fields import Fields, opened
from emlrt.convert.treelite.trees import as_float, ensemble_of
from emlrt.convert.trees.ensemble import Ensemble, of_categories
from emlrt.convert.trees.sums import sums
from emlrt.errors import UnsupportedModelError
from emlrt.reading import Path, start_of

_START = 4096
_FILE_GIB = 1
_NOTHING = re.compile(rb'"threshold":\s*([,}])')
_ADVICE = "write it with Treelite, as what dump_as_json() gives"
_COUNT_MAX = 0xFFFF
_FEATURES_MAX = 1 << 22


def is_treelite(model: Any) -> bool:
    """Whether this is a treelite.Model."""
    root = type(model).__module__.partition(".")[0]
    return root == "treelite" and hasattr(model, "dump_as_json")


def is_treelite_file(path: Path) -> bool:
    """Whether a file begins as a dump of treelite.Model.dump_as_json.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    start = start_of(path, _START)
    return start.lstrip()[:1] == b"{" and b'"threshold_type"' in start


def _shape(document: Fields) -> tuple[int, int]:
    """Targets, and classes of each."""
    targets, classes = document.plain("num_target"), document.ints("num_class")
    if not isinstance(targets, int) or classes.size != targets:
        raise document.wrong("num_class", "has no number for each target")
    if targets > 1 and (classes != 1).any():
        raise UnsupportedModelError(
            "several targets with several classes each are not supported; convert a"
            " model for each target"
        )
    n = int(classes.max())
    if not (1 <= n <= _COUNT_MAX and 1 <= targets <= _COUNT_MAX):
        raise document.wrong("num_class", "is out of range")
    return targets, n


def _outputs(document: Fields, targets: int, classes: int, width: int) -> Any:
    """The output of each tree, all of them if leaves are vectors."""
    target, chosen = document.ints("target_id"), document.ints("class_id")
    n = targets * classes
    if chosen.size != target.size:
        raise document.wrong("class_id", "has another size than target_id")
    if width > 1 or n == 1:
        return np.zeros(target.size, np.int64)
    output = target.clip(0) * classes + chosen.clip(0)
    if ((target < 0).any() and targets > 1) or ((chosen < 0).any() and classes > 1):
        raise document.wrong("class_id", "leaves a tree without an output")
    if output.size and output.max() >= n:
        raise document.wrong("class_id", f"is not below {n}")
    return output


def _averaged(document: Fields, ensemble: Ensemble) -> Ensemble:
    """Means instead of sums, if the model has those."""
    average = document.plain("average_tree_output")
    if not isinstance(average, bool):
        raise document.wrong("average_tree_output", "is neither true nor false")
    if average and ensemble.value.shape[1] == 1:
        counts = np.bincount(ensemble.outputs, minlength=ensemble.n_outputs)
        if (counts != counts[0]).any():
            raise UnsupportedModelError("outputs with different numbers of trees")
        ensemble.value = ensemble.value / max(int(counts[0]), 1)
    elif average:
        ensemble.value = ensemble.value / max(ensemble.roots.size, 1)
    return ensemble


def _n_features(document: Fields) -> int:
    found = document.plain("num_feature")
    if not isinstance(found, int) or not 1 <= found <= _FEATURES_MAX:
        raise document.wrong("num_feature", "is no number of features")
    return found


def ensemble_in(document: Fields) -> Ensemble:
    """The trees of a dump; raises as `treelite_program`."""
    n_features = _n_features(document)
    targets, classes = _shape(document)
    width = math.prod(document.ints("leaf_vector_shape", 2).tolist())
    n = targets * classes
    if width not in (1, n):
        raise document.wrong("leaf_vector_shape", f"is neither 1 nor {n} numbers")
    base = document.floats("base_scores", n).astype(np.float64)
    outputs = _outputs(document, targets, classes, width)
    return _averaged(document, ensemble_of(document, n_features, width, outputs, base))


def _factor(document: Fields, name: str) -> float:
    number = as_float(document.plain(name))
    if not 0 < number < math.inf:
        raise document.wrong(name, "is not above 0")
    return number


def _scaled(ensemble: Ensemble, factor: float) -> Ensemble:
    ensemble.value, ensemble.base = ensemble.value * factor, ensemble.base * factor
    return ensemble


#: Postprocessors that change number by number, by the op that does it.
_MAPS = {
    "exponential": "EXP",
    "exponential_standard_ratio": "EXP",
    "logarithm_one_plus_exp": "SOFTPLUS",
    "multiclass_ova": "LOGISTIC",
}
_IDENTITIES = ("identity", "identity_multiclass")


def _scores(graph: Graph, document: Fields) -> tuple[Tensor, str]:
    """The numbers before what a kind of output does, and the postprocessor."""
    name, ensemble = document.text("postprocessor"), ensemble_in(document)
    graph.categories |= dict.fromkeys(of_categories(ensemble), ())
    if name in ("sigmoid", "multiclass_ova"):
        ensemble = _scaled(ensemble, _factor(document, "sigmoid_alpha"))
    elif name == "exponential_standard_ratio":
        ratio = _factor(document, "ratio_c")
        ensemble = _scaled(ensemble, -math.log(2.0) / ratio)
    elif name not in (*_MAPS, *_IDENTITIES, "softmax"):
        raise UnsupportedModelError(
            f"postprocessor {name[:40]!r} is not supported; known are sigmoid, softmax,"
            f" {', '.join((*_MAPS, *_IDENTITIES))}"
        )
    ensemble.wide = document.text("threshold_type") != "float32"
    y = sums(graph, ensemble, graph.input)
    return (graph.stage(_MAPS[name], y, y.count) if name in _MAPS else y), name


def _as_treelite(y: Tensor, name: str) -> OutputSpec:
    """predict gives what treelite.gtil.predict does: several numbers per row."""
    if name == "sigmoid":
        methods = {"predict": "p1|columns"}
        return OutputSpec("logistic", y, methods=methods, missing=True)
    if name == "softmax":
        methods = {"predict": "proba"}
        return OutputSpec("logits", y, (y.count,), methods=methods, missing=True)
    return OutputSpec("values", y, methods={"predict": "scores|columns"}, missing=True)


def _as_classifier(y: Tensor, name: str, classes: Any) -> OutputSpec:
    """predict gives labels."""
    kinds = {"sigmoid": "logistic", "softmax": "logits", "multiclass_ova": "shares"}
    kind = kinds.get(name, "shares" if name in _IDENTITIES and y.count > 1 else "")
    if not kind:
        raise ValueError(f"classes are for models of classes, not for {name}")
    wanted = 2 if kind == "logistic" else y.count
    check_labels(classes, wanted)
    methods = {"predict": "class", "predict_proba": "proba"}
    return classifier(kind, y, classes, methods=methods, missing=True)


def _program(
    document: Fields, classes: ArrayLike | None, options: Options, name: str
) -> tuple[Program, str]:
    n_features = _n_features(document)
    options = options.of_inputs(n_features)
    graph = Graph(n_features, options, document.allowance)
    y, post = _scores(graph, document)
    if classes is None:
        spec = _as_treelite(y, post)
    else:
        spec = _as_classifier(y, post, np.asarray(classes))
    return finish(graph, spec, name, []), name


def document_of(data: bytes, allowance: Allowance | None = None) -> Fields:
    """A dump's document. Treelite leaves an infinite threshold out, which only the
    largest number has; JSON's readers take it when it is there.

    Raises
    ------
    FormatError
        If it is no JSON.
    """
    return parsed(_NOTHING.sub(b'"threshold":Infinity\\1', data), allowance, _ADVICE)


def treelite_program(
    model: Any, classes: ArrayLike | None, options: Options
) -> tuple[Program, str]:
    """Converts a treelite.Model, or a file of what its dump_as_json gave; gives its
    name, too.

    Raises
    ------
    UnsupportedModelError
        If there is no faithful form of it.
    FormatError
        If the file is damaged.
    OSError
        If the file cannot be read.
    ValueError
        If classes do not fit the model.
    """
    if isinstance(model, str | os.PathLike):
        with opened(model, document_of, _FILE_GIB) as document:
            return _program(document, classes, options, "Treelite's file")
    if not is_treelite(model):
        raise UnsupportedModelError(
            f"cannot convert {type(model).__name__}: supported are treelite.Model and"
            " paths of its JSON dumps"
        )
    data = model.dump_as_json(pretty_print=False).encode()
    return _program(document_of(data), classes, options, "Treelite's model")


__all__ = ["is_treelite", "is_treelite_file", "treelite_program"]
