# SPDX-License-Identifier: MIT
"""Ops that Python finds by their names: a renamed op must not be lost in silence."""

import pytest

from emlrt.convert.ir import infinite, steps
from emlrt.inspect import compared, trees
from emlrt.native import constants

OPS = set(constants("EMLRT_OP_"))
#: Tuples of prefixes, by which whole families of ops are found.
PREFIXES = {
    "AS_THEY_ARE": steps.AS_THEY_ARE,
    "COMPARE": steps.COMPARE,
    "copies": infinite._COPIES,
    "compares": infinite._COMPARES,
    "exact": trees._EXACT,
    "rounded": trees._ROUNDED,
}


@pytest.mark.parametrize("name", PREFIXES)
def test_every_prefix_is_of_an_op(name):
    for prefix in PREFIXES[name]:
        assert any(op.startswith(prefix.upper()) for op in OPS), prefix


def test_ops_that_compare_are_known():
    groups = {compared.op_group(op.lower()) for op in OPS}
    assert groups >= compared.CONSTANT
