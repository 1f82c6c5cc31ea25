# SPDX-License-Identifier: MIT
"""Made by `emlrt export micropython`: opens @NAME@.eml as a stream, pushes a window of
silence, and compares every bit of the scores with those that Python computed on a
computer."""

import array

import emlrt

# Little-endian.
SCORES = (
@SCORES@
)

stream = emlrt.Stream("@NAME@.eml", None, False)
samples = array.array("@CODE@", (0 for _ in range(@SAMPLES@)))
(scores,) = stream.push_scores(samples)
if bytes(scores) != SCORES:
    raise ValueError("@NAME@: the scores are not those of Python")
print("@NAME@:", stream.channels, "channels,", stream.stream_bytes, "bytes")
print("@NAME@: OK")
