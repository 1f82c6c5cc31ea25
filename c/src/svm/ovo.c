/* SPDX-License-Identifier: MIT
 *
 * One against one: from decisions between pairs of classes to votes.
 */
#include "kernel.h"

static emlrt_status emlrt_check_ovo(emlrt_call *call) {
  uint32_t classes, parts;
  if (call->size != EMLRT_OCTETS(emlrt_ovo)) return EMLRT_ERR_PAYLOAD;
  classes = emlrt_r32(call->payload, EMLRT_AT(emlrt_ovo, n_classes));
  parts = emlrt_r32(call->payload, EMLRT_AT(emlrt_ovo, parts));
  if (!emlrt_are_pairs(call->n_in, classes) || parts == 0 ||
      parts > (EMLRT_OVO_VOTES | EMLRT_OVO_DECISIONS))
    return EMLRT_ERR_PAYLOAD;
  if (parts == (EMLRT_OVO_VOTES | EMLRT_OVO_DECISIONS)) classes *= 2;
  return call->n_out == classes ? emlrt_float_status() : EMLRT_ERR_PAYLOAD;
}

/* votes + sum / (3 (|sum| + 1)): a sum never outweighs a vote. */
static float emlrt_ovo_decision(float votes, float sum) {
  float size = emlrt_float(emlrt_bits(sum) & ~EMLRT_SIGN_BIT);
  size = emlrt_mul(3.0f, emlrt_add(size, 1.0f));
  return emlrt_add(votes, emlrt_div(sum, size));
}

void emlrt_run_ovo(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  emlrt_count k =
      (emlrt_count)emlrt_r32(call->payload, EMLRT_AT(emlrt_ovo, n_classes));
  uint32_t parts = emlrt_r32(call->payload, EMLRT_AT(emlrt_ovo, parts));
  emlrt_count c;
  for (c = 0; c < k; c++) {
    emlrt_count next = c, m;
    float votes = 0.0f, wins = 0.0f, sum = 0.0f;
    for (m = 0; m + 1 < k; m++) {
      emlrt_count pair = emlrt_next_pair(&next, m, c, k);
      uint32_t order = emlrt_sort_key_u32(emlrt_bits_at(x, pair));
      /* At 0, votes go to the pair's second class, decisions to its first. */
      if (m < c) {
        sum = emlrt_sub(sum, x[pair]);
        if (order <= EMLRT_SIGN_BIT) votes = emlrt_add(votes, 1.0f);
        if (order < EMLRT_SIGN_BIT) wins = emlrt_add(wins, 1.0f);
      } else {
        sum = emlrt_add(sum, x[pair]);
        if (order > EMLRT_SIGN_BIT) votes = emlrt_add(votes, 1.0f);
        if (order >= EMLRT_SIGN_BIT) wins = emlrt_add(wins, 1.0f);
      }
    }
    if ((parts & EMLRT_OVO_VOTES) != 0) y[c] = votes;
    if ((parts & EMLRT_OVO_DECISIONS) != 0)
      emlrt_put(y + ((parts & EMLRT_OVO_VOTES) != 0 ? k + c : c),
                emlrt_ovo_decision(wins, sum));
  }
}

const emlrt_op emlrt_op_ovo EMLRT_OP_PLACE = {EMLRT_OP_OVO, emlrt_check_ovo,
                                              emlrt_run_ovo};
