# SPDX-License-Identifier: MIT
"""librosa, imported without numba's compiler, which would take 25 s of processor time
at the first import in each new environment.

What numba compiles there are loops of other functions than those compared here
(zero_crossings is one of them, and does not work so).
"""

import sys
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pkgutil import walk_packages
from types import ModuleType

import pytest


def _as_it_is(*args, **options):
    """A decorator that changes nothing, with arguments or without."""
    if len(args) == 1 and callable(args[0]) and not options:
        return args[0]
    return lambda function: function


@contextmanager
def _plain():
    """A module in place of numba."""
    stand_in = ModuleType("numba")
    for name in ("jit", "njit", "vectorize", "guvectorize", "stencil"):
        setattr(stand_in, name, _as_it_is)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "numba", stand_in)
        yield


def _whole():
    """librosa with all of its modules, which else come when they are asked for. In one
    order: EAGER_IMPORT, which lazy_loader looks at, has another one in each process,
    and some of them end in circular imports."""
    librosa = import_module("librosa")
    for found in walk_packages(librosa.__path__, "librosa."):
        import_module(found.name)
    return librosa


def librosa_or_skip():
    """librosa; where it is not installed, the test module is skipped."""
    if find_spec("librosa") is None:
        pytest.skip("librosa is not installed", allow_module_level=True)
    if "librosa" in sys.modules:
        return sys.modules["librosa"]
    with _plain():
        return _whole()
