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

/* A channel with what pairs need of it. root: of the sum of squares; NaN where a
 * sample is not finite. */
typedef struct emlrt_axis {
  emlrt_samples samples;
  emlrt_centre centre;
  float root;
} emlrt_axis;

static void emlrt_axis_take(const emlrt_call *call, unsigned channel,
                            emlrt_axis *to) {
  to->root = emlrt_float(EMLRT_NAN_BITS);
  if (!emlrt_samples_take(call, (emlrt_count)channel, &to->samples)) return;
  emlrt_centre_of(&to->samples, 0, &to->centre);
  to->root = emlrt_root_of(emlrt_squares(&to->samples, 0, &to->centre));
}

static float emlrt_pearson(const emlrt_axis *a, const emlrt_axis *b,
                           float none) {
  float roots = emlrt_mul(a->root, b->root);
  if (emlrt_is_nan(emlrt_bits(roots))) return roots;
  if (emlrt_is_zero(a->root) || emlrt_is_zero(b->root)) return none;
  return emlrt_div(
      emlrt_cross(&a->samples, &a->centre, &b->samples, &b->centre), roots);
}

void emlrt_run_correlation(const emlrt_call *call) {
  float *y = (float *)call->out;
  float none = emlrt_float(EMLRT_FEATURES32(call, constant));
  unsigned held = 0x100; /* none: pairs of one first channel share it */
  emlrt_axis a, b;
  emlrt_count i;
  for (i = 0; i < call->n_out; i++) {
    unsigned pair = emlrt_r16(emlrt_feature_at(call, i, 2), 0);
    if ((pair & 0xFFu) != held) emlrt_axis_take(call, pair & 0xFFu, &a);
    held = pair & 0xFFu;
    emlrt_axis_take(call, pair >> 8, &b);
    emlrt_put(y + i, emlrt_pearson(&a, &b, none));
  }
}

const emlrt_op emlrt_op_correlation EMLRT_OP_PLACE = {
    EMLRT_OP_CORRELATION, emlrt_check_correlation, emlrt_run_correlation};
