# SPDX-License-Identifier: MIT
"""Generated code of many models in one shared object, and rows that try it."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from pathlib import Path

import cffi
import numpy as np
from families import odd_rows

import emlrt
from emlrt import embed
from emlrt.blob import PROBABLE
from emlrt.generate.plan import plan

GOLDEN = Path(__file__).parents[1] / "golden" / "v1"
#: Bits of NaN with both signs, infinities, zeros, subnormal and largest numbers.
_ODD = """7FC00000 FFC00000 FFFFFFFF 7F800001 FF800001 7F800000 FF800000 0 80000000
    1 80000001 7F7FFFFF FF7FFFFF"""
ODD = np.array([int(text, 16) for text in _ODD.split()], np.uint32)
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
    macro = f"{name.upper()}_CODE"
    s = ", scratch" if f"{macro}_SCRATCH" in header else ""
    memory = f"  static EMLRT_SCRATCH(scratch, {macro}_SCRATCH);\n" if s else ""
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
        scratch=memory,
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
        parameters = "void *x, unsigned long n, void *y, uint32_t *c, float *p"
        ffi.cdef(f"void {name}_all({parameters});")
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
    """Whether the answers are those of the runtime."""
    runtime, program = model._runtime, model.program
    y, c, p = found
    scores = runtime.scores(x)
    np.testing.assert_array_equal(y, scores.view(np.uint32), name)
    if program.class_counts:
        classes = np.asarray(runtime.classify(x)).reshape(len(x), -1)
        np.testing.assert_array_equal(c, classes, name)
    if program.output in PROBABLE:
        expected = runtime.proba(scores).view(np.uint32)
        np.testing.assert_array_equal(p, expected, name)


def thresholds(model):
    """What each input is compared with, as the blob has it: integers, or keys."""
    found = defaultdict(lambda: [0])
    for step in plan(model.program).steps:
        columns = step.columns
        for tree in step.trees if columns else ():
            for feature, threshold in zip(tree.feature, tree.threshold, strict=True):
                if columns.bins is None:
                    found[feature].append(threshold)
                elif keys := columns.bins[feature].keys:
                    key = keys[min(max(threshold, 0), len(keys) - 1)]
                    found[columns.bins[feature].element].append(key)
    return found


def _near(model, random, count):
    """(count, n_inputs) thresholds of each input, and their neighbours."""
    picked = np.zeros((count, model.n_features_in_), np.int64)
    for i, keys in thresholds(model).items():
        picked[:, i] = random.choice(keys, count)
    return picked + random.integers(-1, 2, picked.shape)


def tricky_rows(model, x, count, seed=0):
    """Rows at thresholds and beside them, with NaN of both signs, infinities, zeros."""
    random = np.random.default_rng(seed)
    dtype, near = model.input_dtype, _near(model, random, count)
    given = random.choice(x.reshape(-1), near.shape)
    kind = random.random(near.shape)
    if dtype != np.float32:
        limits = np.iinfo(dtype)
        rows = np.clip(near, limits.min, limits.max)
        return np.where(kind < 0.3, given, rows).astype(dtype)
    bits = np.where(near < 0, near ^ 0x7FFFFFFF, near).astype(np.uint32)
    rows = np.where(kind < 0.2, given.view(np.uint32), bits)
    rows = np.where(kind > 0.9, random.choice(ODD, near.shape), rows)
    return np.concatenate(
        [rows.astype(np.uint32).view(np.float32), odd_rows(near.shape[1])]
    )


def rows_for(model, x, count=40):
    """Given rows and tricky ones, as elements of the model's input dtype."""
    x = np.ascontiguousarray(x, model.input_dtype)
    rows = np.concatenate([x[:20], tricky_rows(model, x, count)])
    return np.ascontiguousarray(rows, model.input_dtype)


def golden_models(*words):
    """Golden blobs in whose names one of the words is, or all, with plain rows."""
    random = np.random.default_rng(0)
    for path in sorted(GOLDEN.glob("*.eml")):
        if words and not any(word in path.stem for word in words):
            continue
        model = emlrt.Model.load(path)
        if model.state_bytes:  # which generated code has none of
            continue
        shape, dtype = (20, model.n_features_in_), model.input_dtype
        x = random.normal(size=shape) * 3
        if dtype != np.float32:
            x = random.integers(0, 200, shape)
        yield name_of(path.stem), model, np.ascontiguousarray(x, dtype)


def check(cc, models, folder, flags, runtime):
    """Whether the generated code of (name, model, rows) answers as the runtime."""
    made = {name: model for name, model, _ in models}
    ffi, lib = library(cc, made, folder, flags, runtime)
    for name, model, x in models:
        rows = rows_for(model, x)
        compare(answers(ffi, lib, model, name, rows), model, rows, name)
