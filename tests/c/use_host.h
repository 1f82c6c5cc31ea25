/* SPDX-License-Identifier: MIT
 *
 * Uses a blob through c/host, and aborts where an answer differs in a bit from
 * the firmware's, or more memory is asked for than the blob's size allows. Link
 * with c/src, use.c and c/host, but for c/host/memory/memory.c: use_host.c has its own.
 */
#ifndef USE_HOST_H
#define USE_HOST_H

#include "use.h"

/* Octets that a layout may ask for: so many for each of the blob, and for none. */
#define HOST_TIMES 64u
#define HOST_MORE 4096u
/* Octets of a block's arenas and scores, if it is not one row's. */
#define HOST_BLOCK 67108864u

typedef struct host_use {
  emlrt_status status; /* of emlrt_open, or emlrt_host_open if it keeps state */
  unsigned stages;     /* with a fast layout */
  unsigned through;    /* of those, that see through ranks */
  unsigned left_out;   /* stages of ranks that do not run */
  size_t taken;        /* octets that the layout asked for */
} host_use;

/* Makes the call of emlrt_alloc fail that comes as number `at` from now, counted from 1;
 * none if it is 0. */
void fail_alloc(size_t at);

/* Opens a blob and, if that succeeds, lays it out and compares its answers on 1,
 * 3, 17 and 70 rows with those of emlrt_run and emlrt_classify; one that keeps
 * state goes to use_kept. The CRC need not be right. */
host_use use_host(const uint8_t *octets, size_t size);

#endif
