# SPDX-License-Identifier: MIT
"""What differs between two models."""

import json

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

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
