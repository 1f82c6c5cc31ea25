/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles: carving the payload, and what both leaf kinds read.
 */
#include "trees.h"

uint32_t emlrt_trees_number(emlrt_rom at, unsigned width, uint32_t i) {
  at = emlrt_rom_at(at, (emlrt_off)i * width);
  if (width == 1) return emlrt_r8(at, 0);
  if (width == 2) return emlrt_r16(at, 0);
  return emlrt_r32(at, 0);
}

void emlrt_trees_locate(const emlrt_call *call, uint32_t n_exponents,
                        unsigned width, emlrt_trees_view *view) {
  emlrt_rom at = call->payload;
  emlrt_off n_trees = (emlrt_off)EMLRT_TREES32(at, n_trees) * 4u;
  uint32_t records = EMLRT_TREES32(at, n_records) * width;
  unsigned widths = EMLRT_TREES16(at, widths);
  view->leaf_width = (unsigned)(widths & 0xFFu);
  view->item_width = (unsigned)(widths >> 8);
  view->has_bases = (unsigned)EMLRT_TREES16(at, flags);
  at =
      emlrt_rom_at(at, EMLRT_OCTETS(emlrt_trees) + (emlrt_off)n_exponents * 4u);
  view->sizes = at;
  if (view->has_bases) at = emlrt_rom_at(at, n_trees);
  view->bases = at;
  view->records = emlrt_rom_at(at, n_trees);
  view->leaves = emlrt_rom_at(view->records, (emlrt_off)emlrt_pad4(records));
  at = call->payload;
  records = EMLRT_TREES32(at, n_leaves) * view->leaf_width;
  /* trees_sum has no items, so what its entries add does not matter. */
  view->items = emlrt_rom_at(view->leaves, (emlrt_off)emlrt_pad4(records));
}

/* Takes `octets` from what is left and skips them; 0 if they do not fit, or if
 * the padding that follows them is not zero. */
static int emlrt_trees_take(emlrt_rom *at, uint32_t *left, uint32_t octets) {
  if (octets > *left) return 0;
  *left -= octets;
  *at = emlrt_rom_at(*at, (emlrt_off)octets);
  for (; (octets & 3u) != 0; octets++) {
    if (*left == 0 || emlrt_r8(*at, 0) != 0) return 0;
    --*left;
    *at = emlrt_rom_at(*at, 1);
  }
  return 1;
}

emlrt_status emlrt_trees_carve(const emlrt_call *call, uint32_t n_exponents,
                               uint32_t leaf_octets, unsigned width) {
  emlrt_rom at = call->payload;
  uint32_t left = call->size, n_trees, n_records, n_leaves, n_items;
  unsigned widths, flags;
  if (left < EMLRT_OCTETS(emlrt_trees)) return EMLRT_ERR_PAYLOAD;
  n_trees = EMLRT_TREES32(at, n_trees);
  n_records = EMLRT_TREES32(at, n_records);
  n_leaves = EMLRT_TREES32(at, n_leaves);
  n_items = EMLRT_TREES32(at, n_items);
  flags = EMLRT_TREES16(at, flags);
  widths = EMLRT_TREES16(at, widths);
  /* With these limits no product below can wrap; trees_sum sees to its own. */
  if ((n_trees | n_records | n_leaves | n_items) > EMLRT_COUNT_MAX ||
      n_trees == 0 || n_leaves == 0 || flags > EMLRT_TREES_BASES)
    return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_trees);
  at = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_trees));
  return emlrt_trees_take(&at, &left, n_exponents * 4) &&
                 emlrt_trees_take(&at, &left, n_trees * 4) &&
                 (flags == 0 || emlrt_trees_take(&at, &left, n_trees * 4)) &&
                 emlrt_trees_take(&at, &left, n_records * width) &&
                 emlrt_trees_take(&at, &left, n_leaves * leaf_octets) &&
                 emlrt_trees_take(&at, &left, n_items * (widths >> 8)) &&
                 left == 0
             ? EMLRT_OK
             : EMLRT_ERR_PAYLOAD;
}
