# SPDX-License-Identifier: MIT
"""The host's layouts: the bits of emlrt_run for any blob, in little memory."""

import struct
from pathlib import Path

import pytest
from c.blobs import F32
from c.random_programs import programs
from c.stages import Step, arena, program, x, y

from c import build, host

pytestmark = pytest.mark.xdist_group("c_host")
DENSE = 0x02110E0E
GOLDEN = Path(__file__).parent / "golden/v1"


def golden() -> list[bytes]:
    return [path.read_bytes() for path in sorted(GOLDEN.rglob("*.eml"))]


def test_golden_blobs() -> None:
    uses = host.use(golden())
    assert not any(use.status for use in uses)
    assert sum(use.stages for use in uses) > 50


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain")
    return build.plain(folder / "host", "host.c", "take")


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


def dense(n_in: int, n_out: int) -> bytes:
    return bytes(4 + 4 * n_out * (n_in + 1))


def test_dense_biases_of_minus_zero(plain: Path) -> None:
    """A sum that starts as -0 may stay -0, in any number of rows."""
    payload = struct.pack("<I15f", 0, *[-0.0] * 5, *[1.0] * 10)
    blob = program([Step(DENSE, payload, x(0, 2), y(0, 5))], F32, 2, 5)
    host.use([blob])
    host.use([blob], plain)


def test_a_thread_needs_little_stack(tmp_path: Path) -> None:
    """16 KiB for all that emlrt_host.h has, whatever the stage."""
    driver = build.plain(tmp_path / "stack", "stack.c", "use_host")
    blobs = dict(enumerate(golden()))
    for n_in, n_out in ((768, 700), (30, 768), (900, 20)):
        step = Step(DENSE, dense(n_in, n_out), x(0, n_in), y(0, n_out))
        blobs[len(blobs)] = program([step], F32, n_in, n_out)
    wide = [Step(0x030B0E0E, b"", x(0, 1), arena(4 * i, 1)) for i in range(3000)]
    wide.append(Step(0x030B0E0E, b"", arena(0, 3000), y(0, 3000)))
    blobs[len(blobs)] = program(wide, F32, 1, 3000, 12000)
    files = build.write_blobs(tmp_path, {str(k): b for k, b in blobs.items()})
    worst = 0
    for path in files:
        for rows in (1, 100):
            status, used = map(int, build.must([driver, path, rows]).split())
            assert status == 0
            worst = max(worst, used)
    assert 1000 < worst <= 16384
