/* SPDX-License-Identifier: MIT
 *
 * What the runtime calls of the functions that an ESP8266 has in its ROM, and that
 * Debian's libgcc for it therefore lacks. The results are those of C and IEEE 754;
 * what they cost is not what the ROM's cost.
 */
#include <stdint.h>

typedef union number {
  float value;
  uint32_t bits;
} number;

#define SIGN UINT32_C(0x80000000)

float __floatsisf(int32_t a);
float __floatunsisf(uint32_t a);
int32_t __divsi3(int32_t a, int32_t b);
uint32_t __udivsi3(uint32_t a, uint32_t b);
uint32_t __umodsi3(uint32_t a, uint32_t b);
uint64_t __umulsidi3(uint32_t a, uint32_t b);
int64_t __muldi3(int64_t a, int64_t b);

static int leading_zeros(uint32_t a) {
  int n = 0;
  while (n < 32 && (a & (SIGN >> n)) == 0) n++;
  return n;
}

/* The float nearest to an integer, of two at equal distances the even one. */
static float nearest(uint32_t sign, uint32_t a) {
  number n;
  int up = leading_zeros(a);
  n.bits = sign;
  if (a != 0) {
    uint32_t rest;
    a <<= up;
    rest = a & 0xFF;
    a >>= 8;
    if (rest > 0x80 || (rest == 0x80 && (a & 1) != 0)) a++;
    /* The highest bit adds one to the exponent; so does what rounding carries. */
    n.bits |= ((uint32_t)(157 - up) << 23) + a;
  }
  return n.value;
}

float __floatunsisf(uint32_t a) { return nearest(0, a); }

float __floatsisf(int32_t a) {
  return a < 0 ? nearest(SIGN, 0u - (uint32_t)a) : nearest(0, (uint32_t)a);
}

static uint32_t divided(uint32_t a, uint32_t b, uint32_t *rest) {
  uint32_t found = 0;
  int up = leading_zeros(b) - leading_zeros(a);
  for (; up >= 0; up--) {
    found <<= 1;
    if (a >= b << up) {
      a -= b << up;
      found |= 1;
    }
  }
  *rest = a;
  return found;
}

uint32_t __udivsi3(uint32_t a, uint32_t b) {
  uint32_t rest;
  return divided(a, b, &rest);
}

uint32_t __umodsi3(uint32_t a, uint32_t b) {
  uint32_t rest;
  divided(a, b, &rest);
  return rest;
}

int32_t __divsi3(int32_t a, int32_t b) {
  uint32_t x = a < 0 ? 0u - (uint32_t)a : (uint32_t)a;
  uint32_t y = b < 0 ? 0u - (uint32_t)b : (uint32_t)b;
  uint32_t found = __udivsi3(x, y);
  return (int32_t)((a < 0) != (b < 0) ? 0u - found : found);
}

uint64_t __umulsidi3(uint32_t a, uint32_t b) {
  uint32_t a0 = a & 0xFFFF, a1 = a >> 16, b0 = b & 0xFFFF, b1 = b >> 16;
  uint32_t low = a0 * b0, middle = a1 * b0 + (low >> 16);
  uint32_t more = a0 * b1 + (middle & 0xFFFF);
  uint32_t high = a1 * b1 + (middle >> 16) + (more >> 16);
  return (uint64_t)high << 32 | (more << 16 | (low & 0xFFFF));
}

int64_t __muldi3(int64_t a, int64_t b) {
  uint32_t a0 = (uint32_t)a, a1 = (uint32_t)((uint64_t)a >> 32);
  uint32_t b0 = (uint32_t)b, b1 = (uint32_t)((uint64_t)b >> 32);
  uint64_t low = __umulsidi3(a0, b0);
  return (int64_t)(low + ((uint64_t)(a0 * b1 + a1 * b0) << 32));
}
