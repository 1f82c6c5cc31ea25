# SPDX-License-Identifier: MIT
"""The drivers of tests/c reach nearly all of the C. `make coverage` adds the Python
tests and looks at each line; this is the part that is cheap enough for each run."""

from c import coverage

# The host's loops for other registers, and calls that only Python makes, are reached by
# tests/runtime/test_host_machines.py and its neighbours. Which loops the drivers take,
# the machine's registers and cores decide.
LEAST = {
    "c/src": {"lines": 0.998, "conditions' outcomes": 0.965},
    "c/host": {"lines": 0.93, "conditions' outcomes": 0.84},
}


def test_the_drivers_reach_the_c(tmp_path, monkeypatch, record_property):
    monkeypatch.setattr(coverage, "FOLDER", tmp_path / "coverage")
    found = coverage.measure(python=False)
    for folder, least in LEAST.items():
        for what, (reached, of) in coverage.totals(found, folder).items():
            share = f"{folder}: {what} {reached / of:.1%} ({reached} of {of})"
            record_property("coverage", share)
            assert reached >= least[what] * of, share
