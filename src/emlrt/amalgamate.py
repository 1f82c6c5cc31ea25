# SPDX-License-Identifier: MIT
"""Make one header of the whole C runtime: ``emlrt_amalgamated.h``.

    python -m emlrt.amalgamate C_DIR OUT

Including the header declares the API; in one file of a program,
``#define EMLRT_IMPLEMENTATION`` before it adds the code.

An installed package has a shorter form of it beside its other headers: the same lines
in the same order, by including the files instead of holding them.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

_INCLUDE = re.compile(r'\s*#\s*include\s+(?:<(emlrt/[^>]+)>|"([^"]+)")')
_GUARD = re.compile(r"^#ifndef (EMLRT_\w+_H)\n#define \1$", re.MULTILINE)
_SPDX = "SPDX-License-Identifier: MIT"

_HEAD = f"""\
/* {_SPDX}
 *
 * emlrt in one header, made by `python -m emlrt.amalgamate` from c/include and
 * c/src; change those, not this. In one C file of a program write
 *
 *   #define EMLRT_IMPLEMENTATION
 *   #include "emlrt_amalgamated.h"
 *
 * and in every other file, C or C++, the second line alone.
 */
"""
_HEAD_INCLUDING = f"""\
/* {_SPDX}
 *
 * emlrt in one header, for a compiler that has this folder on its path (-I). In one C
 * file of a program write
 *
 *   #define EMLRT_IMPLEMENTATION
 *   #include "emlrt_amalgamated.h"
 *
 * and in every other file, C or C++, the second line alone. For a header to copy,
 * which holds all code itself: `emlrt export amalgamation`, or
 * `python -m emlrt.amalgamate`.
 */
"""
_HEADERS = ("emlrt.h", "op.h", "prepared.h", "signal.h", "stream.h")
# The runtime's floating-point pragmas must not outlive it: the user's own code
# may follow in the same file.
_OPEN = """\
#if defined(EMLRT_IMPLEMENTATION) && !defined(EMLRT_IMPLEMENTED)
#define EMLRT_IMPLEMENTED
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#elif defined(EMLRT_FLOAT_CONTROL)
#pragma float_control(push)
#endif
#ifdef __cplusplus
extern "C" {
#endif
"""
_CLOSE = """\
#ifdef __cplusplus
}
#endif
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#else
#if defined(EMLRT_FLOAT_CONTROL)
#pragma float_control(pop)
#endif
#pragma STDC FP_CONTRACT DEFAULT
#endif
#endif
"""


class _Merger:
    """Expands the project's own includes, each guarded header once.

    A header without an include guard is a template, and is expanded each time.
    """

    def __init__(self, c_dir: Path) -> None:
        self._include = c_dir / "include"
        self._seen: set[Path] = set()

    def lines(self, path: Path) -> Iterator[str]:
        """The lines of one file, with what it includes in place."""
        text = path.read_text(encoding="utf-8")
        if _GUARD.search(text):
            if path in self._seen:
                return
            self._seen.add(path)
        yield f"/* {path.name} */"
        for line in text.splitlines():
            match = _INCLUDE.match(line)
            if match:
                yield from self.lines(self._find(match, path))
            elif _SPDX not in line:
                yield line
            elif not line.rstrip().endswith("*/"):
                yield "/*"

    def _find(self, match: re.Match[str], user: Path) -> Path:
        public, private = match.groups()
        found = self._include / public if public else user.parent / private
        found = found.resolve()
        if not found.is_file():
            raise FileNotFoundError(f"{user} includes {found}, which does not exist")
        return found


def _sources(c_dir: Path) -> list[Path]:
    sources = sorted((c_dir / "src").rglob("*.c"))
    if not sources:
        raise FileNotFoundError(
            f"{c_dir} has no .c file in src: give the folder that holds the runtime's "
            "include and src"
        )
    return sources


def amalgamate(c_dir: Path) -> str:
    """Return the text of the one-header form of the runtime in `c_dir`.

    `c_dir` holds ``include/emlrt`` and ``src``, as the repository's ``c`` does
    (and the installed package's: ``emlrt.get_include()`` is its ``include``).
    Raises FileNotFoundError if they are not there.
    """
    sources = _sources(c_dir)
    merger = _Merger(c_dir)
    lines = [_HEAD]
    for name in _HEADERS:
        lines += merger.lines(c_dir / "include" / "emlrt" / name)
    lines.append(_OPEN)
    for source in sources:
        lines += merger.lines(source)
    lines.append(_CLOSE)
    return "\n".join(lines)


def including(c_dir: Path) -> str:
    """Return the text of a header that does the same by including what `c_dir` holds.

    It stands in ``include``, and serves with that folder on the compiler's path.
    Raises FileNotFoundError as `amalgamate` does.
    """
    sources = [path.relative_to(c_dir).as_posix() for path in _sources(c_dir)]
    lines = [_HEAD_INCLUDING, *(f"#include <emlrt/{name}>" for name in _HEADERS)]
    lines += [_OPEN, *(f'#include "../{path}"' for path in sources), _CLOSE]
    return "\n".join(lines)


def main(argv: list[str]) -> int:
    """Write the header; returns the process's exit code."""
    if len(argv) != 2:
        print("usage: python -m emlrt.amalgamate C_DIR OUT", file=sys.stderr)
        return 2
    try:
        text = amalgamate(Path(argv[0]))
        Path(argv[1]).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        print(f"emlrt.amalgamate: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
