# SPDX-License-Identifier: MIT
"""Functions in integers: their errors, their bits under any flags, their ops."""

import ctypes
import platform
import re
import shutil
import struct
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from families import cases, maths
from scipy import special

import emlrt
from c import build as host
from emlrt import Model, blob
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.planner import program_of
from emlrt.convert.ir.steps import floats
from emlrt.emulate import TARGETS, build
from emlrt.emulate.unicorn_run import Machine
from emlrt.native import constants


def logistic(x):
    small = np.exp(-np.abs(x))
    return np.where(x < 0, small, 1) / (1 + small)


# Function, reference in float64, and the most that it may err, in units of the
# last place. benchmarks/results/maths.csv has what it does.
FUNCTIONS = {
    "exp": (np.exp, 0.55),
    "expm1": (np.expm1, 0.60),
    "log": (np.log, 0.52),
    "log1p": (np.log1p, 0.55),
    "logistic": (logistic, 0.55),
    "tanh": (np.tanh, 0.60),
    "sqrt": (np.sqrt, 0.5),
    "erf": (special.erf, 0.65),
    "ndtri": (special.ndtri, 0.70),
    "cos": (np.cos, 0.56),
}


@cache
def library():
    """The functions alone, and a loop over them, for this machine."""
    folder = Path(tempfile.mkdtemp(prefix="emlrt-maths-"))
    source = folder / "loop.c"
    source.write_text(
        '#include "maths.h"\n'
        "void loop(uint32_t (*f)(uint32_t), uint32_t *x, long n) {\n"
        "  long i;\n  for (i = 0; i < n; i++) x[i] = f(x[i]);\n}\n"
    )
    files = sorted((host.C / "src/maths").glob("maths_*.c"))
    command = ["gcc", "-std=c99", "-O2", "-shared", "-fPIC", host.INCLUDE]
    command += [f"-I{host.C / 'src/maths'}", source, *files, "-o", folder / "maths.so"]
    host.must(command)
    return ctypes.CDLL(str(folder / "maths.so"))


def apply(name, x):
    """float32 in, float32 out."""
    y = np.array(x, np.float32)
    function = getattr(library(), f"emlrt_{name}")
    library().loop(function, ctypes.c_void_p(y.ctypes.data), ctypes.c_long(y.size))
    return y


def ulps(found, exact):
    """Errors in units of the last place of the exact result as a float32."""
    exponent = np.frexp(np.abs(exact))[1]
    unit = np.ldexp(1.0, np.maximum(exponent - 24, -149))
    return np.abs(found.astype(np.float64) - exact) / unit


def sweep(step):
    """Every step-th float32, NaN and infinities among them."""
    for start in range(0, 1 << 32, 1 << 29):
        bits = np.arange(start, start + (1 << 29), step, dtype=np.uint64)
        yield bits.astype(np.uint32).view(np.float32)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_errors_of_a_sweep(name, record_property):
    reference, limit = FUNCTIONS[name]
    worst = 0.0
    for x in sweep(2003):
        y = apply(name, x)
        with np.errstate(all="ignore"):
            exact = reference(x.astype(np.float64))
            nearest = exact.astype(np.float32)
        finite = np.isfinite(nearest) & np.isfinite(y)
        same = (nearest == y) | (np.isnan(nearest) & np.isnan(y))
        assert (finite | same).all(), x[~(finite | same)][0]
        assert (y[np.isnan(y)].view(np.uint32) == 0x7FC00000).all()
        error = ulps(np.where(finite, y, 0), np.where(finite, exact, 0))
        worst = max(worst, float(error.max()))
    record_property("max_ulp", worst)
    assert worst <= limit


