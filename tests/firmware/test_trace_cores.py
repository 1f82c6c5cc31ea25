# SPDX-License-Identifier: MIT
"""Traces on emulated cores, beside the host's."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from c.seeded import replace_once
from forest_cases import need, need_core
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from trace_page import ROOT, paths, replayed, session

from emlrt import InputScaling, Model
from emlrt.emulate import TARGETS, build
from emlrt.emulate.sources import runtime_sources

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])
#: Compared at each change, beside an AVR, whose way is another. docs/TRACE.md has it.
CORE = "cortex-m0plus"


@cache
def scaled() -> Model:
    """products, affine, dense; labels are texts."""
    steps = PolynomialFeatures(), StandardScaler(), LogisticRegression(max_iter=200)
    return Model.from_sklearn(make_pipeline(*steps).fit(X, NAMES[Y]))


@cache
def neighbours() -> Model:
    return Model.from_sklearn(KNeighborsClassifier(3).fit(X, Y))


@cache
def forest() -> Model:
    """int16 by offset and scale, two outputs, votes."""
    targets = np.stack([NAMES[Y], np.where(X[:, 0] > 5.8, "long", "short")], axis=1)
    fitted = RandomForestClassifier(3, max_depth=4, random_state=0).fit(X, targets)
    rule = InputScaling([5, 3, 3, 1], np.full(4, 100), "int16")
    return Model.from_sklearn(fitted, dtype="int16", inputs=rule, X=X)


MODELS = {"scaled": scaled, "neighbours": neighbours, "forest": forest}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("core", [CORE, "atmega1284p", "cortex-m55", "lx106"])
def test_every_number_is_the_host_s(core: str, name: str) -> None:
    need_core(core)
    model, rows = MODELS[name](), X[49:51]
    host, other = model.trace(rows), model.trace(rows, core=core)
    assert other.where == core
    assert host.compare(other) == []
    assert other.contradictions == []
    assert (other.classes is None) == (host.classes is None)
    assert (other.probabilities is None) == (host.probabilities is None)
    # Numbers of the core, not zeros that nothing has written.
    assert all(stage.writes.bits.any() for stage in other)
    assert len({bytes(stage.writes.values) for stage in other}) == len(other)


#: SiLU with its factor's last bit dropped, and with an address that is nowhere.
RIGHT = "emlrt_mul(emlrt_float(x), emlrt_float(emlrt_logistic(x)))"
WRONG = "emlrt_float(x) * emlrt_float(emlrt_logistic(x) & ~UINT32_C(1))"
NOWHERE = "*(volatile float *)(uintptr_t)UINT32_C(0x90000000)"


def changed(core: str, folder: Path, wrong: str) -> Path:
    """The object of SiLU with a bug."""
    (path,) = [path for path in runtime_sources() if path.stem.endswith("_silu")]
    root = next(p for p in path.parents if (p / "include").is_dir())
    shutil.copytree(root, folder / "c")
    copy = folder / "c" / path.relative_to(root)
    replace_once(copy, RIGHT, wrong, "test_trace_cores.py")
    (made,) = build.objects(TARGETS[core], [copy], build.Options(opt="-Os"))
    return made


@pytest.fixture
def planted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A runtime for the core whose SiLU has a bug."""
    need(TARGETS[CORE].compiler)
    made = changed(CORE, tmp_path, getattr(request, "param", WRONG))
    real = build.runtime_objects

    def objects(*arguments: Any) -> list[Path]:
        found = [path for path in real(*arguments) if path.name != made.name]
        return [*found, made]

    monkeypatch.setattr(build, "runtime_objects", objects)


@pytest.mark.parametrize("planted", [NOWHERE], indirect=True)
def test_a_stage_that_faults_is_named(cli: Any, planted: None, tmp_path: Path) -> None:
    words, _ = session(1)
    code, out, err = cli(*paths(words, tmp_path))
    assert (code, out) == (2, "")
    assert f"stage 1 (silu) on the {CORE}: " in err
    assert "emlrt_run_silu" in err or "emlrt_silu" in err


def test_a_planted_bit_is_marked_at_its_stage_and_element(planted: None) -> None:
    words, _ = session(1)
    model, rows = Model.load(ROOT / words[1]), np.array([[1, 0, -3, 0.125]])
    host, core = model.trace(rows), model.trace(rows, core=CORE)
    first = host.compare(core)[0]
    assert (first.row, first.stage, first.element) == (0, 1, 1)
    assert first.what == "stage 1 (silu) writes"
    assert int(first.bits[0], 16) - int(first.bits[1], 16) == 1
    assert [d.what for d in host.compare(core)[1:]] == ["stage 2 (dense) reads"]
    # The core is at one with itself: all of its ways have the bug.
    assert core.contradictions == []


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Path, Path]:
    scaled().save(tmp_path / "m.eml")
    np.savetxt(tmp_path / "x.csv", X, "%.1f", delimiter=",")
    return tmp_path / "m.eml", tmp_path / "x.csv"


def test_the_command_shows_both_side_by_side(cli: Any, saved: Any) -> None:
    need(TARGETS[CORE].compiler)
    code, out, err = cli("predict", *saved, "--trace", "--core", CORE, "--row", 70)
    assert (code, err) == (0, "")
    assert out.startswith(f"left: host; right: {CORE}\nrow 70: 4 float64\n")
    assert "stage 2 (dense) writes: output+0: 3 float32, equal\n" in out
    assert out.endswith(f"give the same bits, and so does {CORE}\n")
    code, out, _ = cli("predict", *saved, "--trace", "--core", CORE, "--json")
    found = json.loads(out)
    assert code == 0
    assert [trace["where"] for trace in found["traces"]] == ["host", CORE]
    host, core = (trace["rows"] for trace in found["traces"])
    assert host == core
    assert found["differences"] == []


def test_the_command_marks_the_first_difference_as_the_page_shows(
    cli: Any, planted: None, tmp_path: Path
) -> None:
    words, shown = session(1)
    assert replayed(cli, words, tmp_path) == (1, shown)
    assert words[-1] == CORE
    assert shown.count("<-- first difference") == 1
    code, out, _ = cli(*paths(words, tmp_path), "--json")
    first = json.loads(out)["differences"][0]
    assert code == 1
    assert (first["row"], first["stage"], first["element"]) == (1, 1, 1)
    assert first["host"]["bits"] != first[CORE]["bits"]


def test_a_model_that_is_too_large_for_a_core_is_refused(cli: Any, saved: Any) -> None:
    need("avr-gcc")
    Z = np.random.default_rng(0).normal(size=(20, 300))
    model = Model.from_sklearn(StandardScaler().fit(Z))
    with pytest.raises(ValueError, match="2048 bytes of RAM"):
        model.trace(Z[:1], core="atmega328p")
