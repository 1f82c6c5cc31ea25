# SPDX-License-Identifier: MIT
"""
Anomalies of a pump by a Gaussian mixture
=========================================

A pump runs at two speeds, and nobody has recordings of its faults. A Gaussian mixture
learns what is usual; what is less likely than 99.5 % of the training rows is an alarm.
The data are made: temperature, current and vibration; three kinds of faults.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.covariance import EllipticEnvelope
from sklearn.ensemble import IsolationForest
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import emlrt

rng = np.random.default_rng(0)


def usual(n):
    current = rng.normal(np.where(rng.random(n) < 0.4, 8, 4), 0.5)
    temperature = 30 + 4 * current + rng.normal(0, 1, n)
    return np.c_[temperature, current, 0.3 * current + rng.normal(0, 0.1, n)]


X, good = usual(2000), usual(2000)
faults = np.concatenate([usual(100) + f for f in ([9, 0, 0], [0, 2, 0], [0, 0, 0.8])])

# %%
# Firmware has the very scores that Python has, so that a limit found here holds there.

others = EllipticEnvelope(random_state=0), IsolationForest(random_state=0)
print(f"{'':18}{'found':>8}{'false alarms':>14}{'bytes':>8}{'difference':>12}")
for detector in (*others, GaussianMixture(2, random_state=0)):
    fitted = make_pipeline(StandardScaler(), detector).fit(X)
    model = emlrt.convert(fitted, X=X)
    limit = np.quantile(model.score_samples(X), 0.005)
    found, false = ((model.score_samples(x) < limit).mean() for x in (faults, good))
    off = abs(model.score_samples(good) - fitted.score_samples(good)).max()
    print(f"{type(detector).__name__:18}{found:8.1%}{false:14.2%}", end="")
    print(f"{model.nbytes:8}{off:12.1e}")

# %%
# What the mixture, the last of them, takes for usual, at the usual temperatures:

current, vibration = np.meshgrid(np.linspace(1, 12, 90), np.linspace(0, 5, 90))
grid = np.c_[30 + 4 * current.ravel(), current.ravel(), vibration.ravel()]
likely = model.score_samples(grid).reshape(current.shape)
_, axes = plt.subplots(figsize=(7, 4), layout="tight")
axes.contourf(current, vibration, likely, [limit, np.inf], colors=["#dce9f5"])
axes.plot(*good[:, 1:].T, ".", ms=2, label="usual")
axes.plot(*faults[:, 1:].T, "x", ms=4, label="faults")
axes.set(xlabel="current in A", ylabel="vibration in mm/s")
axes.legend(loc="upper left")
plt.show()
