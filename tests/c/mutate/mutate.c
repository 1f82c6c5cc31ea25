/* SPDX-License-Identifier: MIT */
#include "mutate.h"

#include <string.h>

#include "../octets.h"
#include "draw.h"
#include "edits.h"
#include "repair.h"

static form here, there; /* large; a fuzzer's process has one thread */

/* What is listed often is done often. */
static edit *const edits[] = {
    edit_word,    edit_word,    edit_word,    edit_word,    edit_word,
    edit_head,    edit_head,    edit_float,   edit_float,   edit_float,
    edit_stage,   edit_stage,   edit_count,   edit_header,  edit_header,
    edit_group,   edit_copy,    edit_drop,    edit_swap,    edit_chain,
    edit_chain,   edit_overlap, edit_overlap, edit_sibling, edit_between,
    edit_resize,  edit_resize,  edit_groups,  edit_section, edit_section,
    edit_sections};

static size_t finish(form *f, uint8_t *octets, size_t most, uint32_t *state) {
  size_t size;
  if (!one_in(state, 8)) repair(f, state);
  size = form_write(f, octets, most);
  if (size != 0 && one_in(state, 32)) { /* a size of the header, perhaps */
    uint8_t *at = octets + draw_below(state, 48 / 4) * 4;
    put32(at, other_number(get32(at), 32, state));
  }
  return size;
}

static uint32_t start(uint32_t seed) {
  uint32_t state = seed ^ 0x9E3779B9u, i;
  if (state == 0) state = 1;
  for (i = 0; i < 4; i++) draw(&state);
  return state;
}

static void change(form *f, uint32_t *state) {
  unsigned times = one_in(state, 2) ? 1 : 1 + draw_below(state, 4);
  for (; times != 0; times--)
    edits[draw_below(state, sizeof edits / sizeof *edits)](f, state);
}

size_t mutate_blob(uint8_t *octets, size_t size, size_t most, uint32_t seed) {
  uint32_t state = start(seed);
  if (!form_read(&here, octets, size)) return 0;
  change(&here, &state);
  return finish(&here, octets, most, &state);
}

size_t cross_blobs(const uint8_t *octets, size_t size, const uint8_t *other,
                   size_t other_size, uint8_t *out, size_t most,
                   uint32_t seed) {
  uint32_t state = start(seed);
  if (!form_read(&here, octets, size) || !form_read(&there, other, other_size))
    return 0;
  splice(&here, &there, &state);
  if (one_in(&state, 4)) change(&here, &state);
  return finish(&here, out, most, &state);
}
