/* SPDX-License-Identifier: MIT
 *
 * What the leaves of a forest add, unpacked into rows of whole numbers.
 *
 * Adding a row of padded numbers has no branch, whatever the leaf, so a table
 * pays for as long as rows are short. Longer votes stay in the blob.
 */
#include "forest_build.h"

/* Scores that a table's rows may have for votes. */
#define MOST_SCORES 32u

/* Numbers in a row: vectors of 4 where that wastes little. */
static size_t padded(uint32_t n) {
  return n <= 2 ? n : ((size_t)n + 3) & ~(size_t)3;
}

/* Sums: an entry of the blob's leaf table makes a row. */
static int unpack_sums(emlrt_host *host, uint32_t n_leaves) {
  size_t pad = host->pad, leaf;
  uint32_t n = host->n_scores, i;
  if (pad > UINT32_MAX / n_leaves) return 0;
  host->table = (uint32_t *)emlrt_take(n_leaves * pad, sizeof *host->table);
  if (host->table == NULL) return 0;
  for (leaf = 0; leaf < n_leaves; leaf++)
    for (i = 0; i < n; i++)
      host->table[leaf * pad + i] = emlrt_trees_signed(
          host->view.leaves, host->view.leaf_width, (uint32_t)leaf * n + i);
  return 1;
}

/* Whether item i ends its row: the top bit of every kind of item. */
static int last_item(const emlrt_trees_view *view, uint32_t i) {
  size_t width = view->item_width;
  return emlrt_r8(view->items, i * width + width - 1) >= 0x80u;
}

/* Numbers the rows of the item table: rows[i] is 1 or more where one starts at
 * item i, else 0. Returns how many there are. */
static uint32_t number_rows(const emlrt_host *host, uint32_t n_items,
                            uint32_t *rows) {
  uint32_t i, n = 0;
  int starts = 1;
  for (i = 0; i < n_items; i++) {
    rows[i] = starts ? ++n : 0;
    starts = last_item(&host->view, i);
  }
  return n;
}

/* Whether all mixed leaves begin where a row does. A blob need not keep to
 * that, but then rows overlap and could unpack to any size. */
static int rows_apart(const emlrt_build *build, uint32_t n_leaves) {
  const emlrt_trees_view *view = &build->host->view;
  uint32_t i, n = build->host->n_scores;
  for (i = 0; i < n_leaves; i++) {
    uint32_t code = emlrt_trees_number(view->leaves, view->leaf_width, i);
    if (code >= n && build->rows[code - n] == 0) return 0;
  }
  return 1;
}

/* Votes: a row for each pure leaf's class, then one for each mixed row.
 * Returns -1 if memory runs out, 0 if a table would not pay. */
static int unpack_votes(emlrt_build *build, uint32_t n_leaves,
                        uint32_t n_items) {
  emlrt_host *host = build->host;
  uint32_t i, n = host->n_scores, n_rows;
  size_t pad = host->pad;
  if (n > MOST_SCORES) return 0;
  build->rows = (uint32_t *)emlrt_take(n_items, sizeof *build->rows);
  if (build->rows == NULL) return -1;
  n_rows = number_rows(host, n_items, build->rows);
  if (!rows_apart(build, n_leaves) || n_rows > UINT32_MAX / pad - n) return 0;
  host->table = (uint32_t *)emlrt_take((n_rows + n) * pad, sizeof(uint32_t));
  if (host->table == NULL) return -1;
  for (i = 0; i < n; i++) host->table[i * pad + i] = host->unit;
  for (i = 0; i < n_items; i++)
    if (build->rows[i] != 0)
      emlrt_trees_row(&host->view, i,
                      &host->table[(build->rows[i] - 1 + n) * pad]);
  return 1;
}

int emlrt_forest_unpack(emlrt_build *build, uint32_t n_leaves,
                        uint32_t n_items) {
  emlrt_host *host = build->host;
  host->pad = padded(host->n_scores);
  if (host->exponents != NULL) return unpack_sums(host, n_leaves);
  switch (unpack_votes(build, n_leaves, n_items)) {
    case 0:
      host->pad = host->n_scores;
      return 1;
    case 1:
      return 1;
    default:
      return 0;
  }
}

uint32_t emlrt_forest_payload(const emlrt_build *build, uint32_t leaf) {
  const emlrt_host *host = build->host;
  const emlrt_trees_view *view = &host->view;
  uint32_t pad = (uint32_t)host->pad, n = host->n_scores, code;
  if (host->exponents != NULL) return leaf * pad;
  code = emlrt_trees_number(view->leaves, view->leaf_width, leaf);
  if (host->table == NULL) return code;
  return (code < n ? code : n + build->rows[code - n] - 1) * pad;
}
