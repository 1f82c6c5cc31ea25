/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles with categories: the check of their sets.
 */
#include "trees.h"

/* Whether there is a payload's head, with a feature that has categories and
 * with sets of a size that fits. */
static int emlrt_trees_coded_ok(const emlrt_call *call) {
  emlrt_rom payload = call->payload;
  return call->size >= EMLRT_OCTETS(emlrt_trees) &&
         EMLRT_TREES_SETS32(payload, first_category) < call->n_in &&
         EMLRT_TREES_SETS32(payload, n_words) <= call->size / 2;
}

uint32_t emlrt_trees_sum_leaves_sets(const emlrt_call *call) {
  if (!emlrt_trees_coded_ok(call)) return 0;
  return emlrt_trees_sums(call, emlrt_trees_sets_bytes(call));
}

#if !defined(EMLRT_NO_FLOAT)
uint32_t emlrt_trees_add_leaves_sets(const emlrt_call *call) {
  if (!emlrt_trees_coded_ok(call)) return 0;
  return emlrt_trees_adds(call, emlrt_trees_sets_bytes(call));
}
#endif

/* Whether a set stands at a place, of n numbers in all. */
static int emlrt_trees_set_ok(emlrt_rom sets, uint32_t n, uint32_t place) {
  if (place >= n) return 0;
  return emlrt_r16(emlrt_rom_at(sets, (emlrt_off)(place * 2u)), 0) < n - place;
}

emlrt_status emlrt_trees_sets_ok(const emlrt_call *call,
                                 emlrt_count n_exponents,
                                 emlrt_part_read *feature,
                                 emlrt_part_read *place, unsigned width) {
  uint32_t n = EMLRT_TREES_SETS32(call->payload, n_words);
  emlrt_off trees = EMLRT_TREES_OFF(call->payload, n_trees);
  emlrt_trees_at at;
  emlrt_coded coded;
  emlrt_trees_coded(&coded, call);
  emlrt_trees_start(&at, call, n_exponents);
  for (; trees != 0; trees--, at.tree = emlrt_rom_at(at.tree, 8)) {
    emlrt_off size = emlrt_roff(at.tree, EMLRT_AT(emlrt_tree, size));
    for (; size != 0; size--, at.records = emlrt_rom_at(at.records, width)) {
      if (feature(at.records) >= coded.first &&
          !emlrt_trees_set_ok(coded.sets, n, place(at.records)))
        return EMLRT_ERR_PAYLOAD;
    }
  }
  return (n & 1u) == 0 ||
                 emlrt_r16(emlrt_rom_at(coded.sets, (emlrt_off)(n * 2u)), 0) ==
                     0
             ? EMLRT_OK
             : EMLRT_ERR_PAYLOAD;
}
