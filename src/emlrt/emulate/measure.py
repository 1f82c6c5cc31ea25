# SPDX-License-Identifier: MIT
"""One call from a blob to predictions and costs on an emulated core."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emlrt.progress import Advance, reported

from . import avr, build, machines
from .costs import Counted
from .elf import Image
from .facts import Call, Facts, blob_of, facts
from .targets import Target, find

if TYPE_CHECKING:
    from emlrt.model import Model


@dataclass(frozen=True, repr=False, kw_only=True)
class Measurement(Counted):
    """What a core computed, and what it took. Can be pickled.

    Attributes
    ----------
    core, opt, call : str
        As asked for.
    unit : str
        Of the counts: "instructions", or "cycles" on AVR.
    results : ndarray (n_rows, n)
        Scores (call="run": float32 values or uint32 votes), class indices
        (call="classify": uint32), or probabilities (call="proba": float32).
    counts : ndarray of int64 (n_rows,)
        Instructions or cycles of each call; `mean` and `worst` are of them.
    open_count : int
        The same of emlrt_open.
    stack, open_stack : int
        Most bytes of stack of any of the calls, and of emlrt_open.
    flash : int
        Bytes of code and constants of emlrt_open and the call, with the ops
        that the blob needs; without the blob.
    ram : int
        Bytes of memory beyond stack, input, answer and scratch: the model.
    scratch : int
        Bytes of scratch that the call takes.
    prepared : bool
        Whether the calls were those of emlrt/prepared.h. Then `flash` is without
        emlrt_open, as of firmware with constants, and without the constants.
    """

    core: str
    opt: str
    call: Call
    results: NDArray[Any]
    open_count: int
    stack: int
    open_stack: int
    flash: int
    ram: int
    scratch: int
    prepared: bool = False

    def __repr__(self) -> str:
        name = f"prepared {self.call}" if self.prepared else self.call
        return (
            f"<emlrt.emulate.Measurement of {name} on {self.core}, {self.opt}:"
            f" {self.flash:,} bytes of flash without the blob; RAM: {self.ram:,} of the"
            f" model, {self.scratch:,} of scratch, {self.stack:,} of stack;"
            f" {self.spent('rows')}; {self.open_count:,} to open>"
        )


@dataclass(frozen=True)
class _Job:
    """Everything about a measurement but its rows."""

    target: Target
    blob: bytes
    facts: Facts
    call: Call
    options: build.Options
    prepared: bool = False

    @property
    def function(self) -> str:
        return f"emlrt_prepared_{self.call}" if self.prepared else f"emlrt_{self.call}"

    @property
    def model(self) -> str:
        """The variable that the function takes."""
        return "emulate_prepared" if self.prepared else "emulate_model"

    def parts(self, work: Path) -> list[Path]:
        """Objects of the runtime, and of what is opened and prepared."""
        parts = build.with_ops(self.target, self.ops, self.options, work)
        if self.prepared:
            text = build.prepared_glue(self.facts.n_stages)
            parts += build.compile_text(
                self.target, "prepared.c", text, self.options, work
            )
        return parts

    def footprint(self) -> Image:
        """What the firmware links: of a prepared call, as if of constants."""
        if not self.prepared:
            functions = ["emlrt_open", self.function]
            return build.footprint(self.target, self.ops, functions, self.options)
        runs = [f"emlrt_run_{op}" for op in self.ops]
        return build.footprint(self.target, [], [self.function, *runs], self.options)

    @property
    def ops(self) -> tuple[str, ...]:
        """Ops that the program links."""
        return tuple(dict.fromkeys(self.facts.ops + self.facts.call_ops[self.call]))

    @property
    def scratch(self) -> int:
        f = self.facts
        return f.arena_bytes if self.call == "run" else f.scratch_bytes

    @property
    def answer(self) -> tuple[int, np.dtype[Any]]:
        """Elements and dtype of one result."""
        if self.call == "classify":
            return self.facts.n_outputs, np.dtype(np.uint32)
        if self.call == "proba":
            return self.facts.n_classes, np.dtype(np.float32)
        return self.facts.n_scores, self.facts.score_dtype

    @property
    def answer_bytes(self) -> int:
        return self.answer[0] * self.answer[1].itemsize


@dataclass(frozen=True)
class Step:
    """One call: its result's bytes, instructions or cycles, and stack."""

    result: bytes
    count: int
    stack: int


