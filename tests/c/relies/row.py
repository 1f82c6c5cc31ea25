# SPDX-License-Identifier: MIT
"""A row of the table of what each run relies on."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Row:
    """A fact that a run relies on, and the check that gives it.

    The planted bug takes the check away: it replaces `old`, which must be in the
    file once, by `new`. The blob is one that the check alone holds off.
    """

    bug: str  #: its name
    run: str  #: ops (patterns of their names) or functions, with spaces between
    relies_on: str
    check: str  #: the function in which `old` stands
    file: str  #: in c/src, or host/... in c/host
    old: str
    new: str
    blob: str  #: a name in `hostile()`; of several kinds of ops, the one to compile
    unit: str = ""  #: for a bug in a header: the one file that need be compiled

    def is_of(self, run: str) -> bool:
        return any(fnmatchcase(run, pattern) for pattern in self.run.split())
