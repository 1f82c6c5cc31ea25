# SPDX-License-Identifier: MIT
"""The same bits through every way of reading the blob, and from Python."""

from pathlib import Path

import pytest
from c.blobs import inputs, samples
from c.targets import CASES, compiled

from c import build, kept

#: How the programs around the runtime are compiled; and the runtime, unless it is
#: one of targets.py.
PORTS = {
    "gcc": ["gcc", "-std=c99", "-O2"],
    "gnu11": ["gcc", "-std=gnu11", "-O0"],
    "clang": [build.CLANG, "-std=c99", "-O2"],
    "octets": ["gcc", "-std=c99", "-O2", "-DEMLRT_PORT_OCTETS"],
    "aligned": ["gcc", "-std=c99", "-O2", "-DEMLRT_PORT_WORDS"],
    "words": ["gcc", "-std=c99", "-O2", *build.WORD_PORT],
    "words_fast": [build.CLANG, "-std=gnu11", "-O3", *build.WORD_PORT],
}
TARGET_OF = {
    "gcc": "gcc-O2",
    "clang": "clang",
    "octets": "gcc-octets",
    "aligned": "gcc-aligned",
    "words": "gcc-words",
}


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The samples, with 25 golden vectors each that blobs.py worked out."""
    made = {}
    for seed, (name, blob) in enumerate(samples().items()):
        blob.meta = [blob.golden(inputs(seed + 100, blob, 25))]
        made[name] = blob.bytes()
    return build.write_blobs(tmp_path_factory.mktemp("ports"), made)


def runtime(port: str) -> list[Path]:
    """Objects of the runtime, as others may have compiled them."""
    if port in TARGET_OF:
        target = TARGET_OF[port]
        standards = [standard for name, standard in CASES if name == target]
        return compiled(target, standards[0])
    compiler, *flags = PORTS[port]
    command = [build.need(compiler), *flags, build.INCLUDE, f"-I{build.HERE}"]
    return kept.objects(command, build.sources())


def printed(port: str, blobs: list[Path], folder: Path) -> str:
    """What scores.c, built for a port, prints of the blobs."""
    compiler, *flags = PORTS[port]
    files = [*runtime(port), *build.USE, build.HERE / "scores.c"]
    include = [build.INCLUDE, f"-I{build.HERE}", "-no-pie"]
    out = folder / port
    build.must([build.need(compiler), *flags, *include, *files, "-o", out])
    return build.must([out, *blobs])


@pytest.fixture(scope="module")
def expected(blobs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> str:
    return printed("gcc", blobs, tmp_path_factory.mktemp("port"))


def test_python_agrees(expected: str, blobs: list[Path]) -> None:
    """Golden vectors come from blobs.py, which shares nothing with the C."""
    lines = expected.splitlines()
    assert [s for s in lines if s.startswith("self")] == ["selftest 0"] * len(blobs)
    assert len(set(lines)) > 4 * len(blobs)  # the inputs make a difference


@pytest.mark.parametrize("port", [name for name in PORTS if name != "gcc"])
def test_ports_agree(
    port: str, blobs: list[Path], expected: str, tmp_path: Path
) -> None:
    assert printed(port, blobs, tmp_path) == expected


ODD = """
#include <emlrt/emlrt.h>
#include <stdio.h>
static unsigned char octets[1 << 16];
static EMLRT_SCRATCH(scratch, 4096);
int main(int argc, char **argv) {
  emlrt_model model;
  uint32_t size;
  FILE *file = fopen(argv[argc - 1], "rb");
  size = (uint32_t)fread(octets + 1, 1, sizeof octets - 1, file);
  fclose(file);
  if (emlrt_open(&model, octets + 1, size, emlrt_all_ops) != EMLRT_OK) return 1;
  if (emlrt_verify(&model) != EMLRT_OK) return 2;
  return emlrt_selftest(&model, scratch, sizeof scratch) != EMLRT_OK;
}
"""


@pytest.mark.parametrize(("port", "code"), [("octets", 0), ("clang", 1)])
def test_octets_may_lie_anywhere(
    port: str, code: int, blobs: list[Path], tmp_path: Path
) -> None:
    """At an odd address, with every misaligned access trapped; others refuse."""
    flags = ["-DEMLRT_PORT_OCTETS"] if port == "octets" else []
    flags += ["-fsanitize=alignment,undefined", "-fno-sanitize-recover=all"]
    (tmp_path / "odd.c").write_text(ODD)
    command = [build.need(build.CLANG), "-std=c99", "-O0", *flags, build.INCLUDE]
    files = [*kept.objects(command, build.sources()), tmp_path / "odd.c"]
    build.must([*command, *files, "-o", tmp_path / "odd"])
    for blob in blobs:
        assert build.run([tmp_path / "odd", blob]).returncode == code, blob.name
