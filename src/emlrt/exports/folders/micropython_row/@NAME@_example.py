# SPDX-License-Identifier: MIT
"""Made by `emlrt export micropython`: opens @NAME@.eml, runs a row, and compares every
bit of the scores with those that Python computed on a computer."""

import array

import emlrt

# What the model reads, and its scores: little-endian.
ROW = (
@ROW@
)
SCORES = (
@SCORES@
)

model = emlrt.Model("@NAME@.eml", False)
@SELFTEST@
x = array.array("@CODE@", ROW)
if bytes(model.scores(x)) != SCORES:
    raise ValueError("@NAME@: the scores are not those of Python")
print("@NAME@:", model.n_inputs, "inputs,", model.scratch_bytes, "bytes of scratch")
print("@NAME@:", @PREDICT@)
print("@NAME@: OK")
