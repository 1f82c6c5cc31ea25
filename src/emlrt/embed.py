# SPDX-License-Identifier: MIT
"""A blob as C source: an array, and macros for what firmware must provide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import wrap

import numpy as np

from emlrt import generate, hints, prepared
from emlrt.blob import ARGMAX, PROBA_OPS
from emlrt.categories import are_codes
from emlrt.inputs import c_float
from emlrt.model import Model
from emlrt.texts import shown

#: C types of inputs, and the ends of the names of functions, by dtype.
C_TYPES = {
    "float32": ("float", "f32"),
    "int32": ("int32_t", "i32"),
    "int16": ("int16_t", "i16"),
    "uint8": ("uint8_t", "u8"),
}
_AVR_OBJECT_MAX = 32767  # bytes, of avr-gcc


def identifier(path: str) -> str:
    """A C identifier from a file's name, without its suffix."""
    name = re.sub(r"\W", "_", Path(path).stem, flags=re.ASCII)
    return name if name and not name[0].isdigit() else f"model_{name}"


def is_taken(name: str) -> bool:
    """Whether generated code of that name would define macros of the runtime."""
    return name.upper() == "EMLRT"


def _list(ops: Sequence[str]) -> str:
    """The initialiser of an op list."""
    names = [f"&emlrt_op_{name}" for name in dict.fromkeys(ops)]
    return f"{{{', '.join([*names, 'NULL'])}}}"


def _braces(texts: Iterable[str]) -> str:
    return "{" + ", ".join(texts) + "}"


def macros(model: Model, name: str) -> dict[str, str]:
    """Macros and their C text, for a model whose array is called <name>_eml.

    OPS: initialiser of the op list. PROBA_OPS: of one that emlrt_proba can use,
    where that takes an op more. SCRATCH, ARENA: bytes of scratch for
    emlrt_classify and the like, and for emlrt_run. GOLDEN: for emlrt_selftest,
    if there are golden vectors. OFFSETS and SCALES: initializers of arrays of int64_t
    and float, if x is made of raw numbers. INPUTS, SCORES, OUTPUTS: elements. CLASSES:
    elements that emlrt_proba writes, of classifiers. STAGES: for emlrt_prepare. STREAM:
    bytes of memory for emlrt_stream_open, of models of samples. RATE: times a second
    that these were made for, where it is known. SIZE: bytes.
    """
    program = model.program
    ops = [stage.name for stage in model.stages]
    if program.class_counts and program.vote_total == 0:
        ops.append(ARGMAX)
    values = {
        "OPS": _list(ops),
        "SCRATCH": f"{model.scratch_bytes}u",
        "ARENA": f"{model.arena_bytes}u",
        "INPUTS": f"{program.n_inputs}u",
        "SCORES": f"{model.n_scores}u",
        "OUTPUTS": f"{model.n_outputs_}u",
        "STAGES": f"{len(program.stages)}u",
        "SIZE": f"{model.nbytes}u",
    }
    if program.output in PROBA_OPS:
        values["PROBA_OPS"] = _list([*ops, PROBA_OPS[program.output]])
    if program.class_counts:
        values["CLASSES"] = f"{sum(program.class_counts)}u"
    if program.metadata.window is not None:
        values["STREAM"] = f"{model.stream_bytes}u"
        if model.window.rate is not None:
            values["RATE"] = c_float(np.float32(model.window.rate))
    if program.metadata.golden is not None:
        values["GOLDEN"] = f"{model.golden_bytes}u"
    if model.inputs is not None:
        values["OFFSETS"] = _braces(map(str, model.inputs.offset.tolist()))
        values["SCALES"] = _braces(map(c_float, model.inputs.scale))
    return {f"{name.upper()}_EML_{key}": text for key, text in values.items()}


