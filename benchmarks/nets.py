# SPDX-License-Identifier: MIT
"""Neural nets: instructions, memory, image size and error beside emlearn's.

    python benchmarks/nets.py

First instructions per product of a layer, of ours alone, into results/dense.csv.
Then three nets: the shape of MLPerf Tiny's anomaly detector (with random weights),
scikit-learn's digits, and iris. Writes results/nets.csv. emlearn's nets call
expf: its code is compiled and linked with newlib (Debian's
libnewlib-arm-none-eabi), ours with nothing; without newlib the script ends there.
"""

from common import GOAL_COLUMNS, enter, goal, print_table, progress, write_csv

enter()

import contextlib  # noqa: E402
import tempfile  # noqa: E402
import warnings  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from itertools import pairwise  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import firmware  # noqa: E402
import numpy as np  # noqa: E402
from peers_code import Code  # noqa: E402
from sklearn.datasets import load_digits, load_iris  # noqa: E402
from sklearn.neural_network import MLPClassifier, MLPRegressor  # noqa: E402

from emlrt import Model  # noqa: E402
from emlrt.emulate import build, measure, targets  # noqa: E402
from emlrt.emulate.tools import program, run  # noqa: E402
from emlrt.emulate.unicorn_run import Machine  # noqa: E402

TARGETS = ("cortex-m4f", "cortex-m0")
ROWS = 3
Row = dict[str, Any]


@dataclass(frozen=True)
class Net:
    """A fitted net, rows for it, and whether its answer is a class."""

    name: str
    estimator: Any
    rows: Any
    classes: bool


def _fit(estimator: Any, X: Any, y: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(X, y)


def nets() -> list[Net]:
    """Fitted anew each time, from fixed seeds."""
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(32, 640))
    hidden = (128,) * 4 + (8,) + (128,) * 4
    autoencoder = MLPRegressor(hidden_layer_sizes=hidden, max_iter=1, random_state=0)
    digits, labels = load_digits(return_X_y=True)
    iris, kinds = load_iris(return_X_y=True)
    classifier = MLPClassifier((32, 16), max_iter=80, random_state=0)
    small = MLPClassifier((8,), max_iter=300, random_state=0)
    return [
        Net("autoencoder", _fit(autoencoder, noise, noise), noise[:ROWS], False),
        Net("digits", _fit(classifier, digits / 16, labels), digits[:ROWS] / 16, True),
        Net("iris", _fit(small, iris, kinds), iris[::50], True),
    ]


def emlearn_code(net: Net) -> Code:
    """emlearn's code behind bench_call: a class, or all outputs."""
    import emlearn

    np.seterr(all="warn")  # importing emlearn makes numpy raise
    kind = "classifier" if net.classes else "regressor"
    # emlearn leaves files in the current directory.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        converted = emlearn.convert(net.estimator, method="loadable", return_type=kind)
        path = Path(folder) / "net.h"
        converted.save(name="net", file=str(path))
        source = path.read_text()
    n = net.rows.shape[1]
    body = f"*y = (uint32_t)net_predict(x, {n});"
    answer = "uint32_t"
    if not net.classes:
        body, answer = f"net_regress(x, {n}, y, {len(_first(net))});", "float"
    source += (
        f"\n#include <stdint.h>\nvoid bench_call(const float *x, {answer} *y);"
        f"\nvoid bench_call(const float *x, {answer} *y) {{ {body} }}\n"
    )
    include = (Path(emlearn.__file__).parent,)
    return Code("emlearn", source, ".c", "float", net.classes, include)


def _first(net: Net) -> Any:
    return np.atleast_1d(np.squeeze(net.estimator.predict(net.rows[:1])))


def _bytes_of_parameters(net: Net) -> int:
    parts = [*net.estimator.coefs_, *net.estimator.intercepts_]
    return 4 * sum(part.size for part in parts)


