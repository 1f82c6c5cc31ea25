/* SPDX-License-Identifier: MIT */
#include "use_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "memory/memory.h"
#include "use_kept.h"

/* What is run, not just laid out. */
#define MOST_ELEMENTS 2048u
#define MOST_ARENA 65536u
#define MOST_ROWS 70u
/* Layouts that are tried with a memory that ends. */
#define MOST_FAILURES 12u

/* Octets and calls so far, and the call that fails, counted from 1. */
static size_t taken, takes, failing;

void *emlrt_alloc(size_t n, size_t size) {
  if (++takes == failing || n > SIZE_MAX / 2 / size) return NULL;
  taken += n * size;
  return calloc(n != 0 ? n : 1, size);
}

void fail_alloc(size_t at) {
  takes = 0;
  failing = at;
}

/* An open model and rows for it. */
typedef struct bench {
  emlrt_model model;
  emlrt_info info;
  uint8_t *x; /* MOST_ROWS rows */
  uint8_t *y; /* what firmware says of each */
  uint32_t *classes;
  emlrt_status classified; /* how emlrt_classify ended */
  int honest; /* whether no row has more votes than vote_total says */
} bench;

EMLRT_WRAPS static uint32_t next(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*state >> 33 & UINT32_MAX);
}

/* Bits of a float: odd ones, those that a threshold of the blob is, or nearly,
 * and plain ones. */
static uint32_t float_bits(const uint8_t *octets, size_t size,
                           uint64_t *state) {
  static const uint32_t odd[] = {0x00000000, 0x80000000, 0x7FC00000, 0xFFC12345,
                                 0x7F800000, 0xFF800000, 0x00000001, 0x807FFFFF,
                                 0x7F7FFFFF, 0x3F800000, 0xBF99999A};
  uint32_t kind = next(state) % 8, bits;
  if (kind < 3) return odd[next(state) % 11];
  if (kind == 7) return (next(state) << 1 & 0x80FFFFFFu) | 0x3F000000u;
  bits = get32(octets + next(state) % (size / 4) * 4);
  if ((bits & 0x80000000u) != 0) bits ^= 0x7FFFFFFFu;
  if (kind == 5 && bits != UINT32_MAX) bits++;
  if (kind == 6 && bits != 0) bits--;
  return bits;
}

static void make_rows(bench *b, const uint8_t *octets, size_t size) {
  size_t width = (size_t)1 << (b->info.input_dtype & 3u), i;
  size_t n = b->info.n_inputs * (size_t)MOST_ROWS;
  uint64_t state = size + b->info.n_inputs;
  b->x = must_malloc(n * width);
  for (i = 0; i < n; i++) {
    uint32_t bits = next(&state) % 2 ? next(&state) % 4 : next(&state);
    if (b->info.input_dtype == EMLRT_F32)
      bits = float_bits(octets, size, &state);
    bits = bits % 16 == 5 ? bits | 0x7Fu : bits;
    if (width == 4)
      memcpy(b->x + i * 4, &bits, 4);
    else if (width == 2)
      memcpy(b->x + i * 2, (uint16_t[]){(uint16_t)(bits & 0xFFFFu)}, 2);
    else
      b->x[i] = (uint8_t)(bits & 0xFFu);
  }
}

static size_t row_octets(const bench *b) {
  return (size_t)b->info.n_inputs << (b->info.input_dtype & 3u);
}

/* The votes of all trees of the first stage, if those are soft: sums of more wrap. */
static uint64_t trees_votes(const bench *b) {
  emlrt_rom stage = emlrt_stages(b->model.blob);
  emlrt_rom trees = emlrt_rom_at(stage, EMLRT_OCTETS(emlrt_stage));
  if (EMLRT_STAGE32(stage, op) >> 20 != EMLRT_OP_TREES_SOFT_U8 >> 20 ||
      EMLRT_HEADER16(b->model.blob, n_stages) != 1)
    return 0;
  return (uint64_t)emlrt_r32(trees, EMLRT_AT(emlrt_trees, unit)) *
         emlrt_r32(trees, EMLRT_AT(emlrt_trees, n_trees));
}

/* Whether a row's votes are as many as the header says, or less: firmware stops
 * at the majority of those, which for others need not be the winner's. */
static int votes_fit(const bench *b, const uint8_t *y) {
  uint64_t sum = trees_votes(b);
  uint32_t k;
  if (b->info.output != EMLRT_OUTPUT_VOTES) return 1;
  if (sum > EMLRT_HEADER32(b->model.blob, vote_total)) return 0;
  sum = 0;
  for (k = 0; k < b->info.n_scores; k++) sum += get32(y + 4 * (size_t)k);
  return sum <= EMLRT_HEADER32(b->model.blob, vote_total);
}

