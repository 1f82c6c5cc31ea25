# SPDX-License-Identifier: MIT
"""`emlrt demo --signal`: from raw samples to the answers of a stream."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import embed
from emlrt.cli.common import Failure, print_json
from emlrt.cli.progress import step
from emlrt.cli.recordings import Recordings, recordings
from emlrt.cli.tables import print_pairs, print_table
from emlrt.cli.terminal import say
from emlrt.model import Model
from emlrt.stream import Stream
from emlrt.texts import shown

_LENGTH, _HOP = 100, 50  # samples of a window, and from one to the next
_FEATURES = ["mean", "std", "rms", "min", "max", "range"]
_FOLDS = 5
_PIECE = 37  # samples of a push
_TARGETS = ("cortex-m0", "cortex-m4f")
_EMULATED = 10  # windows


@dataclass(frozen=True)
class _Data:
    """Windows of all recordings, and whether they are of subjects to test with."""

    whole: Recordings
    tested: NDArray[np.bool_]  # of each recording
    X: NDArray[np.float32]
    y: NDArray[np.str_]
    subjects: NDArray[np.int64]

    def of(self, tested: bool) -> tuple[NDArray[np.float32], NDArray[np.str_]]:
        """Windows and labels of the subjects to test with, or of the others."""
        chosen = np.isin(self.subjects, self.whole.subjects[self.tested]) == tested
        return self.X[chosen], self.y[chosen]

    @property
    def streamed(self) -> list[NDArray[np.float32]]:
        """The recordings to test with."""
        pairs = zip(self.whole.samples, self.tested, strict=True)
        return [samples for samples, chosen in pairs if chosen]


def _frame() -> Any:
    from emlrt.signal import Frame

    return Frame(_LENGTH, _HOP)


def _pipeline() -> Any:
    try:
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.pipeline import make_pipeline
    except ImportError:
        text = "the demo needs scikit-learn; install it with: pip install 'emlrt[demo]'"
        raise Failure(text) from None
    from emlrt.signal import TimeFeatures

    forest = RandomForestClassifier(20, max_depth=10, random_state=0)
    return make_pipeline(_frame(), TimeFeatures(_FEATURES), forest)


def _load() -> _Data:
    whole = recordings()
    frame = _frame()
    X, y = frame.cut(whole.samples, whole.labels)
    _, subjects = frame.cut(whole.samples, whole.subjects)
    last = np.unique(whole.subjects)[-2:]
    return _Data(whole, np.isin(whole.subjects, last), X, y, subjects)


def _cross_validated(data: _Data) -> list[float]:
    """Accuracy on the subjects of each fold, whom the others know nothing of."""
    from sklearn.model_selection import GroupKFold, cross_val_score

    folds = GroupKFold(_FOLDS)
    found = cross_val_score(_pipeline(), data.X, data.y, groups=data.subjects, cv=folds)
    return [float(each) for each in found]


def _streamed(model: Model, data: _Data) -> NDArray[Any]:
    """Answers to the recordings, pushed in small pieces."""
    stream, found = Stream(model), []
    for samples in data.streamed:
        stream.reset()
        for start in range(0, len(samples), _PIECE):
            found.append(stream.push(samples[start : start + _PIECE]))
    return np.concatenate(found)


def _result(model: Model, pipeline: Any, data: _Data) -> dict[str, Any]:
    X, y = data.of(tested=True)
    answers = _streamed(model, data)
    return {
        "windows": len(X),
        "accuracy": float(np.mean(answers == y)),
        "agreement": float(np.mean(answers == pipeline.predict(X))),
        "bytes": model.nbytes,
        "stream_bytes": model.stream_bytes,
    }


def _emulate(target: str, model: Model, samples: Any) -> dict[str, Any]:
    """Scores of some windows on an emulated core, and what they took."""
    from emlrt.emulate import stream

    done = stream(target, model, samples, pieces=[_PIECE])
    same = done.scores == Stream(model).push_scores(samples)
    return {
        "target": target,
        "instructions": done.mean,
        "flash_bytes": done.flash,
        "stack_bytes": done.stack,
        "agreement": float(np.mean(same.all(axis=1))),
    }


def _emulations(model: Model, data: _Data) -> Iterator[dict[str, Any]]:
    """One result per target, or the name of the tool that is missing."""
    from emlrt.emulate import ToolMissing

    samples = data.streamed[0][: _LENGTH + (_EMULATED - 1) * _HOP]
    try:
        for target in _TARGETS:
            with step(f"stream {_EMULATED} windows on an emulated {target} "):
                result = _emulate(target, model, samples)
            yield result
    except ToolMissing as missing:
        yield {"missing": str(missing)}


def _print_result(data: _Data, folds: list[float], result: dict[str, Any]) -> None:
    whole = data.whole
    say()
    say(f"{len(whole.samples)} {whole.source};")
    say(f"{len(data.X)} windows of {_LENGTH} samples of {data.X.shape[2]} axes.")
    say()
    each = " ".join(f"{accuracy:.3f}" for accuracy in folds)
    found = f"{result['accuracy']:.3f}, of {result['windows']} windows"
    print_pairs(
        [
            ("accuracy on subjects it has not seen", f"{np.mean(folds):.3f}  ({each})"),
            ("accuracy of the stream, on two others", found),
            ("windows as scikit-learn has them", f"{result['agreement']:.2%}"),
            ("bytes of the model", result["bytes"]),
            ("bytes of RAM of the stream", result["stream_bytes"]),
        ]
    )


def _print_emulated(results: list[dict[str, Any]]) -> None:
    measured = [result for result in results if "target" in result]
    say()
    if measured:
        head = ["", "instructions per window", "same scores", "code bytes"]
        keys = "target", "instructions", "agreement", "flash_bytes", "stack_bytes"
        lines = [[r[key] for key in keys] for r in measured]
        for line in lines:
            line[1:3] = f"{line[1]:.0f}", f"{line[2]:.0%}"
        print_table([*head, "stack bytes"], lines)
    for result in results:
        if "missing" in result:
            say(f"Not run on emulated microcontrollers: {result['missing']}")


def _print_usage(output: str, model: Model) -> None:
    name = embed.identifier(output)
    header = f"{name}_eml.h"
    say()
    say(f"To use {shown(output)} in C: emlrt embed {shown(output)} -o {shown(header)}")
    say()
    for line in embed.stream_usage(model, name, shown(header)).splitlines():
        say(line)


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    pipeline = _pipeline()
    with step("cut recordings into windows "):
        data = _load()
    with step(f"train on {_FOLDS} groups of subjects, test on the others "):
        folds = _cross_validated(data)
    with step(f"train, convert, write {arguments.output}, read it again "):
        Model.from_sklearn(pipeline.fit(*data.of(tested=False))).save(arguments.output)
        model = Model.load(arguments.output)
    with step("stream the recordings of two other subjects "):
        result = _result(model, pipeline, data)
    emulated = list(_emulations(model, data))
    if arguments.json:
        found = {"output": arguments.output, "source": data.whole.source, **result}
        print_json({**found, "folds": folds, "emulated": emulated})
        return 0
    sys.stderr.flush()
    _print_result(data, folds, result)
    _print_emulated(emulated)
    _print_usage(arguments.output, model)
    return 0
