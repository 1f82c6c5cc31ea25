# SPDX-License-Identifier: MIT
"""An object that is kept is that of today's files, flags and compiler."""

from pathlib import Path

import pytest

from c import kept


@pytest.fixture
def sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool
) -> tuple[list[str], list[Path]]:
    """A compiler, and two files that include a header; their objects are kept
    apart from those of other tests."""
    (tmp_path / "one.h").write_text("enum { ONE = 1 };\n")
    files = [tmp_path / name for name in ("first.c", "second.c")]
    for file in files:
        text = f'#include "one.h"\nint {file.stem}(void) {{ return ONE; }}\n'
        file.write_text(text)
    monkeypatch.setenv("EMLRT_BUILD_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(kept, "HEADERS", [tmp_path])
    kept.headers.cache_clear()
    yield [tool("gcc"), "-O1"], files
    kept.headers.cache_clear()


def times(paths: list[Path]) -> list[int]:
    return [path.stat().st_mtime_ns for path in paths]


def test_equal_files_are_compiled_once(sources) -> None:
    command, files = sources
    first = kept.objects(command, files)
    before = times(first)
    assert [path.name for path in first] == ["first.o", "second.o"]
    assert kept.objects(command, files[::-1]) == first[::-1]
    assert times(first) == before


def test_an_edit_compiles_that_file(sources) -> None:
    command, files = sources
    first = kept.objects(command, files)
    text = files[0].read_text()
    files[0].write_text(text.replace("return", "return 1 +"))
    second = kept.objects(command, files)
    assert second[0] != first[0]
    assert second[0].read_bytes() != first[0].read_bytes()
    assert second[1] == first[1]
    files[0].write_text(text)
    assert kept.objects(command, files) == first


def test_a_header_and_a_flag_make_other_objects(sources) -> None:
    command, files = sources
    first = kept.objects(command, files)
    assert not {*kept.objects([*command, "-g"], files)} & {*first}
    (files[0].parent / "one.h").write_text("enum { ONE = 11 };\n")
    kept.headers.cache_clear()  # as in the next run
    for old, new in zip(first, kept.objects(command, files), strict=True):
        assert old.read_bytes() != new.read_bytes()


def test_an_error_keeps_nothing(sources) -> None:
    command, files = sources
    files[1].write_text("int second(void) { return; }\n")
    for _ in range(2):
        with pytest.raises(AssertionError, match=r"second\.c:1"):
            kept.objects([*command, "-Werror"], files)
    assert not list(kept.folder().rglob("*.o"))


def test_old_versions_go(sources) -> None:
    command, files = sources
    for k in range(kept.VERSIONS + 3):
        files[0].write_text(f"int first(void) {{ return {k}; }}\n")
        (last,) = kept.objects(command, files[:1])
    assert last.exists()
    assert len(list(kept.folder().rglob("first.o"))) == kept.VERSIONS
