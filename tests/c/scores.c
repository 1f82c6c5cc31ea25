/* SPDX-License-Identifier: MIT
 *
 * scores FILE...: runs the golden vectors of each blob and prints their status,
 * then the bits of the scores, classes and probabilities of 40 random inputs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "use.h"

#define INPUTS 40

static void random_input(unsigned dtype, uint32_t n, uint32_t *state, void *x) {
  uint32_t i;
  for (i = 0; i < n; i++) {
    float value;
    *state = *state * 1664525u + 1013904223u;
    value = (float)(int32_t)(*state & 0xFFFFFF00u) / 1073741824.0f;
    if (dtype == EMLRT_F32)
      memcpy((char *)x + i * 4,
             *state % 16 == 0 ? (void *)state : (void *)&value, 4);
    else if (dtype == EMLRT_I32)
      ((int32_t *)x)[i] =
          (int32_t)(*state >> 31) * 1700000000 + (int32_t)(*state >> 8 & 7u);
    else if (dtype == EMLRT_I16)
      ((int16_t *)x)[i] = (int16_t)((int)(*state >> 16) % 600 - 300);
    else
      ((uint8_t *)x)[i] = (uint8_t)(*state >> 24);
  }
}

static void print_words(const char *name, const void *words, size_t n) {
  size_t i;
  printf(" %s", name);
  for (i = 0; i < n; i++) {
    uint32_t word;
    memcpy(&word, (const char *)words + i * 4, 4);
    printf(" %08lx", (unsigned long)word);
  }
}

static int print_blob(const blob_place *place) {
  emlrt_model model;
  emlrt_info info;
  uint32_t state = 1, y[32], classes[32], k;
  float p[32];
  EMLRT_SCRATCH(x, 256);
  EMLRT_SCRATCH(scratch, 1024);
  if (emlrt_peek(&info, place->rom, place->size) ||
      emlrt_open(&model, place->rom, place->size, emlrt_all_ops) ||
      info.n_scores > 32 || info.n_inputs > 64 || info.golden_bytes > 1024)
    return 1;
  printf("selftest %d\n", emlrt_selftest(&model, scratch, sizeof scratch));
  for (k = 0; k < INPUTS; k++) {
    random_input(info.input_dtype, info.n_inputs, &state, x);
    if (emlrt_run(&model, x, info.n_inputs, y, info.n_scores, scratch,
                  sizeof scratch))
      return 1;
    print_words("scores", y, info.n_scores);
    if (info.output == EMLRT_OUTPUT_VOTES) {
      if (emlrt_classify(&model, x, info.n_inputs, classes, info.n_outputs,
                         scratch, sizeof scratch) ||
          emlrt_proba(&model, x, info.n_inputs, p, info.n_scores, scratch,
                      sizeof scratch))
        return 1;
      print_words("classes", classes, info.n_outputs);
      print_words("proba", p, info.n_scores);
    }
    printf("\n");
  }
  return 0;
}

int main(int argc, char **argv) {
  int i, status = 0;
  for (i = 1; i < argc && status == 0; i++) {
    static uint8_t octets[1 << 16];
    FILE *file = fopen(argv[i], "rb");
    size_t size;
    blob_place place;
    if (file == NULL) return 2;
    size = fread(octets, 1, sizeof octets, file);
    fclose(file);
    place = place_blob(octets, size);
    status = print_blob(&place);
    free_blob(&place);
  }
  return status;
}
