# SPDX-License-Identifier: MIT
"""The command line: `emlrt COMMAND`, one module per command.

Exit codes: 0 for success, 1 if the answer is no (a damaged blob, a failed
check), 2 for wrong usage or a file that cannot be read or written. An error is
one line on stderr.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from emlrt.cli.common import Failure
from emlrt.cli.terminal import say
from emlrt.errors import EmlrtError
from emlrt.native import version

COMMANDS = (
    *("demo", "convert", "inspect", "verify", "predict", "features"),
    *("embed", "export", "strip", "boards"),
    *("report", "check", "diff"),
)


class _Parser(argparse.ArgumentParser):
    """argparse with the errors of this program: one line each."""

    def error(self, message: str) -> NoReturn:
        raise Failure(f"{message} (see `{self.prog} --help`)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="emlrt", description="Models for microcontrollers, in .eml files."
    )
    parser.add_argument("--version", action="version", version=f"emlrt {version()}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = import_module(f"emlrt.cli.{name}")
        summary = (module.__doc__ or "").strip().splitlines()[0]
        command = commands.add_parser(name, help=summary, description=summary)
        command.add_argument(
            "--json", action="store_true", help="print the result as JSON"
        )
        module.add(command)
        command.set_defaults(run=module.run)
    return parser


def _explain(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        name = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        return f"{name}{error.strerror}"
    if isinstance(error, Failure | EmlrtError):
        return str(error)
    return f"{type(error).__name__}: {error} (EMLRT_DEBUG=1 shows where)"


def _show_trace(kind: Any, error: BaseException, trace: Any) -> None:
    for part in traceback.format_exception(kind, error, trace):
        for line in part.splitlines():
            say(line, file=sys.stderr)


def _fail(error: Exception) -> int:
    if os.environ.get("EMLRT_DEBUG"):
        sys.excepthook = _show_trace
        raise error
    message = " ".join(_explain(error).split())
    say(f"emlrt: error: {message}", file=sys.stderr)
    return 1 if isinstance(error, EmlrtError) else 2


def _open_what_is_closed() -> None:
    """Nowhere, for what is shown where whoever started the process has closed it."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns the process's exit code."""
    _open_what_is_closed()
    try:
        arguments: Any = _parser().parse_args(argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has left, as in `| head`. Python must not flush again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except KeyboardInterrupt:
        return _fail(Failure("interrupted"))
    except Exception as error:
        return _fail(error)
    return code
