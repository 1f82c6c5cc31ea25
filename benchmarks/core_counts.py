# SPDX-License-Identifier: MIT
"""Instructions, or cycles, and stack of each stage and call of a model on a core.

What a core counts is kept in build/counts by the model, its rows and the compiled
runtime, so that a second fit measures only what has other code.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import blob as blobs
from emlrt import tracing
from emlrt.emulate import avr, build, machines
from emlrt.emulate.facts import Facts, facts
from emlrt.emulate.sources import FIRMWARE
from emlrt.emulate.targets import Target, find
from emlrt.native import Runtime

KEPT = Path(__file__).resolve().parents[1] / "build" / "counts"
#: Where a blob lies in an AVR's flash, if the code leaves it.
_ADDRESS = 0x7800
_CODES = {"run": 2, "classify": 3, "proba": 4}


@dataclass(frozen=True)
class Counts:
    """stages: (n_rows, n_stages), each run alone by emlrt_run. calls: (n_rows,) of each
    call that the model answers. Stacks are bytes, the most of any row."""

    stages: NDArray[np.int64]
    calls: dict[str, NDArray[np.int64]]
    opened: int
    stage_stacks: tuple[int, ...]
    call_stacks: dict[str, int]
    open_stack: int


@dataclass(frozen=True)
class _Model:
    """A blob, and behind it each of its stages as a blob of its own."""

    flash: bytes
    size: int
    starts: tuple[int, ...]
    known: Facts

    @property
    def ops(self) -> tuple[str, ...]:
        more = [op for c in self.known.calls for op in self.known.call_ops[c]]
        return tuple(dict.fromkeys((*self.known.ops, *more)))

    def listed(self, call: str) -> tuple[str, ...]:
        """The ops that a program with this call lists."""
        return tuple(dict.fromkeys(self.known.ops + self.known.call_ops[call]))

    def n_answers(self, call: str) -> int:
        known = self.known
        by = {"run": known.n_scores, "classify": known.n_outputs}
        return by.get(call, known.n_classes)


def _model(blob: bytes) -> _Model:
    parts = tracing.programs(blobs.read(blob, Runtime(blob)))
    *starts, _ = accumulate(map(len, parts), initial=len(blob))
    return _Model(b"".join([blob, *parts]), len(blob), tuple(starts), facts(blob))


@cache
def _machine(
    target: Target, options: build.Options, ops: tuple[str, ...]
) -> machines.AnyMachine:
    """A core with the whole runtime."""
    calls = (f"emlrt_{call}" for call in _CODES)
    roots = ["emlrt_open", *calls, "emulate_ops", "emulate_model"]
    with build.scratch_dir() as work:
        parts = build.with_ops(target, ops, options, work)
        return machines.start(target, parts, work, roots)


class _Core:
    """A model on a core that has all ops, of which it lists those of the model."""

    def __init__(
        self, target: Target, options: build.Options, ops: tuple[str, ...], m: _Model
    ) -> None:
        self.m, self.machine = m, _machine(target, options, ops)
        self.machine.release()
        known, image = m.known, self.machine.image
        self.model = image.address("emulate_model")
        self.rom = self.machine.place_rom(m.flash)
        self.ops = self.machine.allocate(4 * len(m.ops) + 4)
        self.x = self.machine.allocate(known.input_bytes)
        self.y = self.machine.allocate(4 * known.n_scores)
        self.scratch = self.machine.allocate(known.scratch_bytes)
        self.answer = self.machine.allocate(4 * max(map(m.n_answers, known.calls)))

    def open(self, ops: tuple[str, ...]) -> tuple[int, int]:
        image = self.machine.image
        listed = [image.address(f"emlrt_op_{op}") for op in ops] + [0]
        self.machine.write(self.ops, np.array(listed, "<u4").tobytes())
        status = self.machine.call(
            "emlrt_open", self.model, self.rom, self.m.size, self.ops
        )
        assert status == 0, status
        return self.machine.instructions, self.machine.stack

    def call(self, what: str, start: int, y: int, scratch: int) -> tuple[int, int]:
        address = (self.rom + start).to_bytes(4, "little")
        self.machine.write(self.model, address)  # the struct's first field
        sizes = self.m.known.n_inputs, self.m.n_answers(what)
        arguments = self.model, 0, self.x, sizes[0], y, sizes[1], self.scratch, scratch
        status = self.machine.call(f"emlrt_{what}_as", *arguments)
        assert status == 0, status
        return self.machine.instructions, self.machine.stack

    def stages(self, row: NDArray[Any]) -> list[tuple[int, int]]:
        known = self.m.known
        self.machine.write(self.x, row.tobytes())
        self.machine.write(self.y, bytes(4 * known.n_scores))
        self.machine.write(self.scratch, bytes(known.scratch_bytes))
        return [self.call("run", start, self.y, 0) for start in self.m.starts]


def _called(target: Target, options: Any, ops: Any, m: _Model, rows: Any) -> Counts:
    core = _Core(target, options, ops, m)
    core.open(m.ops)
    stages = np.array([core.stages(row) for row in rows], np.int64)
    stages = stages.reshape(len(rows), -1, 2)
    calls: dict[str, Any] = {}
    for call in m.known.calls:
        opened = core.open(m.listed(call))
        calls[call] = []
        for row in rows:
            core.machine.write(core.x, row.tobytes())
            calls[call].append(core.call(call, 0, core.answer, m.known.scratch_bytes))
        if call == m.known.calls[0]:
            first = opened
    return _counts(first, stages, calls)


def _counts(opened: tuple[int, int], stages: Any, calls: Any) -> Counts:
    return Counts(
        stages=stages[:, :, 0],
        calls={c: np.array(found)[:, 0] for c, found in calls.items()},
        opened=opened[0],
        stage_stacks=tuple(stages[:, :, 1].max(0).tolist()),
        call_stacks={c: int(np.array(found)[:, 1].max()) for c, found in calls.items()},
        open_stack=opened[1],
    )


def _avr_image(target: Target, options: Any, m: _Model, address: int) -> Any:
    known, suffix = m.known, "ul" if options.far else "u"
    defines = (
        f"BLOB_ADDRESS={address}{suffix}",
        f"BLOB_SIZE={m.size}ul",
        f"X_BYTES={known.input_bytes}",
        f"ARENA_BYTES={known.arena_bytes}",
        f"SCORE_BYTES={4 * known.n_scores}",
        f"ANSWER_BYTES={4 * max(map(m.n_answers, known.calls))}",
        f"N_INPUTS={known.n_inputs}",
        f"N_SCORES={known.n_scores}",
        f"N_OUTPUTS={known.n_outputs}",
        f"N_CLASSES={known.n_classes}",
        *(f"TRACE_{call.upper()}" for call in known.calls),
    )
    driver = (FIRMWARE / "avr_trace.c").read_text(encoding="utf-8")
    # Marks around emlrt_open, too.
    driver = driver.replace(
        "emlrt_status status = emlrt_open(",
        "emlrt_status status;\nMARK(2); status = emlrt_open(",
    ).replace("emulate_ops);\n", "emulate_ops); MARK(3);\n")
    given = replace(options, defines=defines)
    with build.scratch_dir() as work:
        parts = build.with_ops(target, m.ops, options, work)
        parts += build.compile_text(target, "driver.c", driver, given, work)
        return build.link(target, parts, work)


def _avr(target: Target, options: Any, m: _Model, rows: Any) -> Counts:
    known = m.known
    memory = known.arena_bytes + 4 * known.n_scores
    memory += 4 * max(map(m.n_answers, known.calls))
    request = 8 + known.input_bytes // 8 * 8 + 8
    avr.check_ram(target, request + memory)
    address = _ADDRESS if not options.far else 0x10000
    address = min(address, target.flash - len(m.flash) & ~0xFF)
    image = _avr_image(target, options, m, address)
    if avr.end_of_code(image) > address:
        address = avr.end_of_code(image)
        image = _avr_image(target, options, m, address)
    if address + len(m.flash) > target.flash:
        raise ValueError("too large for the core")
    asked: list[tuple[int, int, NDArray[Any]]] = []
    for row in rows:
        asked.append((0, 0, row))
        asked += [(1, start, row) for start in m.starts]
        asked += [(_CODES[call], 0, row) for call in known.calls]
    lines = [
        np.array([what, address + start], "<u4").tobytes() + row.tobytes()
        for what, start, row in asked
    ]
    padded = b"".join(line.ljust(request, b"\0") for line in lines)
    done = avr.simulate(
        target,
        image,
        blobs={address: m.flash},
        rows=np.frombuffer(padded, np.uint8).reshape(len(asked), -1),
        x="trace_request",
        y=("trace_memory", memory),
    )
    if done.code != 0:
        raise ValueError(f"the firmware ends with {done.code}")
    first, *spans = [(span.cycles, span.stack) for span in done.spans]
    n, each = len(m.starts), len(m.starts) + len(known.calls) + 1
    by_row = np.array(spans, np.int64).reshape(len(rows), each, 2)
    calls = {c: by_row[:, 1 + n + i] for i, c in enumerate(known.calls)}
    return _counts(first, by_row[:, 1 : 1 + n], calls)


@cache
def _code(target: Target, options: build.Options) -> bytes:
    """Digest of the runtime as compiled, and of AVR's driver."""
    found = hashlib.sha256()
    for path in build.runtime_objects(target, options):
        found.update(path.read_bytes())
    if target.family == "avr":
        found.update((FIRMWARE / "avr_trace.c").read_bytes())
    return found.digest()


