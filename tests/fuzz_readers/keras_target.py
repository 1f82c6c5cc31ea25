# SPDX-License-Identifier: MIT
"""Any bytes as the configuration and the weights of a Keras file: read, refused in
one way, or converted.

The first line is the configuration; what follows says which weights there are, by
their places and shapes. HDF5 itself is h5py's.
"""

import contextlib
import json
import math

import numpy as np

from emlrt.allowance import Allowance
from emlrt.convert.ir.graph import WEIGHT
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.planner import program_of
from emlrt.convert.keras.file import _TROUBLE
from emlrt.convert.keras.model import _as_keras, _read
from emlrt.convert.readers.json_fields import json_value
from emlrt.errors import EmlrtError


class Source:
    """Weights of a layer: shapes by its place, all of zeros."""

    def __init__(self, shapes, allowance, at=""):
        self._shapes, self._allowance, self._at = shapes, allowance, at

    def child(self, name, key):
        return Source(self._shapes, self._allowance, f"{self._at}/{key}")

    def _found(self):
        return self._shapes.get(self._at, [])

    def count(self):
        return len(self._found())

    def weights(self, shapes):
        if [list(shape) for shape in shapes] != self._found():
            raise ValueError("weights of other shapes")
        for shape in shapes:
            self._allowance.charge("weights", math.prod(shape), WEIGHT)
        return [np.zeros(shape) for shape in shapes]


def target(data: bytes) -> None:
    """Raises nothing, whatever the bytes, but what the reader of files expects."""
    config, _, weights = data.partition(b"\n")
    try:
        shapes = json.loads(weights)
    except (ValueError, RecursionError):
        return
    allowance = Allowance(len(data))
    with contextlib.suppress(EmlrtError, *_TROUBLE):
        described = json_value(config, allowance)
        chain, _ = _read(described, Source(shapes, allowance), Options(), allowance)
        program_of(chain.graph, _as_keras(chain), [])
