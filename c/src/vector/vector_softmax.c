/* SPDX-License-Identifier: MIT
 *
 * Softmax and log-sum-exp: powers of e of what is left without the largest.
 */
#include "vector.h"

/* e^(x - largest), 1 for what equals the largest even if both are infinite. */
static float emlrt_less(uint32_t x, uint32_t largest) {
  float rest = emlrt_sub(emlrt_float(x), emlrt_float(largest));
  if (x == largest && !emlrt_is_nan(x)) return 1.0f;
  return emlrt_float(emlrt_exp(emlrt_bits(rest)));
}

/* x and p may be the same place. */
void emlrt_run_softmax(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *p = (float *)call->out, sum = 0.0f;
  uint32_t largest = emlrt_bits_at(x, emlrt_argmax(x, call->n_in));
  emlrt_count i;
  for (i = 0; i < call->n_in; i++) {
    p[i] = emlrt_less(emlrt_bits_at(x, i), largest);
    sum = emlrt_add(sum, p[i]);
  }
  for (i = 0; i < call->n_in; i++) emlrt_put(p + i, emlrt_div(p[i], sum));
}

static emlrt_status emlrt_check_logsumexp(emlrt_call *call) {
  return call->size == 0 && call->n_out == 1 ? emlrt_float_status()
                                             : EMLRT_ERR_PAYLOAD;
}

void emlrt_run_logsumexp(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  uint32_t largest = emlrt_bits_at(x, emlrt_argmax(x, call->n_in));
  float sum = 0.0f;
  emlrt_count i;
  for (i = 0; i < call->n_in; i++)
    sum = emlrt_add(sum, emlrt_less(emlrt_bits_at(x, i), largest));
  sum = emlrt_float(emlrt_log(emlrt_bits(sum)));
  emlrt_put((float *)call->out, emlrt_add(emlrt_float(largest), sum));
}

const emlrt_op emlrt_op_softmax EMLRT_OP_PLACE = {
    EMLRT_OP_SOFTMAX, emlrt_check_elementwise, emlrt_run_softmax};
const emlrt_op emlrt_op_logsumexp EMLRT_OP_PLACE = {
    EMLRT_OP_LOGSUMEXP, emlrt_check_logsumexp, emlrt_run_logsumexp};
