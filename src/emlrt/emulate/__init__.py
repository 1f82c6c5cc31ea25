# SPDX-License-Identifier: MIT
"""The runtime on emulated microcontrollers: answers, and what they cost.

`measure` runs rows, `stream` a recording, `trace` the stages of a model one by one.
Needs cross compilers and emulators that are not Python packages, and the packages
unicorn and pyelftools; `ToolMissing` names what is missing.
"""

from .measure import Measurement, measure
from .streaming import Streamed, stream
from .targets import BOARDS, TARGETS
from .tools import ToolError, ToolMissing, cache_dir
from .trace import trace

__all__ = [
    "BOARDS",
    "TARGETS",
    "Measurement",
    "Streamed",
    "ToolError",
    "ToolMissing",
    "cache_dir",
    "measure",
    "stream",
    "trace",
]
