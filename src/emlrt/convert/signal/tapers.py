# SPDX-License-Identifier: MIT
"""The numbers of tapers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def taper(window: Any, length: int, fftbins: bool = True) -> NDArray[np.float64]:
    """The numbers of a window (length,), float64: as scipy.signal.get_window; or an
    array as it is.

    Raises
    ------
    ValueError
        If there is no such window, or an array has another length or is not finite.
    """
    if isinstance(window, str | tuple | float):
        from scipy.signal import get_window

        window = get_window(window, length, fftbins=fftbins)
    try:
        found = np.asarray(window, np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"the window is a name or numbers, ({length},), not {window!r}"
        ) from None
    if found.shape != (length,):
        raise ValueError(f"the window has shape {found.shape}, not ({length},)")
    if not np.isfinite(found).all():
        raise ValueError("the window holds NaN or infinity")
    return found
