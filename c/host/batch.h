/* SPDX-License-Identifier: MIT
 *
 * Blocks of rows through a program, for hosts with memory and vector registers.
 */
#ifndef EMLRT_BATCH_H
#define EMLRT_BATCH_H

#include <float.h>

#include "emlrt_host.h"
#include "forest/bin_block.h"
#include "forest/forest.h"

/* Whether dense layers may use the blob's floats as this machine's, each sum and
 * product of which is rounded by itself: not so on x87. */
#if defined(EMLRT_ROM_FLOATS) && FLT_EVAL_METHOD == 0
#define EMLRT_BATCH_FLOATS 1
#endif

#define EMLRT_HOST_DIRECT UINT32_MAX

/* A model laid out for speed. Arrays have an element a stage. */
struct emlrt_host {
  unsigned n_stages;
  int many;               /* whether blocks of many rows are worth it */
  emlrt_forest **forests; /* NULL for stages without one */
  uint32_t *inputs;       /* where in x a forest reads what bins are made of;
                                EMLRT_HOST_DIRECT if it reads its own span */
  unsigned char *needed;  /* 0 for bins that nobody else reads (flow.h) */
  /* The bins that some stages read columns of; without columns if there are none. They
   * are made of what stands at shared_at in x. */
  emlrt_bin_columns shared;
  uint32_t shared_stage;
  uint32_t shared_at;
  unsigned char *shares; /* whether a stage reads those columns */
};

/* Most rows of a block: as many as arenas and scores of 64 MiB are for, and at
 * least one. host: NULL, or the model's. */
size_t emlrt_batch_rows(const emlrt_model *model, const emlrt_host *host);

/* Runs every stage on n >= 1 rows: the bits of emlrt_run. host: NULL, or the
 * model's. arena: n times header.arena_size bytes, for 8-byte numbers. Returns 0
 * if memory runs out. */
int emlrt_batch_run(const emlrt_model *model, const emlrt_host *host,
                    const void *x, size_t n, void *y, void *arena);

/* A stage of bins of a byte on n rows. call: in and out are not looked at. Returns 0
 * if it takes too much memory for that. */
int emlrt_batch_bins(const emlrt_call *call, emlrt_rows in, emlrt_rows out,
                     size_t n);

/* Columns of the bins of a byte that a stage makes. Returns 0 if they take too much
 * memory; either way emlrt_bin_columns_free must follow. bins: all zero. */
int emlrt_batch_columns(const emlrt_call *call, emlrt_bin_columns *bins);

/* A stage of oblivious trees on n rows. call: in and out are not looked at. block:
 * columns of what it reads, NULL if they are still to be made. Returns 0 if it takes
 * too much memory for that. */
int emlrt_batch_oblivious(const emlrt_call *call, emlrt_bin_block *block,
                          emlrt_rows in, emlrt_rows out, size_t n);

/* A dense stage on n rows. call: in and out are not looked at. */
void emlrt_batch_dense(const emlrt_call *call, emlrt_rows in, emlrt_rows out,
                       size_t n);

/* For each output the class that a row's scores say, as emlrt_classify does. classes:
 * one an output. Returns where the next row's go. */
int64_t *emlrt_batch_classes(emlrt_rom blob, const uint32_t *scores,
                             int64_t *classes);

#endif
