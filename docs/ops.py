# SPDX-License-Identifier: MIT
"""Write what follows from the ops of format.h: `make ops`.

    python docs/ops.py [--check]

The EMLRT_OP_* lines of c/include/emlrt/format.h are the only list of ops, and its
structures the only list of payload heads. From them follow the declarations in
emlrt.h and prepared.h, c/src/all_ops.c, c/src/core/layout.c and the two tables of ops
in SPEC.md.
--check changes nothing, and fails with a sentence for each file that says otherwise.
Both say which op has no C file.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FORMAT = ROOT / "c/include/emlrt/format.h"
HEADER = ROOT / "c/include/emlrt/emlrt.h"
PREPARED = ROOT / "c/include/emlrt/prepared.h"
ALL_OPS = ROOT / "c/src/all_ops.c"
LAYOUT = ROOT / "c/src/core/layout.c"
SPEC = ROOT / "SPEC.md"

#: Folders of c/src by family, the high byte of an op's code.
FOLDERS = {
    0x01: "trees",
    0x02: "affine",
    0x03: "elementwise",
    0x04: "vector",
    0x05: "gauss",
    0x06: "neighbors",
    0x07: "svm",
    0x08: "prep",
    0x09: "trees",
    0x0A: "signal",
}
DTYPES = {0x04: "U8", 0x09: "I16", 0x06: "U32", 0x0A: "I32", 0x0E: "F32"}
#: Bytes of a record by its digit in a trees op's code; 1 is by the input's dtype.
RECORDS = {2: 12, 3: 6, 4: 6, 5: 12}
NARROW = {"U8": 4, "I16": 6, "I32": 8, "F32": 8}
#: Bytes of a field by its C type.
WIDTHS = {"uint32_t": 4, "int32_t": 4, "float": 4, "uint16_t": 2, "int16_t": 2}

LAYOUT_HEAD = """\
/* SPDX-License-Identifier: MIT
 *
 * Compile-time proof that this compiler lays the format's structures out as
 * SPEC.md has them. Emits no code. Made by docs/ops.py: run `make ops`.
 */
#include <emlrt/format.h>
#include <emlrt/port.h>

#define EMLRT_SAME(name, a, b) \\
  typedef char emlrt_layout_##name[(a) == (b) ? 1 : -1]
