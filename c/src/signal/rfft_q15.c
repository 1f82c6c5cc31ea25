/* SPDX-License-Identifier: MIT
 *
 * Real FFT of int16 numbers with one exponent for all: before each pass the numbers
 * are as large as the pass can take without overflow.
 *
 * The even samples are taken for real parts and the odd ones for imaginary parts of
 * half as many complex numbers, in the order of their reversed bits; passes of radix 4
 * transform those, and a last pass takes the two spectra apart.
 */
#include "q15.h"

/* A transform that is under way. */
typedef struct emlrt_q15_fft {
  int16_t *x;
  int16_t *end;
  uint32_t changes; /* of all numbers: see emlrt_changes */
  int exponent;
} emlrt_q15_fft;

/* How far to shift right, so that numbers of `bits` bits and a sign fit where those
 * of `most` bits do; negative: left. At least `least`. */
static int emlrt_q15_excess(const emlrt_q15_fft *f, int most, int least) {
  uint32_t found = (f->changes | f->changes >> 16) & 0xFFFFu;
  int shift = 15 - most;
  if (found == 0) return 0;
  while (shift > least && (found & 0x8000u) == 0) {
    found <<= 1;
    shift--;
  }
  return shift;
}

/* What is added before a shift to the right, to round to nearest: of halves down, as
 * the difference of both ends of int16 would else be one too large. */
EMLRT_INLINE int32_t emlrt_half(int shift) {
  return ((INT32_C(1) << shift) - 1) >> 1;
}

/* Puts complex numbers into the order of their indices' reversed bits. */
EMLRT_NOINLINE static void emlrt_q15_reverse(emlrt_q15_fft *f, unsigned n) {
  unsigned i, j = 0;
  uint32_t changes = 0;
  for (i = 0; i < n; i++) {
    unsigned bit = n >> 1;
    if (i <= j) {
      uint32_t one = emlrt_pair_i16(f->x + 2 * i);
      uint32_t other = emlrt_pair_i16(f->x + 2 * j);
      changes |= emlrt_changes(one) | emlrt_changes(other);
      emlrt_put_pair(f->x + 2 * i, other);
      emlrt_put_pair(f->x + 2 * j, one);
    }
    while ((j & bit) != 0) {
      j ^= bit;
      bit >>= 1;
    }
    j |= bit;
  }
  f->changes = changes;
}

/* Shifts all numbers to the left, where they are small. */
EMLRT_WRAPS EMLRT_NOINLINE static void emlrt_q15_grow(emlrt_q15_fft *f,
                                                      int shift) {
  int16_t *p;
  uint32_t low = UINT32_C(0xFFFF);
  f->exponent -= shift;
  for (p = f->x; p != f->end; p += 2) {
    uint32_t x = emlrt_pair_i16(p);
    emlrt_put_pair(p, (x & ~low) << shift | (x << shift & low));
  }
}

/* The first pass of an odd number of bits: sums and differences of neighbours. */
EMLRT_NOINLINE static void emlrt_q15_pass2(emlrt_q15_fft *f, int shift) {
  int16_t *p;
  int32_t half = emlrt_half(shift);
  uint32_t changes = 0;
  for (p = f->x; p != f->end; p += 4) {
    uint32_t a = emlrt_pair_i16(p), b = emlrt_pair_i16(p + 2);
    int32_t ar = emlrt_low(a) + half, ai = emlrt_high(a) + half;
    int32_t br = emlrt_low(b), bi = emlrt_high(b);
    a = emlrt_pair_of((ar + br) >> shift, (ai + bi) >> shift);
    b = emlrt_pair_of((ar - br) >> shift, (ai - bi) >> shift);
    emlrt_put_pair(p, a);
    emlrt_put_pair(p + 2, b);
    changes |= emlrt_changes(a) | emlrt_changes(b);
  }
  f->changes = changes;
}

/* A butterfly of four complex numbers, `step` numbers apart, that are turned already but for
 * the first: a has `half` added. Its changes. */
