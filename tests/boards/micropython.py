# SPDX-License-Identifier: MIT
"""Builds and runs what `emlrt export micropython` writes, with MicroPython's sources.

    python tests/boards/micropython.py MPY_DIR

Links emlrt.mpy for each architecture that has a compiler here, and runs it in the unix
port and in the qemu port's boards, with the module as user C module there, too. Each
run compares every bit of the scores of real data with Python's, and MICROPYTHON.md has
what came of it. It wants MicroPython's sources, mpy-cross built in them, QEMU,
`pip install pyelftools ar`, and picolibc for RISC-V: `make test-boards MPY_DIR=...`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "helpers")]

import numpy as np  # noqa: E402
from commands import run  # noqa: E402
from sklearn.datasets import load_diabetes, load_digits  # noqa: E402
from sklearn.ensemble import (  # noqa: E402
    GradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.neural_network import MLPClassifier  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402

import emlrt  # noqa: E402
from boards import files  # noqa: E402
from emlrt.signal import Difference, Frame, TimeFeatures  # noqa: E402

#: Architectures, and the compilers that they want.
ARCHITECTURES = {
    "x64": "x86_64-linux-gnu-gcc",
    "x86": "i686-linux-gnu-gcc",
    "armv6m": "arm-none-eabi-gcc",
    "armv7m": "arm-none-eabi-gcc",
    "armv7emsp": "arm-none-eabi-gcc",
    "armv7emdp": "arm-none-eabi-gcc",
    "rv32imc": "riscv64-unknown-elf-gcc",
    "rv64imc": "riscv64-unknown-elf-gcc",
}
#: Boards of the qemu port: the machine, where a ROMFS lies, and whose code they load.
BOARDS = {
    "MPS2_AN385": ("mps2-an385", 0x21000000, ("armv6m", "armv7m")),
    "MPS2_AN500": ("mps2-an500", 0x60C00000, ("armv7emsp", "armv7emdp")),
}
UNIX = [
    "VARIANT=standard",
    *("MICROPY_PY_SSL=0", "MICROPY_PY_BTREE=0", "MICROPY_PY_FFI=0"),
    "FROZEN_MANIFEST=",
]
HEAD = """# MicroPython

Written by `make test-boards` on {date}, with MicroPython {version} and its own tools.

A forest and a net of scikit-learn's digits, boosted trees of its diabetes, and a stream
of three axes; emlrt.mpy has their ops. "Equal" are the rows and windows of which every
bit of the scores is Python's; "code" is what a board holds in RAM.

| module | code | run in | equal |
|---|---|---|---|
"""

Models = dict[str, tuple[emlrt.Model, Any]]


def moves() -> tuple[emlrt.Model, Any]:
    """A stream of three axes."""
    rng = np.random.default_rng(0)
    recordings = [rng.normal(scale=1 + k, size=(300, 3)) for k in range(2)]
    frame = Frame(32, 16)
    forest = RandomForestClassifier(3, max_depth=3, random_state=0)
    pipeline = make_pipeline(
        Difference(), frame, TimeFeatures(["mean", "std"]), forest
    ).fit(*frame.cut(recordings, ["a", "b"]))
    return emlrt.Model.from_sklearn(pipeline), np.concatenate(recordings)


def models() -> Models:
    """Models by name, with rows or samples as the device reads them."""
    X, y = load_digits(return_X_y=True)
    forest = RandomForestClassifier(10, max_depth=8, random_state=0).fit(X, y)
    net = MLPClassifier((20,), max_iter=60, random_state=0).fit(X, y)
    D, t = load_diabetes(return_X_y=True)
    boosted = GradientBoostingRegressor(random_state=0).fit(D, t)
    stream, samples = moves()
    return {
        "forest": (
            emlrt.Model.from_sklearn(forest, X=X, dtype="uint8"),
            X.astype(np.uint8),
        ),
        "net": (emlrt.Model.from_sklearn(net), X.astype(np.float32)),
        "boosted": (emlrt.Model.from_sklearn(boosted), D.astype(np.float32)),
        "moves": (stream, samples.astype(np.float32)),
    }


def put(folder: Path, all_of: Models) -> dict[str, int]:
    """Writes what device.py reads; returns how many rows there are of each model."""
    folder.mkdir()
    lines = [
        (files.put_windows if m.program.metadata.window else files.put_rows)(
            folder, name, m, x
        )
        for name, (m, x) in all_of.items()
    ]
    files.put_list(folder, lines)
    shutil.copy(HERE / "device.py", folder)
    return {line.split()[0]: int(line.split()[2]) for line in lines}


def equal(said: str, rows: dict[str, int]) -> str:
    """How many rows of how many are equal, by what device.py printed."""
    found = re.findall(r"^(\w+) \d+ (\d+) differ\r?$", said, re.MULTILINE)
    differ = {name: int(n) for name, n in found}
    total = sum(rows.values())
    same = sum(n - differ.get(name, n) for name, n in rows.items())
    if same != total:
        print(said[-2000:], file=sys.stderr)
    return f"{same:,} of {total:,}"


def native(mpy: Path, exported: Path, arch: str) -> tuple[Path, str]:
    """emlrt.mpy of an architecture, and the bytes of its code."""
    out = run("make", "-C", exported, "-j2", f"MPY_DIR={mpy}", f"ARCH={arch}")
    found = re.search(r"text size: +(\d+)", out)
    kept = exported / f"{arch}.mpy"
    shutil.copy(exported / "emlrt.mpy", kept)
    return kept, f"{int(found[1]):,} bytes" if found else ""


def in_unix(program: Path, data: Path, module: Path | None) -> str:
    """What device.py prints in the unix port."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "board"
        shutil.copytree(data, folder)
        if module is not None:
            shutil.copy(module, folder / "emlrt.mpy")
        return run(program, "device.py", cwd=folder)


