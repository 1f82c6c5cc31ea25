# SPDX-License-Identifier: MIT
"""Instructions a sample, code and errors of cascades of second-order sections.

    python benchmarks/signal_filters.py [--cmsis FOLDER]

The op biquads and the kernel emlrt_biquads_f32 against emlearn's eml_iir_filter and
CMSIS-DSP's arm_biquad_cascade_df2T_f32, if a folder with its Include, PrivateInclude
and Source is given: the same compiler, flags and emulator. Writes
results/signal_filters.csv.
"""

from __future__ import annotations

import argparse

from common import HERE, enter, print_table, write_csv

enter()

from collections.abc import Iterator  # noqa: E402
from importlib.util import find_spec  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from scipy.signal import butter, sosfilt  # noqa: E402

from emlrt import Model  # noqa: E402
from emlrt.convert.signal.filters import cascade_program  # noqa: E402
from emlrt.emulate import build, measure, targets  # noqa: E402
from emlrt.emulate.tools import program, run  # noqa: E402
from emlrt.emulate.unicorn_run import Machine  # noqa: E402
from emlrt.signal import tables  # noqa: E402

#: Samples of a call; calls of each length are taken for the error.
N, CALLS = 512, {"cortex-m4f": 40, "cortex-m0plus": 1}
FILTERS = {
    "butter 4, 5 Hz of 100 Hz": butter(4, 5, fs=100, output="sos"),
    "butter 8, 100 Hz of 1 kHz": butter(8, 100, fs=1000, output="sos"),
    "butter 8, 5 Hz of 32 kHz": butter(8, 5, fs=32000, output="sos"),
}
NOTES = (
    f"instructions of a sample, -O2: of a call of {N} samples; of the op, what {N} more"
    " cost",
    "error: largest difference to scipy.signal.sosfilt in float64 over the peak, over"
    f" {N} samples of noise on cortex-m0plus, {40 * N} on cortex-m4f; of the op"
    " those of the host, whose bits are the target's",
    "flash: code and constants of that call alone; of the op with open, run and blob",
)
_EMLRT = """
#include <emlrt/signal.h>
{table}
float bench_x[{n}], bench_y[{n}], bench_state[EMLRT_BIQUADS_FLOATS({k}, 1)];
int bench_call(void) {{
  return emlrt_biquads_f32(bench_x, {n}, 1, sections, {k}, bench_y, bench_state);
}}
"""
_EMLEARN = """
#include <stddef.h>
#include <eml_iir.h>
static const float sections[] = {{{numbers}}};
float bench_x[{n}], bench_y[{n}], bench_state[4 * {k}];
int bench_call(void) {{
  EmlIIR filter = {{{k}, bench_state, 4 * {k}, sections, 6 * {k}}};
  for (int i = 0; i < {n}; i++) bench_y[i] = eml_iir_filter(filter, bench_x[i]);
  return 0;
}}
"""
_CMSIS = """
#include "dsp/filtering_functions.h"
static const float sections[] = {{{numbers}}};
float bench_x[{n}], bench_y[{n}], bench_state[2 * {k}];
int bench_call(void) {{
  arm_biquad_cascade_df2T_instance_f32 filter = {{{k}, bench_state, sections}};
  arm_biquad_cascade_df2T_f32(&filter, bench_x, bench_y, {n});
  return 0;
}}
"""
#: What the peers include of a C library, for functions that no image has.
_MATH = """
#define M_PI 3.14159265358979323846
float sinf(float), cosf(float), sqrtf(float), fabsf(float), powf(float, float);
float expf(float), logf(float), floorf(float), roundf(float), atan2f(float, float);
double sin(double), cos(double), sqrt(double), fabs(double), floor(double);
"""


def noise(n: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=n).astype(np.float32)


