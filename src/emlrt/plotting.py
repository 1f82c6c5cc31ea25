# SPDX-License-Identifier: MIT
"""What pictures share: matplotlib, which is loaded when something is drawn."""

from __future__ import annotations

from typing import Any


def pyplot(name: str) -> Any:
    """matplotlib.pyplot, for a class; ImportError says how to get it."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise ImportError(
            f"{name}.plot takes matplotlib; install it with: pip install 'emlrt[plot]'"
        ) from None
    return plt


def axes(name: str, ax: Any = None) -> Any:
    """matplotlib's Axes that a class draws on: those given, or a new figure's."""
    plt = pyplot(name)
    return plt.subplots()[1] if ax is None else ax
