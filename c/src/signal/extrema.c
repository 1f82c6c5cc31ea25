/* SPDX-License-Identifier: MIT
 *
 * The least and the largest sample of a channel and where they are, and steps.
 */
#include "samples.h"

static emlrt_status emlrt_check_extrema(emlrt_call *call) {
  if (!emlrt_features_ok(call, 2, EMLRT_EXTREMA_END, 0))
    return EMLRT_ERR_PAYLOAD;
  emlrt_charge(call, 2, call->n_in);
  return emlrt_float_status();
}

/* Of a channel. step: the largest size of a difference, as bits. */
typedef struct emlrt_ends {
  emlrt_count least, largest;
  uint32_t step;
} emlrt_ends;

static void emlrt_ends_of(const emlrt_samples *s, emlrt_ends *to) {
  const float *at = s->x;
  uint32_t low = UINT32_MAX, high = 0;
  emlrt_count i;
  for (i = 0; i < s->n; i++, at += s->step) {
    uint32_t key = emlrt_sort_key_u32(emlrt_bits_at(at, 0));
    if (key < low) {
      low = key;
      to->least = i;
    }
    if (key > high) {
      high = key;
      to->largest = i;
    }
  }
}

static void emlrt_largest_step(const emlrt_samples *s, emlrt_ends *to) {
  const float *at = s->x;
  emlrt_count i;
  to->step = 0;
  for (i = 1; i < s->n; i++, at += s->step) {
    uint32_t size = emlrt_bits(emlrt_size_of(emlrt_sub(at[s->step], at[0])));
    if (size > to->step) to->step = size;
  }
}

EMLRT_INLINE float emlrt_sample(const emlrt_samples *s, emlrt_count i) {
  return s->x[(size_t)i * s->step];
}

static float emlrt_extremum(const emlrt_samples *s, const emlrt_ends *ends,
                            unsigned code) {
  float low = emlrt_sample(s, ends->least);
  float high = emlrt_sample(s, ends->largest);
  uint32_t a = emlrt_bits(low) & ~EMLRT_SIGN_BIT;
  uint32_t b = emlrt_bits(high) & ~EMLRT_SIGN_BIT;
  switch (code) {
    case EMLRT_EXTREMA_MIN: return low;
    case EMLRT_EXTREMA_MAX: return high;
    case EMLRT_EXTREMA_RANGE: return emlrt_sub(high, low);
    case EMLRT_EXTREMA_ABS_MAX: return emlrt_float(a > b ? a : b);
    case EMLRT_EXTREMA_ARGMIN: return emlrt_rounded_to(ends->least);
    case EMLRT_EXTREMA_ARGMAX: return emlrt_rounded_to(ends->largest);
    case EMLRT_EXTREMA_LAST_MINUS_FIRST:
      return emlrt_sub(emlrt_sample(s, (emlrt_count)(s->n - 1u)), s->x[0]);
    default: /* EMLRT_EXTREMA_MAX_STEP */ return emlrt_float(ends->step);
  }
}

static void emlrt_extrema_of(const emlrt_call *call, const emlrt_samples *s,
                             float *y) {
  emlrt_ends ends = {0, 0, 0};
  emlrt_count i;
  emlrt_ends_of(s, &ends);
  for (i = 0; i < EMLRT_FEATURES16(call, n_codes); i++, y += s->step) {
    unsigned code = emlrt_r16(emlrt_feature_at(call, i, 2), 0);
    if (code == EMLRT_EXTREMA_MAX_STEP) emlrt_largest_step(s, &ends);
    emlrt_put(y, emlrt_extremum(s, &ends, code));
  }
}

void emlrt_run_extrema(const emlrt_call *call) {
  emlrt_features_run(call, emlrt_extrema_of);
}

const emlrt_op emlrt_op_extrema EMLRT_OP_PLACE = {
    EMLRT_OP_EXTREMA, emlrt_check_extrema, emlrt_run_extrema};
