/* SPDX-License-Identifier: MIT
 *
 * Pairs of int16 numbers, as one word where that is how they lie in memory: a core
 * loads and stores a complex number at once.
 *
 * A right shift of a negative number keeps its sign, as it does on every compiler that
 * we know of; a test on the targets would show another.
 */
#ifndef EMLRT_Q15_H
#define EMLRT_Q15_H

#include <emlrt/signal.h>

#include "../core/core.h"

#if defined(__GNUC__) && \
    !(defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
#define EMLRT_PAIR_WORDS 1
#endif

/* The two numbers at p, the first in the low half; p is even in 32-bit words. */
EMLRT_INLINE uint32_t emlrt_pair_i16(const int16_t *p) {
#if defined(EMLRT_PAIR_WORDS)
  return *(const emlrt_alias32 *)(const void *)p;
#else
  return (uint32_t)(uint16_t)p[0] | (uint32_t)(uint16_t)p[1] << 16;
#endif
}

EMLRT_INLINE int32_t emlrt_low(uint32_t pair) {
  return (int16_t)(pair & 0xFFFFu);
}

EMLRT_INLINE int32_t emlrt_high(uint32_t pair) { return (int32_t)pair >> 16; }

EMLRT_WRAPS EMLRT_INLINE uint32_t emlrt_pair_of(int32_t low, int32_t high) {
  return ((uint32_t)low & 0xFFFFu) | (uint32_t)high << 16;
}

EMLRT_INLINE void emlrt_put_pair(int16_t *p, uint32_t pair) {
#if defined(EMLRT_PAIR_WORDS)
  *(emlrt_alias32 *)(void *)p = pair;
#else
  p[0] = (int16_t)emlrt_low(pair);
  p[1] = (int16_t)emlrt_high(pair);
#endif
}

/* Bits that are set where a bit of a number differs from the one below: the highest one
 * of each half says how large its number is. */
EMLRT_WRAPS EMLRT_INLINE uint32_t emlrt_changes(uint32_t pair) {
  return pair ^ pair << 1;
}

/* Octets of the tables of payloads: a taper, padded; the factors of a transform. */
EMLRT_INLINE uint32_t emlrt_i16_octets(uint32_t n) {
  return (n + 1u) / 2u * 4u;
}
uint32_t emlrt_twiddle_octets(unsigned bits);

/* Numbers behind the features that a transform takes: its own, and one more square,
 * from an even place on. */
EMLRT_INLINE uint32_t emlrt_q15_room(uint32_t bits) {
  return (UINT32_C(1) << bits) + 3u;
}

/* The first place from p on where a word may lie. */
EMLRT_INLINE int16_t *emlrt_even(int16_t *p) {
  return ((uintptr_t)p & (sizeof(uint32_t) - 1u)) != 0 ? p + 1 : p;
}

/* Takes octets of a payload from *left, or says that there are not as many. */
EMLRT_INLINE int emlrt_i16_takes(uint32_t *left, uint32_t octets) {
  if (octets > *left) return 0;
  *left -= octets;
  return 1;
}

/* Frames of samples whose features lie in the output, of so many numbers, before what
 * each takes. */
typedef struct emlrt_i16_frames {
  uint32_t length, channels, n, frame, hop, bits, n_bands, room;
} emlrt_i16_frames;

/* Whether frames lie in n_in samples, and features in n_out numbers. */
int emlrt_i16_frames_ok(const emlrt_i16_frames *f, uint32_t n_in,
                        uint32_t n_out);

/* Charges the steps of all frames. weights: of all bands. */
void emlrt_charge_i16_frames(emlrt_call *call, const emlrt_i16_frames *f,
                             uint32_t weights);

/* Zeros from y on to the end of the output: what a frame took is not left there. */
void emlrt_i16_clear(const emlrt_call *call, int16_t *y);

/* The larger of a number and 0, as far as int16 goes. */
EMLRT_INLINE int16_t emlrt_to_i16(int32_t x) {
  return x < 0 ? 0 : x > INT16_MAX ? INT16_MAX : (int16_t)x;
}

#endif
