# SPDX-License-Identifier: MIT
"""docs/SUPPORT.md says what converts, and every scikit-learn estimator is in it."""

from dataclasses import replace

import pytest
import sklearn
from docs_scripts import loaded

from emlrt.convert.sklearn.registry import REGISTRY
from emlrt.convert.sklearn.unsupported import REFUSED

support = loaded("support")
VERSION = f"estimators of scikit-learn {sklearn.__version__}"
pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(
        VERSION not in support.PAGE.read_text(encoding="utf-8"),
        reason="the page is of another version of scikit-learn",
    ),
]


def test_the_page_says_what_is_so():
    assert not support.differences(support.findings())


def test_every_estimator_converts_or_has_a_reason():
    failed = [f for f in support.findings() if f.reason.startswith("FAILS")]
    assert not failed


def test_models_have_the_methods_of_the_original():
    for finding in support.findings():
        left_out = {m for name, m in support.LEFT_OUT if name == finding.name}
        assert set(finding.methods) == set(finding.original) - left_out, finding.name


def test_answers_are_the_original_s():
    """float32 rows: also where the original's own float32 sums are off by more."""
    for finding in support.findings():
        assert not finding.agreement < 1, finding
        for found, limit in zip(finding.rows, (1e-5, 1e-4), strict=False):
            assert found.error <= limit, finding


def test_shapes_dtypes_and_classes_are_the_original_s():
    for finding in support.findings():
        assert not finding.kinds, finding.name


def test_every_class_of_the_registry_is_on_the_page():
    known = support.estimators()
    others = {
        "EmpiricalCovariance",  # no answers of the kinds of the page, but distances
        "GraphicalLasso",
        "GraphicalLassoCV",
        "LedoitWolf",
        "MinCovDet",
        "OAS",
        "ShrunkCovariance",
    }
    assert set(REGISTRY) <= set(known) | others
    assert not set(REGISTRY) & set(REFUSED)


def test_a_change_is_noticed():
    found = support.findings()
    first = found[0]
    worse, wrong_classes = support.Compared(1.0, {"a": 1e-3}), support.Compared(0.5)
    wrong = {
        "gone": found[1:],
        "refused": (replace(first, reason="no"), *found[1:]),
        "other methods": tuple(replace(f, methods=("predict",)) for f in found),
    }
    for what, now in (("worse", worse), ("wrong classes", wrong_classes)):
        for k in range(2):
            rows = [(*f.rows[:k], now, *f.rows[k + 1 :]) for f in found]
            pairs = zip(found, rows, strict=True)
            wrong[f"{what} {k}"] = tuple(replace(f, rows=r) for f, r in pairs)
    for what, changed in wrong.items():
        assert support.differences(changed), what


@pytest.mark.parametrize(
    ("error", "text"),
    [(0, "0"), (1e-30, "1e-9"), (1e-7, "1e-7"), (1.1e-7, "2e-7"), (6e-6, "1e-5")],
)
def test_errors_are_rounded_up(error, text):
    assert support.rounded_up(error) == text
