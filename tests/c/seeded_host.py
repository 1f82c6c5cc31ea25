# SPDX-License-Identifier: MIT
"""Bugs planted in a copy of c/host, each the loss of one thing that it relies on.

`caught` builds the copy and says whether the driver of host.c notices: an answer
that differs from firmware's, memory misused, too much of it asked for, or other
stages that are laid out, see through bins, or are left out.
"""

import os
import shutil
import struct
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from host_forests import ADD, CODED_OPS, F32, U8, Forest

from . import build, host
from .kept_blobs import kept_blobs
from .op_codes import OP
from .random_programs import programs
from .relations import all_blobs
from .seeded import replace_once
from .stages import Step, arena, program, x, y

RANDOM = 1500


@dataclass(frozen=True)
class Bug:
    """Replaces `old`, which must be in c/host/`file` once, by `new`. unit: the file
    that is compiled, where `file` is not."""

    file: str
    old: str
    new: str
    unit: str = ""


BUGS = {
    # Who reads what.
    "flow_dtype": Bug(
        "flow.c", "op) >> 8 & 0xFFu) !=\n          (op & 0xFFu)", "op) >> 8 & 0u) != 0"
    ),
    "flow_from": Bug("flow.c", "written.from != read.from ||", ""),
    "flow_to": Bug("flow.c", "|| written.to != read.to ||", "||"),
    "flow_rewritten": Bug(
        "flow.c", "!all_have(flow->writers,", "0 && !all_have(flow->writers,"
    ),
    "flow_needed": Bug("flow.c", "needed[was] = 1;", "(void)was;"),
    "flow_y": Bug(
        "flow.c", "range.from += EMLRT_HEADER32", "range.from += 0u & EMLRT_HEADER32"
    ),
    "flow_written": Bug(
        "flow.c", "set(flow->writers, root(flow), cells, k, NULL);", ""
    ),
    "flow_unread": Bug("flow.c", "set(flow->unread, root(flow), cells, k, NULL);", ""),
    "flow_halves": Bug("flow.c", "if (was != MIXED) halves[0] = halves[1] = was;", ""),
    "flow_ends": Bug("flow.c", "places[n++] = in.to;", "places[n++] = in.from;"),
    "flow_bin": Bug("host_layout.c", "|| !is_bucketize(op_of(l, source))", ""),
    "flow_inputs": Bug(
        "host_layout.c", "in_space) != EMLRT_SPACE_INPUT", "in_space) > 9u"
    ),
    "flow_offset": Bug("host_layout.c", "EMLRT_STAGE32(stage, in_offset);", "0;"),
    "flow_reader": Bug(
        "host_layout.c",
        "if (!lay_out_forest(l, k)) emlrt_flow_read",
        "if (!lay_out_forest(l, k) && 0) emlrt_flow_read",
    ),
    "flow_kept": Bug("host_layout.c", "|| l->flow.needed[k]", ""),
    "flow_others": Bug("host_layout.c", "!is_bucketize(op_of(l, k)) ||", ""),
    "flow_direct": Bug("host_layout.c", "host->inputs[k] = EMLRT_HOST_DIRECT;", ""),
    # Ranks as numbers.
    "bin_exact": Bug(
        "forest_records.c", "EMLRT_BUCKETIZE_EXACT) != 0", "EMLRT_BUCKETIZE_EXACT) > 9u"
    ),
    "bin_above": Bug("forest_records.c", "if (bin >= emlrt_r16", "if (bin > emlrt_r16"),
    "bin_negative": Bug("forest_records.c", "bin >> 31 != 0 ? NO_KEY :", ""),
    "bin_zero": Bug("forest_records.c", "key == UINT32_MAX ? NO_KEY :", ""),
    "bin_missing": Bug("forest_records.c", "missing)) <= bin)", "missing)) < bin)"),
    "bin_again": Bug(
        "forest_records.c", "if ((source & EMLRT_BUCKETIZE_AGAIN) == 0) next", "next"
    ),
    # Columns and keys.
    "columns_key": Bug(
        "forest_columns.c",
        "|| r->key <= (EMLRT_INFINITY_BITS ^ EMLRT_SIGN_BIT)",
        "|| 1",
    ),
    "columns_all": Bug(
        "forest_columns.c", "DIRECT_TIMES + DIRECT_MORE;", "DIRECT_TIMES + UINT32_MAX;"
    ),
    "columns_left": Bug(
        "forest_columns.c", "= feature < n_in ? feature : feature - n_in;", "= feature;"
    ),
    "columns_identity": Bug(
        "forest_columns.c", "forest->n_right == n_in;", "forest->n_right != 0;"
    ),
    "columns_place": Bug(
        "forest_columns.c",
        "build->columns[from + half] <= feature",
        "build->columns[from + half] < feature",
    ),
    "columns_nan": Bug(
        "forest_columns.c",
        "float_key(bits[sources[i]], 0);",
        "float_key(bits[sources[i]], UINT32_MAX);",
    ),
    # Trees and leaves.
    "nodes_shared": Bug("forest_nodes.c", "|| p->build->slots[r] != 0)", ")"),
    "nodes_unreached": Bug(
        "forest_nodes.c", "if (r != 0 && build->slots[r] == 0) return 0;", ""
    ),
    "nodes_order": Bug(
        "forest_nodes.c", "if (forest->kind != EMLRT_FOREST_ADD)\n    qsort", "qsort"
    ),
    "nodes_lone": Bug(
        "forest_nodes.c",
        "(p.tree == forest->trees || forest->kind != EMLRT_FOREST_ADD)",
        "1",
    ),
    "leaves_scores": Bug(
        "forest_build.c", "if (forest->n_scores > forest->call.size) return 0;", ""
    ),
    "leaves_table": Bug(
        "forest_leaves.c",
        "* (size_t)NUMBERS_AN_OCTET) return 1;",
        "* SIZE_MAX) return 1;",
    ),
    "leaves_mixed": Bug("forest_leaves.c", "count_mixed(build, n_leaves) + n;", "n;"),
    # Rows.
    # Choices and bins.
    "choices_splits": Bug(
        "choices_build.c", "most <= EMLRT_CHOICES_SPLITS", "most <= 999u"
    ),
    "choices_octets": Bug(
        "choices_build.c", "octets <= forest->call.size * most", "octets <= UINT32_MAX"
    ),
    "choices_lone": Bug(
        "choices_run.c",
        "if (trees[k].n_leaves + trees[k].n_choices == 0)",
        "if (trees[k].first == UINT32_MAX)",
    ),
    "choices_room": Bug(
        "bin_columns.c", "count / EMLRT_BIN_BLOCK + 1", "count / 17u + 1"
    ),
    "choices_bytes": Bug("choices_tests.c", "bin + 1 == EMLRT_MOST_BIN", "bin == 999u"),
    "choices_nan": Bug("bin_columns.c", "? missing : out[r];", "? out[r] : out[r];"),
    "choices_again": Bug(
        "choices_tests.c",
        "column[-1].source == column->source)",
        "column[-1].count != 999u)",
    ),
    "sets_zero": Bug("choices_sets.c", "has(set_at(build, r), 0);", "0;"),
    "sets_edges": Bug("choices_sets.c", "if (n == EMLRT_MOST_EDGES) return 0;", ""),
    "sets_above": Bug("choices_sets.c", "code < end && code < most", "code + 1 < end"),
    "sets_sign": Bug(
        "choices_sets.c", "if (build->width == 6) place &= 0xFFFFu;", "(void)place;"
    ),
    "sets_slot": Bug(
        "choices_trees.c", "if (set) slot = take_slot", "slot = take_slot"
    ),
    "choices_leaves": Bug(
        "choices_trees.c", "if (t->leaves > t->splits) return 0;", ""
    ),
    "sets_code": Bug("choices_tests.c", "column->flags |= EMLRT_BIN_CODE;", ""),
    "shared_stage": Bug(
        "host_layout.c", "return host->shared_stage == source;", "return 1;"
    ),
    "shared_at": Bug("host_layout.c", "host->shared_at =", "host->shared_at = 0u &"),
    "shared_space": Bug(
        "host_layout.c", "in_space) == EMLRT_SPACE_INPUT &&", "in_space) < 9u &&"
    ),
    "shared_few": Bug("batch.c", "b->n < FEW_ROWS;", "0;"),
    "sets_octets": Bug(
        "choices_build.c",
        "forest->plain != NULL ? EMLRT_SETS_TIMES : EMLRT_CHOICES_TIMES",
        "UINT32_MAX",
    ),
    "rows_clear": Bug(
        "batch.c",
        "n * b.spaces[EMLRT_SPACE_ARENA].step",
        "b.spaces[EMLRT_SPACE_ARENA].step",
    ),
    "rows_most": Bug("batch.c", "clamped(MOST_BYTES / bytes, 1, ROWS)", "ROWS"),
    "rows_many": Bug(
        "batch.c", "clamped(MANY_BYTES / bytes, rows, MANY_ROWS)", "MANY_ROWS"
    ),
    # Rows of models that keep state.
    "kept_inputs": Bug(
        "stream_rows.c",
        "emlrt_stream_bytes(model->blob) + 7u",
        "emlrt_stream_bytes(model->blob) - EMLRT_HEADER32(model->blob, input_size)",
    ),
    "kept_scores": Bug(
        "stream_rows.c",
        "emlrt_stream_bytes(model->blob) + 7u",
        "emlrt_stream_bytes(model->blob) - EMLRT_HEADER32(model->blob, score_size)",
    ),
    "kept_complete": Bug(
        "stream_rows.c", "found = EMLRT_ERR_COUNT,", "found = EMLRT_OK,"
    ),
    "kept_last": Bug("stream_rows.c", "found = EMLRT_OK;", "return EMLRT_OK;"),
    "kept_one": Bug(
        "host.c",
        "emlrt_batch_rows(model, host) : 1;",
        "emlrt_batch_rows(model, host) : 2;",
    ),
    "kept_layout": Bug(
        "host_layout.c",
        "if (!emlrt_is_open(model)) return NULL;",
        "if (!emlrt_is_checked(model)) return NULL;",
    ),
    "rows_groups": Bug(
        "host.c",
        "if (!output_sizes_ok(model->blob)) return EMLRT_ERR_COUNT;\n  if (n == 0)",
        "if (n == 0)",
    ),
    "dense_zero": Bug(
        "dense_lanes.h", "biases[k] - zero;", "biases[k] + zero;", "batch_dense.c"
    ),
    "dense_nan": Bug(
        "dense_lanes.h", "(int32_t)EMLRT_NAN_BITS", "0x7FC00001", "batch_dense.c"
    ),
    "dense_room": Bug(
        "batch_dense.c", "emlrt_alloc(inputs + outputs,", "emlrt_alloc(inputs,"
    ),
    "dense_inputs": Bug("dense_lanes.h", "w + t->from * 4,", "w,", "batch_dense.c"),
    "dense_rest": Bug("dense_lanes.h", "w += t->from * left;", "", "batch_dense.c"),
    "dense_outputs": Bug("batch_dense.c", "out.at += t->first * sizeof(float);", ""),
    "dense_last": Bug("batch_dense.c", "r + k < b->n ? r + k : b->n - 1", "r + k"),
    "dense_done": Bug(
        "dense_lanes.h", "if (t->from + t->n == t->l->n_in)", "", "batch_dense.c"
    ),
    "classes_first": Bug("batch_classes.c", "if (found != best) at = i;", "at = i;"),
    "classes_zero": Bug("batch_classes.c", "key -= key == -1;", ""),
    "classes_nan": Bug("batch_classes.c", "| (nan & INT32_MIN)", "| nan"),
    "proba_room": Bug("host.c", "bytes += emlrt_n_classes(blob) * sizeof(float);", ""),
    "proba_next": Bug("host.c", "*to += m;", ""),
    "one_finite": Bug("one.c", "if (emlrt_host_scan(", "if (0 & emlrt_host_scan("),
    "one_room": Bug("one.c", "if (n > SMALL)", "if (n > 2 * SMALL)"),
    "one_doubles": Bug("one.c", "if (doubles && !is_floats(model->blob)) return;", ""),
    "one_output": Bug("one.c", "n_outputs) == 1;", "n_outputs) != 0;"),
    "oblivious_high": Bug(
        "batch_oblivious.c", "? high[r] * (size_t)256 : 0", "? high[r] * (size_t)0 : 0"
    ),
    "oblivious_octet": Bug(
        "batch_oblivious.c", "trees[set].depth > OCTET", "trees[set].depth > 16u"
    ),
    "oblivious_small": Bug("batch_oblivious.c", "<= EMLRT_LEAVES;", "<= 4096u;"),
    "bins_exact": Bug(
        "batch_bins.c", "if ((source & EMLRT_BUCKETIZE_EXACT) != 0)", "if (0)"
    ),
    "bins_again": Bug("batch_bins.c", "column->first = column[-1].first;", ""),
    "bins_zero": Bug("batch_bins.c", "bins->zero = 1;", "bins->zero = 0;"),
    # Rows in lanes.
    "lanes_room": Bug(
        "lanes_run.c",
        "all = 2 * ((size_t)call->n_in + call->n_out);",
        "all = (size_t)call->n_in + call->n_out;",
    ),
    "lanes_rest": Bug(
        "lanes_run.c", "rows = left < LANES ? left : LANES;", "rows = LANES;"
    ),
    "lanes_few": Bug(
        "lanes_run.c", "rows = left < to->few ? left : to->few;", "rows = to->few;"
    ),
    "lanes_group": Bug(
        "lanes_group.h",
        "g->items[i] = at + (i < g->n ? i : g->n - 1) * step;",
        "g->items[i] = at + i * step;",
        "lanes_distances.c",
    ),
    "lanes_there": Bug(
        "lanes_nearest.c", "l->limits[row + i]) & there;", "l->limits[row + i]);"
    ),
    "lanes_last": Bug(
        "lanes_distances.c", "&found, there * sizeof(float)", "&found, sizeof found"
    ),
    "lanes_angle": Bug("lanes_nearest.c", "sum < l->limits[row] && ", ""),
    "lanes_finite": Bug("lanes_kernels.c", "run_from(m, f, at, 1);", "(void)0;"),
    "lanes_wide": Bug(
        "lanes_kernels.c", "bits == EMLRT_INFINITY_BITS ? 0.0f : more;", "more;"
    ),
    "lanes_turns": Bug("lanes_maths.c", ">= COS_NEAR;", ">= EMLRT_INFINITY_BITS;"),
    "lanes_nan": Bug(
        "lanes_kernels.c", "lanes_put_one(m->y, i, lanes_at(m->y, i));", ";"
    ),
}

