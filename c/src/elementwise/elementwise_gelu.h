/* SPDX-License-Identifier: MIT
 *
 * What both forms of GELU share.
 */
#ifndef EMLRT_MAPS_GELU_H
#define EMLRT_MAPS_GELU_H

#include "elementwise.h"

/* (x / 2) (1 + s); -0 for an x of minus infinity. */
EMLRT_INLINE uint32_t emlrt_gelu_of(uint32_t x, uint32_t s) {
  float half = emlrt_mul(0.5f, emlrt_float(x));
  if (x == (EMLRT_SIGN_BIT | EMLRT_INFINITY_BITS)) return EMLRT_SIGN_BIT;
  return emlrt_bits(emlrt_mul(half, emlrt_add(1.0f, emlrt_float(s))));
}

#endif