def _error(net: Net, answers: Any) -> float:
    """Share of rows that differ, or the largest error of a value."""
    want = net.estimator.predict(net.rows.astype(np.float32).astype(np.float64))
    if net.classes:
        return float(np.mean(answers.reshape(-1) != want))
    return float(abs(answers.reshape(want.shape) - want).max())


def _newlib_objects(target: Any, code: Code, opt: str) -> list[Any]:
    """The peer's object and newlib behind it."""
    flags = (*(f"-I{path}" for path in code.include), "-w")
    with build.scratch_dir() as work:
        source = work / "peer.c"
        source.write_text(code.source, encoding="utf-8")
        options = build.Options(opt=opt, std="gnu99", flags=flags)
        return [*build.objects(target, [source], options), "-lm", "-lc", "-lnosys"]


def emlearn_row(net: Net, target_name: str) -> Row:
    target, code = targets.find(target_name), emlearn_code(net)
    parts = _newlib_objects(target, code, "-O2")
    with build.scratch_dir() as work:
        image = build.link(target, parts, work, roots=["bench_call"])
    machine = Machine(target, image)
    rows = np.ascontiguousarray(net.rows.astype(np.float32))
    n = len(_first(net))
    x, y = machine.allocate(rows[0].nbytes), machine.allocate(4 * n)
    answers, counts = [], []
    for row in rows:
        machine.write(x, row.tobytes())
        machine.call("bench_call", x, y)
        answers.append(np.frombuffer(machine.read(y, 4 * n), code.answer_dtype))
        counts.append(machine.instructions)
    return {
        "instructions": round(float(np.mean(counts))),
        "code": image.flash - _bytes_of_parameters(net),
        "model": _bytes_of_parameters(net),
        "ram": image.ram,
        "stack": machine.stack,
        "error": _error(net, np.array(answers)),
    }


def emlrt_row(net: Net, target_name: str) -> Row:
    model = Model.from_sklearn(net.estimator).strip()
    call = "classify" if net.classes else "run"
    done = measure(model, net.rows.astype(np.float32), core=target_name, call=call)
    return {
        "instructions": round(done.mean),
        "code": done.flash,
        "model": model.nbytes,
        "ram": done.ram + done.scratch,
        "stack": done.stack,
        "error": _error(net, np.array(done.results)),
    }


def dense_code() -> int:
    """Octets of the dense op, check and kernel, on the M4F at -O2."""
    target = targets.find("cortex-m4f")
    options = build.Options(opt="-O2")
    parts = build.runtime_objects(target, options)
    with build.scratch_dir() as work:
        parts += build.compile_text(
            target, "glue.c", build.glue(["dense"]), options, work
        )
        image = build.link(target, parts, work, roots=["emulate_ops"])
    return image.flash


#: Most instructions a product of a layer, by core at -O2.
PER_PRODUCT = {"cortex-m4f": 2.6, "rv32imafc": 4.0}
CORES = (*PER_PRODUCT, "cortex-m7f", "cortex-m3", "cortex-m0plus", "rv32imac")


def dense_rows() -> list[Row]:
    """Instructions per product of weight and input, of whole runs."""
    rng, found = np.random.default_rng(0), []
    for sizes in ((128, 128, 128), (64, 32, 16, 10)):
        X = rng.normal(size=(40, sizes[0]))
        made = MLPRegressor(hidden_layer_sizes=sizes[1:-1], max_iter=1, random_state=0)
        net = _fit(made, X, rng.normal(size=(40, sizes[-1])))
        blob = bytes(Model.from_sklearn(net).strip())
        products = sum(a * b for a, b in pairwise(sizes))
        for target in CORES:
            progress(f"layers {sizes} {target}")
            for opt in ("-O2", "-Os"):
                rows = X[:ROWS].astype(np.float32)
                done = measure(blob, rows, core=target, opt=opt, call="run")
                row: Row = {"net": "-".join(map(str, sizes)), "target": target}
                row |= {"opt": opt, "instructions": round(done.mean)}
                found.append({**row, "per_product": round(done.mean / products, 3)})
    return found


