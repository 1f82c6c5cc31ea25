/* SPDX-License-Identifier: MIT
 *
 * A vote of each neighbour: integers alone.
 */
#include "neighbors.h"

uint32_t emlrt_label_of(const emlrt_call *call, uint32_t item, unsigned j) {
  emlrt_rom table = EMLRT_NEIGHBORS_TABLE(call);
  item = item * EMLRT_NEIGHBORS16(call, n_values) + j;
  if ((EMLRT_NEIGHBORS16(call, flags) & EMLRT_NEIGHBORS_WIDE) != 0)
    return emlrt_r16(emlrt_rom_at(table, (emlrt_off)item * 2u), 0);
  return emlrt_r8(emlrt_rom_at(table, (emlrt_off)item), 0);
}

emlrt_status emlrt_check_labels(const emlrt_call *call, unsigned flags) {
  uint32_t left = call->size, i, step;
  unsigned j, n;
  if (left < EMLRT_OCTETS(emlrt_neighbors)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_neighbors);
  n = EMLRT_NEIGHBORS16(call, n_values);
  step = n;
  if ((EMLRT_NEIGHBORS16(call, flags) & EMLRT_NEIGHBORS_WIDE) != 0) step *= 2;
  if (n == 0 || (EMLRT_NEIGHBORS16(call, flags) & ~flags) != 0)
    return EMLRT_ERR_PAYLOAD;
  for (i = EMLRT_NEIGHBORS_ITEMS(call); i != 0; i--) {
    if (step > left) return EMLRT_ERR_PAYLOAD;
    left -= step;
  }
  if (left > 3) return EMLRT_ERR_PAYLOAD;
  for (; left != 0; left--)
    if (emlrt_r8(emlrt_rom_at(call->payload, (emlrt_off)(call->size - left)),
                 0) != 0)
      return EMLRT_ERR_PAYLOAD;
  for (i = EMLRT_NEIGHBORS_ITEMS(call); i-- != 0;)
    for (j = 0; j < n; j++)
      if (emlrt_label_of(call, i, j) >= call->n_out) return EMLRT_ERR_PAYLOAD;
  return EMLRT_OK;
}

static emlrt_status emlrt_check_neighbor_votes(emlrt_call *call) {
  return emlrt_check_labels(call, EMLRT_NEIGHBORS_WIDE);
}

/* An index beyond the items has no vote: only stages made to harm give one. */
static void emlrt_run_neighbor_votes(const emlrt_call *call) {
  const emlrt_alias32 *x = (const emlrt_alias32 *)call->in, *end;
  emlrt_alias32 *y = (emlrt_alias32 *)call->out;
  unsigned j;
  emlrt_count i;
  for (i = 0; i < call->n_out; i++) {
    y[i] = 0;
    EMLRT_KEEP_LOOP();
  }
  for (end = x + call->n_in; x != end; x++)
    if (*x < EMLRT_NEIGHBORS_ITEMS(call))
      for (j = EMLRT_NEIGHBORS16(call, n_values); j-- != 0;)
        y[emlrt_label_of(call, *x, j)]++;
}

const emlrt_op emlrt_op_neighbor_votes EMLRT_PROGMEM = {
    EMLRT_OP_NEIGHBOR_VOTES, emlrt_check_neighbor_votes,
    emlrt_run_neighbor_votes};
