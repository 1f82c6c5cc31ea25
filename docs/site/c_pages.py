# SPDX-License-Identifier: MIT
"""Pages of the C interface in reStructuredText, from the comments of its headers.

A comment describes the declarations that follow it without an empty line; one at the
end of a line describes that field, constant or macro.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tree_sitter import Language, Node, Parser

#: The headers that have pages, and what the pages are called.
HEADERS = {
    "emlrt": "Models",
    "stream": "Streams",
    "prepared": "Prepared calls",
    "signal": "Signal kernels",
}
#: What stands in front of declarations, and says nothing of a call.
_MARKS = r"\b(?:EMLRT_CHECK_RESULT|EMLRT_INLINE)\b|#ifdef __cplusplus\n.*?#endif"
_NAME = re.compile(r"(?<![\w/])(emlrt_[a-z]\w*)\b(?![\w*]|\.h)")
_KINDS = {
    "declaration": "function",
    "function_definition": "function",
    "type_definition": "type",
    "struct_specifier": "struct",
    "preproc_def": "macro",
    "preproc_function_def": "macro",
}


@dataclass
class _Group:
    """A comment, and the declarations that it describes."""

    comment: str
    nodes: list[Node] = field(default_factory=list)
    end: int = 0  # the line of the last of them


@cache
def _parser() -> Parser:
    import tree_sitter_c

    return Parser(Language(tree_sitter_c.language()))


def _text(node: Node | None) -> str:
    return (node.text or b"").decode() if node else ""


def _line(text: str) -> str:
    """A piece of C on one line."""
    found = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    return found.replace("( ", "(").strip().rstrip(";").strip()


def _expanded(text: str) -> str:
    """Without macros that are defined, called and undefined: what they make instead."""
    pattern = (
        r"#define (\w+)\(([\w, ]+)\) *((?:.*\\\n)+.*\n)((?:\1\(.*\)\n)+)#undef \1\n"
    )

    def made(found: re.Match[str]) -> str:
        name, names, body, calls = found.groups()
        out = ""
        for call in re.findall(rf"{name}\((.*)\)", calls):
            one = body.replace("\\\n", "\n")
            for old, new in zip(names.split(", "), call.split(", "), strict=True):
                one = re.sub(rf"##{old}\b|\b{old}\b", new, one)
            out += re.sub(r"\n\s*\n", "\n", one.strip()) + "\n"
        return out

    return re.sub(pattern, made, text)


def _nodes(parent: Node) -> Iterator[Node]:
    """Comments and declarations, in order, whatever conditions they stand in."""
    for node in parent.named_children:
        if node.type in ("preproc_ifdef", "preproc_if", "preproc_else"):
            yield from _nodes(node)
        elif node.type == "comment" or node.type in _KINDS:
            yield node


def _end(node: Node) -> int:
    """The line on which a node ends; a directive's newline is its own."""
    row, column = node.end_point
    return row - (column == 0)


def _groups(root: Node) -> list[_Group]:
    found = [_Group("")]
    for node in _nodes(root):
        last, start = found[-1], node.start_point[0]
        if node.type != "comment":
            if start > last.end + 1 or not (last.comment or last.nodes):
                found.append(_Group(""))
            found[-1].nodes.append(node)
        elif start == last.end and last.nodes:
            last.comment += _text(node)
        else:
            found.append(_Group(_text(node)))
        found[-1].end = _end(node)
    return found[1:]


def _prose(line: str) -> str:
    """A line of a comment, with names of functions and structures as links."""
    parts = re.split(r"(`[^`]*`)", line)
    return "".join(
        f"`{part}`" if part.startswith("`") else _linked(part) for part in parts
    )


def _linked(text: str) -> str:
    words = _NAME.split(text)  # every other one is a name
    words[::2] = [re.sub(r"([*|\\]|_(?!\w))", r"\\\1", word) for word in words[::2]]
    words[1::2] = [f":c:expr:`{name}`" for name in words[1::2]]
    return "".join(words)


def _lines(comment: str) -> list[str]:
    """What a comment says, without what makes it a comment."""
    body = re.sub(r"^/\*|\*/$", "", comment.strip())
    lines = [re.sub(r"^\s*\* ?", "", line).rstrip() for line in body.splitlines()]
    return [line.strip() for line in lines[:1]] + lines[1:]