def usage(model: Model, name: str, include: str) -> str:
    """C code that opens the model and predicts one input.

    include: name of the file that holds `header`.
    """
    array, macro = f"{name}_eml", f"{name.upper()}_EML"
    kind, suffix = C_TYPES[model.input_dtype.name]
    votes = hasattr(model, "classes_")
    call = "classify" if votes else "values"
    need = "SCRATCH" if votes else "ARENA"
    count = "OUTPUTS" if votes else "SCORES"
    return f"""\
#include "{include}"

static const emlrt_op *const ops[] = {macro}_OPS;
static emlrt_model model;
static EMLRT_SCRATCH(scratch, {macro}_{need});

emlrt_status setup(void) {{
  return emlrt_open(&model, {array}, {macro}_SIZE, ops);
}}
emlrt_status predict(const {kind} x[{macro}_INPUTS],
                     {"uint32_t" if votes else "float"} y[{macro}_{count}]) {{
  return emlrt_{call}_{suffix}(&model, x, {macro}_INPUTS, y, {macro}_{count},
                             scratch, sizeof scratch);
}}
"""


def stream_usage(model: Model, name: str, include: str) -> str:
    """C code that takes samples of any number, and what they say of each window."""
    array, macro = f"{name}_eml", f"{name.upper()}_EML"
    kind, suffix = C_TYPES[model.input_dtype.name]
    declared, answer = "", "use(emlrt_stream_scores(&stream));"
    if hasattr(model, "classes_"):
        declared = f"\n    uint32_t y[{macro}_OUTPUTS];"
        call = f"emlrt_stream_classify(&stream, y, {macro}_OUTPUTS)"
        answer = f"if ({call} == EMLRT_OK) use(y);"
    return f"""\
#include <emlrt/stream.h>
#include "{include}"

static const emlrt_op *const ops[] = {macro}_OPS;
static emlrt_stream stream;
static EMLRT_SCRATCH(memory, {macro}_STREAM);

emlrt_status setup(void) {{
  return emlrt_stream_open(&stream, {array}, {macro}_SIZE, ops, 0, memory,
                           sizeof memory);
}}
emlrt_status take(const {kind} *samples, size_t n) {{
  while (n != 0) {{
    size_t used;{declared}
    emlrt_status status = emlrt_stream_push_{suffix}(&stream, samples, n, &used);
    if (status != EMLRT_OK) return status;
    if (emlrt_stream_ready(&stream)) {{
      {answer}
    }}
    samples += used;
    n -= used;
  }}
  return EMLRT_OK;
}}
"""


def prepared_usage(model: Model, name: str, include: str) -> str:
    """C code that predicts one input by constants, without emlrt_open: see `usage`."""
    macro = f"{name.upper()}_EML"
    before, after = usage(model, name, include).split("static const emlrt_op")
    after = after[after.index("static EMLRT_SCRATCH") :]
    scratch, predict = after.split("emlrt_status setup", 1)
    predict = predict[predict.index("emlrt_status predict") :]
    predict = predict.replace("return emlrt_", "return emlrt_prepared_")
    return f"""\
#include <emlrt/prepared.h>
{before}\
static const emlrt_prepared_stage stages[] = {macro}_PREPARED_STAGES;
static const emlrt_prepared model = {macro}_PREPARED(stages);
{scratch}{predict}"""


def _comment(text: str) -> str:
    """Text that cannot end a comment, nor hide anything in it."""
    return shown(text).replace("*/", "* /").replace("/*", "/ *")


def _words(texts: Sequence[str]) -> Iterator[str]:
    """A part of an identifier for each text, all different."""
    used: set[str] = set()
    for i, text in enumerate(texts):
        word = re.sub(r"^-(?=\d)", "MINUS_", text)
        word = re.sub(r"\W+", "_", word, flags=re.ASCII).strip("_").upper()
        while not word or word in used:
            word = f"{word}_{i}".strip("_")
        used.add(word)
        yield word


def _enum(about: str, prefix: str, texts: Sequence[str]) -> Iterator[str]:
    """An enum of indices, each named after its text, which follows it; none of no
    texts."""
    if not texts:
        return
    yield f"/* {about} */"
    yield "enum {"
    for i, (word, text) in enumerate(zip(_words(texts), texts, strict=True)):
        comma = "," if i + 1 < len(texts) else ""
        yield f"  {prefix}_{word} = {i}{comma} /* {_comment(text)} */"
    yield "};"


