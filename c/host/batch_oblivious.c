/* SPDX-License-Identifier: MIT
 *
 * Oblivious trees on many rows: a question is asked of a register of rows at once,
 * from columns of bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "../src/trees/trees.h"
#include "batch.h"
#include "kernels/kernels.h"
#include "memory/memory.h"

/* Inputs whose columns may be made: 2 MiB. */
#define MOST_INPUTS 8192u
/* Questions whose answers a byte holds. */
#define OCTET 8u
/* Trees whose leaves are added at once. */
#define SET 8u

/* A block of rows as it runs. */
typedef struct block {
  const emlrt_call *call;
  const emlrt_machine *machine;
  const int8_t *columns;
  int8_t *own; /* room for columns that are made here */
  uint8_t
      *leaves; /* low bytes of a set of trees, then the high ones of a tree */
  uint32_t *sums; /* of trees whose numbers are in registers; of one score */
  unsigned shift; /* of the numbers of leaves */
  size_t n;
} block;

/* A tree of the payload. */
typedef struct tree {
  emlrt_rom questions;
  emlrt_rom leaves;
  uint32_t depth;
} tree;

/* The tree at `at`; moves that behind it. */
static tree next_tree(const block *b, emlrt_rom *at) {
  tree t;
  t.depth = emlrt_r32(*at, EMLRT_AT(emlrt_oblivious_tree, depth));
  t.questions = emlrt_rom_at(*at, 4);
  t.leaves = emlrt_rom_at(t.questions, t.depth * 4u);
  *at = emlrt_rom_at(t.leaves,
                     emlrt_pad4((b->call->n_out << b->shift) << t.depth));
  return t;
}

/* Puts the elements of n rows side by side. */
static void transpose(emlrt_rows in, size_t n, uint32_t n_in, int8_t *columns) {
  size_t r;
  uint32_t i;
  for (i = 0; i < n_in; i++, columns += EMLRT_ROWS)
    for (r = 0; r < n; r++)
      columns[r] = (int8_t)((uint8_t)in.at[r * in.step + i] - EMLRT_BIN_ZERO);
}

/* Number i of a table of 1 << shift bytes, signed. */
EMLRT_INLINE uint32_t number_at(emlrt_rom at, size_t i, unsigned shift) {
  if (shift == 0) return (uint32_t)(int32_t)(int8_t)emlrt_r8(at, i);
  if (shift == 1) return (uint32_t)(int32_t)emlrt_ri16(at, i * 2);
  return emlrt_r32(at, i * 4);
}

/* Adds what the leaves of a set of trees say, of one score. */
EMLRT_INLINE void add_set(const block *b, const tree *trees, size_t set,
                          unsigned shift, emlrt_rows out) {
  size_t r, k;
  for (r = 0; r < b->n; r++) {
    emlrt_alias32 *sum = (emlrt_alias32 *)(void *)(out.at + r * out.step);
    uint32_t all = *sum;
    for (k = 0; k < set; k++)
      all = emlrt_wrap_add(
          all,
          number_at(trees[k].leaves, b->leaves[k * EMLRT_ROWS + r], shift));
    *sum = all;
  }
}

static void add_ones(const block *b, const tree *trees, size_t set,
                     emlrt_rows out) {
  if (set == SET && b->shift == 2)
    add_set(b, trees, SET, 2, out);
  else if (set == SET && b->shift == 1)
    add_set(b, trees, SET, 1, out);
  else
    add_set(b, trees, set, b->shift, out);
}

/* Adds what the leaves of one tree say. high: of more than a byte, or NULL. */
static void add_rows(const block *b, const tree *t, const uint8_t *high,
                     emlrt_rows out) {
  uint32_t i, n_out = b->call->n_out;
  size_t r;
  for (r = 0; r < b->n; r++, out.at += out.step) {
    emlrt_alias32 *sums = (emlrt_alias32 *)(void *)out.at;
    size_t leaf = b->leaves[r] + (high != NULL ? high[r] * (size_t)256 : 0);
    for (i = 0; i < n_out; i++)
      sums[i] = emlrt_wrap_add(
          sums[i], number_at(t->leaves, leaf * n_out + i, b->shift));
  }
}

/* Runs a tree by itself. */
static void run_tree(const block *b, const tree *t, emlrt_rows out) {
  uint32_t low = t->depth < OCTET ? t->depth : OCTET;
  uint8_t *high = t->depth > OCTET ? b->leaves + EMLRT_ROWS : NULL;
  b->machine->ask(t->questions, low, b->n, b->columns, b->leaves);
  if (high != NULL)
    b->machine->ask(emlrt_rom_at(t->questions, OCTET * 4u), t->depth - OCTET,
                    b->n, b->columns, high);
  add_rows(b, t, high, out);
}