/* One row after another, as firmware does. */
static void make_answers(bench *b) {
  size_t i, out = b->info.n_scores * (size_t)4;
  void *scratch = must_malloc(b->info.scratch_bytes);
  b->y = must_malloc(out * MOST_ROWS);
  b->classes = must_malloc(b->info.n_outputs * sizeof(uint32_t) * MOST_ROWS);
  b->classified = EMLRT_OK;
  b->honest = 1;
  for (i = 0; i < MOST_ROWS; i++) {
    const uint8_t *x = b->x + i * row_octets(b);
    PROMISE(emlrt_run(&b->model, x, b->info.n_inputs, b->y + i * out,
                      b->info.n_scores, scratch,
                      b->info.arena_bytes) == EMLRT_OK);
    b->honest &= votes_fit(b, b->y + i * out);
    if (b->classified == EMLRT_OK)
      b->classified = emlrt_classify(
          &b->model, x, b->info.n_inputs, b->classes + i * b->info.n_outputs,
          b->info.n_outputs, scratch, b->info.scratch_bytes);
  }
  free(scratch);
}

/* Whether a probability is a float, as bits. */
static int same_number(double p, float want) {
  double wide = (double)want;
  return memcmp(&p, &wide, sizeof p) == 0;
}

/* Whether a call may end so where firmware's does not. */
static int excused(const bench *b, emlrt_status status) {
  if (status == EMLRT_ERR_SCRATCH) return failing != 0;
  return status == EMLRT_ERR_COUNT && emlrt_verify(&b->model) != EMLRT_OK;
}

/* Whether n rows of scores are the firmware's. */
static void same(const uint8_t *y, const uint8_t *want, size_t n, size_t out) {
  size_t i;
  for (i = 0; i < n * out; i += 4)
    if (memcmp(y + i, want + i, 4) != 0)
      fprintf(stderr, "row %u of %u, score %u: %08X, not %08X\n",
              (unsigned)(i / out), (unsigned)n, (unsigned)(i % out / 4),
              (unsigned)get32(y + i), (unsigned)get32(want + i));
  PROMISE(memcmp(y, want, n * out) == 0);
}

/* Scores of n rows by the host, into blocks of exactly their size. */
static void compare_scores(const bench *b, const emlrt_host *host, size_t n) {
  size_t in = row_octets(b), out = b->info.n_scores * (size_t)4;
  uint8_t *x = must_malloc(n * in), *y = must_malloc(n * out);
  emlrt_status status;
  memcpy(x, b->x, n * in);
  memset(y, 0xA5, n * out);
  status = emlrt_host_run(&b->model, host, x, n, y);
  PROMISE(status == EMLRT_OK || excused(b, status));
  if (status == EMLRT_OK) same(y, b->y, n, out);
  free(x);
  free(y);
}

static void compare_classes(const bench *b, const emlrt_host *host, size_t n) {
  size_t i, m = n * b->info.n_outputs;
  int64_t *classes = must_malloc(m * sizeof *classes);
  emlrt_status status = emlrt_host_classify(&b->model, host, b->x, n, classes);
  PROMISE((status == EMLRT_OK) == (b->classified == EMLRT_OK) ||
          excused(b, status));
  for (i = 0; status == EMLRT_OK && b->honest && i < m; i++)
    PROMISE(classes[i] == (int64_t)b->classes[i]);
  free(classes);
}

/* Probabilities of n rows by the host, and by firmware's call for each. */
static void compare_proba(const bench *b, const emlrt_host *host, size_t n) {
  size_t m = b->info.n_classes, i, k;
  double *p = must_malloc(n * m * sizeof *p);
  float *want = must_malloc(m * sizeof *want);
  void *scratch = must_malloc(b->info.scratch_bytes);
  emlrt_status status = emlrt_host_predict_proba(&b->model, host, b->x, n, p);
  for (i = 0; i < n; i++) {
    emlrt_status wanted =
        emlrt_proba(&b->model, b->x + i * row_octets(b), b->info.n_inputs, want,
                    m, scratch, b->info.scratch_bytes);
    PROMISE(status == wanted || excused(b, status));
    for (k = 0; k < m && status == EMLRT_OK; k++)
      PROMISE(same_number(p[i * m + k], want[k]));
  }
  free(p);
  free(want);
  free(scratch);
}

/* Whether floats of a row are all finite. */
static int is_finite(const bench *b, const uint8_t *x) {
  uint32_t i;
  if (b->info.input_dtype != EMLRT_F32) return 1;
  for (i = 0; i < b->info.n_inputs; i++)
    if ((get32(x + i * (size_t)4) & 0x7F800000u) == 0x7F800000u) return 0;
  return 1;
}

/* The class that one row has by one call: as classify has it, as 0 for a row to look
 * at, or not at all. */
static void check_one(const bench *b, size_t row, int64_t found) {
  if (b->info.n_outputs != 1)
    PROMISE(found == EMLRT_ERR_ARGUMENT);
  else if (!is_finite(b, b->x + row * row_octets(b)))
    PROMISE(found == 0);
  else if (found > 0)
    PROMISE(!b->honest || found - 1 == (int64_t)b->classes[row]);
  else
    PROMISE(b->classified != EMLRT_OK || excused(b, (emlrt_status)found));
}

