#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# LightGBM's random forests (boosting=rf) predict from the mean of their trees, but
# their raw scores are the sum.
#
# Version: lightgbm 4.7.0 from PyPI, with numpy 2.4.6.
# The guess: raw scores are what the probability is the sigmoid of, as with every other
# kind of boosting, so that a threshold on one is a threshold on the other.
# Seen: with boosting=gbdt the sigmoid of the raw scores (predict with raw_score=True,
# and decision_function) is the probability to 1e-12. With boosting=rf and 8 trees it is
# not: the raw scores are 8 times the logits of the probabilities.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
  lightgbm==4.7.0 numpy==2.4.6 scikit-learn==1.8.0
cat > "$folder/check.py" <<'PYTHON'
import sys

import lightgbm
import numpy as np

rng = np.random.default_rng(0)
X = rng.normal(size=(500, 4))
y = (X[:, 0] + rng.normal(size=500) > 0).astype(int)
good = True
for kind, factor in (("gbdt", 1), ("rf", 8)):
    model = lightgbm.LGBMClassifier(
        n_estimators=8, boosting_type=kind, bagging_freq=1, bagging_fraction=0.7,
        n_jobs=1, verbose=-1,
    ).fit(X, y)
    share = model.booster_.predict(X)
    logits = np.log(share / (1 - share))
    raw = model.booster_.predict(X, raw_score=True)
    same = np.array_equal(raw, model.decision_function(X))
    ratio = raw / logits
    print("%-4s raw scores are %.6f to %.6f of the logits" % (kind, min(ratio), max(ratio)))
    good = good and same and np.allclose(ratio, factor, rtol=1e-9)
sys.exit(0 if good else 1)
PYTHON
"$folder/venv/bin/python" "$folder/check.py"
