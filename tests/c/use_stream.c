/* SPDX-License-Identifier: MIT */
#include "use_stream.h"

#include <emlrt/prepared.h>
#include <emlrt/stream.h>
#include <stdlib.h>
#include <string.h>

/* What this "firmware" is ready to give a stream, and how much it pushes. */
#define MOST_ELEMENTS 2048u
#define MOST_BYTES 65536u
#define MOST_SAMPLES 6000u

uint8_t *make_samples(unsigned dtype, size_t n) {
  static const uint32_t odd[] = {0x7FC00000, 0xFF800000, 0x00000001};
  size_t width = (size_t)1 << (dtype & 3u), i;
  uint8_t *x = must_malloc(n * width);
  for (i = 0; i < n; i++) {
    float value = (float)(i * 37 % 29) - 14.0f;
    uint32_t bits = (uint32_t)(i * 31 % 97);
    if (dtype == EMLRT_F32) memcpy(&bits, &value, 4);
    if (i % 61 == 60) bits = odd[i % 3];
    x[i * width] = (uint8_t)(bits & 0xFFu);
    if (width > 1)
      memcpy(x + i * width, (uint16_t[]){(uint16_t)(bits & 0xFFFFu)}, 2);
    if (width > 2) memcpy(x + i * width, &bits, 4);
  }
  return x;
}

/* A stream whose memory held something before. */
typedef struct bench {
  emlrt_stream stream;
  emlrt_info info;
  void *memory;
} bench;

static emlrt_status open_bench(bench *b, const blob_place *place, int junk) {
  if (emlrt_peek(&b->info, place->rom, place->size) != EMLRT_OK) {
    uint64_t some[8];
    b->memory = NULL;
    return emlrt_stream_open(&b->stream, place->rom, place->size, emlrt_all_ops,
                             0, some, sizeof some);
  }
  b->memory = b->info.stream_bytes <= MOST_BYTES
                  ? must_malloc(b->info.stream_bytes)
                  : NULL;
  if (b->memory == NULL) return EMLRT_ERR_SCRATCH;
  memset(b->memory, junk, b->info.stream_bytes);
  return emlrt_stream_open(&b->stream, place->rom, place->size, emlrt_all_ops,
                           0, b->memory, b->info.stream_bytes);
}

static void use_ready(const bench *b, int verified) {
  uint32_t *classes = must_malloc(b->info.n_outputs * sizeof *classes);
  float *p = must_malloc(b->info.n_classes * sizeof *p);
  emlrt_status status =
      emlrt_stream_classify(&b->stream, classes, b->info.n_outputs);
  PROMISE(status == EMLRT_OK || status == EMLRT_ERR_KIND ||
          (!verified && status == EMLRT_ERR_COUNT));
  status = emlrt_stream_proba(&b->stream, p, b->info.n_classes);
  PROMISE(
      status == EMLRT_OK || status == EMLRT_ERR_KIND ||
      (!verified && (status == EMLRT_ERR_COUNT || status == EMLRT_ERR_HEADER)));
  PROMISE(emlrt_stream_classify(&b->stream, NULL, 1) == EMLRT_ERR_ARGUMENT);
  free(classes);
  free(p);
}

/* Scores of all windows, one after the other; at most so many. */
static size_t push_all(bench *b, const uint8_t *x, size_t n, size_t piece,
                       uint8_t *scores, size_t most, int verified) {
  size_t width = (size_t)1 << (b->info.input_dtype & 3u), found = 0, used;
  size_t octets = b->info.n_scores * (size_t)4;
  while (n != 0) {
    size_t now = piece < n ? piece : n;
    PROMISE(emlrt_stream_push_as(&b->stream, 0, x, now, &used) == EMLRT_OK);
    PROMISE(used <= now && (used == now || emlrt_stream_ready(&b->stream)));
    if (emlrt_stream_ready(&b->stream) && found < most) {
      memcpy(scores + found++ * octets, emlrt_stream_scores(&b->stream),
             octets);
      use_ready(b, verified);
    }
    x += used * width;
    n -= used;
  }
  return found;
}

