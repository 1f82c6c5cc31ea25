/* SPDX-License-Identifier: MIT
 *
 * The checks and loops of the trees ops, inlined once into each op with its walk
 * and its size of record.
 */
#ifndef EMLRT_TREES_TEMPLATE_H
#define EMLRT_TREES_TEMPLATE_H

#include "trees.h"

/* Checks every tree, and that records are all that stands before the leaves, but
 * for padding, which only records of 6 bytes need. Inlined with the op's check of
 * records. each: scores that one leaf may change, but for a vote. */
EMLRT_INLINE emlrt_status emlrt_trees_check(emlrt_call *call, uint32_t n_leaves,
                                            uint32_t n_exponents, uint32_t each,
                                            emlrt_records_check *records,
                                            unsigned width) {
  uint32_t n, at, end, left; /* offsets of records and of the leaves */
  emlrt_rom tree = call->payload;
  /* Without leaves the payload may be too short for what is read below. */
  if (n_leaves == 0) return EMLRT_ERR_PAYLOAD;
  n = EMLRT_TREES32(tree, n_trees);
  end = EMLRT_TREES32(tree, leaves);
  at = (uint32_t)EMLRT_OCTETS(emlrt_trees) + n_exponents * 4;
  tree = emlrt_rom_at(tree, (emlrt_off)at);
  if (!emlrt_counts(n) || at + n * 8 > end) return EMLRT_ERR_PAYLOAD;
  call->v.work = call->n_out; /* walks visit records, and of x no more */
  if (each != 0) emlrt_charge(call, n, each);
  at += n * 8;
  for (; n != 0; n--, tree = emlrt_rom_at(tree, 8)) {
    uint32_t size = emlrt_r32(tree, EMLRT_AT(emlrt_tree, size));
    uint32_t base = emlrt_r32(tree, EMLRT_AT(emlrt_tree, base));
    if (base >= n_leaves) return EMLRT_ERR_PAYLOAD;
    if (size == EMLRT_TREES_LONE) continue;
    if (size >> 28 != 0 || size * width > end - at ||
        !records(emlrt_rom_at(call->payload, (emlrt_off)at), (emlrt_off)size,
                 (emlrt_off)(n_leaves - base), call->n_in))
      return EMLRT_ERR_PAYLOAD;
    at += size * width;
  }
  left = end - at;
  if (width == 6 && left == 2)
    left = emlrt_r16(emlrt_rom_at(call->payload, (emlrt_off)at), 0);
  return left == 0 ? EMLRT_OK : EMLRT_ERR_PAYLOAD;
}

/* The leaf entry that x reaches in the next tree. What is not needed behind the walk
 * is read in front of it, and the other way round: a walk leaves few registers. */
EMLRT_INLINE emlrt_off emlrt_trees_leaf(emlrt_trees_at *at, const void *x,
                                        emlrt_walk *walk, unsigned width) {
  emlrt_rom tree = at->tree, records = at->records;
  emlrt_off size = emlrt_roff(tree, EMLRT_AT(emlrt_tree, size));
  at->tree = emlrt_rom_at(tree, EMLRT_OCTETS(emlrt_tree));
  if (size == EMLRT_TREES_LONE)
    return emlrt_roff(tree, EMLRT_AT(emlrt_tree, base));
  at->records = emlrt_rom_at(records, size * width);
  return walk(records, x) + emlrt_roff(tree, EMLRT_AT(emlrt_tree, base));
}

/* Counts the trees that vote for each class, down from a majority, so that a class has
 * it at 0: then no other one can. shift: leaf_shift. */
EMLRT_INLINE void emlrt_trees_vote(const emlrt_call *call, emlrt_walk *walk,
                                   unsigned width, unsigned shift) {
  emlrt_trees_count *counts = (emlrt_trees_count *)call->out;
  const void *x = call->in;
  emlrt_rom end, leaves;
  emlrt_trees_at at;
  emlrt_trees_fill(counts, call);
  leaves = emlrt_rom_at(call->payload, EMLRT_TREES_OFF(call->payload, leaves));
  emlrt_trees_start(&at, call, 0);
  end = at.records; /* of the table of trees, too */
  do {
    emlrt_off leaf = emlrt_trees_leaf(&at, x, walk, width);
    emlrt_count code = emlrt_trees_class(leaves, leaf, shift);
    if (--counts[code] == 0) {
      *(uint32_t *)(void *)counts = code;
      return;
    }
  } while (at.tree != end);
  emlrt_trees_counted(call);
}

