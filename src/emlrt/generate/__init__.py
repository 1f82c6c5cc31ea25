# SPDX-License-Identifier: MIT
"""C code with a model's very answers, made from its blob.

Trees become functions of nested questions; stages of other families stay ops of the
runtime, which the code calls with constants.
"""

from __future__ import annotations

from emlrt.generate.files import Code, functions, generate, head, named, prototypes

__all__ = ["Code", "functions", "generate", "head", "named", "prototypes"]
