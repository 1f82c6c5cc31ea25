# SPDX-License-Identifier: MIT
"""Payloads of ops that several libraries' models need."""

from __future__ import annotations

from emlrt._native import lib
from emlrt.convert.ir.steps import floats


def relu_payload(slope: float, top: float | None, threshold: float) -> bytes:
    """emlrt_relu."""
    flags = 0 if top is None else lib.EMLRT_RELU_MAX
    numbers = [slope, threshold, 0.0 if top is None else top]
    return int(flags).to_bytes(4, "little") + floats(numbers)
