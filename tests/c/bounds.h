/* SPDX-License-Identifier: MIT
 *
 * How much work a blob may ask for, as tests hold the runtime to it (SECURITY.md,
 * "Work"). A step is a branch taken, counted by the compiler
 * (-fsanitize-coverage=trace-pc) in code that is built with -O1; a read is a read
 * of the blob, counted by word_port.h. Octets are those of the blob alone, or with
 * x, arena and y where a model runs.
 */
#ifndef BOUNDS_H
#define BOUNDS_H

/* Steps, or reads, that any call may take beside those for each octet. */
#define BOUND_CALL 2000u

/* Steps for each octet of the blob. */
#define BOUND_OPEN 16u
#define BOUND_VERIFY 16u
#define BOUND_TEXTS 8u
#define BOUND_LAYOUT 64u /* emlrt_host_new */
/* For each octet of blob, x, arena and y: a run, with or without lists of
 * neighbours in it. */
#define BOUND_RUN 256u
#define BOUND_LISTS 4096u
/* Reads of the blob in a run, for each octet of blob, x, arena and y. */
#define BOUND_READS 64u

#endif
