# SPDX-License-Identifier: MIT
"""Errors and costs of the functions of c/src/maths/maths.h.

    python benchmarks/maths.py [--quick]

Errors against a correctly rounded reference, in units of the last place: every
53rd float32, and of exp and log every one; --quick: every 4001st of all.
Instructions are of one call, mean over inputs of moderate size; code is what a
function takes on Cortex-M0 with all that it calls. Writes results/maths.csv.
"""

from __future__ import annotations

import argparse

from common import enter, print_table, progress, write_csv

enter()

import ctypes  # noqa: E402
import subprocess  # noqa: E402
from pathlib import Path  # noqa: E402
from tempfile import TemporaryDirectory  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from scipy import special  # noqa: E402

import emlrt  # noqa: E402
from emlrt.emulate import TARGETS, build  # noqa: E402
from emlrt.emulate.unicorn_run import Machine  # noqa: E402

CORES = {"m0": "cortex-m0", "m4f": "cortex-m4f", "rv32": "rv32imac"}
INPUTS = 200

#: Goes through floats by their bits. The references are those of libm in double,
#: whose own errors are a 2^-28th of what is measured.
SWEEP = r"""
#include <math.h>
#include <string.h>
#include "maths.h"

static double logistic(double x) {
  double small = exp(-fabs(x));
  return (x < 0 ? small : 1) / (1 + small);
}

static double unit(double y) {
  int e;
  frexp(y, &e);
  return ldexp(1, e - 24 < -149 ? -149 : e - 24);
}

typedef uint32_t function(uint32_t);
typedef double reference(double);

/* The largest error, or -1 where a result is not even of the right kind. */
double sweep(function *f, reference *g, uint64_t first, uint64_t last,
             uint64_t step, uint32_t *where);
double sweep(function *f, reference *g, uint64_t first, uint64_t last,
             uint64_t step, uint32_t *where) {
  double worst = 0;
  uint64_t at;
  for (at = first; at < last; at += step) {
    uint32_t x = (uint32_t)at, y = f(x);
    double z = g(emlrt_float(x)), found = emlrt_float(y), error;
    float nearest = (float)z;
    if (isnan(z) || isinf(nearest) || isinf(found) || isnan(found)) {
      uint32_t want = isnan(z) ? EMLRT_NAN_BITS : emlrt_bits(nearest);
      if (y != want) {
        *where = x;
        return -1;
      }
      continue;
    }
    if (found == z) continue;
    error = fabs(found - z) / unit(z);
    if (error > worst) {
      worst = error;
      *where = x;
    }
  }
  return worst;
}

reference *reference_of(const char *name);
reference *reference_of(const char *name) {
  static const struct { const char *name; reference *of; } all[] = {
      {"exp", exp}, {"expm1", expm1}, {"log", log}, {"log1p", log1p},
      {"logistic", logistic}, {"tanh", tanh}, {"sqrt", sqrt}, {"erf", erf},
      {"cos", cos}};
  unsigned i;
  for (i = 0; i < sizeof all / sizeof *all; i++)
    if (!strcmp(all[i].name, name)) return all[i].of;
  return 0;
}
"""

#: Inputs for counting instructions: from, to.
FUNCTIONS = {
    "exp": (-20, 20),
    "expm1": (-5, 5),
    "log": (1e-3, 1e3),
    "log1p": (-0.9, 9),
    "logistic": (-20, 20),
    "tanh": (-4, 4),
    "sqrt": (0, 1e3),
    "erf": (-3, 3),
    "cos": (-100, 100),
    "ndtri": (0.001, 0.999),
}


class Library:
    """The functions, compiled for this machine."""

    def __init__(self, folder: str) -> None:
        sources = [Path(path) for path in emlrt.get_sources()]
        source, out = Path(folder, "sweep.c"), Path(folder, "maths.so")
        source.write_text(SWEEP)
        command = ["gcc", "-std=c99", "-O2", "-fno-builtin", "-shared", "-fPIC"]
        maths = [path for path in sources if path.name.startswith("maths_")]
        command += [f"-I{emlrt.get_include()}", f"-I{maths[0].parent}"]
        command += [str(source), *map(str, maths)]
        subprocess.run([*command, "-lm", "-o", str(out)], check=True)
        self._c = ctypes.CDLL(str(out))
        self._c.sweep.restype = ctypes.c_double
        self._c.reference_of.restype = ctypes.c_void_p
        # scipy's quantiles, one call a number: slow, but only from 0 to 1.
        self._ndtri = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(special.ndtri)

    def worst(self, name: str, step: int) -> tuple[float, float, int]:
        """Largest error over every `step`th float32, where, and of how many."""
        reference: Any = ctypes.c_void_p(self._c.reference_of(name.encode()))
        last, where = 1 << 32, ctypes.c_uint32()
        if name == "ndtri":
            reference, last, step = self._ndtri, 0x3F800001, step * 40
        function = getattr(self._c, f"emlrt_{name}")
        span = (ctypes.c_uint64(n) for n in (0, last, step))
        error = self._c.sweep(function, reference, *span, ctypes.byref(where))
        at = np.uint32(where.value).view(np.float32)
        if error < 0:
            raise AssertionError(f"{name} of {at!r} is wrong")
        return error, float(at), len(range(0, last, step))


def costs(name: str, core: str) -> tuple[float, int]:
    """Instructions of a call, and bytes of code and constants."""
    target = TARGETS[core]
    sources = [p for p in map(Path, emlrt.get_sources()) if p.stem.startswith("maths")]
    low, high = FUNCTIONS[name]
    x = np.random.default_rng(0).uniform(low, high, INPUTS).astype(np.float32)
    function = f"emlrt_{name}"
    with build.scratch_dir() as work:
        parts = build.objects(target, sources, build.Options())
        image = build.link(target, parts, work, roots=[function])
    machine = Machine(target, image, stack=False)
    total = 0
    for bits in x.view(np.uint32).tolist():
        machine.call(function, bits)
        total += machine.instructions
    return round(total / INPUTS, 1), image.flash


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    rows = []
    with TemporaryDirectory() as folder:
        library = Library(folder)
        for name in FUNCTIONS:
            progress(name)
            step = 1 if name in ("exp", "log") else 53
            step = 4001 if options.quick else step
            error, where, points = library.worst(name, step)
            row: dict[str, Any] = {"function": name, "max_ulp": round(error, 4)}
            row |= {"where": repr(where), "points": points}
            for short, core in CORES.items():
                row[f"{short}_instructions"], flash = costs(name, core)
                if short == "m0":
                    row["m0_code"] = flash
            rows.append(row)
    print_table("maths", rows, list(rows[0]))
    if not options.quick:
        write_csv("maths", rows)


if __name__ == "__main__":
    main()
