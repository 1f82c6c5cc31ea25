# SPDX-License-Identifier: MIT
"""Small valid blobs with each number that a check looks at changed a little.

Where tests/c/hostile.py has a blob for each rule, and says why it is wrong, this
tries the edges of all rules at once: counts, sizes and words of payloads, of the
header and of the metadata, one more or less. What each blob ends in is frozen in
tests/golden/edges.txt, a letter for each status. A change of a check that shows
there is meant, or is a mistake: look at each, then write the file anew with

    PYTHONPATH=src:tests python -m c.edges
"""

import struct
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

from c.blobs import samples, with_crc
from c.hostile import STATUSES

from . import build

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
FROZEN = GOLDEN / "edges.txt"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
MOST = 900  # octets of a blob
EACH = 2  # blobs for each op, and for each kind of output
FIRST, LAST = 8, 3  # words of a payload that are changed


def word(blob: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", blob, at)[0])


def put(blob: bytes, at: int, value: int) -> bytes:
    changed = bytearray(blob)
    struct.pack_into("<I", changed, at, value & 0xFFFFFFFF)
    return with_crc(bytes(changed))


def nudged(blob: bytes, at: int) -> Iterator[bytes]:
    """A word one more and one less, its upper half, its sign; and infinity."""
    value = word(blob, at)
    for other in (value + 1, value - 1, value + 0x10000, value ^ 0x80000000):
        yield put(blob, at, other)
    yield put(blob, at, 0x7F800000)


def stages(blob: bytes) -> list[tuple[int, int, int]]:
    """Of each stage: where its entry and its payload start, and the payload's size."""
    n_outputs, n_stages = struct.unpack_from("<2H", blob, 40)
    entry = 48 + 4 * n_outputs
    at, found = entry + 28 * n_stages, []
    for _ in range(n_stages):
        found.append((entry, at, word(blob, entry)))
        entry, at = entry + 28, at + word(blob, entry)
    return found


def resized(blob: bytes, entry: int, end: int, octets: int) -> bytes:
    """A stage's payload with 4 octets more or less, all sizes set right."""
    parts = blob[:end], blob[end:]
    if octets > 0:
        longer = parts[0] + bytes(octets) + parts[1]
    else:
        longer = parts[0][:octets] + parts[1]
    for at in (entry, 8, 16):  # the stage's size, total_size, body_size
        longer = put(longer, at, word(longer, at) + octets)
    return longer


def recounted(blob: bytes, entry: int, inputs: int, outputs: int) -> bytes:
    """A stage with so many elements more, and room for them where they stand."""
    op = word(blob, entry + 4)
    blob = put(blob, 24, word(blob, 24) + 64)  # the arena
    for more, field, dtype, shift in (
        (inputs, 12, op & 3, 0),
        (outputs, 20, op >> 8 & 3, 16),
    ):
        blob = put(blob, entry + field, word(blob, entry + field) + more)
        space = word(blob, entry + 24) >> shift & 0xFFFF
        if space != 1:  # x or y
            at = 20 + 4 * space
            blob = put(blob, at, word(blob, at) + (more << dtype))
    return blob


def of_stage(blob: bytes, entry: int, at: int, size: int) -> Iterator[bytes]:
    for field in (8, 12, 16, 20):  # offsets and counts
        yield from list(nudged(blob, entry + field))[:2]
    for counts in ((1, 0), (0, 1), (1, 1), (-1, 0), (0, -1), (-1, -1)):
        if all(word(blob, entry + 12 + 8 * k) + n for k, n in enumerate(counts)):
            yield recounted(blob, entry, *counts)
    words = [*range(0, size, 4)]
    chosen = words if len(words) <= FIRST + LAST else words[:FIRST] + words[-LAST:]
    for o in chosen:
        yield from nudged(blob, at + o)
    for octets in (-4, 4, 8):
        if size + octets >= 0:
            yield resized(blob, entry, at + size, octets)


def of_head(blob: bytes) -> Iterator[bytes]:
    """The header, the groups, and the metadata."""
    (n_outputs,) = struct.unpack_from("<H", blob, 40)
    body = word(blob, 16)
    for at in (*range(0, 12, 4), *range(16, 48 + 4 * n_outputs, 4)):
        yield from nudged(blob, at)
    for at in range(body, len(blob), 4):
        yield from nudged(blob, at)
    for octets in (4, 8):
        yield put(blob + bytes(octets), 8, len(blob) + octets)
    yield put(blob[:-4], 8, len(blob) - 4)


def ops_of(blob: bytes) -> list[int]:
    return [word(blob, entry + 4) for entry, _, _ in stages(blob)]


def smallest(
    blobs: dict[str, bytes], kinds: Callable[[bytes], list[int]]
) -> dict[str, bytes]:
    """EACH of each kind."""
    count = Counter[int]()
    found = {}
    for name, blob in sorted(blobs.items(), key=lambda item: (len(item[1]), item[0])):
        if len(blob) <= MOST and any(count[kind] < EACH for kind in kinds(blob)):
            found[name] = blob
            count.update(kinds(blob))
    return found


@cache
def edges() -> dict[str, list[bytes]]:
    """The changed blobs of each: of what is frozen already, and of the smallest."""
    blobs = {path.stem: path.read_bytes() for path in GOLDEN.glob("v1/*.eml")}
    blobs |= {name: blob.bytes() for name, blob in samples().items()}
    found = {}
    known = sorted(frozen())
    ops = [*smallest(blobs, ops_of), *(name for name in known if name in blobs)]
    for name in dict.fromkeys(ops):
        blob = blobs[name]
        changes = [of_stage(blob, *stage) for stage in stages(blob)]
        found[name] = list(chain(*changes))
    heads = smallest(blobs, lambda blob: [word(blob, 44) >> 16])
    old = [name.removesuffix("_head") for name in known if name.endswith("_head")]
    for name in dict.fromkeys([*heads, *old, "soft_f32", "soft_outputs"]):
        found[f"{name}_head"] = list(of_head(blobs[name]))
    return found


def frozen() -> dict[str, str]:
    """The statuses of each blob's changes, as letters."""
    lines = FROZEN.read_text(encoding="ascii").splitlines()
    return dict(line.split(": ") for line in lines)


def statuses(folder: Path, port: list[str]) -> dict[str, str]:
    """What they end in now, under every sanitizer."""
    driver = build.sanitized(folder / "hostile", "hostile.c", port)
    found = {}
    for name, blobs in edges().items():
        paths = build.write_blobs(folder, {str(k): b for k, b in enumerate(blobs)})
        letters = [LETTERS[-int(n)] for n in build.must([driver, *paths]).split()]
        found[name] = "".join(letters)
    return found


def cases() -> Iterator[tuple[str, bytes, str]]:
    """(name, blob, status) of all."""
    known = frozen()
    for name, blobs in edges().items():
        for k, (blob, letter) in enumerate(zip(blobs, known[name], strict=True)):
            yield f"edge_{name}_{k}", blob, STATUSES[LETTERS.index(letter)]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        lines = [f"{k}: {v}\n" for k, v in statuses(Path(temporary), []).items()]
    FROZEN.write_text("".join(lines), encoding="ascii")
    print(f"{FROZEN}: {sum(map(len, edges().values()))} blobs")
