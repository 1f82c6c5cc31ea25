# SPDX-License-Identifier: MIT
"""Reads files one after another, each in a child of its own, and says what it took.

    python tests/hostile_files/measure.py READER < names of files, one a line

READER: blob, keras, xgboost, lightgbm, catboost, treelite, onnx or convert. For each
file one line of JSON: the error's class and text, the most bytes of memory beyond
what the process had, and CPU seconds.
"""

import json
import os
import resource
import sys
import time
from importlib import import_module
from pathlib import Path

import emlrt
from emlrt.cli import main as command

#: Backstop of memory: no child goes beyond it, whatever it reads.
MEMORY_MAX = 2 << 30


def cpu_max(size):
    """Backstop of CPU seconds: twice what a file of a size may take, for a machine
    that others use, too."""
    return 2 * (2 + size // 10**6 + 1)


def reader_of(name):
    """A function that reads the file at a path."""
    if name == "blob":
        return emlrt.Model.load
    if name == "convert":
        return lambda path: command(["convert", path, "-o", os.devnull])
    return getattr(emlrt.Model, f"from_{name}")


def status(field):
    """A number of kB of /proc/self/status, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) << 10
    raise KeyError(field)


def read(reader, path):
    """What reading a file took. To be called in a process of its own."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (status("VmSize") + MEMORY_MAX, hard))
    seconds = cpu_max(os.path.getsize(path))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    before, start = status("VmRSS"), time.process_time()
    error = text = ""
    try:
        reader(path)
    except BaseException as raised:
        error, text = type(raised).__name__, str(raised)
    spent = time.process_time() - start
    return {
        "error": error,
        "named": not error or hasattr(emlrt, error),
        "text": text[:300],
        "length": len(text),
        "bytes": status("VmHWM") - before,
        "seconds": spent,
    }


def in_child(reader, path):
    """What `read` says, by way of a pipe."""
    source, target = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(source)
        found = read(reader, path)
        os.write(target, json.dumps(found).encode())
        os._exit(0)
    os.close(target)
    with os.fdopen(source, "rb") as pipe:
        answer = pipe.read()
    _, code = os.waitpid(child, 0)
    return json.loads(answer) if answer else {"error": f"ended by {code}"}


def warm(name):
    """Imports what a reader needs, so that it does not count."""
    libraries = import_module("emlrt.convert.detect").LIBRARIES
    modules = {
        "blob": [],
        "keras": ["h5py", "emlrt.convert.keras.file"],
        "onnx": ["onnx.numpy_helper", "emlrt.convert.onnx.model"],
        "convert": [f"emlrt.convert.{each}.model" for each in libraries],
    }
    for module in modules.get(name, [f"emlrt.convert.{name}.model"]):
        import_module(module)


if __name__ == "__main__":
    warm(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(in_child(reader_of(sys.argv[1]), line.strip())), flush=True)
