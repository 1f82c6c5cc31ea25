# SPDX-License-Identifier: MIT
"""What a call does on some rows, counted in the terms of all its stages and its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import tracing
from emlrt.blob import Program, Stage
from emlrt.emulate.facts import Call, Facts
from emlrt.inspect.trees import trees_header, trees_shape
from emlrt.native import Runtime, Steps, constants

from . import floats, walks
from .terms import Terms, stage_terms, tree_terms

_OUTPUTS = {code: name.lower() for name, code in constants("EMLRT_OUTPUT_").items()}
#: The op that a call takes, by the words of its own terms.
FIND = "find"


def added(*parts: Mapping[str, Any]) -> Terms:
    """The sums of terms."""
    found: Terms = {}
    for part in parts:
        for name, n in part.items():
            found[name] = found[name] + n if name in found else n
    return found


class Seen:
    """What each stage of a model reads and writes for some rows, found once.

    rows: of the blob's input type, (n_rows, n_inputs). even: whether each leaf of a
    tree is to be as likely as another, whatever the rows are.
    """

    def __init__(
        self,
        program: Program,
        runtime: Runtime,
        known: Facts,
        rows: NDArray[Any],
        even: bool = False,
    ) -> None:
        self.program, self.known, self.n_rows = program, known, len(rows)
        self._even = even
        steps = Steps(runtime, tracing.programs(program))
        self.trace = tracing.traced(program, tracing.Rows(rows, rows), steps)
        self._walks: dict[int, walks.Walk] = {}
        self._terms: dict[tuple[int, int | None], Terms] = {}
        self._totals: dict[Call, Terms] = {}
        self._ops: dict[str, Terms] = {}

    @property
    def stages(self) -> tuple[Stage, ...]:
        return self.program.stages

    def numbers(self, at: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """What a stage reads and writes."""
        return self.trace[at].reads.values, self.trace[at].writes.values

    def stage(self, at: int, votes: int | None = None) -> Terms:
        """Terms of one stage, which are counted once. votes: as `majority` has them."""
        key = at, votes
        if key not in self._terms:
            self._terms[key] = self._stage(at, votes)
        return self._terms[key]

    def _stage(self, at: int, votes: int | None) -> Terms:
        stage, (x, y) = self.stages[at], self.numbers(at)
        position = self.known.ops.index(stage.name)
        if not stage.name.startswith("trees_"):
            return stage_terms(stage, x, y) | {FIND: position}
        if at not in self._walks:
            made = walks.walk(stage, x)
            self._walks[at] = walks.evened(stage, made) if self._even else made
        found = tree_terms(stage, self._walks[at], y, votes)
        return found | {FIND: position}

    def call(self, call: Call) -> Terms:
        """Terms of a call beside those of its stages."""
        program, known = self.program, self.known
        kind = _OUTPUTS[program.output]
        own: Terms = {
            f"{call}.stage": len(self.stages),
            f"{call}.clear": program.arena_bytes / 8,
        }
        if call == "run":
            return own | {"run": 1.0}
        if call == "classify" and majority(program) is not None:
            how = self.stages[0].name.split("_")[1]
            own[f"majority.{how}"] = 1.0
            own[f"majority.{how}.class"] = program.n_scores if how == "soft" else 0
            return own
        own |= {f"{call}.{kind}": 1.0}
        n = known.n_scores if call == "classify" else known.n_classes
        own[f"{call}.{kind}.score"] = n
        own[f"{call}.output"] = known.n_outputs
        if call == "proba" and kind == "votes":
            votes = self.trace.scores.values[:, :n].astype(np.float64)
            own["proba.votes.some"] = (votes > 0).sum(1)
            own["proba.votes.digits"] = np.log2(np.maximum(votes, 1)).sum(1)
        if call == "proba":
            own |= self._powers(kind)
        more = known.call_ops[call]
        listed = list(dict.fromkeys(known.ops + more))
        return own | {FIND: sum(listed.index(op) for op in more)}

    def _powers(self, kind: str) -> floats.Counts:
        """What probabilities take of floats: exps of scores, sums and divisions."""
        if kind not in ("logits", "logistic"):
            return {}
        # More scores may stand behind those of classes: stages work there.
        n = self.known.n_classes // (2 if kind == "logistic" else 1)
        scores = self.trace.scores.values[:, :n].astype(np.float32)
        if kind == "logistic":
            return floats.exps(-scores)
        ends = np.cumsum(self.program.output_sizes)[:-1]
        return floats.total(*map(floats.softmax, np.split(scores, ends, axis=1)))

    def total(self, call: Call) -> Terms:
        """Terms of a call with all its stages, which are counted once."""
        if call not in self._totals:
            votes = majority(self.program) if call == "classify" else None
            parts = [self.stage(i, votes) for i in range(len(self.stages))]
            self._totals[call] = added(*parts, self.call(call))
        return self._totals[call]

    def of_op(self, name: str) -> Terms:
        """Terms of all stages of an op, which are counted once."""
        if name not in self._ops:
            own = [at for at, stage in enumerate(self.stages) if stage.name == name]
            self._ops[name] = added(*map(self.stage, own))
        return self._ops[name]


def call_kind(program: Program, call: Call) -> str:
    """What a call's own stack depends on: the call, and the kind of scores."""
    if call == "run":
        return "run"
    if call == "classify" and majority(program) is not None:
        return "majority"
    return f"{call}.{_OUTPUTS[program.output]}"


def majority(program: Program) -> int | None:
    """Votes that make a class certain, if the model ends there: a class wins with more
    than these."""
    stages = program.stages
    name = stages[0].name
    if (
        len(stages) != 1
        or program.arena_bytes
        or program.output_sizes != (program.n_scores,)
    ):
        return None
    if name.startswith("trees_soft"):
        return program.vote_total // 2
    if not name.startswith("trees_vote"):
        return None
    own = trees_header(stages[0])["unit"], trees_shape(stages[0])["trees"]
    return program.vote_total // 2 if own == (1, program.vote_total) else None


def open_terms(program: Program, known: Facts) -> Terms:
    """Terms of emlrt_open. The program must have been opened."""
    parts: list[Terms] = [{"open": 1.0, "open.output": known.n_outputs}]
    for stage in program.stages:
        parts.append({"open.stage": 1.0, "open.find": known.ops.index(stage.name)})
        parts.append(_opened(stage))
    return added(*parts)


def _opened(stage: Stage) -> Terms:
    name = stage.name
    if not name.startswith("trees_"):
        words = stage.payload_bytes / 4
        out = stage.target.count
        return {
            f"open.{name}": 1.0,
            f"open.{name}.word": words,
            f"open.{name}.out": out,
        }
    _, kind, record = name.split("_")
    shape, shift = trees_shape(stage), trees_header(stage)["leaf_shift"]
    found: Terms = {
        f"open.{kind}": 1.0,
        "open.tree": shape["trees"],
        f"open.{record}.split": shape["splits"],
        f"open.{kind}{shift}.leaf": shape["leaves"],
        f"open.{kind}.output": stage.target.count,
    }
    if kind == "soft":
        found[f"open.item.{trees_header(stage)['item']:x}"] = shape["items"]
    if kind == "add":
        found["open.add.number"] = shape["leaves"] * stage.target.count
    return found
