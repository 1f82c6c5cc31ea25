/* SPDX-License-Identifier: MIT
 *
 * What monitor.c needs of a core beside platform.h: its emulator's standard input and
 * output, and a clock that advances with each instruction.
 */
#ifndef PLATFORM_MONITOR_H
#define PLATFORM_MONITOR_H

#include <stdint.h>

/* Bytes of arguments that a call of eight passes on the stack, with what keeps the
 * stack aligned, and how many it passes in registers. */
#if defined(__XTENSA__)
enum { PLATFORM_STACKED = 16, PLATFORM_REGISTERS = 6 };
#else
enum { PLATFORM_STACKED = 16, PLATFORM_REGISTERS = 4 };
#endif

/* Starts the clock, and opens the channels. */
void platform_start(void);
/* Waits for so many bytes from the host; ends the run where no more come. */
void platform_read(void *to, uint32_t size);
void platform_write(const void *from, uint32_t size);
/* Ticks since some moment; they wrap. */
uint32_t platform_ticks(void);
/* The stack pointer of the function that calls it. */
static inline __attribute__((always_inline)) uint32_t platform_stack(void) {
  uint32_t found;
#if defined(__XTENSA__)
  __asm__ volatile("mov %0, a1" : "=r"(found));
#else
  __asm__ volatile("mov %0, sp" : "=r"(found));
#endif
  return found;
}
/* One instruction: it returns. */
void platform_nothing(void);

#endif
