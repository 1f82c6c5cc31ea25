# SPDX-License-Identifier: MIT
"""Calling functions of an image, one by one, under unicorn.

Counts are exact: instructions executed (on ARM a skipped instruction of an IT
block counts as one), and bytes of stack.
"""

from __future__ import annotations

import bisect
from collections import Counter
from typing import Any

from .cores import RETURN, STACK_TOP, Core
from .elf import Image
from .targets import Target
from .tools import module

PAGE = 0x1000
_STACK_SIZE = 0x10000
_PAINT = b"\xa5"
_HEAP = 0x30000000
_ROM = 0x40000000


class FaultError(RuntimeError):
    """The emulated program did what the core or the memory map forbids.

    Attributes
    ----------
    pc : int
        Address of the instruction.
    """

    def __init__(self, message: str, pc: int) -> None:
        self.pc = pc
        super().__init__(message)


class Machine:
    """A core with an image loaded.

    Parameters
    ----------
    target : Target
        An ARM or RISC-V target.
    image : Image
        From `build.link`. Its data is in place: no startup code runs.
    count, stack : bool
        Whether `call` counts instructions, and whether it also watches the
        stack (only together with counting). Either makes calls slower.

    Attributes
    ----------
    image : Image
    engine : unicorn.Uc
        The emulator itself.
    instructions : int
        Instructions of the last call; 0 if they are not counted.
    stack : int
        Most bytes of stack of the last call, arguments on the stack included.
    """

    def __init__(
        self, target: Target, image: Image, *, count: bool = True, stack: bool = True
    ) -> None:
        self._unicorn = module("unicorn")
        self._core = Core.of(target)
        self.engine = self._core.start(target)
        self.image = image
        self._blocks: Counter[tuple[int, int]] = Counter()
        self._lengths: dict[tuple[int, int], int] = {}
        self._heap = _HEAP
        self.instructions = 0
        self.stack = 0
        self._lowest = STACK_TOP
        self._paints = False
        self._load()
        if count:
            self._watch(stack)

    def _load(self) -> None:
        read_write_run = 7
        for segment in self.image.segments:
            start = segment.address // PAGE * PAGE
            end = -(-(segment.address + segment.size) // PAGE) * PAGE
            self._map(start, end - start, read_write_run)
            self.engine.mem_write(segment.address, segment.data)
        self._map(RETURN, PAGE, 5)
        self._map(STACK_TOP - _STACK_SIZE, _STACK_SIZE, 3)
        pointer = self.image.symbols.get("__global_pointer$")
        if pointer is not None:
            self._core.set_global_pointer(self.engine, pointer.address)

    def _map(self, start: int, size: int, rights: int) -> None:
        """Map pages that are not mapped yet."""
        taken = {
            page
            for low, high, _ in self.engine.mem_regions()
            for page in range(low, high + 1, PAGE)
        }
        for page in range(start, start + size, PAGE):
            if page not in taken:
                self.engine.mem_map(page, PAGE, rights)

    def _watch(self, stack: bool) -> None:
        blocks, pointer = self._blocks, self._core.stack_pointer

        def block(*event: Any) -> None:
            blocks[event[1], event[2]] += 1

        # One hook for both: entering Python is what takes the time.
        def block_and_stack(*event: Any) -> None:
            blocks[event[1], event[2]] += 1
            self._lowest = min(self._lowest, event[0].reg_read(pointer))

        hooks = self._unicorn
        self.engine.hook_add(hooks.UC_HOOK_BLOCK, block_and_stack if stack else block)
        self._paints = stack

    def _paint(self) -> None:
        """Fill the stack, so that what a call has written shows. A hook of writes would
        see them, too, but changes what some Thumb-2 code computes (unicorn 2.1.4)."""
        if self._paints:
            self.engine.mem_write(STACK_TOP - _STACK_SIZE, _PAINT * _STACK_SIZE)

    def _written(self) -> int:
        """The lowest address of the stack that has been written, a whole word."""
        if not self._paints:
            return STACK_TOP
        content = self.read(STACK_TOP - _STACK_SIZE, _STACK_SIZE)
        return STACK_TOP - (-(-len(content.lstrip(_PAINT)) // 4) * 4)

    def place_rom(self, content: bytes, address: int | None = None) -> int:
        """Put read-only memory somewhere; its address.

        By default it ends where a page ends, so that reading one byte beyond
        it faults; the pages around it are not mapped. Placing it again
        replaces what was there, at the default address only.
        """
        if address is None:
            for low, high, _ in list(self.engine.mem_regions()):
                if low >= _ROM:
                    self.engine.mem_unmap(low, high + 1 - low)
            address = _ROM + -len(content) % PAGE
        start = address // PAGE * PAGE
        end = -(-(address + max(len(content), 1)) // PAGE) * PAGE
        self.engine.mem_map(start, end - start, 1)
        self.engine.mem_write(address, content)
        return address

    def allocate(self, size: int) -> int:
        """Take fresh writable memory, aligned to 16, that ends at a page's end.

        Up to 15 bytes behind it are writable too where size is no multiple
        of 16; the next page is not mapped.
        """
        size = -(-max(size, 1) // 16) * 16
        pages = -(-size // PAGE) * PAGE
        self.engine.mem_map(self._heap, pages, 3)
        address = self._heap + pages - size
        self._heap += pages + PAGE
        return address

    def release(self) -> None:
        """Give back all memory that `allocate` gave."""
        for low, high, _ in list(self.engine.mem_regions()):
            if _HEAP <= low < _ROM:
                self.engine.mem_unmap(low, high + 1 - low)
        self._heap = _HEAP

    def write(self, address: int, content: bytes) -> None:
        """Write memory."""
        self.engine.mem_write(address, content)

    def read(self, address: int, size: int) -> bytes:
        """Read memory."""
        return bytes(self.engine.mem_read(address, size))

    def call(self, function: str, *arguments: int, timeout: float = 0) -> int:
        """Call a function with integer and pointer arguments.

        timeout: seconds after which to give up; 0 for never.

        Returns
        -------
        int
            The result as a signed 32-bit number.

        Raises
        ------
        FaultError
            On any access the machine forbids, or at the timeout.
        """
        self._blocks.clear()
        self._lowest = STACK_TOP
        self._paint()
        pc = self._core.prepare(self.engine, self.image.address(function), arguments)
        try:
            self.engine.emu_start(pc, RETURN, int(timeout * 1e6))
        except self._unicorn.UcError as error:
            raise self._fault(str(error)) from None
        if self._core.pc(self.engine) != RETURN:
            raise self._fault("the call does not return")
        self.instructions = sum(
            n * self._length(key) for key, n in self._blocks.items()
        )
        self.stack = STACK_TOP - min(self._lowest, self._written())
        value = self._core.result(self.engine)
        return value - (1 << 32) if value >> 31 else value

    def profile(self) -> dict[str, int]:
        """Instructions of the last call, by function (without its callees)."""
        functions = sorted(
            (symbol.address & ~1, name)
            for name, symbol in self.image.symbols.items()
            if symbol.kind == "STT_FUNC"
        )
        starts = [address for address, _ in functions]
        counts: Counter[str] = Counter()
        for key, n in self._blocks.items():
            i = bisect.bisect_right(starts, key[0]) - 1
            counts[functions[i][1] if i >= 0 else "?"] += n * self._length(key)
        return dict(counts)

    def _length(self, block: tuple[int, int]) -> int:
        """Instructions of a block."""
        if block not in self._lengths:
            self._lengths[block] = self._core.instructions(self.read(*block))
        return self._lengths[block]

    def _fault(self, why: str) -> FaultError:
        pc = self._core.pc(self.engine)
        inside = [
            name
            for name, symbol in self.image.symbols.items()
            if symbol.kind == "STT_FUNC"
            and 0 <= pc - (symbol.address & ~1) < max(symbol.size, 1)
        ]
        where = f"{pc:#x} in {inside[0]}" if inside else f"{pc:#x}"
        return FaultError(f"{why} at {where}", pc)
