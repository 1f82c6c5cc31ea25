/* SPDX-License-Identifier: MIT
 *
 * Runs models on rows, as a machine with chars of 16 bits does: see char16.h. stdin has
 * for each model five numbers of 32 bits, the bytes of the blob, rows, elements of a
 * row, whether it is a stream, and the bytes of an element, two at least; then the blob
 * and the rows. stdout gets the bits of the scores, a line for each row or window. */
#include <emlrt/prepared.h>
#include <emlrt/stream.h>

/* Memory of so many chars of 16 bits, with a fence behind it. */
#define FENCE 0xA5A5u
static uint16_t *room(size_t chars) {
  uint16_t *at = (uint16_t *)malloc((chars + 1) * sizeof *at);
  if (at == NULL) abort();
  memset(at, 0x5A, chars * sizeof *at);
  at[chars] = FENCE;
  return at;
}

static void give_back(uint16_t *at, size_t chars) {
  if (at[chars] != FENCE) abort();
  free(at);
}

static void print(const void *scores, uint32_t n) {
  uint32_t i, bits;
  for (i = 0; i < n; i++) {
    memcpy(&bits, (const char *)scores + i * sizeof bits, sizeof bits);
    printf("%08x", (unsigned)bits);
  }
  printf("\n");
}

/* Says so of a model that this machine has no room for. */
static int opened(emlrt_status status) {
  if (status == EMLRT_ERR_LIMIT)
    printf("LIMIT\n");
  else if (status != EMLRT_OK)
    abort();
  return status == EMLRT_OK;
}

static void run_rows(const uint16_t *blob, uint32_t size, const char *x,
                     uint32_t n_rows, uint32_t n, size_t element) {
  emlrt_info info;
  emlrt_model model;
  emlrt_prepared_stage *stages;
  emlrt_prepared prepared;
  uint16_t *scratch, *y;
  uint32_t i, chars;
  size_t n_stages;
  if (emlrt_peek(&info, EMLRT_ROM(blob), size) != EMLRT_OK) abort();
  if (!opened(emlrt_open(&model, EMLRT_ROM(blob), size, emlrt_all_ops))) return;
  if (emlrt_verify(&model) != EMLRT_OK) abort();
  chars = info.golden_bytes > info.scratch_bytes ? info.golden_bytes
                                                 : info.scratch_bytes;
  scratch = room(chars);
  y = room(info.n_scores * 2);
  n_stages = emlrt_stage_count(&model);
  stages = (emlrt_prepared_stage *)malloc(n_stages * sizeof *stages);
  if (emlrt_prepare(&prepared, &model, stages, n_stages) != EMLRT_OK) abort();
  if (emlrt_selftest(&model, scratch, chars) == EMLRT_ERR_SELFTEST) abort();
  for (i = 0; i < n_rows; i++, x += n * element) {
    if (emlrt_run(&model, x, n, y, info.n_scores, scratch, chars) != EMLRT_OK)
      abort();
    print(y, info.n_scores);
    if (emlrt_prepared_run(&prepared, x, n, y, info.n_scores, scratch, chars) !=
        EMLRT_OK)
      abort();
    print(y, info.n_scores);
  }
  free(stages);
  give_back(y, info.n_scores * 2);
  give_back(scratch, chars);
}

static void run_stream(const uint16_t *blob, uint32_t size, const char *x,
                       uint32_t n, size_t element) {
  emlrt_info info;
  emlrt_stream stream;
  uint16_t *memory;
  unsigned again;
  if (emlrt_peek(&info, EMLRT_ROM(blob), size) != EMLRT_OK) abort();
  memory = room(info.stream_bytes);
  if (!opened(emlrt_stream_open(&stream, EMLRT_ROM(blob), size, emlrt_all_ops,
                                0, memory, info.stream_bytes)))
    return;
  for (again = 0; again < 2; again++) {
    const char *at = x;
    uint32_t left = n;
    while (left != 0) {
      size_t used;
      if (emlrt_stream_push_as(&stream, 0, at, left, &used) != EMLRT_OK)
        abort();
      if (emlrt_stream_ready(&stream))
        print(emlrt_stream_scores(&stream), info.n_scores);
      at += used * element;
      left -= (uint32_t)used;
    }
    if (emlrt_stream_reset(&stream) != EMLRT_OK) abort();
  }
  give_back(memory, info.stream_bytes);
}

int main(void) {
  uint32_t head[5];
  while (fread(head, sizeof *head, 5, stdin) == 5) {
    size_t bytes = (size_t)head[1] * head[2] * head[4];
    uint16_t *blob = (uint16_t *)malloc(head[0] + 1u);
    char *x = (char *)malloc(bytes + 1u);
    if (fread(blob, 1, head[0], stdin) != head[0] ||
        fread(x, 1, bytes, stdin) != bytes)
      abort();
    if (head[3] != 0)
      run_stream(blob, head[0], x, head[1] * head[2], head[4]);
    else
      run_rows(blob, head[0], x, head[1], head[2], head[4]);
    printf("\n");
    free(x);
    free(blob);
  }
  return 0;
}
