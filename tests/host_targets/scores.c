/* SPDX-License-Identifier: MIT
 *
 * Runs models on the machine it is compiled for and prints the bits of every
 * answer. Arguments: pairs of a blob's file and a file of rows (little-endian,
 * in the model's input type). Output, one line a row:
 *
 *   run HEX...        bits of the scores
 *   classify HEX...   winning classes     (classifiers only)
 *   proba HEX...      bits of the shares  (classifiers only)
 *
 * Exit code: 0, or a status without its sign.
 */
#include <emlrt/emlrt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, int code) {
  fprintf(stderr, "scores: %s\n", what);
  exit(code);
}

static unsigned char *load(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  unsigned char *data;
  long length;
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) fail(path, 120);
  length = ftell(file);
  rewind(file);
  data = (unsigned char *)malloc((size_t)length + 8);
  if (data == NULL || fread(data, 1, (size_t)length, file) != (size_t)length)
    fail(path, 120);
  fclose(file);
  *size = (size_t)length;
  return data;
}

static void must(emlrt_status status) {
  if (status != EMLRT_OK) fail(emlrt_strerror(status), -(int)status);
}

/* Puts the octets of little-endian elements in this machine's order. */
static void to_native(unsigned char *x, size_t n, unsigned octets) {
  const unsigned probe = 1;
  size_t i;
  unsigned k;
  if (*(const unsigned char *)&probe == 1) return;
  for (i = 0; i < n; i++, x += octets)
    for (k = 0; k < octets / 2; k++) {
      unsigned char low = x[k];
      x[k] = x[octets - 1 - k];
      x[octets - 1 - k] = low;
    }
}

static void print(const char *what, const void *bits, size_t n) {
  size_t i;
  printf("%s", what);
  for (i = 0; i < n; i++) {
    uint32_t word;
    memcpy(&word, (const char *)bits + 4 * i, 4);
    printf(" %08lx", (unsigned long)word);
  }
  printf("\n");
}

static void run_row(const emlrt_model *m, const emlrt_info *info, const void *x,
                    void *answer, void *scratch) {
  size_t size = info->scratch_bytes;
  emlrt_status status;
  must(emlrt_run(m, x, info->n_inputs, answer, info->n_scores, scratch, size));
  print("run", answer, info->n_scores);
  if (info->output == EMLRT_OUTPUT_VALUES) return;
  must(emlrt_classify(m, x, info->n_inputs, (uint32_t *)answer, info->n_outputs,
                      scratch, size));
  print("classify", answer, info->n_outputs);
  status = emlrt_proba(m, x, info->n_inputs, (float *)answer, info->n_classes,
                       scratch, size);
  if (status == EMLRT_ERR_KIND) return;
  must(status);
  print("proba", answer, info->n_classes);
}

static void run_file(const char *blob_path, const char *rows_path) {
  emlrt_model model;
  emlrt_info info;
  emlrt_status status;
  size_t size, rows_size, width, at;
  unsigned char *blob = load(blob_path, &size);
  unsigned char *rows = load(rows_path, &rows_size);
  void *answer, *scratch;
  must(emlrt_peek(&info, blob, (uint32_t)size));
  must(emlrt_open(&model, blob, (uint32_t)size, emlrt_all_ops));
  must(emlrt_verify(&model));
  answer = malloc((info.n_scores + (size_t)info.n_outputs * 2u) * 4);
  scratch = malloc((size_t)info.golden_bytes + info.scratch_bytes);
  if (answer == NULL || scratch == NULL) fail("no memory", 121);
  status = emlrt_selftest(&model, scratch, info.golden_bytes);
  if (status != EMLRT_ERR_ABSENT) must(status);
  width = (size_t)info.n_inputs << (info.input_dtype & 3u);
  to_native(rows, rows_size >> (info.input_dtype & 3u),
            1u << (info.input_dtype & 3u));
  for (at = 0; at < rows_size; at += width)
    run_row(&model, &info, rows + at, answer, scratch);
  free(answer);
  free(scratch);
  free(blob);
  free(rows);
}

int main(int argc, char **argv) {
  for (; argc > 2; argc -= 2, argv += 2) run_file(argv[1], argv[2]);
  return 0;
}
