# SPDX-License-Identifier: MIT
"""The table of boards, and files that extend it."""

import json

import pytest

from emlrt.boards import BOARDS, find, read
from emlrt.emulate.targets import TARGETS

MINE = """\
[mine]
core = "cortex-m0"
flash = 32
ram = 4.5
mhz = 24
[uno]
name = "Another"
core = "cortex-m3"
flash = 1
ram = 1
mhz = 1
"""


def test_boards_are_there_once_and_have_cores():
    assert len(BOARDS) >= 40
    assert len({board.name for board in BOARDS.values()}) == len(BOARDS)
    for board in BOARDS.values():
        assert not board.like or board.like in TARGETS, board
        assert board.like or board.core.startswith("lx"), board
        assert board.ram <= board.flash
        assert 8 <= board.mhz <= 600
        assert board.core.endswith("f") == (board.float_unit != "") or not board.like


def test_chips_are_the_same_on_all_boards():
    found = {}
    for board in BOARDS.values():
        facts = (board.core, board.float_unit, board.ram)
        assert found.setdefault(board.chip, facts) == facts, board


def test_simulated_chips_have_the_sizes_of_the_boards():
    for board in BOARDS.values():
        target = TARGETS.get(board.like)
        if target is not None and board.chip.lower() == target.name:
            assert (board.flash, board.ram) == (target.flash, target.ram)


def test_a_file_extends_the_table(cli, tmp_path):
    (tmp_path / "mine.toml").write_text(MINE)
    file = ("--board-file", tmp_path / "mine.toml")
    code, out, _ = cli("boards", *file, "mine", "uno", "--json")
    assert code == 0
    mine, uno = json.loads(out)["boards"]
    assert (mine["name"], mine["ram"], mine["like"]) == ("mine", 4608, "cortex-m0")
    assert uno["name"] == "Another"
    code, out, _ = cli("boards", *file)
    assert len(out.splitlines()) == len(BOARDS) + 2
    assert BOARDS["uno"].name == "Arduino Uno Rev3"


def test_the_table_is_printed(cli):
    code, out, _ = cli("boards")
    assert code == 0
    head, *rows = out.splitlines()
    assert head.split()[0] == "board"
    assert [row.split()[0] for row in rows] == list(BOARDS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a]\ncore = 'x'\nflash = 1\nram = 1", "board a: mhz is a number above 0"),
        ("[a]\ncore = 'x'\nflash = nan\nram = 1\nmhz = 1", "flash is a number above 0"),
        ("[a]\ncore = 'x'\nflash = inf\nram = 1\nmhz = 1", "flash is a number above 0"),
        ("[a]\ncore = 'x'\nflash = 1\nram = 1\nmhz = inf", "mhz is a number above 0"),
        ("[a]\ncore = 'x'\nflash = 0\nram = 1\nmhz = 1", "board a: flash is a number"),
        ("[a]\ncore = 'x'\nflash = true\nram = 1\nmhz = 1", "a: flash is a number"),
        ("[a]\nflash = 1\nram = 1\nmhz = 1", "board a: core is a text, not None"),
        ("[a]\ncore = 'x'\nhertz = 1", "board a: no field 'hertz'; fields are chip"),
        ("[a]\ncore = 'x'\nfloat = 'half'", 'float is "single", "double" or ""'),
        ("a = 1", r"a table \[a\] is wanted, not 1"),
        ("[a", "is no TOML file"),
    ],
)
def test_a_wrong_file_is_refused_by_name(text, message, cli, tmp_path):
    path = tmp_path / "boards.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read(path)
    code, _, err = cli("boards", "--board-file", path)
    assert code == 2
    assert err.startswith("emlrt: error: ")


def test_an_unknown_board_is_refused_with_those_alike(cli):
    with pytest.raises(ValueError, match="no board 'unno'; did you mean uno"):
        find("unno")
    with pytest.raises(ValueError, match="no board 'zzz'; `emlrt boards` lists them"):
        find("zzz")
    assert cli("boards", "unno")[0] == 2
    assert cli("boards", "--board-file", "/no/such/file")[0] == 2
