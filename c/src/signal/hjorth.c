/* SPDX-License-Identifier: MIT
 *
 * Hjorth's parameters: variances of the samples and of their differences.
 */
#include "samples.h"

static emlrt_status emlrt_check_hjorth(emlrt_call *call) {
  if (!emlrt_features_ok(call, 2, EMLRT_HJORTH_END, 0) ||
      EMLRT_FEATURES16(call, length) < 3)
    return EMLRT_ERR_PAYLOAD;
  emlrt_charge(call, 7, call->n_in);
  return emlrt_float_status();
}

static float emlrt_variance(const emlrt_samples *s, unsigned order) {
  emlrt_centre centre;
  emlrt_centre_of(s, order, &centre);
  return emlrt_div(emlrt_squares(s, order, &centre),
                   emlrt_rounded_to(s->n - order));
}

static float emlrt_hjorth(const emlrt_samples *s, const float *variances,
                          unsigned code, float none) {
  float mobility, next;
  if (code == EMLRT_HJORTH_ACTIVITY)
    return emlrt_unscaled(s, emlrt_unscaled(s, variances[0]));
  if (emlrt_is_zero(variances[0])) return none;
  mobility = emlrt_root_of(emlrt_div(variances[1], variances[0]));
  if (code == EMLRT_HJORTH_MOBILITY) return mobility;
  if (emlrt_is_zero(variances[1])) return none;
  next = emlrt_root_of(emlrt_div(variances[2], variances[1]));
  return emlrt_div(next, mobility);
}

static void emlrt_hjorth_of(const emlrt_call *call, const emlrt_samples *s,
                            float *y) {
  float variances[3], none = emlrt_float(EMLRT_FEATURES32(call, constant));
  emlrt_count i;
  for (i = 0; i < 3; i++) variances[i] = emlrt_variance(s, (unsigned)i);
  for (i = 0; i < EMLRT_FEATURES16(call, n_codes); i++, y += s->step)
    emlrt_put(y,
              emlrt_hjorth(s, variances,
                           emlrt_r16(emlrt_feature_at(call, i, 2), 0), none));
}

void emlrt_run_hjorth(const emlrt_call *call) {
  emlrt_features_run(call, emlrt_hjorth_of);
}

const emlrt_op emlrt_op_hjorth EMLRT_OP_PLACE = {
    EMLRT_OP_HJORTH, emlrt_check_hjorth, emlrt_run_hjorth};
