# SPDX-License-Identifier: MIT
"""One call from a recording to the answers of a stream on an emulated core."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt.progress import Advance, reported

from . import avr, build, machines
from .costs import Counted
from .elf import Image
from .facts import STREAM_ANSWERS, STREAM_CALLS, Call, Facts, blob_of, facts
from .machines import AnyMachine
from .measure import Step
from .targets import Target, find

if TYPE_CHECKING:
    from emlrt.model import Model

_ROOTS = (*STREAM_CALLS, STREAM_ANSWERS["run"])
_GLUE = (
    "#include <emlrt/stream.h>\nemlrt_stream emulate_stream;\nsize_t emulate_used;\n"
)
_BROKEN_GUARD = 99
_GUARD = b"\xa5" * 8


@dataclass(frozen=True, repr=False, kw_only=True)
class Streamed(Counted):
    """What a stream on a core answered, and what it took. Can be pickled.

    Attributes
    ----------
    core, opt, call : str
        As asked for.
    unit : str
        Of the counts: "instructions", or "cycles" on AVR.
    scores : ndarray (n_windows, n_scores)
        Of each window that became complete: float32, or uint32 votes. What the model
        says of them is `model.answer_of("predict", scores)`.
    counts : ndarray of int64 (n_windows,)
        Instructions or cycles of all pushes since the window before; `mean` and
        `worst` are of them.
    longest : int
        The same of the longest push: what came in the meantime had to wait.
    open_count : int
        The same of emlrt_stream_open.
    stack, open_stack : int
        Most bytes of stack of any push, and of emlrt_stream_open.
    flash : int
        Bytes of code and constants of the stream's calls, with the ops that the blob
        needs; without the blob.
    ram : int
        Bytes of an emlrt_model, which an emlrt_stream begins with, and on AVR of the
        list of ops.
    stream_bytes : int
        Bytes of memory that the stream was given, and that it did not leave.
    """

    core: str
    opt: str
    call: Call
    scores: NDArray[Any]
    longest: int
    open_count: int
    stack: int
    open_stack: int
    flash: int
    ram: int
    stream_bytes: int

    def __repr__(self) -> str:
        return (
            f"<emlrt.emulate.Streamed on {self.core}, {self.opt}: {self.flash:,} bytes"
            f" of flash without the blob; RAM: {self.stream_bytes:,} of the stream,"
            f" {self.stack:,} of stack; {self.spent('windows')}; {self.open_count:,} to"
            " open>"
        )


@dataclass(frozen=True)
class Recording:
    """A blob and the pieces that its stream is given.

    hop: of emlrt_stream_open, in samples. pieces: arrays of the input dtype.
    """

    blob: bytes
    facts: Facts
    pieces: Sequence[NDArray[Any]]
    hop: int = 0

    @classmethod
    def of(
        cls, model: Model, samples: ArrayLike, pieces: Sequence[int], hop: int = 0
    ) -> Recording:
        """Samples of a model, cut into pieces of these numbers of samples in turn.

        Raises
        ------
        ValueError
            If the model does not take such samples, or a piece has none.
        """
        if not pieces or min(pieces) < 1:
            raise ValueError(f"pieces of {list(pieces)} samples do not make progress")
        flat = model.samples_of(samples)
        turns = -(-len(flat) // sum(pieces))
        ends = np.cumsum(np.tile(pieces, turns))
        parts = np.split(flat, ends[ends < len(flat)])
        blob = blob_of(model)
        return cls(blob, facts(blob), parts, hop)

    @property
    def x_bytes(self) -> int:
        """Bytes of the largest piece."""
        return max((piece.nbytes for piece in self.pieces), default=4)


def stream(
    model: Model,
    samples: ArrayLike,
    *,
    core: str = "cortex-m0plus",
    opt: str = "-O2",
    call: Call = "run",
    std: str = "c99",
    hop: int | None = None,
    pieces: Sequence[int] = (64,),
    far: bool | None = None,
    progress: Advance | bool = True,
) -> Streamed:
    """Push a recording to a model's stream on an emulated core.

    Parameters
    ----------
    model : emlrt.Model
        The core reads its blob in place.
    samples : array-like (n,), or (n, channels)
        As `emlrt.Stream.push` takes them.
    core : str
        As of `measure`.
    opt, std : str
        Optimization level and language standard for gcc.
    call : {"run", "classify", "proba"}
        What firmware asks of each window, for `flash`: its scores, class or
        probabilities. It is not made, and does not count.
    hop : int, optional
        As of `emlrt.Stream`.
    pieces : sequence of int
        Samples of one push, in turn. The answers do not depend on it.
    far : bool, optional
        AVR: as of `measure`.
    progress : bool or callable
        As of `measure`.

    Raises
    ------
    ToolMissing
        If the compiler or the emulator is not installed; it says which.
    ValueError
        If the core is unknown, the samples do not fit the model, or the model does
        not fit the core.
    RuntimeError
        If the stream leaves its memory.
    """
    target, options = find(core), build.Options(opt=opt, std=std)
    call = facts(blob_of(model)).call_of(call)
    recording = Recording.of(model, samples, pieces, (hop or 0) * model.window.channels)
    if target.family == "avr":
        beyond = avr.needs_far(len(recording.blob)) if far is None else far
        options = replace(options, far=beyond)
    known = recording.facts
    with reported("stream", progress) as advance:
        build.runtime_objects(target, options, advance)
        opened, *pushes = _told(_steps(target, options, recording), recording, advance)
    scores, counts = _windows(pushes, known)
    alone = _footprint(target, known, call, options)
    return Streamed(
        core=target.name,
        opt=opt,
        call=call,
        unit=target.unit,
        scores=scores,
        counts=counts,
        longest=max((step.count for step in pushes), default=0),
        open_count=opened.count,
        stack=max((step.stack for step in pushes), default=0),
        open_stack=opened.stack,
        flash=alone.flash,
        ram=alone.ram,
        stream_bytes=known.stream_bytes,
    )


def _footprint(
    target: Target, known: Facts, call: Call, options: build.Options
) -> Image:
    """What firmware links for a stream, and for a call's answers of it."""
    ops = tuple(dict.fromkeys(known.ops + known.call_ops[call]))
    return build.footprint(target, ops, [*STREAM_CALLS, STREAM_ANSWERS[call]], options)


