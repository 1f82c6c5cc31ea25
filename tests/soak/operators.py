# SPDX-License-Identifier: MIT
"""Mutants of the runtime's checks: what one slip of the pen would make of them.

The C of the checks is parsed with tree-sitter. Each mutant replaces a few octets
of one file; `selectable` writes a file anew with all of its mutants in it, of
which a variable chooses one when the program runs (soak/mutants.h), so that all
are compiled at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain
from pathlib import Path

import tree_sitter_c
from tree_sitter import Language, Node, Parser

#: What the parser cannot know: attributes, and names that a macro makes.
ATTRIBUTES = ("EMLRT_INLINE", "EMLRT_WRAPS", "EMLRT_NOINLINE", "EMLRT_PROGMEM")
#: Functions whose work is to refuse, by parts of their names. What they call is
#: added to them, and so is each function that gives a status, with what it asks.
CHECKS = ("_check", "_ok", "_open", "_verify", "_leaves", "_peek", "EMLRT_READER")
#: Runs that have a bound of their own.
RUNS = ("emlrt_run_argmax", "emlrt_n_classes")
#: Arithmetic that a check does by way of a trial: tests/c/soft.c compares it with
#: the processor's, and it is no part of most builds.
ARITHMETIC = ("emlrt_mul",)
COMPARISONS = ("<", "<=", "==", "!=", ">", ">=")
SWAPS = {"+": "-", "-": "+", "<<": ">>", ">>": "<<", "&": "|", "|": "&"}
#: Nothing is more than these: clang would work out one more wherever they stand.
LAST = ("UINT32_MAX", "EMLRT_FLOW_NONE", "NOWHERE")
#: Calls of these are constants.
CONSTANTS = ("UINT32_C", "UINT64_C", "INT32_C", "EMLRT_OCTETS")


@dataclass(frozen=True)
class Mutant:
    """Replaces octets `start` to `end` of a file, which are `old`, by `new`."""

    file: str
    function: str
    line: int
    column: int
    start: int
    end: int
    old: str
    new: str
    #: The line it begins in, for those who read a report.
    context: str = field(compare=False)
    #: How many mutants of the same place come before it.
    nth: int = field(compare=False)

    @property
    def key(self) -> str:
        """What it is, wherever in its function it stands."""
        return f"{self.file} {self.function}: `{self.old}` -> `{self.new}`"

    @property
    def name(self) -> str:
        """Its place, and what is put there."""
        return f"{self.file}:{self.line}:{self.column}:{self.new}"

    def apply(self, text: bytes) -> bytes:
        return text[: self.start] + self.new.encode() + text[self.end :]


@dataclass
class Site:
    """A node, what may stand there instead, and how C chooses among them."""

    node: Node
    choices: list[str]
    #: "value", "compare", "swap", "operands" or "statement".
    kind: str


@cache
def parser() -> Parser:
    return Parser(Language(tree_sitter_c.language()))


def text_of(node: Node) -> str:
    return (node.text or b"").decode()


def blanked(text: bytes) -> bytes:
    """The same length of C, without what the parser does not know."""
    for name in ATTRIBUTES:
        text = text.replace(name.encode(), b" " * len(name))
    head = b"EMLRT_CAT("
    while (at := text.find(head)) >= 0:
        end = text.index(b")", at) + 1
        name = text[at + len(head) : end].split(b",")[0]
        text = text[:at] + name.ljust(end - at) + text[end:]
    return text


def every(node: Node) -> Iterator[Node]:
    yield node
    for child in node.named_children:
        yield from every(child)


@dataclass(frozen=True)
class Function:
    name: str
    body: Node
    #: Whether it gives an int: yes or no.
    asked: bool

    @cached_property
    def names(self) -> set[str]:
        """What it mentions, and so all that it calls or hands on."""
        return {text_of(n) for n in every(self.body) if n.type == "identifier"}

    @property
    def refuses(self) -> bool:
        return any(name.startswith("EMLRT_ERR_") for name in self.names)


def functions(text: bytes) -> list[Function]:
    """Those of a file, in order."""
    found = []
    for node in every(parser().parse(blanked(text)).root_node):
        if node.type == "function_definition":
            declarator = node.child_by_field_name("declarator")
            while declarator is not None and declarator.type != "identifier":
                declarator = declarator.child_by_field_name("declarator")
            body, kind = map(node.child_by_field_name, ("body", "type"))
            if declarator is not None and body is not None and kind is not None:
                asked = text_of(kind) == "int"
                found.append(Function(text_of(declarator), body, asked))
    return found


def in_scope(files: dict[str, bytes]) -> dict[str, list[Function]]:
    """By file, all functions that check."""
    by_file = {file: functions(text) for file, text in files.items()}
    by_name: dict[str, list[Function]] = {}
    for function in chain(*by_file.values()):
        by_name.setdefault(function.name, []).append(function)
    known = {name for name, same in by_name.items() if any(f.refuses for f in same)}
    known |= {
        name
        for function in chain(*(by_name[name] for name in known))
        for name in function.names & set(by_name)
        if by_name[name][0].asked
    }
    todo = [name for name in by_name if any(part in name for part in CHECKS)]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in seen and name not in ARITHMETIC:
            seen.add(name)
            todo += set().union(*(f.names for f in by_name[name])) & set(by_name)
    known |= seen | set(RUNS)
    return {
        file: [f for f in found if f.name in known] for file, found in by_file.items()
    }


# --- What may be changed.


def is_constant(node: Node) -> bool:
    if node.type == "number_literal":
        return not text_of(node).endswith("f")
    if node.type == "call_expression":
        function = node.child_by_field_name("function")
        return function is not None and text_of(function) in CONSTANTS
    name = text_of(node)
    return (
        node.type == "identifier"
        and name.isupper()
        and not name.startswith(("EMLRT_ERR_", "EMLRT_OK", "NULL", "EMLRT_ROM_NULL"))
        and node.parent is not None
        and node.parent.type == "binary_expression"
    )


def is_zero(text: str) -> bool:
    return text.rstrip("uUlL") in ("0", "0x0")


def constants(node: Node) -> Site | None:
    """One more and one less, where that says something."""
    text, parent = text_of(node), node.parent
    if parent is not None and parent.type in ("array_declarator", "case_statement"):
        return None
    if parent is not None and parent.type == "return_statement":
        return Site(node, ["1"] if is_zero(text) else ["0"], "value")
    more = [] if text in LAST else [f"({text} + 1)"]
    less = [] if is_zero(text) else [f"({text} - 1)"]
    return Site(node, more + less, "value")


def statuses(node: Node) -> Site | None:
    text, parent = text_of(node), node.parent
    if parent is not None and parent.type == "binary_expression":
        return None
    other = "EMLRT_ERR_STAGE" if text == "EMLRT_ERR_HEADER" else "EMLRT_ERR_HEADER"
    return Site(node, ["EMLRT_OK", other], "value")


def operator_of(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return "" if operator is None else text_of(operator)


def sides(node: Node) -> tuple[Node, Node]:
    left, right = (node.child_by_field_name(side) for side in ("left", "right"))
    if left is None or right is None:
        raise ValueError(f"{text_of(node)!r} has no two sides")
    return left, right


def is_comparison(node: Node) -> bool:
    while node.type == "parenthesized_expression":
        node = node.named_children[0]
    return node.type == "binary_expression" and operator_of(node) in COMPARISONS


def binary(node: Node) -> Site | None:
    operator = operator_of(node)
    left, right = map(text_of, sides(node))
    if operator in COMPARISONS:
        choices = [f"{left} {o} {right}" for o in COMPARISONS if o != operator]
        return Site(node, [*choices, "0", "1"], "compare")
    if operator in SWAPS:
        return Site(node, [f"{left} {SWAPS[operator]} {right}"], "swap")
    if operator in ("&&", "||"):
        # An operand that is a comparison is dropped where that becomes constant.
        return Site(node, [right, left], "operands")
    return None


def statement(node: Node) -> Site | None:
    inner = node.named_children[0] if node.named_children else None
    if inner is None or inner.type not in (
        "assignment_expression",
        "update_expression",
        "call_expression",
    ):
        return None
    return Site(node, [";"], "statement")


def condition(node: Node) -> Site | None:
    """What an if, a loop or ?: asks, where no operator gives mutants of it."""
    while node.type == "parenthesized_expression":
        node = node.named_children[0]
    if node.type == "binary_expression" and (
        is_comparison(node) or operator_of(node) in ("&&", "||")
    ):
        return None
    return Site(node, ["0", "1"], "value")


def is_static(node: Node) -> bool:
    return any(
        child.type == "storage_class_specifier" and text_of(child) == "static"
        for child in node.children
    )


def sites_of(node: Node) -> Iterator[Site]:
    """The sites of a node itself, inner ones first."""
    site: Site | None = None
    if is_constant(node):
        site = constants(node)
    elif node.type == "identifier" and text_of(node).startswith("EMLRT_ERR_"):
        site = statuses(node)
    elif node.type == "binary_expression":
        site = binary(node)
    elif node.type == "expression_statement":
        site = statement(node)
    if site is not None:
        yield site
    parent = node.parent
    if parent is not None and parent.type.startswith(
        ("if_", "while_", "for_", "do_", "conditional_", "parenthesized")
    ):
        asked = parent
        while asked.type == "parenthesized_expression" and asked.parent is not None:
            asked, node_of = asked.parent, asked
            if asked.child_by_field_name("condition") == node_of:
                break
        else:
            node_of = node
        if asked.child_by_field_name("condition") == node_of and (
            node.type != "parenthesized_expression"
        ):
            site = condition(node)
            if site is not None and site.node == node:
                yield site


def inner(node: Node) -> list[Node]:
    """The children that are looked into."""
    if node.type in ("sizeof_expression", "type_descriptor", "comment"):
        return []
    if node.type == "declaration" and is_static(node):
        return []
    fixed = {"case_statement": "value"}
    if node.type.startswith("preproc_"):
        fixed[node.type] = "condition"
    left = node.child_by_field_name(fixed.get(node.type, "none"))
    return [child for child in node.named_children if child != left]


def walk(node: Node) -> Iterator[Site]:
    yield from sites_of(node)
    if not is_constant(node):
        for child in inner(node):
            yield from walk(child)


# --- All mutants of a file, one by one and all at once.


def mutants(file: str, text: bytes, bodies: list[Function]) -> list[Mutant]:
    found = []
    lines = text.split(b"\n")
    for function in bodies:
        for site in walk(function.body):
            node, (row, column) = site.node, site.node.start_point
            context = lines[row].decode().strip()
            for nth, choice in enumerate(only_here(site)):
                found.append(
                    Mutant(
                        file,
                        function.name,
                        row + 1,
                        column + 1,
                        node.start_byte,
                        node.end_byte,
                        " ".join(text_of(node).split()),
                        choice,
                        context,
                        0 if site.kind == "operands" else nth,
                    )
                )
    return found


def only_here(site: Site) -> list[str]:
    """The choices that are no other site's."""
    if site.kind != "operands":
        return site.choices
    return [
        choice
        for choice, dropped in zip(site.choices, sides(site.node), strict=True)
        if not is_comparison(dropped)
    ]


