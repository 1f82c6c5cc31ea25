# SPDX-License-Identifier: MIT
"""Any bytes as LightGBM's text: read, refused in one way, or converted."""

import contextlib
import io

from emlrt.convert.lightgbm.model import parsed
from emlrt.errors import EmlrtError


def target(data: bytes) -> None:
    """Raises nothing, whatever the bytes."""
    with contextlib.suppress(EmlrtError):
        parsed(io.BytesIO(data))
