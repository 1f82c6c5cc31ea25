/* SPDX-License-Identifier: MIT
 *
 * Sums and products of c/src/maths/softfloat.c against this machine's, on all pairs of odd
 * numbers and on many random ones. Prints how many pairs it compared.
 */
#define EMLRT_SOFT 1
#include "../../c/src/maths/softfloat.c"

#include <stdio.h>

EMLRT_WRAPS static uint32_t random_bits(void) {
  static uint64_t state = UINT64_C(88172645463325252);
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 16 & UINT32_MAX);
}

static const uint32_t odd[] = {
    0,          1,          2,          3,          0x007FFFFE, 0x007FFFFF,
    0x00800000, 0x00800001, 0x00FFFFFF, 0x01000000, 0x3F7FFFFF, 0x3F800000,
    0x3F800001, 0x40000000, 0x7F000000, 0x7F7FFFFE, 0x7F7FFFFF, 0x7F800000,
    0x7F800001, 0x7FC00000, 0x00400000, 0x33800000, 0x34000000, 0x4B000000,
    0x4B7FFFFF, 0x4B800000, 0x1F800000, 0x1FFFFFFF, 0x20000000,
};
enum { ODD = sizeof odd / sizeof odd[0] };

static unsigned long pairs, wrong;

static void same(const char *what, uint32_t x, uint32_t y, uint32_t got,
                 float want) {
  if (emlrt_one_nan(got) == emlrt_one_nan(emlrt_bits(want))) return;
  if (wrong++ < 10)
    printf("%s %08lx %08lx gives %08lx\n", what, (unsigned long)x,
           (unsigned long)y, (unsigned long)got);
}

static void check(uint32_t x, uint32_t y) {
  volatile float a = emlrt_float(x), b = emlrt_float(y), sum = a + b;
  volatile float product = a * b;
  same("sum", x, y, emlrt_soft_add(x, y), sum);
  same("product", x, y, emlrt_soft_mul(x, y), product);
  pairs++;
}

/* Bits of y with an exponent near this one. */
static uint32_t near(uint32_t y, int exponent) {
  exponent += (int)(random_bits() % 60) - 30;
  if (exponent < 0) exponent = 0;
  if (exponent > 254) exponent = 254;
  return (y & 0x807FFFFF) | (uint32_t)exponent << 23;
}

int main(void) {
  unsigned i, j;
  long k;
  for (i = 0; i < 2 * ODD; i++)
    for (j = 0; j < 2 * ODD; j++)
      check(odd[i / 2] | (uint32_t)(i & 1) << 31, odd[j / 2] | (uint32_t)(j & 1)
                                                                   << 31);
  for (k = 0; k < 12000000; k++) {
    uint32_t x = random_bits(), y = random_bits();
    int exponent = (int)(x >> 23 & 255);
    if (k % 6 == 1) y = (x & 0x7F800000) | (y & 0x807FFFFF);
    if (k % 6 == 2) x &= 0x81FFFFFF;
    if (k % 6 == 3) x = odd[x % ODD] ^ (random_bits() & 0x80000003);
    if (k % 6 == 4) y = near(y, exponent); /* sums that round and cancel */
    if (k % 6 == 5) y = near(y & (random_bits() | 0x80000000), 117 - exponent);
    check(x, y);
  }
  printf("%lu\n", pairs);
  return wrong != 0;
}