@pytest.mark.parametrize("name", FUNCTIONS)
def test_errors_where_results_are_small_or_turn(name):
    """Near zeros of the function, and around powers of two."""
    reference, limit = FUNCTIONS[name]
    rng = np.random.default_rng(0)
    tiny = np.ldexp(rng.uniform(1, 2, 4000), rng.integers(-149, -1, 4000))
    quarters = np.arange(1, 4000) * (np.pi / 2)
    near_one = 1 + np.ldexp(rng.uniform(-1, 1, 4000), rng.integers(-23, -1, 4000))
    powers = np.ldexp(1.0, np.arange(-149, 128))
    x = np.concatenate([tiny, -tiny, quarters, near_one, -near_one, powers, -powers])
    x = x.astype(np.float32)
    with np.errstate(all="ignore"):
        exact = reference(x.astype(np.float64))
        good = np.isfinite(exact.astype(np.float32))
    assert ulps(apply(name, x)[good], exact[good]).max() <= limit


@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_at_the_ends(name):
    special_values = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0], np.float32)
    inf, nan = np.inf, np.nan
    want = {
        "exp": [nan, inf, 0, 1, 1],
        "expm1": [nan, inf, -1, 0, -0.0],
        "log": [nan, inf, nan, -inf, -inf],
        "log1p": [nan, inf, nan, 0, -0.0],
        "logistic": [nan, 1, 0, 0.5, 0.5],
        "tanh": [nan, 1, -1, 0, -0.0],
        "sqrt": [nan, inf, nan, 0, -0.0],
        "erf": [nan, 1, -1, 0, -0.0],
        "ndtri": [nan, nan, nan, -inf, -inf],
        "cos": [nan, nan, nan, 1, 1],
    }[name]
    got = apply(name, special_values).view(np.uint32)
    np.testing.assert_array_equal(got, np.array(want, np.float32).view(np.uint32))


def test_errors_of_angles(record_property):
    """atan2 takes two numbers: of all sizes, and where they are equal or 0."""
    rng = np.random.default_rng(0)
    pairs = np.ldexp(rng.uniform(-2, 2, (2, 100000)), rng.integers(-30, 31, 100000))
    pairs[1, ::3] *= np.ldexp(1.0, rng.integers(-150, 90, pairs[1, ::3].size))
    pairs[0, ::7] = pairs[1, ::7]
    y, x = pairs.astype(np.float32)
    found = angles(y, x)
    exact = np.arctan2(y.astype(np.float64), x.astype(np.float64))
    worst = float(ulps(found, exact).max())
    record_property("max_ulp", worst)
    assert worst <= 0.75


def angles(y, x):
    """emlrt_atan2 of float32 numbers."""
    function = library().emlrt_atan2
    function.argtypes, function.restype = [ctypes.c_uint32] * 2, ctypes.c_uint32
    bits = zip(y.view(np.uint32).tolist(), x.view(np.uint32).tolist(), strict=True)
    return np.array([function(*pair) for pair in bits], np.uint32).view(np.float32)


def test_angles_at_the_ends():
    ends = np.array([0, -0.0, 1, -1, np.inf, -np.inf, 1e-45, -3e38], np.float32)
    y, x = (part.ravel() for part in np.meshgrid(ends, ends))
    exact = np.arctan2(y.astype(np.float64), x.astype(np.float64)).astype(np.float32)
    np.testing.assert_array_equal(angles(y, x).view(np.uint32), exact.view(np.uint32))
    broken = angles(np.float32([np.nan, 1]), np.float32([1, np.nan]))
    assert (broken.view(np.uint32) == 0x7FC00000).all()


def test_exp_never_falls_and_log_undoes_it():
    x = np.linspace(-80, 80, 300001, dtype=np.float32)
    y = apply("exp", x)
    assert (np.diff(y) >= 0).all()
    assert np.abs(apply("log", y).astype(np.float64) - x).max() < 5e-6
    half = np.linspace(0, 0.5, 200001, dtype=np.float32)
    q = apply("ndtri", half)
    assert (np.diff(q) >= 0).all()


