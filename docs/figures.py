# SPDX-License-Identifier: MIT
"""Write the figures of SECURITY.md and pages of docs/ from results.

    python docs/figures.py [--check]

Only what benchmarks/results/*.csv hold appears. --check changes nothing and
fails if a document says something else.
"""

import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
START, END = "<!-- figures:start -->", "<!-- figures:end -->"

Row = dict[str, str]


def read(name: str) -> tuple[Row, list[Row]]:
    """The notes (by what stands before the colon) and rows of a results file."""
    path = RESULTS / f"{name}.csv"
    if not path.exists():
        return {}, []
    lines = path.read_text(encoding="utf-8").splitlines()
    notes = [line[2:].split(": ", 1) for line in lines if line.startswith("# ")]
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {pair[0]: pair[-1] for pair in notes}, list(rows)


def select(rows: list[Row], **wanted: str) -> list[Row]:
    """The rows with these values."""
    return [row for row in rows if all(row.get(k) == v for k, v in wanted.items())]


def ours_first(rows: list[Row]) -> list[Row]:
    """emlrt's rows, then its peers', each in their order."""
    return sorted(rows, key=lambda row: not row["contestant"].startswith("emlrt"))


def table(head: list[str], body: list[list[str]]) -> Iterator[str]:
    """The lines of a table, then an empty one."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for cells in body:
        yield "| " + " | ".join(cells) + " |"
    yield ""


def pivot(
    rows: list[Row], columns: dict[str, str], key: str, value: str
) -> list[list[str]]:
    """One line per contestant, one cell per column; contestants in first order."""
    names = list(dict.fromkeys(row["contestant"] for row in rows))
    body = []
    for name in names:
        own = {row[key]: row for row in select(rows, contestant=name)}
        cells = [own.get(column, {}).get(value) or "-" for column in columns]
        if set(cells) != {"-"}:
            body.append([name, *cells])
    return body


CORES = {
    "cortex-m0plus": "Cortex-M0+",
    "cortex-m4f": "Cortex-M4F",
    "rv32imac": "RV32IMAC",
    "atmega1284p": "ATmega1284P (cycles)",
}


def instructions() -> Iterator[str]:
    """Costs of a prediction on emulated cores."""
    notes, rows = read("instructions")
    rows = select(rows, forest="digits 10 x 8", opt="-O2")
    runs = (" run", " run prepared")
    rows = ours_first([row for row in rows if not row["contestant"].endswith(runs)])
    if not rows:
        return
    yield "Instructions of one prediction (digits, 10 trees of depth 8, -O2; under"
    yield f"unicorn and simavr; commit {notes['emlrt commit']}):"
    yield ""
    agree = {row["contestant"]: row["agree"] for row in rows if row.get("agree")}
    body = pivot(rows, CORES, "target", "per_prediction")
    for line in body:
        line.append(agree.get(line[0]) or "-")
    yield from table(["", *CORES.values(), "agrees with scikit-learn"], body)


def sizes() -> Iterator[str]:
    """Bytes of a forest."""
    notes, rows = read("bytes")
    rows = ours_first(select(rows, forest="digits 10 x 8"))
    if not rows:
        return
    yield "Bytes of the same forest, code excluded"
    yield f"(commit {notes['emlrt commit']}):"
    yield ""
    body = [
        [
            row["contestant"],
            row["voting"] + (f", {row['leaf_bits']} bit" if row["leaf_bits"] else ""),
            row["bytes"],
            row["bytes_per_split"],
        ]
        for row in rows
        if not (row["voting"] == "soft" and row["leaf_bits"] == "16")
    ]
    yield from table(["", "votes", "bytes", "bytes per split"], body)


def code() -> Iterator[str]:
    """Flash and stack of the runtime with one op."""
    notes, rows = read("size")
    rows = [row for row in select(rows, opt="-Os") if row["target"] in CORES]
    ops = ("trees_vote_i16", "trees_soft_i16", "trees_soft_f32")
    body = [
        [f"`{op}`", *(cell(select(rows, op=op, target=core)) for core in CORES)]
        for op in ops
        if select(rows, op=op)
    ]
    if not body:
        return
    yield "Code of open, run and classify with one op, -Os: bytes of flash / of stack /"
    yield "of flash of a prepared call with the op, which needs no open"
    yield f"(commit {notes['emlrt commit']}; RAM is the model struct):"
    yield ""
    cores = [name.removesuffix(" (cycles)") for name in CORES.values()]
    yield from table(["op", *cores], body)


def cell(rows: list[Row]) -> str:
    """Flash, the deepest stack and a prepared call's flash of a row."""
    if not rows or not rows[0]["flash"]:
        return "-"
    stacks = [rows[0][name] for name in rows[0] if name.startswith("stack")]
    most = max((int(n) for n in stacks if n), default=0)
    return f"{rows[0]['flash']} / {most} / {rows[0].get('prepared') or '-'}"


