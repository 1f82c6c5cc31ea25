# SPDX-License-Identifier: MIT
"""Weighted sums of kernels of the input with stored rows, as stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt._native import lib
from emlrt.convert.graph import Graph, Wire, floats
from emlrt.errors import UnsupportedModelError

#: scikit-learn's names of the kernels that convert.
KERNELS = ("linear", "poly", "rbf", "sigmoid", "laplacian")
#: Largest error of a kernel's exponent that rounding the rows may cause before
#: inputs and rows are shifted first.
_LOST = 1e-7
#: Exponents of 2 of a factor that is used as it is.
_PLAIN = 40


@dataclass(frozen=True)
class Kernel:
    """A kernel and its parameters, gamma as a number.

    linear x . s; poly (gamma x . s + coef0)^degree; sigmoid tanh(gamma x . s +
    coef0); rbf exp(-gamma |x - s|^2); laplacian exp(-gamma sum |x - s|).
    """

    name: str
    gamma: float = 1.0
    coef0: float = 0.0
    degree: int = 1


def named(
    estimator: Any,
    kernel: Any,
    gamma: float | None,
    coef0: float = 1.0,
    degree: float = 3,
) -> Kernel:
    """The kernel of an estimator's parameters.

    gamma: None for 1 / n_features.

    Raises
    ------
    UnsupportedModelError
        If the kernel, or its degree, cannot be converted.
    """
    name = type(estimator).__name__
    kernel = "poly" if kernel == "polynomial" else kernel
    if not isinstance(kernel, str) or kernel not in KERNELS:
        raise UnsupportedModelError(
            f"cannot convert {name} with kernel={kernel!r}; supported are"
            f" {', '.join(KERNELS)}"
        )
    if kernel == "poly" and degree != int(degree):
        raise UnsupportedModelError(
            f"cannot convert {name} with degree={degree!r}: a polynomial kernel's"
            " degree must be a whole number"
        )
    if gamma is None:
        gamma = 1.0 / estimator.n_features_in_
    return Kernel(kernel, float(gamma), float(coef0), int(degree))


def dense(matrix: Any) -> NDArray[np.float64]:
    """A fitted matrix, sparse or not, as float64 rows."""
    if hasattr(matrix, "toarray"):
        matrix = matrix.toarray()
    return np.atleast_2d(np.asarray(matrix, np.float64))


def _power_of_two(value: float) -> int:
    """The exponent of the power of two that is nearest to a number, by ratio."""
    return round(float(np.log2(value))) if value > 0 and np.isfinite(value) else 0


def _payload(
    op_degree: int,
    counts: ArrayLike,
    factor: float,
    starts: ArrayLike,
    rows: NDArray[np.float64],
    coefficients: NDArray[np.float64],
) -> bytes:
    counts = np.asarray(counts, "<u4")
    body = np.hstack([rows, coefficients])
    return (
        np.array([counts.size, op_degree], "<u4").tobytes()
        + counts.tobytes()
        + floats(factor, "a kernel's gamma or coef0")
        + floats(starts, "an intercept")
        + floats(body, "a support vector or its coefficient")
    )


@dataclass(frozen=True, eq=False)
class Machine:
    """sum over rows of coefficient times kernel(x, row), plus starts.

    rows: float64 (n, n_in). coefficients: float64 (n, width). starts: float64
    (n_out,). counts: rows of each section; see format.h.
    """

    kernel: Kernel
    rows: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    starts: NDArray[np.float64]
    counts: tuple[int, ...] = ()

    def emit(self, graph: Graph, x: Wire) -> Wire:
        """Adds the stages that compute it."""
        x = graph.floats(x)
        name = self.kernel.name
        if name == "linear":
            return graph.dense(x, self.coefficients.T @ self.rows, self.starts)
        if name in ("rbf", "laplacian"):
            return self._distances(graph, x)
        return self._polynomial(graph, x) if name == "poly" else self._sigmoid(graph, x)

    def _stage(
        self,
        graph: Graph,
        x: Wire,
        op: str,
        degree: int,
        factor: float,
        rows: NDArray[np.float64],
        coefficients: NDArray[np.float64] | None = None,
    ) -> Wire:
        counts = self.counts or (len(self.rows),)
        own = self.coefficients if coefficients is None else coefficients
        payload = _payload(degree, counts, factor, self.starts, rows, own)
        # With several sums, as many numbers of working memory.
        n = self.starts.size
        return graph.part(graph.stage(op, x, n if n == 1 else 2 * n, payload), 0, n)

    def _sigmoid(self, graph: Graph, x: Wire) -> Wire:
        rows = self.rows * self.kernel.gamma
        return self._stage(graph, x, "KERNEL_TANH", 1, self.kernel.coef0, rows)

    def _polynomial(self, graph: Graph, x: Wire) -> Wire:
        """Base and coefficients are scaled by powers of two, so that kernels of
        the rows themselves are near 1: raw data can have kernels of 1e30 and
        coefficients of 1e-30, which float32 could not multiply."""
        degree, gamma, coef0 = self.kernel.degree, self.kernel.gamma, self.kernel.coef0
        if degree > lib.EMLRT_KERNEL_DEGREE_MAX:
            raise UnsupportedModelError(
                f"cannot convert degree={degree}: a polynomial kernel's degree is at"
                f" most {lib.EMLRT_KERNEL_DEGREE_MAX}"
            )
        if degree == 0:  # every kernel is 1
            degree, gamma, coef0 = 1, 0.0, 1.0
        squares = (self.rows**2).sum(axis=1).max(initial=0.0)
        scale = _power_of_two(gamma * squares + abs(coef0))
        rows = np.ldexp(self.rows * gamma, -scale)
        with np.errstate(over="ignore", under="ignore"):
            coefficients = np.ldexp(self.coefficients, scale * degree)
        factor = float(np.ldexp(coef0, -scale))
        return self._stage(graph, x, "KERNEL_DOT", degree, factor, rows, coefficients)

    def _distances(self, graph: Graph, x: Wire) -> Wire:
        """Shifts and scales where float32 would lose too much of the rows, or
        could not hold gamma."""
        degree = 1 if self.kernel.name == "laplacian" else 2
        gamma, rows = self.kernel.gamma, self.rows
        unit = _power_of_two(gamma ** (1 / degree))
        lost = np.abs(rows - rows.astype(np.float32)).sum(axis=1).max(initial=0.0)
        far = np.ldexp(lost, unit) > _LOST
        if not far and abs(unit) <= _PLAIN:
            return self._stage(graph, x, "KERNEL_RBF", degree, -gamma, rows)
        shift = np.zeros(x.count)
        if far:
            # Exact in float32, so that nothing is lost of it.
            shift = rows.mean(axis=0).astype(np.float32).astype(np.float64)
        near = graph.affine(x, shift=shift, scale=np.ldexp(1.0, unit))
        rows = np.ldexp(rows - shift, unit)
        factor = -float(np.ldexp(gamma, -unit * degree))
        return self._stage(graph, near, "KERNEL_RBF", degree, factor, rows)
