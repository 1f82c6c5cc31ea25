# SPDX-License-Identifier: MIT
"""What every exported folder is made of: version, C files, models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from emlrt import embed
from emlrt.amalgamate import amalgamate
from emlrt.model import Model
from emlrt.native import version
from emlrt.sources import get_include

#: Bytes of a blob above which it goes as a file of its own: a header of it has six
#: times as many, and compilers take minutes over it.
LARGE = 1 << 20

#: Folders of c/src that every program needs.
ALWAYS = ("core", "answers", "maths")


@dataclass(frozen=True)
class Manifest:
    """version: of the runtime. models: by the names of their arrays. c_dir: with
    include and src."""

    version: str
    models: Mapping[str, Model]
    c_dir: Path

    @cached_property
    def headers(self) -> dict[str, bytes]:
        """The public headers, by the paths that programs include."""
        return dict(_files(self.c_dir / "include", "emlrt/*.h"))

    @cached_property
    def runtime(self) -> dict[str, bytes]:
        """The files of c/src, headers too, by their paths below it."""
        return dict(_files(self.c_dir / "src", "**/*.[ch]"))

    @property
    def sources(self) -> list[str]:
        """What a compiler is given, of `runtime`."""
        return [path for path in self.runtime if path.endswith(".c")]

    @property
    def families(self) -> dict[str, list[str]]:
        """Sources by the folders of ops, which a program may leave out."""
        found: dict[str, list[str]] = {}
        for path in self.sources:
            folder, _, rest = path.rpartition("/")
            if rest and folder and folder not in ALWAYS:
                found.setdefault(folder, []).append(path)
        return found

    @property
    def amalgamated(self) -> str:
        """The runtime in one header."""
        return amalgamate(self.c_dir)

    @property
    def license(self) -> bytes:
        """The text of the licence."""
        beside = [self.c_dir / "LICENSE", self.c_dir.parent / "LICENSE"]
        return next(path for path in beside if path.is_file()).read_bytes()


def _files(folder: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    """Files by their paths below a folder, sorted."""
    for path in sorted(folder.glob(pattern)):
        yield path.relative_to(folder).as_posix(), path.read_bytes()


def check_name(name: str) -> None:
    """Raises ValueError if a model cannot have this name in C."""
    if name != embed.identifier(name):
        raise ValueError(f"the model's name {name!r} is no C identifier")
    if embed.is_taken(name):
        raise ValueError(f"{name} is the runtime's own name; choose another")


def manifest(models: Mapping[str, Model]) -> Manifest:
    """The manifest of these models with the runtime of this package.

    Raises
    ------
    ValueError
        If a name is no C identifier, or two differ only in case.
    TypeError
        If models are no mapping, or one is no emlrt.Model.
    """
    if not isinstance(models, Mapping):
        raise TypeError(
            f"models are a dict, as {{'name': model}}, not {type(models).__name__}"
        )
    for name, model in models.items():
        check_name(name)
        if not isinstance(model, Model):
            raise TypeError(
                f"{name} is a {type(model).__name__}, not an emlrt.Model:"
                " emlrt.convert makes one, and Model.load reads one"
            )
    lower = [name.lower() for name in models]
    twice = next((name for name in lower if lower.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two models are called {twice}; give them other names")
    c_dir = Path(get_include()).parent
    return Manifest(version(), dict(sorted(models.items())), c_dir)
