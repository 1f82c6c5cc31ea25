/* SPDX-License-Identifier: MIT */
#include "../octets.h"
#include "draw.h"
#include "edits.h"

uint32_t other_number(uint32_t value, unsigned bits, uint32_t *state) {
  static const uint32_t edges[] = {
      0,          1,          2,          3,          4,          7,
      8,          0x7F,       0x80,       0xFF,       0x100,      0x3FF,
      0x400,      0x800,      0x7FFF,     0x8000,     0xFFFF,     0x10000,
      0x01FFFFFF, 0x0FFFFFF8, 0x0FFFFFFF, 0x10000000, 0x3FFFFFF8, 0x40000000,
      0x7FFFFFFC, 0x7FFFFFFF, 0x80000000, 0xAAAAAAAB, 0xFFFFFFFC, 0xFFFFFFFF};
  uint32_t mask = UINT32_MAX >> (32 - bits);
  switch (draw_below(state, 6)) {
    case 0:
      value = edges[draw_below(state, sizeof edges / sizeof *edges)];
      break;
    case 1: value ^= 1u << draw_below(state, bits); break;
    case 2: value = draw_below(state, 16); break;
    case 3: value = value >> 1; break;
    default:
      value = (uint32_t)(((uint64_t)value + draw_below(state, 9) + mask - 3) &
                         mask);
      break;
  }
  return value & mask;
}

part *any_part(form *f, uint32_t *state) {
  if (f->n_stages == 0) return NULL;
  return &f->stage[draw_below(state, f->n_stages)];
}

/* Dtypes and kinds mostly become other dtypes and kinds. */
static uint32_t other_kind(unsigned field, uint32_t *state) {
  static const uint32_t kinds[] = {0x1E, 0x26, 0x3E, 0x4E,
                                   0x5E, 0x6E, 0x7E, 0x8E};
  static const uint32_t dtypes[] = {0x04, 0x09, 0x0E};
  return field == OUTPUT ? kinds[draw_below(state, 8)]
                         : dtypes[draw_below(state, 3)];
}

void edit_header(form *f, uint32_t *state) {
  static const unsigned char fields[] = {FLAGS,      INPUT_SIZE, ARENA_SIZE,
                                         SCORE_SIZE, WORK,       VOTE_TOTAL,
                                         INPUT,      OUTPUT,     OUTPUT};
  unsigned k =
      draw_below(state, one_in(state, 16) ? HEADER_FIELDS : sizeof fields);
  if (k < sizeof fields) k = fields[k];
  if ((k == INPUT || k == OUTPUT) && !one_in(state, 8))
    f->header[k] = other_kind(k, state);
  else
    f->header[k] = other_number(f->header[k], header_bits[k], state);
}

void edit_group(form *f, uint32_t *state) {
  uint8_t *at;
  if (f->groups.size < 4) return;
  at = f->groups.at + draw_below(state, f->groups.size / 4) * 4;
  put32(at, other_number(get32(at), 32, state));
}

void edit_stage(form *f, uint32_t *state) {
  unsigned k = draw_below(state, STAGE_FIELDS - 2) + 2;
  part *p = any_part(f, state);
  if (p == NULL) return;
  if (one_in(state, 32)) k = OP;
  p->field[k] = k >= IN_SPACE && !one_in(state, 8)
                    ? draw_below(state, 3)
                    : other_number(p->field[k], stage_bits[k], state);
}

/* Counts that stay small enough for a run. */
void edit_count(form *f, uint32_t *state) {
  part *p = any_part(f, state);
  unsigned k = one_in(state, 2) ? IN_COUNT : OUT_COUNT;
  uint32_t most = one_in(state, 8) ? 2048 : 16;
  if (p != NULL) p->field[k] = 1 + draw_below(state, most);
}

/* A number of 8, 16 or 32 bits of a payload, from `first` to below `last`. */
static void change_word(const piece *p, uint32_t first, uint32_t last,
                        uint32_t *state) {
  uint32_t octets = 1u << draw_below(state, 3), at, value;
  unsigned shift;
  if (last > p->size) last = p->size & ~3u;
  if (last < first + 4) return;
  at = first + draw_below(state, (last - first) / octets) * octets;
  value = get32(p->at + (at & ~3u));
  shift = at % 4 * 8;
  octets *= 8;
  value ^= (other_number(value >> shift & UINT32_MAX >> (32 - octets), octets,
                         state) ^
            (value >> shift & UINT32_MAX >> (32 - octets)))
           << shift;
  put32(p->at + (at & ~3u), value);
}

void edit_word(form *f, uint32_t *state) {
  part *p = any_part(f, state);
  if (p != NULL) change_word(&p->payload, 0, p->payload.size & ~3u, state);
}

/* One of the first numbers: there are counts, sizes, flags and kinds. */
void edit_head(form *f, uint32_t *state) {
  part *p = any_part(f, state);
  if (p != NULL) change_word(&p->payload, 0, 20, state);
}

/* Finite floats that arithmetic may trip on; the last two are not finite. */
void edit_float(form *f, uint32_t *state) {
  static const uint32_t floats[] = {
      0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007FFFFF, 0x00800000,
      0x3F000000, 0x3F800000, 0xBF800000, 0x40000000, 0x4B000000, 0x4F000000,
      0xCF000000, 0x7F7FFFFF, 0xFF7FFFFF, 0x42B17218, 0xC2AEAC50, 0x33800000,
      0x3EFFFFFF, 0x7F000000, 0x7FC00000, 0x7F800000};
  uint32_t known = sizeof floats / sizeof *floats;
  part *p = any_part(f, state);
  uint8_t *at;
  if (p == NULL || p->payload.size < 4) return;
  if (!one_in(state, 16)) known -= 2;
  at = p->payload.at + draw_below(state, p->payload.size / 4) * 4;
  put32(at, floats[draw_below(state, known)]);
}
