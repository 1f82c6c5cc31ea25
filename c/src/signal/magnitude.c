/* SPDX-License-Identifier: MIT
 *
 * Norms over the channels, sample by sample.
 */
#include "length.h"

#define EMLRT_MAGNITUDE_KIND(call) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_channels, kind))

static emlrt_status emlrt_check_magnitude(emlrt_call *call) {
  uint32_t kind;
  if (!emlrt_samples_ok(call, EMLRT_OCTETS(emlrt_channels)) ||
      call->size != EMLRT_OCTETS(emlrt_channels) ||
      call->n_out != EMLRT_FEATURES16(call, length) ||
      emlrt_r16(call->payload, EMLRT_AT(emlrt_channels, option)) != 0)
    return EMLRT_ERR_PAYLOAD;
  kind = EMLRT_MAGNITUDE_KIND(call);
  if (kind < EMLRT_MAGNITUDE_L1 || kind > EMLRT_MAGNITUDE_SQUARES)
    return EMLRT_ERR_PAYLOAD;
  emlrt_charge(call, 1, call->n_in);
  return emlrt_float_status();
}

/* Sum of sizes, or of squares. */
static float emlrt_norm_sum(const float *x, emlrt_count n, unsigned kind) {
  float sum = 0.0f;
  for (; n != 0; n--, x++)
    sum = emlrt_add(sum, kind == EMLRT_MAGNITUDE_L1 ? emlrt_size_of(*x)
                                                    : emlrt_mul(*x, *x));
  return sum;
}

void emlrt_run_magnitude(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  emlrt_count i, n = (emlrt_count)EMLRT_FEATURES16(call, channels);
  unsigned kind = EMLRT_MAGNITUDE_KIND(call);
  for (i = 0; i < call->n_out; i++, x += n)
    emlrt_put(y + i, kind == EMLRT_MAGNITUDE_L2 ? emlrt_length_of(x, n)
                                                : emlrt_norm_sum(x, n, kind));
}

const emlrt_op emlrt_op_magnitude EMLRT_OP_PLACE = {
    EMLRT_OP_MAGNITUDE, emlrt_check_magnitude, emlrt_run_magnitude};
