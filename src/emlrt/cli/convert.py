# SPDX-License-Identifier: MIT
"""Convert a model file of XGBoost, LightGBM, CatBoost, Treelite, Keras or ONNX."""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from emlrt import hints
from emlrt.cli.common import Failure, check_apart, print_json, write_blob
from emlrt.cli.terminal import say
from emlrt.convert.detect import library_of
from emlrt.convert.ir.options import CHECK
from emlrt.convert.rounding.row_kinds import FIND, INSTEAD
from emlrt.convert.unknown import of_path
from emlrt.model import Model

#: What Python's constructors advise, and what the command has for it.
_WORDS = {
    FIND: "pass --offset COLUMN=INTEGER",
    INSTEAD: "use --dtype float32, with --offset COLUMN=INTEGER where that is needed",
    CHECK: "the command has no rows to check it; X= in Python does",
}


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("file", metavar="FILE", help="a model that its library wrote")
    parser.add_argument(
        "-o", "--output", metavar="MODEL", help="the blob; FILE's name and .eml"
    )
    parser.add_argument(
        "--classes",
        type=lambda text: text.split(","),
        metavar="A,B,...",
        help="labels, in the model's order: makes it a classifier",
    )
    parser.add_argument("--dtype", choices=("float32", "int32", "int16", "uint8"))
    parser.add_argument("--leaf-bits", type=int, choices=(32, 16, 8))
    parser.add_argument("--encoding", choices=("auto", "direct", "bins"))
    parser.add_argument("--optimize", choices=("balanced", "size", "speed"))
    parser.add_argument("--sums", choices=("float32", "int32"))
    parser.add_argument(
        "--offset",
        type=_offset,
        action="append",
        metavar="COLUMN=INTEGER",
        help="what firmware takes off a feature, by its number from 0 on, or its name",
    )
    parser.add_argument("--note", help="free text for the blob's metadata")


def _offset(text: str) -> tuple[int | str, int]:
    """A feature's offset."""
    column, _, number = text.rpartition("=")
    try:
        return int(column) if column.isdecimal() else column, int(number)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no COLUMN=INTEGER, as 0=1700000000; finding offsets takes"
            " rows, so it is for Python: offset='auto', X="
        ) from None


def _labels(texts: list[str]) -> list[Any]:
    """Integers, if all of them are."""
    try:
        return [int(text) for text in texts]
    except ValueError:
        return list(texts)


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    """The options given, by the constructors' names."""
    names = ("dtype", "leaf_bits", "encoding", "optimize", "sums", "note")
    options = {name: getattr(arguments, name) for name in names}
    if arguments.classes:
        options["classes"] = _labels(arguments.classes)
    if arguments.offset:
        options["offset"] = dict(arguments.offset)
        if len(options["offset"]) < len(arguments.offset):
            raise Failure("--offset names a column twice")
    return {name: value for name, value in options.items() if value is not None}


@contextmanager
def _in_own_words() -> Iterator[None]:
    """Words warnings with the command's options instead of Python's."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        yield
    for one in found:
        text = str(one.message)
        for words, own in _WORDS.items():
            text = text.replace(words, own)
        warnings.warn_explicit(text, one.category, one.filename, one.lineno)


def _converted(arguments: argparse.Namespace) -> tuple[str, Model]:
    folder = os.path.isdir(arguments.file)
    library = None if folder else library_of(arguments.file)
    if library is None:
        raise Failure(str(of_path(arguments.file)))
    options = _options(arguments)
    plain = {"dtype", "classes", "note", "offset"}
    if library == "keras" and not options.keys() <= plain:
        raise Failure(
            "--leaf-bits, --encoding, --optimize and --sums are for trees, not for"
            " Keras"
        )
    try:
        with _in_own_words():
            model = getattr(Model, f"from_{library}")(arguments.file, **options)
        return library, model
    except ValueError as error:
        if isinstance(error, OSError) or type(error) is not ValueError:
            raise
        raise Failure(str(error)) from None


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    output = arguments.output or str(Path(arguments.file).with_suffix(".eml"))
    if output == "-" and arguments.json:
        raise Failure("--json and the blob cannot both go to stdout; use -o MODEL")
    check_apart([arguments.file], [output])
    library, model = _converted(arguments)
    write_blob(output, model)
    if arguments.json:
        print_json({"output": output, "library": library, "bytes": model.nbytes})
    elif output != "-":
        say(f"{output}: {model.note}, {model.nbytes} bytes")
        hint = hints.of_labels(model)
        if hint:
            say(hint)
    return 0