/* Rows by one call each, as they are and as doubles. */
static void compare_one(const bench *b, const emlrt_host *host, size_t n) {
  size_t row, i;
  double *wide = must_malloc(b->info.n_inputs * sizeof *wide);
  for (row = 0; row < n; row++) {
    const uint8_t *x = b->x + row * row_octets(b);
    int64_t found;
    check_one(b, row, emlrt_host_classify_one(&b->model, host, x, 0));
    for (i = 0; i < b->info.n_inputs; i++) {
      float number = 0;
      if (b->info.input_dtype == EMLRT_F32) memcpy(&number, x + i * 4, 4);
      wide[i] = (double)number;
    }
    found = emlrt_host_classify_one(&b->model, host, wide, 1);
    if (b->info.input_dtype == EMLRT_F32)
      check_one(b, row, found);
    else
      PROMISE(found == EMLRT_ERR_ARGUMENT);
  }
  free(wide);
}

/* Where blobs are used in fewer ways, on two of the four numbers of rows. */
static void compare(const bench *b, const emlrt_host *host, unsigned ways) {
  static const size_t rows[] = {1, 3, 17, MOST_ROWS};
  size_t k;
  for (k = 0; k < sizeof rows / sizeof *rows; k++) {
    if (use_fewer_inputs && (k + ways) % 2 != 0) continue;
    compare_scores(b, host, rows[k]);
    compare_classes(b, host, rows[k]);
    if (rows[k] == MOST_ROWS) compare_proba(b, host, MOST_ROWS);
    if (rows[k] == 17) compare_one(b, host, 5);
  }
}

/* Layouts and runs whose memory ends at each of the first calls. */
static void fail(const bench *b) {
  for (failing = 1; failing <= MOST_FAILURES; failing++) {
    emlrt_host *host;
    takes = 0;
    host = emlrt_host_new(&b->model);
    compare_scores(b, host, 17);
    emlrt_host_free(host);
  }
  for (failing = 1; failing <= 3; failing++) {
    size_t at = failing;
    emlrt_host *host;
    failing = 0;
    host = emlrt_host_new(&b->model);
    takes = 0;
    failing = at;
    compare_scores(b, host, MOST_ROWS);
    takes = 0;
    compare_scores(b, host, 3);
    emlrt_host_free(host);
  }
  failing = 0;
}

static void use_rows(bench *b, const emlrt_host *host, const uint8_t *octets,
                     size_t size) {
  unsigned ways = octets[12]; /* of the CRC */
  if (b->info.n_inputs > MOST_ELEMENTS || b->info.n_scores > MOST_ELEMENTS ||
      b->info.arena_bytes > MOST_ARENA)
    return;
  make_rows(b, octets, size);
  make_answers(b);
  if (!use_fewer_inputs || ways % 4 == 0) compare(b, NULL, ways);
  compare(b, host, ways / 4);
  if (!use_fewer_inputs || ways % 4 == 1) fail(b);
  free(b->x);
  free(b->y);
  free(b->classes);
}

static void count_stages(const emlrt_host *host, host_use *use) {
  unsigned k;
  use->stages = emlrt_host_stages(host);
  for (k = 0; k < host->n_stages; k++) {
    use->through +=
        host->forests[k] != NULL && host->inputs[k] != EMLRT_HOST_DIRECT;
    use->left_out += !host->needed[k];
  }
}

/* A block of rows takes little memory, or is one row. */
static void check_block(const bench *b, const emlrt_host *host) {
  size_t rows = emlrt_batch_rows(&b->model, host);
  size_t octets = b->info.arena_bytes + b->info.n_scores * (size_t)4;
  PROMISE(rows == 1 || (rows != 0 && rows * octets <= HOST_BLOCK));
}

host_use use_host(const uint8_t *octets, size_t size) {
  blob_place place = place_blob(octets, size);
  host_use use = {EMLRT_OK, 0, 0, 0, 0};
  bench b;
  emlrt_host *host;
  use.status = emlrt_open(&b.model, place.rom, place.size, emlrt_all_ops);
  if (use.status == EMLRT_ERR_STATE) {
    use.status = use_kept(&place);
    free_blob(&place);
    return use;
  }
  if (use.status == EMLRT_OK) {
    PROMISE(emlrt_peek(&b.info, place.rom, place.size) == EMLRT_OK);
    taken = 0;
    host = emlrt_host_new(&b.model);
    use.taken = taken;
    PROMISE(host != NULL);
    count_stages(host, &use);
    check_block(&b, NULL);
    check_block(&b, host);
    PROMISE(taken <= HOST_TIMES * size + HOST_MORE);
    use_rows(&b, host, octets, size);
    emlrt_host_free(host);
  }
  free_blob(&place);
  return use;
}
