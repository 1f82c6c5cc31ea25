/* SPDX-License-Identifier: MIT
 *
 * Running a forest that has been laid out: rows of keys to rows of scores.
 */
#include "forest_build.h"

/* Numbers of a long row of scores that are added at once. */
#define WIDE_LANES 16u
/* Trees that one row walks in step. */
#define EMLRT_TREES 8u

#define EMLRT_NODE emlrt_narrow
#define EMLRT_KIND(f) f##_narrow
#include "forest_walk.h"
#undef EMLRT_NODE
#undef EMLRT_KIND

#define EMLRT_NODE emlrt_wide
#define EMLRT_KIND(f) f##_wide
#include "forest_walk.h"
#undef EMLRT_NODE
#undef EMLRT_KIND

void emlrt_forest_add(const emlrt_forest *forest, uint32_t payload,
                      uint32_t *acc) {
  int floats = forest->kind == EMLRT_FOREST_ADD;
  size_t i;
  if (forest->table != NULL) {
    const uint32_t *row = forest->table + payload;
    for (i = 0; i < forest->n_scores; i++)
      acc[i] = emlrt_forest_sum(acc[i], row[i], floats);
  } else if (payload < forest->n_scores) {
    acc[payload] = emlrt_wrap_add(acc[payload], forest->unit);
  } else {
    emlrt_trees_row(&forest->call, payload - forest->n_scores, acc);
  }
}

/* Adds to each of n rows of scores what some trees give; those of tree t stand
 * at payloads[t * n]. A row of scores is read and written once. lanes: numbers at
 * a time. */
EMLRT_INLINE void add_table(const uint32_t *table, const uint32_t *payloads,
                            size_t n, size_t pad, size_t trees, int floats,
                            size_t lanes, uint32_t *acc) {
  size_t r, i, k, t;
  for (r = 0; r < n; r++, acc += pad) {
    for (i = 0; i < pad; i += lanes) {
      uint32_t sum[WIDE_LANES] = {0};
      for (k = 0; k < lanes; k++) sum[k] = acc[i + k];
      for (t = 0; t < trees; t++)
        for (k = 0; k < lanes; k++)
          sum[k] = emlrt_forest_sum(sum[k], table[payloads[t * n + r] + i + k],
                                    floats);
      for (k = 0; k < lanes; k++) acc[i + k] = sum[k];
    }
  }
}

/* The same with constants, from which compilers make the better loops. */
EMLRT_INLINE void add_padded(const uint32_t *table, const uint32_t *payloads,
                             size_t n, size_t pad, size_t trees, int floats,
                             uint32_t *acc) {
  if (pad == 1)
    add_table(table, payloads, n, 1, trees, floats, 1, acc);
  else if (pad == 2)
    add_table(table, payloads, n, 2, trees, floats, 2, acc);
  else if (pad == 4)
    add_table(table, payloads, n, 4, trees, floats, 4, acc);
  else if (pad == 8)
    add_table(table, payloads, n, 8, trees, floats, 4, acc);
  else if (pad == 12)
    add_table(table, payloads, n, 12, trees, floats, 4, acc);
  else if (pad % WIDE_LANES == 0)
    add_table(table, payloads, n, pad, trees, floats, WIDE_LANES, acc);
  else
    add_table(table, payloads, n, pad, trees, floats, 4, acc);
}

/* Adds what some trees give, whose leaves are in a table. */
EMLRT_INLINE void add_some(const emlrt_forest *forest, const uint32_t *payloads,
                           size_t n, size_t trees, uint32_t *acc) {
  if (forest->kind == EMLRT_FOREST_ADD)
    add_padded(forest->table, payloads, n, forest->pad, trees, 1, acc);
  else
    add_padded(forest->table, payloads, n, forest->pad, trees, 0, acc);
}

void emlrt_forest_add_rows(const emlrt_forest *forest, const uint32_t *payloads,
                           size_t n, size_t trees, uint32_t *acc) {
  const uint32_t *table = forest->table;
  size_t pad = forest->pad, r;
  if (table != NULL && trees == EMLRT_FOREST_SET) {
    add_some(forest, payloads, n, EMLRT_FOREST_SET, acc);
    return;
  }
  for (; trees != 0; trees--, payloads += n) {
    if (table != NULL)
      add_some(forest, payloads, n, 1, acc);
    else
      for (r = 0; r < n; r++)
        emlrt_forest_add(forest, payloads[r], acc + r * pad);
  }
}

static void walk_rows(const emlrt_forest *forest, const emlrt_forest_tree *tree,
                      const uint32_t *keys, size_t n, uint32_t *payloads,
                      uint32_t *rows) {
  size_t stride = forest->stride;
  uint32_t leaf = forest->n_columns * EMLRT_LANES;
  if (tree->first < tree->depth) {
    if (tree->wide)
      walk_ragged_wide(tree, leaf, keys, stride, n, payloads, rows);
    else
      walk_ragged_narrow(tree, leaf, keys, stride, n, payloads, rows);
  } else if (tree->wide) {
    walk_level_wide(tree, keys, stride, n, payloads);
  } else {
    walk_level_narrow(tree, keys, stride, n, payloads);
  }
}

void emlrt_forest_block(const emlrt_forest *forest, const uint32_t *keys,
                        size_t n, uint32_t *acc, uint32_t *scratch) {
  uint32_t *rows = scratch + EMLRT_FOREST_SET * n;
  size_t t = 0, k, set;
  for (; t < forest->n_trees; t += set) {
    set = forest->n_trees - t;
    if (set > EMLRT_FOREST_SET) set = EMLRT_FOREST_SET;
    for (k = 0; k < set; k++)
      walk_rows(forest, forest->trees + t + k, keys, n, scratch + k * n, rows);
    emlrt_forest_add_rows(forest, scratch, n, set, acc);
  }
}

/* Walks and adds up to EMLRT_TREES trees of one kind. Returns how many. */
static size_t row_trees(const emlrt_forest *forest,
                        const emlrt_forest_tree *trees, size_t left,
                        const uint32_t *keys, uint32_t *acc) {
  uint32_t payloads[EMLRT_TREES], leaf = forest->n_columns * EMLRT_LANES;
  size_t t;
  if (left < EMLRT_TREES) {
    payloads[0] = trees->wide ? walk_tree_wide(trees, keys, leaf)
                              : walk_tree_narrow(trees, keys, leaf);
    emlrt_forest_add_rows(forest, payloads, 1, 1, acc);
    return 1;
  }
  if (trees->wide)
    walk_trees_wide(trees, keys, leaf, payloads);
  else
    walk_trees_narrow(trees, keys, leaf, payloads);
  for (t = 0; t < EMLRT_TREES; t += EMLRT_FOREST_SET)
    emlrt_forest_add_rows(forest, payloads + t, 1, EMLRT_FOREST_SET, acc);
  return EMLRT_TREES;
}

void emlrt_forest_row(const emlrt_forest *forest, const uint32_t *keys,
                      uint32_t *acc) {
  size_t t = 0, end = forest->n_narrow;
  for (; t < end;
       t += row_trees(forest, forest->trees + t, end - t, keys, acc)) {
  }
  end = forest->n_trees;
  for (; t < end;
       t += row_trees(forest, forest->trees + t, end - t, keys, acc)) {
  }
}
