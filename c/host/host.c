/* SPDX-License-Identifier: MIT
 *
 * emlrt_host_run and emlrt_host_classify: blocks of rows in, answers out.
 */
#include <stdlib.h>

#include "batch.h"

/* Octets of memory that a run may have without malloc. */
#define SMALL 2048u

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

/* Runs a block of n rows, at most as many as fit it. scores: y, or memory for it
 * behind the arenas. */
static emlrt_status run_block(const emlrt_model *model, const emlrt_host *host,
                              const char *x, size_t n, char *y,
                              int64_t **classes, char *memory) {
  emlrt_rom blob = model->blob;
  size_t out = EMLRT_HEADER32(blob, score_size), i;
  char *scores = y;
  if (y == NULL) scores = memory + n * EMLRT_HEADER32(blob, arena_size);
  if (!emlrt_batch_run(model, host, x, n, scores, memory))
    return EMLRT_ERR_SCRATCH;
  for (i = 0; y == NULL && i < n; i++)
    *classes = choose(blob, (uint32_t *)(void *)(scores + i * out), *classes);
  return EMLRT_OK;
}

/* Runs n rows, block after block: y or classes is where the answers go. */
static emlrt_status run(const emlrt_model *model, const emlrt_host *host,
                        const void *x, size_t n, void *y, int64_t *classes) {
  uint64_t small[SMALL / 8];
  size_t in = EMLRT_HEADER32(model->blob, input_size);
  size_t out = EMLRT_HEADER32(model->blob, score_size);
  size_t octets = EMLRT_HEADER32(model->blob, arena_size);
  size_t most = host != NULL ? host->rows : EMLRT_BATCH;
  const char *at = (const char *)x;
  char *memory = (char *)small, *to = (char *)y;
  emlrt_status status = EMLRT_OK;
  if (x == NULL || (y == NULL && classes == NULL)) return EMLRT_ERR_ARGUMENT;
  if (most > n) most = n;
  if (y == NULL) octets += out;
  if (octets > SMALL / most) memory = (char *)emlrt_take(most, octets);
  if (memory == NULL) return EMLRT_ERR_SCRATCH;
  for (; n != 0 && status == EMLRT_OK; n -= most, at += most * in) {
    if (most > n) most = n;
    status = run_block(model, host, at, most, to, &classes, memory);
    if (to != NULL) to += most * out;
  }
  if (memory != (char *)small) free(memory);
  return status;
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
