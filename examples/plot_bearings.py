# SPDX-License-Identifier: MIT
"""
Bearing faults from the windows of an ADC
=========================================

A damaged bearing rings each time that a ball rolls over the damage. Windows of a 12-bit
ADC at 10 kHz go into the model as they are, and features are float32 or integers alone.
The recordings are made: of twelve machines, of which the model has not seen four.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.pipeline import make_pipeline

import emlrt
from emlrt.signal import Frame, IntegerTimeFeatures, Welch, vibration

RATE, TURNS = 10_000, {"healthy": 0, "inner race": 5.4, "outer race": 3.6}
rng = np.random.default_rng(0)


def recording(knocks, machine):
    speed, ring, t = 20 + machine % 5, 2200 + 120 * machine, np.arange(30_000) / RATE
    x = 120 * np.sin(2 * np.pi * speed * t) + rng.normal(0, 60, len(t))
    if knocks:
        late = np.modf(t * knocks * speed)[0] / (knocks * speed)  # since a knock
        x += 420 * np.exp(-late * 900) * np.sin(2 * np.pi * ring * late)
    return np.clip(2048 + x, 0, 4095).astype(np.int16)


samples = [recording(knocks, k) for knocks in TURNS.values() for k in range(12)]
frame = Frame(1024, 1024)
X, y = frame.cut(samples, np.repeat(list(TURNS), 12))
_, machine = frame.cut(samples, np.tile(range(12), 3))
train, test = machine < 8, machine >= 8

# %%
# Integer features and trees on int16 take no float instruction at all.
print(f"{'':24}{'features':>9}{'right':>8}{'as sklearn':>12}{'bytes':>8}{'RAM':>7}")
for name, features, dtype in (
    ("vibration and spectrum", vibration(Welch(RATE, nperseg=128)), "float32"),
    ("integers alone", IntegerTimeFeatures(), "int16"),
):
    forest = RandomForestClassifier(20, max_depth=6, random_state=0)
    pipeline = make_pipeline(frame, features, forest).fit(X[train], y[train])
    model = emlrt.convert(pipeline, dtype=dtype, X=X[train])
    answers = model.predict(X[test])
    right, same = [(answers == a).mean() for a in (y[test], pipeline.predict(X[test]))]
    print(f"{name:24}{forest.n_features_in_:9}{right:8.1%}{same:12.1%}", end="")
    print(f"{model.nbytes:8}{model.stream_bytes:7}")
_, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout="tight")
for k, fault in enumerate(TURNS):
    axes[0].plot(X[test][y[test] == fault][0][:500] - 1500 * k, lw=0.7, label=fault)
axes[0].set(xlabel="sample", yticks=[], ylim=(-2000, 4400))
axes[0].legend(loc="upper right")
ConfusionMatrixDisplay.from_predictions(y[test], answers, cmap="Blues", ax=axes[1])
plt.show()
