# SPDX-License-Identifier: MIT
"""Weighted sums of kernels of the input with stored rows, as stages.

A sum is b + sum_j a_j K(x, s_j) over the stored rows s_j:

    linear        x . s, summed up to one matrix; by DENSE
    poly          (gamma x . s + coef0)^degree; by KERNEL_DOT. Where terms cancel out,
                  as the polynomial that it is; by AFFINE, POLYNOMIAL, DENSE
    sigmoid       tanh(gamma x . s + coef0); by KERNEL_TANH
    rbf           exp(-gamma |x - s|^2); by KERNEL_RBF
    laplacian     exp(-gamma sum_i |x_i - s_i|); by KERNEL_RBF
    matern        exp(-t) and a polynomial in t = sqrt(gamma) |x - s|; by KERNEL_MATERN
    cosine        x . s / (|x| |s|), summed up to one matrix; by NORMALIZE, DENSE
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import Tensor, as_floats, floats
from emlrt.convert.numeric.centring import around_rows
from emlrt.convert.numeric.products import Product, products
from emlrt.errors import PrecisionWarning, UnsupportedModelError, warn

#: scikit-learn's names of the kernels that convert.
KERNELS = ("linear", "poly", "rbf", "sigmoid", "laplacian", "cosine")
#: What rounding may move a row by, in units in which kernels fall off at 1, before
#: inputs and rows are shifted first.
_LOST = 2e-7
#: Exponents of 2 of a factor that is used as it is.
_PLAIN = 40
#: Half a unit in the last place of float32, and the part of a result that it may be
#: of all terms before a sum is taken otherwise or warned of, and before it is refused.
_EPSILON, _NOTED, _CANCELLED = 2.0**-24, 1e-4, 0.01
#: Kernels that are looked at for that all at once, and numbers in all.
_AT_ONCE, _LOOKS = 10**5, 10**8
#: Most products of inputs that a polynomial is made of instead of kernels.
_PRODUCTS = 8192


@dataclass(frozen=True)
class Kernel:
    """A kernel and its parameters, gamma as a number.

    linear x . s; poly (gamma x . s + coef0)^degree; sigmoid tanh(gamma x . s +
    coef0); rbf exp(-gamma |x - s|^2); laplacian exp(-gamma sum |x - s|); cosine the
    dot product of both at length 1; matern exp(-t) with t^2 = gamma |x - s|^2, times
    1 + t for degree 2, or 1 + t + t^2 / 3 for degree 3.
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
    body = np.empty((len(rows), rows.shape[1] + coefficients.shape[1]), np.float32)
    with np.errstate(over="ignore"):
        body[:, : rows.shape[1]] = rows
        body[:, rows.shape[1] :] = coefficients
    return b"".join(
        [
            np.array([counts.size, op_degree], "<u4").tobytes(),
            counts.tobytes(),
            floats(factor, "a kernel's gamma or coef0"),
            floats(starts, "an intercept"),
            as_floats(body, "a support vector or its coefficient").data,
        ]
    )


def _monomials(n: int, degree: int) -> list[Product]:
    """Products of 1 to `degree` of n inputs."""
    sizes = range(1, degree + 1)
    return [p for size in sizes for p in combinations_with_replacement(range(n), size)]


