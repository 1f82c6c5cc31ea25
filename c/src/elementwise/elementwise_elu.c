/* SPDX-License-Identifier: MIT
 *
 * ELU and SELU.
 */
#include "elementwise.h"

static emlrt_status emlrt_check_elu(emlrt_call *call) {
  return call->size == EMLRT_OCTETS(emlrt_elu) && call->n_in == call->n_out &&
                 emlrt_finite(call->payload, 2)
             ? emlrt_float_status()
             : EMLRT_ERR_PAYLOAD;
}

void emlrt_run_elu(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  float alpha = emlrt_rf32(call->payload, EMLRT_AT(emlrt_elu, alpha));
  float scale = emlrt_rf32(call->payload, EMLRT_AT(emlrt_elu, scale));
  emlrt_count i;
  for (i = 0; i < call->n_in; i++) {
    float value = x[i];
    uint32_t bits = emlrt_bits_at(x, i);
    if ((bits & EMLRT_SIGN_BIT) != 0)
      value = emlrt_mul(alpha, emlrt_float(emlrt_expm1(bits)));
    emlrt_put(y + i, emlrt_mul(scale, value));
  }
}

const emlrt_op emlrt_op_elu EMLRT_OP_PLACE = {EMLRT_OP_ELU, emlrt_check_elu,
                                              emlrt_run_elu};
