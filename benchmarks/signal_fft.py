# SPDX-License-Identifier: MIT
"""Instructions, code and errors of Fourier transforms of real samples.

    python benchmarks/signal_fft.py [--cmsis FOLDER]

emlrt_rfft against emlearn's eml_fft_forward, which takes complex numbers, and
CMSIS-DSP's arm_rfft_fast_f32, if a folder with its Include, PrivateInclude and Source
is given: the same compiler, flags and emulator. Writes results/signal_fft.csv.
"""

from __future__ import annotations

import argparse

from common import GOAL_COLUMNS, HERE, enter, goal, print_table, write_csv

enter()

from collections.abc import Iterator  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from importlib.util import find_spec  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402

from emlrt.emulate import ToolError, build, targets  # noqa: E402
from emlrt.emulate.tools import program, run  # noqa: E402
from emlrt.emulate.unicorn_run import Machine  # noqa: E402
from emlrt.signal import tables  # noqa: E402

LENGTHS = (64, 128, 256, 400, 512, 1024, 2048)
TARGETS = ("cortex-m4f", "cortex-m0plus", "rv32imafc")
NOTES = (
    "instructions of one call, -O2, of n normal samples; flash: code and constants of"
    " that call alone, tables included",
    "error: largest difference to numpy's float64 over the largest result",
    "emlearn: real and imaginary parts apart, the imaginary ones 0",
)

_EMLRT = """
{table}
float bench_x[{n}], bench_y[EMLRT_RFFT_FLOATS({n}u)];
int bench_call(void) {{ return emlrt_rfft(bench_x, {n}, rfft_{n}, bench_y); }}
"""
# The sine table and both parts are the caller's.
_EMLEARN = """
#include <stddef.h>
#include <eml_fft.h>
float bench_x[{n}], bench_y[{n}], bench_sin[{n} / 2], bench_cos[{n} / 2];
int bench_call(void) {{
  EmlFFT table = {{{n} / 2, bench_sin, bench_cos}};
  return eml_fft_forward(table, bench_x, bench_y, {n});
}}
"""
_CMSIS = """
#include "dsp/transform_functions.h"
float bench_x[{n}], bench_y[{n}];
arm_rfft_fast_instance_f32 bench_plan;
int bench_start(void) {{ return arm_rfft_fast_init_{n}_f32(&bench_plan); }}
int bench_call(void) {{
  arm_rfft_fast_f32(&bench_plan, bench_x, bench_y, 0);
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


@dataclass(frozen=True)
class Contestant:
    """Code that transforms samples.

    files: beside it. arguments: of the compiler. spectrum: bench_y, or bench_x and
    bench_y, as complex numbers.
    """

    name: str
    text: str
    files: tuple[Path, ...] = ()
    arguments: tuple[str, ...] = ()

    def results(self, machine: Machine, n: int) -> np.ndarray:
        def read(name: str, count: int) -> np.ndarray:
            data = machine.read(machine.image.address(name), 4 * count)
            return np.frombuffer(data, np.float32).astype(np.float64)

        if self.name == "emlearn":
            bins = n // 2 + 1
            return read("bench_x", n)[:bins] + 1j * read("bench_y", n)[:bins]
        if self.name == "emlrt":
            return read("bench_y", 2 * (n // 2 + 1)).view(complex)
        y = read("bench_y", n)
        return np.concatenate([[y[0]], y[2:].view(complex), [y[1]]])


def emlearn() -> Contestant | None:
    """Its header, if it is installed."""
    spec = find_spec("emlearn")
    if spec is None or spec.origin is None:
        return None
    return Contestant("emlearn", _EMLEARN, (), (f"-I{Path(spec.origin).parent}",))


def cmsis(folder: Path | None) -> Contestant | None:
    """CMSIS-DSP's sources."""
    if folder is None:
        return None
    transforms = [f"arm_{name}_f32.c" for name in ("cfft", "cfft_radix8", "rfft_fast")]
    transforms += [
        "arm_bitreversal2.c",
        "arm_cfft_init_f32.c",
        "arm_rfft_fast_init_f32.c",
    ]
    files = [folder / "Source/TransformFunctions" / name for name in transforms]
    for name in ("common_tables", "const_structs"):
        files.append(folder / f"Source/CommonTables/arm_{name}.c")
    includes = tuple(f"-I{folder / name}" for name in ("Include", "PrivateInclude"))
    return Contestant(
        "CMSIS-DSP", _CMSIS, tuple(files), ("-D__GNUC_PYTHON__", *includes)
    )


