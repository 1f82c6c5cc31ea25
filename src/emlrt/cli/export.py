# SPDX-License-Identifier: MIT
"""Make a folder that the build tool of a kind of firmware takes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from emlrt import embed
from emlrt.cli.common import Failure, load, print_json
from emlrt.cli.terminal import say
from emlrt.emulate import ToolMissing
from emlrt.exports import TARGETS, export
from emlrt.model import Model


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "target", metavar="TARGET", choices=TARGETS, help=", ".join(TARGETS)
    )
    parser.add_argument(
        "models", metavar="MODEL", nargs="*", help="an .eml file; an example of each"
    )
    parser.add_argument(
        "folder",
        metavar="DIR",
        help="new, empty, or one exported before, which is brought up to date",
    )


def _models(paths: Sequence[str]) -> dict[str, Model]:
    """Models by the names that they have in C."""
    found: dict[str, Model] = {}
    for path in paths:
        name = embed.identifier("model" if path == "-" else path)
        if name in found:
            raise Failure(f"two models would be called {name}; rename {path}")
        found[name] = load(path)
    return found


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    models = _models(arguments.models)
    try:
        paths = export(arguments.target, arguments.folder, models)
    except (ValueError, ToolMissing) as error:
        raise Failure(str(error)) from None
    if arguments.json:
        print_json({"folder": arguments.folder, "files": paths})
        return 0
    read = " (see README.md)" if "README.md" in paths else ""
    say(f"{arguments.folder}: {len(paths)} files for {arguments.target}{read}")
    return 0
