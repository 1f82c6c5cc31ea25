# SPDX-License-Identifier: MIT
"""Flash that gives aligned words of 32 bits only, as that of an ESP8266: every read of
the blob is one, and the scores have the same bits."""

from __future__ import annotations

import numpy as np
import pytest
from forest_cases import Case, cases, need
from test_cores import FUNCTIONS, RULE, answers, every_op, place

from emlrt.emulate import TARGETS, build
from emlrt.emulate.tools import module
from emlrt.emulate.unicorn_run import Machine


def machine(core: str, opt: str) -> Machine:
    """A core with the whole runtime, which reads words."""
    target = TARGETS[core]
    need(target.compiler)
    options = build.Options(opt=opt, defines=("EMLRT_PORT_WORDS",))
    with build.scratch_dir() as work:
        parts = build.with_ops(target, every_op(), options, work)
        roots = [*FUNCTIONS, *RULE, "emlrt_run", "emulate_ops", "emulate_model"]
        image = build.link(target, parts, work, roots=roots)
    return Machine(target, image, count=False)


# Not on Cortex-M4: under a hook of memory unicorn 2.1.4 computes something else there.
@pytest.mark.parametrize(("core", "opt"), [("cortex-m0", "-O2"), ("rv32imac", "-Os")])
def test_every_read_of_the_blob_is_an_aligned_word(core: str, opt: str) -> None:
    found = machine(core, opt)
    wrong: list[tuple[int, int]] = []
    n_reads = 0

    def read(engine: object, access: int, address: int, size: int, *_: object) -> None:
        nonlocal n_reads
        n_reads += 1
        if size != 4 or address % 4:
            wrong.append((address, size))

    for whole in cases():
        each = Case(whole.name, whole.blob, whole.rows[:3])
        start = found.place_rom(each.blob)
        kind = module("unicorn").UC_HOOK_MEM_READ
        hook = found.engine.hook_add(kind, read, None, start, start + len(each.blob))
        assert place(found, each.blob) == 0, each.name
        got = answers(found, each, "run", each.facts.n_scores)
        found.engine.hook_del(hook)
        assert np.array_equal(got, whole.scores[:3]), each.name
        assert not wrong, (each.name, wrong[:3])
        found.release()
    assert n_reads > 10_000
