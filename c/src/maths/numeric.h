/* SPDX-License-Identifier: MIT
 *
 * Float arithmetic with the same bits everywhere: what numeric ops share.
 *
 * Every sum, difference, product and quotient goes through the functions below.
 * An empty asm statement hides each result from the compiler, so that no flag
 * (-ffast-math, -ffp-contract=fast) can fuse, reorder or widen anything. Order
 * the operations in one way, and every target gives these bits.
 */
#ifndef EMLRT_NUMERIC_H
#define EMLRT_NUMERIC_H

#include <float.h>

#include "../core/core.h"

/* Whether sums and products are softfloat.c's: where there is neither a
 * floating-point unit nor a library written for the core, or where that is in a
 * chip's ROM, as an ESP8266's, and its bits are nobody's promise. */
#if !defined(EMLRT_SOFT)
#if (defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1 && \
     !defined(__ARM_FP)) ||                                        \
    (defined(__riscv) && !defined(__riscv_flen)) ||                \
    defined(__XTENSA_SOFT_FLOAT__)
#define EMLRT_SOFT 1
#else
#define EMLRT_SOFT 0
#endif
#endif

/* Whether code for speed alone is left out: nothing is gained by it where float
 * operations are calls. */
#if defined(__OPTIMIZE_SIZE__) || EMLRT_SOFT || defined(__AVR__)
#define EMLRT_SMALL 1
#else
#define EMLRT_SMALL 0
#endif

/* What checks of ops end in that compute with floats: OK, or FLOAT where the
 * processor rounds otherwise than to nearest, or takes subnormal numbers for 0.
 * Where floats are made of integers there is no such state. */
#if EMLRT_SOFT || defined(__AVR__) ||                                \
    ((defined(__arm__) || defined(__riscv)) && !defined(__ARM_FP) && \
     !defined(__riscv_flen))
#define emlrt_float_status() EMLRT_OK
#else
emlrt_status emlrt_float_status(void);
#endif

/* Before a loop of at most 4 rounds, a constant: not to be a loop. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 8
#define EMLRT_UNROLL _Pragma("GCC unroll 4")
#else
#define EMLRT_UNROLL
#endif

#if !defined(__GNUC__)
typedef volatile float emlrt_rounded;
#define EMLRT_HIDE_BY(how, value) ((void)0)
#else
typedef float emlrt_rounded;
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0 && !defined(__s390x__)
/* x87: rounds by storing */
#define EMLRT_HIDE_BY(how, value) __asm__ how("" : "+m"(value))
#elif defined(__ARM_FP)
#if defined(__aarch64__)
#define EMLRT_HIDE_BY(how, value) __asm__ how("" : "+w"(value))
#else
#define EMLRT_HIDE_BY(how, value) __asm__ how("" : "+t"(value))
#endif
#elif defined(__SSE2__)
#define EMLRT_HIDE_BY(how, value) __asm__ how("" : "+x"(value))
#elif defined(__riscv_flen) || defined(__s390x__)
#define EMLRT_HIDE_BY(how, value) __asm__ how("" : "+f"(value))
#elif defined(__arm__) || defined(__riscv) || defined(__AVR__)
#define EMLRT_HIDE_BY(how, value) __asm__ how("" : "+r"(value))
#else
#define EMLRT_HIDE_BY(how, value) __asm__ how("" : "+m"(value))
#endif
#endif
/* how: __volatile__ where the compiler must not take it out of a loop. */
#define EMLRT_HIDE(value) EMLRT_HIDE_BY(, value)

/* Bits of a float. For RISC-V the move is spelled out: a variable whose bits gcc
 * takes by itself it keeps among the integers, and moves it for each sum. */
EMLRT_INLINE uint32_t emlrt_bits(float value) {
#if defined(__GNUC__) && defined(__riscv_flen)
  uint32_t bits;
  __asm__("fmv.x.w %0, %1" : "=r"(bits) : "f"(value));
  return bits;
#else
  union {
    float f;
    uint32_t u;
  } pun;
  pun.f = value;
  return pun.u;
#endif
}

#define EMLRT_INFINITY_BITS UINT32_C(0x7F800000)
#define EMLRT_NAN_BITS UINT32_C(0x7FC00000)
#define EMLRT_SIGN_BIT UINT32_C(0x80000000)

#if EMLRT_SOFT
/* Sum and product of floats, bits in and out. */
uint32_t emlrt_soft_add(uint32_t a, uint32_t b);
uint32_t emlrt_soft_mul(uint32_t a, uint32_t b);

EMLRT_INLINE float emlrt_add(float a, float b) {
  return emlrt_float(emlrt_soft_add(emlrt_bits(a), emlrt_bits(b)));
}

