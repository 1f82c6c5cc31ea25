/* SPDX-License-Identifier: MIT */
#include <emlrt/format.h>
#include <string.h>

#include "draw.h"
#include "edits.h"
#include "fit.h"

/* Makes room for a stage at `at`; 0 if there is none. */
static part *open_gap(form *f, unsigned at) {
  if (f->n_stages == MOST_STAGES) return NULL;
  memmove(&f->stage[at + 1], &f->stage[at],
          (f->n_stages - at) * sizeof *f->stage);
  f->n_stages++;
  return &f->stage[at];
}

/* What stage p reads becomes what stage `from` writes. */
static void read_what_is_written(part *p, const part *from) {
  p->field[IN_SPACE] = from->field[OUT_SPACE];
  p->field[IN_OFFSET] = from->field[OUT_OFFSET];
  p->field[IN_COUNT] = from->field[OUT_COUNT];
}

/* Once, or, for work, many times. */
void edit_copy(form *f, uint32_t *state) {
  unsigned times = one_in(state, 16) ? 1 + draw_below(state, 40) : 1;
  for (; f->n_stages != 0 && times != 0; times--) {
    part copy = f->stage[draw_below(state, f->n_stages)], *p;
    copy.payload = form_copy(f, copy.payload.at, copy.payload.size);
    p = open_gap(f, draw_below(state, f->n_stages + 1));
    if (p != NULL) *p = copy;
  }
}

void edit_drop(form *f, uint32_t *state) {
  unsigned at;
  if (f->n_stages < 2) return;
  at = draw_below(state, f->n_stages);
  f->n_stages--;
  memmove(&f->stage[at], &f->stage[at + 1],
          (f->n_stages - at) * sizeof *f->stage);
}

/* Two stages change places; or their payloads, or their spans alone do. */
void edit_swap(form *f, uint32_t *state) {
  part *a = any_part(f, state), *b = any_part(f, state), was;
  if (a == NULL || a == b) return;
  was = *a;
  switch (draw_below(state, 4)) {
    case 0:
      a->payload = b->payload;
      b->payload = was.payload;
      break;
    case 1:
      memcpy(a->field + 2, b->field + 2, sizeof a->field - 8);
      memcpy(b->field + 2, was.field + 2, sizeof a->field - 8);
      break;
    default:
      *a = *b;
      *b = was;
      break;
  }
}

void edit_chain(form *f, uint32_t *state) {
  unsigned from, to;
  if (f->n_stages < 2) return;
  to = 1 + draw_below(state, f->n_stages - 1);
  from = one_in(state, 2) ? to - 1 : draw_below(state, f->n_stages);
  if (from != to) read_what_is_written(&f->stage[to], &f->stage[from]);
}

/* Spans of two stages that share a part: one a few elements beside the other. */
void edit_overlap(form *f, uint32_t *state) {
  part *a = any_part(f, state), *b = any_part(f, state);
  unsigned side = draw_below(state, 2), offset = side ? OUT_OFFSET : IN_OFFSET;
  uint32_t step = draw_below(state, 4) << draw_below(state, 3);
  if (a == NULL || a == b) return;
  a->field[side ? OUT_SPACE : IN_SPACE] = b->field[OUT_SPACE];
  a->field[offset] = b->field[OUT_OFFSET];
  if (one_in(state, 2) && step <= a->field[offset])
    a->field[offset] -= step;
  else
    a->field[offset] = (a->field[offset] & 0x0FFFFFFFu) + step;
  if (one_in(state, 2))
    a->field[side ? OUT_COUNT : IN_COUNT] =
        b->field[OUT_COUNT] / 2 + draw_below(state, 3);
}

/* Another op of the same family, or of the next code. */
void edit_sibling(form *f, uint32_t *state) {
  part *p = any_part(f, state);
  uint32_t shift = 16 + 4 * draw_below(state, 2), number;
  if (p == NULL) return;
  number = p->field[OP] >> shift & 0xFu;
  number = one_in(state, 2) ? number + 1 : 1 + draw_below(state, 9);
  p->field[OP] &= ~(0xFu << shift);
  p->field[OP] |= (number & 0xFu) << shift;
  /* uint8 and int16 have the same trees, and so have float32 and int32. */
  if (one_in(state, 4))
    p->field[OP] ^=
        (p->field[OP] & 3u) == 2 ? EMLRT_F32 ^ EMLRT_I32 : EMLRT_U8 ^ EMLRT_I16;
}

/* A stage without a payload between a stage and what reads it. */
void edit_between(form *f, uint32_t *state) {
  static const uint32_t ops[] = {EMLRT_OP_LOGISTIC,   EMLRT_OP_ABS,
                                 EMLRT_OP_SOFTMAX,    EMLRT_OP_ONEHOT_ARGMAX,
                                 EMLRT_OP_COMPLEMENT, EMLRT_OP_NDTRI,
                                 EMLRT_OP_GELU,       EMLRT_OP_LOGSUMEXP,
                                 EMLRT_OP_CAST_U8,    EMLRT_OP_CAST_I16};
  unsigned at = draw_below(state, f->n_stages + 1);
  part *p = f->n_stages ? open_gap(f, at) : NULL;
  if (p == NULL) return;
  memset(p, 0, sizeof *p);
  p->field[OP] = ops[draw_below(state, sizeof ops / sizeof *ops)];
  p->field[IN_COUNT] = p->field[OUT_COUNT] = 1;
  p->field[OUT_SPACE] = AT_ARENA;
  if (at != 0) read_what_is_written(p, &f->stage[at - 1]);
  fit_counts(p);
  p->field[OUT_OFFSET] = (part_end(p, 0) & 0xFFFFu & ~7u) + 8;
  if (at + 1 < f->n_stages) read_what_is_written(&f->stage[at + 1], p);
  if (at + 1 == f->n_stages) p->field[OUT_SPACE] = AT_OUTPUT;
}

static void splice_stage(form *f, const form *other, uint32_t *state) {
  const part *from = &other->stage[draw_below(state, other->n_stages)];
  unsigned at = draw_below(state, f->n_stages + 1);
  part *p =
      at < f->n_stages && one_in(state, 2) ? &f->stage[at] : open_gap(f, at);
  if (p == NULL) return;
  *p = *from;
  p->payload = form_copy(f, from->payload.at, from->payload.size);
  if (at != 0 && one_in(state, 2)) read_what_is_written(p, p - 1);
  if (at + 1 < f->n_stages && one_in(state, 2)) read_what_is_written(p + 1, p);
}

static void splice_section(form *f, const form *other, uint32_t *state) {
  const piece *from = &other->section[draw_below(state, other->n_sections)];
  unsigned at = draw_below(state, f->n_sections + 1);
  if (at == MOST_SECTIONS) return;
  if (at == f->n_sections) f->n_sections++;
  f->section[at] = form_copy(f, from->at, from->size);
}

void splice(form *f, const form *other, uint32_t *state) {
  unsigned times = one_in(state, 4) ? other->n_stages : 1;
  if (other->n_sections != 0 && one_in(state, 4)) {
    splice_section(f, other, state);
    return;
  }
  for (; other->n_stages != 0 && times != 0; times--)
    splice_stage(f, other, state);
}