#define EMLRT_SIZE(type, bytes) \\
  EMLRT_SAME(type##_bytes_all, EMLRT_OCTETS(emlrt_##type), bytes)
#define EMLRT_FIELD(type, field, byte) \\
  EMLRT_SAME(type##_at_##field, EMLRT_AT(emlrt_##type, field), byte)
"""
ALL_OPS_HEAD = """\
/* SPDX-License-Identifier: MIT
 *
 * emlrt_all_ops. Made by docs/ops.py: run `make ops`.
 */
#include <emlrt/op.h>

const emlrt_op *const emlrt_all_ops[] = {
"""


@dataclass(frozen=True)
class Op:
    """A line of format.h."""

    name: str  #: in small letters
    code: int

    @property
    def constant(self) -> str:
        return f"EMLRT_OP_{self.name.upper()}"

    @property
    def folder(self) -> str:
        return FOLDERS.get(self.code >> 24, "")

    @property
    def is_forest(self) -> bool:
        return self.name.startswith("trees_")

    def dtype(self, byte: int) -> str:
        return DTYPES[self.code >> 8 * byte & 0xFF]

    def record(self) -> int:
        return RECORDS.get(self.code >> 16 & 0xF) or NARROW[self.dtype(0)]


def ops() -> list[Op]:
    """Every op, in the order of format.h."""
    text = FORMAT.read_text(encoding="utf-8")
    found = re.findall(r"^#define EMLRT_OP_(\w+)\s+(0x[0-9A-F]{8})\b", text, re.M)
    return [Op(name.lower(), int(code, 16)) for name, code in found]


def structures() -> dict[str, list[tuple[str, str]]]:
    """The (type, name) of each field of format.h's structures, by name."""
    text = re.sub(r"/\*.*?\*/", "", FORMAT.read_text(encoding="utf-8"), flags=re.S)
    found = re.findall(r"typedef struct emlrt_(\w+) \{(.*?)\}", text, re.S)
    return {name: re.findall(r"(\w+) (\w+);", body) for name, body in found}


def declarations(names: list[str]) -> str:
    """Ops as emlrt.h declares them."""
    listed = "extern const emlrt_op " + ", ".join(f"emlrt_op_{n}" for n in names) + ";"
    return textwrap.fill(listed, 80, subsequent_indent=" " * 4)


def header() -> str:
    """emlrt.h: trees, then the others."""
    trees = [op.name for op in ops() if op.folder == "trees"]
    others = [op.name for op in ops() if op.folder != "trees"]
    blocks = iter([declarations(trees), declarations(others)])
    text = HEADER.read_text(encoding="utf-8")
    return re.sub(
        r"extern const emlrt_op emlrt_op_[^;]*;", lambda _: next(blocks), text
    )


def prepared() -> str:
    """prepared.h: the function of each op's run."""
    names = ", ".join(f"emlrt_run_{op.name}" for op in ops())
    listed = f"extern emlrt_op_run {names};"
    listed = textwrap.fill(listed, 80, subsequent_indent=" " * 4)
    text = PREPARED.read_text(encoding="utf-8")
    return re.sub(r"extern emlrt_op_run [^;]*;", lambda _: listed, text)


def all_ops() -> str:
    lines = "".join(f"    &emlrt_op_{op.name},\n" for op in ops())
    return f"{ALL_OPS_HEAD}{lines}    NULL,\n}};\n"


def asserted(name: str, fields: list[tuple[str, str]]) -> Iterator[str]:
    """Lines of layout.c for one structure: fields follow each other without gaps."""
    at = 0
    offsets = []
    for width, field in fields:
        offsets.append(f"EMLRT_FIELD({name}, {field}, {at});")
        at += WIDTHS[width]
    yield f"\nEMLRT_SIZE({name}, {at});"
    yield from offsets


def layout() -> str:
    lines = [line for item in structures().items() for line in asserted(*item)]
    return "\n".join([LAYOUT_HEAD.rstrip(), *lines]) + "\n"


def row(op: Op) -> str:
    """A line of SPEC's tables."""
    cells = [f"`EMLRT_OP_{op.name.upper()}`", f"0x{op.code:08X}"]
    cells += [f"`EMLRT_{op.dtype(byte)}`" for byte in (0, 1)]
    cells += [f"`emlrt_record{op.record()}`"] if op.is_forest else []
    return f"| {' | '.join(cells)} |\n"


def spec() -> str:
    """SPEC.md with its two tables of ops: of forests, and of all others by code."""
    others = sorted((op for op in ops() if not op.is_forest), key=lambda op: op.code)
    tables = iter([[op for op in ops() if op.is_forest], others])
    text = SPEC.read_text(encoding="utf-8")
    return re.sub(
        r"(?:^\| `EMLRT_OP_\w+` \| 0x[0-9A-F]{8} \|.*\n)+",
        lambda _: "".join(map(row, next(tables))),
        text,
        flags=re.M,
    )


def is_defined(op: Op) -> bool:
    """A file of the family's folder defines the op, or makes it of a template."""
    files = (ROOT / "c/src" / op.folder).glob("*.c")
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    if op.is_forest:
        return f"#define EMLRT_NAME {op.name.rsplit('_', 1)[1]}\n" in text
    names = (rf"\bemlrt_op_{op.name} EMLRT_OP_PLACE", rf"EMLRT_ELEMENTWISE\({op.name},")
    return any(re.search(name, text) for name in names)


#: What to say of an op that is not.
UNDEFINED = (
    "no file in c/src/{folder} defines emlrt_op_{name}: add a .c file with"
    " `const emlrt_op emlrt_op_{name} EMLRT_OP_PLACE = {{EMLRT_OP_{NAME},"
    " emlrt_check_{name}, emlrt_run_{name}}};`"
)


def undefined() -> list[str]:
    """A sentence for each op that no C file defines."""
    return [
        UNDEFINED.format(folder=op.folder, name=op.name, NAME=op.name.upper())
        for op in ops()
        if not is_defined(op)
    ]


def wrong_codes(listed: list[Op]) -> Iterator[str]:
    """A sentence for each code that no file can be made of."""
    first: dict[int, Op] = {}
    for op in listed:
        other = first.setdefault(op.code, op)
        family, unknown = (
            op.code >> 24,
            {op.code & 0xFF, op.code >> 8 & 0xFF} - {*DTYPES},
        )
        if other is not op:
            yield (
                f"format.h: {op.constant} and {other.constant} share the code"
                f" 0x{op.code:08X}: give the new one a free third byte"
            )
        if family not in FOLDERS:
            yield (
                f"format.h: {op.constant} is of the family 0x{family:02X}, which"
                f' FOLDERS in docs/ops.py does not list: add `0x{family:02X}: "NAME",`'
                " with its folder of c/src"
            )
        for byte in sorted(unknown):
            yield (
                f"format.h: {op.constant} has the dtype 0x{byte:02X}, which DTYPES in"
                " docs/ops.py does not list"
            )


#: What each file must be.
MADE = {
    HEADER: header,
    PREPARED: prepared,
    ALL_OPS: all_ops,
    LAYOUT: layout,
    SPEC: spec,
}


def stale() -> list[str]:
    """A sentence for each file that is not what format.h makes of it."""
    return [
        f"{path.relative_to(ROOT)} is not what c/include/emlrt/format.h makes of it:"
        " run `make ops` and commit the change"
        for path, make in MADE.items()
        if path.read_text(encoding="utf-8") != make()
    ]


def main() -> int:
    wrong = list(wrong_codes(ops()))
    if wrong:
        print("\n".join(wrong))
        return 1
    wrong = undefined()
    if "--check" in sys.argv:
        wrong += stale()
    else:
        for path, make in MADE.items():
            path.write_text(make(), encoding="utf-8")
    print("\n".join(wrong) or "every list of ops says what format.h does")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
