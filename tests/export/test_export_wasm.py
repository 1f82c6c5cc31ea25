# SPDX-License-Identifier: MIT
"""The folder for WebAssembly: its module in node, its page in a browser."""

import base64
import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from commands import run
from families import cases, stream_cases
from sklearn.datasets import load_iris
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import emlrt
from emlrt.emulate import ToolMissing
from emlrt.exports import compiling, files

HERE = Path(__file__).parent
IRIS = load_iris(as_frame=True)
X, NAMES = IRIS.data, IRIS.target_names[IRIS.target]


@pytest.fixture(scope="session")
def compiler(tool):
    """Clang and its linker."""
    tool("wasm-ld", "wasm-ld-14")
    return tool("clang", "clang-14")


def bits(numbers):
    return np.ascontiguousarray(numbers).view(np.uint32).tolist()


def numbers(row):
    """A row as JSON has it."""
    texts = {np.inf: "Infinity", -np.inf: "-Infinity"}
    return [None if x != x else texts.get(x, x) for x in map(float, row)]


def case(model, rows, *calls):
    """What the driver is asked."""
    blob = base64.b64encode(bytes(model)).decode()
    return {"blob": blob, "rows": [numbers(row) for row in rows], "calls": calls}


@pytest.fixture(scope="session")
def asked(compiler, exported, tool):
    """A function: what emlrt.mjs says of some cases."""
    node, folder = tool("node"), exported("wasm")

    def ask(*given):
        command = [node, HERE / "wasm_answers.mjs", folder / "emlrt.mjs"]
        done = subprocess.run(
            command, input=json.dumps(given), capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        return found["found"] if len(given) != 0 else found["members"]

    return ask


def test_every_op_has_the_bits_of_python(asked):
    """The small models of every family, with odd rows among them."""
    every = cases()
    calls = {True: ("run", "classes"), False: ("run",)}
    given = [
        case(c.model, c.rows, *calls[bool(c.model.program.class_counts)]) for c in every
    ]
    for each, found in zip(every, asked(*given), strict=True):
        model, x = each.built()
        scores = model._runtime.scores(x)
        assert found["run"] == [bits(row) for row in scores], each.name
        if model.program.class_counts:
            assert found["classes"] == model._runtime.classify(x).tolist(), each.name


def test_every_stream_has_the_bits_of_python(asked):
    every = [(c.model, c.rows.ravel()) for c in stream_cases()]
    every = [(model, x) for model, x in every if np.isfinite(x).all()]
    assert len(every) > 20
    found = asked(*(case(model, [x], "push") for model, x in every))
    for (model, x), answers in zip(every, found, strict=True):
        expected = emlrt.Stream(model).push_scores(x)
        assert [one["bits"] for one in answers["push"][0]] == [
            bits(row) for row in expected
        ]


def fitted():
    """Models as users make them, with rows."""
    mlp = MLPClassifier((16,), max_iter=999, random_state=0)
    classifiers = [
        RandomForestClassifier(9, random_state=0),
        LogisticRegression(max_iter=500),
        make_pipeline(StandardScaler(), SVC()),
        make_pipeline(StandardScaler(), mlp),
        KNeighborsClassifier(3),
    ]
    for each in classifiers:
        yield emlrt.Model.from_sklearn(each.fit(X, NAMES), X=X)
    both = np.stack([NAMES, NAMES == "setosa"], axis=1).astype(str)
    forest = RandomForestClassifier(5, random_state=0)
    yield emlrt.Model.from_sklearn(forest.fit(X, both), X=X)
    rule = {"dtype": "int16", "X": X, "inputs": emlrt.to_int16(X)}
    yield emlrt.Model.from_sklearn(forest.fit(X, NAMES), **rule)


def test_classifiers_say_what_python_says(asked):
    models = list(fitted())
    rows = X.to_numpy()[::7]
    calls = "scores", "predict", "proba", "classify"
    for model, found in zip(
        models, asked(*(case(m, rows, *calls) for m in models)), strict=True
    ):
        assert found["scores"] == [bits(row) for row in model.scores(rows)]
        predicted = model.predict(rows)
        assert (
            found["classify"] == model._runtime.classify(model.inputs_of(rows)).tolist()
        )
        assert found["predict"] == predicted.tolist()
        assert found["labels"] == [each.tolist() for each in model.output_classes]
        assert found["featureNames"] == X.columns.tolist()
        if not hasattr(model, "predict_proba"):
            assert {each["status"] for each in found["proba"]} == {"KIND"}
            continue
        runtime, device = model._runtime, model.inputs_of(rows)
        proba = [runtime.firmware(row, "proba") for row in device]
        assert found["proba"] == [bits(row) for row in proba]


def test_values_are_numbers(asked):
    one = GradientBoostingRegressor(n_estimators=9).fit(X, IRIS.target)
    two = Ridge().fit(X, np.stack([IRIS.target, X.iloc[:, 0]], axis=1))
    models = [emlrt.Model.from_sklearn(each, X=X) for each in (one, two)]
    found = asked(*(case(m, X.to_numpy()[:3], "predict", "proba") for m in models))
    for model, said in zip(models, found, strict=True):
        scores = model.scores(X.iloc[:3])
        assert np.array_equal(said["predict"], np.squeeze(scores).astype(float))
        assert said["proba"][0]["status"] == "KIND"
        assert said["proba"][0]["error"] == "the model is not a classifier"


def test_refusals_are_those_of_the_runtime(asked, models):
    line, digits, moves = (models[name] for name in ("line", "digits", "moves"))
    damaged = bytearray(bytes(line))
    damaged[-1] ^= 1
    short = bytes(line)[:-4]
    given = [
        case(damaged, []),
        case(short, []),
        case(b"no blob at all, but long enough" * 9, []),
        case(line, [[1.0] * 9, [np.nan] * 10, [1e39] * 10], "scores"),
        case(digits, [[0.5] * 64, [256] * 64], "scores"),
        case(moves, [[0.0] * moves.program.n_inputs], "scores"),
    ]
    crc, size, magic, floats, integers, stream = asked(*given)
    assert crc == {"status": "CRC", "error": "damaged: the CRC-32 does not match"}
    assert size["status"] == "SIZE"
    assert magic["status"] == "MAGIC"
    count, missing, large = floats["scores"]
    assert count == {"status": "COUNT", "error": "an array's length is not the model's"}
    assert missing["error"].startswith("input 0 is NaN, which the original model")
    assert large["error"].startswith("input 0 is infinite or too large for float32")
    for found, number in zip(integers["scores"], ("0.5", "256"), strict=True):
        text = f"input 0 is {number}, but the model takes integers from 0 to 255"
        assert found["error"] == text
    assert stream["scores"][0]["status"] == "STATE"


def test_the_types_name_what_is_there(asked, exported):
    text = (exported("wasm") / "emlrt.d.mts").read_text()
    body = text[text.index("export class Model") :]
    methods = set(re.findall(r"^  (\w+)\(", body, re.MULTILINE)) - {"constructor"}
    there = {name for name in asked() if not name.startswith("_")} - {"constructor"}
    assert methods == there


def test_examples_run_in_node(compiler, exported, models, tool):
    for name in models:
        out = run(tool("node"), exported("wasm") / f"models/{name}_example.mjs")
        first, *_, last = out.splitlines()
        assert first == f"{name}: open: OK"
        assert re.fullmatch(rf"{name}: (one row|a window of silence): OK", last)


def test_the_example_sees_another_score(compiler, exported, tool, tmp_path):
    folder = shutil.copytree(exported("wasm"), tmp_path / "wasm")
    path = folder / "models/line_example.mjs"
    text = path.read_text()
    first = re.search(r"0x[0-9a-f]{8}", text)[0]
    path.write_text(text.replace(first, f"0x{int(first, 16) ^ 1:08x}"))
    done = subprocess.run([tool("node"), path], capture_output=True, text=True)
    assert done.returncode == 1
    assert "not the scores of Python" in done.stdout


def test_make_makes_the_same_module(compiler, exported, tool, tmp_path):
    folder = shutil.copytree(exported("wasm"), tmp_path / "wasm")
    module = folder / "emlrt.wasm"
    before = module.read_bytes()
    module.unlink()
    run(tool("make"), "-C", folder, f"CC={compiler}")
    assert module.read_bytes() == before


def test_without_a_compiler_the_error_says_what_to_install(
    cli, models, monkeypatch, tmp_path
):
    monkeypatch.setattr(compiling, "_compilers", list)
    compiling._wasm.cache_clear()
    with pytest.raises(ToolMissing, match="export wasm needs clang with wasm-ld"):
        files("wasm", models)
    models["line"].save(tmp_path / "line.eml")
    code, _, err = cli("export", "wasm", tmp_path / "line.eml", tmp_path / "out")
    assert code == 2
    assert "`apt install clang lld` or `pip install ziglang`" in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "fault", ["", "exit 1", "echo 'error: wasm-ld: No such file' >&2; exit 1"]
)
def test_a_clang_without_the_linker_is_passed_over(fault, monkeypatch, tmp_path):
    """One that finds a fault in the code is not."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text(f"#!/bin/sh\n{fault or 'printf one > out.wasm'}\n")
    second.write_text("#!/bin/sh\nprintf two > out.wasm\n")
    for path in (first, second):
        path.chmod(0o755)
    commands = [[str(first)], [str(second)]]
    monkeypatch.setattr(compiling, "_compilers", lambda: commands)
    compiling._wasm.cache_clear()
    sources = {"main.c": fault.encode()}
    if fault == "exit 1":
        with pytest.raises(RuntimeError, match="exit code 1"):
            compiling.wasm(sources, "main.c")
    else:
        assert compiling.wasm(sources, "main.c") == (b"two" if fault else b"one")
    compiling._wasm.cache_clear()


@pytest.fixture(scope="module")
def shown(compiler, exported, tool, tmp_path_factory):
    """A function: the page's DOM in a browser, for an address's part behind #."""
    chromium = tool("chromium", "chromium-browser", "google-chrome")
    profile = tmp_path_factory.mktemp("profile")
    options = [
        *("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"),
        *("--virtual-time-budget=10000", "--dump-dom"),
    ]
    page = (exported("wasm") / "index.html").as_uri()
    return lambda hash: run(chromium, *options, f"{page}#{hash}")


