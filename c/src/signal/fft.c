/* SPDX-License-Identifier: MIT
 *
 * Plans of Fourier transforms, and the passes of radix 2 and 4.
 */
#include "fft_vfp.h"

int emlrt_fft_planned(emlrt_fft_plan *plan, uint32_t n) {
  uint32_t radices = 0;
  unsigned shift = 0, radix;
  int twos = 0;
  if (n == 0 || n > EMLRT_FFT_MAX) return 0;
  plan->n = (emlrt_count)n;
  for (; (n & 1u) == 0; n >>= 1) twos++;
  if ((twos & 1) != 0) {
    radices = 2;
    shift = 3;
  }
  for (twos >>= 1; twos != 0; twos--, shift += 3)
    radices |= UINT32_C(4) << shift;
  for (radix = 3; radix <= 5; radix += 2)
    for (; n % radix == 0; n /= radix, shift += 3)
      radices |= (uint32_t)radix << shift;
  plan->radices = radices;
  return n == 1;
}

uint32_t emlrt_fft_table(const emlrt_fft_plan *plan) {
  uint32_t radices = plan->radices, length = 1, pairs = 0;
  for (; radices != 0; radices >>= 3) {
    uint32_t radix = radices & 7u;
    if ((radix & 1u) != 0)
      pairs += (radix - 1u) * length;
    else if (radix == 4)
      pairs += 3u * (length - 1u);
    length *= radix;
  }
  return pairs * 2u;
}

emlrt_count emlrt_fft_next(uint32_t radices, emlrt_count whole,
                           emlrt_count from) {
  for (; radices != 0; radices >>= 3) {
    emlrt_count step = emlrt_fft_part(radices, whole);
    from = (emlrt_count)(from + step);
    if (from < whole) break;
    from = (emlrt_count)(from - whole);
    whole = step;
  }
  return from;
}

void emlrt_fft_fill_by(const emlrt_fft_plan *plan, float *z,
                       emlrt_fft_load *load, const void *source) {
  emlrt_fft_fill(plan, z, load, source);
}

EMLRT_INLINE emlrt_pair emlrt_fft_at(const float *at) {
  emlrt_pair y;
  y.re = at[0];
  y.im = at[1];
  return y;
}

static void emlrt_fft_twos(const emlrt_fft_pass *pass) {
  float *z = pass->z;
#if EMLRT_FFT_VFP
  emlrt_vfp_twos(z, pass->end);
#else
  for (; z != pass->end; z += 4) {
    emlrt_pair a = emlrt_fft_at(z), b = emlrt_fft_at(z + 2);
    emlrt_pair_put(z, emlrt_pair_add(a, b));
    emlrt_pair_put(z + 2, emlrt_pair_sub(a, b));
  }
#endif
}

#if EMLRT_FFT_VFP
#define emlrt_fft_column_plain emlrt_vfp_fours_plain
#define emlrt_fft_column emlrt_vfp_fours
#else
/* Joins four numbers, which stand `step` floats apart. */
EMLRT_INLINE void emlrt_fft_four(float *z, size_t step, emlrt_pair a,
                                 emlrt_pair b, emlrt_pair c, emlrt_pair d) {
  emlrt_pair sum = emlrt_pair_add(a, c), rest = emlrt_pair_sub(a, c);
  emlrt_pair others = emlrt_pair_add(b, d), turned = emlrt_pair_sub(b, d);
  emlrt_pair_put(z, emlrt_pair_add(sum, others));
  emlrt_pair_put(z + step * 2u, emlrt_pair_sub(sum, others));
  emlrt_pair_put_both(z + step, z + step * 3u, rest, turned);
}

/* A number of each group from z on, with all factors 1. */
EMLRT_INLINE void emlrt_fft_column_plain(float *z, const float *end,
                                         size_t step) {
  for (; z < end; z += step * 4u)
    emlrt_fft_four(z, step, emlrt_fft_at(z), emlrt_fft_at(z + step),
                   emlrt_fft_at(z + step * 2u), emlrt_fft_at(z + step * 3u));
}

EMLRT_INLINE void emlrt_fft_column(float *z, const float *end, size_t step,
                                   emlrt_rom table) {
  emlrt_pair once = emlrt_fft_factor(table, 0);
  emlrt_pair twice = emlrt_fft_factor(table, 1);
  emlrt_pair thrice = emlrt_fft_factor(table, 2);
  for (; z < end; z += step * 4u)
    emlrt_fft_four(z, step, emlrt_fft_at(z), emlrt_turned(z + step, once),
                   emlrt_turned(z + step * 2u, twice),
                   emlrt_turned(z + step * 3u, thrice));
}
#endif

static emlrt_rom emlrt_fft_fours(const emlrt_fft_pass *pass, emlrt_rom table) {
  size_t step = (size_t)pass->length * 2u;
  float *z = pass->z, *last = z + step;
  emlrt_fft_column_plain(z, pass->end, step);
  for (z += 2; z != last; z += 2, table = emlrt_rom_at(table, 24))
    emlrt_fft_column(z, pass->end, step, table);
  return table;
}

emlrt_rom emlrt_fft_passes(const emlrt_fft_plan *plan, float *z,
                           emlrt_rom table) {
  uint32_t radices = plan->radices;
  emlrt_fft_pass pass;
  pass.z = z;
  pass.end = z + (size_t)plan->n * 2u;
  pass.length = 1;
  for (; radices != 0; radices >>= 3) {
    unsigned radix = (unsigned)radices & 7u;
    if (radix == 2)
      emlrt_fft_twos(&pass);
    else if (radix == 4)
      table = emlrt_fft_fours(&pass, table);
    else if (radix == 3)
      table = emlrt_fft_threes(&pass, table);
    else
      table = emlrt_fft_fives(&pass, table);
    pass.length = (emlrt_count)(pass.length * radix);
  }
  return table;
}
