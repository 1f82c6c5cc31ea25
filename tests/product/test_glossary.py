# SPDX-License-Identifier: MIT
"""docs/GLOSSARY.md names code that exists, and words that are gone stay away."""

import re
from pathlib import Path
from pkgutil import resolve_name

import pytest

from emlrt.native import constants

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/GLOSSARY.md"
TEXT = PAGE.read_text(encoding="utf-8")
OPS = {name.lower() for name in constants("EMLRT_OP_")}
#: Names of other projects' code, and words of options and suffixes.
OTHERS = re.findall(
    r"\S+",
    """
    softmax argmax one_hot gather clip vote soft sum add strip check run char
    f32 i32 i16 u8 u8m f32w i32w i16w u8w u8c i16c u32
    float32 int32 int16 uint8 uint32 encoding="bins"
    classes_ n_classes_ n_outputs_ _fit_X covariance_type predict_proba
    PolynomialFeatures OneVsOneClassifier BisectingKMeans ndtri multiclass_probability
    FAMILY_LEAF_DTYPE .eml port.h Model EMLRT_OP_ EMLRT_OUTPUT_* EMLRT_OP_*
    """,
)


def definitions():
    """The tables of words, without that of words that are gone."""
    return TEXT.partition("## Words that are gone")[0]


def gone():
    """The words that are gone, with the words to use."""
    lines = TEXT.partition("## Words that are gone")[2].splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return dict(rows[1:])


def c_sources():
    return "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("c/include", "c/src", "c/host")
        for path in sorted((ROOT / folder).rglob("*.[ch]"))
    )


def exists(name, c):
    """Whether code in backticks is a path, an op, or a name of Python or C."""
    if name.startswith("emlrt."):
        return resolve_name(name) is not None
    if "/" in name:
        return (ROOT / name).exists()
    if name.lower() in OPS:
        return True
    struct, _, field = name.partition(".")
    words = [struct, field] if field else [struct]
    return all(re.search(rf"\b{re.escape(word)}\b", c) for word in words)


def test_every_name_exists():
    c = c_sources()
    names = set(re.findall(r"`([^`\n]+)`", definitions())) - set(OTHERS)
    assert len(names) > 80
    assert not [name for name in sorted(names) if not exists(name, c)]


def test_every_entry_says_what_it_means():
    for line in definitions().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 4 and cells[0] != "word":
            assert cells[1], line


#: A page that quotes C, where some of the words are left; and the page of the words.
QUOTES = {"RELIES.md", "GLOSSARY.md"}
#: Names of C in what Python writes; SPEC's definition; a fuzzing target's name.
ALLOWED = (
    *("uint8_t octets[", "_eml_rom.octets"),
    *("A **byte** is 8 bits, an octet", "*octets* and *words* use"),
)


def ours():
    """Names and texts that must not have the words; of DESIGN.md not its history."""
    paths = [ROOT / f"{name}.md" for name in ("README", "SPEC", "DESIGN", "SECURITY")]
    paths += sorted((ROOT / "src/emlrt").rglob("*.py"))
    paths += (p for p in sorted((ROOT / "docs").glob("*.md")) if p.name not in QUOTES)
    for path in paths:
        text = path.read_text(encoding="utf-8")
        yield path.name, text.partition("\n## History\n")[0]


@pytest.mark.parametrize("word", gone())
def test_words_that_are_gone_stay_away(word):
    for file, text in ours():
        for line in text.splitlines():
            if any(allowed in line for allowed in ALLOWED):
                continue
            found = re.search(rf"\b{re.escape(word)}\b", line)
            assert not found, f"{file}: {gone()[word]}, not {word}: {line.strip()}"


def test_words_to_use_are_used():
    """Else the table misleads."""
    names = [path.name for path in (ROOT / "c").rglob("*.[ch]")]
    names += constants("EMLRT_OP_")
    texts = "\n".join([*(text for _, text in ours()), *names])
    for word in gone().values():
        assert re.search(rf"\b{re.escape(word)}\b", texts), word
