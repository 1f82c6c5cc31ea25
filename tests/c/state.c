/* SPDX-License-Identifier: MIT
 *
 * Whether float_state.h gives this machine's plain state in between, and puts back
 * what was there. Exits with 0 if so; 2 if the states that it tries change nothing.
 */
#include "float_state.h"

#if defined(__SSE__)
static const unsigned long states[] = {0x9FC0, 0x3F80, 0x5F80, 0x7F80};
static unsigned long get(void) { return _mm_getcsr() & ~0x3Ful; }
static void set(unsigned long state) { _mm_setcsr((unsigned)state); }
#elif defined(__i386__)
static const unsigned long states[] = {0x077F, 0x0B7F, 0x0F7F, 0x0C7F};
static unsigned long get(void) {
  uint16_t word;
  __asm__ volatile("fnstcw %0" : "=m"(word));
  return word;
}
static void set(unsigned long state) {
  uint16_t word = (uint16_t)state;
  __asm__ volatile("fldcw %0" : : "m"(word));
}
#elif defined(__aarch64__)
static const unsigned long states[] = {1ul << 24, 1ul << 22, 2ul << 22,
                                       3ul << 22};
static unsigned long get(void) {
  unsigned long state;
  __asm__ volatile("mrs %0, fpcr" : "=r"(state));
  return state;
}
static void set(unsigned long state) {
  __asm__ volatile("msr fpcr, %0" : : "r"(state));
}
#endif

typedef struct found {
  float quotient, other, tiny;
} found;

static volatile float one = 1, three = 3, smallest = 2e-38f;

static EMLRT_NOINLINE found compute(void) {
  found f;
  volatile float part = smallest / three;
  f.quotient = one / three;
  f.other = -one / three;
  f.tiny = part * three;
  return f;
}

static int same(found a, found b) {
  return a.quotient == b.quotient && a.other == b.other && a.tiny == b.tiny;
}

int main(void) {
  found plain = compute(), in, out;
  unsigned long was;
  unsigned i, changes = 0;
  for (i = 0; i < sizeof states / sizeof *states; i++) {
    emlrt_float_state kept;
    set(states[i]);
    was = get();
    out = compute();
    kept = emlrt_float_begin();
    in = compute();
    emlrt_float_end(kept);
    if (get() != was) return 1;
    (void)emlrt_float_begin(); /* comparisons in the plain state */
    changes += !same(out, plain);
    if (!same(in, plain)) return 1;
  }
  return changes >= 3 ? 0 : 2;
}