/* The same where a leaf may be a row of votes. */
EMLRT_INLINE void emlrt_trees_soft(const emlrt_call *call, emlrt_walk *walk,
                                   unsigned width) {
  uint32_t *votes = (uint32_t *)call->out;
  emlrt_rom payload = call->payload;
  emlrt_rom leaves = emlrt_rom_at(payload, EMLRT_TREES_OFF(payload, leaves));
  uint32_t unit = EMLRT_TREES32(payload, unit);
  unsigned shift = EMLRT_TREES16(payload, leaf_shift);
  emlrt_count n_out = call->n_out, i = n_out;
  emlrt_off n = EMLRT_TREES_OFF(payload, n_trees);
  emlrt_trees_at at;
  emlrt_trees_start(&at, call, 0);
  while (i != 0) {
    votes[--i] = 0;
    EMLRT_KEEP_LOOP();
  }
  for (; n != 0; n--) {
    emlrt_off leaf = emlrt_trees_leaf(&at, call->in, walk, width);
    uint32_t code = emlrt_trees_code(leaves, leaf, shift);
    if (code >= n_out) {
      emlrt_trees_row(call, code - n_out, votes);
    } else {
      uint32_t *vote = votes + (size_t)code;
      *vote = emlrt_wrap_add(*vote, unit);
      if (*vote > call->u.majority) break;
    }
  }
  emlrt_trees_decided(call);
}

/* The exact integer sum. Sums grow in the output's own elements, as integers, and become floats at
 * the end. They cannot overflow in a blob made by a converter; in another one
 * they wrap. x: what the walk takes. */
EMLRT_INLINE void emlrt_trees_sum(const emlrt_call *call, const void *x,
                                  emlrt_walk *walk, unsigned width) {
  emlrt_alias32 *sums = (emlrt_alias32 *)call->out;
  emlrt_rom payload = call->payload;
  emlrt_rom leaves = emlrt_rom_at(payload, EMLRT_TREES_OFF(payload, leaves));
  emlrt_rom exponents = emlrt_rom_at(payload, EMLRT_OCTETS(emlrt_trees));
  unsigned shift = EMLRT_TREES16(payload, leaf_shift);
  emlrt_count n_out = call->n_out, i;
  emlrt_off n = EMLRT_TREES_OFF(payload, n_trees);
  emlrt_trees_at at;
  emlrt_trees_start(&at, call, n_out);
  for (i = 0; i < n_out; i++) {
    sums[i] = 0;
    EMLRT_KEEP_LOOP();
  }
  for (; n != 0; n--) {
    emlrt_off leaf = emlrt_trees_leaf(&at, x, walk, width) * n_out;
    for (i = 0; i < n_out; i++)
      sums[i] = emlrt_wrap_add(
          sums[i], emlrt_trees_leaf_number(leaves, leaf + i, shift));
  }
  for (i = 0; i < n_out; i++, exponents = emlrt_rom_at(exponents, 4))
    sums[i] = emlrt_trees_scale(sums[i], emlrt_ri32(exponents, 0));
}

/* The float32 sum, tree by tree. Leaves are finite, so that no sum is NaN. */
EMLRT_INLINE void emlrt_trees_add(const emlrt_call *call, const void *x,
                                  emlrt_walk *walk, unsigned width) {
  float *y = (float *)call->out;
  emlrt_rom payload = call->payload;
  emlrt_rom leaves = emlrt_rom_at(payload, EMLRT_TREES_OFF(payload, leaves));
  emlrt_count n_out = call->n_out, i;
  emlrt_off n = EMLRT_TREES_OFF(payload, n_trees);
  emlrt_trees_at at;
  emlrt_trees_start(&at, call, 0);
  for (i = 0; i < n_out; i++) {
    y[i] = 0;
    EMLRT_KEEP_LOOP();
  }
  for (; n != 0; n--) {
    emlrt_off leaf = emlrt_trees_leaf(&at, x, walk, width) * n_out;
    emlrt_rom number = emlrt_rom_at(leaves, leaf * 4u);
    for (i = 0; i < n_out; i++, number = emlrt_rom_at(number, 4))
      y[i] = emlrt_add(y[i], emlrt_rf32(number, 0));
  }
}

/* Whether a code is in the set at a place. */
EMLRT_INLINE int emlrt_trees_in_set(emlrt_rom sets, emlrt_off place,
                                    unsigned code) {
  emlrt_rom set = emlrt_rom_at(sets, place * 2u);
  if (code >> 4 >= emlrt_r16(set, 0)) return 0;
  set = emlrt_rom_at(set, (emlrt_off)(code >> 4) * 2u + 2u);
  return (emlrt_r16(set, 0) >> (code & 15u) & 1u) != 0;
}

#endif
