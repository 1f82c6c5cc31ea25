# SPDX-License-Identifier: MIT
"""`emlrt demo --signal`: from raw samples to the answers of a stream."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import embed
from emlrt.cli.common import Failure, print_json
from emlrt.cli.progress import step
from emlrt.cli.recordings import Recordings, watch
from emlrt.cli.sounds import RATE, sounds
from emlrt.cli.tables import print_pairs, print_table
from emlrt.cli.terminal import say
from emlrt.model import Model
from emlrt.stream import Stream
from emlrt.texts import shown

_FOLDS = 5
_TARGETS = ("cortex-m0", "cortex-m4f")
#: Features in time that tell movements of a watch.
_FEATURES = ["mean", "std", "rms", "min", "max", "range"]


@dataclass(frozen=True)
class Example:
    """A model of recordings.

    load : the recordings, from a place or where they are found
    model : what follows the Frame, as scikit-learn's
    length, hop : times of a window, and from one to the next
    piece : times of a push
    emulated : windows on each core
    group : what one part of the cross-validation knows nothing of
    what : features and model in a few words
    """

    load: Callable[[str | None], Recordings]
    model: Callable[[], list[Any]]
    length: int
    hop: int
    piece: int
    emulated: int
    group: str
    what: str

    def frame(self) -> Any:
        """The windows of a stream."""
        from emlrt.signal import Frame

        return Frame(self.length, self.hop)

    def pipeline(self) -> Any:
        """From windows to answers, unfitted."""
        from sklearn.pipeline import make_pipeline

        return make_pipeline(self.frame(), *self.model())


def _drum_model() -> list[Any]:
    from sklearn.neural_network import MLPClassifier
    from sklearn.preprocessing import StandardScaler

    from emlrt.signal import audio_mfcc

    steps: dict[str, Any] = {"learning_rate_init": 0.002, "tol": 0.002, "max_iter": 300}
    net = MLPClassifier((16,), alpha=1, random_state=0, **steps)
    return [audio_mfcc(RATE, n_mels=32), StandardScaler(), net]


def _watch_model() -> list[Any]:
    from sklearn.ensemble import RandomForestClassifier

    from emlrt.signal import TimeFeatures

    forest = RandomForestClassifier(20, max_depth=10, random_state=0)
    return [TimeFeatures(_FEATURES), forest]


#: 22 frames of MFCC, of which each hop of 10 makes new ones: 512 + 21 * 160 samples.
_AUDIO_LENGTH = 3872
EXAMPLES = {
    "audio": Example(
        lambda place: sounds(place, _AUDIO_LENGTH),
        _drum_model,
        length=_AUDIO_LENGTH,
        hop=1600,
        piece=160,
        emulated=2,
        group="sounds",
        what="13 MFCC of each 10 ms, and a net of 16 units",
    ),
    "watch": Example(
        watch,
        _watch_model,
        length=100,
        hop=50,
        piece=37,
        emulated=10,
        group="people",
        what=f"{len(_FEATURES)} features of each axis, and a forest of 20 trees",
    ),
}


@dataclass(frozen=True)
class _Data:
    """Recordings and their windows: rows are windows, of recording `origin`."""

    whole: Recordings
    X: NDArray[np.float32]
    y: NDArray[np.str_]
    origin: NDArray[np.int64]

    @property
    def groups(self) -> NDArray[np.int64]:
        """The group of each window."""
        return self.whole.groups[self.origin]


@dataclass(frozen=True)
class _Fold:
    """A part of the cross-validation: a model, and windows that it has not seen."""

    model: Model
    tested: list[int]  # recordings
    right: NDArray[np.bool_]  # of the stream's answers
    sklearn: NDArray[np.bool_]  # of scikit-learn's
    same: NDArray[np.bool_]


def _load(example: Example, place: str | None) -> _Data:
    whole = example.load(place)
    frame = example.frame()
    X, y = frame.cut(whole.samples, whole.labels)
    _, origin = frame.cut(whole.samples, np.arange(len(whole.samples)))
    return _Data(whole, X, y, origin)


def _streamed(model: Model, data: _Data, tested: list[int], piece: int) -> NDArray[Any]:
    """Answers to recordings, pushed in small pieces."""
    stream, found = Stream(model), []
    for k in tested:
        samples = data.whole.samples[k]
        stream.reset()
        for start in range(0, len(samples), piece):
            found.append(stream.push(samples[start : start + piece]))
    return np.concatenate(found)


def _fold(example: Example, data: _Data, train: Any, test: Any) -> _Fold:
    """Trains on some windows, converts, and streams the recordings of the others."""
    fitted = example.pipeline().fit(data.X[train], data.y[train])
    model = Model.from_sklearn(fitted)
    tested = np.unique(data.origin[test]).tolist()
    answers = _streamed(model, data, tested, example.piece)
    rows = np.flatnonzero(np.isin(data.origin, tested))
    expected, y = fitted.predict(data.X[rows]), data.y[rows]
    return _Fold(model, tested, answers == y, expected == y, answers == expected)


def _folds(example: Example, data: _Data) -> list[_Fold]:
    from sklearn.model_selection import StratifiedGroupKFold

    parts = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    split = parts.split(data.X, data.y, data.groups)
    return [_fold(example, data, train, test) for train, test in split]


def _result(model: Model, folds: list[_Fold]) -> dict[str, Any]:
    def joined(name: str) -> float:
        return float(np.mean(np.concatenate([getattr(fold, name) for fold in folds])))

    return {
        "accuracy": joined("right"),
        "sklearn_accuracy": joined("sklearn"),
        "agreement": joined("same"),
        "windows": sum(len(fold.right) for fold in folds),
        "folds": [float(fold.right.mean()) for fold in folds],
        "sklearn_folds": [float(fold.sklearn.mean()) for fold in folds],
        "bytes": model.nbytes,
        "stream_bytes": model.stream_bytes,
    }


def _emulate(target: str, example: Example, model: Model, samples: Any) -> Any:
    """Scores of some windows on an emulated core, and what they took."""
    from emlrt.emulate import stream

    pieces = [example.piece * model.window.channels]
    done = stream(model, samples, core=target, pieces=pieces, progress=False)
    same = done.scores == Stream(model).push_scores(samples)
    return {
        "target": target,
        "instructions": done.mean,
        "flash_bytes": done.flash,
        "stack_bytes": done.stack,
        "agreement": float(np.mean(same.all(axis=1))),
    }


def _emulations(example: Example, model: Model, data: _Data, tested: Any) -> Any:
    """One result per target, or the name of the tool that is missing: of recordings
    that the model has not seen, one after the other."""
    from emlrt.emulate import ToolMissing

    n = example.length + (example.emulated - 1) * example.hop
    samples = np.concatenate([data.whole.samples[k] for k in tested])[:n]
    try:
        for target in _TARGETS:
            with step(f"stream {example.emulated} windows on an emulated {target} "):
                result = _emulate(target, example, model, samples)
            yield result
    except ToolMissing as missing:
        yield {"missing": str(missing)}


def _counted(data: _Data) -> str:
    """How many recordings there are of each label."""
    names, counts = np.unique(data.whole.labels, return_counts=True)
    return ", ".join(f"{n} {name}" for name, n in zip(names, counts, strict=True))


def _print_result(example: Example, data: _Data, result: dict[str, Any]) -> None:
    whole = data.whole
    axes = f" of {data.X.shape[2]} axes" if data.X.ndim == 3 else ""
    say()
    say(f"{len(whole.samples)} {whole.source};")
    say(f"{_counted(data)}.")
    say(f"{len(data.X)} windows of {example.length} samples{axes}: {example.what}.")
    say()
    head = [f"accuracy, on {example.group} not seen", "all windows"]
    head += [f"part {k + 1}" for k in range(len(result["folds"]))]
    pushed = f"emlrt, streamed {example.piece} at a time"
    found = [("scikit-learn, whole windows", "sklearn_"), (pushed, "")]
    lines = [
        [name, *(f"{x:.3f}" for x in [result[f"{of}accuracy"], *result[f"{of}folds"]])]
        for name, of in found
    ]
    print_table(head, lines)
    say()
    same = f"{result['agreement']:.2%}, of {result['windows']}"
    print_pairs(
        [
            ("windows as scikit-learn has them", same),
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


def _print_usage(output: str) -> None:
    header = f"{embed.identifier(output)}_eml.h"
    say()
    say("To use it in C, with the calls that the header shows:")
    say(f"emlrt embed {shown(output)} -o {shown(header)}")


def _check() -> None:
    try:
        import sklearn  # noqa: F401
    except ImportError:
        text = "the demo needs scikit-learn; install it with: pip install 'emlrt[demo]'"
        raise Failure(text) from None


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    _check()
    example, output = EXAMPLES[arguments.signal], arguments.output
    with step("read recordings, cut them into windows "):
        data = _load(example, arguments.data)
    with step(
        f"train, convert, stream, {_FOLDS} times, each for other {example.group} "
    ):
        folds = _folds(example, data)
    with step(f"write the last model to {output}, read it again "):
        folds[-1].model.save(output)
        model = Model.load(output)
    result = _result(model, folds)
    emulated: list[Any] = list(_emulations(example, model, data, folds[-1].tested))
    if arguments.json:
        found = {"output": output, "source": data.whole.source, **result}
        print_json({**found, "emulated": emulated})
        return 0
    sys.stderr.flush()
    _print_result(example, data, result)
    _print_emulated(emulated)
    _print_usage(output)
    return 0