EMLRT_INLINE float emlrt_sub(float a, float b) {
  return emlrt_float(
      emlrt_soft_add(emlrt_bits(a), emlrt_bits(b) ^ EMLRT_SIGN_BIT));
}

EMLRT_INLINE float emlrt_mul(float a, float b) {
  return emlrt_float(emlrt_soft_mul(emlrt_bits(a), emlrt_bits(b)));
}
#else
EMLRT_INLINE float emlrt_add(float a, float b) {
  emlrt_rounded sum = a + b;
  EMLRT_HIDE(sum);
  return sum;
}

EMLRT_INLINE float emlrt_sub(float a, float b) {
  emlrt_rounded difference = a - b;
  EMLRT_HIDE(difference);
  return difference;
}

EMLRT_INLINE float emlrt_mul(float a, float b) {
  emlrt_rounded product = a * b;
  EMLRT_HIDE(product);
  return product;
}
#endif

/* The divisor is hidden too, and each time anew, or a reciprocal of it might be
 * shared by the divisions of a loop. core.h forbids estimates, but no pragma of
 * every clang for AArch64 does. */
EMLRT_INLINE float emlrt_div(float a, float b) {
#if defined(__GNUC__) && defined(__aarch64__) && defined(__ARM_FP)
  float quotient;
  __asm__("fdiv %s0, %s1, %s2" : "=w"(quotient) : "w"(a), "w"(b));
  return quotient;
#else
  emlrt_rounded divisor = b, quotient;
  EMLRT_HIDE_BY(__volatile__, divisor);
  quotient = a / divisor;
  EMLRT_HIDE(quotient);
  return quotient;
#endif
}

/* An integer, rounded to float. */
EMLRT_INLINE float emlrt_rounded_to(uint32_t number) {
  emlrt_rounded value = (float)number;
  EMLRT_HIDE(value);
  return value;
}

EMLRT_INLINE int emlrt_is_nan(uint32_t bits) {
  return (bits & ~EMLRT_SIGN_BIT) > EMLRT_INFINITY_BITS;
}

/* Whether a float is 0 or -0, without a comparison of floats, for which a small core
 * links a function. */
EMLRT_INLINE int emlrt_is_zero(float value) {
  return (emlrt_bits(value) & ~EMLRT_SIGN_BIT) == 0;
}

/* Processors differ in the NaN that they make: every op writes this one. */
EMLRT_INLINE uint32_t emlrt_one_nan(uint32_t bits) {
  return emlrt_is_nan(bits) ? EMLRT_NAN_BITS : bits;
}

/* Writes a result of an op. */
EMLRT_INLINE void emlrt_put(float *at, float value) {
  *(emlrt_alias32 *)(void *)at = emlrt_one_nan(emlrt_bits(value));
}

/* Bits of an element of an op's input. */
EMLRT_INLINE uint32_t emlrt_bits_at(const float *x, emlrt_count i) {
  return ((const emlrt_alias32 *)(const void *)x)[i];
}

/* Sort keys: integers that compare as the floats do.
 *
 *   key                 type      -0       NaN             used by
 *   emlrt_sort_key_u32  uint32_t  as +0    0, the lowest   ops that compare floats
 *   emlrt_sort_key_i32  int32_t   as +0    none            bins, and (-0 below +0)
 *                                                          thresholds of trees
 *   keys of c/host      uint32_t  as i32   the highest or  rows of forests
 *                                          the lowest
 *
 * The keys of c/host are i32 keys with EMLRT_SIGN_BIT flipped, so that unsigned
 * comparisons sort them. */
EMLRT_INLINE uint32_t emlrt_sort_key_u32(uint32_t bits) {
  if (emlrt_is_nan(bits)) return 0;
  if (bits == EMLRT_SIGN_BIT) bits = 0;
  return (bits & EMLRT_SIGN_BIT) != 0 ? ~bits : bits | EMLRT_SIGN_BIT;
}

/* A float of the blob. */
#if defined(EMLRT_ROM_FLOATS)
EMLRT_INLINE float emlrt_rf32(emlrt_rom at, size_t o) {
  return *(const emlrt_aliasf *)(const void *)((const unsigned char *)at + o);
}
#else
EMLRT_INLINE float emlrt_rf32(emlrt_rom at, emlrt_off o) {
  return emlrt_float(emlrt_r32(at, o));
}
#endif

/* Whether `count` floats of the blob are all finite. */
int emlrt_finite(emlrt_rom at, uint32_t count);

/* Takes the bytes of `rows` times `columns` floats from *left, or says that
 * there are not as many. columns must not be 0. */
int emlrt_take_floats(uint32_t *left, uint32_t rows, uint32_t columns);

#endif
