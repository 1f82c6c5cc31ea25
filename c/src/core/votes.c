/* SPDX-License-Identifier: MIT
 *
 * When a class is certain before all trees have voted, and which one has most votes.
 */
#include "core.h"

uint32_t emlrt_majority(emlrt_rom blob) {
  uint32_t total = EMLRT_HEADER32(blob, vote_total), kind;
  emlrt_rom stage = emlrt_stages(blob), trees;
  /* One stage, since others' votes may be needed to the last, of x, since there is no
   * arena; its scores are the classes of one output. n_stages is next to n_outputs. */
  if (EMLRT_HEADER32(blob, n_outputs) != UINT32_C(0x00010001) ||
      EMLRT_HEADER32(blob, arena_size) != 0 ||
      emlrt_r32(blob, EMLRT_OCTETS(emlrt_header)) != emlrt_n_scores(blob))
    return UINT32_MAX;
  /* Those that vote write uint32, and only what has a vote_total may end so. */
  kind = EMLRT_STAGE32(stage, op) >> 20;
  if (kind == EMLRT_OP_TREES_SOFT_U8 >> 20) return total / 2;
  trees = emlrt_rom_at(stage, EMLRT_OCTETS(emlrt_stage));
  /* A vote a tree, so that no sum of them wraps and trees are what is counted. */
  if (kind != EMLRT_OP_TREES_VOTE_U8 >> 20 ||
      emlrt_r32(trees, EMLRT_AT(emlrt_trees, unit)) != 1 ||
      emlrt_r32(trees, EMLRT_AT(emlrt_trees, n_trees)) != total)
    return UINT32_MAX;
  return total / 2 + 1;
}

/* From the end, so that the last one taken is the lowest. */
emlrt_count emlrt_most_votes(const uint32_t *votes, emlrt_count n) {
  uint32_t most = 0;
  emlrt_count best = 0;
  while (n != 0) {
    n--;
    if (votes[n] < most) continue;
    most = votes[n];
    best = n;
  }
  return best;
}
