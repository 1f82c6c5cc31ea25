# SPDX-License-Identifier: MIT
"""Terms of blocks of signals in integers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.blob import Stage
from emlrt.dtypes import dtype_of

from .fourier import head, passes

Numbers = NDArray[Any]
Terms = dict[str, Any]


def _transforms(name: str, own: dict[str, Any], frames: int) -> Terms:
    """Of the transforms of frames of integers, of 2^bits samples."""
    n = 1 << own["bits"]
    taken = {f"{name}.{what}": frames * k for what, k in passes(n // 2).items()}
    return taken | {
        name: 1.0,
        f"{name}.frame": frames,
        f"{name}.sample": frames * own["frame"],
        f"{name}.rest": frames * (n - own["frame"]),
        f"{name}.bin": frames * (n // 2),
        f"{name}.band": frames * own["n_bands"],
    }


def log_bands_i16(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own = head(stage, "emlrt_log_bands")
    frames = own["n_frames"] * own["channels"]
    n, quarter = own["n_bands"], (1 << own["bits"]) // 4
    # A taper and factors stand before the bands, and a weight for each frequency
    # behind them.
    before = dtype_of("emlrt_log_bands").itemsize + -(-own["frame"] // 2) * 4
    rest = stage.payload_bytes - before - n * dtype_of("emlrt_band").itemsize
    return _transforms("log_bands_i16", own, frames) | {
        "log_bands_i16.byte": frames * (rest - 4 * quarter),
    }


def micro_frontend(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own = head(stage, "emlrt_micro_frontend")
    frames = own["n_frames"]
    return _transforms("micro_frontend", own, frames) | {
        "micro_frontend.gain": frames * own["n_bands"] * (own["gain"] != 0xFFFF),
        "micro_frontend.byte": frames * stage.payload_bytes,
    }


def time_features_i16(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own = head(stage, "emlrt_time_features")
    at, n = dtype_of("emlrt_time_features").itemsize, own["n_features"]
    codes = np.frombuffer(stage.payload, "<u2", n, at).tolist()
    terms: Terms = {
        "time_features_i16": 1.0,
        "time_features_i16.channel": own["channels"],
        "time_features_i16.sample": own["channels"] * own["length"],
    }
    for code in codes:
        name = f"time_features_i16.code{code}"
        terms[name] = terms.get(name, 0) + own["channels"]
    return terms


#: The rules of ops, as `terms.RULES` has them.
INTEGERS = {
    "log_bands_i16": log_bands_i16,
    "micro_frontend": micro_frontend,
    "time_features_i16": time_features_i16,
}
