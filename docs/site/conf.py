# SPDX-License-Identifier: MIT
"""Settings of the site for Sphinx, which docs/site/build.py runs."""

import re
from pathlib import Path

from sphinx.application import Sphinx

import emlrt

project = "emlrt"
author = "the authors of emlrt"
project_copyright = author
version = release = emlrt.__version__
root_doc = "index"
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
exclude_patterns = ["examples/**", "gallery/*.ipynb", "gallery/*.py", "gallery/*.md5"]
templates_path = [str(Path(__file__).parent / "templates")]
default_role = "py:obj"  # `Model` in a docstring is a link, and else code
highlight_language = "none"
extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_gallery.gen_gallery",
]

myst_heading_anchors = 5
myst_links_external_new_tab = False
autodoc_typehints = "none"  # docstrings have the types in words
toc_object_entries_show_parents = "hide"
autodoc_member_order = "bysource"
autosummary_generate = True
autosummary_ignore_module_all = False
numpydoc_show_class_members = False
maximum_signature_line_length = 88

sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "gallery",
    "within_subsection_order": "gallery_order.Order",
    "filename_pattern": r"plot_",
    "abort_on_example_error": True,
    "reset_modules": ("matplotlib",),
    "write_computation_times": False,
    "show_memory": False,
    "remove_config_comments": True,
    "download_all_examples": False,
    "show_signature": False,
    "plot_gallery": "True",
}

html_theme = "pydata_sphinx_theme"
html_title = "emlrt"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "navigation_with_keys": False,
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "header_links_before_dropdown": 6,
}


def _table(rows: list[str]) -> list[str]:
    """A table of Markdown as reStructuredText has it."""
    cells = [re.split(r" *\| *", row.strip().strip("|").strip()) for row in rows]
    out = [".. list-table::", "   :header-rows: 1", ""]
    for row in cells[:1] + cells[2:]:
        marks = ["   * -", *["     -"] * (len(row) - 1)]
        out += [f"{mark} {cell}" for mark, cell in zip(marks, row, strict=True)]
    return [*out, ""]


def _plain(
    app: object, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Docstrings have tables as Markdown has them; in them |x| is an absolute value,
    and classes_ is a name."""
    out: list[str] = []
    rows: list[str] = []
    for line in [*lines, ""]:
        if line.startswith("|"):
            rows.append(line)
            continue
        out += _table(rows) if rows else []
        rows = []
        parts = line.split("`")
        parts[::2] = [re.sub(r"\||(?<=\w)_(?!\w)", r"\\\g<0>", p) for p in parts[::2]]
        out.append("`".join(parts))
    lines[:] = out


#: What blocks have for the converter, not for those who use them.
_INNER = {
    *("channels", "check_parameters", "count_of", "divides", "framing", "front_fault"),
    *("in_frames", "in_stream", "listed", "not_alone", "one_to_one", "signal_out"),
    "taper_of",
}


def _skip(
    app: object, what: str, name: str, obj: object, skip: bool, options: object
) -> bool | None:
    """Whether a member of a block is left out."""
    owner = getattr(obj, "fget", obj)
    module = getattr(owner, "__module__", "emlrt.signal") or ""
    return True if name in _INNER and module.startswith("emlrt.signal") else None


def setup(app: Sphinx) -> None:
    """Comes after numpydoc, which has the priority 500."""
    app.connect("autodoc-process-docstring", _plain, priority=600)
    app.connect("autodoc-skip-member", _skip)