def part(dom, name):
    """The text of the element of a name."""
    inner = re.search(rf'id="{name}"[^>]*>(.*?)</(?:p|output|div)>', dom, re.DOTALL)[1]
    return html.unescape(re.sub(r"<[^>]+>", " ", inner)).strip()


def label(dom):
    """The answer in large letters."""
    return html.unescape(re.search(r'<p class="label">(.*?)</p>', dom)[1])


def test_the_page_answers_a_row(shown, models):
    rows = load_digits_rows()
    for row in rows:
        dom = shown(f"model=digits&x={','.join(map(str, row))}")
        assert 'data-state="done"' in dom
        assert label(dom) == str(models["digits"].predict([row])[0])
        scores = models["digits"].scores([row])[0]
        assert part(dom, "scores") == ", ".join(map(str, scores))
        (best, *_) = sorted(models["digits"].predict_proba([row])[0])[::-1]
        assert f">{100 * best:.1f} %<" in dom
    assert "self-test OK (3)" in dom
    assert dom.count('<input type="range"') == 64


def load_digits_rows():
    from sklearn.datasets import load_digits

    return load_digits().data[[5, 70]].astype(int).tolist()


def test_the_page_answers_with_a_value(shown, models):
    row = [0.5, -1, 2, 3, 4, 5, 6, 7, 8, 9]
    dom = shown(f"model=line&x={','.join(map(str, row))}")
    (score,) = models["line"].scores([row])[0]
    assert np.float32(part(dom, "scores")) == score
    assert np.isclose(float(label(dom)), score, rtol=1e-6)


def test_the_page_answers_windows(shown, models):
    samples = np.random.default_rng(3).integers(-3, 4, size=(80, 3))
    dom = shown(f"model=moves&x={','.join(map(str, samples.ravel().tolist()))}")
    expected = emlrt.Stream(models["moves"]).push(samples)
    assert len(expected) > 2
    assert f"{len(expected)} windows; the answer above" in dom
    cells = re.findall(r"<tr><td>\d+</td><td>(.*?)</td>", dom)
    assert cells == expected.tolist()
    assert label(dom) == expected[-1]
    assert "This page reads no sound files" in dom


@pytest.mark.parametrize(
    ("hash", "says"),
    [
        ("model=nobody", "there is no model nobody here"),
        ("model=line&x=1,2", "an array's length is not the model's"),
        ("model=line&x=1,two", "two is no number"),
        ("model=moves&x=1,2,3", "3 samples: the first window takes"),
    ],
)
def test_the_page_says_what_is_wrong(hash, says, shown):
    dom = shown(hash)
    assert 'data-state="error"' in dom
    assert says in part(dom, "error")
    assert 'class="label"' not in dom
