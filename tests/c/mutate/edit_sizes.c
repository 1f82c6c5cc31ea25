/* SPDX-License-Identifier: MIT */
#include "../octets.h"
#include "draw.h"
#include "edits.h"

/* Octets of what payloads repeat: numbers, records, trees, rows. */
static uint32_t unit_of(const part *p, uint32_t *state) {
  static const uint32_t units[] = {4, 4, 8, 12, 16, 20};
  uint32_t n = p->field[one_in(state, 2) ? IN_COUNT : OUT_COUNT];
  if (one_in(state, 3) && n < 256) return 4 * n;
  return units[draw_below(state, sizeof units / sizeof *units)];
}

/* One more or fewer of them, or many more; the count at the payload's start may
 * say so, too. */
void edit_resize(form *f, uint32_t *state) {
  part *p = any_part(f, state);
  uint32_t unit, n, size, count;
  int longer = one_in(state, 2);
  if (p == NULL) return;
  unit = unit_of(p, state);
  n = one_in(state, 8) ? 1 + draw_below(state, 64) : 1;
  size = p->payload.size;
  if (unit != 0 && !longer && n > size / unit) n = size / unit;
  form_resize(f, &p->payload, longer ? size + n * unit : size - n * unit);
  if (one_in(state, 2) || p->payload.size < 4) return;
  count = get32(p->payload.at);
  if (longer)
    count = count > UINT32_MAX - n ? UINT32_MAX : count + n;
  else
    count = count < n ? 0 : count - n;
  put32(p->payload.at, count);
}

void edit_groups(form *f, uint32_t *state) {
  uint32_t n = f->groups.size / 4;
  n = one_in(state, 2) ? n + 1 + draw_below(state, 3) : n / 2;
  form_resize(f, &f->groups, 4 * (n ? n : 1));
}

/* A number of a metadata section, or its length with the size that it says. */
void edit_section(form *f, uint32_t *state) {
  piece *p;
  uint32_t at;
  if (f->n_sections == 0) return;
  p = &f->section[draw_below(state, f->n_sections)];
  if (p->size < 12) return;
  if (one_in(state, 3)) {
    form_resize(f, p, one_in(state, 2) ? p->size + 4 : p->size - 4);
    at = draw_below(state, 4);
    put32(p->at + 4, p->size >= 8 + at ? p->size - 8 - at : 0);
    return;
  }
  at = draw_below(state, p->size / 4) * 4;
  put32(p->at + at, other_number(get32(p->at + at), 32, state));
}

/* Sections gone, doubled, or in another order. */
void edit_sections(form *f, uint32_t *state) {
  unsigned a, b;
  piece was;
  if (f->n_sections == 0) return;
  a = draw_below(state, f->n_sections);
  b = draw_below(state, f->n_sections);
  was = f->section[a];
  switch (draw_below(state, 3)) {
    case 0: f->section[a] = f->section[--f->n_sections]; break;
    case 1:
      f->section[a] = f->section[b];
      f->section[b] = was;
      break;
    default:
      if (f->n_sections < MOST_SECTIONS)
        f->section[f->n_sections++] = form_copy(f, was.at, was.size);
      break;
  }
}
