# SPDX-License-Identifier: MIT
"""Any bytes as a dump of Treelite's: read, refused in one way, or converted."""

import contextlib

from emlrt.convert.ir.graph import Graph
from emlrt.convert.treelite.model import document_of, ensemble_in
from emlrt.errors import EmlrtError

#: What is converted too, not only read.
SMALL = 1000


def target(data: bytes) -> None:
    """Raises nothing, whatever the bytes."""
    with contextlib.suppress(EmlrtError):
        ensemble = ensemble_in(document_of(data))
        if max(ensemble.n_features, ensemble.n_outputs) <= SMALL:
            from emlrt.convert.trees.sums import sums

            graph = Graph(ensemble.n_features)
            sums(graph, ensemble, graph.input)
