# SPDX-License-Identifier: MIT
"""What a model takes on a core, without compiler or emulator: bytes of flash, RAM and
stack, and instructions.

Bytes of flash and RAM are the linker's, to the byte. `emlrt.emulate.measure` measures
what is estimated here, and names it alike.
"""

from .estimates import CORES, Estimate, estimate

__all__ = ["CORES", "Estimate", "estimate"]
