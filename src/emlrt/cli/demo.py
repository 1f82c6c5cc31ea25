# SPDX-License-Identifier: MIT
"""Train a forest on digits, convert it, and predict with it in C."""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import embed
from emlrt.cli import demo_signal
from emlrt.cli.common import Failure, print_json
from emlrt.cli.progress import step
from emlrt.cli.tables import print_pairs, print_table
from emlrt.cli.terminal import say
from emlrt.inspect.trees import trees_shape
from emlrt.model import Model

_TARGETS = ("cortex-m0plus", "cortex-m4f")
_EMULATED = 20  # rows
_DRAWN = 4  # digits


@dataclass(frozen=True)
class _Data:
    """A fitted forest, and rows it has not seen."""

    forest: Any
    X: NDArray[np.float64]
    y: NDArray[np.int64]
    predicted: NDArray[np.int64]


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "-o", "--output", metavar="FILE", default="demo.eml", help="demo.eml"
    )
    parser.add_argument(
        "--signal",
        nargs="?",
        choices=sorted(demo_signal.EXAMPLES),
        const="audio",
        help="recordings instead, window by window: sounds of drums (audio, if nothing"
        " is named), or gestures of a watch",
    )
    parser.add_argument(
        "--data",
        metavar="PLACE",
        help="of --signal: a folder of sounds, CLASS_name.wav or .flac; or"
        " watch_dataset.npy of seglearn",
    )


def _train() -> _Data:
    try:
        from sklearn.datasets import load_digits
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.model_selection import train_test_split
    except ImportError:
        text = "the demo needs scikit-learn; install it with: pip install 'emlrt[demo]'"
        raise Failure(text) from None
    X, y = load_digits(return_X_y=True)
    X, X_test, y, y_test = train_test_split(
        X, y, test_size=0.4, stratify=y, random_state=0
    )
    forest = RandomForestClassifier(10, max_depth=8, random_state=1).fit(X, y)
    return _Data(forest, X_test, y_test, forest.predict(X_test))


def _row(name: str, model: Model, data: _Data) -> dict[str, Any]:
    """One row of the table: a way to convert the forest, and its results."""
    predicted = model.predict(data.X)
    (stage,) = model.stages
    return {
        "model": name,
        "accuracy": float(np.mean(predicted == data.y)),
        "agreement": float(np.mean(predicted == data.predicted)),
        "bytes": model.nbytes,
        "bytes_per_split": stage.payload_bytes / trees_shape(stage)["splits"],
        "scratch_bytes": model.scratch_bytes,
    }


def _emulate(target: str, name: str, model: Model, data: _Data) -> dict[str, Any]:
    """Predictions of some rows on an emulated core, and their cost."""
    from emlrt.emulate import measure

    X = data.X[:_EMULATED]
    done = measure(model, X, core=target, opt="-O2", call="classify")
    predicted = model.classes_[done.results[:, 0]]
    return {
        "target": target,
        "model": name,
        "instructions": done.mean,
        "flash_bytes": done.flash,
        "stack_bytes": done.stack,
        "agreement": float(np.mean(predicted == model.predict(X))),
        "predictions": predicted.tolist(),
    }


def _emulations(models: dict[str, Model], data: _Data) -> Iterator[dict[str, Any]]:
    """One result per target and model, or the name of the tool that is missing."""
    from emlrt.emulate import ToolMissing

    try:
        for target in _TARGETS:
            with step(f"predict {_EMULATED} digits on an emulated {target} "):
                made = [_emulate(target, *each, data) for each in models.items()]
            yield from made
    except ToolMissing as missing:
        yield {"missing": str(missing)}


_SHADES = " .:+#@"  # of a pixel from 0 to 16


def _drawn(digit: NDArray[np.float64]) -> list[str]:
    """Eight lines of a digit of 8 x 8 pixels, two characters a pixel."""
    depth = np.ceil(digit.reshape(8, 8) / 16 * (len(_SHADES) - 1)).astype(int)
    return ["".join(2 * _SHADES[k] for k in row) for row in depth]


def _print_digits(data: _Data, model: Model) -> None:
    """The first digits, and what the C code says of them."""
    said = model.predict(data.X[:_DRAWN])
    say()
    pictures = [_drawn(digit) for digit in data.X[:_DRAWN]]
    for parts in zip(*pictures, strict=True):
        say("  ".join(parts).rstrip())
    words = (
        f"a {truth}, read as {answer}"
        for truth, answer in zip(data.y, said, strict=False)
    )
    say("  ".join(f"{word:16}" for word in words).rstrip())


