# SPDX-License-Identifier: MIT
"""Boosted trees from Python: emlrt beside the libraries and other runtimes.

    python benchmarks/host_boosting.py

One thread, 50,000 rows in one call and one row a call; raw scores or probabilities,
whatever each gives from its shortest way. Writes results/host_boosting.csv.
"""

from __future__ import annotations

from common import enter, print_table, progress, run_within, write_csv

enter()

import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from boosters import Case, cases  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

import emlrt  # noqa: E402

ROWS, ROUNDS, COMPILE_LIMIT = 50_000, 7, 120.0
Predict = Callable[[NDArray[np.float32]], Any]
Row = dict[str, Any]
NOTES = (
    f"rows a second of {ROWS} rows in one call, the best of {ROUNDS} rounds taken in"
    " turn, by processor time; us: one row a call, the best mean of 200 calls; one"
    " thread each",
    "emlrt: Model.scores; the others their raw scores or probabilities; rows repeat"
    " those of the data, each moved by one part in 1e3 so that none is like another",
)


def _emlrt(case: Case) -> Predict:
    return emlrt.convert(case.estimator).scores


def _library(case: Case) -> Predict:
    if case.library == "xgboost":
        booster = case.estimator.get_booster()
        return lambda X: booster.inplace_predict(X, predict_type="margin")
    if case.library == "lightgbm":
        booster = case.estimator.booster_
        return lambda X: booster.predict(X, raw_score=True, num_threads=1)
    return lambda X: case.estimator.predict(
        X, prediction_type="RawFormulaVal", thread_count=1
    )


def _onnxruntime(case: Case) -> Predict:
    import onnxruntime

    graph = _onnx(case)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        graph, options, providers=["CPUExecutionProvider"]
    )
    name, out = session.get_inputs()[0].name, session.get_outputs()[0].name
    return lambda X: session.run([out], {name: X})


def _onnx(case: Case) -> bytes:
    if case.library == "catboost":
        with tempfile.TemporaryDirectory(prefix="emlrt-bench-") as folder:
            path = Path(folder) / "model.onnx"
            case.estimator.save_model(str(path), format="onnx")
            return path.read_bytes()
    from onnxmltools import convert_lightgbm, convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType

    kind = [("x", FloatTensorType([None, case.X.shape[1]]))]
    make = convert_xgboost if case.library == "xgboost" else convert_lightgbm
    more = {} if case.library == "xgboost" else {"zipmap": False}
    graph = make(case.estimator, initial_types=kind, **more)
    return bytes(graph.SerializeToString())


def _treelite(case: Case) -> Any:
    import treelite

    with tempfile.TemporaryDirectory(prefix="emlrt-bench-") as folder:
        path = Path(folder) / "model"
        if case.library == "xgboost":
            path = path.with_suffix(".json")
            case.estimator.save_model(path)
            return treelite.frontend.load_xgboost_model(path)
        if case.library == "lightgbm":
            case.estimator.booster_.save_model(path)
            return treelite.frontend.load_lightgbm_model(path)
    raise RuntimeError("treelite does not read CatBoost's models")


def _gtil(case: Case) -> Predict:
    import treelite

    model = _treelite(case)
    return lambda X: treelite.gtil.predict(model, X, nthread=1, pred_margin=True)


def _tl2cgen(case: Case) -> Predict:
    import tl2cgen

    with tempfile.TemporaryDirectory(prefix="emlrt-bench-") as name:
        tl2cgen.generate_c_code(_treelite(case), dirpath=name, params={})
        library = Path(name) / "tl2cgen.so"
        sources = sorted(str(path) for path in Path(name).glob("*.c"))
        command = ["gcc", "-O2", "-shared", "-fPIC", "-w", *sources, "-lm"]
        why = run_within(COMPILE_LIMIT, [*command, "-o", str(library)])
        if why:
            raise RuntimeError(why)
        predictor = tl2cgen.Predictor(library, nthread=1)
    return lambda X: predictor.predict(
        tl2cgen.DMatrix(X, dtype="float32"), pred_margin=True
    )


