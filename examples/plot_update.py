# SPDX-License-Identifier: MIT
"""
A model that arrives over the air
=================================

Firmware for a micro:bit is built once, and QEMU runs it: it opens what lies in a
partition of its flash, checks it, and predicts. A model of the digits 0 to 4 is
replaced by one of all ten. Without QEMU or compiler, all runs on this computer.
"""

from dataclasses import replace

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier

import emlrt
from emlrt.emulate import ToolMissing
from emlrt.emulate.facts import facts
from emlrt.emulate.image import Place, firmware

X, y = load_digits(return_X_y=True)
rows, X, y, flash = X[:10].astype("u1"), X[10:], y[10:], Place(0x20000, 0x10000)


def trained(n):
    forest = RandomForestClassifier(10, random_state=0).fit(X[y < n], y[y < n])
    return bytes(emlrt.convert(forest, dtype="uint8", X=X, golden=X[:2]))


def on_host(content):
    try:
        return 0, emlrt.Model.from_bytes(content).predict(rows)
    except emlrt.FormatError as refused:
        return refused.status, []


first, second = trained(5), trained(10)
damaged = second[:5000] + bytes(4) + second[5004:]
contents = b"\xff" * 64, first, damaged, second
try:
    ops = replace(facts(first), golden_bytes=4096)  # and memory for any model
    board = firmware("microbit", ops, rows, place=flash)
    runs = [board.run({flash.address: content}) for content in contents]
    results = [(run.status, run.classes) for run in runs]
except (ToolMissing, ImportError) as missing:
    print(f"Run on this computer, for {missing}")
    results = [on_host(content) for content in contents]
# %%
# A damaged file is refused, as is an erased partition; nothing is built anew.
names = "nothing", "the first model", "the next one, damaged", "the next one"
print(f"{'in the partition':24}{'status':>8}   answers to the digits 0 to 9")
for name, (status, answers) in zip(names, results):
    print(f"{name:24}{status:8}   {' '.join(map(str, answers)) or 'refused'}")
_, axes = plt.subplots(1, 10, figsize=(9, 1.6), layout="tight")
for image, before, after, axis in zip(rows, results[1][1], results[3][1], axes):
    axis.matshow(image.reshape(8, 8), cmap="gray_r")
    axis.set(title=f"{before} → {after}", xticks=[], yticks=[])
plt.show()