def _paragraphs(comment: str) -> Iterator[str]:
    """Lines of reStructuredText; what a comment has indented is code."""
    listed = code = False
    for line in _lines(comment):
        deep = line.startswith("  ")
        if line.startswith("- ") and not listed:
            yield ""
        listed = line.startswith("- ") or (listed and (deep or not line))
        if deep and not listed and not code:
            yield from ("", ".. code-block:: c", "   :force:", "")
        elif code and line and not deep:
            yield ""
        code = (deep and not listed) or (code and not line)
        yield f" {line}" if code and line else _prose(line)


def _field_lines(body: Node | None) -> Iterator[str]:
    """Fields and constants of a structure or an enumeration, with their comments."""
    last: list[str] = []
    for node in body.named_children if body else []:
        if node.type == "comment" and last:
            text = " ".join(line.strip() for line in _lines(_text(node)))
            last.append("      " + _prose(text.strip()))
        else:
            yield from last
            last = []
        if node.type in ("field_declaration", "enumerator"):
            kind = "member" if node.type == "field_declaration" else "enumerator"
            last = ["", f"   .. c:{kind}:: {_line(_text(node))}", ""]
    yield from last


def _signature(node: Node) -> tuple[str, str, Node | None]:
    """Directive, its argument, and the body of a structure that has public fields."""
    kind, text = _KINDS[node.type], _text(node)
    inner = node.child_by_field_name("type") or node
    if inner.type in ("struct_specifier", "enum_specifier"):
        kind = "struct" if inner.type == "struct_specifier" else "enum"
        name = _text(inner.child_by_field_name("name"))
        return kind, name, inner.child_by_field_name("body")
    if kind == "macro":
        parameters = _text(node.child_by_field_name("parameters"))
        return kind, _text(node.child_by_field_name("name")) + parameters, None
    if kind == "type":
        return kind, _line(text).removeprefix("typedef "), None
    body = _text(node.child_by_field_name("body"))
    return kind, _line(text.removesuffix(body)), None


def _shown(group: _Group) -> Iterator[str]:
    """The directives of a group; the first has the text."""
    found = [_signature(node) for node in group.nodes]
    private = "rivate" in group.comment
    text = list(_paragraphs(group.comment))
    for kind in sorted({kind for kind, _, _ in found}):  # functions before macros
        some = [(name, body) for of, name, body in found if of == kind]
        head = f".. c:{kind}:: "
        names = ("\n" + " " * len(head)).join(dict.fromkeys(name for name, _ in some))
        yield from ("", head + names, "")
        yield from (f"   {line}" if line else "" for line in text)
        text = []
        if not private:
            yield from _field_lines(some[0][1])


def _is_shown(node: Node, comment: str) -> bool:
    """Not lists of variables, structures before they are defined, and macros that
    nothing is said of."""
    if node.type == "declaration":
        return "(" in _text(node)
    if node.type == "struct_specifier":
        return node.child_by_field_name("body") is not None
    return bool(comment) or "enum" in _text(node)


def page(header: Path) -> str:
    """The page of a header, with what its first comment says on top."""
    source = _expanded(header.read_text(encoding="utf-8"))
    source = re.sub(_MARKS, "", source, flags=re.DOTALL)
    first, *groups = _groups(_parser().parse(source.encode()).root_node)
    title = HEADERS[header.stem]
    about = first.comment.replace("SPDX-License-Identifier: MIT\n *", "")
    lines = [title, "=" * len(title), "", f"``#include <emlrt/{header.name}>``", ""]
    lines += _paragraphs(about)
    seen: set[tuple[str, str]] = set()
    for group in groups:
        if not group.nodes:
            lines += ["", *_paragraphs(group.comment)]
        shown = [node for node in group.nodes if _is_shown(node, group.comment)]
        group.nodes = [node for node in shown if _signature(node)[:2] not in seen]
        seen |= {_signature(node)[:2] for node in group.nodes}
        lines += _shown(group) if group.nodes else []
    return "\n".join(lines) + "\n"
