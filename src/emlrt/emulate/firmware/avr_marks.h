/* SPDX-License-Identifier: MIT
 *
 * What a program on AVR says to the simulator (see avr_sim.c): marks around what is
 * counted, and its end with a code.
 */
#ifndef EMULATE_AVR_MARKS_H
#define EMULATE_AVR_MARKS_H

#include <avr/io.h>
#include <stdint.h>

#define MARK(value)                    \
  do {                                 \
    __asm__ volatile("" ::: "memory"); \
    GPIOR1 = (value);                  \
  } while (0)

static void leave(uint8_t code) {
  GPIOR0 = code;
  for (;;) continue;
}

#endif