SWEEP = """
#include "maths.h"
#include <stdio.h>
int main(void) {
  uint32_t (*f[])(uint32_t) = {emlrt_exp, emlrt_expm1, emlrt_log, emlrt_log1p,
      emlrt_logistic, emlrt_tanh, emlrt_sqrt, emlrt_erf, emlrt_ndtri, emlrt_cos};
  uint32_t sum = 0;
  uint64_t x;
  int i;
  for (i = 0; i < 10; i++)
    for (x = 0; x < UINT64_C(0x100000000); x += 30011)
      sum = ((sum & 0x1FFFFFF) << 7 | sum >> 25) ^ f[i]((uint32_t)x);
  for (x = 0; x < UINT64_C(0x100000000); x += 30011)
    sum = ((sum & 0x1FFFFFF) << 7 | sum >> 25) ^
          emlrt_atan2((uint32_t)x, (uint32_t)(x >> 3) ^ 0x3F800000);
  printf("%08x\\n", (unsigned)sum);
  return 0;
}
"""
# What cores without a wide multiplication or 64-bit registers compile.
SMALL = {
    "defined(__thumb__) && !defined(__thumb2__)": "1",
    "UINTPTR_MAX > 0xFFFFFFFF": "0",
}


def test_no_undefined_behaviour_and_small_cores_agree(tmp_path):
    """Every sanitizer, wraps among them, over a sweep of all functions."""
    found = []
    for variant in ({}, SMALL):
        folder = tmp_path / f"variant{len(variant)}"
        folder.mkdir()
        shutil.copytree(host.C / "src", folder / "src")
        for path in sorted((folder / "src").rglob("*.[ch]")):
            text = path.read_text()
            for old, new in variant.items():
                text = text.replace(old, new)
            path.write_text(text)
        (folder / "sweep.c").write_text(SWEEP)
        maths = folder / "src/maths"
        files = [*sorted(maths.glob("maths_*.c")), folder / "sweep.c"]
        command = [host.need(host.CLANG), "-std=c99", *host.SANITIZE, host.INCLUDE]
        host.must([*command, f"-I{maths}", *files, "-o", folder / "sweep"])
        found.append(host.must([folder / "sweep"]))
    assert found[0] == found[1]


# Costs


#: Most instructions of a call on Cortex-M0, of inputs from 0.001 to 0.999.
LIMITS = {"exp": 400, "log": 700, "tanh": 900, "logistic": 800, "sqrt": 400}


@pytest.mark.parametrize("name", LIMITS)
def test_instructions_on_the_smallest_core(name):
    host.need("arm-none-eabi-gcc")
    target = TARGETS["cortex-m0"]
    sources = sorted((host.C / "src/maths").glob("maths_*.c"))
    with build.scratch_dir() as work:
        parts = build.objects(target, sources, build.Options())
        image = build.link(target, parts, work, roots=[f"emlrt_{name}"])
    machine = Machine(target, image, stack=False)
    x = np.random.default_rng(1).uniform(0.001, 30, 100).astype(np.float32)
    want = apply(name, x).view(np.uint32)
    for bits, result in zip(x.view(np.uint32).tolist(), want.tolist(), strict=True):
        assert machine.call(f"emlrt_{name}", bits) & 0xFFFFFFFF == result
        assert machine.instructions <= LIMITS[name]


# The same bits whatever the flags


FAST = ["-O3", "-ffast-math", "-ffp-contract=fast"]
RUNNER = Path(__file__).parents[1] / "host_targets" / "scores.c"


def many_rows(model, count=64):
    """Rows of all magnitudes, odd ones among them."""
    rng = np.random.default_rng(3)
    n = model.n_features_in_
    x = rng.normal(0, 1, (count, n)) * np.exp(rng.normal(0, 4, (count, n)))
    return x.astype(np.float32)


# Dense layers, scalings, mixtures, and everything of maths.h.
PREFIXES = ("maths-", "affine-", "nets-", "gauss-")


def numeric_cases():
    return [
        case
        for case in cases()
        if case.name.startswith(PREFIXES) and case.model.input_dtype == np.float32
    ]


def inputs_of(case):
    return np.concatenate([case.rows, many_rows(case.model)])


