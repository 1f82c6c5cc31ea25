/* SPDX-License-Identifier: MIT
 *
 * When a class is certain before all trees have voted, and which one has most votes.
 */
#include "core.h"

/* Whether n trees have `total` votes together, of `unit` each, and no sum of theirs
 * can wrap. */
static int emlrt_votes_are(uint32_t total, uint32_t n, uint32_t unit) {
  return n >> 16 == 0 && ((unit >> 16) + 1) * n <= UINT32_C(0x10000) &&
         unit * n == total;
}

uint32_t emlrt_majority(emlrt_rom blob) {
  uint32_t total = EMLRT_HEADER32(blob, vote_total), n, kind;
  emlrt_rom stage = emlrt_stages(blob), trees;
  /* One stage, since others' votes may be needed to the last, whose scores are the
   * classes of one output, and which needs no arena: then it reads x. n_stages is next
   * to n_outputs. */
  if (total == 0 || EMLRT_HEADER32(blob, n_outputs) != UINT32_C(0x00010001) ||
      emlrt_r32(blob, EMLRT_OCTETS(emlrt_header)) != emlrt_n_scores(blob))
    return UINT32_MAX;
  kind = EMLRT_STAGE32(stage, op) >> 20;
  if (kind == EMLRT_OP_TREES_SOFT_U8 >> 20) return total / 2;
  if (kind != EMLRT_OP_TREES_VOTE_U8 >> 20) return UINT32_MAX;
  trees = emlrt_rom_at(stage, EMLRT_OCTETS(emlrt_stage));
  n = emlrt_r32(trees, EMLRT_AT(emlrt_trees, n_trees));
  if (!emlrt_votes_are(total, n, emlrt_r32(trees, EMLRT_AT(emlrt_trees, unit))))
    return UINT32_MAX;
  return n / 2 + 1;
}

emlrt_count emlrt_most_votes(const uint32_t *votes, emlrt_count n) {
  uint32_t most = 0;
  emlrt_count i, best = 0;
  for (i = 0; i < n; i++, votes++) {
    if (*votes <= most) continue;
    most = *votes;
    best = i;
  }
  return best;
}