def _enums(model: Model, macro: str, classify: str) -> Iterator[str]:
    """classify: the function whose answers the classes are."""
    metadata = model.program.metadata
    one = len(metadata.classes) == 1
    for k, classes in enumerate(metadata.classes):
        about = f"What {classify} answers" + (":" if one else f", output {k}:")
        prefix = f"{macro}_CLASS" if one else f"{macro}_CLASS{k}"
        yield from _enum(about, prefix, list(map(str, classes.tolist())))
    if metadata.features:
        yield from _enum("Elements of x:", f"{macro}_FEATURE", metadata.features)
    for k, values in model.categories.items():
        if are_codes(values):
            continue
        about = f"Codes of x[{k}], which are categories:"
        yield from _enum(about, f"{macro}_X{k}", list(map(str, values)))
    if metadata.outputs:
        yield from _enum("Outputs:", f"{macro}_OUTPUT", metadata.outputs)


def _top(model: Model, name: str) -> Iterator[str]:
    kind = model.estimator_type.replace("_", " ")
    article = "An" if kind[0] in "aeio" else "A"
    yield "/* Made by `emlrt embed`; change the model, not this file."
    yield " *"
    yield f" * {article} {kind} of {model.nbytes} bytes."
    if model.note:
        yield f" * {_comment(model.note)}"
    hint = hints.of_labels(model)
    if hint:
        yield " *"
        yield from (f" * {line}" for line in wrap(f"In Python {hint}.", 76))
    if model.inputs is not None:
        yield " *"
        yield " * x is made of raw numbers r, each an int64_t or a double:"
        for line in model.inputs.lines(model.program.metadata.features):
            yield f" *   {_comment(line.replace('/* ', '-- ').replace(' */', ''))}"
    yield " *"
    shown = stream_usage if model.program.metadata.window else usage
    for line in shown(model, name, "this file").rstrip().splitlines():
        yield f" *   {line}".rstrip()
    yield " */"


def _union(model: Model, name: str) -> Iterator[str]:
    """The array's type: bytes, so that byte order does not matter, aligned as
    emlrt_open wants it. On AVR no type is aligned; there it takes an attribute."""
    macro, array = f"{name.upper()}_EML", f"{name}_eml"
    if model.nbytes > _AVR_OBJECT_MAX:
        yield "#if defined(__AVR__)"
        yield f'#error "{array} exceeds an array of avr-gcc: flash the .eml itself"'
        yield "#endif"
    yield "#if defined(__GNUC__)"
    yield f"#define {macro}_ALIGNED __attribute__((aligned(4)))"
    yield "#else"
    yield f"#define {macro}_ALIGNED"
    yield "#endif"
    yield f"union {array}_union {{"
    yield f"  uint8_t octets[{macro}_SIZE];"
    yield "  uint32_t aligned;"
    yield "};"


def _address(name: str) -> Iterator[str]:
    yield "/* The blob's address, as emlrt_open takes it. */"
    yield "#if defined(__AVR__) && defined(EMLRT_PORT_FAR)"
    yield f"#define {name}_eml pgm_get_far_address({name}_eml_rom)"
    yield "#else"
    yield f"#define {name}_eml ({name}_eml_rom.octets)"
    yield "#endif"


def _prepared(model: Model, name: str) -> Iterator[str]:
    """Macros of the constants for a prepared call."""
    found = prepared.macros(model.program, f"{name}_eml_rom.octets")
    yield "/* Without emlrt_open: these constants and the blob are trusted as code is."
    yield " *"
    for line in prepared_usage(model, name, "this file").rstrip().splitlines():
        yield f" *   {line}".rstrip()
    yield " */"
    yield "#if !defined(EMLRT_PORT_FAR) /* a far address is no constant */"
    yield from (f"#define {name.upper()}_EML_{key} {v}" for key, v in found.items())
    yield "#endif"


def _variable(name: str) -> str:
    attributes = f"{name.upper()}_EML_ALIGNED EMLRT_PROGMEM"
    return f"const union {name}_eml_union {name}_eml_rom {attributes}"


def _array(model: Model, name: str) -> Iterator[str]:
    """The initialised variable, to which a storage class may be put in front."""
    yield f"{_variable(name)} = {{{{"
    blob = bytes(model)
    for at in range(0, len(blob), 12):
        yield "  " + ", ".join(f"0x{byte:02x}" for byte in blob[at : at + 12]) + ","
    yield "}};"


