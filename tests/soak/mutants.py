# SPDX-License-Identifier: MIT
"""Mutation testing of the runtime's checks: are the wall's tests complete?

`python tests/soak/mutants.py` changes every check of c/src in every small way
(soak/operators.py), one at a time, and asks the wall's tests (hostile blobs, valid
ones, flips, the API's statuses) whether they notice. What they do not notice must
be the same object code, or be argued for in soak/SURVIVORS.md. With --host, the same
of the layouts of c/host, which random programs ask.

Needs tree-sitter and tree-sitter-c, of the extra "test".
"""

import argparse
import random
import re
import shutil
import struct
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from c.blobs import samples  # noqa: E402
from c.hostile import STATUSES, hostile  # noqa: E402
from c.random_programs import programs  # noqa: E402
from c.relations import all_blobs  # noqa: E402
from families import small_blobs  # noqa: E402
from soak.operators import LAYOUTS, Mutant, all_mutants, all_of  # noqa: E402

from c import build, edges  # noqa: E402

HERE = Path(__file__).resolve().parent
GOLDEN = HERE.parent / "golden" / "v1"
PORTS = {"words": build.WORD_PORT, "octets": []}
HOSTILE, VALID, FLIPS, EDGE, HOST = range(5)
HOST_PROGRAMS = 1500


@dataclass(frozen=True)
class Case:
    name: str
    kind: int
    status: str
    octets: bytes


def cases(flips: bool) -> list[Case]:
    """Those that stop a mutant soonest come first."""
    found = [Case(k, HOSTILE, status, b) for k, (b, status) in hostile().items()]
    found += [Case(k, EDGE, status, b) for k, b, status in edges.cases()]
    whole = {k: blob.bytes() for k, blob in samples().items()}
    golden = {path.stem: path.read_bytes() for path in sorted(GOLDEN.glob("*.eml"))}
    for name, blob in (whole | golden).items():
        keeps = bool(blob[6] & 8)  # EMLRT_FLAG_STATE: only a stream opens it
        kind, status = (HOSTILE, "STATE") if keeps else (VALID, "OK")
        found.append(Case(name, kind, status, blob))
    if flips:
        small = sorted((whole | small_blobs()).items(), key=lambda item: len(item[1]))
        found += [Case(k, FLIPS, "OK", b) for k, b in small]
    return found


def host_cases() -> list[Case]:
    blobs = [*all_blobs(), *programs(1, HOST_PROGRAMS)]
    return [Case(f"program {k}", HOST, "OK", blob) for k, blob in enumerate(blobs)]


def write_cases(path: Path, found: list[Case]) -> None:
    with path.open("wb") as file:
        for case in found:
            status = STATUSES.index(case.status)
            file.write(struct.pack("<4I", case.kind, status, len(case.octets), 0))
            file.write(case.octets)


def write_sources(folder: Path, src: Path, written: dict[str, bytes]) -> list[Path]:
    """Files of a copy of `src`, each at its place; returns the .c files."""
    shutil.copytree(src, folder, dirs_exist_ok=True)
    places = {name: build.place(folder, name) for name in written}
    for name, text in written.items():
        places[name].write_bytes(text)
    return [path for name, path in places.items() if name.endswith(".c")]


def build_driver(
    folder: Path, port: str, written: dict[str, bytes], files: tuple[str, ...]
) -> Path:
    """The driver, with every mutant of some files of the runtime in it."""
    more = [*PORTS[port], "-g0", "-w", "-ftrivial-auto-var-init=pattern", f"-I{HERE}"]
    chosen = [*more, "-include", str(HERE / "mutants.h")]
    sources = write_sources(folder / "src", build.C / "src", written)
    objects = [folder / f"{path.stem}.o" for path in sources if path.name in files]
    for path in sources:
        if path.name in files:
            compile_again(folder, path, chosen)
    stems = {path.stem for path in objects}
    if len(stems) < len(sources):
        kept = build.kept_objects(tuple(PORTS[port]))
        objects += [path for path in kept if path.stem not in stems]
    else:
        build.objects(folder, PORTS[port], list(build.USE))
        objects += [folder / f"{path.stem}.o" for path in build.USE]
    command = [build.need(build.CLANG), "-std=gnu11", *build.SANITIZE, *more]
    include = [build.INCLUDE, f"-I{build.HERE}"]
    out = folder / "mutants"
    build.must([*command, *include, HERE / "mutants.c", *objects, "-o", out])
    return out


