# SPDX-License-Identifier: MIT
"""Instructions, code and memory of log-mel spectra, beside TFLM's micro front end.

    python benchmarks/signal_mel.py [--tflm FOLDER --kissfft FOLDER]

One second of 16 kHz: 40 bands, frames of 480 samples every 160, transforms of 512. The
peer is compiled with the same compiler and flags if folders with its sources are given:
tensorflow/tflite-micro, and kissfft v130 with that repository's patch. Writes
results/signal_mel.csv.
"""

from __future__ import annotations

import argparse

from common import GOAL_COLUMNS, HERE, enter, goal, print_table, write_csv

enter()

from collections.abc import Iterator  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402

from emlrt import Model, signal  # noqa: E402
from emlrt.emulate import build, measure, targets  # noqa: E402
from emlrt.emulate.tools import program, run  # noqa: E402
from emlrt.emulate.unicorn_run import Machine  # noqa: E402

TARGETS = ("cortex-m4f", "cortex-m0plus")
CONTESTANTS = ("float32", "int16", "LogMelQ15")
RATE, FRAME, HOP, N_FFT, BANDS = 16000, 480, 160, 512, 40
N_FRAMES = 1 + (RATE - FRAME) // HOP
NOTES = (
    f"instructions of one second, -O2: {N_FRAMES} frames, one run each (emlrt: a run"
    " reads the frame's samples, zeros behind them; TFLM: int16 samples in pieces)",
    "ram: what calls need beside the stack: emlrt x, arena and y of a frame; TFLM its"
    " allocations and structures",
    "flash: code and constants; emlrt with the blob, and with emlrt_open",
    "code: the same without the blob; TFLM's tables are in its code; code_os: at -Os",
    "LogMelQ15: the same bands in integers, of int16 samples, to int16",
    "error: decibels, the largest to librosa in float64 of bands that are at most 40"
    " decibels below the largest of their frame",
    "tflm: window 30 ms, step 10 ms, 40 channels of 125 to 7500 Hz; noise reduction is"
    " always a part of it; pcan: with its gain control",
)

#: emlrt reads 512 numbers: a frame of 480 with the taper in front, as TFLM has it.
OPTIONS = {
    "sr": RATE,
    "n_fft": N_FFT,
    "hop_length": HOP,
    "win_length": FRAME,
    "n_mels": BANDS,
    "fmin": 125.0,
    "fmax": 7500.0,
    "htk": True,
    "norm": None,
    "center": False,
}

