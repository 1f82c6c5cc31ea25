/* SPDX-License-Identifier: MIT
 *
 * Means, deviations and what follows from them: one pass for the mean of a
 * channel, one for its moments, and one each for what few ask for.
 */
#include "slope.h"

static emlrt_status emlrt_check_moments(emlrt_call *call) {
  if (!emlrt_features_ok(call, 2, EMLRT_MOMENTS_END, 0) ||
      EMLRT_FEATURES16(call, option) >= EMLRT_FEATURES16(call, length))
    return EMLRT_ERR_PAYLOAD;
  emlrt_charge(call, 5, call->n_in);
  return emlrt_float_status();
}

/* Of a channel, in units. two, three, four: sums of powers of deviations. */
typedef struct emlrt_moments {
  float n, mean, two, three, four, sizes, line, peak;
} emlrt_moments;

#define EMLRT_ASKS(code) (UINT32_C(1) << (code))
#define EMLRT_ASKS_HIGHER \
  (EMLRT_ASKS(EMLRT_MOMENTS_SKEW) | EMLRT_ASKS(EMLRT_MOMENTS_KURTOSIS))
#define EMLRT_ASKS_NO_POWERS                                             \
  (EMLRT_ASKS(EMLRT_MOMENTS_MEAN) | EMLRT_ASKS(EMLRT_MOMENTS_MEAN_ABS) | \
   EMLRT_ASKS(EMLRT_MOMENTS_SLOPE))
#define EMLRT_ASKS_LINE EMLRT_ASKS(EMLRT_MOMENTS_SLOPE)
#define EMLRT_ASKS_SIZES                                                  \
  (EMLRT_ASKS(EMLRT_MOMENTS_MEAN_ABS) | EMLRT_ASKS(EMLRT_MOMENTS_CREST) | \
   EMLRT_ASKS(EMLRT_MOMENTS_SHAPE) | EMLRT_ASKS(EMLRT_MOMENTS_IMPULSE))

/* higher: whether more than squares are asked for. */
static void emlrt_powers(const emlrt_samples *s, const emlrt_centre *centre,
                         int higher, emlrt_moments *to) {
  const float *at = s->x;
  float two = 0.0f, three = 0.0f, four = 0.0f;
  emlrt_count i;
  for (i = 0; i < s->n; i++, at += s->step) {
    float d = emlrt_centred(centre, emlrt_sample_at(s, at));
    float square = emlrt_mul(d, d);
    two = emlrt_add(two, square);
    if (higher) {
      three = emlrt_add(three, emlrt_mul(square, d));
      four = emlrt_add(four, emlrt_mul(square, square));
    }
    if ((i & (EMLRT_PART - 1u)) != EMLRT_PART - 1u) continue;
    to->two = emlrt_add(to->two, two);
    to->three = emlrt_add(to->three, three);
    to->four = emlrt_add(to->four, four);
    two = three = four = 0.0f;
  }
  to->two = emlrt_add(to->two, two);
  to->three = emlrt_add(to->three, three);
  to->four = emlrt_add(to->four, four);
}

/* Sum of sizes, and the largest one. */
static void emlrt_sizes(const emlrt_samples *s, emlrt_moments *to) {
  const float *at = s->x;
  float part = 0.0f;
  uint32_t peak = 0;
  emlrt_count i;
  to->sizes = 0.0f;
  for (i = 0; i < s->n; i++, at += s->step) {
    float size = emlrt_size_of(emlrt_sample_at(s, at));
    if (emlrt_bits(size) > peak) peak = emlrt_bits(size);
    part = emlrt_add(part, size);
    emlrt_add_part(&to->sizes, &part, i);
  }
  to->sizes = emlrt_add(to->sizes, part);
  to->peak = emlrt_float(peak);
}

static float emlrt_over(float value, float divisor, float none) {
  return emlrt_is_zero(divisor) ? none : emlrt_div(value, divisor);
}

/* The third or fourth moment, standardised. */
static float emlrt_shape(const emlrt_moments *m, unsigned code, float none) {
  float two = emlrt_div(m->two, m->n);
  if (emlrt_is_zero(two)) return none;
  if (code == EMLRT_MOMENTS_SKEW)
    return emlrt_div(emlrt_div(m->three, m->n),
                     emlrt_mul(two, emlrt_root_of(two)));
  return emlrt_sub(emlrt_div(emlrt_div(m->four, m->n), emlrt_mul(two, two)),
                   3.0f);
}

