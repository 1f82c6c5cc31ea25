# SPDX-License-Identifier: MIT
"""The kernels of emlrt/signal.h that stand alone, called from C, sanitized."""

import pytest

from c import build, kernel_tables


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    made = tmp_path_factory.mktemp("kernels") / "kernels"
    command = [*build.clang([*build.SANITIZE, *build.WARNINGS])]
    build.must(
        [*command, build.HERE / "kernels.c", *build.kept_objects(()), "-o", made]
    )
    return made


def test_kernels_hold(driver, tmp_path):
    tables = kernel_tables.write(tmp_path / "tables")
    assert build.must([driver, tables]) == "kernels hold\n"


@pytest.mark.parametrize("kind", kernel_tables.KINDS[:5])
def test_a_table_of_other_numbers_is_told(driver, tmp_path, kind, monkeypatch):
    """The driver's claims are of the numbers: half a table fails them."""
    every = list(kernel_tables.tables())
    halved = [
        (name, n, table // 2 if name == "rfft_q15" else table / 2)
        if name == kind
        else (name, n, table)
        for name, n, table in every
    ]
    monkeypatch.setattr(kernel_tables, "tables", lambda: iter(halved))
    tables = kernel_tables.write(tmp_path / "tables")
    with pytest.raises(AssertionError, match="not "):
        build.must([driver, tables])