def dense_goals(rows: list[Row]) -> list[Row]:
    by = {(r["net"], r["target"], r["opt"]): r["per_product"] for r in rows}
    return [
        goal(f"128-128-128, {core}", by["128-128-128", core, "-O2"], most, "a product")
        for core, most in PER_PRODUCT.items()
    ]


def need_newlib() -> None:
    """Ends the script where emlearn's nets have no expf to link."""
    target = targets.find(TARGETS[0])
    command = [program(target.compiler), *target.flags, "-print-file-name=libm.a"]
    if not Path(run(command).strip()).is_absolute():
        raise SystemExit(
            "nets.py: emlearn's nets need newlib, which was not found; install it, for"
            " example with `apt-get install libnewlib-arm-none-eabi`"
        )


def image_rows(net: Net) -> list[Row]:
    """Whole programs on a Cortex-M0+ at -Os, the model included."""
    empty = firmware.empty_program("cortex-m0plus", "-Os")
    blob = bytes(Model.from_sklearn(net.estimator).strip())
    ours = firmware.emlrt_program("cortex-m0plus", blob, "-Os")
    code = emlearn_code(net)
    target = targets.find("cortex-m0plus")
    parts = _newlib_objects(target, code, "-Os")
    peer = firmware.peer_program_of(target, code, parts, net.rows.shape[1], "-Os")
    return [
        {
            "net": net.name,
            "system": name,
            "target": "cortex-m0plus program -Os",
            "code": image.flash - empty.flash,
            "ram": image.ram - empty.ram,
        }
        for name, image in (("emlrt", ours), ("emlearn", peer))
    ]


def goals(rows: list[Row]) -> list[Row]:
    by = {(r["net"], r["system"], r["target"]): r for r in rows}

    def ratio(net: str, what: str, target: str = "cortex-m4f") -> float:
        ours, peer = (by[net, name, target][what] for name in ("emlrt", "emlearn"))
        return float(round(ours / peer, 3))

    program = "cortex-m0plus program -Os"
    return [
        goal(
            "autoencoder, M4F: instructions / emlearn's",
            ratio("autoencoder", "instructions"),
            0.55,
        ),
        goal(
            "digits, M4F: instructions / emlearn's",
            ratio("digits", "instructions"),
            0.55,
        ),
        goal(
            "autoencoder: scratch / emlearn's 5,120 bytes",
            by["autoencoder", "emlrt", "cortex-m4f"]["scratch"] / 5120,
            0.25,
        ),
        goal("dense op on M4F at -O2", dense_code(), 1024, "bytes"),
        goal("iris 4-8-3, M0+ program / emlearn's", ratio("iris", "code", program), 1),
    ]


def main() -> None:
    """Measure, print and write."""
    layers = dense_rows()
    columns: tuple[str, ...] = ("net", "target", "opt", "instructions", "per_product")
    print_table("Layers", layers, columns)
    print_table("Goals", dense_goals(layers), GOAL_COLUMNS)
    write_csv("dense", layers, ("instructions of one run, mean of the rows",))
    need_newlib()
    rows: list[Row] = []
    for net in nets():
        scratch = Model.from_sklearn(net.estimator).arena_bytes
        for target in TARGETS:
            for name, make in (("emlrt", emlrt_row), ("emlearn", emlearn_row)):
                progress(f"{net.name} {target} {name}")
                row = {"net": net.name, "system": name, "target": target}
                row |= make(net, target)
                if name == "emlrt":
                    row["scratch"] = scratch
                rows.append(row)
        if net.classes:
            rows += image_rows(net)
    columns = ("net", "system", "target", "instructions", "code", "model", "ram")
    print_table("Neural nets", rows, (*columns, "stack", "scratch", "error"))
    print_table("Goals", goals(rows), GOAL_COLUMNS)
    write_csv(
        "nets",
        rows,
        (
            "instructions: one call at -O2, mean of the rows; code, model, ram: bytes,"
            " without a libc's start-up; error: of values, or share of other classes",
        ),
    )


if __name__ == "__main__":
    main()
