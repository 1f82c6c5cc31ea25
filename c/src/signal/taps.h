/* SPDX-License-Identifier: MIT
 *
 * Weighted sums of past samples, as the op and the kernel run them.
 */
#ifndef EMLRT_SIGNAL_TAPS_H
#define EMLRT_SIGNAL_TAPS_H

#include "past.h"

/* Sums of samples that are `spacing` times apart, at every step-th time. */
typedef struct emlrt_taps {
  emlrt_past past; /* but for what is kept, the caller's */
  emlrt_rom at;
  uint32_t n;
  uint32_t spacing;
  emlrt_count step;
  float *y;
  emlrt_count n_out; /* sums of all channels */
} emlrt_taps;

void emlrt_taps_run(const emlrt_taps *taps);

#endif
