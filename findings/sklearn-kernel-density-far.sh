#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# scikit-learn's KernelDensity, asked for exact sums, is off by parts in a hundred where
# rows lie far from all training rows.
#
# Version: scikit-learn 1.8.0 from PyPI, with numpy 2.4.6.
# The guess: with atol=0 and rtol=0, the defaults, score_samples is the logarithm of the
# sum of the kernels, to float64's rounding, wherever the row lies.
# Seen: near the training rows it is, to 1e-12. For rows 100 standard deviations outside
# some log-densities are off by more than a thousandth of themselves (the worst by 0.04);
# with all training rows in one leaf they are exact again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
  scikit-learn==1.8.0 numpy==2.4.6
cat > "$folder/check.py" <<'PYTHON'
import sys

import numpy as np
from sklearn.neighbors import KernelDensity

rng = np.random.default_rng(0)
X = np.concatenate([rng.normal(c, 2, (150, 6)) for c in (-8, -3, 3, 8)])
direction = rng.normal(size=(400, 6))
direction /= np.linalg.norm(direction, axis=1, keepdims=True)


def exact(rows):
    squares = ((rows[:, None] - X) ** 2).sum(axis=2)
    logs = np.logaddexp.reduce(-squares / 2, axis=1)
    return logs - np.log(len(X)) - 3 * np.log(2 * np.pi)


def off(rows, **options):
    found = KernelDensity(**options).fit(X).score_samples(rows)
    return np.max(abs(found - exact(rows)) / abs(exact(rows)))


far = 100 * X.std(axis=0) * direction
near, beyond = off(X), off(far, atol=0, rtol=0)
single = off(far, atol=0, rtol=0, leaf_size=len(X))
print(f"off by {near:.1e} near, {beyond:.1e} far, {single:.1e} far in one leaf")
sys.exit(0 if near < 1e-10 and beyond > 1e-3 and single < 1e-10 else 1)
PYTHON
"$folder/venv/bin/python" "$folder/check.py"
