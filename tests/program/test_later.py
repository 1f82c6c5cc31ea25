# SPDX-License-Identifier: MIT
"""Names that are loaded when they are first asked for."""

import sys

import pytest

from emlrt.later import attribute

MODULES = {"Trees": "trees", "Nothing": "nothing"}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with a module that takes scikit-learn, and one that takes another."""
    folder = tmp_path / "lazily"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "trees.py").write_text("from sklearn.base import clone as Trees\n")
    (folder / "nothing.py").write_text("import there_is_no_such_package\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "lazily"
    for name in [name for name in sys.modules if name.startswith("lazily")]:
        del sys.modules[name]


def test_what_takes_scikit_learn_says_so(package, monkeypatch):
    assert attribute(package, MODULES, "Trees")
    del sys.modules["lazily.trees"]
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.delitem(sys.modules, "sklearn.base")
    words = r"lazily\.Trees takes scikit-learn; install it with: pip install"
    with pytest.raises(ImportError, match=words):
        attribute(package, MODULES, "Trees")


def test_other_errors_stay_as_they_are(package):
    with pytest.raises(ModuleNotFoundError, match="there_is_no_such_package"):
        attribute(package, MODULES, "Nothing")
    with pytest.raises(AttributeError, match="no attribute 'Forest'"):
        attribute(package, MODULES, "Forest")
