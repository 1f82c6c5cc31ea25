/* SPDX-License-Identifier: MIT
 *
 * Features of windows of int16 samples, exact in integers.
 */
#include "q15.h"

#define EMLRT_TF16(at, field) \
  emlrt_r16(at, EMLRT_AT(emlrt_time_features, field))

static emlrt_status emlrt_check_time_features_i16(emlrt_call *call) {
  emlrt_rom at = call->payload;
  uint32_t n, head = (uint32_t)EMLRT_OCTETS(emlrt_time_features), i;
  uint32_t length, channels;
  if (call->size < head) return EMLRT_ERR_PAYLOAD;
  length = EMLRT_TF16(at, length);
  channels = EMLRT_TF16(at, channels);
  n = EMLRT_TF16(at, n_features);
  if (length > INT16_MAX || n == 0 || EMLRT_TF16(at, reserved) != 0 ||
      length * channels != call->n_in || n * channels != call->n_out ||
      call->size - head != (2 * n + 2) / 4 * 4)
    return EMLRT_ERR_PAYLOAD;
  at = emlrt_rom_at(at, (emlrt_off)head);
  for (i = 0; i < n; i++, at = emlrt_rom_at(at, 2))
    if (emlrt_r16(at, 0) > EMLRT_TIME_LAST) return EMLRT_ERR_PAYLOAD;
  return EMLRT_OK;
}

/* Sums over a window. */
typedef struct emlrt_window_sums {
  uint64_t squares;
  int32_t sum, low, high;
  uint32_t n, sizes, steps, crossings, turns;
} emlrt_window_sums;

EMLRT_INLINE uint32_t emlrt_size_i32(int32_t x) {
  return (uint32_t)(x < 0 ? -x : x);
}

/* What one more sample adds. before: the step that led to the last one. */
EMLRT_INLINE int32_t emlrt_sums_add(emlrt_window_sums *s, int32_t last,
                                    int32_t x, int32_t before) {
  int32_t step = x - last;
  uint32_t size = emlrt_size_i32(x);
  s->sum += x;
  s->sizes += size;
  s->squares += size * size;
  s->steps += emlrt_size_i32(step);
  s->crossings += (uint32_t)((x < 0) != (last < 0));
  s->turns += (uint32_t)((step < 0 && before > 0) || (step > 0 && before < 0));
  if (x < s->low) s->low = x;
  if (x > s->high) s->high = x;
  return step;
}

static void emlrt_window_sum(emlrt_window_sums *s, const int16_t *x,
                             unsigned stride) {
  int32_t last = *x, before = 0;
  uint32_t n;
  s->squares = 0;
  s->sum = 0;
  s->low = s->high = last;
  s->sizes = s->steps = s->crossings = s->turns = 0;
  for (n = s->n; n != 0; n--, x += stride) {
    before = emlrt_sums_add(s, last, *x, before);
    last = *x;
  }
}

/* A mean of numbers that are not negative, rounded half up; of none, 0. */
static uint32_t emlrt_mean_of(uint32_t sum, uint32_t n) {
  return n == 0 ? 0 : emlrt_divide(2u * sum + n, 2u * n);
}

/* n times the squares less the sum's square: n^2 times the variance. */
static uint64_t emlrt_spread_i16(const emlrt_window_sums *s) {
  uint64_t size = emlrt_size_i32(s->sum);
  return s->n * s->squares - size * size;
}

static int32_t emlrt_mean(const emlrt_window_sums *s) {
  uint32_t above = (uint32_t)(s->sum + (int32_t)(s->n << 15));
  return (int32_t)emlrt_mean_of(above, s->n) - INT32_C(0x8000);
}

static uint32_t emlrt_root_i16(uint64_t squares, uint32_t n) {
  return emlrt_divide(emlrt_isqrt64(squares), n);
}

/* Features by root and logarithm. */
static int32_t emlrt_log_feature(const emlrt_window_sums *s, unsigned code) {
  switch (code) {
    case EMLRT_TIME_RMS:
      return (int32_t)emlrt_root_i16(s->n * s->squares, s->n);
    case EMLRT_TIME_STD:
      return (int32_t)emlrt_root_i16(emlrt_spread_i16(s), s->n);
    case EMLRT_TIME_LOG_ENERGY: return emlrt_log2_q8_64(s->squares);
    case EMLRT_TIME_LOG_VARIANCE: return emlrt_log2_q8_64(emlrt_spread_i16(s));
    default: return emlrt_log2_q8(s->steps);
  }
}

static int32_t emlrt_time_feature(const emlrt_window_sums *s, unsigned code) {
  switch (code) {
    case EMLRT_TIME_MEAN: return emlrt_mean(s);
    case EMLRT_TIME_MEAN_ABS: return (int32_t)emlrt_mean_of(s->sizes, s->n);
    case EMLRT_TIME_MEAN_ABS_DIFF:
      return (int32_t)emlrt_mean_of(s->steps, s->n - 1);
    case EMLRT_TIME_MIN: return s->low;
    case EMLRT_TIME_MAX: return s->high;
    case EMLRT_TIME_RANGE: return s->high - s->low;
    case EMLRT_TIME_PEAK: return s->high > -s->low ? s->high : -s->low;
    case EMLRT_TIME_ZERO_CROSSINGS: return (int32_t)s->crossings;
    case EMLRT_TIME_SLOPE_CHANGES: return (int32_t)s->turns;
    default: return emlrt_log_feature(s, code);
  }
}

void emlrt_run_time_features_i16(const emlrt_call *call) {
  emlrt_rom at = call->payload;
  unsigned n = EMLRT_TF16(at, n_features), channels = EMLRT_TF16(at, channels);
  unsigned channel, i;
  int16_t *y = (int16_t *)call->out;
  emlrt_window_sums s;
  s.n = EMLRT_TF16(at, length);
  for (channel = 0; channel < channels; channel++) {
    emlrt_rom code = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_time_features));
    emlrt_window_sum(&s, (const int16_t *)call->in + channel, channels);
    for (i = 0; i < n; i++, code = emlrt_rom_at(code, 2)) {
      int32_t value = emlrt_time_feature(&s, emlrt_r16(code, 0));
      *y++ = (int16_t)(value > INT16_MAX ? INT16_MAX : value);
    }
  }
}

const emlrt_op emlrt_op_time_features_i16 EMLRT_OP_PLACE = {
    EMLRT_OP_TIME_FEATURES_I16, emlrt_check_time_features_i16,
    emlrt_run_time_features_i16};
