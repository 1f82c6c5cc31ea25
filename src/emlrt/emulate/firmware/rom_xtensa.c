/* SPDX-License-Identifier: MIT
 *
 * Functions that an ESP8266 has in its ROM and that its libgcc therefore lacks. The
 * results are those of IEEE 754, rounded to nearest; what they cost is not what the
 * ROM's cost.
 */
#include <stdint.h>

typedef union number {
  float value;
  uint32_t bits;
} number;

#define SIGN UINT32_C(0x80000000)
#define INFINITE UINT32_C(0x7F800000)
#define QUIET UINT32_C(0x00400000)
#define HIDDEN UINT32_C(0x00800000)
#define NOT_A_NUMBER UINT32_C(0x7FC00000)

float __addsf3(float a, float b);
float __subsf3(float a, float b);
float __mulsf3(float a, float b);
float __floatsisf(int32_t a);
float __floatunsisf(uint32_t a);
int32_t __divsi3(int32_t a, int32_t b);
uint32_t __udivsi3(uint32_t a, uint32_t b);
uint32_t __umodsi3(uint32_t a, uint32_t b);
uint64_t __umulsidi3(uint32_t a, uint32_t b);
int64_t __muldi3(int64_t a, int64_t b);
uint64_t __udivdi3(uint64_t a, uint64_t b);
uint64_t __umoddi3(uint64_t a, uint64_t b);
int64_t __divdi3(int64_t a, int64_t b);

static float of(uint32_t bits) {
  number n;
  n.bits = bits;
  return n.value;
}

static uint32_t bits_of(float value) {
  number n;
  n.value = value;
  return n.bits;
}

static int leading_zeros(uint32_t a) {
  int n = 0;
  while (n < 32 && (a & (SIGN >> n)) == 0) n++;
  return n;
}

/* a, with a last bit that is set if any of those shifted out is. */
static uint32_t shifted(uint32_t a, int by) {
  if (by == 0) return a;
  if (by > 31) return a != 0;
  return a >> by | ((a << (32 - by)) != 0);
}

/* The float nearest to sign * a * 2^(exponent - 157), for a with its highest bit in
 * bit 30; of exponents too small, a subnormal number. */
static uint32_t rounded(uint32_t sign, int exponent, uint32_t a) {
  uint32_t odd, rest;
  if (exponent < 1) {
    a = shifted(a, 1 - exponent);
    exponent = 1;
  }
  if (exponent > 254) return sign | INFINITE;
  rest = a & 0x7F;
  odd = a >> 7 & 1;
  a >>= 7;
  if (rest > 0x40 || (rest == 0x40 && odd)) a++;
  /* The hidden bit of a adds one to the exponent; so does what rounding carries. */
  return sign | (((uint32_t)(exponent - 1) << 23) + a);
}

/* A number's significand with its highest bit in bit `top`, and its exponent. */
static uint32_t significand(uint32_t bits, int top, int *exponent) {
  uint32_t a = bits & (HIDDEN - 1);
  int shift;
  *exponent = (int)(bits >> 23 & 0xFF);
  if (*exponent != 0) return (a | HIDDEN) << (top - 23);
  shift = leading_zeros(a) - (31 - top);
  *exponent = 1 - (shift - (top - 23));
  return a << shift;
}

static uint32_t quiet(uint32_t a, uint32_t b) {
  return ((a & ~SIGN) > INFINITE ? a : b) | QUIET;
}

static uint32_t sum(uint32_t a, uint32_t b) {
  uint32_t size_a = a & ~SIGN, size_b = b & ~SIGN, x, y, sign;
  int exponent, other, up;
  if (size_a < size_b) {
    uint32_t t = a;
    a = b;
    b = t;
    t = size_a;
    size_a = size_b;
    size_b = t;
  }
  if (size_a > INFINITE) return quiet(a, b);
  if (size_a == INFINITE)
    return size_b == INFINITE && a != b ? NOT_A_NUMBER : a;
  if (size_b == 0) return size_a != 0 ? a : a & b;
  sign = a & SIGN;
  x = significand(size_a, 29, &exponent);
  y = significand(size_b, 29, &other);
  y = shifted(y, exponent - other);
  x = a >> 31 == b >> 31 ? x + y : x - y;
  if (x == 0) return 0;
  up = leading_zeros(x) - 1;
  return rounded(sign, exponent + 1 - up, x << up);
}

