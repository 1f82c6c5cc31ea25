# SPDX-License-Identifier: MIT
"""The same answers from every build, and in each none reads or writes too far.

answers.c uses each golden, sample and hostile blob in every way that the API has
and prints a hash of what it gets; here are the builds that must print the same.
"""

import struct
from pathlib import Path

import pytest
from c.blobs import F32, forest, single
from c.builds import (
    RELEASE,
    answers,
    beyond_16_bits,
    blobs,
    everything,
    expected,
    large_counts,
    objects,
    pack,
    program,
    same,
)
from c.hostile import STATUSES, hostile
from c.op_blob import op_blob
from c.op_codes import OP
from c.relations import ABS, DENSE
from c.stages import Step, arena, x, y
from draws import more

from c import build, stages

GUARDED = ("-D_DEFAULT_SOURCE", "-DBUFFERS_GUARDED")
I686 = "i686-linux-gnu-gcc"
#: Compilers and flags of the library: where it runs, and what users may add.
LIBRARIES = {
    "O2": RELEASE,
    "Os": (
        *("gcc", "-std=gnu2x", "-Os", "-DNDEBUG", "-funsigned-char"),
        *("-fshort-enums", "-ftrapv", "-fno-strict-aliasing"),
    ),
    "O3-fast": (
        *("gcc", "-std=c17", "-O3", "-DNDEBUG", "-ffast-math"),
        *("-fstrict-aliasing", "-fwrapv"),
    ),
    "i686-O1": (I686, "-std=c11", "-O1", "-DNDEBUG", "-static", "-fshort-enums"),
}
#: Flags of the program around a library that was compiled without them.
PROGRAMS = {
    "fast-math": (
        *("gcc", "-std=gnu2x", "-O3", "-ffast-math", "-fstrict-aliasing"),
        "-fwrapv",
    ),
    "Ofast-clang": (build.CLANG, "-std=c99", "-Ofast", "-fno-strict-aliasing"),
    "short-enums-clang": (build.CLANG, "-std=c17", "-O1", "-fshort-enums"),
    "trapv": ("gcc", "-std=c99", "-O2", "-ftrapv"),
    "studio": (
        *("gcc", "-std=gnu99", "-Os", "-funsigned-char", "-funsigned-bitfields"),
        "-fshort-enums",
    ),
    "c++20": ("g++", "-xc++", "-std=c++20", "-O3", "-ffast-math", "-fshort-enums"),
    "clang++": ("clang++-14", "-xc++", "-std=c++11", "-O2", "-funsigned-char"),
}
MEMORY = (
    *(build.CLANG, "-std=c99", "-O1", "-gline-tables-only", "-fsanitize=memory"),
    *("-fno-sanitize-recover=all", "-DBUFFERS_POISONED"),
)
NARROW = (
    *(build.CLANG, "-std=c99", "-O0", "-gline-tables-only", *build.SANITIZE[2:]),
    *(*build.WORD_PORT, "-DWORD_PORT_NARROW", "-DANSWERS_USE"),
)
WITH_USE = ("answers.c", *(path.name for path in build.USE))


#: Libraries and sides of their buffers: both of the usual one and of 32 bits.
SIDES = [("O2", "before"), ("O3-fast", "behind"), ("i686-O1", "before")]
SIDES += more([("O2", "behind"), ("Os", "before"), ("i686-O1", "behind")])


@pytest.mark.parametrize(("library", "where"), SIDES)
def test_nothing_beyond_a_buffer(library: str, where: str) -> None:
    """Each buffer touches a page that nobody may read or write, at its end and
    then at its start, in builds that have no sanitizer. The library is compiled
    with flags that the program is compiled without."""
    compiler, *flags = LIBRARIES[library]
    static = [flag for flag in flags if flag == "-static"]
    application = (compiler, "-std=gnu99", "-O2", *static, *GUARDED)
    built = program(application, LIBRARIES[library])
    got = answers(built, everything(), *(["behind"] if where == "behind" else []))
    same(got, expected(), list(blobs()))


