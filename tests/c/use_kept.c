/* SPDX-License-Identifier: MIT */
#include "use_kept.h"

#include <emlrt/stream.h>
#include <stdlib.h>
#include <string.h>

#include "emlrt_host.h"
#include "stream_rows.h"
#include "use_stream.h"

/* What is run, not just opened. */
#define MOST_ELEMENTS 2048u
#define MOST_BYTES 65536u
#define ROWS 17u
#define PIECE 5u

/* An open model, rows for it, and what a stream says of each. */
typedef struct bench {
  const blob_place *place;
  emlrt_model model;
  emlrt_info info;
  size_t in, out; /* octets of a row, and of its scores */
  uint8_t *x, *y;
  uint32_t *classes;
  float *p;
  emlrt_status ran, classified,
      weighed; /* as the calls of the last window ended */
} bench;

static size_t octets_of(const bench *b, size_t elements) {
  return elements << (b->info.input_dtype & 3u);
}

/* The answers of a window that is complete, to those of row i. */
static void take_answers(bench *b, const emlrt_stream *stream, size_t i) {
  b->ran = EMLRT_OK;
  memcpy(b->y + i * b->out, emlrt_stream_scores(stream), b->out);
  b->classified = emlrt_stream_classify(
      stream, b->classes + i * b->info.n_outputs, b->info.n_outputs);
  b->weighed = emlrt_stream_proba(stream, b->p + i * b->info.n_classes,
                                  b->info.n_classes);
}

/* What a stream from rest says of the last window of row i. */
static void make_answer(bench *b, size_t i) {
  void *memory = must_malloc(b->info.stream_bytes);
  const uint8_t *at = b->x + i * b->in;
  size_t left = emlrt_row_elements(&b->model), used;
  emlrt_stream stream;
  b->ran = b->classified = b->weighed = EMLRT_ERR_COUNT;
  PROMISE(emlrt_stream_open(&stream, b->place->rom, b->place->size,
                            emlrt_all_ops, 0, memory,
                            b->info.stream_bytes) == EMLRT_OK);
  for (; left != 0; left -= used, at += octets_of(b, used)) {
    PROMISE(emlrt_stream_push_as(&stream, 0, at, left < PIECE ? left : PIECE,
                                 &used) == EMLRT_OK);
    if (emlrt_stream_ready(&stream)) take_answers(b, &stream, i);
  }
  free(memory);
}

/* Whether a call ends as firmware's do. A blob that emlrt_verify refuses may say so
 * sooner. */
static int ends_so(const bench *b, emlrt_status status, emlrt_status want) {
  return (status == EMLRT_OK) == (want == EMLRT_OK) ||
         (status == EMLRT_ERR_COUNT && emlrt_verify(&b->model) != EMLRT_OK);
}

static void compare_scores(const bench *b, size_t n) {
  uint8_t *x = must_malloc(n * b->in), *y = must_malloc(n * b->out);
  memcpy(x, b->x, n * b->in);
  PROMISE(emlrt_host_run(&b->model, NULL, x, n, y) == b->ran);
  PROMISE(b->ran != EMLRT_OK || memcmp(y, b->y, n * b->out) == 0);
  free(x);
  free(y);
}

static void compare_classes(const bench *b, size_t n) {
  size_t i, m = n * b->info.n_outputs;
  int64_t *classes = must_malloc(m * sizeof *classes);
  emlrt_status status = emlrt_host_classify(&b->model, NULL, b->x, n, classes);
  PROMISE(ends_so(b, status, b->classified));
  for (i = 0; status == EMLRT_OK && i < m; i++)
    PROMISE(classes[i] == (int64_t)b->classes[i]);
  free(classes);
}

static void compare_proba(const bench *b, size_t n) {
  size_t i, m = n * b->info.n_classes;
  double *p = must_malloc(m * sizeof *p);
  emlrt_status status = emlrt_host_predict_proba(&b->model, NULL, b->x, n, p);
  PROMISE(ends_so(b, status, b->weighed));
  for (i = 0; status == EMLRT_OK && i < m; i++) {
    double want = (double)b->p[i];
    PROMISE(memcmp(&p[i], &want, sizeof want) == 0);
  }
  free(p);
}

/* A row in memory of exactly its size. */
static void compare_memory(const bench *b) {
  size_t bytes = emlrt_row_memory(&b->model);
  uint64_t *memory = must_malloc(bytes);
  uint8_t *y = must_malloc(b->out);
  PROMISE(bytes % 8 == 0);
  memset(memory, 0xA5, bytes);
  PROMISE(emlrt_stream_row(&b->model, b->x, y, memory) == b->ran);
  PROMISE(b->ran != EMLRT_OK || memcmp(y, b->y, b->out) == 0);
  free(memory);
  free(y);
}

/* Memory that ends, and calls that such a model does not take. */
static void misuse(const bench *b) {
  uint8_t *y = must_malloc(b->out);
  double p[1] = {0};
  emlrt_status status;
  fail_alloc(1);
  status = emlrt_host_run(&b->model, NULL, b->x, 1, y);
  fail_alloc(0);
  PROMISE(status == b->ran || status == EMLRT_ERR_SCRATCH);
  PROMISE(emlrt_host_new(&b->model) == NULL);
  PROMISE(emlrt_host_classify_one(&b->model, NULL, b->x, 0) ==
          EMLRT_ERR_ARGUMENT);
  PROMISE(emlrt_host_proba_one(&b->model, NULL, b->x, 0, p) ==
          EMLRT_ERR_ARGUMENT);
  PROMISE(emlrt_host_values_one(&b->model, NULL, b->x, 0, p) ==
          EMLRT_ERR_ARGUMENT);
  free(y);
}

static void use_rows(bench *b) {
  static const size_t rows[] = {1, 3, ROWS};
  size_t i;
  b->in = octets_of(b, emlrt_row_elements(&b->model));
  b->out = b->info.n_scores * (size_t)4;
  b->x = make_samples(b->info.input_dtype,
                      ROWS * (size_t)emlrt_row_elements(&b->model));
  b->y = must_malloc(ROWS * b->out);
  b->classes = must_malloc(ROWS * b->info.n_outputs * sizeof *b->classes);
  b->p = must_malloc(ROWS * b->info.n_classes * sizeof *b->p);
  for (i = 0; i < ROWS; i++) make_answer(b, i);
  for (i = 0; i < sizeof rows / sizeof *rows; i++) {
    compare_scores(b, rows[i]);
    compare_classes(b, rows[i]);
    compare_proba(b, rows[i]);
  }
  compare_memory(b);
  misuse(b);
  free(b->x);
  free(b->y);
  free(b->classes);
  free(b->p);
}

emlrt_status use_kept(const blob_place *place) {
  bench b;
  emlrt_status status = emlrt_host_open(&b.model, place->rom, place->size);
  b.place = place;
  if (status != EMLRT_OK) return status;
  PROMISE(emlrt_peek(&b.info, place->rom, place->size) == EMLRT_OK);
  if (emlrt_row_elements(&b.model) <= MOST_ELEMENTS &&
      b.info.n_scores <= MOST_ELEMENTS && b.info.stream_bytes <= MOST_BYTES)
    use_rows(&b);
  return status;
}
