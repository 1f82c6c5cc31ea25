# SPDX-License-Identifier: MIT
"""Where the C sources are."""

from __future__ import annotations

from pathlib import Path

from emlrt.sources import get_include, get_sources

#: Directory of the firmware's sources and the linker script.
FIRMWARE = Path(__file__).parent / "firmware"


def include_dir() -> Path:
    """Directory of the runtime's public headers."""
    return Path(get_include())


def runtime_sources() -> list[Path]:
    """The runtime's C files."""
    return [Path(path) for path in get_sources()]
