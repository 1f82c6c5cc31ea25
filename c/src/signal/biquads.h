/* SPDX-License-Identifier: MIT
 *
 * Cascades of second-order sections, as the op and the kernel run them.
 */
#ifndef EMLRT_SIGNAL_BIQUADS_H
#define EMLRT_SIGNAL_BIQUADS_H

#include "../maths/numeric.h"

#define EMLRT_BIQUAD_KEPT 3u /* numbers of a section and a channel: u, v, w */

/* A cascade over interleaved samples. x and y may be the same. */
typedef struct emlrt_cascade {
  const float *x;
  float *y;
  emlrt_count n; /* samples of all channels, whole times */
  emlrt_count channels;
  emlrt_rom sections;
  uint32_t size;  /* octets of the sections */
  unsigned flags; /* EMLRT_BIQUADS_* */
  emlrt_aliasf
      *kept; /* [sections][channels][EMLRT_BIQUAD_KEPT]; NULL: at rest */
} emlrt_cascade;

void emlrt_cascade_run(const emlrt_cascade *cascade);

#endif
