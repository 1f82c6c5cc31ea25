/* SPDX-License-Identifier: MIT
 *
 * Filters of Q31 and Q15 samples, in integers.
 */
#include <emlrt/signal.h>

#include "../core/core.h"

#define EMLRT_Q31_FRACTION 29 /* bits of a coefficient behind the point */
#define EMLRT_Q31_KEPT 5u /* x and y of the last two times, and what was lost */

/* x / 2^n, rounded down: right shifts of negative numbers are not C's to define. */
EMLRT_INLINE int64_t emlrt_floor_shift(int64_t x, unsigned n) {
  return x < 0 ? ~(~x >> n) : x >> n;
}

/* The nearest number from -limit - 1 to limit. */
EMLRT_INLINE int64_t emlrt_saturated(int64_t x, int64_t limit) {
  if (x > limit) return limit;
  return x < -limit - 1 ? -limit - 1 : x;
}

EMLRT_INLINE uint64_t emlrt_q31_product(emlrt_rom section, unsigned k,
                                        int32_t x) {
  return (uint64_t)((int64_t)emlrt_ri32(section, (emlrt_off)(4u * k)) * x);
}

/* One section over all samples. Coefficients that add up to less than 8 in size, as
 * tables have them, have sums below 2^63; others wrap, and do no harm. */
EMLRT_WRAPS static void emlrt_q31_section(const int32_t *x, int32_t *y,
                                          uint32_t n, emlrt_rom section,
                                          int32_t *kept) {
  int32_t x1 = kept[0], x2 = kept[1], y1 = kept[2], y2 = kept[3];
  uint32_t lost = (uint32_t)kept[4];
  for (; n != 0; n--, x++, y++) {
    uint64_t sum = lost + emlrt_q31_product(section, 0, *x);
    int64_t whole;
    sum +=
        emlrt_q31_product(section, 1, x1) + emlrt_q31_product(section, 2, x2);
    sum -= emlrt_q31_product(section, 3, y1);
    sum -= emlrt_q31_product(section, 4, y2);
    whole = emlrt_saturated(emlrt_floor_shift((int64_t)sum, EMLRT_Q31_FRACTION),
                            INT32_MAX);
    lost = (uint32_t)sum & ((UINT32_C(1) << EMLRT_Q31_FRACTION) - 1u);
    x2 = x1;
    x1 = *x;
    y2 = y1;
    y1 = *y = (int32_t)whole;
  }
  kept[0] = x1;
  kept[1] = x2;
  kept[2] = y1;
  kept[3] = y2;
  kept[4] = (int32_t)lost;
}

emlrt_status emlrt_biquads_q31(const int32_t *x, uint32_t n, emlrt_rom sections,
                               uint32_t n_sections, int32_t *y,
                               int32_t *state) {
  if (x == NULL || y == NULL || state == NULL || sections == EMLRT_ROM_NULL ||
      n_sections == 0)
    return EMLRT_ERR_ARGUMENT;
  for (; n_sections != 0; n_sections--, x = y, state += EMLRT_Q31_KEPT) {
    emlrt_q31_section(x, y, n, sections, state);
    sections = emlrt_rom_at(sections, 20);
  }
  return EMLRT_OK;
}

/* The sum for time t. */
static int64_t emlrt_fir_q15_sum(const int16_t *x, uint32_t t, emlrt_rom taps,
                                 uint32_t n_taps, const int16_t *state) {
  int64_t sum = 0;
  uint32_t k, inside = t < n_taps ? t + 1u : n_taps;
  for (k = 0; k < inside; k++, taps = emlrt_rom_at(taps, 2))
    sum += emlrt_ri16(taps, 0) * x[t - k];
  for (; k < n_taps; k++, taps = emlrt_rom_at(taps, 2))
    sum += emlrt_ri16(taps, 0) * state[n_taps - 1u + t - k];
  return sum;
}

emlrt_status emlrt_fir_q15(const int16_t *x, uint32_t n, emlrt_rom taps,
                           uint32_t n_taps, int16_t *y, int16_t *state) {
  uint32_t t, i, kept;
  if (x == NULL || y == NULL || state == NULL || taps == EMLRT_ROM_NULL ||
      n_taps == 0)
    return EMLRT_ERR_ARGUMENT;
  for (t = 0; t < n; t++) {
    int64_t sum = emlrt_fir_q15_sum(x, t, taps, n_taps, state) + (1 << 14);
    y[t] = (int16_t)emlrt_saturated(emlrt_floor_shift(sum, 15), INT16_MAX);
  }
  kept = n_taps - 1u;
  for (i = 0; i < kept; i++)
    state[i] = i + n < kept ? state[i + n] : x[i + n - kept];
  return EMLRT_OK;
}