# Each with the flags that make quotients estimates on its processor. QEMU runs what
# is not compiled for this one.
HERE = ["-march=native"]
LOW = [f"-mlow-precision-{what}" for what in ("div", "sqrt", "recip-sqrt")]
ESTIMATES = {
    "gcc": ("gcc", [*HERE, "-mrecip"], None),
    "clang": (host.CLANG, [*HERE, "-mrecip=all"], None),
    "aarch64": ("aarch64-linux-gnu-gcc", LOW, "qemu-aarch64"),
}


@pytest.mark.parametrize("name", ESTIMATES)
def test_fast_math_changes_no_bit(name, tmp_path):
    """Batches of every small numeric model, compiled as badly as can be."""
    compiler, flags, emulator = ESTIMATES[name]
    if emulator is None and platform.machine() not in ("x86_64", "AMD64"):
        flags = []
    host.need(compiler)
    # Linked without the flags: with them, programs for some processors flush
    # subnormal numbers to zero from their start, and emlrt_open says so.
    command = [compiler, "-std=gnu11", *FAST, *flags, "-w", host.INCLUDE]
    host.must([*command, "-c", *emlrt.get_sources(), RUNNER], cwd=tmp_path)
    out = tmp_path / "scores"
    host.must([compiler, "-static", *sorted(tmp_path.glob("*.o")), "-o", out])
    arguments, want = [], []
    for case in numeric_cases():
        x = inputs_of(case)
        files = [tmp_path / f"{case.name}.eml", tmp_path / f"{case.name}.rows"]
        files[0].write_bytes(bytes(case.model))
        files[1].write_bytes(x.tobytes())
        arguments += files
        want += [row.view(np.uint32) for row in case.model._runtime.scores(x)]
    command = [host.need(emulator), out] if emulator else [out]
    lines = host.must([*command, *arguments]).splitlines()
    runs = [line.split()[1:] for line in lines if line.startswith("run")]
    assert len(runs) == len(want) > 2000
    for got, row in zip(runs, want, strict=True):
        assert got == [f"{bits:08x}" for bits in np.atleast_1d(row)]


def test_one_function_divides_floats(tmp_path):
    """With emlrt_div a call, no file needs a float division, or a root."""
    compiler = host.need("arm-none-eabi-gcc")
    src = tmp_path / "src"
    shutil.copytree(host.C / "src", src)
    path = src / "maths/numeric.h"
    text = path.read_text()
    assert text.count("quotient = a / divisor;") == 1
    text = text.replace("a / divisor;", "elsewhere(a, divisor);")
    path.write_text(text.replace("#endif", "float elsewhere(float, float);\n#endif", 1))
    command = [compiler, "-std=c99", "-mthumb", "-mcpu=cortex-m0", "-w", host.INCLUDE]
    host.must([*command, "-c", *sorted(src.rglob("*.c"))], cwd=tmp_path)
    names = host.must(["arm-none-eabi-nm", "-u", *sorted(tmp_path.glob("*.o"))])
    assert "elsewhere" in names
    assert not re.search(r"__aeabi_[fd]div|\b_*sqrtf?\b", names)


@pytest.mark.parametrize("core", ["cortex-m4f", "rv32imac"])
def test_fast_math_changes_no_bit_on_cores(core):
    target = TARGETS[core]
    host.need(target.compiler)
    options = build.Options(opt="-O3", std="gnu11", flags=tuple(FAST[1:]))
    ops = {stage.name.lower() for c in numeric_cases() for stage in c.model.stages}
    with build.scratch_dir() as work:
        parts = build.with_ops(target, sorted(ops), options, work)
        roots = ["emlrt_open", "emlrt_run", "emulate_ops", "emulate_model"]
        image = build.link(target, parts, work, roots=roots)
    machine = Machine(target, image, count=False)
    model, ops_at = (image.address(f"emulate_{what}") for what in ("model", "ops"))
    for case in numeric_cases():
        content, x = bytes(case.model), inputs_of(case)[:40]
        rom = machine.place_rom(content)
        assert machine.call("emlrt_open", model, rom, len(content), ops_at) == 0
        want = case.model._runtime.scores(x).reshape(len(x), -1).view(np.uint32)
        size = max(case.model.scratch_bytes, 8)
        at = [machine.allocate(n) for n in (x[0].nbytes, want[0].nbytes, size)]
        for row, scores in zip(x, want, strict=True):
            machine.write(at[0], row.tobytes())
            rest = (at[0], len(row), at[1], len(scores), at[2], size)
            assert machine.call("emlrt_run_as", model, 0, *rest) == 0
            got = np.frombuffer(machine.read(at[1], 4 * len(scores)), np.uint32)
            np.testing.assert_array_equal(got, scores, case.name)
        machine.release()


