/* SPDX-License-Identifier: MIT
 *
 * Norms over the channels, sample by sample.
 */
#include "samples.h"

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

/* The exponent of 1. */
#define EMLRT_UNIT_1 127u

/* Sum of sizes, or of squares, of the numbers times 2^(unit - 127). */
static float emlrt_norm_sum(const float *x, emlrt_count n, unsigned kind,
                            uint32_t unit) {
  float sum = 0.0f;
  for (; n != 0; n--, x++) {
    float value = *x;
    if (unit != EMLRT_UNIT_1) value = emlrt_mul(value, emlrt_power_of_2(unit));
    value = kind == EMLRT_MAGNITUDE_L1 ? emlrt_size_of(value)
                                       : emlrt_mul(value, value);
    sum = emlrt_add(sum, value);
  }
  return sum;
}

/* The root of the sum of squares, by a unit that keeps these in range. */
static float emlrt_length_of(const float *x, emlrt_count n) {
  uint32_t top = 0, unit = EMLRT_UNIT_1;
  float value;
  emlrt_count i;
  for (i = 0; i < n; i++) {
    uint32_t e = (emlrt_bits_at(x, i) >> 23) & 0xFFu;
    if (e > top) top = e;
  }
  if (top < 80 || top > 180) unit = top > 252 ? 1 : top == 0 ? 253 : 254 - top;
  value = emlrt_root_of(emlrt_norm_sum(x, n, EMLRT_MAGNITUDE_SQUARES, unit));
  if (unit == EMLRT_UNIT_1) return value;
  return emlrt_mul(value, emlrt_power_of_2(254u - unit));
}

void emlrt_run_magnitude(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  emlrt_count i, n = (emlrt_count)EMLRT_FEATURES16(call, channels);
  unsigned kind = EMLRT_MAGNITUDE_KIND(call);
  for (i = 0; i < call->n_out; i++, x += n)
    emlrt_put(y + i, kind == EMLRT_MAGNITUDE_L2
                         ? emlrt_length_of(x, n)
                         : emlrt_norm_sum(x, n, kind, EMLRT_UNIT_1));
}

const emlrt_op emlrt_op_magnitude EMLRT_OP_PLACE = {
    EMLRT_OP_MAGNITUDE, emlrt_check_magnitude, emlrt_run_magnitude};
