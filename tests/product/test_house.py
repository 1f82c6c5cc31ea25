# SPDX-License-Identifier: MIT
"""House rules that can be counted."""

import ast
from pathlib import Path
from statistics import median

import emlrt

#: Lines of the longest function of the package, without its docstring.
LONGEST = 39


def lengths():
    """Lines of each function's body, by its place."""
    found = {}
    for path in sorted(Path(emlrt.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                start = (body or node.body)[0].lineno
                found[f"{path.name}:{node.lineno} {node.name}"] = (
                    node.end_lineno - start + 1
                )
    return found


def test_functions_are_short():
    found = lengths()
    assert len(found) > 1500
    assert median(found.values()) <= 15
    assert not {name: n for name, n in found.items() if n > LONGEST}
