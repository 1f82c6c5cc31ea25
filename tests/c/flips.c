/* SPDX-License-Identifier: MIT
 *
 * flips [--pairs] FILE...: every one-bit flip, every truncation and 64
 * extensions of each blob, first as accidents (CRC as it was: all must be
 * refused), then as attacks (CRC made right: refused, or harmless in every
 * use), where each octet is also set to the extremes, and with --pairs any two
 * bits are flipped. Prints a line of JSON for each blob; exits with 1 if a blob
 * is not valid to begin with, or an accident went unnoticed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "use.h"

#define EXTENSIONS 64u

typedef struct tally {
  unsigned long tried, refused;
} tally;

static void accident(const uint8_t *octets, size_t size, tally *t) {
  blob_place place = place_blob(octets, size);
  t->tried++;
  t->refused += open_and_verify(&place) != EMLRT_OK;
  free_blob(&place);
}

static void attack(uint8_t *octets, size_t size, tally *t) {
  if (size >= 16) patch_crc(octets, size);
  t->tried++;
  t->refused += use_blob(octets, size) != EMLRT_OK;
}

static void flip_all(uint8_t *octets, size_t size, tally *t, int harm) {
  uint32_t crc = get32(octets + 12);
  size_t bit;
  for (bit = 0; bit < size * 8; bit++) {
    uint8_t mask = (uint8_t)(1u << bit % 8);
    octets[bit / 8] ^= mask;
    if (harm)
      attack(octets, size, t);
    else
      accident(octets, size, t);
    if (harm) put32(octets + 12, crc);
    if (!harm || bit / 8 < 12 || bit / 8 >= 16) octets[bit / 8] ^= mask;
  }
}

/* Each octet at the values that comparisons are most often wrong about. */
static void set_all(uint8_t *octets, size_t size, tally *t) {
  static const uint8_t values[] = {0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF};
  uint32_t crc = get32(octets + 12);
  size_t i, v;
  for (i = 0; i < size; i++) {
    uint8_t was = octets[i];
    if (i >= 12 && i < 16) continue;
    for (v = 0; v < sizeof values; v++) {
      octets[i] = values[v];
      if (values[v] != was) attack(octets, size, t);
    }
    octets[i] = was;
  }
  put32(octets + 12, crc);
}

/* Every pair of bits; for small blobs, it is many. */
static void flip_pairs(uint8_t *octets, size_t size, tally *t) {
  size_t first;
  for (first = 0; first < size * 8; first++) {
    octets[first / 8] ^= (uint8_t)(1u << first % 8);
    flip_all(octets, size, t, 1);
    octets[first / 8] ^= (uint8_t)(1u << first % 8);
  }
  patch_crc(octets, size);
}

/* Other lengths: with the sizes as they were, and with the sizes made right. */
static void resize_all(const uint8_t *octets, size_t size, tally *accidents,
                       tally *attacks) {
  uint8_t *copy = must_malloc(size + EXTENSIONS);
  size_t n;
  for (n = 0; n <= size + EXTENSIONS; n++) {
    if (n == size) continue;
    memset(copy, 0, size + EXTENSIONS);
    memcpy(copy, octets, n < size ? n : size);
    accident(copy, n, accidents);
    attack(copy, n, accidents);
    if (n < 48) continue;
    put32(copy + 8, (uint32_t)n);
    attack(copy, n, attacks);
    put32(copy + 16, (uint32_t)n);
    attack(copy, n, attacks);
  }
  free(copy);
}

static int drive(const char *name, uint8_t *octets, size_t size, int pairs) {
  tally flips = {0, 0}, resizes = {0, 0}, harm = {0, 0};
  blob_place place = place_blob(octets, size);
  int valid = open_and_verify(&place) == EMLRT_OK && golden_holds(&place);
  free_blob(&place);
  if (valid) valid = use_blob(octets, size) == EMLRT_OK;
  flip_all(octets, size, &flips, 0);
  flip_all(octets, size, &harm, 1);
  set_all(octets, size, &harm);
  if (pairs) flip_pairs(octets, size, &harm);
  resize_all(octets, size, &resizes, &harm);
  printf(
      "{\"blob\": \"%s\", \"octets\": %lu, \"valid\": %d, \"flips\": %lu, "
      "\"flips_refused\": %lu, \"resizes\": %lu, \"resizes_refused\": %lu, "
      "\"attacks\": %lu, \"attacks_refused\": %lu}\n",
      name, (unsigned long)size, valid, flips.tried, flips.refused,
      resizes.tried, resizes.refused, harm.tried, harm.refused);
  return valid && flips.tried == flips.refused &&
         resizes.tried == resizes.refused;
}

int main(int argc, char **argv) {
  int i, ok = 1, pairs = argc > 1 && strcmp(argv[1], "--pairs") == 0;
  for (i = 1 + pairs; i < argc; i++) {
    static uint8_t octets[1 << 16];
    FILE *file = fopen(argv[i], "rb");
    size_t size;
    if (file == NULL) {
      perror(argv[i]);
      return 2;
    }
    size = fread(octets, 1, sizeof octets, file);
    fclose(file);
    ok &= drive(argv[i], octets, size, pairs);
    fflush(stdout);
  }
  return ok ? 0 : 1;
}