def _objects(who: Contestant, target: Any, n: int, work: Path) -> list[Path]:
    options = build.Options(opt="-O2", std="gnu11")
    if who.name == "emlrt":
        text = "#include <emlrt/signal.h>\n" + _EMLRT
        text = text.format(n=n, table=tables.printed(f"rfft_{n}", tables.rfft(n)))
        parts = build.runtime_objects(target, options)
        return parts + build.compile_text(target, "bench.c", text, options, work)
    (work / "math.h").write_text(_MATH, encoding="utf-8")
    source = work / "bench.c"
    source.write_text(who.text.format(n=n), encoding="utf-8")
    flags = [*target.flags, "-std=gnu11", "-O2", "-ffunction-sections"]
    flags += ["-fdata-sections", "-w", *who.arguments]
    flags += [f"-I{work}", f"-I{HERE / 'shims'}"]
    found = []
    for path in (source, *who.files):
        found.append(work / f"{path.stem}.o")
        run([program(target.compiler), *flags, "-c", path, "-o", found[-1]], cwd=work)
    return found


def transformed(who: Contestant, name: str, n: int) -> dict[str, Any]:
    """A row: one call on a target."""
    target = targets.find(name)
    x = np.random.default_rng(n).normal(size=n).astype(np.float32)
    row = {"contestant": who.name, "target": name, "n": n}
    with build.scratch_dir() as work:
        roots = ["bench_call", "bench_x", "bench_y"]
        roots += ["bench_start"] if who.name == "CMSIS-DSP" else []
        roots += ["bench_sin", "bench_cos"] if who.name == "emlearn" else []
        parts = _objects(who, target, n, work)
        image = build.link(target, parts, work, roots=roots)
    machine = Machine(target, image)
    if who.name == "CMSIS-DSP":
        machine.call("bench_start")
    if who.name == "emlearn":
        angle = 2 * np.pi * np.arange(n // 2) / n
        for function in (np.sin, np.cos):
            at = image.address(f"bench_{function.__name__}")
            machine.write(at, function(angle).astype(np.float32).tobytes())
    machine.write(image.address("bench_x"), x.tobytes())
    status = machine.call("bench_call")
    if status != 0:
        raise ToolError(f"{who.name} returned {status}")
    row |= {"instructions": machine.instructions, "stack": machine.stack}
    want = np.fft.rfft(x.astype(np.float64))
    error = abs(who.results(machine, n) - want).max() / abs(want).max()
    return {**row, "flash": image.flash, "error": float(error)}


def rows(folder: Path | None) -> Iterator[dict[str, Any]]:
    ours = Contestant("emlrt", "")
    for name in TARGETS:
        for n in LENGTHS:
            yield transformed(ours, name, n)
            for who in (emlearn(), cmsis(folder)):
                if who is None or n & (n - 1) or name != "cortex-m4f":
                    continue
                yield transformed(who, name, n)


def goals(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The issue's lines: 512 samples on an M4F."""
    at = {
        r["contestant"]: r
        for r in found
        if (r["target"], r["n"]) == ("cortex-m4f", 512)
    }
    listed = []
    for peer, limit in (("emlearn", 0.5), ("CMSIS-DSP", 1.1)):
        if peer in at:
            ratio = at["emlrt"]["instructions"] / at[peer]["instructions"]
            listed.append(goal(f"512 on cortex-m4f / {peer}", ratio, limit, "x"))
    errors = {r["n"]: r["error"] for r in found if r["contestant"] == "emlrt"}
    for n, error in errors.items():
        most = 1.5e-7 if n <= 1024 else 3e-7
        listed.append(goal(f"error of {n}", error, most, "of the largest"))
    return listed


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cmsis", type=Path, help="a copy of CMSIS-DSP")
    found = list(rows(parser.parse_args().cmsis))
    columns = ("contestant", "target", "n", "instructions", "stack", "flash", "error")
    print_table("Fourier transforms", found, columns)
    print_table("Goals", goals(found), GOAL_COLUMNS)
    write_csv("signal_fft", found, NOTES)


if __name__ == "__main__":
    main()
