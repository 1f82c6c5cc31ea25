/* SPDX-License-Identifier: MIT
 *
 * One-hot vectors of groups' argmax, and pairs of complements.
 */
#include "vector.h"

/* Elements of a group: all of them, if the payload does not say. */
static uint32_t emlrt_group(const emlrt_call *call) {
  return call->size == 0 ? call->n_in : emlrt_r32(call->payload, 0);
}

static emlrt_status emlrt_check_onehot_argmax(emlrt_call *call) {
  uint32_t left = call->n_in, group, most;
  if ((call->size != 0 && call->size != 4) || call->n_in != call->n_out)
    return EMLRT_ERR_PAYLOAD;
  group = emlrt_group(call);
  if (group == 0) return EMLRT_ERR_PAYLOAD;
  /* A long division, in as many steps as there are bits. */
  for (most = group; most <= left >> 1;) most <<= 1;
  for (; most >= group; most >>= 1)
    if (left >= most) left -= most;
  return left == 0 ? EMLRT_OK : EMLRT_ERR_PAYLOAD;
}

void emlrt_run_onehot_argmax(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  emlrt_count group = (emlrt_count)emlrt_group(call), left, i;
  for (left = call->n_in; left != 0; left -= group) {
    emlrt_count best = emlrt_argmax(x, group);
    for (i = 0; i < group; i++)
      emlrt_put_bits(y + i, i == best ? EMLRT_ONE_BITS : 0);
    x += group;
    y += group;
  }
}

static emlrt_status emlrt_check_complement(emlrt_call *call) {
  return call->size == 0 && call->n_out % 2 == 0 &&
                 call->n_out / 2 == call->n_in
             ? emlrt_float_status()
             : EMLRT_ERR_PAYLOAD;
}

void emlrt_run_complement(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  emlrt_count i;
  for (i = 0; i < call->n_in; i++, y += 2) {
    emlrt_put(y, emlrt_sub(1.0f, x[i]));
    emlrt_put(y + 1, x[i]);
  }
}

const emlrt_op emlrt_op_onehot_argmax EMLRT_OP_PLACE = {
    EMLRT_OP_ONEHOT_ARGMAX, emlrt_check_onehot_argmax, emlrt_run_onehot_argmax};
const emlrt_op emlrt_op_complement EMLRT_OP_PLACE = {
    EMLRT_OP_COMPLEMENT, emlrt_check_complement, emlrt_run_complement};
