/* SPDX-License-Identifier: MIT
 *
 * arguments PACK: calls every function with one wrong argument after another, on
 * each blob of a pack (see answers.c) that opens and verifies, and aborts where
 * a status is not the one that the headers say. Prints how many blobs and calls.
 */
#include <emlrt/emlrt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emlrt_host.h"

#define MOST_ELEMENTS 2048u
#define MOST_ARENA 65536u
#define ROWS 3u

static unsigned long calls, blobs;

/* An open model with what its functions take. */
typedef struct bench {
  emlrt_model model;
  emlrt_info info;
  uint8_t *blob;
  uint32_t size;
  char *x, *scratch;
  uint32_t *y, *classes;
  int64_t *wide;
  float *p;
  size_t nx, ny, n_classes, arena, whole;
} bench;

static const emlrt_model closed;
static const int NONE = 1; /* any status will do: no crash is what is asked */

static void must(int want, emlrt_status got, int line) {
  calls++;
  if (want == NONE || got == want) return;
  fprintf(stderr, "blob %lu, line %d: %d, not %d\n", blobs, line, (int)got,
          want);
  abort();
}
#define MUST(want, call) must(want, call, __LINE__)

static void *must_take(size_t n) {
  void *memory = calloc(n + 8, 1);
  if (memory == NULL) abort();
  return memory;
}

static void wrong_blobs(const bench *b) {
  emlrt_model model;
  emlrt_info info;
  const emlrt_op *none[1] = {NULL};
  MUST(EMLRT_ERR_ARGUMENT, emlrt_peek(NULL, b->blob, b->size));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_peek(&info, NULL, b->size));
  MUST(EMLRT_ERR_ALIGN, emlrt_peek(&info, b->blob + 1, b->size - 1));
  MUST(EMLRT_ERR_SIZE, emlrt_peek(&info, b->blob, b->size - 4));
  MUST(EMLRT_ERR_ARGUMENT,
       emlrt_open(NULL, b->blob, b->size, emlrt_all_ops));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_open(&model, NULL, b->size, emlrt_all_ops));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_open(&model, b->blob, b->size, NULL));
  MUST(EMLRT_ERR_ALIGN,
       emlrt_open(&model, b->blob + 2, b->size, emlrt_all_ops));
  MUST(EMLRT_ERR_SIZE,
       emlrt_open(&model, b->blob, b->size + 4, emlrt_all_ops));
  MUST(EMLRT_ERR_OP, emlrt_open(&model, b->blob, b->size, none));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_verify(&model));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_verify(NULL));
}

#define RUN(model, dtype, x, nx, y, ny, scratch, size) \
  emlrt_run_as(model, dtype, x, nx, y, ny, scratch, size)

static void wrong_runs(const bench *b) {
  const emlrt_model *m = &b->model;
  uint32_t dtype = b->info.input_dtype | (uint32_t)b->info.score_dtype << 8;
  MUST(EMLRT_ERR_ARGUMENT,
       RUN(NULL, 0, b->x, b->nx, b->y, b->ny, b->scratch, b->arena));
  MUST(EMLRT_ERR_ARGUMENT,
       RUN(&closed, 0, b->x, b->nx, b->y, b->ny, b->scratch, b->arena));
  MUST(EMLRT_ERR_ARGUMENT,
       RUN(m, 0, NULL, b->nx, b->y, b->ny, b->scratch, b->arena));
  MUST(EMLRT_ERR_ARGUMENT,
       RUN(m, 0, b->x, b->nx, NULL, b->ny, b->scratch, b->arena));
  MUST(EMLRT_ERR_COUNT,
       RUN(m, 0, b->x, b->nx + 1, b->y, b->ny, b->scratch, b->arena));
  MUST(EMLRT_ERR_COUNT,
       RUN(m, 0, b->x, b->nx, b->y, b->ny - 1, b->scratch, b->arena));
  MUST(EMLRT_ERR_ALIGN,
       RUN(m, 0, b->x, b->nx, b->y, b->ny, b->scratch + 4, b->arena));
  MUST(EMLRT_ERR_DTYPE,
       RUN(m, dtype ^ 1, b->x, b->nx, b->y, b->ny, b->scratch, b->arena));
  MUST(EMLRT_ERR_DTYPE,
       RUN(m, dtype ^ 0x100, b->x, b->nx, b->y, b->ny, b->scratch, b->arena));
  MUST(EMLRT_OK,
       RUN(m, dtype, b->x, b->nx, b->y, b->ny, b->scratch, b->arena));
  MUST(b->arena ? EMLRT_ERR_SCRATCH : EMLRT_OK,
       RUN(m, 0, b->x, b->nx, b->y, b->ny, NULL, b->arena));
  if (b->arena == 0) return;
  MUST(EMLRT_ERR_SCRATCH,
       RUN(m, 0, b->x, b->nx, b->y, b->ny, b->scratch, b->arena - 1));
}

