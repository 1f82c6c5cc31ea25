# SPDX-License-Identifier: MIT
"""
Boosted trees on a table with words in it
=========================================

A frame says where a radiator is, who made it, and how cold it is outside; boosted trees
of XGBoost predict the power that it takes. They split on sets of categories themselves:
no column for each word. The model keeps the lists of words, so that it predicts the
frame, and the header for firmware has them as names of codes. The data are made.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from xgboost import XGBRegressor

import emlrt

rng, n = np.random.default_rng(0), 3000
ROOMS = ["attic", "bath", "cellar", "hall", "kitchen", "office", "parlour", "store"]
MAKERS = [f"maker {letter}" for letter in "ABCDEFGHIJKL"]
frame = pd.DataFrame(
    {
        "room": pd.Categorical(rng.choice(ROOMS, n), ROOMS),
        "maker": pd.Categorical(rng.choice(MAKERS, n), MAKERS),
        "outside": rng.normal(4, 7, n).round(1),
    }
)
warm = np.array([14, 23, 12, 16, 19, 21, 22, 13])[frame["room"].cat.codes]
loss = rng.uniform(20, 60, len(MAKERS))[frame["maker"].cat.codes]
watts = np.clip((warm - frame["outside"]) * loss, 0, None) + rng.normal(0, 20, n)

# %%
# The same trees with a column for each word, for comparison:

tables = {"categories": frame, "a column a word": pd.get_dummies(frame, dtype=float)}
train, test, answers = slice(0, 2000), slice(2000, n), {}
print(f"{'':18}{'columns':>8}{'bytes':>8}{'error in W':>12}{'as XGBoost':>12}")
for name, table in tables.items():
    trees = XGBRegressor(n_estimators=60, max_depth=5, enable_categorical=True)
    trees.fit(table[train], watts[train])
    model = emlrt.convert(trees)
    answers[name] = model.predict(table[test])
    error = abs(answers[name] - watts[test]).mean()
    same = (answers[name].astype("f4") == trees.predict(table[test])).mean()
    print(f"{name:18}{table.shape[1]:8}{model.nbytes:8}{error:12.1f}{same:12.1%}")
    if name == "categories":
        header = emlrt.embed.header(model, "radiator")

# %%
# The codes that firmware uses, from the header of ``emlrt embed``:

print(*[line for line in header.splitlines() if "_X0_" in line], sep="\n")

_, axes = plt.subplots(figsize=(6, 4), layout="tight")
axes.plot(watts[test], answers["categories"], ".", ms=3)
axes.axline((0, 0), slope=1, color="black", lw=0.8)
axes.set(xlabel="power in W", ylabel="predicted by the C code, in W")
plt.show()
