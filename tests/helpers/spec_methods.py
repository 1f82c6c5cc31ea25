# SPDX-License-Identifier: MIT
"""Results of a blob's methods, written from section 9 of SPEC.md alone."""

import math
import re
from collections.abc import Callable

import spec_ops
from c.op_codes import OP
from spec_ops.f32 import div, rounded, sub
from spec_reader import Blob

Row = list[float]
VOTES, LOGITS, LOGISTIC, SHARES, INLIERS = 0x26, 0x3E, 0x4E, 0x6E, 0x8E
OPS = spec_ops.load()
SOFTMAX, SIGMOID, LOGSUMEXP = OP["softmax"], OP["logistic"], OP["logsumexp"]
#: Below minus this, `logshares` takes logarithms for twice as much.
LOWEST = 709.782712893384


def texts(blob: Blob) -> list[str]:
    """Methods and, in front, the kind of the model; none if the blob has none."""
    found = blob.texts(6) if 6 in blob.sections() else []
    return [text for text in found if not re.match("[a-z]+:", text)]


def methods(blob: Blob) -> dict[str, str]:
    """How each method's result follows, by its name."""
    return dict(text.split("=", 1) for text in texts(blob)[1:])


def log(v: float) -> float:
    if v == 0:
        return -math.inf
    return math.log(v) if v > 0 else math.nan


def log_logistic(v: float) -> float:
    """The logarithm of 1 / (1 + exp(-v))."""
    if math.isnan(v):
        return v
    return v - math.log1p(math.exp(v)) if v < 0 else -math.log1p(math.exp(-v))


def log_softmax(row: Row) -> Row:
    if not all(map(math.isfinite, row)):
        return [math.nan] * len(row)
    top = max(row)
    total = math.fsum(math.exp(v - top) for v in row)
    return [v - top - math.log(total) for v in row]


def log_shares(row: Row) -> Row:
    logs = [log_logistic(v) for v in row]
    return log_softmax([-2 * LOWEST if one < -LOWEST else one for one in logs])


def logsumexp(row: Row) -> Row:
    return OPS[LOGSUMEXP](b"", [rounded(v) for v in row], 1)


#: Changes of a row, by their words.
CHANGES: dict[str, Callable[[Row], Row]] = {
    "negate": lambda row: [-v for v in row],
    "root": lambda row: [math.sqrt(v) if v >= 0 else math.nan for v in row],
    "log": lambda row: [log(v) for v in row],
    "int": lambda row: [math.trunc(v) for v in row],
    "difference": lambda row: [row[1] - row[0]],
    "logsum": logsumexp,
    "logsoftmax": log_softmax,
    "logshares": log_shares,
    "logeach": lambda row: [log_logistic(v) for v in row],
    "loglogistic": lambda row: [log_logistic(-row[0]), log_logistic(row[0])],
    "common": lambda row: [v + row[-1] for v in row[:-1]],
    "columns": lambda row: row,
    "list": lambda row: row,
    "labels": lambda row: row,
}
TYPES: dict[str, Callable[[float], float]] = {
    "bool": bool,
    "int32": int,
    "float64": float,
}


def changed(row: Row, change: str) -> Row:
    word, _, operand = change.partition(":")
    if word == "plus":
        return [v + float(operand) for v in row]
    if word == "times":
        return [v * float(operand) for v in row]
    if word == "as":
        return [TYPES[operand](v) for v in row]
    return CHANGES[word](row)


def parts(blob: Blob, scores: Row) -> list[Row]:
    """The scores of each output."""
    found, at = [], 0
    for size in blob.groups:
        found.append(list(scores[at : at + size]))
        at += size
    return found


def proba(blob: Blob, part: Row) -> Row:
    """Section 8: probabilities of one output."""
    kind = blob.header.output
    if kind == VOTES:
        total = rounded(float(blob.header.vote_total))
        return [div(rounded(float(v)), total) for v in part]
    if kind == LOGITS:
        return OPS[SOFTMAX](b"", part, len(part))
    if kind == LOGISTIC:
        (p,) = OPS[SIGMOID](b"", part, 1)
        return [sub(1.0, p), p]
    assert kind == SHARES
    return part


def probabilities(blob: Blob, scores: Row, changes: list[str]) -> list[Row]:
    """Rows of each output, after the changes."""
    kind, found = blob.header.output, []
    for part in parts(blob, scores):
        left = list(changes)
        if "log" in left and kind in (LOGITS, LOGISTIC):
            left.remove("log")
            pair = kind == LOGISTIC
            row = CHANGES["loglogistic" if pair else "logsoftmax"](part)
        else:
            row = proba(blob, part)
        for change in left:
            row = changed(row, change)
        found.append(row)
    return found


LABELS: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("i", "u", "O:int"), int),
    **dict.fromkeys(("f", "O:float"), float),
    **dict.fromkeys(("b", "O:bool"), lambda text: text == "True"),
    **dict.fromkeys(("U", "O"), str),
}


def labels(blob: Blob) -> list[list[object]]:
    """Class labels of each output, from n_outputs + n_classes texts, or by default."""
    if 1 not in blob.sections():
        inliers = blob.header.output == INLIERS
        return [[-1, 1] if inliers else list(range(n)) for n in blob.class_counts]
    found, rest = [], blob.texts(1)
    for count in blob.class_counts:
        kind = re.sub("[0-9]+", "", rest[0][1:])
        found.append([LABELS[kind](text) for text in rest[1 : 1 + count]])
        rest = rest[1 + count :]
    assert rest == []
    return found


def result(blob: Blob, how: str, x: Row) -> list[object]:
    """What a method gives for a row, in one list. Not of `nearest`."""
    source, *changes = how.split("|")
    if source == "class":
        found = zip(labels(blob), blob.answers(x), strict=True)
        picked = [names[index] for names, index in found]
        for change in changes:
            picked = changed(picked, change)
        return picked
    scores = list(blob.scores(x))
    if source in ("proba", "p1"):
        rows = probabilities(blob, scores, changes)
        return [v for row in rows for v in (row if source == "proba" else row[1:2])]
    if source == "scores":
        row = scores[: sum(blob.groups)]
    else:
        a, b = re.fullmatch(r"scores\[(\d+):(\d+)\]", source).groups()
        row = scores[int(a) : int(b)]
    if "list" in changes:
        counts = [
            (n, sum(blob.class_counts[:k])) for k, n in enumerate(blob.class_counts)
        ]
        rows = [row[at : at + n] for n, at in counts]
        assert sum(map(len, rows)) == len(row)
    else:
        rows = [row]
    for change in changes:
        rows = [changed(one, change) for one in rows]
    return [v for one in rows for v in one]