def stages_fit(blob: bytes, core: str) -> bool:
    """Whether a core reads each stage where it lies, behind the blob. The calls' counts
    hold even if not."""
    m = _model(blob)
    near = find(core).family == "avr" and not avr.needs_far(m.size)
    return not near or _ADDRESS + len(m.flash) <= 1 << 16


def counts(
    blob: bytes,
    rows: NDArray[Any],
    core: str,
    opt: str,
    ops: tuple[str, ...],
    measure: bool = True,
) -> Counts:
    """What a core counts for a blob.

    rows: of the blob's input type. ops: all of the runtime. measure: whether to count
    what is not kept yet.

    Raises
    ------
    ValueError
        If the model does not fit the core.
    """
    target, m = find(core), _model(blob)
    far = target.family == "avr" and avr.needs_far(m.size)
    options = build.Options(opt=opt, far=far)
    key = hashlib.sha256(_code(target, options))
    key.update(b"|".join([blob, rows.tobytes(), core.encode(), opt.encode()]))
    place = KEPT / key.hexdigest()[:40]
    if place.exists():
        return pickle.loads(place.read_bytes())
    if not measure:
        raise ValueError("nothing is kept")
    if target.family == "avr":
        found = _avr(target, options, m, rows)
    else:
        found = _called(target, options, ops, m, rows)
    KEPT.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(f".{os.getpid()}")
    part.write_bytes(pickle.dumps(found))
    os.replace(part, place)
    return found
