/* SPDX-License-Identifier: MIT
 *
 * What emlrt_host.h has of rows: blocks of them in, answers out.
 */
#include <stdlib.h>
#include <string.h>

#include "../src/answers/scores.h"
#include "batch.h"
#include "float_state.h"
#include "lanes/lanes.h"
#include "memory/memory.h"
#include "stream_rows.h"

/* Bytes of memory that a run may have without malloc. */
#define SMALL 2048u

/* Whether an address is a multiple of an element's bytes. */
static int stands(const void *at, size_t bytes) {
  return (uintptr_t)at % bytes == 0;
}

/* Whether x is there, and every row where elements of the input dtype may be: a row
 * is a whole number of them (emlrt_open). */
static emlrt_status x_status(const emlrt_model *model, const void *x) {
  uint32_t bytes = UINT32_C(1) << (EMLRT_HEADER16(model->blob, input) & 3u);
  if (x == NULL) return EMLRT_ERR_ARGUMENT;
  return stands(x, bytes) ? EMLRT_OK : EMLRT_ERR_ALIGN;
}

/* Whether every output has scores of its own (see emlrt_verify). */
static int output_sizes_ok(emlrt_rom blob) {
  unsigned n = EMLRT_HEADER16(blob, n_outputs);
  uint32_t left = emlrt_n_scores(blob);
  for (; n != 0; n--, blob = emlrt_rom_at(blob, 4)) {
    uint32_t count = emlrt_r32(blob, EMLRT_OCTETS(emlrt_header));
    if (count == 0 || count > left) return 0;
    left -= count;
  }
  return 1;
}

/* What is asked of rows, and where it goes: one of these is there. */
typedef struct answers {
  char *y;
  int64_t *classes;
  double *p;
} answers;

EMLRT_NOINLINE static emlrt_status proba(const emlrt_model *model,
                                         const uint32_t *scores, size_t n,
                                         float *p) {
  size_t n_scores = emlrt_n_scores(model->blob);
  size_t n_classes = emlrt_n_classes(model->blob);
  emlrt_status status = EMLRT_OK;
  size_t done = emlrt_lanes_proba(model, scores, n, p);
  emlrt_prepared to;
  emlrt_prepare_proba(&to, model);
  scores += done * n_scores;
  p += done * n_classes;
  n -= done;
  for (; n != 0 && status == EMLRT_OK; n--, scores += n_scores, p += n_classes)
    status = emlrt_probabilities(&to, scores, p);
  return status;
}

/* Probabilities of n rows, as doubles. p: memory for them as floats. */
static emlrt_status put_proba(const emlrt_model *model, const uint32_t *scores,
                              size_t n, float *p, double **to) {
  size_t i, m = n * emlrt_n_classes(model->blob);
  emlrt_status status = proba(model, scores, n, p);
  for (i = 0; i < m && status == EMLRT_OK; i++) (*to)[i] = (double)p[i];
  *to += m;
  return status;
}

/* Runs a block of n rows, at most as many as fit it. memory: for arenas, then
 * scores, then probabilities, where the answers are not scores. */
static emlrt_status run_block(const emlrt_model *model, const emlrt_host *host,
                              const char *x, size_t n, answers *to,
                              char *memory) {
  emlrt_rom blob = model->blob;
  size_t out = EMLRT_HEADER32(blob, score_size), i;
  char *y = to->y != NULL ? to->y : memory + n * emlrt_row_memory(model);
  uint32_t *scores = (uint32_t *)(void *)y;
  emlrt_status status = EMLRT_OK;
  if (!emlrt_is_open(model))
    status = emlrt_stream_row(model, x, y, memory);
  else if (!emlrt_batch_run(model, host, x, n, y, memory))
    status = EMLRT_ERR_SCRATCH;
  if (status != EMLRT_OK) return status;
  if (to->y != NULL) {
    to->y += n * out;
    return EMLRT_OK;
  }
  if (to->p != NULL)
    return put_proba(model, scores, n, (float *)(void *)(y + n * out), &to->p);
  for (i = 0; i < n; i++)
    to->classes =
        emlrt_batch_classes(blob, scores + i * (out / 4), to->classes);
  return EMLRT_OK;
}

