# SPDX-License-Identifier: MIT
"""Examples of the site's gallery: each runs, is short, and ends in a figure and a
table. `make docs` runs them, too, and shows them."""

import os
import re
import runpy
from pathlib import Path

import matplotlib
import pytest
from matplotlib import pyplot

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("plot_*.py"))
#: What the examples claim: a line of the table, and a number that it must have.
CLAIMS = {
    "digits": (r"^float32 .* 100\.00% ", r"^uint8  .* 100\.00% "),
    "gestures": (r"^streamed as scikit-learn has it +100\.0% ",),
    "anomalies": (r"^GaussianMixture +(9[5-9]|100)\.\d% ",),
    "categories": (r"^categories .* 100\.0%$", r"X0_CELLAR = 2"),
    "update": (
        r"^nothing +-4 +refused",
        r"damaged +-\d+ +refused",
        r"^the next one +0 ",
    ),
    "bearings": (r"^integers alone .* 100\.0% ",),
    "thresholds": (r"^digits, 0 to 1 +\d\.\d% +100\.0%$",),
}


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    """No windows."""
    matplotlib.use("Agg")
    monkeypatch.setattr(pyplot, "show", lambda: None)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_end_in_a_table_and_a_figure(path, capsys):
    runpy.run_path(str(path), run_name="__main__")
    out = capsys.readouterr().out
    figures = [pyplot.figure(number) for number in pyplot.get_fignums()]
    assert len(figures) == 1
    assert all(axes.has_data() for axes in figures[0].axes)
    assert len(re.findall(r"^\S.* {2,}\S*\d", out, re.MULTILINE)) >= 2  # rows
    for claim in CLAIMS[path.stem.removeprefix("plot_")]:
        assert re.search(claim, out, re.MULTILINE), out
    if os.environ.get("CI"):
        assert "Run on this computer" not in out


def test_every_example_claims_something():
    assert {path.stem.removeprefix("plot_") for path in EXAMPLES} == set(CLAIMS)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_short_and_say_what_they_show(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 60
    assert re.match(
        r'# SPDX-License-Identifier: MIT\n"""\n(.+)\n(=+)\n\n.{80}', text, re.DOTALL
    )
    assert text.endswith("plt.show()\n")
