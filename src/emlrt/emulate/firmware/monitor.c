/* SPDX-License-Identifier: MIT
 *
 * Firmware that does what the host asks: it reads and writes memory and calls
 * functions, and says what a call took. qemu_machine.py is at the other end.
 *
 * A request is eleven words: what to do, an address, a number, and eight arguments.
 */
#include <stdint.h>

#include "platform.h"
#include "platform_monitor.h"

enum { REQUEST_WRITE = 1, REQUEST_READ = 2, REQUEST_CALL = 3 };
enum { N_ARGUMENTS = 8 };
#define PAINT UINT32_C(0xA5A5A5A5)

typedef struct request {
  uint32_t what;
  uint32_t address;
  uint32_t n; /* bytes of memory, or arguments that the function has */
  uint32_t arguments[N_ARGUMENTS];
} request;

/* The function's result, ticks, and bytes of stack that it wrote. */
typedef struct answer {
  uint32_t result;
  uint32_t ticks;
  uint32_t stack;
} answer;

typedef uint32_t (*function)(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t,
                             uint32_t, uint32_t, uint32_t);

extern uint32_t __stack_low[]; /* the end of the stack */

/* All calls come from here, so that what is counted beside them is the same. */
static __attribute__((noinline)) void call(const request *asked, answer *made) {
  const uint32_t *v = asked->arguments;
  function f = (function)(uintptr_t)asked->address;
  volatile uint32_t *at, *here = (volatile uint32_t *)platform_stack();
  uint32_t start, end, result;
  for (at = __stack_low; at < here; at++) *at = PAINT;
  start = platform_ticks();
  result = f(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]);
  end = platform_ticks();
  for (at = __stack_low; at < here && *at == PAINT;) at++;
  made->result = result;
  made->ticks = end - start;
  made->stack = (uint32_t)((uintptr_t)here - (uintptr_t)at);
  if (asked->n > PLATFORM_REGISTERS) made->stack += PLATFORM_STACKED;
}

int main(void) {
  static request asked;
  static answer made;
  platform_start();
  for (;;) {
    platform_read(&asked, sizeof asked);
    if (asked.what == REQUEST_WRITE) {
      platform_read((void *)(uintptr_t)asked.address, asked.n);
    } else if (asked.what == REQUEST_READ) {
      platform_write((const void *)(uintptr_t)asked.address, asked.n);
    } else if (asked.what == REQUEST_CALL) {
      call(&asked, &made);
      platform_write(&made, sizeof made);
    } else {
      platform_exit(PLATFORM_FAULT);
    }
  }
}
