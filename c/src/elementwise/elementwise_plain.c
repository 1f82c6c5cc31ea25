/* SPDX-License-Identifier: MIT
 *
 * Ops whose functions take a float operation or two.
 */
#include "elementwise.h"

static uint32_t emlrt_abs(uint32_t x) { return x & ~EMLRT_SIGN_BIT; }

static uint32_t emlrt_square(uint32_t x) {
  float value = emlrt_float(x);
  return emlrt_bits(emlrt_mul(value, value));
}

static uint32_t emlrt_reciprocal(uint32_t x) {
  return emlrt_bits(emlrt_div(1.0f, emlrt_float(x)));
}

static uint32_t emlrt_softsign(uint32_t x) {
  uint32_t size = emlrt_abs(x);
  if (size == EMLRT_INFINITY_BITS) return (x ^ size) | EMLRT_ONE_BITS;
  return emlrt_bits(
      emlrt_div(emlrt_float(x), emlrt_add(1.0f, emlrt_float(size))));
}

EMLRT_ELEMENTWISE(abs, EMLRT_OP_ABS, emlrt_abs)
EMLRT_ELEMENTWISE(square, EMLRT_OP_SQUARE, emlrt_square)
EMLRT_ELEMENTWISE(reciprocal, EMLRT_OP_RECIPROCAL, emlrt_reciprocal)
EMLRT_ELEMENTWISE(softsign, EMLRT_OP_SOFTSIGN, emlrt_softsign)
