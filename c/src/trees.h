/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles: what the trees ops share.
 *
 * An op is a walk (input dtype and record size, trees_walk.h) and a leaf kind
 * (trees_vote.c's rows of votes, trees_sum.c's numbers). Each op's file puts
 * them together at compile time, so that its loop holds no case it cannot meet.
 */
#ifndef EMLRT_TREES_H
#define EMLRT_TREES_H

#include "core.h"

#define EMLRT_TREES32(payload, field) \
  emlrt_r32(payload, EMLRT_AT(emlrt_trees, field))
#define EMLRT_TREES16(payload, field) \
  emlrt_r16(payload, EMLRT_AT(emlrt_trees, field))

/* Where the parts of a payload start. */
typedef struct emlrt_trees_view {
  emlrt_rom sizes;
  emlrt_rom bases; /* as sizes if there are none */
  emlrt_rom records;
  emlrt_rom leaves;
  emlrt_rom items;
  unsigned leaf_width; /* octets of a number in a leaf entry */
  unsigned item_width; /* octets of an item */
  unsigned has_bases;
} emlrt_trees_view;

/* The leaf index that x reaches in the tree whose records start at `at`. */
typedef uint32_t emlrt_walk(emlrt_rom at, const void *x);

/* A record as the check sees it. */
typedef struct emlrt_split {
  uint32_t feature;
  uint32_t link;
  unsigned leaves; /* EMLRT_LEAF_* */
  unsigned valid;  /* no bit is set that the format reserves */
} emlrt_split;
typedef emlrt_split emlrt_split_read(emlrt_rom at);

/* Finds the parts. n_exponents: 0 for trees_vote, out_count for trees_sum.
 * width: octets of a record. Only after emlrt_trees_carve has succeeded. */
void emlrt_trees_locate(const emlrt_call *call, uint32_t n_exponents,
                        unsigned width, emlrt_trees_view *view);
/* Checks the counts against the payload's size, and the padding. leaf_octets:
 * of a leaf entry; the caller has seen that n_leaves of them cannot wrap. */
emlrt_status emlrt_trees_carve(const emlrt_call *call, uint32_t n_exponents,
                               uint32_t leaf_octets, unsigned width);
/* Reads an unsigned number of 1, 2 or 4 octets at entry i. */
uint32_t emlrt_trees_number(emlrt_rom at, unsigned width, uint32_t i);

/* Checks every record: features, links and leaf indices in range, children
 * after their parent and within its tree. Inlined with the op's reader. */
EMLRT_INLINE emlrt_status emlrt_trees_records(emlrt_call *call,
                                              const emlrt_trees_view *view,
                                              emlrt_split_read *read,
                                              unsigned width) {
  uint32_t n_trees = EMLRT_TREES32(call->payload, n_trees), t;
  uint32_t left = EMLRT_TREES32(call->payload, n_records);
  emlrt_rom at = view->records, sizes = view->sizes, bases = view->bases;
  for (t = 0; t < n_trees; t++) {
    uint32_t size = emlrt_r32(sizes, 0);
    uint32_t leaves = EMLRT_TREES32(call->payload, n_leaves);
    if (view->has_bases) {
      uint32_t base = emlrt_r32(bases, 0);
      if (base > leaves) return EMLRT_ERR_PAYLOAD;
      leaves -= base;
    }
    sizes = emlrt_rom_at(sizes, 4);
    bases = emlrt_rom_at(bases, 4);
    if ((size & EMLRT_TREES_LONE) != 0) {
      if ((size ^ EMLRT_TREES_LONE) >= leaves) return EMLRT_ERR_PAYLOAD;
      continue;
    }
    if (size > left || size == 0) return EMLRT_ERR_PAYLOAD;
    left -= size;
    while (size != 0) {
      emlrt_split s = read(at);
      int ok = s.valid && s.feature < call->n_in;
      size--; /* now it is what follows in this tree */
      if (s.leaves == 0)
        ok = ok && s.link != 0 && s.link < size;
      else if (s.leaves == (EMLRT_LEAF_LEFT | EMLRT_LEAF_RIGHT))
        ok = ok && s.link < leaves && leaves - s.link > 1;
      else
        ok = ok && s.link < leaves && size != 0;
      if (!ok) return EMLRT_ERR_PAYLOAD;
      at = emlrt_rom_at(at, width);
      call->limit += width; /* tells emlrt_open where this stands */
    }
  }
  return left == 0 ? EMLRT_OK : EMLRT_ERR_PAYLOAD;
}