# Ops against numpy in float64


def scores(op, x, n_out, payload=b""):
    graph = Graph(x.shape[1])
    y = graph.stage(op, graph.input, n_out, payload)
    model = Model(blob.write(program_of(graph, OutputSpec("values", y), [])))
    return model._runtime.scores(np.ascontiguousarray(x, np.float32)).reshape(
        len(x), -1
    )


def relu(x, slope, threshold, top):
    y = np.where(x > threshold, x, slope * (x - threshold))
    return np.minimum(y, top)


def yeo_johnson(x, power):
    size = np.log1p(np.abs(x))
    power = np.where(x < 0, 2 - power, power)
    with np.errstate(all="ignore"):
        y = np.where(power == 0, size, np.expm1(power * size) / power)
    return np.copysign(y, x)


OPS = {
    "abs": (np.abs, b""),
    "square": (np.square, b""),
    "reciprocal": (np.reciprocal, b""),
    "softplus": (lambda x: np.logaddexp(0, x), b""),
    "softsign": (lambda x: x / (1 + np.abs(x)), b""),
    "silu": (lambda x: x * logistic(x), b""),
    "gelu": (lambda x: 0.5 * x * (1 + special.erf(x / np.sqrt(2))), b""),
    "relu": (
        lambda x: relu(x, 0.25, -1.5, 2.5),
        struct.pack("<I3f", 1, 0.25, -1.5, 2.5),
    ),
    "elu": (lambda x: 1.5 * np.where(x > 0, x, 0.5 * np.expm1(x)), floats([0.5, 1.5])),
    "clip": (lambda x: np.clip(x, -0.5, 1.25), floats([-0.5, 1.25])),
}


@pytest.mark.parametrize("op", OPS)
def test_ops_against_float64(op):
    function, payload = OPS[op]
    rng = np.random.default_rng(4)
    x = (rng.normal(0, 1, (10000, 4)) * np.exp(rng.normal(0, 2, (10000, 4)))).astype(
        np.float32
    )
    with np.errstate(over="ignore"):
        want = function(x.astype(np.float64))
    got = scores(op, x, 4, payload)
    # An absolute error where 1 + s cancels, as the original has it too.
    slack = np.abs(x) if op == "gelu" else np.abs(want)
    assert (np.abs(got - want) <= 4e-7 * slack + 1e-43).all()


def test_gelu_by_tanh():
    x = np.linspace(-8, 8, 40000, dtype=np.float32).reshape(-1, 4)
    wide = x.astype(np.float64)
    inner = np.sqrt(2 / np.pi) * (wide + 0.044715 * wide**3)
    want = 0.5 * wide * (1 + np.tanh(inner))
    assert np.abs(scores("gelu_tanh", x, 4) - want).max() < 1e-6


@pytest.mark.parametrize("power", [-3, -1, -1e-6, 0, 1e-7, 0.5, 1, 2, 2.25, 5])
def test_powers(power):
    rng = np.random.default_rng(5)
    x = rng.normal(0, 3, (5000, 2)).astype(np.float32)
    wide = x.astype(np.float64)
    payload = struct.pack("<I4f", 1, power, power, 2 - power, 2 - power)
    want = yeo_johnson(wide, np.float64(power))
    np.testing.assert_allclose(scores("power", x, 2, payload), want, rtol=4e-6)
    x, wide = np.abs(x), np.abs(wide)
    want = special.boxcox(wide, power)
    got = scores("power", x, 2, struct.pack("<I2f", 0, power, power))
    # Where log crosses 0 the result does, and the largest errors are there.
    np.testing.assert_allclose(got, want, rtol=8e-6)


