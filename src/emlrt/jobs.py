# SPDX-License-Identifier: MIT
"""Threads for batches: how many a call may use, and its rows cut into pieces.

C lets other threads run while it works, and so does numpy for most of what it does
with numbers. A piece is whole blocks of rows, and no row looks at another: the bits
are those of one thread.
"""

from __future__ import annotations

import operator
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from emlrt._native import ffi, lib

Found = TypeVar("Found")
#: Rows of a piece are a multiple of this, so that C's blocks are full.
BLOCK = 1024
#: Steps of C's work, as headers count it, and numbers of rows, that are worth a
#: thread: about a tenth of a millisecond.
_STEPS, _NUMBERS = 1 << 18, 1 << 16
#: Pieces a thread, so that none waits long for another.
_PIECES = 4


class _NoLimit(int):
    """The number of cores, given to threadpoolctl where there is no limit: when that
    gives it back, there is none again, unlike after the same number of a caller."""


class _Limit:
    """What threadpoolctl has limited threads to; None if it has not."""

    threads: int | None = None
    registered = False


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def register() -> None:
    """Tells threadpoolctl of these threads, once, if anybody has imported it."""
    ctl: Any = sys.modules.get("threadpoolctl")
    if _Limit.registered or not hasattr(ctl, "register"):
        return

    class Controller(ctl.LibController):  # type: ignore[misc]
        """The threads of emlrt, as threadpoolctl speaks of libraries."""

        user_api = internal_api = "emlrt"
        filename_prefixes = ("_native",)
        check_symbols = ("emlrt_host_run",)

        def get_num_threads(self) -> int:
            return _Limit.threads or _NoLimit(cores())

        def set_num_threads(self, num_threads: int) -> None:
            lifted = isinstance(num_threads, _NoLimit)
            _Limit.threads = None if lifted else num_threads

        def get_version(self) -> str:
            return str(ffi.string(lib.emlrt_version()).decode())

    ctl.register(Controller)
    _Limit.registered = True


def threads(n_jobs: int | None) -> int:
    """The threads that n_jobs asks for: 1 for None, all cores for -1; no more than
    threadpoolctl allows.

    Raises
    ------
    ValueError
        If it is anything else but a positive integer.
    """
    if n_jobs is None:
        return 1
    register()
    try:
        found = 0 if isinstance(n_jobs, bool) else operator.index(n_jobs)
    except TypeError:
        found = 0
    if found < 1 and found != -1:
        raise ValueError(
            "n_jobs is None for one thread, -1 for one a core, or how many: a positive"
            f" integer, not {n_jobs!r}"
        )
    found = cores() if found == -1 else found
    return min(found, _Limit.threads or found)


def worth(jobs: int, n_rows: int, work: int, width: int) -> int:
    """Of so many threads, those that rows are enough for. work: steps of a row;
    width: its numbers."""
    most = max(n_rows * work // _STEPS, n_rows * width // _NUMBERS)
    return max(1, min(jobs, most, -(-n_rows // BLOCK)))


def each(jobs: int, n_rows: int, function: Callable[[int, int], Found]) -> list[Found]:
    """What function(start, stop) gives for each piece of the rows, in their order.
    The first error that is raised goes on to the caller, after all threads have
    ended. Where no thread starts, as when Python ends, all rows are one piece."""
    if jobs == 1:
        return [function(0, n_rows)]
    blocks = -(-n_rows // BLOCK)
    step = -(-blocks // min(blocks, jobs * _PIECES)) * BLOCK
    starts = range(0, n_rows, step)
    stops = [min(start + step, n_rows) for start in starts]
    with ThreadPoolExecutor(jobs) as pool:
        try:
            found = pool.map(function, starts, stops)
        except RuntimeError:  # no thread starts any more: Python ends, or too many run
            found = None
        if found is not None:
            return list(found)
    return [function(0, n_rows)]


register()
