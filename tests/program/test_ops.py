# SPDX-License-Identifier: MIT
"""What an op of format.h must have elsewhere; each sentence says what is missing."""

import json
import re
import struct
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from c.hostile import hostile
from c.relies import ROWS
from docs_scripts import loaded
from families import cases, stream_cases
from spec_ops import keepers, load

ROOT = Path(__file__).resolve().parents[2]


ops = loaded("ops")
#: No stage has it: emlrt_classify takes it from the list of ops.
NO_STAGE = "argmax"


def codes_of(blob: bytes) -> Iterator[int]:
    """The ops of a blob's stages, as far as the blob has them."""
    if len(blob) < 48:
        return
    outputs, stages = struct.unpack_from("<HH", blob, 40)
    for k in range(stages):
        at = 48 + 4 * outputs + 28 * k + 4
        if at + 4 <= len(blob):
            yield struct.unpack_from("<I", blob, at)[0]


@cache
def refused() -> set[int]:
    """Ops of hostile blobs whose payload is refused."""
    blobs = (blob for blob, status in hostile().values() if status == "PAYLOAD")
    return {code for blob in blobs for code in codes_of(blob)}


@cache
def of_families() -> set[str]:
    every = [*cases(), *stream_cases()]
    return {stage.name for case in every for stage in case.model.stages}


@cache
def of_golden_blobs() -> set[str]:
    index = json.loads((ROOT / "tests/golden/v1/index.json").read_text())
    return {name for entry in index.values() for name in entry["ops"]}


@cache
def spec_text() -> str:
    """SPEC.md without the tables of ops."""
    text = (ROOT / "SPEC.md").read_text(encoding="utf-8")
    return re.sub(r"^\| `EMLRT_OP_\w+` \| 0x.*\n", "", text, flags=re.M)


def in_spec(name: str) -> bool:
    """SPEC.md describes an op under its constant, its name in bold or in the first cell
    of a table, or the head of its payload."""
    forms = (
        f"`EMLRT_OP_{name.upper()}`",
        f"**{name}**",
        f"\n| {name} |",
        f"`emlrt_{name}`",
    )
    return any(form in spec_text() for form in forms)


def is_refused(op) -> bool:
    """A hostile blob breaks a rule of the op; of a forest, of its leaves and walk."""
    if not op.is_forest:
        return op.code in refused()
    parts = [
        other.name.split("_")[1:] for other in ops.ops() if other.code in refused()
    ]
    leaves, walk = op.name.split("_")[1:]
    forests = [part for part in parts if len(part) == 2]
    return leaves in {a for a, _ in forests} and walk in {b for _, b in forests}


#: What is asked of an op, and the sentence where it does not hold.
PLACES: dict[str, tuple[Callable[..., bool], str]] = {
    "C file": (ops.is_defined, ops.UNDEFINED),
    "SPEC": (
        lambda op: op.is_forest or in_spec(op.name),
        "SPEC.md does not describe `EMLRT_OP_{NAME}`: add a paragraph to section 17,"
        " in the part on c/src/{folder}",
    ),
    "second reader": (
        lambda op: (
            op.is_forest or op.name == NO_STAGE or op.code in {*load(), *keepers()}
        ),
        "no module of tests/spec_ops computes {name}: write it from SPEC.md alone, and"
        ' add `"{name}": {name},` to the OPS of the family\'s module',
    ),
    "hostile blob": (
        lambda op: is_refused(op),
        "no blob of tests/c/hostile_ops breaks a rule of emlrt_check_{name}: add one"
        " per rule to `cases` of the family's module",
    ),
    "row of relies": (
        lambda op: any(
            row.is_of(op.name) and "*" not in row.run.split() for row in ROWS
        ),
        "no row of tests/c/relies names {name}: add a row per fact that its run"
        " relies on, then run `python docs/relies.py`",
    ),
    "family case": (
        lambda op: op.name == NO_STAGE or op.name in of_families() | _forests(),
        "no case of tests/families uses {name}: add a Case to the family's CASES",
    ),
    "golden blob": (
        lambda op: op.name == NO_STAGE or op.name in of_golden_blobs(),
        "no blob of tests/golden/v1 uses {name}: run `python tests/golden/make.py`"
        " once a case of tests/families has the op",
    ),
    "size": (
        lambda op: (
            f"| `{op.name}` |" in (ROOT / "docs/SIZES.md").read_text(encoding="utf-8")
        ),
        "docs/SIZES.md has no row `{name}`: run `make sizes`",
    ),
}


