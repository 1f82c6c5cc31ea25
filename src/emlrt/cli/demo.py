# SPDX-License-Identifier: MIT
"""Train a forest on digits, convert it, and predict with it in C."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
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
from emlrt.texts import shown

_TARGETS = ("cortex-m0", "cortex-m4f")
_EMULATED = 20  # rows


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
        X, y, test_size=0.4, stratify=y, random_state=1
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


def _emulate(target: str, model: Model, data: _Data) -> dict[str, Any]:
    """Predictions of some rows on an emulated core, and their cost."""
    from emlrt.emulate import measure

    X = data.X[:_EMULATED]
    done = measure(model, X, core=target, call="classify", progress=False)
    predicted = model.classes_[done.results[:, 0]]
    return {
        "target": target,
        "instructions": done.mean,
        "flash_bytes": done.flash,
        "stack_bytes": done.stack,
        "agreement": float(np.mean(predicted == model.predict(X))),
        "predictions": predicted.tolist(),
    }


def _emulations(model: Model, data: _Data) -> Iterator[dict[str, Any]]:
    """One result per target, or the name of the tool that is missing."""
    from emlrt.emulate import ToolMissing

    try:
        for target in _TARGETS:
            with step(f"predict {_EMULATED} digits on an emulated {target} "):
                result = _emulate(target, model, data)
            yield result
    except ToolMissing as missing:
        yield {"missing": str(missing)}


def _print_models(rows: list[dict[str, Any]], sklearn: float, rows_tested: int) -> None:
    head = ["", "accuracy", "agreement", "bytes", "bytes/split", "scratch bytes"]
    lines: list[list[Any]] = [["scikit-learn", f"{sklearn:.4f}", *[None] * 4]]
    for row in rows:
        line = [f"emlrt {row['model']}", f"{row['accuracy']:.4f}"]
        line += [f"{row['agreement']:.2%}", row["bytes"]]
        lines.append([*line, f"{row['bytes_per_split']:.1f}", row["scratch_bytes"]])
    say()
    say(f"{rows_tested} digits that the forest has not seen:")
    say()
    print_table(head, lines)


def _print_emulated(results: list[dict[str, Any]], data: _Data, model: Model) -> None:
    measured = [result for result in results if "target" in result]
    say()
    say(f"The first {_EMULATED} of them, as each one predicts them:")
    say()
    rows = [("truth", data.y[:_EMULATED])]
    rows += [("scikit-learn", data.predicted[:_EMULATED])]
    rows += [("C in Python", model.predict(data.X[:_EMULATED]))]
    rows += [(r["target"], r["predictions"]) for r in measured]
    print_pairs((name, " ".join(map(str, digits))) for name, digits in rows)
    say()
    if measured:
        head = ["", "instructions per prediction", "code bytes", "stack bytes"]
        keys = "target", "instructions", "flash_bytes", "stack_bytes"
        lines = [[r[key] for key in keys] for r in measured]
        for line in lines:
            line[1] = f"{line[1]:.0f}"
        print_table(head, lines)
    for result in results:
        if "missing" in result:
            say(f"Not run on emulated microcontrollers: {result['missing']}")


def _convert(data: _Data) -> dict[str, Model]:
    convert = Model.from_sklearn
    return {
        "float32": convert(data.forest),
        "int16": convert(data.forest, dtype="int16", X=data.X),
        "uint8": convert(data.forest, dtype="uint8", X=data.X),
    }


def _print_usage(output: str, model: Model) -> None:
    name = embed.identifier(output)
    header = f"{name}_eml.h"
    say()
    say(f"{output} has {model.nbytes} bytes, and firmware gives it")
    say(f"{model.scratch_bytes} bytes of scratch. To use it in C:")
    say(f"emlrt embed {output} -o {header}")
    say()
    for line in embed.usage(model, name, shown(header)).splitlines():
        say(line)


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
    emulated = list(_emulations(model, data))
    accuracy = float(np.mean(data.predicted == data.y))
    if arguments.json:
        found = {"output": arguments.output, "rows": len(data.X), "models": rows}
        print_json({**found, "sklearn_accuracy": accuracy, "emulated": emulated})
        return 0
    sys.stderr.flush()
    _print_models(rows, accuracy, len(data.X))
    _print_emulated(emulated, data, model)
    _print_usage(arguments.output, model)
    return 0
