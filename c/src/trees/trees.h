/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles: what the trees ops share.
 *
 * An op is a walk (input dtype and record size, trees_walk.h) and a leaf kind
 * (trees_template.h). Each op's file puts them together at compile time, so that
 * its loop holds no case that it cannot meet.
 */
#ifndef EMLRT_TREES_H
#define EMLRT_TREES_H

#include "../maths/numeric.h"

#define EMLRT_TREES32(payload, field) \
  emlrt_r32(payload, EMLRT_AT(emlrt_trees, field))
#define EMLRT_TREES16(payload, field) \
  emlrt_r16(payload, EMLRT_AT(emlrt_trees, field))
#define EMLRT_TREES_SETS32(payload, field) \
  emlrt_r32(payload, EMLRT_AT(emlrt_trees_sets, field))
/* Of a payload that has been checked. */
#define EMLRT_TREES_OFF(payload, field) \
  ((emlrt_off)emlrt_roff(payload, EMLRT_AT(emlrt_trees, field)))

/* The leaf index that x reaches in the tree whose records start at `at`. */
typedef emlrt_off emlrt_walk(emlrt_rom at, const void *x);

/* Whether the records of a tree are well: see emlrt_records_* in trees_walk.h. */
typedef int emlrt_records_check(emlrt_rom at, emlrt_off after, emlrt_off leaves,
                                emlrt_count n_in);

/* What a walk with categories reads instead of x alone. */
typedef struct emlrt_coded {
  const void *x;
  emlrt_rom sets;
  uint32_t first; /* the first feature with categories */
} emlrt_coded;
/* A record's feature, and its threshold as a place among the sets. */
typedef uint32_t emlrt_part_read(emlrt_rom at);

/* The leaf kinds. Each check looks at everything but the trees, and gives the
 * number of leaf entries, 0 if something is wrong. */
uint32_t emlrt_trees_vote_leaves(const emlrt_call *call);
uint32_t emlrt_trees_soft_leaves(const emlrt_call *call);
uint32_t emlrt_trees_sum_leaves(const emlrt_call *call);
uint32_t emlrt_trees_add_leaves(const emlrt_call *call);

/* With categories, the leaf kinds' checks look at the size of the sets, and
 * emlrt_trees_sets_ok, once the trees are known to be well, at each of them. */
uint32_t emlrt_trees_sum_leaves_sets(const emlrt_call *call);
uint32_t emlrt_trees_add_leaves_sets(const emlrt_call *call);
emlrt_status emlrt_trees_sets_ok(const emlrt_call *call,
                                 emlrt_count n_exponents,
                                 emlrt_part_read *feature,
                                 emlrt_part_read *place, unsigned width);
/* Their parts. sets: bytes of the sets. A head must be there. */
int emlrt_trees_bare(const emlrt_call *call);
uint32_t emlrt_trees_sums(const emlrt_call *call, uint32_t sets);
uint32_t emlrt_trees_adds(const emlrt_call *call, uint32_t sets);
uint32_t emlrt_trees_entries(const emlrt_call *call, uint32_t sets);

/* Trees that vote for a class: so many fit 16 bits where a blob does. */
#if EMLRT_ROM_BITS == 16
typedef emlrt_alias16 emlrt_trees_count;
#else
typedef emlrt_alias32 emlrt_trees_count;
#endif
/* Counts before the first tree: of all scores, as many as trees never are. */
EMLRT_INLINE void emlrt_trees_fill(emlrt_trees_count *counts,
                                   const emlrt_call *call) {
  emlrt_trees_count most = (emlrt_trees_count)call->u.majority;
  emlrt_trees_count *end = counts + call->n_out;
#if defined(__OPTIMIZE_SIZE__)
  do {
    *counts++ = most;
    EMLRT_KEEP_LOOP();
  } while (counts != end);
#else
  if ((call->n_out & 1u) != 0) *counts++ = most;
  while (counts != end) { /* two at once */
    *counts++ = most;
    *counts++ = most;
    EMLRT_KEEP_LOOP();
  }
#endif
}
/* What follows the trees of trees_vote: makes votes of what is left in `out`, and
 * the class where the call asks for it. */
