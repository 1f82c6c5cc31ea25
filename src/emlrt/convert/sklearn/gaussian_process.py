# SPDX-License-Identifier: MIT
"""Converter of Gaussian process regression: the posterior's mean.

scikit-learn's mean is y = y_std sum_j alpha_j k(x, x_j) + y_mean over the training rows
x_j. A kernel made of sums and products is multiplied out into terms first:

    constant, DotProduct          one layer for all of them; by DENSE
    powers of DotProduct          (sigma_0^2 + x . x_j)^p; by KERNEL_DOT
    RBF                           exp(-|(x - x_j) / l|^2 / 2); by KERNEL_RBF
    Matern                        exp(-t), times 1 + t or 1 + t + t^2 / 3, where
                                  t = sqrt(2 nu) |(x - x_j) / l|; by KERNEL_MATERN

Several length scales l are divided out first; by AFFINE. The terms are added up; by
WEIGHTED_SUM.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.numeric.kernel_sums import Kernel, Machine
from emlrt.errors import UnsupportedModelError

#: Degree of the Matern kernel that each nu is.
_MATERN = {0.5: 1, 1.5: 2, 2.5: 3}
#: Highest power of a sum of kernels that is multiplied out.
_MOST = 4


@dataclass(frozen=True, eq=False)
class _Term:
    """weight times exp(-sum squares (x - s)^2) times (offset + x . s)^power, or
    times a Matern kernel with t^2 = sum squares (x - s)^2."""

    weight: float = 1.0
    squares: NDArray[np.float64] | None = None
    offset: float = 0.0
    power: int = 0
    matern: int = 0


def _refused(kernel: Any, why: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        f"cannot convert a Gaussian process with the kernel {kernel}: {why}"
    )


def _times(kernel: Any, a: _Term, b: _Term) -> _Term:
    """The product of two terms, where it is one term again."""
    weight = a.weight * b.weight
    for one, other in ((a, b), (b, a)):
        if one.squares is None and not one.power:
            return replace(other, weight=weight)
    if a.matern or b.matern or bool(a.power) != bool(b.power):
        raise _refused(kernel, "a product of such kernels is no sum of plain ones")
    if a.power:
        if a.offset != b.offset:
            raise _refused(kernel, "the factors have different sigma_0")
        return replace(a, weight=weight, power=a.power + b.power)
    squares = np.add(a.squares, b.squares)  # type: ignore[arg-type]
    return replace(a, weight=weight, squares=squares)


def _product(kernel: Any, a: list[_Term], b: list[_Term]) -> list[_Term]:
    return [_times(kernel, one, other) for one in a for other in b]


def _exponentiation(kernel: Any, n: int) -> list[_Term]:
    terms, power = _terms(kernel.kernel, n), kernel.exponent
    if power == int(power) and 1 <= power <= _MOST:
        return reduce(lambda a, b: _product(kernel, a, b), [terms] * int(power))
    if len(terms) == 1 and power > 0:
        (term,) = terms
        whole = term.power * power
        if not term.matern and whole == int(whole):
            squares = None if term.squares is None else term.squares * power
            weight = term.weight**power
            return [replace(term, weight=weight, squares=squares, power=int(whole))]
    raise _refused(kernel, f"the exponent {power} is not supported there")


def _stationary(kernel: Any, n: int) -> list[_Term]:
    lengths = np.broadcast_to(np.asarray(kernel.length_scale, np.float64), (n,))
    nu = getattr(kernel, "nu", np.inf)
    if nu == np.inf:
        return [_Term(squares=0.5 / lengths**2)]
    if nu not in _MATERN:
        raise _refused(kernel, f"supported nu are {sorted(_MATERN)} and inf")
    return [_Term(squares=2 * nu / lengths**2, matern=_MATERN[nu])]


#: Terms by a kernel's class. White noise is on the training rows alone.
_KERNELS: dict[str, Callable[[Any, int], list[_Term]]] = {
    "Sum": lambda kernel, n: _terms(kernel.k1, n) + _terms(kernel.k2, n),
    "Product": lambda kernel, n: _product(
        kernel, _terms(kernel.k1, n), _terms(kernel.k2, n)
    ),
    "Exponentiation": _exponentiation,
    "ConstantKernel": lambda kernel, n: [_Term(float(kernel.constant_value))],
    "WhiteKernel": lambda kernel, n: [],
    "RBF": _stationary,
    "Matern": _stationary,
    "DotProduct": lambda kernel, n: [_Term(offset=float(kernel.sigma_0) ** 2, power=1)],
}


def _terms(kernel: Any, n: int) -> list[_Term]:
    """A kernel on n inputs as a sum of terms."""
    name = type(kernel).__name__
    if name not in _KERNELS:
        raise _refused(kernel, f"supported are {', '.join(_KERNELS)}")
    return _KERNELS[name](kernel, n)


def _machine(term: _Term, rows: NDArray[np.float64], columns: Any) -> Machine:
    """A term that is neither constant nor linear."""
    columns, starts = term.weight * columns, np.zeros(columns.shape[1])
    if term.squares is None:
        kernel = Kernel("poly", 1.0, term.offset, term.power)
        return Machine(kernel, rows, columns, starts)
    kernel = Kernel("matern" if term.matern else "rbf", 1.0, 0.0, term.matern)
    if (term.squares == term.squares[0]).all():
        kernel = replace(kernel, gamma=float(term.squares[0]))
        return Machine(kernel, rows, columns, starts)
    scales = np.sqrt(term.squares)
    return Machine(kernel, rows, columns, starts, scales=scales)


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """Adds a fitted GaussianProcessRegressor that reads x; predict gives the mean.

    Raises
    ------
    UnsupportedModelError
        If its kernel cannot be converted.
    """
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator, "X_train_")
    rows = np.asarray(estimator.X_train_, np.float64)
    alpha = np.asarray(estimator.alpha_, np.float64).reshape(len(rows), -1)
    columns = alpha * estimator._y_train_std
    starts = np.broadcast_to(estimator._y_train_mean, columns.shape[1:]).astype(float)
    weights = np.zeros((columns.shape[1], x.count))
    machines = []
    for term in _terms(estimator.kernel_, x.count):
        if term.squares is not None or term.power > 1:
            machines.append(_machine(term, rows, columns))
            continue
        share = term.weight * columns
        starts = starts + (term.offset if term.power else 1.0) * share.sum(axis=0)
        if term.power:
            weights = weights + share.T @ rows
    if machines and not weights.any():
        machines[0] = replace(machines[0], starts=starts)
        parts = []
    else:
        parts = [graph.dense(x, weights, starts)]
    parts += [machine.convert(graph, x) for machine in machines]
    ones = np.ones(len(parts))
    return OutputSpec("values", graph.mix(parts, ones) if len(parts) > 1 else parts[0])
