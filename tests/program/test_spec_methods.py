# SPDX-License-Identifier: MIT
"""Section 9 of SPEC.md and the reader of methods say the same."""

import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import spec_methods
from families import cases
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from spec_methods import labels, result
from spec_reader import Blob

from emlrt import FormatError, Model, methods
from emlrt import blob as blobs
from emlrt._native import lib
from emlrt.blob import Program
from emlrt.metadata import Metadata
from emlrt.native import constants

ROOT = next(p for p in Path(__file__).parents if (p / "SPEC.md").is_file())
SPEC = (ROOT / "SPEC.md").read_text(encoding="utf-8")
SECTION = SPEC.partition("\n## 9. ")[2].partition("\n### Inputs")[0]


def rows_of(text, *head):
    """The rows of the one table with such a head."""
    start = f"| {' | '.join(head)} |\n|{'---|' * len(head)}\n"
    assert text.count(start) == 1
    lines = text.partition(start)[2].partition("\n\n")[0].splitlines()
    return [[c.strip() for c in re.split(r"(?<!\\)\|", r)[1:-1]] for r in lines]


def codes(cell):
    return [code.replace("\\|", "|") for code in re.findall("`([^`]+)`", cell)]


SOURCES = [
    code for cell, _ in rows_of(SECTION, "source", "numbers") for code in codes(cell)
]
CHANGE_ROWS = rows_of(SECTION, "change", "each number, or row of numbers")
CHANGES = [code for cell, _ in CHANGE_ROWS for code in codes(cell)]


# SPEC's grammar as a regular expression


TOKEN = re.compile(r'"[^"]*"|%x[0-9A-F]+-[0-9A-F]+|\d*\*\d*|\w+|[\[\]()/]')


