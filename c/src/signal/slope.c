/* SPDX-License-Identifier: MIT
 *
 * The line of least squares of a channel.
 */
#include "slope.h"

/* Deviations times the places, which count twice, from the middle on. */
float emlrt_slope(const emlrt_samples *s, const emlrt_centre *centre) {
  const float *at = s->x;
  float sum = 0.0f, part = 0.0f, n = emlrt_rounded_to(s->n);
  int32_t twice = 1 - (int32_t)s->n;
  emlrt_count i;
  for (i = 0; i < s->n; i++, at += s->step, twice += 2) {
    float d = emlrt_centred(centre, emlrt_sample_at(s, at));
    part = emlrt_add(part, emlrt_mul(d, emlrt_integer(twice)));
    emlrt_add_part(&sum, &part, i);
  }
  if (s->n == 1) return 0.0f;
  n = emlrt_mul(n, emlrt_mul(emlrt_sub(n, 1.0f), emlrt_add(n, 1.0f)));
  return emlrt_div(emlrt_mul(6.0f, emlrt_add(sum, part)), n);
}
