#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A memory hook that does nothing changes what Thumb-2 code computes in unicorn, where
# a store stands in an IT block.
#
# Version: unicorn 2.1.4 from PyPI, CPU model Cortex-M4.
# The guess: a hook of UC_HOOK_MEM_WRITE only watches, as one of UC_HOOK_BLOCK does, so
# registers and memory end the same with and without it.
# Seen: the function below adds 100 to a number in memory, 7, by one call of `g`. Without
# a hook, and with a hook of blocks, the number is 107 in the end. With a hook of writes
# whose body is empty it is 207: `g` ran twice. No error is raised.
#
#      push {r4, lr}
#      bl   g
#      pop.w {r4, lr}
#      bx   lr
#   g: ldr  r3, [r1]
#      adds r3, #100
#      cmp  r0, #1
#      ite  ls            r0 is 0
#      strls r3, [r1]
#      strhi r3, [r1, #4]
#      bx   lr
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check unicorn==2.1.4
"$folder/venv/bin/python" - <<'PY'
import unicorn
from unicorn import arm_const as arm

CODE = bytes.fromhex("10b500f003f8bde8104070470b686433012894bf0b604b607047")
PLACE, NUMBERS, STACK, END = 0x10000, 0x20000, 0x30000, 0x40000


def number_after(*hooks):
    """The number in memory after a call, with these hooks that do nothing."""
    engine = unicorn.Uc(
        unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS
    )
    engine.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M4)
    for page in (PLACE, NUMBERS, STACK, END):
        engine.mem_map(page, 0x1000)
    engine.mem_write(PLACE, CODE)
    engine.mem_write(NUMBERS, (7).to_bytes(4, "little"))
    engine.reg_write(arm.UC_ARM_REG_R0, 0)
    engine.reg_write(arm.UC_ARM_REG_R1, NUMBERS)
    engine.reg_write(arm.UC_ARM_REG_SP, STACK + 0x800)
    engine.reg_write(arm.UC_ARM_REG_LR, END | 1)
    for hook in hooks:
        engine.hook_add(hook, lambda *event: None)
    engine.emu_start(PLACE | 1, END)
    return int.from_bytes(engine.mem_read(NUMBERS, 4), "little")


seen = {
    "no hook": number_after(),
    "blocks": number_after(unicorn.UC_HOOK_BLOCK),
    "writes": number_after(unicorn.UC_HOOK_MEM_WRITE),
}
print(unicorn.__version__, seen)
raise SystemExit(seen != {"no hook": 107, "blocks": 107, "writes": 207})
PY