EMLRT_INLINE uint32_t emlrt_q15_four(int16_t *p, unsigned step, int shift,
                                     int32_t ar, int32_t ai, int32_t br,
                                     int32_t bi, int32_t cr, int32_t ci,
                                     int32_t dr, int32_t di) {
  uint32_t changes, y;
  int32_t t;
  t = ar - br;
  ar += br;
  br = t;
  t = ai - bi;
  ai += bi;
  bi = t;
  t = cr - dr;
  cr += dr;
  dr = t;
  t = ci - di;
  ci += di;
  di = t;
  y = emlrt_pair_of((ar + cr) >> shift, (ai + ci) >> shift);
  changes = emlrt_changes(y);
  emlrt_put_pair(p, y);
  y = emlrt_pair_of((ar - cr) >> shift, (ai - ci) >> shift);
  changes |= emlrt_changes(y);
  emlrt_put_pair(p + 2 * step, y);
  y = emlrt_pair_of((br + di) >> shift, (bi - dr) >> shift);
  changes |= emlrt_changes(y);
  emlrt_put_pair(p + step, y);
  y = emlrt_pair_of((br - di) >> shift, (bi + dr) >> shift);
  changes |= emlrt_changes(y);
  emlrt_put_pair(p + 3 * step, y);
  return changes;
}

/* The butterflies of a pass that turn nothing. step: numbers between the four. */
EMLRT_NOINLINE static void emlrt_q15_plain(emlrt_q15_fft *f, unsigned step,
                                           int shift) {
  int16_t *p;
  int32_t half = emlrt_half(shift);
  uint32_t changes = 0;
  for (p = f->x; p != f->end; p += 4 * step) {
    uint32_t a = emlrt_pair_i16(p), b = emlrt_pair_i16(p + step);
    uint32_t c = emlrt_pair_i16(p + 2 * step), d = emlrt_pair_i16(p + 3 * step);
    changes |= emlrt_q15_four(p, step, shift, emlrt_low(a) + half,
                              emlrt_high(a) + half, emlrt_low(b), emlrt_high(b),
                              emlrt_low(c), emlrt_high(c), emlrt_low(d),
                              emlrt_high(d));
  }
  f->changes = changes;
}

/* The sum of two products, rounded, over 2^point. Unsigned, as factors that are none
 * could make it wrap. */
EMLRT_WRAPS EMLRT_INLINE int32_t emlrt_q15_sum(int32_t a, int32_t by_a,
                                               int32_t b, int32_t by_b,
                                               int point) {
  uint32_t sum = (uint32_t)a * (uint32_t)by_a + (uint32_t)b * (uint32_t)by_b;
  return (int32_t)(sum + (UINT32_C(1) << point >> 1)) >> point;
}

/* The same of a difference. */
EMLRT_WRAPS EMLRT_INLINE int32_t emlrt_q15_difference(int32_t a, int32_t by_a,
                                                      int32_t b, int32_t by_b,
                                                      int point) {
  uint32_t sum = (uint32_t)a * (uint32_t)by_a - (uint32_t)b * (uint32_t)by_b;
  return (int32_t)(sum + (UINT32_C(1) << point >> 1)) >> point;
}

/* A complex number times a twiddle factor of Q15. */
#define EMLRT_TURN(re, im, pair, w)                                       \
  do {                                                                    \
    int32_t xr_ = emlrt_low(pair), xi_ = emlrt_high(pair);                \
    re = emlrt_q15_difference(xr_, emlrt_low(w), xi_, emlrt_high(w), 15); \
    im = emlrt_q15_sum(xr_, emlrt_high(w), xi_, emlrt_low(w), 15);        \
  } while (0)

/* The other butterflies of four blocks of `step` numbers that follow each other. Its
 * changes. */
