/* SPDX-License-Identifier: MIT
 *
 * What a fuzz target is: fuzz.c (libFuzzer) and fuzz_afl.c (AFL++) make the blob's
 * CRC right and give it to the one target that is linked: fuzz_use.c, fuzz_work.c
 * or fuzz_host.c.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <emlrt/emlrt.h>

/* Does to a blob what the target is for, and aborts where that shows a fault.
 * Returns whether it opened. */
int fuzz_target(const uint8_t *octets, size_t size);
/* Called once before all blobs. */
void fuzz_begin(void);
/* Called once at the end: a line of what was seen on stderr. */
void fuzz_end(void);

#endif
