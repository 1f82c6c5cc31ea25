# SPDX-License-Identifier: MIT
"""The most accurate model of an estimator within a budget of bytes.

1. The model as the options ask for it.
2. The same in its smallest encoding (optimize="size"), where the options leave the
   choice: its answers are the same.
3. Smaller models: for each precision of leaves, from `leaf_bits` down, and each number
   of trees, from all of them by halves, the least pruning with which the model is
   within the budget. A twin that has not seen the held-out rows is made smaller in the
   same way and answers for them as deployed; the model whose twin is right most often
   is taken, and of equals the first, which has the most bits, then the most trees.

Nothing is drawn at random, but by the estimator itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from numbers import Real
from typing import Any

from emlrt.boards import find
from emlrt.deployed import reductions
from emlrt.deployed.training import Judge, Training
from emlrt.metrics.costs import core_of, flash_bytes
from emlrt.model import Model
from emlrt.validation import whole

#: Most values of ccp_alpha that are looked at.
_ALPHAS = 128


@dataclass(frozen=True)
class Limit:
    """Most bytes of a blob, and of a blob with its code on a core; None is no limit."""

    max_bytes: int | None = None
    max_flash: int | None = None
    core: str = ""

    def taken(self, model: Model) -> dict[str, int]:
        """What a model takes of each limit, in bytes."""
        found = {}
        if self.max_bytes is not None:
            found["max_bytes"] = model.nbytes
        if self.max_flash is not None:
            found["max_flash"] = flash_bytes(model, self.core)
        return found

    def allows(self, model: Model) -> bool:
        return all(n <= getattr(self, name) for name, n in self.taken(model).items())

    def over(self, model: Model) -> str:
        """By what a model is too large, in words."""
        return " and ".join(
            f"{n} bytes, of {name}={getattr(self, name)}"
            for name, n in self.taken(model).items()
            if n > getattr(self, name)
        )


def limit_of(
    max_bytes: int | None,
    max_flash: int | None,
    board: str | None,
    fraction: float | None = None,
) -> Limit | None:
    """The limit that the parameters ask for; None if they ask for none. fraction: of
    the rows that are held out, which is checked alone.

    Raises
    ------
    ValueError
        If a number is no integer above 0, or the board is unknown, missing, or has no
        core whose code sizes are known; if the fraction is none between 0 and 1.
    """
    real = isinstance(fraction, Real) and not isinstance(fraction, bool)
    if fraction is not None and not (real and 0 < float(fraction) < 1):
        raise ValueError(
            "validation_fraction is a number between 0 and 1, or None, not"
            f" {fraction!r}"
        )
    if max_bytes is not None:
        whole("max_bytes", max_bytes, 1)
    found = None if board is None else find(board)
    if max_flash is None:
        return None if max_bytes is None else Limit(max_bytes)
    whole("max_flash", max_flash, 1)
    if found is None:
        raise ValueError("max_flash= is of a board; give its key as board=")
    return Limit(max_bytes, max_flash, core_of(found))


@dataclass(frozen=True)
class Reduction:
    """A smaller model.

    Attributes
    ----------
    ccp_alpha : float
        By which its trees were pruned; 0 for not at all.
    n_trees : int
        1 of what is no ensemble.
    leaf_bits : int
    optimize : str
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
        Those within the budget that were compared; none if the model fits as it is, or
        in its smallest encoding.
    """

    max_bytes: int | None
    max_flash: int | None
    needed: Mapping[str, int]
    taken: Reduction
    tried: tuple[Reduction, ...] = ()


class _Search:
    """The smaller models of what was trained on all rows."""

    def __init__(self, training: Training, limit: Limit) -> None:
        self._training, self.limit = training, limit
        self._fitted, options = training.whole[0], training.options
        self._alphas = reductions.alphas(self._fitted, _ALPHAS)
        self._pruned: dict[tuple[int, float], Any] = {}
        free = options["encoding"] == "auto" and options["optimize"] == "balanced"
        self.asked = Reduction(
            0.0,
            reductions.n_trees(self._fitted),
            options["leaf_bits"],
            options["optimize"],
        )
        tree_like = reductions.is_reducible(self._fitted)
        encoding = "size" if free and tree_like else options["optimize"]
        self.smallest = replace(self.asked, optimize=encoding)

    def model(self, fitted: Any, reduction: Reduction) -> Model:
        """What a fitted estimator becomes by a reduction."""
        estimator = self.estimator(fitted, reduction)
        bits, optimize = reduction.leaf_bits, reduction.optimize
        return self._training.model_of(estimator, leaf_bits=bits, optimize=optimize)

    def estimator(self, fitted: Any, reduction: Reduction) -> Any:
        """The estimator with fewer trees, pruned."""
        key = id(fitted), reduction.ccp_alpha
        if key not in self._pruned:
            self._pruned[key] = reductions.pruned(fitted, reduction.ccp_alpha)
        return reductions.first_trees(self._pruned[key], reduction.n_trees)

    def _bits(self) -> list[int]:
        """Precisions of leaves, from what was asked for down."""
        asked = self.asked.leaf_bits
        if self._training.options["voting"] == "hard":
            return [asked]
        below = [bits for bits in reductions.leaf_bits(self._fitted) if bits < asked]
        return [asked, *below]

    def _counts(self) -> list[int]:
        """Numbers of trees: all, and halves down to 1."""
        found = [self.asked.n_trees]
        while found[-1] > 1:
            found.append(found[-1] // 2)
        return found

    def _least_pruned(self, start: Reduction) -> Reduction | None:
        """The least pruning with which it is within the limit, by bisection."""
        low, high, found = 0, len(self._alphas), None
        at = 0  # whole trees first: often they fit
        while low < high:
            tried = replace(start, ccp_alpha=float(self._alphas[at]))
            model = self.model(self._fitted, tried)
            if self.limit.allows(model):
                found, high = replace(tried, taken=self.limit.taken(model)), at
            else:
                low = at + 1
            at = (low + high) // 2
        return found

    def candidates(self) -> Iterator[Reduction]:
        """Reductions within the limit, from the most bits and trees down; those that
        take more away than a whole forest within the limit are left out."""
        for bits in self._bits():
            for count in self._counts():
                start = replace(self.smallest, leaf_bits=bits, n_trees=count)
                found = self._least_pruned(start)
                if found is not None:
                    yield found
                    if found.ccp_alpha == 0 and count == self.asked.n_trees:
                        return
                    if found.ccp_alpha == 0:
                        break

    def scored(self, each: Reduction, judge: Judge) -> Reduction:
        """A reduction with the score of the judge's estimator."""
        return replace(each, score=judge.score(self.model(judge.estimator, each)))


