# SPDX-License-Identifier: MIT
"""C text that files of generated code have where they need it; @ is their prefix."""

from __future__ import annotations

KEY = """\
/* The key of a float: an integer that compares as it does. nan: that of NaN. */
@NOINLINE static int32_t @key(uint32_t bits, int32_t nan) {
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return nan;
  if (bits >> 31 != 0) bits ^= 0x7FFFFFFFu;
  return (int32_t)bits;
}
"""

BIN = """\
/* How many of the keys are below a float's. missing: the bin of NaN, and with `exact`
 * of what equals no key. */
@NOINLINE static int32_t @bin(uint32_t bits, const int32_t *keys, unsigned n,
                              int32_t missing, int exact) {
  unsigned low = 0, high = n;
  int32_t key;
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return missing;
  if (bits == 0x80000000u) bits = 0;
  if (bits >> 31 != 0) bits ^= 0x7FFFFFFFu;
  key = (int32_t)bits;
  while (low < high) {
    unsigned middle = low + (high - low) / 2;
    if (@I32(keys + middle) < key)
      low = middle + 1;
    else
      high = middle;
  }
  if (exact && (low == n || @I32(keys + low) != key)) return missing;
  return (int32_t)low;
}
"""

IN = """\
/* Whether a code is in the set at a place. */
@NOINLINE static int @in(const uint16_t *set, unsigned code) {
  if (code >> 4 >= @U16(set)) return 0;
  return (@U16(set + 1 + (code >> 4)) >> (code & 15u) & 1u) != 0;
}
"""

SCALE = """\
/* A whole sum, in two's complement, times 2^exponent: rounded once, ties to even. */
@NOINLINE static float @scale(uint32_t sum, int exponent) {
  union {
    uint32_t bits;
    float number;
  } y;
  uint32_t sign = sum & 0x80000000u, rest;
  y.bits = 0;
  if (sum == 0) return y.number;
  if (sign != 0) sum = ~sum + 1u;
  for (exponent += 158; sum >> 31 == 0; exponent--) sum <<= 1;
  rest = sum & 0xFFu;
  sum >>= 8;
  if (rest > 128u || (rest == 128u && (sum & 1u) != 0)) sum++;
  y.bits = sign | ((((uint32_t)exponent - 1u) << 23) + sum);
  return y.number;
}
"""

SCALE_FAR = """\
/* A whole sum, in two's complement, times 2^exponent: rounded once, ties to even, to
 * subnormal numbers and infinity, too. */
@NOINLINE static float @scale(uint32_t sum, int exponent) {
  union {
    uint32_t bits;
    float number;
  } y;
  uint32_t sign = sum & 0x80000000u, rest, half;
  unsigned drop = 8;
  y.bits = sign;
  if (sum == 0) return y.number;
  if (sign != 0) sum = ~sum + 1u;
  for (exponent += 158; sum >> 31 == 0; exponent--) sum <<= 1;
  y.bits = sign | 0x7F800000u;
  if (exponent > 254) return y.number;
  for (; exponent < 1 && drop < 33; exponent++) drop++;
  half = (uint32_t)1 << (drop - 1u > 31u ? 31u : drop - 1u);
  rest = drop < 32 ? sum & (half + half - 1u) : drop == 32 ? sum : 0;
  sum = drop < 32 ? sum >> drop : 0;
  if (rest > half || (rest == half && (sum & 1u) != 0)) sum++;
  if (drop == 8) exponent--; else exponent = 0;
  y.bits = sign | (((uint32_t)exponent << 23) + sum);
  return y.number;
}
"""

ORDER = """\
/* A number that compares as the float of these bits: NaN is the lowest, -0 is 0. */
@INLINE uint32_t @order(uint32_t bits) {
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return 0;
  if (bits == 0x80000000u) bits = 0;
  return bits >> 31 != 0 ? ~bits : bits | 0x80000000u;
}
"""

MOST = """\
/* Index of the largest of n numbers, the first of equals. */
@NOINLINE static uint32_t @most(const @u32 *y, uint32_t n) {
  uint32_t i, best = 0, most = 0;
  for (i = 0; i < n; i++) {
    uint32_t number = y[i];
    if (number <= most) continue;
    most = number;
    best = i;
  }
  return best;
}
"""

