/* SPDX-License-Identifier: MIT
 *
 * The channels and the clock of QEMU's mps3-an547, a Cortex-M55 with SSE-300.
 */
#include "platform.h"
#include "platform_monitor.h"

enum { SYS_OPEN = 0x01, SYS_WRITE = 0x05, SYS_READ = 0x06 };
enum { READ_BINARY = 1, WRITE_BINARY = 5 };
/* The system counter of SSE-300, as secure code sees it: its control, which enables
 * it, and the low word of its count, at 32 MHz. */
#define COUNTER_CONTROL ((volatile uint32_t *)0x58100000u)
#define COUNTER_LOW ((volatile uint32_t *)0x58100008u)

static uint32_t in, out;

static uint32_t semihost(uint32_t operation, const uint32_t *block) {
  register uint32_t r0 __asm__("r0") = operation;
  register const uint32_t *r1 __asm__("r1") = block;
  __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

static uint32_t opened(const char *name, uint32_t size, uint32_t mode) {
  uint32_t block[3];
  block[0] = (uint32_t)(uintptr_t)name;
  block[1] = mode;
  block[2] = size;
  return semihost(SYS_OPEN, block);
}

void platform_start(void) {
  static const char input[] = "/dev/stdin", output[] = "/dev/stdout";
  in = opened(input, sizeof input - 1, READ_BINARY);
  out = opened(output, sizeof output - 1, WRITE_BINARY);
  *COUNTER_CONTROL = 1;
}

/* Both operations return how many bytes are left. */
static uint32_t moved(uint32_t operation, uint32_t file, uint32_t at,
                      uint32_t size) {
  uint32_t block[3];
  block[0] = file;
  block[1] = at;
  block[2] = size;
  return size - semihost(operation, block);
}

void platform_read(void *to, uint32_t size) {
  uint32_t at = (uint32_t)(uintptr_t)to;
  while (size != 0) {
    uint32_t n = moved(SYS_READ, in, at, size);
    if (n == 0) platform_exit(0);
    at += n;
    size -= n;
  }
}

void platform_write(const void *from, uint32_t size) {
  uint32_t at = (uint32_t)(uintptr_t)from;
  while (size != 0) {
    uint32_t n = moved(SYS_WRITE, out, at, size);
    at += n;
    size -= n;
  }
}

uint32_t platform_ticks(void) { return *COUNTER_LOW; }

__attribute__((naked)) void platform_nothing(void) { __asm__("bx lr"); }