#: Gaussian models that the page shows; the results have more.
_SHOWN = (
    "GaussianNB iris",
    "GaussianNB wine",
    "EllipticEnvelope iris",
    "EllipticEnvelope wine",
    "mixture full iris",
    "mixture full wine",
    "mixture diag wine",
)


def ratio(ours: str, peer: str) -> str:
    return f"{float(ours) / float(peer):.2f}" if ours and peer else "-"


def beside_emlearn() -> Iterator[str]:
    """Numeric models: our figure over emlearn's of the same model and run."""
    nets, rows = read("nets")
    gauss, more = read("gaussians")
    body = []
    for net in dict.fromkeys(row["net"] for row in rows):
        own = {(row["system"], row["target"]): row for row in select(rows, net=net)}
        cells = [
            ratio(*(own[s, core]["instructions"] for s in ("emlrt", "emlearn")))
            for core in ("cortex-m0", "cortex-m4f")
        ]
        whole = "cortex-m0plus program -Os"
        code = [own.get((s, whole), {}).get("code", "") for s in ("emlrt", "emlearn")]
        program = " / ".join(filter(None, code)) or "-"
        body.append([f"neural net, {net}", *cells, program])
    models = dict.fromkeys(row["model"] for row in more)
    for model in (name for name in models if name in _SHOWN):
        own = {
            (row["contestant"], row["target"], row["opt"]): row
            for row in select(more, model=model)
        }
        cells = [
            own.get(("emlrt", core, "-O2"), {}).get("vs") or "-"
            for core in ("cortex-m0", "cortex-m4f")
        ]
        code = [
            own.get((s, "cortex-m0plus", "-Os"), {}).get("program", "")
            for s in ("emlrt", "emlrt prepared", "emlearn")
        ]
        body.append([model, *cells, " / ".join(filter(None, code)) or "-"])
    if not body:
        return
    yield "Other models: instructions of one call over emlearn's (-O2), and bytes of a"
    yield "whole program on a Cortex-M0+ (-Os, above an empty one, the model included;"
    yield "of Gaussians: opened / constants for a prepared call / emlearn's;"
    yield f"commits {nets['emlrt commit']}, {gauss['emlrt commit']}):"
    yield ""
    head = ["", "Cortex-M0", "Cortex-M4F", "program"]
    yield from table(head, body)


def _ratio(ours: str, other: str) -> str:
    return f"{ours} / {other}" if ours and other else ours or "-"


