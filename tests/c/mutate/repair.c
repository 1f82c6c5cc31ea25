/* SPDX-License-Identifier: MIT */
#include "repair.h"

#include <emlrt/format.h>
#include <string.h>

#include "../octets.h"
#include "draw.h"
#include "fit.h"

/* How far the repair has come. */
typedef struct progress {
  uint32_t need[3]; /* octets of each space that spans need */
} progress;

static int is_last(const form *f, const part *p) {
  return p == &f->stage[f->n_stages - 1];
}

/* Spaces that the dtypes allow; the header follows the first and last stage. */
static void repair_spaces(form *f, part *p) {
  uint32_t *in = &p->field[IN_SPACE], *out = &p->field[OUT_SPACE];
  unsigned from = part_dtype(p, 0), to = part_dtype(p, 1);
  uint32_t *output = &f->header[OUTPUT];
  if (*in > AT_OUTPUT) *in = AT_ARENA;
  if (*in == AT_INPUT && f->header[INPUT] != from) {
    if (p == f->stage && from != EMLRT_U32)
      f->header[INPUT] = from;
    else
      *in = AT_ARENA;
  }
  if (*out == AT_INPUT || *out > AT_OUTPUT) *out = AT_ARENA;
  if (is_last(f, p)) *out = AT_OUTPUT;
  if (*out == AT_OUTPUT && (*output & 0xFu) != to) {
    if (is_last(f, p) && to == EMLRT_F32)
      *output = EMLRT_OUTPUT_VALUES;
    else if (is_last(f, p) && to == EMLRT_U32)
      *output = EMLRT_OUTPUT_VOTES;
    else
      *out = AT_ARENA;
  }
}

static void align(part *p, unsigned side) {
  uint32_t *offset = &p->field[side ? OUT_OFFSET : IN_OFFSET];
  uint32_t *count = &p->field[side ? OUT_COUNT : IN_COUNT];
  *offset &= ~((1u << (part_dtype(p, side) & 3u)) - 1u);
  if (*count == 0) *count = 1;
}

/* Reads of y stay below what was written; overlaps move apart. */
static void repair_spans(part *p, const progress *to) {
  uint32_t *in = &p->field[IN_SPACE], out = p->field[OUT_SPACE];
  align(p, 0);
  align(p, 1);
  if (*in == AT_OUTPUT && part_end(p, 0) > to->need[AT_OUTPUT]) *in = AT_ARENA;
  if (out == AT_OUTPUT && p->field[OUT_OFFSET] > to->need[AT_OUTPUT])
    p->field[OUT_OFFSET] = to->need[AT_OUTPUT];
  if (*in != out || p->field[IN_OFFSET] >= part_end(p, 1) ||
      p->field[OUT_OFFSET] >= part_end(p, 0))
    return;
  if (out == AT_OUTPUT)
    *in = AT_ARENA;
  else
    p->field[OUT_OFFSET] = (part_end(p, 0) & 0x0FFFFFF8u) + 8;
}

static void note(progress *to, const part *p, unsigned side) {
  uint32_t *need = &to->need[p->field[side ? OUT_SPACE : IN_SPACE]];
  if (part_end(p, side) > *need) *need = part_end(p, side);
}

/* One group of all scores, or groups of one, if they do not fit. */
static void repair_groups(form *f) {
  uint32_t scores = f->header[SCORE_SIZE] / 4, n = f->groups.size / 4, i;
  unsigned kind = f->header[OUTPUT];
  int ones = kind == EMLRT_OUTPUT_VALUES || kind == EMLRT_OUTPUT_LOGISTIC ||
             kind >= EMLRT_OUTPUT_BINARY;
  uint64_t sum = 0;
  for (i = 0; i < n; i++) {
    uint32_t group = get32(f->groups.at + 4 * i);
    sum += group == 0 || (ones && group != 1) ? UINT32_MAX : group;
  }
  if (kind != EMLRT_OUTPUT_VOTES)
    f->header[VOTE_TOTAL] = 0;
  else if (f->header[VOTE_TOTAL] == 0)
    f->header[VOTE_TOTAL] = 1;
  if (n != 0 && sum <= scores) return;
  form_resize(f, &f->groups, 4);
  put32(f->groups.at, ones ? 1 : scores);
}

/* Sizes of the spaces: what the spans need, or sometimes what they were. */
static void repair_sizes(form *f, const progress *to, uint32_t *state) {
  static const unsigned fields[] = {INPUT_SIZE, ARENA_SIZE};
  unsigned k;
  for (k = 0; k < 2; k++) {
    uint32_t need = to->need[k], *size = &f->header[fields[k]];
    if (k == AT_ARENA) need = need > UINT32_MAX - 7 ? need : (need + 7) & ~7u;
    if (need > *size || one_in(state, 4)) *size = need;
  }
  if (f->header[INPUT_SIZE] == 0) f->header[INPUT_SIZE] = 4;
  f->header[SCORE_SIZE] = to->need[AT_OUTPUT];
}

void repair(form *f, uint32_t *state) {
  int fit = !one_in(state, 4);
  progress to;
  unsigned i;
  memset(&to, 0, sizeof to);
  for (i = 0; i < f->n_stages; i++) {
    part *p = &f->stage[i];
    repair_spaces(f, p);
    if (fit) fit_counts(p);
    repair_spans(p, &to);
    if (fit) fit_payload(f, p);
    note(&to, p, 0);
    note(&to, p, 1);
  }
  repair_sizes(f, &to, state);
  if (!one_in(state, 8)) repair_groups(f);
}