def grammar():
    """Rules of the section's ABNF: {name: tokens}."""
    (block,) = re.findall(r"^```abnf\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
    joined = re.sub(r"\n +", " ", block)
    rules = dict(re.split(r" *= ", line, maxsplit=1) for line in joined.splitlines())
    return {name: TOKEN.findall(rule) for name, rule in rules.items()}


def pattern(name, rules):
    """A rule as a regular expression."""
    left = list(rules[name])

    def item():
        token, times = left.pop(0), ""
        if "*" in token and token[0] != '"':
            low, high = token.split("*")
            times, token = f"{{{low or 0},{high}}}", left.pop(0)
        if token in ("(", "["):
            found = f"(?:{alternatives()})"
            left.pop(0)
            return found + (times or ("?" if token == "[" else ""))
        if token[0] == '"':
            return f"(?:{re.escape(token[1:-1])}){times}"
        if token.startswith("%x"):
            low, high = (chr(int(code, 16)) for code in token[2:].split("-"))
            return f"[{low}-{high}]{times}"
        return f"(?:{pattern(token, rules)}){times}"

    def alternatives():
        found = [""]
        while left and left[0] not in (")", "]"):
            if left[0] == "/":
                left.pop(0)
                found.append("")
            else:
                found[-1] += item()
        return "|".join(found)

    return alternatives()


RULES = grammar()
METHOD = re.compile(pattern("method", RULES))
HOW = re.compile(pattern("how", RULES))


def takes(how):
    """Whether the parser takes a recipe."""
    try:
        methods.parse(how)
    except FormatError:
        return False
    return True


def program(texts, **fields):
    given = {"n_inputs": 1, "n_scores": 2, "input_dtype": lib.EMLRT_F32, "stages": ()}
    return Program(**given | fields, metadata=Metadata(methods=tuple(texts)))


def accepts(text):
    """Whether the parser takes a method of a classifier."""
    try:
        methods.read(program(["transformer", text]))
    except FormatError:
        return False
    return True


def words(rule):
    return [token.strip('"') for token in RULES[rule] if token[0] == '"']


def test_the_tables_have_the_words_of_the_grammar():
    assert {re.sub(r"\[.*", "", s) for s in SOURCES} == {*words("source")} - set("[]:")
    plain = [change for change in CHANGES if ":" not in change]
    assert sorted(plain) == sorted(words("word"))
    rest = [change for change in CHANGES if change not in plain]
    with_operand = ["plus:c", "times:c", "as:t"]
    # The last row names the types, too.
    assert [change for change in rest if ":" in change] == with_operand
    assert codes(CHANGE_ROWS[-1][1]) == words("type")


def test_the_words_of_the_grammar_are_those_of_the_parser():
    assert sorted(words("word")) == sorted(methods.WORDS)
    assert words("type") == list(methods.TYPES)
    assert sorted(words("word")) == sorted(spec_methods.CHANGES)
    assert words("type") == list(spec_methods.TYPES)


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_of_the_spec_is_taken(source):
    filled = source.replace("[a:b]", "[0:2]")
    assert takes(filled)
    assert HOW.fullmatch(filled)


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_the_spec_is_taken(change):
    word, colon, operand = change.partition(":")
    operands = {"c": ["2", "-12.5", ".5", "3.", "1e-3"], "t": words("type"), "": [""]}
    for value in operands[operand]:
        assert takes(f"scores|{word}{colon}{value}")
        assert HOW.fullmatch(f"scores|{word}{colon}{value}")


#: Of what recipes are made, and of what they are not.
STARTS = [*words("source")[:5], "scores[0:2]", "scores[12:345678901]", "Scores", ""]
PIECES = [
    *words("word"),
    *(f"as:{name}" for name in (*words("type"), "int64", "")),
    *("plus:-1.5e3", "times:.5", "plus:3.", "times:2E1", "plus:.", "times:1e", "plus"),
]
MARKS = [*"|[]:+-.eE0 s\n", "\u0663", "", "1234567890"]


def drawn(rng):
    """A source and changes, and in half of them a character that is wrong."""
    pieces = rng.choices(PIECES, k=rng.randrange(4))
    text = "|".join([rng.choice(STARTS), *pieces])
    if rng.random() < 0.5:
        return text
    at = rng.randrange(len(text) + 1)
    cut = at + rng.randrange(2)
    return text[:at] + rng.choice(MARKS) + text[cut if rng.random() < 0.6 else at :]


def test_the_parser_takes_what_the_grammar_takes_and_nothing_else():
    rng = random.Random(0)
    texts = {drawn(rng) for _ in range(40_000)}
    taken = {text for text in texts if takes(text)}
    assert len(taken) > 3000
    assert len(texts - taken) > 10_000
    assert taken == {text for text in texts if HOW.fullmatch(text)}


@pytest.mark.parametrize(
    "name", ["predict", "_x9", "A", "9x", "", "a-b", "é", "a b", "a.b", "x\n"]
)
def test_names_are_those_of_the_grammar(name):
    text = f"{name}=scores"
    assert accepts(text) == (METHOD.fullmatch(text) is not None)


def test_kinds_of_models_are_those_of_the_spec():
    part = SECTION.partition("**Methods.**")[2].partition("ABNF")[0]
    assert codes(part) == list(methods.KINDS)
    assert methods.read(program(["network"]))[0] == "network"
    with pytest.raises(FormatError, match="unknown kind"):
        methods.read(program(["networks"]))


@pytest.mark.parametrize("span", ["[0:0]", "[1:1]", "[0:3]", "[2:1]"])
def test_elements_must_be_there(span):
    assert takes(f"scores{span}")
    assert not accepts(f"transform=scores{span}")
    assert accepts("transform=scores[1:2]")


def test_nearest_needs_a_stage_that_finds_neighbours():
    assert takes("nearest")
    assert not accepts("kneighbors=nearest")


def test_a_name_comes_once():
    with pytest.raises(FormatError, match="given twice"):
        methods.read(program(["regressor", "predict=scores", "predict=scores[0:1]"]))


def test_methods_without_a_section_are_those_of_the_spec():
    kinds = constants("EMLRT_OUTPUT_")
    found = {}
    table = rows_of(SECTION, "kind of output", "kind of model", "methods")
    for outputs, kind, texts in table:
        hows = dict(text.split("=", 1) for text in codes(texts))
        for output in outputs.split(", "):
            found[kinds[output.upper()]] = codes(kind)[0], hows
    assert found == methods.DEFAULT_METHODS


def test_words_about_inputs_are_those_of_the_spec():
    """Each is read, and refused if damaged; others are left alone."""
    model = Model.from_sklearn(LogisticRegression().fit([[0], [1]], [0, 1]))
    known = [codes(cell)[0] for cell, _ in rows_of(SECTION, "word", "value")]
    assert known == ["categories", "known", "channel", "rows"]

    def read(text):
        old = model.program
        texts = (*old.metadata.methods, text)
        changed = replace(old, metadata=replace(old.metadata, methods=texts))
        return Model(blobs.write(changed))

    for word in known:
        with pytest.raises(FormatError):
            read(f"{word}:0=?")
    assert read("others:0=?").predict([[1]]) == [1]


# What models write


@pytest.mark.parametrize("case", cases(), ids=str)
def test_converters_write_what_the_grammar_takes(case):
    blob = Blob(bytes(case.model))
    texts = spec_methods.texts(blob)
    assert all(METHOD.fullmatch(text) for text in texts[1:])
    assert texts[:1] == [case.model.estimator_type][: len(texts[:1])]
    if lib.EMLRT_META_CLASSES in blob.sections():
        written = blob.texts(lib.EMLRT_META_CLASSES)
        assert len(written) == len(blob.groups) + sum(blob.class_counts)


def test_a_binary_classifier_has_three_class_texts():
    X, y = load_iris(return_X_y=True)
    model = Model.from_sklearn(LogisticRegression().fit(X[:100], y[:100]))
    blob = Blob(bytes(model))
    assert (blob.header.n_outputs, blob.n_scores) == (1, 1)
    assert len(blob.texts(lib.EMLRT_META_CLASSES)) == 3
    assert labels(blob) == [model.classes_.tolist()]


def flat(found):
    """A method's result as rows of one list each."""
    parts = found if isinstance(found, list) else [found]
    return np.concatenate([np.reshape(part, (len(part), -1)) for part in parts], axis=1)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_second_reader_gives_the_methods_results(case):
    model = case.model
    if model.inputs is not None:
        pytest.skip("rows of the device are no rows of the original")
    rows = case.rows[: 6 if model.work < 5000 else 2]
    if model.input_dtype.kind == "f":
        rows = rows[np.isfinite(rows).all(axis=1)]
    blob = Blob(bytes(model))
    hows = (
        spec_methods.methods(blob) or methods.DEFAULT_METHODS[model.program.output][1]
    )
    assert list(hows) == list(model.methods)
    for name, how in hows.items():
        if how.startswith("nearest"):
            continue
        want = flat(getattr(model, name)(rows))
        got = [result(blob, how, x.tolist()) for x in rows]
        if want.dtype.kind in "OU":
            assert [list(map(str, row)) for row in got] == want.astype(str).tolist()
        else:
            np.testing.assert_allclose(np.array(got, float), want, 1e-12, 1e-300)


def test_a_list_of_scores_has_a_number_for_each_class():
    several = {"n_scores": 6, "output": lib.EMLRT_OUTPUT_BINARY, "output_sizes": (1, 1)}
    for span, right in (("2:6", True), ("2:5", False), ("0:2", False)):
        one = program(["classifier", f"predict_proba=scores[{span}]|list"], **several)
        if right:
            assert methods.read(one)[1]["predict_proba"].span == (2, 6)
            continue
        with pytest.raises(FormatError, match="lists"):
            methods.read(one)
