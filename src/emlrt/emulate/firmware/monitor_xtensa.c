/* SPDX-License-Identifier: MIT
 *
 * The channels and the clock of QEMU's machine sim with an lx106.
 */
#include "platform.h"
#include "platform_monitor.h"
#include "simcall_xtensa.h"

enum { INPUT = 0, OUTPUT = 1 };

/* How many bytes were moved; 0 at the end. */
static uint32_t moved(uint32_t what, uint32_t file, uint32_t at,
                      uint32_t size) {
  uint32_t n = simulator(what, file, at, size);
  return (int32_t)n < 0 ? 0 : n;
}

static void move(uint32_t what, uint32_t file, uint32_t at, uint32_t size) {
  while (size != 0) {
    uint32_t n = moved(what, file, at, size);
    if (n == 0) platform_exit(0);
    at += n;
    size -= n;
  }
}

void platform_start(void) {}

void platform_read(void *to, uint32_t size) {
  move(CALL_READ, INPUT, (uint32_t)(uintptr_t)to, size);
}

void platform_write(const void *from, uint32_t size) {
  move(CALL_WRITE, OUTPUT, (uint32_t)(uintptr_t)from, size);
}

uint32_t platform_ticks(void) {
  uint32_t found;
  __asm__ volatile("rsr %0, ccount" : "=r"(found) : : "memory");
  return found;
}

void platform_nothing(void) {}
