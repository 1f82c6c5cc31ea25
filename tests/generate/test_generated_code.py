# SPDX-License-Identifier: MIT
"""Generated code has the answers of its blob, bit for bit, in C and in C++."""

from dataclasses import replace

import families
import numpy as np
from generate.generated import C99, CXX11, check, golden_models, name_of
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier

import emlrt
from emlrt._native import lib
from emlrt.blob import write
from emlrt.generate import columns, printing
from emlrt.inspect.work import program_work
from emlrt.metadata import Metadata


def test_golden_blobs(tool, runtime, tmp_path):
    models = list(golden_models())
    assert len(models) > 200
    check(tool("cc", "gcc"), models, tmp_path, [*C99, "-O0"], runtime)


def test_families_in_cpp(tool, runtime, tmp_path):
    models = [(name_of(str(c)), c.model, c.rows) for c in families.cases()]
    check(tool("c++", "g++"), models, tmp_path, [*CXX11, "-O0"], runtime)


def test_keys_everywhere_trees_in_pieces_and_tables(
    tool, runtime, tmp_path, monkeypatch
):
    """What is chosen by cost is right wherever it is chosen."""
    monkeypatch.setattr(columns, "pay", lambda stages, once: True)
    monkeypatch.setattr(printing, "SPLITS_MAX", 3)
    words = ("vote", "soft", "sum", "add", "bases", "boosting", "bits")
    models = list(golden_models(*words))
    check(tool("cc", "gcc"), models, tmp_path, [*C99, "-Os"], runtime)


def made(n_classes, dtype, voting, seed):
    """A random forest, and rows of its input dtype with many ties."""
    random = np.random.default_rng(seed)
    X = random.integers(-9, 9, (200, 5)) * (1.0 if dtype != "float32" else 0.37)
    X = np.abs(X) if dtype == "uint8" else X
    y = random.integers(0, n_classes, len(X))
    forest = RandomForestClassifier(4 + seed, max_depth=4, random_state=seed)
    model = emlrt.Model.from_sklearn(forest.fit(X, y), dtype=dtype, voting=voting, X=X)
    return f"m_{dtype}_{voting}_{n_classes}_{seed}", model, X.astype(dtype)


def test_forests_of_few_and_many_classes(tool, runtime, tmp_path):
    models = [
        made((2, 3, 20)[i % 3], dtype, voting, i % 3)
        for i, dtype in enumerate(("float32", "int32", "int16", "uint8"))
        for voting in ("hard", "soft")
    ]
    check(tool("cc", "gcc"), models, tmp_path, [*C99, "-O1"], runtime)


def without_bins(name, model):
    """The trees behind a model's bins alone, on codes that are inputs themselves."""
    _, trees = model.program.stages
    source = replace(trees.source, space=lib.EMLRT_SPACE_INPUT, offset=0)
    program = replace(
        model.program,
        n_inputs=source.count,
        input_dtype=source.dtype,
        stages=(replace(trees, source=source),),
        metadata=Metadata(),
        work=1,
    )
    program = replace(program, work=program_work(program))
    made = emlrt.Model.from_bytes(write(program))
    random = np.random.default_rng(0)
    rows = random.integers(-3, 130, (60, source.count)).astype(made.input_dtype)
    return f"{name}_codes", made, rows


def test_categories_that_are_inputs(tool, runtime, tmp_path):
    """Codes may be any number of their dtype, negative ones too."""
    found = [m for m in golden_models("categories") if len(m[1].stages) == 2]
    many = (c for c in families.cases() if "categories-many" in c.name)
    found += [(name_of(c.name), c.model, c.rows) for c in many]
    models = [without_bins(name, model) for name, model, _ in found]
    assert {m.input_dtype.name for _, m, _ in models} == {"uint8", "int16"}
    check(tool("cc", "gcc"), models, tmp_path, [*C99, "-O1"], runtime)


def large():
    """A tree whose splits are one path, a tree of many functions, several outputs."""
    X = np.arange(3000, dtype=np.float32)[:, None]
    y = (np.arange(3000) % 2).astype(int)
    chain = DecisionTreeClassifier(splitter="random", random_state=0).fit(X**3, y)
    yield "m_chain", emlrt.Model.from_sklearn(chain, X=X**3), X**3
    random = np.random.default_rng(0)
    X = random.normal(size=(1500, 8)).astype(np.float32)
    Y = np.stack([X[:, 0] * X[:, 1], X[:, 2]], axis=1)
    forest = RandomForestRegressor(2, random_state=0).fit(X, Y)
    yield "m_outputs", emlrt.Model.from_sklearn(forest, X=X), X


def test_large_trees(tool, runtime, tmp_path):
    models = list(large())
    check(tool("cc", "gcc"), models, tmp_path, [*C99, "-O0"], runtime)