/* Check everything but the records, and find the parts. */
emlrt_status emlrt_trees_vote_check(const emlrt_call *call, unsigned width,
                                    emlrt_trees_view *view);
emlrt_status emlrt_trees_sum_check(const emlrt_call *call, unsigned width,
                                   emlrt_trees_view *view);
/* Adds the votes of a mixed leaf: the row that starts at item i. */
void emlrt_trees_row(const emlrt_trees_view *view, uint32_t i, uint32_t *votes);
/* Reads a signed number of 1, 2 or 4 octets at entry i. */
uint32_t emlrt_trees_signed(emlrt_rom at, unsigned width, uint32_t i);
/* Bits of the float32 nearest to sum * 2^exponent, ties to even. sum is a
 * signed number in two's complement. */
uint32_t emlrt_trees_scale(uint32_t sum, int32_t exponent);

EMLRT_INLINE uint32_t emlrt_trees_leaf(emlrt_trees_view *view, const void *x,
                                       emlrt_walk *walk, unsigned width) {
  uint32_t size = emlrt_r32(view->sizes, 0), leaf;
  view->sizes = emlrt_rom_at(view->sizes, 4);
  if ((size & EMLRT_TREES_LONE) != 0) {
    leaf = size ^ EMLRT_TREES_LONE;
  } else {
    leaf = walk(view->records, x);
    view->records = emlrt_rom_at(view->records, (emlrt_off)(size * width));
  }
  if (view->has_bases) {
    leaf += emlrt_r32(view->bases, 0);
    view->bases = emlrt_rom_at(view->bases, 4);
  }
  return leaf;
}

EMLRT_INLINE void emlrt_trees_vote(const emlrt_call *call, emlrt_walk *walk,
                                   unsigned width) {
  uint32_t *votes = (uint32_t *)call->out;
  uint32_t n_out = call->n_out, i;
  uint32_t n_trees = EMLRT_TREES32(call->payload, n_trees);
  uint32_t unit = EMLRT_TREES32(call->payload, unit);
  emlrt_trees_view view;
  emlrt_trees_locate(call, 0, width, &view);
  for (i = 0; i < n_out; i++) votes[i] = 0;
  for (; n_trees != 0; n_trees--) {
    uint32_t leaf = emlrt_trees_leaf(&view, call->in, walk, width);
    uint32_t code = emlrt_trees_number(view.leaves, view.leaf_width, leaf);
    if (code >= n_out) {
      emlrt_trees_row(&view, code - n_out, votes);
    } else {
      votes[code] = emlrt_wrap_add(votes[code], unit);
      if (votes[code] > call->limit) return;
    }
  }
}

/* Sums grow in the output's own elements, as integers, and become floats at
 * the end. They cannot overflow in a blob made by a converter; in another one
 * they wrap. */
EMLRT_INLINE void emlrt_trees_sum(const emlrt_call *call, emlrt_walk *walk,
                                  unsigned width) {
  emlrt_alias32 *sums = (emlrt_alias32 *)call->out;
  uint32_t n_out = call->n_out, i;
  uint32_t n_trees = EMLRT_TREES32(call->payload, n_trees);
  emlrt_rom exponents = emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_trees));
  emlrt_trees_view view;
  emlrt_trees_locate(call, n_out, width, &view);
  for (i = 0; i < n_out; i++) sums[i] = 0;
  for (; n_trees != 0; n_trees--) {
    uint32_t leaf = emlrt_trees_leaf(&view, call->in, walk, width) * n_out;
    for (i = 0; i < n_out; i++)
      sums[i] = emlrt_wrap_add(
          sums[i], emlrt_trees_signed(view.leaves, view.leaf_width, leaf + i));
  }
  for (i = 0; i < n_out; i++, exponents = emlrt_rom_at(exponents, 4))
    sums[i] = emlrt_trees_scale(sums[i], emlrt_ri32(exponents, 0));
}

#endif
