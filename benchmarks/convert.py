# SPDX-License-Identifier: MIT
"""Conversion of large models: processor time and memory, beside other converters.

    python benchmarks/convert.py

Each conversion runs in a process of its own, after one of a small model. Writes
results/convert.csv.
"""

from __future__ import annotations

from common import enter, print_table, progress, write_csv

enter()

import gc  # noqa: E402
import pickle  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402
from sklearn.neighbors import KNeighborsClassifier  # noqa: E402
from sklearn.svm import SVC  # noqa: E402

Row = dict[str, Any]
ROUNDS = 3
NOTES = (
    f"seconds: processor time of one conversion, median of {ROUNDS} processes",
    "peak: MiB of resident memory above that before, at most; made: MiB of the result",
    "emlrt's time includes that of opening and checking the blob",
)


def _blobs(n: int, width: int, classes: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, width)).astype(np.float32)
    return X, rng.integers(0, classes, n)


def _forest(n: int, trees: int) -> Any:
    return RandomForestClassifier(trees, random_state=0, n_jobs=1).fit(
        *_blobs(n, 20, 3)
    )


def _lightgbm(trees: int) -> Any:
    import lightgbm

    made = lightgbm.LGBMClassifier(n_estimators=trees, n_jobs=1, verbose=-1)
    return made.fit(*_blobs(20000, 20, 2))


#: Models, and small ones of their kind. The forest's labels say nothing, so its trees
#: grow until each leaf has one row; SVC's gamma makes every row a support vector.
MODELS: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "RandomForest, 47,000 nodes": (lambda: _forest(5000, 20), lambda: _forest(50, 2)),
    "RandomForest, 480,000 nodes": (lambda: _forest(25000, 40), lambda: _forest(50, 2)),
    "LightGBM 1000 x 31": (lambda: _lightgbm(1000), lambda: _lightgbm(2)),
    "kNN 10^6 x 20": (
        lambda: KNeighborsClassifier(algorithm="brute").fit(*_blobs(10**6, 20, 5)),
        lambda: KNeighborsClassifier(algorithm="brute").fit(*_blobs(50, 20, 5)),
    ),
    "SVC, 20,000 vectors x 20": (
        lambda: SVC(gamma=50.0).fit(*_blobs(20000, 20, 2)),
        lambda: SVC(gamma=50.0).fit(*_blobs(50, 20, 2)),
    ),
    "SVC, 5 classes, 5,000 vectors x 100": (
        lambda: SVC(gamma=50.0).fit(*_blobs(5000, 100, 5)),
        lambda: SVC(gamma=50.0).fit(*_blobs(50, 100, 5)),
    ),
}


def _emlrt(model: Any) -> int:
    import emlrt

    return emlrt.convert(model).nbytes


def _onnx(model: Any) -> int:
    n = model.n_features_in_
    if type(model).__name__.startswith("LGBM"):
        from onnxmltools import convert_lightgbm
        from onnxmltools.convert.common.data_types import FloatTensorType

        made = convert_lightgbm(
            model, initial_types=[("x", FloatTensorType([None, n]))]
        )
    else:
        from skl2onnx import to_onnx

        made = to_onnx(model, np.zeros((1, n), np.float32))
    return len(made.SerializeToString())


def _treelite(model: Any) -> int:
    import treelite

    if type(model).__name__.startswith("LGBM"):
        made = treelite.frontend.from_lightgbm(model.booster_)
    else:
        made = treelite.sklearn.import_model(model)
    return len(made.serialize_bytes())


CONVERTERS: dict[str, Callable[[Any], int]] = {
    "emlrt": _emlrt,
    "skl2onnx, onnxmltools": _onnx,
    "treelite": _treelite,
}


def _resident(field: str) -> float:
    """MiB of a field of this process's status."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    found = next(line for line in lines if line.startswith(field))
    return int(found.split()[1]) / 1024


def child(converter: str, model: str, small: str) -> None:
    """One conversion; prints seconds, MiB at most, and bytes made."""
    convert = CONVERTERS[converter]
    convert(pickle.loads(Path(small).read_bytes()))
    large = pickle.loads(Path(model).read_bytes())
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, start = _resident("VmRSS"), time.process_time()
    size = convert(large)
    print(time.process_time() - start, _resident("VmHWM") - before, size)


def _measured(converter: str, paths: list[str]) -> Row:
    found = []
    for _ in range(ROUNDS):
        command = [sys.executable, __file__, converter, *paths]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
        if done.returncode:
            return {"note": done.stderr.strip().rpartition("\n")[2][-120:]}
        found.append([float(word) for word in done.stdout.split()[-3:]])
    seconds, peak, size = np.median(found, axis=0).tolist()
    return {"seconds": seconds, "peak": peak, "made": size / 2**20}


def rows() -> Iterator[Row]:
    """Every model and converter."""
    with tempfile.TemporaryDirectory(prefix="emlrt-bench-") as folder:
        for name, makers in MODELS.items():
            progress(name)
            paths = [str(Path(folder) / part) for part in ("model", "small")]
            for path, make in zip(paths, makers, strict=True):
                Path(path).write_bytes(pickle.dumps(make()))
            for converter in CONVERTERS:
                if converter == "treelite" and name.startswith(("kNN", "SVC")):
                    continue
                row = {"model": name, "converter": converter}
                yield row | _measured(converter, paths)


def main() -> None:
    """Measure, print and write."""
    if len(sys.argv) > 1:
        child(*sys.argv[1:])
        return
    found = list(rows())
    columns = ("model", "converter", "seconds", "peak", "made", "note")
    print_table("Conversion", found, columns)
    write_csv("convert", found, NOTES)


if __name__ == "__main__":
    main()
