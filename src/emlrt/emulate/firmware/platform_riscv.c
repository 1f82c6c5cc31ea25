/* SPDX-License-Identifier: MIT
 *
 * RV32, machine mode: reset, traps, and semihosting.
 */
#include <stdint.h>

#include "platform.h"

extern uint32_t __data_load[], __data_start[], __data_end[], __bss_start[],
    __bss_end[];

enum { SYS_WRITEC = 0x03, SYS_EXIT_EXTENDED = 0x20 };

/* The first instructions of the image: the cores start at its beginning. */
__asm__(
    ".section .vectors, \"ax\"\n"
    ".option push\n"
    ".option norelax\n"
    ".option arch, +zicsr\n"
    ".global _start\n"
    "_start:\n"
    "  la gp, __global_pointer$\n"
    "  la sp, __stack_top\n"
    "  la t0, platform_trap\n"
    "  csrw mtvec, t0\n"
#if defined(__riscv_flen)
    "  li t0, 0x6000\n" /* mstatus.FS: without it float instructions trap */
    "  csrs mstatus, t0\n"
#endif
    "  j platform_reset\n"
    ".balign 4\n"
    "platform_trap:\n"
    "  la sp, __stack_top\n"
    "  j platform_fault\n"
    ".option pop\n"
    ".text\n");

static void semihost(uint32_t operation, const void *block) {
  register uint32_t a0 __asm__("a0") = operation;
  register const void *a1 __asm__("a1") = block;
  /* These three instructions, uncompressed and in one page, are the call. */
  __asm__ volatile(
      ".option push\n"
      ".option norvc\n"
      ".balign 16\n"
      "slli x0, x0, 0x1f\n"
      "ebreak\n"
      "srai x0, x0, 7\n"
      ".option pop\n"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
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

void platform_fault(void);
void platform_fault(void) { platform_exit(PLATFORM_FAULT); }

void platform_reset(void);
void platform_reset(void) {
  uint32_t *to, *from = __data_load;
  for (to = __data_start; to != __data_end;) *to++ = *from++;
  for (to = __bss_start; to != __bss_end;) *to++ = 0;
  platform_exit(main());
}
