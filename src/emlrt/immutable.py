# SPDX-License-Identifier: MIT
"""Objects whose attributes and arrays cannot be changed once they are made."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray


class Immutable:
    """Refuses to set or delete attributes, and to be made a second time.

    A subclass names its attributes in `__init__` by one call of `_make`. Private
    names that it does not have stay free: scikit-learn leaves notes in some.
    """

    _made: frozenset[str] = frozenset()

    def _make(self, **attributes: Any) -> None:
        if self._made:
            self._refuse("__init__")
        self.__dict__.update(attributes, _made=frozenset(attributes))

    def _refuse(self, name: str) -> NoReturn:
        raise AttributeError(
            f"{name!r} cannot be set: {type(self).__name__} is immutable; convert or"
            " load another (of scikit-learn's validate_data, ask for reset=False)"
        )

    def _is_free(self, name: str) -> bool:
        foreign = name.startswith("_") and not name.startswith("__")
        return foreign and name not in self._made and not hasattr(type(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        if not self._is_free(name):
            self._refuse(name)
        self.__dict__[name] = value

    def __delattr__(self, name: str) -> None:
        if not self._is_free(name):
            self._refuse(name)
        super().__delattr__(name)


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """A read-only copy. numpy makes no view writeable whose base is read-only."""
    copy = np.array(array)
    copy.setflags(write=False)
    return copy.view()
