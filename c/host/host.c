/* SPDX-License-Identifier: MIT
 *
 * emlrt_host_run and emlrt_host_classify: blocks of rows in, answers out.
 */
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "forest_build.h"

/* Fewer rows than this go one at a time: lanes left empty cost as much as full
 * ones. */
#define FEW_ROWS 12u
/* Numbers of keys and scores that one row may have without malloc. */
#define SMALL 512u

/* Where answers go: one of the two is NULL. */
typedef struct sink {
  const emlrt_model *model;
  const emlrt_host *host;
  uint32_t *scores;
  int64_t *classes;
} sink;

/* For each output the class that its scores say. */
static int64_t *choose(emlrt_rom blob, const uint32_t *scores,
                       int64_t *classes) {
  emlrt_rom counts = emlrt_rom_at(blob, EMLRT_OCTETS(emlrt_header));
  unsigned n = EMLRT_HEADER16(blob, n_outputs);
  unsigned output = EMLRT_HEADER16(blob, output);
  for (; n != 0; n--, counts = emlrt_rom_at(counts, 4)) {
    uint32_t count = emlrt_r32(counts, 0), best = 0, i;
    if (output != EMLRT_OUTPUT_VOTES)
      best = emlrt_choose(scores, count, output);
    else
      for (i = 1; i < count; i++)
        if (scores[i] > scores[best]) best = i;
    *classes++ = best;
    scores += count;
  }
  return classes;
}

/* Hands a row of scores over. */
static void finish(sink *to, const uint32_t *acc) {
  const emlrt_host *host = to->host;
  uint32_t i, n = host->n_scores;
  if (to->classes != NULL) {
    to->classes = choose(to->model->blob, acc, to->classes);
    return;
  }
  if (host->exponents == NULL)
    memcpy(to->scores, acc, n * sizeof *acc);
  else
    for (i = 0; i < n; i++)
      to->scores[i] = emlrt_trees_scale(
          acc[i], emlrt_ri32(host->exponents, (size_t)i * 4));
  to->scores += n;
}

static const void *row_of(const emlrt_host *host, const void *x, size_t i) {
  return (const char *)x + i * host->n_inputs * EMLRT_CHARS(host->input);
}

/* A few rows, one at a time. */
static emlrt_status run_rows(sink *to, const void *x, size_t n) {
  const emlrt_host *host = to->host;
  uint32_t small[SMALL], *keys = small, *acc;
  size_t i;
  if (host->stride > SMALL || host->pad > SMALL - host->stride)
    keys = (uint32_t *)emlrt_take(host->stride + host->pad, sizeof *keys);
  if (keys == NULL) return EMLRT_ERR_SCRATCH;
  acc = keys + host->stride;
  for (i = 0; i < n; i++) {
    emlrt_forest_key(host, row_of(host, x, i), keys);
    memcpy(acc, host->initial, host->pad * sizeof *acc);
    emlrt_forest_row(host, keys, acc);
    finish(to, acc);
  }
  if (keys != small) free(keys);
  return EMLRT_OK;
}

/* Scratch of a block of rows. */
typedef struct block {
  uint32_t *keys;
  uint32_t *acc;
  uint32_t *scratch;
} block;

/* Runs n rows of a block. Lanes without a row see keys of zeros or of earlier
 * rows, and what they add is not looked at. */
static void run_block(sink *to, const block *b, const void *x, size_t n) {
  const emlrt_host *host = to->host;
  size_t i, lanes = (n + EMLRT_LANES - 1) / EMLRT_LANES * EMLRT_LANES;
  emlrt_forest_keys(host, x, n, b->keys);
  for (i = 0; i < lanes; i++)
    memcpy(b->acc + i * host->pad, host->initial,
           host->pad * sizeof *b->acc);
  emlrt_forest_block(host, b->keys, lanes, b->acc, b->scratch);
  for (i = 0; i < n; i++) finish(to, b->acc + i * host->pad);
}

static emlrt_status run_blocks(sink *to, const void *x, size_t n) {
  const emlrt_host *host = to->host;
  size_t most = (n + EMLRT_LANES - 1) / EMLRT_LANES * EMLRT_LANES, i;
  size_t numbers = host->stride + host->pad + EMLRT_FOREST_SCRATCH;
  block b;
  if (most > host->block) most = host->block;
  b.keys = (uint32_t *)emlrt_take(most, numbers * sizeof *b.keys);
  if (b.keys == NULL) return EMLRT_ERR_SCRATCH;
  b.acc = b.keys + most * host->stride;
  b.scratch = b.acc + most * host->pad;
  for (i = 0; i < n; i += most)
    run_block(to, &b, row_of(host, x, i), n - i < most ? n - i : most);
  free(b.keys);
  return EMLRT_OK;
}

