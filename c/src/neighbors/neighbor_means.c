/* SPDX-License-Identifier: MIT
 *
 * Weighted shares of neighbours' classes, and means of their targets.
 */
#include "../maths/maths.h"
#include "neighbors.h"

/* The weight of neighbour i, in units of the nearest one's: 1 / distance, or,
 * if some are at the very place, 1 for those and 0 for others. */
static float emlrt_weight(const emlrt_alias32 *list, emlrt_count i,
                          unsigned flags) {
  uint32_t ratio;
  if (list == NULL) return 1.0f;
  if (list[0] == 0) return list[i] == 0 ? 1.0f : 0.0f;
  ratio = emlrt_bits(emlrt_div(emlrt_float(list[0]), emlrt_float(list[i])));
  if ((flags & EMLRT_NEIGHBORS_ROOT) != 0) ratio = emlrt_sqrt(ratio);
  return emlrt_float(ratio);
}

/* The j-th target of an item. */
static float emlrt_target_of(const emlrt_call *call, uint32_t item,
                             unsigned j) {
  item = item * EMLRT_NEIGHBORS16(call, n_values) + j;
  return emlrt_rf32(
      emlrt_rom_at(EMLRT_NEIGHBORS_TABLE(call), (emlrt_off)item * 4u), 0);
}

/* Adds each neighbour's weight to the shares of its labels, or its weighted
 * targets to the outputs, and divides by the weights' sum. */
static void emlrt_average(const emlrt_call *call, const emlrt_alias32 *list,
                          emlrt_count k, int labels) {
  unsigned flags = EMLRT_NEIGHBORS16(call, flags);
  unsigned j, n = EMLRT_NEIGHBORS16(call, n_values);
  const emlrt_alias32 *index = (const emlrt_alias32 *)call->in;
  float *y = (float *)call->out, total = 0.0f;
  emlrt_count i;
  if (list != NULL) index += k;
  for (i = 0; i < call->n_out; i++) {
    y[i] = 0.0f;
    EMLRT_KEEP_LOOP();
  }
  for (i = 0; i < k; i++) {
    uint32_t item = index[i];
    float weight = emlrt_weight(list, i, flags);
    if (item >= EMLRT_NEIGHBORS_ITEMS(call)) continue;
    total = emlrt_add(total, weight);
    for (j = 0; j < n; j++) {
      float *to = y + j, part = weight;
      if (labels)
        to = y + emlrt_label_at(call, item * n + j);
      else
        part = emlrt_mul(weight, emlrt_target_of(call, item, j));
      *to = emlrt_add(*to, part);
    }
  }
  for (i = 0; i < call->n_out; i++) emlrt_put(y + i, emlrt_div(y[i], total));
}

static emlrt_status emlrt_check_neighbor_shares(emlrt_call *call) {
  emlrt_status status = emlrt_check_labels(
      call,
      EMLRT_NEIGHBORS_WIDE | EMLRT_NEIGHBORS_WEIGHTED | EMLRT_NEIGHBORS_ROOT,
      call->n_in / 2);
  if (status != EMLRT_OK) return status;
  return (call->n_in & 1u) == 0 && (EMLRT_NEIGHBORS16(call, flags) &
                                    EMLRT_NEIGHBORS_WEIGHTED) != 0
             ? emlrt_float_status()
             : EMLRT_ERR_PAYLOAD;
}

void emlrt_run_neighbor_shares(const emlrt_call *call) {
  emlrt_average(call, (const emlrt_alias32 *)call->in, call->n_in / 2, 1);
}

static emlrt_status emlrt_check_neighbor_means(emlrt_call *call) {
  uint32_t left = call->size;
  unsigned flags;
  if (left < EMLRT_OCTETS(emlrt_neighbors)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_neighbors);
  flags = EMLRT_NEIGHBORS16(call, flags);
  if (EMLRT_NEIGHBORS16(call, n_values) != call->n_out ||
      (flags != 0 &&
       (flags & ~(unsigned)EMLRT_NEIGHBORS_ROOT) != EMLRT_NEIGHBORS_WEIGHTED) ||
      (flags != 0 && (call->n_in & 1u) != 0) ||
      (flags != 0 ? call->n_in / 2 : call->n_in) >
          EMLRT_NEIGHBORS_ITEMS(call) ||
      !emlrt_take_floats(&left, EMLRT_NEIGHBORS_ITEMS(call), call->n_out) ||
      left != 0 ||
      !emlrt_finite(EMLRT_NEIGHBORS_TABLE(call), call->size / 4 - 2))
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

void emlrt_run_neighbor_means(const emlrt_call *call) {
  const emlrt_alias32 *list = NULL;
  emlrt_count k = call->n_in;
  if (EMLRT_NEIGHBORS16(call, flags) != 0) {
    list = (const emlrt_alias32 *)call->in;
    k /= 2;
  }
  emlrt_average(call, list, k, 0);
}

const emlrt_op emlrt_op_neighbor_shares EMLRT_OP_PLACE = {
    EMLRT_OP_NEIGHBOR_SHARES, emlrt_check_neighbor_shares,
    emlrt_run_neighbor_shares};
const emlrt_op emlrt_op_neighbor_means EMLRT_OP_PLACE = {
    EMLRT_OP_NEIGHBOR_MEANS, emlrt_check_neighbor_means,
    emlrt_run_neighbor_means};