def test_hostile_statuses_are_those_of_their_table() -> None:
    """So the builds below are compared with what is right."""
    lines = dict(zip(blobs(), expected(), strict=True))
    for name, (blob, status) in hostile().items():
        found = STATUSES[-int(lines[f"hostile {name}"].split()[0])]
        if found == "STATE":  # what emlrt_open says first of all that keep state
            assert blob[6] & 8, name
        else:
            assert found == status, name
    opened = [name for name, line in lines.items() if line.startswith("0 ")]
    assert len(opened) > 300
    assert len({lines[name] for name in opened}) > 200


@pytest.mark.parametrize("flags", PROGRAMS)
def test_programs_compiled_otherwise(flags: str) -> None:
    built = program(PROGRAMS[flags], RELEASE)
    same(answers(built, everything()), expected(), list(blobs()))


@pytest.mark.parametrize("compiler", ["gcc", "g++", build.CLANG])
def test_packed_structures_are_refused(compiler: str, tmp_path: Path) -> None:
    """They would lie elsewhere than the library thinks: that is said by name."""
    source = tmp_path / "packed.c"
    command = [build.need(compiler), build.INCLUDE, "-fsyntax-only", source]
    for header in ("emlrt.h", "op.h"):
        source.write_text(f"#include <emlrt/{header}>\n")
        assert build.run(command).returncode == 0
        done = build.run([*command, "-fpack-struct"])
        assert done.returncode != 0
        assert "emlrt_refuses_packed_structures" in done.stderr
        source.write_text(f"#pragma pack(1)\n#include <emlrt/{header}>\n")
        done = build.run(command)
        assert "emlrt_refuses_packed_structures" in done.stderr


def test_nothing_uninitialised_is_read() -> None:
    """MemorySanitizer, for the runtime, the host and what both write."""
    built = program((*MEMORY, "-DANSWERS_USE"), MEMORY, WITH_USE)
    same(answers(built, everything()), expected(), list(blobs()))


def test_wrong_arguments_have_their_status() -> None:
    """arguments.c: each function with each argument wrong, on every blob."""
    files = ("arguments.c", *WITH_USE[1:])
    built = program(("gcc", "-std=c99", "-O1"), RELEASE, files)
    n_blobs, n_calls = map(int, answers(built, everything())[0].split())
    assert n_blobs > 300
    assert n_calls > 10 * n_blobs


#: Most octets of stack on x86-64, of c/src and of c/host.
STACK, HOST_STACK = 1024, 12288


def wide_stages() -> list[bytes]:
    """Programs whose rows and stages are many and wide."""
    made = []
    for n_in, n_out in ((768, 700), (30, 768), (900, 20)):
        dense = bytes(4 + 4 * n_out * (n_in + 1))
        made.append(
            stages.program(
                [Step(DENSE, dense, x(0, n_in), y(0, n_out))], F32, n_in, n_out
            )
        )
    steps = [Step(ABS, b"", x(0, 1), arena(4 * i, 1)) for i in range(3000)]
    steps.append(Step(ABS, b"", arena(0, 3000), y(0, 3000)))
    return [*made, stages.program(steps, F32, 1, 3000, 12000)]


def test_16_kb_of_stack_are_enough(record_property) -> None:
    """Each function of the API on a thread of its own, with the host's."""
    flags = ("-std=gnu99", "-O1", "-D_DEFAULT_SOURCE", "-pthread")
    built = program(("gcc", *flags, "-Wl,-z,now"), RELEASE, ("small_stack.c",))
    lines = answers(built, pack("stack", [*blobs().values(), *wide_stages()]))
    used = {name: int(n) for name, n in (line.split("\t") for line in lines)}
    record_property("stack", " ".join(f"{k}={v}" for k, v in used.items()))
    assert len(used) == 20
    assert used["emlrt_run"] > 100 > used["nothing"] > 0  # it does measure
    for name, octets in used.items():
        assert octets <= (HOST_STACK if "host" in name else STACK), name


