# SPDX-License-Identifier: MIT
"""Prints what pyproject.toml asks for, one requirement a line.

    python ci/requirements.py [EXTRA...]

The build's own requirements and the package's come first, so that the package
itself can then be built and installed without looking at an index.
"""

import sys
import tomllib
from pathlib import Path


def main(extras: list[str]) -> None:
    path = Path(__file__).parents[1] / "pyproject.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    project = tables["project"]
    wanted = [*tables["build-system"]["requires"], *project["dependencies"]]
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    print(*dict.fromkeys(wanted), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
