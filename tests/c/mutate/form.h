/* SPDX-License-Identifier: MIT
 *
 * A blob taken to pieces, so that a mutator can change one and put them together
 * again with sizes that are right.
 */
#ifndef FORM_H
#define FORM_H

#include <stddef.h>
#include <stdint.h>

#define MOST_STAGES 64u
#define MOST_SECTIONS 16u
/* Octets of a blob that a form can be read from, and of all new pieces. */
#define MOST_BLOB 65536u

/* Fields of the header and of a stage, in their order in the blob. */
enum {
  MAGIC,
  VERSION,
  FLAGS,
  TOTAL_SIZE,
  CRC32,
  BODY_SIZE,
  INPUT_SIZE,
  ARENA_SIZE,
  SCORE_SIZE,
  WORK,
  VOTE_TOTAL,
  N_OUTPUTS,
  N_STAGES,
  INPUT,
  OUTPUT,
  HEADER_FIELDS
};
enum {
  SIZE,
  OP,
  IN_OFFSET,
  IN_COUNT,
  OUT_OFFSET,
  OUT_COUNT,
  IN_SPACE,
  OUT_SPACE,
  STAGE_FIELDS
};
/* The widths of those fields in bits. */
extern const unsigned char header_bits[HEADER_FIELDS];
extern const unsigned char stage_bits[STAGE_FIELDS];

enum { AT_INPUT, AT_ARENA, AT_OUTPUT }; /* spaces */

/* Octets that belong to no other piece. */
typedef struct piece {
  uint8_t *at;
  uint32_t size;
} piece;

typedef struct part {
  uint32_t field[STAGE_FIELDS];
  piece payload;
} part;

typedef struct form {
  uint32_t header[HEADER_FIELDS];
  piece groups;
  part stage[MOST_STAGES];
  unsigned n_stages;
  piece section[MOST_SECTIONS]; /* of metadata, head and padding included */
  unsigned n_sections;
  uint8_t pool[4 * MOST_BLOB];
  uint32_t used;
} form;

/* Takes a blob to pieces: 0 if its parts do not lie within it. */
int form_read(form *f, const uint8_t *octets, size_t size);
/* Puts it together, with every size that the header says made right. Returns the
 * blob's size, or 0 if it is above `most`. */
size_t form_write(const form *f, uint8_t *octets, size_t most);
/* A new piece with a copy of `size` octets, cut short if the pool is full. */
piece form_copy(form *f, const uint8_t *octets, uint32_t size);
/* Makes a piece longer (by repeating what it has) or shorter. */
void form_resize(form *f, piece *p, uint32_t size);

/* The dtype that a stage reads (side 0) or writes (side 1), and where. */
unsigned part_dtype(const part *p, unsigned side);
/* Octets of a stage's span, and where it ends; no more than 2^32 - 1. */
uint32_t part_octets(const part *p, unsigned side);
uint32_t part_end(const part *p, unsigned side);

#endif
