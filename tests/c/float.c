/* SPDX-License-Identifier: MIT
 *
 * Runs models with the processor's floats set as the first argument says (x86's
 * MXCSR, hexadecimal). Then pairs of files, as host_targets/scores.c takes them.
 * One line a model: the status of emlrt_open, then of emlrt_proba and bits of all
 * answers.
 */
#include <emlrt/emlrt.h>
#include <stdio.h>
#include <stdlib.h>
#include <xmmintrin.h>

static size_t load(const char *path, void **data) {
  FILE *file = fopen(path, "rb");
  size_t size;
  if (file == NULL) exit(120);
  *data = malloc(1 << 20);
  size = fread(*data, 1, 1 << 20, file);
  fclose(file);
  return size;
}

static void print(const void *bits, size_t n) {
  const uint32_t *words = (const uint32_t *)bits;
  for (; n != 0; n--) printf(" %08lx", (unsigned long)*words++);
}

static void run_file(const char *blob_path, const char *rows_path) {
  emlrt_model m;
  emlrt_info info;
  void *blob, *rows, *y = malloc(1 << 16), *scratch = malloc(1 << 20);
  size_t size = load(blob_path, &blob), end = load(rows_path, &rows), at, width;
  emlrt_status status;
  if (emlrt_peek(&info, blob, (uint32_t)size) != EMLRT_OK) exit(121);
  status = emlrt_open(&m, blob, (uint32_t)size, emlrt_all_ops);
  printf("%d", (int)status);
  width = (size_t)info.n_inputs << (info.input_dtype & 3u);
  for (at = 0; status == EMLRT_OK && at < end; at += width) {
    const char *x = (const char *)rows + at;
    if (emlrt_run(&m, x, info.n_inputs, y, info.n_scores, scratch, 1 << 20) !=
        EMLRT_OK)
      exit(122);
    print(y, info.n_scores);
    if (info.output == EMLRT_OUTPUT_VALUES) continue;
    printf(" %d", (int)emlrt_proba(&m, x, info.n_inputs, (float *)y,
                                   info.n_classes, scratch, 1 << 20));
  }
  printf("\n");
  free(blob);
  free(rows);
  free(y);
  free(scratch);
}

int main(int argc, char **argv) {
  unsigned state = (unsigned)strtoul(argv[1], NULL, 16);
  _mm_setcsr(state);
  for (argc -= 2, argv += 2; argc > 1; argc -= 2, argv += 2)
    run_file(argv[0], argv[1]);
  return 0;
}
