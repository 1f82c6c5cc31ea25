# SPDX-License-Identifier: MIT
"""The command line with models that keep state."""

import json

import pytest
from families import stream_cases

from emlrt.cli import main

MODEL = stream_cases()[0].model


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "m.eml"
    MODEL.save(place)
    return str(place)


def test_inspect_shows_state_and_windows(path, capsys):
    assert main(["inspect", path]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    shown = {line[0]: line[1:] for line in lines if line}
    window = MODEL.window
    times, hop = window.length // window.channels, window.hop // window.channels
    assert shown["state"][0] == str(MODEL.state_bytes)
    assert shown["stream"][0] == str(MODEL.stream_bytes)
    assert shown["window"][0] == str(times)
    assert shown["window"][-1] == str(hop)


def test_inspect_finds_payloads_behind_the_state(path, capsys):
    assert main(["inspect", "--json", path]) == 0
    found = json.loads(capsys.readouterr().out)
    found = found[0] if isinstance(found, list) else found
    data = bytes(MODEL)
    for stage, entry in zip(MODEL.stages, found["stages"], strict=True):
        start = entry["offset"]
        assert data[start : start + stage.payload_bytes] == stage.payload


def test_what_state_has_no_form_of_ends_in_one_line(path, capsys, tmp_path):
    output = str(tmp_path / "m.h")
    assert main(["embed", "--code", path, "-o", output]) == 1
    error = capsys.readouterr().err
    assert "keeps" in error
    assert error.count("\n") == 1
    assert not (tmp_path / "m.h").exists()
    assert main(["embed", path, "-o", output]) == 0
    assert "emlrt_stream_open" in (tmp_path / "m.h").read_text()
