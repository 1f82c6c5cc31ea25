# SPDX-License-Identifier: MIT
"""Generated code on emulated cores has the scores of the host, bit for bit."""

import numpy as np
import pytest
from generate.generated import WARNINGS, golden_models, rows_for

from emlrt import embed
from emlrt.emulate import TARGETS, ToolMissing, avr, build
from emlrt.emulate.tools import program
from emlrt.emulate.unicorn_run import Machine

DRIVER = """
#include <avr/io.h>
#define MARK(value) (__extension__({ __asm__ volatile("" ::: "memory"); \\
                                     GPIOR1 = (value); }))
unsigned char test_x[X_BYTES], test_y[Y_BYTES];
int main(void) {
  for (;;) {
    MARK(1);
    MARK(2);
    test_call(test_x, test_y);
    MARK(3);
  }
}
"""


def source(name, model):
    """C text of the model's code, and of `test_call`, which gives its scores."""
    header = embed.code(model, name)
    macro = f"{name.upper()}_CODE_SCRATCH"
    x = {"float32": "float"}.get(model.input_dtype.name, f"{model.input_dtype.name}_t")
    y = "uint32_t" if model.program.score_dtype == 0x06 else "float"
    has = macro in header
    memory = f"static EMLRT_SCRATCH(test_memory, {macro});\n" if has else ""
    call = f"{name}_scores((const {x} *)x, ({y} *)y{', test_memory' if has else ''});"
    return (
        f"{header}{memory}void test_call(const void *x, void *y);\n"
        f"void test_call(const void *x, void *y) {{ {call} }}\n"
    )


def objects(target, model, text, work, driver=""):
    """The compiled code, with the runtime's objects where it calls ops."""
    options = build.Options(opt="-Os", flags=tuple(WARNINGS))
    runtime = "emlrt_op_" in text
    parts = build.compile_text(target, "code.c", text + driver, options, work)
    return parts + (
        build.runtime_objects(target, build.Options(opt="-Os")) if runtime else []
    )


def on_core(name, model, rows, target):
    """Scores of each row on an ARM or RISC-V core."""
    with build.scratch_dir() as work:
        parts = objects(target, model, source(name, model), work)
        image = build.link(target, parts, work, roots=["test_call"])
    machine = Machine(target, image)
    size = 4 * model.n_scores
    x, y = machine.allocate(rows[0].nbytes), machine.allocate(size)
    for row in rows:
        machine.write(x, row.tobytes())
        machine.call("test_call", x, y)
        yield machine.read(y, size)


def on_avr(name, model, rows, target):
    """Scores of each row on an AVR."""
    size = 4 * model.n_scores
    driver = f"#define X_BYTES {rows[0].nbytes}\n#define Y_BYTES {size}\n{DRIVER}"
    with build.scratch_dir() as work:
        parts = objects(target, model, source(name, model), work, driver)
        image = build.link(target, parts, work)
    done = avr.simulate(target, image, rows=rows, x="test_x", y=("test_y", size))
    assert done.code == 0
    return [span.result for span in done.spans]


def chosen():
    """The smallest golden blob of each set of ops, of the ops that become code, and of
    some that stay."""
    found = {}
    for name, model, x in golden_models():
        ops = tuple(stage.name for stage in model.stages)
        trees = any(op.startswith(("trees", "oblivious")) for op in ops)
        small = model.nbytes < 4000 and model.n_features_in_ < 1000
        if small and (trees or len(ops) > 3):
            old = found.get(ops)
            if old is None or model.nbytes < old[1].nbytes:
                found[ops] = (name, model, x)
    several = [one for ops, one in found.items() if len(ops) > 1]
    single = [one for ops, one in found.items() if len(ops) == 1]
    return [*single[::4], *several[::6]]


@pytest.mark.parametrize(
    "core", ["cortex-m0plus", "cortex-m4f", "rv32imac", "atmega1284p"]
)
def test_scores_on_cores(core):
    target = TARGETS[core]
    try:
        program(target.compiler)
    except ToolMissing as error:
        pytest.skip(str(error))
    run = on_avr if target.family == "avr" else on_core
    models = chosen()
    assert len(models) >= 8
    for name, model, x in models:
        rows = rows_for(model, x[:4], 8)[:12]
        found = np.frombuffer(b"".join(run(name, model, rows, target)), np.uint32)
        expected = model._runtime.scores(rows).view(np.uint32)
        np.testing.assert_array_equal(found.reshape(expected.shape), expected, name)
