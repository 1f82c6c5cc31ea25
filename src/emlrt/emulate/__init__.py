# SPDX-License-Identifier: MIT
"""The runtime on emulated microcontrollers.

Needs cross compilers and emulators that are not Python packages, and the
packages unicorn and pyelftools; `ToolMissing` names what is missing.
"""

from .measure import Measurement, measure
from .streaming import Streamed, stream
from .targets import BOARDS, TARGETS
from .tools import ToolError, ToolMissing
from .trace import trace

__all__ = [
    "BOARDS",
    "TARGETS",
    "Measurement",
    "Streamed",
    "ToolError",
    "ToolMissing",
    "measure",
    "stream",
    "trace",
]
