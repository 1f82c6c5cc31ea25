#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# XGBoost keeps lists of categories since 3.1, so that a frame whose categories stand in
# another order gets the same answers. A slice of a booster (booster[:n]) loses them: the
# same rows get other answers, without an error or a warning.
#
# Version: xgboost-cpu 3.2.0 from PyPI, with numpy 2.4.6 and pandas 2.3.3.
# The guess: a slice of all rounds is the same model, so it answers as the whole booster.
# Seen: the whole booster answers the same in either order of the categories. The slice of
# all eight rounds does so for the order of training only; for another one its answers
# differ by up to 0.94, of a target between 0 and 2.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
  xgboost-cpu==3.2.0 numpy==2.4.6 pandas==2.3.3
cat > "$folder/check.py" <<'PYTHON'
import sys

import numpy as np
import pandas as pd
import xgboost

rng = np.random.default_rng(0)
frame = pd.DataFrame({"a": pd.Categorical(rng.choice(list("pqr"), 300))})
frame["b"] = rng.normal(size=300)
y = (frame.a == "q").to_numpy() * 1.0 + (frame.b > 0)
other = frame.assign(a=frame.a.cat.reorder_categories(list("qpr")))
assert (frame.a.astype(str) == other.a.astype(str)).all()


def matrix(rows, y=None):
    return xgboost.DMatrix(rows, y, enable_categorical=True)


whole = xgboost.train({"max_depth": 3, "nthread": 1}, matrix(frame, y), 8)
differences = {}
for name, booster in (("whole", whole), ("slice", whole[:8])):
    said = booster.predict(matrix(frame))
    differences[name] = abs(said - booster.predict(matrix(other))).max()
    print("%s: in another order the answers differ by %.2f" % (name, differences[name]))
assert (whole.predict(matrix(frame)) == whole[:8].predict(matrix(frame))).all()
sys.exit(0 if differences["whole"] == 0 and differences["slice"] > 0.5 else 1)
PYTHON
"$folder/venv/bin/python" "$folder/check.py"
