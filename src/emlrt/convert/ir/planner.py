# SPDX-License-Identifier: MIT
"""From a graph to a program: which steps are needed, and where numbers lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from emlrt._native import lib
from emlrt.blob import Program, Span, Stage
from emlrt.categories import text_of
from emlrt.channel_names import texts_of as texts_of_channels
from emlrt.convert.ir.arena import Room, place
from emlrt.convert.ir.coarse import warn_of_coarse
from emlrt.convert.ir.folding import fold
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.infinite import compared
from emlrt.convert.ir.output_spec import KINDS, OutputSpec
from emlrt.convert.ir.steps import (
    NO_CAST,
    Affine,
    Buffer,
    Dense,
    Step,
    Tensor,
    affine_payload,
    dense_payload,
    gather_payload,
    root_of,
)
from emlrt.dtypes import padded
from emlrt.errors import UnsupportedModelError
from emlrt.inspect.work import program_work
from emlrt.kinds import texts_of
from emlrt.known_values import text_of as text_of_known
from emlrt.metadata import Metadata
from emlrt.native import constants
from emlrt.validation import check_columns


def _needed(steps: list[Step], y: Buffer) -> list[Step]:
    """Steps whose results reach y."""
    wanted, kept = {y}, []
    for step in reversed(steps):
        if root_of(step.target)[0] in wanted:
            wanted.add(root_of(step.source)[0])
            kept.append(step)
    return kept[::-1]


def _lives(steps: list[Step]) -> dict[Buffer, Room]:
    rooms: dict[Buffer, Room] = {}
    for at, step in enumerate(steps):
        for tensor in (step.source, step.target):
            root = root_of(tensor)[0]
            n_bytes = root.count << (root.dtype & 3)
            n_bytes += -n_bytes % 4  # floats may follow bytes
            room = rooms.setdefault(root, Room(n_bytes, at, at))
            room.last = at
    return rooms


def _writes_without_gaps(steps: list[Step], y: Buffer) -> bool:
    mark = 0
    for step in steps:
        root, start = root_of(step.target)
        if root is y:
            if start > mark:
                return False
            mark = max(mark, start + step.target.count)
    return mark == y.count


def _payload(step: Step) -> bytes:
    if isinstance(step.params, UnsupportedModelError):
        raise step.params
    if isinstance(step.params, Dense):
        return dense_payload(step.params)
    if isinstance(step.params, Affine):
        return affine_payload(step.params)
    return step.payload


def _extent(graph: Graph, x: Tensor) -> tuple[int, int]:
    """The first and the last step that writes to where x lies."""
    root = root_of(x)[0]
    found = [i for i, s in enumerate(graph.steps) if root_of(s.target)[0] is root]
    return (found[0], found[-1]) if found else (-1, -1)


def _final(graph: Graph, spec: OutputSpec) -> Buffer:
    """The buffer that becomes y. Extras that are made before the scores in front of
    them are copied, since y is written without gaps."""
    scores = graph.plain(spec.scores)
    pieces, done = [scores], _extent(graph, scores)[1]
    for extra in map(graph.plain, spec.extras):
        first, last = _extent(graph, extra)
        if first <= done:
            extra = graph.gather(extra, np.arange(extra.count))
            last = len(graph.steps)
        pieces.append(extra)
        done = max(done, last)
    y = graph.concat(pieces)
    root, _ = root_of(y)
    whole = y.whole and y.buffer.parent is None
    if not whole or root is graph.input.buffer or root.kept is not None:
        y = graph.gather(y, np.arange(y.count))
    return y.buffer


def _output(
    graph: Graph, spec: OutputSpec, names: list[str]
) -> tuple[list[Step], Buffer]:
    """The steps that are needed, folded, and what they end in. names: of the inputs,
    for what is said of them."""
    y = _final(graph, spec)
    needed = _needed(graph.steps, y)
    if not warn_of_coarse(graph, needed, names):
        graph.rows.warn_inside()
    steps = fold(needed, y)
    if not _writes_without_gaps(steps, y):
        graph.steps = steps
        copied = graph.gather(Tensor(y, 0, y.count), np.arange(y.count))
        return graph.steps, copied.buffer
    return steps, y


def _stages(
    graph: Graph, steps: list[Step], y: Buffer
) -> tuple[tuple[Stage, ...], int]:
    """Stages with their spans, and bytes of arena."""
    rooms = _lives(steps)
    places = {graph.input.buffer: lib.EMLRT_SPACE_INPUT, y: lib.EMLRT_SPACE_OUTPUT}
    n_bytes = place(
        [r for root, r in rooms.items() if root not in places and root.kept is None]
    )
    codes = constants("EMLRT_OP_")

    def span(tensor: Tensor) -> Span:
        root, start = root_of(tensor)
        space, base = places.get(root, lib.EMLRT_SPACE_ARENA), 0
        if root.kept is not None:
            space, base = lib.EMLRT_SPACE_STATE, root.kept
        elif root not in places:
            base = rooms[root].offset
        at = base + (start << (tensor.dtype & 3))
        return Span(space, tensor.dtype, at, tensor.count)

    stages = tuple(
        Stage(codes[step.op], span(step.source), span(step.target), _payload(step))
        for step in steps
    )
    return stages, n_bytes + -n_bytes % 8


def part_of(graph: Graph, x: Tensor) -> Program:
    """The program so far, whose scores are the numbers of x."""
    y = Buffer(x.count, x.dtype)
    payload = gather_payload(x, np.arange(x.count))
    copy = Step("GATHER", x, Tensor(y, 0, x.count), padded(payload))
    stages, arena = _stages(graph, fold(_needed([*graph.steps, copy], y), y), y)
    program = Program(
        n_inputs=graph.n_inputs,
        n_scores=x.count,
        input_dtype=graph.input.dtype,
        stages=stages,
        output=lib.EMLRT_OUTPUT_VALUES,
        output_sizes=(1,) * x.count,
        arena_bytes=arena,
    )
    return replace(program, work=program_work(program))


def _check_casts(graph: Graph, steps: list[Step]) -> None:
    """Refuses stages that read int32 inputs as floats."""
    casts = {step.target.buffer for step in steps if step.op == NO_CAST}
    if not casts:
        return
    readers = {step.op.lower() for step in steps if root_of(step.source)[0] in casts}
    owner = "the model" if graph.owner is None else type(graph.owner).__name__
    raise UnsupportedModelError(
        "dtype='int32' is for trees that compare numbers, and for scalers and imputers"
        f" in front of them: {owner} computes with its inputs"
        f" ({', '.join(sorted(readers))}), which float32 would round; take an offset"
        " off the features and fit again, or use dtype='float32'"
    )


def program_of(graph: Graph, spec: OutputSpec, features: list[str]) -> Program:
    """The whole program. features: names of the inputs, if there are any."""
    graph.rows.warn(features)
    steps, y = _output(graph, spec, features)
    _check_casts(graph, steps)
    stages, arena = _stages(graph, steps, y)
    methods = [spec.estimator_type] if spec.methods else []
    methods += [f"{name}={how}" for name, how in spec.methods.items()]
    methods += [
        text_of_known(column, graph.known[column]) for column in sorted(graph.known)
    ]
    methods += texts_of(graph.rows.taken)
    methods += [text_of(column, v) for column, v in graph.categories.items()]
    methods += texts_of_channels(graph.channel_names)
    state = graph.state_bytes + -graph.state_bytes % 8
    missing = spec.missing and graph.options.dtype == "float32"
    program = Program(
        n_inputs=graph.n_inputs,
        n_scores=y.count,
        input_dtype=graph.input.dtype,
        stages=stages,
        output=KINDS[spec.kind],
        output_sizes=spec.output_sizes or (1,) * spec.scores.count,
        vote_total=spec.vote_total,
        missing=missing,
        infinite=missing and not graph.finite and compared(graph, steps),
        arena_bytes=arena,
        state_bytes=state,
        metadata=Metadata(
            spec.classes,
            features if graph.cut is None or graph.cut.whole else [],
            methods=methods,
            inputs=graph.options.inputs,
            window=None if graph.cut is None else graph.cut.window,
        ),
    )
    return replace(program, work=program_work(program))


def finish(graph: Graph, spec: OutputSpec, name: str, features: list[str]) -> Program:
    """The program of a whole model, once every option that was given has been used.

    name: of the model, for errors. features: names of the inputs, if there are any.

    Raises
    ------
    ValueError
        If an option was given that means nothing to this model, or X is a frame of
        other columns than the features.
    UnsupportedModelError
        If a stage has no form.
    """
    columns = getattr(graph.options.X, "columns", None)
    if columns is not None:
        check_columns(list(columns), features)
    graph.options.check_used(graph.used, name)
    return program_of(graph, spec, features)


__all__ = ["finish", "part_of", "program_of"]
