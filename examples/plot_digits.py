# SPDX-License-Identifier: MIT
"""
Digits: a forest from training to a board
=========================================

A random forest reads digits of 8 x 8 pixels. Options decide what it takes of a
Raspberry Pi Pico, and whether its answers are scikit-learn's. Instructions are counted
on an emulated core; where its compiler or emulator is missing, they are estimated.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

import emlrt
from emlrt.emulate import ToolMissing, measure
from emlrt.estimate import estimate

X, y = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(X, y, test_size=0.4, random_state=0)
forest = RandomForestClassifier(10, max_depth=8, random_state=0).fit(X, y)
OPTIONS = {
    "float32": {},
    "uint8": {"dtype": "uint8"},
    "uint8, leaves of 4 bits": {"dtype": "uint8", "leaf_bits": 4},
    "uint8, majority votes": {"dtype": "uint8", "voting": "hard"},
}


def taken(model):
    try:
        return measure(model, X_test[:30], core="pico")
    except (ToolMissing, ImportError):
        return estimate(model, X_test[:30], core="pico")


models = {key: emlrt.convert(forest, X=X, **of) for key, of in OPTIONS.items()}
costs = {name: taken(model) for name, model in models.items()}

# %%
# Flash is of code and model; that answers agree is with scikit-learn, on unseen digits.

print(f"{'':26}{'flash':>8}{'RAM':>6}{'instructions':>14}{'agrees':>9}{'right':>8}")
for name, model in models.items():
    cost, answers = costs[name], model.predict(X_test)
    agrees = (answers == forest.predict(X_test)).mean()
    print(f"{name:26}{cost.flash + model.nbytes:8}{cost.ram + cost.scratch:6}", end="")
    print(f"{cost.mean:14.0f}{agrees:9.2%}{(answers == y_test).mean():8.2%}")

_, (left, right) = plt.subplots(1, 2, figsize=(9, 2.8), sharey=True, layout="tight")
code, sizes = ([c.flash for c in costs.values()], [m.nbytes for m in models.values()])
left.barh(list(models), code, label="code")
left.barh(list(models), sizes, left=code, label="model")
left.set_xlabel("bytes of flash")
left.legend()
right.barh(list(models), [cost.mean for cost in costs.values()])
right.set_xlabel("instructions a digit")
plt.show()
