# SPDX-License-Identifier: MIT
"""What differs between two models."""

import json

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

import emlrt
from emlrt.verdict import diff


@pytest.fixture(scope="module")
def pair(forests):
    """A forest's model, and a coarse one."""
    estimator, X, _ = forests["text labels"]
    fine = emlrt.convert(estimator)
    return fine, emlrt.convert(estimator, voting="hard"), X


def test_a_model_and_itself_are_the_same(pair):
    a, _, X = pair
    for found in (diff(a, a), diff(a, a, X)):
        assert found.same
        assert not found.facts
        assert not found.stages
        assert not len(found.rows)
    assert "so are all answers" in str(diff(a, a))
    assert "no of 150 rows are answered otherwise" in str(diff(a, a, X))


def test_metadata_alone_leaves_the_answers(pair):
    a, _, X = pair
    b = a.with_golden(X[:2])
    found = diff(a, b)
    assert found.same
    assert [name for name, *_ in found.facts] == ["golden vectors"]
    assert found.nbytes == (a.nbytes, b.nbytes)
    bare = a.strip()
    assert not diff(a, bare).same  # its labels are gone
    assert not diff(a, bare, X).same
    assert len(diff(a, bare, X).rows) == len(X)


def test_rows_answered_otherwise(pair):
    a, b, X = pair
    found = diff(a, b, X)
    wanted = np.flatnonzero(a.predict(X) != b.predict(X))
    assert found.rows.tolist() == wanted.tolist()
    assert found.same == (not len(wanted))
    assert found.stages[0][0] == "trees_soft_f32"
    assert found.stages[0][2] == "trees_vote_f32"
    assert not diff(a, b).same
    told = json.loads(json.dumps(found.to_dict()))
    assert told["differ"] == wanted.tolist()
    assert told["differ_a"] == a.predict(X)[wanted].tolist()
    assert told["costs"]["blob"] == {"a": a.nbytes, "b": b.nbytes}
    assert "trees_vote_f32" in str(found)


def test_values_differ_in_any_bit(forests):
    estimator, X, _ = forests["values"]
    a, b = emlrt.convert(estimator), emlrt.convert(estimator, leaf_bits=16)
    found = diff(a, b, X)
    wanted = np.flatnonzero(a.predict(X) != b.predict(X))
    assert len(wanted)
    assert found.rows.tolist() == wanted.tolist()


@pytest.mark.parametrize("other", ["many labels", "values", "many values"])
def test_rows_that_do_not_go_to_both(models, forests, pair, other):
    a, _, X = pair
    found = diff(a, models[other], X)
    assert not found.same
    assert found.reason or len(found.rows) == len(X)
    assert "kind" in dict((n, 0) for n, *_ in found.facts) or other == "many labels"
    json.dumps(found.to_dict())
    assert str(found)


def test_labels_and_transforms_are_not_compared(pair):
    a, _, X = pair
    scaler = emlrt.convert(StandardScaler().fit(np.asarray(X)))
    found = diff(a, scaler, np.asarray(X))
    assert found.reason == "a answers by predict, and b by transform"
    assert found.n_rows == 0
    assert "not compared" in str(found)


def test_an_unknown_core_is_said(pair):
    a, b, _ = pair
    with pytest.raises(ValueError, match="no tables for 'z80'"):
        diff(a, b, core="z80")


def test_features_in_another_order_are_matched_by_name():
    """A model of the same columns in another order answers the same rows."""
    X, y = load_iris(return_X_y=True, as_frame=True)
    turned = X[X.columns[::-1]]
    tree = DecisionTreeClassifier(max_depth=3, random_state=0)
    a = emlrt.convert(tree.fit(X, y))
    b = emlrt.convert(tree.fit(turned, y))
    expected = np.flatnonzero(a.predict(X) != b.predict(turned)).tolist()
    assert len(expected) < 10
    for rows in (X, X.to_numpy()):
        assert diff(a, b, rows).rows.tolist() == expected
    assert diff(b, a, turned.to_numpy()).rows.tolist() == expected
    one = emlrt.convert(DecisionTreeClassifier(max_depth=1).fit(X[X.columns[:1]], y))
    with pytest.raises(ValueError, match="features"):
        diff(one, one, X.to_numpy())


def test_the_same_program_over_other_columns_is_another_model():
    X, y = load_iris(return_X_y=True, as_frame=True)
    tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
    a = emlrt.convert(tree)
    tree.feature_names_in_ = tree.feature_names_in_[::-1]
    b = emlrt.convert(tree)
    assert not diff(a, b).same
    assert not diff(a, b, X.to_numpy()).same


@pytest.mark.parametrize("core", ["Cortex-M4F", "m4", "nano-33-ble"])
def test_a_core_has_the_names_of_emulate(pair, core):
    assert diff(*pair, core=core).costs[0].core == "cortex-m4f"
