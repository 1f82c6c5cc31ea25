/* SPDX-License-Identifier: MIT
 *
 * Random numbers of a mutator, the same for the same seed everywhere.
 */
#ifndef DRAW_H
#define DRAW_H

#include <stdint.h>

/* The next number; *state must not be 0, and is not afterwards. */
static inline uint32_t draw(uint32_t *state) {
  uint32_t s = *state;
  s ^= (s & 0x7FFFFu) << 13;
  s ^= s >> 17;
  s ^= (s & 0x7FFFFFFu) << 5;
  *state = s;
  return s;
}

/* A number below n, which must not be 0. */
static inline uint32_t draw_below(uint32_t *state, uint32_t n) {
  return (uint32_t)((uint64_t)draw(state) * n >> 32);
}

/* True once in n times. */
static inline int one_in(uint32_t *state, uint32_t n) {
  return draw_below(state, n) == 0;
}

#endif
