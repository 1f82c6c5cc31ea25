# SPDX-License-Identifier: MIT
"""Rows of numbers from CSV and .npy, block by block, with their places."""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from emlrt.categories import code_of
from emlrt.cli.common import Failure
from emlrt.model import Model

_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none"})
#: As pandas and Python write them.
_TRUTHS = {"True": 1.0, "False": 0.0}
NPY_MAGIC = b"\x93NUMPY"


@dataclass(frozen=True)
class Block:
    """Some rows.

    X : (n_rows, n_features)
    places : where each row stands in the file, as people count
    targets : the target columns' cells, one list per row
    """

    X: NDArray[Any]
    places: list[int]
    targets: list[list[str]] = field(default_factory=list)


class Rows(Protocol):
    """Input that a prediction needs, whatever the file's format."""

    ignored: list[str]

    def blocks(self, size: int) -> Iterator[Block]:
        """The rows, `size` at a time."""

    def share(self) -> float | None:
        """How much of the file has been read, if that can be known."""

    def place(self, row: int, feature: int) -> str:
        """Words for a cell: of the row at a place, and a feature's index."""


def _number(cell: str) -> float:
    """A cell's number; ValueError if it is none. Empty and NA are NaN."""
    cell = cell.strip()
    if cell.lower() in _MISSING:
        return float("nan")
    if "_" in cell:  # Python would take 1_000
        raise ValueError(cell)
    return float(cell)


class MixedError(ValueError):
    """A column of more than one kind."""


def _is_number(cell: str) -> bool:
    try:
        _number(cell)
    except ValueError:
        return False
    return True


def taken(model: Model) -> str:
    """What columns of a file are to a model, in words."""
    rows = f"{model.n_features_in_} features"
    if model.program.metadata.window is None:
        return rows
    channels = model.window.channels
    return f"{rows}, or of a .npy or .csv of samples {channels} channel(s)"


class NpyRows:
    """A matrix in an .npy file; mapped into memory, or read from a pipe."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self.name, self._done = name, 0
        self.ignored: list[str] = []
        try:
            if os.path.isfile(name):
                X = np.load(name, mmap_mode="r", allow_pickle=False)
            else:
                X = np.load(io.BytesIO(stream.read()), allow_pickle=False)
        except (ValueError, EOFError) as error:
            raise Failure(f"{name}: not a readable .npy file: {error}") from None
        if X.ndim not in (2, 3) or X.dtype.kind not in "biuf":
            raise self._unfit(X)
        self._X = X

    def _unfit(self, X: NDArray[Any]) -> Failure:
        return Failure(
            f"{self.name}: holds {X.dtype} of shape {X.shape}; expected numbers of"
            " shape (n_rows, n_features)"
        )

    def check(self, model: Model) -> None:
        """Fails unless the matrix has the model's columns, or its windows."""
        if self._X.ndim == 3:
            self._flatten(model)
        if self._X.shape[1] != model.n_features_in_:
            raise Failure(
                f"{self.name}: has {self._X.shape[1]} columns; the model takes"
                f" {taken(model)}"
            )

    def _flatten(self, model: Model) -> None:
        """Makes rows of windows (n, length, channels)."""
        if model.program.metadata.window is None:
            raise self._unfit(self._X)
        channels = model.window.channels
        shape = model.n_features_in_ // channels, channels
        if self._X.shape[1:] != shape:
            raise Failure(
                f"{self.name}: holds windows of {self._X.shape[1:]}; the model takes"
                f" {shape} (length, channels)"
            )
        self._X = self._X.reshape(len(self._X), -1)

    def blocks(self, size: int) -> Iterator[Block]:
        for start in range(0, len(self._X), size):
            X = np.asarray(self._X[start : start + size])
            self._done = start + len(X)
            yield Block(X, list(range(start, self._done)))

    def share(self) -> float | None:
        return self._done / max(1, len(self._X))

    def place(self, row: int, feature: int) -> str:
        return f"{self.name}, row {row}, column {feature}"


@dataclass(frozen=True)
class CsvOptions:
    """header: "auto", "yes" or "no"; targets: names, or numbers from 1 on."""

    delimiter: str = ","
    header: str = "auto"
    targets: tuple[str, ...] = ()


def target_column(name: str, target: str, header: list[str] | None, width: int) -> int:
    """The place of a target column in a CSV of that many columns, from 0 on.

    name: of the file. target: of the column, or its number from 1 on where there is no
    header.

    Raises
    ------
    Failure
        If there is no such column, or more than one.
    """
    if header is not None:
        if header.count(target) == 1:
            return header.index(target)
        many = "more than one column" if target in header else "no column"
        raise Failure(f"{name}: has {many} named {target!r}")
    if target.isdecimal() and 1 <= int(target) <= width:
        return int(target) - 1
    raise Failure(
        f"{name}: has no header, so --target must be a column's number, 1 to {width};"
        f" got {target!r}"
    )


