# SPDX-License-Identifier: MIT
"""Codes of ops by name, from format.h: tests name ops and repeat no code.

That the codes never change is held by the golden blobs.
"""

import re
from pathlib import Path

_FORMAT = Path(__file__).resolve().parents[2] / "c/include/emlrt/format.h"
_LINE = re.compile(r"^#define EMLRT_OP_(\w+)\s+(0x[0-9A-F]{8})\b", re.MULTILINE)

#: The code of each op by its name in small letters.
OP = {
    name.lower(): int(code, 16)
    for name, code in _LINE.findall(_FORMAT.read_text(encoding="utf-8"))
}
