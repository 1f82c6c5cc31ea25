# SPDX-License-Identifier: MIT
"""The folder for C2000 of TI: run on an emulation of chars of 16 bits."""

import re
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from commands import run
from families import cases, stream_cases

import emlrt
from emlrt import Stream
from emlrt.exports import files

HERE = Path(__file__).parent / "c2000"
C = Path(__file__).parents[2] / "c"
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror"]
#: The machine, with memory watched.
CHAR16 = ["-std=c99", "-include", HERE / "char16.h"]


@pytest.fixture(scope="module")
def emulated(tool, tmp_path_factory):
    """A function: lines of scores of models and rows."""
    work = tmp_path_factory.mktemp("char16")
    flags = ["-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    command = [tool("gcc"), *CHAR16, *WARNINGS, *flags, f"-I{C / 'include'}"]
    sources = [*sorted((C / "src").rglob("*.c")), HERE / "emulated.c"]
    run(*command, *sources, "-o", work / "emulated")

    def ask(*given):
        asked = b"".join(packed(*each) for each in given)
        done = subprocess.run([work / "emulated"], input=asked, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().split("\n\n")[:-1]

    return ask


def packed(model, rows, stream):
    """What the driver reads of a model."""
    wide = np.atleast_2d(rows)
    wide = wide.astype(np.uint16) if wide.dtype == np.uint8 else wide
    head = (model.nbytes, *wide.shape, stream, wide.itemsize)
    return struct.pack("<5I", *head) + bytes(model) + wide.tobytes()


def is_wide(model):
    """Whether a stage gives uint8 to another one."""
    return any(stage.name in ("bucketize_u8", "frame_u8") for stage in model.stages)


def texts(scores):
    return ["".join(f"{k:08x}" for k in row.view(np.uint32)) for row in scores]


def test_every_op_has_the_bits_of_python(emulated):
    """By emlrt_run and by prepared calls; the golden vectors pass, too."""
    every = cases()
    found = emulated(*((c.model, c.rows, 0) for c in every))
    for case, said in zip(every, found, strict=True):
        expected = texts(case.model._runtime.scores(case.rows))
        lines = said.split()
        assert (said == "LIMIT") == is_wide(case.model), case.name
        if said == "LIMIT":
            continue
        assert lines[::2] == expected, case.name
        assert lines[1::2] == expected, case.name


def test_every_stream_has_the_bits_of_python(emulated):
    """Twice, with a reset between: it starts from rest again."""
    every = [case for case in stream_cases() if np.isfinite(case.rows).all()]
    found = emulated(*((c.model, c.rows.reshape(1, -1), 1) for c in every))
    for case, said in zip(every, found, strict=True):
        expected = texts(Stream(case.model).push_scores(case.rows.ravel()))
        if said != "LIMIT" or not is_wide(case.model):
            assert said.split() == 2 * expected, case.name


EMULATIONS = {
    "words of 8-bit chars": ["-std=c99", "-DEMLRT_PORT_WORDS16"],
    "16-bit chars": CHAR16,
}


@pytest.mark.parametrize("emulation", EMULATIONS)
def test_the_folder_s_examples_run(emulation, exported, models, tool, tmp_path):
    folder = exported("c2000")
    flags = [*EMULATIONS[emulation], *WARNINGS, "-O0", "-fsanitize=address"]
    sources = [*folder.rglob("*.c")]
    program = tmp_path / "models"
    run(tool("gcc"), *flags, f"-I{folder / 'include'}", *sources, "-o", program)
    lines = run(program).splitlines()
    assert [line for line in lines if line.endswith(": open: OK")] == [
        f"{name}: open: OK" for name in models
    ]
    assert "digits: class 0" in lines
    assert lines[-1] == "all OK"


def test_the_folder_names_no_type_of_8_bits(models):
    """stdint.h of such a machine has none. The host's ports of port.h name one."""
    for path, data in files("c2000", models).items():
        if path.endswith((".c", ".h")) and path != "include/emlrt/port.h":
            code = re.sub(rb"/\*.*?\*/", b"", data, flags=re.DOTALL)
            assert not re.search(rb"\bu?int8_t\b", code), path


def test_a_model_with_uint8_between_its_stages_is_refused(tmp_path):
    (bins, *_) = [case.model for case in cases() if is_wide(case.model)]
    with pytest.raises(ValueError, match=r"m has uint8 between stages \(bucketize_u8"):
        emlrt.export("c2000", tmp_path / "out", {"m": bins})
    assert not (tmp_path / "out").exists()
