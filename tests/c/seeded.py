# SPDX-License-Identifier: MIT
"""Bugs planted in a copy of the runtime, to see that the wall's tests see them.

Each is one line that a hurried change could lose. `caught` builds the copy and
says which driver noticed: "hostile" (a hostile blob ended in another status, or
broke a promise) or "flips" (an attack by flipped bits did harm), or "".
"""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import build
from .blobs import samples
from .hostile import STATUSES, hostile


@dataclass(frozen=True)
class Bug:
    """Replaces `old`, which must be in c/src/`file` once, by `new`."""

    file: str
    old: str
    new: str


BUGS = {
    # Header.
    "magic": Bug("open.c", "EMLRT_HEADER32(blob, magic) != EMLRT_MAGIC", "0"),
    "version": Bug(
        "open.c", "EMLRT_HEADER16(blob, version) != EMLRT_FORMAT_VERSION", "0"
    ),
    "flags": Bug("open.c", "EMLRT_HEADER16(blob, flags) >> 1", "0u"),
    "short_blob": Bug("open.c", "size < EMLRT_OCTETS(emlrt_header)", "0"),
    "total_size": Bug("open.c", "EMLRT_HEADER32(blob, total_size) != size", "0"),
    "body_past_total": Bug("open.c", "body <= total &&", ""),
    "body_before_header": Bug("open.c", " && body >= EMLRT_OCTETS(emlrt_header)", ""),
    "sizes_of_4": Bug("open.c", "((total | body | y) & 3u)", "0u"),
    "most_elements": Bug("open.c", "(x | y | arena) >> 28", "0u"),
    "arena_of_8": Bug("open.c", "(arena & 7u)", "0u"),
    "output_kind": Bug("open.c", "(output >> 4 & 0xDu) != 0", "1"),
    "output_past": Bug("open.c", "output <= EMLRT_OUTPUT_INLIERS", "1"),
    "output_dtype": Bug("open.c", "(output & ~0xF0u) == EMLRT_F32", "1"),
    "output_votes": Bug("open.c", "return output == EMLRT_OUTPUT_VOTES", "return 1"),
    "outputs_none": Bug("open.c", "n_outputs) != 0 &&", "n_outputs) < 65536u &&"),
    "input_dtype": Bug("open.c", "dtype == EMLRT_U8 + shift * (EMLRT_I16 - EMLRT_U8)", "1"),
    "input_beyond": Bug("open.c", "dtype <= EMLRT_F32 &&", ""),
    "input_none": Bug("open.c", " && x != 0 &&", " &&"),
    "input_whole": Bug("open.c", "((unsigned)x & ((1u << shift) - 1u)) == 0", "1"),
    # Work.
    "work": Bug("open.c", "call.work > to->work", "0"),
    "work_left": Bug("open.c", "to->work -= call.work;", ""),
    "work_wraps": Bug(
        "open.c",
        "if (elements > UINT32_MAX - call->work) elements = UINT32_MAX - call->work;",
        "",
    ),
    "work_trees": Bug("trees.h", "if (each != 0) emlrt_charge(call, n, each);", ""),
    "work_full": Bug(
        "gauss_full.c", "if (k != call->n_out) emlrt_charge", "if (0) emlrt_charge"
    ),
    "work_couple": Bug("couple.c", "emlrt_charge(call, n, call->n_in);", ""),
    "work_neighbors": Bug("neighbor_votes.c", "|| k > i ||", "||"),
    "work_shares": Bug("neighbor_means.c", "call->n_in / 2);\n  if", "0);\n  if"),
    "work_means": Bug(
        "neighbor_means.c",
        "(flags != 0 ? call->n_in / 2 : call->n_in) >\n"
        "          EMLRT_NEIGHBORS_ITEMS(call)",
        "0",
    ),
    "winner_rest": Bug(
        "rows_winner.c", "return left == 0 ? EMLRT_OK", "return 1 ? EMLRT_OK"
    ),
    # Stages.
    "table_size": Bug("open.c", "if (table > to->left) return EMLRT_ERR_STAGE;", ""),
    "op_missing": Bug("open.c", "if (op == NULL) return EMLRT_ERR_OP;", ""),
    "payload_size": Bug("open.c", "call.size > to->left ||", ""),
    "payload_of_4": Bug("open.c", "(call.size & 3u) != 0 ||", ""),
    "gap": Bug("open.c", "to->left != 0 ||", ""),
    "space": Bug("open.c", "if (space > EMLRT_SPACE_OUTPUT) return 0;", ""),
    "dtype": Bug("open.c", "dtype != must", "0"),
    "count_wraps": Bug("open.c", "!emlrt_counts(count) ||", ""),
    "reads_unwritten": Bug("open.c", "from > *written ||", ""),
    "misaligned_span": Bug("open.c", "(from & ((1u << dtype) - 1u)) != 0", "0"),
    "span_bounds": Bug("open.c", "from > most", "0"),
    "writes_input": Bug("open.c", "into == EMLRT_SPACE_INPUT ||", ""),
    "overlap": Bug("open.c", "EMLRT_STAGE16(stage, in_space) != into ||", "1 ||"),
    "output_uncovered": Bug("open.c", "*written = from;", "*written = most;"),
    # Records.
    "feature": Bug("trees.h", "s->feature >= n_in ||", ""),
    "reserved_flag": Bug("trees.h", "|| s->flags > both", ""),
    "link": Bug("trees.h", "return s->link < after;", "return 1;"),
    "link_off_by_one": Bug("trees.h", "s->link < after", "s->link <= after"),
    "leaf": Bug("trees.h", "s->link < leaves && (", "("),
    "right_leaf": Bug("trees.h", "if (s->flags == both) leaves--;", ""),
    "no_next": Bug("trees.h", "(s->flags == both || after != 0)", "1"),
    "base": Bug("trees.h", "base >= n_leaves", "base > n_leaves"),
    "records_bound": Bug("trees.h", "if (left < width) return EMLRT_ERR_PAYLOAD;", ""),
    "trees_wrap": Bug("trees.h", "!emlrt_counts(n) ||", ""),
    "trees_bound": Bug("trees.h", " || left - head < n * 8", ""),
    "leaves_before_trees": Bug("trees.h", "left < head ||", ""),
    "records_left": Bug("trees.h", "return left == 0 ?", "return 1 ?"),
    "no_leaves": Bug("trees.h", "if (n_leaves == 0) return EMLRT_ERR_PAYLOAD;", ""),
    "record_padding": Bug("trees.h", "left = emlrt_r16(at, 0);", "left = 0;"),
    # Leaves and rows.
    "code": Bug("trees_vote.c", ">= n_codes", "> n_codes"),
    "leaves_bound": Bug("trees_vote.c", " || from > left", ""),
    "leaves_of_4": Bug("trees_vote.c", " || (from & 3u) != 0", ""),
    "leaf_shift": Bug("trees_vote.c", "shift > 2 || ", ""),
    "vote_payload": Bug(
        "trees_vote.c", "call->size < EMLRT_OCTETS(emlrt_trees) ||", ""
    ),
    "item_index": Bug("trees_soft.c", ">= call->n_out ||", "> call->n_out ||"),
    "row_length": Bug("trees_soft.c", "run++ == call->n_out", "run++ == UINT32_MAX"),
    "row_end": Bug("trees_soft.c", "return run == 0 &&", "return"),
    "item_padding": Bug(
        "trees_soft.c", "emlrt_trees_octets(at, (unsigned)left) == 0", "1"
    ),
    "items_bound": Bug("trees_soft.c", "tail > call->size ||", ""),
    "items_wrap": Bug("trees_soft.c", "n_items >> 28 != 0 ||", ""),
    "item_width": Bug("trees_soft.c", "& ~0x0303u) == 0", "& ~0x0707u) == 0"),
    "exponent": Bug("trees_sum.c", "|| exponent > EMLRT_EXPONENT_MAX", ""),
    "exponent_low": Bug("trees_sum.c", "exponent < -EMLRT_EXPONENT_MAX ||", ""),
    "exponents_bound": Bug(
        "trees_sum.c", "(call->size - EMLRT_OCTETS(emlrt_trees)) / 4 < call->n_out", "0"
    ),
    "sum_shift": Bug("trees_sum.c", "leaf_shift) > 2 ||", "leaf_shift) > 99 ||"),
    "sum_bare": Bug("trees_sum.c", "emlrt_trees_bare(call) ?", "1 ?"),
    # Numbers and categories.
    "bare_head": Bug(
        "trees_numbers.c", "call->size >= EMLRT_OCTETS(emlrt_trees) &&", ""
    ),
    "bare_unit": Bug("trees_numbers.c", "EMLRT_TREES32(call->payload, unit)", "0"),
    "numbers_item": Bug("trees_numbers.c", "item) != 0 ||", "item) > 65535u ||"),
    "numbers_leaves_bound": Bug("trees_numbers.c", "from > left ||", ""),
    "numbers_leaves_of_4": Bug("trees_numbers.c", "|| (from & 3u) != 0", ""),
    "numbers_entry": Bug(
        "trees_numbers.c", "left >= entry;", "left != 0 && left + 4 > entry;"
    ),
    "numbers_left": Bug("trees_numbers.c", "left < 4 ? n", "1 ? n"),
    "add_shift": Bug("trees_add.c", "leaf_shift) != 2", "leaf_shift) > 2"),
    "add_finite": Bug("trees_add.c", "n * call->n_out", "0"),
    "add_finite_last": Bug("trees_add.c", "n * call->n_out", "n * call->n_out - 1u"),
    "add_bare": Bug("trees_add.c", "emlrt_trees_bare(call) ?", "1 ?"),
    "coded_head": Bug("trees_sets.c", "call->size >= EMLRT_OCTETS(emlrt_trees) &&", ""),
    "coded_unit": Bug(
        "trees_sets.c", "unit) < call->n_in &&", "unit) <= call->n_in &&"
    ),
    "coded_items": Bug(
        "trees_sets.c", "n_items) <= call->size / 2;", "n_items) <= UINT32_MAX / 2;"
    ),
    "set_place": Bug("trees_sets.c", "if (place >= n) return 0;", ""),
    "set_place_last": Bug("trees_sets.c", "place >= n)", "place > n)"),
    "set_size": Bug(
        "trees_sets.c", "<\n         n - place;", "<=\n         n - place;"
    ),
    "sets_padding": Bug("trees_sets.c", "return (n & 1u) == 0 ||", "return 1 ||"),
    "sets_first": Bug(
        "trees_sets.c", "feature >= coded.first", "feature > coded.first"
    ),
    # Oblivious trees.
    "oblivious_head": Bug(
        "oblivious.c", "!emlrt_take_octets(&left, EMLRT_OCTETS(emlrt_oblivious)) ||", ""
    ),
    "oblivious_shift": Bug("oblivious.c", "leaf_shift) > 2 ||", "leaf_shift) > 31 ||"),
    "oblivious_outputs": Bug("oblivious.c", " || left / 4 < call->n_out ||", " ||"),
    "oblivious_none": Bug("oblivious.c", "if (n == 0) return EMLRT_ERR_PAYLOAD;", ""),
    "oblivious_take": Bug("oblivious.c", "if (octets > *left) return 0;", ""),
    "oblivious_depth": Bug("oblivious.c", "depth > EMLRT_OBLIVIOUS_MAX ||", ""),
    "oblivious_questions": Bug(
        "oblivious.c", "!emlrt_take_octets(&left, depth * 4u) ||", ""
    ),
    "oblivious_feature": Bug("oblivious.c", ">= n_in) return 0;", "> n_in) return 0;"),
    "oblivious_leaves": Bug(
        "oblivious.c", "octets != 0 && emlrt_take_octets", "emlrt_take_octets"
    ),
    "oblivious_left": Bug("oblivious.c", "return left == 0 ?", "return 1 ?"),
    # Ranks and the median.
    "rank_equal": Bug("rank.c", "least = key + 1;", "least = key;"),
    "rank_below": Bug("rank.c", "= -INT32_C(0x7F800001);", "= INT32_MIN;"),
    "rank_above": Bug("rank.c", "|| key > INT32_C(0x7F800000)", ""),
    "rank_columns": Bug("rank.c", "left / 2 < call->n_out", "0"),
    "rank_source": Bug("rank.c", ">> 2 >= call->n_in", ">> 2 > call->n_in"),
    "rank_count": Bug("rank.c", "count > most ||", ""),
    "rank_missing": Bug("rank.c", "EMLRT_RANK16(at, missing) > most", "0"),
    "rank_again_first": Bug("rank.c", "i == 0 ||", ""),
    "rank_again_count": Bug(
        "rank.c", "EMLRT_RANK16(column, count) == EMLRT_RANK16(before, count)", "1"
    ),
    "rank_again": Bug("rank.c", "!emlrt_rank_again_ok(at, before)", "0"),
    "rank_keys": Bug("rank.c", "count > left ||", ""),
    "rank_keys_ok": Bug("rank.c", "|| !emlrt_rank_keys_ok(keys, count)", ""),
    "rank_left": Bug("rank.c", "return left == 0 ?", "return 1 ?"),
    "median_outputs": Bug("median.c", "call->n_out == 1 &&", ""),
    "median_size": Bug("median.c", "call->size / 4 == call->n_in", "1"),
    "median_wraps": Bug("median.c", "weight > UINT32_MAX - total", "0"),
    # Affine ops.
    "floats_rows": Bug("numeric.c", "if (columns * 4 > *left) return 0;", ""),
    "finite": Bug("numeric.c", "return 0;\n  return 1;", "return 1;\n  return 1;"),
    "dense_head": Bug("dense.c", "if (left < EMLRT_OCTETS(emlrt_dense))", "if (0)"),
    "dense_left": Bug("dense.c", "|| left != 0", ""),
    "dense_inputs": Bug(
        "dense.c",
        "!emlrt_take_floats(&left, call->n_out, call->n_in) ||",
        "(left = 0) ||",
    ),
    "affine_counts": Bug("affine.c", "|| call->n_in != call->n_out", ""),
    "affine_flags": Bug("affine.c", "|| flags > EMLRT_AFFINE_ALL", ""),
    "gather_index": Bug("gather.c", ">= call->n_in)", "> call->n_in)"),
    "gather_size": Bug("gather.c", "call->size != emlrt_pad4(need)", "0"),
    "mix_left": Bug("mix.c", "return left == 0 &&", "return"),
    "mix_size": Bug("mix.c", "if (left < call->n_out) return EMLRT_ERR_PAYLOAD;", ""),
    "cast_counts": Bug("cast.c", "call->size == 0 && call->n_in == call->n_out", "1"),
    # Finishers and metadata.
    "group_bound": Bug("classify.c", "if (count > left)", "if (0)"),
    "choose_bound": Bug("choose.c", "if (count > left) count = left;", ""),
    "shares_bound": Bug("groups.c", "if (count > most - sum) return most;", ""),
    "softmax_bound": Bug("proba.c", "if (count == 0 || count > left)", "if (0)"),
    "logistic_bound": Bug(
        "proba.c", "if (n > emlrt_n_scores(model->blob)) return EMLRT_ERR_HEADER;", ""
    ),
    "crc": Bug("verify.c", "if (!emlrt_crc_ok(model->blob))", "if (0)"),
    "groups": Bug("verify.c", "if (!emlrt_groups_ok(model->blob))", "if (0)"),
    "text_ends": Bug("verify.c", "if (next < end) return 0;", ""),
    "golden_count": Bug("verify.c", "if (n == 0) return 0;", ""),
    "tag_order": Bug("verify.c", "tag <= last ||", ""),
    "section_bound": Bug("verify.c", "section.size > total - at ||", ""),
    "meta_padding": Bug("verify.c", "!emlrt_padding_ok(section.at, section.size)", "0"),
    "section_used": Bug("meta.c", "if (size > left) return EMLRT_ERR_METADATA;", ""),
    "texts_used": Bug("meta.c", " || n > (left - 4) / 4", ""),
    "text_used": Bug("meta.c", "from > to || ", ""),
    "text_past_list": Bug("meta.c", " || to > left", ""),
    "text_buffer": Bug("meta.c", "to - from >= size", "to - from > size"),
    "golden_used": Bug("selftest.c", "if (golden.size < octets)", "if (0)"),
    "scratch_golden": Bug("selftest.c", "scratch_size < octets ||", "0 ||"),
}

