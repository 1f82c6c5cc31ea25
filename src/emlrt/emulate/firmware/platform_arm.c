/* SPDX-License-Identifier: MIT
 *
 * Cortex-M: vectors, reset, and semihosting.
 */
#include <stdint.h>

#include "platform.h"

extern uint32_t __stack_top[], __data_load[], __data_start[], __data_end[],
    __bss_start[], __bss_end[];

#if defined(__ARM_FP)
extern char platform_fpscr[] __attribute__((weak)); /* its address; 0 if none */
#endif

enum { SYS_WRITEC = 0x03, SYS_EXIT_EXTENDED = 0x20 };

static void semihost(uint32_t operation, const void *block) {
  register uint32_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = block;
  __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

void platform_put(char c) { semihost(SYS_WRITEC, &c); }

void platform_exit(int code) {
  const uint32_t application_exit = 0x20026;
  uint32_t block[2];
  block[0] = application_exit;
  block[1] = (uint32_t)code;
  semihost(SYS_EXIT_EXTENDED, block);
  for (;;) continue;
}

static void fault(void) { platform_exit(PLATFORM_FAULT); }

static void reset(void) {
  uint32_t *to, *from = __data_load;
#if defined(__ARM_FP)
  volatile uint32_t *cpacr = (volatile uint32_t *)0xE000ED88u;
  uint32_t fpscr;
  *cpacr |= 0xFu << 20; /* without it the first float instruction faults */
  __asm__ volatile("dsb\n\tisb");
  /* As a start-up file may do: bits that the linker is given. Those that are set
   * stay: without LTPSIZE, loops fault on Cortex-M55. */
  __asm__ volatile("vmrs %0, fpscr" : "=r"(fpscr));
  fpscr |= (uint32_t)(uintptr_t)platform_fpscr;
  __asm__ volatile("vmsr fpscr, %0" : : "r"(fpscr));
#endif
  for (to = __data_start; to != __data_end;) *to++ = *from++;
  for (to = __bss_start; to != __bss_end;) *to++ = 0;
  platform_exit(main());
}

typedef void (*handler)(void);
static const handler vectors[16] __attribute__((section(".vectors"), used)) = {
    (handler)(uintptr_t)__stack_top,
    reset,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault};