def _refused(search: _Search, training: Training) -> ValueError:
    """The error of a model that cannot be made small enough."""
    fitted, model = training.whole
    name = type(fitted).__name__
    text = f"{name} takes {search.limit.over(model)}"
    if not reductions.is_reducible(fitted):
        return ValueError(
            f"{text}; only trees and forests of scikit-learn, and pipelines that end in"
            " one, are made smaller here: train a smaller model, or raise the limit"
        )
    one = replace(search.smallest, n_trees=1, leaf_bits=search._bits()[-1])
    least = search.model(fitted, replace(one, ccp_alpha=float(search._alphas[-1])))
    return ValueError(
        f"{text}; the smallest that is made of it takes {search.limit.over(least)}:"
        " raise the limit"
    )


def within(
    training: Training, limit: Limit, fraction: float | None
) -> tuple[Any, Model, Budget]:
    """The estimator, its model and what was done, by the steps that stand above.

    Raises
    ------
    ValueError
        If nothing is within the limit; says what the smallest model takes.
    """
    search = _Search(training, limit)
    fitted, model = training.whole
    needed = limit.taken(model)

    def done(
        kept: Reduction, tried: tuple[Reduction, ...] = ()
    ) -> tuple[Any, Model, Budget]:
        made = search.model(fitted, kept) if kept != search.asked else model
        kept = replace(kept, taken=limit.taken(made))
        about = Budget(limit.max_bytes, limit.max_flash, needed, kept, tried)
        return search.estimator(fitted, kept), made, about

    if limit.allows(model):
        return done(search.asked)
    if limit.allows(search.model(fitted, search.smallest)):
        return done(search.smallest)
    candidates = list(search.candidates())
    if not candidates:
        raise _refused(search, training)
    judge = training.judge(fraction)
    tried = [search.scored(each, judge) for each in candidates]
    return done(max(tried, key=_score_of), tuple(tried))


def _score_of(reduction: Reduction) -> float:
    return -inf if reduction.score is None else reduction.score