/* Any other program: stage after stage, on blocks of rows. */
static emlrt_status run_program(const emlrt_model *model, const char *x,
                                size_t n, char *y, int64_t *classes) {
  emlrt_rom blob = model->blob;
  size_t in = EMLRT_HEADER32(blob, input_size);
  size_t out = EMLRT_HEADER32(blob, score_size);
  size_t arena = EMLRT_HEADER32(blob, arena_size), i;
  size_t most = n < EMLRT_BATCH ? n : EMLRT_BATCH;
  char *memory = (char *)emlrt_take(most, arena + (y == NULL ? out : 0) + 1);
  if (memory == NULL) return EMLRT_ERR_SCRATCH;
  for (; n != 0; n -= most, x += most * in) {
    char *scores = y != NULL ? y : memory + most * arena;
    if (most > n) most = n;
    emlrt_batch_run(model, x, most, scores, memory);
    if (y != NULL)
      y += most * out;
    else
      for (i = 0; i < most; i++)
        classes = choose(blob, (uint32_t *)(void *)(scores + i * out), classes);
  }
  free(memory);
  return EMLRT_OK;
}

/* Runs n rows: y or classes is where the answers go. */
static emlrt_status run(const emlrt_model *model, const emlrt_host *host,
                        const void *x, size_t n, void *y, int64_t *classes) {
  sink to;
  if (x == NULL || (y == NULL && classes == NULL)) return EMLRT_ERR_ARGUMENT;
  if (host == NULL)
    return run_program(model, (const char *)x, n, (char *)y, classes);
  to.model = model;
  to.host = host;
  to.scores = (uint32_t *)y;
  to.classes = classes;
  return n < FEW_ROWS ? run_rows(&to, x, n) : run_blocks(&to, x, n);
}

emlrt_status emlrt_host_run(const emlrt_model *model, const emlrt_host *host,
                            const void *x, size_t n, void *y) {
  if (!emlrt_is_open(model)) return EMLRT_ERR_ARGUMENT;
  return n == 0 ? EMLRT_OK : run(model, host, x, n, y, NULL);
}

emlrt_status emlrt_host_classify(const emlrt_model *model,
                                 const emlrt_host *host, const void *x,
                                 size_t n, int64_t *classes) {
  if (!emlrt_is_open(model)) return EMLRT_ERR_ARGUMENT;
  if (EMLRT_HEADER16(model->blob, output) == EMLRT_OUTPUT_VALUES)
    return EMLRT_ERR_KIND;
  return n == 0 ? EMLRT_OK : run(model, host, x, n, NULL, classes);
}

emlrt_status emlrt_host_proba(const emlrt_model *model, const void *y,
                              size_t n, float *p) {
  emlrt_status status = EMLRT_OK;
  size_t n_scores, n_classes;
  const uint32_t *scores = (const uint32_t *)y;
  if (!emlrt_is_open(model) || y == NULL || p == NULL)
    return EMLRT_ERR_ARGUMENT;
  n_scores = emlrt_n_scores(model->blob);
  n_classes = emlrt_n_classes(model->blob);
  for (; n != 0 && status == EMLRT_OK; n--, scores += n_scores, p += n_classes)
    status = emlrt_probabilities(model, scores, p);
  return status;
}

emlrt_status emlrt_host_apply(uint32_t code, const float *x, size_t n,
                              size_t n_in, float *y, size_t n_out) {
  const emlrt_op *op = emlrt_op_find(emlrt_all_ops, code);
  emlrt_call call;
  if (op == NULL) return EMLRT_ERR_OP;
  call.payload = EMLRT_ROM_NULL;
  call.size = 0;
  call.n_in = (emlrt_count)n_in;
  call.n_out = (emlrt_count)n_out;
  call.limit = UINT32_MAX;
  if (EMLRT_OP_CHECK(op)(&call) != EMLRT_OK) return EMLRT_ERR_PAYLOAD;
  for (; n != 0; n--, x += n_in, y += n_out) {
    call.in = x;
    call.out = y;
    EMLRT_OP_RUN(op)(&call);
  }
  return EMLRT_OK;
}

unsigned emlrt_host_scan(const float *x, size_t n) {
  const emlrt_alias32 *bits = (const emlrt_alias32 *)(const void *)x;
  uint32_t nan = 0, infinite = 0;
  size_t i;
  for (i = 0; i < n; i++) {
    uint32_t size = bits[i] & UINT32_C(0x7FFFFFFF);
    nan |= size > UINT32_C(0x7F800000);
    infinite |= size == UINT32_C(0x7F800000);
  }
  return nan | infinite << 1;
}
