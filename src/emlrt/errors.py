# SPDX-License-Identifier: MIT
"""Errors and warnings of emlrt."""

import sys
import warnings


class EmlrtError(Exception):
    """Base of emlrt's own exceptions."""


class UnsupportedModelError(EmlrtError, TypeError):
    """The model, or a parameter of it, cannot be converted faithfully."""


class FormatError(EmlrtError, ValueError):
    """A blob was refused.

    Attributes
    ----------
    status : str
        The runtime's status, "CRC" for EMLRT_ERR_CRC.
    offset : int
        Byte of the blob where the check stopped; 0 where it says nothing.
    """

    def __init__(self, message: str, status: str = "", offset: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.offset = offset


class PrecisionWarning(UserWarning):
    """Some of the original's answers depend on digits that float32 does not have."""


class InputRangeWarning(UserWarning):
    """An integer input type was chosen without data to check it against."""


def warn(text: str, category: type[Warning]) -> None:
    """Warns at the line of the caller's code that entered emlrt."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and _is_own(frame.f_globals.get("__name__", "")):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)


def _is_own(module: str) -> bool:
    return module == "emlrt" or module.startswith("emlrt.")
