# SPDX-License-Identifier: MIT
"""The host's layouts: the bits of emlrt_run for any blob, in little memory."""

from pathlib import Path

import pytest
from c.blobs import F32, U8
from c.hostile_ops import signal_stream
from c.kept_blobs import kept_blobs
from c.op_codes import OP
from c.random_programs import programs
from c.relations import ABS, LONE, minus_zero, whole
from c.stages import Step, program, x, y

from c import build, host
from emlrt import native

GOLDEN = Path(__file__).parents[1] / "golden/v1"


def golden() -> list[bytes]:
    return [path.read_bytes() for path in sorted(GOLDEN.rglob("*.eml"))]


def test_golden_blobs() -> None:
    uses = host.use(golden())
    assert not any(use.status for use in uses)
    assert sum(use.stages for use in uses) > 50


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain")
    return build.plain(folder / "host", "host.c", "memory")


def test_rows_of_models_that_keep_state(plain: Path) -> None:
    assert not any(use.status for use in host.use(kept_blobs()))
    host.use(kept_blobs(), plain)


def test_bad_programs_that_keep_state() -> None:
    uses = host.use(blob for _, blob in signal_stream.cases())
    assert sum(use.status != 0 for use in uses) > 5


def check_programs(seed: int, n: int, program: Path | None) -> None:
    uses = host.use(programs(seed, n), program)
    assert sum(use.status == 0 for use in uses) > n * 0.95
    assert sum(use.through > 0 for use in uses) > n / 20
    assert sum(use.left_out > 0 for use in uses) > n / 10
    assert sum(use.stages for use in uses) > 2 * n


def test_programs_that_no_converter_writes() -> None:
    check_programs(1, 2500, None)


def test_the_same_as_the_extension_has_it(plain: Path) -> None:
    check_programs(2, 2500, plain)
    host.use(golden(), plain)


def test_dense_biases_of_minus_zero(plain: Path) -> None:
    """On any number of rows."""
    host.use([whole(minus_zero())])
    host.use([whole(minus_zero())], plain)


@pytest.mark.parametrize("standard", ["c99", "gnu11"])
def test_clang_has_nothing_to_say(standard: str, tmp_path: Path) -> None:
    files = [*build.host_sources(), build.C / "host/memory/memory.c"]
    command = [build.need(build.CLANG), f"-std={standard}", "-O1", *build.WARNINGS]
    build.must([*command, build.INCLUDE, build.HOST, "-c", *files], cwd=tmp_path)


def test_headers_in_cplusplus(tmp_path: Path) -> None:
    source = tmp_path / "headers.cc"
    names = ("emlrt_host.h", "float_state.h", "flow.h", "batch.h")
    source.write_text("".join(f'#include "{name}"\n' for name in names))
    command = [build.need("g++"), "-std=c++11", *build.CPLUSPLUS, build.INCLUDE]
    build.must([*command, build.HOST, "-fsyntax-only", source])


def test_misaligned_arrays_are_refused() -> None:
    ffi, lib = native.ffi, native.lib
    steps = [Step(ABS, b"", x(0, 2), y(0, 2))]
    runtime = native.Runtime(program(steps, F32, 2, 2))
    memory = ffi.new("int64_t[]", 40)
    aligned, odd = (ffi.cast("char *", memory) + k for k in (0, 1))
    run, align = lib.emlrt_host_run, lib.EMLRT_ERR_ALIGN
    assert run(runtime._model, runtime.layout(), aligned, 3, aligned + 160) == 0
    assert run(runtime._model, runtime.layout(), odd, 3, aligned + 160) == align
    assert run(runtime._model, runtime.layout(), aligned, 3, odd + 160) == align
    floats = [ffi.cast("float *", at) for at in (aligned, odd, aligned + 160)]
    apply = lib.emlrt_host_apply
    assert apply(ABS, floats[0], 2, 2, floats[2], 2) == 0
    assert apply(ABS, floats[1], 2, 2, floats[2], 2) == align
    assert apply(ABS, floats[0], 2, 2, floats[1], 2) == align
    assert lib.emlrt_host_scan(floats[1], 9) == 0
    votes = Step(OP["trees_vote_u8"], LONE, x(0, 1), y(0, 1))
    runtime = native.Runtime(program([votes], U8, 1, 1))
    classes = [ffi.cast("int64_t *", at + 160) for at in (aligned, odd)]
    classify = lib.emlrt_host_classify
    assert classify(runtime._model, runtime.layout(), odd, 2, classes[0]) == 0
    assert classify(runtime._model, runtime.layout(), odd, 2, classes[1]) == align


def test_one_op_with_any_counts() -> None:
    """No op runs on counts that its check, or the format, refuses."""
    ffi, lib = native.ffi, native.lib
    codes = native.constants("EMLRT_OP_").values()
    memory = ffi.new("float[]", 64), ffi.new("float[]", 64)
    done = 0
    for code in {*codes, 0}:
        for n_in in (0, 1, 2, 6, 1 << 28, 1 << 32):
            for n_out in (0, 1, 2, 12, 1 << 28, 1 << 32):
                n = 3 if max(n_in, n_out) < 20 else 0
                status = lib.emlrt_host_apply(
                    code, memory[0], n, n_in, memory[1], n_out
                )
                assert status != 0 or min(n_in, n_out) > 0
                done += status == 0
    assert done > 40
