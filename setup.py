# SPDX-License-Identifier: MIT
"""Builds the native runtime and puts the C sources into the package.

Metadata lives in pyproject.toml. The wheel carries c/ as emlrt/_c, so that
`emlrt.get_include()` and `emlrt.get_sources()` work without the repository.
"""

import re
import shutil
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "ci"))
from incremental import BuildExt  # noqa: E402


def version() -> str:
    """The runtime's own version, so that no second copy can disagree."""
    header = (ROOT / "c/include/emlrt/emlrt.h").read_text(encoding="utf-8")
    match = re.search(r'#define EMLRT_VERSION "([^"]+)"', header)
    if match is None:
        raise SystemExit("setup.py: EMLRT_VERSION not found in emlrt.h")
    return match.group(1)


class BuildPy(build_py):
    """Puts the C sources and a header of all of them beside the modules."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "emlrt" / "_c"
        shutil.rmtree(target, ignore_errors=True)
        # c/host is the extension's, and in it already.
        shutil.copytree(ROOT / "c", target, ignore=shutil.ignore_patterns("host"))
        shutil.copy(ROOT / "LICENSE", target)
        sys.path.insert(0, str(ROOT / "src/emlrt"))
        from amalgamate import including

        text = including(target)
        (target / "include/emlrt_amalgamated.h").write_text(text, encoding="utf-8")


class Sdist(sdist):
    """Leaves out what was built: MANIFEST.in could, but warns where there is none."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        built = re.compile(r"\.(so|o|py[cod])$|__pycache__")
        kept = [path for path in files if not built.search(path)]
        super().make_release_tree(base_dir, kept)


class BdistWheel(bdist_wheel):
    """One wheel a platform: the extension uses the limited API of 3.11."""

    def finalize_options(self) -> None:
        if not hasattr(sys, "_is_gil_enabled") or sys._is_gil_enabled():
            self.py_limited_api = "cp311"
        super().finalize_options()


setup(
    version=version(),
    package_dir={"": "src"},
    packages=[
        ".".join(path.relative_to(ROOT / "src").parts)
        for path in sorted((ROOT / "src/emlrt").rglob(""))
        if (path / "__init__.py").exists()
    ],
    include_package_data=False,  # which warns of folders of data
    package_data={
        "emlrt": [
            "py.typed",
            "*.pyi",
            "boards/*.toml",
            "cli/*.toml",
            "emulate/firmware/*",
            "estimate/*.xz",
            "exports/folders/**/*",
            "verdict/*.css",
            "verdict/*.csv",
        ]
    },
    cffi_modules=["src/emlrt/_ffi_build.py:ffi"],
    cmdclass={
        "build_ext": BuildExt,
        "build_py": BuildPy,
        "sdist": Sdist,
        "bdist_wheel": BdistWheel,
    },
)
