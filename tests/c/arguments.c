/* SPDX-License-Identifier: MIT
 *
 * arguments PACK: calls every function with one wrong argument after another, on
 * each blob of a pack (see answers.c) that opens and verifies, and aborts where
 * a status is not the one that the headers say: the runtime's by misuse.c, the
 * host's here. Prints how many blobs, and calls of the host.
 */
#include <emlrt/emlrt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emlrt_host.h"
#include "misuse.h"

#define MOST_ELEMENTS 2048u
#define MOST_ARENA 65536u
#define ROWS 3u

static unsigned long calls, blobs;

/* An open model with what the host's functions take. */
typedef struct bench {
  emlrt_model model;
  emlrt_info info;
  uint8_t *blob;
  uint32_t size;
  char *x, *y;
  int64_t *wide;
  float *p;
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

static void wrong_hosts(const bench *b) {
  const emlrt_model *m = &b->model;
  size_t n = ROWS;
  char *y = b->y;
  emlrt_host_free(NULL);
  if (emlrt_host_new(&closed) != NULL || emlrt_host_stages(NULL) != 0) abort();
  MUST(EMLRT_ERR_ARGUMENT, emlrt_host_run(&closed, NULL, b->x, n, y));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_host_run(m, NULL, NULL, n, y));
  MUST(EMLRT_ERR_ARGUMENT, emlrt_host_run(m, NULL, b->x, n, NULL));
  MUST(EMLRT_ERR_ALIGN, emlrt_host_run(m, NULL, b->x, n, y + 1));
  MUST(EMLRT_OK, emlrt_host_run(m, NULL, NULL, 0, NULL));
  if ((b->info.input_dtype & 3) != 0)
    MUST(EMLRT_ERR_ALIGN, emlrt_host_run(m, NULL, b->x + 1, n, y));
  MUST(EMLRT_ERR_ARGUMENT,
       emlrt_host_classify(&closed, NULL, b->x, n, b->wide));
  MUST(NONE, emlrt_host_classify(m, NULL, b->x, n, NULL));
  MUST(NONE, emlrt_host_classify(m, NULL, b->x, n, (int64_t *)(void *)(y + 4)));
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
      EMLRT_OP_LOGISTIC,  EMLRT_OP_TANH,       EMLRT_OP_EXP,    EMLRT_OP_EXPM1,
      EMLRT_OP_LOG,       EMLRT_OP_LOG1P,      EMLRT_OP_SQRT,   EMLRT_OP_ERF,
      EMLRT_OP_NDTRI,     EMLRT_OP_COS,        EMLRT_OP_ABS,    EMLRT_OP_SQUARE,
      EMLRT_OP_SOFTPLUS,  EMLRT_OP_SOFTSIGN,   EMLRT_OP_SILU,   EMLRT_OP_GELU,
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
  return b->info.n_inputs <= MOST_ELEMENTS &&
         b->info.n_scores <= MOST_ELEMENTS && b->info.arena_bytes <= MOST_ARENA;
}

static void use(bench *b) {
  blobs++;
  b->x = (char *)must_take(b->info.n_inputs * 4 * ROWS);
  b->y = (char *)must_take(b->info.n_scores * 4 * ROWS);
  b->p = (float *)must_take(b->info.n_classes * 4 * ROWS);
  b->wide = (int64_t *)must_take(b->info.n_outputs * 8u * ROWS);
  wrong_hosts(b);
  free(b->x);
  free(b->y);
  free(b->p);
  free(b->wide);
  misuse_blob(b->blob, b->size);
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
