# SPDX-License-Identifier: MIT
"""Classes that are not converted, and what the error says."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.utils.discovery import all_estimators

from emlrt import Model
from emlrt.convert.sklearn.registry import REGISTRY
from emlrt.convert.sklearn.unsupported import REFUSED
from emlrt.errors import UnsupportedModelError

KNOWN = dict(all_estimators())


def test_every_refused_class_exists_and_is_not_converted():
    assert set(REFUSED) <= set(KNOWN)
    assert not set(REFUSED) & set(REGISTRY)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_the_error_gives_the_reason(name):
    estimator = KNOWN[name].__new__(KNOWN[name])
    with pytest.raises(UnsupportedModelError, match=name) as error:
        Model.from_sklearn(estimator)
    assert REFUSED[name] in str(error.value)


def test_a_class_of_ones_own_is_told_what_is_near():
    class Mine(BaseEstimator):
        n_features_in_ = 1
        weights_ = np.zeros(1)

    with pytest.raises(UnsupportedModelError, match="Mine: no class that converts"):
        Model.from_sklearn(Mine())
