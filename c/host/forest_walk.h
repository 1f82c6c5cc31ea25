/* SPDX-License-Identifier: MIT
 *
 * Walks through trees of one kind of node. Included once for each, with these
 * defined:
 *
 *   EMLRT_NODE      the kind of node
 *   EMLRT_KIND(f)   a function's name for it
 *
 * A walk that has come to its leaf stays there, so lanes need not agree.
 */

EMLRT_INLINE uint32_t EMLRT_KIND(step)(const EMLRT_NODE *nodes,
                                       const uint32_t *row, uint32_t at) {
  const EMLRT_NODE *node = nodes + at;
  return node->child + (uint32_t)(node->key < row[node->column]);
}

/* A group of neighbouring rows, all the way down. */
static void EMLRT_KIND(walk_group)(const emlrt_tree *tree,
                                   const uint32_t *keys, size_t stride,
                                   uint32_t *payloads) {
  const EMLRT_NODE *nodes = (const EMLRT_NODE *)tree->nodes;
  uint32_t at[EMLRT_LANES] = {0}, depth = tree->depth;
  unsigned k;
  do {
    EMLRT_UNROLL
    for (k = 0; k < EMLRT_LANES; k++)
      at[k] = EMLRT_KIND(step)(nodes, keys + k * stride, at[k]);
  } while (--depth != 0);
  for (k = 0; k < EMLRT_LANES; k++) payloads[k] = nodes[at[k]].key;
}

/* A group of any rows, some steps further. */
static void EMLRT_KIND(walk_some)(const EMLRT_NODE *nodes,
                                  const uint32_t *keys, size_t stride,
                                  const uint32_t *rows, uint32_t *slots,
                                  unsigned steps) {
  const uint32_t *row[EMLRT_LANES];
  uint32_t at[EMLRT_LANES];
  unsigned k;
  for (k = 0; k < EMLRT_LANES; k++) {
    row[k] = keys + rows[k] * stride;
    at[k] = slots[rows[k]];
  }
  do {
    EMLRT_UNROLL
    for (k = 0; k < EMLRT_LANES; k++)
      at[k] = EMLRT_KIND(step)(nodes, row[k], at[k]);
  } while (--steps != 0);
  for (k = 0; k < EMLRT_LANES; k++) slots[rows[k]] = at[k];
}

/* Keeps the rows that have not come to a leaf, and fills the last group up with
 * copies of one of them, which does no harm. Returns how many are left. */
static size_t EMLRT_KIND(keep)(const EMLRT_NODE *nodes, uint32_t leaf_column,
                               const uint32_t *slots, uint32_t *rows,
                               size_t n) {
  size_t i, m = 0;
  for (i = 0; i < n; i++) {
    uint32_t row = rows[i];
    rows[m] = row;
    m += nodes[slots[row]].column != leaf_column;
  }
  for (i = m; i % EMLRT_LANES != 0; i++) rows[i] = rows[0];
  return m;
}

/* Many rows through a tree whose leaves lie at very different depths: a few
 * steps at a time, each time with those rows alone that are still on their
 * way. */
static void EMLRT_KIND(walk_ragged)(const emlrt_tree *tree,
                                    uint32_t leaf_column,
                                    const uint32_t *keys, size_t stride,
                                    size_t n, uint32_t *slots,
                                    uint32_t *rows) {
  const EMLRT_NODE *nodes = (const EMLRT_NODE *)tree->nodes;
  size_t i, left = n;
  unsigned steps = EMLRT_FIRST_STEPS;
  for (i = 0; i < n; i++) {
    slots[i] = 0;
    rows[i] = (uint32_t)i;
  }
  for (; left != 0; steps = EMLRT_MORE_STEPS) {
    for (i = 0; i < left; i += EMLRT_LANES)
      EMLRT_KIND(walk_some)(nodes, keys, stride, rows + i, slots, steps);
    left = EMLRT_KIND(keep)(nodes, leaf_column, slots, rows, left);
  }
  for (i = 0; i < n; i++) slots[i] = nodes[slots[i]].key;
}

/* One row through a group of trees. */
static void EMLRT_KIND(walk_trees)(const emlrt_tree *trees,
                                   const uint32_t *row, uint32_t leaf_column,
                                   uint32_t *payloads) {
  const EMLRT_NODE *nodes[EMLRT_TREES];
  uint32_t at[EMLRT_TREES] = {0}, depth = trees[EMLRT_TREES - 1].depth;
  unsigned k;
  for (k = 0; k < EMLRT_TREES; k++)
    nodes[k] = (const EMLRT_NODE *)trees[k].nodes;
  for (;;) {
    uint32_t steps = depth > EMLRT_DEEP ? EMLRT_MORE_STEPS : depth;
    unsigned on_way = 0;
    depth -= steps;
    do {
      EMLRT_UNROLL
      for (k = 0; k < EMLRT_TREES; k++)
        at[k] = EMLRT_KIND(step)(nodes[k], row, at[k]);
    } while (--steps != 0);
    if (depth == 0) break;
    for (k = 0; k < EMLRT_TREES; k++)
      on_way |= nodes[k][at[k]].column != leaf_column;
    if (!on_way) break;
  }
  for (k = 0; k < EMLRT_TREES; k++) payloads[k] = nodes[k][at[k]].key;
}

/* One row through one tree. */
static uint32_t EMLRT_KIND(walk_tree)(const emlrt_tree *tree,
                                      const uint32_t *row,
                                      uint32_t leaf_column) {
  const EMLRT_NODE *nodes = (const EMLRT_NODE *)tree->nodes;
  uint32_t at = 0;
  while (nodes[at].column != leaf_column)
    at = EMLRT_KIND(step)(nodes, row, at);
  return nodes[at].key;
}
