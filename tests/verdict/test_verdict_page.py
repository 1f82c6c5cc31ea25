# SPDX-License-Identifier: MIT
"""The report as a page: well-formed, alone, with what the text says."""

from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

import emlrt
from emlrt.texts import shown
from emlrt.verdict.numbers import microjoules, milliseconds, percent
from emlrt.verdict.svg import bar, confusion, points

#: Elements without an end.
VOID = {"meta", "br"}
NASTY = '<script>alert("x")</script>\u202e&amp;'


class Page(HTMLParser):
    """Tags that are open, all texts, and all attributes."""

    def __init__(self, text):
        super().__init__()
        self.open, self.texts, self.tags = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(params=["text labels", "values", "many values", "many labels"])
def report(request, models, forests):
    estimator, X, y = forests[request.param]
    return models[request.param].report(X, y, estimator, boards=["uno", "esp32"])


def test_the_page_is_whole_and_alone(report, tmp_path):
    path = tmp_path / "page.html"
    text = report.to_html(path)
    assert path.read_text(encoding="utf-8") == text
    page = Page(text)
    assert not page.open
    names = {tag for tag, _ in page.tags}
    assert {"html", "style", "svg", "table", "h1"} <= names
    assert not names & {"script", "link", "img", "iframe"}
    assert not any({"src", "href"} & given.keys() for _, given in page.tags)
    assert "http" not in text
    said = " ".join(page.texts)
    assert "Arduino Uno Rev3" in said
    assert f"{report.facts.nbytes:,} bytes" in said
    assert {verdict.verdict for verdict in report.verdicts} <= set(page.texts)
    assert any(given.get("name") == "viewport" for _, given in page.tags)
    assert "prefers-color-scheme:dark" in text


def test_a_notebook_shows_the_same_without_a_page(report):
    part = report._repr_html_()
    assert part in report.to_html()
    assert not Page(part).open
    assert "<html" not in part


def test_the_page_without_boards_rows_or_original(models, forests):
    model, X = models["integers"], forests["integers"][1]
    for found in (model.report(), model.report(X), model.report(boards="esp8266")):
        page = Page(found.to_html())
        assert not page.open
        assert ("Agreement" in page.texts) == (found.agreement is not None)


def test_names_and_labels_do_not_act():
    X, y = np.arange(8.0)[:, None], np.array([NASTY, "b"] * 4)
    tree = DecisionTreeClassifier().fit(X, y)
    model = emlrt.Model.from_sklearn(tree, note=NASTY)
    wrong = y.copy()
    wrong[:3] = wrong[1:4]
    found = model.report(X, y, wrong, boards="uno")
    text = found.to_html()
    assert "<script" not in text
    page = Page(text)
    assert shown(NASTY) in "".join(page.texts)
    assert not any(tag == "script" for tag, _ in page.tags)
    assert "\u202e" not in str(found) + text


def test_bars_are_as_long_as_the_bytes():
    page = Page(bar({"a": 300, "b": 0, "c": 100}, 800, "flash"))
    rects = [given for tag, given in page.tags if tag == "rect"]
    assert [float(given["width"]) for given in rects] == [600, 225, 75]
    assert float(rects[2]["x"]) == 225
    (line,) = [given for tag, given in page.tags if tag == "line"]
    assert float(line["x1"]) == 599
    page = Page(bar({"a": 1000}, 500, "flash"))
    (line,) = [given for tag, given in page.tags if tag == "line"]
    assert float(line["x1"]) == 300
    assert not Page(bar({}, None, "nothing")).open


def test_plots_show_what_differs():
    text = confusion(np.array([[3, 1], [0, 5]]), ["no", "yes"])
    assert Page(text).texts.count("3") == Page(text).texts.count("1") == 1
    assert text.count('class="other"') == 2
    values = np.array([0.0, 1, 2, np.nan])
    text = points(values, values)
    assert text.count("<circle") == 3
    assert not Page(points(np.full(2, np.nan), np.zeros(2))).open
    assert points(np.zeros(5000), np.zeros(5000)).count("<circle") == 1000


def test_numbers_in_words():
    assert percent(0.99999, 2) == "99.99 %"
    assert percent(1.0, 2) == "100.00 %"
    assert percent(0.000001) == "below 1 %"
    assert percent(None) == milliseconds(None) == microjoules(None) == "?"
    assert milliseconds(0.0123) == "12.3 us"
    assert milliseconds(12.3) == "12.3 ms"
    assert milliseconds(12345) == "12.3 s"
    assert microjoules(0.5) == "500 nJ"
    assert microjoules(2500) == "2.5 mJ"
