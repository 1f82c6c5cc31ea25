/* SPDX-License-Identifier: MIT
 *
 * What the checks of numeric ops share.
 */
#include "numeric.h"

int emlrt_finite(emlrt_rom at, uint32_t count) {
  for (; count != 0; count--, at = emlrt_rom_at(at, 4))
    if ((emlrt_r32(at, 0) & EMLRT_INFINITY_BITS) == EMLRT_INFINITY_BITS)
      return 0;
  return 1;
}

/* By subtraction: a division would link a helper on small cores, and a product
 * might wrap. Every row takes bytes of the blob, so the loop is linear in it. */
int emlrt_take_floats(uint32_t *left, uint32_t rows, uint32_t columns) {
  if (columns > *left / 4) return 0;
  for (; rows != 0; rows--) {
    if (columns * 4 > *left) return 0;
    *left -= columns * 4;
  }
  return 1;
}

#if !defined(emlrt_float_status)
/* 5 units of the smallest number: a quarter of it, and three quarters of that, are
 * a unit each if both are rounded to nearest; and nothing if they are flushed. */
emlrt_status emlrt_float_status(void) {
  emlrt_rounded number = emlrt_float(5);
  EMLRT_HIDE_BY(__volatile__, number);
  number = emlrt_mul(emlrt_mul(number, 0.25f), 0.75f);
  return emlrt_bits(number) == 1 ? EMLRT_OK : EMLRT_ERR_FLOAT;
}
#endif
