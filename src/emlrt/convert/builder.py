# SPDX-License-Identifier: MIT
"""Builder: what converters of users' own estimators make models with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt.convert.ir import output_spec
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.errors import UnsupportedModelError

#: Functions of a number, as `Builder.apply` takes them, by the op that computes each.
FUNCTIONS = (
    *("abs", "cos", "erf", "exp", "expm1", "gelu", "log", "log1p", "logistic"),
    *("reciprocal", "silu", "softplus", "softsign", "sqrt", "square", "tanh"),
)


class Builder:
    """Adds computations on vectors of float32 numbers to a model.

    A converter gets one, see `emlrt.register_converter`. Its methods take vectors and
    give vectors, whose `count` is the number of their elements. The device computes
    them with the bits that `Model.predict` shows.
    """

    def __init__(self, graph: Graph, x: Tensor) -> None:
        self._graph = graph
        #: Vectors of this model: those of another one would read other numbers.
        self._own = {x}

    def _vector(self, x: Any) -> Tensor:
        if not isinstance(x, Tensor):
            raise TypeError(
                f"a vector of the model is wanted, as the converter was given and the"
                f" Builder makes them, not {type(x).__name__}"
            )
        if x not in self._own:
            raise ValueError(
                "a vector of another conversion is given; make it anew in this call of"
                " the converter"
            )
        return x

    def _made(self, x: Tensor) -> Tensor:
        """A new vector of this model."""
        if x.count == 0:
            raise ValueError("a vector of no numbers; give one at least")
        self._own.add(x)
        return x

    def _numbers(self, values: ArrayLike, x: Tensor, name: str) -> NDArray[np.float64]:
        """Constants, one for each element of x."""
        found = np.asarray(values, np.float64)
        if found.shape not in ((), (x.count,)):
            raise ValueError(
                f"{name} of shape {found.shape} for {x.count} numbers; pass one number,"
                f" or {x.count}"
            )
        return np.broadcast_to(found, (x.count,))

    # Vectors from vectors

    def affine(
        self,
        x: Tensor,
        *,
        shift: ArrayLike = 0.0,
        scale: ArrayLike = 1.0,
        offset: ArrayLike = 0.0,
    ) -> Tensor:
        """(x - shift) * scale + offset, by element; each one number or x.count."""
        x = self._vector(x)
        given = {"shift": shift, "scale": scale, "offset": offset}
        parts = {name: self._numbers(v, x, name) for name, v in given.items()}
        return self._made(self._graph.affine(x, **parts))

    def linear(self, x: Tensor, weights: ArrayLike, biases: ArrayLike = 0.0) -> Tensor:
        """weights (n, x.count) @ x + biases, one number or (n,)."""
        x, matrix = self._vector(x), np.atleast_2d(np.asarray(weights, np.float64))
        if matrix.ndim != 2 or len(matrix) == 0 or matrix.shape[1] != x.count:
            raise ValueError(f"weights of shape {matrix.shape} for {x.count} numbers")
        added = np.asarray(biases, np.float64)
        if added.shape not in ((), (len(matrix),)):
            raise ValueError(f"biases of shape {added.shape} for {len(matrix)} sums")
        return self._made(self._graph.dense(x, matrix, added))

    def apply(self, x: Tensor, function: str) -> Tensor:
        """A function of each element: one of `emlrt.convert.builder.FUNCTIONS`."""
        if function not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            raise ValueError(f"no function {function!r}; functions are {known}")
        x = self._vector(x)
        return self._made(self._graph.stage(function, self._graph.floats(x), x.count))

    def clip(self, x: Tensor, low: float, high: float) -> Tensor:
        """Each element, but at least low and at most high."""
        if not low <= high:
            raise ValueError(f"no number is at least {low} and at most {high}")
        x = self._graph.floats(self._vector(x))
        return self._made(self._graph.stage("clip", x, x.count, floats([low, high])))

    def step(self, x: Tensor, thresholds: ArrayLike) -> Tensor:
        """1 where an element is above its threshold, else 0."""
        x = self._vector(x)
        limits = self._numbers(thresholds, x, "thresholds")
        x = self._graph.floats(x)
        return self._made(self._graph.stage("step", x, x.count, floats(limits)))

    def softmax(self, x: Tensor) -> Tensor:
        """exp(x) over its sum."""
        x = self._graph.floats(self._vector(x))
        return self._made(self._graph.stage("softmax", x, x.count))

    def take(self, x: Tensor, indices: ArrayLike) -> Tensor:
        """Chosen elements, in the order of the indices."""
        x, chosen = self._vector(x), np.atleast_1d(np.asarray(indices))
        whole = chosen.dtype.kind in "iu" and chosen.ndim == 1
        if not whole or not ((chosen >= 0) & (chosen < x.count)).all():
            raise ValueError(
                f"indices are integers from 0 to {x.count - 1}, not {chosen.tolist()}"
            )
        return self._made(self._graph.gather(x, chosen.astype(np.int64)))

    def join(self, vectors: Sequence[Tensor]) -> Tensor:
        """Vectors end to end."""
        if not vectors:
            raise ValueError("join takes at least one vector")
        parts = [self._graph.floats(self._vector(x)) for x in vectors]
        return self._made(self._graph.concat(parts))

    def constant(self, values: ArrayLike) -> Tensor:
        """Numbers that are the same for every row."""
        if np.size(values) == 0:
            raise ValueError("a constant of no numbers; give one at least")
        return self._made(self._graph.constant(values))

    def estimator(self, fitted: Any, x: Tensor, method: str | None = None) -> Tensor:
        """What a method of a fitted estimator that emlrt converts gives for x.

        method: "predict" of regressors, "transform", "predict_proba",
        "decision_function" and so on; by default "transform" where there is one, else
        "predict".
        """
        x, wanted = self._vector(x), getattr(fitted, "n_features_in_", x.count)
        if wanted != x.count:
            raise ValueError(
                f"{type(fitted).__name__} takes {wanted} features, not {x.count}"
            )
        spec = self._graph.convert(fitted, x)
        if method is None:
            method = "transform" if hasattr(fitted, "transform") else "predict"
        return self._made(output_spec.result(self._graph, spec, method))

    # What the converter returns

    def values(self, y: Tensor) -> OutputSpec:
        """A regressor, whose predict gives y."""
        y = self._graph.floats(self._vector(y))
        return OutputSpec("values", y)

    def transformed(self, y: Tensor) -> OutputSpec:
        """A transformer, whose transform gives y."""
        return output_spec.transformer(self._graph, self._vector(y))

    def logits(self, y: Tensor, classes: ArrayLike) -> OutputSpec:
        """A classifier: probabilities are the softmax of y or, of two classes and one
        number, its logistic function, that of the second class."""
        y = self._graph.floats(self._vector(y))
        labels = self._labels(classes, 2 if y.count == 1 else y.count)
        return output_spec.classifier(
            "logistic" if y.count == 1 else "logits", y, labels
        )

    def probabilities(self, y: Tensor, classes: ArrayLike) -> OutputSpec:
        """A classifier, whose predict_proba gives y, one number a class; predict gives
        the class of the first largest."""
        y = self._graph.floats(self._vector(y))
        return output_spec.classifier("shares", y, self._labels(classes, y.count))

    def margins(self, y: Tensor, classes: ArrayLike) -> OutputSpec:
        """A classifier without probabilities, whose decision_function gives y: one
        number a class or, of two classes, one that is above 0 for the second."""
        y = self._graph.floats(self._vector(y))
        labels = self._labels(classes, 2 if y.count == 1 else y.count)
        return output_spec.classifier(
            "binary" if y.count == 1 else "margins", y, labels
        )

    def _labels(self, classes: ArrayLike, wanted: int) -> NDArray[Any]:
        found = np.asarray(classes)
        try:
            output_spec.check_labels(found, wanted)
        except ValueError as error:
            raise UnsupportedModelError(str(error)) from None
        return found
