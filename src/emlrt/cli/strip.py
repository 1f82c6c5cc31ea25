# SPDX-License-Identifier: MIT
"""Write a copy of a blob without its metadata, or with a part of it."""

from __future__ import annotations

import argparse

from emlrt.cli.common import (
    Failure,
    add_keep,
    add_model,
    check_apart,
    load,
    print_json,
    write_blob,
)
from emlrt.cli.terminal import say


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_model(parser)
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="- for stdout"
    )
    add_keep(parser)


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    stdout = arguments.output == "-"
    if arguments.json and stdout:
        raise Failure("--json and the blob cannot both go to stdout; use -o FILE")
    check_apart([arguments.model], [arguments.output])
    model = load(arguments.model)
    stripped = model.strip(*arguments.keep)
    write_blob(arguments.output, stripped)
    data = {
        "output": arguments.output,
        "bytes_before": model.nbytes,
        "bytes": stripped.nbytes,
        "kept": sorted(set(arguments.keep)),
    }
    if arguments.json:
        print_json(data)
    elif not stdout:
        say(f"{arguments.output}: {stripped.nbytes} bytes, before {model.nbytes}")
    return 0
