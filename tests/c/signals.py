# SPDX-License-Identifier: MIT
"""The blobs of all families of signals: those that keep state, and the others."""

from pathlib import Path

from families import cases, stream_cases


def rows() -> dict[str, bytes]:
    """Those that answer rows, by name."""
    every = [case for case in cases() if case.name.startswith("signal_")]
    return {case.name: bytes(case.model) for case in every}


def all() -> dict[str, bytes]:
    """And those that only streams run."""
    return {case.name: bytes(case.model) for case in stream_cases()} | rows()


def packed(path: Path, blobs: dict[str, bytes]) -> Path:
    """A file of blobs, each behind its size."""
    parts = [len(blob).to_bytes(4, "little") + blob for blob in blobs.values()]
    path.write_bytes(b"".join(parts))
    return path
