# SPDX-License-Identifier: MIT
"""Stages that stay ops of the runtime: their payloads in flash, and calls."""

from __future__ import annotations

from emlrt._native import lib
from emlrt.blob import Span
from emlrt.generate.plan import Step
from emlrt.generate.stages import Text, wrapped


def address(span: Span) -> str:
    """C text of a span's address."""
    base = {
        lib.EMLRT_SPACE_INPUT: "(const uint8_t *)(const void *)x",
        lib.EMLRT_SPACE_ARENA: "(uint8_t *)scratch",
        lib.EMLRT_SPACE_OUTPUT: "(uint8_t *)(void *)y",
    }[span.space]
    return f"{base} + {span.offset}" if span.offset else base


def add_payload(text: Text, step: Step) -> None:
    """The payload as bytes, aligned as a blob is."""
    data, name = step.stage.payload, f"@p{step.index}"
    text.need("RUN")
    text.tables += len(data)
    if not data:
        return
    text.data += [
        f"static const union {name}_union {{",
        f"  uint8_t bytes[{len(data)}];",
        "  uint32_t aligned;",
        f"}} {name} @ALIGNED EMLRT_PROGMEM = {{{{",
        *wrapped(map(str, data)),
        "}};",
    ]


def call(step: Step) -> str:
    """The statement that runs the op."""
    stage = step.stage
    data = f"@ROM(@p{step.index})" if stage.payload else "EMLRT_ROM_NULL"
    return (
        f"  @run(&emlrt_op_{stage.name}, {data}, {len(stage.payload)}u,"
        f" {address(stage.source)}, {stage.source.count}u,"
        f" {address(stage.target)}, {stage.target.count}u);"
    )
