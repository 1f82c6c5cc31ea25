/* SPDX-License-Identifier: MIT
 *
 * The line of least squares of a channel.
 */
#ifndef EMLRT_SLOPE_H
#define EMLRT_SLOPE_H

#include "samples.h"

/* An integer as a float. */
EMLRT_INLINE float emlrt_integer(int32_t number) {
  emlrt_rounded value = (float)number;
  EMLRT_HIDE(value);
  return value;
}

/* How much the line rises from a sample to the next one, in units; 0 of one. */
float emlrt_slope(const emlrt_samples *s, const emlrt_centre *centre);

#endif