/* Bytes of memory that a row takes besides its answers. */
static size_t row_bytes(const emlrt_model *model, const answers *to) {
  emlrt_rom blob = model->blob;
  size_t bytes = emlrt_row_memory(model);
  if (to->y == NULL) bytes += EMLRT_HEADER32(blob, score_size);
  if (to->p != NULL) bytes += emlrt_n_classes(blob) * sizeof(float);
  return bytes;
}

/* Runs n rows, block after block. */
EMLRT_NOINLINE static emlrt_status run(const emlrt_model *model,
                                       const emlrt_host *host, const void *x,
                                       size_t n, answers to) {
  uint64_t small[SMALL / 8];
  size_t in = (size_t)emlrt_row_elements(model)
              << (EMLRT_HEADER16(model->blob, input) & 3u);
  size_t bytes = row_bytes(model, &to);
  size_t most = emlrt_is_open(model) ? emlrt_batch_rows(model, host) : 1;
  const char *at = (const char *)x;
  char *memory = (char *)small;
  emlrt_status status = EMLRT_OK;
  if (most > n) most = n;
  if (bytes > SMALL / most) memory = (char *)emlrt_alloc(most, bytes);
  if (memory == NULL) return EMLRT_ERR_SCRATCH;
  for (; n != 0 && status == EMLRT_OK; n -= most, at += most * in) {
    if (most > n) most = n;
    status = run_block(model, host, at, most, &to, memory);
  }
  if (memory != (char *)small) free(memory);
  return status;
}

/* The same in the state of floating point that scores are defined for. */
static emlrt_status run_plain(const emlrt_model *model, const emlrt_host *host,
                              const void *x, size_t n, answers to) {
  emlrt_status status = x_status(model, x);
  emlrt_float_state was;
  if (status != EMLRT_OK) return status;
  was = emlrt_float_begin();
  status = run(model, host, x, n, to);
  emlrt_float_end(was);
  return status;
}

#if defined(__GNUC__)
/* threadpoolctl knows the extension, all of which is hidden else, by this name. */
__attribute__((visibility("default")))
#endif
emlrt_status emlrt_host_run(const emlrt_model *model, const emlrt_host *host,
                            const void *x, size_t n, void *y) {
  answers to = {NULL, NULL, NULL};
  if (!emlrt_is_checked(model)) return EMLRT_ERR_ARGUMENT;
  if (n == 0) return EMLRT_OK;
  if (y == NULL) return EMLRT_ERR_ARGUMENT;
  if (!stands(y, 4)) return EMLRT_ERR_ALIGN;
  to.y = (char *)y;
  return run_plain(model, host, x, n, to);
}

emlrt_status emlrt_host_classify(const emlrt_model *model,
                                 const emlrt_host *host, const void *x,
                                 size_t n, int64_t *classes) {
  answers to = {NULL, NULL, NULL};
  if (!emlrt_is_checked(model)) return EMLRT_ERR_ARGUMENT;
  if (EMLRT_HEADER16(model->blob, output) == EMLRT_OUTPUT_VALUES)
    return EMLRT_ERR_KIND;
  if (!output_sizes_ok(model->blob)) return EMLRT_ERR_COUNT;
  if (n == 0) return EMLRT_OK;
  if (classes == NULL) return EMLRT_ERR_ARGUMENT;
  if (!stands(classes, sizeof *classes)) return EMLRT_ERR_ALIGN;
  to.classes = classes;
  return run_plain(model, host, x, n, to);
}

emlrt_status emlrt_host_predict_proba(const emlrt_model *model,
                                      const emlrt_host *host, const void *x,
                                      size_t n, double *p) {
  answers to = {NULL, NULL, NULL};
  if (!emlrt_is_checked(model)) return EMLRT_ERR_ARGUMENT;
  if (EMLRT_HEADER16(model->blob, output) == EMLRT_OUTPUT_VALUES)
    return EMLRT_ERR_KIND;
  if (n == 0) return EMLRT_OK;
  if (p == NULL) return EMLRT_ERR_ARGUMENT;
  if (!stands(p, sizeof *p)) return EMLRT_ERR_ALIGN;
  to.p = p;
  return run_plain(model, host, x, n, to);
}