def error(sos: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    expected = sosfilt(sos, x.astype(np.float64))
    return float(np.abs(y - expected).max() / np.abs(expected).max())


def _listed(numbers: np.ndarray) -> str:
    return ", ".join(f"{float(v).hex()}f" for v in numbers.astype(np.float32).ravel())


def _peer(
    name: str, sos: np.ndarray, folder: Path | None
) -> tuple[str, list[Path], list[str]]:
    """Text, files beside it, and arguments of the compiler."""
    words = {"n": N, "k": len(sos)}
    if name == "emlearn":
        origin = find_spec("emlearn").origin  # type: ignore[union-attr]
        text = _EMLEARN.format(numbers=_listed(sos), **words)
        return text, [], [f"-I{Path(str(origin)).parent}"]
    assert folder is not None
    own = np.concatenate([sos[:, :3], -sos[:, 4:]], axis=1)
    file = folder / "Source/FilteringFunctions/arm_biquad_cascade_df2T_f32.c"
    includes = [f"-I{folder / part}" for part in ("Include", "PrivateInclude")]
    return (
        _CMSIS.format(numbers=_listed(own), **words),
        [file],
        ["-D__GNUC_PYTHON__", *includes],
    )


def _objects(
    who: str, sos: np.ndarray, target: Any, work: Path, folder: Any
) -> list[Path]:
    options = build.Options(opt="-O2", std="gnu11")
    if who == "emlrt kernel":
        table = tables.printed("sections", tables.biquads(sos))
        text = _EMLRT.format(table=table, n=N, k=len(sos))
        parts = build.runtime_objects(target, options)
        return parts + build.compile_text(target, "bench.c", text, options, work)
    text, files, arguments = _peer(who, sos, folder)
    (work / "math.h").write_text(_MATH, encoding="utf-8")
    source = work / "bench.c"
    source.write_text(text, encoding="utf-8")
    flags = [*target.flags, "-std=gnu11", "-O2", "-ffunction-sections"]
    flags += ["-fdata-sections", "-w", *arguments, f"-I{work}", f"-I{HERE / 'shims'}"]
    found = []
    for path in (source, *files):
        found.append(work / f"{path.stem}.o")
        run([program(target.compiler), *flags, "-c", path, "-o", found[-1]], cwd=work)
    return found


def called(who: str, name: str, sos: np.ndarray, folder: Path | None) -> dict[str, Any]:
    """A row: calls one after the other, whose state goes on."""
    target = targets.find(name)
    with build.scratch_dir() as work:
        parts = _objects(who, sos, target, work, folder)
        roots = ["bench_call", "bench_x", "bench_y"]
        image = build.link(target, parts, work, roots=roots)
    machine, x = Machine(target, image), noise(N * CALLS[name])
    at = [image.address(f"bench_{part}") for part in "xy"]
    y = []
    for part in np.split(x, CALLS[name]):
        machine.write(at[0], part.tobytes())
        assert machine.call("bench_call") == 0
        y.append(np.frombuffer(machine.read(at[1], 4 * N), np.float32))
    return {
        "instructions": machine.instructions / N,
        "stack": machine.stack,
        "flash": image.flash,
        "error": error(sos, x, np.concatenate(y)),
    }


def op(name: str, sos: np.ndarray) -> dict[str, Any]:
    """A row of a program with one op."""
    counts = []
    for n in (N, 2 * N):
        blob = cascade_program(sos, n)
        done = measure(blob, noise(n)[None], core=name, call="run")
        counts.append(int(done.counts[0]))
    x = noise(N * CALLS[name])
    y = Model(cascade_program(sos, len(x))).transform(x[None])[0]
    return {
        "instructions": (counts[1] - counts[0]) / N,
        "stack": done.stack,
        "flash": done.flash,
        "error": error(sos, x, y),
    }


def rows(folder: Path | None) -> Iterator[dict[str, Any]]:
    peers = ["emlrt kernel"]
    peers += ["emlearn"] if find_spec("emlearn") else []
    peers += ["CMSIS-DSP"] if folder else []
    for name in CALLS:
        for title, sos in FILTERS.items():
            start = {"target": name, "filter": title}
            yield start | {"contestant": "emlrt op"} | op(name, sos)
            for who in peers:
                yield start | {"contestant": who} | called(who, name, sos, folder)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cmsis", type=Path, help="a copy of CMSIS-DSP")
    found = list(rows(parser.parse_args().cmsis))
    columns = (
        "target",
        "filter",
        "contestant",
        "instructions",
        "stack",
        "flash",
        "error",
    )
    print_table("Second-order sections", found, columns)
    write_csv("signal_filters", found, NOTES)


if __name__ == "__main__":
    main()