def _coefficient(
    degree: int,
    product: Product,
    constants: NDArray[np.float64],
    slopes: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Of a product in (constant + slopes . z)^degree, for each row."""
    powers = [product.count(f) for f in set(product)]
    ways = math.factorial(degree) // math.factorial(degree - len(product))
    for power in powers:
        ways //= math.factorial(power)
    found = ways * constants ** (degree - len(product))
    return np.asarray(found * slopes[:, list(product)].prod(axis=1))


def _values(z: NDArray[np.float64], wanted: list[Product]) -> NDArray[np.float64]:
    """Products of the inputs of each row."""
    return np.stack([z[:, list(product)].prod(axis=1) for product in wanted], axis=1)


@dataclass(frozen=True)
class _Loss:
    """What rounding may take from a sum: a part of its largest result over rows. left:
    that result. size: the terms that it is left of."""

    output: int = 0
    part: float = 0.0
    left: float = 0.0
    size: float = 0.0

    @classmethod
    def of(cls, left: NDArray[np.float64], sizes: NDArray[np.float64]) -> _Loss:
        """The worst output's: largest results (n_out,) and sizes of their terms."""
        part = np.full(left.size, np.inf)
        np.divide(sizes * _EPSILON, left, out=part, where=left > 0)
        part[sizes == 0] = 0
        worst = int(np.argmax(np.nan_to_num(part, nan=np.inf)))
        numbers = (float(n[worst]) for n in (part, left, sizes))
        return cls(worst, *numbers)

    def judge(self) -> None:
        """Warns of a sum that float32 keeps few digits of, and refuses one of which it
        would leave next to nothing."""
        if self.part <= _NOTED:
            return
        text = (
            f"output {self.output} is what large terms leave of each other:"
            f" {self.left:.1e} of {self.size:.1e}, which float32"
        )
        remedy = (
            "scale the features, regularize more, or take fewer components, and fit"
            " again"
        )
        if not self.part <= _CANCELLED:
            raise UnsupportedModelError(f"{text} cannot hold; {remedy}")
        text += f" holds to about {self.part:.0e} of its largest result; {remedy}"
        warn(text, PrecisionWarning)


@dataclass(frozen=True, eq=False)
class Machine:
    """sum over rows of coefficient times kernel(x, row), plus starts.

    rows: float64 (n, n_in). coefficients: float64 (n, width). starts: float64
    (n_out,). counts: rows of each section; see format.h. scales: float64 (n_in,),
    what distances in each input are multiplied by. least: what is a large result even
    if all are smaller.
    """

    kernel: Kernel
    rows: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    starts: NDArray[np.float64]
    counts: tuple[int, ...] = ()
    scales: NDArray[np.float64] | None = None
    least: float = 0.0

    def convert(self, graph: Graph, x: Tensor) -> Tensor:
        """Adds the stages that compute it.

        Raises
        ------
        UnsupportedModelError
            If a number is beyond float32, or a sum that large terms cancel out of.
        """
        x = graph.floats(x)
        name = self.kernel.name
        if name == "linear":
            weights = self.coefficients.T @ self.rows
            return around_rows(graph, x, weights, self.starts, self.rows)
        if name == "cosine":
            return self._cosine(graph, x)
        loss = self._loss()
        if name == "poly" and loss.part > _NOTED and self._can_expand:
            return self._expanded(graph, x)
        loss.judge()
        if name == "sigmoid":
            return self._sigmoid(graph, x)
        if name == "poly":
            return self._polynomial(graph, x)
        return self._distances(graph, x)

    def _kernels(self, at: slice) -> NDArray[np.float64]:
        """float64 kernels (n_at, n) of some rows with all."""
        own, name = self.kernel, self.kernel.name
        values: NDArray[np.float64]
        if name in ("poly", "sigmoid"):
            base = own.gamma * self.rows[at] @ self.rows.T + own.coef0
            values = base**own.degree if name == "poly" else np.tanh(base)
            return values
        near = self._near(at)
        if name != "matern":
            np.negative(near, out=near)
            return np.exp(near, out=near)
        t = np.sqrt(near)
        values = np.exp(-t) * [np.ones_like(t), 1 + t, 1 + t + near / 3][own.degree - 1]
        return values

    @cached_property
    def _centred(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The rows less their mean, times scales, and their squares: far from 0, these
        would have no digits for differences."""
        scaled = self.rows - self.rows.mean(axis=0)
        scaled *= 1.0 if self.scales is None else self.scales
        return scaled, np.einsum("ij,ij->i", scaled, scaled)

    def _near(self, at: slice) -> NDArray[np.float64]:
        """gamma times the distances (n_at, n) of some rows from all, or their
        squares."""
        if self.kernel.name == "laplacian":
            scales = np.ones(self.rows.shape[1]) if self.scales is None else self.scales
            near = np.zeros((len(self.rows[at]), len(self.rows)))
            for column, scale in zip(self.rows.T, scales.tolist(), strict=True):
                apart = column[at, None] - column
                near += np.abs(apart, out=apart) * (scale * self.kernel.gamma)
            return near
        rows, squares = self._centred
        near = rows[at] @ rows.T
        near *= -2
        near += squares
        near += squares[at, None]
        np.maximum(near, 0, out=near)
        near *= self.kernel.gamma
        return near

    def _columns(self) -> NDArray[np.float64]:
        """Coefficients (n, n_out): of pairs of classes, 0 where a row is of neither."""
        if not self.counts:
            return self.coefficients
        k, ends = len(self.counts), np.cumsum([0, *self.counts])
        found = np.zeros((len(self.rows), self.starts.size))
        pairs = [(i, j) for i in range(k) for j in range(i + 1, k)]
        for pair, (i, j) in enumerate(pairs):
            first, second = slice(ends[i], ends[i + 1]), slice(ends[j], ends[j + 1])
            found[first, pair] = self.coefficients[first, j - 1]
            found[second, pair] = self.coefficients[second, i]
        return found

    def _looked_at(self) -> Iterator[slice]:
        """All rows, or as many as can be, some at a time."""
        n, width = self.rows.shape
        every = max(1, math.ceil(n * n * max(1, width) / _LOOKS))
        step = every * max(1, _AT_ONCE // n)
        return (slice(at, min(at + step, n), every) for at in range(0, n, step))

    def _loss(self) -> _Loss:
        """The rounding errors of the sums, for the stored rows themselves."""
        if len(self.rows) == 0:
            return _Loss()
        columns = self._columns()
        positive = abs(columns)
        left = np.full(self.starts.size, self.least)
        sizes = np.zeros(self.starts.size)
        with np.errstate(over="ignore", invalid="ignore"):
            for at in self._looked_at():
                kernels = self._kernels(at)
                sums = abs(kernels @ columns + self.starts).max(axis=0)
                left = np.maximum(left, sums)
                np.abs(kernels, out=kernels)
                sizes = np.maximum(sizes, (kernels @ positive).max(axis=0))
        return _Loss.of(left, sizes)

    @property
    def _can_expand(self) -> bool:
        n, degree = self.rows.shape[1], self.kernel.degree
        return 1 <= degree <= 9 and math.comb(n + degree, degree) <= _PRODUCTS

    def _expanded(self, graph: Graph, x: Tensor) -> Tensor:
        """A polynomial as what it is: products of inputs, times weights that are summed
        up here, in float64. Inputs are centred and scaled first, so that products are
        of one size."""
        mean = self.rows.mean(axis=0).astype(np.float32).astype(np.float64)
        spread = self.rows.std(axis=0)
        scale = (1 / np.where(spread > 0, spread, 1.0)).astype(np.float32)
        scale = scale.astype(np.float64)
        wanted = _monomials(x.count, self.kernel.degree)
        constants = self.kernel.gamma * self.rows @ mean + self.kernel.coef0
        slopes = self.kernel.gamma * self.rows / scale
        columns = self._columns()
        weights = np.stack(
            [
                _coefficient(self.kernel.degree, product, constants, slopes) @ columns
                for product in [(), *wanted]
            ]
        )
        starts = self.starts + weights[0]
        values = _values((self.rows - mean) * scale, wanted)
        sums = abs(values @ weights[1:] + starts).max(axis=0)
        sizes = (abs(values) @ abs(weights[1:]) + abs(starts)).max(axis=0)
        _Loss.of(np.maximum(sums, self.least), sizes).judge()
        near = graph.affine(x, shift=mean, scale=scale)
        return graph.dense(products(graph, near, wanted), weights[1:].T, starts)

    def _stage(
        self,
        graph: Graph,
        x: Tensor,
        op: str,
        degree: int,
        factor: float,
        rows: NDArray[np.float64],
        coefficients: NDArray[np.float64] | None = None,
    ) -> Tensor:
        counts = self.counts or (len(self.rows),)
        own = self.coefficients if coefficients is None else coefficients
        payload = _payload(degree, counts, factor, self.starts, rows, own)
        # With several sums, as many numbers of working memory.
        n = self.starts.size
        return graph.part(graph.stage(op, x, n if n == 1 else 2 * n, payload), 0, n)

    def _cosine(self, graph: Graph, x: Tensor) -> Tensor:
        norm = np.array([lib.EMLRT_NORM_L2, 0], "<u2").tobytes()
        short = graph.stage("NORMALIZE", x, x.count, norm)
        lengths = np.linalg.norm(self.rows, axis=1, keepdims=True)
        rows = self.rows / np.where(lengths > 0, lengths, 1.0)
        return graph.dense(short, self.coefficients.T @ rows, self.starts)

    def _sigmoid(self, graph: Graph, x: Tensor) -> Tensor:
        rows = self.rows * self.kernel.gamma
        return self._stage(graph, x, "KERNEL_TANH", 1, self.kernel.coef0, rows)

    def _polynomial(self, graph: Graph, x: Tensor) -> Tensor:
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

    def _distances(self, graph: Graph, x: Tensor) -> Tensor:
        """Shifts and scales where float32 would lose too much of the rows, or
        could not hold gamma."""
        op, degree, sign = {
            "rbf": ("KERNEL_RBF", 2, -1.0),
            "laplacian": ("KERNEL_RBF", 1, -1.0),
            "matern": ("KERNEL_MATERN", self.kernel.degree, 1.0),
        }[self.kernel.name]
        power = 1 if self.kernel.name == "laplacian" else 2
        x, offset = graph.shifted(x)
        gamma = self.kernel.gamma
        rows = self.rows - offset if offset.any() else self.rows
        unit = _power_of_two(gamma ** (1 / power))
        scales = np.ones(x.count) if self.scales is None else self.scales
        lost = rows - rows.astype(np.float32)
        lost *= scales
        most = math.sqrt(np.einsum("ij,ij->i", lost, lost).max(initial=0.0))
        far = np.ldexp(most, unit) > _LOST
        if not far and abs(unit) <= _PLAIN and self.scales is None:
            return self._stage(graph, x, op, degree, sign * gamma, rows)
        shift = np.zeros(x.count)
        if len(rows):
            # Exact in float32, so that nothing is lost of it.
            shift = rows.mean(axis=0).astype(np.float32).astype(np.float64)
        scales = np.ldexp(scales, unit).astype(np.float32).astype(np.float64)
        near = graph.affine(x, shift=shift, scale=scales)
        factor = sign * float(np.ldexp(gamma, -unit * power))
        rows = (rows - shift) * scales
        return self._stage(graph, near, op, degree, factor, rows)
