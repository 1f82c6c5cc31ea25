# SPDX-License-Identifier: MIT
"""Instruction sets under unicorn: registers, calls, instruction lengths."""

from __future__ import annotations

from typing import Any

from .targets import Target
from .tools import module

#: Where calls return to, and the top of the stack.
RETURN = 0x1FFE0000
STACK_TOP = 0x28000000


class Core:
    """What differs between instruction sets."""

    stack_pointer: int

    @staticmethod
    def of(target: Target) -> Core:
        """The core of a target's instruction set."""
        return _Arm() if target.family == "arm" else _Riscv()

    def start(self, target: Target) -> Any:
        """A unicorn engine of this core."""
        raise NotImplementedError

    def prepare(self, uc: Any, function: int, arguments: tuple[int, ...]) -> int:
        """Set up a call that returns to RETURN; the address to start at."""
        raise NotImplementedError

    def set_global_pointer(self, uc: Any, address: int) -> None:
        """Set the register that addresses small data, if there is one."""

    def pc(self, uc: Any) -> int:
        """Address of the current instruction."""
        raise NotImplementedError

    def result(self, uc: Any) -> int:
        """A function's 32-bit result, unsigned."""
        raise NotImplementedError

    def instructions(self, code: bytes) -> int:
        """How many instructions a piece of code has."""
        raise NotImplementedError

    @staticmethod
    def _count(code: bytes, is_long: Any) -> int:
        at = n = 0
        while at < len(code):
            at += 4 if is_long(code[at] | code[at + 1] << 8) else 2
            n += 1
        return n

    def _pass(
        self, uc: Any, registers: list[int], arguments: tuple[int, ...], align: int
    ) -> None:
        rest = arguments[len(registers) :]
        top = (STACK_TOP - 4 * len(rest)) // align * align
        for register, value in zip(registers, arguments, strict=False):
            uc.reg_write(register, value & 0xFFFFFFFF)
        for i, value in enumerate(rest):
            uc.mem_write(top + 4 * i, (value & 0xFFFFFFFF).to_bytes(4, "little"))
        uc.reg_write(self.stack_pointer, top)


class _Arm(Core):
    def __init__(self) -> None:
        self._unicorn = module("unicorn")
        self._regs = regs = module("unicorn.arm_const")
        self.stack_pointer = regs.UC_ARM_REG_SP

    def start(self, target: Target) -> Any:
        # Not UC_MODE_MCLASS: it makes every core an M33.
        uc = self._unicorn.Uc(self._unicorn.UC_ARCH_ARM, self._unicorn.UC_MODE_THUMB)
        uc.ctl_set_cpu_model(getattr(self._regs, target.cpu))
        return uc

    def prepare(self, uc: Any, function: int, arguments: tuple[int, ...]) -> int:
        regs = self._regs
        first = [regs.UC_ARM_REG_R0 + i for i in range(4)]
        self._pass(uc, first, arguments, 8)
        uc.reg_write(regs.UC_ARM_REG_LR, RETURN | 1)
        return function | 1

    def pc(self, uc: Any) -> int:
        return int(uc.reg_read(self._regs.UC_ARM_REG_PC)) & ~1

    def result(self, uc: Any) -> int:
        return int(uc.reg_read(self._regs.UC_ARM_REG_R0))

    def instructions(self, code: bytes) -> int:
        return self._count(code, lambda half: half >> 11 >= 0x1D)


class _Riscv(Core):
    def __init__(self) -> None:
        self._unicorn = module("unicorn")
        self._regs = regs = module("unicorn.riscv_const")
        self.stack_pointer = regs.UC_RISCV_REG_SP

    def start(self, target: Target) -> Any:
        unicorn, regs = self._unicorn, self._regs
        uc = unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV32)
        uc.ctl_set_cpu_model(getattr(regs, target.cpu))
        if "f" in target.name.removeprefix("rv32"):
            uc.reg_write(regs.UC_RISCV_REG_MSTATUS, 0x6000)
        return uc

    def set_global_pointer(self, uc: Any, address: int) -> None:
        uc.reg_write(self._regs.UC_RISCV_REG_GP, address)

    def prepare(self, uc: Any, function: int, arguments: tuple[int, ...]) -> int:
        regs = self._regs
        first = [regs.UC_RISCV_REG_A0 + i for i in range(8)]
        self._pass(uc, first, arguments, 16)
        uc.reg_write(regs.UC_RISCV_REG_RA, RETURN)
        return function

    def pc(self, uc: Any) -> int:
        return int(uc.reg_read(self._regs.UC_RISCV_REG_PC))

    def result(self, uc: Any) -> int:
        return int(uc.reg_read(self._regs.UC_RISCV_REG_A0)) & 0xFFFFFFFF

    def instructions(self, code: bytes) -> int:
        return self._count(code, lambda half: half & 3 == 3)
