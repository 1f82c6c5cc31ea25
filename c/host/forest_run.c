/* SPDX-License-Identifier: MIT
 *
 * Running a forest that has been laid out: rows of keys to rows of scores.
 */
#include "forest_build.h"

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

void emlrt_forest_add(const emlrt_host *host, uint32_t payload,
                      uint32_t *acc) {
  size_t i;
  if (host->table != NULL) {
    const uint32_t *row = host->table + payload;
    for (i = 0; i < host->n_scores; i++) acc[i] += row[i];
  } else if (payload < host->n_scores) {
    acc[payload] += host->unit;
  } else {
    emlrt_trees_row(&host->call, payload - host->n_scores, acc);
  }
}

/* Adds to each of n rows of scores what some trees give; those of tree t stand
 * at payloads[t * n]. A row of scores is read and written once. */
EMLRT_INLINE void add_table(const uint32_t *table, const uint32_t *payloads,
                            size_t n, size_t pad, size_t trees,
                            uint32_t *acc) {
  size_t r, i, k, t, lanes = pad < 4 ? pad : 4;
  for (r = 0; r < n; r++, acc += pad) {
    for (i = 0; i < pad; i += lanes) {
      uint32_t sum[4] = {0};
      for (k = 0; k < lanes; k++) sum[k] = acc[i + k];
      for (t = 0; t < trees; t++)
        for (k = 0; k < lanes; k++)
          sum[k] += table[payloads[t * n + r] + i + k];
      for (k = 0; k < lanes; k++) acc[i + k] = sum[k];
    }
  }
}

/* The same with constants, from which compilers make the better loops. */
EMLRT_INLINE void add_padded(const uint32_t *table, const uint32_t *payloads,
                             size_t n, size_t pad, size_t trees,
                             uint32_t *acc) {
  if (pad == 1)
    add_table(table, payloads, n, 1, trees, acc);
  else if (pad == 2)
    add_table(table, payloads, n, 2, trees, acc);
  else if (pad == 4)
    add_table(table, payloads, n, 4, trees, acc);
  else if (pad == 8)
    add_table(table, payloads, n, 8, trees, acc);
  else if (pad == 12)
    add_table(table, payloads, n, 12, trees, acc);
  else
    add_table(table, payloads, n, pad, trees, acc);
}

/* Adds what a set of trees gives to each of n rows. */
static void add_rows(const emlrt_host *host, const uint32_t *payloads,
                     size_t n, size_t trees, uint32_t *acc) {
  const uint32_t *table = host->table;
  size_t pad = host->pad, r;
  if (table != NULL && trees == EMLRT_FOREST_SET) {
    add_padded(table, payloads, n, pad, EMLRT_FOREST_SET, acc);
    return;
  }
  for (; trees != 0; trees--, payloads += n) {
    if (table != NULL)
      add_padded(table, payloads, n, pad, 1, acc);
    else
      for (r = 0; r < n; r++)
        emlrt_forest_add(host, payloads[r], acc + r * pad);
  }
}

static void walk_rows(const emlrt_host *host, const emlrt_host_tree *tree,
                      const uint32_t *keys, size_t n, uint32_t *payloads,
                      uint32_t *rows) {
  size_t stride = host->stride;
  uint32_t leaf = host->n_columns * EMLRT_LANES;
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

void emlrt_forest_block(const emlrt_host *host, const uint32_t *keys, size_t n,
                        uint32_t *acc, uint32_t *scratch) {
  uint32_t *rows = scratch + EMLRT_FOREST_SET * n;
  size_t t = 0, k, set;
  for (; t < host->n_trees; t += set) {
    set = host->n_trees - t;
    if (set > EMLRT_FOREST_SET) set = EMLRT_FOREST_SET;
    for (k = 0; k < set; k++)
      walk_rows(host, host->trees + t + k, keys, n, scratch + k * n, rows);
    add_rows(host, scratch, n, set, acc);
  }
}

/* Walks and adds up to EMLRT_TREES trees of one kind. Returns how many. */
static size_t row_trees(const emlrt_host *host, const emlrt_host_tree *trees,
                        size_t left, const uint32_t *keys, uint32_t *acc) {
  uint32_t payloads[EMLRT_TREES], leaf = host->n_columns * EMLRT_LANES;
  size_t t;
  if (left < EMLRT_TREES) {
    payloads[0] = trees->wide ? walk_tree_wide(trees, keys, leaf)
                              : walk_tree_narrow(trees, keys, leaf);
    add_rows(host, payloads, 1, 1, acc);
    return 1;
  }
  if (trees->wide)
    walk_trees_wide(trees, keys, leaf, payloads);
  else
    walk_trees_narrow(trees, keys, leaf, payloads);
  for (t = 0; t < EMLRT_TREES; t += EMLRT_FOREST_SET)
    add_rows(host, payloads + t, 1, EMLRT_FOREST_SET, acc);
  return EMLRT_TREES;
}

void emlrt_forest_row(const emlrt_host *host, const uint32_t *keys,
                      uint32_t *acc) {
  size_t t = 0, end = host->n_narrow;
  for (; t < end; t += row_trees(host, host->trees + t, end - t, keys, acc)) {
  }
  end = host->n_trees;
  for (; t < end; t += row_trees(host, host->trees + t, end - t, keys, acc)) {
  }
}
