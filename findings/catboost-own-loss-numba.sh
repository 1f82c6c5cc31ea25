#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# CatBoost does not train with a loss of one's own once numba is installed beside it.
#
# Version: catboost 1.2.10 and numba 0.68.1 from PyPI.
# The guess: a loss in plain Python trains the same model whatever else is installed; a
# compiler that cannot take it is no reason to fail.
# Seen: where numba can be imported, CatBoost has it compile the loss. zip(strict=True),
# which Python has since 3.10, ends in numba's bare AssertionError, and fit raises
# CatBoostError; without numba the same lines train. Other packages bring numba along.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check catboost==1.2.10 numpy

cat > "$folder/own_loss.py" <<'PY'
import numpy as np
from catboost import CatBoostError, CatBoostRegressor


class Squares:
    def calc_ders_range(self, approxes, targets, weights):
        return [(t - a, -1.0) for a, t in zip(approxes, targets, strict=True)]


X = np.arange(40.0).reshape(-1, 1)
model = CatBoostRegressor(
    3, loss_function=Squares(), eval_metric="RMSE", verbose=0, allow_writing_files=False
)
try:
    model.fit(X, X[:, 0])
    print("trained", model.tree_count_, "trees")
except CatBoostError as error:
    print("CatBoostError,", str(error).strip().splitlines()[-1])
PY
cd "$folder"
without=$("$folder/venv/bin/python" own_loss.py 2> /dev/null)
"$folder/venv/bin/pip" install -q --disable-pip-version-check numba==0.68.1
with=$("$folder/venv/bin/python" own_loss.py 2> /dev/null)
echo "without numba: $without"
echo "with numba: $with"
[ "$without" = "trained 3 trees" ] && [ "$with" = "CatBoostError, AssertionError" ]
