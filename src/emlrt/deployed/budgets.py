# SPDX-License-Identifier: MIT
"""What a budget of bytes has led to: what was deployed, and what else was compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reduction:
    """A smaller model, by what it has less of.

    Attributes
    ----------
    ccp_alpha : float
        By which its trees were pruned; 0 for not at all.
    n_trees : int
        Of boosted ensembles rounds, each of a tree for each output; 1 of what is no
        ensemble.
    leaf_bits : int
    optimize : str
    n_rows : int, or None
        Rows that it was trained on, those that `emlrt.deployed.first_rows` gives; of
        estimators that keep their training rows, as neighbours and kernel machines.
    hidden_layer_sizes : tuple of int, or None
        Of a multi-layer perceptron, which was trained with these.
    taken : dict
        Bytes, by the name of the limit: "max_bytes", "max_flash".
    score : float, or None
        Accuracy or R2 of its twin on the held-out rows, as deployed; None where
        nothing was compared.
    """

    ccp_alpha: float
    n_trees: int
    leaf_bits: int
    optimize: str
    n_rows: int | None = None
    hidden_layer_sizes: tuple[int, ...] | None = None
    taken: Mapping[str, int] = field(default_factory=dict)
    score: float | None = None


@dataclass(frozen=True)
class Budget:
    """What a budget has led to.

    Attributes
    ----------
    max_bytes, max_flash : int, or None
    needed : dict
        Bytes that the model takes as the options ask for it.
    taken : Reduction
        What was deployed.
    tried : tuple of Reduction
        Those within the budget that were compared, by the accuracy that each loses for
        a byte that it saves, the least first; none if the model fits as it is, or in
        its smallest encoding.
    score : float, or None
        Accuracy or R2 of the twin as the options ask for it, which is too large; None
        where nothing was compared.
    """

    max_bytes: int | None
    max_flash: int | None
    needed: Mapping[str, int]
    taken: Reduction
    tried: tuple[Reduction, ...] = ()
    score: float | None = None

    def lost(self, reduction: Reduction) -> float:
        """Accuracy or R2 that one of `tried` loses for each byte that it saves."""
        saved = max(n - reduction.taken[name] for name, n in self.needed.items())
        return ((self.score or 0.0) - (reduction.score or 0.0)) / saved
