/* SPDX-License-Identifier: MIT
 *
 * Blocks of rows through a program: each stage takes all rows before the next
 * one starts, so that its payload is fetched once for all.
 */
#include "batch.h"

#include <stdlib.h>
#include <string.h>

#include "lanes/lanes.h"

/* Fewer rows than this are not worth turning into columns. */
#define FEW_ROWS 4u
/* Rows of a block, and where a stage is worth more than a few. */
#define ROWS 64u
#define MANY_ROWS 1024u
/* Bytes of arenas and scores that such rows may have, and that any may. */
#define MANY_BYTES 1048576u
#define MOST_BYTES 67108864u

static size_t clamped(size_t rows, size_t least, size_t most) {
  return rows < least ? least : rows < most ? rows : most;
}

size_t emlrt_batch_rows(const emlrt_model *model, const emlrt_host *host) {
  size_t bytes = EMLRT_HEADER32(model->blob, arena_size) +
                 (size_t)EMLRT_HEADER32(model->blob, score_size);
  size_t rows = clamped(MOST_BYTES / bytes, 1, ROWS);
  if (host == NULL || !host->many) return rows;
  return clamped(MANY_BYTES / bytes, rows, MANY_ROWS);
}

static emlrt_rows span(const emlrt_rows *space, uint32_t offset) {
  emlrt_rows rows = *space;
  rows.at += offset;
  return rows;
}

/* Runs a stage that is not laid out. bins: columns of what it reads, or NULL. Returns 0
 * if it reads those and memory runs out. */
static int run_stage(const emlrt_op *op, emlrt_call *call,
                     emlrt_bin_block *bins, emlrt_rows in, emlrt_rows out,
                     size_t n) {
  emlrt_op_run *run = EMLRT_OP_RUN(op);
  size_t done;
#if defined(EMLRT_BATCH_FLOATS)
  if (EMLRT_OP_CODE(op) == EMLRT_OP_DENSE) {
    emlrt_batch_dense(call, in, out, n);
    return 1;
  }
#endif
  if (EMLRT_OP_CODE(op) == EMLRT_OP_BUCKETIZE_U8 && n >= FEW_ROWS &&
      emlrt_batch_bins(call, in, out, n))
    return 1;
  if (EMLRT_OP_CODE(op) == EMLRT_OP_OBLIVIOUS_U8 && n >= FEW_ROWS) {
    if (emlrt_batch_oblivious(call, bins, in, out, n)) return 1;
    if (bins != NULL) return 0;
  }
  done = emlrt_lanes_run(EMLRT_OP_CODE(op), call, in, out, n);
  in.at += done * in.step;
  out.at += done * out.step;
  n -= done;
  for (; n != 0; n--, in.at += in.step, out.at += out.step) {
    call->in = in.at;
    call->out = out.at;
    run(call);
  }
  return 1;
}

/* Rows on their way through a program. */
typedef struct batch {
  const emlrt_model *model;
  const emlrt_host *host;
  emlrt_rows spaces[3]; /* by EMLRT_SPACE_* */
  size_t n;
  emlrt_bin_block bins; /* which stages share */
} batch;

/* Whether stage k runs. */
static int is_needed(const batch *b, unsigned k) {
  const emlrt_host *host = b->host;
  if (host == NULL || host->needed[k]) return 1;
  /* A few rows of the stages that share its columns read it as it is. */
  return host->shared.columns != NULL && host->shared_stage == k &&
         b->n < FEW_ROWS;
}

/* Runs stage k. Returns 0 if memory runs out. */
static int run_next(batch *b, unsigned k, emlrt_rom stage, emlrt_call *call) {
  const emlrt_host *host = b->host;
  emlrt_rows in = span(&b->spaces[EMLRT_STAGE16(stage, in_space)],
                       EMLRT_STAGE32(stage, in_offset));
  emlrt_rows out = span(&b->spaces[EMLRT_STAGE16(stage, out_space)],
                        EMLRT_STAGE32(stage, out_offset));
  emlrt_bin_block *bins = host != NULL && host->shares[k] ? &b->bins : NULL;
  if (host != NULL && host->forests[k] != NULL) {
    if (host->inputs[k] != EMLRT_HOST_DIRECT)
      in = span(&b->spaces[EMLRT_SPACE_INPUT], host->inputs[k]);
    return emlrt_forest_scores(host->forests[k], bins, in, out, b->n);
  }
  if (!is_needed(b, k)) return 1;
  return run_stage(emlrt_op_find(b->model->ops, EMLRT_STAGE32(stage, op)), call,
                   bins, in, out, b->n);
}

/* Runs all stages. Returns 0 if memory runs out. */
static int run_all(batch *b) {
  emlrt_rom blob = b->model->blob, stage = emlrt_stages(blob);
  unsigned k, n_stages = EMLRT_HEADER16(blob, n_stages);
  emlrt_call call;
  call.payload = emlrt_rom_at(stage, n_stages * EMLRT_OCTETS(emlrt_stage));
  call.u.majority = UINT32_MAX;
  for (k = 0; k < n_stages; k++) {
    call.size = EMLRT_STAGE32(stage, size);
    call.n_in = EMLRT_STAGE32(stage, in_count);
    call.n_out = EMLRT_STAGE32(stage, out_count);
    if (!run_next(b, k, stage, &call)) return 0;
    stage = emlrt_rom_at(stage, EMLRT_OCTETS(emlrt_stage));
    call.payload = emlrt_rom_at(call.payload, call.size);
  }
  return 1;
}

int emlrt_batch_run(const emlrt_model *model, const emlrt_host *host,
                    const void *x, size_t n, void *y, void *arena) {
  emlrt_rom blob = model->blob;
  batch b;
  int ok;
  memset(&b, 0, sizeof b);
  b.model = model;
  b.host = host;
  b.n = n;
  b.spaces[EMLRT_SPACE_INPUT].at = (char *)(uintptr_t)x;
  b.spaces[EMLRT_SPACE_INPUT].step = EMLRT_HEADER32(blob, input_size);
  b.spaces[EMLRT_SPACE_ARENA].at = (char *)arena;
  b.spaces[EMLRT_SPACE_ARENA].step = EMLRT_HEADER32(blob, arena_size);
  b.spaces[EMLRT_SPACE_OUTPUT].at = (char *)y;
  b.spaces[EMLRT_SPACE_OUTPUT].step = EMLRT_HEADER32(blob, score_size);
  if (host != NULL && host->shared.columns != NULL) {
    b.bins.bins = &host->shared;
    b.bins.in = span(&b.spaces[EMLRT_SPACE_INPUT], host->shared_at);
    b.bins.n = n;
  }
  memset(arena, 0, n * b.spaces[EMLRT_SPACE_ARENA].step);
  ok = run_all(&b);
  free(b.bins.columns);
  return ok;
}
