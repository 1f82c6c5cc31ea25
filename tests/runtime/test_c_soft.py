# SPDX-License-Identifier: MIT
"""Float arithmetic in integers, for cores without a floating-point unit."""

import pytest

from c import build


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_sums_and_products_are_the_machines(compiler, tmp_path):
    driver = tmp_path / "soft"
    command = [build.need("gcc"), "-O2"]
    if compiler == "clang":
        command = [build.need(build.CLANG), *build.SANITIZE]
    command += ["-std=c99", *build.WARNINGS, build.INCLUDE]
    build.must([*command, build.HERE / "soft.c", "-o", driver])
    assert int(build.must([driver])) > 12_000_000
