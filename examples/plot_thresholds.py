# SPDX-License-Identifier: MIT
"""
Integer features: truncated thresholds, and exact ones
======================================================

On small cores trees compare int16 numbers. Some code generators truncate thresholds,
and features likewise: 0.44 <= 0.47 becomes 0 < 0, and little is left of data that is
scaled. emlrt scales features to int16 by a rule that the model keeps.
"""

from copy import deepcopy

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, StandardScaler

import emlrt


def truncated(forest, X):
    """What x < (int16_t)threshold gives, asked of (int16_t)x."""
    cut = deepcopy(forest)
    for tree in cut.estimators_:
        thresholds = tree.tree_.threshold
        thresholds[:] = np.trunc(thresholds) - 1  # x < t is x <= t - 1
    return cut.predict(np.trunc(X))


DATA = {"digits": load_digits, "breast cancer": load_breast_cancer, "wine": load_wine}
SCALERS = {"": None, ", 0 to 1": MinMaxScaler(), ", standardized": StandardScaler()}
results = {}
for name, load in DATA.items():
    for how, scaler in SCALERS.items():
        X, y = load(return_X_y=True)
        X = scaler.fit_transform(X) if scaler else X
        X, rows, y, _ = train_test_split(X, y, test_size=0.4, random_state=0)
        forest = RandomForestClassifier(10, random_state=0).fit(X, y)
        rule = {"inputs": emlrt.to_int16(X)} if scaler or name != "digits" else {}
        model = emlrt.convert(forest, dtype="int16", X=X, **rule)
        answers = truncated(forest, rows), model.predict(rows)
        results[name + how] = [(a == forest.predict(rows)).mean() for a in answers]

# %%
# Of rows that training did not have, the share whose answer is scikit-learn's:

print(f"{'':30}{'truncated':>10}{'emlrt int16':>13}")
for name, (cut, ours) in results.items():
    print(f"{name:30}{cut:10.1%}{ours:13.1%}")

_, axes = plt.subplots(figsize=(8, 4), layout="tight")
at, (cut, ours) = np.arange(len(results))[::-1], zip(*results.values())
axes.barh(at + 0.2, cut, 0.4, label="truncated")
axes.barh(at - 0.2, ours, 0.4, label="emlrt")
axes.set(yticks=at, yticklabels=results, xlabel="answers that are scikit-learn's")
axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()
