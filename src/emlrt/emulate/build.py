# SPDX-License-Identifier: MIT
"""Cross-compiling the runtime and linking images that emulators can load."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

from emlrt import jobs
from emlrt.progress import Advance, ignore

from . import elf
from .kept import digest, kept
from .sources import FIRMWARE, include_dir, runtime_sources
from .targets import BOARDS, Board, Target
from .tools import cache_dir, program, run

_WARNINGS = ("-Wall", "-Wextra")
_SECTIONS = ("-ffunction-sections", "-fdata-sections")
#: Files that one process compiles.
_TOGETHER = 6


@dataclass(frozen=True)
class Options:
    """How to compile.

    No -ffp-contract is among the flags on purpose: the runtime's sources see
    to it themselves, and must, since users choose their own flags.

    Attributes
    ----------
    opt, std : str
        Optimization level and language, as gcc takes them.
    defines : tuple of str
        "NAME" or "NAME=value".
    flags : tuple of str
        Further compiler flags.
    far : bool
        AVR: the blob is read with 32-bit addresses (EMLRT_PORT_FAR).
    """

    opt: str = "-O2"
    std: str = "c99"
    defines: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    far: bool = False

    def arguments(self, target: Target) -> list[str]:
        """The compiler's arguments for a target."""
        port = ("EMLRT_PORT_FAR",) if self.far else ()
        freestanding = () if target.family == "avr" else ("-ffreestanding",)
        return [
            *target.flags,
            f"-std={self.std}",
            self.opt,
            *freestanding,
            *_WARNINGS,
            *_SECTIONS,
            f"-I{include_dir()}",
            *(f"-D{name}" for name in (*self.defines, *port)),
            *self.flags,
        ]


@cache
def _version(compiler: str) -> str:
    return run([compiler, "--version"])


@cache
def _toolchain(target: Target) -> str:
    """What images depend on beside their objects: linker and libraries, by contents."""
    compiler = program(target.compiler)
    asked = ["-print-libgcc-file-name", "-print-prog-name=ld"]
    if target.family == "avr":
        asked += [f"-print-file-name={name}" for name in _avr_files(target)]
    found = [run([compiler, *target.flags, question]).strip() for question in asked]
    paths = [Path(shutil.which(name) or name) for name in found]
    return digest([_version(compiler), *(path.read_bytes() for path in paths)])


def _avr_files(target: Target) -> list[str]:
    return ["libc.a", f"crt{target.cpu}.o", f"lib{target.cpu}.a"]


@cache
def _headers() -> bytes:
    """Digest of every file that a compilation may include."""
    digest = hashlib.sha256()
    folders = {include_dir(), FIRMWARE, *(path.parent for path in runtime_sources())}
    for folder in sorted(folders):
        for path in sorted(folder.rglob("*.h")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.digest()


def _place(command: Sequence[str], source: Path) -> Path:
    """Where the object of a file is kept, if it has been compiled."""
    digest = hashlib.sha256(_headers())
    digest.update("\0".join([_version(command[0]), *command]).encode())
    digest.update(source.name.encode() + source.read_bytes())
    return cache_dir() / "objects" / digest.hexdigest()[:32] / f"{source.stem}.o"


def objects(
    target: Target,
    sources: Sequence[Path],
    options: Options = Options(),
    advance: Advance = ignore,
) -> list[Path]:
    """Compile C files, or find the objects of equal compilations.

    Two processes may do this at once: a finished object is moved into place.
    advance: is told of each few files.
    """
    command = [program(target.compiler), *options.arguments(target)]
    places = {path.resolve(): _place(command, path) for path in sources}
    missing = [path for path, place in places.items() if not place.is_file()]
    if missing:
        top = cache_dir() / "objects"
        top.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=top) as work:
            for done in _compile(command, missing, Path(work)):
                words = f"compiling for {target.name}: {done} of {len(missing)} files"
                advance(done / len(missing), words)
            for path in missing:
                place = places[path]
                place.parent.mkdir(exist_ok=True)
                os.replace(Path(work, place.name), place)
    return list(places.values())


