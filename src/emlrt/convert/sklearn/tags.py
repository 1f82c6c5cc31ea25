# SPDX-License-Identifier: MIT
"""scikit-learn's tags of an estimator, in any supported version."""

from __future__ import annotations

from typing import Any


def accepts_nan(estimator: Any) -> bool:
    """Whether it gives NaN inputs a meaning."""
    if hasattr(estimator, "_get_tags"):  # scikit-learn up to 1.6
        return bool(estimator._get_tags()["allow_nan"])
    from sklearn.utils import get_tags

    return bool(get_tags(estimator).input_tags.allow_nan)
