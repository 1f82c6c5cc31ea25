# SPDX-License-Identifier: MIT
"""C code that opens a model, runs it, and says whether the scores are Python's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.embed import C_TYPES
from emlrt.exports.row import row_of, silence
from emlrt.exports.templates import folder
from emlrt.inputs import c_float
from emlrt.model import Model


def _lines(texts: Sequence[str]) -> Iterator[str]:
    """Numbers, as many to a line as fit."""
    line = " "
    for text in texts:
        if len(line) + len(text) > 78:
            yield line
            line = " "
        line += f" {text},"
    yield line


def _array(kind: str, name: str, texts: Sequence[str]) -> str:
    return "\n".join([f"static const {kind} {name}[] = {{", *_lines(texts), "};"])


def _numbers(x: NDArray[Any]) -> list[str]:
    return [c_float(each) if x.dtype.kind == "f" else str(int(each)) for each in x]


def _expected(scores: NDArray[Any]) -> str:
    bits = [f"0x{int(each):08x}u" for each in scores.view(np.uint32)]
    about = "/* The bits of the scores that Python computed. */\n"
    return about + _array("uint32_t", "expected", bits)


_REPORT = """\
/* Prints what came of a step; returns whether it went well. */
static int report(void (*print)(const char *text), const char *step,
                  emlrt_status status) {
  print("@NAME@: ");
  print(step);
  print(": ");
  print(status == EMLRT_OK ? "OK" : emlrt_strerror(status));
  print("\\n");
  return status == EMLRT_OK;
}

/* Whether the scores are those that Python computed, bit for bit. */
static int same(const uint32_t *scores) {
  size_t i;
  for (i = 0; i < sizeof expected / sizeof *expected; ++i)
    if (scores[i] != expected[i]) return 0;
  return 1;
}
"""

_PRINT_CLASS = """
/* Prints the index of a class. */
static void print_class(void (*print)(const char *text), uint32_t number) {
  char digits[11];
  char *at = digits + sizeof digits - 1;
  *at = '\\0';
  do {
    *--at = (char)('0' + (char)(number % 10u));
    number /= 10u;
  } while (number != 0);
  print("@NAME@: class ");
  print(at);
  print("\\n");
}
"""

_CLASS = """\
  {{
    uint32_t classes[{macro}_EML_OUTPUTS];
    status = {call};
    if (status != EMLRT_OK) return status;
    print_class(print, classes[0]);
  }}"""

_SELFTEST = """\
  if (!report(print, "self-test", emlrt_selftest(&model, scratch, sizeof scratch)))
    return 1;
"""


def _words(model: Model, name: str) -> dict[str, str]:
    macro = name.upper()
    votes = hasattr(model, "classes_")
    helpers = (_REPORT + (_PRINT_CLASS if votes else "")).replace("@NAME@", name)
    what = "one row" if model.program.metadata.window is None else "silence"
    return {"NAME": name, "MACRO": macro, "HELPERS": helpers, "WHAT": what}


def _classified(model: Model, macro: str, call: str) -> str:
    """C that prints the class, of a model that has one."""
    if not hasattr(model, "classes_"):
        return ""
    return _CLASS.format(macro=macro, call=call)


def _plain(model: Model, name: str) -> dict[str, str]:
    """The words of an example of one row."""
    row, macro = row_of(model), name.upper()
    kind, _ = C_TYPES[model.input_dtype.name]
    golden = model.program.metadata.golden is not None
    scratch = max(model.scratch_bytes, model.golden_bytes if golden else 0)
    call = (
        f"emlrt_classify(&model, row, {macro}_EML_INPUTS, classes,\n"
        f"                            {macro}_EML_OUTPUTS, scratch, sizeof scratch)"
    )
    return {
        "SCRATCH": f"{scratch}u",
        "DATA": f"{_array(kind, 'row', _numbers(row.x))}\n{_expected(row.scores)}",
        "CLASS": _classified(model, macro, call),
        "SELFTEST": _SELFTEST if golden else "",
    }


def _streamed(model: Model, name: str) -> dict[str, str]:
    """The words of an example of one window of silence."""
    kind, suffix = C_TYPES[model.input_dtype.name]
    macro = name.upper()
    call = f"emlrt_stream_classify(&stream, classes, {macro}_EML_OUTPUTS)"
    return {
        "SAMPLES": str(model.window.length),
        "CHANNELS": str(model.window.channels),
        "KIND": kind,
        "SUFFIX": suffix,
        "DATA": _expected(silence(model)),
        "CLASS": _classified(model, macro, call),
    }


def example(model: Model, name: str) -> dict[str, bytes]:
    """A header and a C file, which want the model's own header, by their names.

    Raises
    ------
    ValueError
        If the model has no golden vectors, and refuses a row of zeros.
    """
    streams = model.program.metadata.window is not None
    words = _words(model, name)
    words |= _streamed(model, name) if streams else _plain(model, name)
    code = "example_stream" if streams else "example_row"
    return dict([*folder("example", words), *folder(code, words)])