static void compare_pieces(bench *one, bench *two, int verified) {
  size_t n = 3 * (size_t)one->info.n_inputs + 40, most = 8, octets;
  uint8_t *x, *a, *b;
  size_t in_one, in_two;
  if (n > MOST_SAMPLES) return;
  octets = one->info.n_scores * (size_t)4;
  x = make_samples(one->info.input_dtype, n);
  a = must_malloc(octets * most);
  b = must_malloc(octets * most);
  in_one = push_all(one, x, n, n, a, most, verified);
  in_two = push_all(two, x, n, 7, b, most, verified);
  PROMISE(in_one == in_two && memcmp(a, b, in_one * octets) == 0);
  PROMISE(emlrt_stream_reset(&two->stream) == EMLRT_OK);
  PROMISE(!emlrt_stream_ready(&two->stream));
  in_two = push_all(two, x, n, 1, b, most, verified);
  PROMISE(in_one == in_two && memcmp(a, b, in_one * octets) == 0);
  free(x);
  free(a);
  free(b);
}

/* What runs stages without state refuses a model that keeps some. */
static void refuse_state(const bench *b) {
  const emlrt_model *m = &b->stream.model;
  uint32_t n = emlrt_stage_count(m), class_index = 0;
  emlrt_prepared prepared;
  emlrt_prepared_stage stages[1];
  emlrt_items items;
  void *y = must_malloc(b->info.n_scores * (size_t)4);
  memset(&items, 0, sizeof items);
  PROMISE(n == 0);
  PROMISE(emlrt_prepare(&prepared, m, stages, 1) == EMLRT_ERR_ARGUMENT);
  PROMISE(emlrt_run(m, b->stream.x, b->info.n_inputs, y, b->info.n_scores,
                    b->stream.scratch,
                    b->info.scratch_bytes) == EMLRT_ERR_ARGUMENT);
  PROMISE(emlrt_items_classify(m, &items, b->stream.x, b->info.n_inputs,
                               &class_index, b->stream.scratch,
                               b->info.scratch_bytes) == EMLRT_ERR_ARGUMENT);
  PROMISE(emlrt_selftest(m, b->stream.scratch, b->info.scratch_bytes) ==
          EMLRT_ERR_ARGUMENT);
  free(y);
}

/* Wrong calls end in their statuses. */
static void misuse_stream(const bench *b, const blob_place *place) {
  emlrt_stream other, none;
  size_t used;
  uint32_t most = b->info.stream_bytes;
  memset(&none, 0, sizeof none);
  PROMISE(emlrt_stream_open(NULL, place->rom, place->size, emlrt_all_ops, 0,
                            b->memory, most) == EMLRT_ERR_ARGUMENT);
  PROMISE(emlrt_stream_open(&other, place->rom, place->size, emlrt_all_ops, 0,
                            NULL, most) == EMLRT_ERR_ARGUMENT);
  PROMISE(emlrt_stream_open(&other, place->rom, place->size, emlrt_all_ops, 0,
                            (char *)b->memory + 1, most) == EMLRT_ERR_ALIGN);
  PROMISE(emlrt_stream_open(&other, place->rom, place->size, emlrt_all_ops, 0,
                            b->memory, most - 1) == EMLRT_ERR_SCRATCH);
  PROMISE(emlrt_stream_push_as(&other, 0, b->memory, 1, &used) ==
          EMLRT_ERR_ARGUMENT);
  PROMISE(emlrt_stream_reset(&none) == EMLRT_ERR_ARGUMENT);
  PROMISE(emlrt_stream_scores(&none) == NULL && !emlrt_stream_ready(NULL));
  PROMISE(emlrt_stream_open(&other, place->rom, place->size, emlrt_all_ops,
                            UINT32_MAX, b->memory, most) == EMLRT_ERR_COUNT);
}

emlrt_status use_stream(const blob_place *place) {
  bench one, two;
  emlrt_status status = open_bench(&one, place, 0xA5);
  emlrt_status other = open_bench(&two, place, 0x5A);
  PROMISE(status == other);
  if (status == EMLRT_OK) {
    size_t used;
    status = emlrt_verify(&one.stream.model);
    misuse_stream(&one, place);
    free(one.memory);
    PROMISE(open_bench(&one, place, 0xA5) == EMLRT_OK);
    if (one.info.state_bytes != 0) refuse_state(&one);
    PROMISE(emlrt_stream_push_as(&one.stream, 0, NULL, 1, &used) ==
            EMLRT_ERR_ARGUMENT);
    PROMISE(emlrt_stream_push_as(&one.stream, 0xEEu, one.memory, 1, &used) ==
            EMLRT_ERR_DTYPE);
    if (one.info.n_inputs <= MOST_ELEMENTS &&
        one.info.n_scores <= MOST_ELEMENTS)
      compare_pieces(&one, &two, status == EMLRT_OK);
  }
  free(one.memory);
  free(two.memory);
  return status;
}
