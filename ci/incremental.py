# SPDX-License-Identifier: MIT
"""Compiles the extension in parallel, and only the objects that changed.

Where the compiler can list the headers that a file includes (-MMD of gcc and
clang), objects are kept in build/native, in a folder per compiler and flags. Beside
each object stands a hash of the contents of all files that it was made from. With
any other compiler, setuptools compiles everything anew.
"""

import functools
import hashlib
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parents[1]


class BuildExt(build_ext):
    """setuptools' command, with another way from sources to objects."""

    def finalize_options(self) -> None:
        # The file that cffi generates stays here, too: it is written on change only.
        self.build_temp = (
            self.build_temp or f"build/native/{sys.implementation.cache_tag}"
        )
        super().finalize_options()

    def build_extension(self, ext) -> None:
        # setuptools compares the times of sources; what is old is found below.
        self.force = True
        if lists_headers(self.compiler):
            kept = Incremental(self.compiler, Path(self.build_temp), self.parallel)
            self.compiler.compile = kept.compile
        super().build_extension(ext)


class Incremental:
    """The `compile` of a compiler of setuptools, objects kept between runs."""

    def __init__(self, compiler, folder: Path, jobs: int | None) -> None:
        self.compiler = compiler
        self.folder = folder
        self.jobs = jobs or os.cpu_count() or 1

    def compile(
        self,
        sources,
        output_dir=None,
        macros=None,
        include_dirs=None,
        debug=False,
        extra_preargs=None,
        extra_postargs=None,
        depends=None,
    ) -> list[str]:
        """Takes the arguments of setuptools' method; returns paths of objects."""
        _, _, last, options, _ = self.compiler._setup_compile(
            output_dir, macros, include_dirs, sources, depends, extra_postargs
        )
        first = self.compiler._get_cc_args(options, debug, extra_preargs)
        line = [*self.compiler.compiler_so, *first, *last]
        folder = self.folder / digest(line, compiler_version(line[0]))
        made = functools.partial(self._object, folder, first, last, options)
        with ThreadPoolExecutor(self.jobs) as pool:
            return list(pool.map(made, sources))

    def _object(self, folder, first, last, options, source: str) -> str:
        made = folder / relative(source).with_suffix(".o")
        headers, key = made.with_suffix(".d"), made.with_suffix(".key")
        if not (made.exists() and is_same(key, contents(headers))):
            made.parent.mkdir(parents=True, exist_ok=True)
            key.unlink(missing_ok=True)
            flags = [*last, "-MMD", "-MF", str(headers)]
            kind = os.path.splitext(source)[1]
            self.compiler._compile(str(made), source, kind, first, flags, options)
            key.write_text(contents(headers), encoding="utf-8")
        return str(made)


def lists_headers(compiler) -> bool:
    """Whether a file compiles with -MMD: it does not for two processors at once."""
    if compiler.compiler_type != "unix":
        return False
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "empty.c")
        source.write_text("int emlrt_nothing;\n", encoding="utf-8")
        options = ["-MMD", "-MF", "empty.d", "-c", source.name]
        line = [*compiler.compiler_so, *options]
        tried = subprocess.run(line, cwd=folder, capture_output=True, check=False)
        return tried.returncode == 0 and Path(folder, "empty.d").exists()


@functools.cache
def compiler_version(program: str) -> str:
    """What the compiler says of itself: another one makes other objects."""
    done = subprocess.run([program, "--version"], capture_output=True, check=False)
    return done.stdout.decode(errors="replace")


def relative(source: str) -> Path:
    """The place of an object below the folder of its flags."""
    path = Path(source)
    return Path(path.name) if path.is_absolute() or ".." in path.parts else path


def contents(headers: Path) -> str:
    """The hash of all files in a list that a compiler made; empty, if one is gone."""
    try:
        _, _, files = headers.read_text(encoding="utf-8").partition(": ")
        names = files.replace("\\\n", " ").replace("\\ ", "\0").split()
        paths = [Path(name.replace("\0", " ")) for name in names]
        return digest([str(path) for path in paths], *map(hash_of, paths))
    except FileNotFoundError:
        return ""


@functools.cache
def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_same(key: Path, wanted: str) -> bool:
    return bool(wanted) and key.exists() and key.read_text("utf-8") == wanted


def digest(line: list[str], *texts: str) -> str:
    return hashlib.sha256("\n".join([*line, *texts]).encode()).hexdigest()[:20]
