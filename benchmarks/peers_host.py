# SPDX-License-Identifier: MIT
"""The peers that answer from Python, one thread each."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import run_within
from forests import Case, emlrt_model
from numpy.typing import NDArray

Predict = Callable[[NDArray[np.float32]], NDArray[Any]]

#: Seconds that a peer's compiler may take.
COMPILE_LIMIT = 60.0
#: Splits of a forest that tl2cgen's code is compiled for.
MOST_SPLITS = 12000


@dataclass(frozen=True)
class Contestant:
    """A name, and a function from rows (n, n_features) to n answers.

    slow: a call takes so long that it is made only once a round.
    batch: whether it takes part in batches.
    """

    name: str
    predict: Predict
    slow: bool = False
    batch: bool = True


def contestants(case: Case) -> tuple[list[Contestant], list[tuple[str, str]]]:
    """Those that there are for a forest, and (name, reason) of the others."""
    found: list[Contestant] = []
    missing: list[tuple[str, str]] = []
    for name, make in (
        ("emlrt", _emlrt),
        ("scikit-learn", _sklearn),
        ("onnxruntime", _onnxruntime),
        ("treelite GTIL", _gtil),
        ("tl2cgen", _tl2cgen),
        ("emlearn", _emlearn),
    ):
        try:
            found.extend(make(case))
        except Exception as error:
            if name == "emlrt":
                raise
            reason = str(error).strip().partition("\n")[0][:120]
            missing.append((name, f"{type(error).__name__}: {reason}"))
    return found, missing


def _emlrt(case: Case) -> Iterator[Contestant]:
    voting = "soft"
    for dtype in ("float32", "int16"):
        model = emlrt_model(case, dtype, voting)
        # An int16 model takes int16 rows; making them is not its business.
        yield Contestant(f"emlrt {dtype}", model.predict)


def _sklearn(case: Case) -> Iterator[Contestant]:
    yield Contestant("scikit-learn", case.forest.predict)


def _onnxruntime(case: Case) -> Iterator[Contestant]:
    import onnxruntime

    graph = _onnx(case)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        graph, options, providers=["CPUExecutionProvider"]
    )
    outputs, name = [session.get_outputs()[0].name], session.get_inputs()[0].name
    yield Contestant(
        "onnxruntime", lambda X: session.run(outputs, {name: X})[0].reshape(len(X))
    )


def _onnx(case: Case) -> bytes:
    """The forest as skl2onnx has it; kept, since a large one takes a minute."""
    import skl2onnx

    digest = hashlib.sha256(skl2onnx.__version__.encode())
    for tree in case.forest.estimators_:
        for array in (tree.tree_.feature, tree.tree_.threshold, tree.tree_.value):
            digest.update(array.tobytes())
    kept = Path(sys.prefix) / "onnx" / f"{digest.hexdigest()[:32]}.onnx"
    if not kept.exists():
        plain = {id(case.forest): {"zipmap": False}} if case.is_classifier else None
        graph = skl2onnx.to_onnx(case.forest, case.X[:1], options=plain)
        kept.parent.mkdir(exist_ok=True)
        partial = kept.with_suffix(f".{os.getpid()}")
        partial.write_bytes(graph.SerializeToString())
        os.replace(partial, kept)
    return kept.read_bytes()


def _answers(case: Case, raw: NDArray[Any]) -> NDArray[Any]:
    """Classes or values of treelite's output (n_rows, 1, n)."""
    flat = raw.reshape(len(raw), -1)
    if not case.is_classifier:
        return flat[:, 0]
    if flat.shape[1] == 1:
        return (flat[:, 0] > 0.5).astype(np.int64)
    return flat.argmax(axis=1)


def _gtil(case: Case) -> Iterator[Contestant]:
    import treelite

    model = treelite.sklearn.import_model(case.forest)
    yield Contestant(
        "treelite GTIL",
        lambda X: _answers(case, treelite.gtil.predict(model, X, nthread=1)),
    )


def _tl2cgen(case: Case) -> Iterator[Contestant]:
    import tl2cgen
    import treelite

    if case.splits > MOST_SPLITS:
        raise RuntimeError(f"{case.splits} splits do not compile in a minute")
    model = treelite.sklearn.import_model(case.forest)
    with tempfile.TemporaryDirectory(prefix="emlrt-bench-") as name:
        tl2cgen.generate_c_code(model, dirpath=name, params={})
        library = Path(name) / "tl2cgen.so"
        sources = sorted(str(path) for path in Path(name).glob("*.c"))
        command = ["gcc", "-O2", "-shared", "-fPIC", "-w", *sources, "-o", str(library)]
        why = run_within(COMPILE_LIMIT, command)
        if why:
            raise RuntimeError(why)
        predictor = tl2cgen.Predictor(library, nthread=1)

    def predict(X: NDArray[np.float32]) -> NDArray[Any]:
        raw = predictor.predict(tl2cgen.DMatrix(X, dtype="float32"))
        return _answers(case, raw)

    yield Contestant("tl2cgen", predict)


def _emlearn(case: Case) -> Iterator[Contestant]:
    if case.splits > 2000 or not case.is_classifier:
        return
    before = np.geterr()
    import emlearn

    np.seterr(**before)
    model = emlearn.convert(case.forest, method="loadable", dtype="int16_t")

    def predict(X: NDArray[np.float32]) -> NDArray[Any]:
        # It compiles into a folder of the current directory, at each call.
        here = os.getcwd()
        with tempfile.TemporaryDirectory(prefix="emlrt-bench-") as name:
            try:
                os.chdir(name)
                return np.asarray(model.predict(X))
            finally:
                os.chdir(here)

    yield Contestant("emlearn (Python)", predict, slow=True, batch=False)
