# SPDX-License-Identifier: MIT
"""The peers that generate C or C++, made to answer through one function.

Their code is made here, each time, from the fitted forest. `bench_call`, which
is put behind it, takes a row and stores a class (uint32_t) or a value (float).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import HERE
from forests import Case


@dataclass(frozen=True)
class Code:
    """One peer's code for one forest.

    Attributes
    ----------
    name : str
        The peer and its options.
    source, suffix : str
        A translation unit that defines bench_call, and ".c" or ".cpp".
    x_type : str
        C type of the inputs.
    classes : bool
        Whether the answer is a class.
    include : tuple of Path
        Where its headers are.
    table : dict of str to int
        emlearn's tables: numbers of nodes, roots, and bytes of leaves.
    """

    name: str
    source: str
    suffix: str
    x_type: str
    classes: bool
    include: tuple[Path, ...] = ()
    table: tuple[int, int, int] | None = None

    @property
    def answer_type(self) -> str:
        """C type of the answer."""
        return "uint32_t" if self.classes else "float"

    def x_dtype(self, double: int = 8) -> np.dtype[Any]:
        """dtype of the inputs where a C double has so many bytes."""
        names = {"double": f"f{double}", "float": "f4", "uint8_t": "u1"}
        return np.dtype(names.get(self.x_type, "i2"))

    @property
    def answer_dtype(self) -> np.dtype[Any]:
        """dtype of the answer."""
        return np.dtype(np.uint32 if self.classes else np.float32)

    def table_bytes(self, node: int = 8) -> int | None:
        """Bytes of emlearn's tables where a node has so many bytes."""
        if self.table is None:
            return None
        nodes, roots, leaves = self.table
        return nodes * node + roots * 4 + leaves


Failed = tuple[str, str]


def generate(case: Case) -> tuple[list[Code], list[Failed]]:
    """All peers' code for a forest, and (name, reason) of those that have none."""
    made: list[Code] = []
    failed: list[Failed] = []
    for name, generator in (
        ("emlearn", _emlearn),
        ("m2cgen", _m2cgen),
        ("micromlgen", _micromlgen),
    ):
        try:
            made.extend(generator(case))
        except Exception as error:  # whatever a peer does, it must not stop us
            reason = str(error).strip().partition("\n")[0]
            failed.append((name, f"{type(error).__name__}: {reason}"))
    return made, failed


def _call(case: Case, x_type: str, body: str, linkage: str = "") -> str:
    answer = "uint32_t" if case.is_classifier else "float"
    return (
        f"\n#include <stdint.h>\n{linkage}void bench_call(const {x_type} *x,"
        f" {answer} *y);\nvoid bench_call(const {x_type} *x, {answer} *y) {{\n"
        f"{body}\n}}\n"
    )


# emlearn


def _emlearn(case: Case) -> Iterator[Code]:
    # Importing emlearn makes numpy raise on every rounding; undo that.
    before = np.geterr()
    import emlearn

    np.seterr(**before)
    include = (Path(emlearn.__file__).parent,)
    votings = (("hard", 0), ("soft8", 8)) if case.is_classifier else (("", None),)
    for voting, bits in votings:
        # Conversion is quadratic in leaves: once for all forms of one voting,
        # which differ only in how save() prints them.
        converted = emlearn.convert(case.forest, method="inline", leaf_bits=bits)
        for method, c_type in _emlearn_forms(case, voting):
            converted.method, converted.dtype = method, c_type
            source = converted.save(name="model", include_proba=False)
            source += _call(
                case, c_type, f"  *y = model_predict(x, {case.n_features});"
            )
            form = c_type.removesuffix("_t")
            name = f"emlearn {method} {form} {voting}".strip()
            table = table_of(source) if method == "loadable" else None
            yield Code(name, source, ".c", c_type, case.is_classifier, include, table)


def _emlearn_forms(case: Case, voting: str) -> Iterator[tuple[str, str]]:
    yield "loadable", "int16_t"
    yield "inline", "int16_t"
    if voting != "soft8":
        yield "inline", "float"


def table_of(source: str) -> tuple[int, int, int]:
    """Lengths of the tables in emlearn's code: nodes, roots, bytes of leaves."""

    def length(what: str) -> int:
        match = re.search(rf"model_{what}\[(\d+)\]", source)
        if match is None:
            raise ValueError(f"emlearn's code has no table model_{what}")
        return int(match[1])

    return length("nodes"), length("tree_roots"), length("leaves")


# m2cgen


def _m2cgen(case: Case) -> Iterator[Code]:
    import m2cgen

    source = m2cgen.export_to_c(case.forest)
    if case.is_classifier:
        classes = len(case.forest.classes_)
        body = (
            f"  double p[{classes}];\n  uint32_t best = 0, k;\n"
            "  score((double *)x, p);\n"
            f"  for (k = 1; k < {classes}; k++)\n"
            "    if (p[k] > p[best]) best = k;\n  *y = best;"
        )
    else:
        body = "  *y = (float)score((double *)x);"
    source += _call(case, "double", body)
    yield Code("m2cgen", source, ".c", "double", case.is_classifier)


# micromlgen


def _micromlgen(case: Case) -> Iterator[Code]:
    import micromlgen

    source = micromlgen.port(case.forest, classname="Model")
    body = (
        "  static Eloquent::ML::Port::Model model;\n  *y = model.predict((float *)x);"
    )
    # Its code uses uint8_t without including what defines it.
    source = "#include <stdint.h>\n" + source
    source += _call(case, "float", body, 'extern "C" ')
    include = (HERE / "shims" / "cxx",)
    yield Code("micromlgen", source, ".cpp", "float", case.is_classifier, include)