RUN = """\
/* Runs an op of the runtime. */
@NOINLINE static void @run(const emlrt_op *op, emlrt_rom payload, uint32_t size,
                           const void *in, emlrt_count n_in, void *out,
                           emlrt_count n_out) {
  emlrt_call call;
  call.payload = payload;
  call.size = size;
  call.n_in = n_in;
  call.n_out = n_out;
  call.in = in;
  call.out = out;
  call.u.majority = UINT32_MAX;
  call.v.work = 0;
#if defined(__AVR__) && !defined(EMLRT_BANKS)
  ((emlrt_op_run *)pgm_read_word(&op->run))(&call);
#else
  op->run(&call);
#endif
}
"""

FLASH = """\
#if defined(__AVR__)
#include <avr/pgmspace.h>
#define @FLASH PROGMEM
#define @U8(at) pgm_read_byte(at)
#define @U16(at) pgm_read_word(at)
#define @U32(at) pgm_read_dword(at)
#define @I8(at) ((int8_t)pgm_read_byte(at))
#define @I16(at) ((int16_t)pgm_read_word(at))
#define @I32(at) ((int32_t)pgm_read_dword(at))
#define @F32(at) pgm_read_float(at)
#else
#define @FLASH
#define @U8(at) (*(at))
#define @U16(at) (*(at))
#define @U32(at) (*(at))
#define @I8(at) (*(at))
#define @I16(at) (*(at))
#define @I32(at) (*(at))
#define @F32(at) (*(at))
#endif
"""

TYPES = """\
#if defined(__GNUC__)
#define @NOINLINE __attribute__((noinline, unused))
#define @INLINE static inline __attribute__((unused))
#define @ALIAS __attribute__((may_alias))
#define @KEEP() __asm__ __volatile__("")
#define @HOLD(pointer) __asm__("" : "+r"(pointer)) /* in a register */
#else
#define @NOINLINE
#define @INLINE static inline
#define @ALIAS
#define @KEEP() ((void)0)
#define @HOLD(pointer) ((void)0)
#endif
typedef uint32_t @ALIAS @u32; /* bits of any four bytes */
typedef float @ALIAS @f32;
"""

FLOATS = """\
/* Whether the float with the bits b is at most t, or above it. t: the bits of a
 * number that is not negative, as an int32_t, or of one that is, as a uint32_t.
 * Signed, bits of negative numbers are below all others; unsigned, they are above
 * them, and fall as the numbers rise. NaN is above all numbers, but for the macros
 * that name it. With @CODE_NO_NAN defined they are shorter, and wrong for NaN. */
#if defined(@CODE_NO_NAN)
#define @LE(b, t) ((int32_t)(b) <= (t))
#define @LE_OR_NAN(b, t) ((int32_t)(b) <= (t))
#define @LE_NEGATIVE(b, t) ((b) >= (t))
#define @LE_NEGATIVE_OR_NAN(b, t) ((b) >= (t))
#else
#define @LE(b, t) ((int32_t)(b) <= (t) && (b) <= 0xFF800000u)
#define @LE_OR_NAN(b, t) ((b) - 0x7F800001u <= (uint32_t)(t) - 0x7F800001u)
#define @LE_NEGATIVE(b, t) ((b) - (t) <= 0xFF800000u - (t))
#define @LE_NEGATIVE_OR_NAN(b, t) ((b) >= (t) || (b) - 0x7F800001u < 0x007FFFFFu)
#endif
#define @GT(b, t) (!@LE(b, t))
#define @GT_NOT_NAN(b, t) (!@LE_OR_NAN(b, t))
#define @GT_NEGATIVE(b, t) (!@LE_NEGATIVE(b, t))
#define @GT_NEGATIVE_NOT_NAN(b, t) (!@LE_NEGATIVE_OR_NAN(b, t))
"""

TABLES = """\
/* Whether leaves that share their votes out read a table: smaller, and slower. */
#if defined(__AVR__) || defined(__OPTIMIZE_SIZE__)
#define @TABLES 1
#else
#define @TABLES 0
#endif
"""
