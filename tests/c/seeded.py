# SPDX-License-Identifier: MIT
"""Bugs planted in a copy of the runtime, to see that the wall's tests see them.

Each takes a check away that a run relies on: the rows of tests/c/relies. `caught`
compiles the one file that changes, links it before the runtime as it is, and says
how the row's own hostile blob told: "status" (it ended in another one), "stopped"
(a sanitizer, the checked port or a broken promise), "hung", or "" for not at all.
"""

import atexit
import functools
import re
import shutil
import signal
import tempfile
from pathlib import Path

from . import build, kept
from .hostile import STATUSES, hostile
from .relies import ROWS, Row

BUGS: dict[str, Row] = {row.bug: row for row in ROWS}

#: Some of each family, for each change; `make soak` plants them all.
QUICK = (
    *("total_size", "payload_size", "span_bounds", "reads_unwritten", "overlap"),
    *("code", "leaves_bound", "item_index", "row_length", "row_end", "link"),
    *("exponents_bound", "group_bound", "text_past_list", "golden_used"),
    *("run_scratch", "rank_source", "oblivious_feature", "median_size"),
    *("dense_inputs", "gather_index", "map_counts", "erf_range", "both_outputs"),
    *("lookup_keys", "products_factor", "table_rows", "diag_factors"),
    *("nearest_outputs", "labels_score", "votes_index", "bisect_back"),
    *("kernel_pairs", "couple_outputs", "items_labels"),
    *("features_outputs", "quantile_next", "peak_work", "pair_second", "lag_length"),
)

#: The sanitizers of build.py, without what makes compiling slow.
FAST = [
    *("-std=c99", "-O0", "-fno-sanitize-recover=all"),
    "-fsanitize=address,undefined,unsigned-integer-overflow,implicit-conversion",
    *(build.INCLUDE, f"-I{build.HERE}", *build.WORD_PORT),
]
#: Seconds of processor time after which a run counts as one that does not end.
PATIENCE = 2


def compiled(folder: Path, files: list[Path]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    build.must([build.need(build.CLANG), *FAST, "-c", *files], cwd=folder)
    return [folder / f"{path.stem}.o" for path in files]


@functools.cache
def runtime() -> tuple[Path, Path]:
    """The driver's object and an archive of all others, for all bugs."""
    folder = Path(tempfile.mkdtemp(prefix="emlrt-seeded-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    files = [build.HERE / "hostile.c", *build.USE, *build.sources()]
    driver, *rest = kept.objects([build.need(build.CLANG), *FAST], files)
    build.must(["ar", "rcs", folder / "rest.a", *rest])
    return driver, folder / "rest.a"


def pattern_of(code: str) -> re.Pattern[str]:
    """Finds C code however it is laid out: between its tokens any space may be."""
    tokens = re.findall(r"\w+|[^\w\s]", code)
    return re.compile(r"\s*".join(map(re.escape, tokens)))


def replace_once(path: Path, old: str, new: str, table: str) -> None:
    """Plant a bug of a table in a file, which must have `old` once."""
    text, count = pattern_of(old).subn(lambda _: new, path.read_text())
    if count != 1:
        raise AssertionError(
            f"{path.name} has {old!r} {count} times: bring {table} up to date"
        )
    path.write_text(text)


def plant(bug: Row, src: Path) -> list[Path]:
    """Copy c/src to `src` with the bug in it; returns the files to compile."""
    shutil.copytree(build.C / "src", src)
    path = build.place(src, bug.file)
    replace_once(path, bug.old, bug.new, "tests/c/relies")
    return [build.place(src, bug.unit) if bug.unit else path]


@functools.cache
def blobs() -> dict[str, tuple[bytes, str]]:
    return hostile()


def told(driver: Path, folder: Path, name: str) -> str:
    """How a driver tells from one hostile blob that something is wrong."""
    blob, status = blobs()[name]
    (file,) = build.write_blobs(folder, {name: blob})
    limited = f'ulimit -t {PATIENCE}; exec "$@"'
    done = build.run(["sh", "-c", limited, "sh", driver, file])
    if done.returncode != 0:
        return "hung" if done.returncode == -signal.SIGXCPU else "stopped"
    return "" if int(done.stdout) == -STATUSES.index(status) else "status"


def linked(out: Path, changed: list[Path]) -> Path:
    """The driver with objects in place of the runtime's of the same names."""
    driver, rest = runtime()
    build.must([build.need(build.CLANG), *FAST, driver, *changed, rest, "-o", out])
    return out


def caught(name: str) -> str:
    """Plant a bug, build, and use its row's blob; see above."""
    bug = BUGS[name]
    with tempfile.TemporaryDirectory(prefix="emlrt-seeded-") as temporary:
        folder = Path(temporary)
        changed = compiled(folder / "objects", plant(bug, folder / "src"))
        return told(linked(folder / "driver", changed), folder, bug.blob)
