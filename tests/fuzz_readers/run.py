# SPDX-License-Identifier: MIT
"""Feeds a reader of other libraries' files with what atheris makes of seeds.

    python tests/fuzz_readers/run.py NAME RUNS [FOLDER]

NAME: a module NAME_target here, whose target(data) must not raise. FOLDER: seeds.
"""

import importlib
import sys
from pathlib import Path

import atheris

INSTRUMENTED = ["emlrt.convert", "emlrt.metadata", "emlrt.methods"]


def main(name: str, runs: str, *folders: str) -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    import numpy  # noqa: F401  not to be instrumented

    with atheris.instrument_imports(include=INSTRUMENTED):
        module = importlib.import_module(f"{name}_target")
    options = [f"-runs={runs}", "-max_len=20000", "-timeout=20", "-rss_limit_mb=4000"]
    atheris.Setup([sys.argv[0], *options, *folders], module.target)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
