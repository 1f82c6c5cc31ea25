/* SPDX-License-Identifier: MIT
 *
 * Where sets of categories start and end.
 */
#include "choices_sets.h"

#include "../../src/trees/trees_template.h"

/* Where a record's set stands. */
static emlrt_rom set_at(const emlrt_build *build, const emlrt_record *r) {
  uint32_t place = r->key ^ EMLRT_SIGN_BIT;
  if (build->width == 6) place &= 0xFFFFu; /* it has no sign */
  return emlrt_rom_at(build->sets, (size_t)place * 2);
}

uint32_t emlrt_set_words(const emlrt_build *build, const emlrt_record *r) {
  return emlrt_r16(set_at(build, r), 0);
}

static unsigned has(emlrt_rom set, uint32_t code) {
  return (unsigned)emlrt_trees_in_set(set, 0, code);
}

int emlrt_set_has_zero(const emlrt_build *build, const emlrt_record *r) {
  return (int)has(set_at(build, r), 0);
}

unsigned emlrt_set_edges(const emlrt_build *build, const emlrt_record *r,
                         uint32_t *keys) {
  uint32_t most = build->forest->input == EMLRT_U8 ? 0xFFu : 0xFFFFu;
  emlrt_rom set = set_at(build, r);
  uint32_t code, end = emlrt_r16(set, 0) * UINT32_C(16);
  unsigned n = 0;
  for (code = 0; code < end && code < most; code++) {
    if (has(set, code) == has(set, code + 1)) continue;
    if (n == EMLRT_MOST_EDGES) return 0;
    keys[n++] = code ^ EMLRT_SIGN_BIT;
  }
  if (n == 0) keys[n++] = most ^ EMLRT_SIGN_BIT;
  return n;
}
