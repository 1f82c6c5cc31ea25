# SPDX-License-Identifier: MIT
"""Any bytes as one of XGBoost's files: read, refused in one way, or converted."""

import contextlib

from emlrt.convert.xgboost.document import parsed
from emlrt.convert.xgboost.learner import learner_of
from emlrt.errors import EmlrtError


def target(data: bytes) -> None:
    """Raises nothing, whatever the bytes."""
    for as_estimator in (False, True):
        with contextlib.suppress(EmlrtError):
            learner_of(parsed(data), as_estimator)
