# SPDX-License-Identifier: MIT
"""Fixtures of more than one test file."""

import os
import random
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

# Fits are small and workers many: threads of each would only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import emlrt
from emlrt.cli import main

#: Files that share builds or blobs: one process runs them, so that each is made
#: once. All tests of any other file run in one process, too.
TOGETHER = {
    "words": ("test_c_flips", "test_c_header", "test_c_mutants", "test_c_seeded"),
    "firmware": (
        "test_boards",
        "test_cores",
        "test_items_cores",
        "test_trace_cores",
        "test_qemu_cores",
    ),
    "host": ("test_c_host", "test_c_seeded_host", "test_host_flow"),
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Files by what they share."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.split("::", 1)[0]
            name = file.rpartition("/")[2].removesuffix(".py")
            return next((k for k, v in TOGETHER.items() if name in v), file)

    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


#: What tests draw follows from it, so that what fails once fails again; with a number
#: other than 0, hypothesis draws anew at each run.
SEED = os.environ.get("EMLRT_TEST_SEED", "0")
settings.register_profile("emlrt", derandomize=SEED == "0", database=None)
settings.load_profile("emlrt")


def seed():
    """What estimators without a random_state of their own draw from."""
    random.seed(int(SEED))
    np.random.seed(int(SEED))


seed()  # for what files draw as they are read


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """Before the fixtures of any scope."""
    seed()


@pytest.fixture(autouse=True)
def no_figures_left():
    """Closes what a test drew: the next one must not find its figures."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


@pytest.fixture(scope="session")
def tool():
    """A function: the path of a program. Without it the test is skipped, or
    fails where CI is set."""

    def find(*names):
        found = next(filter(None, map(shutil.which, names)), None)
        if found is None:
            message = f"none of these programs is installed: {', '.join(names)}"
            pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
        return found

    return find


@pytest.fixture
def cli(capsysbinary):
    """A function: runs the command line here; exit code, stdout, stderr."""

    def run(*arguments):
        capsysbinary.readouterr()
        code = main(list(map(str, arguments)))
        out, err = capsysbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


@pytest.fixture(scope="session")
def forests():
    """Fitted forests by kind, each with its data: (estimator, X, y)."""
    from forest_kinds import fitted_forests

    return fitted_forests()


@pytest.fixture(scope="session")
def models(forests):
    """The forests converted, each with golden vectors."""
    return {
        name: emlrt.Model.from_sklearn(estimator, golden=X[:3])
        for name, (estimator, X, _) in forests.items()
    }


@pytest.fixture
def record_property(record_property):
    """Values as pytest-xdist can send them: plain numbers, else texts."""

    def record(name, value):
        plain = value.item() if hasattr(value, "item") else value
        record_property(
            name, plain if isinstance(plain, (int, float, str)) else str(plain)
        )

    return record


def pytest_terminal_summary(terminalreporter):
    """What the drivers have reached of the C, and what `make coverage` found last."""
    reports = terminalreporter.getreports("passed")
    found = [
        value for r in reports for k, value in r.user_properties if k == "coverage"
    ]
    if found:
        page = Path(__file__).resolve().parents[1] / "docs/COVERAGE.md"
        terminalreporter.section("coverage")
        terminalreporter.line(f"C, by the drivers alone, now: {', '.join(found)}")
        terminalreporter.line("By all tests, as docs/COVERAGE.md has it:")
        for line in page.read_text(encoding="utf-8").splitlines():
            if line.startswith(("Made by", "| C |", "| Python |")):
                terminalreporter.line(line)
