/* SPDX-License-Identifier: MIT
 *
 * libFuzzer's side of a target. The CRC is made right first, so that the fuzzer's
 * time goes into structure. At the end it says how many blobs opened.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mutate/mutate.h"
#include "use.h"

#define MOST_COPY 65536u

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most,
                               unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size,
                                 const uint8_t *b, size_t b_size, uint8_t *out,
                                 size_t most, unsigned seed);

static unsigned long tried, opened;

static void say(void) {
  fprintf(stderr, "tried %lu opened %lu\n", tried, opened);
  fuzz_end();
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc;
  (void)argv;
  fuzz_begin();
  return atexit(say);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static uint8_t copy[MOST_COPY];
  if (size > MOST_COPY) return -1;
  if (size != 0) memcpy(copy, data, size);
  if (size >= 16) patch_crc(copy, size);
  opened += fuzz_target(copy, size) != 0;
  tried++;
  return 0;
}

/* One in 16 is changed without any knowledge of the format. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most,
                               unsigned seed) {
  size_t made = 0;
  if (seed % 16 != 0) made = mutate_blob(data, size, most, seed);
  return made != 0 ? made : LLVMFuzzerMutate(data, size, most);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size,
                                 const uint8_t *b, size_t b_size, uint8_t *out,
                                 size_t most, unsigned seed) {
  return cross_blobs(a, a_size, b, b_size, out, most, seed);
}
