# SPDX-License-Identifier: MIT
"""Instructions and errors of integer transforms: emlrt beside CMSIS-DSP.

    python benchmarks/signal_q15.py CMSIS-DSP

CMSIS-DSP is a clone of https://github.com/ARM-software/CMSIS-DSP; nothing of it is
kept. A real transform of 512 int16 samples on a Cortex-M0+, of noise, faint noise
and a tone; and the ops of integer features. Writes results/signal_q15.csv.
"""

from __future__ import annotations

from common import GOAL_COLUMNS, enter, goal, print_table, progress, write_csv

enter()

import sys  # noqa: E402
import tempfile  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402

from emlrt import Model, signal  # noqa: E402
from emlrt.convert.signal.q15 import twiddles_q15  # noqa: E402
from emlrt.emulate import build, measure, targets  # noqa: E402
from emlrt.emulate.sources import runtime_sources  # noqa: E402
from emlrt.emulate.unicorn_run import Machine  # noqa: E402

Row = dict[str, Any]
CORE, N = "cortex-m0plus", 512
OPTS = ("-O2", "-Os")
NOTES = (
    f"instructions of one real transform of {N} int16 samples; bytes of code, tables",
    "error: root mean square of real and imaginary parts against numpy's float64, in"
    " units of the result's last place at its own scale; places: the same of the"
    " largest |X|, so that both are compared at one scale",
)
_CMSIS = (
    *("TransformFunctions/arm_rfft_q15.c", "TransformFunctions/arm_rfft_init_q15.c"),
    *("TransformFunctions/arm_cfft_q15.c", "TransformFunctions/arm_cfft_init_q15.c"),
    *("TransformFunctions/arm_cfft_radix4_q15.c", "CommonTables/CommonTables.c"),
    *("TransformFunctions/arm_bitreversal2.c", "BasicMathFunctions/arm_shift_q15.c"),
)
_GLUE = f"""
#include "dsp/transform_functions.h"
static arm_rfft_instance_q15 bench;
int bench_init(void) {{ return arm_rfft_init_{N}_q15(&bench, 0, 1); }}
int bench_fft(q15_t *x, q15_t *y) {{ arm_rfft_q15(&bench, x, y); return 0; }}
"""
#: Headers that a freestanding compiler lacks, and CMSIS-DSP names.
_HEADERS = {
    "string.h": "#include <stddef.h>\nvoid *memcpy(void *, const void *, size_t);\n",
    "math.h": "float sqrtf(float); float fabsf(float); float floorf(float);\n",
}


def cmsis(folder: Path, opt: str) -> Machine:
    """A core with CMSIS-DSP's transform, ready."""
    target = targets.find(CORE)
    with tempfile.TemporaryDirectory() as headers, build.scratch_dir() as work:
        for name, text in _HEADERS.items():
            Path(headers, name).write_text(text)
        include = [f"-I{d}" for d in (headers, folder / "Include")]
        private = f"-I{folder / 'PrivateInclude'}"
        options = build.Options(
            opt, "gnu11", ("__GNUC_PYTHON__",), ("-w", *include, private)
        )
        parts = build.objects(target, [folder / "Source" / f for f in _CMSIS], options)
        parts += build.compile_text(target, "glue.c", _GLUE, options, work)
        core = Machine(
            target, build.link(target, parts, work, roots=("bench_init", "bench_fft"))
        )
    if core.call("bench_init") != 0:
        raise SystemExit("CMSIS-DSP does not start")
    return core


def emlrt_core(opt: str) -> Machine:
    """A core with emlrt's transform."""
    target, options = targets.find(CORE), build.Options(opt)
    (source,) = (p for p in runtime_sources() if p.name == "rfft_q15.c")
    with build.scratch_dir() as work:
        parts = build.objects(target, [source], options)
        image = build.link(target, parts, work, roots=("emlrt_rfft_q15",))
    return Machine(target, image)


def sounds() -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    rng, t = np.random.default_rng(0), np.arange(N)
    yield "noise", rng.normal(0, 8000, N)
    yield "faint noise", rng.normal(0, 30, N)
    yield "tone", 32767 * np.cos(2 * np.pi * 37.3 * t / N)