class Selectable:
    """A file's text with all of its mutants in it, numbered from `first` on."""

    def __init__(self, text: bytes, bodies: list[Function], first: int) -> None:
        self.text = text
        self.sites: dict[int, list[tuple[int, Site]]] = {}
        number = first
        for function in bodies:
            for site in walk(function.body):
                self.sites.setdefault(site.node.id, []).append((number, site))
                number += len(only_here(site))
        self.bodies = [function.body for function in bodies]

    def written(self) -> bytes:
        out, at = b"", 0
        for body in sorted(self.bodies, key=lambda b: b.start_byte):
            out += self.text[at : body.start_byte] + self._node(body).encode()
            at = body.end_byte
        return out + self.text[at:]

    def _node(self, node: Node) -> str:
        sites = self.sites.get(node.id, [])
        plain = ("value", "statement")
        shape = next((s for s in sites if s[1].kind not in plain), None)
        text = self._plain(node) if shape is None else self._operator(*shape)
        for number, site in sites:
            if site.kind == "value":
                for k, choice in enumerate(site.choices):
                    text = f"(MUTANT({number + k}) ? ({choice}) : ({text}))"
                text = f"(REACHED({number}), {text})"
            elif site.kind == "statement":
                text = f"{{ REACHED({number}); if (!MUTANT({number})) {{ {text} }} }}"
        return text

    def _plain(self, node: Node) -> str:
        out, at = "", node.start_byte
        for child in node.children:
            out += self.text[at : child.start_byte].decode() + self._node(child)
            at = child.end_byte
        return out + self.text[at : node.end_byte].decode()

    def _operator(self, number: int, site: Site) -> str:
        operator = operator_of(site.node)
        left, right = map(self._node, sides(site.node))
        if site.kind == "operands":
            return self._operands(number, site, left, right)
        a, b = f"a{number}", f"b{number}"
        other = f"{a} {operator} {b}"
        if site.kind == "compare":
            choices = [f"{a} {o} {b}" for o in COMPARISONS if o != operator]
            choices += ["0", "1"]
        else:
            choices = [f"{a} {SWAPS[operator]} {b}"]
        for k, choice in enumerate(choices):
            other = f"MUTANT({number + k}) ? {choice} : {other}"
        return (
            f"(__extension__({{ __auto_type {a} = ({left}); "
            f"__auto_type {b} = ({right}); REACHED({number}); {other}; }}))"
        )

    def _operands(self, number: int, site: Site, left: str, right: str) -> str:
        operator = operator_of(site.node)
        parts = []
        for text, dropped in zip((left, right), sides(site.node), strict=True):
            if is_comparison(dropped):
                parts.append(f"({text})")
                continue
            unless = (
                f"MUTANT({number}) ||"
                if operator == "&&"
                else (f"!MUTANT({number}) &&")
            )
            parts.append(f"(REACHED({number}), {unless} ({text}))")
            number += 1
        return f"({parts[0]} {operator} {parts[1]})"


#: What decides in c/host: who reads what, and what a forest is laid out as.
LAYOUTS = (
    *("flow.c", "host_layout.c", "forest_build.c", "forest_columns.c"),
    *("forest_leaves.c", "forest_nodes.c", "forest_records.c"),
)


def all_of(src: Path, names: tuple[str, ...]) -> dict[str, list[Function]]:
    """By file, every function."""
    return {name: functions(next(src.rglob(name)).read_bytes()) for name in names}


def all_mutants(
    src: Path, scope: dict[str, list[Function]] | None = None
) -> tuple[list[Mutant], dict[str, bytes]]:
    """Every mutant of a folder, and its files with all of theirs in them. scope: of
    these functions, not of those that check."""
    files = {p.name: p.read_bytes() for p in sorted(src.rglob("*.[ch]"))}
    found: list[Mutant] = []
    written = {}
    for file, bodies in (scope or in_scope(files)).items():
        selectable = Selectable(files[file], bodies, len(found))
        found += mutants(file, files[file], bodies)
        written[file] = selectable.written()
    return found, written
