/* SPDX-License-Identifier: MIT
 *
 * Softplus, log(1 + e^x).
 */
#include "elementwise.h"

static uint32_t emlrt_softplus(uint32_t x) {
  uint32_t rest = emlrt_log1p(emlrt_exp(x | EMLRT_SIGN_BIT));
  uint32_t ramp = (x & EMLRT_SIGN_BIT) != 0 ? 0 : x;
  return emlrt_bits(emlrt_add(emlrt_float(ramp), emlrt_float(rest)));
}

EMLRT_ELEMENTWISE(softplus, EMLRT_OP_SOFTPLUS, emlrt_softplus)
