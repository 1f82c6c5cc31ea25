/* SPDX-License-Identifier: MIT
 *
 * Numbers of 32 significant bits, which the functions of maths.h work on: a
 * mantissa m, whose top bit is set, times 2^(e - 31). They are rounded once, at
 * the end, to float32.
 */
#ifndef EMLRT_MATHS_WIDE_H
#define EMLRT_MATHS_WIDE_H

#include "maths.h"

#define EMLRT_ONE UINT32_C(0x80000000) /* 1 as a mantissa */

/* Constants stay in flash where code and data have their own memories; wherever
 * the linker has put them. EMLRT_TABLE: where a table goes on from element i. */
#if defined(EMLRT_BANKS)
typedef uint32_t emlrt_table;
#define EMLRT_TABLE(table, i) \
  (pgm_get_far_address(table) + (uint32_t)((i) * sizeof(table)[0]))
#define EMLRT_TABLE16(table, i) pgm_read_word_far(EMLRT_TABLE(table, i))
#define EMLRT_TABLE32(table, i) pgm_read_dword_far(EMLRT_TABLE(table, i))
#define EMLRT_READ32(at, i) pgm_read_dword_far((at) + (uint32_t)(i) * 4)
#else
typedef const int32_t *emlrt_table;
#define EMLRT_TABLE(table, i) ((table) + (i))
#if defined(__AVR__)
#define EMLRT_TABLE16(table, i) pgm_read_word(&(table)[i])
#define EMLRT_TABLE32(table, i) pgm_read_dword(&(table)[i])
#else
#define EMLRT_TABLE16(table, i) ((table)[i])
#define EMLRT_TABLE32(table, i) ((table)[i])
#endif
#define EMLRT_READ32(at, i) EMLRT_TABLE32(at, i)
#endif

/* a * b / 2^32, rounded down. Cores of the smallest kind multiply 16 by 16 bits
 * at best; a call is then worth its size. */
#if defined(__thumb__) && !defined(__thumb2__)
uint32_t emlrt_mulhi(uint32_t a, uint32_t b);
#else
EMLRT_INLINE uint32_t emlrt_mulhi(uint32_t a, uint32_t b) {
  return (uint32_t)(((uint64_t)a * b) >> 32);
}
#endif

/* The same of a signed number. */
EMLRT_WRAPS EMLRT_INLINE int32_t emlrt_mulhi_signed(int32_t a, uint32_t b) {
  uint32_t high = emlrt_mulhi((uint32_t)a, b);
  return (int32_t)(a < 0 ? high - b : high);
}

/* The same of two signed numbers. */
EMLRT_WRAPS EMLRT_INLINE int32_t emlrt_mulhi_both(int32_t a, int32_t b) {
#if defined(__thumb__) && !defined(__thumb2__)
  uint32_t high = (uint32_t)emlrt_mulhi_signed(a, (uint32_t)b);
  return (int32_t)(b < 0 ? high - (uint32_t)a : high);
#else
  return (int32_t)(((int64_t)a * b) >> 32);
#endif
}

/* A polynomial, its lowest coefficient first, of x in units of 2^-32. */
int32_t emlrt_polynomial(emlrt_table table, unsigned n, int32_t x);

/* m / 2^shift, rounded down, for any shift >= 0. */
EMLRT_INLINE uint32_t emlrt_down(uint32_t m, int32_t shift) {
  return shift > 31 ? 0 : m >> shift;
}

/* Shifts *m, not 0, up until its top bit is set; returns by how much. */
int32_t emlrt_lift(uint32_t *m);

/* Mantissa and exponent of a float that is neither 0 nor infinite nor NaN, and
 * whose sign bit is cleared. */
uint32_t emlrt_unpack(uint32_t size, int32_t *e);

/* m * 2^(e - 31), with the sign bit given, as float32, rounded to nearest, ties
 * to even. m: 0, or its top bit set. */
uint32_t emlrt_round(uint32_t sign, uint32_t m, int32_t e);

/* Shifts a number up until its top bit is set and keeps the upper 32 bits; takes
 * from *e by how much. */
uint32_t emlrt_lift64(uint64_t value, int32_t *e);

/* Root of m * 2^(e - 31) in units of 2^(e / 2 - 28), by one bit after the other
 * from 2^28 on down to `last`; *rest: not 0 if that is not all of it. */
uint32_t emlrt_root(uint32_t m, int32_t e, uint32_t last, uint32_t *rest);

/* n / d of mantissas with their top bits set, with 27 bits or more and a last
 * bit that says whether there is more; adds the quotient's exponent to *e. */
uint32_t emlrt_quotient(uint32_t n, uint32_t d, int32_t *e);

/* Mantissa and exponent of e^x; |x| < 128. */
uint32_t emlrt_exp_wide(uint32_t x, int32_t *e);

/* Mantissa and exponent of |e^x - 1|; 0 < |x| < 128. Its sign is that of x. */
uint32_t emlrt_expm1_wide(uint32_t x, int32_t *e);

/* Mantissa and exponent of |log(m * 2^(e - 31))|, 0 for 0; *sign: its sign bit.
 * *e: the exponents of both. */
uint32_t emlrt_log_wide(uint32_t m, int32_t *e, uint32_t *sign);

#endif