EMLRT_NOINLINE static uint32_t emlrt_q15_turned(int16_t *p, unsigned step,
                                                int shift, emlrt_rom w) {
  int16_t *end = p + step;
  int32_t half = emlrt_half(shift);
  uint32_t changes = 0;
  for (p += 2; p != end; p += 2, w = emlrt_rom_at(w, 12)) {
    int32_t br, bi, cr, ci, dr, di;
    uint32_t factor = emlrt_r32(w, 4), a = emlrt_pair_i16(p + step);
    EMLRT_TURN(br, bi, a, factor);
    factor = emlrt_r32(w, 0);
    a = emlrt_pair_i16(p + 2 * step);
    EMLRT_TURN(cr, ci, a, factor);
    factor = emlrt_r32(w, 8);
    a = emlrt_pair_i16(p + 3 * step);
    EMLRT_TURN(dr, di, a, factor);
    a = emlrt_pair_i16(p);
    changes |= emlrt_q15_four(p, step, shift, emlrt_low(a) + half,
                              emlrt_high(a) + half, br, bi, cr, ci, dr, di);
  }
  return changes;
}

/* The last pass: the spectrum of real numbers from that of their halves. */
EMLRT_NOINLINE static void emlrt_q15_split(emlrt_q15_fft *f, int shift,
                                           emlrt_rom w) {
  int16_t *p = f->x, *q = f->end - 2;
  int32_t half = emlrt_half(shift), re = p[0] + half, im = p[1];
  emlrt_put_pair(p, emlrt_pair_of((re + im) >> shift, (re - im) >> shift));
  half = emlrt_half(shift + 1);
  for (p += 2; p < q; p += 2, q -= 2, w = emlrt_rom_at(w, 4)) {
    uint32_t a = emlrt_pair_i16(p), b = emlrt_pair_i16(q), t = emlrt_r32(w, 0);
    int32_t dr = emlrt_low(a) - emlrt_low(b),
            di = emlrt_high(a) + emlrt_high(b);
    int32_t tr = emlrt_low(t), ti = emlrt_high(t), pr, pi;
    pr = emlrt_q15_difference(dr, tr, di, ti, 14);
    pi = emlrt_q15_sum(dr, ti, di, tr, 14);
    dr = emlrt_low(a) + emlrt_low(b) + half;
    di = emlrt_high(a) - emlrt_high(b);
    emlrt_put_pair(p, emlrt_pair_of((dr + pr) >> shift >> 1,
                                    (di + pi + half) >> shift >> 1));
    emlrt_put_pair(q, emlrt_pair_of((dr - pr) >> shift >> 1,
                                    (pi - di + half) >> shift >> 1));
  }
  half = emlrt_half(shift);
  emlrt_put_pair(p,
                 emlrt_pair_of((p[0] + half) >> shift, (half - p[1]) >> shift));
}

/* The passes of radix 4 from the second one on; gives the factors of the last pass. */
static emlrt_rom emlrt_q15_passes(emlrt_q15_fft *f, unsigned step,
                                  emlrt_rom w) {
  unsigned n = (unsigned)(f->end - f->x);
  int16_t *p;
  for (; step < n; step *= 4) {
    int shift = emlrt_q15_excess(f, 12, 0);
    emlrt_q15_plain(f, step, shift);
    for (p = f->x; p != f->end; p += 4 * step)
      f->changes |= emlrt_q15_turned(p, step, shift, w);
    w = emlrt_rom_at(w, (emlrt_off)(step / 2u - 1u) * 12u);
    f->exponent += shift;
  }
  return w;
}

int emlrt_rfft_q15(int16_t *x, unsigned bits, emlrt_rom twiddles) {
  emlrt_q15_fft f;
  int shift, odd = (int)((bits - 1u) & 1u);
  f.x = x;
  f.end = x + ((size_t)1 << bits);
  f.exponent = 0;
  emlrt_q15_reverse(&f, 1u << (bits - 1u));
  shift = emlrt_q15_excess(&f, 13 + odd, -15);
  if (shift < 0) {
    emlrt_q15_grow(&f, -shift);
    shift = 0;
  }
  f.exponent += shift;
  if (odd != 0) {
    emlrt_q15_pass2(&f, shift);
  } else {
    emlrt_q15_plain(&f, 2, shift);
  }
  twiddles = emlrt_q15_passes(&f, odd != 0 ? 4 : 8, twiddles);
  shift = emlrt_q15_excess(&f, 13, 0);
  emlrt_q15_split(&f, shift, twiddles);
  return f.exponent + shift;
}
