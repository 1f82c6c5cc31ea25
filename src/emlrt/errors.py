# SPDX-License-Identifier: MIT
"""What emlrt raises and warns of."""


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
        Octet of the blob where the check stopped; 0 where it says nothing.
    """

    def __init__(self, message: str, status: str = "", offset: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.offset = offset


class PrecisionWarning(UserWarning):
    """Some of the original's answers hang on digits that float32 does not have."""


class InputRangeWarning(UserWarning):
    """An integer input type was chosen without data to check it against."""
