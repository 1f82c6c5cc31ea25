/* SPDX-License-Identifier: MIT
 *
 * Fourier transforms in place, of numbers that stand in the order of the first pass:
 * what the functions of signal.h and the ops of the family share.
 */
#ifndef EMLRT_FFT_H
#define EMLRT_FFT_H

#include <emlrt/signal.h>

#include "../maths/numeric.h"

/* How a transform of n complex numbers goes. */
typedef struct emlrt_fft_plan {
  emlrt_count n;
  uint32_t radices; /* of each pass, 3 bits each, the first pass's the lowest */
} emlrt_fft_plan;

/* Whether there is a plan for n: 2 at most once and first, then 4, 3 and 5. */
int emlrt_fft_planned(emlrt_fft_plan *plan, uint32_t n);
/* Floats of a plan's table. */
uint32_t emlrt_fft_table(const emlrt_fft_plan *plan);
/* All passes. z: n complex numbers. Gives what is behind the plan's table. */
emlrt_rom emlrt_fft_passes(const emlrt_fft_plan *plan, float *z,
                           emlrt_rom table);

/* Adds 1 to a number whose digits have these radices, the first radix's the highest,
 * `whole` being the number of all numbers. Carries go downwards. */
emlrt_count emlrt_fft_next(uint32_t radices, emlrt_count whole,
                           emlrt_count from);
EMLRT_INLINE emlrt_count emlrt_fft_part(uint32_t radices, emlrt_count whole) {
  emlrt_count radix = (emlrt_count)(radices & 7u);
  if (radix == 4) return (emlrt_count)(whole >> 2);
  return radix != 0 ? (emlrt_count)(whole / radix) : whole;
}

/* Writes a complex number that comes from a place. */
typedef void emlrt_fft_load(const void *source, emlrt_count from, float *to);
/* Fills z in the order that the passes take. A function that is known is inlined. */
EMLRT_INLINE void emlrt_fft_fill(const emlrt_fft_plan *plan, float *z,
                                 emlrt_fft_load *load, const void *source) {
  emlrt_count n = plan->n, step = emlrt_fft_part(plan->radices, n), left;
  emlrt_count small = emlrt_fft_part(plan->radices >> 3, step), group = 0;
  for (left = small; left != 0; left--) {
    emlrt_count first = group, from;
    do {
      for (from = first; from < n; from = (emlrt_count)(from + step)) {
        load(source, from, z);
        z += 2;
      }
      first = (emlrt_count)(first + small);
    } while (first < step);
    group = emlrt_fft_next(plan->radices >> 6, small, group);
  }
}

/* The same by calls. */
void emlrt_fft_fill_by(const emlrt_fft_plan *plan, float *z,
                       emlrt_fft_load *load, const void *source);

/* A pass joins groups of `radix` transforms of `length` numbers, each group end to
 * end, from z to end. */
typedef struct emlrt_fft_pass {
  float *z;
  const float *end;
  emlrt_count length;
} emlrt_fft_pass;
emlrt_rom emlrt_fft_threes(const emlrt_fft_pass *pass, emlrt_rom table);
emlrt_rom emlrt_fft_fives(const emlrt_fft_pass *pass, emlrt_rom table);

typedef struct emlrt_pair {
  float re, im;
} emlrt_pair;

/* *at times a number of the table. */
EMLRT_INLINE emlrt_pair emlrt_turned(const float *at, emlrt_pair by) {
  emlrt_pair y;
  y.re = emlrt_sub(emlrt_mul(at[0], by.re), emlrt_mul(at[1], by.im));
  y.im = emlrt_add(emlrt_mul(at[0], by.im), emlrt_mul(at[1], by.re));
  return y;
}
EMLRT_INLINE emlrt_pair emlrt_fft_factor(emlrt_rom table, unsigned index) {
  emlrt_pair y;
  table = emlrt_rom_at(table, index * 8u);
  y.re = emlrt_rf32(table, 0);
  y.im = emlrt_rf32(table, 4);
  return y;
}
EMLRT_INLINE emlrt_pair emlrt_pair_add(emlrt_pair a, emlrt_pair b) {
  a.re = emlrt_add(a.re, b.re);
  a.im = emlrt_add(a.im, b.im);
  return a;
}
EMLRT_INLINE emlrt_pair emlrt_pair_sub(emlrt_pair a, emlrt_pair b) {
  a.re = emlrt_sub(a.re, b.re);
  a.im = emlrt_sub(a.im, b.im);
  return a;
}
EMLRT_INLINE emlrt_pair emlrt_pair_mul(emlrt_pair a, float factor) {
  a.re = emlrt_mul(a.re, factor);
  a.im = emlrt_mul(a.im, factor);
  return a;
}
EMLRT_INLINE void emlrt_pair_put(float *at, emlrt_pair a) {
  at[0] = a.re;
  at[1] = a.im;
}
/* a - i b and a + i b. */
EMLRT_INLINE void emlrt_pair_put_both(float *less, float *more, emlrt_pair a,
                                      emlrt_pair b) {
  less[0] = emlrt_add(a.re, b.im);
  less[1] = emlrt_sub(a.im, b.re);
  more[0] = emlrt_sub(a.re, b.im);
  more[1] = emlrt_add(a.im, b.re);
}

/* Pair `from` of a source of pairs, as emlrt_fft_fill takes it. */
EMLRT_INLINE void emlrt_fft_same(const void *source, emlrt_count from,
                                 float *to) {
  const float *at = (const float *)source + 2u * (size_t)from;
  to[0] = at[0];
  to[1] = at[1];
}

/* Transforms of n real samples: plans are of n / 2 if n is even, else of n. */
EMLRT_INLINE int emlrt_rfft_planned(emlrt_fft_plan *plan, uint32_t n) {
  return n <= EMLRT_FFT_MAX &&
         emlrt_fft_planned(plan, (n & 1u) != 0 ? n : n / 2u);
}
/* Floats of the table. */
EMLRT_INLINE uint32_t emlrt_rfft_table(const emlrt_fft_plan *plan, uint32_t n) {
  uint32_t floats = emlrt_fft_table(plan);
  return (n & 1u) != 0 ? floats : floats + plan->n / 2u * 2u;
}
/* Passes, and of an even n the samples' transform of the pairs'. y: samples in the
 * order of the first pass, in pairs or of an odd n with zeros between;
 * EMLRT_RFFT_FLOATS(n). */
void emlrt_rfft_passes(const emlrt_fft_plan *plan, int odd, float *y,
                       emlrt_rom table);

#endif
