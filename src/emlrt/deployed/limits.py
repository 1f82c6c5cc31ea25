# SPDX-License-Identifier: MIT
"""Limits of the bytes that a model may take, and what one takes of them."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

from emlrt.boards import find
from emlrt.metrics.costs import core_of, flash_bytes
from emlrt.model import Model
from emlrt.validation import whole
from emlrt.verdict.advice import of_flash
from emlrt.verdict.sizes import blob_parts


@dataclass(frozen=True)
class Limit:
    """Most bytes of a blob, and of a blob with its code on a core; None is no limit."""

    max_bytes: int | None = None
    max_flash: int | None = None
    core: str = ""

    def taken(self, model: Model) -> dict[str, int]:
        """What a model takes of each limit, in bytes."""
        found = {}
        if self.max_bytes is not None:
            found["max_bytes"] = model.nbytes
        if self.max_flash is not None:
            found["max_flash"] = flash_bytes(model, self.core)
        return found

    def allows(self, model: Model) -> bool:
        return all(n <= getattr(self, name) for name, n in self.taken(model).items())

    def over(self, model: Model) -> str:
        """By what a model is too large, in words."""
        return " and ".join(
            f"{n} bytes{self._code(model, name)}, of {name}={getattr(self, name)}"
            for name, n in self.taken(model).items()
            if n > getattr(self, name)
        )

    def _code(self, model: Model, name: str) -> str:
        """How much of the flash no blob can do without, in words."""
        if name != "max_flash":
            return ""
        return f" ({flash_bytes(model, self.core) - model.nbytes} of them code)"

    def most(self, model: Model) -> str:
        """What takes most of the bytes that are limited, and what makes it less, in
        words."""
        parts = blob_parts(model)
        if self.max_flash is not None:
            parts["code"] = flash_bytes(model, self.core) - model.nbytes
        part = max(parts, key=parts.__getitem__)
        return (
            f"Most of it, {parts[part]} bytes, is {part}; less: {of_flash(model, part)}"
        )


def limit_of(
    max_bytes: int | None,
    max_flash: int | None,
    board: str | None,
    fraction: float | None = None,
) -> Limit | None:
    """The limit that the parameters ask for; None if they ask for none. fraction: of
    the rows that are held out, which is checked alone.

    Raises
    ------
    ValueError
        If a number is no integer above 0, or the board is unknown, missing, or has no
        core whose code sizes are known; if the fraction is none between 0 and 1.
    """
    real = isinstance(fraction, Real) and not isinstance(fraction, bool)
    if fraction is not None and not (real and 0 < float(fraction) < 1):
        raise ValueError(
            "validation_fraction is a number between 0 and 1, or None, not"
            f" {fraction!r}"
        )
    if max_bytes is not None:
        whole("max_bytes", max_bytes, 1)
    found = None if board is None else find(board)
    if max_flash is None:
        return None if max_bytes is None else Limit(max_bytes)
    whole("max_flash", max_flash, 1)
    if found is None:
        raise ValueError("max_flash= is of a board; give its key as board=")
    return Limit(max_bytes, max_flash, core_of(found))
