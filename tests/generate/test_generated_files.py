# SPDX-License-Identifier: MIT
"""Files of generated code: what they include, and how they compile."""

import json
import re
import subprocess
from pathlib import Path

import families
import numpy as np
import pytest
from generate.generated import (
    C99,
    CXX11,
    INCLUDE,
    WARNINGS,
    answers,
    check,
    compare,
    golden_models,
    library,
    name_of,
)
from sklearn.datasets import load_digits, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestCentroid

import emlrt
from emlrt import embed
from emlrt.generate import generate, helpers

PAGE = Path(__file__).parents[2] / "docs" / "CODE.md"


def run(*command, cwd):
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[:4000]
    return done.stdout


def forest(voting="hard", **options):
    X, y = load_iris(return_X_y=True)
    made = RandomForestClassifier(3, max_depth=3, random_state=0).fit(X, y)
    return emlrt.Model.from_sklearn(made, voting=voting, **options)


MAIN = """
#include "m.h"
int main(void) {{
  const float x[4] = {{5.1f, 3.5f, 1.4f, 0.2f}};
  return {name}_classify(x) == 0 ? 0 : 1;
}}
"""


@pytest.mark.parametrize("extern", [False, True])
@pytest.mark.parametrize("language", ["c", "c++"])
def test_a_program_of_several_files(extern, language, tool, tmp_path):
    """The header twice in a file and in two files; the source is C or C++."""
    model = forest()
    (tmp_path / "m.h").write_text(embed.code(model, "iris", extern=extern))
    (tmp_path / "m.c").write_text(
        embed.code_source(model, "iris", "m.h") if extern else '#include "m.h"\n'
    )
    (tmp_path / "main.c").write_text('#include "m.h"' + MAIN.format(name="iris"))
    cc = tool("cc", "gcc") if language == "c" else tool("c++", "g++")
    flags = C99 if language == "c" else CXX11
    run(cc, *flags, "-O1", "main.c", "m.c", "-o", "main", cwd=tmp_path)
    run(tmp_path / "main", cwd=tmp_path)


def test_what_a_file_needs():
    """Trees alone ask for no file of the runtime."""
    X, y = load_iris(return_X_y=True)
    linear = emlrt.Model.from_sklearn(LogisticRegression(max_iter=500).fit(X, y))
    for model, own in ((forest("soft"), True), (linear, False)):
        text = embed.code(model, "m")
        assert ("<emlrt/op.h>" not in text) == own
        assert generate(model.program).runtime != own
    assert "/* setosa */" in embed.code(forest(), "m") or "CLASS_0" in text


def test_a_name_must_be_an_identifier():
    with pytest.raises(ValueError, match="'a b' is no C identifier"):
        embed.code(forest(), "a b")


@pytest.mark.parametrize("name", ["emlrt", "EMLRT", "Emlrt"])
def test_the_runtimes_own_name_is_refused(cli, tmp_path, name):
    """Its macros would be those of port.h. An array's names are its own."""
    with pytest.raises(ValueError, match=f"name='{name}' is the runtime's own; choose"):
        embed.code(forest(), name)
    path = tmp_path / f"{name}.eml"
    forest().save(path)
    code, _, err = cli("embed", path, "--code")
    assert code == 2
    assert f"{name} is the runtime's own name; choose another by --name" in err
    assert cli("embed", path, "--code", "--name", "emlrt_2", "-o", "-")[0] == 0
    assert cli("embed", path, "-o", "-")[0] == 0


def test_classes_are_headed_by_the_function_that_answers_them():
    model = forest()
    assert "/* What flower_classify answers: */" in embed.code(model, "flower")
    assert "/* What emlrt_classify answers: */" in embed.header(model, "flower")


def test_names_of_features_and_classes():
    frame, y = load_iris(return_X_y=True, as_frame=True)
    labels = np.array(["*/ a", "b\n", "état"])[y]
    made = RandomForestClassifier(2, max_depth=2, random_state=0).fit(frame, labels)
    text = embed.code(emlrt.Model.from_sklearn(made), "m")
    assert "sepal width (cm)" in text
    assert "*/ a" not in text


def cross():
    avr = ["-mmcu=atmega2560", "-Os"]
    yield "avr-gcc", [*avr, "-std=gnu11"]
    yield "avr-gcc", [*avr, "-std=gnu11", "-DEMLRT_PORT_FAR"]
    yield "arm-none-eabi-gcc", ["-mcpu=cortex-m0plus", "-mthumb", "-Os", "-std=c99"]
    yield "riscv64-unknown-elf-gcc", ["-march=rv32imac", "-mabi=ilp32", "-std=c99"]
    yield "clang", ["-std=c99"]
    yield "clang", ["-x", "c++", "-std=c++11"]