def _peers() -> dict[str, dict[str, Any]]:
    """What others took for such a forest: see docs/figures.py."""
    with Path(__file__).with_name("peers.toml").open("rb") as file:
        return tomllib.load(file)


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _estimated(model: Model, data: _Data) -> float:
    """Instructions of the rows that are emulated elsewhere."""
    from emlrt.estimate import estimate

    return estimate(model, data.X[:_EMULATED], core=_TARGETS[0], call="classify").mean


def _print_models(
    rows: list[dict[str, Any]],
    emulated: list[dict[str, Any]],
    data: _Data,
    models: dict[str, Model],
) -> None:
    """The table of ways to run the forest, emlearn's figures below."""
    core = _TARGETS[0]
    found = {r["model"]: r["instructions"] for r in emulated if r.get("target") == core}
    about = "" if found else "about "
    found = found or {name: _estimated(each, data) for name, each in models.items()}
    head = ["", "right", "as scikit-learn", "bytes", f"instructions, {core}"]
    right = float(np.mean(data.predicted == data.y))
    lines: list[list[Any]] = [["scikit-learn", _percent(right), None, None, None]]
    for row in rows:
        line: list[Any] = [f"emlrt, {row['model']}", _percent(row["accuracy"])]
        line += [_percent(row["agreement"]), f"{row['bytes']:,}"]
        lines.append([*line, f"{about}{found[row['model']]:,.0f}"])
    for name, peer in _peers().items():
        line = [f"{name} *", None, _percent(peer["agrees"]), f"{peer['bytes']:,}"]
        lines.append([*line, f"{peer['instructions']:,.0f}"])
    say()
    say(f"{len(data.X)} digits that the forest has not seen:")
    say()
    print_table(head, lines)
    say("* of a forest of this size: benchmarks/results/instructions.csv and bytes.csv")


def _print_emulated(results: list[dict[str, Any]], data: _Data, model: Model) -> None:
    measured = [r for r in results if r.get("model") == "float32"]
    if measured:
        say()
        say(f"The first {_EMULATED}, as each one reads them:")
        say()
        rows = [("truth", data.y[:_EMULATED])]
        rows += [("scikit-learn", data.predicted[:_EMULATED])]
        rows += [("C in Python", model.predict(data.X[:_EMULATED]))]
        rows += [(r["target"], r["predictions"]) for r in measured]
        print_pairs((name, " ".join(map(str, digits))) for name, digits in rows)
    for result in results:
        if "missing" in result:
            say()
            say(f"Not run on emulated microcontrollers: {result['missing']}")


def _convert(data: _Data) -> dict[str, Model]:
    convert = Model.from_sklearn
    return {
        "float32": convert(data.forest),
        "int16": convert(data.forest, dtype="int16", X=data.X),
        "uint8": convert(data.forest, dtype="uint8", X=data.X),
    }


def _command() -> str:
    """How this shell calls `emlrt`."""
    if which("emlrt"):
        return "emlrt"
    beside = Path(sys.executable).with_name("emlrt")
    return os.path.relpath(beside) if beside.exists() else "python -m emlrt"


def _print_usage(output: str, model: Model) -> None:
    """What to do next, to be pasted."""
    name, emlrt = embed.identifier(output), _command()
    say()
    say(
        f"{output} has {model.nbytes:,} bytes, and a prediction takes"
        f" {model.scratch_bytes} bytes of RAM beside the stack. Next:"
    )
    say()
    say(f"{emlrt} embed {output} -o {name}_eml.h    # a header for your firmware")
    say(f"{emlrt} export arduino {output} {name}_arduino    # or a whole folder")
    say(f"{emlrt} check {output} --board uno    # does it fit?")
    say(f"{emlrt} inspect {output}    # what is in it")


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    if arguments.data is not None and arguments.signal is None:
        raise Failure("--data is for --signal")
    if arguments.signal:
        return demo_signal.run(arguments)
    with step("train 10 trees of depth 8 on scikit-learn's digits "):
        data = _train()
    with step("convert them for float32, int16 and uint8 input "):
        models = _convert(data)
    model = models["float32"]
    with step(f"write {arguments.output} and read it again "):
        model.save(arguments.output)
        model = Model.load(arguments.output)
    with step(f"predict {len(data.X)} digits in C "):
        rows = [_row(name, each, data) for name, each in models.items()]
    emulated = list(_emulations(models, data))
    accuracy = float(np.mean(data.predicted == data.y))
    if arguments.json:
        found = {"output": arguments.output, "rows": len(data.X), "models": rows}
        print_json({**found, "sklearn_accuracy": accuracy, "emulated": emulated})
        return 0
    sys.stderr.flush()
    _print_digits(data, model)
    _print_models(rows, emulated, data, models)
    _print_emulated(emulated, data, model)
    _print_usage(arguments.output, model)
    return 0
