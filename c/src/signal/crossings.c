/* SPDX-License-Identifier: MIT
 *
 * How often the samples of a channel change their sign or their direction, and how
 * far they go.
 */
#include "samples.h"

static emlrt_status emlrt_check_crossings(emlrt_call *call) {
  emlrt_count i;
  if (!emlrt_features_ok(call, 2, EMLRT_CROSSINGS_END, 0) ||
      ((EMLRT_FEATURES32(call, low) | EMLRT_FEATURES32(call, high)) &
       EMLRT_SIGN_BIT) != 0)
    return EMLRT_ERR_PAYLOAD;
  for (i = 0; i < EMLRT_FEATURES16(call, n_codes); i++)
    emlrt_charge(call, 2, call->n_in);
  return emlrt_float_status();
}

/* Whether sizes, as bits, are as large as the threshold or larger. */
EMLRT_INLINE int emlrt_reaches(float value, uint32_t threshold) {
  return (emlrt_bits(value) & ~EMLRT_SIGN_BIT) >= threshold;
}

/* Sign changes of samples less a centre. What is nearer to it than the band has the
 * sign of the sample before; a 0 outside of a band is positive. */
static emlrt_count emlrt_sign_changes(const emlrt_samples *s, uint32_t band,
                                      const emlrt_centre *centre) {
  const float *at = s->x;
  emlrt_count i, changes = 0;
  unsigned sign = 2; /* none yet */
  for (i = s->n; i != 0; i--, at += s->step) {
    float value = *at;
    unsigned now;
    if (centre != NULL) value = emlrt_centred(centre, emlrt_sample_at(s, at));
    if (!emlrt_reaches(value, band)) continue;
    now = emlrt_is_zero(value) ? 0 : (unsigned)(emlrt_bits(value) >> 31);
    if (now + sign == 1) changes++;
    sign = now;
  }
  return changes;
}

/* Sign changes of neighbours that differ by the threshold or more, none being 0. */
static emlrt_count emlrt_steps_across(const emlrt_samples *s,
                                      uint32_t threshold) {
  const float *at = s->x;
  emlrt_count i, changes = 0;
  for (i = 1; i < s->n; i++, at += s->step) {
    float a = at[0], b = at[s->step];
    if (((emlrt_bits(a) ^ emlrt_bits(b)) & EMLRT_SIGN_BIT) != 0 &&
        !emlrt_is_zero(a) && !emlrt_is_zero(b) &&
        emlrt_reaches(emlrt_sub(a, b), threshold))
      changes++;
  }
  return changes;
}

/* Samples above both neighbours or below both, by the threshold or more of one. */
static emlrt_count emlrt_turns(const emlrt_samples *s, uint32_t threshold) {
  const float *at = s->x;
  float before = 0.0f, after;
  emlrt_count i, turns = 0;
  for (i = 1; i < s->n; i++, at += s->step, before = after) {
    after = emlrt_sub(at[s->step], at[0]);
    if (((emlrt_bits(before) ^ emlrt_bits(after)) & EMLRT_SIGN_BIT) != 0 &&
        !emlrt_is_zero(before) && !emlrt_is_zero(after) &&
        (emlrt_reaches(before, threshold) || emlrt_reaches(after, threshold)))
      turns++;
  }
  return turns;
}

/* Differences of neighbours: how many reach the threshold; *length: their sum. */
static emlrt_count emlrt_steps(const emlrt_samples *s, uint32_t threshold,
                               float *length) {
  const float *at = s->x;
  float part = 0.0f;
  emlrt_count i, steps = 0;
  *length = 0.0f;
  for (i = 1; i < s->n; i++, at += s->step) {
    float size = emlrt_size_of(emlrt_sub(at[s->step], at[0]));
    if (emlrt_reaches(size, threshold)) steps++;
    part = emlrt_add(part, size);
    emlrt_add_part(length, &part, i);
  }
  *length = emlrt_add(*length, part);
  return steps;
}

/* The dead band about the mean, in units. */
static emlrt_count emlrt_mean_changes(const emlrt_samples *s, float band) {
  emlrt_centre centre;
  emlrt_centre_of(s, 0, &centre);
  if (s->scale != 0) band = emlrt_mul(band, s->unit);
  return emlrt_sign_changes(s, emlrt_bits(band), &centre);
}

static float emlrt_crossing(const emlrt_call *call, const emlrt_samples *s,
                            unsigned code) {
  uint32_t low = EMLRT_FEATURES32(call, low);
  uint32_t high = EMLRT_FEATURES32(call, high);
  float length = 0.0f;
  emlrt_count n;
  switch (code) {
    case EMLRT_CROSSINGS_ZERO: n = emlrt_sign_changes(s, low, NULL); break;
    case EMLRT_CROSSINGS_MEAN:
      n = emlrt_mean_changes(s, emlrt_float(low));
      break;
    case EMLRT_CROSSINGS_STEPS: n = emlrt_steps_across(s, high); break;
    case EMLRT_CROSSINGS_SLOPE: n = emlrt_turns(s, high); break;
    default: /* EMLRT_CROSSINGS_LENGTH, EMLRT_CROSSINGS_WILLISON */
      n = emlrt_steps(s, high, &length);
      if (code == EMLRT_CROSSINGS_LENGTH) return length;
  }
  return emlrt_rounded_to(n);
}

static void emlrt_crossings_of(const emlrt_call *call, const emlrt_samples *s,
                               float *y) {
  emlrt_count i;
  for (i = 0; i < EMLRT_FEATURES16(call, n_codes); i++, y += s->step)
    emlrt_put(
        y, emlrt_crossing(call, s, emlrt_r16(emlrt_feature_at(call, i, 2), 0)));
}

void emlrt_run_crossings(const emlrt_call *call) {
  emlrt_features_run(call, emlrt_crossings_of);
}

const emlrt_op emlrt_op_crossings EMLRT_OP_PLACE = {
    EMLRT_OP_CROSSINGS, emlrt_check_crossings, emlrt_run_crossings};