def build_host_driver(folder: Path, written: dict[str, bytes]) -> Path:
    """The driver, with every mutant of the layouts of c/host in it."""
    more = ["-DMUTANTS_HOST", "-g0", "-w", f"-I{HERE}", build.HOST]
    flags = [*more, "-include", str(HERE / "mutants.h")]
    sources = write_sources(folder / "host", build.C / "host", written)
    if not (folder / "src").exists():
        (folder / "src").symlink_to(build.C / "src")
    objects = build.objects(folder, flags, sources)
    stems = {path.stem for path in objects}
    objects += [path for path in build.kept_host_objects() if path.stem not in stems]
    command = [build.need(build.CLANG), "-std=gnu11", *build.SANITIZE, *more]
    include = [build.INCLUDE, f"-I{build.HERE}"]
    out = folder / "mutants"
    build.must([*command, *include, HERE / "mutants.c", *objects, "-o", out])
    return out


def compile_again(folder: Path, path: Path, flags: list[str]) -> None:
    """Compiles a file, unless all that it is made of is as it was the last time."""
    headers = [*folder.rglob("*.h"), *build.C.glob("include/*/*.h"), *HERE.glob("*.h")]
    key = sha256(" ".join(flags).encode())
    for part in (*sorted(headers), path):
        key.update(part.read_bytes())
    kept = folder / f"{path.stem}.key"
    if not kept.exists() or kept.read_text() != key.hexdigest():
        build.objects(folder, flags, [path])
        kept.write_text(key.hexdigest())


def sites(found: list[Mutant]) -> list[int]:
    return [number - mutant.nth for number, mutant in enumerate(found)]


def judge(
    driver: Path, blobs: Path, numbers: list[int], site_of: list[int], flips: int
) -> dict[int, tuple[str, int]]:
    """How each mutant was noticed, or "-"; and by which case, or how many came."""
    lines = "".join(f"{n} {site_of[n]}\n" for n in numbers)
    quiet = "symbolize=0:detect_leaks=0:handle_abort=0:quarantine_size_mb=1"
    done = subprocess.run(
        [driver, blobs, str(flips)],
        input=lines,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={"ASAN_OPTIONS": quiet, "UBSAN_OPTIONS": "symbolize=0"},
    )
    words = [line.split() for line in done.stdout.splitlines()]
    return {int(n): (how, int(what)) for n, how, what in words}


# --- What is not noticed, but makes no difference to a compiler.


def includers(src: Path, name: str) -> list[str]:
    """The .c files that a file is part of."""
    if name.endswith(".c"):
        return [name]
    texts = {path: path.read_text() for path in src.rglob("*.[ch]")}
    part, before = {name}, set[str]()
    while part != before:
        before = set(part)
        part |= {
            path.name
            for path, text in texts.items()
            if any(re.search(rf'["/]{include}"', text) for include in before)
        }
    return sorted(n for n in part if n.endswith(".c"))


def code_of(path: Path) -> str:
    """A hash of the assembly of a file; "" if it does not compile."""
    command = ["gcc", "-std=gnu11", "-O2", "-w", build.INCLUDE, build.HOST, "-S", path]
    done = subprocess.run([*command, "-o", "-"], capture_output=True, check=False)
    return sha256(done.stdout).hexdigest() if done.returncode == 0 else ""


class Objects:
    """Compares object code of mutants with that of the runtime, or of the host."""

    def __init__(self, src: Path, folder: Path) -> None:
        self.src, self.folder = src, folder / src.name
        shutil.copytree(build.C / "src", folder / "src", dirs_exist_ok=True)
        shutil.copytree(self.src, self.folder, dirs_exist_ok=True)
        self.plain = {path.name: code_of(path) for path in self.folder.rglob("*.c")}

    def differ(self, mutant: Mutant) -> str:
        """ "same", "broken" if it does not compile, or "differ"."""
        path = build.place(self.folder, mutant.file)
        text = path.read_bytes()
        path.write_bytes(mutant.apply(text))
        try:
            for name in includers(self.src, mutant.file):
                code = code_of(build.place(self.folder, name))
                if code != self.plain[name]:
                    return "differ" if code else "broken"
        finally:
            path.write_bytes(text)
        return "same"


def what_differs(
    found: list[Mutant], src: Path, folder: Path, survivors: list[int]
) -> list[int]:
    """The survivors that are other object code."""
    objects = Objects(src, folder)
    return [n for n in survivors if objects.differ(found[n]) == "differ"]