# One of each kind, for each change; `make soak` plants them all.
QUICK = ("flow_dtype", "flow_rewritten", "flow_needed", "bin_zero", "nodes_shared")


def plant(bug: Bug, folder: Path) -> list[Path]:
    """Copy c/host to `folder` with the bug in it; returns the files to compile."""
    shutil.copytree(build.C / "host", folder / "host")
    (folder / "src").symlink_to(build.C / "src")
    path = build.place(folder / "host", bug.file)
    replace_once(path, bug.old, bug.new, "tests/c/seeded_host.py")
    return [build.place(folder / "host", bug.unit) if bug.unit else path]


@cache
def blobs() -> list[bytes]:
    made = [*all_blobs(), *forests(), *items(), *programs(1, RANDOM)]
    return [*made, *kept_blobs()]


def items() -> list[bytes]:
    """Distances to more items than lanes, and to less."""
    rng, made = np.random.default_rng(2), []
    for n in (2, 3, 18, 19):
        payload = (
            struct.pack("<HH", 0, 0) + rng.normal(size=n * 5).astype("<f4").tobytes()
        )
        step = Step(OP["distances"], payload, x(0, 5), y(0, n))
        made.append(program([step], F32, 5, n))
    return [*made, wide(), far()]


def far() -> bytes:
    """Cosines of numbers with many turns."""
    many = struct.pack("<I3f", 4, 1e6, 1e9, 1e15)
    room = arena(0, 3)
    steps = [
        Step(OP["affine"], many, x(0, 3), room),
        Step(OP["cos"], b"", room, y(0, 3)),
    ]
    return program(steps, F32, 3, 3, arena_size=16)


