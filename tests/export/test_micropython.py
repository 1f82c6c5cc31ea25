# SPDX-License-Identifier: MIT
"""The module for MicroPython, in a port of it that is built here, and as what a native
module is linked from."""

import ast
import os
import re
import subprocess
import warnings
from pathlib import Path

import lightgbm
import numpy as np
import pytest
from boards import files, sources
from commands import run
from families import cases, stream_cases
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import Ridge

import emlrt

BOARDS = Path(files.__file__).parent
NATIVE = [
    "-Os",
    "-fpic",
    "-fno-common",
    "-std=c99",
    "-Wall",
    "-Wextra",
    "-Wshadow",
    "-Wdouble-promotion",
    "-Werror",
    "-DNDEBUG",
    "-DNO_QSTR",
    "-DMICROPY_ENABLE_DYNRUNTIME",
]
#: What MicroPython's headers want of a C library, for compilers that come without one.
PLAIN_HEADERS = {
    "assert.h": "#define assert(x) ((void)0)\n",
    "math.h": "",
    "string.h": """#include <stddef.h>
void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *one, const void *other, size_t n);
size_t strlen(const char *text);
""",
}
#: What a native module's linker knows, or takes from the compiler's own library.
KNOWN = re.compile(
    r"mp_fun_table|mp_type_\w+|mp_native_(qstr|obj)_table|_GLOBAL_OFFSET_TABLE_|__\w+"
)
CORES = {
    "gcc": [],
    "arm-none-eabi-gcc m0": ["-mthumb", "-mcpu=cortex-m0"],
    "arm-none-eabi-gcc m4": [
        "-mthumb",
        "-mcpu=cortex-m4",
        "-mfpu=fpv4-sp-d16",
        "-mfloat-abi=hard",
    ],
}


@pytest.fixture(scope="module")
def core():
    """The folder of MicroPython's core."""
    try:
        return sources.micropython()
    except subprocess.CalledProcessError as error:
        message = f"no sources of MicroPython: {error.stderr.decode()[-300:]}"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """An export without models: a module with all ops."""
    folder = tmp_path_factory.mktemp("micropython") / "emlrt"
    emlrt.export("micropython", folder)
    return folder


@pytest.fixture(scope="module")
def firmware(core, everything, tool, tmp_path_factory):
    """A program: MicroPython with the module, as a port's build makes it."""
    built = tmp_path_factory.mktemp("port")
    settings = [f"TOP={core}", f"BUILD={built}", f"USER_C_MODULES={everything.parent}"]
    port = BOARDS / "port"
    flags = "CFLAGS_EXTRA=-Wextra -Wno-unused-parameter -Wno-missing-field-initializers"
    run(tool("make"), "-C", port, "-j2", *settings, flags)
    return built / "firmware"


def device(firmware, folder, script):
    """Lines that a script prints, in a folder of models."""
    (folder / "script.py").write_text(script)
    return run(firmware, "script.py", cwd=folder).splitlines()


def test_all_ops_have_the_bits_of_python(firmware, tmp_path):
    """The small models of every family, and streams in pieces."""
    lines = [
        files.put_rows(tmp_path, f"m{k}", case.model, case.rows)
        for k, case in enumerate(cases())
        if len(files.accepted(case.model, case.rows))
    ]
    lines += [
        files.put_windows(tmp_path, f"s{k}", case.model, case.rows)
        for k, case in enumerate(stream_cases())
    ]
    assert len(lines) > 300
    files.put_list(tmp_path, lines)
    said = device(firmware, tmp_path, (BOARDS / "device.py").read_text())
    expected = [f"{line.split()[0]} {line.split()[2]} 0 differ" for line in lines]
    assert said == [*expected, "done"]


def test_examples_run(firmware, exported, models):
    folder = exported("micropython")
    for name in models:
        said = run(firmware, f"{name}_example.py", cwd=folder).splitlines()
        assert said[-1] == f"{name}: OK"
    label = models["digits"].predict(
        models["digits"].program.metadata.golden.inputs[:1]
    )[0]
    assert f"digits: {label}" in run(firmware, "digits_example.py", cwd=folder)


