/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles that add floats: the check of their leaves.
 */
#include "trees.h"

uint32_t emlrt_trees_adds(const emlrt_call *call, uint32_t sets) {
  emlrt_rom payload = call->payload;
  uint32_t n;
  if (EMLRT_TREES16(payload, leaf_shift) != 2) return 0;
  n = emlrt_trees_entries(call, sets);
  if (n == 0 ||
      !emlrt_finite(emlrt_rom_at(payload, EMLRT_TREES_OFF(payload, leaves)),
                    n * call->n_out))
    return 0;
  return n;
}

uint32_t emlrt_trees_add_leaves(const emlrt_call *call) {
  return emlrt_trees_bare(call) ? emlrt_trees_adds(call, 0) : 0;
}
