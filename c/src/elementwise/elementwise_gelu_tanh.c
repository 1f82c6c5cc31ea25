/* SPDX-License-Identifier: MIT
 *
 * GELU by tanh.
 */
#include "elementwise_gelu.h"

static uint32_t emlrt_gelu_tanh(uint32_t x) {
  float value = emlrt_float(x);
  float cube = emlrt_mul(emlrt_mul(value, value), value);
  float sum = emlrt_add(value, emlrt_mul(0.044715f, cube));
  return emlrt_gelu_of(x, emlrt_tanh(emlrt_bits(emlrt_mul(0.79788456f, sum))));
}

EMLRT_ELEMENTWISE(gelu_tanh, EMLRT_OP_GELU_TANH, emlrt_gelu_tanh)