@pytest.mark.parametrize(("compiler", "flags"), list(cross()))
def test_compilers_do_not_warn(compiler, flags, tool, tmp_path):
    words = ("bits", "soft_u8", "values_8", "boosting_add", "vote_f32", "gauss")
    parts = [
        f"#define {name.upper()}_CODE_PROBA\n{embed.code(model, name)}"
        for name, model, _ in golden_models(*words)
        if model.n_features_in_ < 1000
    ]
    assert len(parts) > 12
    (tmp_path / "all.c").write_text("".join(parts) + "typedef int none;\n")
    freestanding = (
        [] if "avr" in compiler or "clang" in compiler else ["-ffreestanding"]
    )
    names = ("clang", "clang-14") if compiler == "clang" else (compiler,)
    command = [tool(*names), *flags, *WARNINGS, *freestanding, INCLUDE]
    run(*command, "-c", "all.c", cwd=tmp_path)


def test_avr_is_told_of_tables_beyond_near_flash(tool, tmp_path):
    random = np.random.default_rng(0)
    X, y = random.normal(size=(900, 30)), random.integers(0, 300, 900)
    model = emlrt.Model.from_sklearn(NearestCentroid().fit(X, y))
    assert model.nbytes > 33000
    (tmp_path / "m.c").write_text(embed.code(model, "m"))
    command = [tool("avr-gcc"), "-mmcu=atmega2560", INCLUDE, "-c", "m.c"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "flash the .eml itself" in done.stderr


def test_the_shorter_questions_are_right_without_nan(tool, runtime, tmp_path):
    name, model, x = next(golden_models("vote_f32"))
    flags = [*C99, "-O1", f"-D{name.upper()}_CODE_NO_NAN"]
    ffi, lib = library(tool("cc", "gcc"), {name: model}, tmp_path, flags, runtime)
    rows = np.concatenate([x, -x, np.full_like(x[:1], np.inf), np.zeros_like(x[:1])])
    compare(answers(ffi, lib, model, name, rows), model, rows, name)


def test_the_command(cli, tmp_path):
    path, header, source = tmp_path / "iris.eml", tmp_path / "i.h", tmp_path / "i.c"
    model = forest()
    model.save(path)
    assert cli("embed", path, "--code", "-o", "-")[1] == embed.code(model, "iris")
    assert cli("embed", path, "--code")[0] == 0
    assert (tmp_path / "iris.eml_code.h").read_text() == embed.code(model, "iris")
    arguments = ["-o", header, "--source", source, "--name", "x", "--json"]
    code, out, _ = cli("embed", path, "--code", *arguments)
    assert code == 0
    assert json.loads(out) == {
        "header": str(header),
        "source": str(source),
        "name": "x",
    }
    assert header.read_text() == embed.code(model, "x", extern=True)
    assert source.read_text() == embed.code_source(model, "x", "i.h")
    code, _, err = cli("embed", path, "--code", "-o", header, "--name", "1x")
    assert code != 0
    assert "no C identifier" in err


def test_the_example_of_the_page(tool, tmp_path):
    X, y = load_digits(return_X_y=True)
    made = RandomForestClassifier(3, max_depth=4, random_state=0).fit(X, y)
    model = emlrt.Model.from_sklearn(made)
    (example,) = re.findall(r"^```c\n(.*?)^```$", PAGE.read_text(), re.S | re.M)
    (tmp_path / "digits_code.h").write_text(embed.code(model, "digits"))
    own = "uint32_t read_digit(const float x[DIGITS_CODE_INPUTS]);\n"
    include, rest = example.split("\n", 1)
    (tmp_path / "e.c").write_text(f"{include}\n{own}{rest}")
    run(tool("cc", "gcc"), *C99, "-c", "e.c", cwd=tmp_path)


#: Planted bugs: a helper's name, its text, and what stands there instead.
BUGS = [
    ("FLOATS", "&& (b) <= 0xFF800000u", "&& (b) <= 0xFFC00000u"),
    ("FLOATS", "((b) - 0x7F800001u <=", "((b) - 0x7F800002u <="),
    ("FLOATS", "(b) - (t) <= 0xFF800000u - (t)", "(b) - (t) <= 0xFF800001u - (t)"),
    ("FLOATS", "0x7F800001u < 0x007FFFFFu", "0x7F800001u < 0x003FFFFFu"),
    ("KEY", "> 0x7F800000u", ">= 0x7F800000u"),
    ("BIN", "< key)", "<= key)"),
    ("SCALE", "rest == 128u && (sum & 1u) != 0", "rest == 128u"),
    ("SCALE_FAR", "else exponent = 0;", ""),
    ("ORDER", "? ~bits", "? bits"),
    ("MOST", "number <= most", "number < most"),
    ("IN", "set + 1 + (code >> 4)", "set + (code >> 4)"),
    ("RUN", "call.n_in = n_in", "call.n_in = n_out"),
]


@pytest.mark.parametrize(("name", "text", "bug"), BUGS)
def test_a_planted_bug_is_found(name, text, bug, tool, runtime, tmp_path, monkeypatch):
    good = getattr(helpers, name)
    assert text in good
    monkeypatch.setattr(helpers, name, good.replace(text, bug))
    many = (c for c in families.cases() if "categories-many" in c.name)
    models = [(name_of(c.name), c.model, c.rows) for c in many]
    models += [m for m in golden_models() if name in generate(m[1].program).helpers]
    with pytest.raises(AssertionError):
        check(tool("cc", "gcc"), models[:10], tmp_path, ["-O0", "-w"], runtime)
