# SPDX-License-Identifier: MIT
"""The stages of a model one by one on an emulated core, with their numbers.

The core runs the runtime as it is: each stage is a program of its own (see
`emlrt.parts.alone`), which emlrt_run runs on the memory that the stages before it left.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import blob as blobs
from emlrt import tracing
from emlrt._native import lib
from emlrt.native import Runtime
from emlrt.tracing import Rows, Trace, traced

from . import avr, build, machines
from .elf import Image
from .facts import Facts, facts
from .targets import Target, find
from .unicorn_run import FaultError

#: Seconds after which a call does not end.
_PATIENCE = 60
#: Codes of what avr_trace.c is asked to do.
_CLEAR, _STEP = 0, 1
_CALLS = {"run": 2, "classify": 3, "proba": 4}


@dataclass(frozen=True)
class _Job:
    """A model for a core. flash: the blob, and behind it each stage's own; starts:
    where these begin in it. names: the stages' ops. size: of the blob."""

    target: Target
    known: Facts
    options: build.Options
    flash: bytes
    starts: tuple[int, ...]
    names: tuple[str, ...]
    size: int

    def stage(self, at: int) -> str:
        """Words for a stage on the core, or for the calls behind the last one."""
        known = at < len(self.names)
        what = f"stage {at} ({self.names[at]})" if known else "a run of all stages"
        return f"{what} on the {self.target.name}"

    @property
    def ops(self) -> tuple[str, ...]:
        """Ops that the program links."""
        more = (op for call in self.known.calls for op in self.known.call_ops[call])
        return tuple(dict.fromkeys((*self.known.ops, *more)))

    def counts(self, what: str) -> int:
        """Elements of a call's answer, 4 bytes each."""
        known = self.known
        return {
            "run": known.n_scores,
            "classify": known.n_outputs,
            "proba": known.n_classes,
        }[what]


def _ok(what: str, target: Target, status: int) -> None:
    if status != 0:
        name = target.name
        raise RuntimeError(f"{what} ended with status {status} on the {name}")


class _CalledSteps:
    """Memory of a core that is no AVR, whose functions are called from here."""

    def __init__(self, job: _Job) -> None:
        self.where, self._job = job.target.name, job
        calls = (f"emlrt_{call}" for call in job.known.calls)
        roots = ["emlrt_open", *calls, "emulate_ops", "emulate_model"]
        with build.scratch_dir() as work:
            parts = build.with_ops(job.target, job.ops, job.options, work)
            machine = machines.start(job.target, parts, work, roots, count=False)
        self._machine, image = machine, machine.image
        self._model, ops = map(image.address, ("emulate_model", "emulate_ops"))
        self._rom = machine.place_rom(job.flash)
        status = machine.call("emlrt_open", self._model, self._rom, job.size, ops)
        _ok("emlrt_open", job.target, status)
        known = job.known
        self._x = machine.allocate(known.input_bytes)
        self._y = machine.allocate(4 * known.n_scores)
        self._scratch = machine.allocate(known.scratch_bytes)
        most = max(map(job.counts, known.calls))
        self._answer = machine.allocate(4 * most)

    def _call(self, what: str, start: int, y: int, scratch: int) -> None:
        """Calls emlrt_<what> for the program that starts there in the flash."""
        address = (self._rom + start).to_bytes(4, "little")
        self._machine.write(self._model, address)  # the struct's first field
        sizes = self._job.known.n_inputs, self._job.counts(what)
        arguments = (self._model, 0, self._x, sizes[0], y, sizes[1])
        more = (self._scratch, scratch)
        function = f"emlrt_{what}_as"
        status = self._machine.call(function, *arguments, *more, timeout=_PATIENCE)
        _ok(f"emlrt_{what}", self._job.target, status)

    def start(self, x: NDArray[Any]) -> None:
        known = self._job.known
        self._machine.write(self._x, x.tobytes())
        self._machine.write(self._y, bytes(4 * known.n_scores))
        self._machine.write(self._scratch, bytes(known.scratch_bytes))

    def step(self, at: int) -> None:
        try:
            self._call("run", self._job.starts[at], self._y, 0)
        except FaultError as error:
            raise RuntimeError(f"{self._job.stage(at)}: {error}") from error

    def read(self, space: int, offset: int, size: int) -> bytes:
        base = {
            lib.EMLRT_SPACE_INPUT: self._x,
            lib.EMLRT_SPACE_ARENA: self._scratch,
            lib.EMLRT_SPACE_OUTPUT: self._y,
        }[space]
        return self._machine.read(base + offset, size)

    def call(self, what: str) -> bytes:
        self._call(what, 0, self._answer, self._job.known.scratch_bytes)
        return self._machine.read(self._answer, 4 * self._job.counts(what))