def test_an_example_notices_a_bit(firmware, exported, tmp_path):
    folder = exported("micropython")
    (tmp_path / "line.eml").write_bytes((folder / "line.eml").read_bytes())
    text = (folder / "line_example.py").read_text()
    at = text.index("\\x", text.index("SCORES = ")) + 3
    changed = text[:at] + ("1" if text[at] == "0" else "0") + text[at + 1 :]
    (tmp_path / "changed.py").write_text(changed)
    command = [firmware, "changed.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "the scores are not those of Python" in done.stdout


def answers_of(firmware, folder, model, text):
    """What a script prints for a model, which it has as `m`."""
    (folder / "m.eml").write_bytes(bytes(model))
    head = "import array, emlrt\nm = emlrt.Model('m.eml')\n"
    return device(firmware, folder, head + text)


def numbers(line):
    """The numbers of an array that was printed."""
    return [float(each) for each in re.findall(r"-?[\d.]+(?:e[-+]?\d+)?", line)]


def test_labels_and_probabilities(firmware, models, tmp_path):
    """Of integers, of texts, of several outputs; as Python gives them."""
    X, y = load_iris(return_X_y=True)
    forest = RandomForestClassifier(5, max_depth=4, random_state=0)
    names = load_iris().target_names[y]
    both = np.stack([names, np.where(y == 1, "one", "other")], axis=1)
    for target, n in ((y, 1), (names, 1), (y.astype(float), 1), (y == 1, 1), (both, 2)):
        model = emlrt.Model.from_sklearn(forest.fit(X, target))
        row = X[77].tolist()
        text = f"x = {row}\nprint(m.predict(x))\nprint(m.labels)\n"
        text += "print(m.predict_proba(x))\n"
        label, labels, proba = answers_of(firmware, tmp_path, model, text)
        expected = model.predict(X[77:78])[0]
        if n == 1:
            assert label == str(expected)
            assert labels == repr(tuple(model.classes_.tolist()))
        else:
            assert label == repr(tuple(expected.tolist()))
            assert labels == repr(tuple(tuple(c.tolist()) for c in model.classes_))
        given = model.predict_proba(X[77:78])
        flat = np.concatenate([np.ravel(p) for p in (given if n == 2 else [given])])
        assert numbers(proba.partition("[")[2]) == flat.tolist()


def test_values_are_floats(firmware, models, tmp_path):
    X, y = load_iris(return_X_y=True)
    for target in (y, np.stack([y, X[:, 0]], axis=1)):
        model = emlrt.Model.from_sklearn(Ridge().fit(X, target))
        text = f"print(m.predict({X[5].tolist()}))\nprint(m.labels, m.n_classes)\n"
        value, nothing = answers_of(firmware, tmp_path, model, text)
        assert numbers(value) == np.ravel(model.predict(X[5:6])).tolist()
        assert nothing == "None 0"


def test_a_rule_of_inputs_is_that_of_python(firmware, tmp_path):
    """Raw numbers, as lists and as arrays, saturated and rounded half to even."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3)) * [1, 100, 1e4] + [0, 1000, -5]
    y = X @ [1, 0.01, 1e-4]
    forest = RandomForestRegressor(5, max_depth=6, random_state=0).fit(X, y)
    far = np.concatenate([X[:20], X[:5] * 100, -X[:5] * 100])
    rules = (
        {"X": X, "dtype": "int16", "inputs": emlrt.to_int16(X)},
        {"offset": [0, 1000, -5]},
    )
    for options in rules:
        model = emlrt.Model.from_sklearn(forest, **options)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = model.scores(far).astype(np.float32)
            encoded = model.inputs_of(far)
        code = {"int16": "h", "float32": "f"}[model.input_dtype.name]
        text = "def show(x, m=m):\n    print(bytes(m.scores(x)))\n"
        text += "r = emlrt.Model('m.eml', False)\n"
        for row, e in zip(far, encoded, strict=True):
            text += f"show({row.tolist()})\nshow(array.array('d', {row.tolist()}))\n"
            text += f"show(array.array('{code}', {e.tolist()}), r)\n"
        said = answers_of(firmware, tmp_path, model, text)
        assert [ast.literal_eval(line) for line in said] == [
            each.tobytes() for each in expected for _ in range(3)
        ]


def test_streams_take_raw_samples(firmware, models, tmp_path):
    """Lists in pieces, with the model's hop, and with another one."""
    model = models["moves"]
    rng = np.random.default_rng(1)
    samples = rng.normal(scale=1.5, size=(150, 3))
    expected = emlrt.Stream(model).push(samples).tolist()
    assert len(set(expected)) == 2
    text = "s = emlrt.Stream('moves.eml')\nfound = []\n"
    for piece in np.array_split(samples, 7):
        text += f"found += s.push({piece.ravel().tolist()})\n"
    text += "print(found)\ns.reset()\nprint(s.push([0] * 93))\n"
    (tmp_path / "moves.eml").write_bytes(bytes(model))
    found, short = device(firmware, tmp_path, "import emlrt\n" + text)
    assert ast.literal_eval(found) == expected
    assert short == "[]"
    hopped = emlrt.Stream(models["digits"], hop=32).push(np.arange(160) % 17).tolist()
    (tmp_path / "digits.eml").write_bytes(bytes(models["digits"]))
    text = "s = emlrt.Stream('digits.eml', 32)\nx = [k % 17 for k in range(160)]\n"
    (found,) = device(firmware, tmp_path, f"import emlrt\n{text}print(s.push(x))\n")
    assert ast.literal_eval(found) == hopped


#: Expressions that fail, and what the error says. `b` is the blob of digits.
FAILURES = {
    "m.predict([1, 2])": "ValueError x has 2 elements; the model takes 64",
    "m.predict(array.array('f', z))": "TypeError x is an array of type code 'f'; the"
    " model takes array('B'), or a list of numbers",
    "m.predict('abc')": "TypeError x is an array, bytes, a list or a tuple of numbers",
    "m.predict(array.array('O', z))": "TypeError x is an array without numbers",
    "m.predict([256] * 64)": "ValueError x[0] is no integer from 0 to 255, which the"
    " model takes",
    "m.predict(z[:-1] + [0.5])": "ValueError x[63] is no integer from 0 to 255, which"
    " the model takes",
    "m.predict([float('nan')] * 64)": "ValueError x[0] is no finite number, and the"
    " model takes integers",
    "line.predict([float('nan')] * 10)": "ValueError x[0] is NaN, which the model was"
    " not trained on",
    "line.predict([0] * 9 + [1e39])": "ValueError x[9] is infinite, or too large for"
    " float32",
    "line.predict_proba([0] * 10)": "ValueError the model has no predict_proba; take"
    " the scores",
    "emlrt.Model(b[:100])": "ValueError the size is not what the blob says",
    "emlrt.Model(bytes(100))": "ValueError not an .eml blob",
    "emlrt.Model(b[:-4] + bytes(4))": "ValueError damaged: the CRC-32 does not match",
    "emlrt.Model(3)": "TypeError a model is of a path, or of bytes",
    "emlrt.Model('none.eml')": "OSError 2",
    "emlrt.Model('moves.eml')": "ValueError the model keeps state: open it as a stream;"
    " use emlrt.Stream",
    "emlrt.Stream('moves.eml').push([1] * 4)": "ValueError 4 samples are no whole times"
    " of 3 channels",
    "emlrt.Stream('digits.eml', 0)": "ValueError hop is a number of times",
    "emlrt.Stream('moves.eml', 5)": "ValueError a model that keeps state has its hop"
    " from its stages",
    "moved()": "ValueError what holds the model was changed since it was opened",
    "odd.predict(z)": "ValueError predict of this model follows from the scores in a"
    " way that only Python on a computer has; take the scores",
    "setattr(m, 'labels', 3)": "AttributeError",
    "shrink()": "ValueError x became shorter while it was read",
}
FAILING = """
import array, emlrt
m, line = emlrt.Model('digits.eml'), emlrt.Model('line.eml')
odd = emlrt.Model('odd.eml')
with open('digits.eml', 'rb') as file:
    b = file.read()
z = [0] * 64
def moved():
    held = bytearray(b)
    model = emlrt.Model(held)
    held.extend(bytes(10000))
    model.predict(z)
class Item:
    def __int__(self):
        del x[10:]
        return 0
    def __float__(self):
        del x[10:]
        return 0.0
x = [0] * 9 + [Item()] + [0] * 54
def shrink():
    m.predict(x)
def show(call):
    try:
        print('nothing', call())
    except Exception as error:
        print(type(error).__name__, error)
"""


def test_errors_say_what_to_do(firmware, models, tmp_path):
    X, y = load_iris(return_X_y=True)
    parameters = {"objective": "binary", "verbose": -1, "num_leaves": 3}
    booster = lightgbm.train(parameters, lightgbm.Dataset(X, y == 1), 3)
    odd = emlrt.Model.from_lightgbm(booster)
    for name, model in {**models, "odd": odd}.items():
        (tmp_path / f"{name}.eml").write_bytes(bytes(model))
    text = FAILING + "".join(f"show(lambda: {each})\n" for each in FAILURES)
    said = device(firmware, tmp_path, text)
    for line, (call, expected) in zip(said, FAILURES.items(), strict=True):
        assert line.startswith(expected), call


def test_a_blob_is_read_where_it_lies(firmware, models, tmp_path):
    """Bytes, memory that is not aligned, a partition with more behind it; all stay
    alive while the model does."""
    text = """
import gc
with open('m.eml', 'rb') as file:
    b = file.read()
z = bytes(64)
found = [m, emlrt.Model(b), emlrt.Model(bytearray(b + bytes(9)))]
for shift in range(4):
    found.append(emlrt.Model(memoryview(bytes(shift) + b)[shift:]))
del b
for _ in range(20):
    gc.collect()
    junk = [bytes(1000 + k) for k in range(500)]
print([each.selftest() for each in found])
print([bytes(each.scores(z)) == bytes(m.scores(z)) for each in found])
print(m.n_inputs, m.n_outputs, m.n_scores, m.n_classes, m.typecode, m.nbytes)
print(m.scratch_bytes, [m.predict(each(64)) for each in (bytes, bytearray)])
"""
    model = models["digits"]
    said = answers_of(firmware, tmp_path, model, text)
    assert said[:2] == [repr([True] * 7)] * 2
    assert said[2] == f"64 1 10 10 B {model.nbytes}"
    label = int(model.predict(np.zeros((1, 64)))[0])
    assert said[3] == f"{model.scratch_bytes} {[label] * 2}"


def test_a_module_has_the_ops_of_its_models(exported, models):
    text = (exported("micropython") / "module/ops.c").read_text()
    named = set(re.findall(r"&emlrt_op_(\w+)", text))
    stages = {stage.name.lower() for m in models.values() for stage in m.stages}
    assert stages <= named
    makefile = (exported("micropython") / "Makefile").read_text()
    assert "OPS ?= models\n" in makefile


def test_files_are_named_where_they_are(exported, everything):
    """In makefiles and in CMake's file. In an archive, no two have one basename."""
    for folder in (exported("micropython"), everything):
        runtime = sorted(p.relative_to(folder) for p in (folder / "src").rglob("*.c"))
        module = {p.relative_to(folder) for p in (folder / "module").glob("*.c")}
        assert len({p.name for p in runtime}) == len(runtime)
        kinds = {
            "Makefile": "natmod",
            "micropython.mk": "usermod",
            "micropython.cmake": "usermod",
        }
        for name, kind in kinds.items():
            text = (folder / name).read_text()
            found = {
                Path(each) for each in re.findall(r"(?:src|module)/[\w/]+\.c", text)
            }
            other = {"natmod": "usermod", "usermod": "natmod"}[kind]
            assert found == {*runtime, *module} - {Path(f"module/{other}.c")}, name


CMAKE = """\
cmake_minimum_required(VERSION 3.16)
project(port C)
add_library(usermod INTERFACE)
include({folder}/micropython.cmake)
get_target_property(linked usermod INTERFACE_LINK_LIBRARIES)
get_target_property(sources ${{linked}} INTERFACE_SOURCES)
get_target_property(defined ${{linked}} INTERFACE_COMPILE_DEFINITIONS)
get_target_property(included ${{linked}} INTERFACE_INCLUDE_DIRECTORIES)
file(WRITE ${{CMAKE_BINARY_DIR}}/found "${{defined}}\\n${{included}}\\n${{sources}}")
"""


@pytest.mark.parametrize("ops", ["models", "all"])
def test_ports_built_by_cmake_get_the_module(ops, exported, tool, tmp_path):
    """As py/usermod.cmake gathers it."""
    folder = exported("micropython")
    (tmp_path / "CMakeLists.txt").write_text(CMAKE.format(folder=folder))
    run(tool("cmake"), "-S", tmp_path, "-B", tmp_path / "b", f"-DEMLRT_OPS={ops}")
    defined, included, sources = (tmp_path / "b/found").read_text().splitlines()
    assert (defined == "EMLRT_MP_ALL_OPS") == (ops == "all")
    assert Path(included) == folder / "include"
    found = [Path(each) for each in sources.split(";")]
    assert all(each.is_file() for each in found)
    assert folder / "module/usermod.c" in found
    assert len(found) == len(list(folder.rglob("*.c"))) - 1


def native_config(core, folder):
    """What MicroPython's linker makes of the names in a native module's files."""
    texts = [path.read_text() for path in (folder / "module").glob("*.c")]
    texts.append((core / "py/dynruntime.h").read_text())
    names = sorted(set(re.findall(r"\bMP_QSTR_\w+", "\n".join(texts))))
    lines = [f"#define {n} (mp_native_qstr_table[{k}])" for k, n in enumerate(names)]
    return "\n".join(
        [
            "#include <stdint.h>",
            "typedef uintptr_t mp_off_t;",
            *lines,
            "extern const uint16_t mp_native_qstr_table[];",
            "",
        ]
    )


@pytest.mark.parametrize("which", CORES)
def test_a_native_module_keeps_its_rules(which, core, everything, tool, tmp_path):
    """Compiled as py/dynruntime.mk does: nothing is initialised and written, nothing is
    cleared and static, and of libraries only the compiler's own is wanted."""
    gcc = tool(which.split()[0])
    (tmp_path / "config.h").write_text(native_config(core, everything))
    plain = tmp_path / "plain"
    plain.mkdir()
    for name, text in PLAIN_HEADERS.items():
        (plain / name).write_text(text)
    flags = [*NATIVE, *CORES[which], f"-I{tmp_path}", f"-isystem{core}"]
    flags += ["-idirafter", plain, "-DMICROPY_USE_INTERNAL_ERRNO=1"]
    flags += [f"-I{everything / 'include'}", "-DMP_CONFIGFILE=<config.h>"]
    flags += ["-DEMLRT_MP_ALL_OPS"]
    flags += ["-DMICROPY_FLOAT_IMPL=MICROPY_FLOAT_IMPL_FLOAT"]
    module = [p for p in (everything / "module").glob("*.c") if p.stem != "usermod"]
    own, runtime = tmp_path / "module", tmp_path / "runtime"
    for folder, paths in ((own, module), (runtime, (everything / "src").rglob("*.c"))):
        folder.mkdir()
        run(gcc, *flags, "-c", *paths, cwd=folder)
    objects = [*own.glob("*.o"), *runtime.glob("*.o")]
    nm = tool(Path(gcc).name.replace("gcc", "nm"))
    lines = run(nm, *objects).splitlines()
    symbols = [line.split()[-2:] for line in lines if len(line.split()) >= 2]
    assert not [name for kind, name in symbols if kind in ("b", "C")]
    defined = {name for kind, name in symbols if kind not in ("U", "w")}
    wanted = {name for kind, name in symbols if kind == "U"} - defined
    assert {name for name in wanted if not KNOWN.fullmatch(name)} == set()
    sizes = run(tool(Path(gcc).name.replace("gcc", "objdump")), "-h", *objects)
    written = re.findall(r"^ +\d+ (\.t?data(?!\.rel\.ro)\S*) +([0-9a-f]+)", sizes, re.M)
    assert {int(size, 16) for _, size in written} <= {0}
