# SPDX-License-Identifier: MIT
"""Each numeric converter's docstring has the original's formula and its stages."""

import ast
import re
from pathlib import Path

import pytest

import emlrt
from emlrt.native import constants

OPS = set(constants("EMLRT_OP_"))
FOLDER = Path(emlrt.__file__).parent / "convert"
#: Modules that compute, by folder; all others pass results on or handle trees alone.
NUMERIC = [
    *(
        f"sklearn/{name}"
        for name in (
            *("adaboost", "calibration", "cluster", "decomposition", "density"),
            *("encoders", "gaussian", "gaussian_process", "impute"),
            *("isolation_forest", "linear_model", "multioutput", "naive_bayes"),
            *("nearest_centroid", "neighbors", "neural_network"),
            *("polynomial_quantile", "power_transformer", "scalers", "svm"),
            "voting_stacking",
        )
    ),
    *(f"numeric/{name}" for name in ("centring", "far_rows", "kernel_sums", "pairs")),
]


def docstring(name):
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    return ast.get_docstring(tree, clean=False)


def named(text):
    """The ops behind "by", joined by commas, "and" or "or"."""
    name, between = "[A-Z][A-Z0-9_]{2,}", r"(?:,\s+(?:and\s+)?|\s+and\s+|\s+or\s+)"
    lists = re.findall(rf"\bby\s+({name}(?:{between}{name})*)", text)
    return {op for found in lists for op in re.findall(name, found)}


def reached(name, seen):
    """The text of a converter and of all converters' modules that it imports, without
    their docstrings."""
    path = FOLDER / f"{name}.py"
    if name in seen or not path.exists():
        return ""
    seen.add(name)
    text = path.read_text(encoding="utf-8")
    modules = re.findall(r"^from emlrt\.convert\.([\w.]+) import", text, re.MULTILINE)
    head = ast.get_docstring(ast.parse(text), clean=False) or ""
    own = text.replace(head, "", 1)
    return own + "".join(reached(m.replace(".", "/"), seen) for m in modules)


@pytest.mark.parametrize("name", NUMERIC)
def test_the_docstring_has_a_formula_and_its_stages(name):
    text = docstring(name)
    assert re.search(r"^ {4}\S", text, re.MULTILINE)
    assert named(text)


@pytest.mark.parametrize("name", NUMERIC)
def test_the_stages_are_ops_that_the_converter_writes(name):
    own = named(docstring(name))
    assert own <= OPS, own - OPS
    text = reached(name, set())
    for op in own:
        start = "TREES_" if op.startswith("TREES_") else f'"{op}"'
        assert start in text, op
