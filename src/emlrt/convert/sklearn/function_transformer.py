# SPDX-License-Identifier: MIT
"""Functions of single numbers: FunctionTransformer.

Trees in front of which a function stands that never falls are asked for its argument,
as behind a scaler: see emlrt.convert.trees.fold_scalers. So such a function needs no
op there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, transformer
from emlrt.convert.ir.steps import Origin, Tensor, floats
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.convert.sklearn.scalers import clip
from emlrt.convert.trees.forest import Ints
from emlrt.errors import UnsupportedModelError

#: Ops of numpy's functions.
_FUNCTIONS = {
    np.log1p: "LOG1P",
    np.log: "LOG",
    np.sqrt: "SQRT",
    np.abs: "ABS",
    np.fabs: "ABS",
    np.square: "SQUARE",
    np.exp: "EXP",
    np.expm1: "EXPM1",
    np.tanh: "TANH",
    np.cos: "COS",
    np.reciprocal: "RECIPROCAL",
}
#: Functions that are a factor, or the natural logarithm times a factor.
_FACTORS = {
    np.negative: -1.0,
    np.positive: 1.0,
    np.radians: np.pi / 180,
    np.deg2rad: np.pi / 180,
    np.degrees: 180 / np.pi,
    np.rad2deg: 180 / np.pi,
}
_LOGS = {np.log2: 1 / np.log(2), np.log10: 1 / np.log(10)}
#: Functions that never fall, and that trees read through. Those without stages of
#: their own can stand nowhere else.
_RISING: tuple[Any, ...] = (
    np.sign,
    np.rint,
    np.round,
    np.around,
    np.floor,
    np.ceil,
    np.trunc,
    np.fix,
    np.cbrt,
    np.arctan,
    np.sinh,
    np.arcsinh,
)
#: Below this float32 has fractions; a sum with half as much more has none.
_WHOLE = 2.0**22


def _sign(graph: Graph, x: Tensor) -> Tensor:
    """-1, 0 or 1: no number but 0 is nearer to it than 2^-149. Two factors, since
    2^149 is beyond float32, and between them what keeps them from becoming one."""
    y = clip(graph, x, -(2.0**-149), 2.0**-149)
    y = clip(graph, graph.affine(y, scale=2.0**75), -1.0, 1.0)
    return graph.affine(y, scale=2.0**74)


def _added(graph: Graph, x: Tensor, number: float) -> Tensor:
    """x plus a number, in a stage that nothing is folded with."""
    flags = int(lib.EMLRT_AFFINE_OFFSET).to_bytes(4, "little")
    return graph.stage("AFFINE", x, x.count, flags + floats([number] * x.count))


def _rounded(graph: Graph, x: Tensor) -> Tensor:
    """The nearest whole number, ties to even: adding 1.5 * 2^23 rounds what is below
    2^22. From there on there are halves, and then no fractions."""
    parts, rest = [], x
    for _ in range(2):
        part = clip(graph, rest, -_WHOLE, _WHOLE)
        rest = graph.mix([rest, part], [1.0, -1.0])
        parts.append(_added(graph, _added(graph, part, 3 * _WHOLE), -3 * _WHOLE))
    return graph.mix([*parts, rest], [1.0, 1.0, 1.0])


def _is_above(graph: Graph, x: Tensor, level: float = 0.0) -> Tensor:
    return graph.stage("STEP", x, x.count, floats([level] * x.count))


def _floor(graph: Graph, x: Tensor) -> Tensor:
    y = _rounded(graph, x)
    above = _is_above(graph, graph.mix([y, x], [1.0, -1.0]))
    return graph.mix([y, above], [1.0, -1.0])


def _ceil(graph: Graph, x: Tensor) -> Tensor:
    y = _rounded(graph, x)
    below = _is_above(graph, graph.mix([x, y], [1.0, -1.0]))
    return graph.mix([y, below], [1.0, 1.0])


def _trunc(graph: Graph, x: Tensor) -> Tensor:
    """The floor of numbers above 0, the ceiling of those below."""
    y = _rounded(graph, x)
    sides = []
    for sign in (1.0, -1.0):
        apart = _is_above(graph, graph.mix([y, x], [sign, -sign]))
        side = _is_above(graph, graph.affine(x, scale=sign))
        sides.append(_is_above(graph, graph.mix([apart, side], [1.0, 1.0]), 1.5))
    return graph.mix([y, *sides], [1.0, -1.0, 1.0])


#: Functions of several stages, exact for every float32.
_EXACT: dict[Any, Callable[[Graph, Tensor], Tensor]] = {
    np.sign: _sign,
    np.rint: _rounded,
    np.round: _rounded,
    np.around: _rounded,
    np.floor: _floor,
    np.ceil: _ceil,
    np.trunc: _trunc,
    np.fix: _trunc,
}


def _bounds(options: dict[str, Any]) -> tuple[float, float] | None:
    """The bounds that clip is given; None unless they are two numbers in order. With
    one alone, an infinity would have to stay one."""
    if options.keys() not in ({"a_min", "a_max"}, {"min", "max"}):
        return None
    found = [options[name] for name in sorted(options, reverse=True)]
    if not all(isinstance(value, Real) for value in found):
        return None
    low, high = map(float, found)
    return (low, high) if low <= high else None


def _refuse(transform: Any) -> UnsupportedModelError:
    func, options = transform.func, transform.kw_args
    given = f" with kw_args={options!r}" if options else ""
    names = sorted({f.__name__ for f in {*_FUNCTIONS, *_FACTORS, *_LOGS, *_EXACT}})
    ahead = ", ".join(f.__name__ for f in _RISING if f not in _EXACT)
    return UnsupportedModelError(
        f"FunctionTransformer of {func!r}{given} is not supported: the runtime has no"
        f" such function; supported are None, numpy's {', '.join(names)} without"
        " kw_args, and clip with the kw_args a_min and a_max, two numbers; in front of"
        f" trees also {ahead}"
    )


def _plain(options: dict[str, Any], func: Any) -> bool:
    """Whether options change nothing."""
    return not options or (func in (np.round, np.around) and options == {"decimals": 0})


def _applied(graph: Graph, transform: Any, x: Tensor) -> Tensor:
    """A stage, or some, for the function of a FunctionTransformer."""
    func, options = transform.func, transform.kw_args or {}
    if func is np.clip:
        bounds = _bounds(options)
        if bounds is None:
            raise _refuse(transform)
        return clip(graph, x, *bounds)
    if not isinstance(func, Hashable) or not _plain(options, func):
        raise _refuse(transform)
    if func in _FACTORS:
        return graph.affine(x, scale=_FACTORS[func])
    if func in _LOGS:
        return graph.affine(graph.stage("LOG", x, x.count), scale=_LOGS[func])
    if func in _EXACT:
        return _EXACT[func](graph, x)
    if func in _FUNCTIONS:
        return graph.stage(_FUNCTIONS[func], x, x.count)
    if func in _RISING:  # trees do without
        return graph.stage("ABS", x, x.count, params=_refuse(transform))
    raise _refuse(transform)


def _function(graph: Graph, transform: Any, x: Tensor) -> OutputSpec:
    x = graph.floats(x)
    if transform.func is None and not transform.kw_args:
        return transformer(graph, x, missing=not transform.validate)
    y = _applied(graph, transform, graph.plain(x))
    if transform.func in _RISING:

        def function(_: Ints, values: NDArray[Any]) -> NDArray[Any]:
            with np.errstate(all="ignore"):
                return np.asarray(transform.func(values))

        graph.origins[y.buffer] = Origin(x, np.arange(x.count), function)
    return transformer(graph, y, missing=not transform.validate)


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted function of x."""
    return by_class({"FunctionTransformer": _function}, graph, estimator, x)
