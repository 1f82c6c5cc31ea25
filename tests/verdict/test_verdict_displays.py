# SPDX-License-Identifier: MIT
"""Displays of agreement, of sizes and of quantization: what is drawn is what is so."""

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

import emlrt
from emlrt.boards import BOARDS
from emlrt.verdict.sizes import blob_parts

mpl.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")


def test_agreement_of_labels(models, forests):
    estimator, X, _ = forests["text labels"]
    theirs = estimator.predict(X)
    theirs[:7] = "virginica"
    figure, ax = plt.subplots()
    found = emlrt.AgreementDisplay.from_estimator(
        models["text labels"], X, theirs, ax=ax
    )
    assert (found.ax_, found.figure_) == (ax, figure)
    expected = confusion_matrix(theirs, estimator.predict(X))
    assert np.array_equal(found.confusion_, expected)
    assert found.share == 1 - 7 / 150
    assert {text.get_text() for text in found.text_} == {
        str(n) for n in expected.ravel() if n
    }
    shares = expected / expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.im_.get_array(), shares)
    labels = [text.get_text() for text in ax.get_xticklabels()]
    assert labels == ["setosa", "versicolor", "virginica"]
    assert "95.33 %" in ax.get_title()
    assert found.points_ is None


def test_agreement_of_values(models, forests):
    estimator, X, _ = forests["many values"]
    model = models["many values"]
    found = emlrt.AgreementDisplay.from_estimator(model, X, estimator, output=1)
    points = found.points_.get_offsets()
    np.testing.assert_allclose(points[:, 0], estimator.predict(X)[:, 1])
    np.testing.assert_allclose(points[:, 1], model.predict(X)[:, 1])
    assert found.im_ is found.confusion_ is found.text_ is None
    with pytest.raises(ValueError, match="no output 3; there are 3"):
        emlrt.AgreementDisplay.from_estimator(model, X, estimator, output=3)
    with pytest.raises(ValueError, match="give original"):
        emlrt.AgreementDisplay.from_estimator(model, X, None)


def test_agreement_of_predictions():
    found = emlrt.AgreementDisplay.from_predictions([0, 1, 1, 2], [0, 1, 2, 2])
    assert found.confusion_.tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 1]]
    assert found.share == 0.75
    found = emlrt.AgreementDisplay.from_predictions([0.5, 1.0], [0.5, 1.5])
    assert len(found.points_.get_offsets()) == 2
    with pytest.raises(ValueError, match="original has 1 rows, and predicted has 2"):
        emlrt.AgreementDisplay.from_predictions([0], [0, 1])


def test_sizes_of_boards(models):
    model = models["integers"]
    found = emlrt.SizeDisplay.from_estimator(model, boards=["uno", "pico"])
    (first, second) = model.report(boards=["uno", "pico"]).verdicts
    ends = np.zeros(2)
    for bars in found.bars_.values():
        for k, patch in enumerate(bars):
            assert patch.get_x() == ends[k]
            ends[k] += patch.get_width()
    assert ends.tolist() == [first.flash, second.flash]
    for name, size in blob_parts(model).items():
        assert [patch.get_width() for patch in found.bars_[name]] == [size, size]
    assert [line.get_xdata()[0] for line in found.limits_] == [
        board.flash for board in (BOARDS["uno"],) if board.flash <= 3.45 * ends.max()
    ]
    assert [text.get_text() for text in found.ax_.get_yticklabels()] == ["uno", "pico"]


def test_sizes_of_ram_and_of_cores(models):
    model = models["integers"]
    found = emlrt.SizeDisplay.from_estimator(model, boards="uno", memory="ram")
    (verdict,) = model.report(boards="uno").verdicts
    widths = [bars[0].get_width() for bars in found.bars_.values()]
    assert sum(widths) == verdict.ram
    assert "RAM" in found.ax_.get_xlabel()
    found = emlrt.SizeDisplay.from_estimator(model)
    assert found.limits == [None] * len(found.names)
    assert len(found.names) > 1
    with pytest.raises(ValueError, match='"flash" or "ram"'):
        emlrt.SizeDisplay.from_estimator(model, memory="eeprom")


def test_quantization_of_probabilities(forests):
    estimator, X, _ = forests["integers"]
    models = {
        f"leaf_bits={bits}": emlrt.convert(estimator, leaf_bits=bits)
        for bits in (32, 8, 3)
    }
    found = emlrt.QuantizationDisplay.from_estimator(estimator, X, models)
    p = estimator.predict_proba(X)
    assert found.method == "predict_proba"
    assert "predict_proba" in found.ax_.get_xlabel()
    for name, model in models.items():
        expected = np.abs(model.predict_proba(X) - p).max(axis=1)
        np.testing.assert_array_equal(found.errors[name], expected)
        polygon = found.bars_[name][0]
        assert polygon.get_label().startswith(f"{name}: at most")
        assert polygon.get_xy()[:, 1].max() > 0
    assert found.errors["leaf_bits=3"].max() > found.errors["leaf_bits=8"].max()


def test_quantization_of_values_and_of_scores(forests):
    estimator, X, _ = forests["many values"]
    model = emlrt.convert(estimator, leaf_bits=8)
    found = emlrt.QuantizationDisplay.from_estimator(estimator, X, model)
    expected = np.abs(model.predict(X) - estimator.predict(X)).max(axis=1)
    np.testing.assert_array_equal(found.errors["model"], expected)
    found = emlrt.QuantizationDisplay.from_predictions([1.0, 2.0], [1.0, 2.0])
    assert found.errors["model"].tolist() == [0, 0]
    with pytest.raises(ValueError, match=r"shape \(1,\), and the original of \(2,\)"):
        emlrt.QuantizationDisplay.from_predictions([1.0, 2.0], {"a": [1.0]})
    with pytest.raises(ValueError, match="no model is given"):
        emlrt.QuantizationDisplay.from_estimator(estimator, X, {})


def test_matplotlib_is_loaded_to_draw_alone():
    code = (
        "import sys, emlrt; emlrt.SizeDisplay, emlrt.verdict;"
        "assert 'matplotlib' not in sys.modules;"
        "sys.modules['matplotlib.pyplot'] = None;"
        "emlrt.AgreementDisplay.from_predictions([1], [1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert "AgreementDisplay.plot takes matplotlib" in done.stderr
    assert "emlrt[plot]" in done.stderr
