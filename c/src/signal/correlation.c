/* SPDX-License-Identifier: MIT
 *
 * Pearson's correlation of pairs of channels.
 */
#include "../maths/keys.h"
#include "samples.h"

static emlrt_status emlrt_check_correlation(emlrt_call *call) {
  uint32_t n, channels;
  emlrt_count i;
  if (!emlrt_samples_ok(call, EMLRT_OCTETS(emlrt_features)))
    return EMLRT_ERR_PAYLOAD;
  n = EMLRT_FEATURES16(call, n_codes);
  channels = EMLRT_FEATURES16(call, channels);
  if (n != call->n_out ||
      call->size !=
          emlrt_pad4((uint32_t)EMLRT_OCTETS(emlrt_features) + n * 2u) ||
      !emlrt_is_number(EMLRT_FEATURES32(call, constant)) ||
      !emlrt_finite(emlrt_rom_at(call->payload, EMLRT_AT(emlrt_features, low)),
                    2))
    return EMLRT_ERR_PAYLOAD;
  for (i = 0; i < n; i++) {
    unsigned pair = emlrt_r16(emlrt_feature_at(call, i, 2), 0);
    if ((pair & 0xFFu) >= channels || pair >> 8 >= channels)
      return EMLRT_ERR_PAYLOAD;
    emlrt_charge(call, 8, EMLRT_FEATURES16(call, length));
  }
  return emlrt_float_status();
}

/* Sum of the products of two channels, centred. */
static float emlrt_cross(const emlrt_samples *a, const emlrt_centre *from_a,
                         const emlrt_samples *b, const emlrt_centre *from_b) {
  const float *at = a->x, *other = b->x;
  float sum = 0.0f, part = 0.0f;
  emlrt_count i;
  for (i = 0; i < a->n; i++, at += a->step, other += b->step) {
    float d = emlrt_centred(from_a, emlrt_sample_at(a, at));
    float e = emlrt_centred(from_b, emlrt_sample_at(b, other));
    part = emlrt_add(part, emlrt_mul(d, e));
    emlrt_add_part(&sum, &part, i);
  }
  return emlrt_add(sum, part);
}

static float emlrt_pearson(const emlrt_samples *a, const emlrt_samples *b,
                           float none) {
  emlrt_centre from_a, from_b;
  float squares, others;
  emlrt_centre_of(a, 0, &from_a);
  emlrt_centre_of(b, 0, &from_b);
  squares = emlrt_squares(a, 0, &from_a);
  others = emlrt_squares(b, 0, &from_b);
  if (emlrt_is_zero(squares) || emlrt_is_zero(others)) return none;
  squares = emlrt_mul(emlrt_root_of(squares), emlrt_root_of(others));
  return emlrt_div(emlrt_cross(a, &from_a, b, &from_b), squares);
}

void emlrt_run_correlation(const emlrt_call *call) {
  float *y = (float *)call->out;
  float none = emlrt_float(EMLRT_FEATURES32(call, constant));
  emlrt_count i;
  for (i = 0; i < call->n_out; i++) {
    unsigned pair = emlrt_r16(emlrt_feature_at(call, i, 2), 0);
    emlrt_samples a, b;
    float value = emlrt_float(EMLRT_NAN_BITS);
    int finite = emlrt_samples_take(call, (emlrt_count)(pair & 0xFFu), &a);
    if (emlrt_samples_take(call, (emlrt_count)(pair >> 8), &b) && finite)
      value = emlrt_pearson(&a, &b, none);
    emlrt_put(y + i, value);
  }
}

const emlrt_op emlrt_op_correlation EMLRT_OP_PLACE = {
    EMLRT_OP_CORRELATION, emlrt_check_correlation, emlrt_run_correlation};
