# SPDX-License-Identifier: MIT
"""Estimators made of others: parts side by side, and stages that read them all."""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.multiclass import (
    OneVsOneClassifier,
    OneVsRestClassifier,
    OutputCodeClassifier,
)
from sklearn.multioutput import (
    ClassifierChain,
    MultiOutputClassifier,
    RegressorChain,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from emlrt import Model
from families import Case, odd_rows

X, Y = load_iris(return_X_y=True)
ROWS = np.concatenate([X[::30].astype(np.float32), odd_rows(4)])
LINES = LogisticRegression(C=10, max_iter=500)
STUMP = DecisionTreeRegressor(max_depth=2)
TREE = DecisionTreeClassifier(max_depth=2)
TWO = np.stack([Y > 0, Y > 1], axis=1).astype(int)


def of(estimator, y=Y):
    return lambda: (Model.from_sklearn(estimator.fit(X, y)), ROWS)


def several(*estimators):
    return [(f"part{k}", e) for k, e in enumerate(estimators)]


FOREST = RandomForestClassifier(3, max_depth=2, random_state=0)
BOTH = several(FOREST, LINES)
CASES = [
    Case("soft", of(VotingClassifier(BOTH, voting="soft"))),
    Case("hard", of(VotingClassifier(several(LINES, TREE), weights=[1, 2]))),
    Case(
        "mean",
        of(VotingRegressor(several(Ridge(), DecisionTreeRegressor(max_depth=2)))),
    ),
    Case("bag", of(BaggingClassifier(LINES, 2, max_features=2, random_state=0))),
    Case("bag-trees", of(BaggingClassifier(TREE, 3, max_features=2, random_state=0))),
    Case("bag-means", of(BaggingRegressor(Ridge(), 2, random_state=0))),
    Case("stack", of(StackingClassifier(BOTH, passthrough=True, cv=2))),
    Case("stack-forest", of(StackingClassifier(several(FOREST), FOREST, cv=2))),
    Case("sigmoid", of(CalibratedClassifierCV(TREE, cv=2))),
    Case("sigmoid-two", of(CalibratedClassifierCV(LINES, cv=2), Y > 1)),
    Case("temperature", of(CalibratedClassifierCV(TREE, method="temperature", cv=2))),
    Case("isotonic", of(CalibratedClassifierCV(TREE, method="isotonic", cv=2))),
    Case("rest", of(OneVsRestClassifier(LINES))),
    Case("rest-labels", of(OneVsRestClassifier(TREE), TWO)),
    Case("pairs", of(OneVsOneClassifier(LINES))),
    Case("codes", of(OutputCodeClassifier(LINES, random_state=0))),
    Case("targets", of(MultiOutputClassifier(LINES), np.stack([Y, Y > 0], axis=1))),
    Case("targets-forests", of(MultiOutputClassifier(FOREST), TWO)),
    Case("chain", of(ClassifierChain(LINES, order=[1, 0]), TWO)),
    Case("chain-values", of(RegressorChain(Ridge()), np.stack([Y, X[:, 0]], axis=1))),
    Case("threshold", of(FixedThresholdClassifier(FOREST, threshold=1 / 3), Y > 1)),
    Case(
        "threshold-first",
        of(FixedThresholdClassifier(LINES, threshold=0.2, pos_label=0), (Y > 1) * 1),
    ),
    Case("dummy", of(DummyClassifier())),
    Case("dummy-values", of(DummyRegressor())),
]
