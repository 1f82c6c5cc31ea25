/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles that vote: rows of votes for mixed leaves, and their check.
 */
#include "trees.h"

typedef struct emlrt_trees_item {
  uint32_t index; /* of the score */
  uint32_t votes;
  unsigned last;
} emlrt_trees_item;

static emlrt_trees_item emlrt_trees_item_read(emlrt_rom at, unsigned width) {
  emlrt_trees_item it;
  uint32_t head;
  if (width == 4) {
    head = emlrt_r32(at, 0);
    it.votes = head & UINT32_C(0x3FFFFF);
    it.index = head >> 22 & 0x1FFu;
    it.last = (unsigned)(head >> 31);
  } else if (width == 8) {
    it.votes = emlrt_r32(at, 0);
    head = emlrt_r32(at, 4);
    it.index = head & UINT32_C(0x7FFFFFFF);
    it.last = (unsigned)(head >> 31);
  } else {
    it.votes = emlrt_r8(at, 0);
    if (width == 3) {
      at = emlrt_rom_at(at, 1);
      it.votes |= (uint32_t)emlrt_r8(at, 0) << 8;
    }
    it.last = (unsigned)emlrt_r8(at, 1);
    it.index = it.last & 0x7Fu;
    it.last = it.last >> 7;
  }
  return it;
}

void emlrt_trees_row(const emlrt_trees_view *view, uint32_t i,
                     uint32_t *votes) {
  unsigned width = view->item_width;
  emlrt_rom at = emlrt_rom_at(view->items, (emlrt_off)i * width);
  emlrt_trees_item it;
  do {
    it = emlrt_trees_item_read(at, width);
    votes[it.index] = emlrt_wrap_add(votes[it.index], it.votes);
    at = emlrt_rom_at(at, width);
  } while (!it.last);
}

static int emlrt_trees_widths_ok(unsigned leaf, unsigned items,
                                 uint32_t n_items) {
  if (leaf != 1 && leaf != 2 && leaf != 4) return 0;
  if (items == 0 || n_items == 0) return items == n_items;
  return items == 2 || items == 3 || items == 4 || items == 8;
}

/* Every row must end, so the last item must be a last one, and none may have
 * more items than there are scores, or a small blob could ask for a lot of
 * work: many trees that share one endless row. */
static int emlrt_trees_items_ok(const emlrt_call *call,
                                const emlrt_trees_view *view, uint32_t n) {
  emlrt_rom at = view->items;
  uint32_t unit = EMLRT_TREES32(call->payload, unit);
  uint32_t run = 0; /* items of the row so far */
  for (; n != 0; n--, at = emlrt_rom_at(at, view->item_width)) {
    emlrt_trees_item it = emlrt_trees_item_read(at, view->item_width);
    if (it.index >= call->n_out || it.votes > unit || run == call->n_out)
      return 0;
    run = it.last ? 0 : run + 1;
  }
  return run == 0;
}

emlrt_status emlrt_trees_vote_check(const emlrt_call *call, unsigned width,
                                    emlrt_trees_view *view) {
  unsigned widths;
  uint32_t n_items, n_leaves;
  emlrt_status status;
  if (call->size < EMLRT_OCTETS(emlrt_trees)) return EMLRT_ERR_PAYLOAD;
  widths = EMLRT_TREES16(call->payload, widths);
  n_items = EMLRT_TREES32(call->payload, n_items);
  if (!emlrt_trees_widths_ok(widths & 0xFFu, widths >> 8, n_items) ||
      EMLRT_TREES32(call->payload, unit) == 0)
    return EMLRT_ERR_PAYLOAD;
  status = emlrt_trees_carve(call, 0, widths & 0xFFu, width);
  if (status != EMLRT_OK) return status;
  emlrt_trees_locate(call, 0, width, view);
  if (!emlrt_trees_items_ok(call, view, n_items)) return EMLRT_ERR_PAYLOAD;
  for (n_leaves = EMLRT_TREES32(call->payload, n_leaves); n_leaves != 0;)
    if (emlrt_trees_number(view->leaves, view->leaf_width, --n_leaves) >=
        call->n_out + n_items)
      return EMLRT_ERR_PAYLOAD;
  return EMLRT_OK;
}
