/* SPDX-License-Identifier: MIT
 *
 * Rows scaled to a norm of 1.
 */
#include "vector.h"

static emlrt_status emlrt_check_normalize(emlrt_call *call) {
  emlrt_rom at = call->payload;
  unsigned norm, flags;
  if (call->size != EMLRT_OCTETS(emlrt_normalize) || call->n_in != call->n_out)
    return EMLRT_ERR_PAYLOAD;
  norm = emlrt_r16(at, EMLRT_AT(emlrt_normalize, norm));
  flags = emlrt_r16(at, EMLRT_AT(emlrt_normalize, flags));
  if (norm < EMLRT_NORM_L1 || norm > EMLRT_NORM_SUM ||
      flags > EMLRT_NORMALIZE_UNIFORM)
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

/* A power of 2 that brings the largest of n elements between 1 and 4, and none
 * out of range, so that squares neither overflow nor vanish. */
static float emlrt_norm_unit(const float *x, emlrt_count n) {
  uint32_t top = 0;
  emlrt_count i;
  for (i = 0; i < n; i++) {
    uint32_t e = (emlrt_bits_at(x, i) >> 23) & 0xFFu;
    if (e > top) top = e;
  }
  if (top == 0) top = 1;
  top = top > 252 ? 1 : 254 - top;
  return emlrt_float(top << 23);
}

static float emlrt_norm(const emlrt_call *call, float unit, unsigned norm) {
  const float *x = (const float *)call->in;
  uint32_t largest = 0;
  float sum = 0.0f;
  emlrt_count i;
  for (i = 0; i < call->n_in; i++) {
    float value = emlrt_mul(x[i], unit);
    uint32_t size = emlrt_bits(value) & ~EMLRT_SIGN_BIT;
    if (size > largest) largest = size;
    if (norm == EMLRT_NORM_L1) value = emlrt_float(size);
    if (norm == EMLRT_NORM_L2) value = emlrt_mul(value, value);
    sum = emlrt_add(sum, value);
  }
  if (norm == EMLRT_NORM_L2) return emlrt_float(emlrt_sqrt(emlrt_bits(sum)));
  return norm == EMLRT_NORM_MAX ? emlrt_float(largest) : sum;
}

void emlrt_run_normalize(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  emlrt_rom at = call->payload;
  float unit = emlrt_norm_unit(x, call->n_in);
  float norm =
      emlrt_norm(call, unit, emlrt_r16(at, EMLRT_AT(emlrt_normalize, norm)));
  int none = (emlrt_bits(norm) & ~EMLRT_SIGN_BIT) == 0;
  int uniform = emlrt_r16(at, EMLRT_AT(emlrt_normalize, flags)) != 0;
  emlrt_count i;
  for (i = 0; i < call->n_in; i++) {
    float value = emlrt_mul(x[i], unit);
    if (!none) {
      value = emlrt_div(value, norm);
    } else if (uniform) {
      emlrt_rounded count = (float)call->n_in;
      value = emlrt_div(1.0f, count);
    } else {
      value = x[i];
    }
    emlrt_put(y + i, value);
  }
}

const emlrt_op emlrt_op_normalize EMLRT_OP_PLACE = {
    EMLRT_OP_NORMALIZE, emlrt_check_normalize, emlrt_run_normalize};