def measure(
    model: Model | bytes,
    X: Any,
    *,
    core: str = "cortex-m0plus",
    opt: str = "-O2",
    call: Call | None = None,
    std: str = "c99",
    far: bool | None = None,
    prepared: bool = False,
    progress: Advance | bool = True,
) -> Measurement:
    """Run a model on an emulated core, one row after the other. `stream` runs models
    that keep state, which are refused here.

    The first time for a core and flags takes some ten seconds, for the runtime is
    compiled; `cache_dir` is where it is kept.

    Parameters
    ----------
    model : emlrt.Model, or bytes
        The model, or a whole .eml blob; the core reads it in place.
    X : array-like (n_rows, n_features)
        Rows as the model's predict takes them; for bytes, numbers that the blob's
        input type holds.
    core : str
        A key of `emlrt.emulate.TARGETS`, another name of it ("cortex-m0+"), or a board
        of `emlrt.boards` ("uno").
    opt, std : str
        Optimization level and language standard for gcc.
    call : {"classify", "run", "proba"}, optional
        The function of the runtime to call for each row. By default "classify" if
        the model has classes, else "run".
    far : bool, optional
        AVR: read the blob with 32-bit addresses. By default, only if it does
        not fit the first 64 KiB beside the code.
    prepared : bool
        Call the functions of emlrt/prepared.h.
    progress : bool or callable
        Whether a line on stderr tells what is done, if that is a terminal; or a
        function that is called with the share that is done, from 0 to 1, and words.

    Raises
    ------
    ToolMissing
        If the compiler or the emulator is not installed; it says which.
    ValueError
        If the core is unknown, X does not fit the model, the model has no such call,
        or the blob does not fit the core.
    FormatError
        If the runtime refuses the blob.
    """
    target, blob = find(core), blob_of(model)
    known = facts(blob)
    known.check_plain(target.name)
    call = known.call_of(call)
    rows = known.rows(X) if isinstance(model, bytes) else model.inputs_of(X)
    options = build.Options(opt=opt, std=std)
    if target.family == "avr":
        beyond = avr.needs_far(len(blob)) if far is None else far
        options = replace(options, far=beyond)
    job = _Job(target, blob, known, call, options, prepared)
    with reported("measure", progress) as advance:
        build.runtime_objects(target, options, advance)
        return _measured(job, rows, advance)


def _measured(job: _Job, rows: NDArray[Any], advance: Advance) -> Measurement:
    """`measure` of a runtime that is compiled."""
    run = _avr_steps if job.target.family == "avr" else _called_steps
    steps = []
    for n, step in enumerate(run(job, rows)):
        steps.append(step)
        share = n / len(rows) if len(rows) else 1.0
        advance(share, f"{n} of {len(rows)} rows on {job.target.name}")
    opened, *steps = steps
    n, dtype = job.answer
    alone = job.footprint()
    results = np.frombuffer(b"".join(step.result for step in steps), dtype)
    return Measurement(
        core=job.target.name,
        opt=job.options.opt,
        call=job.call,
        unit=job.target.unit,
        results=results.reshape(len(rows), n),
        counts=np.array([step.count for step in steps], np.int64),
        open_count=opened.count,
        stack=max((step.stack for step in steps), default=0),
        open_stack=opened.stack,
        flash=alone.flash,
        ram=alone.ram,
        scratch=job.scratch,
        prepared=job.prepared,
    )


def _called_steps(job: _Job, rows: NDArray[Any]) -> Iterator[Step]:
    with build.scratch_dir() as work:
        parts = job.parts(work)
        roots = ["emlrt_open", job.function, "emulate_ops", "emulate_model"]
        roots += ["emlrt_prepare", "emulate_stages", job.model] if job.prepared else []
        machine = machines.start(job.target, parts, work, roots)
    image = machine.image
    model, ops = image.address("emulate_model"), image.address("emulate_ops")
    rom = machine.place_rom(job.blob)
    _ok("emlrt_open", machine.call("emlrt_open", model, rom, len(job.blob), ops))
    yield Step(b"", machine.instructions, machine.stack)
    if job.prepared:
        model = image.address(job.model)
        arguments = image.address("emulate_model"), image.address("emulate_stages")
        status = machine.call("emlrt_prepare", model, *arguments, job.facts.n_stages)
        _ok("emlrt_prepare", status)
    x = machine.allocate(job.facts.input_bytes)
    y = machine.allocate(job.answer_bytes)
    scratch = machine.allocate(job.scratch)
    sizes = job.facts.n_inputs, job.answer[0]
    for row in rows:
        machine.write(x, row.tobytes())
        values = (model, 0, x, sizes[0], y, sizes[1], scratch, job.scratch)
        status = machine.call(build.entry(job.function), *values)
        _ok(job.function, status)
        result = machine.read(y, job.answer_bytes)
        yield Step(result, machine.instructions, machine.stack)


def _ok(function: str, status: int) -> None:
    if status != 0:
        raise RuntimeError(f"{function} returned status {status} on the target")


def _avr_image(job: _Job, address: int) -> Image:
    f, n = job.facts, job.answer[0]
    arguments = f"&{job.model}, measure_x, {f.n_inputs}, measure_y, {n}"
    defines = (
        f"X_BYTES={f.input_bytes}",
        f"Y_BYTES={job.answer_bytes}",
        f"SCRATCH_BYTES={job.scratch}",
        f"CALL={job.function}({arguments}, scratch, {job.scratch})",
        *((f"STAGES={f.n_stages}",) if job.prepared else ()),
    )
    return avr.driver_image(
        job.target,
        "avr_measure.c",
        job.parts,
        job.options,
        at=address,
        size=len(job.blob),
        defines=defines,
    )


def _avr_steps(job: _Job, rows: NDArray[Any]) -> Iterator[Step]:
    # The linker would see it too, but says so less clearly.
    avr.check_ram(job.target, job.facts.input_bytes + job.answer_bytes + job.scratch)
    image, address = avr.placed(partial(_avr_image, job), job.options.far)
    run = avr.simulate(
        job.target,
        image,
        blobs={address: job.blob},
        rows=rows,
        x="measure_x",
        y=("measure_y", job.answer_bytes),
    )
    _ok("the firmware", -run.code)
    opened, *spans = run.spans
    yield Step(b"", opened.cycles, opened.stack)
    for span in spans:
        yield Step(span.result, span.cycles, span.stack)
