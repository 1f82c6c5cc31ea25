# SPDX-License-Identifier: MIT
"""Builds of the runtime by other compilers and flags, and what each one answers."""

import atexit
import functools
import shutil
import struct
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from emlrt._ffi_build import ffi

from . import build, host, kept
from .blobs import samples, with_crc
from .hostile import hostile

_, _, _, EXTENSION = ffi._assigned_source
GOLDEN = build.HERE.parent / "golden/v1"
#: What the extension is compiled with, whatever CFLAGS says before it.
HOST_ARITHMETIC = [
    flag for flag in EXTENSION["extra_compile_args"] if flag.startswith("-f")
]
#: Flags that linking takes, too. -ffast-math is none: it would set the processor's
#: mode, as README says.
LINKING = ("-static", "-fsanitize", "-pthread", "-Wl")
RELEASE = build.RELEASE


@functools.cache
def folder() -> Path:
    """Of this process, removed at its end."""
    made = tempfile.mkdtemp(prefix="emlrt-builds-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


@functools.cache
def blobs() -> dict[str, bytes]:
    """Golden blobs, samples, and hostile blobs, by name."""
    found = {path.stem: path.read_bytes() for path in sorted(GOLDEN.glob("*.eml"))}
    found |= {f"sample {name}": blob.bytes() for name, blob in samples().items()}
    return found | {f"hostile {name}": blob for name, (blob, _) in hostile().items()}


@functools.cache
def objects(command: tuple[str, ...], host_too: bool = True) -> tuple[Path, ...]:
    """c/src and c/host, compiled by a compiler with its flags; the host with those
    of the extension behind them, but for the optimization."""
    start = [build.need(command[0]), *command[1:], *build.INCLUDES]
    made = kept.objects(start, build.sources())
    if host_too:
        files = sorted((build.C / "host").rglob("*.c"))
        made += kept.objects([*start, *HOST_ARITHMETIC], files)
    return tuple(made)


@functools.cache
def program(
    application: tuple[str, ...],
    library: tuple[str, ...],
    files: tuple[str, ...] = ("answers.c",),
    host_too: bool = True,
) -> Path:
    """A driver compiled by one command, linked with the runtime by another."""
    into = Path(tempfile.mkdtemp(dir=folder()))
    compiler, *flags = application
    command = [build.need(compiler), *flags, *build.INCLUDES]
    command += ["-DANSWERS_HOST"] if host_too else []
    build.must([*command, "-c", *(build.HERE / name for name in files)], cwd=into)
    linking = [f for f in flags if f.startswith(LINKING)]
    made = [*sorted(into.glob("*.o")), *objects(library, host_too)]
    build.must([compiler, *linking, *made, "-o", into / "program"])
    return into / "program"


def pack(name: str, content: Iterable[bytes]) -> Path:
    path = folder() / name
    path.write_bytes(host.packed(content))
    return path


@functools.cache
def everything() -> Path:
    """A pack of all blobs."""
    return pack("everything", list(blobs().values()))


def answers(built: Path, packed: Path, *arguments: str) -> list[str]:
    """A line for each blob: its status and the hash of what is answered."""
    try:
        return build.must([built, packed, *arguments]).splitlines()
    except OSError:  # a kernel that does not run 32-bit programs
        emulator = build.need("qemu-i386")
        return build.must([emulator, built, packed, *arguments]).splitlines()


@functools.cache
def expected() -> list[str]:
    """What the plain build answers for everything."""
    return answers(program(RELEASE, RELEASE), everything())


def same(got: list[str], wanted: list[str], names: list[str]) -> None:
    """Raises AssertionError with the names of blobs that are answered otherwise."""
    lines = zip(names, got, wanted, strict=True)
    wrong = [f"{name}: {a}, not {b}" for name, a, b in lines if a != b]
    assert not wrong, f"{len(wrong)} blobs: {wrong[:5]}"


# --- Counts at the edge of 16 bits.

COUNTS = (0xFFFF, 0x10000, 0x10001)


def count_places(blob: bytes) -> list[int]:
    """Offsets of the 32-bit words of the header, the groups, the stage table, and
    the first five of each payload."""
    outputs, stages = struct.unpack_from("<HH", blob, 40)
    table = 48 + 4 * outputs
    at = table + 28 * stages
    places = [8, *range(16, at, 4)]  # neither magic and version nor the CRC
    for k in range(stages):
        (size,) = struct.unpack_from("<I", blob, table + 28 * k)
        places += range(at, at + min(size, 20), 4)
        at += size
    return places


def large_counts(blob: bytes) -> Iterator[bytes]:
    """The blob with each of those words, one after another, a count at the edge of
    16 bits, or what the low 16 bits of its own would hide."""
    for at in count_places(blob):
        (word,) = struct.unpack_from("<I", blob, at)
        halves = {(word & 0xFFFF0000) | 0xFFFF, (word & 0xFFFF) | 0xFFFF0000}
        for value in sorted({*COUNTS, (word + 0x10000) % 2**32, *halves} - {word}):
            yield with_crc(blob[:at] + struct.pack("<I", value) + blob[at + 4 :])


def beyond_16_bits(blob: bytes) -> bool:
    """Whether a blob, or a span of one of its stages, ends beyond 65,535 octets."""
    total = len(blob)
    if total < 48:
        return False
    outputs, stages = struct.unpack_from("<HH", blob, 40)
    table = 48 + 4 * outputs
    if struct.unpack_from("<I", blob, 8)[0] > 0xFFFF:
        return True
    for at in range(table, min(table + 28 * stages, total - 27), 28):
        _, op, *spans = struct.unpack_from("<6I", blob, at)
        for k in (0, 1):
            offset, count = spans[2 * k : 2 * k + 2]
            if offset + (count << (op >> 8 * k & 3)) > 0xFFFF:
                return True
    return False
