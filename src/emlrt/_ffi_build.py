# SPDX-License-Identifier: MIT
"""cffi build script: the declarations come from the C headers themselves."""

import os
import re
import sys
from pathlib import Path

from cffi import FFI

ROOT = Path(__file__).resolve().parents[2]
C = ROOT / "c"


def declarations(header: str) -> str:
    """The part of a header that cffi's parser takes.

    Keeps types, prototypes and integer constants; drops comments, includes,
    conditionals, function-like macros and everything after the typed forms,
    which are inline functions.
    """
    text = header.split("/* Typed forms:")[0]
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"#ifdef __cplusplus.*?#endif", "", text, flags=re.S)
    text = text.replace("\\\n", " ")
    kept = []
    for line in text.splitlines():
        constant = re.fullmatch(r"#define \w+ (0x[0-9A-F]+|\d+)\s*", line)
        if constant or not line.startswith("#"):
            kept.append(line)
    text = "\n".join(kept)
    text = re.sub(r"extern const emlrt_op emlrt_op_[^;]*;", "", text)
    text = text.replace("INT_MAX", str(2**31 - 1))
    return text.replace("EMLRT_CHECK_RESULT", "")


def read(path: str) -> str:
    return declarations((C / path).read_text(encoding="utf-8"))


def sources() -> list[str]:
    """Of the runtime and of the host, relative to the root."""
    found = []
    for part in ("src", "host"):
        paths = sorted((C / part).rglob("*.c"))
        if not paths:
            raise SystemExit(f"_ffi_build.py: no .c file in {C / part} or below")
        found += [str(path.relative_to(ROOT)) for path in paths]
    return found


#: Flags that leave out what only debuggers and profilers read, and functions that
#: nothing calls, three quarters of the extension: of the compiler and of the linker.
#: EMLRT_SYMBOLS=1 keeps it all.
STRIPPED: tuple[list[str], list[str]] = ([], [])
if sys.platform.startswith("linux") and not os.environ.get("EMLRT_SYMBOLS"):
    STRIPPED = (
        ["-g0", "-fno-asynchronous-unwind-tables", "-ffunction-sections"],
        ["-Wl,-s,--gc-sections"],
    )
#: Of gcc and clang. Only Python's own entry is for others: what is hidden needs no
#: table of names, and is called without one.
GCC = [
    *("-std=c99", "-O3"),
    *("-fno-fast-math", "-ffp-contract=off", "-fno-math-errno"),
    "-fvisibility=hidden",
]
#: Of Microsoft's compiler, which warns of every option of theirs.
MSVC = ["/fp:precise"]

ffi = FFI()
ffi.cdef(
    "typedef const void *emlrt_rom;"
    + read("include/emlrt/format.h")
    + read("include/emlrt/emlrt.h")
    + read("include/emlrt/stream.h")
    + read("include/emlrt/signal.h")
    + read("host/emlrt_host.h")
)
ffi.set_source(
    "emlrt._native",
    '#include <emlrt/signal.h>\n#include "emlrt_host.h"\n',
    sources=sources(),
    include_dirs=["c/include", "c/host"],
    # Last on the command line, so that CFLAGS cannot ask for other arithmetic.
    extra_compile_args=MSVC if sys.platform == "win32" else [*GCC, *STRIPPED[0]],
    extra_link_args=STRIPPED[1],
    py_limited_api=True,
)

if __name__ == "__main__":
    ffi.compile(verbose=True)
