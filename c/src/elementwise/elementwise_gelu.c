/* SPDX-License-Identifier: MIT
 *
 * GELU by erf.
 */
#include "elementwise_gelu.h"

static uint32_t emlrt_gelu(uint32_t x) {
  float scaled = emlrt_mul(emlrt_float(x), 0.70710678f);
  return emlrt_gelu_of(x, emlrt_erf(emlrt_bits(scaled)));
}

EMLRT_ELEMENTWISE(gelu, EMLRT_OP_GELU, emlrt_gelu)
