/* SPDX-License-Identifier: MIT
 *
 * Sums and products of float32 for cores without a floating-point unit.
 *
 * The results are IEEE 754's, bit by bit: rounded to nearest, ties to even,
 * with subnormal numbers. On a Cortex-M0 the compiler's own library takes six
 * times the flash for them (2.2 KB), and some more instructions.
 */
#include "numeric.h"

#if EMLRT_SOFT

#define EMLRT_SOFT_EXPONENT(bits) ((int32_t)((bits) << 1 >> 24))

/* Exchanges a and b where a is the smaller one in magnitude. */
#define EMLRT_SOFT_ORDER(a, b) \
  if ((a) << 1 < (b) << 1) {   \
    uint32_t swap = (a);       \
    (a) = (b);                 \
    (b) = swap;                \
  }

/* Rounds a number with 8 bits more than a float32 has, the lowest of them set
 * if anything below is. Its highest bit is set, or exponent is at most 1. */
static uint32_t emlrt_soft_pack(uint32_t sign, int32_t exponent,
                                uint32_t number) {
  uint32_t bits;
  for (; exponent < 1 && number > 1; exponent++)
    number = number >> 1 | (number & 1u);
  if (exponent < 1) exponent = 1;
  if (exponent > 254) return sign | EMLRT_INFINITY_BITS;
  bits = ((uint32_t)(exponent - 1) << 23) + (number >> 8);
  bits += (number & 0xFFu) + (bits & 1u) > 0x80u;
  return bits | sign;
}

EMLRT_WRAPS uint32_t emlrt_soft_add(uint32_t a, uint32_t b) {
  int32_t exponent, below;
  uint32_t number, addend, sign, lost;
  EMLRT_SOFT_ORDER(a, b)
  exponent = EMLRT_SOFT_EXPONENT(a);
  below = EMLRT_SOFT_EXPONENT(b);
  if (exponent == 255) /* a is infinite or NaN */
    return (a ^ b) == EMLRT_SIGN_BIT ? EMLRT_NAN_BITS : a;
  sign = a & EMLRT_SIGN_BIT;
  b ^= sign; /* now its sign says to subtract it */
  number = a << 8;
  addend = b << 8;
  if (below != 0)
    addend |= EMLRT_SIGN_BIT;
  else
    below = 1;
  if (exponent != 0)
    number |= EMLRT_SIGN_BIT;
  else
    exponent = 1;
  number >>= 1; /* a bit of room above, for sums */
  addend >>= 1;
  below = exponent - below;
  if (below > 31) below = 31;
  lost = addend;
  addend >>= below;
  addend |= addend << below != lost;
  if ((b & EMLRT_SIGN_BIT) == 0) {
    number += addend;
  } else {
    number -= addend;
    if (number == 0) return 0;
  }
  for (exponent++; (number & EMLRT_SIGN_BIT) == 0 && exponent > 1; exponent--)
    number <<= 1;
  return emlrt_soft_pack(sign, exponent, number);
}

EMLRT_WRAPS uint32_t emlrt_soft_mul(uint32_t a, uint32_t b) {
  uint32_t sign = (a ^ b) & EMLRT_SIGN_BIT, low, high, middle;
  int32_t exponent, below;
  EMLRT_SOFT_ORDER(a, b)
  exponent = EMLRT_SOFT_EXPONENT(a);
  below = EMLRT_SOFT_EXPONENT(b);
  a <<= 8;
  b <<= 8;
  if (exponent == 255) { /* a is infinite or NaN */
    if (a << 1 != 0 || (below == 0 && b == 0)) return EMLRT_NAN_BITS;
    return sign | EMLRT_INFINITY_BITS;
  }
  if (below == 0) {
    if (exponent == 0 || b == 0) return sign; /* far too small, or 0 */
    for (below = 1; (b & EMLRT_SIGN_BIT) == 0; below--) b <<= 1;
  }
  a = (a | EMLRT_SIGN_BIT) >> 8;
  b = (b | EMLRT_SIGN_BIT) >> 8;
  /* All 48 bits of the product, from parts of 8 and of 16 bits. */
  high = a >> 16;
  middle = b >> 16;
  low = (a & 0xFFFFu) * (b & 0xFFFFu);
  a = high * (b & 0xFFFFu) + (a & 0xFFFFu) * middle;
  high = (high * middle << 16) + a + (low >> 16);
  high |= low << 16 != 0;
  exponent += below - 126;
  if ((high & EMLRT_SIGN_BIT) == 0) {
    high <<= 1;
    exponent--;
  }
  return emlrt_soft_pack(sign, exponent, high);
}

#else
typedef int emlrt_soft_unused; /* a translation unit must not be empty */
#endif
