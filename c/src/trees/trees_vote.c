/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles that vote: the leaf table of codes.
 */
#include "trees.h"

uint32_t emlrt_trees_number(emlrt_rom leaves, emlrt_off i, unsigned shift) {
  leaves = emlrt_rom_at(leaves, i << shift);
  if (shift == 0) return emlrt_r8(leaves, 0);
  if (shift == 1) return emlrt_r16(leaves, 0);
  return emlrt_r32(leaves, 0);
}

uint32_t emlrt_trees_codes(const emlrt_call *call, uint32_t tail,
                           uint32_t n_codes) {
  emlrt_rom leaves = call->payload;
  uint32_t left = call->size - tail, from;
  emlrt_off i;
  unsigned shift = EMLRT_TREES16(leaves, leaf_shift);
  from = EMLRT_TREES32(leaves, leaves);
  if (shift > 2 || (from & 3u) != 0 || from > left) return 0;
  left = (left - from) >> shift;
  leaves = emlrt_rom_at(leaves, (emlrt_off)from);
  for (i = 0; i < left; i++)
    if (emlrt_trees_code(leaves, i, shift) >= n_codes) return 0;
  return left;
}

void emlrt_trees_decided(const emlrt_call *call) {
  uint32_t *votes = (uint32_t *)call->out;
  if (call->u.majority != UINT32_MAX)
    *votes = emlrt_most_votes(votes, call->n_out);
}

/* From the end, since votes may be wider than counts, and in their place. */
void emlrt_trees_counted(const emlrt_call *call) {
  uint32_t *votes = (uint32_t *)call->out;
  const emlrt_trees_count *counts = (const emlrt_trees_count *)call->out;
  uint32_t unit = EMLRT_TREES32(call->payload, unit);
  emlrt_trees_count most = (emlrt_trees_count)call->u.majority;
  emlrt_count i = call->n_out;
  while (i != 0) {
    i--;
    votes[i] = emlrt_wrap_mul((emlrt_trees_count)(most - counts[i]), unit);
  }
  emlrt_trees_decided(call);
}

uint32_t emlrt_trees_vote_leaves(const emlrt_call *call) {
  if (call->size < EMLRT_OCTETS(emlrt_trees) ||
      (EMLRT_TREES32(call->payload, n_items) |
       EMLRT_TREES16(call->payload, item)) != 0)
    return 0;
  return emlrt_trees_codes(call, 0, call->n_out);
}