def spectrum(core: Machine, x: np.ndarray[Any, Any], peer: bool) -> tuple[Any, float]:
    """X at the scale of its last place, and that scale."""
    a, b = core.allocate(2 * N), core.allocate(4 * N + 4)
    core.write(a, x.astype("<i2").tobytes())
    if peer:
        core.call("bench_fft", a, b)
        z = np.frombuffer(core.read(b, 2 * N + 4), "<i2").astype(float)
        return z[::2] + 1j * z[1::2], float(N)
    table = core.place_rom(twiddles_q15(N).tobytes())
    scale = 2.0 ** core.call("emlrt_rfft_q15", a, N.bit_length() - 1, table)
    z = np.frombuffer(core.read(a, 2 * N), "<i2").astype(float)
    return np.concatenate([z[:1], z[2::2] + 1j * z[3::2], z[1:2]]), scale


def transforms(folder: Path) -> Iterator[Row]:
    """Both transforms of all sounds."""
    for opt in OPTS:
        progress(f"transforms {opt}")
        cores = {"CMSIS-DSP": cmsis(folder, opt), "emlrt": emlrt_core(opt)}
        for name, core in cores.items():
            for sound, samples in sounds():
                x = np.rint(samples).clip(-32768, 32767)
                found, scale = spectrum(core, x, name != "emlrt")
                exact = np.fft.rfft(x) / scale
                error = float(np.sqrt(np.mean(abs(found - exact) ** 2) / 2))
                yield {
                    "what": f"rfft {N}",
                    "contestant": name,
                    "opt": opt,
                    "sound": sound,
                    "instructions": core.instructions,
                    "stack": core.stack,
                    "bytes": core.image.flash + (0 if name != "emlrt" else 1480),
                    "error": round(error, 3),
                    "places": f"{error / abs(exact).max():.1e}",
                }


def features() -> Iterator[Row]:
    """The ops of integer features, one run each."""
    rng = np.random.default_rng(1)
    blocks = {
        "log-mel frame, 40 bands of 400 samples": (
            signal.LogMelQ15(sr=16000, n_fft=512, win_length=400, n_mels=40),
            rng.normal(0, 3000, (4, 400)),
        ),
        "micro front end, 49 frames": (
            signal.MicroFrontend(window_step=20),
            rng.normal(0, 3000, (2, 16000)),
        ),
        "time features, 6 channels of 128": (
            signal.IntegerTimeFeatures(),
            rng.normal(0, 3000, (4, 128, 6)),
        ),
    }
    for what, (block, samples) in blocks.items():
        progress(what)
        x = np.rint(samples).astype(np.int16)
        rows = x.reshape(len(x), -1)
        model = Model.from_sklearn(block.fit(x), dtype="int16", X=rows)
        for opt in OPTS:
            m = measure(model.strip(), rows[:2], core=CORE, opt=opt, call="run")
            yield {
                "what": what,
                "contestant": "emlrt",
                "opt": opt,
                "instructions": round(m.mean),
                "stack": m.stack,
                "bytes": m.flash,
                "scratch": m.scratch,
            }


def goals(rows: list[Row]) -> list[Row]:
    by = {
        (row["contestant"], row["sound"]): row
        for row in rows
        if row.get("sound") and row["opt"] == "-O2"
    }
    return [
        goal(
            f"instructions of {N}, {sound}, to CMSIS-DSP's",
            by["emlrt", sound]["instructions"] / by["CMSIS-DSP", sound]["instructions"],
            *(0.9, "x"),
        )
        for sound, _ in sounds()
    ] + [goal(f"error, {s}", by["emlrt", s]["error"], 2.0, "LSB") for s, _ in sounds()]


def main() -> None:
    """Measure, print and write."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    rows = [*transforms(Path(sys.argv[1])), *features()]
    columns = ("what", "contestant", "opt", "sound", "instructions", "stack", "bytes")
    print_table("Integer signals", rows, (*columns, "scratch", "error", "places"))
    print_table("Goals", goals(rows), GOAL_COLUMNS)
    write_csv("signal_q15", rows, NOTES)


if __name__ == "__main__":
    main()
