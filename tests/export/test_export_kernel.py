# SPDX-License-Identifier: MIT
"""The folder for the kernel of Linux: built by Kbuild, and run in a kernel."""

import os
import re
import shutil
import subprocess
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from commands import run
from sklearn.datasets import load_digits
from sklearn.ensemble import (
    GradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

import emlrt
from emlrt.exports import files
from emlrt.signal import Frame, IntegerTimeFeatures

HERE = Path(__file__).parent
X, Y = load_digits(return_X_y=True)
#: Instructions and registers of floats and vectors on x86.
FLOATS = re.compile(
    r"%(?:[xyz]?mm\d|st\b)|\t(?:f(?:ld|st|add|sub|mul|div|com|ucom|ild|ist)\w*)\b"
)


def missing(what):
    """Skips a test, or fails where CI is set."""
    message = f"{what} is not installed"
    pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


def moves():
    """A stream of int16 samples, in integers from samples to class."""
    rng = np.random.default_rng(0)
    recordings = [
        np.round(rng.normal(scale=300 * (1 + k), size=(400, 3))).astype(np.int16)
        for k in range(2)
    ]
    frame = Frame(32, 16)
    rows, y = frame.cut(recordings, ["slow", "fast"])
    forest = RandomForestClassifier(3, max_depth=3, random_state=0)
    fitted = make_pipeline(frame, IntegerTimeFeatures(), forest).fit(rows, y)
    return emlrt.Model.from_sklearn(fitted, X=rows, dtype="int16")


@pytest.fixture(scope="module")
def integers(models):
    """Models that compute in integers."""
    boosted = GradientBoostingClassifier(n_estimators=5, random_state=0)
    forest = RandomForestRegressor(5, max_depth=5, random_state=0)
    given = {"X": X, "golden": X[:2]}
    return {
        "digits": models["digits"],
        "three": emlrt.Model.from_sklearn(
            boosted.fit(X, Y == 3), dtype="int16", **given
        ),
        "value": emlrt.Model.from_sklearn(forest.fit(X, Y), dtype="uint8", **given),
        "moves": moves(),
    }


@pytest.fixture(scope="module")
def kernel(tool):
    """The folder by which modules of the newest kernel are built."""
    for name in ("make", "gcc", "objdump"):
        tool(name)
    found = sorted(Path("/lib/modules").glob("*/build/Makefile"))
    return found[-1].parent if found else missing("linux-headers-cloud-amd64")


@pytest.fixture(scope="module")
def built(kernel, integers, tmp_path_factory):
    """The folder with the module, and what make said."""
    folder = tmp_path_factory.mktemp("kernel") / "emlrt"
    emlrt.export("linux-kernel", folder, integers)
    done = subprocess.run(
        ["make", "-s", "-C", folder, "-j2", f"KDIR={kernel}"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder, done.stderr


def test_the_module_is_built_without_a_warning(built):
    folder, said = built
    assert (folder / "emlrt.ko").is_file()
    assert "undefined" not in said
    assert "warning:" not in said
    exported = (folder / "Module.symvers").read_text()
    for name in ("emlrt_open", "emlrt_run_as", "emlrt_integer_ops"):
        assert f"\t{name}\t" in exported


def disassembled(path):
    return run("objdump", "-d", "--no-show-raw-insn", path)


def test_no_instruction_is_of_floats(built, tool, tmp_path):
    folder, _ = built
    code = disassembled(folder / "emlrt.ko")
    assert code.count("<emlrt_") > 100
    assert not FLOATS.findall(code)
    for flags in ([], ["-mno-sse", "-mfpmath=387"]):
        source = tmp_path / "float.c"
        kind = "long double" if flags else "float"
        source.write_text(f"void f({kind} *x) {{ *x *= *x; }}\n")
        run("gcc", *flags, "-O1", "-c", source, "-o", tmp_path / "float.o")
        assert FLOATS.findall(disassembled(tmp_path / "float.o")), "the check is blind"


def test_every_op_of_the_module_is_one_of_integers(integers):
    made = files("linux-kernel", integers)
    ops = re.findall(rb"&emlrt_op_(\w+)", made["emlrt_module.c"])
    assert {"trees_vote_u8", "trees_sum_i16", "micro_frontend"} <= {
        op.decode() for op in ops
    }
    # Inputs of ops are integers, but for the argmax of what sums of integers give.
    assert not [op for op in ops if op.endswith((b"f32", b"f32w")) or b"add" in op]
    assert b"emlrt_proba" not in made["emlrt_module.c"]


@pytest.mark.parametrize("encoding", ["auto", "bins"])
def test_models_that_compute_with_floats_are_refused(encoding, models, tmp_path):
    folder = tmp_path / "out"
    with pytest.raises(ValueError, match="line has float32 inputs, and the kernel"):
        emlrt.export("linux-kernel", folder, {"line": models["line"]})
    forest = RandomForestClassifier(3, random_state=0).fit(X, Y)
    options = {} if encoding == "auto" else {"encoding": "bins", "X": X}
    model = emlrt.Model.from_sklearn(forest, **options)
    with pytest.raises(ValueError, match="m has float32 inputs"):
        emlrt.export("linux-kernel", folder, {"m": model})
    model = emlrt.Model.from_sklearn(Ridge().fit(X, Y), X=X, dtype="int16")
    with pytest.raises(
        ValueError, match=r"computes with floats \(cast_i16, affine, dense\)"
    ):
        emlrt.export("linux-kernel", folder, {"m": model})
    assert not folder.exists()


# Running it


def entry(number, name, mode, data):
    """One file of a cpio archive, as a kernel reads it (newc)."""
    head = [number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    text = b"070701" + b"".join(b"%08x" % each for each in head) + name.encode() + b"\0"
    text += b"\0" * (-len(text) % 4) + data
    return text + b"\0" * (-len(data) % 4)


def archive(contents):
    """An archive of files by their paths."""
    parents = {p for name in contents for p in PurePosixPath(name).parents}
    folders = sorted(str(each) for each in parents if str(each) != ".")
    made = [(name, 0o40755, b"") for name in folders]
    made += [(name, 0o100755, data) for name, data in contents.items()]
    made.append(("TRAILER!!!", 0, b""))
    return b"".join(entry(k, *each) for k, each in enumerate(made, 1))


@pytest.fixture(scope="module")
def image(kernel, tool, tmp_path_factory):
    """The kernel that the headers are of: installed, or of a package that is only
    unpacked, as installing one changes what a machine starts from."""
    version = kernel.parent.name
    installed = Path(f"/boot/vmlinuz-{version}")
    if installed.is_file() and os.access(installed, os.R_OK):
        return installed
    if not shutil.which("apt-get"):
        missing(f"the kernel {version}")
    folder = tmp_path_factory.mktemp("image")
    package = f"linux-image-{version}"
    done = subprocess.run(
        ["apt-get", "download", "-q", package], cwd=folder, capture_output=True
    )
    found = list(folder.glob("*.deb"))
    if done.returncode != 0 or not found:
        missing(f"{package}, which apt-get download does not give,")
    run("dpkg-deb", "-x", found[0], folder / "unpacked")
    return folder / f"unpacked/boot/vmlinuz-{version}"


ROWS = X[[7, 70, 700]].astype(int)


@pytest.fixture(scope="module")
def booted(built, image, integers, tool, tmp_path_factory):
    """What a kernel prints that loads the module."""
    work, (folder, _) = tmp_path_factory.mktemp("booted"), built
    init = work / "init"
    run(tool("gcc"), "-static", "-Os", HERE / "linux_kernel/init.c", "-o", init)
    asked = [
        f"{name} {' '.join(map(str, row))}"
        for name in ("digits", "three", "value")
        for row in ROWS.tolist()
    ]
    asked += ["digits 1 2", "digits " + "300 " * 64, "digits " + "x " * 64]
    contents = {
        "init": init.read_bytes(),
        "emlrt.ko": (folder / "emlrt.ko").read_bytes(),
        "rows": "\n".join([*asked, ""]).encode(),
    }
    for path in (folder / "firmware/emlrt").iterdir():
        contents[f"lib/firmware/emlrt/{path.name}"] = path.read_bytes()
    (work / "initrd").write_bytes(archive(contents))
    command = [tool("qemu-system-x86_64"), "-nodefaults", "-display", "none"]
    command += ["-serial", "stdio", "-m", "256", "-no-reboot", "-kernel", image]
    command += ["-initrd", work / "initrd"]
    command += ["-append", "console=ttyS0 panic=-1 loglevel=7"]
    return run(*command, stdin=subprocess.DEVNULL, timeout=300).replace("\r", "")


def said(booted):
    """Lines of the module, without the time."""
    return re.findall(r"^\[ *[\d.]+\] emlrt: (.*)$", booted, re.MULTILINE)


def test_a_kernel_has_the_bits_of_python(booted, integers):
    lines = said(booted)
    assert not [line for line in lines if "differ" in line]
    for name, model in integers.items():
        ends = "a window of silence" if name == "moves" else "one row"
        assert f"{name}: {ends}: OK" in lines
        golden = model.program.metadata.golden is not None
        assert (f"{name}: self-test: OK" in lines) == golden
    assert "\nend\n" in booted
    for sign in ("Oops", "BUG:", "WARNING:", "insmod", "rmmod", "Call Trace"):
        assert sign not in booted


def answer(model, row):
    """What /sys/kernel/debug has to say of it."""
    (scores,) = model.scores([row])
    floats = scores.dtype == np.float32
    texts = [f"0x{k:08x}" if floats else str(k) for k in scores.view(np.uint32)]
    lines = [f"scores {' '.join(texts)}"]
    if hasattr(model, "classes_"):
        (label,) = model.predict([row])
        index = model.classes_.tolist().index(label)
        lines.insert(0, f"class {index} {label}")
    return "\n".join(lines)


def test_a_kernel_answers_rows(booted, integers):
    for name in ("digits", "three", "value"):
        for row in ROWS:
            assert f"ask {name}: taken\n{answer(integers[name], row)}\n" in booted
    assert booted.count("ask digits: refused\n") == 3
