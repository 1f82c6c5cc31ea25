/* SPDX-License-Identifier: MIT
 *
 * AVR: UART 0, and a register through which the simulator takes the exit code.
 * avr-libc has the startup code.
 */
#include <avr/interrupt.h>
#include <avr/io.h>

#include "platform.h"

void platform_put(char c) {
  UCSR0B |= (uint8_t)(1u << TXEN0);
  while ((UCSR0A & (1u << UDRE0)) == 0) continue;
  UDR0 = (uint8_t)c;
}

void platform_exit(int code) {
  GPIOR0 = (uint8_t)code;
  for (;;) continue;
}

/* Any interrupt: none is enabled. */
ISR(BADISR_vect) { platform_exit(PLATFORM_FAULT); }
