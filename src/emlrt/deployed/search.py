# SPDX-License-Identifier: MIT
"""The most accurate model of an estimator within a budget of bytes.

1. The model as the options ask for it.
2. The same in its smallest encoding (optimize="size"), where the options leave the
   choice: its answers are the same.
3. Smaller models: for each precision of leaves, from `leaf_bits` down, the largest size
   with which the model is within the budget; of forests each number of trees, from all
   of them by halves, with the least pruning. A twin that has not seen the held-out rows
   is made smaller in the same way and answers for them as deployed; the model whose
   twin is right most often is taken, and of equals the first, which has the most bits,
   then the most trees.

Nothing is drawn at random, but by the estimator itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from math import inf
from typing import Any

from emlrt.deployed import pruning
from emlrt.deployed.budgets import Budget, Reduction
from emlrt.deployed.first_trees import n_trees
from emlrt.deployed.leaf_precision import leaf_bits, smallest_encoding
from emlrt.deployed.limits import Limit
from emlrt.deployed.sizes import sizes_of
from emlrt.deployed.training import Judge, Training, judge_of
from emlrt.model import Model

#: Most values of ccp_alpha that are looked at.
_ALPHAS = 128


class _Search:
    """The smaller models of what was trained on all rows."""

    def __init__(self, training: Training, limit: Limit) -> None:
        self._training, self._limit = training, limit
        fitted, options = training.fitted, training.options
        self._made: dict[tuple[int, Any, float], Any] = {}
        self._sizes = sizes_of(training)
        self._bits = leaf_bits(fitted, training.model, options)
        self._alphas = [0.0]
        if pruning.is_prunable(fitted):
            self._alphas = pruning.alphas(fitted, _ALPHAS).tolist()
        whole = Reduction(0.0, n_trees(fitted), self._bits[0], options["optimize"])
        self.asked = self._sized(whole, self._sizes.most)
        encoding = smallest_encoding(training.model, options)
        self.smallest = replace(self.asked, optimize=encoding)

    def _sized(self, start: Reduction, size: int) -> Reduction:
        """A reduction of another size."""
        return replace(start, **{self._sizes.field: self._sizes.value(size)})

    def model(self, training: Training, reduction: Reduction) -> Model:
        """What a training has led to, made smaller by a reduction."""
        return self._model_of(self.estimator(training, reduction), reduction)

    def _model_of(self, estimator: Any, reduction: Reduction) -> Model:
        bits, optimize = reduction.leaf_bits, reduction.optimize
        return self._training.model_of(estimator, leaf_bits=bits, optimize=optimize)

    def estimator(self, training: Training, reduction: Reduction) -> Any:
        """The fitted estimator of a training, made smaller by a reduction."""
        value = getattr(reduction, self._sizes.field)
        key = id(training), value, reduction.ccp_alpha
        if key not in self._made:
            found = training.fitted
            if value != getattr(self.asked, self._sizes.field):
                found = self._sizes.made(training, value)
            self._made[key] = pruning.pruned(found, reduction.ccp_alpha)
        return self._made[key]

    def _counts(self) -> list[int]:
        """Numbers of trees of a forest: all, and halves down to 1."""
        found = [self.asked.n_trees]
        while found[-1] > 1:
            found.append(found[-1] // 2)
        return found

    def _least_pruned(self, start: Reduction) -> Reduction | None:
        """The least pruning with which it is within the limit, by bisection."""
        low, high, found = 0, len(self._alphas), None
        at = 0  # whole trees first: often they fit
        while low < high:
            tried = replace(start, ccp_alpha=self._alphas[at])
            if self._limit.allows(self.model(self._training, tried)):
                found, high = tried, at
            else:
                low = at + 1
            at = (low + high) // 2
        return found

    def _largest(self, start: Reduction) -> Reduction | None:
        """The largest size with which it is within the limit, by bisection."""
        low, high, found = self._sizes.least, self._sizes.most, 0
        at = high  # the whole first: fewer bits may be enough
        while low <= high:
            fits = self._fits(self._sized(start, at))
            if fits is False:
                high = at - 1
            else:
                low, found = at + 1, at if fits else found
            at = (low + high) // 2
        while found and not self._limit.allows(
            self.model(self._training, self._sized(start, found))
        ):
            found -= 1  # what was trained anew takes more than what stood for it
        return self._sized(start, found) if found else None

    def _fits(self, tried: Reduction) -> bool | None:
        """Whether it is within the limit; None where so few rows cannot be trained on,
        as those that nu asks more of."""
        try:
            found = self._sizes.like(self._training, getattr(tried, self._sizes.field))
        except ValueError:
            if self._sizes.field != "n_rows":
                raise
            return None
        return self._limit.allows(self._model_of(found, tried))

    def _of_bits(self, bits: int) -> Iterator[Reduction]:
        """Reductions of a precision within the limit, from the most trees down, until
        whole trees are."""
        start = replace(self.smallest, leaf_bits=bits)
        if len(self._alphas) == 1:
            found = self._largest(start)
            yield from [] if found is None else [found]
            return
        for count in self._counts():
            found = self._least_pruned(replace(start, n_trees=count))
            if found is not None:
                yield found
                if found.ccp_alpha == 0:
                    return

    def candidates(self) -> Iterator[Reduction]:
        """Reductions within the limit, from the most bits and trees down; those that
        take more away than a whole ensemble within the limit are left out."""
        for bits in self._bits:
            for found in self._of_bits(bits):
                taken = self._limit.taken(self.model(self._training, found))
                yield replace(found, taken=taken)
                if found == replace(self.smallest, leaf_bits=bits):
                    return

    def scored(self, each: Reduction, judge: Judge) -> Reduction:
        """A reduction with the score of the judge's twin."""
        return replace(each, score=judge.score(self.model(judge.training, each)))

    def refused(self) -> ValueError:
        """The error of a model that cannot be made small enough."""
        model, name = self._training.model, type(self._training.fitted).__name__
        text = f"{name} takes {self._limit.over(model)}"
        start = replace(self.smallest, ccp_alpha=self._alphas[-1])
        least = replace(self._sized(start, self._sizes.least), leaf_bits=self._bits[-1])
        smaller = model
        with suppress(ValueError):  # of so few rows that it cannot be trained on them
            smaller = self.model(self._training, least)
        if self._limit.taken(smaller) == self._limit.taken(model):
            more = self._limit.most(model)
            return ValueError(f"{text}; nothing can be taken from it here. {more}")
        return ValueError(
            f"{text}; the smallest that is made of it takes"
            f" {self._limit.over(smaller)}: raise the limit"
        )


