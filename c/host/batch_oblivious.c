/* SPDX-License-Identifier: MIT
 *
 * Oblivious trees on many rows: a question is asked of all rows at once, from
 * columns that lie together, so that compilers make vectors of it.
 */
#include <stdlib.h>

#include "../src/trees/trees.h"
#include "batch.h"
#include "memory/memory.h"

/* Rows at a time. */
#define LANES 128u
/* Inputs whose columns may be made: 1 MiB. */
#define MOST_INPUTS 8192u

/* Puts the elements of n rows side by side: columns of LANES. */
static void transpose(emlrt_rows in, size_t n, uint32_t n_in,
                      uint8_t *columns) {
  size_t r;
  uint32_t i;
  for (r = 0; r < n; r++, in.at += in.step)
    for (i = 0; i < n_in; i++)
      columns[(size_t)i * LANES + r] = (uint8_t)in.at[i];
}

/* The leaves that LANES rows reach in the tree at `at`. */
static void find(emlrt_rom at, uint32_t depth, const uint8_t *columns,
                 uint16_t *leaf) {
  size_t r;
  for (r = 0; r < LANES; r++) leaf[r] = 0;
  for (; depth != 0; depth--) {
    emlrt_rom question = emlrt_rom_at(at, depth * 4u); /* behind the head */
    const uint8_t *x =
        columns +
        (size_t)emlrt_r16(question, EMLRT_AT(emlrt_question, feature)) * LANES;
    uint16_t threshold =
        (uint16_t)emlrt_r16(question, EMLRT_AT(emlrt_question, threshold));
    for (r = 0; r < LANES; r++)
      leaf[r] = (uint16_t)(leaf[r] * 2 + (x[r] > threshold));
  }
}

/* Adds the numbers of n rows' leaves. */
static void add(emlrt_rom leaves, unsigned shift, uint32_t n_out,
                const uint16_t *leaf, emlrt_rows out, size_t n) {
  size_t r;
  uint32_t i;
  for (r = 0; r < n; r++, out.at += out.step) {
    emlrt_alias32 *sums = (emlrt_alias32 *)(void *)out.at;
    for (i = 0; i < n_out; i++)
      sums[i] = emlrt_wrap_add(
          sums[i],
          emlrt_trees_leaf_number(leaves, (size_t)leaf[r] * n_out + i, shift));
  }
}

/* Runs n rows, LANES at most. */
static void run(const emlrt_call *call, const uint8_t *columns, emlrt_rows out,
                size_t n) {
  emlrt_rom payload = call->payload;
  emlrt_rom exponents = emlrt_rom_at(payload, EMLRT_OCTETS(emlrt_oblivious));
  emlrt_rom at = emlrt_rom_at(exponents, (size_t)call->n_out * 4u);
  unsigned shift = emlrt_r32(payload, EMLRT_AT(emlrt_oblivious, leaf_shift));
  uint32_t i, t = emlrt_r32(payload, EMLRT_AT(emlrt_oblivious, n_trees));
  uint16_t leaf[LANES];
  size_t r;
  for (r = 0; r < n; r++)
    for (i = 0; i < call->n_out; i++)
      ((emlrt_alias32 *)(void *)(out.at + r * out.step))[i] = 0;
  for (; t != 0; t--) {
    uint32_t depth = emlrt_r32(at, EMLRT_AT(emlrt_oblivious_tree, depth));
    emlrt_rom leaves = emlrt_rom_at(at, 4 + depth * 4u);
    find(at, depth, columns, leaf);
    add(leaves, shift, call->n_out, leaf, out, n);
    at = emlrt_rom_at(leaves, emlrt_pad4((call->n_out << shift) << depth));
  }
  for (r = 0; r < n; r++, out.at += out.step)
    for (i = 0; i < call->n_out; i++) {
      emlrt_alias32 *sums = (emlrt_alias32 *)(void *)out.at;
      sums[i] =
          emlrt_trees_scale(sums[i], emlrt_ri32(exponents, (size_t)i * 4));
    }
}

int emlrt_batch_oblivious(const emlrt_call *call, emlrt_rows in, emlrt_rows out,
                          size_t n) {
  uint8_t *columns;
  size_t most = LANES;
  if (call->n_in > MOST_INPUTS) return 0;
  columns = (uint8_t *)emlrt_alloc(call->n_in, LANES);
  if (columns == NULL) return 0;
  for (; n != 0; n -= most) {
    if (most > n) most = n;
    transpose(in, most, call->n_in, columns);
    run(call, columns, out, most);
    in.at += most * in.step;
    out.at += most * out.step;
  }
  free(columns);
  return 1;
}
