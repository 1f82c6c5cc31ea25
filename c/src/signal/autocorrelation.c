/* SPDX-License-Identifier: MIT
 *
 * Autocorrelation at lags: products of centred samples over the sum of squares.
 */
#include "samples.h"

static emlrt_status emlrt_check_autocorrelation(emlrt_call *call) {
  emlrt_count i;
  if (!emlrt_features_ok(call, 2, 0, 0)) return EMLRT_ERR_PAYLOAD;
  for (i = 0; i < EMLRT_FEATURES16(call, n_codes); i++)
    if (emlrt_r16(emlrt_feature_at(call, i, 2), 0) >=
        EMLRT_FEATURES16(call, length))
      return EMLRT_ERR_PAYLOAD;
  for (i = 0; i < EMLRT_FEATURES16(call, n_codes); i++)
    emlrt_charge(call, 1, call->n_in);
  emlrt_charge(call, 3, call->n_in);
  return emlrt_float_status();
}

static float emlrt_products(const emlrt_samples *s, const emlrt_centre *centre,
                            unsigned lag) {
  const float *at = s->x, *later = at + (size_t)lag * s->step;
  float sum = 0.0f, part = 0.0f;
  emlrt_count i, n = (emlrt_count)(s->n - lag);
  for (i = 0; i < n; i++, at += s->step, later += s->step) {
    float d = emlrt_centred(centre, emlrt_sample_at(s, at));
    float e = emlrt_centred(centre, emlrt_sample_at(s, later));
    part = emlrt_add(part, emlrt_mul(d, e));
    emlrt_add_part(&sum, &part, i);
  }
  return emlrt_add(sum, part);
}

static void emlrt_autocorrelation_of(const emlrt_call *call,
                                     const emlrt_samples *s, float *y) {
  emlrt_centre centre;
  float squares;
  emlrt_count i;
  emlrt_centre_of(s, 0, &centre);
  squares = emlrt_squares(s, 0, &centre);
  for (i = 0; i < EMLRT_FEATURES16(call, n_codes); i++, y += s->step) {
    unsigned lag = emlrt_r16(emlrt_feature_at(call, i, 2), 0);
    float value = emlrt_float(EMLRT_FEATURES32(call, constant));
    if (!emlrt_is_zero(squares))
      value = emlrt_div(emlrt_products(s, &centre, lag), squares);
    emlrt_put(y, value);
  }
}

void emlrt_run_autocorrelation(const emlrt_call *call) {
  emlrt_features_run(call, emlrt_autocorrelation_of);
}

const emlrt_op emlrt_op_autocorrelation EMLRT_OP_PLACE = {
    EMLRT_OP_AUTOCORRELATION, emlrt_check_autocorrelation,
    emlrt_run_autocorrelation};
