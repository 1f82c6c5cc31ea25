/* SPDX-License-Identifier: MIT
 *
 * The passes of radix 3 and 5. Their factors of 1 stand in the table, too.
 */
#include "fft.h"

#define EMLRT_SIN_3 0.8660254037844386f /* sin(2 pi / 3) */
#define EMLRT_COS_5 0.30901699437494745f
#define EMLRT_COS_5_2 -0.8090169943749475f /* cos(4 pi / 5) */
#define EMLRT_SIN_5 0.9510565162951535f
#define EMLRT_SIN_5_2 0.5877852522924731f

emlrt_rom emlrt_fft_threes(const emlrt_fft_pass *pass, emlrt_rom table) {
  size_t step = (size_t)pass->length * 2u, k;
  for (k = 0; k != step; k += 2, table = emlrt_rom_at(table, 16)) {
    emlrt_pair once = emlrt_fft_factor(table, 0);
    emlrt_pair twice = emlrt_fft_factor(table, 1);
    float *z;
    for (z = pass->z + k; z < pass->end; z += step * 3u) {
      emlrt_pair b = emlrt_turned(z + step, once);
      emlrt_pair c = emlrt_turned(z + step + step, twice);
      emlrt_pair sum = emlrt_pair_add(b, c), a;
      b = emlrt_pair_mul(emlrt_pair_sub(b, c), EMLRT_SIN_3);
      a.re = z[0];
      a.im = z[1];
      emlrt_pair_put(z, emlrt_pair_add(a, sum));
      a = emlrt_pair_sub(a, emlrt_pair_mul(sum, 0.5f));
      emlrt_pair_put_both(z + step, z + step + step, a, b);
    }
  }
  return table;
}

/* a times p plus b times q. */
EMLRT_INLINE emlrt_pair emlrt_pair_mix(emlrt_pair a, float p, emlrt_pair b,
                                       float q) {
  return emlrt_pair_add(emlrt_pair_mul(a, p), emlrt_pair_mul(b, q));
}

EMLRT_INLINE void emlrt_fft_five(float *z, size_t step, emlrt_pair b,
                                 emlrt_pair c, emlrt_pair d, emlrt_pair e) {
  emlrt_pair near = emlrt_pair_add(b, e), far = emlrt_pair_add(c, d), a;
  b = emlrt_pair_sub(b, e);
  c = emlrt_pair_sub(c, d);
  a.re = z[0];
  a.im = z[1];
  emlrt_pair_put(z, emlrt_pair_add(a, emlrt_pair_add(near, far)));
  d = emlrt_pair_add(a, emlrt_pair_mix(near, EMLRT_COS_5, far, EMLRT_COS_5_2));
  e = emlrt_pair_mix(b, EMLRT_SIN_5, c, EMLRT_SIN_5_2);
  emlrt_pair_put_both(z + step, z + step * 4u, d, e);
  d = emlrt_pair_add(a, emlrt_pair_mix(near, EMLRT_COS_5_2, far, EMLRT_COS_5));
  e = emlrt_pair_sub(emlrt_pair_mul(b, EMLRT_SIN_5_2),
                     emlrt_pair_mul(c, EMLRT_SIN_5));
  emlrt_pair_put_both(z + step * 2u, z + step * 3u, d, e);
}

emlrt_rom emlrt_fft_fives(const emlrt_fft_pass *pass, emlrt_rom table) {
  size_t step = (size_t)pass->length * 2u, k;
  for (k = 0; k != step; k += 2, table = emlrt_rom_at(table, 32)) {
    float *z;
    for (z = pass->z + k; z < pass->end; z += step * 5u)
      emlrt_fft_five(z, step,
                     emlrt_turned(z + step, emlrt_fft_factor(table, 0)),
                     emlrt_turned(z + step * 2u, emlrt_fft_factor(table, 1)),
                     emlrt_turned(z + step * 3u, emlrt_fft_factor(table, 2)),
                     emlrt_turned(z + step * 4u, emlrt_fft_factor(table, 3)));
  }
  return table;
}
