# SPDX-License-Identifier: MIT
"""Split records as a blob has them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.dtypes import dtype_of

#: Record dtypes by op suffix.
RECORDS: dict[str, np.dtype[Any]] = {
    "F32": dtype_of("emlrt_record8"),
    "F32W": dtype_of("emlrt_record12"),
    "I32": dtype_of("emlrt_record8"),
    "I32W": dtype_of("emlrt_record12"),
    "I16": dtype_of("emlrt_record6"),
    "I16W": dtype_of("emlrt_record12"),
    "U8": dtype_of("emlrt_record4"),
    "U8M": dtype_of("emlrt_record6"),
    "U8W": dtype_of("emlrt_record12"),
    "U8C": dtype_of("emlrt_record6"),
    "I16C": dtype_of("emlrt_record12"),
}


#: Up to so many trees, their roundings together stay below 2 float32 ulp.
FEW_TREES = 128


def float_threshold(key: NDArray[np.int32]) -> NDArray[np.float32]:
    """The float32 thresholds of ordered keys."""
    return np.where(key < 0, key ^ 0x7FFFFFFF, key).astype(np.int32).view(np.float32)