# One a hazard, for each change; `make soak` plants them all.
QUICK = (
    *("total_size", "payload_size", "span_bounds", "reads_unwritten", "overlap"),
    *("code", "leaves_bound", "item_index", "row_length", "row_end"),
    *("exponents_bound", "group_bound", "text_past_list", "golden_used"),
)


def plant(bug: Bug, src: Path) -> list[str]:
    """Copy c/src to `src` with the bug in it; returns the files to compile."""
    shutil.copytree(build.C / "src", src)
    path = src / bug.file
    text = path.read_text()
    if text.count(bug.old) != 1:
        raise AssertionError(
            f"{bug.file} has {bug.old!r} {text.count(bug.old)} times: "
            "bring tests/c/seeded.py up to date"
        )
    path.write_text(text.replace(bug.old, bug.new))
    if path.suffix == ".c":
        return [bug.file]
    return sorted(p.name for p in src.glob("*.c") if f'"{bug.file}"' in p.read_text())


def fails(driver: Path, blobs: dict[str, bytes], folder: Path) -> bool:
    """Whether a driver stops, hangs, or prints other statuses than it should."""
    names = build.write_blobs(folder, blobs)
    try:
        done = build.run([driver, *names], timeout=60)
    except subprocess.TimeoutExpired:
        return True
    if done.returncode != 0 or driver.name == "flips":
        return done.returncode != 0
    want = [STATUSES.index(status) for _, status in hostile().values()]
    return [-int(line) for line in done.stdout.split()] != want


def caught(name: str) -> str:
    """Plant a bug, build, attack; returns the driver that noticed, or ""."""
    with tempfile.TemporaryDirectory(prefix="emlrt-seeded-") as temporary:
        folder = Path(temporary)
        changed = plant(BUGS[name], folder / "src")
        whole = build.kept_objects(tuple(build.WORD_PORT))
        stems = {Path(file).stem for file in changed}
        objects = [path for path in whole if path.stem not in stems]
        files = [folder / "src" / file for file in changed]
        objects += build.objects(folder / "objects", build.WORD_PORT, files)
        for driver, blobs in (
            ("hostile", {k: blob for k, (blob, _) in hostile().items()}),
            ("flips", {k: blob.bytes() for k, blob in samples().items()}),
        ):
            out = folder / driver
            build.sanitized(out, f"{driver}.c", build.WORD_PORT, objects)
            (folder / "blobs" / driver).mkdir(parents=True)
            if fails(out, blobs, folder / "blobs" / driver):
                return driver
    return ""
