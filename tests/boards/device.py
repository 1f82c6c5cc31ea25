# SPDX-License-Identifier: MIT
"""Runs on the board: each model of models.txt on its rows, and compares every bit of
the scores with those that Python had. Prints a line a model, and then `done`."""

import array
import gc

import emlrt


def differing_rows(name, n, size, scores):
    """How many rows have other scores."""
    model = emlrt.Model(name + ".eml", False)
    differ = 0
    with open(name + ".x", "rb") as x, open(name + ".y", "rb") as y:
        for _ in range(n):
            row = array.array(model.typecode, x.read(size))
            if bytes(model.scores(row)) != y.read(scores):
                differ += 1
    return differ


def differing_windows(name, n, size, scores):
    """The same of a stream, which gets its samples in pieces of odd sizes."""
    stream = emlrt.Stream(name + ".eml", None, False)
    found = []
    with open(name + ".x", "rb") as x, open(name + ".y", "rb") as y:
        samples = array.array(stream.typecode, x.read(size))
        wanted = [y.read(scores) for _ in range(n)]
    step = 7 * stream.channels
    for k in range(0, len(samples), step):
        found += [bytes(each) for each in stream.push_scores(samples[k : k + step])]
    if len(found) != n:
        return n
    return sum([found[k] != wanted[k] for k in range(n)])


with open("models.txt", "rb") as file:
    lines = file.read().decode().split("\n")
for line in lines:
    if not line:
        continue
    name, kind, n, size, scores = line.split(" ")
    run = differing_rows if kind == "rows" else differing_windows
    gc.collect()
    try:
        print(name, n, run(name, int(n), int(size), int(scores)), "differ")
    except Exception as error:
        print(name, n, "failed:", error)
print("done")