_PEER = """
#include "tensorflow/lite/experimental/microfrontend/lib/frontend.h"
#include "tensorflow/lite/experimental/microfrontend/lib/frontend_util.h"
int16_t bench_x[%(rate)d];
uint16_t bench_y[%(rate)d / %(hop)d + 1][%(bands)d];
struct FrontendState bench_state;
int bench_start(void) {
  struct FrontendConfig config;
  FrontendFillConfigWithDefaults(&config);
  config.window.size_ms = 30;
  config.window.step_size_ms = 10;
  config.filterbank.num_channels = %(bands)d;
  config.pcan_gain_control.enable_pcan = %(pcan)d;
  return FrontendPopulateState(&config, &bench_state, %(rate)d) ? 0 : 1;
}
int bench_call(void) {
  const int16_t *x = bench_x;
  size_t left = %(rate)d, read;
  int frames = 0;
  unsigned i;
  while (left != 0) {
    struct FrontendOutput y = FrontendProcessSamples(&bench_state, x, left, &read);
    x += read;
    left -= read;
    for (i = 0; i < y.size; i++) bench_y[frames][i] = y.values[i];
    if (y.size != 0) frames++;
  }
  return frames;
}
"""
#: What TFLM's set-up takes of a C library; none of it is in the calls that are counted.
_LIBRARY = """
#include <stddef.h>
#include <stdint.h>
static uint64_t bench_heap[8192];
uint32_t bench_used;
void *malloc(size_t n) {
  void *at = (char *)bench_heap + bench_used;
  bench_used += (uint32_t)((n + 7) & ~(size_t)7);
  return at;
}
void *calloc(size_t n, size_t each) { return malloc(n * each); }
void free(void *at) { (void)at; }
void abort(void) { for (;;) {} }
void __assert_fail(void) { abort(); }
void *memmove(void *to, const void *from, size_t n) {
  char *a = (char *)to;
  const char *b = (const char *)from;
  if (a <= b) while (n-- != 0) *a++ = *b++;
  else while (n-- != 0) a[n] = b[n];
  return to;
}
double floor(double x) { double y = (double)(int64_t)x; return y > x ? y - 1 : y; }
float floorf(float x) { return (float)floor(x); }
static double series(double x, double term, int n) {
  double sum = term;
  for (; n < 40; n += 2) sum += term *= -x * x / (n * (n + 1));
  return sum;
}
double sin(double x) {
  x -= 6.283185307179586 * floor(x / 6.283185307179586 + 0.5);
  return series(x, x, 2);
}
double cos(double x) { return sin(x + 1.5707963267948966); }
float cosf(float x) { return (float)cos(x); }
static double log_of(double x) {
  double e = 0, z, sum, power;
  int n;
  while (x > 1.5) { x /= 2; e += 0.6931471805599453; }
  while (x < 0.75) { x *= 2; e -= 0.6931471805599453; }
  z = (x - 1) / (x + 1);
  for (sum = 0, power = z, n = 1; n < 60; n += 2, power *= z * z) sum += power / n;
  return 2 * sum + e;
}
static double exp_of(double x) {
  double sum = 1, term = 1, k = floor(x / 0.6931471805599453);
  int n;
  x -= k * 0.6931471805599453;
  for (n = 1; n < 30; n++) sum += term *= x / n;
  for (; k > 0; k--) sum *= 2;
  for (; k < 0; k++) sum /= 2;
  return sum;
}
double sqrt(double x) { return x > 0 ? exp_of(log_of(x) / 2) : 0; }
float log1pf(float x) { return (float)log_of(1 + (double)x); }
float powf(float x, float y) { return (float)exp_of(y * log_of(x)); }
"""
_HEADERS = {
    "math.h": """
#ifdef __cplusplus
extern "C" {
#endif
#define M_PI 3.14159265358979323846
double sin(double), cos(double), floor(double), sqrt(double);
float cosf(float), floorf(float), log1pf(float), powf(float, float);
#ifdef __cplusplus
}
#endif
""",
    "stdio.h": """
#include <stddef.h>
typedef int FILE;
#define stderr ((FILE *)0)
#define fprintf(...) ((void)0)
""",
    "stdlib.h": """
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
void *malloc(size_t), *calloc(size_t, size_t);
void free(void *), abort(void);
#ifdef __cplusplus
}
#endif
""",
    "string.h": """
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
void *memcpy(void *, const void *, size_t), *memset(void *, int, size_t);
void *memmove(void *, const void *, size_t);
#ifdef __cplusplus
}
#endif
""",
    "assert.h": "#define assert(x) ((void)0)\n",
    "cstdint": "#include <stdint.h>\n",
}
_LIB = "tensorflow/lite/experimental/microfrontend/lib"
_SOURCES = [
    "fft.cc",
    "fft_util.cc",
    "kiss_fft_int16.cc",
    "filterbank.c",
    "filterbank_util.c",
    "frontend.c",
    "frontend_util.c",
    "log_lut.c",
    "log_scale.c",
    "log_scale_util.c",
    "noise_reduction.c",
    "noise_reduction_util.c",
    "pcan_gain_control.c",
    "pcan_gain_control_util.c",
    "window.c",
    "window_util.c",
]


def sound() -> np.ndarray:
    """A second of decaying tones and noise, int16."""
    t = np.arange(RATE) / RATE
    tones = sum(np.sin(2 * np.pi * hz * t) for hz in (220, 554, 1320))
    noise = np.random.default_rng(0).normal(size=RATE)
    return np.int16(4000 * np.exp(-3 * t) * tones + 300 * noise)


def _compiled(
    target: Any, pcan: bool, tflm: Path, kiss: Path, work: Path
) -> list[Path]:
    for name, text in _HEADERS.items():
        (work / name).write_text(text, encoding="utf-8")
    options = {"rate": RATE, "hop": HOP, "bands": BANDS, "pcan": int(pcan)}
    (work / "bench.c").write_text(_PEER % options, encoding="utf-8")
    (work / "library.c").write_text(_LIBRARY, encoding="utf-8")
    flags = [*target.flags, "-O2", "-ffunction-sections", "-fdata-sections", "-w"]
    flags += ["-ffreestanding", f"-I{work}", f"-I{tflm}", f"-I{kiss}"]
    more = ["-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics"]
    sources = [work / "bench.c", work / "library.c", HERE / "shims/libc.c"]
    sources += [tflm / _LIB / name for name in _SOURCES]
    found = []
    for path in sources:
        found.append(work / f"{path.stem}.o")
        compiler = program(target.compiler)
        if path.suffix == ".cc":
            compiler = program(target.compiler.replace("gcc", "g++"))
        own = more if path.suffix == ".cc" else ["-std=gnu11"]
        run([compiler, *flags, *own, "-c", path, "-o", found[-1]], cwd=work)
    return found


def tflm_row(name: str, pcan: bool, tflm: Path, kiss: Path) -> dict[str, Any]:
    """A second through TFLM's front end."""
    target = targets.find(name)
    with build.scratch_dir() as work:
        parts = _compiled(target, pcan, tflm, kiss, work)
        roots = ["bench_start", "bench_call", "bench_x", "bench_used", "bench_state"]
        image = build.link(target, parts, work, roots=roots)
        calls = build.link(target, parts, work, roots=["bench_call"])
    machine = Machine(target, image)
    assert machine.call("bench_start") == 0
    used = machine.read(image.address("bench_used"), 4)
    machine.write(image.address("bench_x"), sound().tobytes())
    assert machine.call("bench_call") == N_FRAMES
    contestant = "tflm, pcan" if pcan else "tflm"
    return {
        "contestant": contestant,
        "target": name,
        "instructions": machine.instructions,
        "stack": machine.stack,
        "flash": calls.flash,
        "code": calls.flash,
        "ram": int.from_bytes(used, "little"),
    }


