/* SPDX-License-Identifier: MIT
 *
 * emlrt_host_new: finds the parts of the blob and has them laid out.
 */
#include <stdlib.h>

#include "forest_build.h"

void *emlrt_take(size_t n, size_t size) {
  if (n > SIZE_MAX / 2 / size) return NULL;
  return calloc(n != 0 ? n : 1, size);
}

/* Octets of an op's records; 0 for an op without a fast layout. The digits of
 * its code are family, leaf kind and record size (see EMLRT_OP_TREES_*). */
static unsigned record_width(uint32_t op) {
  unsigned size = op >> 16 & 0xFu;
  if (op >> 24 != 1 || (op >> 20 & 0xFu) > 3 || size > 3) return 0;
  if (size == 2) return 12;
  if (size == 3) return 6;
  return (op & 0xFFu) == EMLRT_F32 ? 8 : (op & 0xFFu) == EMLRT_I16 ? 6 : 4;
}

/* Finds the parts of the payload. Returns its leaf entries. */
static uint32_t locate_parts(emlrt_host *host, int sums) {
  const emlrt_call *call = &host->call;
  emlrt_trees_at at;
  emlrt_trees_start(&at, call, sums ? call->n_out : 0);
  host->trees_at = at.tree;
  host->records = at.records;
  host->leaves = emlrt_rom_at(call->payload,
                              EMLRT_TREES32(call->payload, leaves));
  host->leaf_shift = EMLRT_TREES16(call->payload, leaf_shift);
  host->unit = EMLRT_TREES32(call->payload, unit);
  if (sums) {
    host->exponents =
        emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_trees));
    return emlrt_trees_sum_leaves(call);
  }
  return EMLRT_TREES32(call->payload, n_items) != 0
             ? emlrt_trees_soft_leaves(call)
             : emlrt_trees_codes(call, 0, call->n_out);
}

/* Finds the one stage of a program. Returns its op's code, 0 if there are more
 * or none of ours. */
static uint32_t locate(emlrt_build *build, emlrt_rom blob) {
  emlrt_host *host = build->host;
  emlrt_rom stage = emlrt_stages(blob);
  uint32_t op = EMLRT_STAGE32(stage, op);
  build->width = record_width(op);
  if (EMLRT_HEADER16(blob, n_stages) != 1 || build->width == 0) return 0;
  build->n_in = EMLRT_STAGE32(stage, in_count);
  host->call.payload = emlrt_rom_at(stage, EMLRT_OCTETS(emlrt_stage));
  host->call.size = EMLRT_STAGE32(stage, size);
  host->call.n_in = build->n_in;
  host->call.n_out = EMLRT_STAGE32(stage, out_count);
  host->input = op & 0xFFu;
  host->in_offset = EMLRT_STAGE32(stage, in_offset) >> (host->input & 3u);
  host->n_inputs = emlrt_n_inputs(blob);
  host->n_scores = host->call.n_out;
  return op;
}

/* Records of all trees. */
static uint32_t count_records(const emlrt_host *host, uint32_t n_trees) {
  uint32_t t, n = 0;
  for (t = 0; t < n_trees; t++) n += emlrt_r32(host->trees_at, (size_t)t * 8);
  return n;
}

static int lay_out(emlrt_build *build, emlrt_rom blob) {
  uint32_t op = locate(build, blob), n_leaves, n_trees, n_items;
  emlrt_rom payload = build->host->call.payload;
  if (op == 0) return 0;
  n_leaves = locate_parts(build->host, (op >> 8 & 0xFFu) == EMLRT_F32);
  n_trees = EMLRT_TREES32(payload, n_trees);
  n_items = EMLRT_TREES32(payload, n_items);
  if (!emlrt_forest_columns(build, count_records(build->host, n_trees)) ||
      !emlrt_forest_unpack(build, n_leaves, n_items) ||
      !emlrt_forest_plant(build, n_trees))
    return 0;
  return 1;
}

emlrt_host *emlrt_host_new(const emlrt_model *model) {
  emlrt_build build = {NULL, 0, 0, 0, NULL, NULL, 0, NULL, NULL};
  if (!emlrt_is_open(model)) return NULL;
  build.host = (emlrt_host *)emlrt_take(1, sizeof *build.host);
  if (build.host == NULL) return NULL;
  if (!lay_out(&build, model->blob)) {
    emlrt_host_free(build.host);
    build.host = NULL;
  }
  free(build.columns);
  free(build.rows);
  free(build.slots);
  free(build.depths);
  return build.host;
}

void emlrt_host_free(emlrt_host *host) {
  if (host == NULL) return;
  free(host->sources);
  free(host->trees);
  free(host->nodes);
  free(host->table);
  free(host->initial);
  free(host);
}
