/* SPDX-License-Identifier: MIT
 *
 * The mutator as a shared object for AFL++ (AFL_CUSTOM_MUTATOR_LIBRARY): see
 * tests/soak/afl.md.
 */
#include <stdlib.h>
#include <string.h>

#include "mutate/mutate.h"
#include "octets.h"

#define MOST_MADE 65536u

typedef struct mutator {
  uint32_t seed;
  uint8_t made[MOST_MADE];
} mutator;

void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *data, uint8_t *octets, size_t size, uint8_t **made,
                       uint8_t *other, size_t other_size, size_t most);
void afl_custom_deinit(void *data);

void *afl_custom_init(void *afl, unsigned seed) {
  mutator *m = must_malloc(sizeof *m);
  (void)afl;
  m->seed = seed;
  return m;
}

/* One in four is a crossing of two blobs. 0: AFL++ takes its own mutations. */
size_t afl_custom_fuzz(void *data, uint8_t *octets, size_t size, uint8_t **made,
                       uint8_t *other, size_t other_size, size_t most) {
  mutator *m = data;
  if (most > MOST_MADE) most = MOST_MADE;
  *made = m->made;
  m->seed = (uint32_t)(((uint64_t)m->seed * 48271u + 11u) % 2147483647u);
  if (other != NULL && m->seed % 4 == 0)
    return cross_blobs(octets, size, other, other_size, m->made, most, m->seed);
  if (size > most) return 0;
  memcpy(m->made, octets, size);
  return mutate_blob(m->made, size, most, m->seed);
}

void afl_custom_deinit(void *data) { free(data); }