/* Whether a tree's numbers go into registers, where the machine has room for them. */
static int is_small(const block *b, const tree *t) {
  return b->machine->add_leaves != NULL && b->call->n_out == 1 &&
         (1u << t->depth) <= EMLRT_LEAVES;
}

static void run_small(const block *b, const tree *t) {
  uint32_t table[EMLRT_LEAVES] = {0};
  size_t i, n = (size_t)1 << t->depth;
  for (i = 0; i < n; i++) table[i] = number_at(t->leaves, i, b->shift);
  b->machine->ask(t->questions, t->depth, b->n, b->columns, b->leaves);
  b->machine->add_leaves(table, b->leaves, b->n, b->sums);
}

/* Runs all trees: sets of them where scores are one number and leaves a byte's. */
static void run_trees(const block *b, emlrt_rom at, uint32_t left,
                      emlrt_rows out) {
  tree trees[SET];
  size_t set = 0;
  for (; left != 0; left--) {
    trees[set] = next_tree(b, &at);
    if (set == 0 && is_small(b, trees)) {
      run_small(b, trees);
      continue;
    }
    if (b->call->n_out != 1 || trees[set].depth > OCTET) {
      add_ones(b, trees, set, out);
      run_tree(b, trees + set, out);
      set = 0;
      continue;
    }
    b->machine->ask(trees[set].questions, trees[set].depth, b->n, b->columns,
                    b->leaves + set * EMLRT_ROWS);
    if (++set < SET) continue;
    add_ones(b, trees, SET, out);
    set = 0;
  }
  add_ones(b, trees, set, out);
}

/* Runs the rows of a block. */
static void run(const block *b, emlrt_rows out) {
  const emlrt_call *call = b->call;
  emlrt_rom exponents =
      emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_oblivious));
  uint32_t i,
      n_trees = emlrt_r32(call->payload, EMLRT_AT(emlrt_oblivious, n_trees));
  size_t r;
  for (r = 0; r < b->n; r++)
    memset(out.at + r * out.step, 0, call->n_out * sizeof(uint32_t));
  memset(b->sums, 0, EMLRT_ROWS * sizeof *b->sums);
  run_trees(b, emlrt_rom_at(exponents, (size_t)call->n_out * 4u), n_trees, out);
  for (r = 0; r < b->n; r++, out.at += out.step)
    for (i = 0; i < call->n_out; i++) {
      emlrt_alias32 *sums = (emlrt_alias32 *)(void *)out.at;
      if (i == 0) sums[0] = emlrt_wrap_add(sums[0], b->sums[r]);
      sums[i] =
          emlrt_trees_scale(sums[i], emlrt_ri32(exponents, (size_t)i * 4));
    }
}

/* Takes memory for a block. own: columns that are made here. */
static int take_block(block *b, size_t own) {
  size_t octets = own + SET + sizeof *b->sums;
  b->own = (int8_t *)emlrt_alloc(octets, EMLRT_ROWS);
  if (b->own == NULL) return 0;
  b->leaves = (uint8_t *)(b->own + own * EMLRT_ROWS);
  b->sums = (uint32_t *)(void *)(b->leaves + SET * EMLRT_ROWS);
  return 1;
}

int emlrt_batch_oblivious(const emlrt_call *call, emlrt_bin_block *bins,
                          emlrt_rows in, emlrt_rows out, size_t n) {
  size_t done;
  block b;
  if (call->n_in > MOST_INPUTS) return 0;
  b.call = call;
  b.machine = emlrt_machine_best();
  b.shift = emlrt_r32(call->payload, EMLRT_AT(emlrt_oblivious, leaf_shift));
  if (!take_block(&b, bins != NULL ? 0 : call->n_in)) return 0;
  for (done = 0; done < n; done += b.n) {
    b.n = n - done < EMLRT_ROWS ? n - done : EMLRT_ROWS;
    b.columns = bins != NULL ? emlrt_bin_block_at(bins, done) : b.own;
    if (b.columns == NULL) break;
    if (bins == NULL) transpose(in, b.n, call->n_in, b.own);
    run(&b, out);
    in.at += b.n * in.step;
    out.at += b.n * out.step;
  }
  free(b.own);
  return done >= n;
}
