# SPDX-License-Identifier: MIT
"""Estimators for scikit-learn's tools whose answers are those of the deployed model.

Needs scikit-learn 1.6 or newer; `emlrt.DeployedClassifier` loads it.
"""

try:
    from sklearn.utils.validation import validate_data  # noqa: F401, of 1.6
except ImportError as error:
    raise ImportError(
        "emlrt.DeployedClassifier and emlrt.DeployedRegressor take scikit-learn 1.6 or"
        " newer; install it with: pip install 'scikit-learn>=1.6'"
    ) from error

from emlrt.deployed.budgets import Budget, Reduction
from emlrt.deployed.estimators import DeployedClassifier, DeployedRegressor
from emlrt.deployed.first_rows import first_rows

__all__ = [
    "Budget",
    "DeployedClassifier",
    "DeployedRegressor",
    "Reduction",
    "first_rows",
]