# --- Counts, offsets and addresses of 16 bits, as on AVR.


def narrow(name: str, content: dict[str, bytes]) -> list[str]:
    built = program(NARROW, NARROW, WITH_USE, host_too=False)
    return answers(built, pack(name, content.values()))


def wide(name: str, content: dict[str, bytes]) -> list[str]:
    built = program(RELEASE, RELEASE, host_too=False)
    return answers(built, pack(name, content.values()))


def compare_narrow(name: str, content: dict[str, bytes]) -> dict[str, str]:
    """Holds the port of 16 bits to the plain one. Returns its lines."""
    lines = dict(zip(content, narrow(name, content), strict=True))
    for key, line in zip(content, wide(name, content), strict=True):
        if beyond_16_bits(content[key]):
            assert not lines[key].startswith("0 "), f"{key} opens: {lines[key]}"
        else:
            assert lines[key] == line, key
    return lines


def test_16_bits_answer_as_32() -> None:
    lines = compare_narrow("narrow", blobs())
    assert sum(line.startswith("0 ") for line in lines.values()) > 300


def smallest_of_each_op() -> dict[str, bytes]:
    """The smallest golden blob or sample that has a given set of ops."""
    found: dict[frozenset[int], tuple[int, str]] = {}
    for name, blob in blobs().items():
        if name.startswith("hostile") or len(blob) > 1200:
            continue
        outputs, stages = struct.unpack_from("<HH", blob, 40)
        table = 48 + 4 * outputs
        ops = frozenset(
            struct.unpack_from("<I", blob, table + 28 * k + 4)[0] for k in range(stages)
        )
        found[ops] = min(found.get(ops, (len(blob), name)), (len(blob), name))
    return {name: blobs()[name] for _, name in sorted(found.values())}


def test_no_count_loses_its_upper_half() -> None:
    """65,535, 65,536, 65,537 and so on in each count of each op: what is refused
    with 32 bits is refused with 16."""
    chosen = smallest_of_each_op()
    content = {
        f"{name} {k}": blob
        for name, whole in chosen.items()
        for k, blob in enumerate(large_counts(whole))
    }
    assert len(content) > 100 * len(chosen) > 10_000
    lines = compare_narrow("counts", content)
    assert len({line.split()[0] for line in lines.values()}) > 5


def test_blobs_and_spans_at_64_kib() -> None:
    """The largest that 16 bits can say opens; the next is LIMIT or STAGE."""
    content, wanted = {}, {}
    for n_in in (65535, 65536, 65537):
        blob = single(forest(1, "u8w", n_in, 2, 1, 2, unit=1), n_in, [2])
        content[f"inputs {n_in}"] = blob.bytes()
        wanted[f"inputs {n_in}"] = "OK" if n_in == 65535 else "STAGE"
    for n in (16383, 16384, 16385):
        payload = bytes(2 * n + 2 * (n % 2))  # gather: all from element 0
        content[f"scores {n}"] = op_blob(OP["gather"], 1, n, payload)
        wanted[f"scores {n}"] = "OK" if n == 16383 else "STAGE"
    for beyond in (-4, 0, 4):
        n = (65536 + beyond - 48 - 4 - 28 - 4) // 4  # dense: a bias and the weights
        blob = op_blob(OP["dense"], n - 1, 1, bytes(4 + 4 * n))
        assert len(blob) == 65536 + beyond
        content[f"octets {len(blob)}"] = blob
        wanted[f"octets {len(blob)}"] = "LIMIT" if beyond >= 0 else "OK"
    lines = compare_narrow("edges", content)
    got = {name: STATUSES[-int(line.split()[0])] for name, line in lines.items()}
    assert got == wanted


def test_objects_are_all_there() -> None:
    assert len(objects(RELEASE)) == len(list(build.C.rglob("*.c")))
