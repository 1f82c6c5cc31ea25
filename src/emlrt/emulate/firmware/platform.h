/* SPDX-License-Identifier: MIT
 *
 * What a board gives the firmware. platform_<family>.c has it, with the startup
 * code; the emulators' own channels stand in for a board's.
 */
#ifndef PLATFORM_H
#define PLATFORM_H

enum {
  PLATFORM_FAULT = 125 /* exit code of a fault: a trap that nobody expected */
};

/* Writes one character to the console. */
void platform_put(char c);
/* Ends the run with an exit code from 0 to 255. Does not return. */
void platform_exit(int code);
/* The firmware; returns its exit code. */
int main(void);

#endif
