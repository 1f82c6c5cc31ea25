# SPDX-License-Identifier: MIT
"""The package's modules: imports go one way, and folders stand on floors."""

import ast
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "src"
#: Folders and modules from the ground up: each imports from its own floor, within one
#: folder, or from floors below.
LIBRARIES = [
    f"convert/{name}" for name in ("xgboost", "lightgbm", "catboost", "treelite")
]
FLOORS = (
    ("errors", "texts", "immutable", "validation", "thresholds", "sources", "files"),
    ("jobs", "checksum", "later", "boards", "progress", "plotting"),
    ("native", "dtypes", "allowance", "reading", "inputs", "amalgamate", "_ffi_build"),
    ("metadata", "column_texts"),
    ("categories", "known_values", "kinds", "channel_names", "blob"),
    ("limits",),
    ("inspect",),
    ("parts",),
    ("methods", "check"),
    ("convert/readers", "convert/rounding"),
    ("convert/ir",),
    ("convert/trees", "convert/numeric"),
    ("convert/unknown", "convert/builder", "option_signature"),
    ("convert/registered",),
    ("convert/sklearn", "convert/keras", "convert/onnx", *LIBRARIES),
    ("convert/signal",),
    ("convert/detect",),
    ("constructors", "trace_text"),
    ("tracing", "hints"),
    ("conditional", "notebook"),
    ("emulate",),
    ("estimate",),
    ("verdict",),
    ("model", "generate", "prepared"),
    ("embed", "stream", "conversion"),
    ("metrics",),
    ("deployed",),
    ("signal", "exports", "compat"),
    ("cli",),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def is_for_types(node: ast.AST) -> bool:
    """Whether a statement is `if TYPE_CHECKING`."""
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def statements(node: ast.AST) -> list[ast.AST]:
    """All nodes below, but for those that only type checkers see."""
    found = []
    for child in ast.iter_child_nodes(node):
        if not is_for_types(child):
            found += [child, *statements(child)]
    return found


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in sorted((ROOT / "emlrt").rglob("*.py"))}


def imports_of(path: Path) -> set[str]:
    """Modules of the package that a module imports, at its top or in a function."""
    found = set()
    for node in statements(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{name.name}" for name in node.names}
            found |= names & MODULES.keys() or {node.module}
    return found & MODULES.keys()


IMPORTS = {name: imports_of(path) for name, path in MODULES.items()}


def room_of(module: str) -> str:
    """The folder, or the single module, that a module stands in."""
    parts = module.split(".")[1:]
    depth = 2 if parts[:1] == ["convert"] else 1
    return "/".join(parts[:depth])


def test_every_module_has_a_floor():
    rooms = {room_of(name) for name in MODULES} - {"", "convert", "__main__"}
    assert rooms == FLOOR_OF.keys()


def test_no_circle():
    try:
        list(TopologicalSorter(IMPORTS).static_order())
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_no_import_goes_up_or_sideways():
    wrong = [
        f"{name} imports {other}"
        for name, others in IMPORTS.items()
        for other in others
        if room_of(name) in FLOOR_OF and room_of(other) in FLOOR_OF
        if room_of(name) != room_of(other)
        if FLOOR_OF[room_of(other)] >= FLOOR_OF[room_of(name)]
    ]
    assert not wrong


def test_folders_have_no_circle():
    arrows = defaultdict(set)
    for name, others in IMPORTS.items():
        arrows[room_of(name)] |= {room_of(other) for other in others} - {room_of(name)}
    try:
        list(TopologicalSorter(arrows).static_order())
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))
