/* SPDX-License-Identifier: MIT
 *
 * sweep FILE...: each blob with one field of its header, and then of its stage
 * table, set to other values, the CRC made right: every value of a field of 16
 * bits, and the corners of one of 32. What opens is used in every way. Prints for
 * each field of each header the values with which it opens, and those with which
 * it verifies, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "misuse.h"

#include <emlrt/op.h>

#define MOST 1024u
#define HEADER_OCTETS 48u
#define STAGE_OCTETS 28u

typedef struct field {
  const char *name;
  size_t at;
  unsigned octets;
} field;

static const field header[] = {
    {"magic", 0, 4},       {"version", 4, 2},     {"flags", 6, 2},
    {"total_size", 8, 4},  {"body_size", 16, 4},  {"input_size", 20, 4},
    {"arena_size", 24, 4}, {"score_size", 28, 4}, {"work", 32, 4},
    {"vote_total", 36, 4}, {"n_outputs", 40, 2},  {"n_stages", 42, 2},
    {"input", 44, 2},      {"output", 46, 2}};
static const field stage[] = {{"size", 0, 4},        {"op", 4, 4},
                              {"in_offset", 8, 4},   {"in_count", 12, 4},
                              {"out_offset", 16, 4}, {"out_count", 20, 4},
                              {"in_space", 24, 2},   {"out_space", 26, 2}};

/* A set of values, and the blob that they are tried in. */
typedef struct sweep {
  uint8_t octets[1 << 16];
  size_t size;
  uint32_t values[MOST];
  unsigned n;
} sweep;

EMLRT_WRAPS static void add(sweep *s, uint32_t middle, uint32_t around) {
  uint32_t value = middle - around;
  unsigned k;
  for (; value != middle + around + 1; value++) {
    for (k = 0; k < s->n && s->values[k] != value; k++) continue;
    if (k == s->n && s->n < MOST) s->values[s->n++] = value;
  }
}

/* What a field of 32 bits may be mistaken at: none, powers of two, what is right
 * and what it may be a part or a multiple of, and what makes a sum wrap. */
EMLRT_WRAPS static void add_corners(sweep *s, uint32_t right) {
  const emlrt_op *const *op = emlrt_all_ops;
  unsigned bit;
  s->n = 0;
  add(s, 0, 8);
  add(s, right, 8);
  add(s, 0 - right, 8);
  add(s, right / 2, 1);
  for (bit = 0; bit < 32; bit++) {
    add(s, UINT32_C(1) << bit, 1);
    add(s, (UINT32_C(1) << bit) + right, 1);
    add(s, (UINT32_C(1) << bit) - right, 1);
  }
  for (bit = 2; bit < 9; bit++) add(s, right * bit, 1);
  for (; *op != NULL; op++) add(s, (*op)->code, 0);
}

static void put(uint8_t *at, unsigned octets, uint32_t value) {
  for (; octets != 0; octets--, value >>= 8) *at++ = (uint8_t)(value & 0xFFu);
}

/* Whether the blob opens with a value. If so, it is used, and *verified says
 * whether it verifies. */
static int opens(sweep *s, const field *f, size_t at, uint32_t value,
                 int *verified) {
  uint8_t right[4];
  blob_place place;
  emlrt_model model;
  int status;
  memcpy(right, s->octets + at, 4);
  put(s->octets + at, f->octets, value);
  place = place_blob(s->octets, s->size);
  status = emlrt_open(&model, place.rom, place.size, emlrt_all_ops);
  free_blob(&place);
  *verified = 0;
  if (status == EMLRT_OK) {
    patch_crc(s->octets, s->size);
    *verified = use_blob(s->octets, s->size) == EMLRT_OK;
    misuse_blob(s->octets, s->size);
  }
  memcpy(s->octets + at, right, 4);
  return status == EMLRT_OK;
}

/* Tries a field; prints what is taken, if that is asked for. */
static void try_field(sweep *s, const field *f, size_t base, int print) {
  size_t at = base + f->at;
  uint32_t value, n = UINT32_C(1) << 16;
  int verified;
  if (f->octets == 4) {
    add_corners(s, get32(s->octets + at));
    n = s->n;
  }
  if (print) printf(" %s", f->name);
  for (value = 0; value < n; value++) {
    uint32_t tried = f->octets == 4 ? s->values[value] : value;
    if (opens(s, f, at, tried, &verified) && print)
      printf(verified ? " %lu" : " %lu?", (unsigned long)tried);
  }
  if (print) printf("\n");
}

static void try_blob(sweep *s) {
  size_t k, i, n = s->octets[42] | s->octets[43] * 256u;
  size_t base = HEADER_OCTETS + (s->octets[40] | s->octets[41] * 256u) * 4u;
  for (k = 0; k < sizeof header / sizeof *header; k++)
    try_field(s, &header[k], 0, 1);
  for (i = 0; i < n; i++, base += STAGE_OCTETS)
    for (k = 0; k < sizeof stage / sizeof *stage; k++)
      try_field(s, &stage[k], base, 0);
}

int main(int argc, char **argv) {
  static sweep s;
  int i;
  for (i = 1; i < argc; i++) {
    FILE *file = fopen(argv[i], "rb");
    if (file == NULL) return 2;
    s.size = fread(s.octets, 1, sizeof s.octets, file);
    fclose(file);
    printf("%s\n", argv[i]);
    try_blob(&s);
  }
  return 0;
}
