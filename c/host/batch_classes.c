/* SPDX-License-Identifier: MIT
 *
 * The predicted classes of a row, from its scores: what emlrt_classify says, without
 * a branch a score.
 */
#include "../src/answers/scores.h"
#include "../src/maths/numeric.h"
#include "batch.h"

/* Scores whose largest is found at once. */
#define AT_ONCE 32u

#if defined(__GNUC__)
#define FOUR 1
/* Numbers of one sign that are compared at once, at any address of a score. */
typedef int32_t four __attribute__((vector_size(16), aligned(4), may_alias));
#endif

/* A number that compares as the score does: votes, and emlrt_sort_key_u32, with
 * the sign bit flipped. */
static inline int32_t key_of(uint32_t score, int votes) {
  uint32_t key = votes ? score : emlrt_sort_key_u32(score);
  return (int32_t)(key ^ EMLRT_SIGN_BIT);
}

/* The higher one of `best` and the highest key of AT_ONCE scores. */
static inline int32_t highest(const uint32_t *scores, int votes, int32_t best) {
  uint32_t i;
#if defined(FOUR)
  four most = {best, best, best, best};
  for (i = 0; i < AT_ONCE; i += 4) {
    four key = *(const four *)(const void *)(scores + i), above;
    if (votes) {
      key ^= INT32_MIN;
    } else {
      four nan = (key & INT32_MAX) > (int32_t)EMLRT_INFINITY_BITS;
      key ^= key >> 31 & INT32_MAX;
      key -= key == -1; /* what -0 has become, and NaN, which goes now */
      key = (key & ~nan) | (nan & INT32_MIN);
    }
    above = key > most;
    most = (key & above) | (most & ~above);
  }
  for (i = 0; i < 4; i++) best = most[i] > best ? most[i] : best;
#else
  for (i = 0; i < AT_ONCE; i++) {
    int32_t key = key_of(scores[i], votes);
    if (key > best) best = key;
  }
#endif
  return best;
}

/* The first of the scores with the highest key. */
static inline int64_t first_highest(const uint32_t *scores, uint32_t count,
                                    int votes) {
  uint32_t i = 0, at = 0;
  int32_t best = INT32_MIN;
  for (; count - i >= AT_ONCE; i += AT_ONCE) {
    int32_t found = highest(scores + i, votes, best);
    if (found != best) at = i;
    best = found;
  }
  for (; i < count; i++) {
    int32_t key = key_of(scores[i], votes);
    at = key > best ? i : at;
    best = key > best ? key : best;
  }
  while (key_of(scores[at], votes) != best) at++;
  return at;
}

/* Whether an output's scores are not compared with each other. */
static int is_alone(unsigned output) {
  return emlrt_is_binary(output) || output == EMLRT_OUTPUT_VALUES;
}

int64_t *emlrt_batch_classes(emlrt_rom blob, const uint32_t *scores,
                             int64_t *classes) {
  emlrt_rom counts = emlrt_rom_at(blob, EMLRT_OCTETS(emlrt_header));
  unsigned n = EMLRT_HEADER16(blob, n_outputs);
  unsigned output = EMLRT_HEADER16(blob, output);
  for (; n != 0; n--, counts = emlrt_rom_at(counts, 4)) {
    uint32_t count = emlrt_r32(counts, 0);
    if (is_alone(output))
      *classes++ = emlrt_predicted_class(scores, count, output);
    else if (output == EMLRT_OUTPUT_VOTES)
      *classes++ = first_highest(scores, count, 1);
    else
      *classes++ = first_highest(scores, count, 0);
    scores += count;
  }
  return classes;
}
