# SPDX-License-Identifier: MIT
"""Functions of one number and of a span: an op a model."""

import struct

import numpy as np

from emlrt import Model, blob
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.planner import program_of
from emlrt.convert.ir.steps import floats
from families import Case, odd_rows

#: Ops without a payload, and the range of inputs that matters to them.
MAPS = {
    "logistic": 20,
    "tanh": 4,
    "exp": 90,
    "expm1": 3,
    "log": 9,
    "log1p": 1,
    "sqrt": 9,
    "erf": 3,
    "ndtri": 1,
    "cos": 1e4,
    "abs": 9,
    "square": 9,
    "reciprocal": 9,
    "softplus": 9,
    "softsign": 9,
    "silu": 9,
    "gelu": 4,
    "gelu_tanh": 4,
}


def rows(n, width=4.0):
    rng = np.random.default_rng(n)
    near = rng.uniform(-width, width, (5, n))
    small = rng.normal(0, 1e-3, (3, n))
    positive = rng.uniform(0, width, (5, n))
    inputs = np.concatenate([near, small, positive, -small])
    return np.concatenate([inputs.astype(np.float32), odd_rows(n)])


def one(op, n_in, n_out, payload=b"", width=4.0):
    """A model of one stage."""

    def make():
        graph = Graph(n_in)
        y = graph.stage(op, graph.input, n_out, payload)
        model = Model(blob.write(program_of(graph, OutputSpec("values", y), [])))
        return model, rows(n_in, width)

    return make


def words(*values):
    return struct.pack(f"<{len(values)}I", *values)


PAYLOADS = {
    "relu-plain": ("relu", words(0) + floats([0, 0, 0])),
    "relu-leaky": ("relu", words(0) + floats([0.2, 0, 0])),
    "relu-all": ("relu", words(1) + floats([0.1, -1.5, 2.5])),
    "elu": ("elu", floats([0.7, 1])),
    "selu": ("elu", floats([1.6732632, 1.050701])),
    "clip": ("clip", floats([-0.5, 1.25])),
    "step": ("step", floats([0, -1, 0.5])),
    "box-cox": ("power", words(0) + floats([0.3, 0, -2])),
    "yeo-johnson": ("power", words(1) + floats([0.3, 0, 2, 1.7, 2, 0])),
    "softmax": ("softmax", b""),
    "l1": ("normalize", words(1)),
    "l2": ("normalize", words(2)),
    "largest": ("normalize", words(3)),
    "sum": ("normalize", words(4)),
    "sum-uniform": ("normalize", words(4 | 1 << 16)),
    "winner": ("onehot_argmax", b""),
    "winner-each": ("onehot_argmax", words(1)),
}

CASES = [
    *(Case(name, one(name, 3, 3, width=width)) for name, width in MAPS.items()),
    *(Case(name, one(op, 3, 3, payload)) for name, (op, payload) in PAYLOADS.items()),
    Case("winner-groups", one("onehot_argmax", 6, 6, words(3))),
    Case("softmax-one", one("softmax", 1, 1)),
    Case("softmax-far", one("softmax", 5, 5, width=120)),
    Case("logsumexp", one("logsumexp", 3, 1)),
    Case("both", one("complement", 3, 6)),
]