def _extern(name: str) -> Iterator[str]:
    yield "#if defined(__cplusplus)"
    yield 'extern "C" {'
    yield "#endif"
    yield f"extern {_variable(name)};"
    yield "#if defined(__cplusplus)"
    yield "}"
    yield "#endif"


def header(model: Model, name: str, *, extern: bool = False) -> str:
    """A C99 and C++11 header with the blob, called <name>_eml, and its macros.

    extern: declare the array only, for `source` to define. Without it every
    file that includes the header has an array of its own.
    """
    macro = f"{name.upper()}_EML"
    array = _extern(name) if extern else _static(model, name)
    lines = [
        *_top(model, name),
        f"#ifndef {macro}_H",
        f"#define {macro}_H",
        "",
        "#if !defined(EMLRT_EMLRT_H) /* emlrt_amalgamated.h defines it, too */",
        "#include <emlrt/emlrt.h>",
        "#endif",
        "",
        *(f"#define {key} {text}" for key, text in macros(model, name).items()),
        "",
        *_enums(model, macro, "emlrt_classify"),
        "",
        *_union(model, name),
        *array,
        *_address(name),
        "",
        *(() if model.state_bytes else _prepared(model, name)),
        "",
        "#endif",
    ]
    return "\n".join(lines) + "\n"


def _static(model: Model, name: str) -> Iterator[str]:
    first, *rest = _array(model, name)
    yield f"static {first}"
    yield from rest


def source(model: Model, name: str, include: str) -> str:
    """The C file that defines the array of a header made with extern=True.

    include: the header's name, as the file includes it.
    """
    lines = ["/* Made by `emlrt embed`; change the model, not this file. */"]
    lines += [f'#include "{include}"', "", *_array(model, name)]
    return "\n".join(lines) + "\n"


def _code_top(model: Model, code: generate.Code, name: str) -> Iterator[str]:
    kind = model.estimator_type.replace("_", " ")
    yield "/* Made by `emlrt embed --code`; change the model, not this file."
    yield " *"
    yield f" * A {kind} as code: {name}, {model.nbytes} bytes as a blob."
    if model.note:
        yield f" * {_comment(model.note)}"
    if code.runtime:
        yield " * Compile it with the runtime of emlrt, whose ops it calls."
    else:
        yield " * It needs nothing else: no file of the runtime."
    yield " */"


def code(model: Model, name: str, *, extern: bool = False) -> str:
    """A C99 and C++11 header with the model as code, whose names start with <name>_.

    <name>_scores gives the scores of emlrt_run, bit for bit; <name>_classify and
    <name>_proba classes and probabilities, where the model has them. extern: declare
    them only, for `code_source` to define. ValueError if the name is no C identifier,
    or `emlrt`, whose macros are the runtime's.
    """
    if name != identifier(name):
        raise ValueError(f"name={name!r} is no C identifier")
    if is_taken(name):
        raise ValueError(f"name={name!r} is the runtime's own; choose another")
    made, macro = generate.generate(model.program), f"{name.upper()}_CODE"
    lines = generate.head(made)
    if extern:
        body = list(generate.prototypes(made))
    else:
        body = [*made.body, *generate.functions(made, "@INLINE ")]
    top = [
        *_code_top(model, made, name),
        f"#ifndef {macro}_H",
        f"#define {macro}_H",
        "",
    ]
    enums = ["", *_enums(model, macro, f"{name}_classify"), ""]
    parts = (
        "\n".join(top) + "\n",
        generate.named(name, lines),
        "\n".join(enums) + "\n",
        generate.named(name, body),
        "\n#endif\n",
    )
    return "".join(parts)


def code_source(model: Model, name: str, include: str) -> str:
    """The C file that defines the functions of a header made with extern=True.

    include: the header's name, as the file includes it.
    """
    made = generate.generate(model.program)
    top = ["/* Made by `emlrt embed --code`; change the model, not this file. */"]
    top += [f'#include "{include}"', ""]
    body = [*made.body, *generate.functions(made, "")]
    return "\n".join(top) + "\n" + generate.named(name, body)