def _steps(
    target: Target, options: build.Options, recording: Recording
) -> Iterator[Step]:
    if target.family == "avr":
        return avr_steps(target, options, recording)
    return steps_of(linked(target, recording.facts.ops, options), recording)


def _told(
    steps: Iterable[Step], recording: Recording, advance: Advance
) -> Iterator[Step]:
    """The steps, each told of."""
    most = max(1, len(recording.pieces))
    for n, step in enumerate(steps):
        advance(min(1.0, n / most), f"push {n} of about {most}")
        yield step


def _windows(
    steps: Iterable[Step], known: Facts
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The scores and the counts of each window."""
    counts, count, found = [], 0, b""
    for step in steps:
        count += step.count
        if step.result:
            found += step.result
            counts.append(count)
            count = 0
    scores = np.frombuffer(found, known.score_dtype).reshape(-1, known.n_scores)
    return scores, np.array(counts, np.int64)


def scores_of(steps: Iterable[Step], known: Facts) -> NDArray[Any]:
    """The scores (n_windows, n_scores) of a stream's steps."""
    return _windows(steps, known)[0]


def linked(
    target: Target, ops: Sequence[str], options: build.Options, *, count: bool = True
) -> AnyMachine:
    """A core that is no AVR, with the stream's calls and these ops."""
    with build.scratch_dir() as work:
        parts = build.with_ops(target, ops, options, work)
        parts += build.compile_text(target, "stream_glue.c", _GLUE, options, work)
        roots = [*_ROOTS, "emulate_ops", "emulate_stream", "emulate_used"]
        return machines.start(target, parts, work, roots, count=count)


def steps_of(machine: AnyMachine, recording: Recording) -> Iterator[Step]:
    """emlrt_stream_open, then each push, with the scores of the window that it
    completed. The memory of the stream ends where the core's ends, but for up to 7
    bytes of a pattern."""
    known, place = recording.facts, machine.image.address
    handle, ops, used = map(place, ("emulate_stream", "emulate_ops", "emulate_used"))
    rom = machine.place_rom(recording.blob)
    size = known.stream_bytes
    memory = machine.allocate(size) + (-size % 16 & ~7)
    machine.write(memory + size, _GUARD[: -size % 8])
    arguments = (len(recording.blob), ops, recording.hop, memory, size)
    _ok("emlrt_stream_open", machine.call(STREAM_CALLS[0], handle, rom, *arguments))
    yield Step(b"", machine.instructions, machine.stack)
    x = machine.allocate(recording.x_bytes)
    for piece in recording.pieces:
        machine.write(x, piece.tobytes())
        at, left = x, piece.size
        while left:
            status = machine.call(STREAM_CALLS[1], handle, 0, at, left, used)
            _ok(STREAM_CALLS[1], status)
            taken = _word(machine, used)
            at, left = at + taken * piece.itemsize, left - taken
            yield _pushed(machine, handle, known)
            if machine.read(memory + size, -size % 8) != _GUARD[: -size % 8]:
                _ok(STREAM_CALLS[1], -_BROKEN_GUARD)


def _pushed(machine: AnyMachine, handle: int, known: Facts) -> Step:
    """The push that was the machine's last call."""
    count, stack, result = machine.instructions, machine.stack, b""
    if machine.call("emlrt_stream_ready", handle):
        scores = machine.call("emlrt_stream_scores", handle) % (1 << 32)
        result = machine.read(scores, known.n_scores * known.score_dtype.itemsize)
    return Step(result, count, stack)


def _word(machine: AnyMachine, address: int) -> int:
    (value,) = struct.unpack("<I", machine.read(address, 4))
    return int(value)


def _ok(function: str, status: int) -> None:
    if status == -_BROKEN_GUARD:
        raise RuntimeError("the stream wrote behind its memory on the target")
    if status != 0:
        raise RuntimeError(f"{function} returned status {status} on the target")


def _avr_image(
    target: Target, options: build.Options, recording: Recording, address: int
) -> Image:
    known = recording.facts
    defines = (
        f"STREAM_BYTES={known.stream_bytes}",
        f"HOP={recording.hop}ul",
        f"X_BYTES={recording.x_bytes}",
        f"Y_BYTES={known.n_scores * known.score_dtype.itemsize}",
        f"SAMPLE_BYTES={known.input_dtype.itemsize}",
    )
    return avr.driver_image(
        target,
        "avr_stream.c",
        partial(build.with_ops, target, known.ops, options),
        options,
        at=address,
        size=len(recording.blob),
        defines=defines,
    )


def _rows(recording: Recording) -> NDArray[np.uint8]:
    """Pieces as the firmware takes them: the number of samples, then samples."""
    rows = np.zeros((len(recording.pieces), 4 + recording.x_bytes), np.uint8)
    for row, piece in zip(rows, recording.pieces, strict=True):
        row[:4] = np.frombuffer(struct.pack("<I", piece.size), np.uint8)
        row[4 : 4 + piece.nbytes] = np.frombuffer(piece.tobytes(), np.uint8)
    return rows


def avr_steps(
    target: Target, options: build.Options, recording: Recording
) -> Iterator[Step]:
    """The same of an AVR, where 16 bytes of a pattern stand behind the memory."""
    known = recording.facts
    y_bytes = 4 + known.n_scores * known.score_dtype.itemsize
    avr.check_ram(target, known.stream_bytes + 16 + 4 + recording.x_bytes + y_bytes)
    make = partial(_avr_image, target, options, recording)
    image, address = avr.placed(make, options.far)
    run = avr.simulate(
        target,
        image,
        blobs={address: recording.blob},
        rows=_rows(recording),
        x="stream_x",
        y=("stream_y", y_bytes),
    )
    _ok("the firmware", -run.code)
    opened, *spans = run.spans
    yield Step(b"", opened.cycles, opened.stack)
    for span in spans:
        if span.result[0]:
            yield Step(span.result[4:], 0, 0)
        else:
            yield Step(b"", span.cycles, span.stack)
