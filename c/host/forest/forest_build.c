/* SPDX-License-Identifier: MIT
 *
 * emlrt_forest_new: finds the parts of a payload and has them laid out.
 */
#include <stdlib.h>
#include <string.h>

#include "forest_build.h"

/* The digit of an op's code that says which records it has. */
static unsigned size_digit(uint32_t op) { return op >> 16 & 0xFu; }

/* Bytes of an op's records; 0 for an op without a fast layout. The digits of
 * its code are family, leaf kind and record size (see EMLRT_OP_TREES_*). */
static unsigned record_width(uint32_t op) {
  unsigned size = size_digit(op);
  if (op >> 24 != 1 || (op >> 20 & 0xFu) > 4 || size > 5) return 0;
  if (size == 2 || size == 5) return 12;
  if (size == 3 || size == 4) return 6;
  return (op & 3u) == 2 ? 8 : (op & 3u) == 1 ? 6 : 4; /* of 4, 2 or 1 bytes */
}

/* Finds the sets of a payload that has some. Returns its leaf entries. */
static uint32_t locate_sets(emlrt_build *build) {
  const emlrt_call *call = &build->forest->call;
  emlrt_coded coded;
  emlrt_trees_coded(&coded, call);
  build->sets = coded.sets;
  build->first_code = coded.first;
  return build->forest->kind == EMLRT_FOREST_SUM
             ? emlrt_trees_sum_leaves_sets(call)
             : emlrt_trees_add_leaves_sets(call);
}

/* Finds the parts of the payload. Returns its leaf entries. */
static uint32_t locate_parts(emlrt_build *build) {
  emlrt_forest *forest = build->forest;
  const emlrt_call *call = &forest->call;
  int sums = forest->kind == EMLRT_FOREST_SUM;
  emlrt_trees_at at;
  emlrt_trees_start(&at, call, sums ? call->n_out : 0);
  forest->trees_at = at.tree;
  forest->records = at.records;
  forest->leaves =
      emlrt_rom_at(call->payload, EMLRT_TREES32(call->payload, leaves));
  forest->leaf_shift = EMLRT_TREES16(call->payload, leaf_shift);
  forest->unit = EMLRT_TREES32(call->payload, unit);
  if (sums)
    forest->exponents = emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_trees));
  if (forest->plain != NULL) return locate_sets(build);
  if (sums) return emlrt_trees_sum_leaves(call);
  if (forest->kind == EMLRT_FOREST_ADD) return emlrt_trees_add_leaves(call);
  if (forest->kind == EMLRT_FOREST_SOFT) return emlrt_trees_soft_leaves(call);
  return emlrt_trees_codes(call, 0, call->n_out);
}

/* Records of all trees. */
static uint32_t count_records(const emlrt_forest *forest, uint32_t n_trees) {
  uint32_t t, n = 0;
  for (t = 0; t < n_trees; t++) n += emlrt_r32(forest->trees_at, (size_t)t * 8);
  return n;
}

static int lay_out(emlrt_build *build) {
  emlrt_forest *forest = build->forest;
  emlrt_rom payload = forest->call.payload;
  uint32_t n_leaves = locate_parts(build);
  uint32_t n_trees = EMLRT_TREES32(payload, n_trees);
  uint32_t n_items = EMLRT_TREES32(payload, n_items);
  uint32_t n_records = count_records(forest, n_trees);
  /* A payload may vote for far more scores than it has bytes. */
  if (forest->n_scores > forest->call.size) return 0;
  if (!emlrt_forest_columns(build, n_records) ||
      !emlrt_forest_unpack(build, n_leaves, n_items) ||
      !(forest->plain != NULL ? emlrt_forest_build_bare
                              : emlrt_forest_build_nodes)(build, n_trees))
    return 0;
  forest->choices = emlrt_choices_new(build, n_trees, n_records);
  return forest->choices != NULL || forest->plain == NULL;
}

/* Says what is read: what the trees read, or what bins are made of. */
static void locate(emlrt_build *build, const emlrt_call *call, uint32_t op,
                   const emlrt_bins *bins) {
  emlrt_forest *forest = build->forest;
  forest->call = *call;
  forest->kind = op >> 20 & 0xFu;
  forest->input = bins != NULL ? EMLRT_F32 : op & 0xFFu;
  forest->n_scores = call->n_out;
  if (emlrt_forest_is_coded(op))
    forest->plain = EMLRT_OP_RUN(emlrt_op_find(emlrt_all_ops, op));
  build->bins = bins;
  build->first_code = UINT32_MAX;
  build->n_in = bins != NULL ? bins->call.n_in : call->n_in;
}

int emlrt_forest_is(uint32_t op) { return record_width(op) != 0; }

int emlrt_forest_is_coded(uint32_t op) {
  return record_width(op) != 0 && size_digit(op) > 3;
}

emlrt_forest *emlrt_forest_new(const emlrt_call *call, uint32_t op,
                               const emlrt_bins *bins, unsigned sharers) {
  emlrt_build build;
  memset(&build, 0, sizeof build);
  build.width = record_width(op);
  build.sharers = sharers;
  if (build.width == 0) return NULL;
  build.forest = (emlrt_forest *)emlrt_alloc(1, sizeof *build.forest);
  if (build.forest == NULL) return NULL;
  locate(&build, call, op, bins);
  if (!lay_out(&build)) {
    emlrt_forest_free(build.forest);
    build.forest = NULL;
  }
  free(build.columns);
  free(build.rows);
  free(build.slots);
  free(build.depths);
  return build.forest;
}

void emlrt_forest_free(emlrt_forest *forest) {
  if (forest == NULL) return;
  emlrt_choices_free(forest->choices);
  free(forest->sources);
  free(forest->trees);
  free(forest->nodes);
  free(forest->table);
  free(forest->initial);
  free(forest);
}
