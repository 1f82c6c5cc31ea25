/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles whose leaves are numbers: what the checks of sums share.
 */
#include "trees.h"

int emlrt_trees_bare(const emlrt_call *call) {
  return call->size >= EMLRT_OCTETS(emlrt_trees) &&
         (EMLRT_TREES32(call->payload, n_items) |
          EMLRT_TREES32(call->payload, unit)) == 0;
}

uint32_t emlrt_trees_entries(const emlrt_call *call, uint32_t sets) {
  emlrt_rom payload = call->payload;
  uint32_t left = call->size, from = EMLRT_TREES32(payload, leaves), n = 0;
  uint32_t entry = call->n_out << EMLRT_TREES16(payload, leaf_shift);
  if (EMLRT_TREES16(payload, item) != 0 || sets > left) return 0;
  left -= sets;
  if (from > left || (from & 3u) != 0) return 0;
  /* By subtraction: a division would link a helper on small cores. */
  for (left -= from; left >= entry; n++) left -= entry;
  return left < 4 ? n : 0;
}
