# SPDX-License-Identifier: MIT
"""What becomes of each stage: its own code, part of the trees behind it, or a call."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from emlrt._native import lib
from emlrt.blob import Program, Span, Stage
from emlrt.generate import columns, flow
from emlrt.generate.columns import Columns, Key
from emlrt.generate.payloads import Tree, trees
from emlrt.inspect import oblivious


@dataclass
class Group:
    """Stages of trees that compare the same floats, whose keys they may share."""

    number: int
    source: Span
    keys: dict[Key, int] = field(default_factory=dict)

    @property
    def once(self) -> bool:
        """Whether its keys are made once a call: nothing writes to x."""
        return bool(self.source.space == lib.EMLRT_SPACE_INPUT)


@dataclass
class Step:
    """A stage that runs. columns: of one that becomes code, else None."""

    index: int
    stage: Stage
    columns: Columns | None = None
    trees: list[Tree] = field(default_factory=list)
    group: Group | None = None


@dataclass(frozen=True)
class Plan:
    """The steps of a program in order, and whether any of them uses the arena."""

    program: Program
    steps: list[Step]
    groups: list[Group]

    @property
    def calls(self) -> bool:
        """Whether a step runs an op of the runtime."""
        return any(step.columns is None for step in self.steps)

    @property
    def arena(self) -> int:
        """Bytes of arena that the steps need."""
        arena = lib.EMLRT_SPACE_ARENA
        spans = [s.stage.target for s in self.steps]
        spans += [_read(step) for step in self.steps]
        used = any(span.space == arena for span in spans)
        return self.program.arena_bytes if used else 0


def _read(step: Step) -> Span:
    """What a step reads: of trees behind bins, what the bins read."""
    bins = step.group is not None and step.columns is not None
    return step.group.source if bins and step.group else step.stage.source


def _is_trees(stage: Stage) -> bool:
    return stage.name.startswith(("trees_", "oblivious"))


def _questions(stage: Stage) -> list[Tree]:
    """The trees of a stage; of oblivious ones, their questions as splits."""
    if not stage.name.startswith("oblivious"):
        return list(trees(stage))
    return [
        Tree(t.feature, t.threshold, [False] * len(t.feature), [], [], 0)
        for t in oblivious.trees(stage)
    ]


def _grouped(program: Program, steps: list[Step], bins: dict[int, int]) -> list[Group]:
    """Give each stage of trees over floats its group."""
    found: dict[Span, Group] = {}
    for step in steps:
        if step.columns is None or not step.columns.is_float:
            continue
        front = bins.get(step.index)
        source = step.stage.source if front is None else program.stages[front].source
        step.group = found.setdefault(source, Group(len(found), source))
        step.columns.keys = step.group.keys
    return list(found.values())


def _choose_keys(steps: list[Step]) -> None:
    """Keys for the groups where they are cheaper, or bins themselves are asked for."""
    by_group: dict[int, list[Step]] = defaultdict(list)
    for step in steps:
        if step.group is not None:
            by_group[step.group.number].append(step)
    for members in by_group.values():
        once = members[0].group is not None and members[0].group.once
        pays = columns.pay([(s.columns, s.trees) for s in members if s.columns], once)
        for step in members:
            assert step.columns is not None
            must = columns.must_be_keyed(step.columns, step.trees)
            step.columns.keyed = must or pays


def plan(program: Program) -> Plan:
    """How a program's code is made."""
    stages = program.stages
    fronts = {
        i: flow.bins_in_front(program, i)
        for i, stage in enumerate(stages)
        if _is_trees(stage)
    }
    bins = {i: front for i, front in fronts.items() if front is not None}
    folded = {
        front
        for front in bins.values()
        if not flow.is_read(program, front, {i for i, f in bins.items() if f == front})
    }
    steps = []
    for i, stage in enumerate(stages):
        if i in folded:
            continue
        step = Step(i, stage)
        if _is_trees(stage):
            step.trees = _questions(stage)
            front = bins.get(i)
            columns_in_front = None if front is None else _columns(stages, front, i)
            step.columns = Columns(stage, columns_in_front, name=f"@sets{i}")
        steps.append(step)
    groups = _grouped(program, steps, bins)
    _choose_keys(steps)
    return Plan(program, steps, groups)


def _columns(stages: tuple[Stage, ...], front: int, reader: int) -> list[flow.Bin]:
    """The bins that a stage reads."""
    made, read = stages[front].target, stages[reader].source
    start = (read.offset - made.offset) >> (made.dtype & 3)
    return flow.columns_of(stages[front])[start : start + read.count]