def listed(titles: Iterable[str]) -> str:
    """Titles of columns for people; pandas' index has none."""
    return ", ".join(title or "one without a title" for title in titles)


def titles_of(cells: list[str], names: Sequence[str]) -> list[str]:
    """A header's titles: without the spaces around them, if only these keep names from
    being among them."""
    plain = [cell.strip() for cell in cells]
    return plain if set(names) <= set(plain) and not set(names) <= set(cells) else cells


def named_columns(
    file: str, header: list[str], names: Sequence[str], what: str
) -> list[int]:
    """The places of names in a CSV's header, in their order. what: each of them is.

    Raises
    ------
    Failure
        If one is not there, or more than once.
    """
    wrong = [name for name in names if header.count(name) != 1]
    if wrong:
        many = "more than once" if wrong[0] in header else "nowhere"
        raise Failure(
            f"{file}: the header has the {what} {wrong[0]!r} {many}; the model takes"
            f" {', '.join(names[:8])}{', ...' if len(names) > 8 else ''}"
        )
    return [header.index(name) for name in names]


class CsvRows:
    """A CSV file, header or not, whose columns are matched by name if it can be."""

    def __init__(
        self, stream: IO[bytes], name: str, model: Model, options: CsvOptions
    ) -> None:
        self.name = name
        self.ignored: list[str] = []
        self._stream, self._options = stream, options
        self._names, self._taken = model.program.metadata.features, taken(model)
        self._categories = {k: v for k, v in model.categories.items() if v}
        text = io.TextIOWrapper(stream, "utf-8-sig", newline="")
        #: Columns with a number or a truth in them so far, and whether it is a truth.
        self._truths: dict[int, bool] = {}
        self._reader = csv.reader(text, delimiter=options.delimiter, strict=True)
        first = next(self._records(), None)
        if first is None:
            raise Failure(f"{name}: is empty")
        line, cells = first
        cells = titles_of(cells, self._names)
        self._width = len(cells)
        header = cells if self._is_header(line, cells) else None
        self._first = [] if header else [first]
        self._targets = [
            target_column(name, t, header, self._width) for t in options.targets
        ]
        self._columns = self._match(header, model.n_features_in_)
        self._titles = header

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Line numbers and cells of the lines that are not blank."""
        while True:
            try:
                cells = next(self._reader, None)
            except csv.Error as error:
                line = self._reader.line_num
                raise Failure(f"{self.name}, line {line}: {error}") from None
            except UnicodeDecodeError:
                line = self._reader.line_num + 1
                text = "is not UTF-8; convert the file"
                raise Failure(f"{self.name}, after line {line}: {text}") from None
            if cells is None:
                return
            if cells:
                yield self._reader.line_num, cells

    # The header

    def _is_header(self, line: int, cells: list[str]) -> bool:
        if self._options.header != "auto":
            return self._options.header == "yes"
        wanted = {*self._names, *self._options.targets}
        if self._names and wanted <= set(cells):
            return True
        skip = {int(t) - 1 for t in self._options.targets if t.isdecimal()}
        inputs = [(i, cell) for i, cell in enumerate(cells) if i not in skip]
        texts = set(self._category_texts())
        texts |= _TRUTHS.keys()
        odd = [i for i, c in inputs if not _is_number(c) and c not in texts]
        if odd and len(odd) < sum(bool(cell.strip()) for _, cell in inputs):
            raise Failure(
                f"{self.name}, line {line}, column {odd[0] + 1}: {cells[odd[0]]!r} is"
                " no number; if this line is a header, say --header yes"
            )
        return bool(odd)

    def _category_texts(self) -> Iterator[str]:
        for values in self._categories.values():
            yield from map(str, values)

    def _match(self, header: list[str] | None, n_features: int) -> list[int]:
        """Columns of the features, in the model's order."""
        if header is None or not self._names:
            columns = [i for i in range(self._width) if i not in self._targets]
            if len(columns) != n_features:
                besides = " besides the target" if self._targets else ""
                raise Failure(
                    f"{self.name}: has {len(columns)} columns{besides}; the model"
                    f" takes {self._taken}"
                )
            return columns
        columns = named_columns(self.name, header, self._names, "feature")
        used = {*self._names, *self._options.targets}
        self.ignored = [title for title in header if title not in used]
        return columns

    # The rows

    def _parse(self, line: int, cells: list[str]) -> list[float]:
        if len(cells) != self._width:
            raise Failure(
                f"{self.name}, line {line}: has {len(cells)} cells; the first line"
                f" has {self._width}"
            )
        picked = [cells[i] for i in self._columns]
        if not self._categories:
            with suppress(ValueError):
                if "_" not in "".join(picked) and not any(self._truths.values()):
                    numbers = list(map(float, picked))
                    if len(self._truths) < len(picked):
                        self._truths |= {
                            k: False for k, x in enumerate(numbers) if x == x
                        }
                    return numbers
        return [self._cell(line, k, cell) for k, cell in enumerate(picked)]

    def _cell(self, line: int, feature: int, cell: str) -> float:
        """A cell's number, or the code of its category."""
        values = self._categories.get(feature)
        try:
            if values and (cell in values or cell.strip().lower() not in _MISSING):
                return code_of(cell, values)
            return self._plain(feature, cell)
        except ValueError as error:
            where = self.place(line, feature)
            known = values or isinstance(error, MixedError)
            what = str(error) if known else "is no number"
            raise Failure(f"{where}: {cell!r} {what}") from None

    def _plain(self, feature: int, cell: str) -> float:
        """A cell's number; True and False are 1 and 0 in a column of nothing else."""
        found = _TRUTHS.get(cell.strip())
        number = _number(cell) if found is None else found
        if number == number:
            truth = found is not None
            if self._truths.setdefault(feature, truth) != truth:
                raise MixedError("is in a column of True and False and of numbers")
        return number

    def blocks(self, size: int) -> Iterator[Block]:
        X: list[list[float]] = []
        lines: list[int] = []
        targets: list[list[str]] = []
        for line, cells in chain(self._first, self._records()):
            X.append(self._parse(line, cells))
            lines.append(line)
            targets.append([cells[i] for i in self._targets])
            if len(X) == size:
                yield Block(np.array(X), lines, targets)
                X, lines, targets = [], [], []
        if X:
            yield Block(np.array(X), lines, targets)

    def share(self) -> float | None:
        try:
            size = os.fstat(self._stream.fileno()).st_size
            return self._stream.tell() / size if size else None
        except (OSError, ValueError):
            return None

    def place(self, row: int, feature: int) -> str:
        column = self._columns[feature]
        title = f" ({self._titles[column]})" if self._titles else ""
        return f"{self.name}, line {row}, column {column + 1}{title}"