/* The finishers, of a model that has such answers. */
#define WRONG_FINISH(finish, out, n)                                           \
  do {                                                                         \
    MUST(EMLRT_ERR_ARGUMENT,                                                   \
         finish(NULL, 0, b->x, b->nx, out, n, b->scratch, b->whole));          \
    MUST(EMLRT_ERR_ARGUMENT,                                                   \
         finish(&closed, 0, b->x, b->nx, out, n, b->scratch, b->whole));       \
    MUST(EMLRT_ERR_ARGUMENT,                                                   \
         finish(m, 0, NULL, b->nx, out, n, b->scratch, b->whole));             \
    MUST(EMLRT_ERR_ARGUMENT,                                                   \
         finish(m, 0, b->x, b->nx, NULL, n, b->scratch, b->whole));            \
    MUST(EMLRT_ERR_COUNT,                                                      \
         finish(m, 0, b->x, b->nx + 1, out, n, b->scratch, b->whole));         \
    MUST(EMLRT_ERR_COUNT,                                                      \
         finish(m, 0, b->x, b->nx, out, n + 1, b->scratch, b->whole));         \
    MUST(EMLRT_ERR_SCRATCH,                                                    \
         finish(m, 0, b->x, b->nx, out, n, NULL, b->whole));                   \
    MUST(EMLRT_ERR_SCRATCH,                                                    \
         finish(m, 0, b->x, b->nx, out, n, b->scratch, b->whole - 1));         \
    MUST(EMLRT_ERR_ALIGN,                                                      \
         finish(m, 0, b->x, b->nx, out, n, b->scratch + 4, b->whole));         \
    MUST(EMLRT_ERR_DTYPE, finish(m, b->info.input_dtype ^ 1u, b->x, b->nx,     \
                                 out, n, b->scratch, b->whole));               \
    MUST(EMLRT_OK, finish(m, 0, b->x, b->nx, out, n, b->scratch, b->whole));   \
  } while (0)

static void wrong_answers(const bench *b) {
  const emlrt_model *m = &b->model;
  emlrt_status has = emlrt_classify(m, b->x, b->nx, b->classes,
                                    b->info.n_outputs, b->scratch, b->whole);
  if (has == EMLRT_OK)
    WRONG_FINISH(emlrt_classify_as, b->classes, b->info.n_outputs);
  has = emlrt_proba(m, b->x, b->nx, b->p, b->n_classes, b->scratch, b->whole);
  if (has == EMLRT_OK) WRONG_FINISH(emlrt_proba_as, b->p, b->n_classes);
}

