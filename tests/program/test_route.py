# SPDX-License-Identifier: MIT
"""The way that a model takes through the package's folders when it is converted."""

import sys
from collections import defaultdict
from pathlib import Path

import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from test_imports import FLOOR_OF, room_of

import emlrt

PACKAGE = Path(emlrt.__file__).parent


def module_of(frame):
    """The package's module that a frame runs in; None of others."""
    path = Path(frame.f_code.co_filename)
    if not path.is_relative_to(PACKAGE):
        return None
    return ".".join(("emlrt", *path.relative_to(PACKAGE).with_suffix("").parts))


def calls_between_rooms(convert):
    """The rooms that a conversion enters, and for each those that call into it."""
    callers = defaultdict(set)

    def note(frame, event, _):
        own = module_of(frame) if event == "call" else None
        above = frame.f_back
        while own and above and module_of(above) is None:
            above = above.f_back
        if own and above:
            rooms = room_of(module_of(above)), room_of(own)
            if rooms[0] != rooms[1]:
                callers[rooms[1]].add(rooms[0])

    sys.setprofile(note)
    try:
        convert()
    finally:
        sys.setprofile(None)
    return callers


def forest(X, y):
    fitted = RandomForestClassifier(5, random_state=0).fit(X, y)
    return lambda: emlrt.Model.from_sklearn(fitted)


def boosted(X, y):
    xgboost = pytest.importorskip("xgboost")
    fitted = xgboost.XGBClassifier(n_estimators=5).fit(X, y)
    return lambda: emlrt.Model.from_xgboost(fitted)


@pytest.mark.parametrize("make", [forest, boosted])
def test_a_conversion_goes_down_through_few_folders(make):
    convert = make(*load_iris(return_X_y=True))
    convert()  # so that modules are loaded
    callers = calls_between_rooms(convert)
    folders = {room for room in callers if (PACKAGE / room).is_dir()}
    assert "convert/ir" in folders
    assert len(folders) <= 8
    for room in folders:
        assert all(FLOOR_OF[each] > FLOOR_OF[room] for each in callers[room]), room
        assert len(callers[room]) <= 3, room  # entered, and returned to twice
