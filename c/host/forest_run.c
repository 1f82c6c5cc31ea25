/* SPDX-License-Identifier: MIT
 *
 * Running a forest that has been laid out: rows of keys to rows of scores.
 */
#include "forest_build.h"

#if defined(__GNUC__) && !defined(__clang__)
#define EMLRT_UNROLL _Pragma("GCC unroll 16")
#else
#define EMLRT_UNROLL
#endif

/* Trees that one row walks in step. */
#define EMLRT_TREES 8u
/* Trees deeper than this are walked a few steps at a time. */
#define EMLRT_DEEP 10u
#define EMLRT_FIRST_STEPS 8u
#define EMLRT_MORE_STEPS 4u

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
    for (i = 0; i < host->pad; i++) acc[i] += row[i];
  } else if (payload < host->n_scores) {
    acc[payload] += host->unit;
  } else {
    emlrt_trees_row(&host->view, payload - host->n_scores, acc);
  }
}

/* Adds n numbers, a multiple of 4 or a constant, without a loop within. */
EMLRT_INLINE void add_table(const uint32_t *table, const uint32_t *payloads,
                            size_t n, size_t pad, uint32_t *acc) {
  size_t i, k;
  for (; n != 0; n--, acc += pad) {
    const uint32_t *row = table + *payloads++;
    if (pad < 4) {
      for (i = 0; i < pad; i++) acc[i] += row[i];
    } else {
      for (i = 0; i < pad; i += 4)
        for (k = i; k < i + 4; k++) acc[k] += row[k];
    }
  }
}

/* Adds what one tree gives to each of n rows. */
static void add_rows(const emlrt_host *host, const uint32_t *payloads,
                     size_t n, uint32_t *acc) {
  const uint32_t *table = host->table;
  size_t pad = host->pad;
  if (table == NULL)
    for (; n != 0; n--, acc += pad) emlrt_forest_add(host, *payloads++, acc);
  else if (pad == 1)
    add_table(table, payloads, n, 1, acc);
  else if (pad == 2)
    add_table(table, payloads, n, 2, acc);
  else if (pad == 4)
    add_table(table, payloads, n, 4, acc);
  else if (pad == 8)
    add_table(table, payloads, n, 8, acc);
  else if (pad == 12)
    add_table(table, payloads, n, 12, acc);
  else
    add_table(table, payloads, n, pad, acc);
}

static void walk_rows(const emlrt_host *host, const emlrt_tree *tree,
                      const uint32_t *keys, size_t n, uint32_t *payloads,
                      uint32_t *rows) {
  size_t i, stride = host->stride;
  if (tree->depth > EMLRT_DEEP) {
    if (tree->wide)
      walk_ragged_wide(tree, host->n_columns, keys, stride, n, payloads, rows);
    else
      walk_ragged_narrow(tree, host->n_columns, keys, stride, n, payloads,
                         rows);
    return;
  }
  for (i = 0; i < n; i += EMLRT_LANES) {
    if (tree->wide)
      walk_group_wide(tree, keys + i * stride, stride, payloads + i);
    else
      walk_group_narrow(tree, keys + i * stride, stride, payloads + i);
  }
}

void emlrt_forest_block(const emlrt_host *host, const uint32_t *keys, size_t n,
                        uint32_t *acc, uint32_t *places) {
  size_t t;
  for (t = 0; t < host->n_trees; t++) {
    walk_rows(host, host->trees + t, keys, n, places, places + n);
    add_rows(host, places, n, acc);
  }
}

/* Adds what n trees give to one row. */
static void add_trees(const emlrt_host *host, const uint32_t *payloads,
                      size_t n, uint32_t *acc) {
  size_t t, i, k;
  if (host->table == NULL || host->pad < 4) {
    for (t = 0; t < n; t++) emlrt_forest_add(host, payloads[t], acc);
    return;
  }
  for (i = 0; i < host->pad; i += 4) {
    const uint32_t *column = host->table + i;
    uint32_t sum[4] = {0};
    for (t = 0; t < n; t++)
      for (k = 0; k < 4; k++) sum[k] += column[payloads[t] + k];
    for (k = 0; k < 4; k++) acc[i + k] += sum[k];
  }
}

/* Trees whose payloads are added at once. */
#define BATCH (8u * EMLRT_TREES)

void emlrt_forest_row(const emlrt_host *host, const uint32_t *keys,
                      uint32_t *acc) {
  const emlrt_tree *tree = host->trees, *end = tree + host->n_trees;
  const emlrt_tree *wide = tree + host->n_narrow;
  uint32_t payloads[BATCH], leaf = host->n_columns;
  size_t n = 0;
  while (tree != end) {
    size_t left = (size_t)((tree < wide ? wide : end) - tree);
    if (left >= EMLRT_TREES && tree < wide) {
      walk_trees_narrow(tree, keys, leaf, payloads + n);
    } else if (left >= EMLRT_TREES) {
      walk_trees_wide(tree, keys, leaf, payloads + n);
    } else {
      left = 1;
      payloads[n] = tree < wide ? walk_tree_narrow(tree, keys, leaf)
                                : walk_tree_wide(tree, keys, leaf);
    }
    if (left > EMLRT_TREES) left = EMLRT_TREES;
    tree += left;
    n += left;
    if (n > BATCH - EMLRT_TREES) {
      add_trees(host, payloads, n, acc);
      n = 0;
    }
  }
  add_trees(host, payloads, n, acc);
}
