# SPDX-License-Identifier: MIT
"""Write a blob as a C header, with the macros that firmware needs, or as C code."""

from __future__ import annotations

import argparse
from pathlib import Path

from emlrt import embed
from emlrt.cli.common import (
    Failure,
    add_keep,
    add_model,
    check_apart,
    load,
    print_json,
    write,
)
from emlrt.cli.terminal import say
from emlrt.model import Model


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_model(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="the header; of MODEL.eml, MODEL.eml.h by default, MODEL.eml_code.h with"
        " --code; - stdout",
    )
    parser.add_argument(
        "--source",
        metavar="FILE",
        help="put the array into this .c file, for headers included more than once",
    )
    parser.add_argument(
        "--name", help="of the array, before _eml; from MODEL's name by default"
    )
    parser.add_argument(
        "--code",
        action="store_true",
        help="the model as C functions instead of an array: faster, and larger",
    )
    parser.add_argument(
        "--strip", action="store_true", help="leave out metadata, but what --keep names"
    )
    add_keep(parser)


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    stdin = arguments.model == "-"
    suffix = "_code.h" if arguments.code else ".h"
    output = arguments.output or ("-" if stdin else f"{arguments.model}{suffix}")
    if arguments.json and output == "-":
        raise Failure("--json and the header cannot both go to stdout; use -o FILE")
    if arguments.source and output == "-":
        raise Failure("--source needs a header that it can include; use -o FILE")
    name = arguments.name or embed.identifier("model" if stdin else arguments.model)
    if name != embed.identifier(name):
        raise Failure(f"--name {name!r} is no C identifier")
    if arguments.code and embed.is_taken(name):
        raise Failure(f"{name} is the runtime's own name; choose another by --name")
    check_apart([arguments.model], [output, arguments.source])
    model = load(arguments.model)
    if arguments.strip or arguments.keep:
        model = model.strip(*arguments.keep)
    header, source = embed.header, embed.source
    if arguments.code:
        header, source = embed.code, embed.code_source
    write(output, header(model, name, extern=bool(arguments.source)).encode())
    if arguments.source:
        write(arguments.source, source(model, name, Path(output).name).encode())
    if arguments.json:
        files = {"header": output, "source": arguments.source}
        made = {"name": name} if arguments.code else _made(model, name)
        print_json({**files, **made})
    elif output != "-":
        _tell(output, arguments.source, model, None if arguments.code else name)
    return 0


def _tell(header: str, source: str | None, model: Model, name: str | None) -> None:
    """What was written, and what of it firmware uses. name: of an array."""
    files = f"{header} and {source}" if source else header
    streams = model.program.metadata.window is not None
    memory = model.stream_bytes if streams else model.scratch_bytes
    what = (
        "C functions" if name is None else f"array {name}_eml of {model.nbytes} bytes"
    )
    say(f"{files}: {what}; a run takes {memory} bytes of RAM beside the stack")


def _made(model: Model, name: str) -> dict[str, object]:
    """What --json says of an array."""
    return {"name": f"{name}_eml", "macros": embed.macros(model, name)}
