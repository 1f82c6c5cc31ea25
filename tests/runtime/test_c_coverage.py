# SPDX-License-Identifier: MIT
"""The drivers of tests/c reach nearly all of the C. `make coverage` adds the Python
tests and looks at each line; this is the part that is cheap enough for each run."""

from c import coverage

# The host's loops for other registers, and calls that only Python makes, are reached by
# tests/runtime/test_host_machines.py and its neighbours; those of signal.h that stand
# alone by tests/convert/signal.
LEAST = {"lines": 0.94, "conditions' outcomes": 0.89}


def test_the_drivers_reach_the_c(tmp_path, monkeypatch, record_property):
    monkeypatch.setattr(coverage, "FOLDER", tmp_path / "coverage")
    for what, (reached, of) in coverage.totals(coverage.measure(python=False)).items():
        record_property("coverage", f"{what} {reached / of:.1%} ({reached} of {of})")
        assert reached >= LEAST[what] * of
