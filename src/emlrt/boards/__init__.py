# SPDX-License-Identifier: MIT
"""Boards, and what a program has on them: core, flash, RAM, clock.

The table is boards.toml; files of the same form extend it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import Any

_TABLE = Path(__file__).with_name("boards.toml")
_UNITS = ("", "single", "double")
_KEYS = {"name", "chip", "core", "like", "float", "flash", "ram", "mhz"}
_KEYS |= {"ua_mhz", "volts"}
#: Of a board that does not say it.
_VOLTS = 3.3


@dataclass(frozen=True)
class Board:
    """A board, or a chip.

    Attributes
    ----------
    key : str
        How the command line names it.
    name, chip : str
        As the makers name them.
    core : str
        Its processor's core.
    like : str
        The core of `emlrt.emulate` that has its instructions; "" if there is none.
    float_unit : str
        "single", "double", or "" for none.
    flash, ram : int
        Bytes.
    mhz : float
        Its highest clock.
    ua_mhz : float, or None
        Microamperes for each MHz of the core when it runs from flash, by the data
        sheet; None where that is not known.
    volts : float
        At which it does.
    """

    key: str
    name: str
    chip: str
    core: str
    like: str
    float_unit: str
    flash: int
    ram: int
    mhz: float
    ua_mhz: float | None = None
    volts: float = _VOLTS


def _text(entry: Mapping[str, Any], key: str, name: str, default: str | None) -> str:
    found = entry.get(name, default)
    if not isinstance(found, str):
        raise ValueError(f"board {key}: {name} is a text, not {found!r}")
    return found


def _number(
    entry: Mapping[str, Any], key: str, name: str, default: float | None = None
) -> float:
    found = entry.get(name, default)
    real = isinstance(found, int | float) and not isinstance(found, bool)
    if not real or not 0 < found < inf:
        raise ValueError(f"board {key}: {name} is a number above 0, not {found!r}")
    return float(found)


def _board(key: str, entry: Any) -> Board:
    """The board of one table of a file."""
    if not isinstance(entry, Mapping):
        raise ValueError(f"board {key}: a table [{key}] is wanted, not {entry!r}")
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        raise ValueError(
            f"board {key}: no field {unknown[0]!r}; fields are {_fields()}"
        )
    core = _text(entry, key, "core", None)
    unit = _text(entry, key, "float", "")
    if unit not in _UNITS:
        raise ValueError(
            f'board {key}: float is "single", "double" or "", not {unit!r}'
        )
    return Board(
        key,
        _text(entry, key, "name", key),
        _text(entry, key, "chip", ""),
        core,
        _text(entry, key, "like", core),
        unit,
        round(_number(entry, key, "flash") * 1024),
        round(_number(entry, key, "ram") * 1024),
        _number(entry, key, "mhz"),
        _number(entry, key, "ua_mhz") if "ua_mhz" in entry else None,
        _number(entry, key, "volts", _VOLTS),
    )


def _fields() -> str:
    return ", ".join(sorted(_KEYS))


def read(path: str | os.PathLike[str]) -> dict[str, Board]:
    """The boards of a file, by their keys.

    Raises
    ------
    ValueError
        If it is no TOML, or a board lacks something; the message names both.
    OSError
        If it cannot be read.
    """
    with open(path, "rb") as file:
        try:
            tables = tomllib.load(file)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ValueError(f"{os.fspath(path)} is no TOML file: {error}") from None
    return {key: _board(key, entry) for key, entry in tables.items()}


#: The boards of the package, by their keys.
BOARDS: Mapping[str, Board] = MappingProxyType(read(_TABLE))


def find(key: str, boards: Mapping[str, Board] = BOARDS) -> Board:
    """The board of a key.

    Raises
    ------
    ValueError
        If there is none; the message names those with a key alike.
    """
    if key in boards:
        return boards[key]
    near = get_close_matches(key, boards, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "`emlrt boards` lists them"
    raise ValueError(f"no board {key!r}; {hint}")