def romfs(mpy: Path, data: Path, module: Path | None) -> bytes:
    """The image of a ROMFS, by MicroPython's mpremote."""
    sys.path.insert(0, str(mpy / "tools/mpremote"))
    from mpremote.romfs import VfsRomWriter  # type: ignore[import-not-found]

    writer = VfsRomWriter()
    for path in sorted(data.iterdir()):
        writer.mkfile(path.name, path.read_bytes())
    if module is not None:
        writer.mkfile("emlrt.mpy", module.read_bytes())
    return bytes(writer.finalise())


def in_qemu(firmware: Path, board: str, image: bytes) -> str:
    """What device.py prints on a board, which has the image as /rom."""
    machine, address, _ = BOARDS[board]
    text = "import os\r\nos.chdir('/rom')\r\nimport device\r\n"
    with tempfile.NamedTemporaryFile(suffix=".romfs") as file:
        file.write(image)
        file.flush()
        loader = f"loader,file={file.name},addr={address:#x},force-raw=on"
        command = ["qemu-system-arm", "-machine", machine, "-nographic", "-semihosting"]
        command += ["-monitor", "null", "-serial", "stdio", "-device", loader]
        process = subprocess.Popen(
            [*command, "-kernel", str(firmware)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        said = []
        try:
            process.stdin.write(text)
            process.stdin.flush()
            for line in process.stdout:
                said.append(line)
                if line.strip() == "done" or "Error" in line:
                    break
        finally:
            process.kill()
            process.wait()
    return "".join(said)


def results(mpy: Path, work: Path) -> Iterator[tuple[str, str, str, str]]:
    """Lines of the table."""
    all_of = models()
    exported, data = work / "modules/emlrt", work / "data"
    emlrt.export("micropython", exported, {name: m for name, (m, _) in all_of.items()})
    rows = put(data, all_of)
    built = {}
    for arch, compiler in ARCHITECTURES.items():
        if shutil.which(compiler):
            built[arch] = native(mpy, exported, arch)
    run("make", "-C", mpy / "ports/unix", "-j2", *UNIX)
    unix = mpy / "ports/unix/build-standard/micropython"
    for arch, (module, size) in built.items():
        name = f"`emlrt.mpy`, {arch}"
        boards = [b for b, (_, _, archs) in BOARDS.items() if arch in archs]
        if arch == "x64":
            yield name, size, "unix port", equal(in_unix(unix, data, module), rows)
        for board in boards:
            firmware = qemu(mpy, board, f"build-{board}")
            said = in_qemu(firmware, board, romfs(mpy, data, module))
            yield name, size, f"qemu port, {board}", equal(said, rows)
        if arch != "x64" and not boards:
            yield name, size, "linked only", ""
    user = f"USER_C_MODULES={exported.parent}"
    run("make", "-C", mpy / "ports/unix", "-j2", *UNIX, "BUILD=build-emlrt", user)
    said = in_unix(mpy / "ports/unix/build-emlrt/micropython", data, None)
    yield "user C module", "in flash", "unix port", equal(said, rows)
    firmware = qemu(mpy, "MPS2_AN385", "build-emlrt", user)
    said = in_qemu(firmware, "MPS2_AN385", romfs(mpy, data, None))
    yield "user C module", "in flash", "qemu port, MPS2_AN385", equal(said, rows)


def qemu(mpy: Path, board: str, build: str, *settings: str) -> Path:
    """The firmware of a board of the qemu port."""
    port = mpy / "ports/qemu"
    wanted = [f"BOARD={board}", f"BUILD={build}", "FROZEN_MANIFEST=", *settings]
    run("make", "-C", port, "-j2", *wanted)
    return port / build / "firmware.elf"


def main(arguments: list[str]) -> None:
    if len(arguments) != 1:
        sys.exit(__doc__)
    mpy = Path(arguments[0]).resolve()
    text = (mpy / "py/mpconfig.h").read_text()
    parts = re.findall(r"define MICROPY_VERSION_(?:MAJOR|MINOR|MICRO) (\d+)", text)
    preview = "-preview" if "MICROPY_VERSION_PRERELEASE 1" in text else ""
    with tempfile.TemporaryDirectory() as name:
        lines = [f"| {' | '.join(each)} |" for each in results(mpy, Path(name))]
    head = HEAD.format(
        date=date.today().isoformat(),
        version=".".join(parts) + preview,
    )
    (HERE / "MICROPYTHON.md").write_text(head + "\n".join(lines) + "\n")
    print(*lines, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