/* A feature that has the samples' own unit, in theirs; *times: how often. */
static float emlrt_moment(const emlrt_moments *m, unsigned code, float divisor,
                          unsigned *times) {
  float mean = m->mean, sizes = emlrt_div(m->sizes, m->n);
  float square = emlrt_add(emlrt_div(m->two, m->n), emlrt_mul(mean, mean));
  *times = 1;
  switch (code) {
    case EMLRT_MOMENTS_MEAN: return mean;
    case EMLRT_MOMENTS_STD: return emlrt_root_of(emlrt_div(m->two, divisor));
    case EMLRT_MOMENTS_RMS: return emlrt_root_of(square);
    case EMLRT_MOMENTS_MEAN_ABS: return sizes;
    case EMLRT_MOMENTS_SLOPE: return m->line;
    case EMLRT_MOMENTS_VARIANCE: *times = 2; return emlrt_div(m->two, divisor);
    default: /* EMLRT_MOMENTS_ENERGY */
      *times = 2;
      return emlrt_mul(square, m->n);
  }
}

/* A quotient of two features. */
static float emlrt_factor(const emlrt_moments *m, unsigned code, float none) {
  unsigned times;
  float sizes = emlrt_moment(m, EMLRT_MOMENTS_MEAN_ABS, m->n, &times);
  float rms = emlrt_moment(m, EMLRT_MOMENTS_RMS, m->n, &times);
  if (code == EMLRT_MOMENTS_CREST) return emlrt_over(m->peak, rms, none);
  return emlrt_over(code == EMLRT_MOMENTS_SHAPE ? rms : m->peak, sizes, none);
}

/* What the features ask for, as bits by their codes. */
static uint32_t emlrt_asked(const emlrt_call *call) {
  uint32_t mask = 0;
  emlrt_count i;
  for (i = 0; i < EMLRT_FEATURES16(call, n_codes); i++)
    mask |= UINT32_C(1) << emlrt_r16(emlrt_feature_at(call, i, 2), 0);
  return mask;
}

static void emlrt_moments_take(const emlrt_samples *s, uint32_t mask,
                               emlrt_moments *m) {
  emlrt_centre centre;
  emlrt_centre_of(s, 0, &centre);
  m->n = emlrt_rounded_to(s->n);
  m->mean = emlrt_add(centre.first, centre.rest);
  m->line = m->sizes = m->peak = 0.0f;
  m->two = m->three = m->four = 0.0f;
  if ((mask & ~EMLRT_ASKS_NO_POWERS) != 0)
    emlrt_powers(s, &centre, (mask & EMLRT_ASKS_HIGHER) != 0, m);
  if ((mask & EMLRT_ASKS_SIZES) != 0) emlrt_sizes(s, m);
  if ((mask & EMLRT_ASKS_LINE) != 0) m->line = emlrt_slope(s, &centre);
}

static void emlrt_moments_of(const emlrt_call *call, const emlrt_samples *s,
                             float *y) {
  emlrt_moments m;
  float none = emlrt_float(EMLRT_FEATURES32(call, constant));
  float divisor = emlrt_rounded_to(s->n - EMLRT_FEATURES16(call, option));
  emlrt_count i;
  emlrt_moments_take(s, emlrt_asked(call), &m);
  for (i = 0; i < EMLRT_FEATURES16(call, n_codes); i++, y += s->step) {
    unsigned code = emlrt_r16(emlrt_feature_at(call, i, 2), 0), times = 0;
    float value;
    if (code >= EMLRT_MOMENTS_CREST) {
      value = emlrt_factor(&m, code, none);
    } else if (code >= EMLRT_MOMENTS_SKEW) {
      value = emlrt_shape(&m, code, none);
    } else {
      value = emlrt_moment(&m, code, divisor, &times);
    }
    for (; times != 0; times--) value = emlrt_unscaled(s, value);
    emlrt_put(y, value);
  }
}

void emlrt_run_moments(const emlrt_call *call) {
  emlrt_features_run(call, emlrt_moments_of);
}

const emlrt_op emlrt_op_moments EMLRT_OP_PLACE = {
    EMLRT_OP_MOMENTS, emlrt_check_moments, emlrt_run_moments};