def _daal4py(case: Case) -> Predict:
    """oneDAL's copy of the same trees."""
    import daal4py

    if case.library == "xgboost":
        model = case.estimator.get_booster()
    elif case.library == "lightgbm":
        model = case.estimator.booster_
    else:
        model = case.estimator
    daal4py.daalinit(1)
    return daal4py.mb.convert_model(model).predict


def _ydf(case: Case) -> Predict:
    """Trees of its own, as many and as large, on what the estimator predicts."""
    import ydf

    options = case.estimator.get_params()
    n_trees = options.get("n_estimators") or options.get("iterations") or 100
    shape: dict[str, Any] = {"max_depth": (options.get("max_depth") or 6) + 1}
    if case.library == "lightgbm":
        shape = {
            "growing_strategy": "BEST_FIRST_GLOBAL",
            "max_num_nodes": options.get("num_leaves") or 31,
            "max_depth": -1,
        }
    ydf.verbose(0)
    labels = np.asarray(case.estimator.predict(case.X)).ravel()
    model = ydf.GradientBoostedTreesLearner(
        label="y", num_trees=n_trees, num_threads=1, early_stopping="NONE", **shape
    ).train({"x": case.X, "y": labels})
    return lambda X: model.predict({"x": X}, num_threads=1)


CONTESTANTS: tuple[tuple[str, Callable[[Case], Predict]], ...] = (
    ("emlrt", _emlrt),
    ("the library itself", _library),
    ("onnxruntime", _onnxruntime),
    ("treelite GTIL", _gtil),
    ("tl2cgen", _tl2cgen),
    ("daal4py", _daal4py),
    ("ydf, its own trees", _ydf),
)


def _spread(case: Case) -> NDArray[np.float32]:
    """Rows that differ from each other, all of them."""
    rows = case.rows(ROWS).astype(np.float64)
    rng = np.random.default_rng(1)
    rows *= 1 + 1e-3 * rng.standard_normal(rows.shape)
    return np.ascontiguousarray(rows, np.float32)


def _seconds(call: Callable[[], Any]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def _single(predict: Predict, X: NDArray[np.float32]) -> float:
    """Microseconds of a call with one row."""
    rows = [np.ascontiguousarray(X[i : i + 1]) for i in range(200)]
    return min(
        _seconds(lambda: [predict(row) for row in rows]) / len(rows) * 1e6
        for _ in range(3)
    )


def case_rows(case: Case) -> Iterator[Row]:
    """A row a contestant, measured in turn."""
    X, predicts = _spread(case), {}
    for name, make in CONTESTANTS:
        try:
            predicts[name] = make(case)
            predicts[name](X[:2])
        except Exception as error:
            if name == "emlrt":
                raise
            predicts.pop(name, None)
            said = str(error).strip().partition("\n")[0][:120]
            yield {"model": case.name, "contestant": name, "note": said}
    best = dict.fromkeys(predicts, np.inf)
    for _ in range(ROUNDS):
        for name, predict in predicts.items():
            best[name] = min(best[name], _seconds(lambda p=predict: p(X)))
    for name, predict in predicts.items():
        yield {
            "model": case.name,
            "contestant": name,
            "rows/s": ROWS / best[name],
            "vs emlrt": best[name] / best["emlrt"],
            "us": _single(predict, X),
        }


def main() -> None:
    """Measure, print and write."""
    rows: list[Row] = []
    for case in cases():
        progress(case.name)
        rows += case_rows(case)
    columns = ("model", "contestant", "rows/s", "vs emlrt", "us", "note")
    print_table("Boosted trees from Python", rows, columns)
    write_csv("host_boosting", rows, NOTES)


if __name__ == "__main__":
    main()