def test_softmax_and_logsumexp():
    rng = np.random.default_rng(6)
    for n in (1, 2, 3, 10, 100):
        for scale in (1e-6, 1, 30, 1e6):
            x = (rng.normal(0, 1, (200, n)) * scale).astype(np.float32)
            wide = x.astype(np.float64)
            p = scores("softmax", x, n)
            assert np.abs(p - special.softmax(wide, axis=1)).max() < 5e-7
            total = scores("logsumexp", x, 1)[:, 0]
            want = special.logsumexp(wide, axis=1)
            size = np.maximum(np.abs(wide).max(axis=1), 1)
            assert (np.abs(total - want) <= 3e-7 * size * (1 + np.log(n))).all()


def test_softmax_of_infinities():
    inf, nan = np.inf, np.nan
    x = np.array([[inf, 0, inf], [-inf] * 3, [0, -inf, 0], [nan, 0, 1], [nan] * 3])
    want = [[0.5, 0, 0.5], [1 / 3] * 3, [0.5, 0, 0.5], [nan] * 3, [nan] * 3]
    np.testing.assert_array_equal(scores("softmax", x, 3), np.array(want, np.float32))
    got = scores("logsumexp", x, 1)[:, 0]
    np.testing.assert_array_equal(got[[0, 1, 3, 4]], [inf, -inf, nan, nan])


@pytest.mark.parametrize(("norm", "order"), [(1, 1), (2, 2), (3, np.inf)])
def test_normalize_at_any_scale(norm, order):
    rng = np.random.default_rng(7)
    payload = struct.pack("<HH", norm, 0)
    for scale in (1e-30, 1, 1e30):
        x = (rng.normal(0, 1, (500, 7)) * scale).astype(np.float32)
        x[0] = 0
        wide = x.astype(np.float64)
        size = np.linalg.norm(wide, order, axis=1, keepdims=True)
        want = wide / np.where(size == 0, 1, size)
        got = scores("normalize", x, 7, payload)
        np.testing.assert_allclose(got, want, rtol=5e-7)


def test_normalize_by_sums():
    x = np.array([[1, 3], [0, 0], [2, -1]], np.float32)
    got = scores("normalize", x, 2, struct.pack("<HH", 4, 1))
    np.testing.assert_array_equal(got, [[0.25, 0.75], [0.5, 0.5], [2, -1]])


def test_winner_both_and_step():
    nan = np.nan
    x = np.array([[1, 1, nan, nan], [nan, -0.0, 0, -1]], np.float32)
    got = scores("onehot_argmax", x, 4, struct.pack("<I", 2))
    np.testing.assert_array_equal(got, [[1, 0, 1, 0], [0, 1, 1, 0]])
    got = scores("onehot_argmax", x, 4)
    np.testing.assert_array_equal(got, [[1, 0, 0, 0], [0, 1, 0, 0]])
    got = scores("complement", x[:, :2], 4)
    np.testing.assert_array_equal(got, [[0, 1, 0, 1], [nan, nan, 1, 0]])
    got = scores("step", x, 4, floats([0, -1, -1, -1]))
    np.testing.assert_array_equal(got, [[1, 1, 0, 0], [0, 1, 1, 0]])


def test_every_op_has_a_case():
    ours = set(maths.MAPS) | {op for op, _ in maths.PAYLOADS.values()}
    codes = constants("EMLRT_OP_").items()
    all_of_them = {name.lower() for name, code in codes if code >> 24 in (3, 4)}
    # ARGMAX is another family's.
    assert ours | {"logsumexp", "complement"} == all_of_them - {"argmax"}