/* Where the list lacks what only finishers need, they say so. */
static void fewer_ops(const bench *b) {
  static const uint32_t codes[] = {EMLRT_OP_CHOOSE, EMLRT_OP_SOFTMAX,
                                   EMLRT_OP_LOGISTIC};
  static const emlrt_op *ops[256];
  emlrt_model model;
  size_t i, n, k;
  for (k = 0; k < 3; k++) {
    for (i = n = 0; emlrt_all_ops[i] != NULL; i++) {
      ops[n] = emlrt_all_ops[i];
      n += *(const uint32_t *)(const void *)ops[n] != codes[k];
    }
    ops[n] = NULL;
    if (emlrt_open(&model, b->blob, b->size, ops) != EMLRT_OK) continue;
    MUST(NONE, emlrt_classify(&model, b->x, b->nx, b->classes,
                              b->info.n_outputs, b->scratch, b->whole));
    MUST(NONE, emlrt_proba(&model, b->x, b->nx, b->p, b->n_classes, b->scratch,
                           b->whole));
  }
}

static void wrong_texts(const bench *b) {
  const emlrt_model *m = &b->model;
  char text[80];
  MUST(EMLRT_ERR_ARGUMENT, emlrt_label(NULL, 0, 0, text, 80));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_label(&closed, 0, 0, text, 80));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_name(NULL, EMLRT_META_NOTE, 0, text, 80));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_name(&closed, EMLRT_META_NOTE, 0, text, 80));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_name(m, EMLRT_META_GOLDEN, 0, text, 80));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_name(m, 0, 0, text, 80));
  if (emlrt_label(m, 0, 0, text, 80) == EMLRT_OK) {
    MUST(EMLRT_ERR_ARGUMENT, emlrt_label(m, 0, 0, NULL, 80));
    MUST(EMLRT_ERR_BUFFER, emlrt_label(m, 0, 0, text, 0));
    MUST(EMLRT_ERR_COUNT, emlrt_label(m, b->info.n_outputs, 0, text, 80));
    MUST(EMLRT_ERR_COUNT, emlrt_label(m, 0, UINT32_MAX, text, 80));
  }
  if (emlrt_name(m, EMLRT_META_FEATURES, 0, text, 80) == EMLRT_OK) {
    MUST(EMLRT_ERR_ARGUMENT, emlrt_name(m, EMLRT_META_FEATURES, 0, NULL, 80));
    MUST(EMLRT_ERR_COUNT,
         emlrt_name(m, EMLRT_META_FEATURES, b->info.n_inputs, text, 80));
  }
}

static void wrong_selftests(const bench *b) {
  const emlrt_model *m = &b->model;
  size_t size = b->info.golden_bytes;
  MUST(EMLRT_ERR_ARGUMENT, emlrt_selftest(NULL, b->scratch, size));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_selftest(&closed, b->scratch, size));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_selftest(m, NULL, size));
  MUST(EMLRT_ERR_ALIGN, emlrt_selftest(m, b->scratch + 4, size));
  if (emlrt_selftest(m, b->scratch, size) != EMLRT_ERR_ABSENT)
    MUST(EMLRT_ERR_SCRATCH, emlrt_selftest(m, b->scratch, size - 1));
}

static void wrong_items(const bench *b) {
  const emlrt_model *m = &b->model;
  uint32_t seen[2], index;
  emlrt_items items;
  items.x = must_take(b->nx * 8);
  items.classes = seen;
  items.count = 0;
  items.capacity = 2;
  MUST(EMLRT_ERR_ARGUMENT, emlrt_items_add(NULL, &items, b->x, b->nx, 0));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_items_add(&closed, &items, b->x, b->nx, 0));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_items_add(m, NULL, b->x, b->nx, 0));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_items_add(m, &items, NULL, b->nx, 0));
  if (emlrt_items_add(m, &items, b->x, b->nx, 0) == EMLRT_OK) {
    MUST(EMLRT_ERR_COUNT, emlrt_items_add(m, &items, b->x, b->nx + 1, 0));
    MUST(EMLRT_ERR_COUNT,
         emlrt_items_add(m, &items, b->x, b->nx, b->info.n_classes));
    MUST(EMLRT_ERR_ARGUMENT, emlrt_items_classify(m, NULL, b->x, b->nx, &index,
                                                  b->scratch, b->whole));
    MUST(EMLRT_ERR_ARGUMENT,
         emlrt_items_classify(NULL, &items, b->x, b->nx, &index, b->scratch,
                              b->whole));
    MUST(EMLRT_ERR_COUNT, emlrt_items_classify(m, &items, b->x, b->nx + 1,
                                               &index, b->scratch, b->whole));
  }
  free(items.x);
}