def wide() -> bytes:
    """A kernel of more sums than lanes, some of them beyond all numbers."""
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(20, 3 + 17)).astype("<f4")
    rows[:, 3::2] = np.copysign(3e38, rows[:, 3::2])
    payload = struct.pack("<III", 1, 3, len(rows)) + bytes(4 + 17 * 4) + rows.tobytes()
    step = Step(OP["kernel_dot"], payload, x(0, 3), y(0, 34))
    return program([step], F32, 3, 34)


def forests() -> list[bytes]:
    """Larger trees than random programs have, of few features."""
    rng = np.random.default_rng(1)
    op = ADD | 0x1000E | F32 << 8
    sizes = [[n] for n in (16, 31, 32, 255, 300)]
    sizes += [[250] * 6, [90, 0, 0, 90, 7], [5] * 8 + [0, 0, 3]]
    made = [Forest(rng, op, 1, 1, size).blob() for size in sizes for _ in range(3)]
    for op in CODED_OPS:
        for n_inputs, n in ((1, 60), (4, 9), (9, 30)):
            for leaves in (60, 15000):
                some = Forest(rng, op, 1, n_inputs, [n] * 6, n_leaves=leaves)
                made.append(some.blob())
    alternate, far = [40, *[0x5555] * 40], [*[0] * 40000, 1, 0x5555]
    for op, sets, place in ((CODED_OPS[1], alternate, 0), (CODED_OPS[0], far, 40000)):
        some = Forest(rng, op, 1, 1, [9], n_leaves=15000, sets=sets, places=[place])
        made.append(some.blob())
    for depths in ([9, 2, 10], [6, 7, 9, 8]):
        payload = struct.pack("<IIi", len(depths), 0, 0)
        for depth in depths:
            questions = rng.integers(0, [3, 255], (depth, 2)).astype("<u2")
            payload += struct.pack("<I", depth) + questions.tobytes()
            payload += rng.bytes(max(4, 1 << depth))
        step = Step(OP["oblivious_u8"], payload, x(0, 3), y(0, 1))
        made.append(program([step], U8, 3, 1))
    return made


@cache
def sound() -> list[host.Use]:
    """What c/host as it is says of them."""
    return host.use(blobs())


def caught(name: str) -> bool:
    """Plant a bug, build, and use many blobs. Sanitizers stay as they are, but a
    warning is none of their business."""
    with tempfile.TemporaryDirectory(prefix="emlrt-seeded-") as temporary:
        folder = Path(temporary)
        files = plant(BUGS[name], folder)
        stems = {file.stem for file in files}
        kept = [path for path in build.kept_host_objects() if path.stem not in stems]
        made = build.objects(folder / "objects", build.HOST_FLAGS, files)
        driver = build.sanitized(folder / "driver", "host.c", [], kept + made)
        try:
            uses = host.use(blobs(), driver)
        except (AssertionError, subprocess.TimeoutExpired):
            return True
        return uses != sound()


if __name__ == "__main__":
    # PYTHONPATH=tests:tests/helpers python -m c.seeded_host [NAME...]
    import sys

    os.environ.setdefault("CI", "1")
    for name in sys.argv[1:] or BUGS:
        print(name, "noticed" if caught(name) else "NOT NOTICED", flush=True)
