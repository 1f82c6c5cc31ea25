/* SPDX-License-Identifier: MIT
 *
 * Xtensa lx106 on QEMU's machine sim: vectors, reset, and its simulator calls.
 */
#include <stdint.h>

#include "platform.h"
#include "simcall_xtensa.h"

extern uint32_t __data_load[], __data_start[], __data_end[], __bss_start[],
    __bss_end[];

/* Exceptions of any kind end the run with PLATFORM_FAULT: those of programs and
 * kernels, and exceptions in exceptions, each at its place. */
#define FAULT(offset) \
  ".org " #offset     \
  "\n"                \
  "  movi a2, 1\n"    \
  "  movi a3, 125\n"  \
  "  simcall\n"
__asm__(".section .vectors, \"ax\"\n" FAULT(0x30) FAULT(0x50) FAULT(0x70)
        /* Where the core starts: far from the image, and without a stack. */
        ".section .reset, \"ax\"\n"
        "  j 1f\n"
        ".align 4\n"
        ".literal_position\n"
        "1:\n"
        "  movi a1, __stack_top\n"
        "  movi a2, platform_reset\n"
        "  jx a2\n"
        ".text\n");

void platform_put(char c) {
  simulator(CALL_WRITE, 1, (uint32_t)(uintptr_t)&c, 1);
}

void platform_exit(int code) {
  simulator(CALL_EXIT, (uint32_t)code, 0, 0);
  for (;;) continue;
}

void platform_reset(void);
void platform_reset(void) {
  uint32_t *to, *from = __data_load;
  for (to = __data_start; to != __data_end;) *to++ = *from++;
  for (to = __bss_start; to != __bss_end;) *to++ = 0;
  platform_exit(main());
}