class _AvrSteps:
    """What an AVR's memory held behind each stage and call: it runs all of a row at
    once."""

    def __init__(self, job: _Job) -> None:
        self.where, self._job = job.target.name, job
        known = job.known
        self._answers = 4 * max(map(job.counts, known.calls))
        self._scores = known.arena_bytes + 4 * known.n_scores
        self._request = 8 + known.input_bytes // 8 * 8 + 8
        avr.check_ram(job.target, self._request + self._scores + self._answers)
        self._image, self._address = avr.placed(self._build, job.options.far)

    def _build(self, address: int) -> Image:
        job, known = self._job, self._job.known
        defines = (
            f"X_BYTES={known.input_bytes}",
            f"ARENA_BYTES={known.arena_bytes}",
            f"SCORE_BYTES={4 * known.n_scores}",
            f"ANSWER_BYTES={self._answers}",
            f"N_INPUTS={known.n_inputs}",
            f"N_SCORES={known.n_scores}",
            f"N_OUTPUTS={known.n_outputs}",
            f"N_CLASSES={known.n_classes}",
            *(f"TRACE_{call.upper()}" for call in known.calls),
        )
        return avr.driver_image(
            job.target,
            "avr_trace.c",
            partial(build.with_ops, job.target, job.ops, job.options),
            job.options,
            at=address,
            size=job.size,
            defines=defines,
        )

    def _requests(self, x: bytes) -> NDArray[np.uint8]:
        """To clear, to run each stage, and to make each call."""
        steps = [(_STEP, start) for start in self._job.starts]
        asked = [(_CLEAR, 0), *steps, *((_CALLS[c], 0) for c in self._job.known.calls)]
        lines = [
            np.array([what, self._address + start], "<u4").tobytes() + x
            for what, start in asked
        ]
        padded = b"".join(line.ljust(self._request, b"\0") for line in lines)
        return np.frombuffer(padded, np.uint8).reshape(len(asked), -1)

    def start(self, x: NDArray[Any]) -> None:
        self._x, self._at = x.tobytes(), 0
        run = avr.simulate(
            self._job.target,
            self._image,
            blobs={self._address: self._job.flash},
            rows=self._requests(self._x),
            x="trace_request",
            y=("trace_memory", self._scores + self._answers),
        )
        self._memory = [span.result for span in run.spans]
        if run.code < 0:
            how = "crashes" if run.code == -1 else "does not end"
            raise RuntimeError(f"{self._job.stage(len(self._memory) - 1)}: {how}")
        _ok("the firmware", self._job.target, -run.code)

    def step(self, at: int) -> None:
        self._at = at + 1

    def read(self, space: int, offset: int, size: int) -> bytes:
        if space == lib.EMLRT_SPACE_INPUT:
            return self._x[offset : offset + size]
        if space == lib.EMLRT_SPACE_OUTPUT:
            offset += self._job.known.arena_bytes
        return self._memory[self._at][offset : offset + size]

    def call(self, what: str) -> bytes:
        known = self._job.known
        memory = self._memory[1 + len(self._job.starts) + known.calls.index(what)]
        start = known.arena_bytes if what == "run" else self._scores
        return memory[start : start + 4 * self._job.counts(what)]


def trace(blob: bytes, rows: Rows, *, core: str, opt: str = "-Os") -> Trace:
    """The numbers of every stage on an emulated core; see `Model.trace`.

    Parameters
    ----------
    blob : bytes
        A whole .eml blob.
    rows : emlrt.tracing.Rows
        Rows as the device reads them.
    core : str
        A key of `emlrt.emulate.TARGETS`.
    opt : str
        Optimization level for gcc.

    Raises
    ------
    ToolMissing
        If the compiler or the emulator is not installed; it says which.
    ValueError
        If the core is unknown, or the model does not fit it.
    RuntimeError
        If a stage faults, or ends with a status.
    """
    target = find(core)
    program = blobs.read(blob, Runtime(blob))
    parts = tracing.programs(program)
    *starts, size = accumulate(map(len, parts), initial=len(blob))
    if target.flash and size > target.flash:
        raise ValueError(
            f"the model and its stages, one by one, take {size:,} bytes of flash beside"
            f" the code; the {target.name} has {target.flash:,}"
        )
    far = target.family == "avr" and avr.needs_far(size)
    job = _Job(
        target=target,
        known=facts(blob),
        options=build.Options(opt=opt, far=far),
        flash=b"".join([blob, *parts]),
        starts=tuple(starts),
        names=tuple(stage.name for stage in program.stages),
        size=len(blob),
    )
    steps = _AvrSteps(job) if target.family == "avr" else _CalledSteps(job)
    return traced(program, rows, steps)
