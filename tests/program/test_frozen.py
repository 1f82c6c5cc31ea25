# SPDX-License-Identifier: MIT
"""Frozen classes: what they set of themselves by name are fields that they have."""

import ast
from pathlib import Path

import emlrt
from emlrt.blob import Program

SOURCES = sorted(Path(emlrt.__file__).parent.rglob("*.py"))


def fields_of(node):
    """Names that a class declares."""
    return {
        each.target.id
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }


def set_by_name(node):
    """Names in `object.__setattr__(self, NAME, ...)` of a class."""
    return {
        call.args[1].value
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("__setattr__")
        if len(call.args) == 3 and isinstance(call.args[1], ast.Constant)
    }


def test_names_that_are_set_are_fields():
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and set_by_name(node):
                found.append(node.name)
                assert set_by_name(node) <= fields_of(node), (path.name, node.name)
    assert "Program" in found


def test_each_output_has_one_score_unless_a_program_says_otherwise():
    assert Program(1, 3, 0, ()).output_sizes == (1, 1, 1)
    assert Program(1, 3, 0, (), output_sizes=(3,)).output_sizes == (3,)
