/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles that vote by shares: rows of votes for mixed leaves.
 */
#include "trees.h"

/* An unsigned number of n bytes, at any address. */
static uint32_t emlrt_trees_bytes(emlrt_rom at, unsigned n) {
  uint32_t number = 0;
  while (n != 0) number = number << 8 | emlrt_r8(emlrt_rom_at(at, --n), 0);
  return number;
}

/* The same, where one byte is what there mostly is. */
EMLRT_INLINE uint32_t emlrt_trees_head(emlrt_rom at, unsigned n) {
#if !defined(__OPTIMIZE_SIZE__)
  if (n == 1) return emlrt_r8(at, 0);
#endif
  return emlrt_trees_bytes(at, n);
}

/* Bytes of an item. */
EMLRT_INLINE unsigned emlrt_trees_stride(unsigned item) {
  return (item & 0xFFu) + (item >> 8);
}

/* Reads the item at `at`: its votes, and its head with `last` in bit 31. */
EMLRT_WRAPS static uint32_t emlrt_trees_item(emlrt_rom at, unsigned item,
                                             uint32_t *votes) {
  unsigned n = item & 0xFFu, rest = 32u - 8u * (item >> 8);
  if (item == 0x0103u) { /* what converters write by default: one word */
    uint32_t word = emlrt_r32(at, 0);
    *votes = word & UINT32_C(0xFFFFFF);
    n = (unsigned)(word >> 24);
    return (uint32_t)(n & 0x7Fu) | (uint32_t)(n & 0x80u) << 24;
  }
  uint32_t head = emlrt_trees_bytes(emlrt_rom_at(at, n), item >> 8) << rest;
  *votes = emlrt_trees_bytes(at, n);
  return (head & UINT32_C(0x80000000)) | (head << 1 >> rest >> 1);
}

/* Bytes of all items. */
static uint32_t emlrt_trees_tail(const emlrt_call *call) {
  return emlrt_pad4(EMLRT_TREES32(call->payload, n_items) *
                    emlrt_trees_stride(EMLRT_TREES16(call->payload, item)));
}

void emlrt_trees_row(const emlrt_call *call, uint32_t i, uint32_t *votes) {
  unsigned item = EMLRT_TREES16(call->payload, item);
  emlrt_rom at = emlrt_rom_at(call->payload,
                              (emlrt_off)(call->size - emlrt_trees_tail(call) +
                                          i * emlrt_trees_stride(item)));
  uint32_t head;
  do {
    uint32_t n, *vote;
    head = emlrt_trees_item(at, item, &n);
    vote = votes + (head & UINT32_C(0x7FFFFFFF));
    *vote = emlrt_wrap_add(*vote, n);
    at = emlrt_rom_at(at, emlrt_trees_stride(item));
  } while ((head & UINT32_C(0x80000000)) == 0);
}

/* Every row must end, so the last item must be a last one, and none may have
 * more items than there are scores, or a small blob could ask for a lot of
 * work: many trees that share one endless row. */
static int emlrt_trees_items_ok(const emlrt_call *call, uint32_t n,
                                uint32_t left) {
  unsigned item = EMLRT_TREES16(call->payload, item), bytes = item >> 8;
  emlrt_rom at = emlrt_rom_at(call->payload, (emlrt_off)(call->size - left));
  uint32_t last = UINT32_C(0x80) << (8u * bytes - 8u); /* marks a row's end */
  uint32_t room = call->n_out;          /* items that the row may still have */
  left -= n * emlrt_trees_stride(item); /* padding */
  if (n == 0) return 1;
  at = emlrt_rom_at(at, item & 0xFFu);
  for (;; at = emlrt_rom_at(at, emlrt_trees_stride(item))) {
    uint32_t head = emlrt_trees_head(at, bytes);
    if (room == 0) return 0;
    room--;
    if ((head & last) != 0) {
      head ^= last;
      room = call->n_out;
    }
    if (head >= call->n_out) return 0;
    if (--n == 0) break;
  }
  at = emlrt_rom_at(call->payload, (emlrt_off)(call->size - left));
  return room == call->n_out && emlrt_trees_bytes(at, (unsigned)left) == 0;
}

/* Whether both halves of `item` are 1 to 4. */
EMLRT_WRAPS EMLRT_INLINE int emlrt_trees_item_ok(unsigned item) {
  return ((item - 0x0101u) & ~0x0303u) == 0;
}

uint32_t emlrt_trees_soft_leaves(const emlrt_call *call) {
  uint32_t n_items, tail;
  if (call->size < EMLRT_OCTETS(emlrt_trees)) return 0;
  n_items = EMLRT_TREES32(call->payload, n_items);
  if (n_items >> 28 != 0 ||
      !emlrt_trees_item_ok(EMLRT_TREES16(call->payload, item)))
    return 0;
  tail = emlrt_trees_tail(call);
  if (tail > call->size || !emlrt_trees_items_ok(call, n_items, tail)) return 0;
  return emlrt_trees_codes(call, tail, call->n_out + n_items);
}