float __addsf3(float a, float b) { return of(sum(bits_of(a), bits_of(b))); }

float __subsf3(float a, float b) {
  uint32_t minus = bits_of(b);
  if ((minus & ~SIGN) <= INFINITE) minus ^= SIGN;
  return of(sum(bits_of(a), minus));
}

uint64_t __umulsidi3(uint32_t a, uint32_t b) {
  uint32_t a0 = a & 0xFFFF, a1 = a >> 16, b0 = b & 0xFFFF, b1 = b >> 16;
  uint32_t low = a0 * b0, middle = a1 * b0 + (low >> 16);
  uint32_t more = a0 * b1 + (middle & 0xFFFF);
  uint32_t high = a1 * b1 + (middle >> 16) + (more >> 16);
  return (uint64_t)high << 32 | (more << 16 | (low & 0xFFFF));
}

static uint32_t product(uint32_t a, uint32_t b) {
  uint32_t sign = (a ^ b) & SIGN, x, y;
  uint64_t whole;
  int exponent, other;
  if ((a & ~SIGN) > INFINITE || (b & ~SIGN) > INFINITE) return quiet(a, b);
  a &= ~SIGN;
  b &= ~SIGN;
  if (a == INFINITE || b == INFINITE)
    return a == 0 || b == 0 ? NOT_A_NUMBER : sign | INFINITE;
  if (a == 0 || b == 0) return sign;
  x = significand(a, 31, &exponent);
  y = significand(b, 31, &other);
  whole = __umulsidi3(x, y); /* its highest bit is bit 63 or 62 */
  x = (uint32_t)(whole >> 32) | ((uint32_t)whole != 0);
  exponent += other - 127;
  if ((x & SIGN) == 0) return rounded(sign, exponent, x);
  return rounded(sign, exponent + 1, shifted(x, 1));
}

float __mulsf3(float a, float b) { return of(product(bits_of(a), bits_of(b))); }

static float whole(uint32_t sign, uint32_t a) {
  int up = leading_zeros(a) - 1;
  if (a == 0) return of(0);
  if (up < 0) return of(rounded(sign, 158, shifted(a, 1)));
  return of(rounded(sign, 157 - up, a << up));
}

float __floatunsisf(uint32_t a) { return whole(0, a); }

float __floatsisf(int32_t a) {
  return a < 0 ? whole(SIGN, 0u - (uint32_t)a) : whole(0, (uint32_t)a);
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

int64_t __muldi3(int64_t a, int64_t b) {
  uint32_t a0 = (uint32_t)a, a1 = (uint32_t)((uint64_t)a >> 32);
  uint32_t b0 = (uint32_t)b, b1 = (uint32_t)((uint64_t)b >> 32);
  uint64_t low = __umulsidi3(a0, b0);
  return (int64_t)(low + ((uint64_t)(a0 * b1 + a1 * b0) << 32));
}

static uint64_t divided_wide(uint64_t a, uint64_t b, uint64_t *rest) {
  uint64_t found = 0, left = 0;
  int bit;
  for (bit = 63; bit >= 0; bit--) {
    int carried = left >> 63 != 0;
    left = left << 1 | (a >> bit & 1);
    found <<= 1;
    if (carried || left >= b) {
      left -= b;
      found |= 1;
    }
  }
  *rest = left;
  return found;
}

uint64_t __udivdi3(uint64_t a, uint64_t b) {
  uint64_t rest;
  return divided_wide(a, b, &rest);
}

uint64_t __umoddi3(uint64_t a, uint64_t b) {
  uint64_t rest;
  divided_wide(a, b, &rest);
  return rest;
}

int64_t __divdi3(int64_t a, int64_t b) {
  uint64_t x = a < 0 ? 0u - (uint64_t)a : (uint64_t)a;
  uint64_t y = b < 0 ? 0u - (uint64_t)b : (uint64_t)b;
  uint64_t found = __udivdi3(x, y);
  return (int64_t)((a < 0) != (b < 0) ? 0u - found : found);
}