static void wrong_hosts(const bench *b) {
  const emlrt_model *m = &b->model;
  size_t n = ROWS;
  char *y = (char *)b->y;
  emlrt_host_free(NULL);
  if (emlrt_host_new(&closed) != NULL || emlrt_host_stages(NULL) != 0) abort();
  MUST(EMLRT_ERR_ARGUMENT, emlrt_host_run(&closed, NULL, b->x, n, y));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_host_run(m, NULL, NULL, n, y));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_host_run(m, NULL, b->x, n, NULL));
  MUST(EMLRT_ERR_ALIGN, emlrt_host_run(m, NULL, b->x, n, y + 1));
  MUST(EMLRT_OK, emlrt_host_run(m, NULL, NULL, 0, NULL));
  if ((b->info.input_dtype & 3) != 0)
    MUST(EMLRT_ERR_ALIGN, emlrt_host_run(m, NULL, b->x + 1, n, y));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_host_classify(&closed, NULL, b->x, n, b->wide));
  MUST(NONE, emlrt_host_classify(m, NULL, b->x, n, NULL));
  MUST(NONE, emlrt_host_classify(m, NULL, b->x, n,
                                 (int64_t *)(void *)(y + 4)));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_host_proba(&closed, y, n, b->p));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_host_proba(m, NULL, n, b->p));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_host_proba(m, y, n, NULL));
  MUST(EMLRT_ERR_ALIGN, emlrt_host_proba(m, y + 2, n, b->p));
  MUST(EMLRT_ERR_ALIGN, emlrt_host_proba(m, y, n, (float *)(void *)(y + 2)));
}

static void wrong_applications(void) {
  float x[6] = {0, 1, -1, 2, 3, 4}, y[6];
  char *odd = (char *)x + 1;
  MUST(EMLRT_ERR_ARGUMENT, emlrt_host_apply(EMLRT_OP_ABS, NULL, 2, 3, y, 3));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_host_apply(EMLRT_OP_ABS, x, 2, 3, NULL, 3));
  MUST(EMLRT_ERR_ALIGN,
       emlrt_host_apply(EMLRT_OP_ABS, (float *)(void *)odd, 1, 3, y, 3));
  MUST(EMLRT_ERR_ALIGN,
       emlrt_host_apply(EMLRT_OP_ABS, x, 1, 3, (float *)(void *)odd, 3));
  MUST(EMLRT_ERR_OP, emlrt_host_apply(0x12345678, x, 2, 3, y, 3));
  MUST(EMLRT_ERR_COUNT, emlrt_host_apply(EMLRT_OP_ABS, x, 2, 0, y, 3));
  MUST(EMLRT_ERR_COUNT, emlrt_host_apply(EMLRT_OP_ABS, x, 2, 3, y, 0));
  MUST(EMLRT_ERR_PAYLOAD, emlrt_host_apply(EMLRT_OP_ABS, x, 2, 3, y, 2));
  MUST(EMLRT_ERR_PAYLOAD, emlrt_host_apply(EMLRT_OP_CAST_U8, x, 2, 3, y, 3));
  MUST(EMLRT_OK, emlrt_host_apply(EMLRT_OP_ABS, x, 2, 3, y, 3));
  if (y[2] != 1 || emlrt_host_scan(y, 6) != 0) abort();
}

