# SPDX-License-Identifier: MIT
"""Functions in C with the names and arguments of emlearn's code."""

from __future__ import annotations

from collections.abc import Iterator

from emlrt.embed import C_TYPES, macros
from emlrt.model import Model


def functions(model: Model, name: str, method: str, proba: bool, text: str) -> str:
    """C functions NAME_predict and the like, to stand behind a model's header.

    method: "inline" for a header by `embed.code`, "loadable" for one by
    `embed.header`. proba: whether there is NAME_predict_proba. text: that header.
    """
    calls = _Inline(model, name, text) if method == "inline" else _Loadable(model, name)
    parts = [*calls.before(), *_predict(model, name, calls)]
    if proba:
        parts.append(_proba(name, calls))
    guard = f"{name.upper()}_EMLEARN_H"
    body = "\n".join(parts)
    about = "/* As emlearn's code has them. */"
    return f"\n{about}\n#ifndef {guard}\n#define {guard}\n{body}#endif\n"


class _Inline:
    """Calls of generated functions, which cannot fail."""

    def __init__(self, model: Model, name: str, text: str) -> None:
        self.kind = C_TYPES[model.input_dtype.name][0]
        self.name, self.macro = name, f"{name.upper()}_CODE"
        self.memory = f"{self.macro}_SCRATCH" in text

    def before(self) -> Iterator[str]:
        if self.memory:
            yield f"static EMLRT_SCRATCH({self.name}_memory, {self.macro}_SCRATCH);\n"

    def call(self, what: str, y: str, count: str) -> str:
        memory = f", {self.name}_memory" * self.memory
        if what == "classify":
            return f"  {y}[0] = {self.name}_classify(x{memory});\n"
        return f"  {self.name}_{what}(x, {y}{memory});\n"


class _Loadable:
    """Calls of the runtime, on a model that the first call opens."""

    def __init__(self, model: Model, name: str) -> None:
        self.kind, self.suffix = C_TYPES[model.input_dtype.name]
        self.name, self.macro = name, f"{name.upper()}_EML"
        with_proba = f"{self.macro}_PROBA_OPS" in macros(model, name)
        self.ops = "PROBA_OPS" if with_proba else "OPS"

    def before(self) -> Iterator[str]:
        name, macro = self.name, self.macro
        yield f"""\
static emlrt_model {name}_model;
static EMLRT_SCRATCH({name}_memory, {macro}_SCRATCH);

static int {name}_open(void) {{
  static const emlrt_op *const ops[] = {macro}_{self.ops};
  static int opened = 1;
  if (opened > 0) opened = emlrt_open(&{name}_model, {name}_eml, {macro}_SIZE, ops);
  return opened;
}}
"""

    def call(self, what: str, y: str, count: str) -> str:
        what = "values" if what == "scores" else what
        return f"""\
  status = {self.name}_open();
  if (status == EMLRT_OK)
    status = emlrt_{what}_{self.suffix}(&{self.name}_model, x, {self.macro}_INPUTS, {y},
        {self.macro}_{count}, {self.name}_memory, sizeof {self.name}_memory);
  if (status != EMLRT_OK) return status;
"""


def _head(name: str, result: str, rest: str, calls: _Inline | _Loadable) -> str:
    """A function up to its check of lengths."""
    declared = "" if isinstance(calls, _Inline) else "  int status;\n"
    arguments = f"const {calls.kind} *x, int length{rest}"
    return f"static {result} {name}({arguments}) {{\n{declared}"


def _predict(model: Model, name: str, calls: _Inline | _Loadable) -> Iterator[str]:
    inputs = f"  if (length != {calls.macro}_INPUTS) return -1;\n"
    if model.program.class_counts:
        head = _head(f"{name}_predict", "int32_t", "", calls)
        call = calls.call("classify", "y", "OUTPUTS")
        declared = f"  uint32_t y[{calls.macro}_OUTPUTS];\n"
        yield f"{head}{declared}{inputs}{call}  return (int32_t)y[0];\n}}\n"
        return
    rest = ", float *y, int n"
    head = _head(f"{name}_regress", "int", rest, calls)
    both = inputs.replace(") return", f" || n != {calls.macro}_SCORES) return")
    call = calls.call("scores", "y", "SCORES")
    yield f"{head}{both}{call}  return 0;\n}}\n"
    if model.n_scores == 1:
        yield (
            f"static float {name}_predict(const {calls.kind} *x, int length) {{\n"
            f"  float y[1] = {{0}};\n  (void){name}_regress(x, length, y, 1);\n"
            "  return y[0];\n}\n"
        )


def _proba(name: str, calls: _Inline | _Loadable) -> str:
    head = _head(f"{name}_predict_proba", "int", ", float *p, int n", calls)
    check = (
        f"  if (length != {calls.macro}_INPUTS || n != {calls.macro}_CLASSES)"
        " return -1;\n"
    )
    return f"{head}{check}{calls.call('proba', 'p', 'CLASSES')}  return 0;\n}}\n"
