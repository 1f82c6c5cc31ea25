/* SPDX-License-Identifier: MIT
 *
 * The inner loops of Fourier transforms for Arm's floating-point unit: it loads and
 * stores two floats or more in one instruction, which compilers do not find. The same
 * operations in the same order as in C.
 */
#ifndef EMLRT_FFT_VFP_H
#define EMLRT_FFT_VFP_H

#include "fft.h"

#if defined(__ARM_FP) && defined(__thumb__) && defined(EMLRT_ROM_FLOATS)
#define EMLRT_FFT_VFP 1

EMLRT_INLINE void emlrt_vfp_twos(float *z, const float *end) {
  __asm__ volatile(
      "1:\n\tvldmia %[z], {s0-s3}\n\tvadd.f32 s4, s0, s2\n\t"
      "vadd.f32 s5, s1, s3\n\tvsub.f32 s6, s0, s2\n\tvsub.f32 s7, s1, s3\n\t"
      "vstmia %[z]!, {s4-s7}\n\tcmp %[z], %[end]\n\tblo 1b"
      : [z] "+&r"(z)
      : [end] "r"(end)
      : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "cc", "memory");
}

/* s2 and s3, for example, times the factor in two registers. */
#define EMLRT_VFP_TURN(re, im, cos, sin)                                    \
  "vmul.f32 s8, s" #re ", s" #cos "\n\tvmul.f32 s9, s" #im ", s" #sin       \
  "\n\tvmul.f32 s10, s" #re ", s" #sin "\n\tvmul.f32 s11, s" #im ", s" #cos \
  "\n\tvsub.f32 s" #re ", s8, s9\n\tvadd.f32 s" #im ", s10, s11\n\t"

/* Four numbers, at z and `step` bytes apart, are loaded, turned, joined and stored;
 * again, until z is not below end. */
#define EMLRT_VFP_FOURS(first, turns)                                      \
  first                                                                    \
      "1:\n\tadd %[b], %[z], %[step]\n\tadd %[c], %[b], %[step]\n\t"       \
      "add %[d], %[c], %[step]\n\tvldr d0, [%[z]]\n\tvldr d1, [%[b]]\n\t"  \
      "vldr d2, [%[c]]\n\tvldr d3, [%[d]]\n\t" turns                       \
      "vadd.f32 s8, s0, s4\n\tvadd.f32 s9, s1, s5\n\t"                     \
      "vsub.f32 s0, s0, s4\n\tvsub.f32 s1, s1, s5\n\t"                     \
      "vadd.f32 s10, s2, s6\n\tvadd.f32 s11, s3, s7\n\t"                   \
      "vsub.f32 s2, s2, s6\n\tvsub.f32 s3, s3, s7\n\t"                     \
      "vadd.f32 s4, s8, s10\n\tvadd.f32 s5, s9, s11\n\t"                   \
      "vsub.f32 s6, s8, s10\n\tvsub.f32 s7, s9, s11\n\t"                   \
      "vadd.f32 s8, s0, s3\n\tvsub.f32 s9, s1, s2\n\t"                     \
      "vsub.f32 s10, s0, s3\n\tvadd.f32 s11, s1, s2\n\t"                   \
      "vstr d2, [%[z]]\n\tvstr d4, [%[b]]\n\tvstr d3, [%[c]]\n\t"          \
      "vstr d5, [%[d]]\n\tadd %[z], %[d], %[step]\n\tcmp %[z], %[end]\n\t" \
      "blo 1b"

EMLRT_INLINE void emlrt_vfp_fours_plain(float *z, const float *end,
                                        size_t step) {
  const float *b, *c, *d;
  __asm__ volatile(EMLRT_VFP_FOURS("", "")
                   : [z] "+&r"(z), [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d)
                   : [end] "r"(end), [step] "r"(step * 4u)
                   : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9",
                     "s10", "s11", "cc", "memory");
}

EMLRT_INLINE void emlrt_vfp_fours(float *z, const float *end, size_t step,
                                  emlrt_rom table) {
  const float *b, *c, *d;
  __asm__ volatile(
      EMLRT_VFP_FOURS("vldmia %[table], {s16-s21}\n\t",
                      EMLRT_VFP_TURN(2, 3, 16, 17) EMLRT_VFP_TURN(4, 5, 18, 19)
                          EMLRT_VFP_TURN(6, 7, 20, 21))
      : [z] "+&r"(z), [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d)
      : [end] "r"(end), [step] "r"(step * 4u), [table] "r"(table)
      : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10",
        "s11", "s16", "s17", "s18", "s19", "s20", "s21", "cc", "memory");
}

/* Joins results until they meet: y <= end, at least once. */
EMLRT_INLINE void emlrt_vfp_join(float *y, float *end, emlrt_rom table) {
  float half = 0.5f;
  __asm__ volatile(
      "1:\n\tvldmia %[table]!, {s12-s13}\n\tvldr d0, [%[y]]\n\t"
      "vldr d1, [%[end]]\n\tvadd.f32 s4, s0, s2\n\tvsub.f32 s5, s1, s3\n\t"
      "vsub.f32 s6, s0, s2\n\tvadd.f32 s7, s1, s3\n\t"
      "vmul.f32 s4, s4, %[half]\n\tvmul.f32 s8, s12, s7\n\t"
      "vmul.f32 s9, s13, s6\n\tvmul.f32 s10, s12, s6\n\t"
      "vmul.f32 s11, s13, s7\n\tvsub.f32 s8, s8, s9\n\t"
      "vadd.f32 s9, s10, s11\n\tvmul.f32 s1, s5, %[half]\n\t"
      "vnmul.f32 s3, s5, %[half]\n\tvadd.f32 s0, s4, s8\n\t"
      "vsub.f32 s1, s1, s9\n\tvsub.f32 s2, s4, s8\n\tvsub.f32 s3, s3, s9\n\t"
      "vstmia %[y]!, {s0-s1}\n\tvstr d1, [%[end]]\n\tsubs %[end], %[end], "
      "#8\n\t"
      "cmp %[y], %[end]\n\tbls 1b"
      : [y] "+&r"(y), [end] "+&r"(end), [table] "+&r"(table)
      : [half] "t"(half)
      : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10",
        "s11", "s12", "s13", "cc", "memory");
}
#else
#define EMLRT_FFT_VFP 0
#endif

#endif