/* Functions of one number at floats of every size: a NaN is always the same. */
static void sweep(void) {
  static const uint32_t codes[] = {
      EMLRT_OP_LOGISTIC, EMLRT_OP_TANH,     EMLRT_OP_EXP,   EMLRT_OP_EXPM1,
      EMLRT_OP_LOG,      EMLRT_OP_LOG1P,    EMLRT_OP_SQRT,  EMLRT_OP_ERF,
      EMLRT_OP_NDTRI,    EMLRT_OP_COS,      EMLRT_OP_ABS,   EMLRT_OP_SQUARE,
      EMLRT_OP_SOFTPLUS, EMLRT_OP_SOFTSIGN, EMLRT_OP_SILU,  EMLRT_OP_GELU,
      EMLRT_OP_GELU_TANH, EMLRT_OP_RECIPROCAL, EMLRT_OP_SOFTMAX};
  const uint32_t step = 0x7FF;
  size_t n = UINT32_MAX / step / 64, i, k;
  uint32_t bits;
  float *x = (float *)must_take(n * 4), *y = (float *)must_take(n * 4);
  for (i = 0; i < n; i++) {
    bits = (uint32_t)(i * step * 64);
    memcpy(x + i, &bits, 4);
  }
  for (k = 0; k < sizeof codes / sizeof *codes; k++) {
    MUST(EMLRT_OK, emlrt_host_apply(codes[k], x, n, 1, y, 1));
    for (i = 0; i < n; i++) {
      memcpy(&bits, y + i, 4);
      if (y[i] != y[i] && bits != 0x7FC00000u) abort();
    }
  }
  free(x);
  free(y);
}

static void every_sentence(void) {
  int k;
  for (k = 3; k > -40; k--)
    if (emlrt_strerror((emlrt_status)k)[0] == 0) abort();
  if (emlrt_strerror(EMLRT_STATUS_WIDE)[0] == 0 || emlrt_version()[0] == 0)
    abort();
}

static int open_bench(bench *b) {
  if (emlrt_peek(&b->info, b->blob, b->size) != EMLRT_OK ||
      emlrt_open(&b->model, b->blob, b->size, emlrt_all_ops) != EMLRT_OK ||
      emlrt_verify(&b->model) != EMLRT_OK)
    return 0;
  b->nx = b->info.n_inputs;
  b->ny = b->info.n_scores;
  b->n_classes = b->info.n_classes;
  b->arena = b->info.arena_bytes;
  b->whole = b->info.scratch_bytes;
  return b->nx <= MOST_ELEMENTS && b->ny <= MOST_ELEMENTS &&
         b->arena <= MOST_ARENA;
}

static void use(bench *b) {
  blobs++;
  b->x = (char *)must_take(b->nx * 4 * ROWS);
  b->y = (uint32_t *)must_take(b->ny * 4 * ROWS);
  b->p = (float *)must_take(b->n_classes * 4 * ROWS);
  b->classes = (uint32_t *)must_take(b->info.n_outputs * 4u);
  b->wide = (int64_t *)must_take(b->info.n_outputs * 8u * ROWS);
  b->scratch = (char *)must_take(b->info.golden_bytes + b->whole);
  wrong_blobs(b);
  wrong_runs(b);
  wrong_answers(b);
  fewer_ops(b);
  wrong_texts(b);
  wrong_selftests(b);
  wrong_items(b);
  wrong_hosts(b);
  free(b->x);
  free(b->y);
  free(b->p);
  free(b->classes);
  free(b->wide);
  free(b->scratch);
}

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  bench b;
  if (file == NULL) return 2;
  wrong_applications();
  sweep();
  every_sentence();
  while (fread(&b.size, 4, 1, file) == 1) {
    b.blob = (uint8_t *)must_take(b.size);
    if (fread(b.blob, 1, b.size, file) != b.size) return 2;
    if (open_bench(&b)) use(&b);
    free(b.blob);
  }
  printf("%lu %lu\n", blobs, calls);
  return 0;
}
