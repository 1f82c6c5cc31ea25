/* SPDX-License-Identifier: MIT
 *
 * A vote of each neighbour: integers alone.
 */
#include "neighbors.h"

int emlrt_rows_fit(const emlrt_call *call, uint32_t head, uint32_t rows,
                   uint32_t bytes) {
  uint32_t left = call->size - head;
  for (; rows != 0; rows--) {
    if (bytes > left) return 0;
    left -= bytes;
  }
  if (left == 0) return 1;
  return left < 4 &&
         emlrt_r32(emlrt_rom_at(call->payload, (emlrt_off)(call->size - 4)),
                   0) >>
                 (32 - 8 * left) ==
             0;
}

uint32_t emlrt_label_at(const emlrt_call *call, uint32_t i) {
  emlrt_rom table = EMLRT_NEIGHBORS_TABLE(call);
  if ((EMLRT_NEIGHBORS16(call, flags) & EMLRT_NEIGHBORS_WIDE) != 0)
    return emlrt_r16(emlrt_rom_at(table, (emlrt_off)i * 2u), 0);
  return emlrt_r8(emlrt_rom_at(table, (emlrt_off)i), 0);
}

emlrt_status emlrt_check_labels(const emlrt_call *call, unsigned flags,
                                emlrt_count k) {
  uint32_t i, n;
  unsigned has;
  if (call->size < EMLRT_OCTETS(emlrt_neighbors)) return EMLRT_ERR_PAYLOAD;
  n = EMLRT_NEIGHBORS16(call, n_values);
  has = EMLRT_NEIGHBORS16(call, flags);
  i = EMLRT_NEIGHBORS_ITEMS(call);
  if (n == 0 || (has & ~flags) != 0 || k > i ||
      !emlrt_rows_fit(call, EMLRT_OCTETS(emlrt_neighbors), i,
                      n << (has & EMLRT_NEIGHBORS_WIDE)))
    return EMLRT_ERR_PAYLOAD;
  for (i *= n; i != 0;)
    if (emlrt_label_at(call, --i) >= call->n_out) return EMLRT_ERR_PAYLOAD;
  return EMLRT_OK;
}

static emlrt_status emlrt_check_neighbor_votes(emlrt_call *call) {
  return emlrt_check_labels(call, EMLRT_NEIGHBORS_WIDE, call->n_in);
}

/* An index beyond the items has no vote: only stages made to harm give one. */
void emlrt_run_neighbor_votes(const emlrt_call *call) {
  const emlrt_alias32 *x = (const emlrt_alias32 *)call->in, *end;
  emlrt_alias32 *y = (emlrt_alias32 *)call->out;
  emlrt_count i;
  for (i = 0; i < call->n_out; i++) {
    y[i] = 0;
    EMLRT_KEEP_LOOP();
  }
  for (end = x + call->n_in; x != end; x++)
    if (*x < EMLRT_NEIGHBORS_ITEMS(call)) {
      unsigned n = EMLRT_NEIGHBORS16(call, n_values);
      uint32_t at = *x * n;
      for (; n != 0; n--) y[emlrt_label_at(call, at++)]++;
    }
}

const emlrt_op emlrt_op_neighbor_votes EMLRT_OP_PLACE = {
    EMLRT_OP_NEIGHBOR_VOTES, emlrt_check_neighbor_votes,
    emlrt_run_neighbor_votes};