emlrt_status emlrt_host_classes(const emlrt_model *model, const void *y,
                                size_t n, int64_t *classes) {
  const uint32_t *scores = (const uint32_t *)y;
  if (!emlrt_is_checked(model) || y == NULL || classes == NULL)
    return EMLRT_ERR_ARGUMENT;
  if (EMLRT_HEADER16(model->blob, output) == EMLRT_OUTPUT_VALUES)
    return EMLRT_ERR_KIND;
  if (!output_sizes_ok(model->blob)) return EMLRT_ERR_COUNT;
  if (!stands(y, 4) || !stands(classes, sizeof *classes))
    return EMLRT_ERR_ALIGN;
  for (; n != 0; n--, scores += emlrt_n_scores(model->blob))
    classes = emlrt_batch_classes(model->blob, scores, classes);
  return EMLRT_OK;
}

emlrt_status emlrt_host_proba(const emlrt_model *model, const void *y, size_t n,
                              float *p) {
  emlrt_float_state was;
  emlrt_status status;
  if (!emlrt_is_checked(model) || y == NULL || p == NULL)
    return EMLRT_ERR_ARGUMENT;
  if (!stands(y, 4) || !stands(p, 4)) return EMLRT_ERR_ALIGN;
  was = emlrt_float_begin();
  status = proba(model, (const uint32_t *)y, n, p);
  emlrt_float_end(was);
  return status;
}

/* The check looks at the state of floating point, too. */
EMLRT_NOINLINE static emlrt_status apply(const emlrt_op *op, emlrt_call *call,
                                         const float *x, size_t n, float *y) {
  emlrt_rows in = {(char *)(uintptr_t)x, call->n_in * sizeof *x};
  emlrt_rows out = {(char *)y, call->n_out * sizeof *y};
  size_t done;
  if (EMLRT_OP_CHECK(op)(call) != EMLRT_OK) return EMLRT_ERR_PAYLOAD;
  done = emlrt_lanes_run(EMLRT_OP_CODE(op), call, in, out, n);
  x += done * call->n_in;
  y += done * call->n_out;
  n -= done;
  for (; n != 0; n--, x += call->n_in, y += call->n_out) {
    call->in = x;
    call->out = y;
    EMLRT_OP_RUN(op)(call);
  }
  return EMLRT_OK;
}

emlrt_status emlrt_host_apply(uint32_t code, const float *x, size_t n,
                              size_t n_in, float *y, size_t n_out) {
  const emlrt_op *op = emlrt_op_find(emlrt_all_ops, code);
  emlrt_float_state was;
  emlrt_status status;
  emlrt_call call;
  if (x == NULL || y == NULL) return EMLRT_ERR_ARGUMENT;
  if (!stands(x, 4) || !stands(y, 4)) return EMLRT_ERR_ALIGN;
  if (op == NULL) return EMLRT_ERR_OP;
  if (n_in - 1 >= EMLRT_COUNT_MAX || n_out - 1 >= EMLRT_COUNT_MAX)
    return EMLRT_ERR_COUNT;
  call.payload = EMLRT_ROM_NULL;
  call.size = 0;
  call.n_in = (emlrt_count)n_in;
  call.n_out = (emlrt_count)n_out;
  call.u.majority = UINT32_MAX;
  call.v.work = 0;
  if ((code & 0xFFFFu) != (EMLRT_F32 << 8 | EMLRT_F32))
    return EMLRT_ERR_PAYLOAD;
  was = emlrt_float_begin();
  status = apply(op, &call, x, n, y);
  emlrt_float_end(was);
  return status;
}

unsigned emlrt_host_scan(const float *x, size_t n) {
  const char *at = (const char *)x;
  uint32_t nan = 0, infinite = 0;
  size_t i;
  for (i = 0; i < n; i++) {
    uint32_t size;
    memcpy(&size, at + i * 4, 4);
    size &= UINT32_C(0x7FFFFFFF);
    nan |= size > UINT32_C(0x7F800000);
    infinite |= size == UINT32_C(0x7F800000);
  }
  return nan | infinite << 1;
}
