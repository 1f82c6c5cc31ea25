# SPDX-License-Identifier: MIT
"""Write a copy of a blob without its metadata, or with a part of it."""

from __future__ import annotations

import argparse

from emlrt.cli.common import add_keep, add_model, load, print_json


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_model(parser)
    parser.add_argument("-o", "--output", required=True, metavar="FILE")
    add_keep(parser)


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    model = load(arguments.model)
    stripped = model.strip(*arguments.keep)
    stripped.save(arguments.output)
    data = {
        "output": arguments.output,
        "bytes_before": model.nbytes,
        "bytes": stripped.nbytes,
        "kept": sorted(set(arguments.keep)),
    }
    if arguments.json:
        print_json(data)
    else:
        print(f"{arguments.output}: {stripped.nbytes} bytes, before {model.nbytes}")
    return 0
