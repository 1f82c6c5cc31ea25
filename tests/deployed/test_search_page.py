# SPDX-License-Identifier: MIT
"""docs/SEARCH.md: its examples run, and say what is so."""

import re
from pathlib import Path

import matplotlib as mpl
import pytest

from emlrt import metrics

PAGE = (Path(__file__).parents[2] / "docs/SEARCH.md").read_text(encoding="utf-8")


def test_the_examples_run(tmp_path, monkeypatch):
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)
    found = {}
    for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(code, "SEARCH.md", "exec"), found)
    model = found["model"]
    assert (tmp_path / "digits.eml").stat().st_size == model.nbytes
    flash = metrics.make_scorer("flash", board="zero").cost(model)
    assert flash < 11_000  # of all rows; the limit is for the splits
    assert found["halving"].best_estimator_.model_.nbytes < 2000
    assert (found["costs"][1:] >= found["costs"][:-1]).all()
    best = {trial.number for trial in found["study"].best_trials}
    assert {found["study"].trials[k].number for k in found["front"]} == best
    assert found["taken"].score > 0.8
    assert found["small"].score(found["X"], found["y"]) > 0.8


def test_the_table_has_every_cost():
    names = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert names == list(metrics.COSTS)