def _compile(command: list[str], files: list[Path], work: Path) -> Iterator[int]:
    """Compile into a folder, on all cores; how many files are done, again and again."""
    n = -(-len(files) // _TOGETHER)
    lists = [files[i::n] for i in range(n)]
    with ThreadPoolExecutor(jobs.cores()) as pool:
        made = pool.map(lambda few: run([*command, "-c", *few], cwd=work), lists)
        yield from accumulate(len(few) for few, _ in zip(lists, made, strict=True))


def runtime_objects(
    target: Target, options: Options = Options(), advance: Advance = ignore
) -> list[Path]:
    """Compile the whole runtime, one translation unit per file."""
    return objects(target, runtime_sources(), options, advance)


def with_ops(
    target: Target, ops: Sequence[str], options: Options, work: Path
) -> list[Path]:
    """The objects of the runtime, and of a list of ops with a model: see `glue`."""
    parts = runtime_objects(target, options)
    return parts + compile_text(target, "glue.c", glue(ops), options, work)


@contextmanager
def scratch_dir() -> Iterator[Path]:
    """A temporary directory for sources and images."""
    with tempfile.TemporaryDirectory(prefix="emlrt-") as name:
        yield Path(name)


def compile_text(
    target: Target, name: str, text: str, options: Options, work: Path
) -> list[Path]:
    """Compile a generated source; `name` ends in .c or .S."""
    source = work / name
    source.write_text(text, encoding="utf-8")
    out = work / (source.stem + ".o")
    command = [program(target.compiler), *options.arguments(target)]
    run([*command, "-c", source, "-o", out], cwd=work)
    return [out]


def binary_object(
    target: Target, symbol: str, content: bytes, work: Path, section: str = ".blob"
) -> list[Path]:
    """An object that holds bytes between `symbol` and `symbol`_end."""
    data = work / f"{symbol}.bin"
    data.write_bytes(content)
    text = f"""\
    .section {section}, "a"
    .global {symbol}, {symbol}_end
    .balign 16
{symbol}:
    .incbin "{data.name}"
{symbol}_end:
"""
    return compile_text(target, f"{symbol}.S", text, Options(), work)


def link(
    target: Target,
    parts: Sequence[Path],
    work: Path,
    *,
    board: Board | None = None,
    roots: Sequence[str] = (),
    flags: Sequence[str] = (),
) -> elf.Image:
    """Link objects into an image.

    Parameters
    ----------
    target : Target
    parts : sequence of Path
        Object files.
    work : Path
        Directory for the output.
    board : Board, optional
        Where the memories are; by default those of the target's machine, or those
        that `unicorn_run` maps.
    roots : sequence of str
        Functions to keep even if nothing calls them.
    flags : sequence of str
        Further linker flags, as the compiler driver takes them.

    Raises
    ------
    ToolError
        If it does not link, say because the image outgrows the memory.
    KeyError
        If a root is not among the objects.
    """
    command = [program(target.compiler), *target.flags, "-Wl,--gc-sections"]
    symbols = [entry(root) for root in roots]
    command += [f"-Wl,--undefined={symbol}" for symbol in symbols]
    if target.family == "avr":
        libraries = ["-lgcc", "-lc"]
    else:
        place = board or BOARDS.get(target.machine)
        command += ["-nostdlib", "-static", *memory_flags(place, _script(target))]
        libraries = ["-lgcc"]
        if target.family == "xtensa":
            parts = [*parts, *objects(target, [FIRMWARE / "rom_xtensa.c"])]
        if symbols:
            command.append(f"-Wl,-e,{symbols[0]}")
    command += flags
    out = work / "image.elf"

    def make() -> bytes:
        run([*command, *parts, *libraries, "-o", out], cwd=work)
        return out.read_bytes()

    named = [word for flag in flags for word in re.split("[,=]", flag)]
    files = [_script(target), *(word for word in named if os.path.isfile(word)), *parts]
    contents = (Path(file).read_bytes() for file in files)
    image = elf.load(kept("images", (_toolchain(target), *command, *contents), make))
    for symbol in symbols:
        image.address(symbol)  # ld takes a root that is nowhere for a weak one
    return image


def entry(function: str) -> str:
    """The symbol behind a function of the runtime, which may be inline."""
    inline = re.fullmatch(r"emlrt_(prepared_)?(run|classify|proba)", function)
    return f"{function}_as" if inline else function


def _script(target: Target) -> Path:
    """The linker script."""
    return FIRMWARE / f"image{'_xtensa' * (target.family == 'xtensa')}.ld"


def memory_flags(
    board: Board | None, script: Path = FIRMWARE / "image.ld"
) -> list[str]:
    """Linker flags that say where a board's memories are; by default unicorn's."""
    place = board or Board("unicorn", "", 0x08000000, 1 << 24, 0x20000000, 1 << 20)
    symbols = {
        "__flash": place.flash,
        "__flash_size": place.flash_size,
        "__ram": place.ram,
        "__ram_size": place.ram_size,
    }
    flags = [f"-Wl,--defsym={name}={value:#x}" for name, value in symbols.items()]
    return [f"-Wl,-T,{script}", *flags]


def footprint(
    target: Target,
    ops: Sequence[str],
    functions: Sequence[str],
    options: Options = Options(),
) -> elf.Image:
    """The runtime alone, linked with some ops and functions, no blob.

    Its `flash` and `ram` are what the runtime adds to a firmware: code,
    constants and the op list, and one `emlrt_model`; on AVR the op list is in
    RAM. No startup code is linked.

    Parameters
    ----------
    ops : sequence of str
        Names of ops, such as "trees_vote_f32".
    functions : sequence of str
        What the firmware calls, such as "emlrt_open" and "emlrt_classify".
    """
    with scratch_dir() as work:
        parts = with_ops(target, ops, options, work)
        flags = ["-nostartfiles"] if target.family == "avr" else []
        roots = [*functions, "emulate_ops", "emulate_model"]
        if target.family == "avr":
            flags.append(f"-Wl,-e,{entry(roots[0])}")
        return link(target, parts, work, roots=roots, flags=flags)


def glue(ops: Sequence[str]) -> str:
    """C source of an op list, `emulate_ops`, and a model, `emulate_model`."""
    listed = "".join(f"&emlrt_op_{name}, " for name in dict.fromkeys(ops))
    return (
        "#include <emlrt/emlrt.h>\n"
        f"const emlrt_op *const emulate_ops[] = {{{listed}NULL}};\n"
        "emlrt_model emulate_model;\n"
    )


def prepared_glue(n_stages: int) -> str:
    """C source of memory for a prepared model, `emulate_prepared`, and its stages."""
    return (
        "#include <emlrt/prepared.h>\n"
        f"emlrt_prepared_stage emulate_stages[{n_stages}];\n"
        "emlrt_prepared emulate_prepared;\n"
    )