@cache
def _forests() -> set[str]:
    """Trees ops have cases of their own (tests/c/blobs.py, tests/golden/make.py)."""
    return {op.name for op in ops.ops() if op.is_forest}


def missing(op) -> list[str]:
    """A sentence for each place that lacks an op."""
    words = {"name": op.name, "NAME": op.name.upper(), "folder": op.folder}
    return [
        f"format.h has EMLRT_OP_{op.name.upper()}, but {sentence.format(**words)}"
        for holds, sentence in PLACES.values()
        if not holds(op)
    ]


def test_codes_are_of_one_op_each_and_of_a_family() -> None:
    wrong = list(ops.wrong_codes(ops.ops()))
    assert not wrong, "\n" + "\n".join(wrong)


def test_wrong_codes_are_told() -> None:
    known = ops.Op("power", 0x03170E0E)
    (twice,) = ops.wrong_codes([known, ops.Op("sign", 0x03170E0E)])
    assert "EMLRT_OP_SIGN and EMLRT_OP_POWER" in twice
    (family,) = ops.wrong_codes([ops.Op("fft", 0x7E010E0E)])
    assert "EMLRT_OP_FFT" in family
    assert "FOLDERS in docs/ops.py" in family
    (dtype,) = ops.wrong_codes([ops.Op("half", 0x03FF0E01)])
    assert "DTYPES in docs/ops.py" in dtype


def test_every_file_follows_format_h() -> None:
    if list(ops.wrong_codes(ops.ops())):
        pytest.skip("no file can be made of the codes")
    stale = ops.stale()
    assert not stale, "\n".join(stale)


def test_no_op_lacks_a_place() -> None:
    wrong = [sentence for op in ops.ops() for sentence in missing(op)]
    assert not wrong, "\n" + "\n".join(wrong)


def test_an_op_that_is_nowhere_is_missed_in_every_place() -> None:
    told = missing(ops.Op("imaginary", 0x03FF0E0E))
    assert len(told) == len(PLACES)
    for sentence in told:
        assert re.search(r"\bimaginary\b|EMLRT_OP_IMAGINARY", sentence)
        assert re.search(r"c/src/elementwise|SPEC\.md|tests/|docs/", sentence)


def test_families_are_folders() -> None:
    codes = [op.code for op in ops.ops()]
    assert len(codes) > 100
    empty = set(ops.FOLDERS) - {code >> 24 for code in codes}
    assert not empty, "FOLDERS of docs/ops.py has families without an op in format.h"
    folders = {path.name for path in (ROOT / "c/src").iterdir() if path.is_dir()}
    named = set(ops.FOLDERS.values()) | {"core", "maths", "answers"}
    assert named == folders, "FOLDERS of docs/ops.py are not the folders of c/src"


@pytest.mark.parametrize("path", ops.MADE, ids=lambda path: path.name)
def test_a_stale_file_is_named(path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ops.MADE, path, lambda: "something else")
    (sentence,) = ops.stale()
    assert sentence.startswith(str(path.relative_to(ROOT)))
    assert "make ops" in sentence


def test_the_worked_example_fits_the_files() -> None:
    """The lines of CONTRIBUTING.md's edits that are not new are in their files."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    edits = re.findall(r"^   ```diff\n   --- (\S+)\n(.*?)^   ```$", text, re.M | re.S)
    assert len(edits) >= 8
    if any(op.name == "sign" for op in ops.ops()):
        pytest.skip("the example is being tried")
    for name, lines in edits:
        stale = (
            f"the example in CONTRIBUTING.md does not fit {name} any more: bring its"
        )
        stale += " lines around the edit up to date"
        old = [line[4:] for line in lines.splitlines() if line[3:4] in ("-", " ")]
        if old:
            text = (ROOT / name).read_text(encoding="utf-8")
            assert text.count("".join(old)) == 1, stale
        else:
            assert not (ROOT / name).exists(), stale
