# SPDX-License-Identifier: MIT
"""Any bytes as an ONNX model: read, refused in one way, or converted."""

import contextlib

from emlrt.convert.ir.options import Options
from emlrt.convert.onnx.model import onnx_program
from emlrt.errors import EmlrtError


def target(data: bytes) -> None:
    """Raises nothing, whatever the bytes."""
    with contextlib.suppress(EmlrtError):
        onnx_program(data, None, Options())