def boosted() -> Iterator[str]:
    """Boosted trees: bytes and instructions beside the library's files and m2cgen."""
    notes, rows = read("boosting")
    body = []
    for model in dict.fromkeys(row["model"] for row in rows):
        mine = select(rows, model=model)
        blob = select(mine, contestant="emlrt ")[0]
        files = [blob[k] for k in blob if k.startswith("file ") and blob[k]]
        flash = {r["contestant"]: r["program"] for r in mine if r.get("program")}
        core = select(mine, target="cortex-m0plus")
        cost = {r["contestant"]: r["instructions"] for r in core if r["instructions"]}
        least = min(float(v) for k, v in cost.items() if k.startswith("emlrt"))
        body.append(
            [
                model,
                _ratio(blob["blob"], min(files, key=float)),
                _ratio(flash.get("emlrt ", ""), flash.get("m2cgen", "")),
                _ratio(f"{least:.0f}", cost.get("m2cgen", "")),
            ]
        )
    if not body:
        return
    yield "Boosted trees: bytes of the blob / of the library's smallest file; bytes of"
    yield "a whole program on a Cortex-M0+ (-Os, above an empty one, the model"
    yield "included) and instructions of one call (-O2, raw scores), emlrt / m2cgen"
    yield f"(commit {notes['emlrt commit']}):"
    yield ""
    yield from table(["", "blob / file", "program", "instructions"], body)


def boosted_host() -> Iterator[str]:
    """Boosted trees from Python."""
    notes, rows = read("host_boosting")
    names = list(dict.fromkeys(row["contestant"] for row in rows))
    body = []
    for model in dict.fromkeys(row["model"] for row in rows):
        own = {row["contestant"]: row for row in select(rows, model=model)}
        body.append([model, *(own.get(n, {}).get("rows/s") or "-" for n in names)])
    if not body:
        return
    yield "Boosted trees from Python, rows per second of 50,000 rows in one call, one"
    yield f"thread ({notes['machine']}; commit {notes['emlrt commit']}):"
    yield ""
    yield from table(["", *names], body)


HOST = {"us_per_call": "one row, us per call", "rows_per_s": "batch, rows per second"}


def host() -> Iterator[str]:
    """Times on the host."""
    notes, rows = read("host")
    rows = select(rows, forest="digits 100 x 8")
    body = [
        [row["contestant"], *(row.get(name) or "-" for name in HOST)]
        for row in ours_first(rows)
        if any(row.get(name) for name in HOST)
    ]
    if not body:
        return
    yield "From Python, one thread (digits, 100 trees of depth 8;"
    yield f"{notes['machine']}; commit {notes['emlrt commit']}):"
    yield ""
    yield from table(["", *HOST.values()], body)


OUTCOMES = ("refused", "resized", "harmless", "changed")


def numeric_host() -> Iterator[str]:
    """Batches of numeric estimators from Python, beside their peers."""
    notes, rows = read("host_numeric")
    if not rows:
        return
    yield "Batches of 2,000 rows from Python, one thread: emlrt's processor time over"
    yield f"the peer's, by the rows' dtype ({notes['machine']}; commit"
    yield f"{notes['emlrt commit']}):"
    yield ""
    body: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in rows:
        key = (row["estimator"], row["method"], row["peer"])
        body.setdefault(key, {})[row["dtype"]] = row["ratio"]
    dtypes = ("float64", "float32")
    lines = [[*key, *(own.get(d, "-") for d in dtypes)] for key, own in body.items()]
    yield from table(["", "method", "peer", *dtypes], lines)


def loads() -> Iterator[str]:
    """What loading a large model takes, beside its peers."""
    notes, rows = read("load")
    if not rows:
        return
    yield "Loading a large model in a new process: megabytes per second of load alone,"
    yield "milliseconds to the first answer, and memory behind it in sizes of the"
    yield f"contestant's own file ({notes['machine']}; commit {notes['emlrt commit']}):"
    yield ""
    columns = ("MB", "MB_per_s", "then_one_row_ms", "resident", "peak")
    lines = [
        [row["model"], row["contestant"], *(row[c] for c in columns)] for row in rows
    ]
    yield from table(
        ["", "", "file, MB", "MB/s", "first answer, ms", "resident", "peak"], lines
    )


def total(rows: list[Row], what: str, settings: str) -> dict[str, int]:
    """The outcomes of all rows, of one kind of damage in one setting."""
    return {
        outcome: sum(int(row[f"{what} {settings} {outcome}"]) for row in rows)
        for outcome in OUTCOMES
    }


