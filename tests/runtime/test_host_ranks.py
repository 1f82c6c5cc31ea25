# SPDX-License-Identifier: MIT
"""Two stages of ranks, of different parts of the inputs, in one program."""

import numpy as np
from families.boosting import ensemble, made, rows

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.trees.sums import sums


def test_forests_read_the_inputs_of_their_own_ranks():
    graph = Graph(8, Options(encoding="bins"))
    found = [
        sums(graph, ensemble(seed=seed), graph.part(graph.input, start, 4))
        for seed, start in ((1, 0), (2, 4), (3, 2))
    ]
    model, x = made(graph, graph.concat(found)), rows(8)
    runtime = model._runtime
    assert [s.name for s in model.stages].count("bucketize_u8") == 3
    single = np.stack([runtime.firmware(row, "run") for row in x])
    bits = runtime.scores(x).view(np.uint32)
    np.testing.assert_array_equal(bits, single.view(np.uint32))
