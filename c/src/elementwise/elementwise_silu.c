/* SPDX-License-Identifier: MIT
 *
 * SiLU, x times the logistic function.
 */
#include "elementwise.h"

static uint32_t emlrt_silu(uint32_t x) {
  if (x == (EMLRT_SIGN_BIT | EMLRT_INFINITY_BITS)) return EMLRT_SIGN_BIT;
  return emlrt_bits(emlrt_mul(emlrt_float(x), emlrt_float(emlrt_logistic(x))));
}

EMLRT_ELEMENTWISE(silu, EMLRT_OP_SILU, emlrt_silu)
