/* SPDX-License-Identifier: MIT */
#ifndef @MACRO@_EXAMPLE_H
#define @MACRO@_EXAMPLE_H

#include "@NAME@_eml.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Opens the model @NAME@, has it test itself if it can, runs it on @WHAT@, and
 * compares every bit of the scores with those that Python computed. Prints what came of
 * each step. blob: where it lies, @NAME@_eml or a partition. size: its bytes.
 * Returns 0 if all went well. */
int @NAME@_example(void (*print)(const char *text), emlrt_rom blob, uint32_t size);

#ifdef __cplusplus
}
#endif
#endif