def damage() -> Iterator[str]:
    """What becomes of damaged blobs."""
    notes, rows = read("bitflips")
    if not rows:
        return
    yield "Bits flipped, one at a time, in a blob of every op and of every option of"
    yield f"the readers (`benchmarks/bitflips.py`; commit {notes['emlrt commit']})."
    yield "*Verified*: the CRC as it was: all must be refused. *Opened*: without"
    yield "`emlrt_verify`. *Forged*: verified, with the CRC made right. Not refused are"
    yield "blobs with other sizes, which an application notices by `emlrt_peek` / those"
    yield "that give the same scores / those that give others:"
    yield ""
    body = []
    for family in [*dict.fromkeys(row["family"] for row in rows), "all"]:
        mine = rows if family == "all" else select(rows, family=family)
        cells = [family, str(len(mine))]
        cells.append(str(sum(int(row["bytes"]) * 8 for row in mine)))
        for setting in ("crc", "open", "forged"):
            found = total(mine, "flips", setting)
            rest = " / ".join(str(found[name]) for name in OUTCOMES[1:])
            cells.append(str(found["refused"]))
            cells += [rest] if setting != "crc" else []
        body.append(cells)
    head = ["", "blobs", "flips", "verified: refused", "opened: refused", "not"]
    yield from table([*head, "forged: refused", "not"], body)
    yield "Of other lengths (each shorter one, and up to 64 bytes more, as zeros),"
    yield "there were refused:"
    yield ""
    body = []
    for setting, name in (("crc", "verified"), ("open", "opened"), ("forged",) * 2):
        found = total(rows, "lengths", setting)
        body.append([name, f"{found['refused']} of {sum(found.values())}"])
    yield from table(["", "refused"], body)


def generated() -> list[str]:
    """The lines of docs/CODE.md: counts and flash of generated code."""
    notes, rows = read("code")
    lines = []
    for name in dict.fromkeys(row["model"] for row in rows):
        lines += [f"{name}: instructions / bytes of a whole program", ""]
        own = [
            {**row, "both": f"{row['count']} / {row['flash']}"} if row["count"] else row
            for row in select(rows, model=name)
        ]
        body = pivot(own, CORES, "target", "both")
        agree = {row["contestant"]: row["agree"] for row in own if row["agree"]}
        body = [[*line, agree.get(line[0]) or "-"] for line in body]
        lines += table(["", *CORES.values(), "agrees with the runtime"], body)
    if not lines:
        return []
    start = "One call at -O2, and the program at -Os, on emulated cores (commit"
    return [start, f"{notes['emlrt commit']}).", "", *lines]


def searched() -> list[str]:
    """The lines of docs/SEARCH.md: what a search saw, and what was made."""
    notes, rows = read("search")
    if not rows:
        return []
    body = []
    for who in ("emlearn", "emlrt"):
        own = select(rows, contestant=who)
        off = max(abs(float(row["said"]) / float(row["made"]) - 1) for row in own)
        lost = max(float(row["test"]) - float(row["deployed"]) for row in own)
        best = max(own, key=lambda row: float(row["accuracy"]))
        pair = f"{best['accuracy']} / {best['deployed']}"
        body.append([who, f"{off:.0%}", f"{lost:.3f}", pair])
    head = [
        "",
        "bytes that a scorer says, off those that are made",
        "accuracy lost when deployed",
        "accuracy of the best candidate in the search / deployed",
    ]
    start = f"The most of {len(rows) // 2} candidates (commit"
    return [f"{start} {notes['emlrt commit']}):", "", *table(head, body)]


def costs() -> list[str]:
    """The lines of docs/FIGURES.md."""
    lines = [*instructions(), *sizes(), *code(), *beside_emlearn(), *boosted()]
    return [*lines, *host(), *boosted_host(), *numeric_host(), *loads()]


