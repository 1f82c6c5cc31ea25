# SPDX-License-Identifier: MIT
"""Any bytes as a JSON export of CatBoost: read, or refused in one way."""

import contextlib

from emlrt.convert.catboost.file import loss_of, parsed, threshold_of
from emlrt.convert.catboost.trees import trees_of
from emlrt.errors import EmlrtError


def target(data: bytes) -> None:
    """Raises nothing, whatever the bytes."""
    for read in (trees_of, loss_of, threshold_of):
        with contextlib.suppress(EmlrtError):
            read(parsed(data))
