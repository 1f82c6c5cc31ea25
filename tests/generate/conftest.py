# SPDX-License-Identifier: MIT
"""The runtime compiled once, for code that calls its ops."""

import subprocess

import pytest

import emlrt


@pytest.fixture(scope="session")
def runtime(tool, tmp_path_factory):
    """A static library of the runtime."""
    folder = tmp_path_factory.mktemp("runtime")
    include = f"-I{emlrt.get_include()}"
    command = [tool("cc", "gcc"), "-c", "-O0", "-fPIC", include, *emlrt.get_sources()]
    subprocess.run(command, cwd=folder, check=True)
    objects = [str(path) for path in sorted(folder.glob("*.o"))]
    subprocess.run([tool("ar"), "rcs", folder / "libemlrt.a", *objects], check=True)
    return folder / "libemlrt.a"
