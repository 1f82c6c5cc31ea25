/* SPDX-License-Identifier: MIT
 *
 * What all ops of elementwise.h share.
 */
#include "elementwise.h"

emlrt_status emlrt_check_elementwise(emlrt_call *call) {
  return call->size == 0 && call->n_in == call->n_out ? emlrt_float_status()
                                                      : EMLRT_ERR_PAYLOAD;
}

void emlrt_elementwise_run(const emlrt_call *call, emlrt_function *f) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  emlrt_count i;
  for (i = 0; i < call->n_in; i++)
    emlrt_put_bits(y + i, f(emlrt_bits_at(x, i)));
}
