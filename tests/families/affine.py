# SPDX-License-Identifier: MIT
"""The ops that every family builds on: dense, affine, gather, mix, casts."""

import numpy as np

from emlrt import Model, blob
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.output_spec import OutputSpec, classifier
from emlrt.convert.ir.planner import program_of
from families import Case, odd_rows


def model_of(graph, answer):
    return Model(blob.write(program_of(graph, answer, [])))


def rows(rng, n):
    normal = rng.normal(0, 3, (6, n)).astype(np.float32)
    return np.concatenate([normal, odd_rows(n)])


def net(n_in, n_hidden, n_out):
    def make():
        rng = np.random.default_rng(n_in)
        graph = Graph(n_in)
        shifted = graph.affine(graph.input, shift=40 + np.arange(n_in), scale=0.5)
        weights = rng.normal(size=(n_hidden, n_in))
        hidden = graph.dense(shifted, weights, rng.normal(size=n_hidden), relu=True)
        out = graph.dense(hidden, rng.normal(size=(n_out, n_hidden)), 0.25)
        answer = classifier("margins", out, np.arange(n_out))
        return model_of(graph, answer), rows(rng, n_in) + np.float32(41)

    return make


def scaling(**parts):
    def make():
        rng = np.random.default_rng(5)
        graph = Graph(3)
        y = graph.affine(graph.input, **parts)
        return model_of(graph, OutputSpec("values", y)), rows(rng, 3)

    return make


def gathered():
    """Chosen elements of two parts, mixed."""
    rng = np.random.default_rng(6)
    graph = Graph(5)
    parts = [graph.gather(graph.input, i) for i in ([4, 0, 2], [1, 1, 3])]
    y = graph.mix(parts, [0.75, -2.5])
    return model_of(graph, OutputSpec("values", y, extras=(graph.input,))), rows(rng, 5)


def cast(dtype):
    def make():
        graph = Graph(5, Options(dtype))
        y = graph.dense(graph.input, np.arange(10.0).reshape(2, 5) - 4, [1, -1])
        info = np.iinfo(dtype)
        x = np.random.default_rng(7).integers(info.min, info.max + 1, (6, 5))
        return model_of(graph, OutputSpec("values", y)), x.astype(dtype)

    return make


CASES = [
    Case("dense", net(5, 9, 3)),
    Case("dense-one", net(1, 1, 1)),
    Case("dense-tile", net(4, 4, 8)),
    Case("affine-shift", scaling(shift=[1, 2, -3])),
    Case("affine-low", scaling(shift=[1e6 + 0.03, 2, -3], scale=50.0)),
    Case("affine-scale", scaling(scale=[0.1, 1e20, -1e-30])),
    Case("affine-all", scaling(shift=[1, 2.1, 0], scale=7.7, offset=[5, 0, 0.1])),
    Case("affine-none", scaling()),
    Case("gather-mix", gathered),
    Case("cast-uint8", cast("uint8")),
    Case("cast-int16", cast("int16")),
]
