# SPDX-License-Identifier: MIT
"""Check a blob: structure, CRC, metadata, work bound, golden vectors."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from emlrt.cli.common import add_model, print_json, read_blob
from emlrt.cli.tables import print_pairs
from emlrt.convert.work import program_work
from emlrt.errors import EmlrtError, FormatError
from emlrt.model import Model

#: The checks in their order, with what the runtime's status says of each.
_OPENING = {"structure": "", "crc": "CRC", "metadata": "METADATA"}


@dataclass(frozen=True)
class Check:
    """A check: whether it held (None: not made), and what there is to say."""

    name: str
    ok: bool | None
    detail: str = ""
    offset: int = 0

    @property
    def text(self) -> str:
        word = {True: "ok", False: "FAILED", None: "not checked"}[self.ok]
        return f"{word}{': ' if self.detail else ''}{self.detail}"


def _refused(error: FormatError) -> list[Check]:
    """The checks up to the one that failed."""
    status = error.status or "METADATA"  # Python refuses labels; C leaves them be
    failed = status if status in _OPENING.values() else ""
    checks = []
    for name, status in _OPENING.items():
        if status == failed:
            checks.append(Check(name, False, str(error), error.offset))
            break
        checks.append(Check(name, True))
    return checks


def _work(model: Model) -> Check:
    bound = program_work(model.program)
    if bound == model.work:
        return Check("work", True, f"at most {bound} steps a prediction")
    detail = f"the header says {model.work} steps a prediction; there are {bound}"
    return Check("work", False, detail)


def _selftest(model: Model) -> Check:
    golden = model.program.metadata.golden
    if golden is None:
        return Check("selftest", None, "the blob has no golden vectors")
    try:
        model.selftest()
    except EmlrtError as error:
        return Check("selftest", False, str(error))
    return Check("selftest", True, f"{len(golden.inputs)} golden vectors")


def checks(blob: bytes) -> list[Check]:
    """Makes all checks, up to the first that leaves nothing to go on with."""
    try:
        model = Model.from_bytes(blob)
    except FormatError as error:
        return _refused(error)
    held = [Check(name, True) for name in _OPENING]
    return [*held, _work(model), _selftest(model)]


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_model(parser)


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    made = checks(read_blob(arguments.model))
    bad = [check for check in made if check.ok is False]
    if arguments.json:
        listed = [vars(check) for check in made]
        print_json({"file": arguments.model, "ok": not bad, "checks": listed})
    else:
        print_pairs((check.name, check.text) for check in made)
    if bad:
        reason = "; ".join(f"{check.name}: {check.detail}" for check in bad)
        raise EmlrtError(f"{arguments.model}: {reason}")
    return 0
