/* SPDX-License-Identifier: MIT
 *
 * A call of QEMU's simulator by an lx106.
 */
#ifndef SIMCALL_XTENSA_H
#define SIMCALL_XTENSA_H
#include <stdint.h>

enum { CALL_EXIT = 1, CALL_READ = 3, CALL_WRITE = 4 };

static inline uint32_t simulator(uint32_t what, uint32_t a, uint32_t b,
                                 uint32_t c) {
  register uint32_t a2 __asm__("a2") = what;
  register uint32_t a3 __asm__("a3") = a;
  register uint32_t a4 __asm__("a4") = b;
  register uint32_t a5 __asm__("a5") = c;
  __asm__ volatile("simcall"
                   : "+r"(a2), "+r"(a3)
                   : "r"(a4), "r"(a5)
                   : "memory");
  return a2;
}
#endif