void emlrt_trees_counted(const emlrt_call *call);
/* What follows those of trees_soft: the class where the call asks for it. */
void emlrt_trees_decided(const emlrt_call *call);

/* What vote and soft share: `tail` bytes at the payload's end are items, and
 * codes must be below n_codes. */
uint32_t emlrt_trees_codes(const emlrt_call *call, uint32_t tail,
                           uint32_t n_codes);
/* Adds the votes of a mixed leaf: the row that starts at item i. */
void emlrt_trees_row(const emlrt_call *call, uint32_t i, uint32_t *votes);
/* Number i of a leaf table: of 1 << shift bytes, unsigned or signed. */
uint32_t emlrt_trees_number(emlrt_rom leaves, emlrt_off i, unsigned shift);
uint32_t emlrt_trees_signed(emlrt_rom leaves, emlrt_off i, unsigned shift);
/* The same as emlrt_trees_number: inlined into loops unless size comes first. */
EMLRT_INLINE uint32_t emlrt_trees_code(emlrt_rom leaves, emlrt_off i,
                                       unsigned shift) {
#if !defined(__OPTIMIZE_SIZE__)
  if (shift == 0) return emlrt_r8(emlrt_rom_at(leaves, i), 0);
  if (shift == 1) return emlrt_r16(emlrt_rom_at(leaves, i * 2), 0);
#endif
  return emlrt_trees_number(leaves, i, shift);
}
/* The same where it is a class. */
EMLRT_INLINE emlrt_count emlrt_trees_class(emlrt_rom leaves, emlrt_off i,
                                           unsigned shift) {
#if !defined(__OPTIMIZE_SIZE__)
  if (shift == 0) return (emlrt_count)emlrt_r8(emlrt_rom_at(leaves, i), 0);
#endif
  return (emlrt_count)emlrt_trees_code(leaves, i, shift);
}
/* The same as emlrt_trees_signed, but for the usual size: likewise. */
EMLRT_INLINE uint32_t emlrt_trees_leaf_number(emlrt_rom leaves, emlrt_off i,
                                              unsigned shift) {
#if !defined(__OPTIMIZE_SIZE__)
  if (shift == 2) return emlrt_r32(emlrt_rom_at(leaves, i * 4), 0);
#endif
  return emlrt_trees_signed(leaves, i, shift);
}
/* Bits of the float32 nearest to sum * 2^exponent, ties to even. sum is a
 * signed number in two's complement. */
uint32_t emlrt_trees_scale(uint32_t sum, int32_t exponent);

/* Whether n exponents are in range. */
int emlrt_exponents_ok(emlrt_rom at, uint32_t n);

/* Where a run stands in the payload. */
typedef struct emlrt_trees_at {
  emlrt_rom tree;
  emlrt_rom records;
} emlrt_trees_at;

EMLRT_INLINE void emlrt_trees_start(emlrt_trees_at *at, const emlrt_call *call,
                                    emlrt_count n_exponents) {
  at->tree = emlrt_rom_at(
      call->payload, EMLRT_OCTETS(emlrt_trees) + (emlrt_off)n_exponents * 4u);
  at->records =
      emlrt_rom_at(at->tree, EMLRT_TREES_OFF(call->payload, n_trees) * 8u);
}

/* Bytes of the sets at a payload's end. */
EMLRT_INLINE uint32_t emlrt_trees_sets_bytes(const emlrt_call *call) {
  return emlrt_pad4(EMLRT_TREES_SETS32(call->payload, n_words) * 2u);
}

EMLRT_INLINE void emlrt_trees_coded(emlrt_coded *coded,
                                    const emlrt_call *call) {
  coded->x = call->in;
  coded->sets = emlrt_rom_at(
      call->payload, (emlrt_off)(call->size - emlrt_trees_sets_bytes(call)));
  coded->first = EMLRT_TREES_SETS32(call->payload, first_category);
}

#endif
