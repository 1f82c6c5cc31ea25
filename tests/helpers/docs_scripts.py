# SPDX-License-Identifier: MIT
"""The scripts of docs/ as modules."""

import sys
from importlib import util
from pathlib import Path
from types import ModuleType

DOCS = Path(__file__).resolve().parents[2] / "docs"


def loaded(name: str) -> ModuleType:
    """A script, once for all tests of a process."""
    key = f"docs_{name}"
    if key not in sys.modules:
        spec = util.spec_from_file_location(key, DOCS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[key] = util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[key])
    return sys.modules[key]
