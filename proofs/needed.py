# SPDX-License-Identifier: MIT
"""Which files of c/src an op is made of: what the linker would take for it."""

import subprocess
import tempfile
from functools import cache
from pathlib import Path

#: What proofs define themselves.
THEIRS = {"emlrt_charge"}
SRC = Path(__file__).resolve().parents[1] / "c" / "src"


def _symbols(objects: Path) -> tuple[dict[str, str], dict[str, set[str]]]:
    """The file that defines each symbol, and what each file wants of others."""
    defined, wanted = {}, {}
    for path in sorted(objects.glob("*.o")):
        command = ["nm", "--extern-only", "--portability", str(path)]
        listed = subprocess.run(command, capture_output=True, text=True, check=True)
        wanted[path.stem] = set()
        for name, kind, *_ in map(str.split, listed.stdout.splitlines()):
            if kind == "U":
                wanted[path.stem].add(name)
            else:
                defined[name] = path.stem
    return defined, wanted


@cache
def _linked() -> tuple[dict[str, str], dict[str, set[str]], dict[str, str]]:
    """Symbols, and the path of each file."""
    paths = {p.stem: str(p) for p in sorted(SRC.rglob("*.c")) if p.stem != "all_ops"}
    with tempfile.TemporaryDirectory() as folder:
        # Optimized, since inline functions that nothing calls want files, too.
        command = ["cc", "-std=c99", "-O1", f"-I{SRC.parent / 'include'}", "-c"]
        subprocess.run([*command, *paths.values()], cwd=folder, check=True)
        return (*_symbols(Path(folder)), paths)


def needed(op: str) -> list[str]:
    """Paths of the files that `op` is linked of, its own first."""
    defined, wanted, paths = _linked()
    found = [defined[f"emlrt_op_{op}"]]
    for name in found:
        files = {
            defined[symbol] for symbol in wanted[name] - THEIRS if symbol in defined
        }
        found += sorted(files - set(found))
    return [paths[name] for name in found]