def estimated() -> list[str]:
    """How far off estimates of counts are, by core."""
    notes, rows = read("estimates")
    body = []
    for core in dict.fromkeys(row["core"] for row in rows):
        own = [(abs(float(row["ratio"]) - 1), row) for row in select(rows, core=core)]
        off = sorted(error for error, _ in own)
        most, worst = max(own, key=lambda pair: pair[0])
        cells = [f"{len({row['model'] for _, row in own})}", f"{len(own)}"]
        cells += [f"{100 * off[len(off) // 2]:.1f} %", f"{100 * most:.1f} %"]
        body.append([core, *cells, f"{worst['model']}, `{worst['call']}`"])
    head = ["core", "models", "calls", "median", "largest", "of"]
    first = f"Differences of means of eight rows ({notes['compilers']})."
    return [first, "", *table(head, body), "", *estimated_blocks()]


def estimated_blocks() -> Iterator[str]:
    """How far off ops of signals are, on the usual core and on the worst."""
    from emlrt.estimate import CORES
    from emlrt.estimate.prices import prices
    from emlrt.estimate.terms import of_signals

    body = []
    for op in sorted(of_signals()):
        errors = []
        for core in CORES:
            known = prices(core, "-O2")
            errors.append((known.get(f"error.{op}", known["error"]), core))
        errors.sort()
        usual, (most, core) = errors[len(errors) // 2][0], errors[-1]
        body.append([f"`{op}`", f"{100 * usual:.0f} %", f"{100 * most:.0f} %", core])
    yield "What `error` takes for ops of signals, on the median core and on the one"
    yield "where it is largest:"
    yield ""
    yield from table(["op", "median", "largest", "on"], body)


DOCUMENTS: dict[str, Callable[[], list[str]]] = {
    "SECURITY.md": lambda: list(damage()),
    "docs/FIGURES.md": costs,
    "docs/CODE.md": generated,
    "docs/ESTIMATE.md": estimated,
    "docs/SEARCH.md": searched,
}


#: What `emlrt demo` shows beside ours, by the name that it shows.
_PEERS = {
    "emlearn, majority": "emlearn loadable int16 hard",
    "emlearn, soft votes": "emlearn loadable int16 soft8",
}
PEERS = ROOT / "src/emlrt/cli/peers.toml"


def peers() -> str:
    """The text of peers.toml: a forest on digits, on a Cortex-M0+ at -O2."""
    _, counts = read("instructions")
    notes, sizes = read("bytes")
    packages = dict(pair.rsplit(" ", 1) for pair in notes["packages"].split(", "))
    lines = [
        "# SPDX-License-Identifier: MIT",
        "#",
        "# Made by docs/figures.py from benchmarks/results: see `emlrt demo`.",
        f"# emlearn {packages['emlearn']}, a forest on digits, 10 trees of depth 8.",
    ]
    of = {"forest": "digits 10 x 8", "target": "cortex-m0plus", "opt": "-O2"}
    for name, contestant in _PEERS.items():
        (count,) = select(counts, contestant=contestant, **of)
        (size,) = select(sizes, contestant=contestant, forest=of["forest"])
        lines += ["", f'["{name}"]', f"agrees = {count['agree']}"]
        lines += [
            f"bytes = {size['bytes']}",
            f"instructions = {count['per_prediction']}",
        ]
    return "\n".join([*lines, ""])


def main(arguments: list[str]) -> int:
    """Returns the exit code."""
    status = 0
    if PEERS.read_text(encoding="utf-8") != peers():
        if "--check" in arguments:
            print("peers.toml's figures are old: run python docs/figures.py")
            status = 1
        else:
            PEERS.write_text(peers(), encoding="utf-8")
    for name, lines in DOCUMENTS.items():
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        before, _, rest = text.partition(START)
        old, _, after = rest.partition(END)
        new = "\n".join(["", "", *(lines() or ["No results are there yet.", ""])])
        if old == new:
            continue
        if "--check" in arguments:
            print(f"{name}'s figures are old: run python docs/figures.py")
            status = 1
            continue
        path.write_text(f"{before}{START}{new}{END}{after}", encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