def open_rows(stream: IO[bytes], name: str, model: Model, options: CsvOptions) -> Rows:
    """Rows of a stream, an .npy file or CSV as its first bytes say.

    stream: buffered, from `open(..., "rb")` or stdin.
    """
    peek = getattr(stream, "peek", None)
    if peek is not None and peek(len(NPY_MAGIC)).startswith(NPY_MAGIC):
        if options.targets:
            raise Failure(f"{name}: an .npy file has no target column; use CSV")
        rows = NpyRows(stream, name)
        rows.check(model)
        return rows
    return CsvRows(stream, name, model, options)


@contextmanager
def opened_rows(path: str, model: Model, options: CsvOptions) -> Iterator[Rows]:
    """Rows of a file (`-`: stdin)."""
    if path == "-":
        yield open_rows(sys.stdin.buffer, "stdin", model, options)
    else:
        with open(path, "rb") as file:
            yield open_rows(file, path, model, options)


# What commands share


def add_csv(parser: argparse.ArgumentParser) -> None:
    """The options that say how to read a CSV."""
    parser.add_argument(
        "--header",
        choices=("auto", "yes", "no"),
        default="auto",
        help="whether the CSV's first line names the columns",
    )
    parser.add_argument(
        "--delimiter", default=",", metavar="CHAR", help="of the CSV; \\t for a tab"
    )


def csv_options(
    arguments: argparse.Namespace, targets: Sequence[str] = ()
) -> CsvOptions:
    """How to read a CSV, as the arguments say."""
    delimiter = arguments.delimiter.replace("\\t", "\t")
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise Failure(f"--delimiter must be one character, not {delimiter!r}")
    return CsvOptions(delimiter, arguments.header, tuple(targets))


def _refused(model: Model, X: NDArray[Any]) -> NDArray[np.bool_]:
    """The cells that the model's input type cannot hold, or that it refuses."""
    dtype = model.input_dtype
    if model.inputs is not None:
        if dtype.kind != "f":
            return ~np.isfinite(X.astype(np.float64))
        X = model.inputs.transform(X)
    if dtype.kind != "f":
        limits = np.iinfo(dtype)
        whole = np.floor(X) == X if X.dtype.kind == "f" else np.True_
        return ~((limits.min <= X) & (limits.max >= X) & whole)
    with np.errstate(over="ignore"):
        numbers = X.astype(np.float32)
    refused = np.isinf(numbers) & (not model.program.infinite)
    return refused if model.program.missing else refused | np.isnan(numbers)


def check_values(model: Model, block: Block, rows: Rows) -> None:
    """Fails at the first cell that the model does not take."""
    bad = np.argwhere(_refused(model, block.X))
    if bad.size:
        row, feature = bad[0].tolist()
        value = block.X[row, feature]
        why = "is missing" if np.isnan(value) else f"({value}) is out of range"
        if model.input_dtype.kind != "f" and not np.isnan(value):
            why = f"({value}) is no {model.input_dtype.name}"
        where = rows.place(block.places[row], feature)
        raise Failure(f"{where}: the value {why}, which the model does not take")