def frames(dtype: Any) -> np.ndarray:
    """The frames of the sound, with zeros behind each."""
    x = sound()
    cut = np.stack([x[t * HOP : t * HOP + FRAME] for t in range(N_FRAMES)])
    return np.pad(cut, ((0, 0), (0, N_FFT - FRAME))).astype(dtype)


def taper() -> np.ndarray:
    """A frame's window, with zeros behind it."""
    return np.pad(np.hanning(FRAME + 1)[:-1], (0, N_FFT - FRAME))


def mel_of(dtype: str) -> tuple[Any, np.ndarray]:
    """The model of float32 arithmetic, and its rows."""
    rows = frames(np.float32 if dtype == "float32" else np.int16)
    options = OPTIONS | {"win_length": N_FFT, "window": taper()}
    pipeline = make_pipeline(signal.MelSpectrogram(**options), signal.PowerToDb())
    return Model.from_sklearn(pipeline.fit(rows), dtype=dtype, X=rows), rows


def mel_q15() -> tuple[Any, np.ndarray]:
    """The model of integers, and its rows: it needs no zeros behind a frame."""
    rows = frames(np.int16)[:, :FRAME]
    options = {key: OPTIONS[key] for key in OPTIONS if key not in ("power", "center")}
    block = signal.LogMelQ15(**options).fit(rows)
    return Model.from_sklearn(block, dtype="int16", X=rows), rows


def error(found: np.ndarray, scale: float) -> float:
    """The largest to librosa, in decibels, of bands that are not far below."""
    import librosa

    options = OPTIONS | {"win_length": N_FFT, "window": taper(), "dtype": np.float64}
    rows = frames(np.float64)
    power = librosa.feature.melspectrogram(y=rows, **options)[..., 0]
    exact = librosa.power_to_db(power, amin=1, top_db=None)
    near = exact >= exact.max(-1, keepdims=True) - 40
    return float(abs(found * scale - exact)[near].max())


def emlrt_row(name: str, contestant: str) -> dict[str, Any]:
    """A second through emlrt, frame after frame."""
    integers = contestant == "LogMelQ15"
    model, rows = mel_q15() if integers else mel_of(contestant)
    scale = 10 * np.log10(2) / 256 if integers else 1.0
    blob = bytes(model.strip())
    found = measure(blob, rows, core=name, call="run")
    small = measure(blob, rows[:1], core=name, call="run", opt="-Os")
    return {
        "contestant": f"emlrt, {contestant}",
        "target": name,
        "instructions": int(found.counts.sum()),
        "stack": found.stack,
        "flash": found.flash + len(blob),
        "code": found.flash,
        "code_os": small.flash,
        "ram": found.ram + found.scratch + rows[0].nbytes + 4 * BANDS,
        "error": f"{error(model.transform(rows), scale):.2g}",
    }


def rows(tflm: Path | None, kiss: Path | None) -> Iterator[dict[str, Any]]:
    for name in TARGETS:
        for contestant in CONTESTANTS:
            yield emlrt_row(name, contestant)
        if tflm is not None and kiss is not None:
            yield tflm_row(name, False, tflm, kiss)
            yield tflm_row(name, True, tflm, kiss)


def goals(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The issue's lines, for floats and for integers."""
    at = {(r["contestant"], r["target"]): r for r in found}
    listed = []
    for contestant, size in (("float32", 4), ("LogMelQ15", 2)):
        for name in TARGETS:
            ours = at[f"emlrt, {contestant}", name]
            peer = at.get(("tflm, pcan", name))
            if peer is not None:
                ratio = ours["instructions"] / peer["instructions"]
                what = f"log-mel, {contestant}, on {name} / TFLM"
                listed.append(goal(what, ratio, 0.7, "x"))
        ours = at[f"emlrt, {contestant}", "cortex-m4f"]
        most = 2 * size * N_FFT + 4 * BANDS + 256
        listed.append(goal(f"RAM, {contestant}, cortex-m4f", ours["ram"], most, "B"))
        small = ours["code_os"]
        listed.append(goal(f"code, {contestant}, cortex-m4f", small, 6144, "B"))
    return listed


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tflm", type=Path, help="a copy of tflite-micro")
    parser.add_argument("--kissfft", type=Path, help="a copy of kissfft v130, patched")
    options = parser.parse_args()
    found = list(rows(options.tflm, options.kissfft))
    columns = ("contestant", "target", "instructions", "stack", "flash", "code")
    columns += ("code_os", "ram", "error")
    print_table("Log-mel of a second", found, columns)
    print_table("Goals", goals(found), GOAL_COLUMNS)
    write_csv("signal_mel", found, NOTES)


if __name__ == "__main__":
    main()
