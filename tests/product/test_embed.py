# SPDX-License-Identifier: MIT
"""Headers made by `emlrt embed` compile everywhere and predict the same."""

import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

import emlrt
from emlrt import embed, signal

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror"]
INCLUDE = f"-I{emlrt.get_include()}"

# Opens the blob and prints the answer to each row of a file of raw inputs.
MAIN = """\
#include <stdio.h>
#include "{header}"
static const emlrt_op *const ops[] = {macro}_OPS;
int main(void) {{
  static emlrt_model model;
  static {x_type} x[{macro}_INPUTS];
  static {y_type} y[{macro}_{count}];
  static EMLRT_SCRATCH(scratch, {macro}_{need});
  emlrt_status status = emlrt_open(&model, {array}, {macro}_SIZE, ops);
  if (status != EMLRT_OK || sizeof {array} != {macro}_SIZE) return 1;
  while (fread(x, sizeof x, 1, stdin) == 1) {{
    status = {call}(&model, x, {macro}_INPUTS, y, {macro}_{count}, scratch,
                    sizeof scratch);
    if (status != EMLRT_OK) return 2;
    fwrite(y, sizeof y, 1, stdout);
  }}
  return 0;
}}
"""


def run(*command, **options):
    """Output of a command that must succeed."""
    done = subprocess.run(
        list(map(str, command)), capture_output=True, check=False, **options
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def program(model, name, header):
    votes = hasattr(model, "classes_")
    kind = {"float32": "f32", "int16": "i16", "uint8": "u8"}[model.input_dtype.name]
    return MAIN.format(
        header=header,
        macro=f"{name.upper()}_EML",
        array=f"{name}_eml",
        x_type={"f32": "float", "i16": "int16_t", "u8": "uint8_t"}[kind],
        y_type="uint32_t" if votes else "float",
        count="OUTPUTS" if votes else "SCORES",
        need="SCRATCH" if votes else "ARENA",
        call=f"emlrt_{'classify' if votes else 'values'}_{kind}",
    )


def answers(model, X):
    """What the program must print for X."""
    X = np.ascontiguousarray(X, model.input_dtype)
    if hasattr(model, "classes_"):
        return X.tobytes(), model._runtime.classify(X).astype(np.uint32).tobytes()
    return X.tobytes(), model.scores(X).tobytes()


@pytest.fixture(scope="module")
def runtime(tool, tmp_path_factory):
    """A static library of the runtime."""
    folder = tmp_path_factory.mktemp("runtime")
    run(tool("cc", "gcc"), "-c", "-O1", INCLUDE, *emlrt.get_sources(), cwd=folder)
    run(tool("ar"), "rcs", "libemlrt.a", *sorted(folder.glob("*.o")), cwd=folder)
    return folder / "libemlrt.a"


def cases():
    """Models of each input type and kind: name, model, inputs."""
    random = np.random.default_rng(0)
    X = random.integers(0, 200, (200, 6))
    labels = np.array(["a b", "a-b", "*/ int x; /*", "état\n\\", ""])[X[:, 0] // 40]
    classifier = RandomForestClassifier(5, max_depth=5, random_state=0).fit(X, labels)
    many = RandomForestRegressor(5, max_depth=5, random_state=0).fit(X, X[:, :2] / 7)
    both = RandomForestClassifier(5, max_depth=4, random_state=0)
    both.fit(X, np.stack([X[:, 0] > 99, X[:, 1] // 70 - 1], axis=1))
    for dtype in ("float32", "int16", "uint8"):
        convert = emlrt.Model.from_sklearn
        yield f"labels_{dtype}", convert(classifier, dtype=dtype, X=X), X
        yield f"values_{dtype}", convert(many, dtype=dtype, X=X), X
    yield "two_outputs", emlrt.Model.from_sklearn(both, golden=X[:2]), X
    lone = DecisionTreeClassifier().fit(X, np.zeros(len(X), int))
    yield "lone_leaf", emlrt.Model.from_sklearn(lone), X


CASES = {name: (model, X) for name, model, X in cases()}


# Pushes samples, and prints the class and the probabilities of each window.
STREAM = """\
#include <emlrt/stream.h>
#include <stdio.h>
#include "model.h"
static const emlrt_op *const ops[] = MODEL_EML_OPS;
static emlrt_stream stream;
static EMLRT_SCRATCH(memory, MODEL_EML_STREAM);
int main(void) {
  float samples[5], p[MODEL_EML_CLASSES];
  uint32_t y[MODEL_EML_OUTPUTS];
  size_t n, used, done, c;
  if (emlrt_stream_open(&stream, model_eml, MODEL_EML_SIZE, ops, 0, memory,
                        sizeof memory) != EMLRT_OK)
    return 1;
  while ((n = fread(samples, sizeof samples[0], 5, stdin)) != 0)
    for (done = 0; done != n; done += used) {
      if (emlrt_stream_push_f32(&stream, samples + done, n - done, &used) != EMLRT_OK)
        return 2;
      if (!emlrt_stream_ready(&stream)) continue;
      if (emlrt_stream_classify(&stream, y, MODEL_EML_OUTPUTS) != EMLRT_OK) return 3;
      if (emlrt_stream_proba(&stream, p, MODEL_EML_CLASSES) != EMLRT_OK) return 4;
      printf("%u", (unsigned)y[0]);
      for (c = 0; c < MODEL_EML_CLASSES; c++) printf(" %.9g", (double)p[c]);
      printf("\\n");
    }
  return 0;
}
"""


@pytest.mark.parametrize("hop", [3, 8])
def test_firmware_streams_decisions(hop, tool, runtime, tmp_path):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 8, 2)), rng.integers(0, 3, 80)
    blocks = [signal.Frame(8, hop), signal.TimeFeatures(["mean", "std"])]
    forest = RandomForestClassifier(4, max_depth=4, random_state=0)
    then = [signal.Vote(3), signal.Threshold(0.9, off=0.5, other=9)]
    decision = signal.Decision(make_pipeline(*blocks, forest), then).fit(X, y)
    model = emlrt.Model.from_sklearn(decision)
    (tmp_path / "model.h").write_text(embed.header(model, "model"))
    (tmp_path / "main.c").write_text(STREAM)
    flags = ["-std=c99", *WARNINGS, INCLUDE]
    run(tool("cc", "gcc"), *flags, "main.c", runtime, "-o", "main", cwd=tmp_path)
    samples = rng.normal(size=(300, 2)).astype(np.float32)
    found = run(tmp_path / "main", input=samples.tobytes()).decode().split("\n")[:-1]
    stream = emlrt.Stream(model)
    p = stream.push_proba(samples)
    stream.reset()
    answers = model.classes_[[int(line.split()[0]) for line in found]]
    assert (answers == stream.push(samples)).all()
    shares = np.array([line.split()[1:] for line in found], np.float64)
    assert (shares.astype(np.float32) == p).all()
    assert {*answers} >= {0, 9}


@pytest.mark.parametrize("name", CASES)
def test_the_header_predicts_the_same(name, tool, runtime, tmp_path):
    model, X = CASES[name]
    (tmp_path / "model.h").write_text(embed.header(model, name))
    (tmp_path / "main.c").write_text(program(model, name, "model.h"))
    flags = ["-std=c99", *WARNINGS, INCLUDE]
    run(tool("cc", "gcc"), *flags, "main.c", runtime, "-o", "main", cwd=tmp_path)
    given, expected = answers(model, X)
    assert run(tmp_path / "main", input=given) == expected


def test_the_header_may_be_included_twice(tool, runtime, tmp_path):
    """Static: two files, two arrays. Extern: two files, one array."""
    model, _ = CASES["labels_float32"]
    main = program(model, "m", "m.h")
    other = '#include "m.h"\n#include "m.h"\nconst void *there(void);\n'
    other += "const void *there(void) { return m_eml; }\n"
    same = main.replace(
        "int main(void) {", "const void *there(void);\nint main(void) {"
    ).replace("return 0;", "return there() == (const void *)m_eml;")
    for extern in (False, True):
        folder = tmp_path / str(extern)
        folder.mkdir()
        (folder / "m.h").write_text(embed.header(model, "m", extern=extern))
        (folder / "m.c").write_text(
            embed.source(model, "m", "m.h") if extern else "extern int none;\n"
        )
        (folder / "main.c").write_text(same)
        (folder / "other.c").write_text(other)
        flags = ["-std=c99", "-O0", *WARNINGS, INCLUDE]
        files = ["main.c", "other.c", "m.c", runtime]
        run(tool("cc", "gcc"), *flags, *files, "-o", "main", cwd=folder)
        done = subprocess.run([folder / "main"], input=b"", check=False)
        assert done.returncode == (1 if extern else 0)


@pytest.mark.parametrize("extern", [False, True])
@pytest.mark.parametrize(
    ("compiler", "flags"),
    [
        (("clang", "clang-14"), ["-std=c99"]),
        (("gcc",), ["-std=gnu11"]),
        (("g++",), ["-std=c++11", "-x", "c++"]),
        (("clang", "clang-14"), ["-std=c++11", "-x", "c++"]),
        (("arm-none-eabi-gcc",), ["-std=c99", "-ffreestanding", "-mcpu=cortex-m0"]),
        (("riscv64-unknown-elf-gcc",), ["-std=c99", "-ffreestanding"]),
        (("avr-gcc",), ["-std=gnu11", "-Os", "-mmcu=atmega2560"]),
        (("avr-gcc",), ["-std=gnu11", "-Os", "-mmcu=atmega2560", "-DEMLRT_PORT_FAR"]),
    ],
)
def test_the_header_compiles_clean(compiler, flags, extern, tool, tmp_path):
    for name, (model, _) in CASES.items():
        (tmp_path / f"{name}.h").write_text(embed.header(model, name, extern=extern))
    text = "".join(f'#include "{name}.h"\n' for name in CASES)
    usages = [(name, embed.usage, model) for name, (model, _) in CASES.items()]
    if "-DEMLRT_PORT_FAR" not in flags:
        usages += [
            (f"{k}_const", embed.prepared_usage, model) for k, _, model in usages
        ]
    for name, make, model in usages:
        plain = name.removesuffix("_const")
        usage = make(model, plain, f"{plain}.h")
        words = r"\b(setup|predict|model|ops|scratch|stages)\b(?!\.)"
        usage = re.sub(words, rf"{name}_\1", usage)
        prototypes = re.findall(r"^(emlrt_status [^{]*) \{", usage, re.MULTILINE)
        text += "".join(f"{each};\n" for each in prototypes) + usage
    (tmp_path / "all.c").write_text(text)
    run(tool(*compiler), *flags, *WARNINGS, INCLUDE, "-c", "all.c", cwd=tmp_path)


# Compares the constants with what emlrt_prepare makes, and answers by them.
CONSTANTS = """\
#include <stdio.h>
#include <emlrt/prepared.h>
#include "m.h"
static const emlrt_op *const ops[] = M_EML_OPS;
static const emlrt_prepared_stage stages[] = M_EML_PREPARED_STAGES;
static const emlrt_prepared prepared = M_EML_PREPARED(stages);
int main(void) {{
  static emlrt_model model;
  static {x_type} x[M_EML_INPUTS];
  static {y_type} y[M_EML_{count}];
  static EMLRT_SCRATCH(scratch, M_EML_SCRATCH);
  emlrt_status status = emlrt_open(&model, m_eml, M_EML_SIZE, ops);
  if (status == EMLRT_OK) status = emlrt_prepared_verify(&prepared, &model);
  if (status != EMLRT_OK || M_EML_STAGES != emlrt_stage_count(&model)) return 1;
  while (fread(x, sizeof x, 1, stdin) == 1) {{
    status = {call}(&prepared, x, M_EML_INPUTS, y, M_EML_{count}, scratch,
                    sizeof scratch);
    if (status != EMLRT_OK) return 2;
    fwrite(y, sizeof y, 1, stdout);
  }}
  return 0;
}}
"""


@pytest.mark.parametrize("name", CASES)
def test_the_constants_are_what_is_prepared(name, tool, runtime, tmp_path):
    model, X = CASES[name]
    votes = hasattr(model, "classes_")
    kind = {"float32": "f32", "int16": "i16", "uint8": "u8"}[model.input_dtype.name]
    text = CONSTANTS.format(
        x_type={"f32": "float", "i16": "int16_t", "u8": "uint8_t"}[kind],
        y_type="uint32_t" if votes else "float",
        count="OUTPUTS" if votes else "SCORES",
        call=f"emlrt_prepared_{'classify' if votes else 'values'}_{kind}",
    )
    (tmp_path / "m.h").write_text(embed.header(model, "m"))
    (tmp_path / "main.c").write_text(text)
    flags = ["-std=c99", *WARNINGS, INCLUDE]
    run(tool("cc", "gcc"), *flags, "main.c", runtime, "-o", "main", cwd=tmp_path)
    given, expected = answers(model, X)
    assert run(tmp_path / "main", input=given) == expected


def section(objdump, path, name):
    """Bytes of a section of an object file."""
    done = subprocess.run(
        [objdump, "-s", "-j", name, path], capture_output=True, text=True, check=True
    )
    rows = re.findall(r"^ [0-9a-f]+ ((?:[0-9a-f]{2,8} )+)", done.stdout, re.MULTILINE)
    return bytes.fromhex("".join(rows))


def test_avr_has_it_in_flash_and_aligned(tool, tmp_path):
    model, _ = CASES["labels_int16"]
    (tmp_path / "m.h").write_text(embed.header(model, "m", extern=True))
    (tmp_path / "m.c").write_text(embed.source(model, "m", "m.h"))
    flags = ["-mmcu=atmega328p", INCLUDE, "-c", "m.c", "-o", "m.o"]
    run(tool("avr-gcc"), *flags, cwd=tmp_path)
    objdump = tool("avr-objdump")
    assert section(objdump, tmp_path / "m.o", ".progmem.data") == bytes(model)
    listed = run(objdump, "-h", "m.o", cwd=tmp_path).decode()
    sizes = {
        row[1]: row for row in map(str.split, listed.splitlines()) if len(row) == 7
    }
    assert sizes[".progmem.data"][6] == "2**2"
    assert int(sizes[".data"][2], 16) == 0


def test_avr_is_told_that_arrays_end_at_32767(tool, tmp_path):
    random = np.random.default_rng(0)
    X = random.normal(size=(2000, 5))
    forest = RandomForestClassifier(10, random_state=0).fit(
        X, random.integers(0, 9, 2000)
    )
    model = emlrt.Model.from_sklearn(forest)
    assert model.nbytes > 32767
    (tmp_path / "m.h").write_text(embed.header(model, "m"))
    (tmp_path / "m.c").write_text('#include "m.h"\n')
    command = [tool("avr-gcc"), "-mmcu=atmega2560", INCLUDE, "-c", "m.c"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode != 0
    assert "flash the .eml itself" in done.stderr
    run(tool("gcc", "cc"), *WARNINGS, INCLUDE, "-c", "m.c", cwd=tmp_path)


def test_big_endian_reads_the_same_bytes(tool, tmp_path):
    gcc, qemu = tool("s390x-linux-gnu-gcc"), tool("qemu-s390x")
    model, X = CASES["labels_int16"]
    (tmp_path / "m.h").write_text(embed.header(model, "m"))
    (tmp_path / "main.c").write_text(program(model, "m", "m.h"))
    sources = ["main.c", *emlrt.get_sources()]
    run(gcc, "-static", INCLUDE, *sources, "-o", "main", cwd=tmp_path)
    X = np.ascontiguousarray(X, np.int16)
    expected = model._runtime.classify(X).astype(">u4").tobytes()
    given = X.astype(">i2").tobytes()
    assert run(qemu, tmp_path / "main", input=given) == expected


def test_the_amalgamated_header_serves_too(tool, tmp_path):
    from emlrt.amalgamate import amalgamate

    c_dir = Path(emlrt.get_include()).parent
    (tmp_path / "emlrt_amalgamated.h").write_text(amalgamate(c_dir))
    model, X = CASES["labels_uint8"]
    (tmp_path / "m.h").write_text(embed.header(model, "m"))
    start = '#define EMLRT_IMPLEMENTATION\n#include "emlrt_amalgamated.h"\n'
    (tmp_path / "main.c").write_text(start + program(model, "m", "m.h"))
    run(tool("cc", "gcc"), "-std=c99", "main.c", "-o", "main", cwd=tmp_path)
    given, expected = answers(model, X)
    assert run(tmp_path / "main", input=given) == expected


@pytest.mark.parametrize("name", CASES)
def test_macros_are_the_models_numbers(name):
    model, _ = CASES[name]
    found = embed.macros(model, name)
    prefix = f"{name.upper()}_EML_"
    numbers = {
        key.removeprefix(prefix): int(text.rstrip("u"))
        for key, text in found.items()
        if not key.endswith("_OPS")
    }
    golden = numbers.pop("GOLDEN", None)
    assert numbers.pop("CLASSES", 0) == sum(model.program.class_counts)
    assert numbers == {
        "SCRATCH": model.scratch_bytes,
        "ARENA": model.arena_bytes,
        "INPUTS": model.n_features_in_,
        "SCORES": model.n_scores,
        "OUTPUTS": model.n_outputs_,
        "STAGES": len(model.stages),
        "SIZE": model.nbytes,
    }
    assert (golden is None) == (model.program.metadata.golden is None)
    assert found[f"{prefix}OPS"] == f"{{&emlrt_op_{model.stages[0].name}, NULL}}"


def test_float_scores_take_ops_for_classes_and_probabilities():
    x, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    found = embed.macros(emlrt.Model.from_sklearn(LogisticRegression().fit(x, y)), "m")
    assert found["M_EML_OPS"] == "{&emlrt_op_dense, &emlrt_op_argmax, NULL}"
    more = "{&emlrt_op_dense, &emlrt_op_argmax, &emlrt_op_logistic, NULL}"
    assert found["M_EML_PROBA_OPS"] == more
    assert found["M_EML_CLASSES"] == "2u"
    assert found["M_EML_SCORES"] == "1u"


def test_enums_name_labels_and_features(forests, models):
    text = embed.header(models["text labels"], "iris")
    for i, label in enumerate(["setosa", "versicolor", "virginica"]):
        assert re.search(rf"\bIRIS_EML_CLASS_{label.upper()} = {i}\b", text)
    for i, feature in enumerate(forests["text labels"][1].columns):
        word = re.sub(r"\W+", "_", feature).strip("_").upper()
        assert re.search(rf"\bIRIS_EML_FEATURE_{word} = {i}\b", text)
    two = embed.header(CASES["two_outputs"][0], "m")
    assert "M_EML_CLASS1_MINUS_1 = 0" in two
    assert "M_EML_CLASS1_1 = 2" in two
    assert "M_EML_CLASS0_1 = 1" in two


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("digits.eml", "digits"),
        ("a/b/my model-2.eml", "my_model_2"),
        ("2.eml", "model_2"),
        ("été.eml", "_t_"),
        (".eml", "_eml"),
    ],
)
def test_names_come_from_files(path, name):
    assert embed.identifier(path) == name
    assert embed.identifier(name) == name


def test_the_command_writes_both_files(cli, models, tmp_path):
    path = tmp_path / "iris.eml"
    models["text labels"].save(path)
    assert cli("embed", path)[0] == 0
    expected = embed.header(models["text labels"], "iris")
    assert (tmp_path / "iris.eml.h").read_text() == expected
    header, source = tmp_path / "x.h", tmp_path / "x.c"
    arguments = ["--source", source, "--name", "x", "--strip", "--keep", "classes"]
    code, out, _ = cli("embed", "--json", path, "-o", header, *arguments)
    small = emlrt.Model.load(path).strip("classes")  # noqa: B005
    assert code == 0
    assert json.loads(out)["macros"]["X_EML_SIZE"] == f"{small.nbytes}u"
    assert header.read_text() == embed.header(small, "x", extern=True)
    assert source.read_text() == embed.source(small, "x", "x.h")
    code, out, _ = cli("embed", path, "-o", "-")
    assert (code, out) == (0, expected)
    for wrong in (
        ["--name", "a-b"],
        ["-o", "-", "--json"],
        ["-o", "-", "--source", "x"],
    ):
        code, out, err = cli("embed", path, *wrong)
        assert (code, out, err.count("\n")) == (2, "", 1)
