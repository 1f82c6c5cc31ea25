# SPDX-License-Identifier: MIT
"""Generated code of many models in one shared object, and rows that try it."""

from __future__ import annotations

import re
import subprocess

import cffi
import numpy as np
from families import odd_rows

import emlrt
from emlrt import embed
from emlrt.blob import PROBABLE

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror"]
INCLUDE = f"-I{emlrt.get_include()}"
C99 = ["-std=c99", *WARNINGS]
CXX11 = ["-x", "c++", "-std=c++11", *WARNINGS]
_TYPES = {
    "float32": "float",
    "int32": "int32_t",
    "int16": "int16_t",
    "uint8": "uint8_t",
}

# The calls of one model for many rows; what it has no function for is left alone.
_CALLS = """
#define M(what) {macro}_CODE_ ## what
#ifdef __cplusplus
extern "C"
#endif
void {name}_all(const void *rows, unsigned long n, void *y, uint32_t *c, float *p);
void {name}_all(const void *rows, unsigned long n, void *y, uint32_t *c, float *p) {{
  const {x} *x = (const {x} *)rows;
  {y} *scores = ({y} *)y;
{scratch}  (void)c;
  (void)p;
  for (; n != 0; n--) {{
    {name}_scores(x, scores{s});
{classify}{proba}    x += M(INPUTS);
    scores += M(SCORES);
  }}
}}
#undef M
"""


def name_of(name):
    return "m_" + re.sub(r"\W", "_", name)


def calls(model, name):
    """C text of a function that calls all that a model has."""
    program = model.program
    header = embed.code(model, name)
    many = len(program.output_sizes) > 1
    s = ", scratch" if f"{name.upper()}_CODE_SCRATCH" in header else ""
    classify = proba = ""
    if program.class_counts:
        one = f"classify(x, c{s})" if many else f"classify(x{s})"
        classify = f"    {'' if many else '*c = '}{name}_{one};\n    c += M(OUTPUTS);\n"
    if program.output in PROBABLE:
        proba = f"    {name}_proba(x, p{s});\n    p += M(CLASSES);\n"
    bits = program.score_dtype == 0x06
    return header + _CALLS.format(
        name=name,
        macro=name.upper(),
        x=_TYPES[model.input_dtype.name],
        y="uint32_t" if bits else "float",
        scratch=f"  static EMLRT_SCRATCH(scratch, {name.upper()}_CODE_SCRATCH);\n"
        if s
        else "",
        s=s,
        classify=classify,
        proba=proba,
    )


def text(models):
    """One translation unit with the code of many models by name."""
    parts = [
        f"#define {name.upper()}_CODE_PROBA\n{calls(model, name)}"
        for name, model in models.items()
    ]
    return "".join(parts)


def library(cc, models, folder, flags, runtime):
    """The models' code compiled into a shared object, opened."""
    source, out = folder / "all.c", folder / "all.so"
    source.write_text(text(models))
    command = [
        cc,
        *flags,
        INCLUDE,
        "-O1",
        "-fPIC",
        "-shared",
        str(source),
        "-x",
        "none",
    ]
    done = subprocess.run(
        [*command, str(runtime), "-o", str(out)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[:4000]
    ffi = cffi.FFI()
    for name in models:
        ffi.cdef(
            f"void {name}_all(void *x, unsigned long n, void *y, uint32_t *c, float *p);"
        )
    return ffi, ffi.dlopen(str(out))


def answers(ffi, lib, model, name, x):
    """Scores, classes and probabilities of generated code, as bits."""
    program, n = model.program, len(x)
    y = np.zeros((n, model.n_scores), np.uint32)
    c = np.zeros((n, len(program.output_sizes)), np.uint32)
    p = np.zeros((n, max(1, sum(program.class_counts))), np.uint32)
    pointers = (ffi.from_buffer(a) for a in (y, c, p))
    y_at, c_at, p_at = pointers
    getattr(lib, f"{name}_all")(
        ffi.from_buffer(x),
        n,
        y_at,
        ffi.cast("uint32_t *", c_at),
        ffi.cast("float *", p_at),
    )
    return y, c, p


def compare(found, model, x, name):
    """Whether the answers are those of the runtime, row by row as firmware asks."""
    runtime, program = model._runtime, model.program
    y, c, p = found
    expected = np.stack([runtime.firmware(row, "run") for row in x]).view(np.uint32)
    np.testing.assert_array_equal(y, expected, name)
    if program.class_counts:
        classes = np.stack([runtime.firmware(row, "classify") for row in x])
        np.testing.assert_array_equal(c, classes, name)
    if program.output in PROBABLE:
        chances = np.stack([runtime.firmware(row, "proba") for row in x])
        np.testing.assert_array_equal(p, chances.view(np.uint32), name)


def thresholds(model):
    """Float thresholds and bin edges anywhere in a model's payloads, and integers."""
    words = [np.zeros(1, "<i4")]
    words += [np.frombuffer(s.payload, "<i4") for s in model.program.stages]
    every = np.unique(np.concatenate(words))
    return every


def tricky_rows(model, x, count, seed=0):
    """Rows near thresholds, with NaN of both signs, infinities and zeros."""
    random = np.random.default_rng(seed)
    dtype, n = model.input_dtype, model.n_features_in_
    keys = thresholds(model)
    picked = random.choice(keys, (count, n)).astype(np.int32)
    if dtype != np.float32:
        limits = np.iinfo(dtype)
        near = (
            picked
            if dtype == np.int32
            else picked >> random.choice([0, 8, 16], (count, n))
        )
        near = near.astype(np.int64) + random.integers(-1, 2, (count, n))
        rows = (
            np.clip(near, limits.min, limits.max) if dtype != np.uint8 else near & 255
        )
        given = random.choice(x.reshape(-1), (count, n))
        return np.where(random.random((count, n)) < 0.5, given, rows).astype(dtype)
    bits = np.where(picked < 0, picked ^ 0x7FFFFFFF, picked)
    bits = bits.astype(np.int64) + random.integers(-1, 2, (count, n))
    rows = bits.astype(np.uint32).view(np.float32)
    odd = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, -1e-45], np.float32)
    odd = np.append(
        odd, np.array([0xFFC00000, 0xFFFFFFFF, 0x7F800001], np.uint32).view(np.float32)
    )
    given = random.choice(x.reshape(-1), (count, n))
    kind = random.random((count, n))
    rows = np.where(kind < 0.45, given, rows)
    rows = np.where(kind > 0.9, random.choice(odd, (count, n)), rows)
    return np.concatenate([rows, odd_rows(n)]).astype(np.float32)
