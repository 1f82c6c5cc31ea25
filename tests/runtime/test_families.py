# SPDX-License-Identifier: MIT
"""Every family's small models through the host's paths, and their files."""

import numpy as np
import pytest
from families import cases

from emlrt import Model
from emlrt.errors import EmlrtError
from emlrt.inspect.work import program_work


def bits(a):
    return np.ascontiguousarray(a).view(np.uint32)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_batch_and_firmware_give_the_same_bits(case):
    model, x = case.built()
    runtime = model._runtime
    scores = runtime.scores(x)
    single = np.stack([runtime.firmware(row, "run") for row in x])
    np.testing.assert_array_equal(bits(scores), bits(single))
    for n in (1, 2, 9):
        np.testing.assert_array_equal(bits(runtime.scores(x[:n])), bits(single[:n]))
    if not model.program.class_counts:
        return
    classes = np.stack([runtime.firmware(row, "classify") for row in x])
    np.testing.assert_array_equal(runtime.classify(x), classes)
    try:
        p = runtime.proba(scores)
    except EmlrtError:
        with pytest.raises(EmlrtError):
            runtime.firmware(x[0], "proba")
    else:
        single = np.stack([runtime.firmware(row, "proba") for row in x])
        np.testing.assert_array_equal(bits(p), bits(single))


@pytest.mark.parametrize("case", cases(), ids=str)
def test_every_nan_is_the_same_nan(case):
    model, x = case.built()
    if model.program.score_dtype != 0x0E:
        return
    found = model._runtime.scores(x)
    nan = bits(found)[np.isnan(found)]
    assert (nan == 0x7FC00000).all()


@pytest.mark.parametrize("case", cases(), ids=str)
def test_files_say_the_same(case, tmp_path):
    model, x = case.built()
    model.save(tmp_path / "m.eml")
    same = Model.load(tmp_path / "m.eml")
    assert same == model
    assert same.program.work == program_work(same.program)
    stripped = same.strip()
    np.testing.assert_array_equal(
        bits(stripped._runtime.scores(x)), bits(model._runtime.scores(x))
    )
    for name in ("predict", "transform", "decision_function", "score_samples"):
        assert hasattr(same, name) == hasattr(model, name)
