# SPDX-License-Identifier: MIT
"""
Gestures of a watch, from people not seen before
================================================

Ten people do seven exercises with a watch that has an accelerometer and a gyroscope:
the recordings of the package seglearn (David Burns, BSD licence). Windows of one person
are alike, so that cross-validation that shuffles windows tells of people whom the model
knows. Without seglearn, the recordings are made ones, and say so.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GroupKFold, KFold, cross_val_predict
from sklearn.pipeline import make_pipeline

import emlrt
from emlrt.cli.recordings import watch
from emlrt.signal import Frame, TimeFeatures

whole = watch(None)
print(f"{len(whole.samples)} {whole.source}")
frame = Frame(100, 50)  # two seconds at 50 Hz, and an answer each second
X, y = frame.cut(whole.samples, whole.labels)
_, who = frame.cut(whole.samples, whole.groups)

forest = RandomForestClassifier(20, max_depth=10, random_state=0)
features = TimeFeatures(["mean", "std", "rms", "min", "max", "range"])
pipeline = make_pipeline(frame, features, forest)
shuffled = cross_val_predict(pipeline, X, y, cv=KFold(5, shuffle=True, random_state=0))
unseen = cross_val_predict(pipeline, X, y, groups=who, cv=GroupKFold(5))

# %%
# The model that goes into the watch has not seen the first person. What it says of that
# person's recordings, as the watch gets them, 25 samples at a time:

pipeline.fit(X[who != who[0]], y[who != who[0]])
model = emlrt.convert(pipeline)
stream, answers = emlrt.Stream(model), []
for samples in [s for s, g in zip(whole.samples, whole.groups) if g == who[0]]:
    stream.reset()
    for start in range(0, len(samples), 25):
        answers.extend(stream.push(samples[start : start + 25]))
same = np.mean(np.array(answers) == pipeline.predict(X[who == who[0]]))

print(f"{'right, windows shuffled':34}{(shuffled == y).mean():8.1%}")
print(f"{'right, people not seen':34}{(unseen == y).mean():8.1%}")
print(f"{'streamed as scikit-learn has it':34}{same:8.1%} of {len(answers)} windows")
print(f"{'bytes of the model':34}{model.nbytes:8}")
print(f"{'bytes of RAM of the stream':34}{model.stream_bytes:8}")

people = np.unique(who)
_, axes = plt.subplots(figsize=(7, 3), layout="tight")
for shift, found in ((-0.2, shuffled), (0.2, unseen)):
    axes.bar(people + shift, [(found == y)[who == p].mean() for p in people], 0.4)
axes.legend(["windows shuffled", "person not seen"], loc="lower right")
axes.set(xlabel="person", ylabel="windows that are right", xticks=people)
plt.show()
