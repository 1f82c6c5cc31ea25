/* SPDX-License-Identifier: MIT
 *
 * Streams whose state, scratch and samples are buffers of their own, each of exactly its
 * size, that end where a page begins that nobody may touch, or begin where one ends.
 * Answers are those of one block of memory. Takes a file of blobs, each behind its
 * size, and anything as a second argument for the pages before. Prints how many windows
 * there were of each blob.
 */
#include <emlrt/prepared.h>
#include <emlrt/stream.h>

#include "buffers.h"

#define HOLDS(claim)                                                  \
  do {                                                                \
    if (!(claim)) {                                                   \
      fprintf(stderr, "%s:%d: not %s\n", __FILE__, __LINE__, #claim); \
      exit(1);                                                        \
    }                                                                 \
  } while (0)
#define MOST_WINDOWS 6u

/* A run of samples: plain numbers, and of floats every bit pattern. */
static void fill(uint8_t *x, size_t octets, unsigned dtype, uint32_t run) {
  size_t i;
  for (i = 0; i < octets; i++) x[i] = (uint8_t)((i * 37 + run * 11) % 251);
  if (dtype != EMLRT_F32) return;
  for (i = 0; i + 3 < octets; i += 4) {
    float value = (float)((i * 5 + run * 3) % 64) - 20.0f;
    if ((i / 4 + run) % 97 != 96) memcpy(x + i, &value, 4);
  }
}

/* The scores of some windows, one behind the other; how many windows. */
static unsigned windows_of(emlrt_stream *stream, const emlrt_info *info,
                           const uint8_t *samples, uint8_t *scores) {
  size_t width = (size_t)1 << (info->input_dtype & 3u), used;
  size_t octets = info->n_scores * (size_t)4, n = 0;
  unsigned found = 0;
  uint32_t run;
  for (run = 0; run < 400 && found < MOST_WINDOWS; run++) {
    const uint8_t *x = samples + run % 16 * info->n_inputs * width;
    for (n = info->n_inputs; n != 0 && found < MOST_WINDOWS; n -= used) {
      HOLDS(emlrt_stream_push_as(stream, 0, x, n, &used) == EMLRT_OK);
      x += used * width;
      if (!emlrt_stream_ready(stream)) continue;
      memcpy(scores + found++ * octets, emlrt_stream_scores(stream), octets);
    }
  }
  return found;
}

static unsigned compare(const uint8_t *blob, uint32_t size) {
  emlrt_info info;
  emlrt_stream stream;
  unsigned found;
  uint32_t run;
  size_t width, octets, all;
  uint8_t *memory, *samples, *one, *two, *x, *scratch, *state;
  HOLDS(emlrt_peek(&info, blob, size) == EMLRT_OK);
  width = (size_t)1 << (info.input_dtype & 3u);
  octets = info.n_inputs * width;
  all = info.n_scores * (size_t)4 * MOST_WINDOWS;
  memory = (uint8_t *)take(info.stream_bytes, 8);
  samples = (uint8_t *)take(16 * octets, 8);
  for (run = 0; run < 16; run++)
    fill(samples + run * octets, octets, info.input_dtype, run);
  one = (uint8_t *)take(all, 8);
  two = (uint8_t *)take(all, 8);
  HOLDS(emlrt_stream_open(&stream, blob, size, emlrt_all_ops, 0, memory,
                          info.stream_bytes) == EMLRT_OK);
  found = windows_of(&stream, &info, samples, one);
  HOLDS(emlrt_stream_reset(&stream) == EMLRT_OK);
  x = (uint8_t *)take(octets, 8);
  scratch = (uint8_t *)take(info.scratch_bytes, 8);
  state = (uint8_t *)take(info.state_bytes, 8);
  stream.x = (char *)x;
  stream.scratch = (char *)scratch;
  stream.state = (char *)state;
  memset(state, 0, info.state_bytes);
  HOLDS(windows_of(&stream, &info, samples, two) == found);
  HOLDS(memcmp(one, two, found * info.n_scores * (size_t)4) == 0);
  give(state);
  give(scratch);
  give(x);
  give(two);
  give(one);
  give(samples);
  give(memory);
  return found;
}

static uint8_t *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  uint8_t *octets;
  long n;
  HOLDS(file != NULL && fseek(file, 0, SEEK_END) == 0);
  n = ftell(file);
  rewind(file);
  *size = (size_t)n;
  octets = (uint8_t *)take(*size, 8);
  HOLDS(fread(octets, 1, *size, file) == *size);
  fclose(file);
  return octets;
}

int main(int argc, char **argv) {
  size_t size, at;
  uint8_t *pack;
  if (argc < 2) return 2;
#if defined(BUFFERS_GUARDED)
  buffers_behind = argc > 2;
#endif
  pack = read_file(argv[1], &size);
  for (at = 0; at < size;) {
    uint32_t octets;
    uint8_t *blob;
    memcpy(&octets, pack + at, 4);
    blob = (uint8_t *)take(octets, 8);
    memcpy(blob, pack + at + 4, octets);
    printf("%u\n", compare(blob, octets));
    fflush(stdout);
    give(blob);
    at += 4 + octets;
  }
  give(pack);
  return 0;
}
