/* SPDX-License-Identifier: MIT
 *
 * Blocks of rows through a program, for hosts with memory and vector registers.
 */
#ifndef EMLRT_BATCH_H
#define EMLRT_BATCH_H

#include "../src/core.h"

/* Most rows of a block. */
#define EMLRT_BATCH 64u

/* Runs every stage on n rows, 1 to EMLRT_BATCH: the bits of emlrt_run.
 * arena: n times header.arena_size octets, for 8-octet numbers. */
void emlrt_batch_run(const emlrt_model *model, const void *x, size_t n,
                     void *y, void *arena);

/* Where the rows of a span start: octets from one to the next. */
typedef struct emlrt_rows {
  char *at;
  size_t step;
} emlrt_rows;

/* A dense stage on n rows. call: in and out are not looked at. */
void emlrt_batch_dense(const emlrt_call *call, emlrt_rows in, emlrt_rows out,
                       size_t n);

#endif
