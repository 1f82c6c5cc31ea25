/* SPDX-License-Identifier: MIT
 *
 * The state of the thread's floating-point unit: rounding, and what becomes of
 * subnormal numbers. Other libraries change it (code linked with -ffast-math sets
 * flush-to-zero in every thread), and the scores would change with it.
 *
 *   emlrt_float_state was = emlrt_float_begin();
 *   ...
 *   emlrt_float_end(was);
 *
 * Between the two: round to nearest, subnormals as they are, no traps. Afterwards
 * all is as it was, the flags of exceptions too. What is computed in between must
 * be in a function that is not inlined.
 */
#ifndef EMLRT_FLOAT_STATE_H
#define EMLRT_FLOAT_STATE_H

#include <emlrt/port.h>
#include <stdint.h>

#if defined(__SSE__) || defined(_M_X64)
#include <xmmintrin.h>
#define EMLRT_STATE_SSE 1
#endif

typedef struct emlrt_float_state {
#if defined(EMLRT_STATE_SSE)
  unsigned sse;
#endif
#if defined(__GNUC__) && defined(__i386__)
  uint16_t x87;
#endif
#if defined(__GNUC__) && defined(__aarch64__)
  uint64_t fpcr;
  uint64_t fpsr;
#endif
#if defined(__GNUC__) && defined(__arm__) && defined(__ARM_FP)
  uint32_t fpscr;
#endif
  char any; /* C has no empty structures */
} emlrt_float_state;

EMLRT_INLINE emlrt_float_state emlrt_float_begin(void) {
  emlrt_float_state was;
  was.any = 0;
#if defined(EMLRT_STATE_SSE)
  was.sse = _mm_getcsr();
  _mm_setcsr(0x1F80u); /* to nearest, every exception masked */
#endif
#if defined(__GNUC__) && defined(__i386__)
  {
    uint16_t plain = 0x037F;
    __asm__ volatile("fnstcw %0" : "=m"(was.x87) : : "memory");
    __asm__ volatile("fldcw %0" : : "m"(plain) : "memory");
  }
#endif
#if defined(__GNUC__) && defined(__aarch64__)
  __asm__ volatile("mrs %0, fpcr" : "=r"(was.fpcr) : : "memory");
  __asm__ volatile("mrs %0, fpsr" : "=r"(was.fpsr) : : "memory");
  __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0) : "memory");
#endif
#if defined(__GNUC__) && defined(__arm__) && defined(__ARM_FP)
  __asm__ volatile("vmrs %0, fpscr" : "=r"(was.fpscr) : : "memory");
  __asm__ volatile("vmsr fpscr, %0" : : "r"(0) : "memory");
#endif
  return was;
}

EMLRT_INLINE void emlrt_float_end(emlrt_float_state was) {
  (void)was;
#if defined(EMLRT_STATE_SSE)
  _mm_setcsr(was.sse);
#endif
#if defined(__GNUC__) && defined(__i386__)
  __asm__ volatile("fldcw %0" : : "m"(was.x87) : "memory");
#endif
#if defined(__GNUC__) && defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(was.fpcr) : "memory");
  __asm__ volatile("msr fpsr, %0" : : "r"(was.fpsr) : "memory");
#endif
#if defined(__GNUC__) && defined(__arm__) && defined(__ARM_FP)
  __asm__ volatile("vmsr fpscr, %0" : : "r"(was.fpscr) : "memory");
#endif
}

#endif