def within(
    training: Training, limit: Limit, fraction: float | None
) -> tuple[Any, Model, Budget]:
    """The estimator, its model and what was done, by the steps that stand above.

    Raises
    ------
    ValueError
        If nothing is within the limit; says what the smallest model takes, and what
        takes most of it.
    """
    search, model = _Search(training, limit), training.model
    budget = Budget(limit.max_bytes, limit.max_flash, limit.taken(model), search.asked)

    def done(kept: Reduction, **more: Any) -> tuple[Any, Model, Budget]:
        made = search.model(training, kept) if kept != search.asked else model
        about = replace(budget, taken=replace(kept, taken=limit.taken(made)), **more)
        return search.estimator(training, kept), made, about

    if limit.allows(model):
        return done(search.asked)
    if limit.allows(search.model(training, search.smallest)):
        return done(search.smallest)
    candidates = list(search.candidates())
    if not candidates:
        raise search.refused()
    judge = judge_of(training, fraction)
    budget = replace(
        budget, score=judge.score(search.model(judge.training, search.asked))
    )
    tried = [search.scored(each, judge) for each in candidates]
    return done(max(tried, key=_score_of), tried=tuple(sorted(tried, key=budget.lost)))


def _score_of(reduction: Reduction) -> float:
    return -inf if reduction.score is None else reduction.score