# --- All of it.


@dataclass
class Report:
    """What became of the mutants that were judged."""

    found: list[Mutant]
    judged: list[int]
    noticed: dict[int, tuple[str, int]]
    survivors: list[int]

    def say(self) -> bool:
        """Print what is left; whether all of it is argued for."""
        known = argued()
        new = [n for n in self.survivors if self.found[n].key not in known]
        for n in new:
            mutant, (_, came) = self.found[n], self.noticed[n]
            print(f"NOT NOTICED: {mutant.name}: {came} cases come there; in:")
            print(f"    {mutant.context}\n- {mutant.key}")
        how = Counter(how for how, _ in self.noticed.values())
        same = how.pop("-", 0) - len(self.survivors)
        rest = len(self.judged) - same
        noticed = rest - len(self.survivors)
        print(f"{len(self.judged)} mutants, {same} of them the same object code")
        share = noticed / max(rest, 1)
        print(f"{noticed} of {rest} noticed ({share:.1%}): {dict(how)}")
        print(f"{len(self.survivors) - len(new)} more in SURVIVORS.md, {len(new)} not")
        return not new


def argued() -> set[str]:
    """The keys of the mutants that SURVIVORS.md argues for."""
    lines = (HERE / "SURVIVORS.md").read_text(encoding="utf-8").splitlines()
    return {line[2:] for line in lines if line.startswith("- ")}


def choose(
    found: list[Mutant], files: tuple[str, ...], sample: int, seed: int
) -> list[int]:
    """Numbers of the mutants of some files; so many of them, if sample is not 0."""
    numbers = [n for n, mutant in enumerate(found) if mutant.file in files]
    if sample and sample < len(numbers):
        numbers = sorted(random.Random(seed).sample(numbers, sample))
    return numbers


def survey(
    folder: Path,
    files: tuple[str, ...] = (),
    sample: int = 0,
    seed: int = 1,
    flips: int = 2,
    ports: tuple[str, ...] = tuple(PORTS),
) -> Report:
    """Judge the mutants of some files, or of all; `files` may be headers only if
    it is all."""
    found, written = all_mutants(build.C / "src")
    files = files or tuple(written)
    judged = left = choose(found, files, sample, seed)
    folder.mkdir(parents=True, exist_ok=True)
    blobs, noticed = folder / "cases", dict[int, tuple[str, int]]()
    write_cases(blobs, cases(flips > 0))
    drivers = [build_driver(folder / port, port, written, files) for port in ports]
    for driver in drivers:
        noticed |= judge(driver, blobs, left, sites(found), 0)
        left = [n for n in left if noticed[n][0] == "-"]
    left = what_differs(found, build.C / "src", folder / "plain", left)
    for driver in drivers if flips else []:
        noticed |= judge(driver, blobs, left, sites(found), flips)
        left = [n for n in left if noticed[n][0] == "-"]
    return Report(found, judged, noticed, left)


def survey_host(folder: Path, sample: int = 0, seed: int = 1) -> Report:
    """Judge mutants of the layouts of c/host; all, if sample is 0."""
    src = build.C / "host"
    found, written = all_mutants(src, all_of(src, LAYOUTS))
    judged = choose(found, tuple(written), sample, seed)
    folder.mkdir(parents=True, exist_ok=True)
    blobs = folder / "cases"
    write_cases(blobs, host_cases())
    driver = build_host_driver(folder, written)
    noticed = judge(driver, blobs, judged, sites(found), 0)
    left = [n for n in judged if noticed[n][0] == "-"]
    return Report(
        found, judged, noticed, what_differs(found, src, folder / "plain", left)
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", nargs="*", help="of c/src, .c only; all, if none")
    parser.add_argument("--sample", type=int, default=0, help="so many of the mutants")
    parser.add_argument("--seed", type=int, default=1, help="which sample")
    parser.add_argument("--flips", type=int, default=2, help="blobs to flip for each")
    parser.add_argument("--host", action="store_true", help="of the layouts of c/host")
    asked = parser.parse_args()
    folder = ROOT / "build" / "mutants"
    if asked.host:
        report = survey_host(folder / "host", asked.sample, asked.seed)
        return 0 if report.say() else 1
    report = survey(folder, tuple(asked.files), asked.sample, asked.seed, asked.flips)
    return 0 if report.say() else 1


if __name__ == "__main__":
    sys.exit(main())
